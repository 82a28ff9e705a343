"""Moves between the regions of the whole, from stocks whose margins alone are published."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from popsim.errors import DataError, Problem
from popsim.methods.migration import flows_from_margins, gravity
from popsim.tables import Case

__all__ = ["internal_moves"]


def internal_moves(
    case: Case,
    population: xr.DataArray,
    *,
    near: xr.DataArray,
    absent: xr.DataArray,
    moving: xr.DataArray,
    rate: float,
    inside_share: float,
    distance_power: float,
) -> dict[str, Any]:
    """Probabilities of moves between regions, there and back, that keep the stocks at first.

    Parameters
    ----------
    case
        Distances `distance_km` (origin, destination), where it has them.
    population
        Residents by status (region, [area], status, sex, age).
    near
        Floating whose hukou is in another county of the province (region).
    absent
        Registered people who live elsewhere (region).
    moving
        Rates of moving by sex and age (sex, age), of any level.
    rate
        Yearly probability that a mover returns.
    inside_share
        Share of `near` whose hukou is inside the whole.
    distance_power
        Power of the distance.

    Returns
    -------
    dict
        ``leaving`` (home, away, sex, age), ``returning`` (home, away), and ``flows``, a Dataset of
        persons (home, away): `stock` and `leaving` a year.

    Raises
    ------
    DataError
        Where more people would live elsewhere inside than are absent.

    Notes
    -----
    The stock registered in i and living in j starts from the gravity model and is fitted to both
    margins. As many leave in a year as return, `rate` of the stock, so that moves inside change no
    region at first; as rates on the people of the origin they follow them from then on.
    """
    regions = [str(r) for r in population["region"].to_numpy()]
    arrived = inside_share * near.transpose("region").to_numpy()
    away = absent.transpose("region").to_numpy()
    if arrived.sum() > away.sum():
        raise DataError(
            Problem(
                "more people live elsewhere inside than are absent",
                "calibration.hukou.inside_share",
                f"{arrived.sum():.0f} persons",
                f"at most {away.sum():.0f}",
                "lower inside_share",
            )
        )
    gone = away * (arrived.sum() / away.sum())
    apart = np.ones((len(regions), len(regions)))
    if "distance_km" in case:
        table = case["distance_km"].sel(origin=regions, destination=regions)
        apart = table.transpose("origin", "destination").to_numpy()
    seed = gravity(gone, arrived, apart, distance_power=distance_power)
    stock = flows_from_margins(gone, arrived, seed=seed).table
    by_status = population.sum([d for d in population.dims if d == "area"])
    registered = by_status.sel(status="registered").transpose("region", "sex", "age").to_numpy()
    floating = by_status.sel(status="floating").sum(["sex", "age"]).to_numpy()
    yearly = rate * stock
    rates = moving.transpose("sex", "age").to_numpy()
    level = yearly / (rates * registered).sum((1, 2))[:, None]
    leaving = level[:, :, None, None] * rates
    coords = {"home": regions, "away": regions}
    ages = {"sex": moving["sex"].to_numpy(), "age": moving["age"].to_numpy()}
    pairs = ("home", "away")
    return {
        "leaving": xr.DataArray(leaving, {**coords, **ages}, (*pairs, "sex", "age")),
        "returning": xr.DataArray(yearly / floating, coords, pairs),
        "flows": xr.Dataset({"stock": (pairs, stock), "leaving": (pairs, yearly)}, coords),
    }
