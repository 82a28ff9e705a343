"""The life table itself: from death rates to all columns, and survival between age groups."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from popsim.errors import ConvergenceError, DataError
from popsim.methods.lifetable._check import (
    Array,
    SexArgument,
    Width,
    cell_name,
    check_rates,
    float_array,
    refuse_groups_as_single,
    resolve_width,
    start_ages,
)
from popsim.methods.lifetable.ax import ax_greville, ax_keyfitz
from popsim.methods.lifetable.infant import (
    Region,
    a0_andreev_kingkade,
    a0_coale_demeny,
    a1_coale_demeny,
)
from popsim.methods.lifetable.survival import survival_ratio

__all__ = ["A0", "AxRule", "LifeTable", "life_table"]

A0 = Literal["andreev_kingkade", "coale_demeny"] | npt.ArrayLike
AxRule = (
    Literal["midpoint", "midpoint_to_80", "greville", "greville_mortcast", "keyfitz"]
    | npt.ArrayLike
    | None
)

_AX_RULES = ("midpoint", "midpoint_to_80", "greville", "greville_mortcast", "keyfitz")
_KEYFITZ_TOLERANCE = 1e-10
_KEYFITZ_STEPS = 200


class LifeTable(NamedTuple):
    """Columns of a life table; age is the last axis of each.

    Attributes
    ----------
    mx
        Death rate, per person-year.
    ax
        Years lived in the group by those who die in it.
    qx
        Probability of dying in the group; 1 in the open one.
    lx
        Survivors to the exact age at which the group begins.
    dx
        Deaths in the group.
    Lx
        Person-years lived in the group.
    Tx
        Person-years lived from the group's beginning on.
    ex
        Expectation of life at the group's beginning.
    Sx
        Survival ratio into the group reached, see `survival_ratio`. It has one entry per *equal*
        group: an abridged table (0, 1-4, 5-9, ...) has one entry fewer than ages, because 0 and
        1-4 are one five-year group. Empty where the groups are of mixed width.
    """

    mx: Array
    ax: Array
    qx: Array
    lx: Array
    dx: Array
    Lx: Array
    Tx: Array
    ex: Array
    Sx: Array


def life_table(
    mx: npt.ArrayLike,
    *,
    sex: SexArgument,
    width: Width = None,
    age: npt.ArrayLike | None = None,
    a0: A0 = "andreev_kingkade",
    ax: AxRule = None,
    region: Region = "west",
    open_age: float | None = None,
    radix: float = 1.0,
) -> LifeTable:
    """Period life table from death rates, over any leading axes at once.

    Parameters
    ----------
    mx
        Death rates per person-year, (..., age), the last group open.
    sex
        ``female``, ``male`` or ``both`` (mean of the two rules for a0), or one name per entry of
        the axis before age, e.g. ``("female", "male")``.
    width
        Years per group: None for single ages, ``"abridged"`` for 0, 1-4, 5-9, ..., a number for
        equal groups, or one width per group. The last group is always open.
    age
        Lower bounds of the groups instead of `width`, e.g. ``[0, 1, 5, 10, ..]``.
    a0
        Rule for age 0, or its value(s), shape of the leading axes.
    ax
        Rule for the other groups: None is .5 for single ages and, for five-year groups, 4a1 by
        Coale-Demeny, 2.5 at 5-9 and 10-14, Greville above (the UN's practice), and half the width
        elsewhere; ``"greville"`` is the same by name; ``"greville_mortcast"`` differs in the last
        closed group (see `ax_greville`); ``"midpoint"``; ``"midpoint_to_80"``, Greville above it;
        ``"keyfitz"`` (iteration); or nax by the user, (..., age), taken as they are for every
        group but the open one. Which rule a published table follows: `closest_ax`.
    region
        Coale-Demeny family for a0 (``a0="coale_demeny"``) and 4a1.
    open_age
        Close the table earlier: the group from this age on becomes the open one, its mx = l/T.
    radix
        l0.

    Returns
    -------
    LifeTable
        All columns, (..., age).

    Raises
    ------
    DataError
        Where a rate is missing, infinite or negative, the open rate is zero, widths do not match,
        or nax implies a probability above 1: the cell is named. Also where 17 to 24 rates come
        without `width` or `age` and can only be of groups.
    ConvergenceError
        Where Keyfitz's iteration does not settle.

    Notes
    -----
    q = n m / (1 + (n - a) m); l[x+n] = l[x](1 - q); d = l q; L = n l[x+n] + a d, L[open] = l/m;
    T = sum of L from x on; e = T/l. Tests: MortCast on WPP 2012 rates (China, Sweden; single and
    abridged; both rules for a0; open at 85) to 1e-9; the survival ratios of WPP 2012 (midpoint to
    80 is what stands behind some countries' estimates in it); Austria,
    males 1992 (Preston et al., p. 49): e0 72.889, e65 14.971, e85 5.247; UN 1982 p. 34 and Mortpak
    1988 p. 82 within their tolerance.

    References
    ----------
    Preston, S. H., Heuveline, P. & Guillot, M. (2001). *Demography*, ch. 3.

    Examples
    --------
    >>> table = life_table([0.01, 0.002, 0.001, 0.4], sex="female")
    >>> table.ax.round(4)
    array([0.1285, 0.5   , 0.5   , 2.5   ])
    >>> float(table.ex[0].round(4))
    5.4359
    """
    rates = float_array(mx)
    if rates.ndim == 0:
        raise DataError("mx: a single number; expected at least one axis, age")
    n = resolve_width(width, rates.shape[-1], age)
    ages = start_ages(n)
    m = check_rates(rates, "mx", ages)
    refuse_groups_as_single(m, width, age)
    if bool(np.any(m[..., -1] == 0)):
        zero_open = np.argwhere(m[..., -1:] == 0)[0, :-1]
        where = cell_name((*map(int, zero_open), m.shape[-1] - 1), ages)
        raise DataError(f"mx{where}: the open group has no deaths, so its life has no end")
    a = separation_factors(m, n, sex=sex, a0=a0, ax=ax, region=region)
    table = _columns(m, a, n, radix)
    if isinstance(ax, str) and ax == "keyfitz":
        table = _iterate_keyfitz(m, table, n, radix)
    if open_age is not None:
        table, n = _close(table, n, open_age)
    return table._replace(Sx=_survival_of_groups(table.Lx, n, radix))


def separation_factors(
    m: Array,
    n: Array,
    *,
    sex: SexArgument,
    a0: A0,
    ax: AxRule,
    region: Region,
) -> Array:
    """Return nax of every group from its rates, by the rules `life_table` names; open: 1/m."""
    a = np.empty_like(m)
    ages = start_ages(n)
    if ax is not None and not isinstance(ax, str):
        given = float_array(ax)
        if given.shape[-1:] != m.shape[-1:]:
            raise DataError(f"ax: {given.shape[-1:]} values for {m.shape[-1]} age groups")
        a[...] = given
    else:
        a[...] = np.where(np.isfinite(n), n, 2.0) / 2.0
        five = bool(np.all(n[2:-1] == 5.0)) and n.size > 3
        if five and n[0] == 1.0 and n[1] == 4.0:
            a[..., 1] = a1_coale_demeny(m[..., 0], sex, region)
        if ax not in (None, *_AX_RULES):
            raise DataError(f"ax: {ax!r} is not a rule; expected one of {', '.join(_AX_RULES)}")
        above = np.flatnonzero(ages >= (80.0 if ax == "midpoint_to_80" else 15.0))
        if ax != "midpoint" and five and above.size > 1:
            first = int(above[0]) - 1
            last: Literal["own", "below"] = "below" if ax == "greville_mortcast" else "own"
            a[..., first + 1 : -1] = ax_greville(m[..., first:], ages[first:], last=last)[..., 1:]
        a[..., 0] = _infant(m[..., 0], n[0], sex=sex, a0=a0, region=region)
    a[..., -1] = 1.0 / m[..., -1]
    return a


def _infant(m0: Array, n0: float, *, sex: SexArgument, a0: A0, region: Region) -> Array:
    """Return a0 by rule or by value."""
    if not isinstance(a0, str):
        return np.broadcast_to(float_array(a0), m0.shape)
    if n0 != 1.0:
        raise DataError(
            f"a0: the first group is {n0:g} years wide, and the rules for a0 are for age 0 alone. "
            "Remedy: give a0 (or ax) as a number"
        )
    if a0 == "andreev_kingkade":
        return a0_andreev_kingkade(m0, sex)
    if a0 == "coale_demeny":
        return a0_coale_demeny(m0, sex, region)
    raise DataError(f"a0: {a0!r} is not a rule; expected andreev_kingkade or coale_demeny")


def _columns(m: Array, a: Array, n: Array, radix: float) -> LifeTable:
    """All columns but Sx from rates and separation factors."""
    closed = n[:-1]
    if not bool(np.all((a[..., :-1] >= 0) & (a[..., :-1] <= closed))):
        bad = np.argwhere(~((a[..., :-1] >= 0) & (a[..., :-1] <= closed)))[0]
        cell = tuple(int(i) for i in bad)
        raise DataError(
            f"ax{cell_name(cell, start_ages(n))}: got {a[cell]:g}; "
            f"expected between 0 and the width {closed[cell[-1]]:g}"
        )
    q = np.ones_like(m)
    q[..., :-1] = closed * m[..., :-1] / (1.0 + (closed - a[..., :-1]) * m[..., :-1])
    if bool(np.any(q > 1.0)):
        cell = tuple(int(i) for i in np.argwhere(q > 1.0)[0])
        raise DataError(
            f"qx{cell_name(cell, start_ages(n))}: got {q[cell]:g} from mx {m[cell]:g} and ax "
            f"{a[cell]:g}; expected at most 1. Remedy: close the table at a younger age, or give ax"
        )
    lx = np.empty_like(m)
    lx[..., 0] = radix
    np.cumprod(1.0 - q[..., :-1], axis=-1, out=lx[..., 1:])
    lx[..., 1:] *= radix
    d = lx * q
    L = np.empty_like(m)
    L[..., :-1] = closed * lx[..., 1:] + a[..., :-1] * d[..., :-1]
    L[..., -1] = lx[..., -1] / m[..., -1]
    T = np.cumsum(L[..., ::-1], axis=-1)[..., ::-1]
    # after a group in which all die, nobody is left: e is then that of the rates alone, 1/m
    e = np.where(lx > 0, T / np.where(lx > 0, lx, 1.0), 1.0 / np.where(m > 0, m, np.inf))
    return LifeTable(m, a, q, lx, d, L, T, e, np.empty((*m.shape[:-1], 0)))


def _iterate_keyfitz(m: Array, table: LifeTable, n: Array, radix: float) -> LifeTable:
    """Repeat Keyfitz's step until nax stands still."""
    for _ in range(_KEYFITZ_STEPS):
        a = ax_keyfitz(table.dx, n, table.ax)
        moved = float(np.max(np.abs(a - table.ax)))
        table = _columns(m, a, n, radix)
        if moved < _KEYFITZ_TOLERANCE:
            return table
    raise ConvergenceError(
        f"Keyfitz's iteration still moves ax by {moved:.2g} years after {_KEYFITZ_STEPS} steps: "
        "the rates are too rough for it. Remedy: choose ax='greville' or smooth the rates"
    )


def _close(table: LifeTable, n: Array, open_age: float) -> tuple[LifeTable, Array]:
    """End the table at an earlier open age; T, and so every e, is kept."""
    ages = start_ages(n)
    at = np.flatnonzero(ages == open_age)
    if not at.size or at[0] == 0:
        raise DataError(
            f"open_age: {open_age:g} does not begin a group; expected one of {ages[1:].tolist()}"
        )
    last = int(at[0])
    cut = LifeTable(*(np.array(column[..., : last + 1]) for column in table))
    cut.mx[..., -1] = 1.0 / cut.ex[..., -1]
    cut.ax[..., -1] = cut.ex[..., -1]
    cut.qx[..., -1] = 1.0
    cut.dx[..., -1] = cut.lx[..., -1]
    cut.Lx[..., -1] = cut.Tx[..., -1]
    width = n[: last + 1].copy()
    width[-1] = np.inf
    return cut, width


def _survival_of_groups(Lx: Array, n: Array, radix: float) -> Array:
    """Sx, or an empty axis where the widths are not one step."""
    merged = n[1:] if n[0] == 1.0 and n.size > 2 and n[1] == 4.0 else n
    step = 5.0 if merged is not n else n[0]
    if merged is not n and n.size > 3 and n[2] != 5.0:
        return np.empty((*Lx.shape[:-1], 0))
    inner = merged[1:-1] if merged is not n else merged[:-1]
    if not bool(np.all(inner == step)):
        return np.empty((*Lx.shape[:-1], 0))
    return survival_ratio(Lx, l0=radix, width=n)
