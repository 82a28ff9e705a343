"""Scenarios of a run, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from popsim.errors import DataError, Problems

__all__ = ["side_by_side", "told_apart"]

_KEYS = ["indicator", "group_or_region", "boundary", "year", "unit"]


def side_by_side(
    indicators_table: pd.DataFrame,
    *,
    scenarios: Sequence[str] | None = None,
    indicators: Sequence[str] | None = None,
    regions: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    definition: str = "resident",
) -> pd.DataFrame:
    """Return one column for each scenario.

    Parameters
    ----------
    indicators_table
        Long table ``indicators.csv``.
    scenarios, indicators, regions, years
        What to keep, in the order given; everything where not given.
    definition
        ``"resident"`` or ``"registered"``, where the table tells them apart.

    Returns
    -------
    pd.DataFrame
        Columns indicator, group_or_region, boundary, year, unit, then one per scenario; with
        exactly two scenarios also `difference`, the second less the first.

    Raises
    ------
    DataError
        Names that the table does not hold, all at once; or two values for one cell.

    Examples
    --------
    >>> table = pd.DataFrame({"indicator": "population", "group_or_region": "all", "boundary": "",
    ...                       "scenario": ["low", "high"], "year": 2035, "value": [5.0, 6.0],
    ...                       "unit": "person"})
    >>> side_by_side(table, scenarios=["low", "high"])["difference"].tolist()
    [1.0]
    """
    wanted = {
        "scenario": scenarios,
        "indicator": indicators,
        "group_or_region": regions,
        "year": years,
    }
    problems = Problems(DataError)
    table = indicators_table
    chosen: dict[str, list[object]] = {}
    for column, names in wanted.items():
        known = list(dict.fromkeys(indicators_table[column].tolist()))
        chosen[column] = known if names is None else list(names)
        for name in chosen[column]:
            if name not in known:
                problems.add(
                    f"unknown {column.replace('_', ' ')}",
                    where="indicators.csv",
                    got=name,
                    expected=f"one of {', '.join(str(k) for k in known)}",
                )
        table = table[table[column].isin(chosen[column])]
    problems.raise_if_any()
    if "definition" in table.columns:
        own = table.groupby("indicator")["definition"].transform("nunique") == 1
        table = table[own | (table["definition"] == definition)]
    twice = table.duplicated([*_KEYS, "scenario"])
    if bool(twice.any()):
        row = table[twice].iloc[0]
        where = ", ".join(f"{k}={row[k]}" for k in [*_KEYS, "scenario"])
        raise DataError(f"indicators.csv: two values for one cell ({where})")
    wide = table.pivot_table(
        index=_KEYS, columns="scenario", values="value", sort=False, aggfunc="first"
    )
    names = [str(s) for s in chosen["scenario"] if s in wide.columns]
    wide = wide[names].reset_index().rename_axis(columns=None)
    if len(names) == 2:
        wide["difference"] = wide[names[1]] - wide[names[0]]
    return wide


def told_apart(rows: pd.DataFrame, *, within: float, most: int = 6) -> list[str]:
    """Return the scenarios whose paths an eye can tell apart, in the order of the table.

    Parameters
    ----------
    rows
        Columns boundary, scenario, year, value, one row for each path and year.
    within
        Paths that nowhere differ by more than this look the same.
    most
        As many scenarios at the most.

    Returns
    -------
    list[str]
        The first scenario, then the one farthest from those chosen, as long as there is any.

    Examples
    --------
    >>> rows = pd.DataFrame({"boundary": "", "scenario": ["a", "b", "c"], "year": 2030,
    ...                      "value": [0.500, 0.501, 0.6]})
    >>> told_apart(rows, within=0.01)
    ['a', 'c']
    """
    wide = rows.pivot(index=["boundary", "year"], columns="scenario", values="value")  # noqa: PD010
    order = list(dict.fromkeys(rows["scenario"]))
    chosen = order[:1]
    while len(chosen) < min(most, len(order)):
        nearest = {
            name: min(float(np.nanmax([0.0, *(wide[name] - wide[c]).abs()])) for c in chosen)
            for name in order
            if name not in chosen
        }
        farthest = max(nearest, key=lambda name: nearest[name])
        if nearest[farthest] <= within:
            break
        chosen.append(farthest)
    return [name for name in order if name in chosen]
