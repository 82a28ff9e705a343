"""Years lived in a five-year group by those who die in it (nax), from the neighbouring groups."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from popsim.errors import DataError
from popsim.methods.lifetable._check import Array, check_rates

__all__ = ["ax_greville", "ax_keyfitz"]

# Shortest mean life in a five-year group under the constant force 1 that Kannisto's curve tends
# to: 1 - 5 exp(-5)/(1 - exp(-5)) = .97 (UN practice, ages 40 and over).
_GREVILLE_FLOOR = 0.97
_GREVILLE_FLOOR_AGE = 40.0


def ax_greville(
    mx: npt.ArrayLike, ages: npt.ArrayLike, *, last: Literal["own", "below"] = "own"
) -> Array:
    """Years lived by those dying in five-year groups, by Greville's formula as the UN uses it.

    Parameters
    ----------
    mx
        Death rates of consecutive five-year groups and the open group, (..., age), all above 0.
    ages
        Lower limits of the groups, (age,).
    last
        The k of the last closed group: ``own``, with the rate of the open group above it (WPP
        2012), or that of the group ``below`` (MortCast).

    Returns
    -------
    ndarray
        nax (..., age - 1): for every group but the open one; the first, which has no group below
        it, is 2.5.

    Raises
    ------
    DataError
        Where a rate is zero, negative or missing.

    Notes
    -----
    a[x] = 2.5 - 25/12 (m[x] - k[x]), k[x] = ln(m[x+5]/m[x-5])/10. From age 40 on a is at least
    .97, the value under a constant force of 1. Tests: the survival ratios of WPP 2012 (``own``)
    to their five decimals, the MortCast abridged tables (``below``) to 1e-9.

    References
    ----------
    Greville, T. N. E. (1943). Short methods of constructing abridged life tables. *Record of the
    American Institute of Actuaries* 32, 29-42. United Nations (1982). *Model Life Tables for
    Developing Countries*.

    Examples
    --------
    >>> ax_greville([0.001, 0.002, 0.004, 0.2], [70, 75, 80, 85]).round(4)
    array([2.5   , 2.7846, 3.4511])
    """
    m = check_rates(mx, "mx", np.asarray(ages, dtype=np.float64))
    start = np.asarray(ages, dtype=np.float64)
    zero = np.argwhere(m == 0)
    if zero.size:
        raise DataError(
            f"mx{list(map(int, zero[0]))}, age {start[zero[0][-1]]:g}: zero rate: Greville's "
            "formula takes its logarithm. Remedy: smooth the rates, or choose ax='midpoint'"
        )
    out = np.full((*m.shape[:-1], m.shape[-1] - 1), 2.5)
    if m.shape[-1] > 2:
        k = np.log(m[..., 2:] / m[..., :-2]) / 10.0
        if last == "below" and k.shape[-1] > 1:
            k[..., -1] = k[..., -2]
        inner = 2.5 - (25.0 / 12.0) * (m[..., 1:-1] - k)
        floor = np.where(start[1:-1] >= _GREVILLE_FLOOR_AGE, _GREVILLE_FLOOR, -np.inf)
        out[..., 1:] = np.maximum(inner, floor)
    return out


def ax_keyfitz(dx: npt.ArrayLike, width: npt.ArrayLike, first: npt.ArrayLike) -> Array:
    """One step of Keyfitz's iteration: nax of equal groups from the deaths of their neighbours.

    Parameters
    ----------
    dx
        Life-table deaths, (..., age), the last group open.
    width
        Width of every group in years, (age,), the last infinite.
    first
        Current nax, (..., age), kept where a group has no neighbour of its own width on each side.

    Returns
    -------
    ndarray
        nax of the next iteration, (..., age).

    Notes
    -----
    nax = (-n/24 d[x-n] + n/2 d[x] + n/24 d[x+n]) / d[x]: deaths are taken to follow a parabola
    over three groups. `life_table` (``ax="keyfitz"``) repeats it until nax no longer changes.
    Property tested: groups with equal deaths give n/2.

    References
    ----------
    Keyfitz, N. (1966). A life table that agrees with the data. *JASA* 61, 305-312.
    Preston, Heuveline & Guillot (2001), ch. 3.

    Examples
    --------
    >>> ax_keyfitz([1.0, 1.0, 3.0, 2.0, 1.0], [5, 5, 5, 5, np.inf], [2.5] * 4 + [9.0]).round(4)
    array([2.5   , 2.9167, 2.5694, 2.5   , 9.    ])
    """
    d = np.asarray(dx, dtype=np.float64)
    n = np.asarray(width, dtype=np.float64)
    out = np.array(np.broadcast_to(np.asarray(first, dtype=np.float64), d.shape))
    for i in range(1, n.size - 2):
        if n[i - 1] == n[i] == n[i + 1]:
            here = d[..., i]
            step = n[i] / 24.0 * (d[..., i + 1] - d[..., i - 1])
            alive = here > 0
            out[..., i] = np.where(
                alive, n[i] / 2.0 + step / np.where(alive, here, 1.0), out[..., i]
            )
    return out
