"""Mortality: a position on a family of life tables, one number a period.

The position (the mortality index) is a schedule year: 2035 means the survival ratios which the
schedule gives for 2035. Between rows the logarithm of the hazard is linear in the index; beyond
the first and last row the line is continued.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import scipy
import xarray as xr
from numpy.typing import NDArray

from popsim.assumptions.fitted import Fitted, Periods, after_fit, without
from popsim.errors import ConfigError, Problem

__all__ = [
    "MORTALITY",
    "index_at_e0",
    "life_expectancy",
    "survival_at",
    "survival_ratio",
    "survival_rows",
]

Floats = NDArray[np.float64]


def survival_at(schedule: xr.DataArray, index: xr.DataArray) -> xr.DataArray:
    """Survival ratios at positions of a family of life tables.

    Parameters
    ----------
    schedule
        Survival ratios (schedule_year, sex, age), in (0, 1).
    index
        Positions in schedule years, any dims.

    Returns
    -------
    xr.DataArray
        Survival ratios (sex, age, and the dims of `index`).

    Notes
    -----
    ``ln h(i) = ln h(y0) + (i - y0) / (y1 - y0) (ln h(y1) - ln h(y0))`` with ``h = -ln S``: the
    linear-in-time logarithm of rates that Lee-Carter assumes, between published tables.
    """
    rows = schedule.transpose("schedule_year", "sex", "age")
    values = survival_rows(
        rows.to_numpy(), rows["schedule_year"].to_numpy().astype(float), index.to_numpy()
    )
    return xr.DataArray(
        np.moveaxis(values, (-2, -1), (0, 1)),
        {d: a[d] for a, dims in ((rows, rows.dims[1:]), (index, index.dims)) for d in dims
         if d in a.coords},
        (*rows.dims[1:], *index.dims),
        attrs={"units": "1", "long_name": "survival ratio by age reached"},
    )  # fmt: skip


def survival_rows(schedule: Floats, years: Floats, position: Floats) -> Floats:
    """Survival ratios between the rows of a schedule; see `survival_at`.

    Parameters
    ----------
    schedule
        Survival ratios (row, sex, age).
    years
        Schedule years of the rows, ascending (row).
    position
        Schedule years wanted (..).

    Returns
    -------
    ndarray
        Survival ratios (.., sex, age).
    """
    place = np.asarray(position, dtype=np.float64)
    low = np.clip(np.searchsorted(years, place, side="right") - 1, 0, len(years) - 2)
    weight = ((place - years[low]) / (years[low + 1] - years[low]))[..., None, None]
    lower, upper = (np.log(-np.log(schedule[at])) for at in (low, low + 1))
    return np.asarray(np.exp(-np.exp(lower + weight * (upper - lower))))


def life_expectancy(survival: xr.DataArray) -> xr.DataArray:
    """Life expectancy at birth implied by survival ratios by age reached (single ages).

    Parameters
    ----------
    survival
        Survival ratios (.., age): birth to 0, age to age, and the open group.

    Returns
    -------
    xr.DataArray
        Years.

    Notes
    -----
    ``L(x) = S(0)..S(x)`` for a radix of one birth, and the open group has
    ``T = L(last closed) S / (1 - S)`` since S(open) = T(open) / T(open - 1).
    """
    values = survival.transpose(..., "age").to_numpy()
    person_years = np.cumprod(values[..., :-1], axis=-1)
    last = values[..., -1]
    total = person_years.sum(-1) + person_years[..., -1] * last / (1 - last)
    return survival.isel(age=0, drop=True).transpose(...).copy(data=total)


def index_at_e0(schedule: xr.DataArray, e0: float) -> float:
    """Position at which the mean of female and male life expectancy is `e0` years."""

    def gap(index: float) -> float:
        return float(life_expectancy(survival_at(schedule, xr.DataArray(index))).mean()) - e0

    low, high = float(schedule["schedule_year"][0]) - 60, float(schedule["schedule_year"][-1]) + 60
    if gap(low) > 0 or gap(high) < 0:
        raise ConfigError(
            Problem(
                "life expectancy outside the reach of the schedule",
                "e0",
                f"{e0:g} years",
                f"{e0 + gap(low):.1f} to {e0 + gap(high):.1f} years",
                "give a schedule that reaches it",
            )
        )
    return float(scipy.optimize.brentq(gap, low, high, xtol=1e-10))


def recent(
    fitted: Fitted, periods: Periods, *, pace: float = 1.0, leave_out: tuple[int, ...] = ()
) -> xr.DataArray:
    """Fitted levels, then their mean carried forward at `pace` schedule years a year.

    Parameters
    ----------
    pace
        Schedule years gained a year after the fitted periods; 1 is the pace of the schedule.
    leave_out
        Fitted periods left out of the mean (an epidemic, say).
    """
    level = fitted.mortality_index
    used = without(level, leave_out)
    centre = float(used["period"].mean())
    later = xr.DataArray(
        float(used.mean()) + pace * (periods - centre), {"period": periods}, "period"
    )
    return after_fit(level, periods, later)


def constant(fitted: Fitted, periods: Periods) -> xr.DataArray:
    """Fitted levels, then their mean held."""
    return after_fit(fitted.mortality_index, periods, float(fitted.mortality_index.mean()))


def e0_path(fitted: Fitted, periods: Periods, *, e0: Mapping[int, float]) -> xr.DataArray:
    """Fitted levels, then life expectancy (mean of the sexes) along a path, linear between years.

    Parameters
    ----------
    e0
        Year -> years of life expectancy at birth.
    """
    known = sorted(int(year) for year in e0)
    wanted = np.interp(periods, known, [float(e0[year]) for year in known])
    index = [index_at_e0(fitted.survival_schedule, value) for value in wanted]
    later = xr.DataArray(index, {"period": periods}, "period")
    return after_fit(fitted.mortality_index, periods, later)


MORTALITY: dict[str, Callable[..., xr.DataArray]] = {
    "recent": recent,
    "constant": constant,
    "e0_path": e0_path,
}


def survival_ratio(fitted: Fitted, index: xr.DataArray) -> xr.DataArray:
    """Survival ratios ([area], sex, age, and the dims of `index`) of the fitted family at an index.

    Notes
    -----
    With areas that differ, ``S ** k``: the hazard ``-ln S`` times the factor k of the area.
    """
    alive = survival_at(fitted.survival_schedule, index)
    if fitted.area_hazard is None:
        return alive
    by_area = alive**fitted.area_hazard
    return by_area.transpose("area", "sex", "age", ...).assign_attrs(alive.attrs)
