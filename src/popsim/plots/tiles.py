"""Tile map: one square per region, coloured and numbered, for two years.

Squares need no boundary file (whose licences are unclear) and give a small district the same room
as a large county. Where the regions carry `tile_row` and `tile_column` the squares stand roughly
where the places lie; else they fill a grid in the order of the table.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from popsim.errors import DataError, Problem
from popsim.labels import label, label_or, phrase
from popsim.plots.style import (
    INK,
    footer,
    headline,
    new_figure,
    panel_title,
    scenario_word,
    styled,
    years_text,
)

__all__ = ["tile_layout", "tile_map"]

# Height of a square over its width.
ASPECT = 0.62
RAMP = LinearSegmentedColormap.from_list("popsim", ["#eef4f9", "#7fb2d6", "#0b4a7a"])


def tile_layout(regions: pd.DataFrame) -> pd.DataFrame:
    """Row and column of each region's square, counted from the top left.

    Parameters
    ----------
    regions
        Indexed by region code; `tile_row` and `tile_column` where the layout is given.

    Returns
    -------
    pd.DataFrame
        Columns `row`, `column`, same index.

    Examples
    --------
    >>> tile_layout(pd.DataFrame(index=["a", "b", "c", "d"])).to_numpy().tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    if {"tile_row", "tile_column"} <= set(regions.columns):
        layout = regions[["tile_row", "tile_column"]].astype(int)
        return layout.set_axis(["row", "column"], axis=1)
    width = int(np.ceil(np.sqrt(len(regions))))
    place = np.arange(len(regions))
    return pd.DataFrame({"row": place // width, "column": place % width}, index=regions.index)


@styled
def tile_map(
    indicators: pd.DataFrame,
    regions: pd.DataFrame,
    *,
    lang: str = "zh",
    indicator: str = "share_60plus",
    years: tuple[int, int] = (2020, 2035),
    scenario: str = "",
    source: str = "",
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw an indicator by region in two years.

    Parameters
    ----------
    indicators
        Rows (indicator, group_or_region, boundary, scenario, year, value, unit).
    regions
        Indexed by region code; columns `name_zh`, `name_en` and, for a layout, `tile_row`,
        `tile_column`.
    lang
        ``"zh"`` or ``"en"``.
    indicator, years, scenario
        Which rows; the first scenario of the table where none is named.
    source, names
        As in `share_paths`.

    Returns
    -------
    Figure
        Two tile maps on one colour scale.

    Raises
    ------
    DataError
        Where a region has no value in one of the years.
    """
    scenario = scenario or str(indicators["scenario"].iloc[0])
    rows = indicators[
        (indicators["indicator"] == indicator)
        & (indicators["scenario"] == scenario)
        & indicators["group_or_region"].isin(regions.index)
        & indicators["year"].isin(years)
    ]
    values = rows.pivot_table(index="group_or_region", columns="year", values="value")
    values = values.reindex(index=regions.index, columns=list(years))
    if values.isna().to_numpy().any():
        missing = values.index[values.isna().any(axis=1)].tolist()
        raise DataError(Problem(f"no {indicator} to draw", "indicators.csv", str(missing)))
    share = rows["unit"].iloc[0] == "1"
    unit = "%" if share else label("unit.wan", lang)
    factor = 100.0 if share else 1e-4
    layout = tile_layout(regions)
    rows_high, columns_wide = layout["row"].max() + 1, layout["column"].max() + 1
    height = 4.4 / columns_wide * ASPECT * rows_high + 1.95
    figure = new_figure(9.2, height)
    grid = figure.add_gridspec(
        1, 2, left=0.02, right=0.98, bottom=0.65 / height, top=1 - 1.15 / height, wspace=0.06
    )
    norm = Normalize(factor * values.to_numpy().min(), factor * values.to_numpy().max())
    name = regions[f"name_{lang}"]
    for column, year in enumerate(years):
        axes = figure.add_subplot(grid[0, column])
        word = label("word.projection", lang) if year > min(years) else ""
        panel_title(axes, f"{year} {word}".strip())
        _tiles(axes, factor * values[year], layout, name, norm, "%" if share else "")
    word = label_or(f"indicator.{indicator}", lang, indicator)
    headline(
        figure,
        phrase("plot.tiles.title", lang, indicator=word, first=years[0], last=years[1]),
        f"{scenario_word(scenario, lang, names)} · {unit}",
    )
    footer(
        figure,
        lang=lang,
        definition="resident",
        period=years_text(years, lang),
        unit=unit,
        boundary=label("place.counties", lang),
        source=source or phrase("text.own_projection", lang, year=years[0]),
        notes=[label("plot.tiles.note", lang) + ("。" if lang == "zh" else ".")],
    )
    return figure


def _tiles(
    axes: Axes,
    values: pd.Series[float],
    layout: pd.DataFrame,
    name: pd.Series[str],
    norm: Normalize,
    unit: str,
) -> None:
    axes.set_axis_off()
    axes.set_xlim(-0.05, layout["column"].max() + 1.05)
    axes.set_ylim(layout["row"].max() + 1.05, -0.05)
    axes.set_aspect(ASPECT)
    squares = zip(values, layout["column"], layout["row"], name, strict=True)
    for value, x, y, place in squares:
        colour = RAMP(norm(value))
        light = 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2] > 0.5
        ink = INK if light else "white"
        axes.add_patch(
            FancyBboxPatch(
                (x + 0.04, y + 0.04), 0.92, 0.92, facecolor=colour, linewidth=0,
                boxstyle="round,pad=0,rounding_size=0.05", mutation_aspect=1.0,
            )
        )  # fmt: skip
        axes.text(x + 0.5, y + 0.34, place, ha="center", va="center", color=ink, size=10)
        axes.text(
            x + 0.5, y + 0.68, f"{value:.1f}{unit}", ha="center", va="center", color=ink, size=12
        )
