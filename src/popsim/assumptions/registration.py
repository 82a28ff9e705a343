"""Registration (落户): the yearly probability of the floating to be registered where they live.

A model returns the level of that probability by period; the age profile is the fitted one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted, Hukou, Periods, after_fit, without
from popsim.errors import ConfigError, Problem

__all__ = ["REGISTRATION"]


def _known(fitted: Fitted) -> Hukou:
    if fitted.hukou is None:
        raise ConfigError(
            Problem(
                "registration asked for without registered and floating states",
                "states.status",
                "false",
                "true",
                "set states.status: true, or leave `registration` out of the scenario",
            )
        )
    return fitted.hukou


def recent(
    fitted: Fitted, periods: Periods, *, factor: float = 1.0, leave_out: tuple[int, ...] = ()
) -> xr.DataArray:
    """Fitted level, then its mean times `factor`.

    Parameters
    ----------
    factor
        Multiple of the mean of the fitted periods.
    leave_out
        Fitted periods left out of the mean.
    """
    level = _known(fitted).registration
    mean = float(without(level, leave_out).mean())
    return after_fit(level, periods, mean * factor)


def level_path(fitted: Fitted, periods: Periods, *, level: Mapping[int, float]) -> xr.DataArray:
    """Fitted level, then along a path, linear between the years given and level beyond them.

    Parameters
    ----------
    level
        Year -> yearly probability at the ages where the profile is 1.
    """
    known = sorted(int(year) for year in level)
    path = np.interp(periods, known, [float(level[year]) for year in known])
    then = xr.DataArray(path, {"period": periods}, "period")
    return after_fit(_known(fitted).registration, periods, then)


def none(fitted: Fitted, periods: Periods) -> xr.DataArray:
    """Nobody is registered after the fitted periods."""
    return after_fit(_known(fitted).registration, periods, 0.0)


REGISTRATION: dict[str, Callable[..., xr.DataArray]] = {
    "recent": recent,
    "level_path": level_path,
    "none": none,
}
