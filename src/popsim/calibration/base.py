"""Base population: single ages, open group at 100, urban and rural, at the end of the base year."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.methods.graduation import pclm, redistribute_open_age, shift_date

__all__ = ["base_population", "single_ages", "split_by_area"]

OPEN_AGE = 100


def _person_years(survival: xr.DataArray) -> NDArray[np.float64]:
    """L(x) of a radix of one birth, T at the open age (sex, age), from survival ratios."""
    values = survival.transpose("sex", "age").to_numpy()
    closed = np.cumprod(values[:, :-1], axis=1)
    last = values[:, -1]
    tail = closed[:, -1] * last / (1 - last)
    return np.concatenate([closed, tail[:, None]], axis=1)


def single_ages(groups: xr.DataArray, survival: xr.DataArray) -> xr.DataArray:
    """Single ages 0..100+ from census age groups, every group's count kept.

    Parameters
    ----------
    groups
        Persons (region, sex, age) in groups such as 0, 1-4, 5-9, .., 85+.
    survival
        Survival ratios by age reached (sex, age 0..100): the standard by which the open group is
        carried to 100.

    Returns
    -------
    xr.DataArray
        Persons (region, sex, age 0..100), whose sums over the groups are the counts.

    Notes
    -----
    The open group is split by a stable population (`redistribute_open_age`); the groups are then
    spread by the penalised composite link model (`pclm`). The mean over regions is graduated
    first and serves each region as offset, so that small counties borrow the shape of the whole.
    """
    groups = groups.transpose("region", "sex", "age")
    counts = np.ascontiguousarray(groups.to_numpy(), dtype=np.float64)
    starts = tuple(groups["age"].to_numpy().astype(int).tolist())
    spread = _graduated(counts.tobytes(), counts.shape, starts, _person_years(survival).tobytes())
    coords = {
        "region": groups["region"].to_numpy(),
        "sex": groups["sex"].to_numpy(),
        "age": np.arange(OPEN_AGE + 1),
    }
    return xr.DataArray(spread.copy(), coords, ("region", "sex", "age"), attrs={"units": "person"})


@lru_cache(maxsize=4)
def _graduated(
    counts: bytes, shape: tuple[int, ...], starts: tuple[int, ...], Lx: bytes
) -> NDArray[np.float64]:
    """Single ages of one census; a run asks for the same one up to three times."""
    start = np.array(starts)
    upper = np.arange(start[-1], OPEN_AGE + 1, 5)
    groups, years = np.frombuffer(counts).reshape(shape), np.frombuffer(Lx).reshape(1, shape[1], -1)
    opened = redistribute_open_age(groups, start, standard_Lx=years, to_age=upper)
    ages = np.concatenate([start[:-1], upper])
    whole = pclm(opened.sum(axis=0), ages, last_age=OPEN_AGE)
    return _spread(opened, whole, ages)


def _spread(
    counts: NDArray[np.float64], whole: NDArray[np.float64], ages: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Spread each region by the shape of the whole times a smooth ratio, keeping every group."""
    total = np.add.reduceat(whole, ages, axis=-1)
    ratio = counts / total
    middle = np.append((ages[:-1] + ages[1:] - 1) / 2.0, float(ages[-1]))
    single = np.arange(whole.shape[-1], dtype=float)
    shape = np.empty((*counts.shape[:-1], whole.shape[-1]))
    for index in np.ndindex(counts.shape[:-1]):
        shape[index] = whole[index[1:]] * np.interp(single, middle, ratio[index])
    fitted = np.add.reduceat(shape, ages, axis=-1)
    width = np.diff(np.append(ages, whole.shape[-1]))
    factor = np.divide(counts, fitted, out=np.zeros_like(counts), where=fitted > 0)
    return np.asarray(shape * np.repeat(factor, width, axis=-1))


def split_by_area(people: xr.DataArray, by_area: xr.DataArray) -> xr.DataArray:
    """Split persons into urban and rural by each region's published totals, at all ages alike.

    Parameters
    ----------
    people
        Persons (region, sex, age).
    by_area
        Persons (region, area).

    Returns
    -------
    xr.DataArray
        Persons (region, area, sex, age).
    """
    share = by_area / by_area.sum("area")
    return (people * share).transpose("region", "area", "sex", "age")


def base_population(
    groups: xr.DataArray,
    survival: xr.DataArray,
    *,
    days: float,
    total: float | None = None,
) -> xr.DataArray:
    """Census groups -> persons by single age some days later, at a published total.

    Parameters
    ----------
    groups
        Census counts (region, sex, age) with age 0 apart.
    survival
        Survival ratios of a year by age reached (sex, age 0..100).
    days
        Days from the census to the date wanted.
    total
        Published persons of all regions on that date; every cell is scaled by one factor a
        region, the same in all, so that the regions' shares stay those of the census.

    Returns
    -------
    xr.DataArray
        Persons (region, sex, age 0..100).

    Notes
    -----
    Births between the dates are taken at the pace of the census year: persons aged 0 over their
    survival ratio, times the part of a year.
    """
    single = single_ages(groups, survival)
    if days:
        fraction = days / 365.0
        rates = survival.transpose("sex", "age").to_numpy()
        births = single.isel(age=0).to_numpy() / rates[None, :, 0] * fraction
        moved = shift_date(
            single.to_numpy(),
            survival=np.broadcast_to(rates, single.shape),
            fraction=fraction,
            births=births,
        )
        single = single.copy(data=moved)
    counted = groups.sum(["sex", "age"])
    wanted = counted * (1.0 if total is None else total / float(counted.sum()))
    scaled = single * (wanted / single.sum(["sex", "age"]))
    return scaled.transpose("region", "sex", "age").assign_attrs(units="person")
