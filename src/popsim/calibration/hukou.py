"""Registered, floating and absent at the base year, from published stocks and named assumptions.

Residents are registered where they live or *floating* (hukou in another county). People registered
in a region who live elsewhere are *absent*: a third stock, no residents. Counts by region are
published; ages of the floating and of the absent are not. They start from the stock that steady
arrivals of a model age schedule leave behind, and the floating are then raked so that the
registered population by age comes out as published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.assumptions.fitted import Fitted, Hukou
from popsim.assumptions.mortality import survival_at
from popsim.assumptions.solve import Solved
from popsim.assumptions.year import survivors_of
from popsim.calibration.arrivals import Steady, steady_arrivals, steady_stock
from popsim.calibration.internal import internal_moves
from popsim.calibration.registers import age_bands, area_odds_ratio, registered_by_region
from popsim.calibration.split import split_by_odds, split_by_status
from popsim.calibration.words import HukouAssumptions, hukou_notes
from popsim.calibration.years import Published
from popsim.errors import DataError, Problem
from popsim.hukou import check_status
from popsim.tables import Case

__all__ = ["check_split", "check_stocks", "with_statuses"]

Array = NDArray[np.float64]
# Rounds in which the ages of the floating are brought to the published ages of the registered.
ROUNDS = 4


@dataclass(frozen=True)
class _Stocks:
    """Stocks of the base year as published, scaled to its end."""

    residents: xr.DataArray  # (region, area, sex, age)
    outside: xr.DataArray  # (region) hukou in another province
    near: xr.DataArray  # (region) hukou in another county of the province
    absent: xr.DataArray  # (region)
    odds: float
    seed: Array  # (sex, age) shares of the floating, and of the absent, by the prior
    earlier: Array  # (band, age) the published bands, as they stood at the base year

    @property
    def floating(self) -> xr.DataArray:
        """Residents whose hukou is elsewhere (region)."""
        return self.outside + self.near


def with_statuses(
    fitted: Fitted,
    case: Case,
    published: Published,
    trend: xr.DataArray,
    given: HukouAssumptions,
    *,
    fit: Callable[..., tuple[Fitted, list[Solved]]],
    whole: str,
) -> Fitted:
    """Add registered, floating and absent to the base of a calibration.

    Parameters
    ----------
    fitted
        With the base population (region, [area], sex, age).
    case
        Tables `hukou_elsewhere` and `registered_2010`, and observations.
    published
        Figures of the whole.
    trend
        Net migration between the censuses (region, sex, age), persons a year.
    given
        What is assumed.
    fit
        `fit_years` with all but the fitted object and the years.
    whole
        Code of the whole.

    Returns
    -------
    Fitted
        With the dim `status` in its population, and `hukou`.

    Raises
    ------
    DataError
        Where stocks contradict each other: more floating than residents, or more registered
        residents than registered people.
    """
    given.check()
    base, people = fitted.base_year, fitted.population
    bands, wanted = age_bands(case, whole, given.ages_year, people.sizes["age"])
    shift = given.ages_year - base
    rate = 1.0 / given.mean_stay_years
    survival = survival_at(fitted.survival_schedule, xr.DataArray(float(base)))
    plain = survival.transpose("sex", "age").to_numpy()
    steady = _steady(fitted, published, given, plain)
    earlier = _younger(bands, shift)
    stocks = _published_stocks(fitted, case, given, steady.stock, earlier, whole=whole)
    ages = {"sex": people["sex"].to_numpy(), "age": people["age"].to_numpy()}
    hukou = _known_so_far(fitted, given, stocks, steady.arrivals)
    moving = xr.DataArray(steady.rates, ages, ("sex", "age"))

    def at(margins: Array) -> Fitted:
        split, away = _split(stocks, margins)
        moves = internal_moves(
            case, split, near=stocks.near, absent=stocks.absent, moving=moving, rate=rate,
            inside_share=given.inside_share, distance_power=given.distance_power,
        )  # fmt: skip
        return replace(
            fitted,
            population=split,
            trend_arrivals=steady_arrivals(trend, split, rate),
            hukou=replace(hukou, absent=away, **moves),
        )

    margins = _first_margins(people, plain, bands, wanted, published.registered[base], shift)
    span = range(base + 1, given.ages_year + 1)
    for _ in range(ROUNDS):
        start = at(margins)
        _, years = fit(start, years=span)
        got = _registered_by_age(years[-1]) @ bands.T
        margins = margins + wanted * (got.sum() / wanted.sum()) - got
    start = at(margins)
    check_split(start.population, people)
    notes = hukou_notes(given, stocks.odds, distances="distance_km" in case)
    return replace(start, notes={**fitted.notes, **notes})


def _known_so_far(
    fitted: Fitted, given: HukouAssumptions, stocks: _Stocks, arrivals: Array
) -> Hukou:
    """What is assumed and published; absent, moves and level are placeholders until fitted."""
    people = fitted.population
    sex, age = people["sex"].to_numpy(), people["age"].to_numpy()
    profile = _steps(given.registration_by_age, age.size)
    return Hukou(
        absent=people,
        leavers=xr.DataArray(arrivals, {"sex": sex, "age": age}, ("sex", "age")),
        return_rate=1.0 / given.mean_stay_years,
        registration_profile=xr.DataArray(profile, {"age": age}, "age"),
        registration=fitted.tfr,
        mixed_couples=given.mixed_couples if given.newborn_rule != "mother" else 0.0,
        outside_share=stocks.outside / stocks.floating,
        leaving=people,
        returning=people,
        flows=xr.Dataset(),
    )


def _steady(
    fitted: Fitted, published: Published, given: HukouAssumptions, survival: Array
) -> Steady:
    """Who arrives by age, and the stock that steady arrivals leave."""
    pattern = fitted.fertility_pattern.to_numpy()
    women = by_sex_age(fitted.population)[0]
    tfr = published.births[fitted.base_year + 1] / float((women * pattern).sum())
    return steady_stock(
        given.schedule, survival, 1.0 / given.mean_stay_years, fertility=tfr * pattern,
        sex_ratio=fitted.sex_ratio_at_birth,
    )  # fmt: skip


def _published_stocks(
    fitted: Fitted,
    case: Case,
    given: HukouAssumptions,
    seed: Array,
    earlier: Array,
    *,
    whole: str,
) -> _Stocks:
    """Floating and absent by region as published, at the end of the base year."""
    base, people = fitted.base_year, fitted.population
    by_region = people.sum([d for d in people.dims if d != "region"])
    census = case["population"].sel(year=base, drop=True).sum(["sex", "age"])
    elsewhere = case["hukou_elsewhere"].sel(year=base, drop=True) * (by_region / census)
    outside = elsewhere.sel(hukou_place="other_province", drop=True)
    near = elsewhere.sel(hukou_place="other_county", drop=True)
    floating = outside + near
    registered = registered_by_region(case, base, whole, by_region - floating)
    absent = registered - (by_region - floating)
    check_stocks(by_region, floating, absent)
    share = float((floating / by_region).sel(region=given.odds_region))
    odds = area_odds_ratio(case, given.odds_region, given.odds_year, share)
    return _Stocks(people, outside, near, absent, odds, seed, earlier)


def check_split(split: xr.DataArray, people: xr.DataArray) -> None:
    """Refuse statuses that do not add up to the residents, by age and by area of each region."""
    inside = [d for d in ("area",) if d in people.dims]
    check_status(split.sum(inside), people.sum(inside))
    if inside:
        check_status(split.sum(["sex", "age"]), people.sum(["sex", "age"]))


def check_stocks(residents: xr.DataArray, floating: xr.DataArray, absent: xr.DataArray) -> None:
    """Refuse stocks that contradict each other."""
    faults = []
    for region in residents["region"].to_numpy():
        here = {"region": region}
        if float(floating.sel(here)) > float(residents.sel(here)):
            faults.append(
                Problem(
                    "more floating people than residents",
                    f"hukou_elsewhere, region {region}",
                    f"{float(floating.sel(here)):.0f}",
                    f"at most {float(residents.sel(here)):.0f}",
                )
            )
        if float(absent.sel(here)) < 0:
            faults.append(
                Problem(
                    "fewer registered people than registered residents",
                    f"registered population, region {region}",
                    f"{-float(absent.sel(here)):.0f} too few",
                    "registered = registered residents + registered absent",
                    "check the registered population and the people whose hukou is elsewhere",
                )
            )
    if faults:
        raise DataError(faults)


def _steps(values: Mapping[int, float], ages: int) -> Array:
    """A value for every age from values by first age."""
    line = np.zeros(ages)
    for first in sorted(values):
        line[first:] = values[first]
    return line


def _registered_by_age(year: Solved) -> Array:
    """Registered population by single age at the end of a year."""
    residents = year.people[:, :, :, 0].sum((0, 1, 2, 3))
    return np.asarray(residents + year.absent.sum((0, 1, 2, 3)))


def _first_margins(
    people: xr.DataArray, survival: Array, bands: Array, wanted: Array, total: float, years: int
) -> Array:
    """Registered people of the base by the bands they are in when ages are published (band)."""
    alive = by_sex_age(people)
    start = alive.sum(0) @ _younger(bands, years).T
    for _ in range(years):
        alive = survivors_of(alive, survival)
    first = wanted * start / (alive.sum(0) @ bands.T)
    # The youngest band also holds those born since: it takes what the total leaves.
    first[0] = total - first[1:].sum()
    return np.asarray(first)


def by_sex_age(people: xr.DataArray) -> Array:
    """Persons of all regions and areas (sex, age)."""
    whole = people.sum([d for d in people.dims if d not in ("sex", "age")])
    return np.asarray(whole.transpose("sex", "age").to_numpy())


def _younger(bands: Array, years: int) -> Array:
    """The bands some years earlier: those not yet born leave the youngest."""
    earlier = np.zeros_like(bands)
    earlier[:, : bands.shape[1] - years] = bands[:, years:]
    earlier[-1, bands.shape[1] - years :] = 1.0
    return earlier


def _split(stocks: _Stocks, margins: Array) -> tuple[xr.DataArray, xr.DataArray]:
    """Residents by status, and the absent, by region, area, sex and age."""
    people = stocks.residents
    order = ("region", "sex", "age")
    total = people.sum("area").transpose(*order) if "area" in people.dims else people
    values = total.transpose(*order).to_numpy()
    away = stocks.absent.to_numpy()[:, None, None] * stocks.seed
    registered = margins - away.sum((0, 1)) @ stocks.earlier.T
    status = split_by_status(
        values, stocks.floating.to_numpy(), stocks.seed, registered, stocks.earlier
    )
    coords = {d: total[d].to_numpy() for d in order}
    states = {"status": ["registered", "floating"]}
    by_status = xr.DataArray(status, {**states, **coords}, ("status", *order))
    absent = xr.DataArray(away, coords, order)
    if "area" not in people.dims:
        return by_status.transpose("region", "status", "sex", "age"), absent
    by_area = people.sum(["sex", "age"]).transpose("region", "area").to_numpy()
    shares = split_by_odds(by_area, status.sum((2, 3)).T, stocks.odds)
    share = xr.DataArray(
        shares,
        {"region": coords["region"], "area": people["area"].to_numpy(), **states},
        ("region", "area", "status"),
    )
    full = (by_status * share).transpose("region", "area", "status", "sex", "age")
    placed = absent * share.sel(status="registered", drop=True)
    return full.assign_attrs(units="person"), placed.transpose("region", "area", "sex", "age")
