"""A target of the plan: its row in the case's table, with the overrides of the scenario file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from popsim.config import Config
from popsim.config.models import TargetEntry
from popsim.errors import Problems
from popsim.tables import Case
from popsim.targets import Target
from popsim.targets.measures import MEASURES
from popsim.targets.model import COMPARISONS, THRESHOLD_WORDS

__all__ = ["plan_target"]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def plan_target(
    config: Config,
    case: Case,
    position: int,
    entry: TargetEntry,
    problems: Problems,
    lang: str | None,
) -> Target | None:
    """A target from its row in the case's table and the overrides in the file."""
    where = partial(config.where, "targets", position)
    table = case.frames["targets"]
    rows = table[table["target"] == entry.id]
    if rows.empty and entry.indicator is None:
        known = ", ".join(table["target"].astype(str))
        problems.add("unknown target", where=where("id"), got=entry.id, expected=f"one of {known}")
        return None
    first = rows.iloc[0].items() if len(rows) else ()
    row: dict[str, Any] = {str(k): "" if v != v or v is None else v for k, v in first}
    measure = entry.indicator or str(row.get("measure", ""))
    if measure not in MEASURES:
        problems.add(
            "unknown indicator",
            where=where("indicator" if entry.indicator else "id"),
            got=measure or f"none for {entry.id}",
            expected=f"one of {', '.join(MEASURES)}",
        )
        return None
    year = entry.year if entry.year is not None else int(row.get("year", 0))
    if not config.base_year <= year <= config.last_year:
        problems.add(
            "year of the target outside the run",
            where=where("year" if entry.year is not None else "id"),
            got=year,
            expected=f"{config.base_year}..{config.last_year}",
        )
    comparison = entry.compare or str(row.get("comparison", "report"))
    threshold = entry.value if entry.value is not None else str(row.get("threshold", ""))
    return Target(
        id=entry.id,
        indicator=measure,
        year=year,
        group=entry.group or str(row.get("group", "")),
        **_titles(entry, row, lang or config.report.lang),
        family=str(row.get("family", "")),
        unit=entry.unit or str(row.get("unit", "")),
        strength=entry.strength or str(row.get("strength", "")),
        quote=str(row.get("zh_quote", "")),
        reading=str(row.get("reading", "")),
        reading_zh=str(row.get("reading_zh", "")),
        register=str(row.get("register", "")),
        source=entry.source or str(row.get("source", "")),
        boundaries=entry.boundary or (),
        definitions=entry.definition or config.definitions,
        options=_options(entry),
        **_compared(comparison, threshold, entry.tolerance),
    )


def _titles(entry: TargetEntry, row: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Titles in the language of the run and in both, the scenario file's before the table's."""
    if entry.title:
        own = {"title": entry.title.text(lang)}
        return own | {"title_zh": entry.title.zh, "title_en": entry.title.en}
    return {
        "title": str(row.get(f"title_{lang}", row.get("en", ""))),
        "title_zh": str(row.get("title_zh", "")),
        "title_en": str(row.get("title_en", "")),
    }


def _options(entry: TargetEntry) -> dict[str, Any]:
    """Parameters of the measure that the scenario file gives."""
    named = {name: getattr(entry, name) for name in ("scale", "radius_m", "density_basis")}
    given = {str(k): v for k, v in (entry.params or {}).items()}
    return {k: v for k, v in named.items() if v is not None} | given


def _compared(comparison: str, threshold: Any, tolerance: float | None) -> dict[str, Any]:
    """Comparison and threshold as arguments of `Target`."""
    if isinstance(threshold, tuple):
        return {comparison: threshold}
    if isinstance(threshold, str) and ".." in threshold:
        low, high = (float(part) for part in threshold.split(".."))
        return {comparison: (low, high)}
    number = _number(threshold) if isinstance(threshold, str) else float(threshold)
    if COMPARISONS[comparison].threshold == "none":
        return {"comparison": comparison}
    if number is None:
        if threshold in THRESHOLD_WORDS:
            return {"comparison": comparison, "threshold_word": threshold}
        return {"comparison": "report"}
    if comparison == "about":
        return {"about": (number, tolerance or 0.0)}
    return {"at_most" if comparison == "<=" else "at_least": number}
