"""Stochastic levels and the split of a scenario into levels and patterns."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.assumptions.mortality import survival_at
from popsim.ensembles import (
    LevelError,
    ensemble_inputs,
    fit_level_error,
    hindcast_level_error,
    project_ensemble,
    stochastic_levels,
    tabulate_survival,
)
from popsim.errors import DataError
from popsim.projection import project

PERIODS = np.arange(2021, 2036)
WALK = LevelError(sd=0.04, persistence=1.0, drift_sd=0.0, scale="log")
CENTRAL = xr.Dataset(
    {
        "tfr": ("period", np.linspace(1.0, 1.3, 15)),
        "mortality_index": ("period", PERIODS.astype(float)),
        "migration_level": ("period", np.ones(15)),
    },
    {"period": PERIODS},
)
ERRORS = {
    "tfr": WALK,
    "mortality_index": LevelError(sd=0.5, persistence=1.0, drift_sd=0.2, scale="level"),
    "migration_level": LevelError(sd=0.3, persistence=0.6, drift_sd=0.0, scale="level"),
}
USUAL = {"seed": 5, "correlation": {("tfr", "migration_level"): 0.5}, "known_until": 2023}


def schedule() -> xr.DataArray:
    """A Gompertz family of life tables, hazards falling 2 % a year."""
    years = np.array([2000.0, 2020.0, 2035.0])
    age = np.arange(101)
    fall = np.exp(-0.02 * (years - 2000) - 0.00002 * (years - 2000) ** 2)[:, None, None]
    hazard = np.minimum(5e-5 * np.exp(0.095 * age), 0.6) * np.array([[0.7], [1.0]]) * fall
    coords = {"schedule_year": years, "sex": ["female", "male"], "age": age}
    return xr.DataArray(np.exp(-hazard), coords, ("schedule_year", "sex", "age"))


# Closed forms: var of a random walk t sd^2 (+ t^2 drift_sd^2), of AR(1) sd^2 (1-p^2t)/(1-p^2)
def test_stochastic_levels__spreads_have_their_closed_forms() -> None:
    drawn = stochastic_levels(CENTRAL, ERRORS, draws=4000, **USUAL)
    t = np.arange(1, 13)
    errors = {
        "tfr": np.log(drawn["tfr"] / CENTRAL["tfr"]),
        "mortality_index": drawn["mortality_index"] - CENTRAL["mortality_index"],
        "migration_level": drawn["migration_level"] - 1,
    }
    wanted = {
        "tfr": 0.04**2 * t,
        "mortality_index": 0.5**2 * t + 0.2**2 * t**2,
        "migration_level": 0.3**2 * (1 - 0.36**t) / (1 - 0.36),
    }
    for name, error in errors.items():
        after = error.sel(period=slice(2024, None)).to_numpy()
        # 4,000 draws know a variance to 2.2 %: four of these either side
        np.testing.assert_allclose(after.var(axis=0), wanted[name], rtol=0.09)
        assert (error.sel(period=slice(None, 2023)) == 0).all()
    first = {n: e.sel(period=2024).to_numpy() for n, e in errors.items()}
    assert np.corrcoef(first["tfr"], first["migration_level"])[0, 1] == pytest.approx(0.5, abs=0.05)
    assert np.corrcoef(first["tfr"], first["mortality_index"])[0, 1] == pytest.approx(0, abs=0.07)


@settings(max_examples=10, deadline=None)
@given(first=st.integers(0, 50), count=st.integers(1, 4), last=st.integers(2025, 2035))
def test_stochastic_levels__a_draw_is_the_same_alone_and_in_a_shorter_run(
    first: int, count: int, last: int
) -> None:
    whole = stochastic_levels(CENTRAL, ERRORS, draws=60, **USUAL)
    short = CENTRAL.sel(period=slice(None, last))
    some = stochastic_levels(short, ERRORS, draws=range(first, first + count), **USUAL)
    expected = whole.sel(draw=slice(first, first + count - 1), period=slice(None, last))
    xr.testing.assert_identical(some, expected)


def test_stochastic_levels__scenarios_share_their_luck() -> None:
    other = CENTRAL.assign(tfr=CENTRAL["tfr"] * 1.2)
    a = stochastic_levels(CENTRAL, ERRORS, draws=5, **USUAL)
    b = stochastic_levels(other, {"tfr": WALK}, draws=5, **USUAL | {"correlation": {}})
    c = stochastic_levels(CENTRAL, ERRORS, draws=5, **USUAL | {"correlation": {}})
    np.testing.assert_allclose(b["tfr"] / c["tfr"], 1.2, rtol=1e-14)
    assert (b["mortality_index"] == CENTRAL["mortality_index"]).all()
    assert not np.allclose(a["migration_level"], c["migration_level"])


def test_stochastic_levels__refuses_what_cannot_be_meant() -> None:
    with pytest.raises(DataError, match="unknown level"):
        stochastic_levels(CENTRAL, {"mood": WALK}, draws=1, **USUAL)
    contrary = {
        ("tfr", "mortality_index"): 0.9,
        ("tfr", "migration_level"): 0.9,
        ("mortality_index", "migration_level"): -0.9,
    }
    with pytest.raises(DataError, match="contradict"):
        stochastic_levels(CENTRAL, ERRORS, draws=1, **USUAL | {"correlation": contrary})
    with pytest.raises(DataError, match=r"sd: not a spread; got -1"):
        LevelError(sd=-1, persistence=2, drift_sd=0, scale="log")


def test_stochastic_levels__two_levels_may_move_as_one() -> None:
    together = {("tfr", "migration_level"): 1.0}
    errors = ERRORS | {"migration_level": WALK}
    drawn = stochastic_levels(CENTRAL, errors, draws=3, **USUAL | {"correlation": together})
    error = drawn["tfr"] / CENTRAL["tfr"]
    np.testing.assert_allclose(drawn["migration_level"], error, rtol=1e-12)


def test_fit_level_error__finds_the_spread_it_was_made_with() -> None:
    z = np.random.default_rng(3).standard_normal(4001)
    walk = xr.DataArray(np.exp(np.cumsum(0.03 * z)), dims="year")
    fitted = fit_level_error(walk, scale="log", settles=False)
    assert fitted.sd == pytest.approx(0.03, rel=0.05)
    assert fitted.drift_sd == pytest.approx(0.03 / np.sqrt(4000), rel=0.05)
    level = [0.0]
    for shock in z:
        level.append(0.7 * level[-1] + 0.2 * shock)
    settled = fit_level_error(xr.DataArray(level, dims="year"), scale="level", settles=True)
    assert settled.persistence == pytest.approx(0.7, abs=0.05)
    assert settled.sd == pytest.approx(0.2, rel=0.05)


def test_hindcast_level_error__of_a_random_walk_is_its_spread() -> None:
    z = np.random.default_rng(4).standard_normal((3000, 10)).cumsum(axis=1)
    residuals = xr.DataArray(0.1 * z, {"lead": np.arange(1, 11)}, ("origin", "lead"))
    assert hindcast_level_error(residuals, scale="log").sd == pytest.approx(0.1, rel=0.05)
    with pytest.raises(DataError, match="missing or infinite"):
        hindcast_level_error(residuals.where(residuals < 0.1), scale="log")


def test_tabulate_survival__read_linearly_is_exact_to_its_tolerance() -> None:
    table = tabulate_survival(schedule(), 2003.3, 2034.8, tolerance=1e-7)
    index = np.random.default_rng(0).uniform(2003.3, 2034.8, 500)
    read = table.interp(row=index, method="linear")
    exact = survival_at(schedule(), xr.DataArray(index, dims="row"))
    np.testing.assert_allclose(read.transpose("sex", "age", "row"), exact, rtol=0, atol=1e-7)
    with pytest.raises(DataError, match="a larger tolerance"):
        tabulate_survival(schedule(), 2003.3, 2034.8, tolerance=1e-15)


def scenario() -> xr.Dataset:
    """Inputs of a scenario, as `build_inputs` makes them."""
    random = np.random.default_rng(7)
    age = np.arange(101)
    shares = ((age > 15) & (age < 48)) / 32
    region = xr.DataArray([0.9, 1.1], {"region": ["A", "B"]}, "region")
    people = xr.DataArray(
        random.uniform(500, 900, (2, 2, 101)),
        {"region": ["A", "B"], "sex": ["female", "male"], "age": age},
        ("region", "sex", "age"),
    )
    pattern = xr.DataArray(shares, {"age": age}, "age")
    periods = xr.DataArray(np.ones(15), {"period": PERIODS}, "period")
    return xr.Dataset(
        {
            "population": people,
            "base_year": 2020,
            "survival_ratio": survival_at(schedule(), CENTRAL["mortality_index"]),
            "fertility_rate": region * pattern * CENTRAL["tfr"],
            "sex_ratio_at_birth": 1.1 * periods,
            "net_migration": 0.005 * people * periods,
            "tfr": CENTRAL["tfr"],
            "mortality_index": CENTRAL["mortality_index"],
        }
    )


def test_ensemble_inputs__without_errors_is_the_scenario() -> None:
    inputs = scenario()
    patterns, central = ensemble_inputs(inputs, schedule(), lowest=2015.0, highest=2035.0)
    levels = stochastic_levels(central, {}, draws=2, seed=1, correlation={}, known_until=2020)
    got = project_ensemble(patterns, levels, keep={"total": (0, np.inf)}, by=["region"])
    expected = project(inputs.drop_vars(["tfr", "mortality_index"]))["population"]
    wanted = expected.sum(["sex", "age"]).transpose("region", "year")
    for draw in range(2):
        # survival read off the table is within 1e-7 a step, 15 steps
        np.testing.assert_allclose(got["total"].sel(draw=draw), wanted, rtol=1e-6)


def test_ensemble_inputs__refuses_survival_that_a_lever_changed() -> None:
    inputs = scenario()
    inputs["survival_ratio"] = inputs["survival_ratio"] ** 1.5
    with pytest.raises(DataError, match="survival is not that of the schedule"):
        ensemble_inputs(inputs, schedule(), lowest=2015.0, highest=2035.0)
