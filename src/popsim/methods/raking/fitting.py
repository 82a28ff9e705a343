"""Iterative proportional fitting in any dimension, with a report of its convergence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import ConvergenceError, DataError, Problem, Problems
from popsim.methods._cells import FloatArray, cell, check_cells, check_shape, floats

__all__ = ["Fit", "ipf", "rake_to_parent"]

Margin = tuple[tuple[int, ...], FloatArray]

# Two margins are of one table when the totals they share agree to this share of the grand total.
CONSISTENT = 1e-8


class Fit(NamedTuple):
    """A fitted table and how the fit went.

    Parameters
    ----------
    table
        The fitted table, of the shape of the seed.
    iterations
        Rounds through all margins.
    max_error
        Largest absolute difference between a margin and the table's, in the table's unit.
    converged
        Whether `max_error` is within the tolerance.
    """

    table: FloatArray
    iterations: int
    max_error: float
    converged: bool


def ipf(
    seed: ArrayLike,
    margins: Sequence[tuple[tuple[int, ...], ArrayLike]],
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 10_000,
    on_failure: Literal["raise", "report"] = "raise",
) -> Fit:
    """Fit a table to margins, staying as near the seed as they allow.

    s: seed; m_k: margin over the axes A_k; t: fitted table.

    Parameters
    ----------
    seed
        Table of any shape, 0 or more. A zero stays a zero.
    margins
        Pairs of axes and totals: ``((0, 2), totals)`` holds the sums over every axis but 0 and 2,
        its array's axes in the order named. An empty tuple of axes is the grand total.
    tolerance
        Largest difference from a margin allowed, as a share of the grand total.
    max_iterations
        Rounds through all margins before giving up.
    on_failure
        ``"raise"`` a ConvergenceError, or ``"report"`` it in the result's `converged`.

    Returns
    -------
    Fit
        Named tuple of `table`, `iterations`, `max_error` and `converged`.

    Raises
    ------
    DataError
        If a cell is negative or missing, if margins contradict one another, or if a margin above
        zero stands over seed cells that are all zero: each with the cell named.
    ConvergenceError
        If the margins are not met after `max_iterations` rounds, which happens where the zeros of
        the seed make them impossible together.

    Notes
    -----
    Each round multiplies, margin by margin, t by m_k over the sums of t. The limit has the seed's
    odds ratios, and is the table nearest the seed in the sense of least information added.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency
    table when the expected marginal totals are known. Annals of Mathematical Statistics 11(4),
    427-444.

    Bishop, Y. M. M., Fienberg, S. E. and Holland, P. W. (1975). Discrete Multivariate Analysis,
    ch. 3.5. MIT Press.

    Examples
    --------
    >>> fit = ipf([[1, 2], [3, 4]], [((0,), [30, 70]), ((1,), [45, 55])])
    >>> fit.table.round(3)
    array([[11.42, 18.58],
           [33.58, 36.42]])
    >>> fit.converged
    True
    """
    table = floats(seed, "seed", minimum=0)
    checked = check_margins(table, margins)
    total = float(checked[0][1].sum()) if checked else float(table.sum())
    limit = tolerance * max(total, np.finfo(float).tiny)
    error, worst = largest_error(table, checked)
    rounds = 0
    while error > limit and rounds < max_iterations:
        for axes, totals in checked:
            table *= spread(quotient(totals, margin_of(table, axes)), axes, table.ndim)
        rounds += 1
        error, worst = largest_error(table, checked)
    converged = error <= limit
    if not converged and on_failure == "raise":
        raise ConvergenceError(
            Problem(
                "margins not met",
                where=worst,
                got=f"a difference of {error:.6g} after {rounds} rounds",
                expected=f"at most {limit:.6g}",
                remedy="look for zeros of the seed that make the margins impossible together, "
                "or allow more rounds",
            )
        )
    return Fit(table, rounds, error, converged)


def rake_to_parent(
    children: ArrayLike,
    parent: ArrayLike,
    *,
    axis: int = 0,
    totals: ArrayLike | None = None,
) -> FloatArray:
    """Scale children so that they add up to their parent, cell by cell.

    c: children; p: parent.

    Parameters
    ----------
    children
        Counts of people with the children on `axis`, e.g. (region, sex, age).
    parent
        Counts of the parent, the same shape without `axis`, e.g. (sex, age).
    axis
        Axis of the children.
    totals
        If given, the total of each child (region), kept as well: the table is then found by `ipf`.

    Returns
    -------
    FloatArray
        Children, of the shape given, whose sum over `axis` is the parent.

    Raises
    ------
    DataError
        If a cell is negative or missing, or the parent has people where no child has any.
    ConvergenceError
        If `totals` are given and cannot be met together with the parent.

    Notes
    -----
    c' = c p / sum(c) over the children; the children's shares in each cell are kept.

    References
    ----------
    Smith, S. K., Tayman, J. and Swanson, D. A. (2013). A Practitioner's Guide to State and Local
    Population Projections, ch. 10 (raking and controlling). Springer.

    Examples
    --------
    >>> rake_to_parent([[10.0, 20.0], [30.0, 20.0]], [44.0, 50.0])
    array([[11., 25.],
           [33., 25.]])
    """
    table = floats(children, "children", minimum=0)
    target = floats(parent, "parent", minimum=0)
    axis = axis % table.ndim
    others = tuple(i for i in range(table.ndim) if i != axis)
    check_shape(target, "parent", tuple(table.shape[i] for i in others), "children")
    margins: list[tuple[tuple[int, ...], ArrayLike]] = [(others, target)]
    if totals is None:
        checked = check_margins(table, margins, names=["parent"])
        ratio = quotient(checked[0][1], margin_of(table, others))
        return np.asarray(table * spread(ratio, others, table.ndim))
    return ipf(table, [((axis,), totals), *margins]).table


def check_margins(
    table: FloatArray,
    margins: Sequence[tuple[tuple[int, ...], ArrayLike]],
    names: Sequence[str] | None = None,
) -> list[Margin]:
    """Return margins with their axes in rising order, or raise DataError for what is impossible."""
    problems = Problems(DataError)
    checked: list[Margin] = []
    labels = list(names or [f"margin {k}" for k in range(len(margins))])
    for (axes, totals), name in zip(margins, labels, strict=True):
        array = np.array(totals, dtype=np.float64)
        axes = tuple(axes)
        inside = all(-table.ndim <= a < table.ndim for a in axes)
        order = tuple(a % table.ndim for a in axes) if inside else axes
        if not inside or len(set(order)) < len(order):
            problems.add("no such axes", where=name, got=axes, expected=f"of {table.ndim} axes")
            continue
        expected = tuple(table.shape[a] for a in order)
        if array.shape != expected:
            problems.add("shape does not join with the seed", where=name, got=array.shape,
                         expected=expected)  # fmt: skip
            continue
        check_cells(problems, array, name, minimum=0)
        checked.append((tuple(sorted(order)), np.transpose(array, np.argsort(order))))
    problems.raise_if_any()
    check_consistency(problems, checked, labels)
    check_structural_zeros(problems, table, checked, labels)
    problems.raise_if_any()
    return checked


def check_consistency(problems: Problems, margins: list[Margin], names: Sequence[str]) -> None:
    """Record each pair of margins whose shared totals differ."""
    for k, (axes_k, totals_k) in enumerate(margins):
        for j in range(k):
            axes_j, totals_j = margins[j]
            shared = tuple(a for a in axes_k if a in axes_j)
            one = margin_of(totals_k, tuple(axes_k.index(a) for a in shared))
            other = margin_of(totals_j, tuple(axes_j.index(a) for a in shared))
            gap = np.atleast_1d(np.abs(one - other))
            if gap.max() > CONSISTENT * max(totals_k.sum(), totals_j.sum()):
                at = tuple(int(i) for i in np.unravel_index(gap.argmax(), gap.shape))
                place = cell("their totals" + (f" over axes {shared}" if shared else ""),
                             at if shared else ())  # fmt: skip
                problems.add(
                    "margins contradict one another",
                    where=f"{names[j]} and {names[k]}, {place}",
                    got=f"{np.atleast_1d(other)[at]:.10g} and {np.atleast_1d(one)[at]:.10g}",
                    expected="equal totals",
                    remedy="scale one to the other, and say which is known better",
                )


def check_structural_zeros(
    problems: Problems, table: FloatArray, margins: list[Margin], names: Sequence[str]
) -> None:
    """Record each margin cell above zero over a seed that is zero throughout.

    A margin of zero empties its cells, so what another margin wants of them is wanted of nothing.
    """
    possible = table
    for axes, totals in margins:
        possible = possible * spread((totals > 0).astype(np.float64), axes, table.ndim)
    for (axes, totals), name in zip(margins, names, strict=True):
        empty = (margin_of(possible, axes) == 0) & (totals > 0)
        for place in np.argwhere(empty)[:5]:
            index = tuple(int(i) for i in place)
            problems.add(
                "total over a seed that is zero throughout",
                where=cell(name, index),
                got=f"{totals[index]:.10g}",
                expected="0, or a seed above 0",
                remedy="give the seed a value there (structural zeros stay zero)",
            )


def margin_of(table: FloatArray, axes: tuple[int, ...]) -> FloatArray:
    """Sum a table over every axis but `axes` (in rising order)."""
    others = tuple(i for i in range(table.ndim) if i not in axes)
    return np.asarray(table.sum(axis=others))


def spread(values: FloatArray, axes: tuple[int, ...], ndim: int) -> FloatArray:
    """Give a margin back the axes it lacks, each of length one."""
    return np.expand_dims(values, tuple(i for i in range(ndim) if i not in axes))


def quotient(totals: FloatArray, sums: FloatArray) -> FloatArray:
    """Divide margin by margin; an empty slice (sum 0) keeps factor 1, for its total is 0 too."""
    return np.divide(totals, sums, out=np.ones_like(sums), where=sums > 0)


def largest_error(table: FloatArray, margins: list[Margin]) -> tuple[float, str]:
    """Return the largest difference from a margin and the name of its cell."""
    error, worst = 0.0, ""
    for k, (axes, totals) in enumerate(margins):
        gap = np.abs(margin_of(table, axes) - totals)
        if float(gap.max()) > error:
            error = float(gap.max())
            at = np.unravel_index(gap.argmax(), gap.shape)
            worst = cell(f"margin {k}", tuple(int(i) for i in at))
    return error, worst
