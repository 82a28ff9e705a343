"""The verdict as a table a mayor could read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from popsim.labels import label, label_or

__all__ = ["missed", "number_text", "of_first_scenario", "print_table", "show_verdict"]

Row = Mapping[str, Any]
_SHARES = {"share", "1", "percent_of_1"}
_PEOPLE = {"person", "persons", "人"}
_COLUMNS = (
    "title", "boundary", "definition", "scenario", "year", "value", "threshold", "met",
    "gap", "first_year_met", "probability",
)  # fmt: skip
_RIGHT = {"value", "threshold", "gap", "year", "first_year_met", "probability"}


def truth(value: object) -> bool | None:
    """Yes, no, or not said, whatever a table made of it."""
    text = str(value)
    return {"True": True, "False": False}.get(text)


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


def _cell(row: Row, column: str, lang: str, titles: Mapping[str, str]) -> str:
    value = row.get(column, "")
    unit = str(row.get("unit", ""))
    if column in ("value", "gap"):
        # Where no verdict is possible the value is a need, not a figure in the target's unit.
        own = str(row.get("value_unit", ""))
        unit = own if own not in ("", "nan") else "" if _reason(row, lang) else unit
    if column == "scenario" and str(value) in titles:
        return titles[str(value)]
    if column == "title":
        return f"{row.get('target', '')} {value}".strip()
    if column in ("boundary", "definition", "scenario"):
        return label_or(f"{column}.{value}", lang, str(value)) if str(value) else ""
    if column == "met":
        answer = truth(value)
        if answer is None:
            return "–"
        return label("word.yes" if answer else "word.no", lang)
    if column in ("value", "gap"):
        return number_text(value, unit, lang, gap=column == "gap")
    if column == "threshold":
        text = number_text(value, unit, lang)
        return f"{row.get('comparison', '')} {text}".strip() if text else ""
    if column == "probability":
        return number_text(value, "share", lang) if _finite(value) is not None else ""
    number = _finite(value)
    return str(int(number)) if number is not None else number_text(value, "", lang)


def _reason(row: Row, lang: str) -> str:
    """Why a target has no verdict; nothing where it has one."""
    own = str(row.get(f"reason_{lang}", "") or "")
    reason = own if own not in ("", "nan") else str(row.get("reason", "") or "")
    return reason if truth(row.get("met")) is None and reason != "nan" else ""


def show_verdict(rows: Sequence[Row], lang: str, titles: Mapping[str, str] | None = None) -> None:
    """Print one line per target, scenario, boundary and definition, then what is not computable.

    Parameters
    ----------
    rows
        Mappings with the columns of ``targets.csv`` (and ``unit``, ``reason`` where given).
    lang
        ``"zh"`` or ``"en"``.
    titles
        Titles of scenarios by name; those of the catalogue where not given.
    """
    cells = [[_cell(row, column, lang, titles or {}) for column in _COLUMNS] for row in rows]
    used = [i for i in range(len(_COLUMNS)) if any(line[i] for line in cells)]
    heads = [label(f"col.{_COLUMNS[i]}", lang) for i in used]
    right = [_COLUMNS[i] in _RIGHT for i in used]
    styles = [
        {"True": "green", "False": "red"}.get(str(truth(row.get("met"))), "dim") for row in rows
    ]
    print_table(heads, [[line[i] for i in used] for line in cells], right=right, styles=styles)
    reasons = ((row["target"], _reason(row, lang)) for row in rows)
    for line in dict.fromkeys(f"{target}: {reason}" for target, reason in reasons if reason):
        click.echo(line)


def print_table(
    heads: Sequence[str],
    lines: Sequence[Sequence[str]],
    *,
    right: Sequence[bool] = (),
    styles: Sequence[str] = (),
) -> None:
    """Print a table whose columns align although Chinese characters are two cells wide."""
    import sys

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, head in enumerate(heads):
        table.add_column(Text(head), justify="right" if right and right[i] else "left")
    for i, line in enumerate(lines):
        style = styles[i] if styles else ""
        table.add_row(*(Text(cell) for cell in line), style=style)
    # A pipe or a file has no width: let no cell be cut or folded there.
    width = None if sys.stdout.isatty() else 400
    Console(width=width, highlight=False, soft_wrap=False).print(table)
