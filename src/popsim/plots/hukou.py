"""Residents and registered people apart: their numbers, their urban shares, what towns grow by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from popsim.errors import DataError, Problem
from popsim.labels import label, label_or, phrase
from popsim.plots.style import (
    COLOURS,
    INK,
    direct_labels,
    footer,
    headline,
    new_figure,
    panel_title,
    scenario_word,
    styled,
    unit_title,
    wrap,
    year_axis,
)
from popsim.results.subjects import GROWTH_PARTS, HUKOU_PEOPLE, HUKOU_SHARES, growth_parts

__all__ = ["hukou_chart", "urban_growth_chart"]


@styled
def hukou_chart(
    indicators: pd.DataFrame,
    *,
    lang: str = "zh",
    scenario: str = "",
    place: str = "all",
    source: str = "",
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw residents, registered and floating people, and the urban share of each definition.

    Parameters
    ----------
    indicators
        Rows of `indicators.csv`.
    lang
        ``"zh"`` or ``"en"``.
    scenario, place
        Which rows; the first scenario where none is named.
    source, names
        As in `share_paths`.

    Returns
    -------
    Figure
        On the left persons, on the right shares in per cent.

    Raises
    ------
    DataError
        Where the run has no registered population.
    """
    scenario = scenario or str(indicators["scenario"].iloc[0])
    rows = indicators[
        (indicators["scenario"] == scenario)
        & (indicators["group_or_region"] == place)
        & indicators["indicator"].isin([*HUKOU_PEOPLE, *HUKOU_SHARES])
    ]
    if "definition" in rows:
        rows = rows[rows["definition"].isin(["resident", ""])]
    if not (rows["indicator"] == "registered_population").any():
        raise DataError(Problem("no rows to draw", "indicators.csv", "registered_population"))
    figure = new_figure(10.2, 5.0)
    grid = figure.add_gridspec(1, 2, left=0.065, right=0.86, bottom=0.185, top=0.79, wspace=0.55)
    panels = (
        (HUKOU_PEOPLE, 1e-4, label("unit.wan", lang), "{x:,.0f}", "plot.hukou.people"),
        (HUKOU_SHARES, 100.0, "%", "{x:g}", "plot.hukou.shares"),
    )
    for column, (wanted, factor, unit, form, title) in enumerate(panels):
        axes = figure.add_subplot(grid[0, column])
        panel_title(axes, unit_title(label(title, lang), unit, lang))
        _paths(axes, rows, wanted, factor, lang)
        axes.yaxis.set_major_formatter(form)
    first, last = int(rows["year"].min()), int(rows["year"].max())
    word = scenario_word(scenario, lang, names)
    where = label_or(f"place.{place}", lang, place)
    headline(figure, label("plot.hukou.title", lang), f"{where} · {word}")
    _foot(
        figure,
        lang,
        f"{first}—{last}",
        (label("unit.wan", lang), "%"),
        where,
        source,
    )
    return figure


def _foot(
    figure: Figure, lang: str, period: str, unit: Sequence[str], where: str, source: str
) -> None:
    first = int(period[:4])
    footer(
        figure,
        lang=lang,
        definition="both",
        period=period,
        unit=unit,
        boundary=where,
        source=source or phrase("text.own_projection", lang, year=first),
        notes=[label("plot.hukou.note", lang)],
    )


def _paths(axes: Axes, rows: pd.DataFrame, wanted: Sequence[str], factor: float, lang: str) -> None:
    """Lines of the indicators, each named beside its end."""
    ends: list[tuple[float, str, str]] = []
    top = low = 0.0
    for number, name in enumerate(wanted):
        path = rows[rows["indicator"] == name].sort_values("year")
        if path.empty:
            continue
        values = factor * path["value"].to_numpy(dtype=float)
        colour = COLOURS[number % len(COLOURS)]
        axes.plot(path["year"], values, color=colour, linewidth=2)
        shown = f"{values[-1]:,.2f}" + ("%" if factor == 100.0 else "")
        key = "pop.resident" if name == "population" else f"indicator.{name}"
        word = wrap(label(key, lang), 22)
        ends.append((float(values[-1]), "\n".join([*word, shown]), colour))
        top, low = max(top, float(values.max())), min(low or top, float(values.min()))
    years = sorted(set(rows["year"]))
    year_axis(axes, years)
    share = factor == 100.0
    axes.set_ylim(max(0.0, 5 * np.floor((low - 3) / 5)) if share else 0.0, 1.06 * top)
    direct_labels(axes, years[-1], ends)


@styled
def urban_growth_chart(
    growth: pd.DataFrame,
    *,
    lang: str = "zh",
    scenario: str = "",
    source: str = "",
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw the yearly growth of the urban population, split by what it comes from.

    Parameters
    ----------
    growth
        Rows of `urban_growth.csv` (scenario, region, period, natural, migration,
        reclassification); persons.
    lang, scenario, source, names
        As in `hukou_chart`.

    Returns
    -------
    Figure
        Stacked bars by year, the sum as a line.

    Raises
    ------
    DataError
        Where the scenario has no row.
    """
    scenario = scenario or str(growth["scenario"].iloc[0])
    parts = growth_parts(growth, scenario) * 1e-4
    if parts.empty:
        raise DataError(Problem("no rows to draw", "urban_growth.csv", scenario))
    figure = new_figure(8.6, 4.8)
    axes = figure.add_axes((0.09, 0.2, 0.66, 0.58))
    years = parts.index.to_numpy()
    up, down = np.zeros(len(years)), np.zeros(len(years))
    for number, name in enumerate(GROWTH_PARTS):
        values = parts[name].to_numpy()
        bottom = np.where(values >= 0, up, down)
        word = label(f"growth.{name}", lang) + ("" if values.any() else " 0")
        axes.bar(years, values, 0.74, bottom=bottom, color=COLOURS[number], label=word)
        up, down = up + np.maximum(values, 0), down + np.minimum(values, 0)
    whole = parts.sum(axis=1).to_numpy()
    axes.plot(years, whole, color=INK, marker="o", markersize=3.5, label=label("growth.all", lang))
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_ylim(1.15 * min(down.min(), -0.01), 1.1 * max(up.max(), 0.01))
    axes.set_xticks([y for y in years if y % 5 == 0] or list(years))
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    word = scenario_word(scenario, lang, names)
    where = label("place.all", lang)
    title = unit_title(label("plot.growth.title", lang), label("unit.wan", lang), lang)
    headline(figure, title, f"{where} · {word}")
    footer(
        figure,
        lang=lang,
        definition="resident",
        period=f"{years[0]}—{years[-1]}",
        unit=label("unit.wan", lang),
        boundary=where,
        source=source or phrase("text.own_projection", lang, year=int(years[0]) - 1),
        notes=[label("plot.growth.note", lang)],
    )
    return figure
