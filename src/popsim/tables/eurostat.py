"""TSV files of Eurostat's bulk download, with their flags."""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from popsim.errors import DataError, Problems
from popsim.tables.cells import TOTAL, AgeGroup, Cell, Missing, drop_totals, parse_age, to_array
from popsim.tables.units import parse_number

__all__ = ["eurostat_age", "read_eurostat"]

# Eurostat's code list UNIT, as far as population tables use it.
UNITS = {"NR": ("person", "1"), "THS": ("person", "1e3"), "THS_PER": ("person", "1e3"),
         "PC": ("1", "1e-2"), "YR": ("year", "1"), "RT": ("1", "1")}  # fmt: skip
RENAMED = {"geo": "region"}
SEX = {"F": "female", "M": "male", "T": TOTAL}
_CELL = re.compile(r"\s*(:|[-+\d.eE]*)\s*([a-z]*)\s*")


def eurostat_age(code: str) -> AgeGroup | None:
    """Age group of one of Eurostat's codes; None for totals and unknown ages.

    Examples
    --------
    >>> eurostat_age("Y_LT1"), eurostat_age("Y5-9"), eurostat_age("Y_GE85"), eurostat_age("TOTAL")
    (AgeGroup(age=0, width=1.0), AgeGroup(age=5, width=5.0), AgeGroup(age=85, width=inf), None)
    """
    if code.startswith("Y_LT"):
        return parse_age(f"0-{int(code[4:]) - 1}")
    if code.startswith("Y_GE"):
        return parse_age(code[4:] + "+")
    return parse_age(code[1:]) if code.startswith("Y") else None


def read_eurostat(
    path: str | Path,
    *,
    select: Mapping[str, str] | None = None,
    open_age: int | None = None,
    units: str | None = None,
    missing: Missing = "raise",
    signed: bool = False,
) -> xr.DataArray:
    r"""Read a TSV file of Eurostat.

    Parameters
    ----------
    path
        The file, ``.tsv`` or ``.tsv.gz``: first column ``freq,..,geo\TIME_PERIOD``, years beside.
    select
        Codes wanted, by dim of the file: ``{"geo": "FI1B"}``. Dims with one code are dropped.
    open_age
        Age that ``Y_OPEN`` stands for; needed where the file has it.
    units
        Unit of the values; None: told by the file's ``unit`` (NR, THS, PC, ..).
    missing
        What ``:`` means: ``raise`` refuses it with its line, ``nan`` keeps it as NaN.
    signed
        Whether values may be below 0 (net migration).

    Returns
    -------
    xarray.DataArray
        Dims of the file, `geo` as `region`, and `year`; the coordinate ``flag`` has one word for
        each value (``p`` provisional, ``b`` break, ``e`` estimated, ..; empty for none). Sex ``T``
        and age ``TOTAL`` are checked against their parts (for counts) and dropped.

    Raises
    ------
    DataError
        Another header, persons of unknown age, totals that do not add, and what `to_array` refuses,
        each with file and line.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "demo_pjan.tsv"
    >>> text = "freq,unit,age,sex,geo\\TIME_PERIOD\t2023 \t2024 \n"
    >>> text += "A,NR,Y_LT1,F,FI\t20 \t21 p\nA,NR,Y_LT1,M,FI\t22 \t23 p\n"
    >>> _ = file.write_text(text)
    >>> table = read_eurostat(file)
    >>> table.sel(sex="male").values.tolist(), str(table["flag"].sel(sex="male", year=2024).item())
    ([[[22.0, 23.0]]], 'p')
    """
    path, problems = Path(path), Problems(DataError)
    names, years, rows = _rows(path, problems)
    chosen = dict(select or {})
    for name in chosen.keys() - set(names):
        problems.add("no such dim", where=f"{path.name}:1", got=name, expected=", ".join(names))
    problems.raise_if_any()
    rows = [(n, c, v) for n, c, v in rows if all(c[k] == code for k, code in chosen.items())]
    words = {c["unit"] for _, c, _ in rows if "unit" in c}
    unit, factor = UNITS.get("".join(words) if len(words) == 1 else "", ("", "1"))
    if not (units or unit):
        raise DataError(f"{path.name}: unit {sorted(words)}: choose one in select=, or give units=")
    kept = [
        n
        for n in names
        if n in ("geo", "sex", "age") or (n != "unit" and len({c[n] for _, c, _ in rows}) > 1)
    ]
    dims = [RENAMED.get(n, n) for n in kept] + ["year"]
    cells: list[Cell] = []
    flags: dict[tuple[str | int, ...], str] = {}
    widths: dict[int, float] = {}
    for line, codes, texts in rows:
        labels = _labels(codes, kept, open_age, widths, f"{path.name}:{line}", problems)
        if labels is None:
            continue
        for year, text in zip(years, texts, strict=True):
            where = f"{path.name}:{line} ({year})"
            value, flag = _value(text, "1" if units else factor, where, problems)
            cell = Cell(where, (*labels, year), value)
            if "UNK" in labels:
                if value > 0:
                    problems.add("persons of unknown age", where=where, got=f"{value:g}",
                                 remedy="share them out and delete the rows")  # fmt: skip
                continue
            cells.append(cell)
            flags[cell.labels] = flag
    cells = drop_totals(cells, problems, tolerance=0.1, check=(units or unit) == "person")
    attrs = {"units": units or unit, "long_name": path.stem, "source": path.name,
             "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}  # fmt: skip
    array = to_array(cells, dims, problems, name=path.stem.split(".")[0], attrs=attrs,
                     age_width=widths, missing=missing, signed=signed)  # fmt: skip
    words_of = [
        flags.get(tuple(array[d].values[i].item() for d, i in zip(dims, at, strict=True)), "")
        for at in np.ndindex(array.shape)
    ]
    return array.assign_coords(flag=(dims, np.array(words_of, np.str_).reshape(array.shape)))


def _rows(
    path: Path, problems: Problems
) -> tuple[list[str], list[int], list[tuple[int, dict[str, str], list[str]]]]:
    """Dims, years, and rows with their line number, codes and texts."""
    if not path.is_file():
        raise DataError(f"missing file: {path}")
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    lines = list(csv.reader(text.splitlines(), delimiter="\t"))
    first = lines[0][0] if lines else ""
    if "\\" not in first:
        raise DataError(f"{path.name}:1: no first column 'freq,..,geo\\TIME_PERIOD'; got {first!r}")
    names = first.split("\\")[0].split(",")
    years = []
    for word in lines[0][1:]:
        if not word.strip().isdigit():
            raise DataError(f"{path.name}:1: not a year: {word.strip()!r}")
        years.append(int(word))
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        codes = cells[0].split(",") if cells else []
        if len(codes) != len(names) or len(cells) != len(years) + 1:
            problems.add("row of the wrong width", where=f"{path.name}:{number}", got=len(cells),
                         expected=len(years) + 1)  # fmt: skip
            continue
        rows.append((number, dict(zip(names, codes, strict=True)), cells[1:]))
    return names, years, rows


def _labels(
    codes: Mapping[str, str],
    kept: list[str],
    open_age: int | None,
    widths: dict[int, float],
    where: str,
    problems: Problems,
) -> tuple[str | int, ...] | None:
    """Labels of a row, unknown ages by their code; None where one cannot be read."""
    labels: list[str | int] = []
    for name in kept:
        code = codes[name]
        if name == "sex":
            labels.append(SEX.get(code, code))
        elif name == "age" and code == "TOTAL":
            labels.append(TOTAL)
        elif name == "age" and code != "UNK":
            if code == "Y_OPEN" and open_age is not None:
                code = f"Y_GE{open_age}"
            group = eurostat_age(code)
            if group is None:
                problems.add("not an age", where=where, got=code, remedy="Y_OPEN: give open_age=")
                return None
            widths[group.age] = group.width
            labels.append(group.age)
        else:
            labels.append(code)
    return tuple(labels)


def _value(text: str, factor: str, where: str, problems: Problems) -> tuple[float, str]:
    """Number and flag of a cell; NaN for ``:``."""
    found = _CELL.fullmatch(text)
    if found is None or not found[1]:
        problems.add("not a number", where=where, got=repr(text))
        return float("nan"), ""
    if found[1] == ":":
        return float("nan"), found[2]
    try:
        return float(parse_number(found[1]) * parse_number(factor)), found[2]
    except DataError:
        problems.add("not a number", where=where, got=repr(text))
        return float("nan"), ""
