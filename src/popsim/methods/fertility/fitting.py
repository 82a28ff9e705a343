"""Model schedules of fertility fitted to observed rates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike

from popsim.errors import ConvergenceError, DataError, Problem, Problems
from popsim.methods._cells import FloatArray, check_ages, check_shape, floats
from popsim.methods.fertility.measures import mean_age, tfr
from popsim.methods.fertility.schedules import SCHEDULES, rates_by_age

__all__ = [
    "RelationalFit",
    "ScheduleFit",
    "fit_relational_gompertz",
    "fit_schedule",
    "relational_gompertz",
]


class ScheduleFit(NamedTuple):
    """A fitted schedule of fertility.

    Parameters
    ----------
    parameters
        Parameters by name, for the schedule and for `rates_by_age`.
    fitted
        Fitted rates (age).
    r_squared
        Share of the variance over ages explained.
    mape
        Mean absolute error as a share of the mean rate.
    """

    parameters: dict[str, float]
    fitted: FloatArray
    r_squared: float
    mape: float


class RelationalFit(NamedTuple):
    """A relational Gompertz model fitted to a schedule.

    Parameters
    ----------
    alpha
        Location: above 0 earlier, below 0 later than the standard.
    beta
        Spread: above 1 narrower, below 1 wider than the standard.
    tfr
        Births per woman.
    fitted
        Fitted rates (age).
    """

    alpha: float
    beta: float
    tfr: float
    fitted: FloatArray


def fit_schedule(
    schedule: str, age: ArrayLike, rates: ArrayLike, *, width: float = 1.0
) -> ScheduleFit:
    """Fit a model schedule of fertility to observed rates.

    Parameters
    ----------
    schedule
        ``"gamma"``, ``"hadwiger"``, ``"beta"``, ``"brass"`` or ``"quadratic_spline"``.
    age
        Lower ends of the age groups, rising (age).
    rates
        Births per woman-year (age), 0 or more, not all zero.
    width
        Years of an age group.

    Returns
    -------
    ScheduleFit
        `parameters`, `fitted`, `r_squared` and `mape`.

    Raises
    ------
    DataError
        If the schedule is unknown, ages do not rise or join, a rate is negative or missing, or
        there are fewer ages than parameters.
    ConvergenceError
        If the search does not settle.

    Notes
    -----
    Least squares between the rates and the schedule's means over the age groups, started from the
    moments of the rates.

    References
    ----------
    Hoem, J. M. et al. (1981). Experiments in modelling recent Danish fertility curves. Demography
    18(2), 231-244.

    Examples
    --------
    >>> age = np.arange(15, 50, 5)
    >>> seen = rates_by_age("gamma", age, width=5, tfr=1.5, mean_age=29, sd=5, start=14)
    >>> fit = fit_schedule("gamma", age, seen, width=5)
    >>> round(fit.parameters["mean_age"], 3)
    29.0
    """
    if schedule not in SCHEDULES:
        raise DataError(Problem("no such schedule", "schedule", schedule, ", ".join(SCHEDULES)))
    x = check_ages(age)
    f = floats(rates, "rates", minimum=0)
    check_shape(f, "rates", x.shape, "age")
    starts, low, high = start_values(schedule, x, f, width)
    if x.size < len(starts):
        raise DataError(Problem("fewer ages than parameters", "age", f"{x.size}", f"{len(starts)}"))
    names = list(starts)
    coded = np.array([starts[name] for name in names])
    scale = float(f.max())

    def residuals(values: FloatArray) -> FloatArray:
        found = decode(schedule, dict(zip(names, values, strict=True)))
        try:
            return (rates_by_age(schedule, x, width=width, **found) - f) / scale
        except DataError:  # a curve the schedule refuses lies outside the search
            return np.full(f.shape, 1e3)

    solved = scipy.optimize.least_squares(
        residuals, coded, bounds=(low, high), x_scale="jac", xtol=1e-13, ftol=1e-13, gtol=1e-13,
        max_nfev=2000,
    )  # fmt: skip
    if not solved.success or np.abs(solved.fun).max() > 100:
        raise ConvergenceError(Problem("fit did not settle", schedule, str(solved.message)))
    parameters = decode(schedule, dict(zip(names, map(float, solved.x), strict=True)))
    fitted = f + solved.fun * scale
    explained = 1 - float(np.sum((f - fitted) ** 2) / np.sum((f - f.mean()) ** 2))
    return ScheduleFit(parameters, fitted, explained, float(np.abs(f - fitted).mean() / f.mean()))


def start_values(
    schedule: str, x: FloatArray, f: FloatArray, width: float
) -> tuple[dict[str, float], list[float], list[float]]:
    """Return starting values from the moments of the rates, and bounds of the search.

    Ages that must stand in an order are searched as the years between them.
    """
    level = float(floats(tfr(f, width=width), "rates, total", positive=True))
    mean = float(mean_age(f, x, width=width))
    middles = x + width / 2
    sd = max(float(np.sqrt(np.sum(f * (middles - mean) ** 2) / f.sum())), 0.5)
    first = min(float(x[np.argmax(f > 0)]), mean - 2 * sd)
    if schedule in ("gamma", "hadwiger"):
        starts = {"tfr": level, "mean_age": mean, "sd": sd, "before": max(mean - first, 2 * sd)}
        return starts, [0, 5, 0.1, 0.5], [np.inf, 80, 40, 300]
    if schedule == "beta":
        last = float(x[f > 0][-1] + width)
        starts = {"tfr": level, "mean_age": mean, "sd": sd, "before": max(mean - first, 2 * sd),
                  "after": max(last - mean, 2 * sd)}  # fmt: skip
        return starts, [0, 5, 0.1, 0.5, 0.5], [np.inf, 80, 40, 60, 60]
    if schedule == "brass":
        # Brass (1975): the mean stands at two fifths of the span, its variance at one 25th
        return {"tfr": level, "start": mean - 2 * sd, "span": 5 * sd}, [0, -20, 1], [np.inf, 50, 99]
    peak = float(middles[f.argmax()])
    before = max(peak - first, 1.5 * sd)
    starts = {"peak_rate": float(f.max()), "peak": peak, "before": before, "after": 1.2 * sd}
    return starts, [0, 5, 0.5, 0.5], [np.inf, 60, 40, 30]


def decode(schedule: str, coded: dict[str, float]) -> dict[str, float]:
    """Turn the years searched (before, after) back into the ages of the schedule."""
    found = dict(coded)
    middle = "peak" if schedule == "quadratic_spline" else "mean_age"
    if "before" in found:
        found["start"] = found[middle] - found.pop("before")
    if "after" in found:
        found["half" if middle == "peak" else "end"] = found[middle] + found.pop("after")
    return found


def relational_gompertz(
    standard: ArrayLike,
    *,
    alpha: float,
    beta: float,
    tfr: float = 1.0,
    width: float = 1.0,
) -> FloatArray:
    """Fertility rates related to a standard through gompits of cumulated fertility.

    F: share of the TFR reached by an age; Y: its gompit; s: standard.

    Parameters
    ----------
    standard
        Rates of the standard (age), of any level: a country's, a census's, Booth's.
    alpha
        Location: above 0 moves childbearing to younger ages.
    beta
        Spread: above 1 concentrates it.
    tfr
        Births per woman.
    width
        Years of an age group.

    Returns
    -------
    FloatArray
        Rates (age); ``width * sum`` is the TFR.

    Raises
    ------
    DataError
        If a rate is negative or missing, the standard is zero throughout, or beta is not above 0.

    Notes
    -----
    Y = -ln(-ln F); Y(x) = alpha + beta Ys(x); F at the end of the last age is 1.

    References
    ----------
    Brass, W. (1981). The use of the Gompertz relational model to estimate fertility. IUSSP
    International Population Conference, Manila, vol. 3, 345-362.

    Booth, H. (1984). Transforming Gompertz's function for fertility analysis: the development of
    a standard for the relational Gompertz function. Population Studies 38(3), 495-506.

    Examples
    --------
    >>> relational_gompertz([0.02, 0.05, 0.03], alpha=0.0, beta=1.0)
    array([0.2, 0.5, 0.3])
    >>> relational_gompertz([0.02, 0.05, 0.03], alpha=0.3, beta=1.0).round(4)
    array([0.3035, 0.4643, 0.2322])
    """
    base = floats(standard, "standard", minimum=0, ndim=1)
    if not (beta > 0 and np.isfinite(alpha) and np.isfinite(beta)):
        raise DataError(
            Problem("parameters out of bounds", "alpha, beta", f"{alpha}, {beta}", "beta above 0")
        )
    reached = cumulated(base, "standard")
    inside = (reached > 0) & (reached < 1)
    moved = reached.copy()
    moved[inside] = np.exp(-np.exp(-(alpha + beta * gompit(reached[inside]))))
    return np.asarray(tfr * np.diff(moved, prepend=0.0) / width)


def fit_relational_gompertz(
    rates: ArrayLike, standard: ArrayLike, *, width: float = 1.0
) -> RelationalFit:
    """Fit the relational Gompertz model to observed rates.

    Parameters
    ----------
    rates
        Births per woman-year (age), 0 or more.
    standard
        Rates of the standard (age), of any level.
    width
        Years of an age group.

    Returns
    -------
    RelationalFit
        `alpha`, `beta`, the observed `tfr` and the `fitted` rates.

    Raises
    ------
    DataError
        If ages do not join, a rate is negative or missing, or fewer than two ages lie between
        first and last births in both schedules.

    Notes
    -----
    Straight line through the gompits of cumulated fertility against those of the standard, at
    every age where both lie between 0 and 1, by least squares.

    References
    ----------
    Booth, H. (1984). Transforming Gompertz's function for fertility analysis. Population Studies
    38(3), 495-506.

    Examples
    --------
    >>> standard = [0.02, 0.12, 0.11, 0.07, 0.03, 0.01]
    >>> seen = relational_gompertz(standard, alpha=-0.2, beta=1.1, tfr=2.0, width=5)
    >>> fit = fit_relational_gompertz(seen, standard, width=5)
    >>> round(fit.alpha, 6), round(fit.beta, 6), round(fit.tfr, 6)
    (-0.2, 1.1, 2.0)
    """
    seen = floats(rates, "rates", minimum=0, ndim=1)
    base = floats(standard, "standard", minimum=0, ndim=1)
    check_shape(base, "standard", seen.shape, "rates")
    reached, known = cumulated(seen, "rates"), cumulated(base, "standard")
    inside = (reached > 0) & (reached < 1) & (known > 0) & (known < 1)
    if inside.sum() < 2:
        problems = Problems(DataError)
        problems.add("too few ages", where="rates and standard", got=int(inside.sum()),
                     expected="two or more between the first and the last births")  # fmt: skip
        problems.raise_if_any()
    beta, alpha = (float(v) for v in np.polyfit(gompit(known[inside]), gompit(reached[inside]), 1))
    level = float(tfr(seen, width=width))
    fitted = relational_gompertz(base, alpha=alpha, beta=beta, tfr=level, width=width)
    return RelationalFit(alpha, beta, level, fitted)


def gompit(share: FloatArray) -> FloatArray:
    """Return -ln(-ln F)."""
    return np.asarray(-np.log(-np.log(share)))


def cumulated(rates: FloatArray, name: str) -> FloatArray:
    """Return the share of fertility reached by the end of each age, exactly 1 where all is."""
    level = float(floats(rates.sum(), f"{name}, total", positive=True))
    reached = np.cumsum(rates) / level
    reached[np.flatnonzero(rates)[-1] :] = 1.0
    return reached
