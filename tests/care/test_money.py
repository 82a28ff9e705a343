from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.care import (
    care_cost,
    demand_side_share,
    demand_subsidy,
    entitled_union,
    free_places,
    insurance_balance,
    supply_subsidy,
)
from popsim.errors import DataError

GROUPS = {"entitled": ["80plus", "disabled", "lone"]}


def test_demand_side_share__identity() -> None:
    """12 x sum N b against new beds x capital grant + occupied beds x running grant."""
    persons = xr.DataArray([1000.0, 500.0, 20.0], GROUPS, "entitled")
    monthly = xr.DataArray([50.0, 300.0, 200.0], GROUPS, "entitled")
    demand = demand_subsidy(persons, monthly)
    supply = supply_subsidy(
        new_beds=xr.DataArray(100.0),
        occupied_beds=xr.DataArray(400.0),
        capital_grant=6000,
        running_grant=1200,
    )
    assert float(demand) == 12 * (50000 + 150000 + 4000)
    assert float(demand_side_share(demand, supply)) == pytest.approx(2448 / (2448 + 1080))
    with pytest.raises(DataError, match="no subsidy at all"):
        demand_side_share(demand * 0, supply * 0)


def test_demand_subsidy__groups_must_match() -> None:
    persons = xr.DataArray([1.0, 2.0, 3.0], GROUPS, "entitled")
    with pytest.raises(ValueError, match="entitled"):
        demand_subsidy(persons, persons.isel(entitled=[0, 1]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_entitled_union__bounds_hold_for_any_overlap(shares: list[float]) -> None:
    groups = {"entitled": [str(i) for i in range(len(shares))]}
    persons = xr.DataArray(np.array(shares) * 100, groups, "entitled")
    union = entitled_union(persons, xr.DataArray(100.0))
    lower, upper, middle = (float(u) for u in (union.lower, union.upper, union.independent))
    assert lower - 1e-9 <= middle <= upper + 1e-9
    assert upper <= 100.0


def test_entitled_union__group_larger_than_all() -> None:
    persons = xr.DataArray([1.0, 2.0, 300.0], GROUPS, "entitled")
    with pytest.raises(DataError, match="between 0 and all people"):
        entitled_union(persons, xr.DataArray(100.0))


def test_free_places__share_out_of_range() -> None:
    with pytest.raises(DataError, match=r"poverty_share lies in 0\.\.1; got 2"):
        free_places(
            xr.DataArray(1.0), poverty_share=2, disability_share=0.1, special=xr.DataArray(0.0)
        )


def test_care_cost__unit_cost_growth_of_the_zhejiang_study() -> None:
    """2.25 % a year: unit costs 1.2492 times as high after ten years."""
    users = xr.DataArray(
        [[1.0, 1.0]], {"setting": ["home"], "year": [2024, 2034]}, ("setting", "year")
    )
    monthly = xr.DataArray([100.0], {"setting": ["home"]}, "setting")
    got = care_cost(users, monthly, growth=0.0225, base_year=2024)
    assert float(got.sel(year=2034).sum() / got.sel(year=2024).sum()) == pytest.approx(
        1.2492, abs=5e-5
    )


def fund(reserve: float = 0.0, interest: float = 0.0) -> xr.Dataset:
    years = {"year": [2021, 2022, 2023]}
    return insurance_balance(
        insured=xr.DataArray([1000.0] * 3, years, "year"),
        premium=90.0,
        entitled=xr.DataArray([20.0, 25.0, 60.0], years, "year"),
        take_up=0.5,
        monthly_benefit=600.0,
        premium_growth=0.0,
        benefit_growth=0.0,
        base_year=2021,
        interest=interest,
        reserve=reserve,
    )


def test_insurance_balance__account_adds_up_and_may_turn_negative() -> None:
    got = fund()
    assert got["balance"].to_numpy().tolist() == [18000.0, 0.0, -126000.0]
    np.testing.assert_allclose(got["reserve"], np.cumsum(got["balance"]))
    earning = fund(reserve=1000.0, interest=0.1)
    assert float(earning["reserve"].sel(year=2021)) == pytest.approx(1100 + 18000)


def test_insurance_balance__refuses_gaps_between_years() -> None:
    years = {"year": [2021, 2025]}
    one = xr.DataArray([1.0, 1.0], years, "year")
    with pytest.raises(DataError, match="give every year"):
        insurance_balance(
            insured=one, premium=1.0, entitled=one, take_up=0.5, monthly_benefit=1.0,
            premium_growth=0.0, benefit_growth=0.0, base_year=2021, interest=0.0, reserve=0.0,
        )  # fmt: skip
