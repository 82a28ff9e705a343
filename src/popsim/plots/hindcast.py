"""How far each method would have been off, had it been asked at the census before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from popsim.errors import DataError, Problem
from popsim.labels import label, label_or, phrase
from popsim.plots.style import (
    COLOURS,
    INK,
    MUTED,
    footer,
    headline,
    new_figure,
    panel_title,
    styled,
    wrap,
)

__all__ = ["hindcast_chart"]

PANELS = ("whole", "mean_of_regions", "age_sex_regions")


@styled
def hindcast_chart(
    hindcast: pd.DataFrame, *, lang: str = "zh", launch: int | None = None, source: str = ""
) -> Figure:
    """Draw the errors of each method against the census.

    Parameters
    ----------
    hindcast
        Rows of `hindcast.csv`.
    lang
        ``"zh"`` or ``"en"``.
    launch
        Year of the census that the methods start from; not told where not given.
    source
        Text of the source line.

    Returns
    -------
    Figure
        Bars by method: the whole, the places, age and sex; in per cent.

    Raises
    ------
    DataError
        Where there is no method.
    """
    from popsim.backtest import hindcast_summary

    table = hindcast.assign(
        value=pd.to_numeric(hindcast["value"], errors="coerce"),
        error_percent=pd.to_numeric(hindcast["error_percent"], errors="coerce"),
    )
    rows = hindcast_summary(table)
    if rows.empty:
        raise DataError(Problem("no rows to draw", "hindcast.csv"))
    year = int(float(table["year"].dropna().iloc[0]))
    figure = new_figure(11.0, 0.34 * len(rows) + 2.3)
    panels = [name for name in PANELS if rows[name].notna().any()]
    grid = figure.add_gridspec(
        1, len(panels), left=0.215, right=0.97, bottom=0.24, top=0.72, wspace=0.12
    )
    for column, name in enumerate(panels):
        axes = figure.add_subplot(grid[0, column])
        panel_title(axes, label(f"col.{name}", lang))
        _bars(axes, rows[name].to_numpy(dtype=float), own=list(rows["method"]))
        axes.set_yticks(range(len(rows)))
        words = ["\n".join(wrap(label_or(f"method.{m}", lang, m), 28)) for m in rows["method"]]
        axes.set_yticklabels(words if column == 0 else [])
    headline(figure, label("plot.hindcast.title", lang), label("plot.hindcast.subtitle", lang))
    footer(
        figure,
        lang=lang,
        definition="resident",
        period=str(year),
        unit="%",
        boundary=("、" if lang == "zh" else ", ").join(
            label(place, lang) for place in ("place.all", "place.counties")
        ),
        source=source or label("plot.hindcast.source", lang),
        notes=[phrase("plot.hindcast.note", lang, launch=launch, year=year)] if launch else [],
    )
    return figure


def _bars(axes: Axes, values: np.ndarray, own: list[str]) -> None:
    """Horizontal bars with their numbers; the method of this package in its own colour."""
    places = np.arange(len(values))
    colours = [COLOURS[0] if name == "cohort_component" else "#a9b4bd" for name in own]
    axes.barh(places, np.nan_to_num(values), 0.66, color=colours)
    reach = max(1.0, float(np.nanmax(np.abs(values))))
    low = min(0.0, float(np.nanmin(values)))
    axes.set_xlim(1.5 * low, 1.25 * reach if float(np.nanmax(values)) > 0 else 0.2 * reach)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_ylim(len(values) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    for place, value in zip(places, values, strict=True):
        known = np.isfinite(value)
        text = f"{value:+.1f}" if known and low < 0 else f"{value:.1f}" if known else "–"
        axes.annotate(
            text,
            (value if known else 0.0, place),
            xytext=(4 if not known or value >= 0 else -4, 0),
            textcoords="offset points",
            ha="left" if not known or value >= 0 else "right",
            va="center",
            size=8.5,
            color=INK if known else MUTED,
        )
