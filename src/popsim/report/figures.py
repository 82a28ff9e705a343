"""The charts of the page, drawn from the tables of the run folder."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from markupsafe import Markup

from popsim.labels import LANGS, label, label_or, without_brackets
from popsim.report.both import Both, both, headed
from popsim.report.charts import Line, bars, line_chart, pyramid_frame
from popsim.report.content import Names
from popsim.results import told_apart
from popsim.results.subjects import CARE_SUBJECTS
from popsim.sheets import RunTables

__all__ = [
    "care_charts",
    "pyramid_chart",
    "pyramid_data",
    "scale_chart",
    "share_aim",
    "share_charts",
    "share_key",
]

NEAR = 0.06
# Shares that differ by less than a twentieth of a point look the same; grey is the seventh colour.
ALIKE = 5e-4
GREY = 6
COLOURS = {"recent": 0, "trend": 1, "no_migration": 2}


def scenario_colours(run: RunTables) -> dict[str, int]:
    """Number of the colour of each scenario whose share can be told from the others'.

    Scenarios that are not named run among these; they are drawn in grey.
    """
    rows = _share_rows(run)
    shown = run.scenarios[:1] if rows is None else told_apart(rows, within=ALIKE)
    free = [n for n in range(GREY) if n not in {COLOURS.get(name) for name in shown}]
    others = [name for name in shown if name not in COLOURS]
    return {
        name: COLOURS[name] if name in COLOURS else free[others.index(name) % len(free)]
        for name in shown
    }


def _share_rows(run: RunTables) -> pd.DataFrame | None:
    """Shares of the first group on every boundary, on the residents."""
    table = run.indicators
    if table is None:
        return None
    rows = table[(table["indicator"] == "population_share") & (table["boundary"] != "")]
    if "definition" in rows:
        rows = rows[rows["definition"].isin(["resident", ""])]
    return None if rows.empty else rows[rows["group_or_region"] == rows["group_or_region"].iloc[0]]


def share_charts(run: RunTables, names: Names) -> list[Markup]:
    """Share of the first group on every boundary, and magnified where it comes near the aim."""
    rows = _share_rows(run)
    if rows is None:
        return []
    group = str(rows["group_or_region"].iloc[0])
    aim, due = share_aim(run)
    boundaries = list(dict.fromkeys(rows["boundary"]))
    lines, notes = _share_lines(rows, run, names), []
    middle = int(rows["year"].median())
    many = len(boundaries) > 3
    levels = _levels(rows, names) if many else []
    for boundary in boundaries if not many else []:
        part = rows[(rows["boundary"] == boundary) & (rows["year"] == middle)]
        notes.append((middle, 100 * float(part["value"].max()), names.boundary(boundary).pair))
    top = max(70.0, 105 * float(rows["value"].max()))
    place = names.place(group)
    title = headed(both("plot.fan.share", group=place))
    aim_words = both("text.aim", value=f"{aim:.0f}%").pair if aim is not None else ("", "")
    shared: dict[str, Any] = {"aim": aim, "aim_words": aim_words, "aim_year": due, "unit": "%"}
    charts = [
        line_chart(
            lines, title=title, limits=(0.0, top), notes=notes, label_ends=False,
            levels=levels,
            **shared,
        )
    ]  # fmt: skip
    for boundary in boundaries:
        part = rows[rows["boundary"] == boundary]
        if aim is None or not ((100 * part["value"] - aim).abs() < 100 * NEAR).all():
            continue
        low, high = 100 * part["value"].min(), 100 * part["value"].max()
        low, high = min(low, aim), max(high, aim)
        pad = max(0.15 * (high - low), 0.3)
        title = both("report.near_title", boundary=names.boundary(boundary)).pair
        near = _share_lines(part, run, names)
        charts.append(line_chart(near, title=title, limits=(low - pad, high + pad), **shared))
    return charts


def share_key(run: RunTables, names: Names) -> list[tuple[int, Both]]:
    """Colour and name of each scenario told apart, and the grey of the others."""
    colours = scenario_colours(run)
    key = [(number, names.scenario(name)) for name, number in colours.items()]
    rest = len(run.scenarios) - len(colours)
    return [*key, (GREY, both("report.scenarios_alike", n=rest))] if rest else key


def _levels(rows: pd.DataFrame, names: Names) -> list[tuple[float, tuple[str, str]]]:
    """Where the lines of each boundary end, with its name less what stands in brackets."""
    ends = rows[rows["year"] == rows["year"].max()].groupby("boundary", sort=False)["value"].mean()
    found = []
    for boundary, value in ends.items():
        pair = names.boundary(str(boundary)).pair
        zh, en = (without_brackets(word) for word in pair)
        found.append((100 * float(value), (zh, en)))
    return found


def _share_lines(rows: pd.DataFrame, run: RunTables, names: Names) -> list[Line]:
    """Lines of the scenarios, those that run among others in grey, below them and unnamed."""
    colours = scenario_colours(run)
    lines = []
    for (_, scenario), part in rows.groupby(["boundary", "scenario"], sort=False):
        path = part.sort_values("year")
        values = [100 * float(v) for v in path["value"]]
        name = names.scenario(str(scenario)).pair
        years = [int(y) for y in path["year"]]
        colour = colours.get(str(scenario), GREY)
        lines.append(
            Line(years, values, colour, name, f"{values[-1]:.1f}%", named=str(scenario) in colours)
        )
    return sorted(lines, key=lambda line: line.named)


def share_aim(run: RunTables) -> tuple[float | None, int | None]:
    """Threshold of the share target in per cent, and its year."""
    if run.targets is None:
        return None, None
    rows = run.targets[run.targets["indicator"] == "population_share"]
    numbers = pd.to_numeric(rows["threshold"], errors="coerce").dropna()
    if numbers.empty:
        return None, None
    return 100 * float(numbers.iloc[0]), int(rows.loc[numbers.index[0], "year"])


def care_charts(run: RunTables) -> list[Markup]:
    """Older people, people in need on the first scale, beds by norm, for the whole city."""
    if run.care is None:
        return []
    scenario = str(run.care["scenario"].iloc[0])
    rows = run.care[(run.care["scenario"] == scenario) & (run.care["region"] == "all")]
    stem = rows["indicator"].str.partition(".")
    charts = []
    for subject, stems in CARE_SUBJECTS.items():
        part = rows[stem[0].isin(stems)]
        title = Both(*(label(f"plot.care.{subject}", lang) for lang in LANGS))
        unit = Both(*(label("unit.beds" if subject == "beds" else "unit.wan", g) for g in LANGS))
        if subject == "need":
            scale = _first_scale(stem.loc[part.index])
            part = part[stem.loc[part.index, 2] == scale]
            named = Both(*(label_or(f"scale.{scale}", lang, scale) for lang in LANGS))
            title = Both(f"{title.zh}：{named.zh}", f"{title.en}: {named.en}")
        if part.empty:
            continue
        lines = _care_lines(part, scale=1.0 if subject == "beds" else 1e-4)
        top = 1.1 * max(max(line.values) for line in lines)
        charts.append(line_chart(lines, title=headed(title, unit), limits=(0.0, top)))
    return charts


def _first_scale(stem: pd.DataFrame) -> str:
    """The scale with most degrees."""
    degrees = stem.groupby(2, sort=False)[0].nunique()
    return "" if degrees.empty else str(degrees.index[int(np.argmax(degrees.to_numpy()))])


def _care_lines(rows: pd.DataFrame, *, scale: float) -> list[Line]:
    lines: list[Line] = []
    for number, (indicator, part) in enumerate(rows.groupby("indicator", sort=False)):
        path = part.sort_values("year")
        values = [scale * float(v) for v in path["value"]]
        stem, _, qualifier = str(indicator).partition(".")
        words = []
        for lang in LANGS:
            word = label_or(f"care.{stem}", lang, stem)
            if qualifier and stem.startswith("beds"):
                word = f"{word} {label_or(f'scale.{qualifier}', lang, qualifier)}"
            words.append(word)
        end = f"{values[-1]:,.0f}" if scale == 1.0 else f"{values[-1]:.2f}"
        same = any(np.allclose(line.values, values) for line in lines)
        years = [int(y) for y in path["year"]]
        lines.append(Line(years, values, number % 7, (words[0], words[1]), end, dashed=same))
    return lines


def scale_chart(run: RunTables, year: int) -> Markup | None:
    """People counted as disabled under each scale in one year; None with fewer than two scales."""
    if run.care is None:
        return None
    scenario = str(run.care["scenario"].iloc[0])
    rows = run.care[
        (run.care["scenario"] == scenario)
        & (run.care["region"] == "all")
        & (run.care["year"] == year)
        & run.care["indicator"].str.startswith("need_total.")
    ].sort_values("value")
    if len(rows) < 2:
        return None
    shown = []
    for indicator, value in zip(rows["indicator"], rows["value"], strict=True):
        scale = str(indicator).partition(".")[2]
        words = (label_or(f"scale.{scale}", "zh", scale), label_or(f"scale.{scale}", "en", scale))
        shown.append((words, float(value), f"{value / 1e4:.2f}"))
    title = both("report.scales_title", year=year)
    unit = Both(*(label("unit.wan", lang) for lang in LANGS))
    return bars(shown, title=headed(title, unit))


def pyramid_data(projection: xr.Dataset) -> dict[str, list[list[list[float]]]]:
    """Five-year groups in 10 000 persons: scenario -> (year, sex, group), women first."""
    people = projection["population"]
    keep = {"scenario", "sex", "age", "year"}
    people = people.sum([d for d in people.dims if d not in keep]).reset_coords(drop=True)
    starts = people["age"].to_numpy() // 5 * 5
    groups = people.assign_coords(age=starts).groupby("age").sum() / 1e4
    if "scenario" not in groups.dims:
        groups = groups.expand_dims(scenario=[""])
    groups = groups.sel(sex=["female", "male"]).transpose("scenario", "year", "sex", "age")
    names = [str(name) for name in groups["scenario"].to_numpy()]
    values = groups.round(4).to_numpy()
    return {name: values[i].tolist() for i, name in enumerate(names)}


def pyramid_chart(projection: xr.Dataset, data: dict[str, list[list[list[float]]]]) -> Markup:
    """Pyramid of the last year of the first scenario, with the base year as outline."""
    starts = sorted({int(age) // 5 * 5 for age in projection["age"].to_numpy()})
    groups = [f"{s}+" if s == starts[-1] else f"{s}-{s + 4}" for s in starts]
    first = next(iter(data.values()))
    reach = 1.06 * max(float(np.max(values)) for values in data.values())
    years = [int(y) for y in projection["year"].to_numpy()]
    title = both("plot.pyramid.title", first=years[0], last=years[-1]).pair
    sides = (both("sex.female").pair, both("sex.male").pair)
    return pyramid_frame(groups, first[0], first[-1], reach=reach, title=title, sides=sides)
