"""A run folder as an object: its parts are read when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
import yaml

from popsim.errors import DataError, Problem, Problems
from popsim.results.folder import MANIFEST, recover
from popsim.results.manifest import file_digest, read_manifest
from popsim.results.store import read_dataset, read_table

__all__ = ["Run", "read_run"]


@dataclass(frozen=True)
class Run:
    """A finished run.

    Parameters
    ----------
    folder
        The run folder.
    manifest
        Content of ``manifest.yaml``.
    """

    folder: Path
    manifest: dict[str, Any]

    def file(self, name: str) -> Path:
        """Path of a file of the run.

        Raises
        ------
        DataError
            If the run has no such file.
        """
        path = self.folder / name
        if not path.is_file():
            found = ", ".join(sorted(p.name for p in self.folder.iterdir()))
            raise DataError(Problem("file of the run not found", str(path), found, name))
        return path

    @cached_property
    def config(self) -> dict[str, Any]:
        """The configuration of the run as plain values."""
        path = self.file("config.yaml")
        try:
            plain = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise DataError(
                Problem("configuration cannot be read", str(path), str(error))
            ) from None
        if not isinstance(plain, dict):
            raise DataError(Problem("configuration without keys", str(path)))
        return plain

    @cached_property
    def projection(self) -> xr.Dataset:
        """Inputs and results of the projection."""
        return read_dataset(self.file("projection.nc"))

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Long table of indicators."""
        return read_table(self.file("indicators.csv"))

    @cached_property
    def targets(self) -> pd.DataFrame:
        """One row per target, scenario, boundary and definition."""
        return read_table(self.file("targets.csv"))

    @cached_property
    def care(self) -> pd.DataFrame:
        """Long table of care demand."""
        return read_table(self.file("care.csv"))

    def dataset(self, name: str) -> xr.Dataset:
        """Any other netCDF file of the run, e.g. ``dataset("ensemble.nc")``."""
        return read_dataset(self.file(name))

    def table(self, name: str) -> pd.DataFrame:
        """Any other table of the run, e.g. ``table("hindcast.csv")``."""
        return read_table(self.file(name))

    def verify(self) -> None:
        """Compare every file with the sha256 in the manifest.

        Raises
        ------
        DataError
            Once, naming every file that is missing or has changed since the run.
        """
        problems = Problems(DataError)
        for name, entry in self.manifest.get("files", {}).items():
            path = self.folder / name
            if not path.is_file():
                problems.add("file of the run is missing", where=str(path))
            elif file_digest(path) != entry["sha256"]:
                problems.add("file changed since the run", where=str(path), remedy="run again")
        problems.raise_if_any()


def read_run(folder: str | Path) -> Run:
    """Open a run folder.

    Parameters
    ----------
    folder
        The folder given to ``popsim run -o``.

    Returns
    -------
    Run
        Its parts are read when they are asked for.

    Raises
    ------
    DataError
        If the folder is no run folder.
    """
    folder = Path(folder)
    if not (folder / MANIFEST).is_file():
        recover(folder)
    return Run(folder, read_manifest(folder))
