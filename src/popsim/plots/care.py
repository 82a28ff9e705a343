"""Demand for elderly care: older people, people in need by degree, beds by norm."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from popsim.errors import DataError, Problem
from popsim.labels import label, label_compound, label_or, phrase
from popsim.plots.style import (
    COLOURS,
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
from popsim.results.subjects import CARE_SUBJECTS

__all__ = ["care_demand", "care_subject"]

UNITS = ("wan", "beds")


def care_subject(indicator: str) -> str:
    """Panel an indicator of `care.csv` belongs to; empty for those not drawn.

    Examples
    --------
    >>> [care_subject(n) for n in ("population_80plus", "need_severe.mine", "beds_norm", "floor")]
    ['people', 'need', 'beds', '']
    """
    stem = indicator.partition(".")[0]
    for subject, stems in CARE_SUBJECTS.items():
        if stem in stems:
            return subject
    return ""


@styled
def care_demand(
    care: pd.DataFrame,
    *,
    lang: str = "zh",
    region: str = "all",
    scenario: str = "",
    place: str = "",
    source: str = "",
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw the demand for care of one place under one scenario.

    Parameters
    ----------
    care
        Rows (indicator, region, scenario, year, value, unit, definition, source); persons and beds.
    lang
        ``"zh"`` or ``"en"``.
    region, scenario
        Which rows; the first scenario of the table where none is named.
    place
        Name of the region in `lang`; the whole city where empty.
    source, names
        As in `share_paths`.

    Returns
    -------
    Figure
        Three panels: older people, people in need on the scale named, beds by norm.

    Raises
    ------
    DataError
        Where there is no row of this place and scenario.
    """
    scenario = scenario or str(care["scenario"].iloc[0])
    rows = care[(care["region"] == region) & (care["scenario"] == scenario)]
    rows = rows.assign(subject=rows["indicator"].map(care_subject))
    subjects = [s for s in CARE_SUBJECTS if (rows["subject"] == s).any()]
    if not subjects:
        raise DataError(Problem("no rows to draw", "care.csv", f"{region}, {scenario}"))
    figure = new_figure(4.2 * len(subjects), 5.4)
    left = 0.16 / len(subjects)
    grid = figure.add_gridspec(
        1, len(subjects), left=left, right=0.885, bottom=0.165, top=0.79, wspace=0.78
    )
    scales: list[str] = []
    for column, subject in enumerate(subjects):
        axes = figure.add_subplot(grid[0, column])
        part = rows[rows["subject"] == subject]
        if subject == "need":
            part, scales = _one_scale(part)
        unit = label("unit.wan" if subject != "beds" else "unit.beds", lang)
        panel_title(axes, unit_title(label(f"plot.care.{subject}", lang), unit, lang))
        _panel(axes, part, lang, 1e4 if subject != "beds" else 1.0)
    years = f"{int(rows['year'].min())}—{int(rows['year'].max())}"
    word = scenario_word(scenario, lang, names)
    place = place or label("place.all", lang)
    headline(figure, label("plot.care.title", lang), f"{place} · {word}")
    named = [phrase("text.scale", lang, name=label_or(f"scale.{s}", lang, s)) for s in scales[:1]]
    footer(
        figure,
        lang=lang,
        definition="resident",
        period=years,
        unit=[label(f"unit.{unit}", lang) for unit in UNITS],
        boundary=place,
        source=source or phrase("text.own_projection", lang, year=int(rows["year"].min())),
        notes=[*named, label("report.care_note", lang)],
    )
    return figure


def _one_scale(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Rows of the first scale with most degrees, and the names of all scales, that one first."""
    scale = rows["indicator"].str.partition(".")[2]
    degrees = rows.groupby(scale, sort=False)["indicator"].nunique()
    names = sorted(degrees.index, key=lambda name: -degrees[name])
    return rows[scale == names[0]], [str(name) for name in names if name]


def _short(indicator: str, lang: str) -> str:
    """Name of a line: the scale of need stands in the footer, a pattern of beds on the line."""
    stem, _, _ = indicator.partition(".")
    if care_subject(indicator) == "need":
        return label_or(f"care.{stem}", lang, stem)
    return label_compound("care", indicator, lang)


def _panel(axes: Axes, rows: pd.DataFrame, lang: str, scale: float) -> None:
    ends: list[tuple[float, str, str]] = []
    drawn: list[np.ndarray] = []
    for number, (indicator, part) in enumerate(rows.groupby("indicator", sort=False)):
        path = part.sort_values("year")
        values = path["value"].to_numpy(dtype=float) / scale
        # Two norms may mean the same count: the second is dashed over the first.
        same = any(len(v) == len(values) and np.allclose(v, values) for v in drawn)
        drawn.append(values)
        colour = COLOURS[number % len(COLOURS)]
        axes.plot(path["year"], values, color=colour, lw=2, ls=(0, (4, 4)) if same else "solid")
        shown = f"{values[-1]:.2f}" if scale > 1 else f"{values[-1]:,.0f}"
        name = _short(str(indicator), lang)
        ends.append((values[-1], "\n".join([*wrap(name, 18), shown]), colour))
    years = sorted(set(rows["year"]))
    year_axis(axes, years)
    axes.set_ylim(0, 1.12 * max(rows["value"]) / scale)
    axes.yaxis.set_major_formatter("{x:,.0f}" if scale == 1 else "{x:g}")
    direct_labels(axes, years[-1], ends)
