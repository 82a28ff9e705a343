"""Complete tables -> labelled arrays: every combination of the declared labels, exactly once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from popsim.errors import DataError, Problem, Problems
from popsim.tables.checks import FILL, SHOWN, check_limits, label_text, rest
from popsim.tables.declaration import ArrayTable, Declaration, LabelReference, Labels
from popsim.tables.frames import check_columns, extra_units, grade, split_sources
from popsim.tables.rows import Rows
from popsim.tables.units import COUNT_UNITS, parse_number, unit_of

__all__ = ["build_array", "dim_coords", "normalise"]


def dim_coords(
    dim: str,
    form: str | Sequence[int] | Sequence[str] | Labels | LabelReference,
    declaration: Declaration,
    frames: Mapping[str, pd.DataFrame],
) -> dict[str, xr.DataArray]:
    """Coordinates of one dim: its labels and whatever goes with them.

    Parameters
    ----------
    dim
        Name of the dim.
    form
        As declared: a name under ``labels:``, a list, a range, or a column of a frame.
    declaration, frames
        Of the case.

    Returns
    -------
    dict of str to xarray.DataArray
        The dim itself; auxiliary columns; ``age_width``-like widths where the last label is open.

    Raises
    ------
    DataError
        Where the form names nothing.
    """
    if isinstance(form, str):
        if form not in declaration.labels:
            known = ", ".join(declaration.labels)
            raise DataError(Problem("unknown labels", "", form, known, "declare under `labels:`"))
        return dim_coords(dim, declaration.labels[form], declaration, frames)
    if isinstance(form, LabelReference):
        return _referenced(dim, form, frames)
    values: NDArray[np.generic]
    is_open = False
    if isinstance(form, Labels):
        is_open = form.open
        if (form.labels is None) == (form.first is None or form.last is None):
            expected = "`labels`, or `first` and `last`"
            raise DataError(Problem("labels not understood", "", str(dim), expected))
        if form.labels is not None:
            values = np.array(form.labels)
        else:
            assert form.first is not None and form.last is not None
            values = np.arange(form.first, form.last + 1)
    else:
        values = np.array(form)
    coords = {dim: xr.DataArray(values, dims=dim)}
    if is_open:
        widths = np.append(np.diff(values.astype(np.float64)), np.inf)
        coords[f"{dim}_width"] = xr.DataArray(widths, dims=dim, attrs={"units": "year"})
    return coords


def _referenced(
    dim: str, form: LabelReference, frames: Mapping[str, pd.DataFrame]
) -> dict[str, xr.DataArray]:
    """Coordinates from a column of a frame, in the order of its rows."""
    frame = frames.get(form.table)
    wanted = [form.column, *form.coords.values(), *form.where]
    if frame is None or any(column not in frame for column in wanted):
        raise DataError(Problem("labels from an unknown table or column", "", str(wanted)))
    for column, words in form.where.items():
        frame = frame[frame[column].isin(words)]
    return {
        name: xr.DataArray(np.array(frame[column].tolist()), dims=dim)
        for name, column in {dim: form.column, **form.coords}.items()
    }


def build_array(
    name: str,
    table: ArrayTable,
    rows: Rows,
    declaration: Declaration,
    frames: Mapping[str, pd.DataFrame],
    problems: Problems,
) -> xr.DataArray | None:
    """One labelled array from the rows of a table.

    Parameters
    ----------
    name, table
        The table and what is declared of it.
    rows
        Its text: one column for each dim, ``value``, ``source``; ``unit`` and ``note`` by choice.
    declaration, frames
        Of the case.
    problems
        Receives unknown labels, missing and repeated cells, wrong numbers, units and limits.

    Returns
    -------
    xarray.DataArray or None
        float64, dims in the declared order, canonical units; None where the table has faults.
    """
    before = len(problems.items)
    check_columns(
        rows, [*table.dims, "value", "unit", "source", "note"], [*table.dims, "value", "source"],
        problems,
    )  # fmt: skip
    place = declaration.places.get(f"tables.{name}", table.file)
    coords: dict[str, xr.DataArray] = {}
    for dim, form in table.dims.items():
        try:
            coords |= dim_coords(dim, form, declaration, frames)
        except DataError as error:
            problems.add(str(error), where=place)
    more = extra_units(declaration)
    try:
        canonical, _ = unit_of(table.unit, more)
    except DataError as error:
        problems.add(str(error), where=place)
    if len(problems.items) > before:
        return None
    values = _fill(table, rows, coords, more, canonical, problems)
    if len(problems.items) > before:
        return None
    keys = sorted({key for _, cells in rows.lines for key in split_sources(cells["source"])})
    attrs = {
        "units": canonical,
        "long_name": table.long_name,
        "source": "; ".join(keys),
        "source_grade": max((grade(key, declaration) for key in keys), default=""),
        "file": rows.name,
        "sha256": rows.sha256,
        "method": _method(table),
    }
    return xr.DataArray(values, coords=coords, dims=tuple(table.dims), name=name, attrs=attrs)


def normalise(table: ArrayTable, array: xr.DataArray) -> xr.DataArray:
    """Divide by the sum over the declared dims; without such dims, the array itself.

    Parameters
    ----------
    table, array
        A table and its array, already checked.

    Returns
    -------
    xarray.DataArray
        Adds up to one over ``normalise_over``.
    """
    if not table.normalise_over:
        return array
    out: xr.DataArray = array / array.sum(table.normalise_over)
    out.attrs = array.attrs
    out.name = array.name
    return out


def _fill(
    table: ArrayTable,
    rows: Rows,
    coords: Mapping[str, xr.DataArray],
    more: Mapping[str, tuple[str, Decimal]],
    canonical: str,
    problems: Problems,
) -> NDArray[np.float64]:
    """Values in place; every cell must be met exactly once."""
    position = {
        dim: {str(label): i for i, label in enumerate(coords[dim].to_numpy())} for dim in table.dims
    }
    shape = tuple(len(position[dim]) for dim in table.dims)
    values = np.full(shape, np.nan)
    line_of = np.zeros(shape, dtype=np.int64)
    signed = table.signed or canonical not in COUNT_UNITS
    minimum = table.minimum if table.minimum is not None or signed else 0.0
    for line, cells in rows.lines:
        where = f"{rows.name}:{line}"
        index = _index(cells, position, where, problems)
        if index is None:
            continue
        if line_of[index]:
            got = label_text(list(table.dims), [cells[dim] for dim in table.dims])
            expected = f"once; first in line {line_of[index]}"
            problems.add("duplicate row", where=where, got=got, expected=expected)
            continue
        line_of[index] = line
        value = _value(table, cells, canonical, more, f"{where} (column value)", problems)
        if value is not None:
            what = "count" if canonical in COUNT_UNITS else "value"
            check_limits(
                value, where=f"{where} (column value)", minimum=minimum, maximum=table.maximum,
                problems=problems, what=what,
            )  # fmt: skip
            values[index] = value
    _missing(table, rows, coords, line_of, problems)
    return values


def _index(
    cells: dict[str, str],
    position: Mapping[str, Mapping[str, int]],
    where: str,
    problems: Problems,
) -> tuple[int, ...] | None:
    """Place of a row in the array, or None with a fault for every unknown label."""
    index = []
    for dim, known in position.items():
        if cells[dim] in known:
            index.append(known[cells[dim]])
            continue
        labels = list(known)
        shown = ", ".join(labels) if len(labels) <= 12 else f"{labels[0]}, .., {labels[-1]}"
        what = f"unknown {dim}" if cells[dim] else "missing cell"
        problems.add(what, where=f"{where} (column {dim})", got=cells[dim], expected=shown)
    return tuple(index) if len(index) == len(position) else None


def _value(
    table: ArrayTable,
    cells: dict[str, str],
    canonical: str,
    more: Mapping[str, tuple[str, Decimal]],
    where: str,
    problems: Problems,
) -> float | None:
    """Number of one cell in the canonical unit, transformed as declared."""
    if not cells["value"]:
        problems.add(
            "missing cell", where=where, expected="a number; nothing is filled in", remedy=FILL
        )
        return None
    word = cells.get("unit") or table.unit
    try:
        number = parse_number(cells["value"])
        unit, factor = unit_of(word, more)
    except DataError as error:
        first = error.problems[0]
        problems.items.append(Problem(first.what, where, first.got, first.expected, first.remedy))
        return None
    if unit != canonical:
        problems.add("unit of another kind", where=where, got=word, expected=canonical)
        return None
    exact = number * factor
    return float(1 - exact) if table.transform == "one_minus" else float(exact)


def _missing(
    table: ArrayTable,
    rows: Rows,
    coords: Mapping[str, xr.DataArray],
    line_of: NDArray[np.int64],
    problems: Problems,
) -> None:
    """Refuse combinations of labels that no row has, with the line after which they belong."""
    absent = np.flatnonzero(line_of == 0)
    flat = line_of.ravel()

    def told(cell: int) -> tuple[str, str]:
        """Line after which a cell belongs, and its labels."""
        index = np.unravel_index(cell, line_of.shape)
        labels = [coords[dim].to_numpy()[i] for dim, i in zip(table.dims, index, strict=True)]
        earlier = flat[:cell][flat[:cell] > 0]
        line = int(earlier[-1]) if earlier.size else 1
        return f"{rows.name}:{line} (after this line)", label_text(list(table.dims), labels)

    for cell in absent[:SHOWN]:
        where, labels = told(cell)
        problems.add(
            "missing row",
            where=where,
            expected=labels,
            remedy="every combination of the declared labels must be there",
        )
    if absent.size:
        where, labels = told(absent[-1])
        rest(absent.size, "missing rows", where, problems, last=labels)


def _method(table: ArrayTable) -> str:
    """What was done to the printed figures, in words."""
    done = []
    if table.transform == "one_minus":
        done.append("1 minus the printed figure")
    if table.normalise_over:
        done.append(f"divided by the sum over {', '.join(table.normalise_over)}")
    return "; ".join(done) or "as published"
