"""A case projected from an older census with what was known then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.assumptions import survival_at
from popsim.backtest.baselines import exponential_trend, linear_trend
from popsim.backtest.known import Known, five_year_groups, known_at
from popsim.errors import ConfigError, Problem
from popsim.methods.migration import migration_by_age
from popsim.projection import project
from popsim.tables import Case

__all__ = ["HINDCAST_METHODS", "NotPossible", "backtest"]


class NotPossible(Exception):
    """A method needs what was not known at the launch: the message says what."""


def _cohort_inputs(known: Known, migrants: xr.DataArray) -> xr.Dataset:
    """Inputs of the projection: levels fitted to the crude rates, yearly net migrants held."""
    people, tfr, index = known.levels.population, known.levels.tfr, known.levels.mortality_index
    periods = np.arange(known.base + 1, known.base + known.ahead + 1)
    since = xr.DataArray((periods - known.base).astype(float), {"period": periods}, "period")
    whole = people.sum("region").to_numpy()
    net = migration_by_age(
        migrants.transpose("region").to_numpy(),
        np.broadcast_to(known.migration_profile.to_numpy(), people.shape),
        weights=np.broadcast_to(whole, people.shape),
    )
    return xr.Dataset(
        {
            "population": people,
            "base_year": known.base,
            "survival_ratio": survival_at(
                known.survival_schedule, index + known.mortality_pace * since
            ),
            "fertility_rate": (tfr * known.fertility_pattern).assign_attrs(
                units="births person-1 year-1"
            ),
            "sex_ratio_at_birth": known.levels.sex_ratio_at_birth,
            "net_migration": people.copy(data=net).expand_dims(period=periods, axis=-1),
            "tfr": tfr.assign_attrs(units="births per woman"),
            "mortality_index": index.assign_attrs(units="schedule year"),
        }
    )


def _cohort(known: Known, migrants: xr.DataArray) -> xr.DataArray:
    inputs = _cohort_inputs(known, migrants).drop_vars(["tfr", "mortality_index"])
    result = project(inputs, **known.engine)
    return five_year_groups(result["population"].isel(year=-1, drop=True))


@lru_cache(maxsize=1)
def cohort_component(known: Known) -> xr.DataArray:
    """Cohort-component: the net migration between the earlier censuses continues."""
    return _cohort(known, known.yearly_net_migration)


def cohort_no_migration(known: Known) -> xr.DataArray:
    """Cohort-component without migration: what births and deaths alone would have done."""
    return _cohort(known, xr.zeros_like(known.yearly_net_migration))


def _in_structure(total: xr.DataArray | NDArray[np.float64], known: Known) -> xr.DataArray:
    """Totals in the age and sex structure of the launch."""
    people = five_year_groups(known.people)
    return people / people.sum(["sex", "age"]) * total


def no_change(known: Known) -> xr.DataArray:
    """The census of the launch, held."""
    return five_year_groups(known.people)


def _trend(known: Known, rule: Callable[..., NDArray[np.float64]]) -> xr.DataArray:
    gap = known.base - known.earlier
    ahead = rule(
        known.total_before.sel(region=known.total["region"]).to_numpy(),
        known.total.to_numpy(),
        between=gap,
        ahead=known.ahead,
    )
    return known.total.copy(data=ahead)


def linear(known: Known) -> xr.DataArray:
    """Linear trend of each region's total, in the structure of the launch."""
    return _in_structure(_trend(known, linear_trend), known)


def exponential(known: Known) -> xr.DataArray:
    """Exponential trend of each region's total, in the structure of the launch."""
    return _in_structure(_trend(known, exponential_trend), known)


def mean_linear_cohort(known: Known) -> xr.DataArray:
    """Mean of the linear and the cohort-component totals, in the cohort-component structure."""
    cohort = cohort_component(known)
    total = cohort.sum(["sex", "age"])
    return cohort * (total + _trend(known, linear_trend)) / (2 * total)


def hamilton_perry(known: Known) -> xr.DataArray:
    """Cohort change ratios: need the census before by age and sex, which no table here holds."""
    raise NotPossible(f"population of {known.earlier} by age and sex")


HINDCAST_METHODS: dict[str, Callable[[Known], xr.DataArray]] = {
    "cohort_component": cohort_component,
    "cohort_no_migration": cohort_no_migration,
    "mean_linear_cohort": mean_linear_cohort,
    "linear": linear,
    "exponential": exponential,
    "no_change": no_change,
    "hamilton_perry": hamilton_perry,
}


def backtest(
    case: Case,
    *,
    base: int = 2010,
    target: int = 2020,
    earlier: int = 2000,
    methods: Sequence[str] | None = None,
    schedule: str,
    migration_schedule: str,
    mortality_pace: float = 1.0,
    engine: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Project a case from an older census with what was known then, by every method.

    Parameters
    ----------
    case, base, target, earlier, schedule, migration_schedule, mortality_pace, engine
        As in `known_at`.
    methods
        Names of `HINDCAST_METHODS`; all by default.

    Returns
    -------
    xr.Dataset
        ``population`` (forecast, region, sex, age) and ``observed`` (region, sex, age) in persons,
        five-year groups to 85+; attr ``not_possible`` says what the methods left out would need.

    Raises
    ------
    ConfigError
        Unknown methods.
    DataError
        What the case does not hold.

    Notes
    -----
    Cohort-component: single ages graduated from the census of the launch; mortality at the place
    of the schedule that yields each region's crude death rate, gaining `mortality_pace` schedule
    years a year; fertility at the TFR that yields its crude birth rate, held; yearly net migrants
    at the mean between the two earlier censuses (`Known.yearly_net_migration`), held, spread by a
    Rogers-Castro profile, which is one of rates, times the people of all regions by sex and age.
    The *shapes* of the schedules of mortality and fertility were published later than the launch;
    every level is of the launch.
    """
    names = list(HINDCAST_METHODS) if methods is None else list(methods)
    unknown = [n for n in names if n not in HINDCAST_METHODS]
    if unknown:
        raise ConfigError(
            Problem("unknown method", "methods", ", ".join(unknown), f"of {[*HINDCAST_METHODS]}")
        )
    known = known_at(
        case,
        base=base,
        target=target,
        earlier=earlier,
        schedule=schedule,
        migration_schedule=migration_schedule,
        mortality_pace=mortality_pace,
        engine=engine,
    )
    made, left_out = {}, {}
    for name in names:
        try:
            made[name] = HINDCAST_METHODS[name](known)
        except NotPossible as missing:
            left_out[name] = str(missing)
    if not made:
        raise ConfigError(Problem("no method is possible", "methods", str(left_out)))
    dim = xr.DataArray(list(made), dims="forecast", name="forecast")
    truth = five_year_groups(case["population"].sel(year=target, drop=True).astype(float))
    return xr.Dataset(
        {
            "population": xr.concat(list(made.values()), dim, join="exact"),
            "observed": truth,
        },
        attrs={"base": base, "target": target, "earlier": earlier, "not_possible": left_out},
    )
