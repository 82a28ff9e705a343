"""Tables 13 and 14: the plan's targets, and the scenarios side by side."""

from __future__ import annotations

import pandas as pd

from popsim.labels import label, label_or, phrase
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
}


def target_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 13: each target as evaluated, or the reason why it is not."""
    rows = run.targets
    if rows is None:
        return not_computable(13, ["targets"], run, lang)
    rows = _in_language(rows, lang)
    text = {column: rows[column] for column in rows}
    aims = _column(rows, "unit")
    units = _column(rows, "value_unit").where(lambda own: own != "", aims)
    share = pd.Series([_is_share(t, u) for t, u in zip(rows["indicator"], units, strict=True)])
    table = pd.DataFrame({"target": rows["target"], "title": rows["title"]})
    for column in ("quote", "strength"):
        if column in text:
            table[column] = text[column]
    for column, kind in (
        ("scenario", "scenario"),
        ("boundary", "boundary"),
        ("definition", "definition"),
    ):
        table[column] = [label_or(f"{kind}.{v}", lang, v) if v else "" for v in rows[column]]
    table["year"] = rows["year"]
    for column in ("base_value", "value", "threshold", "gap"):
        if column in text:
            table[column] = [_shown(v, s) for v, s in zip(text[column], share, strict=True)]
    table["threshold"] = [
        shown if aim == unit or not isinstance(shown, float) else f"{raw} {aim}"
        for shown, raw, aim, unit in zip(
            table["threshold"], rows["threshold"], aims, units, strict=True
        )
    ]
    table["unit"] = [
        "%" if s else label_or(f"unit.{u}", lang, u) for s, u in zip(share, units, strict=True)
    ]
    table["comparison"] = [label_or(f"cmp.{c}", lang, c) for c in rows["comparison"]]
    table["met"] = [_met(m, lang) for m in rows["met"]]
    table["first_year_met"] = rows["first_year_met"]
    for column in ("probability", "lever", "reading"):
        if column in text and (text[column].astype(str).str.strip() != "").any():
            table[column] = text[column]
    if "reason" in text:
        lacking = pd.to_numeric(rows["value"], errors="coerce").isna()
        table["reason"] = [
            phrase("text.not_computable", lang, needs=_needs(r)) if r and lacks else r
            for r, lacks in zip(rows["reason"].fillna(""), lacking, strict=True)
        ]
    table["source"] = rows["source"]
    return finish(table, 13, run, lang, notes=[label("text.aim_not_forecast", lang)])


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
    result = pd.DataFrame(
        {
            label("col.indicator", lang): [
                label_or(f"indicator.{n}", lang, n) for n in order["indicator"]
            ],
            label("col.unit", lang): [label(COMPARED[n][1], lang) for n in order["indicator"]],
            label("col.region", lang): [run.region_name(c, lang) for c in order["group_or_region"]],
            label("col.boundary", lang): [
                label_or(f"boundary.{b}", lang, b) if b else "" for b in order["boundary"]
            ],
            label("col.year", lang): order["year"].to_numpy(),
        }
    )
    for scenario in run.scenarios:
        for column in columns:
            if column != "value" and not wide[(column, scenario)].notna().any():
                continue
            word = run.scenario_name(scenario, lang)
            name = word if column == "value" else f"{word} · {label(f'col.{column}', lang)}"
            result[name] = (wide[(column, scenario)].to_numpy(dtype=float) * factor).round(2)
    frame = finish(
        pd.DataFrame(index=result.index),
        14,
        run,
        lang,
        missing=[] if "lower" in columns else [("probability", "draws")],
    )
    result.attrs = dict(frame.attrs)
    return result


def _in_language(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Words of the rows in the language asked for, where the run holds them."""
    own = {c: f"{c}_zh" for c in ("reading", "reason", "lever") if f"{c}_zh" in rows}
    return rows.assign(**{c: rows[zh] for c, zh in own.items()}) if lang == "zh" else rows


def _needs(reason: object) -> str:
    """What is missing, without the words that lead to it."""
    text = reason if isinstance(reason, str) else ""
    return text.removeprefix("needs: ").removeprefix("需要：")


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    return rows[name] if name in rows else pd.Series([""] * len(rows), index=rows.index)


def _is_share(indicator: str, unit: str) -> bool:
    return unit in {"share", "1"} or (not unit and "share" in indicator)


def _shown(value: object, share: bool) -> float | str:
    """A number to two decimals (shares in per cent); text, such as a pair, as it stands."""
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    if number != number:
        return ""
    return round(100 * number, 2) if share else round(number, 2)


def _met(value: object, lang: str) -> str:
    text = str(value).strip().lower()
    if text in {"true", "1"}:
        return label("word.yes", lang)
    if text in {"false", "0"}:
        return label("word.no", lang)
    return ""
