"""What the engine takes and gives: names, dims, units, bounds, meaning, and the check of them all.

`table` is the one place where a variable is described; `axes` checks dims and labels, `values` the
numbers; `checking` does everything and raises once, with every fault found. Nothing here computes a
demographic quantity, and nothing is ever repaired.
"""

from popsim.variables.axes import age_widths, base_year, step_years
from popsim.variables.checking import check
from popsim.variables.table import (
    EDGE_KINDS,
    LOOP_DIMS,
    SEXES,
    STATE_DIMS,
    VARIABLES,
    Variable,
    describe,
)

__all__ = [
    "EDGE_KINDS",
    "LOOP_DIMS",
    "SEXES",
    "STATE_DIMS",
    "VARIABLES",
    "Variable",
    "age_widths",
    "base_year",
    "check",
    "describe",
    "step_years",
]
