"""The capacity table: density, water, housing and what binds, long, with definition and source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import xarray as xr

from popsim.capacity.bearing import Resource, bearing_population
from popsim.capacity.needs import PROXY, SECTORS, density, floor_area, water_use
from popsim.errors import DataError

__all__ = ["capacity_table"]

ALL = "all"
COLUMNS = ["indicator", "region", "scenario", "year", "value", "unit", "definition", "source"]


def _people(population: xr.DataArray) -> xr.DataArray:
    """Residents by scenario, region and year; `all` added as the sum."""
    if "draw" in population.dims:
        raise DataError("the capacity table is of one draw or a median: select it first")
    keep = ("scenario", "region", "year")
    people = population.sum([d for d in population.dims if d not in keep], skipna=False)
    if "scenario" not in people.dims:
        people = people.expand_dims(scenario=["base"])
    return _with_whole(people).transpose(*keep)


def _with_whole(values: xr.DataArray) -> xr.DataArray:
    """Regions, and their sum after them as region `all`."""
    plain = values.drop_vars([c for c in values.coords if c not in values.dims])
    total = plain.sum("region", skipna=False).expand_dims(region=[ALL])
    return xr.concat([plain, total], dim="region", join="exact")


def _rate(frame: pd.DataFrame, indicator: str, year: int, code: str) -> tuple[float, str]:
    """One published figure of a place, and its source."""
    rows = frame[(frame["indicator"] == indicator) & (frame["year"] == year)]
    rows = rows[rows["region"] == code]
    if len(rows) != 1:
        raise DataError(f"{len(rows)} rows of {indicator} for {code} in {year}; one is needed")
    return float(rows["value"].iloc[0]), str(rows["source"].iloc[0])


def capacity_table(
    population: xr.DataArray,
    case: Any,
    *,
    whole: str,
    water_year: int = 2021,
    census_year: int = 2020,
    resources: Mapping[str, Resource] | None = None,
) -> pd.DataFrame:
    """What a projected population means for density, water and housing, at published rates held.

    Parameters
    ----------
    population
        ([scenario,] region, ..., year), residents.
    case
        With arrays `area_km2` and frames `resources` and `observations`.
    whole
        Code of the city in those frames.
    water_year
        Year of the water bulletin: living use per resident at its end and the other uses are held.
    census_year
        Census of the floor area per person, by county.
    resources
        The user's resources, by name, for the city; water of the bulletin is added as ``water``
        (all that there is, no cap) unless given.

    Returns
    -------
    pandas.DataFrame
        Columns as in the care table. Indicators: `density` (by region), `floor_area` (by region),
        `water_use` and `water_per_person` (all), `bearing_population.NAME` for each resource and
        `bearing_population` for the least (all).

    Raises
    ------
    DataError
        Draws, or figures that the case does not have once.

    Notes
    -----
    Rates held are a what-if: thrift and prices change them. Floor area is a proxy for what the plan
    wants, which is satisfaction.
    """
    people = _people(population)
    year = min(max(water_year, int(people["year"].min())), int(people["year"].max()))
    base = float(people.sel(region=ALL, year=year).isel(scenario=0))
    uses = {
        name: _rate(case.frames["resources"], f"water_use_{name}", water_year, whole)
        for name in ("living", *SECTORS)
    }
    fixed = {name: uses[name][0] for name in SECTORS}
    head = uses["living"][0] / base
    city = people.sel(region=ALL, drop=True)
    have, where = _rate(case.frames["resources"], "water_resources", water_year, whole)
    water = Resource(have, sum(fixed.values()), head, "m3 year-1", where)
    parts = [
        _density(people, case["area_km2"]),
        _floors(people, population["region"], case.frames["observations"], census_year),
        *_water(city, head, fixed, water_year, uses["living"][1]),
        *_borne(city, {"water": water, **(resources or {})}, where),
    ]
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _rows(values: xr.DataArray, name: str, unit: str, text: str, source: str) -> pd.DataFrame:
    """Rows of one indicator; of the whole where there is no dim `region`."""
    data = values if "region" in values.dims else values.expand_dims(region=[ALL])
    table = data.transpose("scenario", "region", "year").rename("value").to_dataframe()
    table = table.reset_index()[["scenario", "region", "year", "value"]]
    return table.assign(indicator=name, unit=unit, definition=text, source=source)


def _density(people: xr.DataArray, area: xr.DataArray) -> pd.DataFrame:
    """Residents per km2."""
    text = "residents per km2, area with inland and tidal water"
    found = density(people, _with_whole(area))
    return _rows(found, "density", "person km-2", text, str(area.attrs.get("source", "")))


def _floors(
    people: xr.DataArray, regions: xr.DataArray, observations: pd.DataFrame, census: int
) -> pd.DataFrame:
    """Floor area at that per person of a census, by county and their sum."""
    codes = [str(r) for r in regions.to_numpy()]
    floors = [_rate(observations, "floor_area_per_person", census, code) for code in codes]
    each = xr.DataArray([f[0] for f in floors], {"region": codes}, "region")
    by_place = _with_whole(floor_area(people.sel(region=codes), each))
    text = f"floor area at that per person of the census of {census}, by county; {PROXY}"
    return _rows(by_place, "floor_area", "m2", text, floors[0][1])


def _water(
    city: xr.DataArray, head: float, fixed: Mapping[str, float], year: int, source: str
) -> list[pd.DataFrame]:
    """Water used by the whole, and per person: living use by head, the other uses held."""
    used = water_use(city, living_m3_per_person=head, **fixed)
    text = f"living use of {year} per resident x residents, other uses of {year} held"
    per_person = f"water_use / residents; {text}"
    return [
        _rows(used, "water_use", "m3 year-1", text, source),
        _rows(used / city, "water_per_person", "m3 person-1", per_person, source),
    ]


def _borne(city: xr.DataArray, resources: Mapping[str, Resource], where: str) -> list[pd.DataFrame]:
    """People that each resource bears, and the least of them; the same in every year."""
    bears = bearing_population(resources)
    source = "user; " + where
    text = "people borne: (resource - fixed uses) / use per person; of water, all there is (no cap "
    text += "found) less farm, industry and ecology, at the living use per head"
    least = f"{text}; the least, bound by {bears['binding'].item()}"
    flat = 0.0 * city
    found = []
    for name in bears["resource"].to_numpy():
        one = flat + float(bears["population"].sel(resource=name))
        found.append(_rows(one, f"bearing_population.{name}", "person", text, source))
    whole = flat + float(bears["bearing"])
    return [*found, _rows(whole, "bearing_population", "person", least, source)]
