"""What the planning tables read from a run folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from popsim.labels import label, label_or, phrase, titles
from popsim.results.parts import (
    find_config,
    find_manifest,
    find_projection,
    find_table,
    fitted_sources,
    source_titles,
)

__all__ = ["RunTables", "read_run_tables"]

PLAN_YEARS = (2020, 2025, 2030, 2035)


@dataclass(frozen=True)
class RunTables:
    """Parts of a run folder; None where the run does not hold them.

    Parameters
    ----------
    projection
        `projection.nc`.
    indicators, care, intervals, targets
        The long tables, text as text; quantiles in the columns q0.05, .., q0.95 of `intervals`.
    extra
        Tables of `tables/` by name, e.g. ``economy``.
    manifest
        `manifest.yaml`, empty while the run is being written.
    years
        Years shown.
    fitted_to
        Keys of the sources of the published figures the run was fitted to.
    config
        `config.yaml`.
    """

    projection: xr.Dataset | None = None
    indicators: pd.DataFrame | None = None
    care: pd.DataFrame | None = None
    intervals: pd.DataFrame | None = None
    targets: pd.DataFrame | None = None
    extra: dict[str, pd.DataFrame] | None = None
    manifest: dict[str, Any] | None = None
    years: tuple[int, ...] = PLAN_YEARS
    fitted_to: tuple[str, ...] = ()
    config: dict[str, Any] | None = None

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

    def scenario_name(self, name: str, lang: str, *, short: bool = True) -> str:
        """Name of a scenario, as its user titled it; else that of the catalogue."""
        block = (self.config or {}).get("scenarios") or {}
        return titles({name: block.get(name)}, "scenario", lang, short=short)[name]

    def region_name(self, code: str, lang: str) -> str:
        """Name of a region, a group or the whole."""
        if code == "all":
            return label("place.all", lang)
        data = self.projection
        coord = "region_name" if lang == "zh" else "region_name_en"
        if data is not None and coord in data.coords and code in data["region"].to_numpy():
            return str(data[coord].sel(region=code).item())
        return label_or(f"group.{code}", lang, code)

    def boundary_name(self, name: str, lang: str) -> str:
        """Name of a boundary; one that a scenario draws is called as the scenario is."""
        if not name:
            return label("boundary.none", lang)
        own = self.scenario_name(name, lang) if name in self.scenarios else name
        return label_or(f"boundary.{name}", lang, own)

    def source_words(self, keys: object, lang: str) -> str:
        """Titles of the sources that a cell names by their keys."""
        titles = source_titles(self.manifest or {}, lang)
        named = [key.strip() for key in str(keys).split(";") if key.strip()]
        joiner = "；" if lang == "zh" else "; "
        return joiner.join(titles.get(k, label_or(f"source.{k}", lang, k)) for k in named)

    def source(self, lang: str, extra: Sequence[str] = ()) -> str:
        """Source line: what made the numbers, from whose figures."""
        own = phrase("text.own_projection", lang, year=self.base_year)
        titles = source_titles(self.manifest or {}, lang)
        named = [titles.get(key, key) for key in (*self.fitted_to, *extra)]
        parts = [own, *(text for text in named if text)]
        return phrase(
            "table.source", lang, source=("；" if lang == "zh" else "; ").join(dict.fromkeys(parts))
        )


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
    projection = find_projection(folder)
    if years is None and projection is not None:
        held = set(projection["year"].to_numpy().tolist())
        years = [year for year in PLAN_YEARS if year in held] or [min(held), max(held)]
    extra = {
        file.stem: table
        for file in sorted((folder / "tables").glob("*.csv"))
        if (table := find_table(folder, f"tables/{file.name}")) is not None
    }
    return RunTables(
        projection=projection,
        indicators=find_table(folder, "indicators.csv"),
        care=find_table(folder, "care.csv"),
        intervals=find_table(folder, "intervals.csv"),
        targets=find_table(folder, "targets.csv"),
        extra=extra,
        manifest=find_manifest(folder),
        years=tuple(years or PLAN_YEARS),
        fitted_to=fitted_sources(find_table(folder, "fit.csv", as_text=True)),
        config=find_config(folder),
    )
