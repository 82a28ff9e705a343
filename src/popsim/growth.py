"""Urban growth of every region told apart into natural increase, migration, reclassification."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from popsim.groups import PEOPLE_DIMS, total
from popsim.methods.decomposition import urban_growth

__all__ = ["GROWTH_COLUMNS", "urban_growth_table"]

GROWTH_COLUMNS = [
    "scenario", "region", "period", "urban_start", "urban_end", "growth", "natural", "migration",
    "reclassification", "residual", "border", "between_regions", "rural_to_urban",
]  # fmt: skip


def urban_growth_table(result: xr.Dataset) -> pd.DataFrame:
    """Parts of the growth of the towns by region and period.

    Parameters
    ----------
    result
        Of `popsim.project`, with the dim `area`, and births, deaths, net_migration, moves.

    Returns
    -------
    pd.DataFrame
        Columns `GROWTH_COLUMNS`, persons; region `all` is the whole. `migration` is the sum of
        `border` (across the outer border), `between_regions` and `rural_to_urban` (net of those
        who go to the villages); `natural`, `migration` and `reclassification` add up to `growth`,
        and `residual` shows how exactly.

    Notes
    -----
    Every person counted once: births less deaths in towns (deaths in the place of origin of the
    year), net migrants into towns, and people whose places became urban in the year.
    """
    people = total(result["population"].sel(area="urban", drop=True), ("region",))
    stocks = people.reset_coords(drop=True)
    natural = _urban(result["births"]) - _urban(result["deaths"])
    parts = {"natural": natural, "border": _urban(result["net_migration"]), **_moved(result)}
    start = stocks.isel(year=slice(None, -1)).rename(year="period")
    end = stocks.isel(year=slice(1, None)).rename(year="period")
    start = start.assign_coords(period=end["period"])
    order = tuple(str(d) for d in start.dims)
    plain = {n: _with_whole(p, order) for n, p in {"start": start, "end": end, **parts}.items()}
    migration = plain["border"] + plain["between_regions"] + plain["rural_to_urban"]
    found = urban_growth(
        plain["start"],
        plain["end"],
        natural_increase=plain["natural"],
        migration=migration,
        reclassified=plain["reclassification"],
    )
    columns = {
        "urban_start": plain["start"],
        "urban_end": plain["end"],
        "growth": found.total,
        "natural": found.natural,
        "migration": found.migration,
        "reclassification": found.reclassification,
        "residual": found.residual,
        **{n: plain[n] for n in ("border", "between_regions", "rural_to_urban")},
    }
    coords = {d: start[d].to_numpy() for d in order}
    coords["region"] = np.array([*coords["region"], "all"])
    table = xr.Dataset({n: (order, v) for n, v in columns.items()}, coords)
    frame = table.to_dataframe().reset_index()
    if "scenario" not in frame:
        frame["scenario"] = ""
    return frame[GROWTH_COLUMNS]


def _urban(flow: xr.DataArray) -> xr.DataArray:
    towns = flow.sel(area="urban", drop=True).reset_coords(drop=True)
    return towns.sum([d for d in towns.dims if d in PEOPLE_DIMS and d != "region"], skipna=False)


def _moved(result: xr.Dataset) -> dict[str, xr.DataArray]:
    """Net moves into the towns of each region by what they are."""
    regions = result["region"].to_numpy()
    names = ("between_regions", "rural_to_urban", "reclassification")
    if "moves" not in result:
        like = _urban(result["net_migration"])
        return {name: xr.zeros_like(like) for name in names}
    moves = result["moves"]
    flow = moves.sum(["sex", "age"], skipna=False).reset_coords(drop=True)
    kind = moves["edge_kind"].to_numpy()
    region = [moves[f"{end}_region"].to_numpy() for end in ("origin", "destination")]
    area = [moves[f"{end}_area"].to_numpy() for end in ("origin", "destination")]
    crosses = region[0] != region[1]
    wanted = {
        "between_regions": crosses & (kind != "reclassification"),
        "rural_to_urban": ~crosses & (kind == "migration"),
        "reclassification": kind == "reclassification",
    }
    found = {}
    for name, chosen in wanted.items():
        weight = np.zeros((len(regions), kind.size))
        for sign, places, areas in zip((-1.0, 1.0), region, area, strict=True):
            inside = (places == regions[:, None]) & (areas == "urban") & chosen
            weight += sign * inside
        table = xr.DataArray(weight, {"region": regions}, ("region", "edge"))
        found[name] = xr.dot(flow, table, dim="edge")
    return found


def _with_whole(values: xr.DataArray, order: tuple[str, ...]) -> NDArray[np.float64]:
    """Values with those of the whole after the last region, dims in an order."""
    plain = values.transpose(*order).to_numpy()
    axis = order.index("region")
    return np.concatenate([plain, plain.sum(axis, keepdims=True)], axis)
