"""Boundaries that scenarios bring with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from popsim.errors import ConfigError, Problem
from popsim.scenarios.model import Scenario

__all__ = ["own_boundaries", "with_annexations"]


def with_annexations(
    in_group: xr.DataArray, scenarios: Sequence[Scenario], boundaries: Sequence[str] = ()
) -> tuple[xr.DataArray, tuple[str, ...]]:
    """Add a boundary, named after the scenario, for each scenario that annexes.

    Parameters
    ----------
    in_group
        Membership (boundary, group, region, year), bool.
    scenarios
        Those with the lever `annexation` bring a boundary.
    boundaries
        Names of the boundaries wanted so far.

    Returns
    -------
    tuple
        Membership with the new boundaries, and all names.

    Raises
    ------
    ConfigError
        Where a boundary, group, region or year is not in the membership, or a name is taken.

    Examples
    --------
    >>> from popsim.assumptions import Model
    >>> inside = xr.DataArray(
    ...     [[[[True, True], [False, False]]]],
    ...     {"boundary": ["today"], "group": ["city_proper"], "region": ["a", "b"],
    ...      "year": [2024, 2025]},
    ...     ("boundary", "group", "region", "year"))
    >>> one = Scenario("join", *[Model("recent")] * 3,
    ...                levers=[("annexation", {"year": 2025, "regions": ["b"]})])
    >>> wider, names = with_annexations(inside, [one], ["today"])
    >>> wider.sel(boundary="join", region="b", group="city_proper").to_numpy()
    array([False,  True])
    """
    names = list(boundaries)
    parts = [in_group]
    for scenario in scenarios:
        events = [params for name, params in scenario.levers if name == "annexation"]
        if not events:
            continue
        if scenario.name in in_group["boundary"].to_numpy():
            raise ConfigError(
                Problem(
                    "a scenario that annexes has the name of a boundary",
                    f"scenario {scenario.name}",
                    remedy="give the scenario another name",
                )
            )
        base = _label(in_group, "boundary", events[0].get("of", "today"), scenario.name)
        inside = in_group.sel(boundary=[base]).copy()
        for event in events:
            group = _label(in_group, "group", event.get("group", "city_proper"), scenario.name)
            year = _label(in_group, "year", event["year"], scenario.name)
            where = {"group": group, "year": inside["year"] >= year}
            for region in event["regions"]:
                code = _label(in_group, "region", str(region), scenario.name)
                inside.loc[{**where, "region": code}] = True
        parts.append(inside.assign_coords(boundary=np.array([scenario.name])))
        names.append(scenario.name)
    joined = xr.concat(parts, "boundary", join="exact") if len(parts) > 1 else in_group
    return joined, tuple(names)


def own_boundaries(table: pd.DataFrame, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Rows of a table on the boundaries they belong to.

    Parameters
    ----------
    table
        With the columns `scenario` and `boundary`.
    scenarios
        Those of the run.

    Returns
    -------
    pd.DataFrame
        Without the rows that judge one scenario on the boundary another brings.

    Examples
    --------
    >>> from popsim.assumptions import Model
    >>> models = [Model("recent")] * 3
    >>> join = Scenario("join", *models, levers=[("annexation", {"year": 2025, "regions": ["b"]})])
    >>> rows = pd.DataFrame({"scenario": ["join", "plain"], "boundary": ["join", "join"]})
    >>> own_boundaries(rows, [join, Scenario("plain", *models)])["scenario"].tolist()
    ['join']
    """
    annexing = [s.name for s in scenarios if any(name == "annexation" for name, _ in s.levers)]
    foreign = table["boundary"].isin(annexing) & (table["boundary"] != table["scenario"])
    return table[~foreign].reset_index(drop=True)


def _label(in_group: xr.DataArray, dim: str, label: Any, scenario: str) -> Any:
    """Return a label that the membership knows; refuse others."""
    known = in_group[dim].to_numpy().tolist()
    if label not in known:
        shown = f"{known[0]}..{known[-1]}" if dim == "year" else ", ".join(map(str, known))
        raise ConfigError(
            Problem(
                f"unknown {dim} of an annexation", f"scenario {scenario}", str(label), shown,
                "name one of the membership table",
            )
        )  # fmt: skip
    return label
