"""Gross arrivals: stocks that steady arrivals leave, and arrivals that a residual asks for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.assumptions.year import survivors_of
from popsim.methods.migration import rogers_castro, un_schedule

__all__ = ["Steady", "steady_arrivals", "steady_stock"]

Array = NDArray[np.float64]
# Single ages are smoothed by a moving mean over this many ages.
SMOOTH = 5


class Steady(NamedTuple):
    """Moves by age under a model schedule (sex, age)."""

    rates: Array  # of moving, by the schedule
    arrivals: Array  # shares of those who arrive, adding to 1, both sexes alike
    stock: Array  # shares of the stock they leave behind, adding to 1


def steady_stock(
    schedule: str, survival: Array, rate: float, *, fertility: Array, sex_ratio: float
) -> Steady:
    """Arrivals by age, and the stock which they leave behind in the long run.

    Parameters
    ----------
    schedule
        Name of a UN model schedule.
    survival
        Survival ratios by age reached (sex, age).
    rate
        Yearly probability of leaving again.
    fertility
        Births per woman-year (age): children of those in the stock join it.
    sex_ratio
        Male per female birth.

    Returns
    -------
    Steady

    Notes
    -----
    The schedule is one of rates; who arrives is the schedule times a stationary population.
    The stock is ``F(x) = m(x) + (1 - rate) S(x) F(x - 1)``, m those who arrive, and its newborn.
    """
    ages = np.arange(survival.shape[1]) + 0.5
    rates = np.stack(
        [rogers_castro(ages, **un_schedule(schedule, sex)) for sex in ("female", "male")]
    )
    moving = rates * np.cumprod(survival, axis=1)
    arrivals = moving / moving.sum(1, keepdims=True) / 2.0
    stock = np.zeros_like(arrivals)
    of_sex = np.array([1.0, sex_ratio]) / (1.0 + sex_ratio)
    for _ in range(3 * survival.shape[1]):
        born = float((fertility * stock[0]).sum()) * of_sex * survival[:, 0]
        stock = arrivals + (1.0 - rate) * survivors_of(stock, survival)
        stock[:, 0] += born
    return Steady(rates, arrivals, stock / stock.sum())


def steady_arrivals(trend: xr.DataArray, population: xr.DataArray, rate: float) -> xr.DataArray:
    """Arrivals a year by which, departures at a rate taken off, the net migration comes out.

    Parameters
    ----------
    trend
        Net migration a year (region, sex, age).
    population
        Residents by status (region, [area], status, sex, age).
    rate
        Yearly probability that one of the floating leaves.

    Returns
    -------
    xr.DataArray
        Persons a year (region, sex, age), 0 or more; each region's total is that of its net
        migration and departures.

    Notes
    -----
    Net migration and departures are smoothed over ages together; what is negative still is set to
    0 and the region scaled back to its total.
    """
    floating = population.sel(status="floating", drop=True)
    floating = floating.sum([d for d in floating.dims if d == "area"])
    leaving = rate * floating.transpose("region", "sex", "age").to_numpy()
    gross = trend.transpose("region", "sex", "age").to_numpy() + leaving
    padded = np.pad(gross, ((0, 0), (0, 0), (SMOOTH // 2, SMOOTH // 2)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, SMOOTH, axis=-1)
    smooth = np.maximum(windows.mean(-1), 0.0)
    scale = gross.sum((1, 2)) / smooth.sum((1, 2))
    coords = {d: trend[d].to_numpy() for d in ("region", "sex", "age")}
    return xr.DataArray(smooth * scale[:, None, None], coords, ("region", "sex", "age"))
