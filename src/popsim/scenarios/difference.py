"""The difference between two scenarios, told apart by cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted
from popsim.errors import ConfigError, Problem
from popsim.methods.decomposition import das_gupta
from popsim.projection import project
from popsim.scenarios.inputs import scenario_inputs
from popsim.scenarios.model import KINDS, Scenario

__all__ = ["causes_of", "decompose_difference"]

# Scenarios projected at once: memory is that of so many.
BATCH = 8
MAX_CAUSES = 7


def causes_of(first: Scenario, second: Scenario) -> tuple[str, ...]:
    """Models and levers in which two scenarios differ, by name.

    Parameters
    ----------
    first, second
        The scenarios.

    Returns
    -------
    tuple of str
        Kinds of models, and names of levers.
    """
    models = [kind for kind in KINDS if getattr(first, kind) != getattr(second, kind)]
    levers = dict.fromkeys(name for name, _ in [*first.levers, *second.levers])
    changed = [n for n in levers if _pulled(first, n) != _pulled(second, n)]
    return (*models, *changed)


def _pulled(scenario: Scenario, name: str) -> list[dict[str, Any]]:
    return [dict(params) for lever, params in scenario.levers if lever == name]


def _mixed(first: Scenario, second: Scenario, taken: Sequence[str], name: str) -> Scenario:
    """The first scenario with some causes taken from the second."""
    models = {kind: getattr(second if kind in taken else first, kind) for kind in KINDS}
    levers = []
    for lever in dict.fromkeys(n for n, _ in [*first.levers, *second.levers]):
        source = second if lever in taken else first
        levers += [(lever, params) for params in _pulled(source, lever)]
    return replace(first, name=name, levers=tuple(levers), **models)


def decompose_difference(
    fitted: Fitted,
    first: Scenario,
    second: Scenario,
    measure: Callable[[xr.Dataset], xr.DataArray],
    *,
    last_year: int,
    engine: Mapping[str, Any] | None = None,
) -> xr.DataArray:
    """Tell apart the difference of a measure between two scenarios by cause.

    Parameters
    ----------
    fitted
        What the calibration found.
    first, second
        The scenarios; the difference is that of the second less the first.
    measure
        Function of a projection (with the dim `scenario`) to values (scenario, ..).
    last_year
        Last year of the projection.
    engine
        Options of the projection.

    Returns
    -------
    xr.DataArray
        Effects (cause, ..), adding exactly to the difference; causes are the models and levers in
        which the scenarios differ. The difference itself is the coordinate-free attr-less sum over
        `cause`.

    Raises
    ------
    ConfigError
        Where the scenarios do not differ, or differ in more than seven causes.

    Notes
    -----
    Every mixture of the causes is projected, 2 to the power of their number. The effect of a cause
    is the mean of what it changes over all orders in which causes may be replaced one at a time
    (Shapley; Das Gupta's formula), so it hangs on no order and leaves no interaction over.

    References
    ----------
    Das Gupta, P. (1993). Standardization and Decomposition of Rates: A User's Manual. U.S. Bureau
    of the Census, Current Population Reports P23-186, ch. 2-4.
    """
    causes = causes_of(first, second)
    if not 1 <= len(causes) <= MAX_CAUSES:
        raise ConfigError(
            Problem(
                "scenarios that cannot be told apart by cause",
                f"{first.name}, {second.name}",
                f"{len(causes)} causes",
                f"1 to {MAX_CAUSES}",
            )
        )
    mixtures = list(product((0, 1), repeat=len(causes)))
    scenarios = [
        _mixed(first, second, [c for c, on in zip(causes, mix, strict=True) if on], str(i))
        for i, mix in enumerate(mixtures)
    ]
    values = []
    for start in range(0, len(scenarios), BATCH):
        batch = scenarios[start : start + BATCH]
        inputs = scenario_inputs(fitted, batch, last_year=last_year, engine=engine)
        if "scenario" not in inputs["population"].dims and len(batch) == 1:
            inputs = inputs.assign(population=inputs["population"].expand_dims(scenario=["0"]))
        values.append(measure(project(inputs, **(engine or {}))))
    table = xr.concat(values, "scenario", join="exact")
    found = dict(zip(mixtures, table.transpose("scenario", ...).to_numpy(), strict=True))

    def at(mix: Mapping[str, Any]) -> Any:
        return found[tuple(int(mix[cause]) for cause in causes)]

    parts = das_gupta(dict.fromkeys(causes, 0.0), dict.fromkeys(causes, 1.0), at).effects
    like = table.isel(scenario=0, drop=True)
    effects = [like.copy(data=np.asarray(parts[cause])) for cause in causes]
    return xr.concat(effects, xr.DataArray(list(causes), dims="cause", name="cause"))
