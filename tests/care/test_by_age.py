"""Need by sex and age group: sums, the official count, and the groups asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.care import Calibration, care_table, need_by_age_sex
from popsim.errors import DataError

SCALES = ("census_self_care", "charls_zhejiang", "clhls_adl")
KEYS = ["indicator", "region", "scenario", "year"]


@pytest.fixture(scope="module")
def split(care_tables: dict[str, pd.DataFrame], projected: xr.DataArray) -> pd.DataFrame:
    named = projected.assign_coords(region_name=("region", ["南湖区", "秀洲区"]))
    return need_by_age_sex(named, care_tables, scale=SCALES, years=[2020, 2035])


def test_need_by_age_sex__published_people_of_2020(split: pd.DataFrame) -> None:
    """Women of 85 and over and men of 60-64 of the census of 2020 (county volume)."""
    people = split[(split["indicator"] == "population") & (split["year"] == 2020)]
    people = people[(people["region"] == "all") & (people["scenario"] == "recent")]
    cells = people.set_index(["sex", "age_group"])["value"]
    assert cells["female", "85+"] == pytest.approx(41431)
    assert cells["male", "60-64"] == pytest.approx(147642)


def test_need_by_age_sex__published_share_of_a_band(split: pd.DataFrame) -> None:
    """CLHLS 2018: 42.28 % of those of 85 and over need help; nobody is counted at 60-64."""
    rows = split[(split["year"] == 2020) & (split["region"] == "all")]
    cells = rows[rows["scenario"] == "recent"].set_index(["indicator", "sex", "age_group"])["value"]
    old = cells["need_total.clhls_adl", "female", "85+"] / cells["population", "female", "85+"]
    assert old == pytest.approx(0.4228, rel=0.01)  # three grades, each rounded in print
    assert cells["need_total.clhls_adl", "male", "60-64"] == 0


def test_need_by_age_sex__adds_up_to_the_care_table(
    split: pd.DataFrame, care_tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    whole = care_table(projected, care_tables, scale=SCALES, years=[2020, 2035])
    whole = whole.set_index(KEYS)["value"]
    sums = split[split["indicator"] != "population"].groupby(KEYS)["value"].sum()
    assert {"dementia", "need_severe.clhls_adl"} <= set(sums.index.get_level_values(0))
    np.testing.assert_allclose(sums, whole[sums.index], rtol=1e-12)


def test_need_by_age_sex__keeps_the_official_count(
    care_tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    """The year of the count need not be one of those shown."""
    count = Calibration(30_000.0, 2025, "an example")
    table = need_by_age_sex(
        projected.sel(scenario="recent"), care_tables, scale="census_self_care",
        calibrate_to={"census_self_care": count}, years=[2020],
    )  # fmt: skip
    total = table[(table["indicator"] == "need_total.census_self_care")]
    total = total[total["region"] == "all"]["value"].sum()
    assert total == pytest.approx(30_000.0 / 1.02**5)


def test_need_by_age_sex__groups_asked_for(
    care_tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    table = need_by_age_sex(projected, care_tables, scale="clhls_adl", years=[2020], bands=(65, 80))
    assert list(dict.fromkeys(table["age_group"])) == ["65-79", "80+"]
    with pytest.raises(DataError, match="rising ages; got \\[80, 65\\]"):
        need_by_age_sex(projected, care_tables, scale="clhls_adl", bands=(80, 65))
    with pytest.raises(DataError, match="without draws"):
        need_by_age_sex(projected.expand_dims(draw=2), care_tables, scale="clhls_adl")
