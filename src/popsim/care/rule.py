"""How need is counted in a run: the same trend, detail and calibration under every scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from popsim.care.ages import LOOP_AND_PLACE
from popsim.care.need import Calibration, Trend, need
from popsim.care.prevalence import Detail, Extend

__all__ = ["NeedRule"]


@dataclass(frozen=True, slots=True)
class NeedRule:
    """Choices that hold for all scales of a run.

    Parameters
    ----------
    trend_from, trend, life_expectancy, detail, extend
        As in `need`.
    calibrate_to
        An official count by scale.
    arrays
        Prevalence by scale in place of the table, e.g. random ones.

    Examples
    --------
    >>> NeedRule(2020).detail
    'age'
    """

    trend_from: int
    trend: Trend = "constant"
    life_expectancy: xr.DataArray | None = None
    detail: Detail = "age"
    extend: Extend = "none"
    calibrate_to: Mapping[str, Calibration] = field(default_factory=dict)
    arrays: Mapping[str, xr.DataArray] = field(default_factory=dict)

    def people(self, population: xr.DataArray) -> xr.DataArray:
        """The population by what need is told apart by, all else summed once."""
        kept = {*LOOP_AND_PLACE, "sex", "age", *(["area"] if "area" in self.detail else [])}
        with xr.set_options(keep_attrs=True):
            return population.sum([d for d in population.dims if d not in kept], skipna=False)

    def persons(
        self, people: xr.DataArray, table: pd.DataFrame, scale: str, *, over: tuple[str, ...]
    ) -> xr.DataArray:
        """Persons in need (.., need_level) under one scale, summed over the dims `over`."""
        return need(
            people,
            self.arrays.get(scale, table),
            scale=scale,
            detail=self.detail,
            extend=self.extend,
            trend=self.trend,
            trend_from=self.trend_from,
            life_expectancy=self.life_expectancy,
            calibrate_to=self.calibrate_to.get(scale),
            over=over,
        )
