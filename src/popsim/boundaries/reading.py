"""Which reading of a target (boundary x definition) gives which answer, in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from popsim.errors import DataError, Problem
from popsim.labels import label_or, phrase

__all__ = ["reading_in_words"]

NEEDED = ("target", "title", "indicator", "scenario", "boundary", "definition", "year", "value",
          "threshold", "comparison", "met", "unit")  # fmt: skip


def reading_in_words(targets: pd.DataFrame, lang: str) -> list[str]:
    """Sentences that say under which boundary and definition each target is met, and which not.

    Parameters
    ----------
    targets
        The table `targets` of a run (`popsim.targets.COLUMNS`): one row a target, scenario,
        boundary and definition.
    lang
        ``"zh"`` or ``"en"``.

    Returns
    -------
    list of str
        One sentence a target and scenario, for targets that are judged on more than one reading
        or that no reading can judge; in the order of the table.

    Raises
    ------
    DataError
        When a column is missing.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {
    ...         "target": "T01", "title": "", "indicator": "population_share", "scenario": "recent",
    ...         "boundary": ["today", "wide"], "definition": "resident", "year": 2025,
    ...         "value": [0.2881, 0.6102], "threshold": 0.6, "comparison": ">=",
    ...         "met": [False, True], "unit": "1", "reason": "",
    ...     }
    ... )
    >>> print(reading_in_words(rows, "en")[0])
    city proper's share of all residents (2025, scenario “recent pace”, aim ≥ 60 %). Met: wide, resident population, 61.02 %. Not met: today's boundary, resident population, 28.81 %. The answer turns on the boundary.
    """  # noqa: E501
    missing = [c for c in NEEDED if c not in targets.columns]
    if missing:
        raise DataError(
            Problem("columns missing", "targets", ", ".join(missing), ", ".join(NEEDED))
        )
    sentences = []
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in targets.to_dict("records"):
        own = {str(column): value for column, value in row.items()}
        groups.setdefault((own["target"], own["scenario"]), []).append(own)
    for records in groups.values():
        judged = [r for r in records if _met(r) is not None]
        if len(judged) > 1:
            sentences.append(_sentence(judged, records, lang))
    return sentences


def _met(row: dict[str, Any]) -> bool | None:
    """True, False, or None where nothing was compared."""
    met = row["met"]
    if met is None or met is pd.NA or met == "" or met != met:
        return None
    return bool(met) if not isinstance(met, str) else met.lower() == "true"


def _figure(value: Any, unit: str) -> str:
    if unit in ("1", "share"):
        text = f"{100 * float(value):.2f}".rstrip("0").rstrip(".")
        return f"{text} %"
    return f"{float(value):,.0f}"


def _reading(row: dict[str, Any], lang: str, *, value: bool = True) -> str:
    """One reading: boundary, definition, value."""
    parts = []
    if row["boundary"]:
        parts.append(label_or(f"boundary.{row['boundary']}", lang, str(row["boundary"])))
    if row["definition"]:
        parts.append(label_or(f"definition.{row['definition']}", lang, str(row["definition"])))
    if value:
        parts.append(_figure(row["value"], str(row["unit"])))
    return ("、" if lang == "zh" else ", ").join(parts)


def _sentence(judged: list[dict[str, Any]], rows: list[dict[str, Any]], lang: str) -> str:
    """The whole sentence of one target under one scenario."""
    between = "；" if lang == "zh" else "; "
    parts = []
    for key, group in (
        ("text.reading_met", [r for r in judged if _met(r)]),
        ("text.reading_not", [r for r in judged if not _met(r)]),
    ):
        if group:
            parts.append(phrase(key, lang, readings=between.join(_reading(r, lang) for r in group)))
    open_rows = [r for r in rows if _met(r) is None]
    if open_rows:
        told = between.join(_reading(r, lang, value=False) for r in open_rows)
        parts.append(phrase("text.reading_unknown", lang, readings=told))
    parts.append(phrase(f"text.reading_turns_{_turns_on(judged)}", lang))
    first = judged[0]
    sign = {">=": "≥", "<=": "≤"}.get(str(first["comparison"]), str(first["comparison"]))
    head = phrase(
        "text.reading_head",
        lang,
        title=label_or(
            f"target.{first['indicator']}", lang, str(first["title"]) or str(first["target"])
        ),
        year=int(first["year"]),
        scenario=label_or(f"scenario.{first['scenario']}", lang, str(first["scenario"])),
        threshold=f"{sign} {_threshold(first)}",
    )
    return ("" if lang == "zh" else " ").join([head, *parts])


def _threshold(row: dict[str, Any]) -> str:
    try:
        return _figure(row["threshold"], str(row["unit"]))
    except ValueError:  # a pair of numbers such as 2..3 is shown as it stands
        return str(row["threshold"])


def _turns_on(judged: list[dict[str, Any]]) -> str:
    """What the answer turns on: nothing, the boundary, the definition, or either."""
    if len({_met(r) for r in judged}) == 1:
        return "nothing"
    on = [
        key
        for key, other in (("boundary", "definition"), ("definition", "boundary"))
        if any(
            _met(a) != _met(b)
            for a in judged
            for b in judged
            if a[other] == b[other] and a[key] != b[key]
        )
    ]
    return on[0] if len(on) == 1 else "both"
