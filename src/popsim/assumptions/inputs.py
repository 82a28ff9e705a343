"""From models to drivers and inputs of the projection, one scenario at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.assumptions.fertility import FERTILITY, fertility_rate
from popsim.assumptions.fitted import Fitted, Model, Periods
from popsim.assumptions.migration import MIGRATION
from popsim.assumptions.mortality import MORTALITY, survival_ratio
from popsim.assumptions.reclassification import event_drivers
from popsim.assumptions.registration import REGISTRATION
from popsim.assumptions.urbanisation import URBANISATION
from popsim.assumptions.walk import walk
from popsim.errors import ConfigError, Problem

__all__ = ["LEVEL_NAMES", "TABLES", "build_drivers", "build_inputs", "with_events"]


TABLES: dict[str, dict[str, Callable[..., Any]]] = {
    "fertility": FERTILITY,
    "mortality": MORTALITY,
    "migration": MIGRATION,
    "urbanisation": URBANISATION,
    "registration": REGISTRATION,
}
# Levels shown beside the results.
LEVEL_NAMES = ("tfr", "mortality_index", "registration_level", "floating_coverage")


def _apply(kind: str, model: Model, fitted: Fitted, periods: Periods) -> Any:
    """Call a registered model; name the registered ones where it is unknown."""
    table = TABLES[kind]
    if model.name not in table:
        raise ConfigError(
            Problem(f"unknown model of {kind}", f"{kind}.model", model.name, f"one of {[*table]}")
        )
    return table[model.name](fitted, periods, **model.params)


def build_drivers(
    fitted: Fitted,
    *,
    last_year: int,
    fertility: Model,
    mortality: Model,
    migration: Model,
    urbanisation: Model | None = None,
    registration: Model | None = None,
) -> xr.Dataset:
    """Drivers of one scenario: what its models say, before anything is solved for.

    Parameters
    ----------
    fitted
        What the calibration found.
    last_year
        Last year of the projection.
    fertility, mortality, migration, urbanisation, registration
        Models with their parameters. Without a model of urbanisation nobody moves between village
        and town; without one of registration the fitted level goes on.

    Returns
    -------
    xr.Dataset
        Variables of `popsim.assumptions.walk.DRIVERS` and the levels `LEVEL_NAMES`, over `period`.

    Raises
    ------
    ConfigError
        Unknown models.
    """
    periods = np.arange(fitted.base_year + 1, last_year + 1)
    index = _apply("mortality", mortality, fitted, periods)
    tfr = _apply("fertility", fertility, fitted, periods)
    drivers = joined(
        driver_rates(fitted, index, tfr), _apply("migration", migration, fitted, periods)
    )
    if "area" in fitted.population.dims:
        if urbanisation is not None:
            growth = _apply("urbanisation", urbanisation, fitted, periods)
            drivers = drivers.assign(_steering(growth, tfr))
        drivers = with_events(drivers, fitted)
    if fitted.hukou is not None:
        level = _apply("registration", registration or Model("recent"), fitted, periods)
        drivers = joined(drivers, hukou_drivers(fitted, drivers["border"], level))
    return drivers.drop_vars("border")


def _steering(growth: xr.DataArray | None, like: xr.DataArray) -> dict[str, xr.DataArray]:
    """Drivers of the path that towns take; none where nothing steers them."""
    if growth is None:
        return {}
    part = float(growth.attrs["reclassification_share"])
    found = {
        "urban_growth": growth.reset_coords(drop=True).drop_attrs(),
        "reclassification_part": xr.full_like(like, part),
    }
    if "share_of_whole" in growth.coords:
        found["urban_share_wanted"] = growth["share_of_whole"].reset_coords(drop=True)
    return found


def with_events(drivers: xr.Dataset, fitted: Fitted) -> xr.Dataset:
    """Drivers with the dated reclassifications of the case; none where it knows none."""
    if fitted.events is None or fitted.events.empty:
        return drivers.assign(reclassified=xr.zeros_like(fitted.fertility_factor * drivers["tfr"]))
    regions, periods = fitted.population["region"].to_numpy(), drivers["period"].to_numpy()
    return joined(drivers, event_drivers(fitted.events, regions, periods))


def joined(*parts: xr.Dataset) -> xr.Dataset:
    """Drivers put together; labels that differ are refused."""
    return xr.merge(parts, join="exact", compat="equals", combine_attrs="drop")


def driver_rates(fitted: Fitted, index: xr.DataArray, tfr: xr.DataArray) -> xr.Dataset:
    """Survival, fertility and sex ratio at birth at levels of mortality and of fertility."""
    srb = xr.full_like(tfr, fitted.sex_ratio_at_birth).assign_attrs(units="male per female")
    return xr.Dataset(
        {
            "survival_ratio": survival_ratio(fitted, index),
            "fertility_rate": fertility_rate(fitted, tfr),
            "sex_ratio_at_birth": srb,
            "tfr": tfr.assign_attrs(units="births per woman", long_name="total fertility rate"),
            "mortality_index": index.assign_attrs(
                units="schedule year", long_name="mortality index"
            ),
        }
    )


def hukou_drivers(fitted: Fitted, border: xr.DataArray, level: xr.DataArray) -> xr.Dataset:
    """Drivers of the floating, the absent and of registration.

    Parameters
    ----------
    border
        1 where the outer border is open, 0 where it is closed (period).
    level
        Level of the probability of registration (period).
    """
    hukou = fitted.hukou
    assert hukou is not None
    coords = {d: fitted.population[d].to_numpy() for d in ("region", "sex", "age")}
    coords["period"] = border["period"].to_numpy()
    size = {dim: labels.size for dim, labels in coords.items()}
    inside = hukou.returning.transpose("home", "away").to_numpy().sum(0)
    outside = np.maximum(hukou.return_rate - inside, 0.0)
    leaving = outside[:, None] * border.to_numpy()
    hazard = level.to_numpy()[:, None] * hukou.registration_profile.to_numpy()
    everywhere = np.ones((size["region"], 1))

    def over(*dims: str, values: NDArray[np.float64]) -> tuple[tuple[str, ...], Any]:
        return dims, np.broadcast_to(values, [size[d] for d in dims])

    return xr.Dataset(
        {
            "departure_probability": over(
                "region", "sex", "age", "period", values=leaving[:, None, None]
            ),
            "absence_return": over(
                "region", "period", values=hukou.return_rate * border.to_numpy() * everywhere
            ),
            "registration_hazard": over("period", "age", "region", values=hazard[..., None]),
            "newborn_registered": xr.full_like(border, hukou.mixed_couples),
            "leaving_probability": hukou.leaving,
            "returning_probability": hukou.returning,
            "registration_level": level.assign_attrs(
                units="1", long_name="yearly probability of registration"
            ),
        },
        coords,
    )


def build_inputs(
    fitted: Fitted, *, engine: Mapping[str, Any] | None = None, **models: Any
) -> xr.Dataset:
    """Inputs of one scenario, ready for `popsim.project`.

    Parameters
    ----------
    fitted
        What the calibration found.
    engine
        Options of the projection.
    **models
        As `build_drivers` takes them: `last_year` and the models.

    Returns
    -------
    xr.Dataset
        Inputs, with the levels they were made of.

    Raises
    ------
    ConfigError
        Unknown models, or paths that ask for more people than there are.
    """
    drivers = build_drivers(fitted, **models)
    return with_levels(walk(fitted, drivers, engine=engine), drivers)


def with_levels(inputs: xr.Dataset, drivers: xr.Dataset) -> xr.Dataset:
    """Inputs with the levels of their drivers beside them."""
    return inputs.assign({name: drivers[name] for name in LEVEL_NAMES if name in drivers})
