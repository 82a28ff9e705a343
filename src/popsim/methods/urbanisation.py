"""Urbanisation: the share of people in urban places and how it moves.

Here live the United Nations' urban-rural growth difference, logistic paths of the urban share and
their convergence to a norm of the caller's. Where the people of the moves come from belongs to
`popsim.methods.decomposition` (past) and to the projection (future).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike

from popsim.errors import ConvergenceError, DataError, Problem, Problems
from popsim.methods._cells import FloatArray, check_ages, check_broadcast, check_shape, floats

__all__ = [
    "LogisticFit",
    "converging_path",
    "fit_logistic",
    "growth_difference",
    "logistic_path",
]


class LogisticFit(NamedTuple):
    """A logistic curve of the urban share.

    Parameters
    ----------
    rate
        Growth of the log-odds a year; with `ceiling` 1 the urban-rural growth difference.
    midpoint
        Date at which the share is half the ceiling.
    ceiling
        Share approached.
    fitted
        Fitted shares (date).
    r_squared
        Share of the variance of the observed shares explained.
    """

    rate: float
    midpoint: float
    ceiling: float
    fitted: FloatArray
    r_squared: float


def growth_difference(
    urban0: ArrayLike, rural0: ArrayLike, urban1: ArrayLike, rural1: ArrayLike, *, years: float
) -> FloatArray:
    """Urban less rural growth rate between two dates (URGD).

    U, R: urban and rural people; n: years between; d: growth difference a year.

    Parameters
    ----------
    urban0, rural0
        People at the first date (...,), above 0.
    urban1, rural1
        People at the second date (...,), above 0, by the same definition and boundaries.
    years
        Years between the dates.

    Returns
    -------
    FloatArray
        d (...,), per year.

    Raises
    ------
    DataError
        If shapes differ, a cell is missing or not above 0, or the years are not above 0.

    Notes
    -----
    d = [ln(U1 / R1) - ln(U0 / R0)] / n.

    References
    ----------
    United Nations (1974). Manual VIII: Methods for Projections of Urban and Rural Population.

    Panel on Urban Population Dynamics (2003). Cities Transformed, app. D, p. 495-496. National
    Academies Press.

    Examples
    --------
    >>> float(growth_difference(30.0, 70.0, 40.0, 60.0, years=10).round(5))
    0.04418
    """
    cells = [
        floats(value, name, positive=True)
        for value, name in (
            (urban0, "urban0"), (rural0, "rural0"), (urban1, "urban1"), (rural1, "rural1"),
        )
    ]  # fmt: skip
    for array, name in zip(cells, ("urban0", "rural0", "urban1", "rural1"), strict=True):
        check_shape(array, name, cells[0].shape, "urban0")
    if not years > 0:
        raise DataError(Problem("no time between the dates", "years", str(years), "above 0"))
    return np.asarray((np.log(cells[2] / cells[3]) - np.log(cells[0] / cells[1])) / years)


def logistic_path(share: ArrayLike, difference: ArrayLike, years: ArrayLike) -> FloatArray:
    """Urban share when the urban-rural growth difference stays as it is.

    s0: log-odds of the share at the start; d: growth difference; t: years since the start.

    Parameters
    ----------
    share
        Urban share at the start (...,), between 0 and 1.
    difference
        Growth difference a year (...,).
    years
        Years since the start (date); may be negative.

    Returns
    -------
    FloatArray
        Urban share (..., date).

    Raises
    ------
    DataError
        If a share is not strictly between 0 and 1 or a cell is missing.

    Notes
    -----
    P(t) = exp(s0 + d t) / (1 + exp(s0 + d t)), s0 = ln[P / (1 - P)].

    References
    ----------
    United Nations (1974). Manual VIII; Cities Transformed (2003), app. D, p. 495-496.

    Examples
    --------
    >>> logistic_path(0.5, 0.03, [0, 5, 25]).round(6)
    array([0.5     , 0.53743 , 0.679179])
    """
    start = check_shares(share, "share")
    d = floats(difference, "difference")
    t = floats(years, "years", ndim=1)
    check_broadcast(share=start.shape, difference=d.shape)
    odds = np.asarray(scipy.special.logit(start))[..., np.newaxis] + d[..., np.newaxis] * t
    return np.asarray(scipy.special.expit(odds))


def converging_path(
    share: float,
    difference: float,
    years: ArrayLike,
    *,
    norm: Callable[[float], float] | Sequence[float],
    convergence_years: float = 25.0,
    step: float = 1.0,
) -> FloatArray:
    """Urban share when the growth difference moves from the country's own to a norm.

    d: own growth difference; n(P): norm for the share P; w: weight of the norm.

    Parameters
    ----------
    share
        Urban share at the start, between 0 and 1.
    difference
        Own growth difference at the start, per year.
    years
        Dates wanted, years since the start (date): 0 or more, in rising order, multiples of
        `step`.
    norm
        Growth difference to be expected at a share P: a function, or coefficients b0, b1, .. of
        b0 + b1 P + ..; the caller's, e.g. a regression over countries. The United Nations'
        coefficients are not published; none is built in.
    convergence_years
        Years over which the weight of the norm rises evenly from 0 to 1.
    step
        Years of a step; 5 is the United Nations' practice.

    Returns
    -------
    FloatArray
        Urban share (date).

    Raises
    ------
    DataError
        If the share is not strictly between 0 and 1, dates are not multiples of the step in
        rising order, or the norm is not finite at a share that is reached.

    Notes
    -----
    In each step the log-odds grow by step [(1 - w) d + w n(P)], P the share at the step's start,
    w the weight at its end. With every d above 0 the share rises for ever: Bocquier shows that
    the method overstates urban growth of countries early in their transition.

    References
    ----------
    United Nations (1980). Patterns of Urban and Rural Population Growth. ST/ESA/SER.A/68.

    Bocquier, P. (2005). World Urbanization Prospects: an alternative to the UN model of projection
    compatible with the mobility transition theory. Demographic Research 12(9), 197-236.

    Examples
    --------
    >>> converging_path(0.5, 0.03, [0, 5, 25], norm=[0.04, -0.04]).round(4)
    array([0.5   , 0.5358, 0.6385])
    """
    start = float(check_shares(share, "share"))
    own = float(floats(difference, "difference"))
    dates = check_ages(years, "years")
    counts = np.round(dates / step) if step > 0 else np.full(dates.shape, np.nan)
    problems = Problems(DataError)
    for i in np.flatnonzero(~(np.abs(counts * step - dates) <= 1e-9) | (dates < 0))[:5]:
        problems.add("date is not a multiple of the step", where=f"years[{int(i)}]",
                     got=f"{dates[i]:g}", expected=f"0 or more, in steps of {step:g}")  # fmt: skip
    if not convergence_years > 0:
        problems.add("no time to converge in", where="convergence_years", got=convergence_years)
    problems.raise_if_any()
    expected = norm if callable(norm) else np.polynomial.Polynomial(floats(norm, "norm", ndim=1))
    odds = [float(scipy.special.logit(start))]
    for k in range(int(counts.max(initial=0))):
        here = float(scipy.special.expit(odds[-1]))
        target = float(expected(here))
        if not np.isfinite(target):
            raise DataError(Problem("norm is not finite", f"norm at share {here:.6g}", str(target)))
        weight = min((k + 1) * step / convergence_years, 1.0)
        odds.append(odds[-1] + step * ((1 - weight) * own + weight * target))
    return np.asarray(scipy.special.expit(np.array(odds)[counts.astype(int)]))


def fit_logistic(
    date: ArrayLike,
    share: ArrayLike,
    *,
    ceiling: float | Literal["fit"] = 1.0,
) -> LogisticFit:
    """Fit a logistic curve to observed urban shares.

    P: share; K: ceiling; r: rate; m: midpoint.

    Parameters
    ----------
    date
        Dates in years, rising (date).
    share
        Urban shares (date), strictly between 0 and the ceiling.
    ceiling
        Share approached: 1, a given one, or ``"fit"`` to find it with the rest (needs four dates
        or more, and a series that bends).

    Returns
    -------
    LogisticFit
        `rate`, `midpoint`, `ceiling`, `fitted` and `r_squared`.

    Raises
    ------
    DataError
        If shares are out of bounds, dates do not rise, there are too few, or the share does not
        change.
    ConvergenceError
        If no curve is found.

    Notes
    -----
    P(t) = K / {1 + exp[-r (t - m)]}, by least squares on the shares, started from the straight
    line through their log-odds.

    References
    ----------
    United Nations (1974). Manual VIII; Northam, R. M. (1979). Urban Geography. Wiley.

    Examples
    --------
    >>> fit = fit_logistic([2000, 2005, 2010, 2020], logistic_path(0.4, 0.05, [0, 5, 10, 20]))
    >>> round(fit.rate, 6), round(fit.midpoint, 3)
    (0.05, 2008.109)
    """
    t = check_ages(date, "date")
    p = check_shares(share, "share")
    check_shape(p, "share", t.shape, "date")
    free = ceiling == "fit"
    needed = 4 if free else 2
    problems = Problems(DataError)
    if t.size < needed:
        problems.add("too few dates", where="date", got=t.size, expected=f"{needed} or more")
    elif np.ptp(p) == 0:
        problems.add("share does not change", where="share", got=p[0])
    top = min(1.0, 1.1 * float(p.max())) if ceiling == "fit" else float(ceiling)
    for i in np.flatnonzero(p >= top)[:5] if not free else []:
        problems.add("share not below the ceiling", where=f"share[{int(i)}]", got=f"{p[i]:g}",
                     expected=f"below {top:g}")  # fmt: skip
    problems.raise_if_any()
    middle = float(t.mean())
    slope, height = np.polyfit(t - middle, scipy.special.logit(np.minimum(p / top, 1 - 1e-6)), 1)

    def residuals(values: FloatArray) -> FloatArray:
        limit = values[2] if free else top
        return np.asarray(limit * scipy.special.expit(values[1] + values[0] * (t - middle)) - p)

    start = [slope, height, top] if free else [slope, height]
    low, high = [-np.inf, -np.inf, 0.0][: len(start)], [np.inf, np.inf, 1.0][: len(start)]
    if free:
        start[2] = min(max(top, 1e-6), 1 - 1e-6)
    found = scipy.optimize.least_squares(
        residuals, start, bounds=(low, high), x_scale="jac", xtol=1e-15, ftol=1e-15, gtol=1e-15
    )
    if not found.success or found.x[0] == 0:
        raise ConvergenceError(Problem("no logistic curve found", "share", str(found.message)))
    fitted = p + residuals(found.x)
    explained = 1 - float(np.sum((fitted - p) ** 2) / np.sum((p - p.mean()) ** 2))
    rate, level = float(found.x[0]), float(found.x[1])
    limit = float(found.x[2]) if free else top
    return LogisticFit(rate, middle - level / rate, limit, fitted, explained)


def check_shares(values: ArrayLike, name: str) -> FloatArray:
    """Return shares, or raise DataError for each that is not strictly between 0 and 1."""
    array = floats(values, name, positive=True)
    problems = Problems(DataError)
    for i in np.flatnonzero(array >= 1)[:5]:
        problems.add("share is not below 1", where=f"{name}[{int(i)}]" if array.ndim else name,
                     got=f"{array.flat[i]:g}", expected="between 0 and 1",
                     remedy="give shares, not per cent")  # fmt: skip
    problems.raise_if_any()
    return array
