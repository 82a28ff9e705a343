"""Lee-Carter for populations that belong together, and its rotation at high life expectancy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from popsim.errors import DataError
from popsim.methods.lifetable._check import Array, check_positive, check_rates, float_array
from popsim.methods.mortality.lee_carter import lee_carter

__all__ = ["LiLee", "UNCoherent", "li_lee", "rotate", "ultimate_pattern", "un_coherent"]


class LiLee(NamedTuple):
    """Parameters of ln m_i(x, t) = a_i(x) + B(x) K(t) + b_i(x) k_i(t).

    Attributes
    ----------
    ax
        Mean logarithm of the rates, (group, age).
    Bx, Kt
        Common factor, (age,) and (time,).
    bx, kt
        Each group's own factor, (group, age) and (group, time).
    ar
        First-order autoregression of k_i: intercept, slope and innovation sd, (group, 3).
    explained_common, explained
        Share of the variance explained by the common factor, and by both, (group,).
    """

    ax: Array
    Bx: Array
    Kt: Array
    bx: Array
    kt: Array
    ar: Array
    explained_common: Array
    explained: Array


def li_lee(mx: npt.ArrayLike, *, weight: npt.ArrayLike | None = None) -> LiLee:
    """Fit Li and Lee's coherent model to populations that should not diverge.

    Parameters
    ----------
    mx
        Death rates per person-year, (group, time, age), above 0; groups are sexes or regions.
    weight
        Weight of each group in the common factor, (group,), e.g. its population; equal if None.

    Returns
    -------
    LiLee
        Parameters; a group whose AR slope is 1 or more drifts away and is better left out.

    Raises
    ------
    DataError
        Where a rate is zero, negative or missing, the array is not (group, time, age), or the
        dates are fewer than three.

    Notes
    -----
    B K is Lee-Carter's fit to the weighted mean of ln m; b_i k_i the first singular pair of what
    is left, scaled to sum |b_i| = 1; k_i follows an AR(1), so that ratios between groups settle.
    No printed number; tested as a property: rates that follow the model are found again, and equal
    groups have no factor of their own.

    References
    ----------
    Li, N. & Lee, R. (2005). Coherent mortality forecasts for a group of populations: an extension
    of the Lee-Carter method. *Demography* 42, 575-594.

    Examples
    --------
    >>> k = np.array([1.0, 0.2, -0.2, -1.0])
    >>> common = np.exp(-4 + np.outer(k, [0.5, 0.3, 0.2]))
    >>> fit = li_lee(np.stack([common, 1.5 * common]))
    >>> fit.Bx.round(6), fit.explained_common.round(6)
    (array([0.5, 0.3, 0.2]), array([1., 1.]))
    """
    m = check_positive(mx, "mx")
    if m.ndim != 3 or m.shape[1] < 3:
        raise DataError(f"mx: shape {m.shape}; expected (group, time, age), three dates or more")
    log_m = np.log(m)
    share = np.ones(m.shape[0]) if weight is None else check_positive(weight, "weight")
    if share.shape != (m.shape[0],):
        raise DataError(f"weight: {share.size} weights for {m.shape[0]} groups")
    mean = np.tensordot(share / share.sum(), log_m, axes=1)
    common = lee_carter(np.exp(mean))
    a = log_m.mean(axis=1)
    centred = log_m - a[:, None, :]
    rest = centred - np.outer(common.kt, common.bx)
    u, s, vt = np.linalg.svd(rest, full_matrices=False)
    sign = np.where(vt[:, 0].sum(axis=-1) < 0, -1.0, 1.0)
    scale = np.abs(vt[:, 0]).sum(axis=-1) * sign
    b = vt[:, 0] / scale[:, None]
    k = u[:, :, 0] * (s[:, 0] * scale)[:, None]
    total = (centred**2).sum(axis=(1, 2))
    left = (rest**2).sum(axis=(1, 2))
    after = left - s[:, 0] ** 2
    ar = np.stack([_autoregression(row) for row in k])
    return LiLee(a, common.bx, common.kt, b, k, ar, 1 - left / total, 1 - after / total)


def _autoregression(k: Array) -> Array:
    """Intercept, slope and innovation sd of k(t) = c0 + c1 k(t-1) + e, by least squares."""
    before, after = k[:-1], k[1:]
    if not bool(np.any(np.abs(before - before.mean()) > 1e-12)):
        return np.array([after.mean(), 0.0, 0.0])
    x = np.column_stack([np.ones_like(before), before])
    found, *_ = np.linalg.lstsq(x, after, rcond=None)
    residual = after - x @ found
    free = max(before.size - 2, 1)
    return np.array([found[0], found[1], np.sqrt(residual @ residual / free)])


class UNCoherent(NamedTuple):
    """The UN's coherent Lee-Carter: one b for both sexes.

    Attributes
    ----------
    ax
        Mean logarithm of the rates, (sex, age).
    bx
        Mean of the sexes' b, (age,).
    ultimate_bx
        What b becomes at very high life expectancy, (age,).
    kt
        Index of each sex, (sex, time), of its own fit.
    """

    ax: Array
    bx: Array
    ultimate_bx: Array
    kt: Array


def un_coherent(mx: npt.ArrayLike, age: npt.ArrayLike) -> UNCoherent:
    """Coherent Lee-Carter for the sexes as in the UN's projections.

    Parameters
    ----------
    mx
        Death rates per person-year, (sex, time, age), above 0.
    age
        Lower limits of the groups, (age,); 15 and 60 among them.

    Returns
    -------
    UNCoherent
        Parameters, for `rotate` and `mortality_at_e0`.

    Raises
    ------
    DataError
        As in `lee_carter` and `ultimate_pattern`.

    Notes
    -----
    b is the mean of the sexes' b (fits by ``sums``), so that k found from each sex's e0 keeps the
    sexes together. Test: MortCast `lileecarter.estimate` on China 1950-2010 to 1e-6; with `rotate`
    and `mortality_at_e0`, its rates at e0 75-84 (males) and 78-87 (females) to 1e-6.

    References
    ----------
    Sevcikova et al. (2016), algorithm 2. Li & Lee (2005).

    Examples
    --------
    >>> age = np.array([0, 1, *range(5, 101, 5)])
    >>> trend = np.exp(-0.1 * np.arange(5))[:, None]
    >>> m = trend * np.minimum(0.0002 * np.exp(0.08 * age), 0.8)
    >>> fit = un_coherent(np.stack([m, 1.2 * m]), age)
    >>> float(fit.bx.sum().round(9)), fit.kt.shape
    (1.0, (2, 5))
    """
    m = check_positive(mx, "mx")
    if m.ndim != 3:
        raise DataError(f"mx: shape {m.shape}; expected (sex, time, age)")
    fits = [lee_carter(one, method="sums") for one in m]
    b = np.mean([fit.bx for fit in fits], axis=0)
    return UNCoherent(
        np.stack([fit.ax for fit in fits]),
        b,
        ultimate_pattern(b, age),
        np.stack([fit.kt for fit in fits]),
    )


def ultimate_pattern(bx: npt.ArrayLike, age: npt.ArrayLike) -> Array:
    """Pattern of decline that b tends to at very high life expectancy.

    Parameters
    ----------
    bx
        Lee-Carter's b, (age,), summing to 1.
    age
        Lower limits of the groups, (age,); 15 and 60 among them.

    Returns
    -------
    ndarray
        Ultimate b, (age,), summing to 1.

    Raises
    ------
    DataError
        Where ages and b do not match, or 15, 60 or an age above is missing.

    Notes
    -----
    Up to 60: the mean of b from 15 to 60. Above: b scaled so that the group after 60 equals it.
    Test: through `un_coherent`.

    References
    ----------
    Li, N., Lee, R. & Gerland, P. (2013). Extending the Lee-Carter method to model the rotation of
    age patterns of mortality decline for long-term projections. *Demography* 50, 2037-2051.

    Examples
    --------
    >>> ultimate_pattern([0.5, 0.3, 0.1, 0.1], [0, 15, 60, 65]).round(4)
    array([0.25, 0.25, 0.25, 0.25])
    """
    b, ages = float_array(bx), float_array(age)
    if b.shape != ages.shape:
        raise DataError(f"age: {ages.size} ages for {b.size} values of b")
    first, last = np.flatnonzero(ages == 15), np.flatnonzero(ages == 60)
    if not first.size or not last.size or last[0] + 1 >= ages.size:
        raise DataError("age: expected groups beginning at 15 and 60, and one above 60")
    out = b.copy()
    end = int(last[0]) + 1
    level = b[int(first[0]) : end].mean()
    out[:end] = level
    out[end:] = b[end:] * (level / b[end])
    return np.asarray(out / out.sum())


def rotate(
    bx: npt.ArrayLike,
    ultimate: npt.ArrayLike,
    e0: npt.ArrayLike,
    *,
    start: float = 80.0,
    end: float = 102.0,
    power: float = 0.5,
) -> Array:
    """Turn the pattern of decline from young to old ages as life expectancy rises.

    Parameters
    ----------
    bx, ultimate
        Lee-Carter's b and what it becomes (`ultimate_pattern`), (age,).
    e0
        Life expectancies of both sexes together, in years, any shape.
    start, end
        e0 at which the rotation begins and is complete.
    power
        Exponent of the smooth weight.

    Returns
    -------
    ndarray
        b at each e0, (shape of e0, age), each summing to 1.

    Raises
    ------
    DataError
        Where e0 is missing or negative, or `end` is not above `start`.

    Notes
    -----
    w = (e0 - start)/(end - start) within [0, 1]; W = (.5 (1 + sin(pi/2 (2w - 1))))**power;
    b(t) = (1 - W) b + W b_ultimate. Test: through MortCast's rates for China.

    References
    ----------
    Li, Lee & Gerland (2013).

    Examples
    --------
    >>> rotate([0.6, 0.4], [0.5, 0.5], [75.0, 91.0, 102.0]).round(4)
    array([[0.6   , 0.4   ],
           [0.5293, 0.4707],
           [0.5   , 0.5   ]])
    """
    level = check_rates(e0, "e0")
    if not end > start:
        raise DataError(f"end: {end:g}; expected above start, {start:g}")
    w = np.minimum(np.maximum((level - start) / (end - start), 0.0), 1.0)
    weight = (0.5 * (1.0 + np.sin(np.pi / 2.0 * (2.0 * w - 1.0)))) ** power
    return np.asarray(
        (1.0 - weight[..., None]) * float_array(bx) + weight[..., None] * float_array(ultimate)
    )
