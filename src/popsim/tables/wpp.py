"""CSV files of the United Nations' World Population Prospects."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import xarray as xr

from popsim.errors import DataError, Problems
from popsim.tables.cells import Cell, Missing, to_array
from popsim.tables.units import parse_number

__all__ = ["read_wpp"]

# Units and factors of the columns, after the notes of WPP 2024's CSV files.
COLUMNS: dict[str, tuple[str, str]] = {
    "Births": ("birth", "1e3"),
    "Deaths": ("death", "1e3"),
    "NetMigrations": ("person", "1e3"),
    "TPopulation1Jan": ("person", "1e3"),
    "TPopulation1July": ("person", "1e3"),
    "ASFR": ("births person-1 year-1", "1e-3"),
    "PASFR": ("1", "1e-2"),
    "TFR": ("child woman-1", "1"),
    "SRB": ("male per female", "1e-2"),
    "LEx": ("year", "1"),
    "mx": ("person-1 year-1", "1"),
    "qx": ("1", "1"),
    "px": ("1", "1"),
    "ax": ("year", "1"),
    "ex": ("year", "1"),
    "lx": ("person", "1"),
    "dx": ("death", "1"),
    "Lx": ("person year", "1"),
    "Sx": ("1", "1"),
    "Tx": ("person year", "1"),
}
SIGNED = frozenset({"NetMigrations"})
POPULATION = ("PopFemale", "PopMale", "PopTotal")
SEX = {"female": "female", "male": "male", "1": "male", "2": "female"}
DATES = {".5": "1 July", ".0": "1 January"}
# The files print thousands to three places: a total may differ from its parts by their rounding.
ROUNDING = 0.0021


class _Found(NamedTuple):
    cells: list[Cell]
    widths: dict[int, float]
    names: dict[str, str]
    variants: set[str]
    middles: set[str]


def read_wpp(
    path: str | Path,
    *,
    measure: str = "population",
    location: str | Iterable[str] | None = None,
    variant: str | None = None,
    missing: Missing = "raise",
) -> xr.DataArray:
    r"""Read a CSV file of World Population Prospects.

    Parameters
    ----------
    path
        The file as published (UTF-8 with mark).
    measure
        ``population`` (columns PopMale, PopFemale, in thousands), or a column: ``mx``, ``ASFR``,
        ``Births``, ``TFR``, ..
    location
        ISO3 codes, LocIDs or names wanted; None: all in the file.
    variant
        Variant wanted; needed where the file holds several.
    missing
        ``raise`` or ``nan``: what an empty cell means.

    Returns
    -------
    xarray.DataArray
        Dims `region` (ISO3 code, or LocID), [`sex`], [`age`], `year`; persons, not thousands;
        `region_name` and `age_width` as auxiliary coordinates; attrs ``units``, ``source``,
        ``sha256``, ``variant``, and ``reference_date`` where the file tells it.

    Raises
    ------
    DataError
        Missing columns, an unknown location, several variants, a total that is not the sum of the
        sexes, and what `to_array` refuses, each with file and line.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "WPP.csv"
    >>> head = "LocID,ISO3_code,Location,Variant,Time,AgeGrp,AgeGrpStart,AgeGrpSpan"
    >>> rows = "156,CHN,China,Medium,2024,0+,0,-1,1.5,2.5,4"
    >>> _ = file.write_text(f"{head},PopMale,PopFemale,PopTotal\n{rows}\n", "utf-8-sig")
    >>> read_wpp(file).sel(region="CHN", year=2024).values.tolist()
    [[2500.0], [1500.0]]
    """
    path = Path(path)
    problems = Problems(DataError)
    header = _header(path)
    wanted = None if location is None else {location} if isinstance(location, str) else {*location}
    columns = POPULATION if measure == "population" else (measure,)
    unit, factor = ("person", "1e3") if measure == "population" else COLUMNS.get(measure, ("", ""))
    if not unit:
        raise DataError(f"unknown measure {measure!r}; known: population, {', '.join(COLUMNS)}")
    absent = [c for c in ("LocID", "Time", *columns) if c not in header]
    if absent:
        raise DataError(f"{path.name}:1: columns missing: {', '.join(absent)}")
    dims = ["region", "year"]
    if "AgeGrpStart" in header:
        dims.insert(1, "age")
    by_sex = measure == "population" or "Sex" in header
    if by_sex:
        dims.insert(1, "sex")
    found = _Found([], {}, {}, set(), set())
    for line, row in _lines(path, header):
        if wanted is not None and wanted.isdisjoint(
            {row["LocID"], row.get("ISO3_code", ""), row.get("Location", "")}
        ):
            continue
        if variant is not None and row.get("Variant") != variant:
            continue
        _take(f"{path.name}:{line}", row, columns, dims, factor, found, problems)
    _check_choice(path.name, wanted, variant, found, problems)
    attrs = {
        "units": unit,
        "long_name": measure,
        "source": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "variant": "".join(sorted(found.variants)[:1]),
    }
    if len(found.middles) == 1:
        attrs["reference_date"] = DATES.get("".join(found.middles), "")
    array = to_array(
        found.cells, dims, problems, name=measure, attrs=attrs, age_width=found.widths,
        missing=missing, signed=measure in SIGNED,
    )  # fmt: skip
    names = [found.names[r] for r in array["region"].values.tolist()]
    return array.assign_coords(region_name=("region", names))


def _header(path: Path) -> list[str]:
    """Column names."""
    if not path.is_file():
        raise DataError(f"missing file: {path}")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return next(csv.reader(stream), [])


def _lines(path: Path, header: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with their line numbers; the files are too large to hold."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        for cells in reader:
            if len(cells) != len(header):
                raise DataError(
                    f"{path.name}:{reader.line_num}: {len(cells)} cells; {len(header)} expected"
                )
            yield reader.line_num, dict(zip(header, cells, strict=True))


def _take(
    where: str,
    row: dict[str, str],
    columns: tuple[str, ...],
    dims: list[str],
    factor: str,
    found: _Found,
    problems: Problems,
) -> None:
    """Turn one row into cells."""
    region = row.get("ISO3_code") or row["LocID"]
    found.names[region] = row.get("Location", region)
    found.variants.add(row.get("Variant", ""))
    if "MidPeriod" in row and "." in row["MidPeriod"]:
        found.middles.add("." + row["MidPeriod"].split(".")[1])
    try:
        labels: dict[str, str | int] = {"region": region, "year": int(row["Time"])}
        if "age" in dims:
            age, span = int(row["AgeGrpStart"]), int(row.get("AgeGrpSpan") or 1)
            labels["age"] = age
            found.widths[age] = float("inf") if span < 0 else float(span)
    except ValueError as error:
        problems.add("not a whole number", where=where, got=str(error))
        return
    values = {c: _number(row[c], factor, f"{where} ({c})", problems) for c in columns}
    if columns != POPULATION:
        if "sex" in dims:
            sex = SEX.get(row["Sex"].strip().lower())
            if sex is None:  # both sexes together
                return
            labels["sex"] = sex
        found.cells.append(Cell(where, tuple(labels[d] for d in dims), values[columns[0]]))
        return
    gap = values["PopFemale"] + values["PopMale"] - values["PopTotal"]
    if abs(gap) > 1e3 * ROUNDING:
        problems.add("the sexes do not add to the total", where=where, got=f"{gap:g} persons over")
    for sex, column in (("female", "PopFemale"), ("male", "PopMale")):
        labels["sex"] = sex
        at = f"{where} ({column})"
        found.cells.append(Cell(at, tuple(labels[d] for d in dims), values[column]))


def _number(text: str, factor: str, where: str, problems: Problems) -> float:
    """Value in canonical units; NaN where the cell is empty."""
    text = text.strip()
    if not text:
        return float("nan")
    try:
        return float(parse_number(text) * parse_number(factor))
    except DataError as error:
        problems.add(error.problems[0].what, where=where, got=repr(text))
        return float("nan")


def _check_choice(
    name: str, wanted: set[str] | None, variant: str | None, found: _Found, problems: Problems
) -> None:
    """The choices made must have found something, and one variant only."""
    if len(found.variants) > 1:
        problems.add(
            "several variants", where=name, got=", ".join(sorted(found.variants)),
            remedy="choose one with variant=",
        )  # fmt: skip
    if not found.cells:
        choice = f"location {sorted(wanted or {'any'})}, variant {variant or 'any'}"
        problems.add("nothing found", where=name, got=choice)
        problems.raise_if_any()
