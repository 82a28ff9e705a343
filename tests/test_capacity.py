from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.capacity import (
    Resource,
    bearing_population,
    capacity_table,
    density,
    density_zone,
    floor_area,
    land_efficiency,
    land_needed,
    sewage,
    waste,
    water_per_person_day,
    water_use,
)
from popsim.errors import DataError
from popsim.tables import Case

# Water Resources Bulletin of Jiaxing 2021, m3
WATER = {"farm": 9.3556e8, "industry": 4.7990e8, "living": 4.2638e8, "ecology": 0.3246e8}


def test_density__jiaxing_and_its_counties_2020(case: Case) -> None:
    """1,279 per km2 in the city, 1,247 in Haining; Pinghu 1,211 (1,205 on its bulletin's area)."""
    people = case["population_total"].sel(year=2020, drop=True)
    area = case["area_km2"]
    assert round(float(people.sum() / 4223)) == 1279
    by = density(people, area)
    assert round(float(by.sel(region="330481"))) == 1247
    assert float(by.sel(region="330482")) == pytest.approx(1211, abs=1)


def test_water__bulletin_2021() -> None:
    """18.7430e8 m3 in all; living use 78.0 m3 a head, 214 litres a day, on the mean population."""
    assert sum(WATER.values()) / 1e8 == pytest.approx(18.7430)
    mean = (5411000 + 5516000) / 2
    assert round(WATER["living"] / mean, 1) == 78.0
    assert round(water_per_person_day(WATER["living"], 5411000, 5516000)) == 214
    assert round(sum(WATER.values()) / mean) == 343
    used = water_use(
        xr.DataArray(mean),
        living_m3_per_person=WATER["living"] / mean,
        **{k: v for k, v in WATER.items() if k != "living"},
    )
    assert float(used) == pytest.approx(18.7430e8)


def test_floor_area__census_2020() -> None:
    """50.14 m2 a person in Jiaxing: 271 million m2 for 5.40 million people."""
    assert round(float(floor_area(xr.DataArray(5400868.0), 50.14)) / 1e6) == 271


def test_density_zone__bounds_inclusive_and_names() -> None:
    d = xr.DataArray([999.0, 1000.0, 3000.0], dims="region")
    got = density_zone(d, bounds=[1000, 3000], names=["a", "b", "c"])
    assert got.to_numpy().tolist() == ["a", "b", "c"]
    with pytest.raises(DataError, match="one more name than bounds"):
        density_zone(d, bounds=[1000, 3000], names=["a", "b"])


def test_bearing_population__water_of_2021() -> None:
    """656 m3 available and 343 m3 used a head: the resources of 2021 bear 1.91 times the people."""
    mean = (5411000 + 5516000) / 2
    water = Resource(35.8318e8, 0.0, sum(WATER.values()) / mean, "m3 year-1", "bulletin 2021")
    land = Resource(4223.0, 1000.0, 200e-6, "km2", "user")
    got = bearing_population({"land": land, "water": water})
    assert float(got["bearing"]) / mean == pytest.approx(656 / 343, rel=2e-3)
    assert str(got["binding"].to_numpy()) == "water"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_bearing_population__is_the_least_and_fits_every_resource(seed: int) -> None:
    rng = np.random.default_rng(seed)
    region = {"region": ["a", "b", "c"]}

    def draw(low: float, high: float) -> xr.DataArray:
        return xr.DataArray(rng.uniform(low, high, 3), region, "region")

    given_ = {
        n: Resource(draw(50, 99), draw(0, 49), draw(0.1, 3), "x", "user") for n in ("p", "q", "r")
    }
    got = bearing_population(given_)
    for name, r in given_.items():
        used = got["bearing"] * r.per_person + r.fixed
        assert bool((used <= r.available + 1e-9).all())
        at = got["binding"] == name
        assert bool((abs(used - r.available) < 1e-9).where(at, other=True).all())


def test_bearing_population__all_faults_at_once() -> None:
    bad = {
        "water": Resource(10.0, 20.0, 1.0, "m3", "user"),
        "land": Resource(10.0, 0.0, 0.0, "km2", "user"),
    }
    with pytest.raises(DataError) as caught:
        bearing_population(bad)
    assert "water: fixed uses exceed the resource" in str(caught.value)
    assert "land: use per person must be above 0" in str(caught.value)
    with pytest.raises(DataError, match="no resource given"):
        bearing_population({})


def test_rates__negative_and_out_of_range_are_refused() -> None:
    people = xr.DataArray(100.0)
    with pytest.raises(DataError, match="waste per person must be 0 or more"):
        waste(people, -1.0)
    with pytest.raises(DataError, match="land per person must be 0 or more"):
        land_needed(people, float("nan"))
    with pytest.raises(DataError, match=r"returned lies in 0\.\.1"):
        sewage(people, returned=1.2, treated=0.9)
    with pytest.raises(DataError, match="an area must be above 0"):
        density(people, xr.DataArray(0.0))


def test_land_efficiency__inverse_of_land_per_person() -> None:
    urban = xr.DataArray([2e5, 4e5], {"region": ["a", "b"]}, "region")
    land = land_needed(urban, 90.0)
    np.testing.assert_allclose(land_efficiency(urban, land), 1e6 / 90.0)


def test_capacity_table__published_figures_of_the_base(case: Case) -> None:
    """2021: 18.743e8 m3 in all; and 1,279 people per km2, 50.14 m2 of floor each, in 2020."""
    people = case["population_total"].sel(year=[2020]).drop_vars(["region_name", "region_name_en"])
    got = capacity_table(people, case, whole="330400")
    at = got[got["year"] == 2020].set_index(["indicator", "region"])["value"]
    assert round(at["density", "all"]) == 1279
    assert at["water_use", "all"] == pytest.approx(18.7430e8)
    # the printed mean of the city weighs its counties otherwise than by residents
    assert at["floor_area", "all"] / 5400868 == pytest.approx(50.14, rel=0.02)
    assert at["bearing_population", "all"] == at["bearing_population.water", "all"]
    assert not got.isna().any().any()


def test_capacity_table__users_resource_may_bind(case: Case) -> None:
    people = case["population_total"].sel(year=[2020]).drop_vars(["region_name", "region_name_en"])
    cap = Resource(20e8, 14.5e8, 78.0, "m3 year-1", "user: a cap on total use")
    got = capacity_table(people, case, whole="330400", resources={"water_cap": cap})
    row = got[got["indicator"] == "bearing_population"].iloc[0]
    assert row["value"] == pytest.approx(5.5e8 / 78.0)
    assert "bound by water_cap" in row["definition"]
    with pytest.raises(DataError, match="one draw or a median"):
        capacity_table(people.expand_dims(draw=[0, 1]), case, whole="330400")
