"""Levels of mortality, fertility, migration and urbanisation that reproduce published years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.optimize import brentq
from scipy.special import logit

from popsim.assumptions.fitted import Fitted
from popsim.assumptions.inputs import step_inputs
from popsim.assumptions.mortality import life_expectancy, survival_at
from popsim.assumptions.moves import area_edges, solve_moves
from popsim.calibration.base import base_population, single_ages, split_by_area
from popsim.calibration.residual import intercensal_migration
from popsim.calibration.tables import fit_table
from popsim.projection import project
from popsim.tables import Case, observed

__all__ = ["Observed", "calibrate"]

PEOPLE = ("region", "area", "status", "sex", "age")


@dataclass(frozen=True)
class Observed:
    """Published figures of the whole by year: persons, or a share for the urban share."""

    population: pd.Series[float]
    births: pd.Series[float]
    deaths: pd.Series[float]
    urban_share: pd.Series[float]

    @classmethod
    def of(cls, case: Case, region: str) -> Observed:
        """Read the series of one region from the case's observations."""
        table = case.frames["observations"]
        return cls(
            observed(table, "resident_population", region=region, area="total"),
            observed(table, "births", region=region),
            observed(table, "deaths", region=region),
            observed(table, "urban_share", region=region),
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
    mortality_pace: float = 1.0,
    engine: Mapping[str, Any] | None = None,
) -> Fitted:
    """Fit base population and levels to the published years.

    Parameters
    ----------
    case
        Tables `population` (two censuses ten years apart), `population_by_area`,
        `survival_schedule`, `fertility_schedule`, and frame `observations`.
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
    mortality_pace
        Schedule years gained a year, for the years whose deaths are not fitted and between the
        censuses.
    engine
        Options of the projection.

    Returns
    -------
    Fitted
    """
    published = Observed.of(case, whole)
    options = dict(engine or {})
    survival_schedule = case["survival_schedule"]
    days_in_year = 366 if base_year % 4 == 0 else 365
    years = [int(y) for y in case["population"]["year"].to_numpy()]
    earlier = max(y for y in years if y < base_year)
    groups = case["population"].sel(year=base_year, drop=True)
    standard = survival_at(survival_schedule, xr.DataArray(float(base_year)))
    people = base_population(
        groups,
        standard,
        days=days_in_year - census_day_of_year,
        total=float(published.population[base_year]),
    )
    fertility = _fertility(case, schedule, groups, people)
    start = Fitted(
        population=people,
        base_year=base_year,
        survival_schedule=survival_schedule,
        sex_ratio_at_birth=_sex_ratio_at_birth(groups, standard),
        tfr=xr.DataArray([], {"period": []}, "period"),
        mortality_index=xr.DataArray([], {"period": []}, "period"),
        net_migration=xr.DataArray(0.0),
        trend_migration=xr.DataArray(0.0),
        **fertility,
    )
    first_index = _fit_index(start, people, first_year, published.deaths[first_year], options)
    between = np.arange(earlier + 1, base_year + 1)
    index = xr.DataArray(
        first_index + mortality_pace * (between - first_year), {"period": between}, "period"
    )
    past = survival_at(survival_schedule, index)
    censuses = [
        single_ages(case["population"].sel(year=y, drop=True), standard)
        for y in (earlier, base_year)
    ]
    trend = _common_shape(intercensal_migration(*censuses, past))
    growth = None
    if area:
        by_area = case["population_by_area"]
        people = split_by_area(people, by_area.sel(year=base_year, drop=True))
        trend = split_by_area(trend, by_area.sel(year=base_year, drop=True))
        growth = _growth_difference(by_area, earlier, base_year)
    return _fit_years(
        replace(start, population=people, trend_migration=trend, urban_growth_difference=growth),
        case,
        published,
        range(first_year, last_year + 1),
        deaths_to=deaths_to,
        pace=mortality_pace,
        whole=whole,
        options=options,
    )


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
    change = logit(share.sel(year=later, drop=True)) - logit(share.sel(year=earlier, drop=True))
    return change / (later - earlier)


def _sex_ratio_at_birth(groups: xr.DataArray, survival: xr.DataArray) -> float:
    """Male per female birth, from persons aged 0 carried back to birth."""
    births = groups.sel(age=0).sum("region") / survival.sel(age=0)
    return float(births.sel(sex="male") / births.sel(sex="female"))


def _fertility(
    case: Case, schedule: str, groups: xr.DataArray, people: xr.DataArray
) -> dict[str, xr.DataArray]:
    """Age pattern over all ages, and the TFR of each region over that of the whole."""
    shares = case["fertility_schedule"].sel(schedule=schedule, drop=True)
    pattern = xr.zeros_like(people.isel(region=0, sex=0, drop=True))
    pattern.loc[{"age": shares["age"]}] = shares.to_numpy()
    women = people.sel(sex="female", drop=True)
    newborn = groups.sel(age=0, drop=True).sum("sex")
    expected = (women * pattern).sum("age")
    factor = (newborn / expected) / (newborn.sum() / expected.sum())
    return {"fertility_pattern": pattern / pattern.sum(), "fertility_factor": factor}


def _step(
    fitted: Fitted, people: xr.DataArray, period: int, options: Mapping[str, Any], **levels: Any
) -> xr.Dataset:
    """Inputs of one period from numbers."""
    at = {"period": [period]}
    net = levels.get("net_migration")
    if net is None:
        net = xr.zeros_like(people)
    return step_inputs(
        fitted,
        people,
        np.array([period]),
        mortality_index=xr.DataArray([float(levels["index"])], at, "period"),
        tfr=xr.DataArray([float(levels.get("tfr", 1.0))], at, "period"),
        net_migration=net.expand_dims(period=[period], axis=-1),
    )


def _flows(inputs: xr.Dataset, options: Mapping[str, Any]) -> tuple[float, float, xr.Dataset]:
    """Births and deaths of one period, and the result."""
    result = project(inputs, **options)
    return float(result["births"].sum()), float(result["deaths"].sum()), result


def _fit_index(
    fitted: Fitted, people: xr.DataArray, period: int, deaths: float, options: Mapping[str, Any]
) -> float:
    """Mortality index at which the deaths of a period come out."""

    def gap(index: float) -> float:
        return _flows(_step(fitted, people, period, options, index=index), options)[1] - deaths

    low, high = float(period) - 60.0, float(period) + 120.0
    root: float = brentq(gap, low, high, xtol=1e-9)
    return root


def _fit_years(
    fitted: Fitted,
    case: Case,
    published: Observed,
    years: range,
    *,
    deaths_to: int,
    pace: float,
    whole: str,
    options: Mapping[str, Any],
) -> Fitted:
    """Fit year after year, each from the population the year before ended with."""
    people = fitted.population
    shape = _migration_shape(fitted.trend_migration)
    found: dict[str, list[Any]] = {"index": [], "tfr": [], "net": [], "shift": []}
    results = []
    for year in years:
        if year <= deaths_to:
            index = _fit_index(fitted, people, year, published.deaths[year], options)
        else:
            index = float(np.mean(found["index"])) + pace * (year - np.mean(years[: len(results)]))
        one, _, _ = _flows(_step(fitted, people, year, options, index=index), options)
        tfr = published.births[year] / one
        _, _, still = _flows(_step(fitted, people, year, options, index=index, tfr=tfr), options)
        missing = published.population[year] - float(still["population"].isel(year=-1).sum())
        net = shape * missing
        inputs = _step(fitted, people, year, options, index=index, tfr=tfr, net_migration=net)
        if fitted.urban_growth_difference is not None:
            inputs = _urbanise(fitted, inputs, float(published.urban_share[year]), options)
        result = project(inputs, **options)
        after = result["population"].isel(year=-1, drop=True)
        if fitted.urban_growth_difference is not None:
            found["shift"].append(_shift(people, after, fitted.urban_growth_difference))
        people = after
        results.append(result)
        for key, value in {"index": index, "tfr": tfr, "net": net}.items():
            found[key].append(value)
    periods = xr.DataArray(np.array(years), dims="period", name="period")
    line = {"period": np.array(years)}
    done = replace(
        fitted,
        tfr=xr.DataArray(found["tfr"], line, "period"),
        mortality_index=xr.DataArray(found["index"], line, "period"),
        net_migration=xr.concat(found["net"], periods).transpose(..., "period"),
        urban_shift=xr.DataArray(found["shift"], line, "period") if found["shift"] else None,
    )
    return replace(done, table=fit_table(done, case, published, results, whole, deaths_to))


def _migration_shape(trend: xr.DataArray) -> xr.DataArray:
    """Shares of the whole's net migration by state, sex and age, adding to 1."""
    return trend / trend.sum()


def _urbanise(
    fitted: Fitted, inputs: xr.Dataset, share: float, options: Mapping[str, Any]
) -> xr.Dataset:
    """Add the moves that bring the whole to a published urban share."""
    assert fitted.urban_growth_difference is not None
    period = inputs["period"].to_numpy()
    growth = fitted.urban_growth_difference.expand_dims(period=period)
    growth = growth.assign_coords(share_of_whole=("period", [share]))
    return solve_moves(inputs, area_edges(inputs["population"]), growth, engine=options)


def _shift(before: xr.DataArray, after: xr.DataArray, difference: xr.DataArray) -> float:
    """Shift of the growth difference, common to all regions, that a period took."""

    def position(people: xr.DataArray) -> xr.DataArray:
        total = people.sum([d for d in people.dims if d in PEOPLE and d not in ("region", "area")])
        return logit(total.sel(area="urban", drop=True) / total.sum("area"))

    return float((position(after) - position(before) - difference).mean())


def describe(fitted: Fitted) -> dict[str, float]:
    """Life expectancy of the fitted years (mean of the sexes) by period."""
    e0 = life_expectancy(survival_at(fitted.survival_schedule, fitted.mortality_index))
    return {str(p): float(e0.sel(period=p).mean()) for p in fitted.periods}
