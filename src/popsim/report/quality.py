"""The verdict on the censuses, as the page shows it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from popsim.labels import LANGS, label_or
from popsim.report.content import Both, Names, both
from popsim.report.parts import Table

__all__ = ["quality_counties", "quality_rows"]

SCORE = "age_sex_accuracy"
NEEDED = {"year", "region", "sex", "index", "value", "index_zh", "class_zh", "sentence_zh"}


def _pair(row: pd.Series, column: str) -> Both:
    return Both(*(str(row[f"{column}_{lang}"]) for lang in LANGS))


def _score(text: str) -> str:
    return f"{float(text):.2f}" if text else ""


def quality_rows(table: pd.DataFrame | None) -> Table | None:
    """Every index for the whole, census by census, with what it says."""
    if table is None or not NEEDED.issubset(table):
        return None
    rows = []
    for _, row in table[table["region"] == "all"].iterrows():
        sex = str(row["sex"])
        who = Both(*(label_or(f"sex.{sex}", lang, sex) for lang in LANGS)) if sex else ""
        rows.append([str(row["year"]), _pair(row, "index"), who, _score(str(row["value"])),
                     _pair(row, "class"), _pair(row, "sentence")])  # fmt: skip
    head = ("census", "index", "sex", "value", "class", "finding")
    return Table([both(f"col.{name}") for name in head], rows)


def quality_counties(table: pd.DataFrame | None, names: Names) -> Table | None:
    """Overall class and age-sex accuracy score of each region, census by census."""
    if table is None or not NEEDED.issubset(table):
        return None
    held = {(str(r["region"]), str(r["year"]), str(r["index"])): r for _, r in table.iterrows()}
    years = list(dict.fromkeys(table["year"]))
    regions = [r for r in dict.fromkeys(table["region"]) if r != "all"]
    rows = []
    for region in regions:
        cells: list[Any] = [names.place(region)]
        for year in years:
            score = held.get((region, year, SCORE))
            overall = held.get((region, year, "overall"))
            cells.append("" if score is None else _score(str(score["value"])))
            cells.append("" if overall is None else _pair(overall, "class"))
        rows.append(cells)
    head: list[Any] = [both("col.region")]
    for year in years:
        head += [year, both("col.class")]
    return Table(head, rows) if rows else None
