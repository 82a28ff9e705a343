"""Paths of life expectancy."""

from __future__ import annotations

import numpy as np
import pytest

from popsim.errors import DataError
from popsim.methods import mortality as mo

COUNTRY = mo.DoubleLogistic(20.0, 15.0, 60.0, 15.0, 3.0, 0.5)


def test_double_logistic_gain__its_ends_and_its_plateau() -> None:
    gain = mo.double_logistic_gain([-50.0, 27.5, 62.0, 200.0], COUNTRY)
    np.testing.assert_allclose(gain, [0.0, 1.5, 3.0, 0.5], atol=2e-3)
    with pytest.raises(DataError, match="delta2, delta4: got 0, 15"):
        mo.double_logistic_gain(70.0, COUNTRY._replace(delta2=0.0))


def test_e0_double_logistic__follows_its_recursion() -> None:
    path = mo.e0_double_logistic([60.0, 75.0], 3, COUNTRY)
    start = np.concatenate([[[60.0], [75.0]], path[:, :-1]], axis=1)
    np.testing.assert_allclose(path - start, mo.double_logistic_gain(start, COUNTRY), rtol=1e-12)
    shocked = mo.e0_double_logistic(60.0, 2, COUNTRY, shocks=[1.0, 0.0])
    np.testing.assert_allclose(shocked[0], path[0, 0] + 1.0)
    with pytest.raises(DataError, match="expected 3 steps"):
        mo.e0_double_logistic(60.0, 3, COUNTRY, shocks=[1.0])
    with pytest.raises(DataError, match="missing start"):
        mo.e0_double_logistic(np.nan, 3, COUNTRY)


def test_e0_linear__by_definition() -> None:
    path = mo.e0_linear([80.0, 76.0], [0, 4], gain=[0.25, 0.5])
    np.testing.assert_array_equal(path, [[80.0, 81.0], [76.0, 78.0]])


def test_e0_target__ends_level_and_slows() -> None:
    straight = mo.e0_target(78.0, 80.0, [0, 5, 10, 15], reach=10)
    np.testing.assert_allclose(straight, [78.0, 79.0, 80.0, 80.0])
    slow = mo.e0_target(78.0, 80.0, [0, 5, 10, 15], reach=10, slowing=2.0)
    np.testing.assert_allclose(slow[[0, 2, 3]], [78.0, 80.0, 80.0])
    # half way it has made 1/(1 + exp(-1)) of the gain
    np.testing.assert_allclose(slow[1], 78 + 2 / (1 + np.exp(-1)))
    with pytest.raises(DataError, match="expected above 0"):
        mo.e0_target(78.0, 80.0, [1], reach=0)
