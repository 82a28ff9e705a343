"""Levels of mortality, fertility, migration, registration and urbanisation, year after year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.assumptions.fitted import Fitted
from popsim.assumptions.inputs import driver_rates, hukou_drivers, joined, with_events
from popsim.assumptions.mortality import survival_ratio
from popsim.assumptions.solve import Levels, Solved, System, solve_year, with_persons
from popsim.assumptions.walk import levels_of, plain_values, six, system_of
from popsim.errors import ConvergenceError, Problem
from popsim.methods.logistic import logit
from popsim.methods.mortality._solve import bracketed_root

__all__ = ["Published", "fit_index", "fit_years"]

Array = NDArray[np.float64]
# Relative difference from a published figure at which a level counts as fitted.
FITTED = 1e-10
ROUNDS = 40


@dataclass(frozen=True)
class Published:
    """Published figures by year: persons, or a share for the urban share.

    Parameters
    ----------
    population, births, deaths, urban_share, registered
        Of the whole.
    regions
        Persons at the end of a year by region, of the years and regions to be fitted; where all
        regions of a year are there, they are scaled to the whole.
    """

    population: Mapping[int, float]
    births: Mapping[int, float]
    deaths: Mapping[int, float]
    urban_share: Mapping[int, float]
    registered: Mapping[int, float]
    regions: Mapping[int, Mapping[str, float]] = field(default_factory=dict)


def fit_index(
    schedule: xr.DataArray,
    people: xr.DataArray,
    *,
    births: float | Array,
    sex_ratio: float,
    deaths: float,
    hazard: Array | None = None,
) -> float:
    """Mortality index at which a year's deaths come out.

    Parameters
    ----------
    schedule
        Survival ratios (schedule_year, sex, age).
    people
        Persons at the start of the year (.., sex, age); with `hazard` (area, .., sex, age).
    births, sex_ratio, deaths
        Of the year: persons, with `hazard` by area; male per female; persons.
    hazard
        Factors on the hazard of death (area).

    Returns
    -------
    float
        Position on the schedule, in schedule years.

    Notes
    -----
    Deaths are ``sum P(x) (1 - S(x + 1))``, the last two age groups sharing the ratio of the open
    one, and of the newborn ``B (1 - S(0))``.
    """
    kept = ("sex", "age") if hazard is None else ("area", "sex", "age")
    start = people.sum([d for d in people.dims if d not in kept])
    values = start.transpose(*kept).to_numpy()
    born = np.asarray(births)[..., None] * np.array([1.0, sex_ratio]) / (1.0 + sex_ratio)
    at_risk = np.concatenate([born[..., None], values[..., :-1]], axis=-1)
    at_risk[..., -1] += values[..., -1]
    factor = 1.0 if hazard is None else hazard[:, None, None]
    years = schedule["schedule_year"].to_numpy().astype(float)
    log_hazard = np.log(-np.log(schedule.transpose("schedule_year", "sex", "age").to_numpy()))

    def gap(place: Array) -> Array:
        index = place.item()
        low = int(np.clip(np.searchsorted(years, index, side="right") - 1, 0, len(years) - 2))
        weight = (index - years[low]) / (years[low + 1] - years[low])
        line = log_hazard[low] + weight * (log_hazard[low + 1] - log_hazard[low])
        return np.array([(at_risk * -np.expm1(-factor * np.exp(line))).sum() - deaths])

    low, high = years[:1] - 60.0, years[-1:] + 60.0
    return float(bracketed_root(gap, low, high, tolerance=1e-15)[0])


def fit_years(
    fitted: Fitted,
    published: Published,
    years: range,
    *,
    deaths_to: int,
    pace: float,
    engine: Mapping[str, Any] | None = None,
) -> tuple[Fitted, list[Solved]]:
    """Fit year after year, each from the population the year before ended with.

    Parameters
    ----------
    fitted
        With base population, trend of arrivals and, with statuses, the stocks of the base year.
    published
        What is fitted.
    years
        Years fitted.
    deaths_to
        Last year whose deaths are fitted; later ones continue the mean level at `pace`.
    pace
        Schedule years gained a year.
    engine
        Options of the projection.

    Returns
    -------
    tuple
        The levels found, and the years as they came out.
    """
    system = system_of(fitted, engine)
    periods = np.array(years)
    unit = levels_of(_unit_drivers(fitted, periods, published), fitted)
    people = six(fitted.population)[None]
    absent = None if fitted.hukou is None else six(fitted.hukou.absent)[None, :, :, 0]
    found: dict[str, list[Any]] = {k: [] for k in ("index", "tfr", "arrivals", "net", "hazard")}
    names = [str(r) for r in fitted.population["region"].to_numpy()]
    level_of = np.ones(len(names))
    shift: list[float] = []
    results: list[Solved] = []
    for year, level in zip(years, unit, strict=True):
        regions = _wanted_regions(published, year, names)
        born = people.sum((0, 1, 3, 4, 5))
        for _ in range(ROUNDS):
            if year <= deaths_to:
                index = _index(fitted, people, published, year, born)
            else:
                mean = float(np.mean(found["index"]))
                index = mean + pace * (year - float(np.mean(years[: len(results)])))
            solved, factors = _fit_year(
                system, people, absent, _with_survival(level, fitted, index), published, year,
                found, regions, level_of,
            )  # fmt: skip
            # Who dies in the first year hangs on where births are, where that makes a difference.
            before, born = born, solved.births.sum((0, 1, 3))
            if fitted.area_hazard is None or np.allclose(
                before / before.sum(), born / born.sum(), rtol=0, atol=FITTED
            ):
                break
        # A region keeps the pace of the last year in which it was published itself.
        known = np.isfinite(regions)
        level_of = np.where(known, factors["arrivals"], level_of)
        if fitted.urban_growth_difference is not None:
            moved = with_persons(system, people, level, year).reclassified
            difference = fitted.urban_growth_difference.to_numpy()
            shift.append(_shift(people, solved.people, difference, moved[0]))
        people, absent = solved.people, None if absent is None else solved.absent
        results.append(solved)
        for key, value in {"index": index, **factors}.items():
            found[key].append(value)
    return _labelled(fitted, found, shift, periods), results


def _index(fitted: Fitted, people: Array, published: Published, year: int, born: Array) -> float:
    """Mortality index of a year; `born` tells how births are spread over areas (area)."""
    births: float | Array = published.births[year]
    hazard = None
    if fitted.area_hazard is not None:
        hazard = fitted.area_hazard.to_numpy()
        births = births * born / born.sum()
        start = xr.DataArray(people.sum((0, 1, 3)), dims=("area", "sex", "age"))
    else:
        start = xr.DataArray(people.sum((0, 1, 2, 3)), dims=("sex", "age"))
    return fit_index(
        fitted.survival_schedule, start, births=births, sex_ratio=fitted.sex_ratio_at_birth,
        deaths=published.deaths[year], hazard=hazard,
    )  # fmt: skip


def _with_survival(level: Levels, fitted: Fitted, index: float) -> Levels:
    """Levels with the survival of an index."""
    alive = survival_ratio(fitted, xr.DataArray(index))
    dims = ("scenario", "region", "area", "sex", "age")
    return level._replace(survival=plain_values(alive.variable, dims))


def _unit_drivers(fitted: Fitted, periods: NDArray[np.int64], published: Published) -> xr.Dataset:
    """Drivers with all levels to be fitted at 1."""
    line = {"period": periods}
    one = xr.DataArray(np.ones(periods.size), line, "period")
    drivers = driver_rates(fitted, one * float(fitted.base_year), one)
    drivers = drivers.assign(arrivals=fitted.trend_arrivals)
    if fitted.urban_growth_difference is not None:
        if fitted.events is not None:
            here = fitted.events["year"].isin(periods)
            drivers = with_events(drivers, replace(fitted, events=fitted.events[here]))
        share = [published.urban_share[int(p)] for p in periods]
        drivers = drivers.assign(
            urban_growth=fitted.urban_growth_difference,
            urban_share_wanted=xr.DataArray(share, line, "period"),
        )
    if fitted.hukou is not None:
        drivers = joined(drivers, hukou_drivers(fitted, one, one))
    return drivers


def _wanted_regions(published: Published, year: int, names: list[str]) -> Array:
    """Published persons of each region at the end of a year (region), NaN where not published."""
    given = published.regions.get(year, {})
    wanted = np.array([given.get(name, np.nan) for name in names])
    if np.isfinite(wanted).all():
        # Published regions are rounded: their sum misses the whole by a few hundred persons.
        wanted *= published.population[year] / wanted.sum()
    return wanted


def _fit_year(
    system: System, people: Array, absent: Array | None, unit: Levels, published: Published,
    year: int, found: Mapping[str, list[Any]], regions: Array, start: Array,
) -> tuple[Solved, dict[str, Any]]:  # fmt: skip
    """Levels of one year at which its published figures come out.

    `regions` (region) are persons to be met at the end of the year, NaN where the whole decides;
    `start` (region) the levels of arrivals to set out from.
    """
    tfr, come = 1.0, start.copy()
    known = np.isfinite(regions)
    unit_arrivals = _by_region(unit.arrivals)
    registered = published.registered.get(year) if absent is not None else None
    hazard = float(np.mean(found["hazard"])) if found["hazard"] else 0.0
    at_risk = 0.0
    if absent is not None:
        at_risk = float((unit.hazard[:, :, None, None] * people[:, :, :, 1]).sum())
    for _ in range(ROUNDS):
        level = unit._replace(
            fertility=unit.fertility * tfr,
            arrivals=unit.arrivals * _along_region(come, unit.arrivals),
            hazard=unit.hazard * hazard,
        )
        solved = solve_year(system, people, absent, level, year)
        gaps = [published.births[year] / solved.births.sum() - 1.0]
        missing = published.population[year] - solved.people.sum()
        gaps.append(missing / published.population[year])
        tfr *= 1.0 + gaps[0]
        got = _by_region(solved.people)
        if known.any():
            gaps.append(float(np.max(np.abs(regions[known] / got[known] - 1.0))))
            come[known] += (regions[known] - got[known]) / unit_arrivals[known]
        if not known.all():
            rest = missing - (regions[known] - got[known]).sum()
            weight = start[~known]
            come[~known] += weight * rest / (weight * unit_arrivals[~known]).sum()
        if registered is not None:
            stock = solved.people[:, :, :, 0].sum() + solved.absent.sum()
            gaps.append((registered - stock) / registered)
            hazard += (registered - stock) / at_risk
        if max(abs(gap) for gap in gaps) < FITTED:
            return solved, {
                "tfr": tfr, "arrivals": come, "hazard": hazard,
                "net": float(solved.migrants.sum()),
            }  # fmt: skip
    raise ConvergenceError(
        Problem("the levels of a year did not settle", f"year {year}", f"{max(map(abs, gaps)):.3g}")
    )


def _by_region(values: Array) -> Array:
    """Sums over all but the region (region) of values (scenario, region, ..)."""
    return np.asarray(values.sum(tuple(i for i in range(values.ndim) if i != 1)))


def _along_region(factor: Array, like: Array) -> Array:
    """A factor (region) laid along the second axis of values."""
    return factor.reshape(1, -1, *(1,) * (like.ndim - 2))


def _shift(before: Array, after: Array, difference: Array, reclassified: Array) -> float:
    """Shift of the growth difference, common to all regions, that a year took.

    What events reclassified (region), a share of the rural people, is no part of it.
    """
    start, end = (people.sum((0, 3, 4, 5)) for people in (before, after))
    urban = start[:, 0] + reclassified * start[:, 1]
    grown = logit(end[:, 0] / end.sum(1)) - logit(urban / start.sum(1))
    return float((grown - difference).mean())


def _labelled(
    fitted: Fitted, found: Mapping[str, list[Any]], shift: list[float], periods: Any
) -> Fitted:
    """The levels found, with their labels."""

    def line(values: list[float]) -> xr.DataArray:
        return xr.DataArray(values, {"period": periods}, "period")

    hukou = fitted.hukou
    regions = fitted.population["region"].to_numpy()
    arrivals = xr.DataArray(
        np.array(found["arrivals"]), {"period": periods, "region": regions}, ("period", "region")
    )
    return replace(
        fitted,
        tfr=line(found["tfr"]),
        mortality_index=line(found["index"]),
        arrivals=(fitted.trend_arrivals * arrivals).transpose(..., "period"),
        net_migration=line(found["net"]),
        urban_shift=line(shift) if shift else None,
        hukou=None if hukou is None else replace(hukou, registration=line(found["hazard"])),
    )
