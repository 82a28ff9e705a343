"""Old-age curves that carry rates beyond the ages observed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from popsim.errors import DataError, Problems
from popsim.methods.lifetable._check import Array, check_positive, float_array, report_cells

__all__ = ["Closed", "coherent_kannisto", "gompertz", "kannisto", "makeham"]


class Closed(NamedTuple):
    """Rates carried to an old age.

    Attributes
    ----------
    age
        Lower limits of the groups, (age,).
    mx
        Death rates, (..., age): as given below the first age extrapolated, by the curve from it on.
    parameters
        Of the curve, (..., parameter): Kannisto and Gompertz (c, d), Makeham (a, c, d).
    """

    age: Array
    mx: Array
    parameters: Array


def kannisto(
    mx: npt.ArrayLike,
    age: npt.ArrayLike,
    *,
    fit: tuple[float, float] = (80, 99),
    from_age: float = 100,
    to_age: float = 130,
) -> Closed:
    """Carry death rates to old ages by the logistic curve of Kannisto.

    Parameters
    ----------
    mx
        Death rates per person-year, (..., age); within the ages fitted above 0 and below 1.
    age
        Lower limits of the groups, (age,), equally spaced at the ages fitted.
    fit
        First and last age of the fit.
    from_age, to_age
        Ages replaced or added; `to_age` becomes the open age.

    Returns
    -------
    Closed
        Ages, rates, and (c, d) of logit m(x) = ln c + d x.

    Raises
    ------
    DataError
        Where fewer than two ages are fitted, or a rate there is not within (0, 1).

    Notes
    -----
    logit m(x) = ln c + d x by least squares; the curve tends to 1. It has been found too low
    beyond about 100. No number is printed for it; tested as a property: rates that follow the
    curve are continued exactly, and MortCast's formula written out gives the same.

    References
    ----------
    Thatcher, A. R., Kannisto, V. & Vaupel, J. W. (1998). *The Force of Mortality at Ages 80 to
    120*. Odense University Press.

    Examples
    --------
    >>> age = np.arange(80, 101, 5)
    >>> out = kannisto([0.1, 0.16, 0.25, 0.36, 0.7], age, to_age=110)
    >>> out.age.astype(int).tolist()
    [80, 85, 90, 95, 100, 105, 110]
    >>> out.mx.round(3)
    array([0.1  , 0.16 , 0.25 , 0.36 , 0.493, 0.626, 0.742])
    """
    m, ages, at = _window(mx, age, fit)
    y = _logit(m[..., at], ages[at])
    slope, level = _line(ages[at], y)
    return _kannisto_from(m, ages, slope, level, from_age, to_age)


def coherent_kannisto(
    mx: npt.ArrayLike,
    age: npt.ArrayLike,
    *,
    fit: tuple[float, float] = (80, 99),
    from_age: float = 100,
    to_age: float = 130,
) -> Closed:
    """Kannisto's curve with one slope for both sexes, so that they do not cross.

    Parameters
    ----------
    mx
        Death rates per person-year, (..., sex, age): the slope is shared along the axis before age.
    age, fit, from_age, to_age
        As in `kannisto`.

    Returns
    -------
    Closed
        Ages, rates (..., sex, age), and (c, d) with the same d for the sexes.

    Raises
    ------
    DataError
        As in `kannisto`, or where there is no axis of sexes.

    Notes
    -----
    logit m_s(x) = ln c_s + d x; d is the mean of the separate slopes, because both sexes share
    their ages. No printed number; tested as a property against the joint least-squares solution.

    References
    ----------
    Sevcikova, H., Li, N., Kantorova, V., Gerland, P. & Raftery, A. E. (2016). Age-specific
    mortality and fertility rates for probabilistic population projections, pp. 285-310.

    Examples
    --------
    >>> age = np.arange(80, 100, 5)
    >>> both = np.array([[0.08, 0.13, 0.21, 0.33], [0.10, 0.16, 0.24, 0.34]])
    >>> out = coherent_kannisto(both, age, to_age=110)
    >>> bool(np.all(out.mx[0] < out.mx[1]))
    True
    """
    m, ages, at = _window(mx, age, fit)
    if m.ndim < 2:
        raise DataError("mx: no axis of sexes before age; expected (..., sex, age)")
    y = _logit(m[..., at], ages[at])
    slope, _ = _line(ages[at], y)
    shared = np.broadcast_to(slope.mean(axis=-1, keepdims=True), slope.shape)
    level = y.mean(axis=-1) - shared * ages[at].mean()
    return _kannisto_from(m, ages, shared, level, from_age, to_age)


def gompertz(
    mx: npt.ArrayLike,
    age: npt.ArrayLike,
    *,
    fit: tuple[float, float] = (60, 99),
    from_age: float = 100,
    to_age: float = 130,
) -> Closed:
    """Carry death rates to old ages by Gompertz's exponential curve.

    Parameters
    ----------
    mx, age, fit, from_age, to_age
        As in `kannisto`; the rates fitted need only be above 0.

    Returns
    -------
    Closed
        Ages, rates, and (c, d) of m(x) = c exp(d x).

    Raises
    ------
    DataError
        Where fewer than two ages are fitted, or a rate there is not above 0.

    Notes
    -----
    ln m(x) = ln c + d x by least squares. The curve has no ceiling: beyond 100 it runs above what
    is observed. No printed number; tested as a property: rates that follow it are continued.

    References
    ----------
    Gompertz, B. (1825). *Philosophical Transactions* 115, 513-583. Preston, Heuveline & Guillot
    (2001), ch. 9.

    Examples
    --------
    >>> age = np.arange(60, 101, 10)
    >>> gompertz([0.01, 0.02, 0.04, 0.08, 0.5], age, to_age=110).mx.round(3)
    array([0.01, 0.02, 0.04, 0.08, 0.16, 0.32])
    """
    m, ages, at = _window(mx, age, fit)
    y = np.log(check_positive(m[..., at], "mx", ages[at]))
    slope, level = _line(ages[at], y)
    all_ages, kept = _extended(ages, from_age, to_age)
    beyond = np.exp(level[..., None] + slope[..., None] * all_ages[kept:])
    return Closed(
        all_ages,
        np.concatenate([m[..., :kept], beyond], axis=-1),
        np.stack([np.exp(level), slope], axis=-1),
    )


def makeham(
    mx: npt.ArrayLike,
    age: npt.ArrayLike,
    *,
    fit: tuple[float, float] = (40, 99),
    from_age: float = 100,
    to_age: float = 130,
) -> Closed:
    """Carry death rates to old ages by Makeham's curve: Gompertz and a constant.

    Parameters
    ----------
    mx, age, fit, from_age, to_age
        As in `gompertz`; at least three ages are fitted.

    Returns
    -------
    Closed
        Ages, rates, and (a, c, d) of m(x) = a + c exp(d x), a not negative.

    Raises
    ------
    DataError
        Where fewer than three ages are fitted, or a rate there is not above 0.

    Notes
    -----
    Least squares on ln m by `scipy.optimize.least_squares`, from Gompertz's line. No printed
    number; tested as a property: rates that follow it are continued.

    References
    ----------
    Makeham, W. M. (1860). *Journal of the Institute of Actuaries* 8, 301-310.

    Examples
    --------
    >>> age = np.arange(40, 100, 5.0)
    >>> out = makeham(0.001 + 0.00003 * np.exp(0.1 * age), age, to_age=110)
    >>> out.parameters.round(6)
    array([1.e-03, 3.e-05, 1.e-01])
    """
    m, ages, at = _window(mx, age, fit, least=3)
    x = ages[at]
    log_m = np.log(check_positive(m[..., at], "mx", x))
    rows = log_m.reshape(-1, x.size)
    found = np.stack([_fit_makeham(x, row) for row in rows])
    parameters = found.reshape(*log_m.shape[:-1], 3)
    all_ages, kept = _extended(ages, from_age, to_age)
    a, c, d = (parameters[..., i, None] for i in range(3))
    beyond = a + c * np.exp(d * all_ages[kept:])
    return Closed(all_ages, np.concatenate([m[..., :kept], beyond], axis=-1), parameters)


def _fit_makeham(x: Array, log_m: Array) -> Array:
    """Return (a, c, d) of one row; ages are centred, so that c and d do not trade off."""
    middle = x.mean()
    d, level = np.polyfit(x - middle, log_m, 1)

    def residual(p: Array) -> Array:
        return np.asarray(np.log(p[0] + np.exp(p[1] + p[2] * (x - middle))) - log_m)

    start = np.array([0.1 * np.exp(log_m.min()), level, d])
    fitted = scipy.optimize.least_squares(
        residual,
        start,
        bounds=([0.0, -np.inf, -np.inf], np.inf),
        x_scale=[start[0], 1.0, 0.01],
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
        max_nfev=2000,
    )
    a, level, d = fitted.x
    return np.array([a, np.exp(level - d * middle), d])


def _window(
    mx: npt.ArrayLike, age: npt.ArrayLike, fit: tuple[float, float], least: int = 2
) -> tuple[Array, Array, npt.NDArray[np.intp]]:
    """Rates, ages, and the places of the ages fitted."""
    m, ages = float_array(mx), float_array(age)
    if ages.ndim != 1 or m.shape[-1:] != ages.shape:
        raise DataError(f"age: {ages.size} ages for {m.shape[-1:]} rates along the last axis")
    at = np.flatnonzero((ages >= fit[0]) & (ages <= fit[1]))
    if at.size < least:
        raise DataError(
            f"fit: {at.size} ages between {fit[0]:g} and {fit[1]:g}; expected {least} or more. "
            "Remedy: widen fit=(first, last)"
        )
    return m, ages, at


def _logit(m: Array, ages: Array) -> Array:
    """Logit of rates, refused outside (0, 1)."""
    problems = Problems(DataError)
    report_cells(
        problems,
        ~((m > 0) & (m < 1)),
        m,
        name="mx",
        what="rate without a logit",
        expected="within (0, 1)",
        ages=ages,
        remedy="fit on younger ages",
    )
    problems.raise_if_any()
    return np.asarray(np.log(m) - np.log1p(-m))


def _line(x: Array, y: Array) -> tuple[Array, Array]:
    """Slope and level of the least-squares line along the last axis."""
    centred = x - x.mean()
    slope = np.asarray((y * centred).sum(axis=-1) / (centred * centred).sum())
    return slope, np.asarray(y.mean(axis=-1) - slope * x.mean())


def _extended(ages: Array, from_age: float, to_age: float) -> tuple[Array, int]:
    """Ages up to the new open age, and how many of the old are kept."""
    kept = int(np.searchsorted(ages, from_age))
    step = ages[kept - 1] - ages[kept - 2]
    beyond = np.arange(ages[kept - 1] + step, to_age + step / 2, step)
    if not beyond.size or beyond[0] != from_age or beyond[-1] != to_age:
        raise DataError(
            f"from_age {from_age:g}, to_age {to_age:g}: not reached from age "
            f"{ages[kept - 1]:g} in steps of {step:g}"
        )
    return np.concatenate([ages[:kept], beyond]), kept


def _kannisto_from(
    m: Array, ages: Array, slope: Array, level: Array, from_age: float, to_age: float
) -> Closed:
    """Given rates below `from_age`, Kannisto's curve from it on."""
    all_ages, kept = _extended(ages, from_age, to_age)
    odds = level[..., None] + slope[..., None] * all_ages[kept:]
    return Closed(
        all_ages,
        np.concatenate([m[..., :kept], 1.0 / (1.0 + np.exp(-odds))], axis=-1),
        np.stack([np.exp(level), slope], axis=-1),
    )
