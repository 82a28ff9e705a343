"""What was known at the launch of a hindcast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.assumptions.mortality import survival_at, survival_rows
from popsim.calibration import single_ages
from popsim.errors import ConfigError, DataError, Problem, Problems
from popsim.methods.migration import rogers_castro
from popsim.tables import Case, observed

__all__ = ["Known", "Levels", "five_year_groups", "known_at"]

GROUP = 5


class Levels(NamedTuple):
    """Base population and levels fitted to the crude rates of the launch.

    Parameters
    ----------
    population
        Persons by single age (region, sex, age).
    tfr
        Births per woman (region) that yield the crude birth rate.
    mortality_index
        Place on the schedule (region), in schedule years, that yields the crude death rate.
    sex_ratio_at_birth
        Boys per girl, from persons of age 0 carried back to birth.
    """

    population: xr.DataArray
    tfr: xr.DataArray
    mortality_index: xr.DataArray
    sex_ratio_at_birth: float


@dataclass(frozen=True, eq=False)
class Known:
    """What was known at the launch, and nothing later; one object is equal to itself alone.

    Parameters
    ----------
    base, earlier
        Years of the census launched from, and of the one before.
    ahead
        Years to the census judged by.
    people
        Census counts of `base` (region, sex, age groups with age 0 apart).
    total_before
        Persons of `earlier` (region).
    birth_rate, death_rate
        Crude rates of `base` (region), per person and year.
    survival_schedule
        Family of life tables (schedule_year, sex, age): a shape; its level is fitted to
        `death_rate`.
    fertility_pattern
        Shares of the TFR by age (age 0..100); the TFR is fitted to `birth_rate`.
    migration_profile
        Rogers-Castro profile of migration rates (sex, age), of any level.
    mortality_pace
        Schedule years that mortality gains a year.
    engine
        Options of the projection.
    """

    base: int
    earlier: int
    ahead: int
    people: xr.DataArray
    total_before: xr.DataArray
    birth_rate: xr.DataArray
    death_rate: xr.DataArray
    survival_schedule: xr.DataArray
    fertility_pattern: xr.DataArray
    migration_profile: xr.DataArray
    mortality_pace: float
    engine: Mapping[str, Any]

    @property
    def total(self) -> xr.DataArray:
        """Persons of the census launched from (region)."""
        return self.people.sum(["sex", "age"])

    @property
    def yearly_net_migration(self) -> xr.DataArray:
        """Mean yearly net migrants between the two censuses (region): growth less natural increase.

        Natural increase is the crude rates of the later census on the mean of the two totals.
        """
        years = self.base - self.earlier
        mean = (self.total + self.total_before) / 2
        natural = (self.birth_rate - self.death_rate) * mean * years
        return (self.total - self.total_before - natural) / years

    @cached_property
    def levels(self) -> Levels:
        """Base population and levels fitted to the crude rates; worked out once."""
        standard = survival_at(self.survival_schedule, xr.DataArray(float(self.base)))
        people = single_ages(self.people, standard)
        born = self.people.sel(age=0, drop=True).sum("region") / standard.sel(age=0, drop=True)
        boys_per_girl = float(born.sel(sex="male") / born.sel(sex="female"))
        births = self.birth_rate * self.total * (born / born.sum())
        women = people.sel(sex="female", drop=True)
        tfr = self.birth_rate * self.total / (women * self.fertility_pattern).sum("age")
        return Levels(people, tfr, _mortality_index(self, people, births), boys_per_girl)


def five_year_groups(people: xr.DataArray) -> xr.DataArray:
    """Persons in the groups 0-4, 5-9, .., 85+ from any finer groups (.., age)."""
    order = ("region", "sex", "age")
    start = np.minimum(people["age"].to_numpy() // GROUP * GROUP, 85)
    groups, first = np.unique(start, return_index=True)
    values = np.add.reduceat(people.transpose(*order).to_numpy(), first, axis=-1)
    return xr.DataArray(values, {d: people[d] for d in order[:2]} | {"age": groups}, order)


def known_at(
    case: Case,
    *,
    base: int,
    target: int,
    earlier: int,
    schedule: str,
    migration_schedule: str,
    mortality_pace: float = 1.0,
    engine: Mapping[str, Any] | None = None,
) -> Known:
    """Gather what was known at the launch.

    Parameters
    ----------
    case
        Arrays `population` (region, sex, age, year), `population_total` (region, year),
        `survival_schedule`, `fertility_schedule`; frames `observations` with
        ``crude_birth_rate`` and ``crude_death_rate`` by region, and `migration_schedules`.
    base, target, earlier
        Years of the census launched from, of the one judged by, and of the one before.
    schedule, migration_schedule
        Labels of the fertility schedule and of the Rogers-Castro parameters.
    mortality_pace, engine
        As in `Known`.

    Returns
    -------
    Known

    Raises
    ------
    DataError
        Listing what the case does not hold.
    """
    problems = Problems(DataError)
    if not earlier < base < target:
        problems.add(
            "years out of order",
            where="earlier, base, target",
            got=f"{earlier}, {base}, {target}",
            expected="one after the other",
        )
    counted = case["population"]["year"].to_numpy().tolist()
    for year in (base, target):
        if year not in counted:
            problems.add("no census by age and sex", where=f"year={year}", expected=counted)
    totals = case["population_total"]
    if earlier not in totals["year"].to_numpy():
        problems.add("no census totals", where=f"year={earlier}", expected=totals["year"].values)
    problems.raise_if_any()
    people = case["population"].sel(year=base, drop=True).transpose("region", "sex", "age")
    rates = _crude_rates(case, [str(r) for r in people["region"].to_numpy()], base)
    ages = case["survival_schedule"]["age"]
    pattern = xr.DataArray(np.zeros(ages.size), {"age": ages.to_numpy()}, "age")
    shares = case["fertility_schedule"].sel(schedule=schedule, drop=True)
    pattern.loc[{"age": shares["age"]}] = shares.to_numpy()
    return Known(
        base=base,
        earlier=earlier,
        ahead=target - base,
        people=people.astype(float),
        total_before=totals.sel(year=earlier, drop=True).astype(float),
        birth_rate=rates["crude_birth_rate"],
        death_rate=rates["crude_death_rate"],
        survival_schedule=case["survival_schedule"],
        fertility_pattern=pattern / pattern.sum(),
        migration_profile=_profile(case, migration_schedule, ages.to_numpy()),
        mortality_pace=mortality_pace,
        engine=dict(engine or {}),
    )


def _crude_rates(case: Case, regions: list[str], year: int) -> dict[str, xr.DataArray]:
    """Crude birth and death rates of one year (region)."""
    problems = Problems(DataError)
    found: dict[str, xr.DataArray] = {}
    for name in ("crude_birth_rate", "crude_death_rate"):
        values = []
        for region in regions:
            series = observed(case.frames["observations"], name, region=region)
            if year not in series.index:
                problems.add("not published", where=f"{name}, region={region}, year={year}")
                continue
            values.append(float(series[year]))
        if len(values) == len(regions):
            found[name] = xr.DataArray(values, {"region": regions}, "region")
    problems.raise_if_any()
    return found


def _profile(case: Case, name: str, ages: NDArray[np.int64]) -> xr.DataArray:
    """Rogers-Castro rates in the middle of each year of age (sex, age), the sexes as published."""
    table = case.frames["migration_schedules"]
    rows = table[table["schedule"] == name]
    if rows.empty:
        known = sorted(set(table["schedule"]))
        raise ConfigError(Problem("unknown migration schedule", "", name, f"one of {known}"))
    curves = []
    for sex in ("female", "male"):
        own = rows[rows["sex"].isin([sex, "both"])]
        parameters = dict(zip(own["parameter"], own["value"].astype(float), strict=True))
        curves.append(rogers_castro(ages + 0.5, **parameters))
    return xr.DataArray(curves, {"sex": ["female", "male"], "age": ages}, ("sex", "age"))


def _mortality_index(known: Known, people: xr.DataArray, births: xr.DataArray) -> xr.DataArray:
    """Position on the schedule (region) at which a year's deaths are the crude rate's."""
    wanted = (known.death_rate * known.total).to_numpy()
    reached = _older(people).transpose("region", "sex", "age").to_numpy()
    reached[..., 0] = births.transpose("region", "sex").to_numpy()
    schedule = known.survival_schedule.transpose("schedule_year", "sex", "age")
    rows, years = schedule.to_numpy(), schedule["schedule_year"].to_numpy().astype(float)
    low, high = np.full(wanted.shape, known.base - 60.0), np.full(wanted.shape, known.base + 120.0)
    for _ in range(45):  # 180 years halved 45 times: 5e-12 years
        middle = (low + high) / 2
        above = (reached * (1 - survival_rows(rows, years, middle))).sum((1, 2)) > wanted
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return xr.DataArray(middle, {"region": known.total["region"].to_numpy()}, "region")


def _older(people: xr.DataArray) -> xr.DataArray:
    """Persons by the age they reach within a year, before deaths; no one at age 0."""
    values = people.to_numpy()
    older = np.concatenate([np.zeros_like(values[..., :1]), values[..., :-1]], axis=-1)
    older[..., -1] += values[..., -1]
    return people.copy(data=older)
