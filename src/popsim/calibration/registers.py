"""Published figures of the registered population: by region, by age, by urban and rural places."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.errors import DataError, Problem
from popsim.tables import Case, observed

__all__ = ["age_bands", "area_odds_ratio", "registered_by_region"]

Array = NDArray[np.float64]
INDICATOR = "registered_population"


def registered_by_region(
    case: Case, base_year: int, whole: str, residents: xr.DataArray
) -> xr.DataArray:
    """Registered population of every region at the base year, adding to that of the whole.

    Parameters
    ----------
    case
        Observations of the registered population, and `registered_2010` of the earlier census.
    base_year
        Year wanted.
    whole
        Code of the whole.
    residents
        Registered residents (region).

    Returns
    -------
    xr.DataArray
        Persons (region).

    Notes
    -----
    A published figure is taken as it is; figures of other years are carried to the base year, on
    the line between two years or at the pace of the whole. The other regions keep the absent
    they had at the earlier census (registered there less registered residents), scaled by one
    factor so that all regions add to the whole.
    """
    table = case.frames["observations"]
    city = {int(y): float(v) for y, v in observed(table, INDICATOR, region=whole).items()}
    regions = [str(r) for r in residents["region"].to_numpy()]
    rows = table[(table["indicator"] == INDICATOR) & (table["area"] == "total")]
    published = {
        region: _at(observed(rows, INDICATOR, region=region), base_year, city)
        for region in regions
        if (rows["region"] == region).any()
    }
    earlier = case["registered_2010"]
    year = int(earlier["year"].to_numpy()[0]) if "year" in earlier.dims else None
    before = earlier.isel(year=0, drop=True) if year is not None else earlier
    elsewhere = case["hukou_elsewhere"].sel(hukou_place=["other_county", "other_province"])
    stayed = case["population"].sel(year=year, drop=True).sum(["sex", "age"]) - elsewhere.sel(
        year=year, drop=True
    ).sum("hukou_place")
    absent = before - stayed
    others = [r for r in regions if r not in published]
    left = city[base_year] - sum(published.values()) - float(residents.sel(region=others).sum())
    if others and left <= 0:
        raise DataError(
            Problem(
                "registered population of the regions exceeds that of the whole",
                f"observations, {INDICATOR}, {base_year}",
                f"{sum(published.values()):.0f} in {len(published)} regions",
                f"less than {city[base_year]:.0f}",
            )
        )
    found = residents + absent * (left / float(absent.sel(region=others).sum()) if others else 1)
    for region, value in published.items():
        found.loc[{"region": region}] = value
    scaled: xr.DataArray = found * (city[base_year] / float(found.sum()))
    return scaled


def _at(series: object, year: int, city: dict[int, float]) -> float:
    """A figure carried to a year: as it is, between two years, or at the pace of the whole."""
    known = {int(y): float(v) for y, v in dict(series).items()}  # type: ignore[call-overload]
    if year in known:
        return known[year]
    before = [y for y in known if y < year]
    after = [y for y in known if y > year]
    if before and after:
        return float(np.interp(year, [max(before), min(after)],
                               [known[max(before)], known[min(after)]]))  # fmt: skip
    nearest = min(after) if after else max(before)
    if nearest not in city:
        raise DataError(
            Problem(
                "no registered population of the whole in the year of a region's",
                f"observations, {INDICATOR}",
                str(nearest),
                f"one of {sorted(city)}",
            )
        )
    return known[nearest] * city[year] / city[nearest]


def age_bands(case: Case, whole: str, year: int, ages: int) -> tuple[Array, Array]:
    """Bands of ages for which the registered population is published, and its persons.

    Parameters
    ----------
    case
        With observations `registered_population_by_age`.
    whole
        Code of the whole.
    year
        Year wanted.
    ages
        Number of single ages.

    Returns
    -------
    tuple of ndarray
        1 where an age belongs to a band (band, age), and persons (band), youngest first.
    """
    table = case.frames["observations"]
    rows = table[
        (table["indicator"] == f"{INDICATOR}_by_age")
        & (table["region"] == whole)
        & (table["year"] == year)
    ]
    first = rows["age_from"].astype(int).to_numpy()
    order = np.argsort(first)
    last = [str(v) for v in rows["age_to"].to_numpy()[order]]
    starts = first[order]
    stops = np.array([ages if text == "open" else int(float(text)) + 1 for text in last])
    if not starts.size or starts[0] != 0 or (stops[:-1] != starts[1:]).any() or stops[-1] != ages:
        raise DataError(
            Problem(
                "the ages of the registered population leave gaps or overlap",
                f"observations, {INDICATOR}_by_age, {whole}, {year}",
                ", ".join(f"{a}-{b}" for a, b in zip(starts, last, strict=True)) or "no row",
                "bands from 0 to an open one",
            )
        )
    line = np.arange(ages)
    bands = ((line >= starts[:, None]) & (line < stops[:, None])).astype(np.float64)
    return bands, rows["value"].to_numpy(dtype=np.float64)[order]


def area_odds_ratio(case: Case, region: str, year: int, floating_share: float) -> float:
    """Odds of living in towns of the floating over those of the registered.

    Parameters
    ----------
    case
        Observations of residents and registered by urban and rural places.
    region, year
        Where both are published.
    floating_share
        Share of the floating among the residents there.

    Returns
    -------
    float
        The odds ratio.

    Notes
    -----
    Registered residents are taken to live in towns as often as the registered population is
    registered there; the floating in towns are the rest of the urban residents.
    """
    table = case.frames["observations"]

    def figure(indicator: str, area: str) -> float:
        return float(observed(table, indicator, region=region, area=area)[year])

    residents = figure("resident_population", "total")
    urban = figure("resident_population", "urban")
    town, village = figure(INDICATOR, "urban"), figure(INDICATOR, "rural")
    registered = residents * (1.0 - floating_share)
    floating = residents - registered
    floating_urban = urban - registered * town / (town + village)
    if not 0 < floating_urban < floating:
        raise DataError(
            Problem(
                "urban residents do not leave room for the floating",
                f"observations, {region}, {year}",
                f"{floating_urban:.0f} of {floating:.0f} floating in towns",
                "between none and all",
            )
        )
    return (floating_urban / (floating - floating_urban)) / (town / village)
