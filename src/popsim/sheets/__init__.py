"""The planner's tables: 14 of them, in the habits of Chinese planning offices.

Each table is a function from the parts of a run folder to a `DataFrame` with headers in Chinese or
English, people in 万人 to two decimals, the plan's years, every scenario, and its notes and source
line in `attrs`. A table whose inputs a run does not hold says what it needs. Nothing is projected
here; only sums, shares and rates of what stands in the run folder.

The names below are loaded when first used: the screen needs the words of `amounts` alone.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from popsim.sheets.source import RunTables, read_run_tables
    from popsim.sheets.tables import TABLES, planning_tables
    from popsim.sheets.workbook import write_csv, write_workbook

__all__ = [
    "TABLES",
    "RunTables",
    "planning_tables",
    "read_run_tables",
    "write_csv",
    "write_workbook",
]

_HOME = {
    "RunTables": "source",
    "read_run_tables": "source",
    "TABLES": "tables",
    "planning_tables": "tables",
    "write_csv": "workbook",
    "write_workbook": "workbook",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name in _HOME:
        return getattr(importlib.import_module(f"popsim.sheets.{_HOME[name]}"), name)
    raise AttributeError(f"module 'popsim.sheets' has no attribute {name!r}")
