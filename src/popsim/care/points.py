"""Points and small areas: the user's CSV or GeoJSON, and the townships of a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from popsim.errors import DataError, Problems
from popsim.tables.rows import read_rows
from popsim.tables.units import parse_number

__all__ = ["read_points", "township_units"]

PAIRS = (("x", "y"), ("lon", "lat"))


def read_points(path: str | Path, *, numbers: tuple[str, ...] = ()) -> pd.DataFrame:
    r"""Read points with coordinates and named numbers from CSV or GeoJSON.

    Parameters
    ----------
    path
        CSV with columns `x, y` (metres) or `lon, lat` (degrees), or a GeoJSON FeatureCollection of
        points (degrees), their properties as columns.
    numbers
        Further columns that must be numbers of 0 or more, e.g. ``("elderly", "area_km2")``.

    Returns
    -------
    pandas.DataFrame
        Coordinates and numbers as floats; other columns as text.

    Raises
    ------
    DataError
        Missing coordinates or numbers, text where a number is wanted, negative numbers, geometry
        other than points: each with its line or feature.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "homes.csv"
    >>> _ = file.write_text("name,lon,lat,beds\nfirst,120.75,30.77,120\n")
    >>> read_points(file, numbers=("beds",))["beds"].tolist()
    [120.0]
    """
    file = Path(path)
    problems = Problems(DataError)
    records, places = (
        _geojson(file, problems)
        if file.suffix.lower() in (".json", ".geojson")
        else _csv(file, problems)
    )
    problems.raise_if_any()
    columns = set(records[0]) if records else set()
    pair = next((p for p in PAIRS if set(p) <= columns), None)
    if pair is None:
        problems.add("no coordinates", where=f"{file.name}:1", expected="x, y or lon, lat")
    for column in numbers:
        if records and column not in columns:
            problems.add("missing column", where=f"{file.name}:1", expected=column)
    problems.raise_if_any()
    assert pair is not None
    for record, where in zip(records, places, strict=True):
        for column in (*pair, *numbers):
            record[column] = _number(record.get(column), f"{where} (column {column})", problems)
            if column in numbers and record[column] < 0:
                problems.add(f"negative {column}", where=where, got=f"{record[column]:g}")
    problems.raise_if_any()
    frame = pd.DataFrame.from_records(records)
    frame.attrs = {"file": file.name}
    return frame


def _csv(file: Path, problems: Problems) -> tuple[list[dict[str, Any]], list[str]]:
    """Records and places of a CSV file."""
    rows = read_rows(file, problems)
    if rows is None:
        return [], []
    return [dict(c) for _, c in rows.lines], [f"{rows.name}:{line}" for line, _ in rows.lines]


def _geojson(file: Path, problems: Problems) -> tuple[list[dict[str, Any]], list[str]]:
    """Records and places of a FeatureCollection of points."""
    if not file.is_file():
        problems.add("missing file", where=str(file))
        return [], []
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        problems.add("broken JSON", where=f"{file.name}:{error.lineno}", got=error.msg)
        return [], []
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        problems.add("not a FeatureCollection", where=file.name)
        return [], []
    records, places = [], []
    for k, feature in enumerate(features):
        geometry = feature.get("geometry") or {}
        spot = geometry.get("coordinates", [])
        where = f"{file.name} (feature {k})"
        if geometry.get("type") != "Point" or len(spot) < 2:
            problems.add("not a point", where=where, got=geometry.get("type"), expected="Point")
            continue
        lon, lat = spot[:2]
        records.append({**(feature.get("properties") or {}), "lon": lon, "lat": lat})
        places.append(where)
    return records, places


def _number(value: Any, where: str, problems: Problems) -> float:
    """A finite number from a cell or a property; a fault otherwise."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and np.isfinite(value):
        return float(value)
    if value in (None, ""):
        problems.add("missing cell", where=where)
        return float("nan")
    try:
        return float(parse_number(str(value)))
    except DataError:
        problems.add("not a number", where=where, got=repr(value))
        return float("nan")


def township_units(
    townships: pd.DataFrame, *, elderly_share: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Planning units from the case's table of townships, and those that lack a figure.

    Parameters
    ----------
    townships
        Columns `region, township, indicator, year, value`: resident_population (person) and
        land_area (km2).
    elderly_share
        Share of 60+ put on every township: the county's, since townships print none.

    Returns
    -------
    tuple of pandas.DataFrame
        Units for `siting_rule` (population and area of the same year), and the townships left out
        with what they lack in column `missing`.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("330402", "A", "resident_population", 2011, 74024.0),
    ...         ("330402", "A", "land_area", 2011, 4.78),
    ...         ("330402", "B", "resident_population", 2000, 41998.0)]
    >>> table = pd.DataFrame(rows, columns=["region", "township", "indicator", "year", "value"])
    >>> units, left_out = township_units(table, elderly_share=0.17)
    >>> units["unit"].tolist(), left_out["missing"].tolist()
    (['A'], ['land_area'])
    """
    if not 0.0 <= elderly_share <= 1.0:
        raise DataError(f"the share of elderly lies in 0..1; got {elderly_share}")
    needed = ["resident_population", "land_area"]
    keys = ["region", "township", "year"]
    columns = (townships[c].to_numpy() for c in (*keys, "indicator", "value"))
    known: dict[tuple[Any, ...], dict[str, float]] = {}
    for *key, indicator, value in zip(*columns, strict=True):
        if indicator in needed:
            found = known.setdefault(tuple(key), {})
            if value == value:  # a figure not printed is none
                found.setdefault(indicator, float(value))
    units, left = [], []
    for (region, unit, year), found in sorted(known.items()):
        lacking = [name for name in needed if name not in found]
        if lacking:
            left.append((region, unit, year, ", ".join(lacking)))
            continue
        people, area = (found[name] for name in needed)
        units.append((region, unit, year, people, area, "township", people * elderly_share))
    heads = ("region", "unit", "year", "population", "area_km2", "level", "elderly")
    return pd.DataFrame(units, columns=heads), pd.DataFrame(left, columns=(*keys, "missing"))
