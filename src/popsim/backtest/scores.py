"""Scores of forecasts: of a number, of an age-sex distribution, of a set of draws.

Plain arrays in, plain numbers out; percentages are in percent, shares between 0 and 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError, Problem

__all__ = [
    "coverage",
    "crps",
    "distribution_error",
    "interval_score",
    "mean_absolute_percentage_error",
    "percentage_error",
]

FloatArray = NDArray[np.float64]


def _pair(forecast: ArrayLike, observed: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Two arrays of one shape, without holes."""
    one, two = np.asarray(forecast, dtype=float), np.asarray(observed, dtype=float)
    if one.shape != two.shape:
        raise DataError(
            Problem("shapes differ", "forecast, observed", str(one.shape), str(two.shape))
        )
    if not (np.isfinite(one).all() and np.isfinite(two).all()):
        raise DataError(Problem("a cell is missing", "forecast, observed", "not finite", "numbers"))
    return one, two


def percentage_error(forecast: ArrayLike, observed: ArrayLike) -> FloatArray:
    """Forecast less observed, over observed, in percent.

    Parameters
    ----------
    forecast, observed
        Arrays of one shape; observed not 0.

    Returns
    -------
    FloatArray
        Percent; positive where the forecast is too high.

    Examples
    --------
    >>> percentage_error([110.0, 95.0], [100.0, 100.0])
    array([10., -5.])
    """
    one, two = _pair(forecast, observed)
    if (two == 0).any():
        raise DataError(Problem("nothing observed to divide by", "observed", "0", "not 0"))
    return np.asarray(100.0 * (one - two) / two)


def mean_absolute_percentage_error(forecast: ArrayLike, observed: ArrayLike) -> float:
    """Mean of absolute percentage errors (MAPE), in percent, every cell with one vote.

    Examples
    --------
    >>> mean_absolute_percentage_error([110.0, 95.0], [100.0, 100.0])
    7.5
    """
    return float(np.abs(percentage_error(forecast, observed)).mean())


def distribution_error(
    forecast: ArrayLike, observed: ArrayLike, *, axes: tuple[int, ...] = (-2, -1)
) -> FloatArray:
    """Sum of absolute errors of the cells of a distribution over its observed total, in percent.

    Parameters
    ----------
    forecast, observed
        Persons (.., sex, age).
    axes
        Axes of the distribution.

    Returns
    -------
    FloatArray
        Percent (..). Half of it is the share of people in the wrong cell, where totals agree.

    Examples
    --------
    >>> round(float(distribution_error([[30.0, 20.0], [30.0, 20.0]], [[25.0] * 2] * 2)), 6)
    20.0
    """
    one, two = _pair(forecast, observed)
    return np.asarray(100.0 * np.abs(one - two).sum(axes) / two.sum(axes))


def _sorted_draws(draws: ArrayLike, observed: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Draws (draw, ..) in order, and what was observed (..)."""
    sample, truth = np.asarray(draws, dtype=float), np.asarray(observed, dtype=float)
    if sample.ndim == 0 or sample.shape[1:] != truth.shape:
        raise DataError(
            Problem(
                "draws do not fit what was observed",
                "draws",
                str(sample.shape),
                f"(draw, {', '.join(map(str, truth.shape))})",
            )
        )
    if not (np.isfinite(sample).all() and np.isfinite(truth).all()):
        raise DataError(Problem("a cell is missing", "draws, observed", "not finite", "numbers"))
    return np.sort(sample, axis=0), truth


def crps(draws: ArrayLike, observed: ArrayLike) -> FloatArray:
    """Continuous ranked probability score of draws, in the unit of the draws; 0 is perfect.

    X, X': two independent draws; y: observed; n draws.

    Parameters
    ----------
    draws
        Draws (draw, ..).
    observed
        What was observed (..).

    Returns
    -------
    FloatArray
        Score (..). For a single draw it is the absolute error.

    Notes
    -----
    ``CRPS = E|X - y| - E|X - X'| / 2`` of the empirical distribution of the draws; with sorted
    draws ``E|X - X'| = 2 / n**2 sum_i (2 i - n - 1) x_i``.

    References
    ----------
    Gneiting & Raftery (2007). Strictly proper scoring rules, prediction, and estimation. JASA
    102(477), 359-378, section 4.2.

    Examples
    --------
    >>> float(crps([3.0], 5.0)), float(crps([0.0, 1.0], 0.0))
    (2.0, 0.25)
    """
    sample, truth = _sorted_draws(draws, observed)
    n = len(sample)
    weight = (2.0 * np.arange(1, n + 1) - n - 1).reshape(-1, *[1] * truth.ndim)
    spread = 2.0 * (weight * sample).sum(0) / n**2
    return np.asarray(np.abs(sample - truth).mean(0) - spread / 2)


def _interval(sample: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Central interval of draws that are in order."""
    if not 0 < level < 1:
        raise DataError(Problem("not a level", "level", str(level), "between 0 and 1"))
    low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def coverage(draws: ArrayLike, observed: ArrayLike, *, level: float = 0.8) -> float:
    """Share of what was observed that lies in the central interval of the draws.

    Parameters
    ----------
    draws, observed
        As in `crps`.
    level
        Share that the interval promises.

    Returns
    -------
    float
        Between 0 and 1; a calibrated forecast comes near `level`.

    Examples
    --------
    >>> coverage([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]], [1.0, 9.0], level=0.5)
    0.5
    """
    sample, truth = _sorted_draws(draws, observed)
    low, high = _interval(sample, level)
    return float(((truth >= low) & (truth <= high)).mean())


def interval_score(draws: ArrayLike, observed: ArrayLike, *, level: float = 0.8) -> FloatArray:
    """Width of the central interval plus a fine for what falls outside; small is good.

    Parameters
    ----------
    draws, observed, level
        As in `coverage`.

    Returns
    -------
    FloatArray
        Score (..), in the unit of the draws.

    Notes
    -----
    ``(u - l) + 2 / (1 - level) ((l - y)+ + (y - u)+)``.

    References
    ----------
    Gneiting & Raftery (2007). Strictly proper scoring rules, prediction, and estimation. JASA
    102(477), 359-378, section 6.2.

    Examples
    --------
    >>> float(interval_score([0.0, 1.0, 2.0], 3.0, level=0.5))
    7.0
    """
    sample, truth = _sorted_draws(draws, observed)
    low, high = _interval(sample, level)
    outside = np.maximum(low - truth, 0.0) + np.maximum(truth - high, 0.0)
    return np.asarray(high - low + 2.0 / (1.0 - level) * outside)
