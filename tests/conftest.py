"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
