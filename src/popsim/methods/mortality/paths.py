"""Paths of life expectancy at birth, for use with `mortality_at_e0`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from popsim.errors import DataError
from popsim.methods.lifetable._check import Array, float_array

__all__ = ["DoubleLogistic", "double_logistic_gain", "e0_double_logistic", "e0_linear", "e0_target"]

# Raftery, Chunn, Gerland & Sevcikova (2013), Demography 50, 777-801: constants that make the deltas
# the years of e0 in which each logistic makes most of its move.
_A1 = 4.4
_A2 = 0.5


class DoubleLogistic(NamedTuple):
    """Parameters of the gain of e0 in one step as a function of e0.

    Attributes
    ----------
    delta1, delta2, delta3, delta4
        Years of e0: where the gain begins to rise, over how many it rises, stays, falls.
    k
        Greatest gain a step, in years.
    z
        Gain a step at very high e0, in years.
    """

    delta1: float
    delta2: float
    delta3: float
    delta4: float
    k: float
    z: float


def double_logistic_gain(e0: npt.ArrayLike, parameters: DoubleLogistic) -> Array:
    """Gain of life expectancy in one step, by the UN's double-logistic function.

    Parameters
    ----------
    e0
        Life expectancy in years, any shape.
    parameters
        Of the country; the user's (the UN's are posterior draws, none is shipped).

    Returns
    -------
    ndarray
        Gain in years per step (the UN's step is five years).

    Raises
    ------
    DataError
        Where delta2 or delta4 is not above 0.

    Notes
    -----
    g = k/(1 + exp(-A1/d2 (e0 - d1 - A2 d2)))
    + (z - k)/(1 + exp(-A1/d4 (e0 - d1 - d2 - d3 - A2 d4))), A1 = 4.4, A2 = .5. No printed value at
    hand; tested as properties: 0 far below, z far above, k on a long plateau, half of k in the
    middle of the rise.

    References
    ----------
    Raftery, A. E., Chunn, J. L., Gerland, P. & Sevcikova, H. (2013). Bayesian probabilistic
    projections of life expectancy for all countries. *Demography* 50, 777-801.

    Examples
    --------
    >>> country = DoubleLogistic(15.8, 40.0, 0.2, 14.8, 3.8, 0.65)
    >>> double_logistic_gain([60.0, 75.0, 85.0], country).round(3)
    array([2.712, 0.697, 0.638])
    """
    d1, d2, d3, d4, k, z = parameters
    if d2 <= 0 or d4 <= 0:
        raise DataError(f"delta2, delta4: got {d2:g}, {d4:g}; expected above 0")
    level = float_array(e0)
    rise = 1.0 + np.exp(-_A1 / d2 * (level - d1 - _A2 * d2))
    fall = 1.0 + np.exp(-_A1 / d4 * (level - d1 - d2 - d3 - _A2 * d4))
    return np.asarray(k / rise + (z - k) / fall)


def e0_double_logistic(
    e0: npt.ArrayLike,
    steps: int,
    parameters: DoubleLogistic,
    *,
    shocks: npt.ArrayLike | None = None,
) -> Array:
    """Path of life expectancy whose gain a step depends on its level.

    Parameters
    ----------
    e0
        Where the path starts, in years, (...).
    steps
        Number of steps, of the length the parameters are for.
    parameters
        See `double_logistic_gain`.
    shocks
        Years added in each step, (..., step): drawn by the caller from a Generator; none if None.

    Returns
    -------
    ndarray
        e0 after each step, (..., step); the start is not repeated.

    Raises
    ------
    DataError
        Where the start is missing or the shocks do not match the steps.

    Notes
    -----
    e0(t+1) = e0(t) + g(e0(t)) + shock(t). Tested by the recursion and without gain.

    References
    ----------
    Raftery et al. (2013).

    Examples
    --------
    >>> e0_double_logistic(75.0, 2, DoubleLogistic(15.8, 40.0, 0.2, 14.8, 3.8, 0.65)).round(2)
    array([75.7 , 76.38])
    """
    now = float_array(e0)
    if not bool(np.all(np.isfinite(now))):
        raise DataError("e0: missing start")
    extra = np.zeros((*now.shape, steps)) if shocks is None else float_array(shocks)
    if extra.shape[-1:] != (steps,):
        raise DataError(f"shocks: {extra.shape[-1:]} along the last axis; expected {steps} steps")
    path = []
    for i in range(steps):
        now = now + double_logistic_gain(now, parameters) + extra[..., i]
        path.append(now)
    return np.stack(path, axis=-1)


def e0_linear(e0: npt.ArrayLike, years: npt.ArrayLike, *, gain: npt.ArrayLike) -> Array:
    """Path of life expectancy with a constant gain a year.

    Parameters
    ----------
    e0
        Where the path starts, in years, (...).
    years
        Years after the start, (year,).
    gain
        Years of life gained a calendar year, (...); best practice has gained about .25 (Oeppen and
        Vaupel).

    Returns
    -------
    ndarray
        e0, (..., year).

    Notes
    -----
    e0(t) = e0(0) + gain t. Test: by definition.

    References
    ----------
    Oeppen, J. & Vaupel, J. W. (2002). Broken limits to life expectancy. *Science* 296, 1029-1031.

    Examples
    --------
    >>> e0_linear(78.0, [1, 10], gain=0.1)
    array([78.1, 79. ])
    """
    start, rate = float_array(e0), float_array(gain)
    return np.asarray(start[..., None] + rate[..., None] * float_array(years))


def e0_target(
    e0: npt.ArrayLike,
    target: npt.ArrayLike,
    years: npt.ArrayLike,
    *,
    reach: float,
    slowing: float = 0.0,
) -> Array:
    """Path of life expectancy to a target in a given year, and level after it.

    Parameters
    ----------
    e0, target
        Where the path starts and ends, in years, (...).
    years
        Years after the start, (year,).
    reach
        Years after the start in which the target is reached.
    slowing
        How the gain dies away: 0 is a straight line; above 0 the gain falls exponentially, by the
        factor exp(-slowing) over the whole way.

    Returns
    -------
    ndarray
        e0, (..., year).

    Raises
    ------
    DataError
        Where `reach` is not above 0 or `slowing` is negative.

    Notes
    -----
    e0(t) = e0 + (target - e0) w, w = t/reach or (1 - exp(-s t/reach))/(1 - exp(-s)), 1 after.
    Test: by definition (ends, middle).

    References
    ----------
    A device of scenario makers; no source beyond the formula.

    Examples
    --------
    >>> e0_target(78.0, 80.0, [5, 10, 20], reach=10)
    array([79., 80., 80.])
    """
    if reach <= 0 or slowing < 0:
        raise DataError(f"reach {reach:g}, slowing {slowing:g}; expected above 0, and 0 or more")
    way = np.minimum(float_array(years) / reach, 1.0)
    weight = way if slowing == 0 else np.expm1(-slowing * way) / np.expm1(-slowing)
    start, end = float_array(e0), float_array(target)
    return np.asarray(start[..., None] + (end - start)[..., None] * weight)
