"""Age groups as printed: wide ones beside their parts, and their lower bounds."""

from __future__ import annotations

from collections.abc import Mapping

from popsim.errors import Problems
from popsim.tables.cells import TOTAL, AgeGroup, Cell, drop_totals

__all__ = ["fold_ages", "lower_bounds"]


def fold_ages(
    cells: list[Cell],
    place: int,
    groups: Mapping[str, AgeGroup],
    tolerance: float | None,
    problems: Problems,
) -> list[Cell]:
    """Leave out wide age groups printed beside their parts, checked against the sum of these.

    Examples
    --------
    >>> from popsim.tables.cells import parse_age
    >>> groups = {w: parse_age(w) for w in ("0-1", "0", "1", "2+")}
    >>> cells = [Cell(w, (w,), v) for w, v in zip(groups, (5.0, 2.0, 3.0, 9.0))]
    >>> [c.where for c in fold_ages(cells, 0, groups, 0.5, Problems())]
    ['0', '1', '2+']
    """
    for word in sorted(groups, key=lambda w: -groups[w].width):
        parts = _tiling(word, groups)
        if not parts:
            continue
        marked = [
            c._replace(labels=(*c.labels[:place], TOTAL, *c.labels[place + 1 :]))
            if c.labels[place] == word
            else c
            for c in cells
            if c.labels[place] == word or c.labels[place] in parts
        ]
        drop_totals(marked, problems, tolerance=tolerance or 0.0, check=tolerance is not None)
        cells = [c for c in cells if c.labels[place] != word]
    return cells


def _tiling(word: str, groups: Mapping[str, AgeGroup]) -> list[str]:
    """Narrowest groups that together make up a wide one; none where they do not."""
    age, end = groups[word].age, groups[word].age + groups[word].width
    parts: list[str] = []
    while age < end:
        fits = [
            w
            for w, g in groups.items()
            if w != word and g.age == age and g.age + g.width <= end and g != groups[word]
        ]
        if not fits:
            return []
        parts.append(min(fits, key=lambda w: groups[w].width))
        if groups[parts[-1]].width == float("inf"):
            break
        age += int(groups[parts[-1]].width)
    return parts


def lower_bounds(cells: list[Cell], place: int, groups: Mapping[str, AgeGroup]) -> list[Cell]:
    """Replace printed ages by their lower bounds.

    Examples
    --------
    >>> lower_bounds([Cell("a", ("85+",), 1.0)], 0, {"85+": AgeGroup(85, float("inf"))})[0].labels
    (85,)
    """
    return [
        c
        if c.labels[place] == TOTAL
        else c._replace(
            labels=(*c.labels[:place], groups[str(c.labels[place])].age, *c.labels[place + 1 :])
        )
        for c in cells
    ]
