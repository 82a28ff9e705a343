"""Table 11's workers, hours and money: the rows of `tables/staff.csv` in the units of the field."""

from __future__ import annotations

import pandas as pd

from popsim.labels import label, label_compound, label_or
from popsim.sheets.frames import WAN
from popsim.sheets.source import RunTables

__all__ = ["WORKFORCE", "registered", "workforce_lines", "workforce_notes", "workforce_sources"]

# Columns of table 11 by those of the file, with the factor to the unit shown and its decimals.
WORKFORCE = {
    "workers_grade1": ("staff_grade1", 1.0, 0),
    "workers_grade5": ("staff_grade5", 1.0, 0),
    "workers_own": ("staff_own", 1.0, 0),
    "hours": ("hours", 1e-4, 2),
    "yuan": ("money", 1e-8, 4),
}
# The worker ratio that a shortfall is told by: the user's, else the least demanding.
LEAST = ("workers_own", "workers_grade1")
STOCK = "care_workers"


def workforce_lines(run: RunTables, lang: str) -> pd.DataFrame:
    """Lines of table 11 on workers, hours and money, in the years shown.

    Parameters
    ----------
    run
        With the extra table ``staff``; ``care_supply`` where a register is kept.
    lang
        ``"zh"`` or ``"en"``.

    Returns
    -------
    pd.DataFrame
        Columns region, scenario, year, item, scale, persons, then those of `WORKFORCE` that hold a
        number, and `stock` and `shortfall` where the register counts care workers; no rows where
        the run has no such table.
    """
    table = (run.extra or {}).get("staff")
    if table is None:
        return pd.DataFrame()
    rows = table[table["year"].isin(run.years)].reset_index(drop=True)
    numbers = {name: pd.to_numeric(rows[name]) for name in ("people", *WORKFORCE)}
    lines = pd.DataFrame(
        {
            "region": [run.region_name(code, lang) for code in rows["region"]],
            "scenario": [run.scenario_name(s, lang) for s in rows["scenario"]],
            "year": rows["year"],
            "item": [label_compound("care", name, lang) for name in rows["item"]],
            "scale": [label_or(f"scale.{s}", lang, s) if s else "" for s in rows["scale"]],
            "persons": (numbers["people"] * WAN).round(2),
        }
    )
    beds = rows["item"].str.startswith("beds")
    lines["persons"] = lines["persons"].mask(beds)
    for name, (column, factor, decimals) in WORKFORCE.items():
        if numbers[name].notna().any():
            lines[column] = (numbers[name] * factor).round(decimals)
    stock = registered(run, STOCK)
    if stock:
        known = rows["region"].map(stock).where(numbers["workers_grade1"].notna())
        asked = next(numbers[n] for n in LEAST if numbers[n].notna().any())
        lines["stock"], lines["shortfall"] = known, (asked - known).round(0)
    return lines


def workforce_notes(run: RunTables, lang: str) -> list[str]:
    """What a reader must know of the workers: the norms, and who is taken to live in homes."""
    if (run.extra or {}).get("staff") is None:
        return []
    keys = ["staff_note", "staff_who_note", *(["staff_gap_note"] if registered(run, STOCK) else [])]
    return [label(f"text.{key}", lang) for key in keys]


def workforce_sources(run: RunTables) -> list[str]:
    """Keys of the sources of the ratios."""
    table = (run.extra or {}).get("staff")
    keys = [] if table is None else [k for text in table["source"] for k in str(text).split("; ")]
    return [key for key in dict.fromkeys(keys) if key and key != "user"]


def registered(run: RunTables, item: str) -> dict[str, float]:
    """Last count of an item of the register by region (`tables/care_supply.csv`).

    The whole is what the register counts for it, else the sum where every county is counted: a
    silent county is not zero.

    Examples
    --------
    >>> counts = pd.DataFrame({"region": ["a", "all"], "item": "beds", "value": [3.0, 9.0]})
    >>> registered(RunTables(extra={"care_supply": counts}), "beds")
    {'a': 3.0, 'all': 9.0}
    """
    supply = (run.extra or {}).get("care_supply")
    if supply is None or not {"region", "item", "value"} <= set(supply):
        return {}
    rows = supply[supply["item"] == item]
    found = {str(r): float(v) for r, v in zip(rows["region"], rows["value"], strict=True)}
    data = run.projection
    whole = set() if data is None else {str(r) for r in data["region"].to_numpy()}
    if "all" not in found and whole and whole <= set(found):
        found["all"] = sum(found.values())
    return found
