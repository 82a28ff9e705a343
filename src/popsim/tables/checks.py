"""Checks of labelled arrays and typed frames; each adds its faults and goes on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import xarray as xr

from popsim.errors import Problems
from popsim.tables.declaration import Addition, ArrayTable

__all__ = ["check_additions", "check_limits"]

#: Faults of one kind listed one by one in one table; the rest are counted in a last line.
SHOWN = 20
#: Remedy for an empty cell.
FILL = "write what was published, with its source"


def check_limits(
    value: float,
    *,
    where: str,
    minimum: float | None,
    maximum: float | None,
    problems: Problems,
    what: str = "value",
) -> None:
    """Refuse a number outside its limits.

    Parameters
    ----------
    value
        In canonical units.
    where
        Its place.
    minimum, maximum
        Limits, both allowed; None for no limit.
    problems
        Receives the fault.
    what
        What the number is.

    Examples
    --------
    >>> problems = Problems()
    >>> check_limits(-5, where="a.csv:3", minimum=0, maximum=None, problems=problems, what="count")
    >>> print(problems.items[0])
    a.csv:3: negative count; got -5; expected 0 or more
    """
    if minimum is not None and value < minimum:
        word = f"negative {what}" if minimum == 0 else f"{what} too small"
        problems.add(word, where=where, got=f"{value:g}", expected=f"{minimum:g} or more")
    if maximum is not None and value > maximum:
        problems.add(
            f"{what} too large", where=where, got=f"{value:g}", expected=f"{maximum:g} or less"
        )


def check_additions(
    name: str,
    table: ArrayTable,
    arrays: Mapping[str, xr.DataArray],
    problems: Problems,
    *,
    unread: Collection[str] = (),
) -> None:
    """Refuse an array whose declared sums do not hold.

    Parameters
    ----------
    name, table
        The table and what it declares in ``adds_to``.
    arrays
        All arrays of the case that could be read.
    problems
        Receives one fault for every sum that differs, with its labels.
    unread
        Tables that have faults of their own: nothing is compared with them.

    Notes
    -----
    For ``adds_to: {over: [d], value: v}`` every sum over d is v; for ``table: t`` it is the cell of
    t with the same labels, compared on the labels that both have.
    """
    for addition in table.adds_to:
        if addition.table in unread:
            continue
        array = arrays[name]
        unknown = [d for d in addition.over if d not in array.dims]
        if unknown or (addition.table is None) == (addition.value is None):
            problems.add(
                "adds_to cannot be meant",
                where=f"{table.file} (table {name})",
                got=addition.model_dump(exclude_defaults=True),
                expected="dims of the table in `over`, and either `table` or `value`",
            )
            continue
        total = array.sum(addition.over)
        other = _counterpart(addition, total, arrays)
        if other is None:
            problems.add(
                "adds_to names an unknown table, or one with other dims",
                where=f"{table.file} (table {name})",
                got=addition.table,
                expected=f"an array with dims {', '.join(map(str, total.dims))}",
            )
            continue
        total, other = xr.align(total, other, join="inner")
        _compare(name, table.file, addition, total, other, problems)


def _counterpart(
    addition: Addition, total: xr.DataArray, arrays: Mapping[str, xr.DataArray]
) -> xr.DataArray | None:
    """What the sum is compared with: a constant, or another table of the same dims."""
    if addition.table is None:
        return xr.full_like(total, addition.value)
    other = arrays.get(addition.table)
    if other is None or set(other.dims) != set(total.dims):
        return None
    return other.transpose(*total.dims)


def _compare(
    name: str,
    file: str,
    addition: Addition,
    total: xr.DataArray,
    other: xr.DataArray,
    problems: Problems,
) -> None:
    """Add a fault for every cell in which the two differ by more than the tolerance."""
    if total.size == 0:
        problems.add("adds_to has no label in common", where=f"{file} (table {name})")
        return
    gap = np.abs(total.values - other.values)
    wrong = np.argwhere(~(gap <= addition.tolerance))
    against = f"table {addition.table}" if addition.table else "the declared value"

    def at(cell: tuple[int, ...]) -> str:
        return label_text(
            total.dims, [total[d].to_numpy()[i] for d, i in zip(total.dims, cell, strict=True)]
        )

    for index in wrong[:SHOWN]:
        cell = tuple(int(i) for i in index)
        labels = at(cell)
        problems.add(
            f"does not add up over {', '.join(addition.over)}",
            where=f"{file} ({labels})" if labels else file,
            got=f"{float(total.values[cell]):.10g}",
            expected=f"{float(other.values[cell]):.10g} ({against})",
            remedy="correct the cell that is wrong; nothing is scaled",
        )
    if len(wrong):
        last = at(tuple(int(i) for i in wrong[-1]))
        rest(len(wrong), "sums that do not hold", file, problems, last=last)


def label_text(dims: Sequence[object], labels: Sequence[object]) -> str:
    """``region=330402, year=2020`` for messages."""
    return ", ".join(f"{d}={v}" for d, v in zip(dims, labels, strict=True))


def rest(count: int, what: str, where: str, problems: Problems, *, last: str) -> None:
    """Say how many faults of one kind were not listed, and which is the last of them."""
    if count > SHOWN:
        problems.add(f"and {count - SHOWN} more {what}, the last {last}", where=where)
