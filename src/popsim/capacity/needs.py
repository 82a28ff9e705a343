"""What people need of land, water, housing and waste treatment, from rates per head."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from popsim.errors import DataError

__all__ = [
    "density",
    "density_zone",
    "floor_area",
    "land_efficiency",
    "land_needed",
    "sewage",
    "waste",
    "water_per_person_day",
    "water_use",
]

DAYS = 365.0
# Users of water beside the people, as the water bulletins name them.
SECTORS = ("industry", "farm", "ecology")
PROXY = "a quantity: the plan speaks of satisfaction with it"
# litres in a cubic metre
LITRES = 1000.0


def _check_rate(name: str, value: float | xr.DataArray) -> None:
    """Rates per head are finite and not negative."""
    array = np.asarray(value, dtype=float)
    if not bool(np.isfinite(array).all()) or bool((array < 0).any()):
        raise DataError(f"{name} must be 0 or more and finite; got {array}")


def density(population: xr.DataArray, area_km2: xr.DataArray) -> xr.DataArray:
    """People per km2 of a place.

    Parameters
    ----------
    population
        (..., region), persons: all other dims but scenario, draw and year summed beforehand.
    area_km2
        (region), km2; say whether water is in it.

    Returns
    -------
    xarray.DataArray
        (..., region), persons per km2.

    Examples
    --------
    >>> import xarray as xr
    >>> round(float(density(xr.DataArray(5400868.0), xr.DataArray(4223.0))))
    1279
    """
    if bool((area_km2 <= 0).any()):
        raise DataError("an area must be above 0 km2")
    with xr.set_options(arithmetic_join="exact"):
        out = population / area_km2
    out.attrs = {"units": "person km-2", "long_name": "population density"}
    return out


def density_zone(
    values: xr.DataArray, *, bounds: Sequence[float], names: Sequence[str]
) -> xr.DataArray:
    """Zone of each density, lower bounds inclusive.

    Parameters
    ----------
    values
        Persons per km2.
    bounds
        Rising bounds between zones; the user's, since the plan prints none for its 密度分区.
    names
        One more name than bounds, lowest zone first.

    Returns
    -------
    xarray.DataArray
        Names.

    Examples
    --------
    >>> import xarray as xr
    >>> d = xr.DataArray([200.0, 1279.0, 5000.0], dims="region")
    >>> density_zone(d, bounds=[1000, 3000], names=["low", "medium", "high"]).values.tolist()
    ['low', 'medium', 'high']
    """
    edges = np.asarray(bounds, dtype=float)
    if len(names) != edges.size + 1 or bool(np.any(np.diff(edges) <= 0)):
        raise DataError("zones need rising bounds and one more name than bounds")
    place = np.digitize(values.to_numpy(), edges)
    out = xr.DataArray(np.asarray(names)[place], coords=values.coords, dims=values.dims)
    return out.assign_attrs(long_name="density zone")


def water_per_person_day(living_m3: float, population_start: float, population_end: float) -> float:
    """Living water per person and day on the mean population of a year.

    Parameters
    ----------
    living_m3
        Living use in the year, m3, public urban use included.
    population_start, population_end
        Persons at the two ends of the year.

    Returns
    -------
    float
        Litres a person a day.

    Examples
    --------
    >>> round(water_per_person_day(4.2638e8, 5411000, 5516000))
    214
    """
    mean = (population_start + population_end) / 2.0
    if mean <= 0 or living_m3 < 0:
        raise DataError("water per person needs people and an amount of 0 or more")
    return living_m3 / mean / DAYS * LITRES


def water_use(
    population: xr.DataArray,
    *,
    living_m3_per_person: float | xr.DataArray,
    industry: xr.DataArray | float,
    farm: xr.DataArray | float,
    ecology: xr.DataArray | float,
) -> xr.DataArray:
    """Water used in a year: living use by head, the rest as given.

    Parameters
    ----------
    population
        (...), persons (mean of the year).
    living_m3_per_person
        m3 a person a year: 78.0 in Jiaxing 2021.
    industry, farm, ecology
        m3 a year; the user's path, e.g. the amounts of 2021 held.

    Returns
    -------
    xarray.DataArray
        (...), m3 a year.

    Notes
    -----
    W = P u + industry + farm + ecology.

    Examples
    --------
    >>> import xarray as xr
    >>> used = water_use(xr.DataArray(5.4635e6), living_m3_per_person=78.04, industry=4.799e8,
    ...                  farm=9.3556e8, ecology=0.3246e8)
    >>> round(float(used) / 1e8, 2)
    18.74
    """
    for name, value in (("living", living_m3_per_person), ("industry", industry), ("farm", farm),
                        ("ecology", ecology)):  # fmt: skip
        _check_rate(f"{name} water", value)
    with xr.set_options(arithmetic_join="exact"):
        out = population * living_m3_per_person + industry + farm + ecology
    out.attrs = {"units": "m3 year-1", "long_name": "water use"}
    return out


def floor_area(population: xr.DataArray, m2_per_person: float | xr.DataArray) -> xr.DataArray:
    """Dwelling floor area for a population at a floor area per person.

    Parameters
    ----------
    population
        (..., region), persons.
    m2_per_person
        m2, by region perhaps: the census of 2020 prints 50.14 for Jiaxing (40.51 to 61.99 by
        county).

    Returns
    -------
    xarray.DataArray
        (..., region), m2.

    Examples
    --------
    >>> import xarray as xr
    >>> float(floor_area(xr.DataArray(1000.0), 50.14))
    50140.0
    """
    _check_rate("floor area per person", m2_per_person)
    with xr.set_options(arithmetic_join="exact"):
        out = population * m2_per_person
    out.attrs = {"units": "m2", "long_name": "dwelling floor area", "note": PROXY}
    return out


def land_needed(urban: xr.DataArray, m2_per_person: float | xr.DataArray) -> xr.DataArray:
    """Construction land for an urban population.

    Parameters
    ----------
    urban
        (..., region), urban residents, persons.
    m2_per_person
        Construction land per person, m2; the user's (the norm's value was not found).

    Returns
    -------
    xarray.DataArray
        (..., region), km2.

    Examples
    --------
    >>> import xarray as xr
    >>> float(land_needed(xr.DataArray(1e6), 100.0))
    100.0
    """
    _check_rate("land per person", m2_per_person)
    with xr.set_options(arithmetic_join="exact"):
        out = urban * m2_per_person / 1e6
    out.attrs = {"units": "km2", "long_name": "construction land needed"}
    return out


def land_efficiency(urban: xr.DataArray, land_km2: xr.DataArray) -> xr.DataArray:
    """Urban residents (or GDP) per km2 of construction land.

    Parameters
    ----------
    urban
        (..., region), persons or money.
    land_km2
        (..., region), construction land; the user's.

    Returns
    -------
    xarray.DataArray
        (..., region), per km2.

    Examples
    --------
    >>> import xarray as xr
    >>> float(land_efficiency(xr.DataArray(1e6), xr.DataArray(100.0)))
    10000.0
    """
    out = density(urban, land_km2)
    out.attrs = {"units": "km-2", "long_name": "per km2 of construction land"}
    return out


def waste(population: xr.DataArray, kg_per_person_day: float) -> xr.DataArray:
    """Household waste a day.

    Parameters
    ----------
    population
        (...), persons.
    kg_per_person_day
        The user's (GB/T 50337's table was not found).

    Returns
    -------
    xarray.DataArray
        (...), tonnes a day.

    Examples
    --------
    >>> import xarray as xr
    >>> float(waste(xr.DataArray(1e6), 1.0))
    1000.0
    """
    _check_rate("waste per person", kg_per_person_day)
    out = population * kg_per_person_day / 1000.0
    out.attrs = {"units": "t day-1", "long_name": "household waste", "note": PROXY}
    return out


def sewage(living_water: xr.DataArray, *, returned: float, treated: float) -> xr.DataArray:
    """Sewage treated, from living water.

    Parameters
    ----------
    living_water
        (...), m3 in any span of time.
    returned
        Share that returns as sewage, 0..1; the user's.
    treated
        Share of it that is treated, 0..1; the user's.

    Returns
    -------
    xarray.DataArray
        (...), m3 in the same span.

    Examples
    --------
    >>> import xarray as xr
    >>> float(sewage(xr.DataArray(100.0), returned=0.8, treated=0.95))
    76.0
    """
    for name, share in (("returned", returned), ("treated", treated)):
        if not 0.0 <= share <= 1.0:
            raise DataError(f"{name} lies in 0..1; got {share}")
    out = living_water * returned * treated
    out.attrs = {"units": str(living_water.attrs.get("units", "m3")), "note": PROXY}
    return out
