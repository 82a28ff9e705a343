"""Parts of a run folder that need not be there: it may hold less, or still be being written.

Pictures, workbook and report are made before the manifest is, and of runs of every kind. What they
read from the folder they read here, so that a column has one type wherever it is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
import yaml

from popsim.results.folder import MANIFEST
from popsim.results.manifest import read_manifest
from popsim.results.store import read_dataset, read_table

__all__ = [
    "boundary_members",
    "find_config",
    "find_manifest",
    "find_projection",
    "find_table",
    "fitted_sources",
    "region_names",
    "source_titles",
]

REMARK = re.compile(r"([^(,]*[\u4e00-\u9fff][^(,]*?)(?: \(|, )[A-Za-z]")


def find_table(folder: Path, name: str, *, as_text: bool = False) -> pd.DataFrame | None:
    """Read a CSV of a run folder as `read_table` does; None where absent or without a row."""
    path = folder / name
    if not path.is_file():
        return None
    table = read_table(path, as_text=as_text)
    return table if len(table) else None


def find_projection(folder: Path) -> xr.Dataset | None:
    """Read `projection.nc`; None where absent."""
    path = folder / "projection.nc"
    return read_dataset(path) if path.is_file() else None


def find_config(folder: Path) -> dict[str, Any]:
    """Return the configuration of a run folder; empty where absent."""
    path = folder / "config.yaml"
    loaded = yaml.safe_load(path.read_text("utf-8")) if path.is_file() else {}
    return loaded if isinstance(loaded, dict) else {}


def find_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run folder; empty while the run is still being written."""
    return read_manifest(folder) if (folder / MANIFEST).is_file() else {}


def source_titles(manifest: Mapping[str, Any], lang: str) -> dict[str, str]:
    """Title of each source of a manifest, by its key.

    A remark in Latin letters behind a Chinese title is left out of a Chinese text.

    Examples
    --------
    >>> source_titles({"sources": {"a": {"title": {"zh": "\u516c\u62a5", "en": "Bulletin"}}}}, "en")
    {'a': 'Bulletin'}
    >>> source_titles({"sources": {"a": {"title": "\u4eba\u53e3\u516c\u62a5, table 6"}}}, "zh")
    {'a': '\u4eba\u53e3\u516c\u62a5'}
    """
    listed = manifest.get("sources") or {}
    if not isinstance(listed, dict):
        listed = {str(entry["id"]): entry for entry in listed if isinstance(entry, dict)}
    titles = {}
    for key, entry in listed.items():
        title = entry.get("title", key) if isinstance(entry, dict) else entry
        if isinstance(title, dict):
            title = title.get(lang) or next(iter(title.values()), key)
        remark = REMARK.match(str(title)) if lang == "zh" else None
        titles[str(key)] = remark[1] if remark else str(title)
    return titles


def fitted_sources(fit: pd.DataFrame | None) -> tuple[str, ...]:
    """Keys of the sources that a run was fitted to, in the order of `fit.csv`."""
    if fit is None or not {"source", "fitted_to"} <= set(fit):
        return ()
    texts = fit.loc[fit["fitted_to"] != "", "source"]
    keys = (key.strip() for text in texts for key in str(text).split(";"))
    return tuple(dict.fromkeys(key for key in keys if key))


def region_names(projection: xr.Dataset) -> pd.DataFrame:
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


def boundary_members(projection: xr.Dataset, group: str, lang: str) -> dict[str, str]:
    """Names of the regions a group holds on each boundary, in the last year.

    Empty where the projection carries no `in_group` (boundary, group, region[, year]).
    """
    if "in_group" not in projection or "boundary" not in projection["in_group"].dims:
        return {}
    member = projection["in_group"].sel(group=group)
    member = member.isel(year=-1) if "year" in member.dims else member
    names = region_names(projection)[f"name_{lang}"]
    joiner = "、" if lang == "zh" else ", "
    return {
        str(b): joiner.join(names[member.sel(boundary=b).to_numpy().astype(bool)])
        for b in member["boundary"].to_numpy()
    }
