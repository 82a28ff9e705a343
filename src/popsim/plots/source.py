"""What the pictures read from a run folder: tables with codes kept as text, names of regions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
import yaml

from popsim.results import read_dataset, read_manifest

__all__ = [
    "QUANTILE",
    "boundary_members",
    "config_of",
    "manifest_of",
    "open_projection",
    "read_regions",
    "table_of",
]

MANIFEST = "manifest.yaml"
NUMBERS = {"value", "year", "lower", "upper", "gap", "base_value", "probability"}
QUANTILE = re.compile(r"^[qp]_?(\d+(?:\.\d+)?)$")


def table_of(folder: Path, name: str) -> pd.DataFrame | None:
    """One CSV of a run folder, text as it stands and the columns of `NUMBERS` as numbers.

    None where the file is absent or holds no row. A threshold may be a pair (``2..3``) and stays
    text.
    """
    path = folder / name
    if not path.is_file():
        return None
    table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    numbers = [column for column in table if column in NUMBERS or QUANTILE.match(str(column))]
    for column in numbers:
        values = [float(text) if text else float("nan") for text in table[column]]
        table[column] = pd.array(values, dtype="float64")
    if "year" in table:
        table["year"] = table["year"].astype("int64")
    return table if len(table) else None


def open_projection(folder: Path) -> xr.Dataset:
    """Return the projection of a run folder, read into memory."""
    return read_dataset(folder / "projection.nc")


def read_regions(projection: xr.Dataset) -> pd.DataFrame:
    """Names (and, where given, tiles) of the regions, by code.

    Returns
    -------
    pd.DataFrame
        Columns `name_zh`, `name_en`; `tile_row`, `tile_column` where the projection carries them.
    """
    if "region" not in projection.coords:
        return pd.DataFrame({"name_zh": [], "name_en": []}, index=pd.Index([], dtype=str))
    codes = [str(code) for code in projection["region"].to_numpy()]
    names = {"name_zh": "region_name", "name_en": "region_name_en"}
    columns: dict[str, Any] = {
        column: projection[coord].to_numpy().astype(str) if coord in projection.coords else codes
        for column, coord in names.items()
    }
    for column in ("tile_row", "tile_column"):
        if column in projection.coords:
            columns[column] = projection[column].to_numpy().astype(int)
    return pd.DataFrame(columns, index=pd.Index(codes, name="region"))


def config_of(folder: Path) -> dict[str, Any]:
    """Return the configuration of a run folder; empty where absent."""
    path = folder / "config.yaml"
    loaded = yaml.safe_load(path.read_text("utf-8")) if path.is_file() else {}
    return loaded if isinstance(loaded, dict) else {}


def boundary_members(projection: xr.Dataset, group: str, lang: str) -> dict[str, str]:
    """Names of the regions a group holds on each boundary, in the last year.

    Empty where the projection carries no `in_group` (boundary, group, region[, year]).
    """
    if "in_group" not in projection or "boundary" not in projection["in_group"].dims:
        return {}
    member = projection["in_group"].sel(group=group)
    member = member.isel(year=-1) if "year" in member.dims else member
    names = read_regions(projection)[f"name_{lang}"]
    joiner = "、" if lang == "zh" else ", "
    return {
        str(b): joiner.join(names[member.sel(boundary=b).to_numpy().astype(bool)])
        for b in member["boundary"].to_numpy()
    }


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run folder; empty while the run is still being written."""
    return read_manifest(folder) if (folder / MANIFEST).is_file() else {}
