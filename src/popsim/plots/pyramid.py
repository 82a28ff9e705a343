"""Age pyramids of two years laid over each other."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from popsim.labels import label, phrase
from popsim.plots.style import COLOURS, INK, MUTED, footer, headline, new_figure, styled, years_text

__all__ = ["pyramids"]

SIDES = (("male", -1.0, COLOURS[0]), ("female", 1.0, COLOURS[1]))


@styled
def pyramids(
    population: xr.DataArray,
    *,
    lang: str = "zh",
    years: tuple[int, int] = (2020, 2035),
    place: str = "",
    scenario: str = "",
    source: str = "",
) -> Figure:
    """Draw the pyramid of the later year, with the earlier year as an outline.

    Parameters
    ----------
    population
        Persons (sex, age, year); any further dims of people are summed.
    lang
        ``"zh"`` or ``"en"``.
    years
        The year of the outline and the year of the bars.
    place, scenario
        Names written in the subtitle, already in `lang`.
    source
        Text of the source line.

    Returns
    -------
    Figure
        Women on the right, men on the left, five-year age groups.
    """
    people = population.sum([d for d in population.dims if d not in ("sex", "age", "year")])
    starts, groups = _five_year_groups(people.sel(year=list(years)))
    figure = new_figure(7.6, 6.6)
    axes = figure.add_axes((0.1, 0.185, 0.86, 0.675))
    _bars(axes, starts, groups, years)
    reach = float(groups.max()) / 1e4 * 1.08
    axes.set_xlim(-reach, reach)
    axes.set_ylim(0, starts[-1] + 9)
    axes.axvline(0, color="white", linewidth=1)
    axes.set_yticks(
        starts[::2] + 2.25,
        [f"{s:.0f}+" if s == starts[-1] else f"{s:.0f}-{s + 4:.0f}" for s in starts[::2]],
    )
    axes.tick_params(length=0)
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    ticks = [t for t in axes.get_xticks() if abs(t) <= reach]
    axes.set_xticks(ticks, [f"{abs(t):g}" for t in ticks])
    axes.set_xlabel(label("plot.pyramid.x", lang))
    for sex, sign, colour in SIDES:
        axes.text(
            sign * 0.62 * reach,
            starts[-1] + 5,
            label(f"sex.{sex}", lang),
            color=colour,
            size=12,
            ha="center",
        )
    _key(figure, years, lang)
    headline(
        figure,
        phrase("plot.pyramid.title", lang, first=years[0], last=years[1]),
        " · ".join(part for part in (place, scenario) if part),
    )
    footer(
        figure,
        lang=lang,
        definition="resident",
        period=years_text(years, lang),
        unit=label("unit.wan", lang),
        boundary=place or label("place.all", lang),
        source=source or phrase("text.own_projection", lang, year=years[0]),
    )
    return figure


def _bars(axes: Axes, starts: np.ndarray, groups: xr.DataArray, years: tuple[int, int]) -> None:
    """Bars of the later year and the outline of the earlier one."""
    for sex, sign, colour in SIDES:
        last = groups.sel(sex=sex, year=years[1]).to_numpy() / 1e4
        first = groups.sel(sex=sex, year=years[0]).to_numpy() / 1e4
        axes.barh(starts, sign * last, height=4.5, align="edge", color=colour, alpha=0.75)
        edges = np.append(starts, starts[-1] + 5)
        axes.stairs(sign * first, edges, orientation="horizontal", color=INK, linewidth=1.4)


def _five_year_groups(people: xr.DataArray) -> tuple[np.ndarray, xr.DataArray]:
    """Starts of the groups and persons in each; coarser groups are kept as they are."""
    ages = people["age"].to_numpy()
    starts = xr.DataArray(ages // 5 * 5, dims="age", name="group")
    groups = people.groupby(starts).sum().rename(group="age")
    return groups["age"].to_numpy().astype(float), groups


def _key(figure: Figure, years: tuple[int, int], lang: str) -> None:
    """Say which year is filled and which is the outline."""
    height = figure.get_size_inches()[1]
    y = 1 - 0.62 / height
    outline = phrase("plot.pyramid.base", lang, year=years[0])
    filled = phrase("plot.pyramid.last", lang, year=years[1])
    key = figure.add_axes((0.60, y - 0.055, 0.38, 0.09))
    key.set_axis_off()
    key.set_xlim(0, 1)
    key.set_ylim(0, 1)
    for row, (text, face, edge) in enumerate([(filled, MUTED, "none"), (outline, "none", INK)]):
        corner = (0.02, 0.62 - 0.5 * row)
        key.add_patch(Rectangle(corner, 0.08, 0.26, facecolor=face, edgecolor=edge, lw=1.4))
        key.text(0.13, 0.74 - 0.5 * row, text, va="center", size=9)
