"""The 14 planning tables by number."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from popsim.sheets.people import (
    age_table,
    components_table,
    distribution_table,
    labour_table,
    population_table,
    urbanisation_table,
)
from popsim.sheets.services import (
    beds_table,
    capacity_table,
    coverage_table,
    disability_table,
    economy_table,
    staff_table,
)
from popsim.sheets.source import RunTables
from popsim.sheets.verdicts import scenario_table, target_table

__all__ = ["TABLES", "planning_tables"]

TABLES: dict[int, Callable[[RunTables, str], pd.DataFrame]] = {
    1: population_table,
    2: components_table,
    3: age_table,
    4: urbanisation_table,
    5: distribution_table,
    6: labour_table,
    7: economy_table,
    8: capacity_table,
    9: disability_table,
    10: beds_table,
    11: staff_table,
    12: coverage_table,
    13: target_table,
    14: scenario_table,
}


def planning_tables(run: RunTables, lang: str = "zh") -> dict[int, pd.DataFrame]:
    """Return all planning tables of a run, by number.

    Parameters
    ----------
    run
        From `read_run_tables`.
    lang
        ``"zh"`` or ``"en"``.

    Returns
    -------
    dict[int, pd.DataFrame]
        Headers in `lang`; `attrs` hold `title`, `notes` and `source`.
    """
    return {number: make(run, lang) for number, make in TABLES.items()}
