"""What made a run: versions, inputs by their sha256, seed, time."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from popsim.errors import DataError, Problem
from popsim.results.folder import MANIFEST

__all__ = ["file_digest", "make_manifest", "read_manifest", "refresh_manifest", "write_manifest"]

FORM = 1
_LIBRARIES = ("numpy", "scipy", "pandas", "xarray", "numba", "h5netcdf", "h5py", "matplotlib")


def file_digest(path: str | Path) -> str:
    """Return the sha256 of a file."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_manifest(
    *,
    name: str,
    config_sha256: str,
    tables: Mapping[str, str],
    seed: int,
    wall_time: float,
    command: Sequence[str] = (),
    config_files: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the manifest of a run.

    Parameters
    ----------
    name
        Name of the configuration.
    config_sha256
        sha256 of the configuration as written into the run folder.
    tables
        sha256 by name of table, of every table that was read.
    seed
        Seed of the draws.
    wall_time
        Seconds the run took.
    command
        The command as typed.
    config_files
        sha256 by name of the scenario file and of the files it extends.
    extra
        Anything more a run wants to keep (fitted factors, number of draws).

    Returns
    -------
    dict
        Plain values, ready for YAML.
    """
    return {
        "manifest": FORM,
        "name": name,
        "popsim": importlib.metadata.version("popsim"),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "wall_time_seconds": round(float(wall_time), 3),
        "command": " ".join(command),
        "seed": int(seed),
        "python": platform.python_version(),
        "libraries": {lib: importlib.metadata.version(lib) for lib in _LIBRARIES},
        "machine": {
            "system": platform.system(),
            "architecture": platform.machine(),
            "cores": os.cpu_count(),
            "byte_order": sys.byteorder,
        },
        "config_sha256": config_sha256,
        "config_files": dict(config_files or {}),
        "tables": {str(k): str(v) for k, v in sorted(tables.items())},
        **dict(extra or {}),
    }


def write_manifest(folder: str | Path, manifest: Mapping[str, Any]) -> Path:
    """Write ``manifest.yaml``, with size and sha256 of every other file of the folder.

    Call it last: what it lists is what `read_run` finds.
    """
    folder = Path(folder)
    files = {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": file_digest(path),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / MANIFEST
    }
    path = folder / MANIFEST
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # libyaml's, where it is there
    text = yaml.dump(
        {**manifest, "files": files}, Dumper=dumper, allow_unicode=True, sort_keys=False, width=100
    )
    part = path.with_name(MANIFEST + ".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)
    return path


def refresh_manifest(folder: str | Path) -> Path:
    """List the files of a run folder anew, after a report or a figure was made again."""
    return write_manifest(folder, read_manifest(folder))


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Read the manifest of a run folder.

    Raises
    ------
    DataError
        If the folder holds no run, or one of a later form.
    """
    path = Path(folder) / MANIFEST
    if not path.is_file():
        what = "not a run folder" if path.parent.is_dir() else "run folder not found"
        remedy = "make one with `popsim run CONFIG -o FOLDER`"
        raise DataError(Problem(what, str(folder), expected=f"a folder with {MANIFEST}",
                                remedy=remedy))  # fmt: skip
    try:
        manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(Problem("manifest cannot be read", str(path), str(error))) from error
    if not isinstance(manifest, dict) or manifest.get("manifest") != FORM:
        got = manifest.get("manifest") if isinstance(manifest, dict) else type(manifest).__name__
        raise DataError(Problem("unknown form of manifest", str(path), str(got), str(FORM)))
    return manifest
