"""Lee and Carter's model of one population: fit, drift, forecast, and the variant for few dates."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from popsim.errors import DataError
from popsim.methods.lifetable._check import Array, check_positive, float_array

__all__ = [
    "Drift",
    "Forecast",
    "LeeCarter",
    "lee_carter",
    "lee_carter_forecast",
    "lee_carter_limited",
    "random_walk_drift",
]


class LeeCarter(NamedTuple):
    """Parameters of ln m(x, t) = a(x) + b(x) k(t), with sum b = 1.

    Attributes
    ----------
    ax
        Mean (or last) logarithm of the rates, (age,).
    bx
        Share of each age in a change, (age,).
    kt
        Index of mortality, (time,); sums to 0, or ends at 0 with the last rates as jump-off.
    explained
        Share of the variance of ln m about a that b k explains.
    """

    ax: Array
    bx: Array
    kt: Array
    explained: float


class Drift(NamedTuple):
    """Random walk with drift fitted to k(t).

    Attributes
    ----------
    drift
        Mean change a year.
    drift_se
        Standard error of the drift.
    sigma
        Standard deviation of a year's innovation.
    """

    drift: float
    drift_se: float
    sigma: float


def _log_rates(mx: npt.ArrayLike) -> Array:
    """Logarithms of rates (time, age), refused where there are fewer than two dates."""
    m = check_positive(mx, "mx")
    if m.ndim != 2 or m.shape[0] < 2:
        raise DataError(f"mx: shape {m.shape}; expected (time, age) with two dates or more")
    return np.log(m)


def lee_carter(
    mx: npt.ArrayLike,
    *,
    method: Literal["svd", "sums"] = "svd",
    jump_off: Literal["fitted", "observed"] = "fitted",
) -> LeeCarter:
    """Fit Lee and Carter's model to a table of death rates.

    Parameters
    ----------
    mx
        Death rates per person-year, (time, age), above 0, at equal steps of time.
    method
        ``svd``: first pair of singular vectors (Lee and Carter); ``sums``: k is the sum over ages
        of ln m - a, and b the slope of each age on k (the UN's).
    jump_off
        ``fitted``: a is the mean of ln m. ``observed``: a is the last ln m and k ends at 0, so that
        a forecast starts from the last rates (the correction of the jump-off error).

    Returns
    -------
    LeeCarter
        a, b, k and the variance explained.

    Raises
    ------
    DataError
        Where a rate is zero, negative or missing, there are fewer than two dates, or the ages'
        changes cancel, so that b cannot be scaled to sum to 1.

    Notes
    -----
    ln m = a + b k, sum b = 1, sum k = 0. Tests: MortCast `leecarter.estimate` on China 1950-2010
    (``sums``) to 1e-6; rates that follow the model are found again to 1e-12 (``svd``).

    References
    ----------
    Lee, R. D. & Carter, L. R. (1992). Modeling and forecasting U.S. mortality. *JASA* 87, 659-671.
    Lee, R. & Miller, T. (2001). *Demography* 38, 537-549 (jump-off). Sevcikova et al. (2016).

    Examples
    --------
    >>> b, k = np.array([0.5, 0.3, 0.2]), np.array([1.0, 0.0, -1.0])
    >>> fit = lee_carter(np.exp(-4 + np.outer(k, b)))
    >>> fit.bx.round(6), fit.kt.round(6) + 0.0
    (array([0.5, 0.3, 0.2]), array([ 1.,  0., -1.]))
    """
    log_m = _log_rates(mx)
    a = log_m.mean(axis=0)
    residual = log_m - a
    if not bool(np.any(np.abs(residual) > 1e-12)):
        raise DataError("mx: no rate changes between the dates, so there is nothing to fit")
    if method == "svd":
        u, s, vt = np.linalg.svd(residual, full_matrices=False)
        b, k = vt[0], u[:, 0] * s[0]
    elif method == "sums":
        k = residual.sum(axis=1)
        b = residual.T @ k / (k @ k) if bool(np.any(k)) else np.zeros_like(a)
    else:
        raise DataError(f"method: {method!r} is not known; expected svd or sums")
    total = b.sum()
    if abs(total) < 1e-9 * np.abs(b).sum() or not np.any(b):
        raise DataError("mx: the changes of the ages cancel out, so b cannot sum to 1")
    b, k = b / total, k * total
    left = float(((residual - np.outer(k, b)) ** 2).sum())
    explained = 1.0 - left / float((residual**2).sum())
    if jump_off == "observed":
        a, k = log_m[-1], k - k[-1]
    elif jump_off != "fitted":
        raise DataError(f"jump_off: {jump_off!r} is not known; expected fitted or observed")
    return LeeCarter(a, b, k, explained)


def random_walk_drift(kt: npt.ArrayLike, *, step: float = 1.0) -> Drift:
    """Fit a random walk with drift to an index of mortality.

    Parameters
    ----------
    kt
        Index, (time,), at equal steps.
    step
        Years between two values.

    Returns
    -------
    Drift
        Drift, its standard error, and the innovations' standard deviation, all per year.

    Raises
    ------
    DataError
        Where there are fewer than three values.

    Notes
    -----
    k(t) = k(t-1) + drift + e; drift = (k(T) - k(1))/(T - 1); sigma from the T - 2 free deviations;
    se = sigma / sqrt(years). Test: by definition on a short series.

    References
    ----------
    Lee & Carter (1992).

    Examples
    --------
    >>> random_walk_drift([0.0, -1.0, -3.0]).drift
    -1.5
    """
    k = float_array(kt)
    if k.ndim != 1 or k.size < 3 or not bool(np.all(np.isfinite(k))):
        raise DataError("kt: expected three values or more, none missing")
    years = step * (k.size - 1)
    drift = float(k[-1] - k[0]) / years
    deviations = np.diff(k) - drift * step
    sigma = float(np.sqrt((deviations**2).sum() / (k.size - 2) / step))
    return Drift(drift, sigma / float(np.sqrt(years)), sigma)


class Forecast(NamedTuple):
    """Forecast of Lee and Carter's model.

    Attributes
    ----------
    kt
        Index, (year,), or (draw, year) where drawn.
    kt_sd
        Its standard deviation, (year,).
    mx
        Death rates, (..., year, age).
    """

    kt: Array
    kt_sd: Array
    mx: Array


def lee_carter_forecast(
    fit: LeeCarter,
    years: npt.ArrayLike,
    *,
    drift: Drift,
    generator: np.random.Generator | None = None,
    draws: int = 0,
) -> Forecast:
    """Carry Lee and Carter's model forward, with the uncertainty of k.

    Parameters
    ----------
    fit
        Fitted model; its last k is where the forecast starts.
    years
        Years after the last observation, (year,), rising from above 0.
    drift
        Random walk of k, see `random_walk_drift`.
    generator, draws
        Where given, so many draws of k and of the rates; else the middle path alone.

    Returns
    -------
    Forecast
        k, its standard deviation, and the rates.

    Raises
    ------
    DataError
        Where the years do not rise from above 0, or draws are asked for without a generator.

    Notes
    -----
    k(T+h) = k(T) + h drift; variance h sigma^2 + h^2 se^2: innovations, and one error of the drift
    for a whole draw. The model is known to understate the uncertainty of old-age rates. Test: Lee
    and Carter's published k for the United States (1990-2019, -11.41 to -22.00) and its standard
    deviation (.65 to 3.57, innovations only), and e0 86.05 in 2065.

    References
    ----------
    Lee & Carter (1992), tables 1 and 2. Alho, J. M. (1992), discussion, *JASA* 87, 673.

    Examples
    --------
    >>> model = LeeCarter(np.array([-4.0, -2.0]), np.array([0.6, 0.4]), np.array([1.0, 0.0]), 1.0)
    >>> out = lee_carter_forecast(model, [1, 4], drift=Drift(-0.5, 0.0, 0.3))
    >>> out.kt, out.kt_sd
    (array([-0.5, -2. ]), array([0.3, 0.6]))
    """
    h = float_array(years)
    gaps = np.diff(h, prepend=0.0)
    if h.ndim != 1 or not bool(np.all(gaps > 0)):
        raise DataError("years: expected rising values, the first above 0")
    k = fit.kt[-1] + h * drift.drift
    sd = np.sqrt(h * drift.sigma**2 + (h * drift.drift_se) ** 2)
    if draws:
        if generator is None:
            raise DataError("generator: draws need a numpy Generator")
        steps = generator.normal(0.0, 1.0, (draws, h.size)) * (drift.sigma * np.sqrt(gaps))
        tilt = generator.normal(0.0, drift.drift_se, (draws, 1)) * h
        k = k + np.cumsum(steps, axis=1) + tilt
    return Forecast(k, sd, np.exp(fit.ax + k[..., None] * fit.bx))


def lee_carter_limited(mx: npt.ArrayLike, dates: npt.ArrayLike, dates_out: npt.ArrayLike) -> Array:
    """Death rates at any date from tables at a few uneven dates.

    Parameters
    ----------
    mx
        Death rates per person-year, (time, age), above 0.
    dates
        Decimal years of the tables, (time,), rising.
    dates_out
        Decimal years wanted, (out,).

    Returns
    -------
    ndarray
        Death rates, (out, age).

    Raises
    ------
    DataError
        Where a rate is zero, negative or missing, or the dates do not rise or do not match.

    Notes
    -----
    a, b and k as in `lee_carter` by ``sums``; k then runs on the straight line through its first
    and last value. Test: the UN's spreadsheet of Li (2018) as kept by DemoTools, males, survivors
    in 1953, 1983 and 2018 to .2 % (1983 and 2018 to .02 %).

    References
    ----------
    Li, N., Lee, R. & Tuljapurkar, S. (2004). Using the Lee-Carter method to forecast mortality for
    populations with limited data. *International Statistical Review* 72, 19-36.

    Examples
    --------
    >>> tables = np.array([[0.02, 0.2], [0.01, 0.1]])
    >>> lee_carter_limited(tables, [2000.0, 2010.0], [2005.0]).round(5)
    array([[0.01414, 0.14142]])
    """
    fit = lee_carter(mx, method="sums")
    at, out = float_array(dates), float_array(dates_out)
    if at.shape != fit.kt.shape or not bool(np.all(np.diff(at) > 0)):
        raise DataError(f"dates: expected {fit.kt.size} rising dates; got {at.tolist()}")
    slope = (fit.kt[-1] - fit.kt[0]) / (at[-1] - at[0])
    k = fit.kt[0] + slope * (out - at[0])
    return np.exp(fit.ax + np.outer(k, fit.bx))
