"""Tables of what the draws say: quantiles of indicators, bounds beside the care counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from popsim.run.draws import FOLLOWS, Drawn
from popsim.targets import Evidence

__all__ = ["QUANTILES", "drawn_evidence", "interval_table", "with_intervals"]

Array = NDArray[np.float64]
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
    order = ("age_group", "draw", "scenario", "year")
    ages = [str(name) for name in drawn.stocks["age_group"].to_numpy()]
    whole = drawn.stocks.sum("region").transpose(*order).to_numpy()[ages.index("all")]
    keys, parts = [], []
    for place, boundary in places:
        name = place if place != "all" else ""
        people = evidence.inside(drawn.stocks, name, boundary).transpose(*order).to_numpy()
        by_age = dict(zip(ages, people, strict=True))
        for indicator, (values, unit) in _indicators(by_age, whole).items():
            keys.append((indicator, place, boundary, unit))
            parts.append(values)
    found = np.quantile(np.stack(parts, axis=1), QUANTILES, axis=0)
    scenarios, years = drawn.stocks["scenario"].to_numpy(), drawn.stocks["year"].to_numpy()
    index = pd.MultiIndex.from_product(
        [range(len(keys)), scenarios, years], names=["row", "scenario", "year"]
    )
    columns = {f"q{q:g}": found[i].ravel() for i, q in enumerate(QUANTILES)}
    names = pd.DataFrame(keys, columns=["indicator", "group_or_region", "boundary", "unit"])
    table = pd.DataFrame(columns, index).reset_index().join(names, on="row")
    return table.assign(definition="resident")[COLUMNS]


def _indicators(of: Mapping[str, Array], whole: Array) -> dict[str, tuple[Array, str]]:
    """Indicators of one place with their units, from its people by age group."""
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
    keys = ["region", "scenario", "year"]
    follows = {
        indicator: FOLLOWS.get(str(indicator).partition(".")[0], str(indicator))
        for indicator in care["indicator"].unique()
    }
    names = [name for name in dict.fromkeys(follows.values()) if name in drawn.needs]
    bounds = np.full((2, len(care)), np.nan)
    if names:
        like = drawn.needs[names[0]]
        quantiles = np.stack([
            np.quantile(drawn.needs[n].transpose("draw", *keys).to_numpy(), drawn.interval, axis=0)
            for n in names
        ], axis=1)  # fmt: skip
        labels = [pd.Index(names), *(pd.Index(like[d].to_numpy()) for d in keys)]
        columns = [care["indicator"].map(follows), *(care[d] for d in keys)]
        at = [index.get_indexer(c) for index, c in zip(labels, columns, strict=True)]
        known = np.logical_and.reduce([place >= 0 for place in at])
        cells = tuple(place[known] for place in at)
        bounds[:, known] = quantiles[(slice(None), *cells)] * care["value"].to_numpy()[known]
    return care.assign(lower=bounds[0], upper=bounds[1])


def drawn_evidence(evidence: Evidence, drawn: Drawn) -> Evidence:
    """The evidence of a run with its draws in place of people and care counts.

    Parameters
    ----------
    evidence
        What the targets are judged on.
    drawn
        From `draw_scenarios`.

    Returns
    -------
    Evidence
        Residents and care counts by draw; series that are not drawn (urban people, moves,
        registered people) are left out, so that no measure takes them for certain.
    """
    care, areas = evidence.care, evidence.values  # noqa: PD011 (a field of its own)
    names = [] if care is None else [str(name) for name in care["indicator"].unique()]
    keys = {name: FOLLOWS.get(name.partition(".")[0], name) for name in names}
    return replace(
        evidence,
        stocks={"resident": drawn.stocks},
        values={name: areas[name] for name in areas if name.endswith("area_km2")},
        care_draws={name: drawn.needs[key] for name, key in keys.items() if key in drawn.needs},
    )
