"""Tables of what the draws say: quantiles of indicators, bounds beside the care counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from popsim.run.draws import FOLLOWS, Drawn
from popsim.targets import Evidence

__all__ = ["QUANTILES", "interval_table", "with_intervals"]

QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
COLUMNS = [
    "indicator", "group_or_region", "boundary", "scenario", "definition", "year",
    *(f"q{q:g}" for q in QUANTILES), "unit",
]  # fmt: skip


def interval_table(drawn: Drawn, in_group: xr.DataArray, boundaries: Sequence[str]) -> pd.DataFrame:
    """Quantiles of indicators over the draws.

    Parameters
    ----------
    drawn
        From `draw_scenarios`.
    in_group
        Membership (boundary, group, region, year).
    boundaries
        Boundaries wanted.

    Returns
    -------
    pd.DataFrame
        One row an indicator, place, boundary, scenario and year; columns `COLUMNS`.
    """
    evidence = Evidence({"resident": drawn.stocks}, in_group, int(drawn.stocks["year"][0]))
    groups = [str(g) for g in in_group["group"].to_numpy()]
    places = [("all", ""), *((str(r), "") for r in drawn.stocks["region"].to_numpy())]
    places += [(group, boundary) for boundary in boundaries for group in groups]
    whole = drawn.stocks.sum("region").sel(age_group="all", drop=True)
    keys, parts = [], []
    for place, boundary in places:
        name = place if place != "all" else ""
        people = evidence.inside(drawn.stocks, name, boundary)
        for indicator, (values, unit) in _indicators(people, whole).items():
            keys.append((indicator, place, boundary, unit))
            parts.append(values.transpose("draw", "scenario", "year").to_numpy())
    found = np.quantile(np.stack(parts, axis=1), QUANTILES, axis=0)
    scenarios, years = drawn.stocks["scenario"].to_numpy(), drawn.stocks["year"].to_numpy()
    index = pd.MultiIndex.from_product(
        [range(len(keys)), scenarios, years], names=["row", "scenario", "year"]
    )
    columns = {f"q{q:g}": found[i].ravel() for i, q in enumerate(QUANTILES)}
    names = pd.DataFrame(keys, columns=["indicator", "group_or_region", "boundary", "unit"])
    table = pd.DataFrame(columns, index).reset_index().join(names, on="row")
    return table.assign(definition="resident")[COLUMNS]


def _indicators(people: xr.DataArray, whole: xr.DataArray) -> dict[str, tuple[xr.DataArray, str]]:
    """Indicators of one place (scenario, draw, year) with their units."""
    of = {str(n): people.sel(age_group=n, drop=True) for n in people["age_group"].to_numpy()}
    return {
        "population": (of["all"], "person"),
        "population_60plus": (of["60plus"], "person"),
        "population_65plus": (of["65plus"], "person"),
        "population_80plus": (of["80plus"], "person"),
        "share_60plus": (of["60plus"] / of["all"], "1"),
        "share_65plus": (of["65plus"] / of["all"], "1"),
        "old_age_dependency_ratio": (of["65plus"] / of["15_64"], "1"),
        "population_share": (of["all"] / whole, "1"),
    }


def with_intervals(care: pd.DataFrame, drawn: Drawn) -> pd.DataFrame:
    """The care table with `lower` and `upper` where the draws know them.

    Parameters
    ----------
    care
        From `care_table`.
    drawn
        From `draw_scenarios`.

    Returns
    -------
    pd.DataFrame
        Rows in the same order; a bound is the value times the quantile of its draws.
    """
    keys = ["indicator", "region", "scenario", "year"]
    frames = []
    for indicator in dict.fromkeys(care["indicator"]):
        stem = str(indicator).partition(".")[0]
        draws = drawn.needs.get(FOLLOWS.get(stem, str(indicator)))
        if draws is None:
            continue
        bounds = np.quantile(
            draws.transpose("draw", "region", "scenario", "year").to_numpy(), drawn.interval, axis=0
        )
        index = pd.MultiIndex.from_product([draws[d].to_numpy() for d in keys[1:]], names=keys[1:])
        columns = {"lower": bounds[0].ravel(), "upper": bounds[1].ravel()}
        frames.append(pd.DataFrame(columns, index).reset_index().assign(indicator=indicator))
    if not frames:
        return care.assign(lower=np.nan, upper=np.nan)
    bounds = pd.concat(frames)
    own = care["scenario"].isin(bounds["scenario"].unique())
    found = care.loc[own, keys].merge(bounds, on=keys, how="left", validate="m:1")
    merged = care.assign(lower=np.nan, upper=np.nan)
    for bound in ("lower", "upper"):
        merged.loc[own, bound] = found[bound].to_numpy() * care.loc[own, "value"].to_numpy()
    return merged
