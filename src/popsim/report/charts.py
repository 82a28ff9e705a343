"""Charts of the page as inline SVG: colours from the style sheet, both languages in one drawing.

Drawn here rather than by matplotlib so that the text stays text (searchable, switchable between
Chinese and English) and the colours follow the reader's light or dark screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup, escape

from popsim.report.svg import Words, plain_text, rule, svg, text

__all__ = ["Line", "bars", "line_chart", "pyramid_frame", "spread_labels"]

FONT_HEIGHT = 15.0
DOT = '<circle cx="{:.1f}" cy="{:.1f}" r="7"><title>{} · {}: {:,.2f}{}</title></circle>'


@dataclass(frozen=True)
class Line:
    """One line of a chart.

    Parameters
    ----------
    years, values
        Same length.
    colour
        Number of the colour in the style sheet.
    name
        (zh, en).
    end
        Text after the name at the end of the line, such as its last value.
    dashed
        Whether it is drawn over another line of the same values.
    unit
        Sign after the numbers of its tooltips, where the chart has none.
    named
        Whether its name stands at its end.
    """

    years: Sequence[int]
    values: Sequence[float]
    colour: int
    name: Words
    end: str = ""
    dashed: bool = False
    unit: str = field(default="")
    named: bool = True


def spread_labels(places: Sequence[float], gap: float) -> list[float]:
    """Positions pushed apart to at least `gap`, in the order given.

    Examples
    --------
    >>> spread_labels([10.0, 12.0], 10.0)
    [6.0, 16.0]
    """
    order = np.argsort(places, kind="stable")
    moved = np.asarray(places, dtype=float)[order]
    for _ in range(200):
        short = gap - np.diff(moved)
        if not (short > 1e-9).any():
            break
        for i in np.flatnonzero(short > 0):
            moved[i] -= short[i] / 2
            moved[i + 1] += short[i] / 2
    result = np.empty(len(moved))
    result[order] = moved
    return [float(value) for value in result]


def _ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers between two limits."""
    raw = (high - low) / count
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= raw)
    first = np.ceil(low / step - 1e-9) * step + 0.0
    return [float(t) + 0.0 for t in np.arange(first, high + step * 1e-6, step)]


def line_chart(
    lines: Sequence[Line],
    *,
    title: Words,
    limits: tuple[float, float],
    unit: str = "",
    aim: float | None = None,
    aim_words: Words = ("", ""),
    aim_year: int | None = None,
    notes: Sequence[tuple[int, float, Words]] = (),
    bands: Sequence[tuple[Sequence[int], Sequence[float], Sequence[float]]] = (),
    label_ends: bool = True,
    levels: Sequence[tuple[float, Words]] = (),
    size: tuple[float, float] = (520.0, 340.0),
) -> Markup:
    """Lines over years, named at their ends.

    Parameters
    ----------
    lines
        The lines; points carry their value as a tooltip.
    title
        (zh, en), also the accessible name.
    limits
        Lowest and highest value shown.
    unit
        Sign after the numbers, e.g. ``%``.
    aim, aim_words, aim_year
        A dashed level with its name, and the year it is due.
    notes
        (year, value, words) written on the panel.
    bands
        (years, lower, upper) shaded behind the lines, widest first.
    label_ends
        Whether the lines are named at their ends.
    levels
        (value, words) written beside the panel instead, where lines come in bundles.
    size
        Width and height.

    Returns
    -------
    Markup
        An ``<svg>``.
    """
    width, height = size
    left, top, bottom = 46.0, 34.0, 28.0
    right = width - (_room(lines) if label_ends else _room_for(levels))
    years = sorted({year for line in lines for year in line.years})
    low, high = limits

    def x(year: float) -> float:
        return left + (year - years[0]) / max(years[-1] - years[0], 1) * (right - left)

    def y(value: float) -> float:
        return height - bottom - (value - low) / (high - low) * (height - bottom - top)

    parts = [text(0, 16, title, "t")]
    for band in bands:
        parts.append(_band(*band, x, y))
    for tick in _ticks(low, high):
        level = y(tick)
        parts.append(rule(left, level, right, level, "g"))
        parts.append(plain_text(left - 7, level + 4, f"{tick:,g}{unit}", "k", "end"))
    for year in [year for year in years if year % 5 == 0] or [years[0], years[-1]]:
        parts.append(plain_text(x(year), height - 8, str(year), "k", "middle"))
    if aim is not None and low <= aim <= high:
        parts.append(rule(left, y(aim), right, y(aim), "a"))
        parts.append(text(left + 5, y(aim) + 15, aim_words, "k"))
        if aim_year is not None:
            parts.append(_diamond(x(aim_year), y(aim)))
    for line in lines:
        parts.append(_path(line, x, y, unit))
    for year, value, words in notes:
        parts.append(text(x(year), y(value) - 8, words, "k", "middle"))
    for (_, words), place in zip(
        levels, spread_labels([y(v) for v, _ in levels], FONT_HEIGHT), strict=True
    ):
        parts.append(text(right + 7, place + 4, words, "k"))
    if label_ends:
        told = [line for line in lines if line.named]
        ends = spread_labels([y(line.values[-1]) for line in told], FONT_HEIGHT)
        for line, place in zip(told, ends, strict=True):
            words = (f"{line.name[0]} {line.end}", f"{line.name[1]} {line.end}")
            parts.append(text(right + 7, place + 4, words, f"e c{line.colour}"))
    return svg(width, height, title, parts)


def _room_for(levels: Sequence[tuple[float, Words]]) -> float:
    """Width that words beside the panel need; a margin where there are none."""
    wide = [sum(2 if ord(char) > 0x2E7F else 1 for char in w) for _, pair in levels for w in pair]
    return 14.0 + 6.4 * max(wide, default=0)


def _room(lines: Sequence[Line]) -> float:
    """Width that the names at the ends of the lines need."""
    texts = [f"{word} {line.end}" for line in lines if line.named for word in line.name]
    wide = [sum(2 if ord(char) > 0x2E7F else 1 for char in text) for text in texts]
    return 16.0 + 6.9 * max(wide, default=0)


def _band(
    years: Sequence[int],
    lower: Sequence[float],
    upper: Sequence[float],
    x: Callable[[float], float],
    y: Callable[[float], float],
) -> Markup:
    there = [f"{x(a):.1f} {y(b):.1f}" for a, b in zip(years, upper, strict=True)]
    back = [f"{x(a):.1f} {y(b):.1f}" for a, b in zip(years, lower, strict=True)]
    return Markup('<path d="M{}z" class="b"/>').format("L".join([*there, *back[::-1]]))


def _diamond(x: float, y: float) -> Markup:
    return Markup('<path d="M{:.1f} {:.1f}l5 5l-5 5l-5 -5z" class="d"/>').format(x, y - 5)


def _path(
    line: Line, x: Callable[[float], float], y: Callable[[float], float], unit: str
) -> Markup:
    points = [(x(a), y(b)) for a, b in zip(line.years, line.values, strict=True)]
    drawn = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points)
    css = f"l s{line.colour}" + (" h" if line.dashed else "")
    dots = [
        Markup(DOT).format(
            a, b, " / ".join(dict.fromkeys(line.name)), year, value, unit or line.unit
        )
        for (a, b), year, value in zip(points, line.years, line.values, strict=True)
    ]
    return Markup('<path d="{}" class="{}"/><g class="p">{}</g>').format(
        drawn, css, Markup("").join(dots)
    )


def pyramid_frame(
    groups: Sequence[str],
    base: Sequence[Sequence[float]],
    last: Sequence[Sequence[float]],
    *,
    reach: float,
    title: Words,
    sides: tuple[Words, Words],
) -> Markup:
    """Pyramid: bars of a year (moved by the page's slider) and the outline of the base year.

    Parameters
    ----------
    groups
        Names of the age groups, youngest first.
    base, last
        (sex, group), women first, persons in 10 000.
    reach
        Half the width in the same unit.
    title, sides
        (zh, en); names of women and men.

    Returns
    -------
    Markup
        An ``<svg>`` whose bars carry ``data-sex`` and ``data-group``.
    """
    width, height, top, bottom, left = 620.0, 430.0, 26.0, 30.0, 52.0
    middle, half = (left + width) / 2, (width - left) / 2 - 6
    step = (height - top - bottom) / len(groups)
    parts = [text(middle + 0.62 * half, 16, sides[0], "e c1", "middle")]
    parts.append(text(middle - 0.62 * half, 16, sides[1], "e c0", "middle"))
    for tick in _ticks(0, reach, 3):
        for sign in (-1, 1):
            at = middle + sign * tick / reach * half
            parts.append(rule(at, top, at, height - bottom, "g"))
            parts.append(plain_text(at, height - 10, f"{tick:g}", "k", "middle"))
    for sex, sign in ((0, 1), (1, -1)):
        outline = f"M{middle:.1f} {height - bottom:.1f}"
        for i, _ in enumerate(groups):
            level = height - bottom - (i + 1) * step
            size = last[sex][i] / reach * half
            start = middle if sign > 0 else middle - size
            parts.append(
                Markup(
                    '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="f{}" '
                    'data-sex="{}" data-group="{}"/>'
                ).format(start, level + 1, size, step - 1.5, 1 if sex == 0 else 0, sex, i)
            )
            edge = middle + sign * base[sex][i] / reach * half
            outline += f"L{edge:.1f} {level + step:.1f}L{edge:.1f} {level:.1f}"
        parts.append(Markup('<path d="{}L{:.1f} {:.1f}" class="o"/>').format(outline, middle, top))
    for i, name in enumerate(groups):
        if i % 2 == 0:
            level = height - bottom - (i + 0.5) * step + 4
            parts.append(plain_text(left - 8, level, name, "k", "end"))
    frame = svg(width, height, title, parts, "pyramid")
    data = f' data-middle="{middle:.2f}" data-half="{half:.2f}" data-reach="{reach:.4f}"'
    return Markup(str(frame).replace("<svg ", f"<svg{data} ", 1))


def bars(rows: Sequence[tuple[Words, float, str]], *, title: Words, width: float = 520.0) -> Markup:
    """Horizontal bars with the name before and the value after each.

    Parameters
    ----------
    rows
        ((zh, en), value, text of the value).
    title
        (zh, en).

    Returns
    -------
    Markup
        An ``<svg>``.
    """
    left, right, step, top = 250.0, 80.0, 26.0, 30.0
    most = max([value for _, value, _ in rows] + [1e-12])
    parts = [text(0, 16, title, "t")]
    for i, (words, value, shown) in enumerate(rows):
        level = top + i * step
        size = value / most * (width - left - right)
        parts.append(text(left - 8, level + 15, words, "k", "end"))
        parts.append(
            Markup(
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="f0"/>'
            ).format(left, level + 3, size, step - 8)
        )
        parts.append(plain_text(left + size + 6, level + 15, escape(shown), "n", "start"))
    return svg(width, top + len(rows) * step + 6, title, parts)
