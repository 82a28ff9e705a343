from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.care import (
    covered_share,
    distances,
    maximal_covering,
    read_points,
    rule_coverage,
    set_cover,
    two_step_access,
)
from popsim.errors import DataError

PLAN = (("high", 3000.0, 500.0), ("medium", 1000.0, 1000.0))


def test_distances__one_degree_of_latitude() -> None:
    """111.195 km on a sphere of radius 6,371.0088 km."""
    a = pd.DataFrame({"lon": [120.75], "lat": [30.0]})
    b = pd.DataFrame({"lon": [120.75], "lat": [31.0]})
    assert distances(a, b)[0, 0] == pytest.approx(111195.08, abs=0.5)


def test_distances__exchanged_coordinates_and_none() -> None:
    a = pd.DataFrame({"lon": [30.0], "lat": [120.75]})
    with pytest.raises(DataError, match="are the two exchanged"):
        distances(a, a)
    with pytest.raises(DataError, match=r"need columns x, y \(metres\) or lon, lat"):
        distances(a, pd.DataFrame({"x": [1.0], "y": [2.0]}))


def brute(near: np.ndarray, weights: np.ndarray, p: int) -> float:
    count = near.shape[1]
    return max(
        float(weights[near[:, list(pick)].any(axis=1)].sum())
        for pick in itertools.combinations(range(count), p)
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_maximal_covering__equals_brute_force(seed: int, sites: int) -> None:
    rng = np.random.default_rng(seed)
    distance = rng.uniform(0, 100, (12, 6))
    weights = rng.integers(1, 50, 12).astype(float)
    picked, share = maximal_covering(distance, weights, radius_m=35, sites=sites)
    assert len(picked) == sites
    assert share * weights.sum() == pytest.approx(brute(distance <= 35, weights, sites))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_set_cover__fewest_by_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    distance = rng.uniform(0, 100, (10, 7))
    distance[np.arange(10), rng.integers(0, 7, 10)] = 1.0
    picked = set_cover(distance, radius_m=30)
    near = distance <= 30
    assert near[:, picked].any(axis=1).all()
    smaller = itertools.combinations(range(7), len(picked) - 1)
    assert not any(near[:, list(pick)].any(axis=1).all() for pick in smaller)


def test_set_cover__lonely_demand_is_named() -> None:
    distance = np.array([[10.0, 900.0], [900.0, 900.0]])
    with pytest.raises(DataError, match="1 demand points have no candidate within 500 m, first 1"):
        set_cover(distance, radius_m=500)
    with pytest.raises(DataError, match=r"sites lies in 1\.\.2"):
        maximal_covering(distance, np.ones(2), radius_m=500, sites=3)


def test_rule_coverage__by_class_and_basis() -> None:
    cells = pd.DataFrame(
        {
            "x": [0.0, 900.0, 5000.0],
            "y": 0.0,
            "area_km2": 1.0,
            "elderly": [3500.0, 2000.0, 500.0],
            "population": [15000.0, 9000.0, 2500.0],
        }
    )
    homes = pd.DataFrame({"x": [0.0], "y": [0.0]})
    got = rule_coverage(cells, homes, classes=PLAN).set_index("class")
    assert got["share"].iloc[:2].tolist() == [1.0, 1.0]
    assert np.isnan(got.loc["below", "share"])
    by_people = rule_coverage(cells, homes, classes=PLAN, density_basis="population")
    by_people = by_people.set_index("class")
    assert by_people.loc["high", "share"] == pytest.approx(3500 / 5500)
    assert by_people.loc["medium", "share"] == 0.0
    none = rule_coverage(cells, homes.iloc[:0], classes=PLAN)
    assert none["share"].dropna().tolist() == [0.0, 0.0]


def test_two_step_access__luo_and_wang_conserve_supply() -> None:
    """Population-weighted access adds up to the supply that anyone can reach."""
    rng = np.random.default_rng(2)
    distance = rng.uniform(0, 2000, (30, 5))
    distance[:, 4] = 9e5
    people, beds = rng.uniform(10, 90, 30), np.array([50.0, 80.0, 20.0, 100.0, 60.0])
    for decay in ("none", "gaussian"):
        access = two_step_access(distance, people, beds, radius_m=1500, decay=decay)
        assert (access * people).sum() == pytest.approx(250.0)


def test_two_step_access__decay_favours_the_near() -> None:
    distance = np.array([[100.0], [900.0]])
    flat = two_step_access(distance, np.ones(2), np.array([2.0]), radius_m=1000)
    fall = two_step_access(distance, np.ones(2), np.array([2.0]), radius_m=1000, decay="gaussian")
    assert flat.tolist() == [1.0, 1.0]
    assert fall[0] > 1.0 > fall[1]


def test_covered_share__weights() -> None:
    with pytest.raises(DataError, match="demand needs 2 weights"):
        covered_share(np.ones((2, 1)), np.array([1.0, -1.0]), radius_m=1)


def test_read_points__csv_and_geojson_agree(tmp_path: Path) -> None:
    table = tmp_path / "homes.csv"
    table.write_text("name,lon,lat,beds\n一,120.75,30.77,120\n", encoding="utf-8")
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [120.75, 30.77]},
        "properties": {"name": "一", "beds": 120},
    }
    shapes = tmp_path / "homes.geojson"
    shapes.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    one, two = read_points(table, numbers=("beds",)), read_points(shapes, numbers=("beds",))
    pd.testing.assert_frame_equal(one[["lon", "lat", "beds"]], two[["lon", "lat", "beds"]])


def test_read_points__faults_with_their_line(tmp_path: Path) -> None:
    table = tmp_path / "homes.csv"
    table.write_text("x,y,beds\n1,2,-4\n1,,7\n1,2,many\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_points(table, numbers=("beds",))
    text = str(caught.value)
    assert "homes.csv:2: negative beds; got -4" in text
    assert "homes.csv:3 (column y): missing cell" in text
    assert "homes.csv:4 (column beds): not a number" in text
    area = tmp_path / "area.geojson"
    area.write_text(
        '{"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon"}}]}'
    )
    with pytest.raises(DataError, match="not a point; got Polygon"):
        read_points(area)
