"""What a calibration hands to the assumptions, and how a scenario names a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

__all__ = ["Fitted", "Model", "after_fit"]


@dataclass(frozen=True)
class Model:
    """A model by name with its parameters.

    Examples
    --------
    >>> Model("tfr_path", tfr={2020: 1.04, 2035: 1.1}).params
    {'tfr': {2020: 1.04, 2035: 1.1}}
    """

    name: str
    params: Mapping[str, Any]

    def __init__(self, name: str, /, **params: Any) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "params", dict(params))


@dataclass(frozen=True)
class Fitted:
    """Base population and levels fitted to what was published.

    Parameters
    ----------
    population
        Persons at the end of the base year (region, [area], [status], sex, age); single ages.
    base_year
        Its year.
    survival_schedule
        Survival ratios by age reached (schedule_year, sex, age): the family of life tables on
        which mortality moves; its position is the mortality index, in schedule years.
    fertility_pattern
        Shares of the TFR by age of mother (age), adding to 1, over all ages.
    fertility_factor
        TFR of each region over that of the whole (region).
    sex_ratio_at_birth
        Male per female birth.
    tfr, mortality_index
        Fitted levels (period).
    net_migration
        Fitted net migration across the outer border (region, [area], [status], sex, age, period).
    trend_migration
        Mean yearly net migration between the two censuses, same dims without period.
    urban_growth_difference
        Yearly growth difference of urban and rural between the two censuses (region).
    urban_shift
        What had to be added to it to reach the published urban share (period).
    table
        What was fitted to what: quantity, period, published, projected, difference_percent,
        fitted_to, factor, source.
    notes
        Assumptions made on the way, each a sentence, by key.
    """

    population: xr.DataArray
    base_year: int
    survival_schedule: xr.DataArray
    fertility_pattern: xr.DataArray
    fertility_factor: xr.DataArray
    sex_ratio_at_birth: float
    tfr: xr.DataArray
    mortality_index: xr.DataArray
    net_migration: xr.DataArray
    trend_migration: xr.DataArray
    urban_growth_difference: xr.DataArray | None = None
    urban_shift: xr.DataArray | None = None
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def periods(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Periods that were fitted."""
        return self.tfr["period"].to_numpy().astype(np.int64)


def after_fit(
    fitted: xr.DataArray, periods: np.ndarray[Any, Any], then: xr.DataArray | float
) -> xr.DataArray:
    """Fitted values in the fitted periods, and `then` in all later ones.

    Parameters
    ----------
    fitted
        Values (.., period).
    periods
        All periods wanted.
    then
        A number, or values without or with the dim `period`.
    """
    known = set(fitted["period"].to_numpy().tolist())
    parts = []
    for period in periods:
        if int(period) in known:
            part = fitted.sel(period=period, drop=True)
        elif isinstance(then, xr.DataArray):
            part = then.sel(period=period, drop=True) if "period" in then.dims else then
        else:
            part = xr.full_like(fitted.isel(period=0, drop=True), float(then))
        parts.append(part)
    return xr.concat(parts, xr.DataArray(periods, dims="period", name="period"))
