"""The capacity table: density, water, housing and what binds, long, with definition and source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import xarray as xr

from popsim.capacity.bearing import Resource, bearing_population
from popsim.capacity.needs import PROXY, density, floor_area, water_use
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
    people = people.drop_vars([c for c in people.coords if c not in people.dims])
    total = people.sum("region", skipna=False).expand_dims(region=[ALL])
    return xr.concat([people, total], dim="region", join="exact").transpose(*keep)


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
    base = people.sel(region=ALL, year=year).isel(scenario=0, drop=True)
    frame, rows = case.frames["resources"], []

    def add(values: xr.DataArray, name: str, unit: str, text: str, source: str) -> None:
        data = values if "region" in values.dims else values.expand_dims(region=[ALL])
        table = data.transpose("scenario", "region", "year").rename("value").to_dataframe()
        table = table.reset_index()[["scenario", "region", "year", "value"]]
        rows.append(table.assign(indicator=name, unit=unit, definition=text, source=source))

    area = case["area_km2"]
    area = area.drop_vars([c for c in area.coords if c not in area.dims])
    area = xr.concat([area, area.sum("region").expand_dims(region=[ALL])], "region", join="exact")
    text = "residents per km2, area with inland and tidal water"
    add(density(people, area), "density", "person km-2", text, str(area.attrs.get("source", "")))

    codes = [str(r) for r in population["region"].to_numpy()]
    floors = [
        _rate(case.frames["observations"], "floor_area_per_person", census_year, c) for c in codes
    ]
    each = xr.DataArray([f[0] for f in floors], {"region": codes}, "region")
    by_place = floor_area(people.sel(region=codes), each)
    total = by_place.sum("region", skipna=False).expand_dims(region=[ALL])
    by_place = xr.concat([by_place, total], "region", join="exact")
    text = f"floor area at that per person of the census of {census_year}, by county; {PROXY}"
    add(by_place, "floor_area", "m2", text, floors[0][1])

    uses = {k: _rate(frame, f"water_use_{k}", water_year, whole) for k in
            ("living", "industry", "farm", "ecology")}  # fmt: skip
    source = uses["living"][1]
    head = uses["living"][0] / float(base)
    city = people.sel(region=ALL, drop=True)
    fixed = {k: uses[k][0] for k in ("industry", "farm", "ecology")}
    used = water_use(city, living_m3_per_person=head, **fixed)
    text = f"living use of {water_year} per resident x residents, other uses of {water_year} held"
    add(used, "water_use", "m3 year-1", text, source)
    add(used / city, "water_per_person", "m3 person-1", f"water_use / residents; {text}", source)

    have, where = _rate(frame, "water_resources", water_year, whole)
    water = Resource(have, sum(fixed.values()), head, "m3 year-1", where)
    bears = bearing_population({"water": water, **(resources or {})})
    flat = 0.0 * city
    text = "people borne: (resource - fixed uses) / use per person; of water, all there is (no cap "
    text += "found) less farm, industry and ecology, at the living use per head"
    for name in bears["resource"].to_numpy():
        one = float(bears["population"].sel(resource=name))
        add(flat + one, f"bearing_population.{name}", "person", text, "user; " + where)
    least = f"{text}; the least, bound by {bears['binding'].item()}"
    add(flat + float(bears["bearing"]), "bearing_population", "person", least, "user; " + where)
    return pd.concat(rows, ignore_index=True)[COLUMNS]
