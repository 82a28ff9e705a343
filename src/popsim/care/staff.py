"""Staff, hours and family carers that a given need asks for."""

from __future__ import annotations

import xarray as xr

from popsim.errors import DataError

__all__ = ["care_hours", "family_carers", "formal_and_informal_hours", "staff_needed"]


def staff_needed(residents: xr.DataArray, residents_per_worker: xr.DataArray) -> xr.DataArray:
    """Care workers for the residents of institutions, by degree and by grade of home.

    Parameters
    ----------
    residents
        (..., need_level), persons in institutions.
    residents_per_worker
        (need_level[, grade]), persons per worker over 24 hours. The draft rating standard of 2018
        prints only severe (10 at grade 1, 4 at grade 5) and moderate (25, 5): levels that it lacks
        must be given by the user or left out of `residents`.

    Returns
    -------
    xarray.DataArray
        (..., need_level[, grade]), workers, not rounded.

    Raises
    ------
    DataError
        Levels that differ; a ratio of 0 or less.

    Notes
    -----
    W = sum over g of U[institution, g] / rho[g].

    Examples
    --------
    >>> import xarray as xr
    >>> u = xr.DataArray([400.0], coords={"need_level": ["severe"]}, dims="need_level")
    >>> rho = xr.DataArray([4.0], coords={"need_level": ["severe"]}, dims="need_level")
    >>> float(staff_needed(u, rho).sum())
    100.0
    """
    if bool((residents_per_worker <= 0).any()):
        raise DataError("residents per worker must be above 0")
    have = set(residents["need_level"].to_numpy())
    given = set(residents_per_worker["need_level"].to_numpy())
    if have != given:
        raise DataError(
            f"residents are of {sorted(have)}, ratios of {sorted(given)}: give a ratio for each "
            "degree, or select the degrees the standard covers"
        )
    out = residents / residents_per_worker.sel(need_level=residents["need_level"])
    out.attrs = {"units": "person", "long_name": "care workers needed"}
    return out


def care_hours(need: xr.DataArray, hours_per_month: xr.DataArray) -> xr.DataArray:
    """Hours of care a month.

    Parameters
    ----------
    need
        (..., need_level), persons.
    hours_per_month
        (need_level[, setting]), hours a person a month; the user's.

    Returns
    -------
    xarray.DataArray
        (..., need_level[, setting]), hours a month.

    Examples
    --------
    >>> import xarray as xr
    >>> d = xr.DataArray([10.0], coords={"need_level": ["severe"]}, dims="need_level")
    >>> float(care_hours(d, 0 * d + 120).sum())
    1200.0
    """
    with xr.set_options(arithmetic_join="exact"):
        out = need * hours_per_month
    out.attrs = {"units": "hour month-1", "long_name": "hours of care"}
    return out


def formal_and_informal_hours(
    hours: xr.DataArray, formal: xr.DataArray, *, displaced: float
) -> tuple[xr.DataArray, xr.DataArray]:
    """Formal hours as given, and the informal hours that remain.

    Parameters
    ----------
    hours
        Informal hours without formal care, a month.
    formal
        Formal hours delivered, a month.
    displaced
        Informal hours displaced by one formal hour: 0.473 in Shanghai (row C224 of the costs).

    Returns
    -------
    tuple of xarray.DataArray
        Formal hours and remaining informal hours.

    Raises
    ------
    DataError
        Where formal care would displace more than there is.

    Examples
    --------
    >>> import xarray as xr
    >>> f, i = formal_and_informal_hours(xr.DataArray(600.0), xr.DataArray(100.0), displaced=0.473)
    >>> float(i)
    552.7
    """
    left = hours - displaced * formal
    if bool((left < 0).any()):
        raise DataError("formal hours displace more informal hours than there are")
    return formal, left


def family_carers(at_home: xr.DataArray, *, carers_each: float) -> xr.DataArray:
    """Family carers of people in need at home: those the plan wants trained.

    Parameters
    ----------
    at_home
        People in need who live at home, persons.
    carers_each
        Family carers a person; the user's.

    Returns
    -------
    xarray.DataArray
        Carers, persons.

    Examples
    --------
    >>> import xarray as xr
    >>> float(family_carers(xr.DataArray(1000.0), carers_each=1.5))
    1500.0
    """
    if carers_each < 0:
        raise DataError(f"carers each must be 0 or more; got {carers_each}")
    out = at_home * carers_each
    out.attrs = {"units": "person", "long_name": "family carers"}
    return out
