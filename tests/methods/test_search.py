"""Search, logistic curve and splines, each against scipy as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BSpline
from scipy.optimize import minimize_scalar
from scipy.special import expit as scipy_expit
from scipy.special import logit as scipy_logit

from popsim.errors import ConvergenceError
from popsim.methods.graduation.splines import cubic_splines
from popsim.methods.logistic import expit, logit
from popsim.methods.search import bounded_minimum


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-2, 3), st.floats(-3, 3), st.floats(-2, 2), st.floats(-3, 3),
    st.sampled_from([1e-1, 1e-4, 1e-9]),
)  # fmt: skip
def test_bounded_minimum__takes_the_steps_of_brent(
    place: float, wave: float, more: float, length: float, tolerance: float
) -> None:
    """The same calls as the oracle: also on functions with several minima, to the last bit."""

    def f(x: float) -> float:
        return float((x - place) ** 2 * (1 + 0.3 * np.sin(wave * x)) + more * np.cos(length * x))

    oracle = minimize_scalar(f, bounds=(-3, 4), method="bounded", options={"xatol": tolerance})
    assert bounded_minimum(f, -3.0, 4.0, tolerance=tolerance) == oracle.x


def test_bounded_minimum__at_a_bound() -> None:
    assert bounded_minimum(lambda x: x, 2.0, 5.0, tolerance=1e-9) == pytest.approx(2.0, abs=1e-7)


def test_bounded_minimum__refuses_to_go_on_for_ever() -> None:
    with pytest.raises(ConvergenceError, match="not found in 500 steps"):
        bounded_minimum(abs, -1.0, 1.3, tolerance=0.0)


@pytest.mark.parametrize("spacing", [2.5, 5.0, 7.0])
def test_cubic_splines__are_the_oracle(spacing: float) -> None:
    ages = np.arange(5, 106)
    ours = cubic_splines(ages, spacing)
    pieces = ours.shape[1] - 3
    knots = 5.0 + 101 / pieces * np.arange(-3, pieces + 4)
    oracle = BSpline.design_matrix(ages + 0.5, knots, 3).toarray()
    assert ours == pytest.approx(oracle, rel=1e-12, abs=1e-15)


@settings(max_examples=30, deadline=None)
@given(st.floats(1e-12, 1 - 1e-12), st.floats(-700, 700))
def test_logistic__is_the_oracle(share: float, odds: float) -> None:
    assert logit(share) == pytest.approx(scipy_logit(share), rel=1e-12, abs=1e-15)
    assert expit(odds) == pytest.approx(scipy_expit(odds), rel=1e-13)
    assert expit(logit(share)) == pytest.approx(share, rel=1e-9)
