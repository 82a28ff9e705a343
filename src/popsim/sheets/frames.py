"""Making a planning table: places by years in rows, headers in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from popsim.labels import label, phrase
from popsim.sheets.source import RunTables

__all__ = ["WAN", "finish", "not_computable", "pick", "place_rows", "spread"]

WAN = 1e-4
# Indicators of groups that are told on the registered too, and the name they take.
REGISTERED = {"population": "registered_population", "urban_share": "registered_urban_share"}
KEYS = ["group_or_region", "boundary", "scenario", "year"]


def not_computable(number: int, needs: Sequence[str], run: RunTables, lang: str) -> pd.DataFrame:
    """Return a table of one row that says what is missing.

    Parameters
    ----------
    number
        Number of the planning table.
    needs
        Keys of the catalogue under ``need.``.

    Returns
    -------
    pd.DataFrame
        Columns item and status.
    """
    joiner = "；" if lang == "zh" else "; "
    words = joiner.join(label(f"need.{need}", lang) for need in needs)
    frame = pd.DataFrame(
        {
            label("col.item", lang): [label(f"table.{number}", lang)],
            label("col.status", lang): [phrase("text.not_computable", lang, needs=words)],
        }
    )
    frame.attrs.update(title=label(f"table.{number}", lang), source=run.source(lang), notes=[])
    return frame


def finish(
    frame: pd.DataFrame,
    number: int,
    run: RunTables,
    lang: str,
    *,
    missing: Sequence[tuple[str, str]] = (),
    notes: Sequence[str] = (),
    sources: Sequence[str] = (),
) -> pd.DataFrame:
    """Give a table its headers, title, notes and source line.

    Parameters
    ----------
    frame
        Columns named by keys of the catalogue under ``col.``.
    missing
        (column key, need key): columns left empty, and what would fill them.
    notes
        Further sentences under the table.
    sources
        Sources beyond those of the projection.

    Returns
    -------
    pd.DataFrame
        Headers in `lang`; attrs `title`, `notes`, `source`.
    """
    colon = "：" if lang == "zh" else ": "
    said = [
        label(f"col.{column}", lang)
        + colon
        + phrase("text.not_computable", lang, needs=label(f"need.{need}", lang))
        for column, need in missing
    ]
    named = frame.reset_index(drop=True).rename(columns=lambda key: label(f"col.{key}", lang))
    named.attrs.update(
        title=label(f"table.{number}", lang),
        source=run.source(lang, sources),
        notes=[label("table.unit_note", lang), *notes, *said],
    )
    return named


def spread(run: RunTables, names: Mapping[str, float]) -> pd.DataFrame:
    """Indicators side by side: one row per place, boundary, scenario and year.

    Parameters
    ----------
    names
        Factor to the unit shown, by indicator.

    Returns
    -------
    pd.DataFrame
        Columns of `KEYS`, then the indicators that the run holds, others absent.
    """
    table = run.indicators
    if table is None:
        return pd.DataFrame(columns=KEYS)
    rows = of_both(table[table["year"].isin(run.years)])
    rows = rows[rows["indicator"].isin(list(names))]
    order = rows[KEYS].drop_duplicates()
    # pivot, not pivot_table: two values for one cell must raise, not be averaged.
    wide = rows.pivot(index=KEYS, columns="indicator", values="value").reset_index()  # noqa: PD010
    wide = order.merge(wide, on=KEYS, how="left", validate="1:1")
    for name, factor in names.items():
        if name in wide:
            wide[name] = (wide[name] * factor).round(2)
    return wide


def of_both(table: pd.DataFrame) -> pd.DataFrame:
    """Indicators by one name each: those of groups on the registered stand as their own."""
    if "definition" not in table:
        return table
    residents = table[table["definition"].isin(["resident", ""])]
    groups = table[
        (table["definition"] == "registered")
        & (table["boundary"] != "")
        & table["indicator"].isin(list(REGISTERED))
    ]
    named = groups.assign(indicator=groups["indicator"].map(REGISTERED))
    return pd.concat([residents, named], ignore_index=True) if len(named) else residents


def place_rows(wide: pd.DataFrame, run: RunTables, lang: str) -> pd.DataFrame:
    """Rows in the order of the field (counties, groups, whole), with names for codes.

    Returns
    -------
    pd.DataFrame
        Columns region, boundary, scenario, year, then the rest.
    """
    kind = wide.apply(
        lambda row: 2 if row["group_or_region"] == "all" else int(bool(row["boundary"])), axis=1
    )
    scenario = wide["scenario"].map({name: i for i, name in enumerate(run.scenarios)})
    boundary = wide["boundary"].map({b: i for i, b in enumerate(dict.fromkeys(wide["boundary"]))})
    order = wide.assign(_s=scenario, _k=kind, _b=boundary).sort_values(
        ["_s", "_k", "_b", "group_or_region", "year"], kind="stable"
    )
    named = order.drop(columns=["_s", "_k", "_b"])
    named["group_or_region"] = [run.region_name(c, lang) for c in named["group_or_region"]]
    named["boundary"] = [run.boundary_name(b, lang) if b else "" for b in named["boundary"]]
    named["scenario"] = [run.scenario_name(s, lang) for s in named["scenario"]]
    return named.rename(columns={"group_or_region": "region"})


def pick(wide: pd.DataFrame, columns: Mapping[str, str]) -> tuple[pd.DataFrame, list[str]]:
    """Columns of a table by their keys; those that are absent are left empty and named.

    Parameters
    ----------
    wide
        From `place_rows`.
    columns
        Column key by indicator.

    Returns
    -------
    tuple
        The table and the keys of the empty columns.
    """
    lead = wide[["region", "boundary", "scenario", "year"]]
    empty = []
    parts = {}
    for indicator, key in columns.items():
        if indicator in wide:
            parts[key] = wide[indicator]
        else:
            parts[key] = pd.Series([None] * len(wide), index=wide.index, dtype=object)
            empty.append(key)
    return pd.concat([lead, pd.DataFrame(parts)], axis=1), empty
