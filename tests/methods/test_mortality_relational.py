"""Brass's logits, the log-quadratic model and families of model tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.methods import lifetable as lt
from popsim.methods import mortality as mo

STANDARD = np.array([0.95, 0.93, 0.9, 0.8, 0.6, 0.3, 0.05])


def test_brass__sign_as_published() -> None:
    # Brass (1971): Y = .5 ln((1 - l)/l), so Y rises with mortality and alpha > 0 is more of it
    np.testing.assert_allclose(mo.brass_logit([0.5, 1 / (1 + np.e**2)]), [0.0, 1.0], atol=1e-15)
    assert np.all(np.diff(mo.brass_logit(STANDARD)) > 0)
    assert np.all(mo.brass_relational(STANDARD, alpha=0.3) < STANDARD)
    assert np.all(mo.brass_relational(STANDARD, alpha=-0.3) > STANDARD)
    np.testing.assert_allclose(mo.brass_relational(STANDARD, alpha=0.0), STANDARD, rtol=1e-14)
    # at l = .5 the odds of being dead become exp(2 alpha)
    half = mo.brass_relational([0.5], alpha=0.3)
    np.testing.assert_allclose((1 - half) / half, np.exp(0.6))


def test_brass__slope_turns_about_one_half() -> None:
    steep = mo.brass_relational(STANDARD, alpha=0.0, beta=1.3)
    young = STANDARD > 0.5
    assert np.all(steep[young] > STANDARD[young])
    assert np.all(steep[~young] < STANDARD[~young])


@settings(max_examples=40, deadline=None)
@given(st.floats(-1.5, 1.5), st.floats(0.5, 1.6))
def test_fit_brass__finds_what_was_put_in(alpha, beta) -> None:
    fit = mo.fit_brass(mo.brass_relational(STANDARD, alpha=alpha, beta=beta), STANDARD)
    np.testing.assert_allclose([fit.alpha, fit.beta], [alpha, beta], atol=1e-9)


def test_brass__refuses_age_zero() -> None:
    with pytest.raises(DataError, match=r"lx\[0\]: survivors without a logit; got 1; .*age 0"):
        mo.brass_logit([1.0, 0.9])
    with pytest.raises(DataError, match="1 ages, the standard 7"):
        mo.fit_brass([0.9], STANDARD)


# Wilmoth et al. (2012), females: rows of their coefficients for 0, (1-4), 5-9, 80-84.
COEFFICIENTS = np.array(
    [
        [-0.6619, 0.7684, -0.0277, 0.0],
        [0.0, 0.0, 0.0, 0.0],
        [-2.5608, 1.7937, 0.1082, 0.2788],
        [-1.7308, -0.0064, -0.0347, 0.0033],
    ]
)


def test_log_quadratic__formula_and_child_mortality() -> None:
    q5 = np.array([0.01, 0.05, 0.2])
    m = mo.log_quadratic(q5, [0.0, 1.0, -1.0], coefficients=COEFFICIENTS, sex="female")
    h = np.log(0.05)
    np.testing.assert_allclose(m[1, 2], np.exp(-2.5608 + 1.7937 * h + 0.1082 * h**2 + 0.2788))
    table = lt.life_table(m, sex="female", width=[1, 4, 5, np.inf], ax="midpoint")
    ax = table.ax.copy()
    ax[:, 1] = lt.a1_coale_demeny(m[:, 0], "female")
    survivors = lt.life_table(m, sex="female", width=[1, 4, 5, np.inf], ax=ax).lx[:, 2]
    np.testing.assert_allclose(1 - survivors, q5, rtol=1e-12)


def test_log_quadratic__refuses_what_is_no_probability() -> None:
    with pytest.raises(DataError, match=r"q5: got 1.2; expected within \(0, 1\)"):
        mo.log_quadratic(1.2, 0.0, coefficients=COEFFICIENTS, sex="female")
    with pytest.raises(DataError, match="a, b, c, v"):
        mo.log_quadratic(0.1, 0.0, coefficients=COEFFICIENTS[:, :3], sex="female")


FAMILY = np.array([4.0, 2.0, 1.0])[:, None] * 3e-5 * np.exp(0.09 * np.arange(101.0))


def test_model_table__levels_and_between() -> None:
    e0 = lt.life_table(FAMILY, sex="male").ex[:, 0]
    np.testing.assert_allclose(mo.model_table(FAMILY, e0, sex="male"), FAMILY, rtol=1e-9)
    targets = np.linspace(e0[0], e0[-1], 7)
    m = mo.model_table(FAMILY, targets, sex="male")
    np.testing.assert_allclose(lt.life_table(m, sex="male").ex[:, 0], targets, rtol=1e-12)


def test_model_table__refuses_e0_outside_the_family() -> None:
    with pytest.raises(DataError, match="within the family's"):
        mo.model_table(FAMILY, 95.0, sex="male")
    with pytest.raises(DataError, match="expected rising"):
        mo.model_table(FAMILY[::-1], 70.0, sex="male")
