"""What of a planning table is shown and printed first: the rows a planner takes to a meeting.

Every row stays in its sheet. A table of thousands of rows opens filtered, as a planner would filter
it: the first scenario, both sexes together, the main scale of need; the arrows of the header show
the rest, and paper holds what the screen shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from popsim.labels import label, phrase
from popsim.sheets.source import RunTables

__all__ = ["rows_shown", "set_up_page", "sheets_of", "shown_first", "told_shown"]

# Tables that a screen and two pages hold are shown whole.
WHOLE = 60
# Columns of sentences, by table: they stand on a sheet of their own, after those that name the row.
SENTENCES = {13: ("quote", "strength", "surely", "lever", "reason")}
NAMED = {13: ("target", "title", "boundary", "definition")}
# Paper formats of the workbook, and the widest table, in characters, that each holds legibly.
A3, A4 = 8, 9
SIZES = {A3: (11.69, 16.54), A4: (8.27, 11.69)}
UPRIGHT, ACROSS = 108, 200
# Margins in inches; the footer stands in the lower one.
SIDE, ENDS = 0.4, 0.6
# A character of a column in inches (7 pixels and the cell's own margin); a page's repeated rows in
# points.
CHARACTER, HEAD = 0.078, 70.0


def shown_first(frame: pd.DataFrame, run: RunTables, lang: str) -> dict[str, str]:
    """Columns by which a long table is filtered when it is opened, and what is then shown.

    Parameters
    ----------
    frame
        A planning table with headers in `lang`.
    run, lang
        As it was made of.

    Returns
    -------
    dict of str to str
        Shown value by header; rows that leave the column empty are shown too. Empty for a table
        that is short, or says the same for every scenario.

    Examples
    --------
    >>> lines = pd.DataFrame({"方案": ["甲", "乙"] * 50, "性别": ["合计", "女"] * 50})
    >>> shown_first(lines, RunTables(), "zh")
    {'性别': '合计'}
    """
    if len(frame) <= WHOLE:
        return {}
    wanted = {
        label("col.scenario", lang): run.scenario_name(run.scenarios[0], lang),
        label("col.sex", lang): label("sex.both", lang),
        label("col.scale", lang): _main_scale(frame, lang),
    }
    return {
        column: value
        for column, value in wanted.items()
        if column in frame and value in set(frame[column]) and len(_said(frame, column)) > 1
    }


def _said(frame: pd.DataFrame, column: str) -> set[str]:
    return {str(value) for value in frame[column] if value}


def _main_scale(frame: pd.DataFrame, lang: str) -> str:
    """Return the scale that tells most degrees of need apart, the first of them: as in pictures."""
    scale, degree = label("col.scale", lang), label("col.need_level", lang)
    if scale not in frame:
        return ""
    named = frame[frame[scale].astype(bool)]
    if degree not in frame or named.empty:
        return str(named[scale].iloc[0]) if len(named) else ""
    return str(named.groupby(scale, sort=False)[degree].nunique().idxmax())


def sheets_of(number: int, frame: pd.DataFrame, lang: str) -> list[pd.DataFrame]:
    """Sheets of a table: its figures, then its sentences where it has both.

    Side by side they would be too wide for any paper.

    Parameters
    ----------
    number
        Of the planning table.
    frame
        The table with headers in `lang`.

    Returns
    -------
    list of pd.DataFrame
        Every cell stands on one of them; attrs as those of `frame`, each with its title.
    """
    told = [label(f"col.{key}", lang) for key in SENTENCES.get(number, ())]
    told = [column for column in told if column in frame]
    if not told:
        return [frame]
    named = [label(f"col.{key}", lang) for key in NAMED[number]]
    spoken = (frame[told].astype(str) != "").any(axis=1)
    words = frame.loc[spoken, [c for c in named if c in frame] + told]
    words.attrs = {
        "title": label(f"table.{number}.words", lang), "source": frame.attrs["source"], "notes": [],
    }  # fmt: skip
    figures = frame.drop(columns=told)
    figures.attrs = dict(frame.attrs)
    return [figures, words]


def rows_shown(frame: pd.DataFrame, shown: dict[str, str]) -> list[bool]:
    """Whether each row passes the filter of `shown_first`."""
    passes = pd.Series(True, index=frame.index)
    for column, value in shown.items():
        passes &= frame[column].isin([value, ""]) | frame[column].isna()
    return [bool(row) for row in passes]


def told_shown(frame: pd.DataFrame, shown: dict[str, str], lang: str) -> str:
    """Sentence above a filtered table: what is shown, of how many rows, and how to see the rest."""
    colon, joiner = ("：", "；") if lang == "zh" else (": ", "; ")
    words = joiner.join(f"{column}{colon}{value}" for column, value in shown.items())
    count = sum(rows_shown(frame, shown))
    return phrase("table.filtered", lang, shown=words, count=count, rows=len(frame))


def set_up_page(page: Any, widths: Sequence[float], top: int, height: float) -> None:
    """Paper of a sheet: as wide as the table needs, its title and header on every page.

    Parameters
    ----------
    page
        A worksheet of xlsxwriter.
    widths
        Of the columns, in characters.
    top
        Row of the header; the title stands above it.
    height
        Of all rows that are shown, in points.
    """
    wide = sum(widths)
    upright, paper = wide <= UPRIGHT, A3 if wide > ACROSS else A4
    if not upright:
        page.set_landscape()
    page.set_paper(paper)
    page.set_margins(left=SIDE, right=SIDE, top=ENDS, bottom=ENDS)
    page.center_horizontally()
    page.fit_to_pages(1, _pages(wide, height, SIZES[paper], upright=upright))
    page.repeat_rows(0, top)
    page.set_footer("&L&A&R&P / &N", {"margin": ENDS / 2})


def _pages(wide: float, height: float, size: tuple[float, float], *, upright: bool) -> int:
    """Pages of a table: a last one that would be less than half full is drawn into the others."""
    short, long = size
    across, down = (short, long) if upright else (long, short)
    scale = min(1.0, (across - 2 * SIDE) / (wide * CHARACTER))
    room = 72 * (down - 2 * ENDS) / scale - HEAD
    return max(1, round(height / room))
