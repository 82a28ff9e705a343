"""Cubic B-splines over single ages: the pieces of which a smooth curve is made."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["cubic_splines"]

DEGREE = 3


def cubic_splines(ages: NDArray[np.int64], spacing: float) -> NDArray[np.float64]:
    """Cubic B-splines at the ages' midpoints, knots evenly spaced beyond both ends.

    Parameters
    ----------
    ages
        Single ages, one after the other (age).
    spacing
        Years between knots, as near as whole pieces allow; there are at least four.

    Returns
    -------
    ndarray
        Values (age, spline), adding to 1 at every age; four of them differ from 0.

    Notes
    -----
    By the recurrence of Cox and de Boor, from degree 0 up:
    ``N(i, d) = (x - t(i)) / (t(i + d) - t(i)) N(i, d - 1)
    + (t(i + d + 1) - x) / (t(i + d + 1) - t(i + 1)) N(i + 1, d - 1)``, t the knots.

    References
    ----------
    de Boor (1978). A Practical Guide to Splines, p. 131.

    Examples
    --------
    >>> splines = cubic_splines(np.arange(20), 5.0)
    >>> splines.shape, bool(np.allclose(splines.sum(axis=1), 1.0))
    ((20, 7), True)
    """
    low, high = float(ages[0]), float(ages[-1] + 1)
    pieces = max(4, round((high - low) / spacing))
    step = (high - low) / pieces
    knots = low + step * np.arange(-DEGREE, pieces + DEGREE + 1)
    x = ages + 0.5
    at = np.searchsorted(knots, x, side="right") - 1
    splines = [np.ones(x.size)]
    for degree in range(1, DEGREE + 1):
        higher = [np.zeros(x.size) for _ in range(degree + 1)]
        for n, lower in enumerate(splines, start=1):
            left, right = knots[at + n - degree], knots[at + n]
            part = lower / (right - left)
            higher[n - 1] = higher[n - 1] + part * (right - x)
            higher[n] = part * (x - left)
        splines = higher
    dense = np.zeros((x.size, pieces + DEGREE))
    np.put_along_axis(dense, at[:, None] + np.arange(-DEGREE, 1), np.stack(splines, axis=1), axis=1)
    return dense
