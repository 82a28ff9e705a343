"""Tiers: the towns of the two districts in 2000, and the arithmetic of drifting shares."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.settlement import (
    TIERS,
    project_tier_shares,
    tier_drift,
    tier_label,
    tier_population,
    tier_shares,
)
from popsim.tables import Case


def test_tier_shares__towns_of_2000_add_to_the_census(case: Case) -> None:
    # Census 2000: Nanhu (then Xiucheng) 500,298, Xiuzhou 381,625.
    table = tier_shares(
        case.frames["townships"],
        case.frames["tiers"],
        year=2000,
        totals=case.population_total.sel(year=2000),
    )
    people = table.groupby("region")["population"].sum()
    assert people["330402"] == 500_298
    assert people["330411"] == 381_625
    central = table[table["tier"] == "central_city"].set_index("region")
    assert central.loc["330402", "population"] == 250_671
    assert set(central["basis"]) == {"assumption"}
    assert np.allclose(table.groupby("region")["share"].sum(), 1.0)


def test_jiaxing_tiers__nothing_claimed_as_published(case: Case) -> None:
    tiers = case.frames["tiers"]
    assert "published" not in set(tiers["basis"])
    assert (tiers.loc[tiers["basis"] == "not_published", "tier"] == "unknown").all()


def towns() -> tuple[pd.DataFrame, pd.DataFrame]:
    people = pd.DataFrame(
        {
            "region": "r",
            "township": ["a", "b", "c"],
            "indicator": "resident_population",
            "year": 2000,
            "value": [10.0, 20.0, 30.0],
        }
    )
    tiers = pd.DataFrame(
        {"region": "r", "township": ["a", "b", "c"], "tier": "ordinary_town", "basis": "published"}
    )
    return people, tiers


def test_tier_shares__every_fault_at_once() -> None:
    people, tiers = towns()
    tiers = pd.concat([tiers.iloc[[0, 0]], tiers.iloc[[1]].assign(tier="metropolis")])
    with pytest.raises(DataError) as error:
        tier_shares(people, tiers, year=2000)
    text = str(error.value)
    assert "unknown tier; got metropolis" in text
    assert "township=a): two tiers" in text
    assert "township=c): no tier" in text


def test_tier_shares__towns_that_do_not_add_up() -> None:
    people, tiers = towns()
    totals = xr.DataArray([61.0], {"region": ["r"]}, "region")
    with pytest.raises(DataError, match="do not add to the county; got 60; expected 61"):
        tier_shares(people, tiers, year=2000, totals=totals)


def test_tier_shares__no_towns_of_the_year() -> None:
    people, tiers = towns()
    with pytest.raises(DataError, match="no towns of this year; got 1990"):
        tier_shares(people, tiers, year=1990)


def test_tier_label__both_languages() -> None:
    assert [tier_label(t, "zh") for t in TIERS[:2]] == ["中心城市", "县级城区"]
    assert len({tier_label(t, "en") for t in TIERS}) == 5
    with pytest.raises(DataError, match="unknown tier"):
        tier_label("hamlet", "en")


def shares_of(values: list[float]) -> xr.DataArray:
    parts = np.array(values) / sum(values)
    return xr.DataArray(parts, {"tier": list(TIERS[: len(values)])}, "tier")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.01, 10), min_size=4, max_size=4),
    st.lists(st.floats(0.01, 10), min_size=4, max_size=4),
    st.integers(1, 30),
)
def test_project_tier_shares__through_both_dates_and_adding_to_one(
    before: list[float], after: list[float], years: int
) -> None:
    first, second = shares_of(before), shares_of(after)
    drift = tier_drift(first, second, years=years)
    path = project_tier_shares(first, drift, start=2000, years=[2000, 2000 + years, 2500])
    assert np.allclose(path.isel(year=0), first, atol=1e-12)
    assert np.allclose(path.isel(year=1), second, atol=1e-9)
    assert np.allclose(path.sum("tier"), 1.0, atol=1e-12)
    assert (path >= 0).all()


def test_project_tier_shares__a_common_drift_changes_nothing() -> None:
    shares = shares_of([4.0, 3.0, 2.0, 1.0])
    drift = xr.full_like(shares, 0.05)
    path = project_tier_shares(shares, drift, start=2020, years=[2035])
    assert np.allclose(path.isel(year=0), shares, atol=1e-14)


def test_project_tier_shares__empty_tier_stays_empty() -> None:
    shares = shares_of([1.0, 0.0, 1.0, 2.0])
    path = project_tier_shares(shares, xr.full_like(shares, 0.1), start=2020, years=[2050])
    assert float(path.sel(tier="county_seat", year=2050)) == 0.0


def test_tier_population__adds_to_the_county() -> None:
    shares = shares_of([4.0, 3.0, 2.0, 1.0]).expand_dims(region=["r1", "r2"])
    path = project_tier_shares(
        shares, xr.DataArray([0.02, 0.0, 0.01, -0.03], {"tier": shares["tier"]}, "tier"),
        start=2020, years=[2020, 2035],
    )  # fmt: skip
    totals = xr.DataArray(
        [[100.0, 110.0, 120.0], [50.0, 40.0, 30.0]],
        {"region": ["r1", "r2"], "year": [2020, 2030, 2035]},
    )
    people = tier_population(path, totals)
    assert np.allclose(people.sum("tier"), totals.sel(year=[2020, 2035]), rtol=1e-12)
    with pytest.raises(DataError, match="no totals for these labels of region"):
        tier_population(path, totals.sel(region=["r1"]))


def test_tier_drift__refusals() -> None:
    good = shares_of([1.0, 1.0])
    with pytest.raises(DataError, match="a tier without people has no drift"):
        tier_drift(shares_of([1.0, 0.0]), good, years=10)
    with pytest.raises(DataError, match="do not add to 1"):
        tier_drift(good * 2, good, years=10)
    with pytest.raises(DataError, match="not a number of years"):
        tier_drift(good, good, years=0)
    with pytest.raises(DataError, match="no dim tier"):
        tier_drift(good.rename(tier="class"), good, years=1)
