"""The arithmetic of a run: calibration, inputs, projection, indicators, targets, care."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import xarray as xr

from popsim.assumptions import survival_at
from popsim.assumptions.fitted import Fitted
from popsim.calibration import calibrate, single_ages
from popsim.growth import urban_growth_table
from popsim.hukou import (
    check_status,
    hukou_table,
    project_absent,
    registered_population,
    residents_by_account,
)
from popsim.indicators import indicator_table
from popsim.projection import project
from popsim.run.beside import beside_tables
from popsim.run.draws import Drawn, draw_scenarios, error_text
from popsim.run.evidence import run_evidence
from popsim.run.extra import extra_tables
from popsim.run.intervals import drawn_evidence, interval_table, with_intervals
from popsim.run.plan import Plan
from popsim.run.quality import quality_table
from popsim.scenarios import own_boundaries, scenario_inputs, with_annexations
from popsim.targets import Evidence, evaluate_all, levers_of, with_levers
from popsim.targets.answers import Turn

__all__ = ["Outcome", "Progress", "compute"]

Progress = Callable[[str], None]


def quiet(step: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Outcome:
    """Everything a run computed.

    Parameters
    ----------
    fitted
        The calibration.
    inputs, result
        Inputs and result of the projection, with the dim `scenario`.
    tables
        Long tables by file name: indicators, targets, care, fit, assumptions, quality.
    """

    fitted: Fitted
    inputs: xr.Dataset
    result: xr.Dataset
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def compute(plan: Plan, progress: Progress | None = None) -> Outcome:
    """Compute a run; write nothing.

    Parameters
    ----------
    plan
        From `make_plan`.
    progress
        Called with the name of each step as it starts.

    Returns
    -------
    Outcome
    """
    say = progress or quiet
    config = plan.config
    say("calibration")
    fitted = calibrate(
        plan.case,
        base_year=config.base_year,
        area=config.states.area,
        status=config.states.status,
        engine=plan.engine,
        **plan.calibration,
    )
    say("inputs")
    inputs = scenario_inputs(fitted, plan.scenarios, last_year=config.last_year, engine=plan.engine)
    say("projection")
    result = project(inputs, **plan.engine)
    say("indicators")
    in_group, boundaries = with_annexations(plan.case["in_group"], plan.scenarios, plan.boundaries)
    populations, result, registers = _definitions(plan, inputs, result)
    told = [
        indicator_table(people, in_group, boundaries=boundaries, definition=definition)
        for definition, people in populations.items()
    ]
    indicators = pd.concat([*told, *registers], ignore_index=True)
    indicators = own_boundaries(indicators, plan.scenarios)
    say("care")
    care = _care(plan, result)
    say("targets")
    evidence, census = run_evidence(
        plan.case,
        result,
        in_group=in_group,
        populations=populations,
        care=care[care["scenario"] != "census"],
        supply=plan.care.get("supply"),
        places=plan.places,
        options=plan.options,
    )
    drawn = _drawn(plan, fitted, inputs, result["population"]) if plan.draws else None
    care = care if drawn is None else with_intervals(care, drawn)
    turn = levers_of(plan.targets, inputs, in_group, engine=plan.engine)
    targets = _judged(plan, evidence, census, drawn, boundaries=boundaries, turn=turn)
    tables = {
        "indicators": indicators,
        "targets": targets,
        "care": care,
        "fit": fitted.table,
        "assumptions": assumptions_table(plan, fitted),
        "quality": quality_table(plan.case),
    }
    if drawn is not None:
        tables["intervals"] = interval_table(drawn, in_group, boundaries)
    if "area" in result["population"].dims:
        tables["urban_growth"] = urban_growth_table(result)
    tables |= beside_tables(plan, targets)
    tables |= extra_tables(plan, result, evidence, care, boundaries=boundaries)
    return Outcome(fitted, inputs, result, tables)


def _drawn(plan: Plan, fitted: Fitted, inputs: xr.Dataset, population: xr.DataArray) -> Drawn:
    """Draws around the scenarios that the file names."""
    frames, seed = plan.case.frames, plan.config.seed
    return draw_scenarios(fitted, inputs, population, frames, plan.care, seed, **plan.draws)


def _judged(
    plan: Plan,
    evidence: Evidence,
    census: Evidence,
    drawn: Drawn | None,
    *,
    boundaries: Sequence[str],
    turn: Turn,
) -> pd.DataFrame:
    """Verdicts on the targets, their probability where there are draws, and what it would take."""
    random = None if drawn is None else drawn_evidence(evidence, drawn)
    targets = evaluate_all(
        plan.targets, evidence, boundaries=boundaries, census=census, draws=random
    )
    targets = own_boundaries(targets, plan.scenarios)
    return with_levers(targets, plan.targets, evidence, turn=turn)


def _definitions(
    plan: Plan, inputs: xr.Dataset, result: xr.Dataset
) -> tuple[dict[str, xr.DataArray], xr.Dataset, list[pd.DataFrame]]:
    """Populations by definition, the result with the absent, and the indicators of registration."""
    populations = {"resident": result["population"]}
    if "status" not in result["population"].dims:
        return populations, result, []
    people = result["population"]
    by_status = people.sum([d for d in ("area",) if d in people.dims], skipna=False)
    check_status(by_status, residents_by_account(result))
    absent = project_absent(inputs, **plan.engine)["registered_absent"]
    populations["registered"] = registered_population(result["population"], absent)
    rows = hukou_table(result, absent, coverage=inputs.get("floating_coverage"))
    return populations, result.assign(registered_absent=absent), [rows]


def _care(plan: Plan, result: xr.Dataset) -> pd.DataFrame:
    """Care demand of the projected residents, under the scales and patterns of the file."""
    from popsim.care import care_table

    projected = care_table(result["population"], plan.case, deaths=result["deaths"], **plan.care)
    year = plan.config.base_year
    standard = survival_at(plan.case["survival_schedule"], xr.DataArray(float(year)))
    counts = single_ages(plan.case["population"].sel(year=year, drop=True), standard)
    counts = counts.expand_dims(year=[year], axis=-1)
    counted = care_table(counts, plan.case, **plan.care).assign(scenario="census")
    return pd.concat([projected, counted], ignore_index=True)


def assumptions_table(plan: Plan, fitted: Fitted) -> pd.DataFrame:
    """The assumptions of each scenario in words a reader can check."""
    rows: list[dict[str, Any]] = []
    for scenario in plan.scenarios:
        for kind in ("fertility", "mortality", "migration", "urbanisation", "registration"):
            model = getattr(scenario, kind)
            if model is None:
                continue
            params = ", ".join(f"{k}={v}" for k, v in model.params.items())
            rows.append(
                {"scenario": scenario.name, "kind": kind, "model": model.name, "parameters": params}
            )
        for name, given in scenario.levers:
            text = ", ".join(f"{k}={v}" for k, v in given.items())
            rows.append(
                {"scenario": scenario.name, "kind": "lever", "model": name, "parameters": text}
            )
    for name in plan.draws.get("scenarios", ()):
        for key in ("tfr", "mortality", "migration", "county_migration"):
            rows += [
                {"scenario": name, "kind": "draws", "model": key, "parameters": error_text(error)}
                for error in plan.draws[key]
            ]
        text = f"n={plan.draws['prevalence_n']:g}"
        rows.append(
            {"scenario": name, "kind": "draws", "model": "prevalence_n", "parameters": text}
        )
    for key, note in fitted.notes.items():
        rows.append({"scenario": "", "kind": "note", "model": key, "parameters": note})
    return pd.DataFrame(rows, columns=["scenario", "kind", "model", "parameters"])
