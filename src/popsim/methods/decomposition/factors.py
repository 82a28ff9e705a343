"""Differences of rates that are formulas of factors: Kitagawa and Das Gupta."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import DataError, Problem
from popsim.methods._cells import FloatArray, check_shape, floats

__all__ = [
    "DasGupta",
    "Kitagawa",
    "das_gupta",
    "kitagawa",
]

RateFunction = Callable[[Mapping[str, FloatArray]], ArrayLike]

# 2 to the power of this many evaluations of the rate
MAX_FACTORS = 16


class Kitagawa(NamedTuple):
    """A difference of two crude rates, by group.

    Parameters
    ----------
    composition
        Part due to the groups' shares (..., group).
    rate
        Part due to the groups' rates (..., group).
    total
        Difference of the crude rates (...,): the sum of both parts over the groups.
    """

    composition: FloatArray
    rate: FloatArray
    total: FloatArray


class DasGupta(NamedTuple):
    """A difference of two rates, by factor.

    Parameters
    ----------
    effects
        Part of the difference due to each factor, by name; they add up to `total`.
    standardised
        For each factor the rates of the first and the second population, had they differed in
        this factor alone.
    total
        Rate of the second population less that of the first.
    """

    effects: dict[str, FloatArray]
    standardised: dict[str, tuple[FloatArray, FloatArray]]
    total: FloatArray


def kitagawa(
    composition1: ArrayLike, rates1: ArrayLike, composition2: ArrayLike, rates2: ArrayLike
) -> Kitagawa:
    """Tell apart a difference of crude rates into composition and rates.

    C: share of a group; M: rate of a group; 1, 2: the two populations.

    Parameters
    ----------
    composition1, composition2
        People, or their shares, by group (..., group); turned into shares here.
    rates1, rates2
        Rates by group (..., group).

    Returns
    -------
    Kitagawa
        Parts by group, and the difference (second less first).

    Raises
    ------
    DataError
        If groups do not join, a count is negative or missing, or there is nobody.

    Notes
    -----
    Composition: (C2 - C1) (M1 + M2) / 2. Rates: (M2 - M1) (C1 + C2) / 2. No interaction is left.

    References
    ----------
    Kitagawa, E. M. (1955). Components of a difference between two rates. Journal of the American
    Statistical Association 50(272), 1168-1194.

    Preston, S. H., Heuveline, P. and Guillot, M. (2001). Demography, p. 28-30. Blackwell.

    Examples
    --------
    >>> parts = kitagawa([60, 40], [10.0, 30.0], [50, 50], [12.0, 30.0])
    >>> [round(float(part.sum()), 10) for part in parts]
    [1.9, 1.1, 3.0]
    """
    share1, share2 = shares(composition1, "composition1"), shares(composition2, "composition2")
    first, second = floats(rates1, "rates1"), floats(rates2, "rates2")
    for name, array in (("composition2", share2), ("rates1", first), ("rates2", second)):
        check_shape(array, name, share1.shape, "composition1")
    composition = (share2 - share1) * (first + second) / 2
    rate = (second - first) * (share1 + share2) / 2
    total = np.sum(share2 * second, axis=-1) - np.sum(share1 * first, axis=-1)
    return Kitagawa(np.asarray(composition), np.asarray(rate), np.asarray(total))


def das_gupta(
    factors1: Mapping[str, ArrayLike],
    factors2: Mapping[str, ArrayLike],
    rate: RateFunction | None = None,
) -> DasGupta:
    """Tell apart a difference of rates into the effects of any number of factors.

    R: the rate, a function of factors a, b, ..; 1, 2: the two populations.

    Parameters
    ----------
    factors1, factors2
        Factors by name, the same names in both: numbers, or arrays of one shape (cell).
    rate
        Function of a mapping of factors to the rate: a number, or an array where effects by cell
        are wanted. By default the sum over the cells of the product of all factors.

    Returns
    -------
    DasGupta
        `effects` by factor, `standardised` rates by factor, and the `total` difference.

    Raises
    ------
    DataError
        If names or shapes differ, a value is missing, the rate is not finite, or there are more
        than 16 factors.

    Notes
    -----
    The effect of a is the mean of R(a2, ..) - R(a1, ..) over the populations the other factors may
    be taken from, a set of s of the P - 1 others being weighted by s! (P - 1 - s)! / P!. The
    effects add up exactly, whatever R, and hang on no order of the factors.

    References
    ----------
    Das Gupta, P. (1993). Standardization and Decomposition of Rates: A User's Manual. U.S. Bureau
    of the Census, Current Population Reports P23-186, ch. 2-4.

    Examples
    --------
    Mean earnings of black and white men, United States 1980 (Das Gupta 1993, example 2.1):

    >>> black = {"earnings": 10930, "earners": 0.717892}
    >>> white = {"earnings": 16591, "earners": 0.825974}
    >>> {name: round(float(e), 3) for name, e in das_gupta(black, white).effects.items()}
    {'earnings': 4369.913, 'earners': 1487.262}
    """
    names = list(factors1)
    if set(names) != set(factors2) or not names or len(names) > MAX_FACTORS:
        raise DataError(
            Problem("factors do not join", "factors2", str(sorted(factors2)), str(sorted(names)),
                    f"give both populations the same factors, 1 to {MAX_FACTORS} of them")
        )  # fmt: skip
    values = [
        {name: floats(table[name], f"{label}[{name}]") for name in names}
        for label, table in (("factors1", factors1), ("factors2", factors2))
    ]
    for name in names:
        check_shape(values[1][name], f"factors2[{name}]", values[0][name].shape, "factors1")
    rated = evaluate_all(values[0], values[1], rate or product_sum)
    everyone = frozenset(names)
    effects, standardised = {}, {}
    for name in names:
        others = [other for other in names if other != name]
        pair = [np.zeros_like(rated[everyone]) for _ in range(2)]
        for size in range(len(others) + 1):
            weight = 1 / (len(names) * comb(len(others), size))
            for chosen in combinations(others, size):
                second = frozenset(chosen)
                pair[0] = pair[0] + weight * rated[second]
                pair[1] = pair[1] + weight * rated[second | {name}]
        standardised[name] = (pair[0], pair[1])
        effects[name] = np.asarray(pair[1] - pair[0])
    return DasGupta(effects, standardised, np.asarray(rated[everyone] - rated[frozenset()]))


def shares(counts: ArrayLike, name: str) -> FloatArray:
    """Return counts as shares of their last axis, or raise DataError where there is nobody."""
    table = floats(counts, name, minimum=0)
    total = table.sum(axis=-1, keepdims=True)
    floats(total, f"{name}, total", positive=True)
    return np.asarray(table / total)


def product_sum(factors: Mapping[str, FloatArray]) -> FloatArray:
    """Sum the product of all factors over the cells."""
    product = np.ones(())
    for values in factors.values():
        product = product * values
    return np.asarray(product.sum())


def evaluate_all(
    first: Mapping[str, FloatArray], second: Mapping[str, FloatArray], rate: RateFunction
) -> dict[frozenset[str], FloatArray]:
    """Rate every choice of factors, keyed by the names taken from the second population."""
    rated = {}
    for size in range(len(first) + 1):
        for chosen in combinations(first, size):
            mixed = {name: (second if name in chosen else first)[name] for name in first}
            value = np.asarray(rate(mixed), dtype=np.float64)
            if not np.all(np.isfinite(value)):
                where = f"rate with {', '.join(chosen) or 'no factor'} of the second population"
                raise DataError(Problem("rate is not finite", where, str(value), "a number"))
            rated[frozenset(chosen)] = value
    return rated
