"""Osculatory multipliers: Sprague, Beers and Grabill, from 5-year groups to single ages."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError
from popsim.methods.graduation import coefficients
from popsim.methods.graduation.cumulative import monotone
from popsim.methods.graduation.groups import Groups, age_groups, group_counts

__all__ = ["beers", "grabill", "sprague"]

Floats = NDArray[np.float64]
Keep = Literal["groups", "published"]
OnNegative = Literal["raise", "monotone", "allow"]


def sprague(
    counts: ArrayLike,
    age: ArrayLike | None = None,
    *,
    open_ended: bool = True,
    on_negative: OnNegative = "raise",
) -> Floats:
    """Split 5-year groups into single ages by Sprague's fifth-difference formula.

    Parameters
    ----------
    counts
        Counts (.., group), 0 or more.
    age
        Lower bounds of the groups (group): 0, 5, 10, .. or 0, 1, 5, 10, ..; None means 0, 5, 10, ..
        Five closed groups or more.
    open_ended
        Whether the last group is open; it then stays one entry.
    on_negative
        What to do where the formula gives fewer than nobody, which happens beside steep falls:
        ``raise``; ``monotone``: take the 5-year groups concerned from `monotone`; ``allow``.

    Returns
    -------
    numpy.ndarray
        Counts by single age (.., age) from ``age[0]``; their sums over the groups equal `counts`.
        Where age 0 is given apart, it stays, and ages 1-4 are scaled to their sum.

    Raises
    ------
    DataError
        For missing or negative counts, other than 5-year groups, or a negative result.

    Notes
    -----
    Osculatory interpolation of the *cumulated* counts through six points, the two panels at each
    end through fewer. It is exact where the cumulated counts follow a polynomial of the fourth
    degree, that is where the counts by single age follow one of the third.

    References
    ----------
    Sprague, T. B. (1880). Explanation of a new formula for interpolation. Journal of the Institute
    of Actuaries 22, 270-285. Siegel, J. S. and Swanson, D. A. (2004). The Methods and Materials of
    Demography, 2nd edition, appendix C, p. 727. Elsevier.

    Examples
    --------
    >>> sprague([50, 45, 40, 35, 30, 99])[[0, 4, 12, 24, 25]].round(2)
    array([10.4,  9.6,  8. ,  5.6, 99. ])
    """
    groups, values, five = _five_year(counts, age, open_ended)
    single = five @ coefficients.expand(coefficients.SPRAGUE, five.shape[-1]).T
    return _finish(single, values, five, groups, on_negative)


def beers(
    counts: ArrayLike,
    age: ArrayLike | None = None,
    *,
    kind: Literal["ordinary", "modified"] = "ordinary",
    johnson: bool = False,
    keep: Keep = "groups",
    open_ended: bool = True,
    on_negative: OnNegative = "raise",
) -> Floats:
    """Split 5-year groups into single ages by Beers's six-term formulas.

    Parameters
    ----------
    counts, age, open_ended, on_negative
        As in `sprague`.
    kind
        ``ordinary`` minimises fifth differences and keeps the groups; ``modified`` minimises fourth
        differences, smooths, and as published keeps only its two end panels' outer groups.
    johnson
        Keep the age 0 that is given apart and refit ages 2-8 to it so that ages 9 and 10 follow on;
        wants ages 0, 1, 5, 10, .. .
    keep
        ``groups``: what the modified formula leaves over in each group is split by the ordinary one
        and added; ``published``: the multipliers as printed, groups not kept.

    Returns
    -------
    numpy.ndarray
        Counts by single age (.., age) from ``age[0]``, their sums over the groups equal to `counts`
        unless ``keep="published"``.

    Raises
    ------
    DataError
        As `sprague`; and for `johnson` without an age 0 of its own.

    Notes
    -----
    The ordinary formula is exact where the counts by single age follow a polynomial of the third
    degree, the modified one where they follow one of the second.

    References
    ----------
    Beers, H. S. (1945). Modified-interpolation formulas that minimize fourth differences. Record of
    the American Institute of Actuaries 34, 14-20. Siegel and Swanson (2004), p. 727-729. Stover, J.
    and Kirmeyer, S. (2008). DemProj, version 4 (Johnson's adjustment).

    Examples
    --------
    >>> beers([50, 45, 40, 35, 30, 99], kind="modified")[[0, 4, 12, 24, 25]].round(2)
    array([10.4,  9.6,  8. ,  5.6, 99. ])
    """
    if kind not in ("ordinary", "modified"):
        raise DataError(f"kind must be 'ordinary' or 'modified'; got {kind!r}")
    groups, values, five = _five_year(counts, age, open_ended)
    ordinary = coefficients.expand(coefficients.BEERS_ORDINARY, five.shape[-1]).T
    if kind == "ordinary":
        single = five @ ordinary
    else:
        single = five @ coefficients.expand(coefficients.BEERS_MODIFIED, five.shape[-1]).T
        if keep == "groups":
            single = single + (five - _fives(single)) @ ordinary
    if johnson:
        if not _abridged(groups):
            raise DataError("Johnson's adjustment wants age 0 apart: ages 0, 1, 5, 10, ..")
        single = _johnson(single, values[..., 0], five[..., 0])
    return _finish(single, values, five, groups, on_negative, keep=keep)


def grabill(
    counts: ArrayLike,
    age: ArrayLike | None = None,
    *,
    keep: Keep = "groups",
    open_ended: bool = True,
    on_negative: OnNegative = "raise",
) -> Floats:
    """Split 5-year groups into single ages by Grabill's moving average of Sprague's coefficients.

    Parameters
    ----------
    counts, age, open_ended, on_negative
        As in `sprague`.
    keep
        ``groups``: each group's ages are scaled to its count; ``published``: only the total is
        kept, by spreading the lack in proportion.

    Returns
    -------
    numpy.ndarray
        Counts by single age (.., age) from ``age[0]``, strongly smoothed, their sums over the
        groups equal to `counts` unless ``keep="published"``.

    Raises
    ------
    DataError
        As `sprague`.

    Notes
    -----
    Ages within ten years of either end blend into Sprague's with weights
    :math:`e^{i - 10.1}` at the i-th age from the end.

    References
    ----------
    Shryock, H. S., Siegel, J. S. and associates (1973). The Methods and Materials of Demography,
    appendix C. US Bureau of the Census. The blending is that of DemoTools.

    Examples
    --------
    >>> grabill([50, 45, 40, 35, 30, 20, 99])[10:15].sum().round(9)
    np.float64(40.0)
    """
    groups, values, five = _five_year(counts, age, open_ended)
    n = five.shape[-1]
    by_sprague = five @ coefficients.expand(coefficients.SPRAGUE, n).T
    smooth = five @ coefficients.expand(coefficients.GRABILL, n).T
    weight = np.ones(5 * n)
    near = np.exp(np.arange(1, 11) - 10.1)
    weight[:10] = near
    weight[-10:] = near[::-1]
    single = weight * smooth + (1 - weight) * by_sprague
    part = single * weight
    share = part / np.maximum(part.sum(axis=-1, keepdims=True), np.finfo(float).tiny)
    single = single + share * (by_sprague - single).sum(axis=-1, keepdims=True)
    if keep == "groups":
        sums = _fives(single)
        factor = np.divide(five, sums, out=np.ones_like(five), where=sums != 0)
        single = single * np.repeat(factor, 5, axis=-1)
    return _finish(single, values, five, groups, on_negative, keep=keep)


def _five_year(
    counts: ArrayLike, age: ArrayLike | None, open_ended: bool
) -> tuple[Groups, Floats, Floats]:
    """Give groups, counts as they are, and the closed 5-year groups (ages 0 and 1-4 joined)."""
    if age is None:
        age = 5 * np.arange(np.asarray(counts).shape[-1])
    groups = age_groups(age, open_ended=open_ended)
    values = group_counts(counts, groups)
    closed = values[..., :-1] if open_ended else values
    width = groups.width[: closed.shape[-1]]
    if _abridged(groups):
        closed = np.concatenate(
            [closed[..., :2].sum(axis=-1, keepdims=True), closed[..., 2:]], axis=-1
        )
        width = width[1:] + np.eye(1, width.size - 1, dtype=np.int64)[0]
    for place in np.flatnonzero(width != 5):
        raise DataError(
            f"age group {groups.labels[place]}: 5-year groups are wanted (0 and 1-4 may stand "
            "apart). Remedy: pclm, monotone or uniform take any widths"
        )
    if width.size < 5:
        raise DataError(f"five closed 5-year groups or more are wanted; got {width.size}")
    return groups, values, closed


def _abridged(groups: Groups) -> bool:
    """Whether ages 0 and 1-4 stand apart."""
    return bool(groups.age[0] == 0 and groups.width[0] == 1 and groups.width[1] == 4)


def _fives(single: Floats) -> Floats:
    """Sums of five ages each."""
    sums: Floats = single.reshape(*single.shape[:-1], -1, 5).sum(axis=-1)
    return sums


def _johnson(single: Floats, infants: Floats, under_five: Floats) -> Floats:
    """Ages 2-8 refitted to a known age 0; age 1 and ages 9 and over stay."""
    known = np.stack(
        [
            single[..., 1],
            under_five - infants - single[..., 1],
            single[..., 5:9].sum(axis=-1),
            single[..., 9],
            single[..., 10],
        ],
        axis=-1,
    )
    fitted = known @ coefficients.read(coefficients.JOHNSON).T
    return np.concatenate([infants[..., None], single[..., 1:2], fitted, single[..., 9:]], axis=-1)


def _finish(
    single: Floats,
    values: Floats,
    five: Floats,
    groups: Groups,
    on_negative: OnNegative,
    *,
    keep: Keep = "groups",
) -> Floats:
    """Keep the infants given apart, deal with negatives, put the open group back."""
    if _abridged(groups) and keep == "groups":
        rest = single[..., 1:5].sum(axis=-1, keepdims=True)
        factor = np.divide(values[..., 1:2], rest, out=np.ones_like(rest), where=rest != 0)
        single = np.concatenate(
            [values[..., :1], single[..., 1:5] * factor, single[..., 5:]], axis=-1
        )
    scale = np.abs(five).max(axis=-1, keepdims=True, initial=0.0)
    wrong = single < -1e-9 * scale
    if wrong.any() and on_negative == "raise":
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise DataError(
            f"row {place[:-1]}, age {groups.age[0] + place[-1]}: the formula gives "
            f"{single[place]:.4g} persons. Remedy: on_negative='monotone', or use pclm"
        )
    if wrong.any() and on_negative == "monotone":
        spline = monotone(values, groups.age, open_ended=groups.open_ended)
        spline = spline[..., : single.shape[-1]]
        panel = np.repeat((_fives(wrong.astype(np.float64)) > 0), 5, axis=-1)
        single = np.where(panel, spline, single)
    return np.concatenate([single, values[..., -1:]], axis=-1) if groups.open_ended else single
