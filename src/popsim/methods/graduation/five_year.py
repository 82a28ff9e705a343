"""Smoothing of 5-year groups whose neighbours are out of joint, before graduation."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError
from popsim.methods.graduation.groups import Groups, age_groups, group_counts

__all__ = ["arriaga", "carrier_farrag", "karup_king_newton", "strong", "united_nations"]

Floats = NDArray[np.float64]
Tails = Literal["keep", "nan"]


def carrier_farrag(
    counts: ArrayLike,
    age: ArrayLike | None = None,
    *,
    tails: Tails = "keep",
    open_ended: bool = True,
) -> Floats:
    """Smooth 5-year groups by Carrier and Farrag's geometric split of 10-year groups.

    Parameters
    ----------
    counts
        Counts in 5-year groups (.., group).
    age
        Lower bounds 0, 5, 10, .. (group); None means these. The pairing begins at the first group.
    tails
        Groups the formula does not reach: ``keep`` as they are, or ``nan``.
    open_ended
        Whether the last group is open.

    Returns
    -------
    numpy.ndarray
        Smoothed counts (.., group); sums of ten years are kept.

    Raises
    ------
    DataError
        For missing or negative counts, other than 5-year groups, fewer than three pairs of them, or
        an empty 10-year group.

    Notes
    -----
    Of a 10-year group W with the groups before V and after X, the second half is
    :math:`W / (1 + (V/X)^{1/4})`.

    References
    ----------
    Carrier, N. H. and Farrag, A. M. (1959). The reduction of errors in census populations for
    statistically underdeveloped countries. Population Studies 12(3), 240-285. Arriaga, E. E.
    (1994). Population Analysis with Microcomputers, vol. 1, ch. II. US Bureau of the Census.

    Examples
    --------
    >>> carrier_farrag([40, 44, 30, 36, 25, 23, 17]).round(2)
    array([40. , 44. , 35.3, 30.7, 25. , 23. , 17. ])
    """
    groups, values, tens = _pairs(counts, age, open_ended)
    if (tens <= 0).any():
        raise DataError("a 10-year group is empty: Carrier and Farrag's ratio has no value")
    before, now, after = tens[..., :-2], tens[..., 1:-1], tens[..., 2:]
    second = now / (1 + (before / after) ** 0.25)
    return _with_tails(values, now - second, second, groups, tails)


def karup_king_newton(
    counts: ArrayLike,
    age: ArrayLike | None = None,
    *,
    tails: Tails = "keep",
    open_ended: bool = True,
) -> Floats:
    """Smooth 5-year groups by the Karup-King-Newton quadratic split of 10-year groups.

    Parameters
    ----------
    counts, age, tails, open_ended
        As in `carrier_farrag`.

    Returns
    -------
    numpy.ndarray
        Smoothed counts (.., group); sums of ten years are kept.

    Raises
    ------
    DataError
        As `carrier_farrag`.

    Notes
    -----
    The first half of W between V and X is :math:`W/2 + (V - X)/16`. Exact where counts by single
    age follow a polynomial of the second degree.

    References
    ----------
    Carrier and Farrag (1959), as above; Arriaga (1994).

    Examples
    --------
    >>> karup_king_newton([40, 44, 30, 36, 25, 23, 17]).round(2)
    array([40.  , 44.  , 35.25, 30.75, 25.  , 23.  , 17.  ])
    """
    groups, values, tens = _pairs(counts, age, open_ended)
    now = tens[..., 1:-1]
    first = now / 2 + (tens[..., :-2] - tens[..., 2:]) / 16
    return _with_tails(values, first, now - first, groups, tails)


def arriaga(counts: ArrayLike, age: ArrayLike | None = None, *, open_ended: bool = True) -> Floats:
    """Smooth 5-year groups by Arriaga's split of 10-year groups.

    Parameters
    ----------
    counts, age, open_ended
        As in `carrier_farrag`.

    Returns
    -------
    numpy.ndarray
        Smoothed counts (.., group); sums of ten years are kept. All pairs are reached; a closed
        group without its pair stays as it is.

    Raises
    ------
    DataError
        As `carrier_farrag`.

    Notes
    -----
    The second half of W between V and X is :math:`(-V + 11W + 2X)/24`; at the young end
    :math:`(8W + 5X - Y)/24`; at the old end the first half is :math:`(8W + 5V - U)/24`.
    Exact where counts by single age follow a straight line.

    References
    ----------
    Arriaga, E. E. (1968). New Life Tables for Latin American Populations in the Nineteenth and
    Twentieth Centuries. University of California. Arriaga (1994), as above.

    Examples
    --------
    >>> arriaga([40, 44, 30, 36, 25, 23, 17]).round(2)
    array([44.25, 39.75, 35.25, 30.75, 26.25, 21.75, 17.  ])
    """
    groups, values, tens = _pairs(counts, age, open_ended)
    first, second = _arriaga_halves(tens)
    return _with_tails(values, first, second, groups, "keep")


def strong(counts: ArrayLike, age: ArrayLike | None = None, *, open_ended: bool = True) -> Floats:
    """Smooth 5-year groups strongly: 10-year groups averaged, then split by Arriaga's formula.

    Parameters
    ----------
    counts, age, open_ended
        As in `carrier_farrag`.

    Returns
    -------
    numpy.ndarray
        Smoothed counts (.., group). Kept are the total, the first and the last 10-year group.

    Raises
    ------
    DataError
        As `carrier_farrag`.

    Notes
    -----
    Each 10-year group but the first and last becomes :math:`(V + 2W + X)/4`; these are scaled to
    their former sum and split as in `arriaga`.

    References
    ----------
    Arriaga (1994), as above; spreadsheet AGESMTH of the Census Bureau's PAS.

    Examples
    --------
    >>> strong([40, 44, 30, 36, 25, 23, 17]).round(2)
    array([44.25, 39.75, 35.25, 30.75, 26.25, 21.75, 17.  ])
    """
    groups, values, tens = _pairs(counts, age, open_ended)
    inner = (tens[..., :-2] + 2 * tens[..., 1:-1] + tens[..., 2:]) / 4
    total = inner.sum(axis=-1, keepdims=True)
    if (total <= 0).any():
        raise DataError("nobody between the first and the last 10-year group")
    inner = inner * tens[..., 1:-1].sum(axis=-1, keepdims=True) / total
    first, second = _arriaga_halves(np.concatenate([tens[..., :1], inner, tens[..., -1:]], axis=-1))
    return _with_tails(values, first, second, groups, "keep")


def united_nations(
    counts: ArrayLike,
    age: ArrayLike | None = None,
    *,
    tails: Tails = "keep",
    open_ended: bool = True,
) -> Floats:
    """Smooth 5-year groups by the United Nations' five-term moving average.

    Parameters
    ----------
    counts, age, tails, open_ended
        As in `carrier_farrag`.

    Returns
    -------
    numpy.ndarray
        Smoothed counts (.., group). Sums are *not* kept exactly.

    Raises
    ------
    DataError
        As `carrier_farrag`.

    Notes
    -----
    :math:`(-P_{-2} + 4P_{-1} + 10P_0 + 4P_1 - P_2)/16`. Exact where the groups follow a polynomial
    of the third degree.

    References
    ----------
    Carrier and Farrag (1959), as above; Arriaga (1994).

    Examples
    --------
    >>> united_nations([40, 44, 30, 36, 25, 23, 17]).round(2)
    array([40.  , 44.  , 34.69, 32.06, 25.  , 23.  , 17.  ])
    """
    _, values = _five(counts, age, open_ended)
    closed = values[..., :-1] if open_ended else values
    n = closed.shape[-1]
    if n < 5:
        raise DataError(f"five closed 5-year groups or more are wanted; got {n}")
    weights = (-1, 4, 10, 4, -1)
    smooth = sum(w * closed[..., i : n - 4 + i] for i, w in enumerate(weights)) / 16
    out = np.full(values.shape, np.nan) if tails == "nan" else values.copy()
    out[..., 2 : n - 2] = smooth
    return out


def _five(counts: ArrayLike, age: ArrayLike | None, open_ended: bool) -> tuple[Groups, Floats]:
    """Groups and counts, refused unless in 5-year groups."""
    if age is None:
        age = 5 * np.arange(np.asarray(counts).shape[-1])
    groups = age_groups(age, open_ended=open_ended)
    width = groups.width[:-1] if open_ended else groups.width
    for place in np.flatnonzero(width != 5):
        raise DataError(f"age group {groups.labels[place]}: 5-year groups are wanted")
    return groups, group_counts(counts, groups)


def _pairs(
    counts: ArrayLike, age: ArrayLike | None, open_ended: bool
) -> tuple[Groups, Floats, Floats]:
    """Groups, counts, and the 10-year groups made of full pairs of closed groups."""
    groups, values = _five(counts, age, open_ended)
    pairs = (values.shape[-1] - int(open_ended)) // 2
    if pairs < 3:
        raise DataError(f"three closed 10-year groups or more are wanted; got {pairs}")
    tens = values[..., : 2 * pairs].reshape(*values.shape[:-1], pairs, 2).sum(axis=-1)
    return groups, values, tens


def _arriaga_halves(tens: Floats) -> tuple[Floats, Floats]:
    """First and second halves of all 10-year groups (.., pair)."""
    second = np.empty_like(tens)
    second[..., 1:-1] = (-tens[..., :-2] + 11 * tens[..., 1:-1] + 2 * tens[..., 2:]) / 24
    second[..., 0] = (8 * tens[..., 0] + 5 * tens[..., 1] - tens[..., 2]) / 24
    last = (8 * tens[..., -1] + 5 * tens[..., -2] - tens[..., -3]) / 24
    second[..., -1] = tens[..., -1] - last
    return tens - second, second


def _with_tails(
    values: Floats, first: Floats, second: Floats, groups: Groups, tails: Tails
) -> Floats:
    """Put the halves in their places; what they do not cover is kept or NaN."""
    if tails not in ("keep", "nan"):
        raise DataError(f"tails must be 'keep' or 'nan'; got {tails!r}")
    halves = np.stack([first, second], axis=-1).reshape(*values.shape[:-1], -1)
    out = values.copy() if tails == "keep" else np.full(values.shape, np.nan)
    pairs = (values.shape[-1] - int(groups.open_ended)) // 2
    start = (2 * pairs - halves.shape[-1]) // 2
    out[..., start : start + halves.shape[-1]] = halves
    return out
