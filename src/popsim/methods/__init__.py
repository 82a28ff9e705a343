"""The demographer's toolbox: numbers in, numbers out.

Every function here takes and returns plain numpy arrays (age is the last axis) and knows no labels:
no xarray, no pandas, no files. Each states its formula, its source and a published number.

Packages are loaded on first use, so that ``import popsim.methods as pm; pm.lifetable.life_table``
works and costs only what is used. `docs/methods.md` lists every function with formula and picture.
"""

from __future__ import annotations

import importlib
from typing import Any

_PACKAGES = (
    "decomposition",
    "fertility",
    "graduation",
    "health",
    "lifetable",
    "migration",
    "mortality",
    "multiregional",
    "quality",
    "raking",
    "stable",
    "urbanisation",
)
# A method that is a subject of its own: popsim.methods.sullivan is the function.
_FUNCTIONS = {"sullivan": "health"}

__all__ = [*_PACKAGES, *_FUNCTIONS]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    """Load a package, or a function known by its own name."""
    if name in _PACKAGES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(f"{__name__}.{_FUNCTIONS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
