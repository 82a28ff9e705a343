from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import cKDTree

from popsim.care import (
    cell_area,
    density_class,
    facilities_needed,
    siting_classes,
    siting_rule,
    township_units,
    walking_radius,
)
from popsim.care.siting import Classes
from popsim.errors import DataError

# residents of 60 and over, all residents and area of Jiaxing, 2020 census
ELDERLY, PEOPLE, AREA = 1042562, 5400868, 4223


@pytest.fixture(scope="module")
def plan(care_tables: dict[str, pd.DataFrame]) -> Classes:
    return siting_classes(care_tables["care_norms"])


def units(**columns: object) -> pd.DataFrame:
    base: dict[str, object] = {"unit": ["a"], "level": ["grid"], "area_km2": [4.0]}
    return pd.DataFrame({**base, "elderly": [12800.0], "population": [60000.0], **columns})


def test_cell_area__hexagon() -> None:
    """500 m: 0.6495 km2, 1.540 homes per km2; 1,000 m: 2.598 km2, 0.385 per km2."""
    assert round(cell_area(500), 4) == 0.6495
    assert round(1 / cell_area(500), 2) == 1.54
    assert round(1 / cell_area(1000), 3) == 0.385
    assert cell_area(500, detour=1.4) == pytest.approx(cell_area(500) / 1.4**2)


def test_facilities_needed__two_by_two_km() -> None:
    assert round(facilities_needed(4, 8, 500), 2) == 13.04
    assert round(facilities_needed(50, 30, 1000), 2) == 31.27


def test_facilities_needed__equals_a_simulated_random_grid() -> None:
    """Count the hexagons that touch a 2 x 2 km square, over random placements."""
    rng = np.random.default_rng(11)
    counts = [touching(rng, radius=0.5, side=2.0) for _ in range(200)]
    # the standard deviation of a placement is near 1.2, so that of the mean near 0.08
    assert np.mean(counts) == pytest.approx(facilities_needed(4, 8, 500), abs=0.25)


def touching(rng: np.random.Generator, radius: float, side: float) -> int:
    """Hexagons that touch a square, for one random shift and turn: cells of points laid over it."""
    turn, shift = rng.uniform(0, math.pi / 3), rng.uniform(-2 * radius, 2 * radius, 2)
    grid = np.arange(-8, 9)
    i, j = (v.ravel() for v in np.meshgrid(grid, grid))
    spots = np.column_stack([radius * math.sqrt(3) * (i + j / 2), radius * 1.5 * j]) + shift
    rotation = [[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]]
    line = np.linspace(0, side, 161)
    points = np.column_stack([v.ravel() for v in np.meshgrid(line, line)])
    _, nearest = cKDTree(spots @ np.array(rotation) + side / 2).query(points)
    return len(np.unique(nearest))


def test_density_class__the_two_readings_of_jiaxing(plan: Classes) -> None:
    """County means: 247 elderly or 1,279 people per km2, so the rule flips with its reading."""
    assert round(ELDERLY / AREA) == 247
    assert round(PEOPLE / AREA) == 1279
    assert density_class(ELDERLY / AREA, plan) == "below"
    assert density_class(PEOPLE / AREA, plan) == "medium"


def test_density_class__elderly_per_home_at_the_threshold() -> None:
    """1,949 elderly a home at 3,000 per km2; 2,598 to 7,794 in the medium class."""
    assert round(3000 * cell_area(500)) == 1949
    assert [round(d * cell_area(1000)) for d in (1000, 3000)] == [2598, 7794]
    assert math.floor(ELDERLY / (3000 * cell_area(500))) == 535
    assert math.floor(AREA / cell_area(1000)) == 1625


def test_siting_rule__cover_and_cap(plan: Classes) -> None:
    got = siting_rule(units(), classes=plan, elderly_per_home=500).iloc[0]
    assert (got["class"], got["radius_m"]) == ("high", 500)
    assert got["homes_cover"] == pytest.approx(13.04, abs=5e-3)
    assert got["homes"] == 14
    capped = siting_rule(units(), classes=plan, elderly_per_home=3000).iloc[0]
    assert (capped["homes_cap"], capped["homes"]) == (5, 5)


def test_siting_rule__no_rule_below_the_classes_and_basis_is_flagged(plan: Classes) -> None:
    sparse = units(elderly=[900.0 * 4], population=[4 * 5000.0])
    one = siting_rule(sparse, classes=plan, elderly_per_home=500)
    two = siting_rule(sparse, classes=plan, elderly_per_home=500, density_basis="population")
    assert one["homes"].tolist() == [0]
    assert two["class"].tolist() == ["high"]
    assert "origin was not found" in two.attrs["flag"]


def test_siting_rule__tolerance_asks_for_fewer_homes(plan: Classes) -> None:
    exact = siting_rule(units(), classes=plan, elderly_per_home=500)
    about = siting_rule(units(), classes=plan, elderly_per_home=500, tolerance=0.1)
    assert about["homes_cover"].iloc[0] < exact["homes_cover"].iloc[0]


@pytest.mark.parametrize("change", [{"level": ["county"]}, {"unit": ["330402"]}])
def test_siting_rule__county_means_are_refused(plan: Classes, change: dict[str, object]) -> None:
    with pytest.raises(DataError, match="cannot be read off a county mean"):
        siting_rule(units(**change), classes=plan, elderly_per_home=500)


def test_siting_rule__faults(plan: Classes) -> None:
    with pytest.raises(DataError, match="more elderly than people"):
        siting_rule(units(elderly=[70000.0]), classes=plan, elderly_per_home=500)
    with pytest.raises(DataError, match="expected population"):
        siting_rule(
            units().drop(columns="population"),
            classes=plan,
            elderly_per_home=500,
            density_basis="population",
        )
    with pytest.raises(DataError, match=r"has a perimeter of 5 km; check the units"):
        facilities_needed(4, 5, 500)


def test_township_units__shipped_townships(root: Path, plan: Classes) -> None:
    """Only 新嘉 (2011) and 秦山 (2011) print people and area; the rest say what they lack."""
    table = pd.read_csv(root / "data" / "jiaxing" / "townships.csv", dtype={"region": str})
    complete, left_out = township_units(table, elderly_share=0.193)
    assert set(complete["unit"]) == {"新嘉街道", "秦山街道"}
    assert (left_out["missing"].isin(["land_area", "resident_population"])).all()
    assert len(left_out) > 25
    by_people = siting_rule(
        complete, classes=plan, elderly_per_home=500, density_basis="population"
    ).set_index("unit")
    assert round(by_people.loc["新嘉街道", "density"]) == 15486
    assert by_people["class"].to_dict() == {"新嘉街道": "high", "秦山街道": "below"}
    by_elderly = siting_rule(complete, classes=plan, elderly_per_home=500).set_index("unit")
    assert by_elderly.loc["新嘉街道", "class"] == "medium"


def test_walking_radius__needs_a_speed() -> None:
    assert walking_radius(15, metres_per_minute=48.0) == 720.0
    with pytest.raises(DataError, match="must be above 0"):
        walking_radius(15, metres_per_minute=0)
