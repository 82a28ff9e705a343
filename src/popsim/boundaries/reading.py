"""Which reading of a target (boundary x definition) gives which answer, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from popsim.errors import DataError, Problem
from popsim.labels import label_or, phrase

__all__ = ["READINGS", "reading_in_words", "reading_table"]

#: Columns of `reading_table`.
READINGS = ("target", "lang", "title", "scenario", "scenario_title", "year", "aim", "sentence")

NEEDED = ("target", "title", "indicator", "scenario", "boundary", "definition", "year", "value",
          "threshold", "comparison", "met", "unit")  # fmt: skip


def reading_in_words(
    targets: pd.DataFrame, lang: str, *, scenarios: Mapping[str, str] | None = None
) -> list[str]:
    """Sentences that say under which boundary and definition each target is met, and which not.

    Parameters
    ----------
    targets
        The table `targets` of a run (`popsim.targets.COLUMNS`): one row a target, scenario,
        boundary and definition.
    lang
        ``"zh"`` or ``"en"``.
    scenarios
        Titles of scenarios by name; those of the catalogue where not given.

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
    City proper's share of all residents (2025, scenario “recent pace”, aim ≥ 60 %). Met: wide, resident population 61.02 %. Not met: today's boundary, resident population 28.81 %. The answer turns on the boundary.
    """  # noqa: E501
    return list(reading_table(targets, lang, scenarios=scenarios)["sentence"])


def reading_table(
    targets: pd.DataFrame, lang: str, *, scenarios: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Sentences of `reading_in_words` with the target, scenario, year and aim that each is of.

    Parameters
    ----------
    targets, lang, scenarios
        As in `reading_in_words`.

    Returns
    -------
    pd.DataFrame
        Columns `READINGS`.

    Raises
    ------
    DataError
        When a column is missing.
    """
    missing = [c for c in NEEDED if c not in targets.columns]
    if missing:
        raise DataError(
            Problem("columns missing", "targets", ", ".join(missing), ", ".join(NEEDED))
        )
    lines = []
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in targets.to_dict("records"):
        own = {str(column): value for column, value in row.items()}
        groups.setdefault((own["target"], own["scenario"]), []).append(own)
    for records in groups.values():
        judged = [r for r in records if _met(r) is not None]
        if len(judged) > 1:
            lines.append(_line(judged, records, lang, scenarios or {}))
    return pd.DataFrame(lines, columns=list(READINGS))


def _met(row: dict[str, Any]) -> bool | None:
    """True, False, or None where nothing was compared."""
    met = row["met"]
    if met is None or met is pd.NA or met == "" or met != met:
        return None
    return bool(met) if not isinstance(met, str) else met.lower() == "true"


def _figure(value: Any, unit: str, *, aim: bool = False) -> str:
    """A value with two decimals of a per cent; an aim as short as it can be written."""
    if unit in ("1", "share"):
        text = f"{100 * float(value):.2f}"
        return f"{text.rstrip('0').rstrip('.') if aim else text} %"
    return f"{float(value):,.0f}"


def _grouped(rows: list[dict[str, Any]], lang: str, *, value: bool = True) -> str:
    """Readings by boundary: each boundary once, then what is counted with its value."""
    comma, within, between = ("，", "、", "；") if lang == "zh" else (", ", ", ", "; ")
    boundaries: dict[str, list[str]] = {}
    for row in rows:
        kind = str(row["definition"] or "")
        parts = [label_or(f"definition.{kind}", lang, kind)] if kind else []
        if value:
            parts.append(_figure(row["value"], str(row["unit"])))
        boundaries.setdefault(str(row["boundary"] or ""), []).append(" ".join(parts))
    return between.join(
        comma.join(
            filter(None, [label_or(f"boundary.{b}", lang, b) if b else "", within.join(kinds)])
        )
        for b, kinds in boundaries.items()
    )


def _line(
    judged: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    lang: str,
    scenarios: Mapping[str, str],
) -> dict[str, Any]:
    """One target under one scenario."""
    first = judged[0]
    name, indicator = str(first["scenario"]), str(first["indicator"])
    own = str(first.get(f"title_{lang}") or first["title"] or first["target"])
    sign = {">=": "≥", "<=": "≤"}.get(str(first["comparison"]), str(first["comparison"]))
    told: dict[str, Any] = {
        "title": label_or(f"target.{indicator}", lang, own),
        "scenario_title": scenarios.get(name) or label_or(f"scenario.{name}", lang, name),
        "year": int(first["year"]),
        "aim": f"{sign} {_threshold(first)}",
    }
    parts = [
        phrase(
            "text.reading_head",
            lang,
            title=told["title"][:1].upper() + told["title"][1:],
            year=told["year"],
            scenario=told["scenario_title"],
            threshold=told["aim"],
        )
    ]
    for key, group in (
        ("text.reading_met", [r for r in judged if _met(r)]),
        ("text.reading_not", [r for r in judged if not _met(r)]),
    ):
        if group:
            parts.append(phrase(key, lang, readings=_grouped(group, lang)))
    open_rows = [r for r in rows if _met(r) is None]
    if open_rows:
        unknown = _grouped(open_rows, lang, value=False)
        parts.append(phrase("text.reading_unknown", lang, readings=unknown))
    parts.append(phrase(f"text.reading_turns_{_turns_on(judged)}", lang))
    sentence = ("" if lang == "zh" else " ").join(parts)
    return {"target": first["target"], "lang": lang, "scenario": name, "sentence": sentence, **told}


def _threshold(row: dict[str, Any]) -> str:
    try:
        return _figure(row["threshold"], str(row["unit"]), aim=True)
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
