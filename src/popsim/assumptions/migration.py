"""Net migration across the outer border, by region, area, sex and age: counts a period."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.assumptions.fitted import Fitted, after_fit

__all__ = ["MIGRATION"]

Periods = NDArray[np.int64]


def _repeat(values: xr.DataArray, periods: Periods) -> xr.DataArray:
    """The same values in every period."""
    return values.expand_dims(period=periods).transpose(..., "period")


def recent(
    fitted: Fitted, periods: Periods, *, factor: float = 1.0, leave_out: tuple[int, ...] = ()
) -> xr.DataArray:
    """Fitted net migration, then its mean a year times `factor`.

    Parameters
    ----------
    factor
        Multiple of the mean of the fitted periods.
    leave_out
        Fitted periods left out of the mean.
    """
    used = [p for p in fitted.periods if int(p) not in leave_out]
    mean = fitted.net_migration.sel(period=used).mean("period") * factor
    return after_fit(fitted.net_migration, periods, mean).transpose(..., "period")


def trend(fitted: Fitted, periods: Periods, *, factor: float = 1.0) -> xr.DataArray:
    """The mean yearly net migration between the two censuses by county, from the first period on.

    Parameters
    ----------
    factor
        Multiple of the pace between the censuses.
    """
    return _repeat(fitted.trend_migration * factor, periods)


def none(fitted: Fitted, periods: Periods) -> xr.DataArray:
    """No migration across the outer border from the first period on."""
    return _repeat(xr.zeros_like(fitted.trend_migration), periods)


def total_path(fitted: Fitted, periods: Periods, *, persons: Mapping[int, float]) -> xr.DataArray:
    """Fitted net migration, then a path of totals in the shape of the fitted mean.

    Parameters
    ----------
    persons
        Year -> net migrants a year of the whole, linear between the years given.
    """
    known = sorted(int(year) for year in persons)
    path = np.interp(periods, known, [float(persons[year]) for year in known])
    mean = fitted.net_migration.mean("period")
    later = (mean / mean.sum()) * xr.DataArray(path, {"period": periods}, "period")
    return after_fit(fitted.net_migration, periods, later).transpose(..., "period")


MIGRATION: dict[str, Callable[..., xr.DataArray]] = {
    "recent": recent,
    "trend": trend,
    "none": none,
    "total_path": total_path,
}
