"""From one projected scenario to its draws by region: TFR, mortality, and migration.

The scenario stays as it is; what is not known is added to it: an error of the TFR, of the
mortality index, and of net migration. An error of migration is a rate per resident, laid on the
people projected by a schedule of mobility, so it moves the young and hardly the old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from popsim.assumptions.mortality import survival_at
from popsim.assumptions.year import advance
from popsim.ensembles.factors import ensemble_inputs
from popsim.ensembles.levels import LevelError
from popsim.errors import DataError, Problem, Problems
from popsim.methods.migration import rogers_castro, un_schedule

__all__ = ["DrawErrors", "DrawInputs", "by_region", "draw_inputs", "mobility_profile"]

Array = npt.NDArray[np.float64]
Errors = tuple[LevelError, ...]
# A draw's own numbers do not change when more of it is asked for: columns for each error a period.
_ROOM = 4


@dataclass(frozen=True, kw_only=True)
class DrawErrors:
    """What is not known, each as a sum of independent errors.

    Parameters
    ----------
    tfr
        Of the TFR, on the scale `log`.
    mortality
        Of the mortality index, in years of the schedule.
    migration
        Of net migration of the whole: persons a year per resident, on the scale `level`.
    regional_migration
        Of a region's net migration beside that of the whole: persons a year per resident of the
        region, on the scale `level`; it moves people between regions and adds to nobody.
    """

    tfr: Errors
    mortality: Errors
    migration: Errors
    regional_migration: Errors

    def __post_init__(self) -> None:
        problems = Problems(DataError)
        for name in ("tfr", "mortality", "migration", "regional_migration"):
            scale = "log" if name == "tfr" else "level"
            errors = getattr(self, name)
            if len(errors) > _ROOM:
                problems.add("too many errors", where=name, got=len(errors), expected=f"<= {_ROOM}")
            for error in errors:
                if error.scale != scale:
                    problems.add("wrong scale", where=name, got=error.scale, expected=scale)
        problems.raise_if_any()


class DrawInputs(NamedTuple):
    """Patterns and levels for `project_ensemble`."""

    patterns: xr.Dataset
    levels: xr.Dataset


def by_region(inputs: xr.Dataset, population: xr.DataArray, schedule: xr.DataArray) -> xr.Dataset:
    """A projected scenario with regions as its only states.

    Parameters
    ----------
    inputs
        Of `build_inputs`, one scenario, with ``tfr`` and ``mortality_index``.
    population
        What `project` made of them (region, [area], [status], sex, age, year).
    schedule
        Survival ratios (schedule_year, sex, age) on which mortality moves.

    Returns
    -------
    xr.Dataset
        The same with ``survival_ratio`` (sex, age, period) of the schedule at the index,
        ``population`` (region, sex, age), ``fertility_rate`` (region, age, period) and
        ``net_migration`` (region, sex, age, period): all that these and births do not explain,
        moves between regions among it, and what an area or a lever departs from the schedule.
        Projected under the default conventions it gives the regions' populations again, whatever
        the conventions and moves of the scenario.
    """
    survival = survival_at(schedule, inputs["mortality_index"].reset_coords(drop=True))
    other = [d for d in population.dims if d in ("area", "status")]
    people = population.transpose("region", *other, "sex", "age", "year")
    regions = people.sum(other).reset_coords(drop=True)
    fertility = inputs["fertility_rate"]
    inside = [d for d in other if d in fertility.dims]
    if inside:
        women = people.sel(sex="female", drop=True).sum([d for d in other if d not in inside])
        start = women.isel(year=slice(0, -1)).rename(year="period")
        start = start.assign_coords(period=inputs["period"].to_numpy())
        total = start.sum(inside)
        fertility = (fertility * start).sum(inside) / total.where(total > 0, 1.0)
    wide = regions.isel(year=0, drop=True)
    rate = (fertility * xr.ones_like(wide["region"], dtype=float)).transpose(
        "period", "region", "age"
    )
    stock = regions.transpose("year", "region", "sex", "age").to_numpy()
    alive = (survival * xr.ones_like(wide["region"], dtype=float)).transpose(
        "period", "region", "sex", "age"
    )
    ratio = inputs["sex_ratio_at_birth"] * xr.ones_like(inputs["tfr"])
    without = advance(
        stock[:-1], alive.to_numpy(), rate.to_numpy(), ratio.to_numpy(), np.zeros_like(stock[1:])
    ).people
    labels = {d: regions[d].to_numpy() for d in ("region", "sex", "age")}
    net = xr.DataArray(
        stock[1:] - without,
        {"period": inputs["period"].to_numpy(), **labels},
        ("period", "region", "sex", "age"),
        attrs={"units": "person"},
    )
    return xr.Dataset(
        {
            "population": wide.assign_attrs(units="person"),
            "base_year": inputs["base_year"],
            "survival_ratio": survival,
            "fertility_rate": rate.transpose("region", "age", "period").reset_coords(drop=True),
            "sex_ratio_at_birth": ratio.reset_coords(drop=True),
            "net_migration": net.transpose("region", "sex", "age", "period"),
            "tfr": inputs["tfr"].reset_coords(drop=True),
            "mortality_index": inputs["mortality_index"].reset_coords(drop=True),
        }
    ).drop_vars(["region_name", "region_name_en"], errors="ignore")


def mobility_profile(population: xr.DataArray, schedule: str) -> xr.DataArray:
    """People at the end of every period, weighted by how mobile their age is.

    Parameters
    ----------
    population
        Persons (region, [area], [status], sex, age, year), of a projection.
    schedule
        Name of a UN model schedule of migration by age.

    Returns
    -------
    xr.DataArray
        Persons (.., sex, age, period), in every region and period adding to its residents: times
        a rate per resident it is the net migrants of that rate.

    Examples
    --------
    >>> ages, years = np.arange(101), [2020, 2021]
    >>> people = xr.DataArray(np.full((1, 2, 101, 2), 10.0), dims=("region", "sex", "age", "year"),
    ...     coords={"region": ["x"], "sex": ["female", "male"], "age": ages, "year": years})
    >>> profile = mobility_profile(people, "western_standard")
    >>> float(profile.sum().round(6)), float(profile.sum("sex").sel(age=23).item().__round__(1))
    (2020.0, 80.2)
    """
    people = population.isel(year=slice(1, None)).rename(year="period").reset_coords(drop=True)
    ages = people["age"].to_numpy() + 0.5
    rates = [
        rogers_castro(ages, **un_schedule(schedule, "female" if s == "female" else "male"))
        for s in people["sex"].to_numpy()
    ]
    labels = {"sex": people["sex"], "age": people["age"]}
    weighted = people * xr.DataArray(np.stack(rates), labels, ("sex", "age"))
    inside = [d for d in people.dims if d not in ("region", "period")]
    profile = weighted * (people.sum(inside) / weighted.sum(inside))
    return profile.transpose(*people.dims).assign_attrs(units="person")


def draw_inputs(
    inputs: xr.Dataset,
    population: xr.DataArray,
    schedule: xr.DataArray,
    errors: DrawErrors,
    *,
    draws: int | range,
    seed: int,
    known_until: int,
    mobility: str,
    spread: xr.DataArray,
    fitted_until: Mapping[str, int],
    counted: Mapping[str, Mapping[int, float]],
) -> DrawInputs:
    """Patterns and random levels around one scenario.

    Parameters
    ----------
    inputs
        Of `build_inputs`, one scenario.
    population
        What `project` makes of them (region, [area], [status], sex, age, year).
    schedule
        Survival ratios (schedule_year, sex, age) on which mortality moves.
    errors
        What is not known.
    draws
        So many, or which; any draw is the same alone as among others.
    seed
        Of everything; the same seed gives the same errors under every scenario.
    known_until
        Last period whose levels of the whole are known.
    mobility
        UN model schedule by which an error of migration is laid on ages.
    spread
        How an error of the whole's migration falls on regions (region), adding to 1.
    fitted_until
        Region -> last period to whose counted residents the scenario was fitted: no error of the
        region's migration up to it. A region that is not named has errors from the first period.
    counted
        Region -> later period -> its counted residents over the projected ones, less 1. Every draw
        keeps to them, so the draws may lie beside the projected line: a count says more.

    Returns
    -------
    DrawInputs

    Raises
    ------
    DataError
        Where the inputs have no TFR or mortality index, or several scenarios.

    Notes
    -----
    Draw d has the generator ``SeedSequence(seed, spawn_key=(d,))``. With E(t) a region's error
    summed over periods, the level is the change of ``E`` where E > 0 and of ``(exp(k E) - 1) / k``
    where it is below, k the largest mobility of an age over the mean: who has left cannot leave
    again. What is counted of E is met as in kriging, ``E + C H' (H C H')^-1 (y - H E)``, C the
    covariances of E and H the periods counted; then the regions' levels are centred, so that they
    move nobody into or out of the whole.
    """
    periods = inputs["period"].to_numpy()
    regions = [str(r) for r in population["region"].to_numpy()]
    if [str(r) for r in spread["region"].to_numpy()] != regions:
        raise DataError(Problem("labels other than of the population", "spread (region)"))
    inputs = by_region(inputs, population, schedule)
    population = population.sum([d for d in population.dims if d in ("area", "status")])
    profile = mobility_profile(population, mobility)
    numbers = range(draws) if isinstance(draws, int) else draws
    z = _normals(numbers, seed, periods.size, len(regions))
    later = periods > known_until
    index = inputs["mortality_index"].to_numpy() + _sum(errors.mortality, z[..., _ROOM:], later)
    tfr = inputs["tfr"].to_numpy() * np.exp(_sum(errors.tfr, z, later))
    whole = _sum(errors.migration, z[..., 2 * _ROOM :], later)
    own = [(fitted_until.get(r, int(periods[0]) - 1), counted.get(r, {})) for r in regions]
    rates = _regional(errors.regional_migration, z[..., 3 * _ROOM :], population, profile, own)
    residents = _residents(population)
    rates += whole[:, None] * (spread.to_numpy()[:, None] * residents.sum(0) / residents)
    # a step beyond the ends, so that no rounding leaves the table
    patterns, _ = ensemble_inputs(
        inputs, schedule, lowest=float(index.min()) - 0.5, highest=float(index.max()) + 0.5
    )
    patterns = patterns.rename(migration_profile="net_migration")
    patterns["migration_profile"] = profile
    labels = {"draw": np.array(numbers), "period": periods}
    levels = xr.Dataset(
        {
            "mortality_index": (("draw", "period"), index),
            "tfr": (("draw", "period"), tfr),
            "migration_level": (("draw", "region", "period"), rates),
        },
        {**labels, "region": regions},
    )
    return DrawInputs(patterns, levels)


def _normals(numbers: range, seed: int, periods: int, regions: int) -> Array:
    """Standard normals (draw, 1 + period, column), those of the drift first."""
    z = np.empty((len(numbers), 1 + periods, (3 + regions) * _ROOM))
    for at, draw in enumerate(numbers):
        source = np.random.SeedSequence(seed, spawn_key=(draw,))
        z[at] = np.random.default_rng(source).standard_normal(z.shape[1:])
    return z


def _sum(errors: Errors, z: Array, later: npt.NDArray[np.bool_]) -> Array:
    """Sum of errors (draw, period); none where the level is known."""
    total = np.zeros((z.shape[0], later.size))
    rows = np.concatenate([[True], later])
    for column, error in enumerate(errors):
        total[:, later] += error.path(z[:, rows, column])
    return total


def _residents(population: xr.DataArray) -> Array:
    """Residents (region, period) at the end of each period."""
    other = [d for d in population.dims if d not in ("region", "year")]
    people: Array = population.sum(other).transpose("region", "year").to_numpy()
    return people[:, 1:]


def _regional(
    errors: Errors,
    z: Array,
    population: xr.DataArray,
    profile: xr.DataArray,
    own: list[tuple[int, Mapping[int, float]]],
) -> Array:
    """Rates of the regions beside those of the whole (draw, region, period)."""
    residents = _residents(population)
    periods = population["year"].to_numpy()[1:]
    summed = np.zeros((z.shape[0], *residents.shape))
    for r, (until, counts) in enumerate(own):
        later = periods > until
        error = _sum(errors, z[..., r * _ROOM : (r + 1) * _ROOM], later)[:, later].cumsum(-1)
        at = np.flatnonzero(np.isin(periods[later], [*counts]))
        if at.size:
            covariance = _covariance(errors, int(later.sum()))
            gain = covariance[:, at] @ np.linalg.pinv(covariance[np.ix_(at, at)])
            seen = np.array([counts[int(period)] for period in periods[later][at]])
            error += (seen - error[:, at]) @ gain.T
        summed[:, r, later] = error
    people = population.isel(year=slice(1, None)).transpose(*profile.dims[:-1], "year").to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        most = float(np.nanmax(profile.to_numpy() / people))
    reached = np.where(summed > 0, summed, np.expm1(most * np.minimum(summed, 0)) / most)
    levels: Array = np.diff(reached, axis=-1, prepend=0.0)
    # The centre is taken from regions of which nothing is known yet, where there are any.
    free = np.array([periods > max([until, *counts]) for until, counts in own])
    share = residents * np.where(free.any(0), free, 1.0)
    weights = residents / share.sum(0)
    return np.asarray(levels - (weights * levels).sum(1, keepdims=True) * (share > 0))


def _covariance(errors: Errors, steps: int) -> Array:
    """Covariances of summed errors (period, period): each is linear in its standard normals."""
    total = np.zeros((steps, steps))
    for error in errors:
        response = error.path(np.eye(1 + steps)).cumsum(-1)
        total += response.T @ response
    return total
