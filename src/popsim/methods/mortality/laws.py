"""Laws of mortality: curves over all ages. Their fit to rates is in `fits`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from popsim.methods.lifetable._check import Array, float_array

__all__ = ["gompertz_law", "heligman_pollard_law", "makeham_law", "siler_law"]


def gompertz_law(age: npt.ArrayLike, a: float, b: float) -> Array:
    """Gompertz's force of mortality, a exp(b x).

    Parameters
    ----------
    age
        Exact or mean ages, any shape.
    a, b
        Level at age 0, per person-year, and rate of ageing per year.

    Returns
    -------
    ndarray
        Force of mortality, per person-year.

    Notes
    -----
    Test: doubles every ln 2 / b years.

    References
    ----------
    Gompertz, B. (1825). *Philosophical Transactions* 115, 513-583.

    Examples
    --------
    >>> gompertz_law([0.0, 10.0], 0.01, np.log(2) / 10).round(4)
    array([0.01, 0.02])
    """
    return np.asarray(a * np.exp(b * float_array(age)))


def makeham_law(age: npt.ArrayLike, c: float, a: float, b: float) -> Array:
    """Makeham's force of mortality, c + a exp(b x).

    Parameters
    ----------
    age
        Exact or mean ages, any shape.
    c, a, b
        Constant, level of the Gompertz part at age 0 (per person-year), rate of ageing.

    Returns
    -------
    ndarray
        Force of mortality, per person-year.

    Notes
    -----
    Test: Gompertz where c = 0.

    References
    ----------
    Makeham, W. M. (1860). *Journal of the Institute of Actuaries* 8, 301-310.

    Examples
    --------
    >>> makeham_law([0.0], 0.001, 0.01, 0.1)
    array([0.011])
    """
    return np.asarray(c + gompertz_law(age, a, b))


def siler_law(age: npt.ArrayLike, a1: float, b1: float, c: float, a2: float, b2: float) -> Array:
    """Siler's force of mortality: falling in childhood, constant, rising in age.

    Parameters
    ----------
    age
        Exact or mean ages, any shape.
    a1, b1, c, a2, b2
        a1 exp(-b1 x) + c + a2 exp(b2 x), per person-year.

    Returns
    -------
    ndarray
        Force of mortality, per person-year.

    Notes
    -----
    Test: Makeham where a1 = 0.

    References
    ----------
    Siler, W. (1983). Parameters of mortality in human populations with widely varying life spans.
    *Statistics in Medicine* 2, 373-380.

    Examples
    --------
    >>> siler_law([0.0], 0.02, 1.0, 0.001, 0.0001, 0.1).round(4)
    array([0.0211])
    """
    x = float_array(age)
    return np.asarray(a1 * np.exp(-b1 * x) + makeham_law(x, c, a2, b2))


def heligman_pollard_law(
    age: npt.ArrayLike,
    a: float,
    b: float,
    c: float,
    d: float,
    e: float,
    f: float,
    g: float,
    h: float,
) -> Array:
    """Odds of dying within a year, q/(1 - q), by Heligman and Pollard's eight parameters.

    Parameters
    ----------
    age
        Ages in years, any shape, 0 or more.
    a, b, c
        Infancy and childhood.
    d, e, f
        The accident hump: height, narrowness, place.
    g, h
        Old age: level and ratio per year.

    Returns
    -------
    ndarray
        q/(1 - q), dimensionless.

    Notes
    -----
    a**((x + b)**c) + d exp(-e (ln x - ln f)**2) + g h**x; the hump is 0 at x = 0. Test: the three
    parts by hand at x = f.

    References
    ----------
    Heligman, L. & Pollard, J. H. (1980). The age pattern of mortality. *Journal of the Institute of
    Actuaries* 107, 49-80.

    Examples
    --------
    >>> heligman_pollard_law([20.0], 0.001, 0.02, 0.1, 0.001, 9.0, 20.0, 5e-5, 1.1).round(6)
    array([0.001426])
    """
    x = float_array(age)
    positive = x > 0
    away = np.log(np.where(positive, x, f) / f)
    hump = np.where(positive, d * np.exp(-e * away**2), 0.0)
    return np.asarray(a ** ((x + b) ** c) + hump + g * h**x)
