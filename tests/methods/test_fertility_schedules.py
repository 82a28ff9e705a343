"""Model schedules of fertility: their defining numbers, their moments, their fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from popsim.errors import DataError
from popsim.methods.fertility import (
    beta,
    brass,
    fit_relational_gompertz,
    fit_schedule,
    gamma,
    hadwiger,
    mean_age,
    quadratic_spline,
    rates_by_age,
    relational_gompertz,
    tfr,
)

# Sweden 1993, births per woman-year at 15-19 .. 45-49: Preston, Heuveline and Guillot (2001), Box
# 6.2.
SWEDEN_1993 = np.array([0.0120, 0.0908, 0.1499, 0.1125, 0.0441, 0.0074, 0.0003])


# Schmertmann (2003), the example of his own code: R .20, alpha 15, P 28, H 34. The parameters are
# what one reads off the curve.
def test_quadratic_spline__parameters_are_read_off_the_curve() -> None:
    curve = {"peak_rate": 0.20, "start": 15, "peak": 28, "half": 34}
    np.testing.assert_allclose(quadratic_spline([15, 28, 34], **curve), [0, 0.2, 0.1], atol=1e-12)
    ages = np.linspace(12, 55, 4301)
    rates = quadratic_spline(ages, **curve)
    assert ages[rates.argmax()] == pytest.approx(28, abs=0.01)
    # beta = max[min(50, 4 H - 3 P), (4 H - P) / 3] = 50
    assert rates[ages > 50].max() == 0
    assert rates[(ages > 15) & (ages < 50)].min() > 0


def test_quadratic_spline__smooth_at_every_knot() -> None:
    h = 1e-5
    for knot in (15 + 0.575 * 13, 28, 31, 42, 50):
        sides = quadratic_spline([knot - h, knot, knot + h], peak_rate=0.2, start=15, peak=28,
                                 half=34)  # fmt: skip
        left, right = np.diff(sides) / h
        assert left == pytest.approx(right, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.floats(8, 20), st.floats(0.5, 25), st.floats(0.5, 20))
def test_quadratic_spline__never_below_zero(start, before, after) -> None:
    ages = np.linspace(0, 90, 901)
    curve = {"start": start, "peak": start + before, "half": start + before + after}
    rates = quadratic_spline(ages, peak_rate=1.0, **curve)
    assert rates.min() >= 0
    assert rates.max() <= 1 + 1e-9


def test_quadratic_spline__ages_out_of_order_refused() -> None:
    with pytest.raises(DataError, match="half less peak: not above 0"):
        quadratic_spline([20], peak_rate=0.1, start=15, peak=28, half=27)


# Brass (1975): the polynomial's mean stands two fifths of the span above its start.
def test_brass__mean_age_and_area() -> None:
    area, _ = quad(lambda x: float(brass(x, tfr=5.0, start=15)), 15, 48)
    first, _ = quad(lambda x: x * float(brass(x, tfr=5.0, start=15)), 15, 48)
    assert area == pytest.approx(5)
    assert first / area == pytest.approx(15 + 2 * 33 / 5)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.5, 8), st.floats(24, 33), st.floats(3, 7))
@pytest.mark.parametrize("curve", [gamma, hadwiger, beta])
def test_curves__area_mean_and_sd_are_the_parameters(curve, level, mean, sd) -> None:
    x = np.linspace(0, 120, 120_001)
    f = curve(x, tfr=level, mean_age=mean, sd=sd)
    step = x[1] - x[0]
    area = f.sum() * step
    centre = (f * x).sum() * step / area
    assert area == pytest.approx(level, rel=1e-3)
    assert centre == pytest.approx(mean, rel=1e-3)
    assert np.sqrt((f * (x - centre) ** 2).sum() * step / area) == pytest.approx(sd, rel=5e-3)


@pytest.mark.parametrize("name", ["gamma", "hadwiger", "beta", "brass"])
def test_rates_by_age__single_and_five_year_groups_agree(name) -> None:
    parameters = {"tfr": 1.6, "start": 10.0}
    if name != "brass":
        parameters |= {"mean_age": 29.0, "sd": 5.0}
    single = rates_by_age(name, np.arange(10, 80), **parameters)
    fives = rates_by_age(name, np.arange(10, 80, 5), width=5, **parameters)
    np.testing.assert_allclose(single.reshape(-1, 5).mean(axis=1), fives, atol=1e-6)
    assert float(tfr(single)) == pytest.approx(1.6, rel=1e-4)


def test_rates_by_age__unknown_schedule_lists_the_known() -> None:
    with pytest.raises(DataError, match="no such schedule; got weibull; expected gamma, hadwiger"):
        rates_by_age("weibull", [15, 20], tfr=1.0)


TRUE = {
    "gamma": {"tfr": 1.5, "mean_age": 29.0, "sd": 5.0, "start": 14.0},
    "hadwiger": {"tfr": 1.5, "mean_age": 29.0, "sd": 5.0, "start": 2.0},
    "beta": {"tfr": 1.5, "mean_age": 29.0, "sd": 5.0, "start": 14.0, "end": 49.0},
    "brass": {"tfr": 1.5, "start": 14.0, "span": 33.0},
    "quadratic_spline": {"peak_rate": 0.12, "start": 15.0, "peak": 28.0, "half": 34.0},
}


@pytest.mark.parametrize("name", TRUE)
def test_fit_schedule__finds_the_parameters_again(name) -> None:
    age = np.arange(12, 53)
    fit = fit_schedule(name, age, rates_by_age(name, age, **TRUE[name]))
    np.testing.assert_allclose(
        [fit.parameters[key] for key in TRUE[name]], list(TRUE[name].values()), rtol=2e-3
    )
    assert fit.r_squared > 1 - 1e-8


@pytest.mark.parametrize("name", ["gamma", "hadwiger", "beta", "quadratic_spline"])
def test_fit_schedule__five_year_rates_of_sweden_1993(name) -> None:
    age = np.arange(15, 50, 5)
    fit = fit_schedule(name, age, SWEDEN_1993, width=5)
    assert fit.r_squared > 0.99
    assert 5 * fit.fitted.sum() == pytest.approx(5 * SWEDEN_1993.sum(), rel=0.02)


def test_fit_schedule__fewer_ages_than_parameters_refused() -> None:
    with pytest.raises(DataError, match="fewer ages than parameters; got 3; expected 4"):
        fit_schedule("gamma", [20, 25, 30], [0.1, 0.2, 0.1], width=5)


def test_fit_schedule__negative_rate_names_the_cell() -> None:
    with pytest.raises(DataError, match=r"rates\[1\]: negative; got -0.2"):
        fit_schedule("gamma", [15, 20, 25, 30], [0.1, -0.2, 0.1, 0.1], width=5)


def test_gamma__parameters_out_of_bounds_all_named() -> None:
    with pytest.raises(DataError, match=r"(?s)sd: not above 0.*mean_age less start: not above 0"):
        gamma([20], tfr=1.0, mean_age=10.0, sd=-1.0)


def test_beta__too_wide_for_its_ages_refused() -> None:
    with pytest.raises(DataError, match="mean and sd within start and end"):
        beta([20], tfr=1.0, mean_age=30.0, sd=25.0)


# alpha 0 and beta 1 give the standard itself; alpha above 0 is earlier, beta above 1 narrower
# (Booth 1984).
def test_relational_gompertz__signs_of_both_parameters() -> None:
    age = np.arange(15, 50, 5)
    same = relational_gompertz(SWEDEN_1993, alpha=0.0, beta=1.0, tfr=1.3, width=5)
    np.testing.assert_allclose(same, SWEDEN_1993 * 1.3 / (5 * SWEDEN_1993.sum()), rtol=1e-12)
    early = relational_gompertz(SWEDEN_1993, alpha=0.3, beta=1.0, width=5)
    assert mean_age(early, age, width=5) < mean_age(same, age, width=5)
    narrow = relational_gompertz(SWEDEN_1993, alpha=0.0, beta=1.5, width=5)

    def spread(f):
        middle = age + 2.5
        return np.average((middle - np.average(middle, weights=f)) ** 2, weights=f)

    assert spread(narrow) < spread(same)


@settings(max_examples=20, deadline=None)
@given(st.floats(-0.8, 0.8), st.floats(0.6, 1.6), st.floats(0.5, 8))
def test_fit_relational_gompertz__finds_the_parameters_again(a, b, level) -> None:
    seen = relational_gompertz(SWEDEN_1993, alpha=a, beta=b, tfr=level, width=5)
    fit = fit_relational_gompertz(seen, SWEDEN_1993, width=5)
    np.testing.assert_allclose([fit.alpha, fit.beta, fit.tfr], [a, b, level], rtol=1e-5, atol=1e-6)


def test_fit_relational_gompertz__too_few_ages_refused() -> None:
    with pytest.raises(DataError, match="too few ages; got 1"):
        fit_relational_gompertz([0.1, 0.2], [0.1, 0.1])
