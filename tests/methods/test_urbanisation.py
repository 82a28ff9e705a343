"""Urbanisation: the growth difference, logistic paths, convergence to a norm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.methods.urbanisation import (
    converging_path,
    fit_logistic,
    growth_difference,
    logistic_path,
)


# Closed form of Cities Transformed (2003), app. D, p. 495-496: share .50, d = .03.
def test_logistic_path__closed_form_after_5_and_25_years() -> None:
    found = logistic_path(0.50, 0.03, [5, 25])
    np.testing.assert_allclose(found, [0.537430, 0.679179], atol=5e-7)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 0.95), st.floats(-0.05, 0.08), st.integers(1, 60))
def test_growth_difference__finds_the_difference_of_the_path(share, difference, years) -> None:
    later = float(logistic_path(share, difference, [years])[0])
    total = 1.4  # a growing total changes nothing
    found = growth_difference(share, 1 - share, total * later, total * (1 - later), years=years)
    assert float(found) == pytest.approx(difference, abs=1e-12)


def test_logistic_path__many_regions_at_once() -> None:
    found = logistic_path([0.3, 0.6], [0.02, 0.01], [0, 10, 20])
    assert found.shape == (2, 3)
    np.testing.assert_allclose(found[1], logistic_path(0.6, 0.01, [0, 10, 20]))


def test_converging_path__own_difference_as_norm_is_the_logistic() -> None:
    dates = np.arange(0, 41)
    path = converging_path(0.4, 0.03, dates, norm=lambda share: 0.03)
    np.testing.assert_allclose(path, logistic_path(0.4, 0.03, dates), rtol=1e-12)


def test_converging_path__five_year_weights_by_hand() -> None:
    path = converging_path(0.5, 0.03, [0, 5, 10], norm=lambda share: 0.01, step=5)
    grown = 5 * (0.8 * 0.03 + 0.2 * 0.01)
    twice = grown + 5 * (0.6 * 0.03 + 0.4 * 0.01)
    np.testing.assert_allclose(np.log(path / (1 - path)), [0, grown, twice], atol=1e-12)


def test_converging_path__coefficients_are_a_polynomial_of_the_share() -> None:
    dates = np.arange(0, 31)
    by_hand = converging_path(0.5, 0.03, dates, norm=lambda p: 0.04 - 0.05 * p + 0.01 * p**2)
    found = converging_path(0.5, 0.03, dates, norm=[0.04, -0.05, 0.01])
    np.testing.assert_allclose(found, by_hand, rtol=1e-12)


def test_converging_path__ends_on_the_norm() -> None:
    path = converging_path(0.5, 0.05, np.arange(0, 101), norm=lambda share: 0.02 * (0.8 - share))
    assert np.all(np.diff(path) > 0)
    odds = np.log(path / (1 - path))
    assert odds[-1] - odds[-2] == pytest.approx(0.02 * (0.8 - path[-2]), rel=1e-9)


def test_converging_path__date_off_the_step_refused() -> None:
    with pytest.raises(DataError, match=r"years\[1\]: date is not a multiple of the step; got 7"):
        converging_path(0.5, 0.03, [0, 7], norm=lambda share: 0.01, step=5)


def test_converging_path__norm_without_value_refused() -> None:
    with pytest.raises(DataError, match="norm is not finite"):
        converging_path(0.5, 0.03, [0, 5], norm=lambda share: np.nan)


def test_fit_logistic__finds_the_curve_again() -> None:
    date = np.array([1982, 1990, 2000, 2010, 2020])
    share = 0.85 / (1 + np.exp(-0.06 * (date - 2003)))
    fit = fit_logistic(date, share, ceiling="fit")
    np.testing.assert_allclose([fit.rate, fit.midpoint, fit.ceiling], [0.06, 2003, 0.85], rtol=1e-6)
    known = fit_logistic(date, share, ceiling=0.85)
    np.testing.assert_allclose([known.rate, known.midpoint], [0.06, 2003], rtol=1e-8)
    assert known.r_squared > 1 - 1e-12


def test_fit_logistic__two_dates_give_the_growth_difference() -> None:
    fit = fit_logistic([2010, 2020], [0.5333, 0.7133])
    expected = growth_difference(0.5333, 0.4667, 0.7133, 0.2867, years=10)
    assert fit.rate == pytest.approx(float(expected), abs=1e-8)


def test_fit_logistic__share_above_the_ceiling_refused() -> None:
    with pytest.raises(DataError, match=r"share\[1\]: share not below the ceiling"):
        fit_logistic([2010, 2020], [0.5, 0.9], ceiling=0.85)


def test_fit_logistic__too_few_dates_refused() -> None:
    with pytest.raises(DataError, match="too few dates"):
        fit_logistic([2010, 2020], [0.5, 0.6], ceiling="fit")


def test_logistic_path__per_cent_refused() -> None:
    with pytest.raises(
        DataError, match=r"share is not below 1; got 53.3.*give shares, not per cent"
    ):
        logistic_path([53.3], [0.03], [5])


def test_growth_difference__zero_rural_names_the_cell() -> None:
    with pytest.raises(DataError, match=r"rural1\[1\]: zero or negative"):
        growth_difference([1, 1], [1, 1], [1, 1], [1, 0], years=10)


def test_growth_difference__no_time_refused() -> None:
    with pytest.raises(DataError, match="no time between the dates"):
        growth_difference(1, 1, 1, 1, years=0)
