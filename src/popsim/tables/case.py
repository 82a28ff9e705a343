"""A case: a folder of tidy CSV files and ``sources.yaml``, read whole or refused whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr

from popsim.errors import DataError, Problem, Problems
from popsim.tables.arrays import build_array, normalise
from popsim.tables.checks import check_additions
from popsim.tables.declaration import (
    ArrayTable,
    Declaration,
    FrameTable,
    MembershipTable,
    Source,
    read_declaration,
)
from popsim.tables.frames import build_frame, check_references, check_sources
from popsim.tables.membership import build_membership
from popsim.tables.rows import Rows, read_rows

__all__ = ["Case", "observed", "read_case"]


@dataclass(frozen=True, repr=False)
class Case(Mapping[str, xr.DataArray]):
    """What is known of a place: arrays by name, irregular tables, and the sources of both.

    Not a Dataset: tables of different years cannot share the dim ``year`` without inventing NaN.

    Parameters
    ----------
    name, title
        Short and full name of the case.
    path
        Its folder.
    arrays
        Name -> array (read-only), with attrs units, long_name, source, source_grade, method,
        file, sha256. Also as ``case["population"]`` and ``case.population``.
    frames
        Name -> long table in canonical units; ``line``, ``source_grade`` and ``as_published`` are
        added to the columns of the file.
    sources
        Key -> `Source`.
    sha256
        File name -> hash of its bytes, ``sources.yaml`` included.
    """

    name: str
    title: str
    path: Path
    arrays: Mapping[str, xr.DataArray]
    frames: Mapping[str, pd.DataFrame]
    sources: Mapping[str, Source]
    sha256: Mapping[str, str]

    def __getitem__(self, name: str) -> xr.DataArray:
        try:
            return self.arrays[name]
        except KeyError:
            known = ", ".join(self.arrays)
            kind = " (a frame: use case.frames)" if name in self.frames else ""
            raise KeyError(f"no array {name!r}{kind} in case {self.name}; known: {known}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def __getattr__(self, name: str) -> xr.DataArray:
        if name.startswith("_") or name == "arrays":
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(str(error)) from None

    def __repr__(self) -> str:
        lines = [f"<Case {self.name}: {self.title}>"]
        for name, array in self.arrays.items():
            dims = ", ".join(f"{dim} {size}" for dim, size in array.sizes.items())
            lines.append(f"  {name} ({dims}) {array.attrs.get('units', '')}".rstrip())
        for name, frame in self.frames.items():
            lines.append(f"  frames[{name!r}] {len(frame)} rows")
        return "\n".join(lines)


def read_case(path: str | Path) -> Case:
    r"""Read a case folder and check all of it.

    Parameters
    ----------
    path
        Folder with ``sources.yaml`` and the CSV files it declares (form: ``data/README.md``).

    Returns
    -------
    Case
        Arrays and frames in canonical units, each with its provenance.

    Raises
    ------
    DataError
        With every fault found: missing files, cells and columns, duplicates, unknown labels, units
        and sources, negative counts, sums that do not hold; each with file and line.

    Notes
    -----
    Nothing is filled, clipped or scaled; a table either is as declared or the case is refused.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "sources.yaml").write_text('''
    ... case: tiny
    ... sources:
    ...   book: {title: A yearbook, publisher: An office, grade: A}
    ... tables:
    ...   population_total:
    ...     {kind: array, file: p.csv, unit: 万人, long_name: residents,
    ...      dims: {region: [north, south], year: [2020]}}
    ... ''', encoding="utf-8")
    >>> _ = (folder / "p.csv").write_text(
    ...     "region,year,value,source\nnorth,2020,541.10,book\nsouth,2020,12.5,book\n")
    >>> read_case(folder).population_total.values.tolist()
    [[5411000.0], [125000.0]]
    """
    folder = Path(path)
    if not folder.is_dir():
        remedy = "name a folder with sources.yaml and CSV tables, such as data/jiaxing"
        raise DataError(Problem("no such case", str(folder), remedy=remedy))
    problems = Problems(DataError)
    declaration = read_declaration(folder, problems)
    if declaration is None:
        raise _placed(problems, folder)
    texts = _read_texts(folder, declaration, problems)
    frames = _frames(declaration, texts, problems)
    arrays = _arrays(declaration, texts, frames, problems)
    if problems:
        raise _placed(problems, folder)
    for array in arrays.values():
        array.to_numpy().setflags(write=False)
    hashes = {rows.name: rows.sha256 for rows in texts.values()}
    for file in [folder / "sources.yaml", *sorted(folder.glob("sources_*.yaml"))]:
        hashes[file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return Case(
        name=declaration.case,
        title=declaration.title,
        path=folder,
        arrays=MappingProxyType(arrays),
        frames=MappingProxyType(frames),
        sources=MappingProxyType(declaration.sources),
        sha256=MappingProxyType(hashes),
    )


def _placed(problems: Problems, folder: Path) -> DataError:
    """All faults as one error, the folder before each place so that editors can open it."""
    root = folder.as_posix()
    return DataError(
        [
            fault
            if not fault.where or fault.where.startswith(root)
            else replace(fault, where=f"{root}/{fault.where}")
            for fault in problems
        ]
    )


def _read_texts(folder: Path, declaration: Declaration, problems: Problems) -> dict[str, Rows]:
    """Text of every declared table; its sources are checked on the way."""
    texts: dict[str, Rows] = {}
    for name, table in declaration.tables.items():
        if Path(table.file).name != table.file:
            place = declaration.places[f"tables.{name}"]
            problems.add("file outside the case", where=place, got=table.file)
            continue
        rows = read_rows(folder / table.file, problems)
        if rows is not None:
            check_sources(rows, declaration, problems)
            texts[name] = rows
    return texts


def _frames(
    declaration: Declaration, texts: Mapping[str, Rows], problems: Problems
) -> dict[str, pd.DataFrame]:
    """Irregular tables, their references to each other checked."""
    frames: dict[str, pd.DataFrame] = {}
    for name, table in declaration.tables.items():
        if isinstance(table, FrameTable) and name in texts:
            frames[name] = build_frame(table, texts[name], declaration, problems)
            frames[name].attrs = {
                "long_name": table.long_name,
                "file": table.file,
                "sha256": texts[name].sha256,
            }
    check_references(declaration, frames, problems)
    return frames


def _arrays(
    declaration: Declaration,
    texts: Mapping[str, Rows],
    frames: dict[str, pd.DataFrame],
    problems: Problems,
) -> dict[str, xr.DataArray]:
    """Complete tables, their sums checked; memberships add a frame and an array each."""
    arrays: dict[str, xr.DataArray] = {}
    for name, table in declaration.tables.items():
        if name not in texts:
            continue
        if isinstance(table, ArrayTable):
            array = build_array(name, table, texts[name], declaration, frames, problems)
            if array is not None:
                arrays[name] = array
        elif isinstance(table, MembershipTable):
            frame, members = build_membership(
                name, table, texts[name], declaration, frames, problems
            )
            frames[name] = frame
            if members is not None:
                arrays[table.array] = members
    published = dict(arrays)
    unread = [
        name
        for name, table in declaration.tables.items()
        if isinstance(table, ArrayTable) and name not in arrays
    ]
    for name, table in declaration.tables.items():
        if isinstance(table, ArrayTable) and name in arrays:
            check_additions(name, table, published, problems, unread=unread)
            arrays[name] = normalise(table, arrays[name])
    return arrays


#: What a row of a long table means where nothing else is asked for: everybody, everywhere.
TOTALS = {"sex": "both", "area": "total", "age_from": "", "age_to": ""}


def observed(
    frame: pd.DataFrame,
    indicator: str,
    *,
    region: str,
    worst_grade: str = "E",
    **where: str,
) -> pd.Series[float]:
    """One series of a long table of observations: a value for each year, never two.

    Parameters
    ----------
    frame
        Columns indicator, region, year, value, unit, source_grade; more to choose by.
    indicator, region
        Which series.
    worst_grade
        Leave out rows graded worse than this (A best, E worst).
    **where
        Further columns and the value wanted, such as ``area="urban"``; where the table has the
        columns sex, area, age_from and age_to and nothing is said, the totals are taken.

    Returns
    -------
    pandas.Series
        Canonical units, index ``year``; of several rows for a year, the best graded.

    Raises
    ------
    DataError
        Where nothing is left, or two rows of one grade differ.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "indicator": ["births"] * 3, "region": "r", "year": [2021, 2021, 2022],
    ...     "value": [10.0, 12.0, 9.0], "source_grade": ["A", "E", "A"]})
    >>> observed(table, "births", region="r").to_dict()
    {2021: 10.0, 2022: 9.0}
    """
    totals = {column: word for column, word in TOTALS.items() if column in frame}
    wanted = {"indicator": indicator, "region": region, **totals, **where}
    mask = np.logical_and.reduce([frame[c].to_numpy() == value for c, value in wanted.items()])
    chosen = np.flatnonzero(mask)
    columns = (frame[c].to_numpy()[chosen] for c in ("year", "source_grade", "value"))
    rows = [row for row in zip(*columns, strict=True) if row[1] <= worst_grade]
    shown = ", ".join(f"{column}={value}" for column, value in wanted.items())
    problems = Problems(DataError)
    if not rows:
        known = ", ".join(sorted(set(frame["indicator"])))
        problems.add("no such observation", where=shown, expected=f"an indicator of: {known}")
    graded: dict[int, dict[str, list[float]]] = {}
    for year, grade, value in rows:
        graded.setdefault(int(year), {}).setdefault(grade, []).append(value)
    series: dict[int, float] = {}
    for year in sorted(graded):
        best = graded[year][min(graded[year])]
        if len(set(best)) > 1:
            got = ", ".join(f"{value:g}" for value in best)
            remedy = "choose by a further column, such as area= or status="
            problems.add("two values", where=f"{shown}, year={year}", got=got, remedy=remedy)
            continue
        series[year] = float(best[0])
    problems.raise_if_any()
    return pd.Series(series, name=indicator, dtype=np.float64).rename_axis("year")
