"""Scenarios side by side: drivers of each, and the inputs solved from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted
from popsim.assumptions.inputs import build_drivers, with_levels
from popsim.assumptions.walk import walk
from popsim.errors import ConfigError, Problem
from popsim.scenarios.levers import LEVERS
from popsim.scenarios.model import KINDS, Scenario

__all__ = ["scenario_drivers", "scenario_inputs", "side_by_side"]


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
        Passed to `build_drivers`.

    Returns
    -------
    xr.Dataset
        Inputs of `popsim.project`; what all scenarios share has no dim `scenario`.
    """
    made = [scenario_drivers(fitted, s, last_year=last_year, **common) for s in scenarios]
    drivers = side_by_side(made, [s.name for s in scenarios])
    return with_levels(walk(fitted, drivers, engine=engine), drivers)


def scenario_drivers(
    fitted: Fitted, scenario: Scenario, *, last_year: int, **common: Any
) -> xr.Dataset:
    """Drivers of one scenario, its levers pulled.

    Parameters
    ----------
    fitted
        What the calibration found.
    scenario
        Models and levers.
    last_year
        Last year of the projection.
    **common
        Passed to `build_drivers`.

    Returns
    -------
    xr.Dataset

    Raises
    ------
    ConfigError
        Unknown models or levers.
    """
    models = {kind: getattr(scenario, kind) for kind in KINDS}
    drivers = build_drivers(fitted, last_year=last_year, **models, **common)
    for name, params in scenario.levers:
        if name not in LEVERS:
            raise ConfigError(
                Problem("unknown lever", f"scenario {scenario.name}", name, f"one of {[*LEVERS]}")
            )
        drivers = LEVERS[name](drivers, fitted, **params)
    return drivers


# What a driver is worth where a scenario does not speak of it.
SILENT = {
    "net_total": np.nan,
    "urban_growth": np.nan,
    "urban_share_wanted": np.nan,
    "floating_coverage": np.nan,
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
