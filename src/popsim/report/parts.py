"""The tables of the page as rows of cells, both languages in each cell where it has words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from popsim.labels import LANGS, catalogue, definition, label_or
from popsim.report.content import Both, Names, both
from popsim.sheets import RunTables

__all__ = [
    "Table",
    "care_rows",
    "county_data",
    "county_rows",
    "definition_rows",
    "fit_rows",
    "fit_scope",
    "header",
    "plain_table",
    "tile_rows",
]

# Indicators of the table by county: column header, factor, decimals.
COUNTY = {
    "population": ("resident", 1e-4, 2),
    "population_share": ("share", 100.0, 2),
    "share_60plus": ("s60", 100.0, 2),
    "population_80plus": ("p80", 1e-4, 2),
    "old_age_dependency_ratio": ("dep_old", 100.0, 2),
    "median_age": ("median_age", 1.0, 1),
    "urban_share": ("rate_resident", 100.0, 2),
}
# What stands in a column of numbers where there is none.
GAPS = ("", "–")
NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?[%+]?")
CARE_SHOWN = (
    "population_60plus",
    "population_80plus",
    "need_total",
    "need_severe",
    "dementia",
    "beds_norm",
    "beds_pattern",
    "dementia_beds_plan",
)


# Terms defined on the page.
DEFINED = (
    "pop.resident",
    "pop.registered",
    "region.city_proper",
    "rate.urban_resident",
    "dep.old",
    "dep.child",
    "dep.total",
    "age.median",
    "dis.any",
    "dem",
    "bed.all",
    "bed.per_1000",
    "rate.health_mgmt",
)


@dataclass(frozen=True)
class Table:
    """Headers and rows; the first column is a name, columns of numbers stand right."""

    head: list[Any]
    rows: list[list[Any]]

    @property
    def right(self) -> set[int]:
        """Columns that hold numbers and nothing else.

        Examples
        --------
        >>> Table(["a", "b", "c"], [["x", "1,204.5", "3 km"], ["y", "–", "4 km"]]).right
        {1}
        """
        columns = list(zip(*self.rows, strict=True))
        return {
            i
            for i, cells in enumerate(columns)
            if i and any(map(_is_number, cells)) and all(_is_number(c) or c in GAPS for c in cells)
        }


def _is_number(cell: object) -> bool:
    return isinstance(cell, str) and NUMBER.fullmatch(cell) is not None


def _places(run: RunTables) -> list[tuple[str, str]]:
    """(place, boundary): the counties, the groups on each boundary, the whole."""
    if run.indicators is None:
        return []
    pairs = run.indicators[["group_or_region", "boundary"]].drop_duplicates()
    found = [(str(p), str(b)) for p, b in zip(*pairs.to_numpy().T, strict=True)]
    return sorted(found, key=lambda pair: (pair[0] == "all", pair[1] != "", 0))


def county_data(run: RunTables) -> dict[str, Any]:
    """Values of the county table for the page's choosers: scenario -> year -> place -> cells."""
    if run.indicators is None:
        return {}
    table = run.indicators
    rows = table[table["indicator"].isin(list(COUNTY)) & table["year"].isin(run.years)]
    if "definition" in rows:
        rows = rows[rows["definition"].isin(["resident", ""])]
    columns = ["indicator", "group_or_region", "boundary", "scenario", "year", "value"]
    found = {
        (s, int(y), p, b, i): float(v)
        for i, p, b, s, y, v in rows[columns].itertuples(index=False, name=None)
    }
    data: dict[str, Any] = {}
    for scenario in run.scenarios:
        for year in run.years:
            cells = {}
            for place, boundary in _places(run):
                values = [found.get((scenario, year, place, boundary, n)) for n in COUNTY]
                cells[f"{place}|{boundary}"] = [
                    "" if v is None else f"{v * factor:,.{digits}f}"
                    for v, (_, factor, digits) in zip(values, COUNTY.values(), strict=True)
                ]
            data.setdefault(scenario, {})[str(year)] = cells
    return data


def county_rows(run: RunTables, names: Names) -> Table | None:
    """Table by county for the first scenario and the last year shown."""
    data = county_data(run)
    if not data:
        return None
    cells = data[run.scenarios[0]][str(max(run.years))]
    head = [both("col.region"), *(both(f"col.{key}") for key, _, _ in COUNTY.values())]
    rows = []
    for place, boundary in _places(run):
        name = names.place(place)
        if boundary:
            on = names.boundary(boundary)
            name = Both(f"{name.zh} · {on.zh}", f"{name.en} · {on.en}")
        key = f"{place}|{boundary}"
        # A boundary that only another scenario draws is hidden until that is chosen.
        rows.append([{"key": key, "name": name, "strong": bool(boundary) or place == "all",
                      "hidden": not any(cells[key])}, *cells[key]])  # fmt: skip
    return Table(head, rows)


def tile_rows(run: RunTables, names: Names) -> list[dict[str, Any]]:
    """Squares of the counties: share of 60+ in the base year and the last, and a shade."""
    data = run.projection
    if data is None or run.indicators is None or "region" not in data.coords:
        return []
    table = run.indicators
    rows = table[(table["indicator"] == "share_60plus") & (table["scenario"] == run.scenarios[0])]
    value = {
        (str(p), int(y)): 100 * float(v)
        for p, y, v in zip(rows["group_or_region"], rows["year"], rows["value"], strict=True)
    }
    codes = [str(code) for code in data["region"].to_numpy()]
    years = (run.base_year, max(run.years))
    held = [value[c, y] for c in codes for y in years if (c, y) in value]
    if len(held) != 2 * len(codes) or len(codes) < 2:
        return []
    low, high = min(held), max(held)
    width = int(len(codes) ** 0.5 + 0.999)
    squares = []
    for i, code in enumerate(codes):
        row, column = i // width, i % width
        if "tile_row" in data.coords:
            row = int(data["tile_row"].sel(region=code))
            column = int(data["tile_column"].sel(region=code))
        for panel, year in enumerate(years):
            shade = (value[code, year] - low) / max(high - low, 1e-9)
            squares.append(
                {"panel": panel, "row": row, "column": column, "name": names.place(code),
                 "value": f"{value[code, year]:.1f}%", "shade": f"{0.10 + 0.80 * shade:.3f}",
                 "dark": shade > 0.68, "year": year}
            )  # fmt: skip
    return squares


def care_rows(run: RunTables, names: Names) -> Table | None:
    """Care counts of the whole city and the counties, first scenario, years shown."""
    if run.care is None:
        return None
    scenario = str(run.care["scenario"].iloc[0])
    stems = run.care["indicator"].str.partition(".")[0]
    rows = run.care[
        (run.care["scenario"] == scenario)
        & stems.isin(CARE_SHOWN)
        & run.care["year"].isin(run.years)
        & (run.care["region"] == "all")
    ]
    years = sorted(set(rows["year"]))
    table = []
    for indicator, part in rows.groupby("indicator", sort=False):
        path = part.set_index("year")
        beds = part["unit"].iloc[0] == "bed"
        unit = both("unit.beds" if beds else "unit.wan")
        shown = [
            f"{path.loc[y, 'value']:,.0f}" if beds else f"{path.loc[y, 'value'] / 1e4:.2f}"
            for y in years
        ]
        table.append([names.care(str(indicator)), unit, *shown, _key(str(part["source"].iloc[0]))])
    head = [both("col.indicator"), both("col.unit"), *map(str, years), both("col.source")]
    return Table(head, table)


def _key(source: str) -> Any:
    """Key of a source, or words where the figure is the program's own."""
    key = f"source.{source}"
    return both(key) if key in catalogue() else source


def _figure(text: str, unit: str = "") -> str:
    """A number of a table as read: people whole, shares in per cent, rates to five figures."""
    try:
        number = float(text)
    except ValueError:
        return text
    if unit == "1":
        return f"{100 * number:.2f}%"
    return f"{number:,.0f}" if unit == "person" or abs(number) >= 1e4 else f"{number:.5g}"


def fit_rows(fit: pd.DataFrame | None, names: Names) -> Table | None:
    """What was fitted to what: published beside projected, and the factor that was fitted."""
    if fit is None:
        return None
    wanted = ["quantity", "region", "period", "published", "projected", "difference_percent",
              "fitted_to", "value_of_factor", "source"]  # fmt: skip
    shown = [column for column in wanted if column in fit]
    rows = []
    for _, row in fit.iterrows():
        unit = str(row.get("unit", "person"))
        cells: list[Any] = []
        for column in shown:
            text = str(row[column])
            if column == "quantity":
                cells.append(Both(*(label_or(f"quantity.{text}", g, text) for g in LANGS)))
            elif column == "region":
                whole = names.run.projection is not None and text not in _codes(names.run)
                cells.append(both("place.all") if whole else names.place(text))
            elif column == "difference_percent":
                cells.append(
                    f"{float(text) + 0.0:+.2f}".replace("-0.00", "0.00").replace("+0.00", "0.00")
                    if text
                    else ""
                )
            elif column == "fitted_to":
                factor = str(row.get("factor", "")) or text
                fitted = Both(*(label_or(f"factor.{factor}", g, factor) for g in LANGS))
                cells.append(fitted if text else both("word.check"))
            elif column in ("published", "projected", "value_of_factor"):
                cells.append(_figure(text, unit if column != "value_of_factor" else ""))
            elif column == "source":
                keys = dict.fromkeys(key.strip() for key in text.split(";"))
                cells.append("; ".join(keys))
            else:
                cells.append(text)
        rows.append(cells)
    return Table([both(f"col.{column}") for column in shown], rows)


def _codes(run: RunTables) -> set[str]:
    assert run.projection is not None
    return {str(code) for code in run.projection["region"].to_numpy()}


def fit_scope(fit: pd.DataFrame | None) -> Both | None:
    """How many figures were fitted, how many only checked, and the worst of those."""
    if fit is None or not {"fitted_to", "difference_percent"} <= set(fit):
        return None
    check = fit[fit["fitted_to"] == ""]
    errors = [abs(float(text)) for text in check["difference_percent"] if text]
    if not errors:
        return None
    worst = Both(f"{max(errors):.2f}%", f"{max(errors):.2f} %")
    return both("report.fit_scope", done=len(fit) - len(check), check=len(check), worst=worst)


def plain_table(table: pd.DataFrame | None) -> Table | None:
    """Return a table as it stands, with headers from the catalogue where it has them."""
    if table is None:
        return None
    rows = [[_figure(str(cell)) for cell in row] for row in table.itertuples(index=False)]
    return Table([header(str(column)) for column in table], rows)


def header(column: str) -> Both:
    """Header of a column: a word of the catalogue, or the column's own name."""
    return Both(*(label_or(f"col.{column}", lang, column) for lang in LANGS))


def definition_rows() -> list[tuple[Both, Both]]:
    """Terms used on the page with their definitions."""
    known = catalogue()
    return [
        (both(key), Both(*(definition(key, lang) for lang in LANGS)))
        for key in DEFINED
        if known[key].definition_zh and known[key].definition_en
    ]
