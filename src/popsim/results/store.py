"""Arrays as netCDF and tables as CSV, so that they read back as they were written.

Text is the trap: with pandas 3 and pyarrow at hand, labels are Arrow strings, which xarray cannot
write; codes such as ``0330402`` come back from a CSV as numbers. One function here turns all text
of a dataset into fixed-width ``<U``, and every table knows which of its columns are text.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from popsim.errors import DataError, Problem, Problems
from popsim.results.netcdf import write_netcdf

__all__ = [
    "COLUMNS",
    "QUANTILE",
    "fixed_text",
    "read_dataset",
    "read_table",
    "write_dataset",
    "write_table",
]

# The fixed first columns of each long table of a run folder.
COLUMNS: dict[str, tuple[str, ...]] = {
    "indicators": (
        "indicator", "group_or_region", "boundary", "scenario", "year", "value", "unit",
    ),
    "targets": (
        "target", "title", "indicator", "scenario", "boundary", "definition", "year", "value",
        "threshold", "comparison", "met", "gap", "first_year_met", "source",
    ),
    "care": (
        "indicator", "region", "scenario", "year", "value", "unit", "definition", "source",
    ),
}  # fmt: skip
_NUMBERS = {"value", "threshold", "gap", "base_value", "probability", "lower", "upper", "median"}
_YEARS = {"year", "first_year_met"}
# A column of quantiles: `q0.1` or `p10` is the tenth percentile.
QUANTILE = re.compile(r"^[qp]_?(\d+(?:\.\d+)?)$")


def fixed_text(dataset: xr.Dataset) -> xr.Dataset:
    """Return the dataset with all text as ``<U`` arrays and attributes that netCDF can hold.

    Raises
    ------
    DataError
        If text is missing somewhere, or a value is neither number nor text.

    Examples
    --------
    >>> dataset = xr.Dataset(coords={"region": np.array(["330402", "330411"], dtype=object)})
    >>> fixed_text(dataset).region.dtype
    dtype('<U6')
    """
    problems = Problems(DataError)
    result = dataset.copy(deep=False)
    for name in list(result.variables):
        variable = result[name].variable
        if not _is_numeric(variable.dtype):
            values = _as_fixed(np.asarray(variable.values, dtype=object), name, problems)
            changed = xr.Variable(variable.dims, values, variable.attrs)
            if name in result.coords:
                result = result.assign_coords({name: changed})
            else:
                result = result.assign({name: changed})
        result[name].attrs = _plain_attrs(variable.attrs)
    problems.raise_if_any()
    result.attrs = _plain_attrs(dataset.attrs)
    return result


def _is_numeric(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind in "biufcMmU"


def _as_fixed(values: np.ndarray[Any, Any], name: Hashable, problems: Problems) -> Any:
    odd = [v for v in values.ravel() if not isinstance(v, str)]
    if odd:
        problems.add(
            "text is missing or is not text",
            where=f"variable {name}",
            got=repr(odd[0]),
            expected="text in every cell",
        )
        return np.full(values.shape, "", dtype="<U1")
    width = max([1, *(len(v) for v in values.ravel())])
    return values.astype(f"<U{width}")


def _plain_attrs(attrs: Mapping[Any, Any]) -> dict[str, Any]:
    """Attributes as text and numbers; nested ones as JSON, absent ones left out."""
    plain: dict[str, Any] = {}
    for key, value in attrs.items():
        if value is None:
            continue
        if isinstance(value, bool | np.bool_):
            plain[str(key)] = int(value)
        elif isinstance(value, str | int | float | np.number | np.ndarray):
            plain[str(key)] = value
        elif isinstance(value, Path):
            plain[str(key)] = value.as_posix()
        else:
            plain[str(key)] = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return plain


def write_dataset(dataset: xr.Dataset, path: str | Path) -> Path:
    """Write a dataset as netCDF 4, uncompressed.

    Parameters
    ----------
    dataset
        Any dataset with flat dimensions.
    path
        File to write; one that exists is replaced only when the new one is complete.

    Returns
    -------
    Path
        The file.

    Notes
    -----
    Doubles that count parts of people are noise to zlib: it saves a fifth of the room and takes
    four times as long as all else about the file.
    """
    path = Path(path)
    plain = fixed_text(dataset)
    plain = plain.drop_encoding()
    part = path.with_name(path.name + ".part")
    try:
        write_netcdf(plain, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def read_dataset(path: str | Path) -> xr.Dataset:
    """Read a dataset written by `write_dataset` into memory, text as ``<U``.

    Raises
    ------
    DataError
        If the file does not exist or is not netCDF.
    """
    try:
        with xr.open_dataset(path, engine="h5netcdf") as dataset:
            return fixed_text(dataset.load()).drop_encoding()
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        text = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(Problem("cannot be read as netCDF", str(path), text)) from error


def write_table(frame: pd.DataFrame, path: str | Path, *, table: str | None = None) -> Path:
    """Write a long table as CSV that Excel opens with Chinese intact (UTF-8 with BOM).

    Parameters
    ----------
    frame
        The table; its index is not written.
    path
        File to write.
    table
        Name in `COLUMNS`; its columns come first, in their order, and none may be missing. By
        default the name of the file, where that is a known one.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataError
        If a fixed column is missing.
    """
    path = Path(path)
    fixed = COLUMNS.get(table or path.stem, ())
    missing = [c for c in fixed if c not in frame.columns]
    if missing:
        got = ", ".join(str(c) for c in frame.columns)
        raise DataError(Problem("columns missing", path.name, got, ", ".join(missing)))
    rest = [c for c in frame.columns if c not in fixed]
    part = path.with_name(path.name + ".part")
    try:
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow([*fixed, *rest])
        writer.writerows(zip(*(_cells(frame[c]) for c in (*fixed, *rest)), strict=True))
        # Encoded at one go: the codec with a mark does it write by write, in Python.
        part.write_text(buffer.getvalue(), encoding="utf-8-sig", newline="")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _cells(column: pd.Series[Any]) -> list[Any]:
    """Values of a column, empty where they are missing."""
    missing = column.isna()
    values = column.tolist()
    if not missing.any():
        return values
    return ["" if gone else value for value, gone in zip(values, missing, strict=True)]


def read_table(path: str | Path, *, as_text: bool = False) -> pd.DataFrame:
    """Read a table of a run folder: codes and labels as text, years and values as numbers.

    Empty text is the empty string; empty numbers are NaN; ``met`` is True, False or missing. A
    column of thresholds that holds a range (``2..3``) or a word (``cap``) stays text.

    Parameters
    ----------
    path
        A CSV file.
    as_text
        Whether every column stays text, for tables that are shown as they stand.

    Raises
    ------
    DataError
        If the file does not exist or is no CSV, or a number is none.
    """
    try:
        frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DataError(Problem("cannot be read as CSV", str(path), str(error))) from error
    if as_text:
        return frame
    columns: dict[str, Any] = {}
    for name in map(str, frame.columns):
        try:
            columns[name] = _typed(name, frame[name])
        except (ValueError, TypeError) as error:
            raise DataError(Problem("not a number", f"{path} ({name})", str(error))) from error
    return pd.DataFrame(columns)


def _typed(name: str, column: pd.Series[str]) -> Any:
    """Column with the type that its name says."""
    if name in _YEARS:
        years = pd.to_numeric(column.mask(column == ""))
        return years.astype("int64" if years.notna().all() else "Int64")
    if name == "met":
        flags = {"True": True, "False": False, "": pd.NA}
        return column.map(flags).astype("boolean")
    if name not in _NUMBERS and not QUANTILE.match(name):
        return column
    try:
        # float() and no other reader gives back every bit that was written
        values = [float(text) if text else np.nan for text in column]
    except ValueError:
        if name == "threshold":
            return column
        raise
    return pd.array(values, dtype="float64")
