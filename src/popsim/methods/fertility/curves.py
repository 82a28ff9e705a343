"""Model schedules of fertility: curves over exact age, in parameters a demographer can read."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike

from popsim.errors import DataError, Problems
from popsim.methods._cells import FloatArray, floats

__all__ = ["beta", "brass", "check_parameters", "gamma", "hadwiger"]

# Span of the fertile ages in Brass's polynomial: Brass (1975), Methods for Estimating Fertility
# and Mortality from Limited and Defective Data
BRASS_SPAN = 33.0


def gamma(
    age: ArrayLike, *, tfr: float, mean_age: float, sd: float, start: float = 12.0
) -> FloatArray:
    """Gamma curve of fertility by age.

    f(x): births per woman-year at exact age x.

    Parameters
    ----------
    age
        Exact ages (any shape).
    tfr
        Births per woman, the area under the curve.
    mean_age, sd
        Mean and standard deviation of the age at childbearing, in years.
    start
        Age below which there are no births.

    Returns
    -------
    FloatArray
        Rates, of the shape of `age`.

    Raises
    ------
    DataError
        If a parameter is out of bounds (sd above 0, mean above start, tfr not negative).

    Notes
    -----
    f(x) = R / [Gamma(b) c^b] (x - d)^(b - 1) exp[-(x - d) / c], with c = sd^2 / (mean - d) and
    b = (mean - d) / c.

    References
    ----------
    Hoem, J. M., Madsen, D., Nielsen, J. L. et al. (1981). Experiments in modelling recent Danish
    fertility curves. Demography 18(2), 231-244.

    Examples
    --------
    >>> gamma([20, 28, 40], tfr=1.5, mean_age=29, sd=5).round(4)
    array([0.0189, 0.1236, 0.013 ])
    """
    x = floats(age, "age")
    check_parameters(tfr=tfr, sd=sd, **{"mean_age less start": mean_age - start})
    scale = sd**2 / (mean_age - start)
    return np.asarray(tfr * scipy.stats.gamma.pdf(x, (mean_age - start) / scale, start, scale))


def hadwiger(
    age: ArrayLike, *, tfr: float, mean_age: float, sd: float, start: float = 0.0
) -> FloatArray:
    """Hadwiger curve of fertility by age (inverse Gaussian).

    Parameters
    ----------
    age
        Exact ages (any shape).
    tfr
        Births per woman, the area under the curve.
    mean_age, sd
        Mean and standard deviation of the age at childbearing, in years.
    start
        Age below which there are no births.

    Returns
    -------
    FloatArray
        Rates, of the shape of `age`.

    Raises
    ------
    DataError
        If a parameter is out of bounds.

    Notes
    -----
    With T = mean - d, H = T / (sd sqrt 2) and y = x - d,
    f(x) = R H / (T sqrt pi) (T / y)^(3/2) exp[-H^2 (T / y + y / T - 2)].

    References
    ----------
    Hadwiger, H. (1940). Eine analytische Reproduktionsfunktion fuer biologische Gesamtheiten.
    Skandinavisk Aktuarietidskrift 23, 101-113.

    Chandola, T., Coleman, D. A. and Hiorns, R. W. (1999). Recent European fertility patterns:
    fitting curves to "distorted" distributions. Population Studies 53(3), 317-329.

    Examples
    --------
    >>> hadwiger([20, 28, 40], tfr=1.5, mean_age=29, sd=5).round(4)
    array([0.0199, 0.1236, 0.0128])
    """
    x = floats(age, "age")
    check_parameters(tfr=tfr, sd=sd, **{"mean_age less start": mean_age - start})
    t = mean_age - start
    h = t / (sd * np.sqrt(2))
    y = np.where(x > start, x - start, 1.0)
    curve = tfr * h / (t * np.sqrt(np.pi)) * (t / y) ** 1.5 * np.exp(-(h**2) * (t / y + y / t - 2))
    return np.asarray(np.where(x > start, curve, 0.0))


def beta(
    age: ArrayLike,
    *,
    tfr: float,
    mean_age: float,
    sd: float,
    start: float = 12.0,
    end: float = 50.0,
) -> FloatArray:
    """Beta curve of fertility by age.

    Parameters
    ----------
    age
        Exact ages (any shape).
    tfr
        Births per woman, the area under the curve.
    mean_age, sd
        Mean and standard deviation of the age at childbearing, in years.
    start, end
        Ages outside which there are no births.

    Returns
    -------
    FloatArray
        Rates, of the shape of `age`.

    Raises
    ------
    DataError
        If a parameter is out of bounds, or the standard deviation is too wide for the ages.

    Notes
    -----
    With m = (mean - start) / (end - start) and k = m (1 - m) (end - start)^2 / sd^2 - 1,
    f(x) = R Beta density on [start, end] with exponents m k and (1 - m) k.

    References
    ----------
    Hoem, J. M. et al. (1981). Experiments in modelling recent Danish fertility curves. Demography
    18(2), 231-244.

    Examples
    --------
    >>> beta([20, 28, 40], tfr=1.5, mean_age=29, sd=5).round(4)
    array([0.0262, 0.1127, 0.0121])
    """
    x = floats(age, "age")
    span = end - start
    m = (mean_age - start) / span if span > 0 else np.nan
    k = m * (1 - m) * span**2 / sd**2 - 1 if sd > 0 else np.nan
    check_parameters(
        tfr=tfr,
        sd=sd,
        **{
            "end less start": span,
            "mean_age less start": mean_age - start,
            "end less mean_age": end - mean_age,
            "k (mean and sd within start and end)": k,
        },
    )
    return np.asarray(tfr * scipy.stats.beta.pdf(x, m * k, (1 - m) * k, start, span))


def brass(age: ArrayLike, *, tfr: float, start: float, span: float = BRASS_SPAN) -> FloatArray:
    """Brass's polynomial of fertility by age: one shape, moved along the ages.

    Parameters
    ----------
    age
        Exact ages (any shape).
    tfr
        Births per woman, the area under the curve.
    start
        Age below which there are no births.
    span
        Years from start to end of childbearing; 33 in Brass.

    Returns
    -------
    FloatArray
        Rates, of the shape of `age`.

    Raises
    ------
    DataError
        If a parameter is out of bounds.

    Notes
    -----
    f(x) = c (x - s) (s + w - x)^2 between s and s + w, c = 12 R / w^4. Mean age s + 2 w / 5.

    References
    ----------
    Brass, W. (1975). Methods for Estimating Fertility and Mortality from Limited and Defective
    Data. University of North Carolina.

    Examples
    --------
    >>> brass([20, 28, 40], tfr=5.0, start=15).round(4)
    array([0.1983, 0.2631, 0.0809])
    """
    x = floats(age, "age")
    check_parameters(tfr=tfr, span=span)
    y = np.clip(x - start, 0.0, span)
    return np.asarray(12 * tfr / span**4 * y * (span - y) ** 2)


def check_parameters(*, tfr: float, **positive: float) -> None:
    """Raise DataError for a negative level and for each other parameter not above 0."""
    problems = Problems(DataError)
    if not (np.isfinite(tfr) and tfr >= 0):
        problems.add("level is not 0 or more", where="tfr or peak_rate", got=tfr)
    for name, value in positive.items():
        if not (np.isfinite(value) and value > 0):
            problems.add("not above 0", where=name, got=value, expected="above 0")
    problems.raise_if_any()
