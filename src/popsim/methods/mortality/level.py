"""Set a schedule of mortality to a given life expectancy."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from popsim.errors import DataError, Problems
from popsim.methods.lifetable import expectation_from_survival, life_table
from popsim.methods.lifetable._check import (
    Array,
    SexArgument,
    Width,
    check_positive,
    check_rates,
    float_array,
    report_cells,
)
from popsim.methods.lifetable.infant import Region
from popsim.methods.lifetable.table import A0, AxRule
from popsim.methods.mortality._solve import bisect_to, bracketed_root

__all__ = ["mortality_at_e0", "survival_at_e0"]

# Furthest rates a search may try. exp(-40) a year is nobody. A group's q passes 1 where m a > 1: at
# m = 2 for single ages (a = .5); in wider groups a is at least .97, and ln m is bounded at 0, as by
# Sevcikova et al. (2016).
_LOG_RATE_FLOOR = -40.0
_LOG_RATE_CEILING_SINGLE = float(np.log(1.99))
_LOG_RATE_CEILING = 0.0
# Bounds of ln m between which MortCast bisects, and the gap of e0 in years at which it stops
# (Sevcikova et al. 2016; package MortCast, function mortcast).
_MORTCAST_LOG_RATES = (-12.0, 0.0)
_MORTCAST_GAP = 0.01


def mortality_at_e0(
    standard: npt.ArrayLike,
    e0: npt.ArrayLike,
    *,
    sex: SexArgument,
    pattern: npt.ArrayLike | None = None,
    width: Width = None,
    a0: A0 = "andreev_kingkade",
    ax: AxRule = None,
    region: Region = "west",
    search: Literal["exact", "mortcast"] = "exact",
) -> Array:
    """Death rates with a given life expectancy at birth, by moving a standard along a pattern.

    Parameters
    ----------
    standard
        Death rates of the standard per person-year, (..., age), the last group open.
    e0
        Life expectancies wanted, in years; broadcasts against the leading axes of `standard`.
    pattern
        How fast the logarithm of each age's rate moves, (..., age), not negative, dimensionless:
        None moves all ages alike (proportional hazards); the b of Lee-Carter gives their model at
        a k found from e0; a rotated b, one row per e0, that of Li, Lee and Gerland.
    sex, width, a0, ax, region
        As in `popsim.methods.lifetable.life_table`. A sequence of sexes runs along the last
        leading axis.
    search
        ``exact``; or ``mortcast``, that package's bisection, which stops within .01 year: to
        reproduce its rates.

    Returns
    -------
    ndarray
        Death rates, (shape of e0 against the standard's leading axes, age).

    Raises
    ------
    DataError
        Where a rate is zero, negative or missing, or e0 cannot be reached along the pattern.

    Notes
    -----
    ln m(x) = ln m_s(x) + k b(x), with k such that e0(m) is as wanted, to about 1e-12 years. e0
    falls as k grows, so the root is one. Test: MortCast's coherent, rotated Lee-Carter for China
    (e0 75-84 and 78-87) to 1e-6 with ``search="mortcast"``.

    References
    ----------
    Sevcikova, H., Li, N., Kantorova, V., Gerland, P. & Raftery, A. E. (2016). Age-specific
    mortality and fertility rates for probabilistic population projections, in R. Schoen (ed.),
    *Dynamic Demographic Analysis*, pp. 285-310.

    Examples
    --------
    >>> standard = 0.00005 * np.exp(0.09 * np.arange(101.0))
    >>> m = mortality_at_e0(standard, [75.0, 85.0], sex="female")
    >>> life_table(m, sex="female").ex[:, 0].round(9)
    array([75., 85.])
    """
    m = check_positive(standard, "standard")
    log_standard = np.log(m)
    b = np.ones(m.shape[-1]) if pattern is None else check_rates(pattern, "pattern")
    if b.shape[-1] != m.shape[-1]:
        raise DataError(f"pattern: {b.shape[-1]} ages; the standard has {m.shape[-1]}")
    if not bool(np.all(np.any(b > 0, axis=-1))):
        raise DataError("pattern: no age moves; expected at least one above 0")
    target = check_rates(e0, "e0")
    lead = np.broadcast_shapes(target.shape, m.shape[:-1], b.shape[:-1])
    target = np.broadcast_to(target, lead)
    log_standard = np.broadcast_to(log_standard, (*lead, m.shape[-1]))
    b = np.broadcast_to(b, log_standard.shape)

    def rates(k: Array) -> Array:
        return np.asarray(np.exp(log_standard + k[..., None] * b))

    def gap(k: Array) -> Array:
        table = life_table(rates(k), sex=sex, width=width, a0=a0, ax=ax, region=region)
        return np.asarray(table.ex[..., 0] - target)

    if search == "mortcast":
        low, high = _mortcast_range(log_standard, b)
        return rates(bisect_to(gap, low, high, _MORTCAST_GAP))
    single = width is None and ax is None
    low, high = _range_of_k(
        log_standard, b, _LOG_RATE_CEILING_SINGLE if single else _LOG_RATE_CEILING
    )
    _check_reach(gap(high) + target, gap(low) + target, target)
    return rates(bracketed_root(gap, low, high))


def _range_of_k(log_m: Array, b: Array, limit: float) -> tuple[Array, Array]:
    """Lowest and highest k at which all rates stay between the floor and the ceiling."""
    ceiling = np.maximum(limit, log_m.max(axis=-1, keepdims=True))
    moving = b > 0
    speed = np.where(moving, b, 1.0)
    high = np.where(moving, (ceiling - log_m) / speed, np.inf).min(axis=-1)
    low = np.where(moving, (_LOG_RATE_FLOOR - log_m) / speed, -np.inf).max(axis=-1)
    return low, high


def _mortcast_range(log_m: Array, b: Array) -> tuple[Array, Array]:
    """K of the highest and of the lowest rates between which MortCast bisects."""
    least = np.where(b > 0, b, np.inf).min(axis=-1)
    low_rate, high_rate = _MORTCAST_LOG_RATES
    highest = (high_rate - log_m.max(axis=-1)) / b.max(axis=-1)
    return highest, (low_rate - log_m.min(axis=-1)) / least


def _check_reach(worst: Array, best: Array, target: Array) -> None:
    """Refuse life expectancies outside what the pattern can give."""
    problems = Problems(DataError)
    for bad, limit in ((target < worst, worst), (target > best, best)):
        for cell in np.argwhere(np.atleast_1d(bad))[:10]:
            index = tuple(int(i) for i in cell)
            side = "least" if limit is worst else "most"
            problems.add(
                "life expectancy out of reach of the standard and its pattern",
                where=f"e0{list(index)}",
                got=f"{np.atleast_1d(target)[index]:g}",
                expected=f"at {side} {np.atleast_1d(limit)[index]:.2f}",
                remedy="take a standard nearer to it, or a pattern that moves the oldest ages less",
            )
    problems.raise_if_any()


def survival_at_e0(standard: npt.ArrayLike, e0: npt.ArrayLike, *, step: float = 1.0) -> Array:
    """Survival ratios with a given life expectancy, from a standard known only by its ratios.

    Parameters
    ----------
    standard
        Survival ratios by the age reached, (..., group), the last open, all within (0, 1); see
        `popsim.methods.lifetable.survival_ratio`.
    e0
        Life expectancies wanted, in years; broadcasts against the leading axes of `standard`.
    step
        Width of the groups in years.

    Returns
    -------
    ndarray
        Survival ratios, (shape of e0 against the standard's leading axes, group).

    Raises
    ------
    DataError
        Where a ratio is not within (0, 1), or e0 cannot be reached.

    Notes
    -----
    S(x) = S_s(x)**k: the force of mortality between two groups is multiplied by k. No published
    number; tested as a property: the ratios returned have the e0 asked for, k = 1 gives the
    standard, and the ratios rise with e0 at every age.

    References
    ----------
    Proportional hazards; no source beyond the formula.

    Examples
    --------
    >>> standard = np.array([0.99, 0.998, 0.99, 0.9, 0.4])
    >>> expectation_from_survival(survival_at_e0(standard, [4.5, 5.0])).round(9)
    array([4.5, 5. ])
    """
    ratio = float_array(standard)
    problems = Problems(DataError)
    report_cells(
        problems,
        ~((ratio > 0) & (ratio < 1)),
        ratio,
        name="standard",
        what="survival ratio without deaths or without survivors",
        expected="within (0, 1)",
    )
    problems.raise_if_any()
    target = check_rates(e0, "e0")
    lead = np.broadcast_shapes(target.shape, ratio.shape[:-1])
    target = np.broadcast_to(target, lead)
    log_ratio = np.broadcast_to(np.log(ratio), (*lead, ratio.shape[-1]))

    def ratios(log_k: Array) -> Array:
        return np.asarray(np.exp(np.exp(log_k)[..., None] * log_ratio))

    def gap(log_k: Array) -> Array:
        return expectation_from_survival(ratios(log_k), step=step) - target

    low, high = np.full(lead, -12.0), np.full(lead, 4.0)
    _check_reach(gap(high) + target, gap(low) + target, target)
    return ratios(bracketed_root(gap, low, high))
