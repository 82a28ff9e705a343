"""Stacked bars of the page as inline SVG: parts of a whole by year, some of them negative."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from popsim.report.svg import Words, plain_text, rule, svg, text

__all__ = ["stacked_bars"]

WIDTH, HEIGHT = 620.0, 340.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 58.0, 26.0
BAR = (
    '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="f{}">'
    "<title>{}</title></rect>"
)


def stacked_bars(
    years: Sequence[int], parts: Sequence[tuple[Words, Sequence[float]]], *, title: Words
) -> Markup:
    """Bars by year, a colour for each part, those below zero hanging down.

    Parameters
    ----------
    years
        One bar each.
    parts
        ((zh, en), value by year).
    title
        (zh, en), also the accessible name.

    Returns
    -------
    Markup
        An ``<svg>``.

    Examples
    --------
    >>> svg = stacked_bars([2021], [(("甲", "a"), [2.0]), (("乙", "b"), [-1.0])], title=("图", "c"))
    >>> svg.count("<rect"), "2021" in svg
    (4, True)
    """
    tops = [sum(max(values[i], 0.0) for _, values in parts) for i in range(len(years))]
    feet = [sum(min(values[i], 0.0) for _, values in parts) for i in range(len(years))]
    high, low = 1.05 * max(*tops, 1e-9), 1.1 * min(*feet, 0.0)
    inner = HEIGHT - TOP - BOTTOM

    def y(value: float) -> float:
        return TOP + (high - value) / (high - low) * inner

    out = [text(0, 16, title, "t")]
    for tick in _steps(low, high):
        out.append(rule(LEFT, y(tick), WIDTH - RIGHT, y(tick), "g"))
        out.append(plain_text(LEFT - 7, y(tick) + 4, f"{tick:g}", "k", "end"))
    step = (WIDTH - LEFT - RIGHT) / len(years)
    for i, year in enumerate(years):
        up = down = 0.0
        for colour, (words, values) in enumerate(parts):
            value = float(values[i])
            start = up if value >= 0 else down
            top, foot = y(max(start, start + value)), y(min(start, start + value))
            up, down = (up + value, down) if value >= 0 else (up, down + value)
            said = f"{' / '.join(words)} · {year}: {value:,.2f}"
            place = LEFT + i * step + 0.13 * step
            out.append(Markup(BAR).format(place, top, 0.74 * step, foot - top, colour, said))
        if year % 5 == 0 or len(years) <= 6:
            out.append(plain_text(LEFT + (i + 0.5) * step, HEIGHT - 8, str(year), "k", "middle"))
    for colour, (words, _) in enumerate(parts):
        at = LEFT + colour * (WIDTH - LEFT) / len(parts)
        out.append(Markup(BAR).format(at, 30, 14, 10, colour, ""))
        out.append(text(at + 20, 40, words, "k"))
    out.append(rule(LEFT, y(0.0), WIDTH - RIGHT, y(0.0), "a0"))
    return svg(WIDTH, HEIGHT, title, out)


def _steps(low: float, high: float) -> list[float]:
    """Round numbers between two limits, zero among them."""
    span = (high - low) / 5
    power = 10.0 ** len(str(int(1 / span))) if span < 1 else 1.0
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 1e9) if s >= span * power)
    size = step / power
    first = -int(-low / size)
    return [k * size for k in range(first, int(high / size) + 1)]
