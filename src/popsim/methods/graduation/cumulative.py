"""Single ages from groups by way of the cumulated counts: even within groups, or monotone."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError
from popsim.methods.graduation.groups import age_groups, group_counts

__all__ = ["monotone", "uniform"]

Floats = NDArray[np.float64]


def uniform(counts: ArrayLike, age: ArrayLike, *, open_ended: bool = True) -> Floats:
    """Spread each group evenly over its single ages.

    Parameters
    ----------
    counts
        Counts (.., group).
    age
        Lower bounds of the groups (group), of any widths.
    open_ended
        Whether the last group is open; it then stays one entry.

    Returns
    -------
    numpy.ndarray
        Counts by single age (.., age) from ``age[0]``; the last is the open group.

    Raises
    ------
    DataError
        For missing or negative counts, or ages that do not ascend.

    Notes
    -----
    By definition: each age of a group has the n-th part of it.

    Examples
    --------
    >>> uniform([1, 8, 5], [0, 1, 5])
    array([1., 2., 2., 2., 2., 5.])
    """
    groups = age_groups(age, open_ended=open_ended)
    width = np.maximum(groups.width, 1)
    return np.repeat(group_counts(counts, groups) / width, width, axis=-1)


def monotone(counts: ArrayLike, age: ArrayLike, *, open_ended: bool = True) -> Floats:
    """Spread groups over single ages by a monotone cubic spline through the cumulated counts.

    Parameters
    ----------
    counts
        Counts (.., group), 0 or more.
    age
        Lower bounds of the groups (group), of any widths; four closed groups or more.
    open_ended
        Whether the last group is open; it then stays one entry and takes no part in the spline.

    Returns
    -------
    numpy.ndarray
        Counts by single age (.., age) from ``age[0]``, never negative, their sums over the groups
        equal to `counts`.

    Raises
    ------
    DataError
        For missing or negative counts, ages that do not ascend, or too few groups.

    Notes
    -----
    A cubic spline through the cumulated counts, its end cubics passing through the four outermost
    points (Forsythe, Malcolm and Moler), gives the slopes; Hyman's filter bounds each of them by
    three times the smaller of the two chords beside it, and the cubic Hermite curve on the slopes
    is then monotone. Exact where the counts by single age follow a polynomial of the second degree
    (their cumulation is then a cubic) and the filter finds nothing to do.

    References
    ----------
    Hyman, J. M. (1983). Accurate monotonicity preserving cubic interpolation. SIAM Journal on
    Scientific and Statistical Computing 4(4), 645-654. Forsythe, G. E., Malcolm, M. A. and Moler,
    C. B. (1977). Computer Methods for Mathematical Computations, ch. 4. Prentice-Hall.

    Examples
    --------
    >>> monotone([35, 25, 15, 10, 8], [0, 5, 10, 15, 20]).round(2)[:6]
    array([7.78, 7.39, 7.  , 6.61, 6.22, 5.83])
    """
    groups = age_groups(age, open_ended=open_ended)
    values = group_counts(counts, groups)
    closed = values[..., :-1] if open_ended else values
    widths = groups.width[: closed.shape[-1]]
    if closed.shape[-1] < 4:
        raise DataError(f"a monotone spline needs four closed groups; got {closed.shape[-1]}")
    x = np.concatenate([[0.0], np.cumsum(widths)])
    zero = np.zeros((*closed.shape[:-1], 1))
    y = np.concatenate([zero, np.cumsum(closed, axis=-1)], axis=-1)
    slope = _hyman(_spline_slopes(x, y), closed / widths)
    curve = scipy.interpolate.CubicHermiteSpline(x, y, slope, axis=-1)
    single = np.diff(curve(np.arange(int(x[-1]) + 1)), axis=-1)
    # Between equal cumulated counts the curve is flat but for rounding, which must not go below 0.
    single = _exact(np.maximum(single, 0.0), closed, widths)
    return np.concatenate([single, values[..., -1:]], axis=-1) if open_ended else single


def _spline_slopes(x: Floats, y: Floats) -> Floats:
    """Slopes (.., knot) of the interpolating cubic spline with Forsythe's end conditions."""
    n = x.size
    h = np.diff(x)
    matrix = np.zeros((n, n))
    inner = np.arange(1, n - 1)
    matrix[inner, inner - 1] = h[:-1]
    matrix[inner, inner] = 2 * (h[:-1] + h[1:])
    matrix[inner, inner + 1] = h[1:]
    # The third derivative at each end is that of the cubic through the four outermost points.
    matrix[0, :2] = -h[0], h[0]
    matrix[-1, -2:] = h[-1], -h[-1]
    chord = np.diff(y, axis=-1) / h
    bend = np.diff(chord, axis=-1)
    second = bend / (x[2:] - x[:-2])
    third = np.diff(second, axis=-1) / (x[3:] - x[:-3])
    right = np.zeros(y.shape)
    right[..., 1:-1] = bend
    right[..., 0] = h[0] ** 2 * third[..., 0]
    right[..., -1] = -(h[-1] ** 2) * third[..., -1]
    s = np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0], dtype=np.float64)
    first = chord - h * (2 * s[..., :-1] + s[..., 1:])
    last = chord[..., -1:] + h[-1] * (s[..., -2:-1] + 2 * s[..., -1:])
    return np.concatenate([first, last], axis=-1)


def _hyman(slope: Floats, chord: Floats) -> Floats:
    """Bound slopes (.., knot) by three times the smaller chord (.., interval) beside them."""
    before = np.concatenate([chord[..., :1], chord], axis=-1)
    after = np.concatenate([chord, chord[..., -1:]], axis=-1)
    bounded: Floats = np.clip(slope, 0.0, 3 * np.minimum(before, after))
    return bounded


def _exact(single: Floats, closed: Floats, widths: NDArray[np.int64]) -> Floats:
    """Remove rounding from the group sums."""
    starts = np.concatenate([[0], np.cumsum(widths)[:-1]])
    sums: Floats = np.add.reduceat(single, starts, axis=-1)
    factor = np.divide(closed, sums, out=np.ones_like(closed), where=sums > 0)
    exact: Floats = single * np.repeat(factor, widths, axis=-1)
    return exact
