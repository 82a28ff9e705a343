"""The house has floors: a module imports only from floors below its own, and stays small."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src" / "popsim"

# Lowest first. A module or package named here may import from every line above its own, and from
# its own package.
FLOORS: list[list[str]] = [
    ["errors"],
    ["kernels"],
    ["methods"],
    ["variables", "labels", "groups"],
    ["coords"],
    ["tables"],
    ["projection"],
    ["assumptions"],
    ["scenarios", "ensembles", "matrices"],
    ["indicators", "settlement", "boundaries", "commuting"],
    ["hukou", "growth"],
    ["care", "economy", "capacity", "calibration"],
    ["targets"],
    ["backtest"],
    ["results"],
    ["config"],
    ["plots", "sheets"],
    ["report"],
    ["run"],
    ["cli"],
    ["__main__"],
]
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}
LABEL_FREE = ("kernels", "methods")
LABELLED_LIBRARIES = {"xarray", "pandas", "yaml", "matplotlib"}
MAX_LINES = 350

FILES = sorted(SRC.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names.append(node.module or "")
            if node.module == "popsim":
                names += [f"popsim.{alias.name}" for alias in node.names]
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_module__imports_go_down(path: Path) -> None:
    if path == SRC / "__init__.py":
        return
    here = room(path)
    assert here in LEVEL, f"{here}: give the new room a floor in {Path(__file__).name}"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "popsim" and len(parts) > 1:
            other = parts[1]
            assert other == here or LEVEL[other] < LEVEL[here], f"{path.name} imports {name}"
        if here in LABEL_FREE:
            assert parts[0] not in LABELLED_LIBRARIES, f"{path.name} knows labels: {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_module__stays_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_LINES, f"{path.name} has {lines} lines: split it by subject"


def test_architecture__names_every_room_in_the_order_of_the_floors(root: Path) -> None:
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("## The floors")[2].partition("\n\n## ")[0]
    rows = [
        re.findall(r"`(\w+)/?`", line.split("|")[1])
        for line in table.splitlines()
        if "`" in line[:5]
    ]
    told = [name for row in rows for name in row]
    assert sorted(told) == sorted(LEVEL.keys() - {"__main__"})
    assert [LEVEL[name] for name in told] == sorted(LEVEL[name] for name in told)
