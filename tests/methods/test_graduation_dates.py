"""Stocks between dates: exact where a population moves by its own rates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.methods import graduation

AGES = 101
SURVIVAL = np.append(np.exp(-3e-5 / 0.1 * np.expm1(0.1) * np.exp(0.1 * np.arange(100))), 0.45)
START = 1e3 * np.exp(-((np.arange(AGES) - 35) ** 2) / 900)
checked = settings(max_examples=15, deadline=None)


def step(stock, births=500.0):
    """One year of survival, the open age pooled; births survive by S(0)."""
    out = np.empty_like(stock)
    out[1:] = stock[:-1] * SURVIVAL[1:]
    out[-1] = (stock[-2] + stock[-1]) * SURVIVAL[-1]
    out[0] = births * SURVIVAL[0]
    return out


def test_shift_date__whole_year_is_one_step_of_projection() -> None:
    got = graduation.shift_date(START, survival=SURVIVAL, fraction=1, births=500.0)
    np.testing.assert_allclose(got, step(START), rtol=1e-12)


def test_shift_date__no_time_changes_nothing() -> None:
    np.testing.assert_array_equal(
        graduation.shift_date(START, survival=SURVIVAL, fraction=0), START
    )


def test_shift_date__stationary_population_stays() -> None:
    # Without deaths below the open age and as many births as reach it, nothing moves: by hand.
    survival = np.append(np.ones(20), 0.5)
    stock = np.append(np.full(20, 100.0), 100.0)
    for f in (60 / 365, 0.5):
        got = graduation.shift_date(stock, survival=survival, fraction=f, births=100 * f)
        np.testing.assert_allclose(got[:-2], stock[:-2], rtol=1e-12)
        back = graduation.shift_date(stock, survival=survival, fraction=-f)
        np.testing.assert_allclose(back[:-2], stock[:-2], rtol=1e-12)


@checked
@given(f=st.floats(0.01, 1), births=st.floats(0, 1e4))
def test_shift_date__loses_only_the_dead(f, births) -> None:
    same = graduation.shift_date(START, survival=np.ones(AGES), fraction=f, births=births)
    assert same.sum() == pytest.approx(START.sum() + births, rel=1e-12)
    got = graduation.shift_date(START, survival=SURVIVAL, fraction=f, births=births)
    assert got.min() >= 0
    assert got.sum() < same.sum()
    more = graduation.shift_date(
        START, survival=SURVIVAL, fraction=f, births=births, net_migration=np.ones(AGES)
    )
    np.testing.assert_allclose(more - got, 1, atol=1e-8)


def test_shift_date__refuses() -> None:
    with pytest.raises(DataError, match="births between the two dates are missing"):
        graduation.shift_date(START, survival=SURVIVAL, fraction=0.2)
    with pytest.raises(DataError, match=r"fraction of a year out of range; got 1\.4"):
        graduation.shift_date(START, survival=SURVIVAL, fraction=1.4, births=1.0)
    with pytest.raises(DataError, match=r"within 0\.\.1; got \[1\.2"):
        graduation.shift_date(START, survival=SURVIVAL * 0 + 1.2, fraction=0.2, births=1.0)
    with pytest.raises(DataError, match="ages of survival and population differ"):
        graduation.shift_date(START, survival=SURVIVAL[:-1], fraction=0.2, births=1.0)
    with pytest.raises(DataError, match=r"shifted stock: negative or missing at row \(\), age"):
        graduation.shift_date(
            START, survival=SURVIVAL, fraction=0.2, births=1.0, net_migration=-START
        )


def test_interpolate_stock__closed_population_is_its_projection() -> None:
    stocks = [START]
    for k in range(10):
        stocks.append(step(stocks[-1], 500.0 + k))
    births = 500.0 + np.arange(10)
    got = graduation.interpolate_stock(
        START,
        stocks[-1],
        years=(2010.84, 2020.84),
        at=2010.84 + np.arange(11),
        survival=SURVIVAL,
        births=births,
    )
    np.testing.assert_allclose(got, stocks, rtol=1e-9)
    no_births = graduation.interpolate_stock(
        START,
        stocks[-1],
        years=(2010.84, 2020.84),
        at=[2015.84],
        survival=np.broadcast_to(SURVIVAL, (10, AGES)),
    )
    np.testing.assert_allclose(no_births[0], stocks[5], rtol=1e-9)


@checked
@given(seed=st.integers(0, 1000), n=st.integers(1, 12))
def test_interpolate_stock__meets_both_ends_and_stays_above_zero(seed, n) -> None:
    rng = np.random.default_rng(seed)
    P0, P1 = rng.uniform(0, 1e4, (2, 2, 30))
    survival = np.sort(rng.uniform(0.5, 1, 30))[::-1]
    births = rng.uniform(0, 1e4, (2, n))
    for given_births in (births, None):
        got = graduation.interpolate_stock(
            P0,
            P1,
            years=(2000, 2000 + n),
            at=[2000, 2000 + n / 3, 2000 + n],
            survival=survival,
            births=given_births,
        )
        assert got.shape == (2, 3, 30)
        np.testing.assert_allclose(got[:, 0], P0, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(got[:, -1], P1, rtol=1e-9, atol=1e-9)
        assert got.min() >= 0


def test_interpolate_stock__refuses() -> None:
    call = {"survival": SURVIVAL, "at": [2012.0]}
    with pytest.raises(DataError, match=r"not a whole number of years apart; got 9\.84 years"):
        graduation.interpolate_stock(START, START, years=(2011, 2020.84), **call)
    with pytest.raises(DataError, match="date outside the two stocks"):
        graduation.interpolate_stock(START, START, years=(2013, 2020), **call)
    with pytest.raises(DataError, match="different shapes"):
        graduation.interpolate_stock(START, START[:-1], years=(2010, 2020), **call)
