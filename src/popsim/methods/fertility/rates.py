"""Fertility rates from births and women."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import DataError, Problems
from popsim.methods._cells import FloatArray, check_shape, floats, refuse

__all__ = ["rates_from_births", "rates_from_total_births"]


def rates_from_births(
    births: ArrayLike, women: ArrayLike, *, unknown: ArrayLike = 0.0, years: float = 1.0
) -> FloatArray:
    """Fertility rates from births by age of mother.

    B: births by age of mother; U: births with her age unknown; W: women.

    Parameters
    ----------
    births
        Births by age of mother (..., age), 0 or more.
    women
        Women (..., age) at the middle of the time the births were counted in.
    unknown
        Births with the mother's age unknown (...,), spread over the ages as the known.
    years
        Years the births were counted in.

    Returns
    -------
    FloatArray
        Births per woman-year (..., age).

    Raises
    ------
    DataError
        If shapes do not join, a cell is missing or negative, there are births to no women, or
        only births with the age unknown (then use `rates_from_total_births`).

    Notes
    -----
    f(x) = B(x) (1 + U / sum B) / (n W(x)); 0 where there are neither births nor women.

    References
    ----------
    Preston, S. H., Heuveline, P. and Guillot, M. (2001). Demography, p. 93-94. Blackwell.

    Examples
    --------
    >>> rates_from_births([10, 30, 20], [400, 500, 500], unknown=6)
    array([0.0275, 0.066 , 0.044 ])
    """
    b = floats(births, "births", minimum=0)
    w = floats(women, "women", minimum=0)
    check_shape(w, "women", b.shape, "births")
    lost = floats(unknown, "unknown", minimum=0)
    if lost.ndim or lost > 0:  # a count is never repeated
        check_shape(lost, "unknown", b.shape[:-1], "births")
    total = b.sum(axis=-1)
    problems = Problems(DataError)
    refuse(problems, b, (b > 0) & (w == 0), "births to no women", name="births",
           expected="0, or women of that age")  # fmt: skip
    spread = np.broadcast_to(lost, total.shape)
    if np.any((total == 0) & (spread > 0)):
        problems.add("no birth has the mother's age", where="births", expected="some known",
                     remedy="use rates_from_total_births with a pattern")  # fmt: skip
    if not years > 0:
        problems.add("no time to count births in", where="years", got=years)
    problems.raise_if_any()
    factor = 1 + np.divide(spread, total, out=np.zeros(total.shape), where=total > 0)
    known = np.divide(b, w, out=np.zeros_like(b), where=w > 0)
    return np.asarray(known * factor[..., np.newaxis] / years)


def rates_from_total_births(
    births: ArrayLike, women: ArrayLike, pattern: ArrayLike, *, years: float = 1.0
) -> FloatArray:
    """Fertility rates where no mother's age is known, by a borrowed age pattern.

    B: births; W: women; p: pattern.

    Parameters
    ----------
    births
        Births (...,), 0 or more.
    women
        Women (..., age) at the middle of the time the births were counted in.
    pattern
        Age pattern of fertility (age) or (..., age), of any level: a region's, a model's.
    years
        Years the births were counted in.

    Returns
    -------
    FloatArray
        Births per woman-year (..., age), proportional to the pattern, that give the births.

    Raises
    ------
    DataError
        If shapes do not join, a cell is missing or negative, or there are births but no women of
        the pattern's ages.

    Notes
    -----
    f(x) = p(x) B / (n sum over y of p(y) W(y)): indirect standardisation.

    References
    ----------
    Preston, S. H., Heuveline, P. and Guillot, M. (2001). Demography, ch. 2. Blackwell.

    Examples
    --------
    >>> rates_from_total_births(66.0, [400, 500, 500], [1, 2, 1]).round(4)
    array([0.0347, 0.0695, 0.0347])
    """
    b = floats(births, "births", minimum=0)
    w = floats(women, "women", minimum=0)
    p = floats(pattern, "pattern", minimum=0)
    check_shape(w, "women", (*b.shape, w.shape[-1] if w.ndim else 0), "births")
    check_shape(p, "pattern", w.shape if p.ndim > 1 else w.shape[-1:], "women")
    expected = np.asarray((p * w).sum(axis=-1))
    problems = Problems(DataError)
    refuse(problems, b, (b > 0) & (expected == 0), "births but no women of the pattern's ages",
           name="births", expected="0, or women of those ages")  # fmt: skip
    if not years > 0:
        problems.add("no time to count births in", where="years", got=years)
    problems.raise_if_any()
    level = np.divide(b, years * expected, out=np.zeros(b.shape), where=expected > 0)
    return np.asarray(level[..., np.newaxis] * p)
