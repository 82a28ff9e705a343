"""Tiers of settlements: as counted where the map has holes, projected where it is complete."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import xarray as xr

from popsim.targets import Evidence, Target, evaluate_all
from popsim.targets.measures.tiers import tier_table

TOWNS = pd.DataFrame(
    {
        "region": ["a", "a", "b", "b"],
        "township": ["core", "edge", "seat", "far"],
        "indicator": "resident_population",
        "year": 2020,
        "value": [30.0, 10.0, 45.0, 15.0],
    }
)
TIERS = TOWNS[["region", "township"]].assign(
    tier=["central_city", "ordinary_town", "county_seat", "ordinary_town"], basis="published"
)
REGIONS = pd.DataFrame(
    {"region": ["a", "b"], "name_en": ["Ay", "Bee"], "name_zh": ["甲县", "乙县"]}
)


@pytest.fixture
def evidence() -> Evidence:
    years = [2020, 2025]
    people = xr.DataArray(
        [[40.0, 80.0], [60.0, 60.0]], {"region": ["a", "b"], "year": years}, ("region", "year")
    ).expand_dims(age_group=["all"])
    inside = xr.DataArray(
        [[[[True, True], [False, False]]]],
        {"boundary": ["now"], "group": ["core"], "region": ["a", "b"], "year": years},
        ("boundary", "group", "region", "year"),
    )
    frames = {"townships": TOWNS, "tiers": TIERS, "regions": REGIONS}
    return Evidence({"resident": people}, inside, 2020, frames=frames)


def test_tier_table__projected_under_the_counties(evidence: Evidence) -> None:
    """Shares are held and counties move: 3/4 of the 80 of county a are in its central city."""
    table = tier_table(evidence, [2025]).set_index(["region", "tier"])
    assert table["year"].unique().tolist() == [2025]
    assert table.loc[("a", "central_city"), "population"] == pytest.approx(60.0)
    assert table.loc[("b", "ordinary_town"), "population"] == pytest.approx(15.0)
    assert table["population"].sum() == pytest.approx(140.0)


def test_tier_table__a_hole_in_the_map_leaves_the_counts(evidence: Evidence) -> None:
    holed = TIERS.assign(tier=["central_city", "unknown", "county_seat", "ordinary_town"])
    frames = {**evidence.frames, "tiers": holed}
    table = tier_table(replace(evidence, frames=frames), [2025])
    assert table["year"].unique().tolist() == [2020]
    assert table["scenario"].unique().tolist() == [""]
    assert table["population"].sum() == 100.0


def test_tier_share__note_names_places_and_tier_in_words(evidence: Evidence) -> None:
    holed = TIERS.assign(
        tier=["central_city", "unknown", "county_seat", "ordinary_town"], basis="assumption"
    )
    held = replace(evidence, frames={**evidence.frames, "tiers": holed})
    target = Target("T03", indicator="tier_share", year=2025, comparison="report")
    row = evaluate_all([target], held, boundaries=["now"]).iloc[0]
    assert row["value"] == pytest.approx(0.3)
    assert "central city among the towns of Ay, Bee in 2020" in row["note"]
    assert "甲县、乙县" in row["note_zh"]
    assert "中心城市" in row["note_zh"]
    assert "central_city" not in row["note_zh"]
    whole = evaluate_all([target], evidence, boundaries=["now"]).iloc[0]
    assert (whole["status"], whole["value"]) == ("computed", pytest.approx(60 / 140))
