"""What the planning tables read from a run folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from popsim.labels import label, label_or, phrase
from popsim.results import read_dataset, read_manifest

__all__ = ["RunTables", "read_run_tables"]

NUMBERS = {"value", "year", "lower", "upper", "gap", "base_value", "probability"}
MANIFEST = "manifest.yaml"
PLAN_YEARS = (2020, 2025, 2030, 2035)


@dataclass(frozen=True)
class RunTables:
    """Parts of a run folder; None where the run does not hold them.

    Parameters
    ----------
    projection
        `projection.nc`.
    indicators, care, targets
        The long tables, text as text.
    extra
        Tables of `tables/` by name, e.g. ``economy``.
    manifest
        `manifest.yaml`, empty while the run is being written.
    years
        Years shown.
    """

    projection: xr.Dataset | None = None
    indicators: pd.DataFrame | None = None
    care: pd.DataFrame | None = None
    targets: pd.DataFrame | None = None
    extra: dict[str, pd.DataFrame] | None = None
    manifest: dict[str, Any] | None = None
    years: tuple[int, ...] = PLAN_YEARS

    @property
    def base_year(self) -> int:
        """First year of the projection; of the indicators where there is no projection."""
        if self.projection is not None:
            return int(self.projection["year"].min())
        if self.indicators is not None:
            return int(self.indicators["year"].min())
        return self.years[0]

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios in the order of the run."""
        if self.indicators is not None:
            return list(dict.fromkeys(self.indicators["scenario"]))
        if self.projection is not None and "scenario" in self.projection.dims:
            return [str(name) for name in self.projection["scenario"].to_numpy()]
        return [""]

    def region_name(self, code: str, lang: str) -> str:
        """Name of a region, a group or the whole."""
        if code == "all":
            return label("place.all", lang)
        data = self.projection
        coord = "region_name" if lang == "zh" else "region_name_en"
        if data is not None and coord in data.coords and code in data["region"].to_numpy():
            return str(data[coord].sel(region=code).item())
        return label_or(f"group.{code}", lang, code)

    def source(self, lang: str, extra: Sequence[str] = ()) -> str:
        """Source line: what made the numbers, from whose figures."""
        own = phrase("text.own_projection", lang, year=self.base_year)
        titles = []
        for entry in (self.manifest or {}).get("sources") or []:
            title = entry.get("title", "") if isinstance(entry, dict) else entry
            if isinstance(title, dict):
                title = title.get(lang) or next(iter(title.values()), "")
            titles.append(str(title))
        parts = [own, *(title for title in titles[:4] if title), *(text for text in extra if text)]
        return phrase("table.source", lang, source="; ".join(dict.fromkeys(parts)))


def _table(path: Path) -> pd.DataFrame | None:
    """One CSV, codes as text and the columns of `NUMBERS` as numbers; None where absent."""
    if not path.is_file():
        return None
    table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    for column in [name for name in table if name in NUMBERS]:
        values = [float(text) if text else float("nan") for text in table[column]]
        table[column] = pd.array(values, dtype="float64")
    if "year" in table:
        table["year"] = table["year"].astype("int64")
    return table if len(table) else None


def read_run_tables(run_folder: Path | str, *, years: Sequence[int] | None = None) -> RunTables:
    """Read what the planning tables need from a run folder.

    Parameters
    ----------
    run_folder
        A finished run, or one whose manifest is still to be written.
    years
        Years shown; the years 2020, 2025, 2030, 2035 that the projection holds where not given.

    Returns
    -------
    RunTables
        Parts that are absent are None.
    """
    folder = Path(run_folder)
    path = folder / "projection.nc"
    projection = read_dataset(path) if path.is_file() else None
    if years is None and projection is not None:
        held = set(projection["year"].to_numpy().tolist())
        years = [year for year in PLAN_YEARS if year in held] or [min(held), max(held)]
    extra = {}
    for file in sorted((folder / "tables").glob("*.csv")):
        table = _table(file)
        if table is not None:
            extra[file.stem] = table
    return RunTables(
        projection=projection,
        indicators=_table(folder / "indicators.csv"),
        care=_table(folder / "care.csv"),
        targets=_table(folder / "targets.csv"),
        extra=extra,
        manifest=read_manifest(folder) if (folder / MANIFEST).is_file() else {},
        years=tuple(years or PLAN_YEARS),
    )
