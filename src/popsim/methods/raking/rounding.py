"""Rounding of a table to whole people that keeps its totals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import ArrayLike

from popsim.errors import ConvergenceError, DataError, Problem
from popsim.methods._cells import FloatArray, floats

__all__ = ["controlled_rounding"]

# A cell this near a whole number is that number: the noise of sums of doubles, not a fraction.
WHOLE = 1e-9


def controlled_rounding(
    table: ArrayLike,
    *,
    margins: Sequence[tuple[int, ...]] | None = None,
    base: int = 1,
) -> FloatArray:
    """Round a table to multiples of `base` so that its totals are rounded too, not broken.

    Every cell, and every total kept, becomes one of the two multiples next to it, so what is
    whole already stays as it is.

    Parameters
    ----------
    table
        Table of any shape; cells may be negative (net migration).
    margins
        The totals kept, each as the axes it runs over: ``[(0,), (1,)]`` keeps the totals of rows
        and of columns. By default the nested totals: grand total, totals over the first axis,
        over the first two, and so on. The grand total is always kept.
    base
        Rounding base.

    Returns
    -------
    FloatArray
        Whole multiples of `base`, as floats, of the shape of `table`.

    Raises
    ------
    DataError
        If a cell is missing, the base is below one, or an axis does not exist.
    ConvergenceError
        If the totals asked for cannot be kept together (possible from three crossed axes on).

    Notes
    -----
    Nested totals are rounded from the top down, each family by largest remainders. Crossed totals
    are a transportation problem: choose which cells go up so that every total is one of its two
    neighbours and the sum of |rounded - true| is least. With two crossed margins a solution
    always exists (Causey, Cox and Ernst 1985).

    References
    ----------
    Cox, L. H. and Ernst, L. R. (1982). Controlled rounding. INFOR 20(4), 423-432.

    Causey, B. D., Cox, L. H. and Ernst, L. R. (1985). Applications of transportation theory to
    statistical problems. Journal of the American Statistical Association 80(392), 903-909.

    Examples
    --------
    >>> controlled_rounding([[0.5, 1.5], [1.5, 0.5]], margins=[(0,), (1,)]).sum(axis=0)
    array([2., 2.])
    >>> controlled_rounding([1.4, 1.4, 1.2])
    array([2., 1., 1.])
    """
    values = floats(table, "table")
    if base < 1:
        raise DataError(Problem("rounding base below one", "base", str(base), "1 or more"))
    units = values / base
    near = np.round(units)
    units = np.where(np.abs(units - near) <= WHOLE * np.maximum(1, np.abs(near)), near, units)
    if margins is None:
        return round_nested(units) * base
    kept = {tuple(sorted(a % max(values.ndim, 1) for a in axes)) for axes in margins}
    if any(not -values.ndim <= a < values.ndim for axes in margins for a in axes):
        raise DataError(
            Problem("no such axes", "margins", str(list(margins)), f"of {values.ndim} axes")
        )
    return round_crossed(units, sorted(kept | {()})) * base


def round_nested(units: FloatArray) -> FloatArray:
    """Round from the grand total down, axis by axis."""
    rounded = np.asarray(round_whole(np.asarray(units.sum())))
    for axis in range(units.ndim):
        level = units.sum(axis=tuple(range(axis + 1, units.ndim)))
        rounded = largest_remainders(np.asarray(level), rounded)
    return rounded


def round_whole(value: FloatArray) -> FloatArray:
    """Round to the nearest whole number, a half upward."""
    return np.floor(snapped(value) + 0.5)


def snapped(values: FloatArray) -> FloatArray:
    """Take sums that are whole but for the noise of doubles as whole."""
    near = np.round(values)
    return np.where(np.abs(values - near) <= WHOLE * np.maximum(1, np.abs(near)), near, values)


def largest_remainders(values: FloatArray, totals: FloatArray) -> FloatArray:
    """Round the last axis so that it adds up to `totals`; the largest fractions go up."""
    values = snapped(values)
    low = np.floor(values)
    ups = np.round(totals - low.sum(axis=-1))
    order = np.argsort(-(values - low), axis=-1, kind="stable")
    rank = np.argsort(order, axis=-1, kind="stable")
    return np.asarray(low + (rank < ups[..., np.newaxis]))


def round_crossed(units: FloatArray, margins: list[tuple[int, ...]]) -> FloatArray:
    """Choose the cells that go up so that every margin is one of its two neighbours."""
    low = np.floor(units)
    part = (units - low).ravel()
    rows, lower, upper = [], [], []
    index = np.arange(units.size).reshape(units.shape)
    for axes in margins:
        others = tuple(i for i in range(units.ndim) if i not in axes)
        group = np.zeros(units.shape, dtype=np.intp)
        for axis in axes:
            along = np.arange(units.shape[axis])
            shape = tuple(-1 if i == axis else 1 for i in range(units.ndim))
            group = group * units.shape[axis] + along.reshape(shape)
        count = int(group.max()) + 1
        ones = np.ones(units.size)
        rows.append(
            scipy.sparse.csr_array(
                (ones, (group.ravel(), index.ravel())), shape=(count, units.size)
            )
        )
        total = np.atleast_1d(snapped(np.asarray(units.sum(axis=others)))).ravel()
        base = np.atleast_1d(low.sum(axis=others)).ravel()
        lower.append(np.floor(total) - base)
        upper.append(np.ceil(total) - base)
    solution = scipy.optimize.milp(
        1 - 2 * part,
        integrality=np.ones(units.size, dtype=np.int64),
        bounds=scipy.optimize.Bounds(np.zeros(units.size), np.ceil(part)),
        constraints=scipy.optimize.LinearConstraint(
            scipy.sparse.vstack(rows).tocsr(), np.concatenate(lower), np.concatenate(upper)
        ),
    )
    if solution.x is None:
        raise ConvergenceError(
            Problem(
                "totals cannot be kept together",
                where=f"margins {margins}",
                got=str(solution.message),
                remedy="keep fewer crossed margins, or nested ones",
            )
        )
    return np.asarray(low + np.round(solution.x).reshape(units.shape))
