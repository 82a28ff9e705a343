"""Text files of the Human Mortality Database and the Human Fertility Database."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Literal

import xarray as xr

from popsim.errors import DataError, Problems
from popsim.tables.cells import Cell, Missing, parse_age, to_array
from popsim.tables.units import parse_number

__all__ = ["read_hfd", "read_hmd"]

# Word in the title line -> unit of the values; the first that fits.
UNITS = (
    ("death rates", "person-1 year-1"),
    ("exposure", "person year"),
    ("deaths", "death"),
    ("population", "person"),
    ("births", "birth"),
)
Territory = Literal["raise", "before", "after"]
_YEAR = re.compile(r"(\d{4})([+-]?)")
# HMD prints counts to two places: a total may differ from its parts by their rounding.
ROUNDING = 0.021


def read_hmd(
    path: str | Path,
    *,
    missing: Missing = "raise",
    units: str | None = None,
    territory: Territory = "raise",
) -> xr.DataArray:
    r"""Read a 1x1 or 5x1 text file of the Human Mortality Database.

    Parameters
    ----------
    path
        Population, Deaths, Exposures or Mx file as published: a title line, a blank line, then
        ``Year Age Female Male Total``.
    missing
        What ``.`` means: ``raise`` refuses it with its line, ``nan`` keeps it as NaN.
    units
        Unit of the values; None: told by the title (deaths, population, exposure, death rates).
    territory
        Where a change of territory gives a year twice (``1991-`` and ``1991+``): ``raise``, or take
        the ``before`` or ``after`` rows.

    Returns
    -------
    xarray.DataArray
        Dims `sex` (female, male), `age`, `year`; auxiliary coordinate `age_width`, inf for 110+.

    Raises
    ------
    DataError
        A header or row of another form, a missing sex, a total that is not the sum of the sexes,
        and what `to_array` refuses, each with file and line.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "Deaths_1x1.txt"
    >>> text = "Sweden, Deaths (period 1x1)\n\nYear Age Female Male Total\n"
    >>> _ = file.write_text(text + "2020 0 90.00 110.00 200.00\n2020 1+ 9.00 8.00 17.00\n")
    >>> read_hmd(file).sel(year=2020).values.tolist()
    [[90.0, 9.0], [110.0, 8.0]]
    """
    path, problems = Path(path), Problems(DataError)
    title, header, rows = _table(path)
    for sex in ("Female", "Male"):
        if sex not in header:
            problems.add("missing sex", where=f"{path.name}:3", got=" ".join(header), expected=sex)
    problems.raise_if_any()
    unit = units or next((u for word, u in UNITS if word in title.lower()), None)
    if unit is None:
        raise DataError(f"{path.name}:1: the title tells no unit: {title!r}. Remedy: give units=")
    cells: list[Cell] = []
    widths: dict[int, float] = {}
    for line, row in rows:
        where = f"{path.name}:{line}"
        year = _year(row["Year"], where, territory, problems)
        group = parse_age(row["Age"])
        if group is None:
            problems.add("not an age", where=where, got=row["Age"])
        if year is None or group is None:
            continue
        widths[group.age] = group.width
        values: dict[str, float] = {
            s: _value(row[s], f"{where} ({s})", problems)
            for s in ("Female", "Male", "Total")
            if s in row
        }
        if "Total" in values and "year-1" not in unit:
            gap = values["Female"] + values["Male"] - values["Total"]
            if abs(gap) > ROUNDING:
                problems.add("the sexes do not add to the total", where=where, got=f"{gap:+.2f}")
        for sex in ("Female", "Male"):
            labels = (sex.lower(), group.age, year)
            cells.append(Cell(f"{where} ({sex})", labels, values[sex]))
    return to_array(
        cells, ["sex", "age", "year"], problems, name=path.stem, age_width=widths, missing=missing,
        attrs=_attrs(path, title, unit),
    )  # fmt: skip


def read_hfd(path: str | Path, *, column: str = "ASFR", missing: Missing = "raise") -> xr.DataArray:
    r"""Read a text file of period fertility rates of the Human Fertility Database.

    Parameters
    ----------
    path
        File as published: a title line, further lines, then ``Year Age ASFR ..``.
    column
        Column wanted.
    missing
        As in `read_hmd`.

    Returns
    -------
    xarray.DataArray
        Dims `age`, `year`, in births per woman and year. The first age (``12-``) holds all below
        too, the last (``55+``) all above; attr ``first_age`` keeps the printed word.

    Raises
    ------
    DataError
        As `read_hmd`.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "asfrRR.txt"
    >>> _ = file.write_text("Sweden, Rates\n\nYear Age ASFR\n2020 12- 0.1\n2020 13+ 0.2\n")
    >>> read_hfd(file).sel(year=2020).values.tolist()
    [0.1, 0.2]
    """
    path, problems = Path(path), Problems(DataError)
    title, header, rows = _table(path)
    if column not in header:
        raise DataError(f"{path.name}: no column {column!r}; it has {', '.join(header)}")
    cells: list[Cell] = []
    widths: dict[int, float] = {}
    first = ""
    for line, row in rows:
        where = f"{path.name}:{line}"
        year = _year(row["Year"], where, "raise", problems)
        below = row["Age"].endswith("-")
        first = row["Age"] if below else first
        group = parse_age(row["Age"].removesuffix("-"))
        if group is None:
            problems.add("not an age", where=where, got=row["Age"])
        if year is None or group is None:
            continue
        widths[group.age] = group.width
        cells.append(Cell(where, (group.age, year), _value(row[column], where, problems)))
    attrs = _attrs(path, title, "births person-1 year-1") | {"first_age": first}
    return to_array(
        cells, ["age", "year"], problems, name=path.stem, age_width=widths, missing=missing,
        attrs=attrs,
    )  # fmt: skip


def _table(path: Path) -> tuple[str, list[str], list[tuple[int, dict[str, str]]]]:
    """Title, header and rows with line numbers."""
    if not path.is_file():
        raise DataError(f"missing file: {path}")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    start = next((i for i, t in enumerate(lines) if t.split()[:2] == ["Year", "Age"]), None)
    if start is None:
        raise DataError(f"{path.name}:1: no header line 'Year Age ..': not a file of HMD or HFD")
    header = lines[start].split()
    problems = Problems(DataError)
    rows = []
    for number, text in enumerate(lines[start + 1 :], start + 2):
        words = text.split()
        if words and len(words) != len(header):
            problems.add(
                "row of the wrong width", where=f"{path.name}:{number}", got=f"{len(words)} words",
                expected=f"{len(header)}",
            )  # fmt: skip
        elif words:
            rows.append((number, dict(zip(header, words, strict=True))))
    problems.raise_if_any()
    return lines[0].strip(), header, rows


def _year(text: str, where: str, territory: Territory, problems: Problems) -> int | None:
    """Year of a row; None where the row is not wanted or not a year."""
    found = _YEAR.fullmatch(text)
    if found is None:
        problems.add("not a single year", where=where, got=text, remedy="take the 1x1 or 5x1 file")
        return None
    mark = found[2]
    if mark and territory == "raise":
        problems.add(
            "change of territory", where=where, got=text, expected="one row a year",
            remedy="choose territory='before' or 'after'",
        )  # fmt: skip
        return None
    if mark and (mark == "-") != (territory == "before"):
        return None
    return int(found[1])


def _value(text: str, where: str, problems: Problems) -> float:
    """Number of a word; NaN for ``.``."""
    if text == ".":
        return float("nan")
    try:
        return float(parse_number(text))
    except DataError:
        problems.add("not a number", where=where, got=repr(text))
        return float("nan")


def _attrs(path: Path, title: str, unit: str) -> dict[str, str]:
    """Units and provenance."""
    return {
        "units": unit,
        "long_name": title,
        "source": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
