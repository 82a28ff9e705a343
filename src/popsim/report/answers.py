"""The answers: a card for each judged target with every reading, and all targets by family."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from popsim.labels import LANGS, label_or
from popsim.report.content import Both, Names, Verdict, both, verdicts
from popsim.sheets import RunTables
from popsim.sheets.amounts import (
    aim_text,
    amount_text,
    is_close,
    number,
    own_unit,
    span_text,
    state_of,
    truth,
    words,
)

__all__ = ["Answer", "Cell", "answers", "counted", "families", "needs_told"]

# With as few targets as this each need gets a card of its own; with more the table holds them.
FEW = 6
# With more scenarios than this the least and the greatest stand for all.
MANY = 5
ORDER = ("met", "not", "need", "unknown")


@dataclass(frozen=True)
class Cell:
    """A value with its mark, as a cell of a table."""

    value: Both
    mark: Both = field(default_factory=lambda: Both("", ""))
    css: str = ""


@dataclass(frozen=True)
class Answer:
    """What is to be said of one judged target.

    `rows` holds every boundary with a cell for each definition of `head`, under the first scenario;
    `beside` every reading under all scenarios: headers, and rows of cells.
    """

    target: str
    title: Both
    aim: Both
    year: int
    verdicts: list[Verdict]
    turns: Both
    head: list[Both]
    rows: list[tuple[Both, list[Cell], Both]]
    beside: tuple[list[Both], list[tuple[Both, list[Cell]]]]
    levers: list[tuple[Both, Both]]


def _both(make: Any) -> Both:
    return Both(*(make(lang) for lang in LANGS))


def _groups(run: RunTables) -> list[pd.DataFrame]:
    assert run.targets is not None
    return [rows for _, rows in run.targets.groupby("target", sort=False)]


def _judged(rows: pd.DataFrame) -> bool:
    return any(truth(met) is not None for met in rows["met"])


def answers(run: RunTables, names: Names) -> list[Answer]:
    """One card for each target that can be judged.

    Parameters
    ----------
    run, names
        Parts of the run folder.

    Returns
    -------
    list[Answer]
        In the order of `targets.csv`; empty without targets.
    """
    if run.targets is None:
        return []
    told = verdicts(run, names)
    return [_answer(rows, told, run, names) for rows in _groups(run) if _judged(rows)]


def needs_told(run: RunTables, names: Names) -> list[Verdict]:
    """Cards of the targets that cannot be judged, where the targets are few."""
    if run.targets is None or run.targets["target"].nunique() > FEW:
        return []
    judged = {str(rows["target"].iloc[0]) for rows in _groups(run) if _judged(rows)}
    return [verdict for verdict in verdicts(run, names) if verdict.target not in judged]


def _answer(rows: pd.DataFrame, told: list[Verdict], run: RunTables, names: Names) -> Answer:
    row = rows.iloc[0]
    target = str(row["target"])
    boundaries = list(dict.fromkeys(rows["boundary"]))
    first = rows[rows["scenario"] == _first(rows, run)]
    kinds = list(dict.fromkeys(rows["definition"]))
    own = [v for v in told if v.target == target]
    # Sentences on the first two boundaries; the table holds every reading.
    lead = [own[i * len(kinds)] for i in range(min(2, len(boundaries)))]
    head = [_both(lambda g, k=kind: _kind(k, g)) for kind in kinds]
    table = [] if len(own) < 2 else [_line(b, kinds, first, rows, names) for b in boundaries]
    return Answer(
        target=target,
        title=names.target(row),
        aim=_both(lambda g: aim_text(row, g)),
        year=int(row["year"]),
        verdicts=lead,
        turns=_turns(first),
        head=head,
        rows=table,
        beside=_beside(rows, run, names),
        levers=_levers(first, names),
    )


def _kind(kind: str, lang: str) -> str:
    return (
        label_or(f"definition.{kind}", lang, label_or(f"scale.{kind}", lang, kind)) if kind else ""
    )


def _first(rows: pd.DataFrame, run: RunTables) -> str:
    """Name of the scenario spoken of first."""
    held = set(rows["scenario"])
    return next((s for s in run.scenarios if s in held), str(rows["scenario"].iloc[0]))


def _cell(row: pd.Series) -> Cell:
    value = _both(lambda g: amount_text(row["value"], own_unit(row), g))
    drawn = number(row.get("probability"))
    if drawn is not None:
        word, chance = both("col.probability_short"), _chance(drawn)
        value = Both(f"{value.zh}（{word.zh}{chance.zh}）", f"{value.en} ({word.en} {chance.en})")
    if is_close(row) and (drawn is None or 0.1 <= drawn <= 0.9):
        return Cell(value, both("status.close"), "close")
    met = truth(row["met"])
    css = "" if met is None else "yes" if met else "no"
    return Cell(value, _both(lambda g: state_of(row, g)), css)


def _chance(share: float) -> Both:
    """Probability in per cent; a number of draws never shows what never or always happens."""
    if share < 0.01:
        return both("text.chance_never")
    if share > 0.99:
        return both("text.chance_ever")
    return Both(f"{100 * share:.0f}%", f"{100 * share:.0f} %")


def _line(
    boundary: str, kinds: list[str], first: pd.DataFrame, rows: pd.DataFrame, names: Names
) -> tuple[Both, list[Cell], Both]:
    """A boundary: a cell for each definition, and the scenarios that answer otherwise."""
    cells, other = [], []
    for kind in kinds:
        part = first[(first["boundary"] == boundary) & (first["definition"] == kind)]
        if part.empty:
            # A boundary that only another scenario draws.
            part = rows[(rows["boundary"] == boundary) & (rows["definition"] == kind)]
        if part.empty:
            cells.append(Cell(Both("", "")))
            continue
        row = part.iloc[0]
        cells.append(_cell(row))
        beside = rows[(rows["boundary"] == boundary) & (rows["definition"] == kind)]
        for _, it in beside.iterrows():
            if truth(it["met"]) != truth(row["met"]):
                name = names.scenario(str(it["scenario"]))
                shown = _cell(it).value
                who = _both(lambda g, k=kind: _kind(k, g)) if len(kinds) > 1 else Both("", "")
                mark = _both(lambda g, r=it: state_of(r, g))
                other.append(
                    Both(
                        f"{name.zh}：{who.zh}{shown.zh}，{mark.zh}",
                        f"{name.en}: {who.en}{' ' if who.en else ''}{shown.en}, {mark.en}",
                    )
                )
    listed = Both("；".join(o.zh for o in other), "; ".join(o.en for o in other))
    return names.boundary(boundary), cells, listed


def _turns(first: pd.DataFrame) -> Both:
    """What the answer turns on: the boundary, who is counted, both, or nothing."""
    if len(first) < 2:
        return Both("", "")
    met = first["met"].map(truth)
    by = {
        name: any(
            len(set(part)) > 1 for _, part in met.groupby([first[c] for c in others], dropna=False)
        )
        for name, others in (("boundary", ["definition"]), ("definition", ["boundary"]))
    }
    if by["boundary"] and by["definition"]:
        return both("text.reading_turns_both")
    if by["boundary"]:
        return both("text.reading_turns_boundary")
    return both(
        "text.reading_turns_definition" if by["definition"] else "text.reading_turns_nothing"
    )


def _levers(first: pd.DataFrame, names: Names) -> list[tuple[Both, Both]]:
    """What it would take, for each reading that misses the aim."""
    found = []
    for _, row in first.iterrows():
        lever = _both(lambda g, r=row: words(r, "lever", g))
        if not lever or truth(row["met"]) is True:
            continue
        where = _reading(str(row["boundary"]), str(row["definition"]), names)
        found.append((where, lever))
    return found


def _beside(
    rows: pd.DataFrame, run: RunTables, names: Names
) -> tuple[list[Both], list[tuple[Both, list[Cell]]]]:
    """Every reading under all scenarios; under the least and the greatest where they are many."""
    held = set(rows["scenario"])
    order = [name for name in run.scenarios if name in held]
    if len(order) < 2:
        return [], []
    many = len(order) > MANY
    head = [both("col.least"), both("col.greatest")] if many else [names.scenario(n) for n in order]
    table = []
    for (boundary, kind), part in rows.groupby(["boundary", "definition"], sort=False):
        by = {str(row["scenario"]): row for _, row in part.iterrows()}
        if many:
            ranked = sorted(by.values(), key=lambda row: float(row["value"]))
            cells = [_plain_cell(row) for row in (ranked[0], ranked[-1])]
            if cells[0].value != cells[1].value:
                whose = (names.scenario(str(row["scenario"])) for row in (ranked[0], ranked[-1]))
                cells = [replace(c, mark=who) for c, who in zip(cells, whose, strict=True)]
        else:
            cells = [_plain_cell(by[n]) if n in by else Cell(Both("", "")) for n in order]
        table.append((_reading(str(boundary), str(kind), names), cells))
    return head, table


def _reading(boundary: str, kind: str, names: Names) -> Both:
    """Boundary and definition of a reading, as far as it has them."""
    parts = [names.boundary(boundary)] if boundary else []
    parts += [_both(lambda g: _kind(kind, g))] if kind else []
    return Both(" · ".join(p.zh for p in parts), " · ".join(p.en for p in parts))


def _plain_cell(row: pd.Series) -> Cell:
    """Value of a row in the colour of its answer."""
    value = _both(lambda g: amount_text(row["value"], own_unit(row), g))
    met = truth(row["met"])
    return Cell(value, css="" if met is None else "yes" if met else "no")


def counted(run: RunTables) -> list[tuple[Both, int]]:
    """How many targets are judged, known in amount only, or beyond what population can answer."""
    if run.targets is None:
        return []
    kinds: dict[str, int] = {"judged": 0, "known": 0, "unknown": 0}
    for rows in _groups(run):
        known = any(number(v) is not None for v in rows["value"])
        kinds["judged" if _judged(rows) else "known" if known else "unknown"] += 1
    return [(both(f"verdict.{kind}"), n) for kind, n in kinds.items() if n]


def families(run: RunTables, names: Names) -> list[tuple[Both, list[dict[str, Any]]]]:
    """Every target as one line, by family.

    Parameters
    ----------
    run, names
        Parts of the run folder.

    Returns
    -------
    list of tuples
        Name of the family, and its targets as mappings of what the page shows; none where the
        targets are so few that the cards say all.
    """
    if run.targets is None or run.targets["target"].nunique() <= FEW:
        return []
    found: dict[str, list[dict[str, Any]]] = {}
    for rows in _groups(run):
        family = words(rows.iloc[0], "family", "") or "other"
        found.setdefault(family, []).append(_target(rows, run, names))
    return [(_both(lambda g, f=f: label_or(f"family.{f}", g, f)), own) for f, own in found.items()]


def _target(rows: pd.DataFrame, run: RunTables, names: Names) -> dict[str, Any]:
    """One target: its aim, its values over the readings and scenarios, and its state."""
    first = rows[rows["scenario"] == _first(rows, run)]
    row = first.iloc[0]
    states = list(dict.fromkeys(_both(lambda g, r=r: state_of(r, g)) for _, r in first.iterrows()))
    depends = len(states) > 1
    met = {truth(v) for v in first["met"]}
    marks: dict[bool | None, str] = {True: "met", False: "not"}
    css = "split" if depends else marks.get(next(iter(met)), "")
    css = css or ("need" if number(row["value"]) is not None else "unknown")
    more = [
        (both(f"col.{c}"), _both(lambda g, c=c: words(row, c, g)))
        for c in ("reading", "note", *([] if depends else ["surely"]), "lever", "reason")
    ]
    return {
        "id": str(row["target"]),
        "title": names.target(row),
        "quote": words(row, "quote", ""),
        "strength": words(row, "strength", "").partition(" (")[0],
        "aim": _both(lambda g: aim_text(row, g)),
        "base": _both(lambda g: _span(first, "base_value", g)),
        "value": _both(lambda g: _span(first, "value", g)),
        "others": _both(lambda g: _span(rows, "value", g)) if len(rows) > len(first) else None,
        "year": int(row["year"]),
        "state": both("status.depends") if depends else states[0],
        "css": css,
        "needs": needed(row) if not depends else Both("", ""),
        "more": [(head, text) for head, text in more if text],
        "readings": len(first),
        "source": str(row["source"]),
    }


def needed(row: pd.Series) -> Both:
    """Say which registers a target lacks, without the words that lead to them and their keys."""
    told = []
    for lang in LANGS:
        text = re.sub(r"\s*[〔\[][^〕\]]*[〕\]]\s*$", "", words(row, "reason", lang))
        told.append(re.split(r"需要：|台账：|needs: |register: ", text, maxsplit=1)[-1])
    return both("text.needs", needs=Both(*told)) if all(told) else Both("", "")


def _span(rows: pd.DataFrame, column: str, lang: str) -> str:
    """Least and greatest value of the rows."""
    return span_text((row for _, row in rows.iterrows()), column, lang)
