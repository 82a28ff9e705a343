"""Fit of the laws of mortality to rates, by least squares on logarithms."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from popsim.errors import ConvergenceError, DataError
from popsim.methods.lifetable._check import Array, check_positive, float_array
from popsim.methods.mortality.laws import (
    gompertz_law,
    heligman_pollard_law,
    makeham_law,
    siler_law,
)

__all__ = ["Fit", "fit_gompertz", "fit_heligman_pollard", "fit_makeham", "fit_siler"]

# Where a fit starts when the user gives no start: a low-mortality population of the late
# twentieth century, near the examples of Heligman & Pollard (1980), Journal of the Institute of
# Actuaries 107, 49-80, and of Siler (1983), Statistics in Medicine 2, 373-380. Starts, not results.
_START_SILER = (0.02, 1.5, 0.0004, 0.00003, 0.095)
_START_HELIGMAN_POLLARD = (0.0015, 0.02, 0.11, 0.0008, 10.0, 21.0, 0.00004, 1.10)


class Fit(NamedTuple):
    """A law fitted to rates.

    Attributes
    ----------
    parameters
        In the order of the law's arguments, (parameter,).
    fitted
        The law at the ages fitted, (age,).
    rms
        Root mean square of ln(fitted / given), weighted.
    """

    parameters: Array
    fitted: Array
    rms: float


def _fit(
    law: Callable[..., Array],
    age: npt.ArrayLike,
    rates: npt.ArrayLike,
    start: tuple[float, ...],
    weight: npt.ArrayLike | None,
    name: str,
) -> Fit:
    """Weighted least squares of ln(law/rates) over the logarithms of the parameters."""
    x = float_array(age)
    y = check_positive(rates, name, x if x.ndim == 1 else None)
    if x.shape != y.shape or x.ndim != 1:
        raise DataError(f"age: shape {x.shape}, {name}: shape {y.shape}; expected the same (age,)")
    if x.size < len(start):
        raise DataError(f"{name}: {x.size} ages for {len(start)} parameters")
    w = np.ones_like(y) if weight is None else check_positive(weight, "weight")
    if w.shape != y.shape:
        raise DataError(f"weight: shape {w.shape}; expected {y.shape}")
    root = np.sqrt(w / w.sum())
    log_y = np.log(y)

    def residual(log_p: Array) -> Array:
        return np.asarray(root * (np.log(law(x, *np.exp(log_p))) - log_y))

    log_start = np.log(np.asarray(start, dtype=np.float64))
    found = scipy.optimize.least_squares(
        residual,
        log_start,
        bounds=(log_start - 14.0, log_start + 7.0),
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-14,
        max_nfev=5000,
    )
    if found.status <= 0:
        raise ConvergenceError(f"{name}: the fit did not settle ({found.message}); give a start")
    parameters = np.exp(found.x)
    return Fit(parameters, law(x, *parameters), float(np.sqrt((found.fun**2).sum())))


def fit_gompertz(
    age: npt.ArrayLike, mx: npt.ArrayLike, *, weight: npt.ArrayLike | None = None
) -> Fit:
    """Fit Gompertz's law to death rates.

    Parameters
    ----------
    age
        Middle of each group, (age,).
    mx
        Death rates per person-year, (age,), above 0.
    weight
        Of each age, e.g. deaths; equal if None.

    Returns
    -------
    Fit
        (a, b) of `gompertz_law`.

    Raises
    ------
    DataError
        Where a rate is not above 0 or the shapes differ.

    Notes
    -----
    Weighted least squares on ln m. Tested as a property: parameters put in come out.

    References
    ----------
    Preston, Heuveline & Guillot (2001), ch. 9.

    Examples
    --------
    >>> age = np.arange(40.5, 90.0)
    >>> fit_gompertz(age, gompertz_law(age, 3e-5, 0.09)).parameters.round(6)
    array([3.e-05, 9.e-02])
    """
    return _fit(gompertz_law, age, mx, (0.00005, 0.09), weight, "mx")


def fit_makeham(
    age: npt.ArrayLike, mx: npt.ArrayLike, *, weight: npt.ArrayLike | None = None
) -> Fit:
    """Fit Makeham's law to death rates.

    Parameters
    ----------
    age, mx, weight
        As in `fit_gompertz`.

    Returns
    -------
    Fit
        (c, a, b) of `makeham_law`.

    Raises
    ------
    DataError
        As in `fit_gompertz`.

    Notes
    -----
    Weighted least squares on ln m. Tested as a property: parameters put in come out.

    References
    ----------
    Preston, Heuveline & Guillot (2001), ch. 9.

    Examples
    --------
    >>> age = np.arange(20.5, 90.0)
    >>> fit_makeham(age, makeham_law(age, 5e-4, 3e-5, 0.09)).parameters.round(6)
    array([5.e-04, 3.e-05, 9.e-02])
    """
    return _fit(makeham_law, age, mx, (0.0005, 0.00005, 0.09), weight, "mx")


def fit_siler(
    age: npt.ArrayLike,
    mx: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    start: tuple[float, float, float, float, float] = _START_SILER,
) -> Fit:
    """Fit Siler's law to death rates of all ages.

    Parameters
    ----------
    age, mx, weight
        As in `fit_gompertz`.
    start
        Where the search starts.

    Returns
    -------
    Fit
        (a1, b1, c, a2, b2) of `siler_law`.

    Raises
    ------
    DataError
        As in `fit_gompertz`.

    Notes
    -----
    Weighted least squares on ln m. Tested as a property: parameters put in come out.

    References
    ----------
    Siler (1983). Gage, T. B. & Dyke, B. (1986). *Human Biology* 58, 275-291.

    Examples
    --------
    >>> age = np.arange(0.5, 100.0)
    >>> fit = fit_siler(age, siler_law(age, 0.05, 1.0, 0.001, 5e-5, 0.085))
    >>> fit.parameters.round(6)
    array([5.0e-02, 1.0e+00, 1.0e-03, 5.0e-05, 8.5e-02])
    """
    return _fit(siler_law, age, mx, start, weight, "mx")


def fit_heligman_pollard(
    age: npt.ArrayLike,
    qx: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    start: tuple[float, ...] = _START_HELIGMAN_POLLARD,
) -> Fit:
    """Fit Heligman and Pollard's law to probabilities of dying within a year.

    Parameters
    ----------
    age
        Ages in years, (age,).
    qx
        Probabilities of dying within a year, (age,), within (0, 1).
    weight
        Of each age, e.g. deaths; equal if None.
    start
        Where the search starts, eight values; the hump's place (the sixth) matters most.

    Returns
    -------
    Fit
        Eight parameters of `heligman_pollard_law`; `fitted` are probabilities.

    Raises
    ------
    DataError
        As in `fit_gompertz`, or where a probability is 1 or more.

    Notes
    -----
    Weighted least squares on ln(q/(1 - q)). Tested as a property: parameters put in come out.

    References
    ----------
    Heligman & Pollard (1980).

    Examples
    --------
    >>> age = np.arange(0.0, 100.0)
    >>> odds = heligman_pollard_law(age, 0.001, 0.02, 0.1, 0.001, 9.0, 20.0, 5e-5, 1.1)
    >>> fit = fit_heligman_pollard(age, odds / (1 + odds))
    >>> fit.parameters[5:].round(5)
    array([2.0e+01, 5.0e-05, 1.1e+00])
    """
    q = check_positive(qx, "qx")
    if bool(np.any(q >= 1)):
        raise DataError(f"qx[{int(np.argmax(q >= 1))}]: got 1 or more; expected within (0, 1)")
    fit = _fit(heligman_pollard_law, age, q / (1.0 - q), start, weight, "qx")
    return fit._replace(fitted=fit.fitted / (1.0 + fit.fitted))
