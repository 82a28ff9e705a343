"""What the inputs of Jiaxing are refused for, each with its place and what to do about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.assumptions import Fitted, Model
from popsim.assumptions.reclassification import reclassification_events
from popsim.calibration import hukou as calibration_hukou
from popsim.errors import ConfigError, DataError, PopsimError
from popsim.hukou import check_status, residents_by_account
from popsim.projection import project
from popsim.run import check
from popsim.run.plan import Plan
from popsim.scenarios import LEVERS, Scenario, scenario_drivers, scenario_inputs, with_annexations

LAST = 2027
RECENT = Model("recent")
REFERENCE = Scenario("reference", RECENT, RECENT, RECENT, RECENT, RECENT)
EVENT = {
    "region": "330421", "year": 2026, "place": "a town", "persons": 20_000.0, "share": np.nan,
    "source": "gazette",
}  # fmt: skip


@pytest.fixture(scope="module")
def inputs(fitted: Fitted) -> xr.Dataset:
    return scenario_inputs(fitted, [REFERENCE], last_year=LAST)


# Edges and probabilities


def test_project__an_edge_to_an_unknown_state(inputs: xr.Dataset) -> None:
    goal = inputs["destination_region"].to_numpy().astype("<U6").copy()
    goal[7] = "330499"
    wrong = inputs.assign_coords(destination_region=("edge", goal))
    with pytest.raises(DataError, match=r"edge 7 \(destination_region\): unknown state"):
        project(wrong)


def test_project__probabilities_above_one_in_sum(inputs: xr.Dataset) -> None:
    move = inputs["move_probability"].copy()
    move.loc[{"edge": [0], "period": 2026, "age": 30}] = 0.7
    kind = (move["origin_region"] == move["origin_region"][0]) & (
        move["edge_kind"] == "reclassification"
    )
    move[{"edge": np.flatnonzero(kind)}] = 0.6
    with pytest.raises(DataError, match=r"move_probability \(origin=330402 / rural / registered.*"
                       r"more than everybody leaves.*at most 1"):  # fmt: skip
        project(inputs.assign(move_probability=move))


def test_walk__a_path_that_moves_more_than_everybody(fitted: Fitted) -> None:
    path = Model("share_path", share={2026: 0.99999})
    event = (("reclassification", {"year": 2026, "share": 0.9999}),)
    with pytest.raises(ConfigError, match=r"period 20\d\d, region 3304\d\d.*slower path"):
        scenario_inputs(
            fitted, [replace(REFERENCE, urbanisation=path, levers=event)], last_year=LAST
        )


# Boundaries


@pytest.mark.parametrize(
    ("row", "match"),
    [
        ("today,city_proper,330402,2010,,administrative,xiuzhou_census_2021,again",
         r"membership\.csv:\d+: region named twice in a boundary; got today, city_proper, 330402"),
        ("today,city_proper,330421,2150,,administrative,xiuzhou_census_2021,too late",
         r"membership\.csv:\d+: year out of range.*expected 2000 <= from_year"),
        ("today,city_proper,330499,2010,,administrative,xiuzhou_census_2021,nowhere",
         r"membership\.csv:\d+: unknown region in a boundary; got 330499"),
    ],
)  # fmt: skip
def test_check__a_boundary(copy: Path, row: str, match: str) -> None:
    table = copy.parents[1] / "data" / "jiaxing" / "membership.csv"
    table.write_text(table.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    with pytest.raises(PopsimError, match=match):
        check(copy)


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"year": LAST + 1, "regions": ("330421",)}, r"outside the run.*expected 2021\.\.2027"),
        ({"year": 2026, "regions": ("330421", "330421")}, "region of a lever named twice"),
        ({"year": 2026, "regions": ("330499",)}, "unknown region of a lever"),
    ],
)
def test_annexation__refused(fitted: Fitted, params: dict[str, Any], match: str) -> None:
    drivers = scenario_drivers(fitted, REFERENCE, last_year=LAST)
    with pytest.raises(ConfigError, match=match):
        LEVERS["annexation"](drivers, fitted, **params)


def test_with_annexations__a_year_that_no_boundary_knows(plan: Plan) -> None:
    late = replace(REFERENCE, levers=(("annexation", {"year": 2150, "regions": ["330421"]}),))
    with pytest.raises(ConfigError, match=r"unknown year of an annexation; got 2150.*2000\.\.2100"):
        with_annexations(plan.case["in_group"], [late])


# Reclassification


def rows(*changes: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{**EVENT, **change} for change in changes])


def test_events__larger_than_the_rural_population(fitted: Fitted) -> None:
    regions = [str(r) for r in fitted.population["region"].to_numpy()]
    own = replace(fitted, events=reclassification_events(rows({"persons": 900_000.0}), regions))
    with pytest.raises(ConfigError, match=r"period 2026, region 330421.*: a reclassification larger"
                       r" than the rural population; got 900,000 persons.*Remedy"):  # fmt: skip
        scenario_inputs(own, [REFERENCE], last_year=LAST)


def test_events__in_a_year_outside_the_run(fitted: Fitted) -> None:
    regions = [str(r) for r in fitted.population["region"].to_numpy()]
    for year in (2020, LAST + 1):
        own = replace(fitted, events=reclassification_events(rows({"year": year}), regions))
        with pytest.raises(ConfigError, match=rf"region 330421.*outside the run.*{year}"):
            scenario_inputs(own, [REFERENCE], last_year=LAST)


def test_events__every_fault_of_the_table_at_once() -> None:
    table = rows(
        {"region": "330499"},
        {"persons": np.nan},
        {"share": 0.5},
        {"persons": np.nan, "share": 1.2},
        {"persons": -5.0},
        {"source": ""},
    )
    with pytest.raises(DataError) as caught:
        reclassification_events(table, ["330421"])
    text = str(caught.value)
    for part in (
        "reclassification.csv:2: unknown region of a reclassification; got 330499",
        "reclassification.csv:3: a reclassification needs one amount; got neither",
        "reclassification.csv:4: a reclassification needs one amount",
        "reclassification.csv:5: a reclassification larger than the rural population",
        "reclassification.csv:6: no number of persons",
        "reclassification.csv:7: row without a source",
    ):
        assert part in text, text


def test_check__a_share_above_one_in_the_file(copy: Path) -> None:
    table = copy.parents[1] / "data" / "jiaxing" / "reclassification.csv"
    row = "330421,2026,a town,,1.2,jx_bulletin_2021_copy,\n"
    table.write_text(table.read_text(encoding="utf-8") + row, encoding="utf-8")
    with pytest.raises(PopsimError, match=r"reclassification\.csv:2 \(column share\)"):
        check(copy)


def test_lever__larger_than_the_rural_population(fitted: Fitted) -> None:
    drivers = scenario_drivers(fitted, REFERENCE, last_year=LAST)
    with pytest.raises(ConfigError, match=r"lever reclassification, share: .*larger than"):
        LEVERS["reclassification"](drivers, fitted, year=2026, share=1.2)


# Statuses


def test_check_status__a_sum_that_differs_from_the_residents(inputs: xr.Dataset) -> None:
    result = project(inputs)
    residents = residents_by_account(result)
    lost = result["population"].sum("area").copy()
    lost.loc[{"region": "330481", "status": "floating", "year": 2025, "age": 25}] *= 0.99
    with pytest.raises(DataError, match=r"population \(.*region=330481.*\): registered residents "
                       r"and floating do not add up.*the absent are no residents"):  # fmt: skip
        check_status(lost, residents)


def test_calibrate__statuses_that_do_not_add_up_to_the_published(fitted: Fitted) -> None:
    people = fitted.population.sum("status")
    split = fitted.population.copy()
    split.loc[{"region": "330481", "area": "urban", "status": "registered", "age": 70}] *= 1.01
    with pytest.raises(DataError, match=r"region=330481.*do not add up"):
        calibration_hukou.check_split(split, people)


def test_calibrate__more_floating_than_residents(fitted: Fitted) -> None:
    people = fitted.population.sum(["area", "status", "sex", "age"])
    with pytest.raises(DataError, match="more floating people than residents"):
        calibration_hukou.check_stocks(people, people * 1.1, people * 0.1)
