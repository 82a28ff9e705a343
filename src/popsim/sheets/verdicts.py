"""Tables 13 and 14: the plan's targets, and the scenarios side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from popsim.labels import label, label_or, phrase
from popsim.sheets.amounts import (
    BARE,
    SHARES,
    aim_text,
    is_close,
    number,
    own_unit,
    span_text,
    state_of,
    words,
)
from popsim.sheets.frames import KEYS, WAN, finish, not_computable
from popsim.sheets.source import RunTables

__all__ = ["scenario_table", "target_table"]

# Indicators compared, with the factor to the unit shown.
COMPARED = {
    "population": (WAN, "unit.wan"),
    "population_share": (100.0, "unit.percent"),
    "share_60plus": (100.0, "unit.percent"),
    "population_80plus": (WAN, "unit.wan"),
    "old_age_dependency_ratio": (100.0, "unit.percent"),
    "urban_share": (100.0, "unit.percent"),
    "registered_population": (WAN, "unit.wan"),
    "floating_population": (WAN, "unit.wan"),
    "registered_urban_share": (100.0, "unit.percent"),
    "urban_share_gap": (1.0, "unit.points"),
    "persons_registered": (1.0, "unit.person"),
}
# Columns of the 80 % interval, with their headers.
BOUNDS = {"lower": "col.low80", "upper": "col.high80"}


def target_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 13: each target on each reading under the first scenario, or why it has no answer."""
    rows = run.targets
    if rows is None:
        return not_computable(13, ["targets"], run, lang)
    first = run.scenarios[0]
    told = set(rows["scenario"])
    first = first if first in told else next((s for s in run.scenarios if s in told), "")
    lines = [
        _line(reading, run, lang)
        for _, reading in rows.groupby(["target", "boundary", "definition"], sort=False)
        for reading in [reading.assign(_first=reading["scenario"].isin(["", first]))]
    ]
    table = pd.DataFrame(lines)
    kept = [c for c in table if c in ALWAYS or table[c].astype(str).str.strip().ne("").any()]
    scenario = run.scenario_name(first, lang) if first else ""
    notes = [label("text.aim_not_forecast", lang)]
    if scenario:
        notes.append(phrase("text.first_scenario", lang, scenario=scenario))
    keys = [str(key) for key in dict.fromkeys(rows["source"]) if key]
    return finish(table[kept], 13, run, lang, notes=notes, sources=keys)


# Columns of table 13 that stand although a run leaves them empty.
ALWAYS = ("target", "title", "threshold", "year", "value", "unit", "met", "gap")


def _line(reading: pd.DataFrame, run: RunTables, lang: str) -> dict[str, Any]:
    """One reading of a target: its aim, its values, its state."""
    own = reading[reading["_first"]]
    row = (own if len(own) else reading).iloc[0]
    unit = own_unit(row)
    share = unit in SHARES
    values = {
        column: _shown(row.get(column, ""), share) for column in ("base_value", "value", "gap")
    }
    kind = str(row["definition"])
    drawn = number(row.get("probability"))
    reason = words(row, "reason", lang)
    missing = number(row["value"]) is None
    return {
        "family": label_or(f"family.{f}", lang, f) if (f := words(row, "family", "")) else "",
        "target": row["target"],
        "title": words(row, "title", lang),
        "quote": words(row, "quote", ""),
        "strength": words(row, "strength", "").partition(" (")[0],
        "boundary": run.boundary_name(str(row["boundary"]), lang) if row["boundary"] else "",
        "definition": label_or(f"definition.{kind}", lang, kind) if kind else "",
        "threshold": aim_text(row, lang),
        "base_value": values["base_value"],
        "year": int(row["year"]),
        "value": values["value"],
        "unit": "%" if share else _unit(unit, lang),
        "gap": values["gap"],
        "met": label("status.close", lang) if is_close(row) else state_of(row, lang),
        "range": _range(reading, lang),
        "first_year_met": "" if (met := number(row["first_year_met"])) is None else f"{met:.0f}",
        "probability": "" if drawn is None else round(100 * drawn, 1),
        "surely": words(row, "surely", lang),
        "lever": words(row, "lever", lang),
        "reason": phrase("text.not_computable", lang, needs=_needs(reason))
        if reason and missing
        else reason,
    }


def _unit(unit: str, lang: str) -> str:
    return "" if unit in BARE else label_or(f"unit.{unit}", lang, unit)


def _range(reading: pd.DataFrame, lang: str) -> str:
    """Least and greatest value over the scenarios, where they differ."""
    text = span_text((row for _, row in reading.iterrows()), "value", lang)
    return text if " — " in text else ""


def scenario_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 14: whole city and city proper, one column for each scenario, intervals where drawn."""
    table = run.indicators
    if table is None:
        return not_computable(14, ["population"], run, lang)
    rows = table[
        table["indicator"].isin(list(COMPARED))
        & table["year"].isin(run.years)
        & ((table["group_or_region"] == "all") | (table["boundary"] != ""))
    ]
    if "definition" in rows:
        rows = rows[rows["definition"].isin(["resident", ""])]
    keys = ["indicator", *[key for key in KEYS if key != "scenario"]]
    if run.intervals is not None:
        bounds = run.intervals.rename(columns={"q0.1": "lower", "q0.9": "upper"})
        bounds = bounds[[*keys, "scenario", "lower", "upper"]]
        rows = rows.merge(bounds, on=[*keys, "scenario"], how="left", validate="m:1")
    columns = ["value", *[c for c in ("lower", "upper") if c in rows]]
    wide = rows.pivot(index=keys, columns="scenario", values=columns)  # noqa: PD010
    order = rows[keys].drop_duplicates()
    rank = {name: i for i, name in enumerate(COMPARED)}
    order = order.assign(_i=order["indicator"].map(rank)).sort_values("_i", kind="stable")
    wide = wide.reindex(pd.MultiIndex.from_frame(order[keys]))
    factor = order["indicator"].map({k: v[0] for k, v in COMPARED.items()}).to_numpy()
    counted = order["indicator"].map({k: v[1] == "unit.person" for k, v in COMPARED.items()})
    result = pd.DataFrame(
        {
            label("col.indicator", lang): [
                label_or(f"indicator.{n}", lang, n) for n in order["indicator"]
            ],
            label("col.unit", lang): [label(COMPARED[n][1], lang) for n in order["indicator"]],
            label("col.region", lang): [run.region_name(c, lang) for c in order["group_or_region"]],
            label("col.boundary", lang): [
                run.boundary_name(b, lang) if b else "" for b in order["boundary"]
            ],
            label("col.year", lang): order["year"].to_numpy(),
        }
    )
    for scenario in run.scenarios:
        for column in columns:
            if column != "value" and not wide[(column, scenario)].notna().any():
                continue
            word = run.scenario_name(scenario, lang)
            name = word if column == "value" else f"{word} · {label(BOUNDS[column], lang)}"
            shown = wide[(column, scenario)].to_numpy(dtype=float) * factor
            result[name] = np.where(counted, shown.round(0), shown.round(2))
    frame = finish(
        pd.DataFrame(index=result.index),
        14,
        run,
        lang,
        missing=[] if "lower" in columns else [("probability", "draws")],
    )
    result.attrs = dict(frame.attrs)
    return result


def _needs(reason: object) -> str:
    """What is missing, without the words that lead to it."""
    text = reason if isinstance(reason, str) else ""
    return text.removeprefix("needs: ").removeprefix("需要：")


def _shown(value: object, share: bool) -> float | str:
    """A number to two decimals (shares in per cent); text, such as a pair, as it stands."""
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    if number != number:
        return ""
    return round(100 * number, 2) if share else round(number, 2)
