"""Migration across the outer border: who comes, and with what probability people leave.

A model returns drivers (`popsim.assumptions.walk.DRIVERS`): ``arrivals`` (region, sex, age,
period), persons a year; ``net_total`` (period) where the net total of the whole is to be reached;
``border`` (period), 1 where the border is open to those who leave and return, 0 where it is
closed. Without statuses arrivals are net, and nobody leaves by a rate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted, Periods, after_fit, without

__all__ = ["MIGRATION"]


def _drivers(periods: Periods, arrivals: xr.DataArray, *, border: float = 1.0) -> xr.Dataset:
    """Drivers of a border that is open, or closed, in all periods."""
    if "period" not in arrivals.dims:
        arrivals = arrivals.expand_dims(period=periods)
    open_ = xr.DataArray(np.full(periods.size, border), {"period": periods}, "period")
    return xr.Dataset({"arrivals": arrivals.transpose(..., "period"), "border": open_})


def recent(
    fitted: Fitted, periods: Periods, *, factor: float = 1.0, leave_out: tuple[int, ...] = ()
) -> xr.Dataset:
    """Fitted arrivals, then their mean a year times `factor`.

    Parameters
    ----------
    factor
        Multiple of the mean of the fitted periods.
    leave_out
        Fitted periods left out of the mean.
    """
    mean = without(fitted.arrivals, leave_out).mean("period") * factor
    return _drivers(periods, after_fit(fitted.arrivals, periods, mean))


def trend(fitted: Fitted, periods: Periods, *, factor: float = 1.0) -> xr.Dataset:
    """The mean yearly arrivals between the two censuses by county, from the first period on.

    Parameters
    ----------
    factor
        Multiple of the pace between the censuses.
    """
    return _drivers(periods, fitted.trend_arrivals * factor)


def none(fitted: Fitted, periods: Periods) -> xr.Dataset:
    """Nobody crosses the outer border, from the first period on."""
    return _drivers(periods, xr.zeros_like(fitted.trend_arrivals), border=0.0)


def total_path(fitted: Fitted, periods: Periods, *, persons: Mapping[int, float]) -> xr.Dataset:
    """Fitted arrivals, then as many as bring the net total onto a path.

    Parameters
    ----------
    persons
        Year -> net migrants a year of the whole, linear between the years given.
    """
    known = sorted(int(year) for year in persons)
    path = np.interp(periods, known, [float(persons[year]) for year in known])
    path[np.isin(periods, fitted.periods)] = np.nan
    mean = fitted.arrivals.mean("period")
    drivers = _drivers(periods, after_fit(fitted.arrivals, periods, mean))
    return drivers.assign(net_total=("period", path))


MIGRATION: dict[str, Callable[..., xr.Dataset]] = {
    "recent": recent,
    "trend": trend,
    "none": none,
    "total_path": total_path,
}
