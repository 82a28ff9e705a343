"""Tidy CSV: one row for each value, one column for each dim."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import xarray as xr

from popsim.errors import DataError, Problems
from popsim.tables.cells import Cell, Missing, parse_age, to_array
from popsim.tables.rows import read_rows
from popsim.tables.units import parse_number, unit_of

__all__ = ["read_tidy"]

SEX = {"f": "female", "female": "female", "女": "female", "女性": "female",
       "m": "male", "male": "male", "男": "male", "男性": "male"}  # fmt: skip
MEASURED = ("value", "unit", "units", "source", "note")


def read_tidy(
    path: str | Path,
    *,
    dims: Sequence[str] | None = None,
    value: str = "value",
    units: str | None = None,
    missing: Missing = "raise",
    signed: bool = False,
) -> xr.DataArray:
    r"""Read a tidy CSV file into one array.

    Parameters
    ----------
    path
        UTF-8 (with or without mark) or GB 18030. Columns: the dims, `value`, and perhaps ``unit``,
        ``source``, ``note``.
    dims
        Columns that are dims, in the order wanted; None: all but `value`, unit, source and note.
    value
        Column of the values.
    units
        Unit word of all values (``人``, ``万人``, ``%``); None: the column ``unit`` or ``units``.
    missing
        What an empty cell or an absent combination means: ``raise`` or ``nan``.
    signed
        Whether values may be below 0.

    Returns
    -------
    xarray.DataArray
        In canonical units (persons, not ten-thousands); `age` may be printed ``85+`` or ``0-4``,
        `sex` as f/m, female/male or 女/男. `year` and `age` are whole numbers, other labels text.

    Raises
    ------
    DataError
        Columns missing, several units, text for numbers, and what `to_array` refuses, each with
        file and line.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "pop.csv"
    >>> text = "sex,age,year,value,unit\nm,0+,2020,2.1,万人\nf,0+,2020,2,万人\n"
    >>> _ = file.write_text(text, "utf-8")
    >>> read_tidy(file)["sex"].values.tolist(), read_tidy(file).values.ravel().tolist()
    (['female', 'male'], [20000.0, 21000.0])
    """
    path, problems = Path(path), Problems(DataError)
    rows = read_rows(path, problems)
    problems.raise_if_any()
    if rows is None:
        raise DataError(f"{path.name}: nothing can be read")
    chosen = list(dims) if dims else [c for c in rows.header if c not in (*MEASURED, value)]
    column = next((c for c in ("unit", "units") if c in rows.header), None)
    for name in [*chosen, value]:
        if name not in rows.header:
            problems.add("missing column", where=f"{path.name}:1", got=", ".join(rows.header),
                         expected=name)  # fmt: skip
    if units is None and column is None:
        problems.add("no unit", where=f"{path.name}:1", remedy="give units=, or a column unit")
    problems.raise_if_any()
    cells: list[Cell] = []
    widths: dict[int, float] = {}
    canonical: set[str] = set()
    for line, row in rows.lines:
        where = f"{path.name}:{line}"
        labels = [_label(name, row[name], where, widths, problems) for name in chosen]
        number = float("nan")
        try:
            word = units or row[column or ""]
            unit, factor = unit_of(word)
            canonical.add(unit)
            if row[value]:
                number = float(parse_number(row[value]) * factor)
        except DataError as error:
            fault = error.problems[0]
            problems.add(fault.what, where=where, got=fault.got, remedy=fault.remedy)
        known = tuple(label for label in labels if label is not None)
        if len(known) == len(chosen):
            cells.append(Cell(where, known, number))
    if len(canonical) > 1:
        problems.add("several units", where=path.name, got=", ".join(sorted(canonical)))
        problems.raise_if_any()
    sources = sorted({row["source"] for _, row in rows.lines if row.get("source")})
    attrs = {"units": "".join(canonical), "long_name": value, "source": path.name,
             "sha256": rows.sha256, "sources": "; ".join(sources)}  # fmt: skip
    return to_array(cells, chosen, problems, name=path.stem, attrs=attrs, age_width=widths,
                    missing=missing, signed=signed)  # fmt: skip


def _label(
    dim: str, text: str, where: str, widths: dict[int, float], problems: Problems
) -> str | int | None:
    """Label of a cell; None where it cannot be read."""
    if not text:
        problems.add("empty label", where=where, got=dim)
    elif dim == "sex":
        if text.lower() not in SEX:
            problems.add("not a sex", where=where, got=text, expected="female or male")
        return SEX.get(text.lower(), text)
    elif dim == "age":
        group = parse_age(text)
        if group is None:
            problems.add("not an age", where=where, got=text, expected="0, 0-4 or 85+")
            return None
        widths[group.age] = group.width
        return group.age
    elif dim in ("year", "period"):
        if not text.isdigit():
            problems.add("not a year", where=where, got=text)
            return None
        return int(text)
    return text
