"""The public surface: every name exists, and importing costs nothing."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import popsim


@pytest.mark.parametrize("name", popsim.__all__)
def test_popsim__every_name_loads(name: str) -> None:
    assert getattr(popsim, name) is not None


def test_popsim__unknown_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'projct'"):
        _ = popsim.projct


def test_popsim__import_is_light() -> None:
    heavy = "numpy pandas xarray numba scipy matplotlib yaml pydantic"
    code = f"import popsim, sys; print([m for m in {heavy.split()} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_popsim__version_is_that_of_the_package(root: Path) -> None:
    declared = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert popsim.__version__ == declared
