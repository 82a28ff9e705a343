"""Indicators and groups, against POLICY's published shares of Jiaxing and plain arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from popsim.errors import DataError
from popsim.groups import age_group, group_population, group_share, restate
from popsim.indicators import dependency_ratio, indicator_table, median_age, urban_share


@pytest.mark.parametrize(
    ("boundary", "year", "share"),
    [
        # Census 2010 and 2020: 26.70 % and 28.12 % on the districts of today (statistics page of
        # Xiuzhou district, 27 July 2021); 63.95 % and 61.01 % with the three counties inside.
        ("today", 2010, 0.2670),
        ("today", 2020, 0.2812),
        ("expanded", 2010, 0.6395),
        ("expanded", 2020, 0.6101),
    ],
)
def test_group_share__published_shares(case, boundary: str, year: int, share: float) -> None:
    people = case.population.sel(year=[year])
    got = group_share(people, case.in_group.sel(boundary=boundary), "city_proper")
    assert float(got.sel(year=year)) == pytest.approx(share, abs=5e-5)


def test_group_share__unknown_group(case) -> None:
    with pytest.raises(DataError, match="unknown group; got suburbs"):
        group_share(case.population, case.in_group.sel(boundary="today"), "suburbs")


def test_group_population__region_without_membership(case) -> None:
    people = case.population.isel(year=[1]).assign_coords(region=[f"x{i}" for i in range(7)])
    with pytest.raises(DataError, match="a region of the population stands in no boundary"):
        group_population(people, case.in_group.sel(boundary="today"))


def test_group_population__boundary_not_dated(case) -> None:
    people = case.population.isel(year=[1]).assign_coords(year=[1900])
    with pytest.raises(DataError, match="not dated for these years; got 1900"):
        group_population(people, case.in_group.sel(boundary="today"))


def test_restate__an_annexation_changes_the_group_and_not_the_whole(case) -> None:
    total = case.population.sum(["sex", "age"])
    years = xr.concat([total.sel(year=2020)] * 2, "year").assign_coords(year=[2024, 2026])
    event = case.in_group.sel(boundary="expanded_2025")
    dated = group_share(years, event, "city_proper")
    assert dated.sel(year=2024) < 0.29 < 0.60 < dated.sel(year=2026)
    constant = restate(years, event, as_of=2026).sel(group="city_proper")
    assert float(constant.sel(year=2024)) == pytest.approx(float(constant.sel(year=2026)))


def test_age_group__cut_through_a_group() -> None:
    people = xr.DataArray([1.0, 2.0], {"age": [0, 5]}, "age")
    with pytest.raises(DataError, match="age 3 is not the start of an age group"):
        age_group(people, 3)


def test_dependency_ratio__by_hand() -> None:
    people = xr.DataArray([10.0, 40.0, 8.0], {"age": [0, 15, 65]}, "age")
    assert float(dependency_ratio(people, "old")) == 0.2
    assert float(dependency_ratio(people, "child")) == 0.25
    assert float(dependency_ratio(people, "total")) == pytest.approx(0.45)


def test_median_age__by_hand() -> None:
    people = xr.DataArray([10.0, 10.0, 10.0], {"age": [0, 1, 2]}, "age")
    assert float(median_age(people)) == pytest.approx(1.5)


def test_indicator_table__parts_add_to_the_whole() -> None:
    rng = np.random.default_rng(7)
    people = xr.DataArray(
        rng.random((2, 3, 2, 2, 101, 2)),
        {
            "scenario": ["a", "b"],
            "region": ["r1", "r2", "r3"],
            "area": ["urban", "rural"],
            "sex": ["female", "male"],
            "age": np.arange(101),
            "year": [2020, 2021],
        },
        ("scenario", "region", "area", "sex", "age", "year"),
    )
    inside = xr.DataArray(
        np.array([[[[True], [False], [True]]]]).repeat(2, axis=-1),
        {
            "boundary": ["now"],
            "group": ["core"],
            "region": ["r1", "r2", "r3"],
            "year": [2020, 2021],
        },
        ("boundary", "group", "region", "year"),
    )
    table = indicator_table(people, inside, boundaries=["now"])
    wide = table[table["indicator"] == "population"].pivot_table(
        index=["scenario", "year"], columns="group_or_region", values="value"
    )
    assert np.allclose(wide[["r1", "r2", "r3"]].sum(axis=1), wide["all"], rtol=1e-12)
    assert np.allclose(wide[["r1", "r3"]].sum(axis=1), wide["core"], rtol=1e-12)
    got = table[
        (table["indicator"] == "urban_share")
        & (table["group_or_region"] == "all")
        & (table["scenario"] == "b")
        & (table["year"] == 2021)
    ]["value"].item()
    expected = urban_share(people.sel(scenario="b", year=2021).sum("region"))
    assert got == pytest.approx(float(expected))
