"""Irregular long tables: typed columns, a unique key, values in canonical units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from popsim.errors import DataError, Problem, Problems
from popsim.tables.checks import FILL, check_limits
from popsim.tables.declaration import Column, Declaration, FrameTable
from popsim.tables.rows import Rows
from popsim.tables.units import parse_number, unit_of

__all__ = ["build_frame", "check_references", "check_sources", "split_sources"]

#: Columns every table may have beside the declared ones.
COMMON = {"source": Column(), "note": Column(optional=True)}
_TRUTH = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def build_frame(
    table: FrameTable,
    rows: Rows,
    declaration: Declaration,
    problems: Problems,
) -> pd.DataFrame:
    """Type a table's text; every cell that cannot be is a fault.

    Parameters
    ----------
    table
        What is declared of it.
    rows
        Its text.
    declaration
        Of the case: units and sources.
    problems
        Receives unknown and missing columns, missing cells, repeated keys, wrong numbers and units.

    Returns
    -------
    pandas.DataFrame
        Columns in the order of the file, then ``line`` (of the file), ``source_grade`` (the worst
        of the row's sources) and ``as_published`` (text and unit, where a unit column exists).
        Numbers are in canonical units and the unit column names these.
    """
    columns = {**table.columns, **{k: v for k, v in COMMON.items() if k not in table.columns}}
    check_columns(rows, list(columns), [n for n, c in columns.items() if not c.optional], problems)
    more = extra_units(declaration)
    records: list[dict[str, Any]] = []
    for line, cells in rows.lines:
        record: dict[str, Any] = {}
        for name, column in columns.items():
            if name in cells:
                where = f"{rows.name}:{line} (column {name})"
                record[name] = _cell(name, column, cells, where, more, problems)
        for name, column in columns.items():
            _name_unit(name, column, cells, record, more)
        record["line"] = line
        record["source_grade"] = grade(cells.get("source", ""), declaration)
        records.append(record)
    frame = pd.DataFrame.from_records(records) if records else _empty(columns)
    _check_key(table, records, list(columns), rows, problems)
    return frame


def _empty(columns: Mapping[str, Column]) -> pd.DataFrame:
    """A table of no rows (a register yet to be filled) with the columns and types of a full one."""
    kinds = {"text": "object", "integer": "int64", "number": "float64", "boolean": "bool"}
    types = {name: kinds[column.type] for name, column in columns.items()}
    if any(column.unit_column for column in columns.values()):
        types["as_published"] = "object"
    types |= {"line": "int64", "source_grade": "object"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def check_columns(rows: Rows, known: list[str], needed: list[str], problems: Problems) -> None:
    """Refuse unknown columns and ask for missing ones."""
    for column in rows.header:
        if column not in known:
            expected = ", ".join(known)
            problems.add("unknown column", where=f"{rows.name}:1", got=column, expected=expected)
    for column in needed:
        if column not in rows.header:
            problems.add("missing column", where=f"{rows.name}:1", expected=column)


def extra_units(declaration: Declaration) -> Mapping[str, tuple[str, Decimal]]:
    """Unit words of the case."""
    return {
        word: (unit.canonical, parse_number(unit.factor))
        for word, unit in declaration.units.items()
    }


def split_sources(text: str) -> list[str]:
    """Keys in a source cell: one, or several parted by semicolons.

    Examples
    --------
    >>> split_sources("census_2010; census_2020")
    ['census_2010', 'census_2020']
    """
    return [part.strip() for part in text.split(";") if part.strip()]


def grade(text: str, declaration: Declaration) -> str:
    """Worst grade among the sources of a row."""
    known = [declaration.sources[k].grade for k in split_sources(text) if k in declaration.sources]
    return max(known, default="")


def check_sources(rows: Rows, declaration: Declaration, problems: Problems) -> None:
    """Refuse rows without a source, or with one that is not declared.

    Parameters
    ----------
    rows
        Text of a table.
    declaration
        Of the case.
    problems
        Receives one fault for every such row.
    """
    for line, cells in rows.lines:
        keys = split_sources(cells.get("source", ""))
        if not keys and "source" in rows.header:
            problems.add("row without a source", where=f"{rows.name}:{line} (column source)")
        for key in keys:
            if key not in declaration.sources:
                problems.add(
                    "unknown source",
                    where=f"{rows.name}:{line} (column source)",
                    got=key,
                    remedy="declare it under `sources:`, or correct the key",
                )


def check_references(
    declaration: Declaration,
    frames: Mapping[str, pd.DataFrame],
    problems: Problems,
) -> None:
    """Refuse values that the table they refer to does not know (regions, above all).

    Parameters
    ----------
    declaration
        Of the case.
    frames
        All frames that could be read.
    problems
        Receives one fault for every unknown value.
    """
    for name, table in declaration.tables.items():
        if not isinstance(table, FrameTable) or name not in frames:
            continue
        for column, spec in table.columns.items():
            if spec.refers_to is None or column not in frames[name]:
                continue
            target, _, target_column = spec.refers_to.partition(".")
            if target not in frames or target_column not in frames[target]:
                place = declaration.places.get(f"tables.{name}", name)
                problems.add("refers_to names no column", where=place, got=spec.refers_to)
                continue
            known = set(frames[target][target_column])
            for value, line in zip(frames[name][column], frames[name]["line"], strict=True):
                if isinstance(value, str) and value and value not in known:
                    problems.add(
                        f"unknown {column}",
                        where=f"{table.file}:{line} (column {column})",
                        got=value,
                        expected=f"a {target_column} of table {target}",
                    )


def _cell(
    name: str,
    column: Column,
    cells: dict[str, str],
    where: str,
    more: Mapping[str, tuple[str, Decimal]],
    problems: Problems,
) -> Any:
    """Value of one cell, or None with a fault."""
    text = cells[name]
    if not text:
        if not column.optional and name != "source":
            problems.add("missing cell", where=where, remedy=FILL)
        return "" if column.type == "text" else None
    if column.words is not None and text not in column.words:
        problems.add("unknown word", where=where, got=text, expected=" | ".join(column.words))
        return None
    if column.type == "text":
        return text
    if column.type == "boolean":
        if text.lower() not in _TRUTH:
            problems.add("not a truth value", where=where, got=text, expected="true | false")
        return _TRUTH.get(text.lower())
    try:
        number = parse_number(text)
        word = cells.get(column.unit_column, "") if column.unit_column else column.unit
        factor = unit_of(word, more)[1] if word is not None else Decimal(1)
    except DataError as error:
        first = error.problems[0]
        problems.items.append(Problem(first.what, where, first.got, first.expected, first.remedy))
        return None
    if column.type == "integer" and number != number.to_integral_value():
        problems.add("not a whole number", where=where, got=text)
        return None
    value = float(number * factor)
    signed = any(cells.get(key) in words for key, words in column.signed_where.items())
    check_limits(
        value,
        where=where,
        minimum=None if signed else column.minimum,
        maximum=column.maximum,
        problems=problems,
        what=name,
    )
    return int(number) if column.type == "integer" else value


def _name_unit(
    name: str,
    column: Column,
    cells: dict[str, str],
    record: dict[str, Any],
    more: Mapping[str, tuple[str, Decimal]],
) -> None:
    """Put the canonical unit in the unit column and keep what was printed."""
    if column.unit_column is None or record.get(name) is None:
        return
    word = cells.get(column.unit_column, "")
    record[column.unit_column] = unit_of(word, more)[0]
    record["as_published"] = f"{cells[name]} {word}"


def _check_key(
    table: FrameTable,
    records: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    rows: Rows,
    problems: Problems,
) -> None:
    """Refuse two rows with the same key."""
    lost = [column for column in table.key if column not in columns]
    if lost:
        problems.add("key names no column", where=rows.name, got=", ".join(lost))
        return
    first: dict[tuple[Any, ...], int] = {}
    for record in records:
        values = (record.get(column) for column in table.key)
        key, line = tuple("" if value is None else value for value in values), record["line"]
        if key in first:
            problems.add(
                "duplicate row",
                where=f"{rows.name}:{line}",
                got=", ".join(f"{c}={v}" for c, v in zip(table.key, key, strict=True)),
                expected=f"once; first in line {first[key]}",
            )
        first.setdefault(key, line)
