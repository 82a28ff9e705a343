"""Age groups of a labelled array: their edges, and sums over ranges that respect those edges."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.errors import DataError

__all__ = ["age_edges", "sum_ages", "sum_people"]

LOOP_AND_PLACE = ("scenario", "draw", "region", "year")


def age_edges(array: xr.DataArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper edges of the age groups of `array`.

    Parameters
    ----------
    array
        Anything with dim `age`. The auxiliary coordinate `age_width` (inf for the open group) is
        used where present; otherwise the widths are the differences of the ages and the last group
        is open.

    Returns
    -------
    tuple of numpy.ndarray
        Lower edges and upper edges (age), in years; the last upper edge is inf for an open group.

    Raises
    ------
    DataError
        Where there is no dim `age`, or its labels do not rise.

    Examples
    --------
    >>> import xarray as xr
    >>> lower, upper = age_edges(xr.DataArray([1, 2, 3], coords={"age": [0, 5, 10]}, dims="age"))
    >>> upper.tolist()
    [5.0, 10.0, inf]
    """
    if "age" not in array.dims or "age" not in array.coords:
        raise DataError(f"an array by age is needed; got dims {array.dims}")
    lower = array["age"].to_numpy().astype(np.float64)
    if lower.size > 1 and not bool(np.all(np.diff(lower) > 0)):
        raise DataError("the labels of dim age must rise")
    if "age_width" in array.coords:
        return lower, lower + array["age_width"].to_numpy().astype(np.float64)
    return lower, np.append(lower[1:], np.inf)


def sum_ages(array: xr.DataArray, start: float, stop: float = np.inf) -> xr.DataArray:
    """Sum over the ages from `start` up to, but not including, `stop`.

    Parameters
    ----------
    array
        Counts with dim `age`, single or grouped.
    start, stop
        Exact ages in years; both must be edges of age groups.

    Returns
    -------
    xarray.DataArray
        `array` without dim `age`.

    Raises
    ------
    DataError
        Where a group straddles `start` or `stop`: nothing is split silently.

    Examples
    --------
    >>> import xarray as xr
    >>> people = xr.DataArray([5.0, 3.0, 2.0], coords={"age": [55, 60, 65]}, dims="age")
    >>> float(sum_ages(people, 60))
    5.0
    """
    lower, upper = age_edges(array)
    for edge in (start, stop):
        cut = (lower < edge) & (upper > edge)
        if np.isfinite(edge) and bool(cut.any()):
            group = float(lower[cut][0])
            raise DataError(
                f"age {edge:g} falls inside the age group that starts at {group:g}; "
                "give narrower groups (graduate the population to single ages first)"
            )
    inside = (lower >= start) & (upper <= stop)
    if not bool(inside.any()):
        raise DataError(f"no age group lies within {start:g} to {stop:g}; the ages end too early")
    return array.isel(age=np.flatnonzero(inside)).sum("age", skipna=False)


def sum_people(array: xr.DataArray, start: float = 0.0) -> xr.DataArray:
    """People of `start` and over by scenario, draw, region and year; all else summed."""
    summed = sum_ages(array, start)
    return summed.sum([d for d in summed.dims if d not in LOOP_AND_PLACE], skipna=False)
