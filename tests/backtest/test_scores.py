"""Scores and baselines: published and closed forms, properties, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.backtest import (
    coverage,
    crps,
    distribution_error,
    exponential_trend,
    hamilton_perry,
    interval_score,
    linear_trend,
    mean_absolute_percentage_error,
    percentage_error,
)
from popsim.errors import DataError


def test_crps__normal_closed_form() -> None:
    # Gneiting & Raftery (2007), section 4.2: for N(0, 1) at y, CRPS = y (2 Phi(y) - 1) + 2 phi(y) -
    # 1/sqrt(pi); at y = 0 that is 0.23369498.
    draws = np.random.default_rng(5).standard_normal(200_000)
    assert float(crps(draws, 0.0)) == pytest.approx(0.23369498, abs=2e-3)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=8), st.floats(-50, 50))
def test_crps__equals_its_definition(draws: list[float], truth: float) -> None:
    x = np.array(draws)
    plain = np.abs(x - truth).mean() - np.abs(x[:, None] - x).mean() / 2
    assert float(crps(x, truth)) == pytest.approx(plain, abs=1e-9)


def test_coverage__of_a_calibrated_forecast() -> None:
    rng = np.random.default_rng(8)
    truth = rng.standard_normal(4000)
    draws = rng.standard_normal((400, 4000))
    assert coverage(draws, truth, level=0.8) == pytest.approx(0.8, abs=0.02)


def test_interval_score__inside_costs_the_width() -> None:
    assert float(interval_score([0.0, 1.0, 2.0], 1.0, level=0.5)) == 1.0


def test_scores__shapes_levels_and_holes() -> None:
    with pytest.raises(DataError, match="draws do not fit"):
        crps(np.zeros((5, 2)), np.zeros(3))
    with pytest.raises(DataError, match="not a level; got 80"):
        coverage(np.zeros((5, 2)), np.zeros(2), level=80)
    with pytest.raises(DataError, match="a cell is missing"):
        crps([np.nan, 1.0], 0.0)
    with pytest.raises(DataError, match="shapes differ"):
        percentage_error([1.0], [1.0, 2.0])
    with pytest.raises(DataError, match="nothing observed"):
        percentage_error([1.0], [0.0])


def test_distribution_error__moved_people_count_twice() -> None:
    observed = np.array([[50.0, 50.0], [50.0, 50.0]])
    forecast = observed + np.array([[10.0, -10.0], [0.0, 0.0]])
    assert float(distribution_error(forecast, observed)) == 10.0
    assert mean_absolute_percentage_error(forecast.sum((0, 1)), observed.sum((0, 1))) == 0.0


def test_trends__meet_in_the_known_years() -> None:
    for rule in (linear_trend, exponential_trend):
        assert float(rule(80.0, 100.0, between=10, ahead=0)) == 100.0
        assert float(rule(80.0, 100.0, between=10, ahead=-10)) == pytest.approx(80.0)


def test_exponential_trend__from_nothing() -> None:
    with pytest.raises(DataError, match="no growth rate from nothing"):
        exponential_trend([0.0], [1.0], between=10, ahead=10)


def test_hamilton_perry__stationary_population_stays() -> None:
    people = np.tile([5.0, 4.0, 3.0, 2.0, 2.0], (3, 2, 1))
    ahead = hamilton_perry(people, people, steps=4, childbearing=(1, 3))
    assert np.allclose(ahead, people, rtol=1e-12)


def test_hamilton_perry__two_steps_are_one_step_twice_over_constant_ratios() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.uniform(50, 100, (2, 2, 6))
    one = hamilton_perry(first, second, childbearing=(2, 4))
    two = hamilton_perry(first, second, steps=2, childbearing=(2, 4))
    ratio = second[:, 1:-1] / first[:, :-2]
    assert np.allclose(two[:, 1:-1], one[:, :-2] * ratio, rtol=1e-12)


def test_hamilton_perry__refusals() -> None:
    with pytest.raises(DataError, match="not two populations by sex and age"):
        hamilton_perry(np.ones((3, 4)), np.ones((3, 4)))
    with pytest.raises(DataError, match="a cohort without people"):
        hamilton_perry(np.zeros((2, 4)), np.ones((2, 4)), childbearing=(1, 3))
