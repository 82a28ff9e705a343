"""What every drawing of the page is made of: SVG text in both languages, lines, the frame."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from popsim.labels import LANGS

__all__ = ["Words", "plain_text", "rule", "svg", "text"]

# (zh, en)
Words = tuple[str, str]


def text(x: float, y: float, words: Words, css: str = "", anchor: str = "start") -> Markup:
    """SVG text in both languages, of which the style sheet shows one."""
    if words[0] == words[1]:
        return plain_text(x, y, words[0], css, anchor)
    one = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}" lang="{}">{}</text>')
    parts = zip(LANGS, words, strict=True)
    return Markup("").join(one.format(x, y, anchor, css, lang, word) for lang, word in parts)


def plain_text(x: float, y: float, word: str, css: str, anchor: str) -> Markup:
    """SVG text that is the same in both languages."""
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>').format(
        x, y, anchor, css, word
    )


def rule(x1: float, y1: float, x2: float, y2: float, css: str) -> Markup:
    """Straight line between two points."""
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(
        x1, y1, x2, y2, css
    )


def svg(
    width: float, height: float, title: Words, parts: Sequence[Markup], css: str = ""
) -> Markup:
    """Put the parts of a drawing together, its title as the accessible name."""
    return Markup(
        '<svg viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}" class="{}">{}</svg>'
    ).format(width, height, " / ".join(title), css, Markup("").join(parts))
