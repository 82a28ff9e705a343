"""Summary measures of fertility, and patterns that converge."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import DataError, Problem
from popsim.methods._cells import FloatArray, check_ages, check_broadcast, check_shape, floats

__all__ = ["converge_pattern", "grr", "mean_age", "nrr", "pattern", "tfr"]


def tfr(rates: ArrayLike, *, width: float = 1.0) -> FloatArray:
    """Total fertility rate: births per woman who lives through all the ages.

    Parameters
    ----------
    rates
        Births per woman-year (..., age), 0 or more.
    width
        Years of an age group.

    Returns
    -------
    FloatArray
        Births per woman (...,).

    Raises
    ------
    DataError
        If a rate is negative or missing.

    Notes
    -----
    TFR = n sum f(x).

    References
    ----------
    Preston, S. H., Heuveline, P. and Guillot, M. (2001). Demography, p. 95. Blackwell.

    Examples
    --------
    >>> float(tfr([0.01, 0.08, 0.1, 0.06, 0.02], width=5))
    1.35
    """
    return np.asarray(width * floats(rates, "rates", minimum=0).sum(axis=-1))


def mean_age(rates: ArrayLike, age: ArrayLike, *, width: float = 1.0) -> FloatArray:
    """Mean age at childbearing of a schedule.

    Parameters
    ----------
    rates
        Births per woman-year (..., age), 0 or more.
    age
        Lower ends of the age groups (age).
    width
        Years of an age group.

    Returns
    -------
    FloatArray
        Years (...,).

    Raises
    ------
    DataError
        If ages do not join, a rate is negative or missing, or a schedule is zero throughout.

    Notes
    -----
    Sum of (x + n / 2) f(x) over sum of f(x).

    References
    ----------
    Preston, S. H., Heuveline, P. and Guillot, M. (2001). Demography, p. 95-96. Blackwell.

    Examples
    --------
    >>> float(mean_age([0.1, 0.2, 0.1], [20, 25, 30], width=5))
    27.5
    """
    f = floats(rates, "rates", minimum=0)
    x = check_ages(age)
    check_shape(x, "age", f.shape[-1:], "rates")
    level = floats(f.sum(axis=-1), "rates, total", positive=True)
    return np.asarray((f * (x + width / 2)).sum(axis=-1) / level)


def grr(rates: ArrayLike, sex_ratio_at_birth: ArrayLike, *, width: float = 1.0) -> FloatArray:
    """Gross reproduction rate: daughters per woman who lives through all the ages.

    Parameters
    ----------
    rates
        Births per woman-year (..., age), 0 or more.
    sex_ratio_at_birth
        Boys per girl (...,), above 0.
    width
        Years of an age group.

    Returns
    -------
    FloatArray
        Daughters per woman (...,).

    Raises
    ------
    DataError
        If a cell is missing, a rate negative or a ratio not above 0.

    Notes
    -----
    GRR = TFR / (1 + s).

    References
    ----------
    Preston, S. H., Heuveline, P. and Guillot, M. (2001). Demography, p. 112. Blackwell.

    Examples
    --------
    >>> round(float(grr([0.01, 0.08, 0.1, 0.06, 0.02], 1.05, width=5)), 4)
    0.6585
    """
    ratio = floats(sex_ratio_at_birth, "sex_ratio_at_birth", positive=True)
    births = tfr(rates, width=width)
    check_broadcast(rates=births.shape, sex_ratio_at_birth=ratio.shape)
    return np.asarray(births / (1 + ratio))


def nrr(
    rates: ArrayLike,
    Lx: ArrayLike,
    sex_ratio_at_birth: ArrayLike,
    *,
    radix: float = 1.0,
) -> FloatArray:
    """Net reproduction rate: daughters per woman born, under her chances of living.

    f: fertility rate; L: women-years of the life table in the age group; l0: radix; s: boys per
    girl.

    Parameters
    ----------
    rates
        Births per woman-year (..., age), 0 or more.
    Lx
        Person-years lived by women in each age group (..., age), so n times the survivors in a
        group of n years.
    sex_ratio_at_birth
        Boys per girl (...,), above 0.
    radix
        Births of the life table.

    Returns
    -------
    FloatArray
        Daughters per woman (...,).

    Raises
    ------
    DataError
        If ages do not join, a cell is missing, or one is out of bounds.

    Notes
    -----
    NRR = sum f(x) L(x) / [l0 (1 + s)].

    References
    ----------
    Preston, S. H., Heuveline, P. and Guillot, M. (2001). Demography, p. 113. Blackwell.

    Examples
    --------
    >>> asfr = [2e-05, 0.009, 0.1, 0.18, 0.19, 0.11, 0.03]
    >>> round(float(nrr(asfr, [4.61, 4.55, 4.48, 4.39, 4.3, 4.18, 4.03], 1.057)), 2)
    1.3
    """
    f = floats(rates, "rates", minimum=0)
    lived = floats(Lx, "Lx", minimum=0)
    check_shape(lived[..., :], "Lx", (*lived.shape[:-1], f.shape[-1]), "rates")
    ratio = floats(sex_ratio_at_birth, "sex_ratio_at_birth", positive=True)
    check_broadcast(rates=f.shape[:-1], Lx=lived.shape[:-1], sex_ratio_at_birth=ratio.shape)
    if not radix > 0:
        raise DataError(Problem("radix is not above 0", "radix", str(radix)))
    return np.asarray((f * lived).sum(axis=-1) / (radix * (1 + ratio)))


def pattern(rates: ArrayLike, *, width: float = 1.0) -> FloatArray:
    """Age pattern of fertility: a schedule brought to a TFR of 1.

    Parameters
    ----------
    rates
        Births per woman-year (..., age), 0 or more, not all zero.
    width
        Years of an age group.

    Returns
    -------
    FloatArray
        Rates (..., age) whose ``width * sum`` is 1.

    Raises
    ------
    DataError
        If a rate is negative or missing, or a schedule is zero throughout.

    Notes
    -----
    By definition: rates over their TFR. No published number; tested as a property (sum of 1).

    Examples
    --------
    >>> pattern([0.02, 0.05, 0.03])
    array([0.2, 0.5, 0.3])
    """
    f = floats(rates, "rates", minimum=0)
    level = floats(tfr(f, width=width), "rates, total", positive=True)
    return np.asarray(f / level[..., np.newaxis])


def converge_pattern(
    start: ArrayLike,
    target: ArrayLike,
    years: ArrayLike,
    *,
    convergence_years: float,
    width: float = 1.0,
) -> FloatArray:
    """Age patterns on their way from one schedule to another.

    p0, p1: patterns at the start and in the end; t: years since the start; w: weight of p1.

    Parameters
    ----------
    start, target
        Rates or patterns (..., age); only their shapes count.
    years
        Years since the start (period), 0 or more.
    convergence_years
        Years after which the target is reached and kept.
    width
        Years of an age group.

    Returns
    -------
    FloatArray
        Patterns (..., period, age), each with a TFR of 1.

    Raises
    ------
    DataError
        If ages do not join, a cell is missing or negative, or the time is not above 0.

    Notes
    -----
    p(t) = (1 - w) p0 + w p1, w = min(t / T, 1). The mean age moves evenly from the one to the
    other.

    References
    ----------
    Sevcikova, H., Li, N., Kantorova, V., Gerland, P. and Raftery, A. E. (2016). Age-specific
    mortality and fertility rates for probabilistic population projections. In Dynamic Demographic
    Analysis, p. 285-310 (convergence to a global pattern). Springer.

    Examples
    --------
    >>> converge_pattern([2, 1, 1], [1, 1, 2], [0, 10, 30], convergence_years=20)
    array([[0.5  , 0.25 , 0.25 ],
           [0.375, 0.25 , 0.375],
           [0.25 , 0.25 , 0.5  ]])
    """
    first, last = pattern(start, width=width), pattern(target, width=width)
    check_shape(last, "target", first.shape, "start")
    t = floats(years, "years", minimum=0, ndim=1)
    if not convergence_years > 0:
        raise DataError(
            Problem("no time to converge in", "convergence_years", f"{convergence_years}")
        )
    w = np.minimum(t / convergence_years, 1.0)[:, np.newaxis]
    return np.asarray((1 - w) * first[..., np.newaxis, :] + w * last[..., np.newaxis, :])
