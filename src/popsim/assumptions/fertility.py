"""Fertility: TFR x age pattern x factor of the region."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted, Periods, after_fit, without

__all__ = ["FERTILITY", "fertility_rate"]


def recent(
    fitted: Fitted, periods: Periods, *, yearly_change: float = 0.0, leave_out: tuple[int, ...] = ()
) -> xr.DataArray:
    """Fitted TFR, then its mean, changing by `yearly_change` of itself a year.

    Parameters
    ----------
    yearly_change
        Relative change a year after the fitted periods, e.g. -0.01.
    leave_out
        Fitted periods left out of the mean.
    """
    used = without(fitted.tfr, leave_out)
    since = np.maximum(periods - int(fitted.periods[-1]), 0)
    later = xr.DataArray(
        float(used.mean()) * (1 + yearly_change) ** since, {"period": periods}, "period"
    )
    return after_fit(fitted.tfr, periods, later)


def constant(fitted: Fitted, periods: Periods, *, tfr: float) -> xr.DataArray:
    """Fitted TFR, then a given one.

    Parameters
    ----------
    tfr
        Births per woman.
    """
    return after_fit(fitted.tfr, periods, tfr)


def tfr_path(fitted: Fitted, periods: Periods, *, tfr: Mapping[int, float]) -> xr.DataArray:
    """Fitted TFR, then along a path, linear between the years given and level beyond them.

    Parameters
    ----------
    tfr
        Year -> births per woman.
    """
    known = sorted(int(year) for year in tfr)
    path = np.interp(periods, known, [float(tfr[year]) for year in known])
    return after_fit(fitted.tfr, periods, xr.DataArray(path, {"period": periods}, "period"))


FERTILITY: dict[str, Callable[..., xr.DataArray]] = {
    "recent": recent,
    "constant": constant,
    "tfr_path": tfr_path,
}


def fertility_rate(fitted: Fitted, tfr: xr.DataArray) -> xr.DataArray:
    """Births per woman-year (region, [area], age, period, ..) at a TFR of the whole.

    Parameters
    ----------
    tfr
        Births per woman (period, ..).
    """
    rate = fitted.fertility_factor * fitted.fertility_pattern * tfr
    if fitted.area_fertility is not None:
        rate = rate * fitted.area_fertility
    return rate.transpose("region", ..., "age", *tfr.dims).assign_attrs(
        units="births person-1 year-1", long_name="age-specific fertility rate"
    )
