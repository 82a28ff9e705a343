from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.care import (
    capacity_ratio,
    facility_range,
    hospice_services,
    land_rules,
    norm_value,
    wards_needed,
)
from popsim.errors import DataError

# residents of Jiaxing: 2020 census, end of 2021
CENSUS, END_2021 = xr.DataArray(5400868.0), xr.DataArray(5516000.0)


def test_land_rules__the_standard_disagrees_with_itself(
    care_tables: dict[str, pd.DataFrame],
) -> None:
    """75 to 183 hectares by bed, 54 by inhabitant, on the norm beds of Jiaxing 2020."""
    got = land_rules(xr.DataArray(41702.0), CENSUS, care_tables["care_norms"])
    assert got.round().to_numpy().tolist() == [75, 183, 54]


def test_facility_range__service_populations(care_tables: dict[str, pd.DataFrame]) -> None:
    """GB 50437, table 3.1.2: 50,000-100,000 people a home, 5,000-12,000 a day-care centre."""
    norms = care_tables["care_norms"]
    homes = facility_range(CENSUS, norms, "home")
    day_care = facility_range(CENSUS, norms, "day_care")
    assert [round(float(v)) for v in (*homes, *day_care)] == [54, 108, 450, 1080]
    with pytest.raises(DataError, match="service_population_hotel_max"):
        facility_range(CENSUS, norms, "hotel")


def test_hospice_services__eapc_norm(care_tables: dict[str, pd.DataFrame]) -> None:
    """One inpatient service per 200,000: 27.6 on 5.516 million."""
    got = hospice_services(END_2021, care_tables["care_hospice"])
    assert float(got.sel(service="inpatient_services").round(1)) == 27.6


def test_capacity_ratio__home_care_beds_and_consortia(
    care_tables: dict[str, pd.DataFrame],
) -> None:
    """500 beds are 4.8 per 10,000 of 60+; 80 consortia are 1.11 for each of 72 towns."""
    norms = care_tables["care_norms"]
    beds = norm_value(norms, "home_care_beds")
    assert round(float(capacity_ratio(beds, xr.DataArray(1042562.0), per=10000)), 1) == 4.8
    each = norm_value(norms, "care_health_consortia") / (42 + 30)
    assert round(each, 2) == 1.11
    with pytest.raises(DataError, match="people above 0"):
        capacity_ratio(beds, xr.DataArray(0.0), per=10000)


def test_wards_needed__unknown_is_not_zero() -> None:
    stock = xr.DataArray([0.0, 3.0, np.nan], dims="region")
    np.testing.assert_array_equal(wards_needed(stock, per_region=1), [1.0, 0.0, np.nan])
