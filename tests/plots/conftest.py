"""A run folder to draw from."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[1] / "report" / "example_run.py"


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    write = runpy.run_path(str(EXAMPLE))["write_example_run"]
    return write(tmp_path_factory.mktemp("run") / "example")
