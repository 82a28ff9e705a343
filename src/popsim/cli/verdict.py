"""The verdict as a table a mayor could read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from popsim.labels import label, label_or, without_brackets, wrap

__all__ = [
    "missed",
    "number_text",
    "of_first_scenario",
    "print_table",
    "say",
    "show_verdict",
    "truth",
]

Row = Mapping[str, Any]
_SHARES = {"share", "1", "percent_of_1"}
_PEOPLE = {"person", "persons", "人"}
_READING = ("boundary", "definition", "scenario")
_COLUMNS = (*_READING, "value", "met", "gap", "first_year_met", "probability")
_RIGHT = {"value", "gap", "first_year_met", "probability"}
# Cells of a line where the terminal does not say; what does not fit is folded, never cut.
_WIDTH = 118
_HEADS = {"probability": "col.probability_short"}
_STYLES = {True: "green", False: "red", None: "dim"}


def truth(value: object) -> bool | None:
    """Yes, no, or not said, whatever a table made of it."""
    return {"True": True, "False": False}.get(str(value))


def missed(rows: Iterable[Row]) -> bool:
    """Whether a target is missed; one that cannot be computed is not."""
    return any(truth(row.get("met")) is False for row in rows)


def of_first_scenario(rows: Sequence[Row], scenarios: Sequence[str]) -> tuple[list[Row], list[str]]:
    """Rows of the scenario spoken of first (and of none), and the names of the other scenarios.

    Examples
    --------
    >>> of_first_scenario([{"scenario": "a"}, {"scenario": "b"}, {"scenario": ""}], ["a", "b"])
    ([{'scenario': 'a'}, {'scenario': ''}], ['b'])
    """
    told = {str(row.get("scenario", "")) for row in rows}
    first = next((name for name in scenarios if name in told), "")
    kept = [row for row in rows if str(row.get("scenario", "")) in ("", first)]
    return kept, [name for name in scenarios if name in told and name != first]


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def number_text(value: object, unit: str, lang: str, *, gap: bool = False) -> str:
    """A number with its unit, as the field writes it; text stays as it is.

    Examples
    --------
    >>> number_text(0.2881, "share", "en"), number_text(-0.3119, "share", "en", gap=True)
    ('28.81 %', '-31.19 points')
    >>> number_text(5_410_000, "person", "zh"), number_text("2..3", "beds", "en")
    ('541.00 万人', '2..3')
    """
    number = _finite(value)
    if number is None:
        return "" if str(value) in ("nan", "None", "<NA>") else str(value)
    if unit in _SHARES:
        word = label("unit.points" if gap else "unit.percent", lang)
        return f"{number * 100:{'+' if gap else ''}.2f} {word}".replace("+-", "-")
    sign = "+" if gap else ""
    if unit in _PEOPLE and lang == "zh" and abs(number) >= 10_000:
        return f"{number / 10_000:{sign}.2f} {label('unit.wan', lang)}"
    digits = 0 if abs(number) >= 100 or number == round(number) else 2
    word = label_or(f"unit.{unit}", lang, unit) if unit else ""
    return f"{number:{sign},.{digits}f} {word}".rstrip()


def show_verdict(rows: Sequence[Row], lang: str, titles: Mapping[str, str] | None = None) -> None:
    """Print what the targets come to: those judged, those whose need is known, those beyond reach.

    Parameters
    ----------
    rows
        Mappings with the columns of ``targets.csv``.
    lang
        ``"zh"`` or ``"en"``.
    titles
        Titles of scenarios by name; those of the catalogue where not given.
    """
    from popsim.sheets.amounts import number

    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row.get("target", "")), []).append(row)
    judged = [own for own in groups.values() if any(truth(r.get("met")) is not None for r in own)]
    others = [own for own in groups.values() if own not in judged]
    known = [own for own in others if any(number(r.get("value")) is not None for r in own)]
    for own in judged:
        _show_judged(own, lang, titles or {})
    if known:
        _heading("verdict.known", len(known), lang)
        _show_known(known, lang)
    unknown = [own for own in others if own not in known]
    if unknown:
        _heading("verdict.unknown", len(unknown), lang)
        for own in unknown:
            say(" — ".join(filter(None, [_name(own[0], lang), _reason(own[0], lang)])))


def _heading(key: str, count: int, lang: str) -> None:
    click.echo()
    click.secho(f"{label(key, lang)} ({count})", bold=True)


def _name(row: Row, lang: str) -> str:
    from popsim.sheets.amounts import words

    return f"{row.get('target', '')} {words(row, 'title', lang)}".strip()


def _reason(row: Row, lang: str) -> str:
    from popsim.sheets.amounts import words

    return words(row, "reason", lang)


def _show_judged(own: Sequence[Row], lang: str, titles: Mapping[str, str]) -> None:
    """One target: its aim as a heading, a line for each boundary, definition and scenario."""
    from popsim.sheets.amounts import aim_text, words

    first = own[0]
    shared = {
        c: _word(c, first, lang, titles)
        for c in _READING
        if len({str(row.get(c, "")) for row in own}) == 1
    }
    parts = [_name(first, lang), str(first.get("year", "")), aim_text(first, lang)]
    click.echo()
    click.secho(" · ".join(p for p in [*parts, *shared.values()] if p), bold=True)
    columns = [c for c in _COLUMNS if c not in shared]
    cells = [[_cell(row, c, lang, titles) for c in columns] for row in own]
    used = [i for i in range(len(columns)) if any(line[i] for line in cells)]
    print_table(
        [label(_HEADS.get(columns[i], f"col.{columns[i]}"), lang) for i in used],
        [[line[i] for i in used] for line in cells],
        right=[columns[i] in _RIGHT for i in used],
        styles=[_STYLES[truth(row.get("met"))] for row in own],
        width=_WIDTH,
    )
    lever = words(first, "lever", lang)
    if lever:
        place = [_word(c, first, lang, titles) for c in _READING]
        where = ", ".join(word for word in place if word)
        say(f"{label('col.lever', lang)} ({where}): {lever}" if where else lever)
    if truth(first.get("met")) is None and _reason(first, lang):
        say(_reason(first, lang))


def _show_known(targets: Sequence[Sequence[Row]], lang: str) -> None:
    """Targets with a value and no verdict: the value, and why there is no verdict."""
    from popsim.sheets.amounts import aim_text, span_text, state_of

    lines = []
    for own in targets:
        row = own[0]
        told = [
            _name(row, lang),
            span_text(own, "value", lang),
            aim_text(row, lang),
            state_of(row, lang),
        ]
        lines.append(told)
    heads = [label(f"col.{c}", lang) for c in ("title", "value", "threshold", "status")]
    print_table(heads, lines, right=[False, True, False, False], width=_WIDTH)


def _word(column: str, row: Row, lang: str, titles: Mapping[str, str]) -> str:
    """Name of a boundary, a definition or a scenario."""
    value = str(row.get(column, ""))
    if column == "scenario" and value in titles:
        return titles[value]
    return label_or(f"{column}.{value}", lang, value) if value not in ("", "nan") else ""


def _cell(row: Row, column: str, lang: str, titles: Mapping[str, str]) -> str:
    from popsim.sheets.amounts import amount_text, is_close, own_unit, state_of

    value = row.get(column, "")
    if column in _READING:
        # What stands in brackets at the end of a scenario's title would not fit beside the rest.
        short = {name: without_brackets(t) for name, t in titles.items()}
        return _word(column, row, lang, short)
    if column == "met":
        return label("status.close", lang) if is_close(row) else state_of(row, lang)
    if column == "probability":
        drawn = _finite(value)
        return "" if drawn is None else f"{100 * drawn:.0f}%"
    number = _finite(value)
    if column == "first_year_met":
        return str(int(number)) if number is not None else ""
    text = amount_text(value, own_unit(row), lang, gap=column == "gap")
    return f"+{text}" if column == "gap" and number is not None and number >= 0 else text


def say(text: str) -> None:
    """Print a sentence folded to the width of the screen, later lines set in."""
    import shutil
    import textwrap

    # Less what later lines are set in by, and a closing mark that stays on its line.
    room = min(shutil.get_terminal_size((_WIDTH, 0)).columns, _WIDTH) - 6
    lines = textwrap.wrap(text, room) if text.isascii() else wrap(text, room)
    click.echo("\n    ".join(lines))


def print_table(
    heads: Sequence[str],
    lines: Sequence[Sequence[str]],
    *,
    right: Sequence[bool] = (),
    styles: Sequence[str] = (),
    width: int | None = None,
) -> None:
    """Print a table whose columns align although Chinese characters are two cells wide."""
    import sys

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, head in enumerate(heads):
        table.add_column(
            Text(head), justify="right" if right and right[i] else "left", overflow="fold"
        )
    for i, line in enumerate(lines):
        style = styles[i] if styles else ""
        table.add_row(*(Text(cell) for cell in line), style=style)
    # A pipe or a file has no width: let no cell be cut there, nor folded unless asked for.
    room = None if sys.stdout.isatty() else (width or 400)
    Console(width=room, highlight=False, soft_wrap=False).print(table)
