"""When and where a lever acts, and the one way in which it changes a driver."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted, Hukou
from popsim.errors import ConfigError, Problem

__all__ = ["changed", "check_share", "hukou_of", "when", "where"]


def when(drivers: xr.Dataset, first: int, last: int | None = None) -> xr.DataArray:
    """Periods in which a lever acts; refuse years outside the run."""
    periods = drivers["period"]
    low, high = int(periods[0]), int(periods[-1])
    for year in (first, last if last is not None else first):
        if not low <= year <= high:
            raise ConfigError(
                Problem("year of a lever outside the run", "year", str(year), f"{low}..{high}")
            )
    return (periods >= first) & (periods <= (high if last is None else last))


def where(fitted: Fitted, regions: Sequence[str]) -> xr.DataArray:
    """Regions on which a lever acts, all where none is named; refuse unknown ones."""
    known = [str(r) for r in fitted.population["region"].to_numpy()]
    names = [str(r) for r in regions]
    unknown = sorted(set(names) - set(known))
    twice = sorted({r for r in names if names.count(r) > 1})
    if unknown or twice:
        raise ConfigError(
            Problem(
                "unknown region of a lever" if unknown else "region of a lever named twice",
                "regions",
                ", ".join(unknown or twice),
                f"one of {', '.join(known)}, each once",
            )
        )
    inside = np.isin(known, names) if names else np.ones(len(known), dtype=bool)
    return xr.DataArray(inside, {"region": fitted.population["region"].to_numpy()}, "region")


def hukou_of(fitted: Fitted, lever: str) -> Hukou:
    """Household registration; refuse where statuses are not told apart."""
    if fitted.hukou is None:
        raise ConfigError(
            Problem(
                f"lever {lever} needs registered and floating states",
                "states.status",
                "false",
                "true",
                "set states.status: true",
            )
        )
    return fitted.hukou


def changed(
    drivers: xr.Dataset, name: str, mask: xr.DataArray, change: Callable[..., xr.DataArray]
) -> xr.Dataset:
    """Drivers with one of them changed where the mask holds."""
    values = drivers[name]
    with xr.set_options(arithmetic_join="exact"):
        wide, mask = xr.broadcast(values, mask)
        result = xr.where(mask, change(wide), wide)
    order = [*values.dims, *(d for d in result.dims if d not in values.dims)]
    return drivers.assign({name: result.transpose(*order).assign_attrs(values.attrs)})


def check_share(name: str, value: float) -> None:
    """Refuse what is no share."""
    if not 0 <= value <= 1:
        raise ConfigError(Problem("share outside 0..1", name, f"{value:g}", "0 to 1"))
