"""Scenarios: named sets of assumptions, turned into inputs side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted, Model
from popsim.assumptions.inputs import build_inputs
from popsim.errors import ConfigError, Problem

__all__ = ["LEVERS", "Scenario", "scenario_inputs", "shock"]


@dataclass(frozen=True)
class Scenario:
    """A named set of models and levers.

    Parameters
    ----------
    name
        Its label on the dim `scenario`.
    fertility, mortality, migration, urbanisation
        Models with their parameters.
    levers
        (name, parameters) applied to the inputs in this order; keys of `LEVERS`.
    """

    name: str
    fertility: Model
    mortality: Model
    migration: Model
    urbanisation: Model | None = None
    levers: Sequence[tuple[str, Mapping[str, Any]]] = field(default=())


def shock(
    inputs: xr.Dataset,
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
    if name not in inputs:
        known = ["fertility_rate", "net_migration", "move_probability", "death_hazard"]
        raise ConfigError(Problem("unknown input", "lever shock", variable, f"one of {known}"))
    values = inputs[name]
    when = (values["period"] >= year) & (values["period"] <= (last_year or year))
    if regions and "region" not in values.dims:
        values = values.expand_dims(region=inputs["region"]).transpose("region", ...)
    mask = when if not regions else when & values["region"].isin([str(r) for r in regions])
    changed = values**factor if variable == "death_hazard" else values * factor
    result = xr.where(mask, changed, values, keep_attrs=True).transpose(*values.dims)
    return inputs.assign({name: result.assign_attrs(values.attrs)})


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
        inputs = build_inputs(
            fitted,
            last_year=last_year,
            fertility=scenario.fertility,
            mortality=scenario.mortality,
            migration=scenario.migration,
            urbanisation=scenario.urbanisation,
            engine=engine,
            **common,
        )
        for name, params in scenario.levers:
            if name not in LEVERS:
                raise ConfigError(
                    Problem(
                        "unknown lever", f"scenario {scenario.name}", name, f"one of {[*LEVERS]}"
                    )
                )
            inputs = LEVERS[name](inputs, **params)
        made.append(inputs)
    return _side_by_side(made, [s.name for s in scenarios])


def _side_by_side(made: list[xr.Dataset], names: list[str]) -> xr.Dataset:
    """Concatenate along `scenario` what differs; keep once what is the same."""
    edges = [inputs for inputs in made if "move_probability" in inputs]
    if edges and len(edges) < len(made):
        like = xr.zeros_like(edges[0]["move_probability"])
        made = [
            inputs if "move_probability" in inputs else inputs.assign(move_probability=like)
            for inputs in made
        ]
    dim = xr.DataArray(np.array(names, dtype=str), dims="scenario", name="scenario")
    variables = {}
    for name in made[0].data_vars:
        values = [inputs[name] for inputs in made]
        same = all(values[0].identical(other) for other in values[1:])
        variables[name] = values[0] if same else xr.concat(values, dim, join="exact")
    return xr.Dataset(variables).assign_coords(scenario=dim)
