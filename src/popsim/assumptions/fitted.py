"""What a calibration hands to the assumptions, and how a scenario names a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

__all__ = ["Fitted", "Hukou", "Model", "Periods", "after_fit", "without"]

Periods = NDArray[np.int64]


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
class Hukou:
    """What is known and assumed of household registration (hukou).

    Parameters
    ----------
    absent
        Persons registered in a region who live elsewhere, at the end of the base year (region,
        [area], sex, age): a stock of its own, no residents.
    leavers
        Shares of those who leave the residents and stay in the register, by sex and age (sex,
        age), adding to 1.
    return_rate
        Yearly probability that one of the floating leaves across the outer border, and that one
        of the absent returns.
    registration_profile
        Relative hazard of registration by age (age).
    registration
        Level that multiplies it (period): fitted to the registered population.
    mixed_couples
        Share of newborns of floating mothers who are registered at birth, with the father.
    outside_share
        Share of the floating whose hukou is in another province (region); the others' is in
        another county of the province.
    leaving, returning
        Yearly probabilities by pair of regions (home, away) that a registered resident of `home`
        moves to `away`, by sex and age (home, away, sex, age), and that one of the floating of
        `away` returns to `home` (home, away).
    flows
        Persons a year between regions by those probabilities (home, away), and the stock they were
        fitted to, as variables `leaving`, `stock`.
    """

    absent: xr.DataArray
    leavers: xr.DataArray
    return_rate: float
    registration_profile: xr.DataArray
    registration: xr.DataArray
    mixed_couples: float
    outside_share: xr.DataArray
    leaving: xr.DataArray
    returning: xr.DataArray
    flows: xr.Dataset


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
    arrivals
        Fitted migrants across the outer border (region, sex, age, period): net where statuses are
        not told apart; else those who come and are of the floating.
    trend_arrivals
        The same in the mean year between the two censuses, without period.
    net_migration
        Fitted net migration across the outer border of the whole (period).
    urban_growth_difference
        Yearly growth difference of urban and rural between the two censuses (region).
    urban_shift
        What had to be added to it to reach the published urban share (period).
    hukou
        Household registration, where statuses are told apart.
    area_fertility
        Fertility of towns and villages over that of their region (region, area); None where equal.
    area_hazard
        Hazard of death in towns and villages over that of all (area); None where equal.
    events
        Dated reclassifications (`popsim.assumptions.reclassification`); None where none is known.
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
    arrivals: xr.DataArray
    trend_arrivals: xr.DataArray
    net_migration: xr.DataArray
    urban_growth_difference: xr.DataArray | None = None
    urban_shift: xr.DataArray | None = None
    hukou: Hukou | None = None
    area_fertility: xr.DataArray | None = None
    area_hazard: xr.DataArray | None = None
    events: pd.DataFrame | None = None
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def periods(self) -> Periods:
        """Periods that were fitted."""
        return self.tfr["period"].to_numpy().astype(np.int64)


def without(fitted: xr.DataArray, leave_out: Sequence[int]) -> xr.DataArray:
    """Fitted values (.., period) less those of some periods.

    Examples
    --------
    >>> tfr = xr.DataArray([1.0, 0.9, 1.1], {"period": [2021, 2022, 2023]}, "period")
    >>> without(tfr, (2022,)).to_numpy()
    array([1. , 1.1])
    """
    return fitted.sel(period=[p for p in fitted["period"].to_numpy() if int(p) not in leave_out])


def after_fit(fitted: xr.DataArray, periods: Periods, then: xr.DataArray | float) -> xr.DataArray:
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
    known = fitted["period"].to_numpy().tolist()
    early = [p for p in periods.tolist() if p in known]
    late = [p for p in periods.tolist() if p not in known]
    first = fitted.sel(period=early)
    if not isinstance(then, xr.DataArray):
        rest = xr.full_like(fitted.isel(period=0, drop=True), float(then))
        rest = rest.expand_dims(period=late)
    elif "period" in then.dims:
        rest = then.sel(period=late)
    else:
        rest = then.expand_dims(period=late)
    joined = xr.concat([first, rest.transpose(*first.dims)], "period", join="exact")
    return joined.sel(period=periods)
