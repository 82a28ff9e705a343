"""Levels of mortality, fertility, migration and urbanisation that reproduce published years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted
from popsim.assumptions.mortality import survival_at
from popsim.assumptions.reclassification import reclassification_events
from popsim.assumptions.solve import Solved
from popsim.calibration.areas import check_ratios, with_areas
from popsim.calibration.base import base_population, single_ages, split_by_area
from popsim.calibration.hukou import with_statuses
from popsim.calibration.residual import intercensal_migration
from popsim.calibration.tables import fit_table
from popsim.calibration.words import HukouAssumptions, base_notes
from popsim.calibration.years import Published, fit_index, fit_years
from popsim.errors import ConfigError, Problem
from popsim.methods.logistic import logit
from popsim.tables import Case, observed

__all__ = ["calibrate", "published_figures"]


def published_figures(case: Case, region: str, county_grade: str = "") -> Published:
    """Read the published series of one region, and of its parts, from the case's observations.

    Parameters
    ----------
    case
        With the frame `observations` and the array `population` for the codes of the parts.
    region
        Code of the whole.
    county_grade
        Worst grade of the sources of the parts' year-end residents to be fitted; none if empty.
    """
    table = case.frames["observations"]
    parts: dict[int, dict[str, float]] = {}
    for code in case["population"]["region"].to_numpy() if county_grade else ():
        known = (table["indicator"] == "resident_population") & (table["region"] == str(code))
        if not (known & (table["source_grade"] <= county_grade)).any():
            continue
        values = observed(table, "resident_population", region=str(code), worst_grade=county_grade)
        for year, value in values.items():
            parts.setdefault(int(str(year)), {})[str(code)] = float(value)

    def series(indicator: str) -> dict[int, float]:
        return {int(y): float(v) for y, v in observed(table, indicator, region=region).items()}

    return Published(
        series("resident_population"),
        series("births"),
        series("deaths"),
        series("urban_share"),
        series("registered_population"),
        parts,
    )


def calibrate(
    case: Case,
    *,
    base_year: int,
    whole: str,
    first_year: int,
    last_year: int,
    deaths_to: int,
    census_day_of_year: float,
    schedule: str,
    area: bool = True,
    status: bool = False,
    mortality_pace: float = 1.0,
    county_grade: str = "",
    rural_fertility_ratio: float | None = None,
    rural_mortality_ratio: float | None = None,
    hukou: HukouAssumptions | None = None,
    engine: Mapping[str, Any] | None = None,
) -> Fitted:
    """Fit base population and levels to the published years.

    Parameters
    ----------
    case
        Tables `population` (two censuses ten years apart), `population_by_area`,
        `survival_schedule`, `fertility_schedule`, and frame `observations`; events of
        reclassification in the frame `reclassification`, where it has one.
    base_year
        Year of the later census; the base population stands at its end.
    whole
        Region code of the whole in the observations.
    first_year, last_year
        Years fitted.
    deaths_to
        Last year whose deaths are fitted; the later years continue the mean level.
    census_day_of_year
        Day of the year of the census (1 November is day 306 of 366 in 2020).
    schedule
        Label of the fertility schedule.
    area
        Urban and rural states.
    status
        Registered and floating states.
    mortality_pace
        Schedule years gained a year, for the years whose deaths are not fitted and between the
        censuses.
    county_grade
        Fit the year-end residents of counties, too, where a source of this grade or better
        published them (A official .. E weak); the others keep their pace under the whole's total.
        Empty: the split of 2010-2020 serves all years, and published counties are a check.
    rural_fertility_ratio, rural_mortality_ratio
        Rural over urban fertility, and rural over urban hazard of death, at every age; the user's
        own, since neither is published for a city. The levels are fitted with them, so that
        published births and deaths come out as before. Absent: equal rates, as the notes say.
    hukou
        Assumptions on the floating and the absent; needed with `status`.
    engine
        Options of the projection.

    Returns
    -------
    Fitted
    """
    ratios = {
        "rural_fertility_ratio": rural_fertility_ratio,
        "rural_mortality_ratio": rural_mortality_ratio,
    }
    check_ratios(ratios, area=area)
    published = published_figures(case, whole, county_grade)
    start, trend = _from_censuses(
        case, published, base_year=base_year, first_year=first_year, schedule=schedule,
        census_day=census_day_of_year, pace=mortality_pace,
    )  # fmt: skip
    start = replace(start, notes=base_notes(ratios, county_grade=county_grade, area=area))
    if area:
        start = _with_towns(start, case)

    def fit(base: Fitted, *, years: range) -> tuple[Fitted, list[Solved]]:
        return fit_years(
            with_areas(base, rural_fertility_ratio, rural_mortality_ratio), published, years,
            deaths_to=deaths_to, pace=mortality_pace, engine=engine,
        )  # fmt: skip

    span = range(first_year, last_year + 1)
    if status:
        start = with_statuses(start, case, published, trend, _given(hukou), fit=fit, whole=whole)
    done, results = fit(start, years=span)
    return replace(done, table=fit_table(done, case, published, results, whole, deaths_to))


def _from_censuses(
    case: Case,
    published: Published,
    *,
    base_year: int,
    first_year: int,
    schedule: str,
    census_day: float,
    pace: float,
) -> tuple[Fitted, xr.DataArray]:
    """Base population and patterns without fitted levels, and the residual between the censuses.

    The parameters are those of `calibrate`; the residual is persons a year (region, sex, age).
    """
    survival_schedule = case["survival_schedule"]
    days_in_year = 366 if base_year % 4 == 0 else 365
    earlier = _earlier(case, base_year)
    groups = case["population"].sel(year=base_year, drop=True)
    standard = survival_at(survival_schedule, xr.DataArray(float(base_year)))
    people = base_population(
        groups, standard, days=days_in_year - census_day, total=published.population[base_year]
    )
    sex_ratio = _sex_ratio_at_birth(groups, standard)
    first_index = fit_index(
        survival_schedule, people, births=published.births[first_year], sex_ratio=sex_ratio,
        deaths=published.deaths[first_year],
    )  # fmt: skip
    between = np.arange(earlier + 1, base_year + 1)
    index = xr.DataArray(first_index + pace * (between - first_year), {"period": between}, "period")
    censuses = [
        single_ages(case["population"].sel(year=y, drop=True), standard)
        for y in (earlier, base_year)
    ]
    past = survival_at(survival_schedule, index)
    trend = intercensal_migration(censuses[0], censuses[1], past)
    pattern, factor = _fertility(case, schedule, groups, people)
    empty = xr.DataArray([], {"period": []}, "period")
    start = Fitted(
        population=people,
        base_year=base_year,
        survival_schedule=survival_schedule,
        sex_ratio_at_birth=sex_ratio,
        tfr=empty,
        mortality_index=empty,
        arrivals=empty,
        net_migration=empty,
        trend_arrivals=_common_shape(trend),
        fertility_pattern=pattern,
        fertility_factor=factor,
    )
    return start, trend


def _earlier(case: Case, base_year: int) -> int:
    """Year of the census before that of the base year."""
    return max(int(y) for y in case["population"]["year"].to_numpy() if y < base_year)


def _with_towns(start: Fitted, case: Case) -> Fitted:
    """A base population split into urban and rural, with the growth difference and the events."""
    by_area = case["population_by_area"]
    regions = [str(r) for r in start.population["region"].to_numpy()]
    events = None
    if "reclassification" in case.frames:
        events = reclassification_events(case.frames["reclassification"], regions)
    return replace(
        start,
        population=split_by_area(start.population, by_area.sel(year=start.base_year, drop=True)),
        urban_growth_difference=_growth_difference(
            by_area, _earlier(case, start.base_year), start.base_year
        ),
        events=events,
    )


def _given(hukou: HukouAssumptions | None) -> HukouAssumptions:
    if hukou is None:
        raise ConfigError(
            Problem(
                "statuses need assumptions on the floating and the absent",
                "calibration.hukou",
                "nothing",
                "a block with the fields of HukouAssumptions",
                "give calibration.hukou, or set states.status: false",
            )
        )
    return hukou


def _common_shape(trend: xr.DataArray) -> xr.DataArray:
    """Regional totals in the age and sex shape of the whole.

    Single ages of one small county are noise by the time they are laid on fifteen more years; a
    cell that loses a fixed number each year would run empty.
    """
    shape = trend.sum("region") / trend.sum()
    return trend.sum(["sex", "age"]) * shape


def _growth_difference(by_area: xr.DataArray, earlier: int, later: int) -> xr.DataArray:
    """Yearly growth of the logit of the urban share between two censuses (region)."""
    share = by_area.sel(area="urban", drop=True) / by_area.sum("area")
    position: xr.DataArray = xr.apply_ufunc(logit, share)
    change = position.sel(year=later, drop=True) - position.sel(year=earlier, drop=True)
    return change / (later - earlier)


def _sex_ratio_at_birth(groups: xr.DataArray, survival: xr.DataArray) -> float:
    """Male per female birth, from persons aged 0 carried back to birth."""
    births = groups.sel(age=0).sum("region") / survival.sel(age=0)
    return float(births.sel(sex="male") / births.sel(sex="female"))


def _fertility(
    case: Case, schedule: str, groups: xr.DataArray, people: xr.DataArray
) -> tuple[xr.DataArray, xr.DataArray]:
    """Age pattern over all ages, and the TFR of each region over that of the whole."""
    shares = case["fertility_schedule"].sel(schedule=schedule, drop=True)
    pattern = xr.zeros_like(people.isel(region=0, sex=0, drop=True))
    pattern.loc[{"age": shares["age"]}] = shares.to_numpy()
    women = people.sel(sex="female", drop=True)
    newborn = groups.sel(age=0, drop=True).sum("sex")
    expected = (women * pattern).sum("age")
    factor = (newborn / expected) / (newborn.sum() / expected.sum())
    return pattern / pattern.sum(), factor
