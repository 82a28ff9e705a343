from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.care import (
    multistate_need,
    need,
    need_free_expectancy,
    prevalence,
    step_states,
    transitions_from_prevalence,
)
from popsim.errors import DataError
from popsim.tables import Case

LEVELS = ["independent", "mild", "moderate", "severe"]
# relative hazards for the tests only: no Chinese table was found
RELATIVE = xr.DataArray([1.0, 1.3, 2.0, 3.5], {"need_level": LEVELS}, "need_level")


@pytest.fixture(scope="module")
def shares(care_tables: dict[str, pd.DataFrame]) -> xr.DataArray:
    return prevalence(care_tables["care_prevalence"], scale="clhls_adl")


@pytest.fixture(scope="module")
def survival(case: Case) -> xr.DataArray:
    """China, WPP 2024: survivorship of 2026 by sex and single age."""
    schedule = case["survival_schedule"]
    first = schedule.sel(schedule_year=2026, drop=True)
    return first.drop_vars([c for c in first.coords if c not in first.dims])


def closed(survival: xr.DataArray, years: int) -> tuple[xr.DataArray, xr.DataArray]:
    """A population without births or moves, and the survival by period it was made with."""
    lives = survival.to_numpy()
    people = [np.linspace(900, 100, 101) * np.ones((2, 1))]
    for _ in range(years):
        after = np.zeros_like(people[-1])
        after[:, 1:] = people[-1][:, :-1] * lives[:, 1:]
        after[:, -1] += people[-1][:, -1] * lives[:, -1]
        people.append(after)
    labels = np.arange(2020, 2021 + years)
    population = xr.DataArray(
        np.stack(people, axis=-1),
        coords={"sex": survival["sex"], "age": survival["age"], "year": labels},
        dims=("sex", "age", "year"),
    )
    return population, survival.expand_dims(period=labels[1:])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), states=st.integers(2, 6))
def test_step_states__marginal_survival_equals_the_life_table(seed: int, states: int) -> None:
    rng = np.random.default_rng(seed)
    people = rng.gamma(0.3, 1e4, (40, states)) + 1e-6
    survival = 1 - rng.uniform(0, 1, 40) ** 3 * 0.999
    moves = rng.dirichlet(np.full(states, 0.5), (40, states))
    relative = rng.uniform(0.2, 30, states)
    alive, dead = step_states(people, survival, moves, relative)
    total = people.sum(-1)
    np.testing.assert_allclose(alive.sum(-1), survival * total, rtol=1e-12)
    np.testing.assert_allclose(alive.sum(-1) + dead.sum(-1), total, rtol=1e-12)
    assert bool((alive >= 0).all() and (dead >= 0).all())


def test_step_states__equal_hazards_are_the_life_table_itself() -> None:
    alive, _ = step_states(np.array([3.0, 1.0]), np.array(0.5), np.eye(2), np.array([1.0, 1.0]))
    np.testing.assert_allclose(alive, [1.5, 0.5], rtol=1e-14)


def test_step_states__refusals() -> None:
    ok = (np.array([3.0, 1.0]), np.array(0.5), np.eye(2), np.array([1.0, 1.0]))
    with pytest.raises(DataError, match=r"survival outside \(0, 1\]"):
        step_states(ok[0], np.array(1.2), ok[2], ok[3])
    with pytest.raises(DataError, match="add up to 1"):
        step_states(ok[0], ok[1], ok[2] * 0.9, ok[3])
    with pytest.raises(DataError, match="must be above 0"):
        step_states(ok[0], ok[1], ok[2], np.array([1.0, 0.0]))


def test_transitions_from_prevalence__rows_and_no_needless_movement(
    shares: xr.DataArray, survival: xr.DataArray
) -> None:
    moves = transitions_from_prevalence(shares, survival, RELATIVE)
    np.testing.assert_allclose(moves.sum("need_to"), 1.0, rtol=1e-12)
    # inside a band nobody recovers beyond what the heavier mortality of the disabled leaves free
    young = moves.sel(age=50)
    np.testing.assert_allclose(young, np.broadcast_to(np.eye(4), (2, 4, 4)), atol=1e-15)
    jump = moves.sel(age=84, need_from="independent", need_to="severe")
    assert float(jump.min()) >= 0.0


def test_multistate_need__constant_mortality_equals_the_prevalence_road(
    care_tables: dict[str, pd.DataFrame], shares: xr.DataArray, survival: xr.DataArray
) -> None:
    population, by_period = closed(survival, 12)
    moves = transitions_from_prevalence(shares, survival, RELATIVE)
    two = multistate_need(population, by_period, moves, RELATIVE, shares)
    one = need(population, care_tables["care_prevalence"], scale="clhls_adl")
    xr.testing.assert_allclose(two, one.transpose(*two.dims), rtol=1e-9)


def test_multistate_need__longer_lives_keep_the_numbers_and_raise_need(
    shares: xr.DataArray, survival: xr.DataArray
) -> None:
    better = 1 - 0.8 * (1 - survival)
    population, by_period = closed(better, 12)
    moves = transitions_from_prevalence(shares, survival, RELATIVE)
    got = multistate_need(population, by_period, moves, RELATIVE, shares)
    total = got.sum("need_level")
    assert bool((total <= population.transpose(*total.dims) + 1e-9).all())
    flat = (population * shares.sum("need_level")).sum(["sex", "age"])
    assert float(total.sum(["sex", "age"]).sel(year=2032)) > float(flat.sel(year=2032))


def test_multistate_need__order_of_levels_and_steps(
    shares: xr.DataArray, survival: xr.DataArray
) -> None:
    moves = transitions_from_prevalence(shares, survival, RELATIVE)
    population, by_period = closed(survival, 2)
    with pytest.raises(DataError, match="in this order"):
        multistate_need(population, by_period, moves, RELATIVE[::-1], shares)
    with pytest.raises(DataError, match="needs single ages and every year"):
        multistate_need(population.sel(year=[2020, 2022]), by_period, moves, RELATIVE, shares)


def test_need_free_expectancy__census_concept_of_china(
    care_tables: dict[str, pd.DataFrame], survival: xr.DataArray
) -> None:
    """Years in self-care disability at 60 in 2020: men 0.76, women 1.18 (Guo et al. 2025).

    With the prevalence of Shanghai's towns of 2010, an older and smaller place, the same order.
    """
    d = prevalence(care_tables["care_prevalence"], scale="census_self_care_shanghai")
    got = need_free_expectancy(survival, d, effective_n=3000)
    at60 = got.sel(age=60)
    for sex, printed in (("male", 0.76), ("female", 1.18)):
        assert 0.5 * printed < float(at60["in_need"].sel(sex=sex)) < 2 * printed
    assert float(at60["in_need"].sel(sex="female")) > float(at60["in_need"].sel(sex="male"))
    np.testing.assert_allclose(got["free"] + got["in_need"], got["total"], rtol=1e-12)
    assert float(at60["standard_error"].max()) > 0


def test_need_free_expectancy__open_age_equals_a_table_carried_to_the_end(
    shares: xr.DataArray, survival: xr.DataArray
) -> None:
    """S of the open age is T(100) / T(99): the people of 100+ shrink by it for ever."""
    total = need_free_expectancy(survival, shares)["total"].sel(age=0)
    lived = np.cumprod(survival.to_numpy()[:, :100], axis=-1)
    last = survival.to_numpy()[:, 100:]
    tail = lived[:, -1:] * last ** np.arange(1, 2000)
    np.testing.assert_allclose(total, lived.sum(-1) + tail.sum(-1), rtol=1e-12)
