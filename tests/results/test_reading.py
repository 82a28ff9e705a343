"""A run folder read back: manifest, parts, hashes, scenarios side by side."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.errors import DataError
from popsim.results import (
    make_manifest,
    read_run,
    refresh_manifest,
    side_by_side,
    write_dataset,
    write_manifest,
    write_table,
    writing,
)


def indicators() -> pd.DataFrame:
    rows = [
        ("population", region, "", scenario, year, value * factor, "person")
        for region, value in (("all", 5.0), ("0330402", 2.0))
        for scenario, factor in (("recent", 1.0), ("trend", 2.0), ("low", 0.5))
        for year in (2020, 2035)
    ]
    return pd.DataFrame(
        rows,
        columns=["indicator", "group_or_region", "boundary", "scenario", "year", "value", "unit"],
    )


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    output = tmp_path / "run"
    with writing(output) as folder:
        write_dataset(
            xr.Dataset({"p": ("year", [1.0])}, {"year": [2020]}), folder / "projection.nc"
        )
        write_table(indicators(), folder / "indicators.csv")
        (folder / "config.yaml").write_text("schema: 1\nname: 嘉兴\n", encoding="utf-8")
        manifest = make_manifest(
            name="jx",
            config_sha256="ab",
            tables={"population": "cd"},
            seed=14,
            wall_time=1.23456,
            command=["popsim", "run", "a.yaml"],
            extra={"fit": {"tfr": 1.04}},
        )
        write_manifest(folder, manifest)
    return output


def test_read_run__gives_every_part(run_folder: Path) -> None:
    run = read_run(run_folder)
    assert run.manifest["seed"] == 14
    assert run.manifest["wall_time_seconds"] == 1.235
    assert run.manifest["tables"] == {"population": "cd"}
    assert run.manifest["fit"] == {"tfr": 1.04}
    assert run.manifest["libraries"]["numpy"] == np.__version__
    assert run.manifest["python"].startswith(f"{sys.version_info.major}.{sys.version_info.minor}")
    assert run.config["name"] == "嘉兴"
    assert float(run.projection["p"].sum()) == 1.0
    pd.testing.assert_frame_equal(run.indicators, indicators(), check_dtype=False)
    with pytest.raises(DataError, match=r"file of the run not found.*expected care\.csv"):
        _ = run.care


def test_manifest__lists_every_file_with_its_hash(run_folder: Path) -> None:
    files = read_run(run_folder).manifest["files"]
    assert sorted(files) == ["config.yaml", "indicators.csv", "projection.nc"]
    data = (run_folder / "config.yaml").read_bytes()
    assert files["config.yaml"] == {
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def test_verify__names_every_change(run_folder: Path) -> None:
    run = read_run(run_folder)
    run.verify()
    (run_folder / "config.yaml").write_text("other")
    (run_folder / "projection.nc").unlink()
    with pytest.raises(DataError, match=r"(?s)2 faults.*config.yaml: file changed.*is missing"):
        run.verify()


def test_refresh_manifest__keeps_the_rest(run_folder: Path) -> None:
    before = read_run(run_folder).manifest
    (run_folder / "report.html").write_text("<html>")
    refresh_manifest(run_folder)
    after = read_run(run_folder).manifest
    assert set(after["files"]) - set(before["files"]) == {"report.html"}
    assert {k: v for k, v in after.items() if k != "files"} == {
        k: v for k, v in before.items() if k != "files"
    }
    read_run(run_folder).verify()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "not a run folder.*popsim run"),
        ("manifest: 2\n", "unknown form of manifest.*got 2; expected 1"),
        ("- 1\n", "unknown form of manifest"),
        ("a: [", "manifest cannot be read"),
    ],
)
def test_read_run__refuses(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "manifest.yaml").write_text(text)
    with pytest.raises(DataError, match=message):
        read_run(tmp_path)


def test_read_run__missing_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="run folder not found"):
        read_run(tmp_path / "none")


def test_side_by_side__one_column_a_scenario() -> None:
    table = side_by_side(indicators(), years=[2035])
    assert list(table.columns[5:]) == ["recent", "trend", "low"]
    assert table["trend"].tolist() == [10.0, 4.0]


def test_side_by_side__two_scenarios_differ() -> None:
    table = side_by_side(indicators(), scenarios=["trend", "recent"], regions=["0330402"])
    assert table["year"].tolist() == [2020, 2035]
    assert table["difference"].tolist() == [-2.0, -2.0]


def test_side_by_side__refuses_unknown_names_and_double_cells() -> None:
    with pytest.raises(DataError, match=r"(?s)unknown scenario; got x.*unknown year; got 1999"):
        side_by_side(indicators(), scenarios=["x"], years=[1999])
    twice = pd.concat([indicators(), indicators().head(1)])
    with pytest.raises(DataError, match="two values for one cell"):
        side_by_side(twice)
