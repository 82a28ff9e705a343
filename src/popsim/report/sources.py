"""The sources of a run: those of the figures shown, and the rest of the case's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

__all__ = ["sources_used"]


def sources_used(
    manifest: dict[str, Any], tables: Iterable[pd.DataFrame | None]
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Sources named in the tables shown, and the rest of the case's sources.

    Returns
    -------
    tuple of lists
        Each source as a mapping with `key`, `title`, `url`, `grade`.
    """
    listed = manifest.get("sources") or {}
    if not isinstance(listed, dict):
        listed = {str(entry.get("id", i)): entry for i, entry in enumerate(listed)}
    used: dict[str, None] = {}
    for table in tables:
        if table is not None and "source" in table:
            for text in table["source"].unique():
                used |= dict.fromkeys(part.strip() for part in str(text).split(";"))
    rows = [_source_row(key, entry) for key, entry in listed.items()]
    return [r for r in rows if r["key"] in used], [r for r in rows if r["key"] not in used]


def _source_row(key: str, entry: Any) -> dict[str, str]:
    fields = entry if isinstance(entry, dict) else {"title": str(entry)}
    title = fields.get("title", "")
    shown = " / ".join(title.values()) if isinstance(title, dict) else str(title)
    url = str(fields.get("url") or "")
    return {"key": key, "title": shown, "url": url, "grade": str(fields.get("grade") or "")}
