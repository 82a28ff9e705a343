"""Published tables -> labelled arrays, with units, completeness, hashes and provenance.

Lives here: the case folder (`read_case`: tidy CSVs and ``sources.yaml``), readers of the files
that statistical offices publish (`read_wpp`, `read_hmd`, `read_hfd`, `read_chinese_table`,
`read_eurostat`, `read_tidy`), and the cells and grids that further readers are written with. May
not live here: any figure, the name of any place, and any arithmetic on people (graduation,
fitting): those are data and methods.

| module | holds |
|---|---|
| `case`, `declaration`, `yaml_nodes` | a case read whole; its ``sources.yaml`` |
| `scalars` | what a plain YAML scalar means, in scenario files too |
| `rows`, `frames`, `arrays`, `membership`, `checks`, `units` | its CSV files, line by line |
| `wpp`, `hmd`, `eurostat`, `chinese`, `tidy` | files of statistical offices |
| `grid`, `cells`, `printed_ages` | what readers of them are written with |

The public names are loaded on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "TOTAL": "cells",
    "AgeGroup": "cells",
    "Case": "case",
    "Cell": "cells",
    "Grid": "grid",
    "Source": "declaration",
    "clean": "grid",
    "convert": "units",
    "drop_totals": "cells",
    "eurostat_age": "eurostat",
    "membership_array": "membership",
    "number_of": "grid",
    "observed": "case",
    "parse_age": "cells",
    "parse_number": "units",
    "read_case": "case",
    "read_chinese_table": "chinese",
    "read_eurostat": "eurostat",
    "read_grid": "grid",
    "read_hfd": "hmd",
    "read_hmd": "hmd",
    "read_tidy": "tidy",
    "read_wpp": "wpp",
    "to_array": "cells",
    "unit_of": "units",
}

__all__ = [
    "TOTAL",
    "AgeGroup",
    "Case",
    "Cell",
    "Grid",
    "Source",
    "clean",
    "convert",
    "drop_totals",
    "eurostat_age",
    "membership_array",
    "number_of",
    "observed",
    "parse_age",
    "parse_number",
    "read_case",
    "read_chinese_table",
    "read_eurostat",
    "read_grid",
    "read_hfd",
    "read_hmd",
    "read_tidy",
    "read_wpp",
    "to_array",
    "unit_of",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
