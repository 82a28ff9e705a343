"""Sums of people: by age group, by group of regions on a dated boundary.

Boundaries are data: `in_group(group, region, year)` says which regions a group holds in which
year, so a city may grow by annexation. Labels that do not match exactly raise; nothing is filled.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from popsim.errors import DataError, Problem

__all__ = ["age_group", "group_population", "group_share", "restate", "total"]

# Dims of people, `place` being regions and groups of regions stacked.
PEOPLE_DIMS = ("region", "place", "area", "status", "sex", "age")


def total(population: xr.DataArray, keep: Sequence[str] = ()) -> xr.DataArray:
    """Sum persons over every dim of people except those in `keep`."""
    dims = [d for d in PEOPLE_DIMS if d in population.dims and d not in keep]
    return population.sum(dims, skipna=False) if dims else population


def age_group(population: xr.DataArray, lower: int, upper: float = np.inf) -> xr.DataArray:
    """Persons aged `lower` to below `upper`.

    Parameters
    ----------
    population
        Persons (.., age).
    lower, upper
        Exact ages in years; both must be starts of age groups (or `upper` infinite).

    Returns
    -------
    xr.DataArray
        Persons, without the dim `age`.

    Raises
    ------
    DataError
        When a limit cuts through an age group.

    Examples
    --------
    >>> pop = xr.DataArray([5.0, 4.0, 3.0], {"age": [0, 5, 10]}, "age")
    >>> float(age_group(pop, 5))
    7.0
    """
    ages = population["age"].to_numpy()
    limits = [lower] if np.isinf(upper) else [lower, int(upper)]
    for limit in limits:
        if limit not in ages and limit != 0:
            raise DataError(
                Problem(
                    f"age {limit} is not the start of an age group",
                    "age",
                    f"groups starting at {ages.tolist()}",
                    f"a group starting at {limit}",
                    "graduate the population to single ages first (popsim.methods.graduation)",
                )
            )
    return population.isel(age=slice(*np.searchsorted(ages, [lower, upper]))).sum(
        "age", skipna=False
    )


def _members(in_group: xr.DataArray, population: xr.DataArray) -> xr.DataArray:
    """Membership as numbers, conformed exactly to the regions and years of the population."""
    at = {"region": in_group.indexes["region"].get_indexer(population["region"].to_numpy())}
    if (at["region"] < 0).any():
        missing = population["region"].to_numpy()[at["region"] < 0]
        raise DataError(
            Problem(
                "a region of the population stands in no boundary table",
                "region",
                ", ".join(map(str, missing)),
                "every region a member or not of each group",
                "add the region to the membership table",
            )
        )
    if "year" in in_group.dims and "year" in population.dims:
        years = population["year"].to_numpy()
        at["year"] = in_group.indexes["year"].get_indexer(years)
        if (at["year"] < 0).any():
            outside = sorted(set(years[at["year"] < 0].tolist()))
            raise DataError(
                Problem(
                    "the boundary is not dated for these years",
                    "year",
                    ", ".join(map(str, outside)),
                    "years of the membership table",
                    "extend from_year/to_year",
                )
            )
    member = in_group.isel(at)
    keep = set(member.dims)
    return member.drop_vars([c for c in member.coords if c not in keep]).astype(float)


def group_population(population: xr.DataArray, in_group: xr.DataArray) -> xr.DataArray:
    """Persons in each group of regions, the boundary of each year applied to that year's stock.

    Parameters
    ----------
    population
        Persons (.., region, .., year).
    in_group
        Membership (group, region[, year][, boundary]), bool.

    Returns
    -------
    xr.DataArray
        Persons with `group` (and `boundary`) in place of `region`.
    """
    member = _members(in_group, population)
    with xr.set_options(arithmetic_join="exact"):
        inside: xr.DataArray = xr.dot(population, member, dim="region")
    return inside


def restate(population: xr.DataArray, in_group: xr.DataArray, *, as_of: int) -> xr.DataArray:
    """Persons in each group at the constant boundary of one year (a restated series).

    Parameters
    ----------
    population
        Persons (.., region, .., year).
    in_group
        Membership (group, region, year), bool.
    as_of
        The year whose boundary is applied to all years.

    Returns
    -------
    xr.DataArray
        Persons with `group` in place of `region`.
    """
    return group_population(population, in_group.sel(year=as_of, drop=True))


def group_share(population: xr.DataArray, in_group: xr.DataArray, group: str) -> xr.DataArray:
    """Share of all persons that live in one group of regions.

    Parameters
    ----------
    population
        Persons (.., region, .., year).
    in_group
        Membership (group, region[, year]), bool.
    group
        Name of the group, e.g. ``"city_proper"``.

    Returns
    -------
    xr.DataArray
        Share between 0 and 1, without the dims of people.

    Raises
    ------
    DataError
        When the group or a region or year is not in the membership.

    Examples
    --------
    >>> pop = xr.DataArray([30.0, 70.0], {"region": ["a", "b"]}, "region")
    >>> inside = xr.DataArray([[True, False]], {"group": ["centre"], "region": ["a", "b"]},
    ...                       ("group", "region"))
    >>> float(group_share(pop, inside, "centre"))
    0.3
    """
    groups = in_group["group"].to_numpy().tolist()
    if group not in groups:
        raise DataError(Problem("unknown group", "group", group, f"one of {groups}"))
    by_region = total(population, keep=("region",))
    inside = group_population(by_region, in_group.sel(group=group, drop=True))
    share = inside / by_region.sum("region")
    return share.assign_attrs(units="1", long_name=f"share of {group} in the population")
