"""Differences of crude rates of people classified in several ways at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import DataError, Problem, Problems
from popsim.methods._cells import FloatArray, check_shape, floats, refuse
from popsim.methods.decomposition.factors import DasGupta, das_gupta

__all__ = ["cross_classified", "structure_factors"]


def structure_factors(counts: ArrayLike) -> tuple[FloatArray, ...]:
    """Turn cross-classified counts into one factor for each classification.

    N: counts; P_S: shares of the margin over the classifications S.

    Parameters
    ----------
    counts
        People (class 1, class 2, ..), e.g. (race, age), none of whose margins is empty.

    Returns
    -------
    tuple of FloatArray
        One factor for each axis, each of the shape of `counts`; their product is the share of
        each cell.

    Raises
    ------
    DataError
        If a count is negative or missing, or a margin is empty: the cell is named.

    Notes
    -----
    With two axes, the factor of the first is sqrt(P_1 P_12 / P_2): the mean, in logs, of its share
    alone and its share given the other. With more axes the mean is over all orders in which the
    axes may be brought in.

    References
    ----------
    Das Gupta, P. (1993). Standardization and Decomposition of Rates, ch. 5.

    Examples
    --------
    >>> race, age = structure_factors([[30.0, 20.0], [40.0, 10.0]])
    >>> (race * age).round(10)
    array([[0.3, 0.2],
           [0.4, 0.1]])
    """
    table = floats(counts, "counts", minimum=0)
    axes = range(table.ndim)
    margins = {}
    problems = Problems(DataError)
    for size in range(table.ndim + 1):
        for kept in combinations(axes, size):
            others = tuple(a for a in axes if a not in kept)
            margin = np.asarray(table.sum(axis=others, keepdims=True))
            if size < table.ndim:
                refuse(problems, margin, margin == 0, "nobody in a margin",
                       name=f"counts, margin over axes {kept}", expected="above 0")  # fmt: skip
            margins[frozenset(kept)] = margin
    problems.raise_if_any()
    factors = []
    for axis in axes:
        rest = [a for a in axes if a != axis]
        factor = np.ones_like(table)
        for size in range(len(rest) + 1):
            weight = 1 / (table.ndim * comb(len(rest), size))
            for kept in combinations(rest, size):
                given = frozenset(kept)
                factor = factor * (margins[given | {axis}] / margins[given]) ** weight
        factors.append(factor)
    return tuple(factors)


def cross_classified(
    counts1: ArrayLike,
    rates1: ArrayLike,
    counts2: ArrayLike,
    rates2: ArrayLike,
    *,
    names: Sequence[str],
) -> DasGupta:
    """Tell apart a difference of crude rates into each classification and the cells' rates.

    Parameters
    ----------
    counts1, counts2
        People (class 1, class 2, ..), e.g. (race, age).
    rates1, rates2
        Rates of the same cells.
    names
        A name for each axis; ``"rate"`` is the name of the cells' rates.

    Returns
    -------
    DasGupta
        `effects` and `standardised` rates by name, and the `total` difference.

    Raises
    ------
    DataError
        If shapes differ, a cell is missing or negative, a margin is empty, or names do not name
        the axes.

    Notes
    -----
    The rates' effect is that of `kitagawa` over all cells. The structure's is split by the factors
    of `structure_factors`, each cell weighted by the mean of its two rates.

    References
    ----------
    Das Gupta, P. (1993). Standardization and Decomposition of Rates, ch. 5.

    Examples
    --------
    >>> parts = cross_classified(
    ...     [[30, 20], [40, 10]], [[5, 1], [4, 1]], [[25, 25], [30, 20]], [[4, 1], [4, 1]],
    ...     names=["race", "age"],
    ... )
    >>> {name: round(float(effect), 4) for name, effect in parts.effects.items()}
    {'race': 0.0044, 'age': -0.4794, 'rate': -0.275}
    """
    tables = [floats(counts1, "counts1", minimum=0), floats(counts2, "counts2", minimum=0)]
    rates = [floats(rates1, "rates1"), floats(rates2, "rates2")]
    for name, array in (("counts2", tables[1]), ("rates1", rates[0]), ("rates2", rates[1])):
        check_shape(array, name, tables[0].shape, "counts1")
    if len(set(names)) != tables[0].ndim or len(names) != tables[0].ndim or "rate" in names:
        raise DataError(
            Problem("names do not name the axes", "names", str(list(names)),
                    f"{tables[0].ndim} different names, none of them 'rate'")
        )  # fmt: skip
    mean = (rates[0] + rates[1]) / 2
    structures = [dict(zip(names, structure_factors(table), strict=True)) for table in tables]

    def weighted(factors: Mapping[str, FloatArray]) -> FloatArray:
        return np.asarray(np.sum(mean * np.prod(list(factors.values()), axis=0)))

    found = das_gupta(structures[0], structures[1], weighted)
    weights = [table / table.sum() for table in tables]
    middle = (weights[0] + weights[1]) / 2
    pair = (np.asarray(np.sum(middle * rates[0])), np.asarray(np.sum(middle * rates[1])))
    effects = {**found.effects, "rate": np.asarray(pair[1] - pair[0])}
    total = np.sum(weights[1] * rates[1]) - np.sum(weights[0] * rates[0])
    return DasGupta(effects, {**found.standardised, "rate": pair}, np.asarray(total))
