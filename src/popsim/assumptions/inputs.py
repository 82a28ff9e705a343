"""From models to inputs of the projection, one scenario at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.assumptions.fertility import FERTILITY, fertility_rate
from popsim.assumptions.fitted import Fitted, Model
from popsim.assumptions.migration import MIGRATION
from popsim.assumptions.mortality import MORTALITY, survival_at
from popsim.assumptions.moves import area_edges, solve_moves
from popsim.assumptions.urbanisation import URBANISATION
from popsim.errors import ConfigError, Problem

__all__ = ["TABLES", "build_inputs", "step_inputs"]

Periods = NDArray[np.int64]

TABLES: dict[str, dict[str, Callable[..., Any]]] = {
    "fertility": FERTILITY,
    "mortality": MORTALITY,
    "migration": MIGRATION,
    "urbanisation": URBANISATION,
}


def _apply(kind: str, model: Model, fitted: Fitted, periods: Periods) -> Any:
    """Call a registered model; name the registered ones where it is unknown."""
    table = TABLES[kind]
    if model.name not in table:
        raise ConfigError(
            Problem(f"unknown model of {kind}", f"{kind}.model", model.name, f"one of {[*table]}")
        )
    return table[model.name](fitted, periods, **model.params)


def step_inputs(
    fitted: Fitted,
    population: xr.DataArray,
    periods: Periods,
    *,
    mortality_index: xr.DataArray,
    tfr: xr.DataArray,
    net_migration: xr.DataArray,
    move_probability: xr.DataArray | None = None,
) -> xr.Dataset:
    """Inputs of `popsim.project` from levels.

    Parameters
    ----------
    population
        Persons at the end of the year before the first period (region, [area], .., sex, age).
    periods
        Periods to project.
    mortality_index, tfr
        Levels (period).
    net_migration
        Persons (region, [area], .., sex, age, period).
    move_probability
        Probabilities (edge, sex, age, period); no moves where absent.

    Returns
    -------
    xr.Dataset
        Ready for `popsim.project`.
    """
    srb = xr.full_like(tfr, fitted.sex_ratio_at_birth).assign_attrs(units="male per female")
    variables = {
        "population": population.assign_attrs(units="person"),
        "base_year": xr.DataArray(int(periods[0]) - 1),
        "survival_ratio": survival_at(fitted.survival_schedule, mortality_index),
        "fertility_rate": fertility_rate(fitted, tfr),
        "sex_ratio_at_birth": srb,
        "net_migration": net_migration.transpose(*population.dims, "period").assign_attrs(
            units="person"
        ),
    }
    if move_probability is not None:
        variables["move_probability"] = move_probability
    return xr.Dataset({name: _plain(value) for name, value in variables.items()})


def _plain(values: xr.DataArray) -> xr.DataArray:
    """Drop scalar leftovers of selections; keep dims' coordinates and those of the edges."""
    keep = set(values.dims)
    drop = [c for c in values.coords if c not in keep and not set(values[c].dims) & {"edge"}]
    drop = [c for c in drop if values[c].ndim == 0]
    return values.drop_vars(drop)


def build_inputs(
    fitted: Fitted,
    *,
    last_year: int,
    fertility: Model,
    mortality: Model,
    migration: Model,
    urbanisation: Model | None = None,
    reclassification_share: float = 0.0,
    engine: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Inputs of one scenario.

    Parameters
    ----------
    fitted
        What the calibration found.
    last_year
        Last year of the projection.
    fertility, mortality, migration, urbanisation
        Models with their parameters. With urban and rural states, the moves that bring the urban
        share onto its path are solved for, period by period.
    reclassification_share
        Part of the rural-to-urban transfers that is reclassification of whole localities, an
        assumption where no list of events is at hand.
    engine
        Options of the projection used while solving.

    Returns
    -------
    xr.Dataset
        Inputs with attrs that say what was assumed.

    Raises
    ------
    ConfigError
        Unknown models, or parameters they do not know.
    """
    periods = np.arange(fitted.base_year + 1, last_year + 1)
    index = _apply("mortality", mortality, fitted, periods)
    tfr = _apply("fertility", fertility, fitted, periods)
    net = _apply("migration", migration, fitted, periods)
    levels = {"mortality_index": index, "tfr": tfr, "net_migration": net}
    inputs = step_inputs(fitted, fitted.population, periods, **levels)
    if "area" in fitted.population.dims and urbanisation is not None:
        growth = _apply("urbanisation", urbanisation, fitted, periods)
        if growth is not None:
            edges = area_edges(fitted.population, reclassification_share)
            inputs = solve_moves(inputs, edges, growth, engine=engine)
    return inputs.assign(
        tfr=tfr.assign_attrs(units="births per woman", long_name="total fertility rate"),
        mortality_index=index.assign_attrs(units="schedule year", long_name="mortality index"),
    )
