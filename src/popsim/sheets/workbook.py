"""The planning tables as one workbook, and as CSV that Excel opens with Chinese intact."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from popsim.labels import catalogue, definition, label, phrase
from popsim.sheets.paper import A4, rows_shown, set_up_page, sheets_of, shown_first, told_shown
from popsim.sheets.source import RunTables, read_run_tables
from popsim.sheets.tables import TABLES, planning_tables

__all__ = ["write_csv", "write_workbook"]

# A workbook carries its date of creation; a fixed one keeps the bytes the same.
CREATED = datetime(2020, 1, 1)
WIDEST = 46
# Height of a line of the body in points.
LINE = 14.0
# Height of a row that nobody set.
ROW = 15.0
CONTENTS = (16, 90)


def write_workbook(
    run_folder: Path | str,
    path: Path | str | None = None,
    lang: str = "zh",
    *,
    years: Sequence[int] | None = None,
) -> Path:
    """Write the 14 planning tables of a run as sheets of one workbook.

    Parameters
    ----------
    run_folder
        The run folder.
    path
        File to write; ``tables.xlsx`` in the run folder where not given.
    lang
        ``"zh"`` or ``"en"``.
    years
        Years shown; 2020, 2025, 2030 and 2035 as far as the run holds them.

    Returns
    -------
    Path
        The workbook. The same run gives the same bytes.
    """
    run = read_run_tables(run_folder, years=years)
    target = Path(path) if path is not None else Path(run_folder) / "tables.xlsx"
    frames = planning_tables(run, lang)
    with xlsxwriter.Workbook(str(target), {"nan_inf_to_errors": False}) as book:
        book.set_properties({"created": CREATED, "title": _title(run, lang)})
        styles = _styles(book)
        sheets = [(n, part) for n, whole in frames.items() for part in sheets_of(n, whole, lang)]
        _contents(book, styles, sheets, run, lang)
        for number, frame in sheets:
            _sheet(book, styles, number, frame, lang, shown_first(frame, run, lang))
    return target


def write_csv(
    run_folder: Path | str,
    folder: Path | str,
    lang: str = "zh",
    *,
    years: Sequence[int] | None = None,
) -> list[Path]:
    """Write the 14 planning tables as CSV files, each with its notes and source below.

    Parameters
    ----------
    run_folder, lang, years
        As in `write_workbook`.
    folder
        Folder to write into; made where it does not exist.

    Returns
    -------
    list[Path]
        The files, UTF-8 with BOM.
    """
    run = read_run_tables(run_folder, years=years)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    files = []
    for number, frame in planning_tables(run, lang).items():
        path = target / f"table_{number:02d}_{TABLES[number].__name__.removesuffix('_table')}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(frame.columns)
            writer.writerows([["" if _empty(v) else v for v in row] for row in _rows(frame)])
            writer.writerows([[note] for note in [*frame.attrs["notes"], frame.attrs["source"]]])
        files.append(path)
    return files


def _title(run: RunTables, lang: str) -> str:
    manifest = run.manifest or {}
    title = manifest.get("title") or manifest.get("name") or "popsim"
    return str(title.get(lang, "popsim")) if isinstance(title, dict) else str(title)


def _rows(frame: pd.DataFrame) -> list[list[Any]]:
    return [list(row) for row in frame.astype(object).itertuples(index=False, name=None)]


def _empty(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def _styles(book: Any) -> dict[str, Any]:
    font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
    edge = {"border": 1, "border_color": "#c9d1d9"}
    return {
        "title": book.add_format({**font, "font_size": 14, "bold": True}),
        "note": book.add_format(
            {**font, "font_size": 9, "font_color": "#57606a", "text_wrap": True}
        ),
        "hint": book.add_format({**font, "font_size": 9, "font_color": "#8a5a00"}),
        "head": book.add_format(
            {
                **font,
                **edge,
                "bold": True,
                "text_wrap": True,
                "bg_color": "#e3eef7",
                "align": "center",
            }
        ),
        "text": book.add_format({**font, **edge}),
        "long": book.add_format({**font, **edge, "text_wrap": True}),
        "number": book.add_format({**font, **edge, "num_format": "#,##0.00"}),
        "count": book.add_format({**font, **edge, "num_format": "#,##0"}),
        "whole": book.add_format({**font, **edge, "num_format": "0"}),
        "link": book.add_format({**font, "font_color": "#0b5394", "underline": 1}),
        "missing": book.add_format({**font, **edge, "italic": True, "font_color": "#8a5a00"}),
    }


def _width(value: Any) -> int:
    text = f"{value:,.2f}" if isinstance(value, float) else str(value)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _sheet_name(number: int, title: str) -> str:
    # A workbook allows 31 characters and none of these in the name of a sheet.
    plain = "".join(" " if c in "[]:*?/\\" else c for c in title)
    return " ".join(f"{number:02d} {plain}".split())[:31]


def _contents(
    book: Any,
    styles: dict[str, Any],
    sheets: Sequence[tuple[int, pd.DataFrame]],
    run: RunTables,
    lang: str,
) -> None:
    page = book.add_worksheet(label("table.contents", lang))
    page.hide_gridlines(2)
    for column, width in enumerate(CONTENTS):
        page.set_column(column, column, width)
    page.write(0, 0, phrase("report.title", lang, name=_title(run, lang)), styles["title"])
    intro = [label("table.unit_note", lang), label("report.subtitle", lang)]
    _notes(page, styles, intro, 1, CONTENTS)
    for row, (number, frame) in enumerate(sheets, start=4):
        title = frame.attrs["title"]
        page.write(row, 0, phrase("table.number", lang, n=number), styles["note"])
        page.write_url(row, 1, f"internal:'{_sheet_name(number, title)}'!A1", styles["link"], title)
    row = 6 + len(sheets)
    for scenario in run.scenarios:
        page.write(row, 0, run.scenario_name(scenario, lang), styles["note"])
        page.write(row, 1, _meaning(run, scenario, lang), styles["note"])
        row += 1
    _notes(page, styles, [run.source(lang)], row + 1, CONTENTS)
    page.set_paper(A4)
    page.fit_to_pages(1, 0)


def _meaning(run: RunTables, scenario: str, lang: str) -> str:
    """Full title of a scenario, and what the catalogue says of it."""
    key = f"scenario.{scenario}"
    about = definition(key, lang) if key in catalogue() else ""
    joiner = "：" if lang == "zh" else ": "
    return joiner.join(filter(None, [run.scenario_name(scenario, lang, short=False), about]))


def _sheet(
    book: Any,
    styles: dict[str, Any],
    number: int,
    frame: pd.DataFrame,
    lang: str,
    shown: dict[str, str],
) -> None:
    page = book.add_worksheet(_sheet_name(number, frame.attrs["title"]))
    page.hide_gridlines(2)
    title = f"{phrase('table.number', lang, n=number)}  {frame.attrs['title']}"
    page.write(0, 0, title, styles["title"])
    top = 2
    rows = _rows(frame)
    widths: list[float] = []
    for column, name in enumerate(frame.columns):
        page.write(top, column, name, styles["head"])
        values = [row[column] for row in rows]
        size = max([_width(v) for v in values if not _empty(v)] + [_width(name) / 2 + 2, 6])
        widths.append(min(size + 2, WIDEST))
        page.set_column(column, column, widths[-1])
        numbers = [v for v in values if isinstance(v, float) and not _empty(v)]
        count = bool(numbers) and all(v.is_integer() for v in numbers)
        for row, value in enumerate(values, start=top + 1):
            _cell(page, styles, row, column, value, count=count)
    bottom = top + len(rows)
    passes = rows_shown(frame, shown)
    height = 0.0
    for row, (cells, seen) in enumerate(zip(rows, passes, strict=True), start=top + 1):
        lines = max((_lines(v, w) for v, w in zip(cells, widths, strict=True)), default=1)
        height += max(LINE * lines, ROW) if seen else 0.0
        if lines > 1 or not seen:
            page.set_row(row, LINE * lines, None, {} if seen else {"hidden": True})
    page.set_row(top, 32)
    if len(rows) > 1:
        page.autofilter(top, 0, bottom, len(frame.columns) - 1)
        page.freeze_panes(top + 1, 1)
    if shown:
        page.write(1, 0, told_shown(frame, shown, lang), styles["hint"])
        for header, kept in shown.items():
            blanks = ["Blanks"] if any(_empty(v) or v == "" for v in frame[header]) else []
            page.filter_column_list(frame.columns.get_loc(header), [kept, *blanks])
    notes = [frame.attrs["source"], *frame.attrs["notes"]]
    height += ROW + _notes(page, styles, notes, bottom + 2, widths)
    set_up_page(page, widths, top, height)


def _lines(value: Any, width: float) -> int:
    """Lines that a text takes in a column of a width."""
    if not isinstance(value, str) or _width(value) <= WIDEST:
        return 1
    return -int(-_width(value) // (0.92 * width))


def _notes(
    page: Any, styles: dict[str, Any], notes: Sequence[str], top: int, widths: Sequence[float]
) -> float:
    """Sentences below a table, each wrapped over the table's width; their height in points."""
    last = max(len(widths) - 1, 1)
    room = max(sum(widths), 40.0)
    heights = [13.5 * (1 + int(_width(note) // (1.05 * room))) for note in notes]
    for row, (note, height) in enumerate(zip(notes, heights, strict=True), start=top):
        page.merge_range(row, 0, row, last, note, styles["note"])
        page.set_row(row, height)
    return sum(heights)


def _cell(
    page: Any, styles: dict[str, Any], row: int, column: int, value: Any, *, count: bool
) -> None:
    """One cell, its form by what it holds."""
    if _empty(value):
        page.write_blank(row, column, None, styles["text"])
    elif isinstance(value, str):
        long = _width(value) > WIDEST
        page.write_string(row, column, value, styles["long" if long else "text"])
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, styles["text"])
    elif isinstance(value, int) or hasattr(value, "bit_length"):
        page.write_number(row, column, int(value), styles["whole"])
    else:
        page.write_number(row, column, float(value), styles["count" if count else "number"])
