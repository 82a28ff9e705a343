"""Scenarios: named sets of assumptions, turned into inputs side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted, Model
from popsim.assumptions.inputs import build_drivers, with_levels
from popsim.assumptions.walk import walk
from popsim.errors import ConfigError, Problem

__all__ = ["LEVERS", "Scenario", "scenario_inputs", "shock"]


@dataclass(frozen=True)
class Scenario:
    """A named set of models and levers.

    Parameters
    ----------
    name
        Its label on the dim `scenario`.
    fertility, mortality, migration, urbanisation, registration
        Models with their parameters.
    levers
        (name, parameters) applied to the inputs in this order; keys of `LEVERS`.
    """

    name: str
    fertility: Model
    mortality: Model
    migration: Model
    urbanisation: Model | None = None
    registration: Model | None = None
    levers: Sequence[tuple[str, Mapping[str, Any]]] = field(default=())


def shock(
    drivers: xr.Dataset,
    fitted: Fitted,
    *,
    variable: str,
    year: int,
    factor: float,
    last_year: int | None = None,
    regions: Sequence[str] = (),
) -> xr.Dataset:
    """Multiply an input in one or some years, in all or some regions.

    Parameters
    ----------
    variable
        ``fertility_rate``, ``net_migration``, ``move_probability`` or ``death_hazard`` (the last
        acts on survival: S becomes S**factor).
    year, last_year
        First and last year it acts.
    factor
        The multiple.
    regions
        Region codes; all by default.
    """
    name = "survival_ratio" if variable == "death_hazard" else variable
    if name not in drivers or name in ("net_total", "tfr", "mortality_index"):
        known = ["fertility_rate", "death_hazard", "arrivals", "departure_probability",
                 "registration_hazard"]  # fmt: skip
        raise ConfigError(Problem("unknown driver", "lever shock", variable, f"one of {known}"))
    values = drivers[name]
    if "period" not in values.dims:
        values = values.expand_dims(period=drivers["period"])
    when = (values["period"] >= year) & (values["period"] <= (last_year or year))
    if regions and "region" not in values.dims:
        values = values.expand_dims(region=fitted.population["region"])
    mask = when if not regions else when & values["region"].isin([str(r) for r in regions])
    changed = values**factor if variable == "death_hazard" else values * factor
    result = xr.where(mask, changed, values, keep_attrs=True).transpose(*values.dims)
    return drivers.assign({name: result.assign_attrs(drivers[name].attrs)})


LEVERS: dict[str, Callable[..., xr.Dataset]] = {"shock": shock}


def scenario_inputs(
    fitted: Fitted,
    scenarios: Sequence[Scenario],
    *,
    last_year: int,
    engine: Mapping[str, Any] | None = None,
    **common: Any,
) -> xr.Dataset:
    """Inputs of all scenarios along the dim `scenario`.

    Parameters
    ----------
    fitted
        What the calibration found.
    scenarios
        The scenarios, in the order wanted.
    last_year
        Last year of the projection.
    engine
        Options of the projection used while moves are solved for.
    **common
        Passed to `build_inputs`.

    Returns
    -------
    xr.Dataset
        Inputs of `popsim.project`; what all scenarios share has no dim `scenario`.
    """
    made = []
    for scenario in scenarios:
        drivers = build_drivers(
            fitted,
            last_year=last_year,
            fertility=scenario.fertility,
            mortality=scenario.mortality,
            migration=scenario.migration,
            urbanisation=scenario.urbanisation,
            registration=scenario.registration,
            **common,
        )
        for name, params in scenario.levers:
            if name not in LEVERS:
                raise ConfigError(
                    Problem(
                        "unknown lever", f"scenario {scenario.name}", name, f"one of {[*LEVERS]}"
                    )
                )
            drivers = LEVERS[name](drivers, fitted, **params)
        made.append(drivers)
    drivers = side_by_side(made, [s.name for s in scenarios])
    return with_levels(walk(fitted, drivers, engine=engine), drivers)


# What a driver is worth where a scenario does not speak of it.
SILENT = {
    "net_total": np.nan,
    "urban_growth": np.nan,
    "urban_share_wanted": np.nan,
}


def side_by_side(made: Sequence[xr.Dataset], names: Sequence[str]) -> xr.Dataset:
    """Concatenate along `scenario` what differs; keep once what is the same."""
    dim = xr.DataArray(np.array(names, dtype=str), dims="scenario", name="scenario")
    variables = {}
    everything = {str(name): drivers[name] for drivers in made for name in drivers.data_vars}
    for name, like in everything.items():
        silent = xr.full_like(like, SILENT.get(name, 0.0))
        values = [drivers.get(name, silent) for drivers in made]
        dims = max((v.dims for v in values), key=len)
        same = all(values[0].identical(other) for other in values[1:])
        if same:
            variables[name] = values[0]
            continue
        widest = next(v for v in values if v.dims == dims)
        full = [v if v.dims == dims else v.broadcast_like(widest).transpose(*dims) for v in values]
        variables[name] = xr.concat(full, dim, join="exact")
    return xr.Dataset(variables).assign_coords(scenario=dim)
