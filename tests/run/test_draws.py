"""Draws around a scenario of the main job: centre, seeds, thresholds, and runs without them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from popsim.ensembles import LevelError, project_ensemble
from popsim.ensembles.from_inputs import DrawErrors, by_region, draw_inputs
from popsim.errors import DataError, PopsimError
from popsim.projection import project
from popsim.run import Outcome, Plan, compute
from popsim.run.draws import draw_scenarios
from popsim.run.intervals import QUANTILES, interval_table
from popsim.targets import Evidence, Target, evaluate_all

SURE = LevelError(sd=0.0, persistence=0.0, drift_sd=0.0, scale="level")
COUNT = 40


@pytest.fixture(scope="module")
def plan(plan: Plan) -> Plan:
    """Jiaxing's plan with few draws and no hindcast."""
    return replace(plan, draws={**plan.draws, "count": COUNT}, hindcast={})


@pytest.fixture(scope="module")
def outcome(plan: Plan) -> Outcome:
    return compute(plan)


def levels(
    outcome: Outcome, errors: DrawErrors, **options: object
) -> tuple[xr.Dataset, xr.Dataset]:
    inputs = outcome.inputs.sel(scenario="recent", drop=True)
    people = outcome.result["population"].sel(scenario="recent", drop=True)
    regions = people["region"].reset_coords(drop=True)
    spread = xr.full_like(regions, 1 / regions.size, dtype=float)
    given: dict[str, object] = {"draws": 4, "seed": 3, "known_until": 2024} | options
    return draw_inputs(
        inputs, people, outcome.fitted.survival_schedule, errors, mobility="western_standard",
        spread=spread, fitted_until={}, counted={}, **given,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(scope="module")
def errors(plan: Plan) -> DrawErrors:
    given = {n: plan.draws[n] for n in ("tfr", "mortality", "migration")}
    return DrawErrors(**given, regional_migration=plan.draws["county_migration"])


def test_draw_inputs__a_draw_without_error_is_the_projection(outcome: Outcome) -> None:
    sure = DrawErrors(
        tfr=(), mortality=(SURE,), migration=(SURE,), regional_migration=(SURE,)
    )  # fmt: skip
    drawn = levels(outcome, sure, draws=1)
    bands = {"all": (0.0, np.inf), "60plus": (60.0, np.inf), "young": (0.0, 15.0)}
    sums = project_ensemble(*drawn, keep=bands, by=("region",)).isel(draw=0)
    people = outcome.result["population"].sel(scenario="recent").sum(["area", "status", "sex"])
    for name, (low, high) in bands.items():
        inside = (people["age"] >= low) & (people["age"] < high)
        expected = people.where(inside, 0.0).sum("age")
        # the table of life tables is read linearly: 1e-7 a survival ratio
        xr.testing.assert_allclose(
            sums[name].drop_attrs().reset_coords(drop=True),
            expected.drop_attrs().reset_coords(drop=True),
            rtol=1e-6,
        )


def test_by_region__projects_to_the_same_people(outcome: Outcome) -> None:
    inputs = outcome.inputs.sel(scenario="trend", drop=True)
    people = outcome.result["population"].sel(scenario="trend", drop=True)
    again = project(by_region(inputs, people, outcome.fitted.survival_schedule))["population"]
    expected = people.sum(["area", "status"]).transpose(*again.dims)
    assert float(abs(again - expected.reset_coords(drop=True)).max()) < 1e-6


def test_draw_inputs__same_seed_same_bits_alone_or_among_others(
    outcome: Outcome, errors: DrawErrors
) -> None:
    many = levels(outcome, errors, draws=6)[1]
    some = levels(outcome, errors, draws=range(4, 6))[1]
    xr.testing.assert_identical(many.isel(draw=slice(4, 6)), some)
    other = levels(outcome, errors, draws=6, seed=4)[1]
    assert not np.array_equal(many["migration_level"], other["migration_level"])


def test_draw_inputs__batches_and_threads_change_no_bit(
    outcome: Outcome, errors: DrawErrors
) -> None:
    patterns, drawn = levels(outcome, errors, draws=7)
    keep = {"all": (0.0, np.inf)}
    one = project_ensemble(patterns, drawn, keep=keep, by=("region",))
    two = project_ensemble(patterns, drawn, keep=keep, by=("region",), batch=3, threads=1)
    xr.testing.assert_identical(one, two)


def test_draw_inputs__regions_err_but_move_nobody_across_the_border(
    outcome: Outcome, errors: DrawErrors
) -> None:
    only = replace(errors, tfr=(), mortality=(SURE,), migration=(SURE,))
    patterns, drawn = levels(outcome, only)
    come = (drawn["migration_level"] * patterns["migration_profile"]).sum(["region", "sex", "age"])
    assert float(abs(drawn["migration_level"]).max()) > 1e-3
    assert np.allclose(come, 0.0, atol=1e-6)


def test_draw_scenarios__keeps_to_what_was_counted(outcome: Outcome, plan: Plan) -> None:
    drawn = draw(outcome, plan)
    people = drawn.stocks.sel(age_group="all", scenario="recent", drop=True)
    fit = outcome.fitted.table
    rows = fit[(fit["quantity"] == "population") & (fit["region"] != "330400")]
    assert len(rows) > 7
    for row in rows.to_dict("records"):
        counted = people.sel(region=row["region"], year=row["period"])
        # deaths among those who came or left, and the bend of a loss
        assert float(abs(counted / row["published"] - 1).max()) < 1e-3, row


def draw(outcome: Outcome, plan: Plan, **changes: object):  # type: ignore[no-untyped-def]
    options = {**plan.draws, **changes}
    return draw_scenarios(
        outcome.fitted, outcome.inputs, outcome.result["population"], plan.case.frames, plan.care,
        plan.config.seed, **options,
    )  # fmt: skip


def test_compute__probability_lies_between_nought_and_one(outcome: Outcome) -> None:
    table = outcome.tables["targets"]
    recent = table[(table["scenario"] == "recent") & (table["definition"] == "resident")]
    shares = recent[recent["target"] == "T01"].set_index("boundary")["probability"].astype(float)
    assert ((shares >= 0) & (shares <= 1)).all()
    assert shares["today"] == 0.0
    others = table[table["scenario"] != "recent"]
    assert (others["probability"] == "").all()


def test_evaluate_all__probability_falls_as_the_aim_rises(outcome: Outcome, plan: Plan) -> None:
    drawn = draw(outcome, plan)
    in_group = plan.case["in_group"]
    random = Evidence({"resident": drawn.stocks}, in_group, 2020)
    sure = Evidence.from_populations({"resident": outcome.result["population"]}, in_group)
    aims = [
        Target(id=f"A{i}", indicator="population_share", year=2035, group="city_proper",
               at_least=aim, boundaries=("expanded",), definitions=("resident",))
        for i, aim in enumerate((0.5, 0.61, 0.62, 0.63, 0.8))
    ]  # fmt: skip
    table = evaluate_all(aims, sure, boundaries=["expanded"], draws=random)
    found = table[table["scenario"] == "recent"]["probability"].astype(float).to_numpy()
    assert found[0] == 1.0
    assert found[-1] == 0.0
    assert (np.diff(found) <= 0).all()


def test_interval_table__quantiles_are_in_order_and_certain_in_the_base_year(
    outcome: Outcome,
) -> None:
    table = outcome.tables["intervals"]
    columns = [f"q{q:g}" for q in QUANTILES]
    values = table[columns].to_numpy()
    assert (np.diff(values, axis=1) >= 0).all()
    base = table[table["year"] == 2020]
    assert np.allclose(base["q0.05"], base["q0.95"])
    shares = table[(table["indicator"] == "population_share") & (table["boundary"] == "expanded")]
    width = (shares["q0.9"] - shares["q0.1"]).to_numpy()
    assert width[-1] > width[5] > 0


def test_interval_table__places_are_those_of_the_indicators(outcome: Outcome, plan: Plan) -> None:
    again = interval_table(draw(outcome, plan), plan.case["in_group"], plan.boundaries)
    assert set(again["boundary"]) == {"", *plan.boundaries}
    assert again.equals(outcome.tables["intervals"])


def test_with_intervals__bounds_enclose_the_need_of_every_county(outcome: Outcome) -> None:
    care = outcome.tables["care"]
    need = care[care["indicator"].str.startswith("need_severe") & (care["scenario"] == "recent")]
    assert need["lower"].notna().all()
    assert (need["lower"] < need["value"]).all()
    assert (need["value"] < need["upper"]).all()
    assert set(need["region"]) >= {"330402", "330483", "all"}


def test_compute__without_draws_there_are_no_columns(plan: Plan) -> None:
    tables = compute(replace(plan, draws={})).tables
    assert "intervals" not in tables
    assert not {"lower", "upper"} & set(tables["care"])
    assert (tables["targets"]["probability"] == "").all()


def test_draw_scenarios__refuses_what_is_not_run(outcome: Outcome, plan: Plan) -> None:
    with pytest.raises(PopsimError, match=r"unknown scenario.*got rising.*recent"):
        draw(outcome, plan, scenarios=("rising",))
    with pytest.raises(PopsimError, match="not an interval"):
        draw(outcome, plan, interval=(0.6, 0.9))


def test_draw_errors__refuse_a_scale_that_is_not_the_levels(errors: DrawErrors) -> None:
    with pytest.raises(DataError, match=r"tfr: wrong scale; got level; expected log"):
        replace(errors, tfr=(SURE,))


def test_draw_scenarios__a_spread_that_empties_a_county_is_named(
    outcome: Outcome, plan: Plan
) -> None:
    wide = LevelError(sd=0.2, persistence=1.0, drift_sd=0.0, scale="level")
    with pytest.raises(PopsimError, match=r"draw loses more people.*Remedy: smaller spreads"):
        draw(outcome, plan, migration=(wide,))
