"""Whole localities that become urban: dated events of a case, beside the share of a lever."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.assumptions import Fitted, Model
from popsim.assumptions.reclassification import event_drivers, reclassification_events
from popsim.calibration import calibrate
from popsim.growth import urban_growth_table
from popsim.projection import project
from popsim.run.plan import Plan
from popsim.scenarios import Scenario, scenario_inputs

LAST = 2028
RECENT = Model("recent")
REFERENCE = Scenario("reference", RECENT, RECENT, RECENT, RECENT, RECENT)


def events(*rows: tuple[str, int, float | None, float | None]) -> pd.DataFrame:
    """A table of events from (region, year, persons, share)."""
    columns = {
        "region": [r[0] for r in rows],
        "year": [r[1] for r in rows],
        "place": [f"town {i}" for i in range(len(rows))],
        "persons": np.array([r[2] for r in rows], dtype=float),
        "share": np.array([r[3] for r in rows], dtype=float),
        "source": ["gazette"] * len(rows),
    }
    return pd.DataFrame(columns)


def with_events(fitted: Fitted, *rows: Any) -> Fitted:
    regions = [str(r) for r in fitted.population["region"].to_numpy()]
    return replace(fitted, events=reclassification_events(events(*rows), regions))


def reclassified(result: xr.Dataset) -> xr.DataArray:
    moves = result["moves"]
    chosen = moves.isel(edge=np.flatnonzero(moves["edge_kind"] == "reclassification"))
    people = chosen.sum(["sex", "age"]).squeeze(drop=True)
    return people.groupby("origin_region").sum()


def test_events__persons_of_the_place_become_urban(fitted: Fitted) -> None:
    own = with_events(fitted, ("330421", 2026, 20_000.0, None), ("330421", 2026, 5_000.0, None))
    result = project(scenario_inputs(own, [REFERENCE], last_year=LAST))
    moved = reclassified(result)
    # Of those who lived there when the year began a few have died, and children were born.
    here = float(moved.sel(origin_region="330421", period=2026))
    assert here == pytest.approx(25_000, rel=0.01)
    assert float(moved.sum()) == pytest.approx(here, rel=1e-12)
    rural = result["population"].sel(region="330421", area="rural", year=2025).squeeze()
    chance = 25_000 / float(rural.sum())
    moves = result["moves"].squeeze().sel(period=2026)
    edges = np.flatnonzero(
        (moves["edge_kind"] == "reclassification") & (moves["origin_region"] == "330421")
    )
    inputs = scenario_inputs(own, [REFERENCE], last_year=LAST)
    share = inputs["move_probability"].squeeze().sel(period=2026).isel(edge=edges)
    assert share.to_numpy() == pytest.approx(chance, rel=1e-9)


def test_events__are_a_part_of_urban_growth_of_their_own(fitted: Fitted) -> None:
    own = with_events(fitted, ("330421", 2026, 20_000.0, None))
    result = project(scenario_inputs(own, [REFERENCE], last_year=LAST))
    table = urban_growth_table(result).set_index(["region", "period"])
    row = table.loc[("330421", 2026)]
    moved = float(reclassified(result).sel(origin_region="330421", period=2026))
    assert row["reclassification"] == pytest.approx(moved, rel=1e-12)
    parts = table["natural"] + table["migration"] + table["reclassification"]
    assert (parts - table["growth"]).abs().max() < 1e-9 * table["urban_end"].max()


def test_events__add_to_the_share_of_a_lever(fitted: Fitted) -> None:
    own = with_events(fitted, ("330421", 2026, None, 0.1), ("330421", 2026, None, 0.2))
    lever = (("reclassification", {"year": 2026, "share": 0.05, "regions": ("330421",)}),)
    inputs = scenario_inputs(own, [replace(REFERENCE, levers=lever)], last_year=LAST)
    move = inputs["move_probability"].squeeze().sel(period=2026).isel(sex=0, age=30)
    kind = (move["edge_kind"] == "reclassification") & (move["origin_region"] == "330421")
    assert move.isel(edge=np.flatnonzero(kind)).to_numpy() == pytest.approx(
        1 - 0.9 * 0.8 * 0.95, rel=1e-12
    )


def test_events__happen_where_nothing_else_steers_the_towns(fitted: Fitted) -> None:
    own = with_events(fitted, ("330421", 2026, 20_000.0, None))
    for urbanisation in (Model("none"), None):
        scenario = replace(REFERENCE, urbanisation=urbanisation)
        result = project(scenario_inputs(own, [scenario], last_year=LAST))
        assert float(reclassified(result).sum()) == pytest.approx(20_000, rel=0.01)


def test_events__of_fitted_years_leave_the_published_urban_share(plan: Plan) -> None:
    table = events(("330421", 2022, 30_000.0, None), ("330482", 2027, 10_000.0, None))
    case = replace(plan.case, frames={**plan.case.frames, "reclassification": table})
    own = calibrate(
        case, base_year=2020, area=True, status=True, engine=plan.engine, **plan.calibration
    )
    shares = own.table[own.table["quantity"] == "urban_share"]
    assert shares["difference_percent"].abs().max() < 1e-6
    result = project(scenario_inputs(own, [REFERENCE], last_year=LAST, engine=plan.engine))
    people = result["population"].sum(["region", "status", "sex", "age"]).squeeze()
    # Statistical bulletin of Jiaxing for 2022 (copy).
    share = people.sel(area="urban") / people.sum("area")
    assert float(share.sel(year=2022)) == pytest.approx(0.724, abs=1e-4)
    # The towns' growth that the event explains is no part of what the other moves continue.
    assert own.urban_shift is not None
    assert float(own.urban_shift.sel(period=2022)) < -0.06


def test_event_drivers__none_change_nothing(fitted: Fitted) -> None:
    assert fitted.events is not None
    assert fitted.events.empty  # no list of events was found for Jiaxing
    laid = event_drivers(events(), np.array(["a"]), np.array([2021, 2022]))
    assert float(abs(laid).max().to_array().max()) == 0.0
