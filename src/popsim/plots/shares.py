"""Paths of a group's share on every boundary, against the threshold of the plan."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from popsim.errors import DataError, Problem
from popsim.labels import label, label_or, phrase, without_brackets
from popsim.plots.style import (
    INK,
    MUTED,
    boundary_text,
    colour_of,
    direct_labels,
    footer,
    headline,
    name_aim,
    new_figure,
    panel_title,
    scenario_word,
    styled,
    wrap,
    year_axis,
)
from popsim.results import told_apart

__all__ = ["share_paths"]

# A boundary whose paths come this near the threshold gets a panel of its own.
NEAR = 0.06
# Shares that differ by less than a twentieth of a point look the same.
ALIKE = 5e-4
GREY = "#a9b4bd"


@styled
def share_paths(
    indicators: pd.DataFrame,
    *,
    lang: str = "zh",
    threshold: float | None = 0.60,
    target_year: int | None = None,
    indicator: str = "population_share",
    group: str = "city_proper",
    who: str = "resident",
    source: str = "",
    members: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw a group's share of the whole, by scenario and boundary.

    Parameters
    ----------
    indicators
        Rows (indicator, group_or_region, boundary, scenario, year, value, unit[, definition]),
        shares between 0 and 1.
    lang
        ``"zh"`` or ``"en"``.
    threshold
        The plan's aim, as a share; None for none.
    target_year
        Year the aim is due, marked on the line.
    indicator, group
        What is drawn.
    who
        Definition of the population: residents or the registered, where the rows tell them apart.
    source
        Text of the source line.
    members
        What each boundary holds, in words, for the line below the picture.
    names
        Name to show of each scenario; that of the catalogue where not given.

    Returns
    -------
    Figure
        On the left all boundaries on a full scale; on the right, magnified, those that come near
        the threshold.

    Raises
    ------
    DataError
        Where there is no such row.
    """
    rows = indicators[
        (indicators["indicator"] == indicator) & (indicators["group_or_region"] == group)
    ]
    if "definition" in rows:
        rows = rows[rows["definition"].isin([who, ""])]
    if rows.empty:
        raise DataError(
            Problem("no rows to draw", "indicators.csv", expected=f"{indicator} of {group}")
        )
    boundaries = list(dict.fromkeys(rows["boundary"]))
    near = [b for b in boundaries if _comes_near(rows[rows["boundary"] == b], threshold)]
    figure = new_figure(11.4, 5.4)
    right = 0.965 if near else 0.80
    grid = figure.add_gridspec(
        1, 2 if near else 1, left=0.065, right=right, bottom=0.185, top=0.80, wspace=0.16
    )
    names = names or {}
    axes = figure.add_subplot(grid[0, 0])
    # In grey, below the others and without a name, what runs among others.
    colours = _colours(rows)
    _lines(axes, rows, colours, threshold, target_year)
    axes.set_ylim(0, max(70.0, 100 * rows["value"].max() * 1.1))
    axes.set_ylabel(label("plot.share.y", lang))
    _name_boundaries(axes, rows, boundaries, lang, names, inside=bool(near))
    if threshold is not None:
        name_aim(axes, 100 * threshold, int(rows["year"].min()), lang)
    if near:
        part = rows[rows["boundary"].isin(near)]
        close = figure.add_subplot(grid[0, 1])
        _lines(close, part, colours, threshold, target_year)
        _magnify(close, part, threshold, lang, names)
        _name_scenarios(close, part, colours, lang, names)
    else:
        part = rows[rows["boundary"] == boundaries[-1]]
        _name_scenarios(axes, part, colours, lang, names)
    _say(figure, rows, colours, lang, names, source, members or {}, (group, indicator))
    return figure


def _say(
    figure: Figure,
    rows: pd.DataFrame,
    colours: Mapping[str, str],
    lang: str,
    names: Mapping[str, str],
    source: str,
    members: Mapping[str, str],
    what: tuple[str, str],
) -> None:
    """Title, and below the picture what it counts, where, when and from what."""
    group, indicator = what
    first, last = int(rows["year"].min()), int(rows["year"].max())
    boundaries = list(dict.fromkeys(rows["boundary"]))
    hidden = rows["scenario"].nunique() - len(colours)
    name = label_or(f"group.{group}", lang, group)
    word = label_or(f"indicator.{indicator}", lang, indicator)
    title = label("plot.share.title", lang) if group == "city_proper" else f"{name} · {word}"
    headline(figure, title, phrase("plot.share.subtitle", lang, first=first, last=last))
    footer(
        figure,
        lang=lang,
        definition=_one(rows, "definition", "resident"),
        period=f"{first}—{last}",
        unit="%",
        boundary=("；" if lang == "zh" else "; ").join(
            boundary_text(b, members.get(b, ""), lang, names) for b in boundaries
        ),
        source=source or phrase("text.own_projection", lang, year=first),
        notes=[
            phrase("text.projected_from", lang, year=first + 1) + ("。" if lang == "zh" else "."),
            label("text.aim_not_forecast", lang),
            *([phrase("plot.share.grey", lang, n=hidden)] if hidden else []),
        ],
    )


def _colours(rows: pd.DataFrame) -> dict[str, str]:
    """Colour of each scenario whose path can be told from the others'."""
    shown = told_apart(rows, within=ALIKE)
    return {name: colour_of(name, shown) for name in shown}


def _magnify(
    axes: Axes, rows: pd.DataFrame, threshold: float | None, lang: str, names: Mapping[str, str]
) -> None:
    """Scale and title of the panel of the boundaries near the threshold."""
    assert threshold is not None
    low = 100 * min(rows["value"].min(), threshold)
    high = 100 * max(rows["value"].max(), threshold)
    pad = max(0.15 * (high - low), 0.3)
    axes.set_ylim(low - pad, high + pad)
    first, last = int(rows["year"].min()), int(rows["year"].max())
    axes.set_xlim(first, last + 0.42 * (last - first))
    titles = [_boundary(b, lang, names) for b in dict.fromkeys(rows["boundary"])]
    word = ("、" if lang == "zh" else ", ").join(titles)
    panel_title(axes, phrase("report.near_title", lang, boundary=word))


def _comes_near(rows: pd.DataFrame, threshold: float | None) -> bool:
    if threshold is None:
        return False
    return bool(((rows["value"] - threshold).abs() < NEAR).all())


def _one(rows: pd.DataFrame, column: str, default: str) -> str:
    values = list(rows[column].dropna().unique()) if column in rows else []
    return str(values[0]) if len(values) == 1 else default


def _boundary(name: str, lang: str, names: Mapping[str, str]) -> str:
    """Name of a boundary; one that a scenario draws is called as the scenario is."""
    return label_or(f"boundary.{name}", lang, names.get(name) or name)


def _lines(
    axes: Axes,
    rows: pd.DataFrame,
    colours: Mapping[str, str],
    threshold: float | None,
    target_year: int | None,
) -> None:
    for (_, scenario), part in rows.groupby(["boundary", "scenario"], sort=False):
        path = part.sort_values("year")
        axes.plot(
            path["year"],
            100 * path["value"],
            color=colours.get(str(scenario), GREY),
            linewidth=2 if scenario in colours else 1.2,
            zorder=2.0 if scenario in colours else 1.9,
        )
    if threshold is not None:
        span = [rows["year"].min(), rows["year"].max()]
        axes.plot(span, [100 * threshold] * 2, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
        if target_year is not None:
            axes.plot([target_year], [100 * threshold], marker="D", color=INK, markersize=5)
    year_axis(axes, sorted(set(rows["year"])))


def _name_boundaries(
    axes: Axes,
    rows: pd.DataFrame,
    boundaries: list[str],
    lang: str,
    names: Mapping[str, str],
    *,
    inside: bool,
) -> None:
    """Write each boundary's name on its bundle of lines; beside their ends where there are many."""
    if inside and len(boundaries) > 3:
        first, last = int(rows["year"].min()), int(rows["year"].max())
        axes.set_xlim(first, last + 0.62 * (last - first))
        ends = rows[rows["year"] == last].groupby("boundary", sort=False)["value"].mean()
        labels = []
        for boundary, value in ends.items():
            word = _boundary(str(boundary), lang, names)
            # That a boundary is a what-if stands below the picture.
            word = without_brackets(word)
            labels.append((100 * float(value), "\n".join(wrap(word, 26)), MUTED))
        direct_labels(axes, last, labels)
        return
    middle = rows["year"].median()
    for boundary in boundaries:
        part = rows[rows["boundary"] == boundary]
        top = 100 * part[part["year"] == int(middle)]["value"].max()
        axes.annotate(
            _boundary(boundary, lang, names),
            (middle, top),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=9,
            color=MUTED,
        )


def _name_scenarios(
    axes: Axes,
    rows: pd.DataFrame,
    colours: Mapping[str, str],
    lang: str,
    names: Mapping[str, str],
) -> None:
    """Write the name and last value of each scenario told apart beside the end of its line."""
    last = int(rows["year"].max())
    ends = rows[(rows["year"] == last) & rows["scenario"].isin(list(colours))]
    labels = []
    for scenario, share in zip(ends["scenario"], ends["value"], strict=True):
        value = 100 * float(share)
        text = "\n".join(wrap(f"{scenario_word(scenario, lang, names)} {value:.1f}%", 19))
        labels.append((value, text, colours[scenario]))
    direct_labels(axes, last, labels)
