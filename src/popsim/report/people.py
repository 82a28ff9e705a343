"""Residents and the registered, growth of towns, sets of counties, scales of care, the hindcast."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from popsim.labels import LANGS, full_width, label, label_or
from popsim.report.both import Both, both, headed, listed
from popsim.report.charts import Line, line_chart
from popsim.report.content import Names
from popsim.report.parts import Table
from popsim.report.stacks import stacked_bars
from popsim.results.subjects import GROWTH_PARTS, HUKOU_PEOPLE, HUKOU_SHARES, growth_parts
from popsim.sheets import RunTables

__all__ = [
    "finder_basis",
    "finder_rows",
    "growth_chart",
    "growth_rows",
    "hindcast_rows",
    "hindcast_verdict",
    "hukou_charts",
    "hukou_counties",
    "hukou_rows",
    "of_residents",
    "scale_rows",
    "scale_sentence",
]

# Columns of the hukou tables: indicator, header, factor, decimals.
STATUS = (
    ("population", "resident", 1e-4, 2),
    ("registered_population", "registered", 1e-4, 2),
    ("floating_population", "floating", 1e-4, 2),
    ("registered_absent", "absent", 1e-4, 2),
    ("urban_share", "rate_resident", 100.0, 2),
    ("registered_urban_share", "rate_registered", 100.0, 2),
    ("urban_share_gap", "rate_gap", 1.0, 2),
    ("persons_registered", "persons_registered", 1.0, 0),
)


def of_residents(run: RunTables) -> RunTables:
    """Return the run with its indicators on residents, and those of one definition only."""
    table = run.indicators
    if table is None or "definition" not in table:
        return run
    return replace(run, indicators=table[table["definition"].isin(["resident", ""])])


def _status(run: RunTables) -> pd.DataFrame | None:
    """Indicators of residents and the registered under the first scenario."""
    table = run.indicators
    if table is None or not (table["indicator"] == "registered_population").any():
        return None
    wanted = [name for name, *_ in STATUS]
    return table[(table["scenario"] == run.scenarios[0]) & table["indicator"].isin(wanted)]


def _cells(rows: pd.DataFrame) -> list[str]:
    """Cells of one place and year."""
    held = dict(zip(rows["indicator"], rows["value"], strict=True))
    return [
        f"{held[name] * factor:,.{digits}f}" if name in held else "–"
        for name, _, factor, digits in STATUS
    ]


def hukou_rows(run: RunTables) -> Table | None:
    """Residents, registered and floating people of the whole, year by year."""
    rows = _status(run)
    if rows is None:
        return None
    whole = rows[rows["group_or_region"] == "all"]
    table = [[str(y), *_cells(part)] for y, part in whole.groupby("year")]
    return Table([both("col.year"), *(both(f"col.{key}") for _, key, _, _ in STATUS)], table)


def hukou_counties(run: RunTables, names: Names) -> Table | None:
    """The same by county, in the last year."""
    rows = _status(run)
    if rows is None:
        return None
    last = rows[(rows["year"] == max(run.years)) & (rows["boundary"] == "")]
    if last["group_or_region"].nunique() < 2:
        return None
    places = sorted(set(last["group_or_region"]), key=lambda p: (p == "all", p))
    table = [
        [names.place(place), *_cells(last[last["group_or_region"] == place])] for place in places
    ]
    return Table([both("col.region"), *(both(f"col.{key}") for _, key, _, _ in STATUS)], table)


def hukou_charts(run: RunTables) -> list[Markup]:
    """People by definition, and the urban share of each definition."""
    rows = _status(run)
    if rows is None:
        return []
    rows = rows[rows["group_or_region"] == "all"]
    charts = []
    for wanted, factor, unit, key in (
        (HUKOU_PEOPLE, 1e-4, "unit.wan", "plot.hukou.people"),
        (HUKOU_SHARES, 100.0, "unit.percent", "plot.hukou.shares"),
    ):
        lines = [_line(rows, name, factor, i) for i, name in enumerate(wanted)]
        kept = [line for line in lines if line is not None]
        if not kept:
            continue
        share = factor == 100.0
        values = [v for line in kept for v in list(line.values)]
        low = max(0.0, 5.0 * np.floor((min(values) - 3) / 5)) if share else 0.0
        title = headed(both(key), both(unit))
        charts.append(line_chart(kept, title=title, limits=(float(low), 1.06 * max(values))))
    return charts


def _line(rows: pd.DataFrame, name: str, factor: float, colour: int) -> Line | None:
    path = rows[rows["indicator"] == name].sort_values("year")
    if path.empty:
        return None
    key = "pop.resident" if name == "population" else f"indicator.{name}"
    values = [factor * float(v) for v in path["value"]]
    words = (label(key, "zh"), label(key, "en"))
    end = f"{values[-1]:.2f}" + ("%" if factor == 100.0 else "")
    return Line([int(y) for y in path["year"]], values, colour, words, end)


def _growth(growth: pd.DataFrame | None, run: RunTables) -> pd.DataFrame | None:
    """Urban growth of all regions by period, first scenario, in 10 000 persons."""
    if growth is None or not {"scenario", "region", "period", *GROWTH_PARTS} <= set(growth):
        return None
    parts = growth_parts(growth, run.scenarios[0]) * 1e-4
    return None if parts.empty else parts


def growth_chart(growth: pd.DataFrame | None, run: RunTables) -> Markup | None:
    """Yearly urban growth split by where it comes from."""
    parts = _growth(growth, run)
    if parts is None:
        return None
    return stacked_bars(
        [int(y) for y in parts.index],
        [(both(f"growth.{name}").pair, [float(v) for v in parts[name]]) for name in GROWTH_PARTS],
        title=headed(both("plot.growth.title"), both("unit.wan")),
    )


def growth_rows(growth: pd.DataFrame | None, run: RunTables) -> Table | None:
    """The parts of urban growth as a table."""
    parts = _growth(growth, run)
    if parts is None:
        return None
    rows = [
        [str(year), *(f"{v + 0.0:.2f}" for v in (*values, sum(values)))]
        for year, values in zip(parts.index, parts.to_numpy(), strict=True)
    ]
    head = [both("col.period"), *(both(f"growth.{name}") for name in (*GROWTH_PARTS, "all"))]
    return Table(head, rows)


def finder_rows(table: pd.DataFrame | None, run: RunTables, names: Names) -> Table | None:
    """Sets of counties with their shares, and which are the smallest that meet an aim."""
    if table is None or not {"added", "population_share", "smallest_for"} <= set(table):
        return None
    output = "gdp_share" in table and (table["gdp_share"] != "").any()
    head = ["added", "population_share", *(["gdp_share"] if output else []), "smallest_for"]
    rows = []
    for _, row in table.iterrows():
        codes = [c for c in str(row["added"]).split(";") if c]
        places = [names.place(code) for code in codes]
        added = listed(places)
        cells: list[Any] = [added or both("boundary.today"), _share(row, "population")]
        if output:
            cells.append(_share(row, "gdp"))
        kinds = [k for k in str(row["smallest_for"]).split(";") if k]
        cells.append(listed(both(f"finder.{k}") for k in kinds))
        rows.append(cells)
    keys = {"population_share": "finder.population_share", "gdp_share": "finder.gdp_share"}
    return Table([both(keys.get(name, f"col.{name}")) for name in head], rows)


def finder_basis(table: pd.DataFrame | None) -> Both | None:
    """Years and boundaries of the shares of the finder."""
    if table is None or not {"year", "population_share"} <= set(table):
        return None
    told = both("finder.basis", year=str(table["year"].iloc[0]))
    if "gdp_year" not in table or not str(table["gdp_year"].iloc[0]):
        return told
    output = both("finder.basis_gdp", year=str(table["gdp_year"].iloc[0]))
    return Both(told.zh + output.zh, told.en + output.en)


def _share(row: pd.Series, kind: str) -> Both:
    """A share in per cent, marked where it meets the aim."""
    text = str(row[f"{kind}_share"])
    if not text:
        return Both("–", "–")
    met = str(row.get(f"meets_{kind}", "")) == "True"
    number = f"{100 * float(text):.2f}"
    mark = both("status.met")
    return Both(f"{number} {mark.zh}", f"{number} {mark.en}") if met else Both(number, number)


def scale_rows(scales: pd.DataFrame | None, run: RunTables) -> Table | None:
    """People in need under each scale, side by side where there are several, in the years shown."""
    if scales is None or not {"scale", "persons", "year", "scenario"} <= set(scales):
        return None
    rows = scales[scales["scenario"] == run.scenarios[0]]
    years = [y for y in run.years if str(y) in set(rows["year"])]
    shown = [y for y in years if y != run.base_year][:1] or years[:1]
    table = []
    for _, part in rows.groupby("scale", sort=False):
        held = {str(record["year"]): record for record in part.to_dict("records")}
        at = held[str(shown[0])]
        table.append(
            [_named(pd.Series(at)), f"{at.get('covers_from_age', '')}+",
             *(f"{float(held[str(y)]['persons']) / 1e4:.2f}" for y in years),
             f"{100 * float(at['share_60plus']):.2f}", f"{float(at['times_least']):.1f}"]
        )  # fmt: skip
    if not table:
        return None
    head: list[Any] = [both("col.scale"), both("col.age")]
    head += [both("report.scale_year", year=y) for y in years]
    head += [both("report.scale_share", year=shown[0]), both("report.scale_times", year=shown[0])]
    # Times the least scale says nothing of a scale alone.
    return Table(head, table) if len(table) > 1 else Table(head[:-1], [table[0][:-1]])


def scale_sentence(scales: pd.DataFrame | None, run: RunTables) -> Both | None:
    """Say how far the definitions are apart: the most and the fewest people they count."""
    if scales is None or scale_rows(scales, run) is None:
        return None
    rows = scales[scales["scenario"] == run.scenarios[0]]
    years = [y for y in run.years if str(y) in set(rows["year"]) and y != run.base_year]
    year = years[0] if years else run.base_year
    rows = rows[rows["year"] == str(year)].assign(n=lambda t: t["persons"].astype(float))
    if len(rows) < 2:
        return None
    order = rows.sort_values("n", kind="stable")
    most, least = order.iloc[-1], order.iloc[0]
    return both(
        "text.scales_apart",
        year=year,
        factor=f"{most['n'] / least['n']:.1f}",
        most=_named(most),
        least=_named(least),
        many=_people(most["n"]),
        few=_people(least["n"]),
    )


def _named(row: pd.Series) -> Both:
    zh, en = (str(row.get(f"title_{g}", row["scale"])) for g in LANGS)
    return Both(full_width(zh), en)


def _people(count: float) -> Both:
    return Both(f"{count / 1e4:.2f}万人", f"{count:,.0f}")


def hindcast_rows(table: pd.DataFrame | None) -> Table | None:
    """Errors of each method against the census, a published study beside them."""
    if table is None or not {"method", "measure", "error_percent"} <= set(table):
        return None
    from popsim.backtest import hindcast_summary

    numbers = {c: pd.to_numeric(table[c], errors="coerce") for c in ("value", "error_percent")}
    summary = hindcast_summary(table.assign(**numbers))
    signed = {"whole", "65plus", "85plus"}
    columns = [c for c in summary if c != "method"]
    rows = []
    for _, row in summary.iterrows():
        method = str(row["method"])
        cells: list[Any] = [Both(*(label_or(f"method.{method}", g, method) for g in LANGS))]
        for column in map(str, columns):
            value = float(row[column])
            shown = f"{value:+.1f}" if column in signed else f"{value:.1f}"
            cells.append("–" if value != value else shown)
        rows.append(cells)
    return Table([both("col.method"), *(both(f"col.{c}") for c in columns)], rows)


def hindcast_verdict(table: pd.DataFrame | None) -> Both | None:
    """The verdict on the hindcast, in words."""
    if table is None or not {"method", "measure", "note"} <= set(table):
        return None
    rows = table[table["method"] == "verdict"].set_index(
        "measure" if "zh" in set(table["measure"]) else "region"
    )
    if not set(LANGS) <= set(rows.index):
        return None
    return Both(*(str(rows.loc[lang, "note"]) for lang in LANGS))
