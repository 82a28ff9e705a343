"""Tables of Chinese censuses and statistical yearbooks, from workbooks or CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import NamedTuple

import xarray as xr

from popsim.errors import DataError, Problems
from popsim.tables.cells import TOTAL, AgeGroup, Cell, Missing, drop_totals, parse_age, to_array
from popsim.tables.grid import Grid, clean, number_of, read_grid
from popsim.tables.printed_ages import fold_ages, lower_bounds
from popsim.tables.units import COUNT_UNITS, UNITS, unit_of

__all__ = ["read_chinese_table"]

TOTALS = frozenset({"合计", "总计", "小计", "计", "男女合计", "总人口", "全市", "全省", "全国"})
SEX = {"男": "male", "男性": "male", "女": "female", "女性": "female"}
DIMS = ("region", "sex", "age", "year")
_NOTE = re.compile(r"(注|资料来源|数据来源|说明|备注|本表)[:：]?")
_UNIT = re.compile(r"(?:计量)?单位[:：](.+?)[)）]?$")
_BRACKET = re.compile(r"[(（]([^()（）]+)[)）]$")
_STUB = re.compile(
    r"|地区|区域|区县|县[（(]?市[、,，]?区[)）]?|年龄组?|年份|年度|指标|项目|行政区划?|性别"
)
_YEAR = re.compile(r"((?:19|20)\d\d)年?末?")


Labels = dict[str, str | int]


class _Axis(NamedTuple):
    """What a row or column stands for: labels by dim, and what is left of its heading."""

    labels: Labels
    rest: tuple[str, ...]
    unit: str


def read_chinese_table(
    path: str | Path,
    *,
    sheet: str | None = None,
    measure: str | None = None,
    unit: str | None = None,
    codes: Mapping[str, str] | None = None,
    missing: Missing = "raise",
) -> xr.DataArray:
    r"""Read a table of a Chinese census or yearbook into one array.

    Parameters
    ----------
    path
        ``.xls``, ``.xlsx``, ``.ods``, or ``.csv`` (UTF-8 with or without mark, else GB 18030).
    sheet
        Sheet of the workbook; None: its only one.
    measure
        Heading wanted (``人口数``) where the table has several (``人口数``, ``性别比``).
    unit
        Unit word; None: told by ``单位：万人`` or a heading such as ``人口（万人）``.
    codes
        Code of each region by its printed name without blanks; a region not in it is refused.
    missing
        What an empty cell or a dash means: ``raise`` or ``nan``.

    Returns
    -------
    xarray.DataArray
        Those of the dims `region`, `sex`, `age`, `year` that the rows and headings name; in
        canonical units (persons, not ten-thousands); `region_name` beside codes.

    Raises
    ------
    DataError
        No unit, several measures, a row or heading that cannot be read, a total (``合计``) that is
        not the sum of its parts, a missing sex, ages that do not join, negative, repeated or
        missing cells: each with file, sheet and cell.

    Notes
    -----
    Merged headings count for all their columns (in files that do not tell merged cells, for the
    blank ones after them); blanks inside names (``南　湖　区``) are dropped; title, unit and note
    rows (``注：``, ``资料来源：``) are passed over. Totals over regions, sexes or ages, and wide
    age groups printed beside their parts, are checked against the sum (as far as rounding allows)
    and then left out.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "t.csv"
    >>> rows = "单位：万人,,\n地区,男,女\n合 计,3.1,3.0\n南 湖 区,1.1,1\n秀 洲 区,2,2\n"
    >>> _ = file.write_bytes(rows.encode("gb18030"))
    >>> table = read_chinese_table(file)
    >>> table.sel(region="南湖区", sex="male").item(), table.sizes["region"]
    (11000.0, 2)
    """
    grid, problems = read_grid(Path(path), sheet), Problems(DataError)
    body = [r for r, row in enumerate(grid.cells) if not _is_note(row)]
    start = _first_data_row(grid, body)
    heads = [r for r in body if r < start and _STUB.fullmatch(clean(grid.cells[r][0]))]
    heads = [r for r in heads if _is_heading(grid, r)] or [r for r in body if r < start][-1:]
    title = next((clean(grid.cells[r][0]) for r in body if r < start and r not in heads), "")
    columns = _columns(grid, heads, measure)
    rows = {
        r: _axis(grid, r, 0, [grid.cells[r][0]], problems)
        for r in body
        if r >= start and any(clean(v) for v in grid.cells[r])
    }
    word = unit or _unit(grid, body, start, columns)
    try:
        canonical, factor = unit_of(word)
    except DataError as error:
        raise DataError(f"{grid.name}: {error.problems[0]}") from error
    found, groups, places = _cells(grid, rows, columns, factor, problems)
    dims = [d for d in DIMS if any(labels.get(d, TOTAL) != TOTAL for labels, _, _ in found)]
    cells = [
        Cell(where, tuple(labels.get(d, TOTAL) for d in dims), value)
        for labels, where, value in found
    ]
    whole = factor == 1 and places == 0  # persons counted one by one: nothing is rounded
    half = 1e-6 if whole else float(factor) * 0.5 * 10.0**-places
    counts = canonical in COUNT_UNITS
    widths: dict[int, float] = {}
    if "age" in dims:
        cells = fold_ages(cells, dims.index("age"), groups, half if counts else None, problems)
        widths = {groups[str(w)].age: groups[str(w)].width for w in _words(cells, dims)}
        cells = lower_bounds(cells, dims.index("age"), groups)
    parts = drop_totals(cells, problems, tolerance=half, check=counts)
    if codes is not None and "region" in dims:
        parts = _coded(parts, dims.index("region"), codes, problems)
    attrs = {"units": canonical, "long_name": title, "source": grid.name, "sha256": grid.sha256}
    array = to_array(parts, dims, problems, name=measure or "value", attrs=attrs,
                     age_width=widths, missing=missing)  # fmt: skip
    if codes is not None and "region" in dims:
        names = {code: name for name, code in codes.items()}
        shown = [names[c] for c in array["region"].values.tolist()]
        array = array.assign_coords(region_name=("region", shown))
    return array


def _is_note(row: tuple[str | float | int, ...]) -> bool:
    """Whether a row is a note below or above the table."""
    first = next((clean(v) for v in row if clean(v)), "")
    return bool(_NOTE.match(first))


def _is_heading(grid: Grid, row: int) -> bool:
    """Whether a row names columns: more than one text, and not only a unit."""
    texts = {clean(v) for v in grid.cells[row][1:]} - {""}
    return bool(texts) and not any(_UNIT.search(t) for t in texts)


def _first_data_row(grid: Grid, body: list[int]) -> int:
    """First row with a label of its own and a number."""
    for r in body:
        first, *others = grid.cells[r]
        label = clean(first)
        numbers = [v for v in others if isinstance(v, int | float) or _is_number(v)]
        if numbers and label and (not _STUB.fullmatch(label)):
            return r
    raise DataError(f"{grid.name}: no row with a label and a number. Remedy: check the sheet")


def _is_number(value: str | float | int) -> bool:
    """Whether a text cell holds a number."""
    try:
        return number_of(value) is not None
    except DataError:
        return False


def _columns(grid: Grid, heads: list[int], measure: str | None) -> dict[int, _Axis]:
    """Value columns and what they stand for, of the measure wanted."""
    found: dict[int, _Axis] = {}
    over = dict.fromkeys(heads[:-1], "")
    for c in range(1, len(grid.cells[0])):
        texts = [grid.cells[r][c] for r in heads]
        if not grid.merged and clean(texts[-1]):
            for i, r in enumerate(heads[:-1]):  # a heading stands over the blanks after it
                over[r] = clean(texts[i]) or over[r]
                texts[i] = over[r]
        if any(clean(t) for t in texts):
            found[c] = _axis(grid, heads[0], c, texts, None)
    choices = list(dict.fromkeys(axis.rest for axis in found.values()))
    if measure is not None:
        wanted = {c: a for c, a in found.items() if measure in a.rest}
        if not wanted:
            shown = "; ".join(" / ".join(rest) for rest in choices)
            raise DataError(f"{grid.name}: no heading {measure!r}; the table has {shown}")
        return wanted
    if len(choices) > 1:
        shown = "; ".join(" / ".join(rest) or "(none)" for rest in choices)
        raise DataError(f"{grid.name}: several headings: {shown}. Remedy: choose one with measure=")
    return found


def _axis(
    grid: Grid, row: int, column: int, texts: list[str | float | int], problems: Problems | None
) -> _Axis:
    """Labels of a row (problems given) or of a column."""
    labels: Labels = {}
    rest: list[str] = []
    unit = ""
    for text in dict.fromkeys(clean(t) for t in texts):
        bracket = _BRACKET.search(text)
        if bracket and bracket[1] in UNITS:
            text, unit = text[: bracket.start()], bracket[1]
        year, age = _YEAR.fullmatch(text), parse_age(text)
        if text in TOTALS:
            labels["total"] = TOTAL
        elif text in SEX:
            labels["sex"] = SEX[text]
        elif year:
            labels["year"] = int(year[1])
        elif age is not None:
            labels["age"] = text
        elif text and problems is not None:
            labels["region"] = text
        elif text:
            rest.append(text)
    if problems is not None and not labels:
        problems.add("row without a label", where=grid.where(row, column))
    return _Axis(labels, tuple(rest), unit)


def _unit(grid: Grid, body: list[int], start: int, columns: Mapping[int, _Axis]) -> str:
    """Unit word told by the table."""
    told = {axis.unit for axis in columns.values()} - {""}
    for r in [r for r in range(len(grid.cells)) if r < start or r not in body]:
        for value in grid.cells[r]:
            if found := _UNIT.search(clean(value)):
                told.add(found[1])
    if len(told) != 1:
        raise DataError(
            f"{grid.name}: " + (f"several units: {', '.join(sorted(told))}" if told else "no unit")
            + ". Remedy: give unit="
        )  # fmt: skip
    return told.pop()


def _cells(
    grid: Grid,
    rows: Mapping[int, _Axis],
    columns: Mapping[int, _Axis],
    factor: Decimal,
    problems: Problems,
) -> tuple[list[tuple[Labels, str, float]], dict[str, AgeGroup], int]:
    """Cells with labels, place and value; age groups by printed word; the decimals printed."""
    found: list[tuple[Labels, str, float]] = []
    groups: dict[str, AgeGroup] = {}
    places = 0
    for (r, row), (c, column) in product(rows.items(), columns.items()):
        where = grid.where(r, c)
        labels = _total_over(row, rows) | _total_over(column, columns) | row.labels | column.labels
        labels.pop("total", None)
        try:
            number = number_of(grid.cells[r][c])
        except DataError:
            problems.add("not a number", where=where, got=repr(grid.cells[r][c]))
            continue
        if number is not None:
            places = max(places, -min(0, int(number.normalize().as_tuple().exponent)))
        word = str(labels.get("age", ""))
        if (group := parse_age(word)) is not None:
            groups[word] = group
        value = float("nan") if number is None else float(number * factor)
        found.append((labels, where, value))
    return found, groups, places


def _total_over(axis: _Axis, side: Mapping[int, _Axis]) -> Labels:
    """What a total stands for: all dims that its neighbours name and it does not."""
    if "total" not in axis.labels:
        return {}
    return {dim: TOTAL for other in side.values() for dim in other.labels if dim != "total"}


def _words(cells: list[Cell], dims: list[str]) -> list[str]:
    """Age groups left, as printed."""
    place = dims.index("age")
    return [str(c.labels[place]) for c in cells if c.labels[place] != TOTAL]


def _coded(
    cells: list[Cell], place: int, codes: Mapping[str, str], problems: Problems
) -> list[Cell]:
    """Region names replaced by their codes."""
    known: list[Cell] = []
    for cell in cells:
        name = str(cell.labels[place])
        if name not in codes:
            problems.add("unknown region", where=cell.where, got=name, remedy="add it to codes=")
            continue
        labels = (*cell.labels[:place], codes[name], *cell.labels[place + 1 :])
        known.append(cell._replace(labels=labels))
    return known
