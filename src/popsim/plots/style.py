"""The house style of the pictures: font, colours, the source line, and saving to the same bytes.

Everything goes through matplotlib's object interface (`Figure`), so that no global state decides
what a picture looks like. A picture is built and saved inside `style()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, wraps
from importlib import resources
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from popsim.labels import catalogue, definition, label, label_or, phrase, wrap

__all__ = [
    "COLOURS",
    "INK",
    "MUTED",
    "boundary_text",
    "colour_of",
    "direct_labels",
    "footer",
    "headline",
    "name_aim",
    "new_figure",
    "panel_title",
    "save",
    "scenario_word",
    "style",
    "styled",
    "unit_title",
    "wrap",
    "year_axis",
    "years_text",
]

P = ParamSpec("P")

# Okabe and Ito 2008, "Color Universal Design": told apart by colour-blind readers.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#666666")
FIXED = {"recent": COLOURS[0], "trend": COLOURS[1], "no_migration": COLOURS[2]}
INK = "#1f2933"
MUTED = "#6b7580"
# Size of the labels beside lines, in points.
LABEL = 9.0
FAMILY = "Popsim Sans SC"
RC: Any = {
    "font.family": [FAMILY],
    "font.size": 10.0,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e9ec",
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "text.color": INK,
    "figure.facecolor": "white",
    "figure.dpi": 100.0,
    "savefig.dpi": 160.0,
    "svg.fonttype": "path",
    "svg.hashsalt": "popsim",
    "path.simplify": True,
}


@lru_cache(maxsize=1)
def _load_font() -> str:
    """Make the packaged font known to matplotlib; return its family."""
    source = resources.files("popsim").joinpath("_fonts", "PopsimSansSC-Regular.otf")
    with resources.as_file(source) as path:
        font_manager.fontManager.addfont(path)
    return FAMILY


@contextmanager
def style() -> Iterator[None]:
    """House style for the time of the block.

    Examples
    --------
    >>> with style():
    ...     mpl.rcParams["font.family"]
    ['Popsim Sans SC']
    """
    _load_font()
    with mpl.rc_context(RC):
        yield


def styled(function: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw inside the house style."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with style():
            return function(*args, **kwargs)

    return inside


def colour_of(scenario: str, order: Sequence[str]) -> str:
    """Colour of a scenario: its own if it has one, else by its place among the others."""
    if scenario in FIXED:
        return FIXED[scenario]
    others = [name for name in order if name not in FIXED]
    free = [c for c in COLOURS if c not in {FIXED[n] for n in order if n in FIXED}]
    return free[others.index(scenario) % len(free)]


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure in inches, with room for a headline above and the sources below."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def headline(figure: Figure, title: str, subtitle: str = "") -> None:
    """Write the title, and in grey below it the subtitle, flush left."""
    height = figure.get_size_inches()[1]
    figure.text(0.02, 1 - 0.16 / height, _capital(title), size=14, va="top", ha="left", color=INK)
    if subtitle:
        figure.text(0.02, 1 - 0.46 / height, _capital(subtitle), size=10, va="top", color=MUTED)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def panel_title(axes: Axes, text: str) -> None:
    """Write a small title above a panel, flush left."""
    axes.set_title(_capital(text), loc="left", size=10.5, color=INK, pad=8)


def name_aim(axes: Axes, percent: float, year: int, lang: str) -> None:
    """Write the plan's aim below the left end of its line."""
    word = phrase("text.aim", lang, value=f"{percent:.0f}%")
    axes.annotate(word, (year, percent), xytext=(4, -5), textcoords="offset points",
                  va="top", size=9, color=INK)  # fmt: skip


def footer(
    figure: Figure,
    *,
    lang: str,
    definition: str,
    period: str,
    unit: str | Sequence[str],
    boundary: str,
    source: str,
    notes: Sequence[str] = (),
) -> None:
    """Write below the picture what it counts, where, when, in what unit, and from what source."""
    width = figure.get_size_inches()[0]
    counted = _capital(
        phrase(
            "text.footer",
            lang,
            definition=label_or(f"definition.{definition}", lang, definition),
            period=period,
            unit=unit if isinstance(unit, str) else ("、" if lang == "zh" else ", ").join(unit),
            boundary=boundary or label("boundary.none", lang),
        )
    )
    joiner = "" if lang == "zh" else " "
    parts = [
        joiner.join([counted, *notes]),
        phrase("text.footer_source", lang, source=source),
    ]
    lines = [line for part in parts for line in wrap(part, int(17.6 * width))]
    text = "\n".join(lines)
    _make_room(figure, len(lines) * 7.5 * 1.35 / 72 + 0.16)
    figure.text(0.02, 0.012, text, size=7.5, va="bottom", ha="left", color=MUTED, linespacing=1.35)


def years_text(years: Sequence[int], lang: str) -> str:
    """Single years side by side.

    Examples
    --------
    >>> years_text([2020, 2035], "zh"), years_text([2020, 2035], "en")
    ('2020、2035', '2020, 2035')
    """
    return ("、" if lang == "zh" else ", ").join(str(year) for year in years)


def boundary_text(
    name: str, members: str, lang: str, names: Mapping[str, str] | None = None
) -> str:
    """Name of a boundary, what it holds, and what it is not.

    Examples
    --------
    >>> boundary_text("today", "Nanhu, Xiuzhou", "en")
    "today's boundary = Nanhu, Xiuzhou"
    """
    key = f"boundary.{name}"
    # One that a scenario draws is called as the scenario is.
    word = label_or(key, lang, (names or {}).get(name) or name)
    if members:
        word = f"{word}＝{members}" if lang == "zh" else f"{word} = {members}"
    meaning = definition(key, lang) if key in catalogue() else ""
    return word + (f"（{meaning}）" if lang == "zh" else f" ({meaning})") if meaning else word


def _make_room(figure: Figure, inches: float) -> None:
    """Let the figure grow at its foot until its panels and their ticks clear so many inches."""
    width, height = (float(size) for size in figure.get_size_inches())
    ticks = 0.42
    lowest = min((axes.get_position().y0 for axes in figure.axes), default=1.0) * height
    more = inches + ticks - lowest
    if more <= 0:
        return
    new = height + more
    for axes in figure.axes:
        box = axes.get_position()
        axes.set_position(
            (box.x0, (box.y0 * height + more) / new, box.width, box.height * height / new)
        )
    for text in figure.texts:
        x, y = text.get_position()
        text.set_position((x, (y * height + more) / new))
    figure.set_size_inches(width, new)


def scenario_word(scenario: str, lang: str, names: Mapping[str, str] | None) -> str:
    """Name of a scenario: as its user titled it, else that of the catalogue."""
    return (names or {}).get(scenario) or label_or(f"scenario.{scenario}", lang, scenario)


def year_axis(axes: Axes, years: Sequence[int]) -> None:
    """Let the panel span the years and mark every fifth."""
    axes.set_xlim(years[0], years[-1])
    axes.set_xticks([year for year in years if year % 5 == 0] or [years[0], years[-1]])


def unit_title(title: str, unit: str, lang: str) -> str:
    """Title with its unit, inside the brackets that it ends with, where it does.

    Examples
    --------
    >>> unit_title("Beds (by norm)", "beds", "en"), unit_title("人口", "万人", "zh")
    ('Beds (by norm, beds)', '人口（万人）')
    """
    if lang == "zh":
        return f"{title[:-1]}，{unit}）" if title.endswith("）") else f"{title}（{unit}）"
    return f"{title[:-1]}, {unit})" if title.endswith(")") else f"{title} ({unit})"


def direct_labels(axes: Axes, x: float, rows: Sequence[tuple[float, str, str]]) -> None:
    """Write labels beside the ends of lines, pushed apart where they would overlap.

    They stay beside the panel as long as it is high enough for all of them.

    Parameters
    ----------
    axes
        The panel, its limits already set.
    x
        Where the lines end, in data units.
    rows
        (y, text, colour) of each line; a text may have several lines.
    """
    if not rows:
        return
    low, high = axes.get_ylim()
    line = 1.24 * LABEL / _height_points(axes) * (high - low)
    order = sorted(range(len(rows)), key=lambda i: rows[i][0])
    half = np.array([line * (1 + rows[i][1].count("\n")) / 2 for i in order])
    place = _apart(np.array([rows[i][0] for i in order], dtype=float), half, (low, high))
    for i, y in zip(order, place, strict=True):
        value, text, colour = rows[i]
        axes.annotate(
            text,
            (x, value),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            size=LABEL,
            annotation_clip=False,
        ).set_position((8, (y - value) / (high - low) * _height_points(axes)))


def _apart(place: np.ndarray, half: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Places of texts, from the lowest up, none over another and all between the limits."""
    room = half[:-1] + half[1:]
    for _ in range(200):
        overlap = room - np.diff(place)
        if not (overlap > 1e-9 * half.max()).any():
            break
        for lower in np.flatnonzero(overlap > 0):
            place[lower] -= overlap[lower] / 2
            place[lower + 1] += overlap[lower] / 2
    if 2 * half.sum() > limits[1] - limits[0]:
        return place
    place[-1] = min(place[-1], limits[1] - half[-1])
    for i in range(len(place) - 2, -1, -1):
        place[i] = min(place[i], place[i + 1] - room[i])
    place[0] = max(place[0], limits[0] + half[0])
    for i in range(1, len(place)):
        place[i] = max(place[i], place[i - 1] + room[i - 1])
    return place


def _height_points(axes: Axes) -> float:
    figure = axes.get_figure(root=True)
    assert figure is not None
    return float(axes.get_position().height * figure.get_size_inches()[1] * 72)


def save(figure: Figure, stem: Path) -> list[Path]:
    """Write a figure as PNG and SVG, the same bytes each time.

    Parameters
    ----------
    figure
        Made by one of the functions of `popsim.plots`.
    stem
        Path without the ending; its folder must exist.

    Returns
    -------
    list[Path]
        The two files.
    """
    png, svg = stem.with_name(stem.name + ".png"), stem.with_name(stem.name + ".svg")
    with style():
        FigureCanvasAgg(figure)
        figure.savefig(png, format="png", metadata={"Software": None})
        FigureCanvasSVG(figure)
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": "popsim"})
    return [png, svg]
