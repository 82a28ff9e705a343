"""Labour: participation by age and sex, employed residents, and workers at the workplace.

No participation by age and sex was found in numbers for China 2020: the rates are the user's, and
none is shipped. Statutory retirement ages rise in 2025-2039, so the rates may depend on the year.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from popsim.errors import DataError, Problems

__all__ = ["entry_exit_rates", "labour_force", "workers_at_workplace"]

PLACE = ("scenario", "draw", "region", "year")


def labour_force(population: xr.DataArray, participation: xr.DataArray) -> xr.DataArray:
    """People in the labour force.

    Parameters
    ----------
    population
        (..., sex, age[, year]), persons.
    participation
        ([region, scenario,] sex, age[, year]), shares; the same ages as the population, with 0
        where nobody works: no age is filled.

    Returns
    -------
    xarray.DataArray
        (scenario, draw, region, year as there are), persons.

    Raises
    ------
    DataError
        Shares outside 0..1 or missing; ages or sexes that differ.

    Notes
    -----
    L = sum over age and sex of P lambda.

    Examples
    --------
    >>> import xarray as xr
    >>> c = {"sex": ["female", "male"], "age": [15, 60]}
    >>> p = xr.DataArray([[100.0, 50.0], [100.0, 50.0]], c, ("sex", "age"))
    >>> rate = xr.DataArray([[0.6, 0.1], [0.8, 0.3]], c, ("sex", "age"))
    >>> float(labour_force(p, rate))
    160.0
    """
    values = participation.to_numpy()
    problems = Problems(DataError)
    if bool(np.isnan(values).any()):
        problems.add("missing participation", remedy="give every age of the population, 0 included")
    elif bool(((values < 0) | (values > 1)).any()):
        problems.add("participation outside 0..1", got=f"{values.min():g} to {values.max():g}")
    for dim in ("sex", "age"):
        if dim not in participation.dims or not np.array_equal(
            participation[dim].to_numpy(), population[dim].to_numpy()
        ):
            expected = f"{dim} as in the population"
            problems.add("participation does not line up", where=dim, expected=expected)
    problems.raise_if_any()
    with xr.set_options(arithmetic_join="exact"):
        force = population * participation
    out = force.sum([d for d in force.dims if d not in PLACE], skipna=False)
    out.attrs = {k: v for k, v in population.attrs.items() if k == "boundary_basis"} | {
        "units": "person",
        "long_name": "labour force",
    }
    return out


def workers_at_workplace(
    labour: xr.DataArray,
    *,
    unemployment: xr.DataArray | float,
    in_commuters: xr.DataArray | float,
    out_commuters: xr.DataArray | float,
) -> xr.DataArray:
    """Workers where the work is: employed residents, plus commuters in, less commuters out.

    Parameters
    ----------
    labour
        (..., region), persons in the labour force.
    unemployment
        Share of the labour force; the user's.
    in_commuters, out_commuters
        Persons by region; the user's. People of Haining's border blocks who work in Hangzhou are
        residents here and workers there.

    Returns
    -------
    xarray.DataArray
        (..., region), persons.

    Raises
    ------
    DataError
        Unemployment outside 0..1; more commuters out than employed residents.

    Notes
    -----
    E = L (1 - u) + in - out.

    Examples
    --------
    >>> import xarray as xr
    >>> float(workers_at_workplace(xr.DataArray(100.0), unemployment=0.05, in_commuters=10,
    ...                            out_commuters=25))
    80.0
    """
    if bool(np.any((np.asarray(unemployment) < 0) | (np.asarray(unemployment) > 1))):
        raise DataError(f"unemployment lies in 0..1; got {unemployment}")
    with xr.set_options(arithmetic_join="exact"):
        employed = labour * (1.0 - unemployment)
        if bool((employed < out_commuters).any()):
            raise DataError("more people commute out than are employed there")
        out = employed + in_commuters - out_commuters
    out.attrs = dict(labour.attrs) | {"long_name": "workers at the workplace"}
    return out


def entry_exit_rates(
    now: xr.DataArray, later: xr.DataArray, *, highest: float
) -> tuple[xr.DataArray, xr.DataArray]:
    """Entry and exit rates of a cohort between two years one age group apart.

    Parameters
    ----------
    now, later
        (..., age), participation at the start and one age-group width later.
    highest
        Participation that can be reached at all (m), the user's; entry is measured against it.

    Returns
    -------
    tuple of xarray.DataArray
        Entry and exit rates (..., age), labelled by the age at the start; where the cohort gains,
        exit is 0 and the reverse.

    Raises
    ------
    DataError
        Participation above `highest`.

    Notes
    -----
    Entry 1 - (m - l[a+5, t+5]) / (m - l[a, t]); exit 1 - l[a+5, t+5] / l[a, t].

    References
    ----------
    Burniaux, Duval and Jaumotte (2004), Coping with Ageing, OECD Economics Working Paper 371.

    Examples
    --------
    >>> import xarray as xr
    >>> ages = {"age": [20, 25]}
    >>> entry, leave = entry_exit_rates(xr.DataArray([0.5, 0.8], ages, "age"),
    ...                                 xr.DataArray([0.5, 0.7], ages, "age"), highest=0.9)
    >>> float(entry[0].round(6)), float(leave[0])
    (0.5, 0.0)
    """
    start = now.isel(age=slice(None, -1))
    end = later.isel(age=slice(1, None)).assign_coords(age=start["age"])
    if bool((start >= highest).any()) or bool((end > highest).any()):
        raise DataError(f"a participation reaches the highest of {highest}; raise it")
    gain = end > start
    with np.errstate(divide="ignore", invalid="ignore"):
        enter: xr.DataArray = xr.where(gain, 1.0 - (highest - end) / (highest - start), 0.0)
        leave: xr.DataArray = xr.where(gain | (start == 0), 0.0, 1.0 - end / start)
    return enter, leave
