"""The public surface: every name exists, and importing costs nothing."""

from __future__ import annotations

import re
import runpy
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


def test_library_page__every_public_name(root: Path) -> None:
    page = (root / "docs" / "library.md").read_text(encoding="utf-8")
    made = runpy.run_path(str(root / "docs" / "make_library_page.py"))["library_page"]()
    told, there = (re.findall(r"`([\w.]+)`(?= \||[,.])", text) for text in (page, made))
    assert told == there, "run docs/make_library_page.py"
