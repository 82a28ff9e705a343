"""Moves between rural and urban that bring the urban share onto a path, solved period by period.

The path is given by the urban-rural growth difference of each region. Each period is projected
without moves; what is then missing in the towns of a region is moved there from its villages (or
back), as one probability for all sexes and ages of the region.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import xarray as xr
from scipy.optimize import brentq
from scipy.special import expit, logit

from popsim.errors import ConfigError, Problem
from popsim.projection import project

__all__ = ["area_edges", "solve_moves"]

PEOPLE = ("sex", "age", "status")


def area_edges(population: xr.DataArray, reclassification_share: float = 0.0) -> xr.DataArray:
    """Edges between rural and urban within each region (and status), with their share of a kind.

    Parameters
    ----------
    population
        Persons (region, area, [status], sex, age).
    reclassification_share
        Part of the rural-to-urban transfers that is reclassification of localities.

    Returns
    -------
    xr.DataArray
        Share of the transfers in its direction (edge), with coords `origin_*`, `destination_*`
        and `edge_kind`.
    """
    if not 0 <= reclassification_share <= 1:
        raise ConfigError(
            Problem("share outside 0..1", "reclassification_share", str(reclassification_share))
        )
    others = [d for d in population.dims if d in ("region", "status")]
    kinds = [
        ("rural", "urban", "migration", 1 - reclassification_share),
        ("rural", "urban", "reclassification", reclassification_share),
        ("urban", "rural", "migration", 1.0),
    ]
    rows = []
    for kind, *labels in product(kinds, *(population[d].to_numpy() for d in others)):
        rows.append((kind, tuple(str(label) for label in labels)))
    coords: dict[str, tuple[str, list[str]]] = {}
    for i, dim in enumerate(others):
        coords[f"origin_{dim}"] = ("edge", [labels[i] for _, labels in rows])
        coords[f"destination_{dim}"] = ("edge", [labels[i] for _, labels in rows])
    coords["origin_area"] = ("edge", [kind[0] for kind, _ in rows])
    coords["destination_area"] = ("edge", [kind[1] for kind, _ in rows])
    coords["edge_kind"] = ("edge", [kind[2] for kind, _ in rows])
    return xr.DataArray([kind[3] for kind, _ in rows], coords, "edge")


def _shares(
    start: xr.DataArray, growth: xr.DataArray, people: xr.DataArray, wanted: float | None
) -> xr.DataArray:
    """Urban share of each region at the end of the period."""
    position = logit(start) + growth
    if wanted is None:
        return expit(position)

    def gap(shift: float) -> float:
        return float((expit(position + shift) * people).sum() / people.sum()) - wanted

    return expit(position + brentq(gap, -20.0, 20.0, xtol=1e-14))


def _probability(
    edges: xr.DataArray, up: xr.DataArray, down: xr.DataArray, like: xr.DataArray
) -> xr.DataArray:
    """Probability of each edge for every sex and age."""
    rising = xr.where(edges["origin_area"] == "rural", 1.0, 0.0)
    region = edges["origin_region"]
    value = edges * (rising * up.sel(region=region) + (1 - rising) * down.sel(region=region))
    value = value.drop_vars("region", errors="ignore").assign_coords(edges.coords)
    value = value.expand_dims(sex=like["sex"], age=like["age"]).transpose("edge", "sex", "age")
    value.attrs = {"units": "1", "long_name": "probability of a move"}
    return value


def solve_moves(
    inputs: xr.Dataset,
    edges: xr.DataArray,
    growth: xr.DataArray,
    *,
    engine: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Add the moves that bring the urban share of every region onto its path.

    Parameters
    ----------
    inputs
        Inputs without moves; `population` with the areas `urban` and `rural`.
    edges
        From `area_edges`.
    growth
        Growth of the logit of the urban share (region, period); a coordinate `share_of_whole`
        (period), where there, is the urban share of all regions to be reached by a common shift.
    engine
        Options of the projection.

    Returns
    -------
    xr.Dataset
        The inputs with `move_probability` (edge, sex, age, period).

    Raises
    ------
    ConfigError
        When a path asks to move more people than live in the villages (or towns) of a region.
    """
    options = dict(engine or {})
    people = inputs["population"]
    found = []
    for period in inputs["period"].to_numpy():
        now = inputs.sel(period=[period]).assign(
            population=people, base_year=xr.DataArray(int(period) - 1)
        )
        still = project(now, outputs=["population"], **options)["population"].isel(year=-1)
        before = people.sum([d for d in people.dims if d in PEOPLE])
        after = still.sum([d for d in still.dims if d in PEOPLE])
        migrants = now["net_migration"].isel(period=0)
        stayers = after - migrants.sum([d for d in migrants.dims if d in PEOPLE])
        whole = after.sum("area")
        start = before.sel(area="urban", drop=True) / before.sum("area")
        step = growth.sel(period=period)
        wanted = float(step["share_of_whole"]) if "share_of_whole" in step.coords else None
        share = _shares(start, step.reset_coords(drop=True), whole, wanted)
        missing = (share * whole - after.sel(area="urban", drop=True)).reset_coords(drop=True)
        up = (missing / stayers.sel(area="rural", drop=True)).clip(min=0.0).reset_coords(drop=True)
        down = (-missing / stayers.sel(area="urban", drop=True)).clip(min=0.0)
        _check(up, int(period))
        probability = _probability(edges, up, down.reset_coords(drop=True), people)
        found.append(probability)
        moved = now.assign(move_probability=probability.expand_dims(period=[period], axis=-1))
        people = project(moved, outputs=["population"], **options)["population"].isel(
            year=-1, drop=True
        )
    periods = xr.DataArray(inputs["period"].to_numpy(), dims="period", name="period")
    return inputs.assign(move_probability=xr.concat(found, periods).transpose(..., "period"))


def _check(up: xr.DataArray, period: int) -> None:
    """Refuse moves of more people than there are."""
    over = up["region"].to_numpy()[np.asarray(up > 1)]
    if over.size:
        raise ConfigError(
            Problem(
                "the urban share asked for needs more people than live in the villages",
                f"period {period}, region {', '.join(over)}",
                f"a moving probability of {float(up.max()):.2f}",
                "at most 1",
                "ask for a slower path of the urban share",
            )
        )
