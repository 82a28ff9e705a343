"""docs/methods.md names every function, and every function says its formula, source and example."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

from popsim import methods

NAMES = [
    (package, name)
    for package in methods.__all__
    if package != "sullivan"
    for name in importlib.import_module(f"popsim.methods.{package}").__all__
]
FUNCTIONS = [
    (package, name)
    for package, name in NAMES
    if inspect.isfunction(getattr(importlib.import_module(f"popsim.methods.{package}"), name))
]


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "methods.md").read_text(encoding="utf-8")


def section(page: str, package: str) -> str:
    """Text from where a package is named to the next heading."""
    found = re.search(rf"`popsim\.methods\.{package}`.*?(?=^## |\Z)", page, re.S | re.M)
    assert found, f"{package} has no section"
    return found.group()


def test_methods_page__every_public_name(page: str) -> None:
    missing = [f"{p}.{n}" for p, n in NAMES if f"`{n}`" not in section(page, p)]
    assert missing == []


def test_methods_page__every_picture_is_there_and_small(page: str, root: Path) -> None:
    shown = set(re.findall(r"\]\(methods/(\w+\.png)\)", page))
    there = {path.name for path in (root / "docs" / "methods").glob("*.png")}
    assert shown == there
    for name in shown:
        assert (root / "docs" / "methods" / name).stat().st_size < 60_000, name


@pytest.mark.parametrize(("package", "name"), FUNCTIONS, ids=lambda v: v)
def test_methods__function_is_documented(package: str, name: str) -> None:
    doc = inspect.getdoc(getattr(importlib.import_module(f"popsim.methods.{package}"), name)) or ""
    assert "\nExamples\n---" in doc
    assert ">>> " in doc
    assert "\nReferences\n---" in doc or "property" in doc.lower() or "definition" in doc.lower()
