"""Urbanisation: the yearly growth difference of urban and rural by region.

The UN's method (UN Manual VIII; Cities Transformed, app. D): the logit of the urban share grows by
the urban-rural growth difference a year. A model here gives that difference for each period; the
moves that bring it about are solved for when the inputs are built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.assumptions.fitted import Fitted, after_fit
from popsim.errors import ConfigError, Problem

__all__ = ["URBANISATION"]

Periods = NDArray[np.int64]


def _known(fitted: Fitted) -> tuple[xr.DataArray, xr.DataArray]:
    if fitted.urban_growth_difference is None or fitted.urban_shift is None:
        raise ConfigError(
            Problem(
                "urbanisation asked for without urban and rural states",
                "states.area",
                "false",
                "true",
                "set states.area: true, or urbanisation: {model: none}",
            )
        )
    return fitted.urban_growth_difference, fitted.urban_shift


def recent(fitted: Fitted, periods: Periods) -> xr.DataArray:
    """Growth difference between the censuses plus the shift fitted to the published urban share."""
    difference, shift = _known(fitted)
    later = float(shift.mean())
    return difference + after_fit(shift, periods, later)


def trend(fitted: Fitted, periods: Periods) -> xr.DataArray:
    """Growth difference between the two censuses, from the first period on."""
    difference, _ = _known(fitted)
    return difference.expand_dims(period=periods).transpose("region", "period")


def share_path(fitted: Fitted, periods: Periods, *, share: Mapping[int, float]) -> xr.DataArray:
    """Urban share of the whole along a path: a shift common to all regions is solved for it.

    Parameters
    ----------
    share
        Year -> urban share of the whole between 0 and 1, linear between the years given.
    """
    difference, _ = _known(fitted)
    known = sorted(int(year) for year in share)
    path = np.interp(periods, known, [float(share[year]) for year in known])
    wanted = xr.DataArray(path, {"period": periods}, "period")
    return difference.expand_dims(period=periods).assign_coords(share_of_whole=wanted)


def none(fitted: Fitted, periods: Periods) -> None:
    """No moves between rural and urban."""


URBANISATION: dict[str, Callable[..., xr.DataArray | None]] = {
    "recent": recent,
    "trend": trend,
    "share_path": share_path,
    "none": none,
}
