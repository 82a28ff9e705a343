"""Urbanisation: the yearly growth difference of urban and rural by region.

The UN's method (UN Manual VIII; Cities Transformed, app. D): the logit of the urban share grows by
the urban-rural growth difference a year. A model here gives that difference for each period; the
moves that bring it about are solved for when the inputs are built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted, Periods, after_fit
from popsim.errors import ConfigError, Problem

__all__ = ["URBANISATION"]


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


def _with_part(growth: xr.DataArray, share: float) -> xr.DataArray:
    """Note the part of the transfers to the towns that is reclassification of localities."""
    if not 0 <= share <= 1:
        raise ConfigError(
            Problem("share outside 0..1", "reclassification_share", f"{share:g}", "0 to 1")
        )
    return growth.assign_attrs(reclassification_share=share)


def recent(
    fitted: Fitted, periods: Periods, *, reclassification_share: float = 0.0
) -> xr.DataArray:
    """Growth difference between the censuses plus the shift fitted to the published urban share.

    Parameters
    ----------
    reclassification_share
        Part of the transfers from villages to towns that is reclassification of whole localities:
        an assumption, where no list of events is published.
    """
    difference, shift = _known(fitted)
    later = float(shift.mean())
    return _with_part(difference + after_fit(shift, periods, later), reclassification_share)


def trend(fitted: Fitted, periods: Periods, *, reclassification_share: float = 0.0) -> xr.DataArray:
    """Growth difference between the two censuses, from the first period on.

    Parameters
    ----------
    reclassification_share
        Part of the transfers that is reclassification, as in `recent`.
    """
    difference, _ = _known(fitted)
    growth = difference.expand_dims(period=periods).transpose("region", "period")
    return _with_part(growth, reclassification_share)


def share_path(
    fitted: Fitted,
    periods: Periods,
    *,
    share: Mapping[int, float],
    reclassification_share: float = 0.0,
) -> xr.DataArray:
    """Urban share of the whole along a path: a shift common to all regions is solved for it.

    Parameters
    ----------
    share
        Year -> urban share of the whole between 0 and 1, linear between the years given.
    reclassification_share
        Part of the transfers that is reclassification, as in `recent`.
    """
    difference, _ = _known(fitted)
    known = sorted(int(year) for year in share)
    path = np.interp(periods, known, [float(share[year]) for year in known])
    wanted = xr.DataArray(path, {"period": periods}, "period")
    growth = difference.expand_dims(period=periods).assign_coords(share_of_whole=wanted)
    return _with_part(growth, reclassification_share)


def none(fitted: Fitted, periods: Periods) -> None:
    """No moves between rural and urban."""


URBANISATION: dict[str, Callable[..., xr.DataArray | None]] = {
    "recent": recent,
    "trend": trend,
    "share_path": share_path,
    "none": none,
}
