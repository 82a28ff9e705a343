"""Levers: what a policy, or an event, changes in the drivers of a scenario.

A lever is a function `(drivers, fitted, *, parameters) -> drivers`, one line in `LEVERS`. It acts
before anything is solved for, so that moves and migrants follow from what it changed. Its figures
are the user's: how many are renters, or how much a rule raises the chance to register, has not
been published, and no lever supplies a number of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import xarray as xr

from popsim.assumptions.fitted import Fitted
from popsim.errors import ConfigError, Problem
from popsim.scenarios.acting import changed, hukou_of, when, where
from popsim.scenarios.registering import (
    citizenisation,
    coverage,
    recognised_years,
    renters,
    usual_residence,
)

__all__ = ["LEVERS"]

SHOCKS = ("fertility_rate", "death_hazard", "arrivals", "departure_probability",
          "registration_hazard")  # fmt: skip


def shock(
    drivers: xr.Dataset,
    fitted: Fitted,
    *,
    variable: str,
    year: int,
    factor: float,
    last_year: int | None = None,
    regions: Sequence[str] = (),
) -> xr.Dataset:
    """Multiply a driver in one or some years, in all or some regions.

    Parameters
    ----------
    variable
        ``fertility_rate``, ``death_hazard`` (survival S becomes S**factor), ``arrivals``,
        ``departure_probability`` or ``registration_hazard``.
    year, last_year
        First and last year it acts; one year by default.
    factor
        The multiple.
    regions
        Region codes; all by default.
    """
    name = "survival_ratio" if variable == "death_hazard" else variable
    if variable not in SHOCKS or name not in drivers:
        known = [v for v in SHOCKS if v in drivers or v == "death_hazard"]
        raise ConfigError(Problem("unknown driver", "lever shock", variable, f"one of {known}"))
    mask = when(drivers, year, last_year or year)
    if regions:
        mask = mask & where(fitted, regions)
    elif variable == "fertility_rate":
        drivers = changed(drivers, "tfr", mask, lambda v: v * factor)
    if variable == "death_hazard":
        return changed(drivers, name, mask, lambda v: v**factor)
    return changed(drivers, name, mask, lambda v: v * factor)


def migration_level(
    drivers: xr.Dataset,
    fitted: Fitted,
    *,
    factor: float,
    year: int,
    last_year: int | None = None,
    origin: Literal["all", "other_province", "other_county"] = "all",
    regions: Sequence[str] = (),
) -> xr.Dataset:
    """Multiply arrivals from an origin group into some regions.

    Parameters
    ----------
    factor
        The multiple.
    year, last_year
        First and last year it acts; to the end by default.
    origin
        Whom: all, those from other provinces, or from other counties of the province. Arrivals are
        taken to come as the floating of the base year did.
    regions
        Destinations; all by default.
    """
    part: xr.DataArray | float = 1.0
    if origin != "all":
        outside = hukou_of(fitted, "migration_level by origin").outside_share
        part = outside if origin == "other_province" else 1.0 - outside
    mask = when(drivers, year, last_year) & where(fitted, regions)
    return changed(drivers, "arrivals", mask, lambda v: v * (1.0 + (factor - 1.0) * part))


def internal_migration(
    drivers: xr.Dataset,
    fitted: Fitted,
    *,
    factor: float,
    year: int,
    last_year: int | None = None,
    home: Sequence[str] = (),
    away: Sequence[str] = (),
) -> xr.Dataset:
    """Multiply the moves between regions of the registered of `home` who go to `away`.

    Parameters
    ----------
    factor
        The multiple.
    year, last_year
        First and last year it acts; to the end by default.
    home, away
        Regions left and reached; all by default.
    """
    hukou_of(fitted, "internal_migration")
    mask = (
        when(drivers, year, last_year)
        & where(fitted, home).rename(region="home")
        & where(fitted, away).rename(region="away")
    )
    return changed(drivers, "leaving_probability", mask, lambda v: v * factor)


def reclassification(
    drivers: xr.Dataset,
    fitted: Fitted,
    *,
    year: int,
    share: float,
    last_year: int | None = None,
    regions: Sequence[str] = (),
) -> xr.Dataset:
    """Reclassify whole localities from rural to urban (镇改街道、村改居), besides all other moves.

    Parameters
    ----------
    year, last_year
        First and last year it acts; one year by default.
    share
        Share of the rural people whose places become urban in each of these years.
    regions
        Region codes; all by default.
    """
    if "reclassified" not in drivers:
        raise ConfigError(
            Problem(
                "lever reclassification needs urban and rural states",
                "states.area",
                "false",
                "true",
                "set states.area: true",
            )
        )
    if not 0 <= share <= 1:
        raise ConfigError(
            Problem(
                "a reclassification larger than the rural population",
                "lever reclassification, share",
                f"{share:g}",
                "0 to 1",
                "give the share of the rural people whose places become urban",
            )
        )
    mask = when(drivers, year, last_year or year) & where(fitted, regions)
    return changed(drivers, "reclassified", mask, lambda v: 1.0 - (1.0 - v) * (1.0 - share))


def annexation(
    drivers: xr.Dataset,
    fitted: Fitted,
    *,
    year: int,
    regions: Sequence[str],
    group: str = "city_proper",
    of: str = "today",
    reclassified: float = 0.0,
) -> xr.Dataset:
    """Counties become districts (撤县(市)设区): they join a group of regions in a year.

    Parameters
    ----------
    year
        Year from which they belong to the group.
    regions
        The counties.
    group
        The group they join.
    of
        Boundary they are added to; the scenario's own boundary is named after the scenario
        (`popsim.scenarios.with_annexations`).
    reclassified
        Share of their rural people whose places become urban in that year.
    """
    mask = where(fitted, regions)
    if not bool(mask.any()) or not regions:
        raise ConfigError(Problem("an annexation names no region", "lever annexation, regions"))
    if not reclassified:
        when(drivers, year)
        return drivers
    return reclassification(drivers, fitted, year=year, share=reclassified, regions=regions)


LEVERS: dict[str, Callable[..., xr.Dataset]] = {
    "shock": shock,
    "migration_level": migration_level,
    "internal_migration": internal_migration,
    "citizenisation": citizenisation,
    "usual_residence": usual_residence,
    "renters": renters,
    "recognised_years": recognised_years,
    "coverage": coverage,
    "reclassification": reclassification,
    "annexation": annexation,
}
