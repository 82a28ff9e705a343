"""Fan charts: the spread of an indicator over the draws of an ensemble."""

from __future__ import annotations

from collections.abc import Sequence

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
    name_aim,
    new_figure,
    styled,
    unit_title,
    year_axis,
)
from popsim.results.store import QUANTILE

__all__ = ["fan_chart", "quantile_columns"]


def quantile_columns(table: pd.DataFrame) -> dict[float, str]:
    """Columns that hold quantiles, by probability: `q0.1` or `p10` is the tenth percentile.

    Examples
    --------
    >>> quantile_columns(pd.DataFrame(columns=["year", "q0.1", "p50"]))
    {0.1: 'q0.1', 0.5: 'p50'}
    """
    found = {}
    for column in table.columns:
        match = QUANTILE.match(str(column))
        if match:
            text = match[1]
            # "05" and "5" are percents, "0.05" is a share.
            found[float(text) if "." in text else float(text) / 100] = str(column)
    return dict(sorted(found.items()))


@styled
def fan_chart(
    rows: pd.DataFrame,
    *,
    indicator: str,
    lang: str = "zh",
    threshold: float | None = None,
    target_year: int | None = None,
    group: str = "",
    place: str = "",
    boundary: str = "",
    members: str = "",
    source: str = "",
    notes: Sequence[str] = (),
) -> Figure:
    """Draw bands between the quantiles of one indicator over the years.

    Parameters
    ----------
    rows
        One row a year: `year`, `unit` and quantile columns (see `quantile_columns`), symmetric
        about the median.
    indicator
        Key of the indicator.
    lang
        ``"zh"`` or ``"en"``.
    threshold
        The plan's aim in the unit of the values; None for none.
    target_year
        Year the aim is due, marked on its line.
    group, place, boundary
        Names in `lang`: whose share it is, where it is one, and what the subtitle says.
    members
        Name of the boundary with what it holds, for the line below; `boundary` where not given.
    source
        Text of the source line.
    notes
        Sentences before the source line.

    Returns
    -------
    Figure
        Bands, darker towards the median.

    Raises
    ------
    DataError
        Where no pair of quantiles lies symmetric about the median.
    """
    columns = quantile_columns(rows)
    pairs = [
        (low, high)
        for low in columns
        for high in columns
        if low < 0.5 and np.isclose(low + high, 1.0)
    ]
    if not pairs:
        raise DataError(
            Problem("no symmetric quantiles", got=str(list(columns)), expected="e.g. q0.1 and q0.9")
        )
    path = rows.sort_values("year")
    share = path["unit"].iloc[0] == "1"
    factor = 100.0 if share else 1e-4
    figure = new_figure(8.0, 4.8)
    axes = figure.add_axes((0.09, 0.20, 0.70, 0.58))
    years = path["year"].to_numpy()
    _bands(axes, path, columns, sorted(pairs), factor, lang)
    if threshold is not None:
        _aim(axes, factor * threshold, (years[0], target_year), lang)
    year_axis(axes, [int(year) for year in years])
    unit = "%" if share else label("unit.wan", lang)
    word = label_or(f"indicator.{indicator}", lang, indicator)
    if group:
        word = phrase("plot.fan.share", lang, group=group)
    headline(
        figure,
        unit_title(phrase("plot.fan.title", lang, indicator=word), unit, lang),
        " · ".join(part for part in (boundary, place) if part),
    )
    footer(
        figure,
        lang=lang,
        definition="resident",
        period=f"{years[0]}—{years[-1]}",
        unit=unit,
        boundary=members or boundary or place or label("place.all", lang),
        source=source or phrase("text.own_projection", lang, year=int(years[0])),
        notes=notes,
    )
    return figure


def _aim(axes: Axes, level: float, when: tuple[int, int | None], lang: str) -> None:
    """Dashed line of the plan's aim with its name, and a mark at the year it is due."""
    first, due = when
    axes.axhline(level, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    name_aim(axes, level, first, lang)
    if due is not None:
        axes.plot([due], [level], marker="D", color=INK, markersize=5)


def _bands(
    axes: Axes,
    path: pd.DataFrame,
    columns: dict[float, str],
    pairs: list[tuple[float, float]],
    factor: float,
    lang: str,
) -> None:
    """Fill between the quantiles, widest first, and draw the median; name each at its end."""
    years = path["year"].to_numpy()
    ends: list[tuple[float, str, str]] = []
    for number, (low, high) in enumerate(pairs):
        bottom = factor * path[columns[low]].to_numpy()
        top = factor * path[columns[high]].to_numpy()
        shade = 0.18 + 0.14 * number
        axes.fill_between(years, bottom, top, color=COLOURS[0], alpha=shade, linewidth=0)
        text = phrase("plot.fan.interval", lang, percent=f"{100 * (high - low):.0f}")
        ends.append((top[-1], f"{text}\n{bottom[-1]:.2f}—{top[-1]:.2f}", COLOURS[0]))
    middle = next((name for q, name in columns.items() if np.isclose(q, 0.5)), None)
    if middle is not None:
        values = factor * path[middle].to_numpy()
        axes.plot(years, values, color=COLOURS[0], linewidth=2)
        ends.append((values[-1], f"{label('plot.fan.median', lang)} {values[-1]:.2f}", INK))
    direct_labels(axes, years[-1], ends)
