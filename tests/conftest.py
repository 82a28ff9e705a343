"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import runpy
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from popsim.assumptions import Fitted
    from popsim.run.plan import Plan
    from popsim.sheets import RunTables
    from popsim.tables import Case

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def validation_dir() -> Path:
    """Folder of the published cases; the test is skipped where it does not exist."""
    named = os.environ.get("POPSIM_VALIDATION")
    folder = Path(named) if named else ROOT.parent / "shared" / "validation"
    if not folder.is_dir():
        pytest.skip(f"validation cases not at hand: {folder} (set POPSIM_VALIDATION)")
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the checkout."""
    return ROOT


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run folder, made anew for each module: some tests draw into it."""
    write = runpy.run_path(str(ROOT / "tests" / "example_run.py"))["write_example_run"]
    folder: Path = write(tmp_path_factory.mktemp("run") / "example")
    return folder


@pytest.fixture(scope="module")
def run(run_folder: Path) -> RunTables:
    """The tables of that folder."""
    from popsim.sheets import read_run_tables

    return read_run_tables(run_folder)


@pytest.fixture(scope="session")
def case() -> Case:
    """The case of Jiaxing, read once for all tests."""
    from popsim.tables import read_case

    return read_case(ROOT / "data" / "jiaxing")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of Jiaxing's case and scenario file, to be spoilt."""
    shutil.copytree(ROOT / "data" / "jiaxing", tmp_path / "data" / "jiaxing")
    (tmp_path / "configs").mkdir()
    return Path(shutil.copy(ROOT / "configs" / "jiaxing.yaml", tmp_path / "configs"))


@pytest.fixture(scope="session")
def plan() -> Plan:
    """The plan of Jiaxing's scenario file."""
    from popsim.run.plan import make_plan

    return make_plan(ROOT / "configs" / "jiaxing.yaml")


@pytest.fixture(scope="session")
def fitted(plan: Plan) -> Fitted:
    """Jiaxing calibrated, once for all tests."""
    from popsim.calibration import calibrate

    return calibrate(
        plan.case, base_year=2020, area=True, status=True, engine=plan.engine, **plan.calibration
    )
