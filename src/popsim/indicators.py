"""Indicators: totals, shares, ageing, dependency, urban share.

Every function takes labelled stocks in persons, with any of the dims `scenario`, `draw`,
`region`, `area`, `status`, `sex`, `age`, `year`, and sums over the people it is not asked about.
Arithmetic never fills gaps: labels that do not match exactly raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from popsim.groups import age_group, group_population, total

__all__ = [
    "INDICATORS",
    "Indicator",
    "dependency_ratio",
    "indicator_table",
    "median_age",
    "urban_share",
]


def urban_share(population: xr.DataArray, keep: Sequence[str] = ()) -> xr.DataArray:
    """Urban persons over all persons.

    Parameters
    ----------
    population
        Persons (.., area, ..) with the areas `urban` and `rural`.
    keep
        Dims of people to keep, e.g. ``("region",)``.

    Returns
    -------
    xr.DataArray
        Share between 0 and 1.
    """
    by_area = total(population, keep=("area", *keep))
    return by_area.sel(area="urban", drop=True) / by_area.sum("area")


def dependency_ratio(
    population: xr.DataArray,
    kind: str = "old",
    *,
    working: tuple[int, int] = (15, 65),
    keep: Sequence[str] = (),
) -> xr.DataArray:
    """Dependants per person of working age.

    Parameters
    ----------
    population
        Persons (.., age).
    kind
        ``"old"``, ``"child"`` or ``"total"``.
    working
        First age and the age that ends working age. (15, 65) is the definition of China's
        national bulletin; (15, 60) its older one.
    keep
        Dims of people to keep.

    Returns
    -------
    xr.DataArray
        Persons per person.
    """
    people = total(population, keep=("age", *keep))
    low, high = working
    workers = age_group(people, low, high)
    old, child = age_group(people, high), age_group(people, 0, low)
    top = {"old": old, "child": child, "total": old + child}[kind]
    return top / workers


def median_age(population: xr.DataArray, keep: Sequence[str] = ()) -> xr.DataArray:
    """Age that splits the population in half, linear within the age group.

    Parameters
    ----------
    population
        Persons (.., age).
    keep
        Dims of people to keep.

    Returns
    -------
    xr.DataArray
        Years.
    """
    people = total(population, keep=("age", *keep)).transpose(..., "age")
    ages = people["age"].to_numpy().astype(float)
    width = np.append(np.diff(ages), 1.0)
    flat = people.to_numpy().reshape(-1, len(ages))
    cumulative = np.cumsum(flat, axis=1)
    half = cumulative[:, -1:] / 2
    at = np.argmax(cumulative >= half, axis=1)
    row = np.arange(len(flat))
    before = cumulative[row, at] - flat[row, at]
    value = ages[at] + width[at] * (half[:, 0] - before) / flat[row, at]
    return people.isel(age=0, drop=True).copy(data=value.reshape(people.shape[:-1]))


KEEP = ("place",)


@dataclass(frozen=True)
class Indicator:
    """One indicator: the function that computes it for persons by place and age, its unit.

    `needs` are the dims of people it tells apart beside age; all others have been summed.
    """

    function: Callable[[xr.DataArray], xr.DataArray]
    unit: str
    needs: tuple[str, ...] = ()


INDICATORS: dict[str, Indicator] = {
    "population": Indicator(lambda p: total(p, KEEP), "person"),
    "population_0_14": Indicator(lambda p: age_group(total(p, ("age", *KEEP)), 0, 15), "person"),
    "population_15_59": Indicator(lambda p: age_group(total(p, ("age", *KEEP)), 15, 60), "person"),
    "population_15_64": Indicator(lambda p: age_group(total(p, ("age", *KEEP)), 15, 65), "person"),
    "population_60plus": Indicator(lambda p: age_group(total(p, ("age", *KEEP)), 60), "person"),
    "population_65plus": Indicator(lambda p: age_group(total(p, ("age", *KEEP)), 65), "person"),
    "population_80plus": Indicator(lambda p: age_group(total(p, ("age", *KEEP)), 80), "person"),
    "share_60plus": Indicator(
        lambda p: age_group(total(p, ("age", *KEEP)), 60) / total(p, KEEP), "1"
    ),
    "share_65plus": Indicator(
        lambda p: age_group(total(p, ("age", *KEEP)), 65) / total(p, KEEP), "1"
    ),
    "share_80plus": Indicator(
        lambda p: age_group(total(p, ("age", *KEEP)), 80) / total(p, KEEP), "1"
    ),
    "old_age_dependency_ratio": Indicator(lambda p: dependency_ratio(p, "old", keep=KEEP), "1"),
    "child_dependency_ratio": Indicator(lambda p: dependency_ratio(p, "child", keep=KEEP), "1"),
    "total_dependency_ratio": Indicator(lambda p: dependency_ratio(p, "total", keep=KEEP), "1"),
    "median_age": Indicator(lambda p: median_age(p, KEEP), "year"),
    "sex_ratio": Indicator(
        lambda p: total(p.sel(sex="male"), KEEP) / total(p.sel(sex="female"), KEEP), "1", ("sex",)
    ),
    "urban_population": Indicator(lambda p: total(p.sel(area="urban"), KEEP), "person", ("area",)),
    "urban_share": Indicator(lambda p: urban_share(p, KEEP), "1", ("area",)),
}


COLUMNS = [
    "indicator",
    "group_or_region",
    "boundary",
    "scenario",
    "year",
    "value",
    "unit",
    "definition",
]


def indicator_table(
    population: xr.DataArray,
    in_group: xr.DataArray,
    *,
    boundaries: Iterable[str],
    definition: str = "resident",
    names: Iterable[str] | None = None,
) -> pd.DataFrame:
    """All indicators of every region, every group on every boundary, and the whole, as rows.

    Parameters
    ----------
    population
        Persons ([scenario], region, [area], [status], sex, age, year).
    in_group
        Membership (boundary, group, region, year), bool.
    boundaries
        Names of the boundaries to evaluate.
    definition
        ``"resident"`` or ``"registered"``: what the stock counts.
    names
        Indicators wanted; all that the dims allow by default.

    Returns
    -------
    pd.DataFrame
        Columns indicator, group_or_region, boundary, scenario, year, value, unit, definition.
    """
    wanted = list(INDICATORS if names is None else names)
    wanted = [n for n in wanted if set(INDICATORS[n].needs) <= set(population.dims)]
    places, labels = _places(population, in_group, tuple(boundaries))
    by_age = total(places, ("age", *KEEP))
    people = total(places, KEEP)
    values = {
        name: INDICATORS[name].function(places if INDICATORS[name].needs else by_age)
        for name in wanted
    }
    values["population_share"] = people / people.isel(place=0, drop=True)
    found = np.stack([v.transpose(*people.dims).to_numpy() for v in values.values()])
    index = pd.MultiIndex.from_product(
        [[*values], *(people[d].to_numpy() for d in people.dims)], names=["indicator", *people.dims]
    )
    table = pd.DataFrame({"value": found.ravel()}, index).reset_index().join(labels, on="place")
    units = {name: INDICATORS[name].unit for name in wanted} | {"population_share": "1"}
    if "scenario" not in table:
        table["scenario"] = ""
    return table.assign(unit=table["indicator"].map(units), definition=definition)[COLUMNS]


def _places(
    population: xr.DataArray, in_group: xr.DataArray, boundaries: tuple[str, ...]
) -> tuple[xr.DataArray, pd.DataFrame]:
    """The whole, every region and every group on every boundary along one dim `place`."""
    plain = population.reset_coords(drop=True).rename(region="place")
    parts = [plain.sum("place", skipna=False).expand_dims("place"), plain]
    labels = [("all", ""), *((str(r), "") for r in population["region"].to_numpy())]
    for boundary in boundaries:
        grouped = group_population(population, in_group.sel(boundary=boundary, drop=True))
        parts.append(grouped.reset_coords(drop=True).rename(group="place"))
        labels += [(str(g), boundary) for g in grouped["group"].to_numpy()]
    stacked = xr.concat([p.drop_vars("place", errors="ignore") for p in parts], "place")
    frame = pd.DataFrame(labels, columns=["group_or_region", "boundary"])
    return stacked.assign_coords(place=np.arange(len(frame))), frame
