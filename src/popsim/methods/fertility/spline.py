"""Schmertmann's quadratic spline of fertility by age."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from popsim.methods._cells import FloatArray, floats
from popsim.methods.fertility.curves import check_parameters

__all__ = ["quadratic_spline"]


def quadratic_spline(
    age: ArrayLike, *, peak_rate: float, start: float, peak: float, half: float
) -> FloatArray:
    """Schmertmann's quadratic spline of fertility by age.

    R: peak rate; alpha: start; P: peak; H: age at which fertility has fallen to half its peak.

    Parameters
    ----------
    age
        Exact ages (any shape).
    peak_rate
        Highest rate R.
    start
        Youngest age alpha at which there are births.
    peak
        Age P of the highest rate.
    half
        Age H above the peak at which the rate is half the highest.

    Returns
    -------
    FloatArray
        Rates, of the shape of `age`.

    Raises
    ------
    DataError
        If the ages are not in the order start < peak < half, or the peak rate is negative.

    Notes
    -----
    f(x) = R sum of theta_k (x - t_k)^2 over the knots t_k below x, on [alpha, beta]. Knots: alpha;
    alpha + w (P - alpha) with w = min(.75, .25 + .025 (P - alpha)); P; (P + H) / 2; (H + beta) / 2.
    beta = max[min(50, 4 H - 3 P), (4 H - P) / 3]. theta solves f(P) = R, f'(P) = 0, f(H) = R / 2,
    f(beta) = f'(beta) = 0.

    References
    ----------
    Schmertmann, C. P. (2003). A system of model fertility schedules with graphically intuitive
    parameters. Demographic Research 9(5), 81-110.

    Examples
    --------
    >>> quadratic_spline([15, 28, 34], peak_rate=0.2, start=15, peak=28, half=34).round(6)
    array([0. , 0.2, 0.1])
    """
    x = floats(age, "age")
    check_parameters(
        tfr=peak_rate, **{"peak less start": peak - start, "half less peak": half - peak}
    )
    w = min(0.75, 0.25 + 0.025 * (peak - start))
    end = max(min(50.0, 4 * half - 3 * peak), (4 * half - peak) / 3)
    knots = np.array([start, start + w * (peak - start), peak, (peak + half) / 2, (half + end) / 2])
    at = np.array([peak, half, end])
    values = np.maximum(at[:, np.newaxis] - knots, 0) ** 2
    slopes = 2 * np.maximum(at[[0, 2], np.newaxis] - knots, 0)
    theta = np.linalg.solve(np.concatenate([values, slopes]), [1.0, 0.5, 0.0, 0.0, 0.0])

    inside = (x >= start) & (x <= end)
    curve = np.maximum(x[..., np.newaxis] - knots, 0) ** 2 @ theta
    # below 0 by no more than the noise of the solve
    return np.asarray(peak_rate * np.where(inside, np.maximum(curve, 0.0), 0.0))
