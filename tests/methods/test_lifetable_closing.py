"""Old-age curves: none has a printed number, so each must continue rates that follow it."""

from __future__ import annotations

import numpy as np
import pytest

from popsim.errors import DataError
from popsim.methods import lifetable as lt

AGE = np.arange(101.0)
LATE = np.arange(131.0)


def curve(x: np.ndarray, c: float, d: float) -> np.ndarray:
    return c * np.exp(d * x) / (1 + c * np.exp(d * x))


def test_kannisto__continues_its_own_curve() -> None:
    both = np.stack([curve(AGE, 2e-5, 0.1), curve(AGE, 4e-5, 0.095)])
    out = lt.kannisto(both, AGE)
    want = np.stack([curve(LATE, 2e-5, 0.1), curve(LATE, 4e-5, 0.095)])
    np.testing.assert_allclose(out.mx, want, rtol=1e-10)
    np.testing.assert_allclose(out.parameters, [[2e-5, 0.1], [4e-5, 0.095]], rtol=1e-8)
    np.testing.assert_array_equal(out.age, LATE)


def test_kannisto__five_year_groups_from_80_to_95_as_mortcast() -> None:
    # China, females 2005-2010 (WPP 2012); the line in R's lm(logit(mx) ~ age) over 80, 85, 90, 95
    age = np.concatenate([[0.0, 1.0], np.arange(5.0, 101.0, 5.0)])
    m = np.full(22, 0.01)
    m[17:] = [0.092582659, 0.132266408, 0.292520068, 0.431296818, 0.611278624]
    out = lt.kannisto(m, age)
    x = np.column_stack([np.ones(4), age[17:21]])
    (level, slope), *_ = np.linalg.lstsq(x, np.log(m[17:21] / (1 - m[17:21])), rcond=None)
    want = 1 / (1 + np.exp(-(level + slope * np.arange(100.0, 131.0, 5.0))))
    np.testing.assert_allclose(out.mx[21:], want, rtol=1e-12)
    np.testing.assert_array_equal(out.mx[:21], m[:21])
    assert out.age[-1] == 130


def test_coherent_kannisto__is_the_joint_least_squares_line() -> None:
    rng = np.random.default_rng(7)
    both = np.stack([curve(AGE, 2e-5, 0.1), curve(AGE, 4e-5, 0.095)])
    both[:, 80:100] *= np.exp(rng.normal(0, 0.05, (2, 20)))
    out = lt.coherent_kannisto(both, AGE)
    y = np.log(both[:, 80:100] / (1 - both[:, 80:100])).ravel()
    dummy = np.repeat(np.eye(2), 20, axis=0)
    x = np.column_stack([dummy, np.tile(AGE[80:100], 2)])
    (first, second, slope), *_ = np.linalg.lstsq(x, y, rcond=None)
    np.testing.assert_allclose(out.parameters[:, 1], slope, rtol=1e-10)
    np.testing.assert_allclose(np.log(out.parameters[:, 0]), [first, second], rtol=1e-10)
    # sexes that do not cross at 80-99 do not cross later
    late = out.mx[:, 100:]
    assert np.all(late[0] < late[1]) or np.all(late[0] > late[1])


def test_gompertz__continues_its_own_curve() -> None:
    out = lt.gompertz(3e-5 * np.exp(0.09 * AGE), AGE, to_age=110)
    np.testing.assert_allclose(out.mx[100:], 3e-5 * np.exp(0.09 * np.arange(100, 111)), rtol=1e-10)


def test_makeham__continues_its_own_curve() -> None:
    both = np.stack([5e-4 + 3e-5 * np.exp(0.09 * AGE), 1e-3 + 2e-5 * np.exp(0.1 * AGE)])
    out = lt.makeham(both, AGE, to_age=110)
    np.testing.assert_allclose(out.parameters, [[5e-4, 3e-5, 0.09], [1e-3, 2e-5, 0.1]], rtol=1e-6)
    late = np.arange(100, 111)
    np.testing.assert_allclose(out.mx[0, 100:], 5e-4 + 3e-5 * np.exp(0.09 * late), rtol=1e-8)


def test_closing__refuses_what_cannot_be_fitted() -> None:
    m = curve(AGE, 2e-5, 0.1)
    with pytest.raises(DataError, match="fit: 1 ages between 99 and 99"):
        lt.kannisto(m, AGE, fit=(99, 99))
    with pytest.raises(DataError, match=r"mx\[5\], age 85: rate without a logit; got 1.5"):
        lt.kannisto(np.where(AGE == 85, 1.5, m), AGE)
    with pytest.raises(DataError, match=r"mx\[25\], age 85: zero rate"):
        lt.gompertz(np.where(AGE == 85, 0.0, m), AGE)
    with pytest.raises(DataError, match="no axis of sexes"):
        lt.coherent_kannisto(m, AGE)
    with pytest.raises(DataError, match="in steps of 1"):
        lt.kannisto(m, AGE, from_age=105)
    with pytest.raises(DataError, match="5 ages for"):
        lt.kannisto(m, AGE[:5])
