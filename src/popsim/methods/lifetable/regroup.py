"""Change of age groups of a life table: single ages to 0, 1-4, 5-9, ..., and back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from popsim.errors import DataError
from popsim.methods.lifetable._check import Array, float_array, start_ages
from popsim.methods.lifetable.survival import survival_ratio
from popsim.methods.lifetable.table import LifeTable, life_table

__all__ = ["abridge", "unabridge"]


def abridge(table: LifeTable) -> LifeTable:
    """Group a life table of single ages into 0, 1-4, 5-9, ..., the open age kept.

    Parameters
    ----------
    table
        Of single ages 0, 1, .., open; the open age a multiple of 5.

    Returns
    -------
    LifeTable
        Abridged; lx, Tx and ex are those of the single ages, and so is every survivor.

    Raises
    ------
    DataError
        Where the open age is not a multiple of 5.

    Notes
    -----
    nd = sum of d, nL = sum of L, nm = nd/nL, nq = nd/l, na = (nL - n l[x+n])/nd. Property tested:
    e0 and every common lx, Tx, ex unchanged.

    References
    ----------
    Definitions, Preston, Heuveline & Guillot (2001), ch. 3.

    Examples
    --------
    >>> single = life_table(np.full(11, 0.1), sex="female", a0=0.5)
    >>> abridge(single).Lx.round(4)
    array([0.9524, 2.9848, 2.3871, 3.6757])
    """
    count = table.mx.shape[-1]
    last = count - 1
    if last % 5 or last < 5:
        raise DataError(f"open age {last}: expected a multiple of 5, at least 5")
    starts = np.concatenate([[0, 1], np.arange(5, last + 1, 5)])
    lx, Tx, ex = (column[..., starts] for column in (table.lx, table.Tx, table.ex))
    dx = np.add.reduceat(table.dx, starts, axis=-1)
    Lx = np.add.reduceat(table.Lx, starts, axis=-1)
    n = np.diff(starts).astype(np.float64)
    mx = dx / Lx
    ax = np.empty_like(mx)
    dead = dx[..., :-1]
    lived = Lx[..., :-1] - n * lx[..., 1:]
    ax[..., :-1] = np.where(dead > 0, lived / np.where(dead > 0, dead, 1.0), n / 2.0)
    ax[..., -1] = table.ax[..., -1]
    qx = np.ones_like(mx)
    qx[..., :-1] = dead / lx[..., :-1]
    l0 = lx[..., 0]
    return LifeTable(mx, ax, qx, lx, dx, Lx, Tx, ex, survival_ratio(Lx, l0=l0, width="abridged"))


def unabridge(table: LifeTable, width: npt.ArrayLike) -> LifeTable:
    """Split a life table of wider groups into single ages, the open age kept.

    Parameters
    ----------
    table
        With age 0 alone and the open age a whole number; close it at a high age first, e.g. by
        `kannisto`.
    width
        Years of every group, (age,), the last infinite.

    Returns
    -------
    LifeTable
        Of single ages 0, 1, .., open: lx at every limit of the given groups, q0, a0 and the open
        group's life are those given.

    Raises
    ------
    DataError
        Where age 0 is not alone, widths are not whole years, or nobody survives to the open age.

    Notes
    -----
    The cumulative hazard -ln l(x) is interpolated from age 1 on by a cubic spline whose slopes are
    filtered to keep it rising (Hyman), and q = 1 - exp(-difference); a is .5 above age 0. L of the
    given groups is met nearly, not exactly. No printed number; tested as properties (lx met, mx
    positive, e0 within .05 year of the abridged) and on Gompertz rates to 1 %.

    References
    ----------
    Hyman, J. M. (1983). Accurate monotonicity preserving cubic interpolation. *SIAM Journal on
    Scientific and Statistical Computing* 4, 645-654. Smith, L., Hyndman, R. J. & Wood, S. N.
    (2004). Spline interpolation for demographic variables: the monotonicity problem. *Journal of
    Population Research* 21, 95-98.

    Examples
    --------
    >>> wide = life_table([0.02, 0.004, 0.001, 0.002, 0.3], sex="male", width=[1, 4, 5, 5, np.inf])
    >>> single = unabridge(wide, [1, 4, 5, 5, np.inf])
    >>> single.mx.size, bool(np.allclose(single.lx[[0, 1, 5, 10, 15]], wide.lx))
    (16, True)
    """
    n = float_array(width)
    if n.shape != table.mx.shape[-1:]:
        raise DataError(f"width: {n.size} widths for {table.mx.shape[-1]} age groups")
    ages = start_ages(n)
    if n[0] != 1.0 or bool(np.any(ages != np.round(ages))):
        raise DataError("width: expected age 0 alone and whole years")
    if bool(np.any(table.lx[..., -1] <= 0)):
        raise DataError("lx: nobody reaches the open age. Remedy: close the table earlier")
    hazard = -np.log(table.lx / table.lx[..., :1])
    whole = np.arange(1.0, ages[-1] + 1.0)
    rising = _rising_spline(ages[1:], hazard[..., 1:])(whole)
    steps = np.diff(np.concatenate([hazard[..., :1], np.moveaxis(rising, 0, -1)], axis=-1))
    q = -np.expm1(-steps)
    a = np.full((*q.shape[:-1], q.shape[-1] + 1), 0.5)
    a[..., 0] = table.ax[..., 0]
    a[..., -1] = table.ax[..., -1]
    m = np.empty_like(a)
    m[..., :-1] = q / (1.0 - (1.0 - a[..., :-1]) * q)
    m[..., -1] = table.mx[..., -1]
    out = life_table(m, sex="both", ax=a)
    scale = table.lx[..., :1]
    scaled = {name: getattr(out, name) * scale for name in ("lx", "dx", "Lx", "Tx")}
    return out._replace(**scaled)


def _rising_spline(x: Array, y: Array) -> scipy.interpolate.CubicHermiteSpline:
    """Cubic spline through rising values along the last axis, slopes filtered to stay rising."""
    values = np.moveaxis(y, -1, 0)
    if x.size < 3:
        slope = np.diff(values, axis=0) / np.diff(x)[0]
        return scipy.interpolate.CubicHermiteSpline(x, values, np.repeat(slope, 2, axis=0))
    slopes = scipy.interpolate.CubicSpline(x, values, axis=0)(x, 1)
    run = np.diff(x).reshape(-1, *[1] * (values.ndim - 1))
    secant = np.diff(values, axis=0) / run
    limit = np.empty_like(slopes)
    limit[0], limit[-1] = secant[0], secant[-1]
    limit[1:-1] = np.minimum(secant[:-1], secant[1:])
    return scipy.interpolate.CubicHermiteSpline(
        x, values, np.minimum(np.maximum(slopes, 0.0), 3.0 * limit)
    )
