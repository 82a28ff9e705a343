"""Rates to probabilities, origin-destination tables, gravity, effectiveness."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from popsim.errors import ConvergenceError, DataError
from popsim.methods.migration import (
    fit_gravity,
    flows_from_margins,
    gravity,
    migration_effectiveness,
    probabilities_from_flows,
    rates_to_probabilities,
)


@pytest.mark.validation
def test_rates_to_probabilities__willekens_rogers_1978(validation_dir) -> None:
    text = (validation_dir / "published_cases.json").read_text(encoding="utf-8")
    case = json.loads(text)["willekens_rogers_1978_two_region"]
    counts = np.array([case["slovenia"], case["rest"]], dtype=float)
    deaths = (counts[..., 2] / counts[..., 0]).T
    out = (counts[..., 3] / counts[..., 0]).T
    moves = np.zeros((18, 2, 2))
    moves[:, 0, 1], moves[:, 1, 0] = out[:, 0], out[:, 1]
    step = rates_to_probabilities(moves[:-1], death_rate=deaths[:-1], width=5)
    alive = [np.eye(2)]  # by region of birth and of residence
    for age in range(17):
        alive.append(alive[-1] @ step[age])
    last = np.diag(deaths[-1] + out[-1]) - moves[-1]
    years = 2.5 * sum(a + b for a, b in pairwise(alive))
    e0 = years + alive[-1] @ np.linalg.inv(last)
    np.testing.assert_allclose(e0[0], case["derived"]["e0_SL_born"], atol=1e-7)
    np.testing.assert_allclose(e0[1], case["derived"]["e0_RY_born"], atol=1e-7)


rates = arrays(float, (3, 3), elements=st.floats(0, 0.2)).map(lambda m: m * (1 - np.eye(3)))


@settings(max_examples=25, deadline=None)
@given(rates)
@pytest.mark.parametrize("method", ["linear", "exponential"])
def test_rates_to_probabilities__rows_add_to_one_without_deaths(method, moves) -> None:
    found = rates_to_probabilities(moves, method=method)
    np.testing.assert_allclose(found.sum(axis=-1), 1, atol=1e-12)
    assert np.all(found >= 0)


@settings(max_examples=25, deadline=None)
@given(rates)
def test_rates_to_probabilities__forms_agree_to_second_order(moves) -> None:
    linear = rates_to_probabilities(moves, death_rate=[0.01, 0.02, 0.03], width=0.1)
    exact = rates_to_probabilities(
        moves, death_rate=[0.01, 0.02, 0.03], width=0.1, method="exponential"
    )
    # the forms differ by (n M)^3 / 12 and smaller
    np.testing.assert_allclose(linear, exact, atol=(0.1 * 0.9) ** 3 / 12)


def test_rates_to_probabilities__one_state_is_the_life_tables_q() -> None:
    # q = n m / (1 + n m / 2): Preston, Heuveline and Guillot (2001), p. 42, a = n / 2
    found = rates_to_probabilities([[0.0]], death_rate=[0.02], width=5)
    np.testing.assert_allclose(1 - found, 5 * 0.02 / (1 + 2.5 * 0.02))


def test_rates_to_probabilities__too_high_names_the_cell() -> None:
    with pytest.raises(DataError, match=r"probability\[0, 0\].*shorter steps"):
        rates_to_probabilities([[0.0, 0.9], [0.1, 0.0]], width=5)


def test_rates_to_probabilities__diagonal_refused() -> None:
    with pytest.raises(DataError, match=r"rates\[1, 1\]: a state moves to itself"):
        rates_to_probabilities([[0.0, 0.1], [0.1, 0.7]])


def test_rates_to_probabilities__negative_rate_refused() -> None:
    with pytest.raises(DataError, match=r"rates\[0, 1\]: negative"):
        rates_to_probabilities([[0.0, -0.1], [0.1, 0.0]])


@pytest.mark.validation
def test_probabilities_from_flows__california_2012_to_2022(validation_dir) -> None:
    text = (validation_dir / "published_cases.json").read_text(encoding="utf-8")
    case = json.loads(text)["migration_matrix_CA_RUS_2012"]
    start = np.array(case["P0"], dtype=float)
    step = probabilities_from_flows([[0, case["out_CA"]], [case["out_RUS"], 0]], start)
    np.testing.assert_allclose(step, [[0.98033, 0.01967], [0.00179, 0.99821]], atol=5e-6)
    end = start @ np.linalg.matrix_power(step, case["years"])
    # unrounded, 35.728 million; the book's matrix of five decimals gives its 35.729
    assert end[0] == pytest.approx(35.728e6, abs=500)
    assert end.sum() == pytest.approx(start.sum(), rel=1e-12)
    book = start @ np.linalg.matrix_power([[0.98033, 0.01967], [0.00179, 0.99821]], case["years"])
    assert book[0] == pytest.approx(case["expect_rounded"][0], abs=500)
    # printed as 278,180,000 and, elsewhere, 278,190,000
    assert book[1] == pytest.approx(case["expect_rounded"][1], abs=1e4)


def test_probabilities_from_flows__more_leavers_than_people_refused() -> None:
    with pytest.raises(DataError, match=r"flows, total of origin\[0\]: more people left"):
        probabilities_from_flows([[0, 20], [30, 0]], [10, 300])


def test_flows_from_margins__margins_met_without_stayers() -> None:
    fit = flows_from_margins([30, 40, 50, 10], [60, 35, 25, 10])
    np.testing.assert_allclose(fit.table.sum(axis=1), [30, 40, 50, 10], atol=1e-7)
    np.testing.assert_allclose(fit.table.sum(axis=0), [60, 35, 25, 10], atol=1e-7)
    assert np.all(np.diag(fit.table) == 0)


def test_flows_from_margins__own_margins_give_the_table_back() -> None:
    masses = np.array([10.0, 25.0, 40.0, 5.0])
    apart = np.abs(np.subtract.outer([0.0, 1, 4, 9], [0.0, 1, 4, 9]))
    table = gravity(masses, masses, apart)
    fit = flows_from_margins(table.sum(axis=1), table.sum(axis=0), seed=table)
    np.testing.assert_allclose(fit.table, table, rtol=1e-9)


def test_flows_from_margins__totals_that_differ_refused() -> None:
    with pytest.raises(DataError, match=r"margins contradict.*got 70 and 60"):
        flows_from_margins([30, 40], [40, 20])


def test_flows_from_margins__impossible_without_stayers() -> None:
    # everyone who leaves the first place would have to arrive in the second, which takes fewer
    with pytest.raises(ConvergenceError, match="margins not met"):
        flows_from_margins([30, 40], [45, 25])


def test_gravity__doubling_the_distance_quarters_the_flow() -> None:
    near = gravity([10, 20], [10, 20], [[0, 2], [2, 0]])
    far = gravity([10, 20], [10, 20], [[0, 4], [4, 0]])
    np.testing.assert_allclose(far, near / 4)


def test_fit_gravity__finds_the_constants_again() -> None:
    masses = np.array([10.0, 25.0, 40.0, 5.0, 60.0])
    jobs = np.array([3.0, 2.0, 9.0, 8.0, 1.0])
    apart = 1 + np.abs(np.subtract.outer([0.0, 1, 4, 9, 16], [0.0, 1, 4, 9, 16]))
    true = {"scale": 3.0, "origin_power": 0.8, "destination_power": 1.1, "distance_power": 1.4}
    fit = fit_gravity(gravity(masses, jobs, apart, **true), masses, jobs, apart)
    np.testing.assert_allclose(fit[:4], list(true.values()), rtol=1e-9)
    assert fit.deviance < 1e-12


def test_fit_gravity__keeps_zeros_and_total() -> None:
    flows = np.array([[0.0, 3, 0], [7, 0, 2], [1, 4, 0]])
    apart = np.array([[1.0, 2, 5], [2, 1, 3], [5, 3, 1]])
    fit = fit_gravity(flows, [3.0, 8, 5], [3.0, 8, 5], apart)
    # the normal equation of the constant: a Poisson fit keeps the total
    np.testing.assert_allclose(fit.fitted.sum(), flows.sum(), rtol=1e-9)


def test_fit_gravity__equal_masses_refused() -> None:
    flows = np.array([[0.0, 3, 1], [7, 0, 2], [1, 4, 0]])
    apart = np.array([[1.0, 2, 5], [2, 1, 3], [5, 3, 1]])
    with pytest.raises(DataError, match="cannot be told apart"):
        fit_gravity(flows, [5.0, 5, 5], [5.0, 5, 5], apart)


def test_gravity__zero_distance_names_the_cell() -> None:
    with pytest.raises(DataError, match=r"distance\[1, 0\]: zero or negative"):
        gravity([1, 2], [1, 2], [[0, 1], [0, 0]])


# Lay, Linear Algebra and its Applications, moves between California and the rest of the United
# States in 2012: 748,252 out and 493,641 in.
def test_migration_effectiveness__california_2012() -> None:
    found = migration_effectiveness([[37_293_178, 748_252], [493_641, 275_378_969]])
    net = 493_641 - 748_252
    np.testing.assert_allclose(found.place, np.array([1, -1]) * net / 1_241_893)
    assert found.system == pytest.approx(254_611 / 1_241_893)


def test_migration_effectiveness__symmetric_flows_redistribute_nobody() -> None:
    found = migration_effectiveness([[0, 5, 2], [5, 0, 1], [2, 1, 0]])
    assert found.system == 0
    assert np.all(found.place == 0)


def test_migration_effectiveness__nobody_moves_refused() -> None:
    with pytest.raises(DataError, match="nobody moves"):
        migration_effectiveness([[5, 0], [0, 5]])
