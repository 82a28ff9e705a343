"""Tables 7 to 12: economy, capacity, disability, beds, staff and money, coverage.

The tables of subjects that have their own model (economy, capacity, staff and money, coverage) are
taken as that model wrote them into `tables/` of the run folder; a run without the model says so.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from popsim.labels import catalogue, definition, label, label_compound, label_or, phrase
from popsim.sheets.by_age import age_columns, one_rate_scales, split_by_sex_and_age
from popsim.sheets.frames import WAN, finish, not_computable
from popsim.sheets.source import RunTables
from popsim.sheets.workforce import registered, workforce_lines, workforce_notes, workforce_sources

__all__ = [
    "beds_table",
    "capacity_table",
    "coverage_table",
    "disability_table",
    "economy_table",
    "staff_table",
]

SERVICES = (
    "home_pattern",
    "community_pattern",
    "elderly_only_household_persons",
    "health_management_persons",
    "hospice_need",
)


def economy_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 7: GDP, GDP per worker, share of the city on each boundary."""
    return _own_table(run, 7, "economy", "gdp", lang)


def capacity_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 8: water, land, housing, waste and the binding resource."""
    return _own_table(run, 8, "capacity", "capacity", lang)


def coverage_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 12: area by density class, homes needed, share covered."""
    return _own_table(run, 12, "coverage", "coverage", lang)


def disability_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 9: people in need by degree under each named scale, by sex and age; dementia beside."""
    rows = _care_rows(run, lambda stem: _is_degree(stem) or stem == "dementia")
    if rows.empty:
        return not_computable(9, ["prevalence"], run, lang)
    rows = rows.merge(_sixty(run), on=["region", "scenario", "year"], how="left", validate="m:1")
    ages = age_columns(run)
    rows = split_by_sex_and_age(rows, run) if ages else rows
    stem = rows["indicator"].str.partition(".")
    table = _names(rows, run, lang)
    table["scale"] = [label_or(f"scale.{s}", lang, s) if s else "" for s in stem[2]]
    table["need_level"] = [label_or(f"care.{s}", lang, s) for s in stem[0]]
    if ages:
        table["sex"] = [label(f"sex.{s}", lang) for s in rows["sex"]]
    table["persons"] = (rows["value"] * WAN).round(2).to_numpy()
    table["share60"] = (100 * rows["value"] / rows["sixty"]).round(2).to_numpy()
    for column in ages.values():
        table[column] = rows[column].round(0).to_numpy()
    told = ["report.care_note", "text.by_sex_note" if ages else "text.by_age_note"]
    notes = [label(note, lang) for note in told]
    if flat := [label_or(f"scale.{s}", lang, s) for s in one_rate_scales(run)]:
        joiner = "、" if lang == "zh" else ", "
        notes.append(phrase("text.one_rate_note", lang, scales=joiner.join(flat)))
    return finish(
        table,
        9,
        run,
        lang,
        missing=[] if ages else [("age_group", "by_age_sex")],
        notes=notes,
        sources=_sources(rows),
    )


def beds_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 10: beds by norm, by pattern and by need; stock and shortfall where registered."""
    rows = _care_rows(run, lambda stem: "bed" in stem and "cover" not in stem)
    if rows.empty:
        return not_computable(10, ["beds"], run, lang)
    keys = ["region", "scenario", "year"]
    rows = rows.merge(_sixty(run), on=keys, how="left", validate="m:1")
    table = _names(rows, run, lang)
    table["item"] = [label_compound("care", name, lang) for name in rows["indicator"]]
    table["beds"] = rows["value"].round(0).to_numpy()
    table["per1000"] = (1000 * rows["value"] / rows["sixty"]).round(2).to_numpy()
    stock = registered(run, "institution_beds")
    missing = []
    if not stock:
        table["stock"], table["shortfall"] = None, None
        missing = [("stock", "bed_stock"), ("shortfall", "bed_stock")]
    else:
        known = rows["region"].map(stock)
        total = ~rows["indicator"].str.contains("dementia|nursing").to_numpy()
        table["stock"] = known.where(total).to_numpy()
        table["shortfall"] = (rows["value"] - known).where(total).round(0).to_numpy()
    return finish(table, 10, run, lang, missing=missing, sources=_sources(rows))


def staff_table(run: RunTables, lang: str = "zh") -> pd.DataFrame:
    """Table 11: the people served, and the care workers, hours and money they ask for."""
    rows = _care_rows(run, lambda stem: stem in SERVICES)
    lines = workforce_lines(run, lang)
    if rows.empty and lines.empty:
        return not_computable(11, ["staff"], run, lang)
    table = _names(rows, run, lang)
    table["item"] = [label_compound("care", name, lang) for name in rows["indicator"]]
    table["persons"] = (rows["value"] * WAN).round(2).to_numpy()
    table = pd.concat([table, lines], ignore_index=True)
    lacking = {"staff_grade1": "staff", "hours": "hours", "money": "money"}
    missing = [(column, need) for column, need in lacking.items() if column not in table]
    lead = ["region", "scenario", "year", "item", *(["scale"] if "scale" in table else [])]
    rest = [c for c in table if c not in lead]
    table = table.assign(**dict.fromkeys((c for c, _ in missing), None))
    if "scale" in table:
        table["scale"] = table["scale"].fillna("")
    return finish(
        table[[*lead, *rest, *(c for c, _ in missing)]],
        11,
        run,
        lang,
        missing=missing,
        notes=workforce_notes(run, lang),
        sources=[*_sources(rows), *workforce_sources(run)],
    )


def _own_table(run: RunTables, number: int, name: str, need: str, lang: str) -> pd.DataFrame:
    """Return a table of another model as it stands, with headers from the catalogue."""
    extra = (run.extra or {}).get(name)
    if extra is None:
        return not_computable(number, [need], run, lang)
    table = extra.copy()
    if "region" in table:
        table["region"] = [run.region_name(code, lang) for code in table["region"]]
    if {"definition", "indicator"} <= set(table):
        own = zip(table["indicator"], table["definition"], strict=True)
        table["definition"] = [_meaning(str(i), str(d), lang) for i, d in own]
    for kind in ("scenario", "boundary", "definition", "indicator", "unit", "class"):
        if kind == "scenario" and kind in table:
            table[kind] = [run.scenario_name(n, lang) if n else "" for n in table[kind]]
        elif kind in table:
            table[kind] = [label_or(f"{kind}.{n}", lang, n) if n else "" for n in table[kind]]
    if "source" in table:
        table["source"] = [run.source_words(text, lang) for text in table["source"]]
    titles = {column: label_or(f"col.{column}", lang, str(column)) for column in table}
    frame = finish(pd.DataFrame(index=table.index), number, run, lang)
    named = table.rename(columns=titles)
    named.attrs = dict(frame.attrs)
    return named


def _meaning(indicator: str, own: str, lang: str) -> str:
    """How an indicator is made, in the reader's language where the catalogue says."""
    key = f"indicator.{indicator}"
    return (definition(key, lang) if key in catalogue() else "") or own


def _is_degree(stem: str) -> bool:
    return stem.startswith("need_") and stem not in {"need_share_60plus", "need_definition_factor"}


def _care_rows(run: RunTables, wanted: Callable[[str], bool]) -> pd.DataFrame:
    """Rows of `care.csv` of the indicators wanted, in the years shown and in order."""
    if run.care is None:
        return pd.DataFrame(columns=["indicator", "region", "scenario", "year", "value"])
    stems = run.care["indicator"].str.partition(".")[0]
    rows = run.care[stems.map(wanted) & run.care["year"].isin(run.years)]
    scenario = {name: i for i, name in enumerate(dict.fromkeys(rows["scenario"]))}
    kind = {name: i for i, name in enumerate(dict.fromkeys(rows["indicator"]))}
    order = rows.assign(
        _s=rows["scenario"].map(scenario),
        _a=rows["region"] == "all",
        _k=rows["indicator"].map(kind),
    )
    order = order.sort_values(["_s", "_a", "region", "_k", "year"], kind="stable")
    return order.drop(columns=["_s", "_a", "_k"]).reset_index(drop=True)


def _sixty(run: RunTables) -> pd.DataFrame:
    """People aged 60+ by place, scenario and year."""
    assert run.care is not None
    rows = run.care[run.care["indicator"] == "population_60plus"]
    return rows[["region", "scenario", "year", "value"]].rename(columns={"value": "sixty"})


def _names(rows: pd.DataFrame, run: RunTables, lang: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "region": [run.region_name(code, lang) for code in rows["region"]],
            "scenario": [run.scenario_name(s, lang) for s in rows["scenario"]],
            "year": rows["year"].to_numpy(),
        }
    )


def _sources(rows: pd.DataFrame) -> list[str]:
    keys = [key.strip() for text in rows["source"].unique() for key in str(text).split(";")]
    return [key for key in dict.fromkeys(keys) if key and key not in {"derived", "projection"}]
