"""Published tables -> labelled arrays, with units, completeness, hashes and provenance.

Lives here: the case folder (`read_case`: tidy CSVs and ``sources.yaml``), and readers of the files
that statistical offices publish. May not live here: any figure, the name of any place, and any
arithmetic on people (graduation, fitting): those are data and methods.

The public names are loaded on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "Case": "case",
    "Source": "declaration",
    "membership_array": "membership",
    "observed": "case",
    "read_case": "case",
    "convert": "units",
    "parse_number": "units",
    "unit_of": "units",
}

__all__ = [
    "Case",
    "Source",
    "convert",
    "membership_array",
    "observed",
    "parse_number",
    "read_case",
    "unit_of",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
