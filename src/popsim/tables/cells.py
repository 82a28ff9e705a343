"""Cells of a published table -> one complete labelled array, every refusal with its place."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Literal, NamedTuple

import numpy as np
import xarray as xr

from popsim.errors import Problems
from popsim.variables import SEXES

__all__ = ["TOTAL", "AgeGroup", "Cell", "Missing", "drop_totals", "parse_age", "to_array"]

Label = str | int
Missing = Literal["raise", "nan"]
SHOWN = 20
#: Label of a row or column that holds the sum of the others of its dim.
TOTAL = "total"

_CLEAN = re.compile(r"[\s　]+")
_SINGLE = re.compile(r"(\d+)岁?")
_RANGE = re.compile(r"(\d+)岁?[-–—~～至](\d+)岁?")
_OPEN = re.compile(r"(\d+)(?:\+|岁?及?以上|岁?\+|岁及其以上)")


class AgeGroup(NamedTuple):
    """An age group as printed: its lower bound and width (inf where open)."""

    age: int
    width: float


class Cell(NamedTuple):
    """One value of a table, with its labels in the order of the dims, and where it stands."""

    where: str
    labels: tuple[Label, ...]
    value: float


def parse_age(text: str) -> AgeGroup | None:
    """Age group of a printed label; None where the text is no age.

    Parameters
    ----------
    text
        ``0``, ``1-4``, ``110+``, ``0-4岁``, ``85岁及以上``.

    Returns
    -------
    AgeGroup or None

    Examples
    --------
    >>> parse_age("85岁及以上"), parse_age("1-4"), parse_age("合计")
    (AgeGroup(age=85, width=inf), AgeGroup(age=1, width=4.0), None)
    """
    text = _CLEAN.sub("", text)
    if found := _OPEN.fullmatch(text):
        return AgeGroup(int(found[1]), math.inf)
    if found := _RANGE.fullmatch(text):
        low, high = int(found[1]), int(found[2])
        return AgeGroup(low, float(high - low + 1)) if high >= low else None
    if found := _SINGLE.fullmatch(text):
        return AgeGroup(int(found[1]), 1.0)
    return None


def to_array(
    cells: Sequence[Cell],
    dims: Sequence[str],
    problems: Problems,
    *,
    name: str,
    attrs: Mapping[str, str],
    age_width: Mapping[int, float] | None = None,
    missing: Missing = "raise",
    signed: bool = False,
) -> xr.DataArray:
    """Put cells into one array; raise all faults of the table at once.

    Parameters
    ----------
    cells
        The values, one for each combination of labels.
    dims
        Their dims; `sex`, `age`, `year`, .. .
    problems
        Faults found so far; raised here together with those of the array.
    name, attrs
        Of the array; `attrs` must hold ``units`` and ``source``.
    age_width
        Width of each age group by lower bound, inf for the open one.
    missing
        What to do with combinations that are absent or NaN.
    signed
        Whether values may be below 0.

    Returns
    -------
    xarray.DataArray
        Sex in the order female, male; ages and years ascending; other labels as they came.

    Raises
    ------
    DataError
        For repeated, missing or negative cells, a missing sex, and ages that do not join.

    Examples
    --------
    >>> cells = [Cell("a:2", ("male", 0), 3.0), Cell("a:3", ("female", 0), 4.0)]
    >>> to_array(
    ...     cells, ["sex", "age"], Problems(), name="n", attrs={"units": "person"}
    ... ).values.tolist()
    [[4.0], [3.0]]
    """
    if not cells:
        problems.add("no values", where=attrs.get("source", ""), remedy="check the choice made")
        problems.raise_if_any()
    labels = {dim: _labels(dim, [c.labels[i] for c in cells]) for i, dim in enumerate(dims)}
    place = {dim: {label: i for i, label in enumerate(known)} for dim, known in labels.items()}
    values = np.full([len(labels[d]) for d in dims], np.nan)
    seen: dict[tuple[int, ...], str] = {}
    for cell in cells:
        at = tuple(place[d][label] for d, label in zip(dims, cell.labels, strict=True))
        if at in seen:
            what = f"{_text(dims, cell)}, as at {seen[at]}"
            problems.add("repeated cell", where=cell.where, got=what)
        elif not signed and cell.value < 0:
            problems.add("negative value", where=cell.where, got=cell.value, expected="0 or more")
        seen[at] = cell.where
        values[at] = cell.value
    source = attrs.get("source", "")
    _check_sex(labels, source, problems)
    widths = _check_ages(labels, age_width, source, problems)
    if missing == "raise":
        _check_missing(values, dims, labels, seen, source, problems)
    elif missing != "nan":
        problems.add("unknown choice", where="missing", got=missing, expected="raise or nan")
    problems.raise_if_any()
    coords: dict[str, object] = {d: (d, _column(labels[d])) for d in dims}
    if widths is not None:
        coords["age_width"] = ("age", widths)
    return xr.DataArray(values, coords=coords, dims=list(dims), name=name, attrs=dict(attrs))


def drop_totals(
    cells: Sequence[Cell], problems: Problems, *, tolerance: float = 0.5, check: bool = True
) -> list[Cell]:
    """Leave out the cells labelled `TOTAL` in any dim, checked against the sum of their parts.

    Parameters
    ----------
    cells
        Cells and totals together.
    problems
        Receives totals that are not the sum of their parts.
    tolerance
        Largest rounding of one printed value; a sum of n parts may be off by n + 1 times this.
    check
        Whether the values can be added at all (counts can, rates cannot).

    Returns
    -------
    list of Cell
        Without totals. A missing part leaves its total unchecked.

    Examples
    --------
    >>> cells = [Cell("a", ("male",), 2.0), Cell("b", ("female",), 3.0), Cell("c", (TOTAL,), 7.0)]
    >>> faults = Problems()
    >>> len(drop_totals(cells, faults)), str(next(iter(faults)))
    (2, 'c: parts do not add to the total; got 5; expected 7')
    """
    parts = [c for c in cells if TOTAL not in c.labels]
    if not check:
        return parts
    sums: dict[tuple[int, ...], dict[tuple[Label, ...], list[float]]] = {}
    for total in (c for c in cells if TOTAL in c.labels):
        fixed = tuple(i for i, label in enumerate(total.labels) if label != TOTAL)
        if fixed not in sums:
            sums[fixed] = {}
            for part in parts:
                key = tuple(part.labels[i] for i in fixed)
                sums[fixed].setdefault(key, []).append(part.value)
        found = sums[fixed].get(tuple(total.labels[i] for i in fixed))
        if found and abs(sum(found) - total.value) > tolerance * (len(found) + 1):
            problems.add(
                "parts do not add to the total",
                where=total.where,
                got=f"{sum(found):.10g}",
                expected=f"{total.value:.10g}",
            )
    return parts


def _labels(dim: str, found: Sequence[Label]) -> list[Label]:
    """Distinct labels in their order."""
    known = list(dict.fromkeys(found))
    if dim in ("age", "year", "period"):
        return sorted(known, key=int)
    if dim == "sex":
        return sorted(known, key=lambda s: (SEXES.index(s) if s in SEXES else 2, str(s)))
    return known


def _column(labels: Sequence[Label]) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
    """Labels as whole numbers or as fixed-width text."""
    if all(isinstance(label, int) for label in labels):
        return np.array(labels, dtype=np.int64)
    return np.array([str(label) for label in labels], dtype=np.str_)


def _check_sex(labels: Mapping[str, list[Label]], source: str, problems: Problems) -> None:
    """Both sexes must be there."""
    for sex in SEXES:
        if "sex" in labels and sex not in labels["sex"]:
            problems.add(
                "missing sex", where=source, got=", ".join(map(str, labels["sex"])), expected=sex
            )


def _check_ages(
    labels: Mapping[str, list[Label]],
    age_width: Mapping[int, float] | None,
    source: str,
    problems: Problems,
) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """Ages must join; returns their widths."""
    if "age" not in labels or age_width is None:
        return None
    ages = [int(a) for a in labels["age"]]
    widths = [age_width[a] for a in ages]
    for here, after, width in zip(ages, ages[1:], widths, strict=False):
        if here + width != after:
            problems.add(
                "ages do not join",
                where=source,
                got=f"age {here} (width {width:g}) then age {after}",
                expected=f"age {here + width:g}" if math.isfinite(width) else "nothing above",
            )
    return np.array(widths)


def _check_missing(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    dims: Sequence[str],
    labels: Mapping[str, list[Label]],
    seen: Mapping[tuple[int, ...], str],
    source: str,
    problems: Problems,
) -> None:
    """Every combination of labels must have a number."""
    found = 0
    for at in product(*(range(n) for n in values.shape)):
        if not math.isnan(values[at]):
            continue
        found += 1
        if found <= SHOWN:
            what = ", ".join(f"{d}={labels[d][i]}" for d, i in zip(dims, at, strict=True))
            problems.add(
                "missing value",
                where=f"{seen.get(at, source)}: {what}",
                remedy="complete the table, or read it with missing='nan'",
            )
    if found > SHOWN:
        problems.add(f"{found - SHOWN} more missing values", where=source)


def _text(dims: Sequence[str], cell: Cell) -> str:
    """Labels of a cell in words."""
    return ", ".join(f"{d}={label}" for d, label in zip(dims, cell.labels, strict=True))
