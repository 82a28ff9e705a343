"""Fertility and mortality of villages against towns, at levels that are those of all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted
from popsim.assumptions.mortality import survival_at
from popsim.errors import ConfigError, Problem

__all__ = ["area_fertility", "area_hazard", "check_ratios", "with_areas"]


def check_ratios(given: dict[str, float | None], *, area: bool) -> None:
    """Refuse ratios of rural to urban rates that cannot be meant."""
    faults = []
    for name, ratio in given.items():
        where = f"calibration.{name}"
        if ratio is None:
            continue
        if not (np.isfinite(ratio) and ratio > 0):
            faults.append(Problem("not a ratio of rates", where, f"{ratio:g}", "more than 0"))
        elif not area and ratio != 1:
            faults.append(
                Problem(
                    "rates differ between areas that are not told apart",
                    where,
                    f"{ratio:g}",
                    "1, or states.area: true",
                    "set states.area: true, or leave the ratio out",
                )
            )
    if faults:
        raise ConfigError(faults)


def with_areas(fitted: Fitted, fertility: float | None, mortality: float | None) -> Fitted:
    """Give a base population the factors of its towns and villages.

    Parameters
    ----------
    fitted
        With the base population.
    fertility, mortality
        Rural over urban fertility, and rural over urban hazard of death.
    """
    people = fitted.population
    standard = survival_at(fitted.survival_schedule, xr.DataArray(float(fitted.base_year)))
    return replace(
        fitted,
        area_fertility=area_fertility(people, fitted.fertility_pattern, fertility),
        area_hazard=area_hazard(people, standard, mortality),
    )


def area_fertility(
    people: xr.DataArray, pattern: xr.DataArray, ratio: float | None
) -> xr.DataArray | None:
    """Fertility of towns and villages over that of their region.

    Parameters
    ----------
    people
        Persons at the base year (region, area, .., sex, age).
    pattern
        Fertility by age, of any level (age).
    ratio
        Rural over urban fertility at every age.

    Returns
    -------
    xr.DataArray or None
        Factors (region, area); None where rates are equal.

    Notes
    -----
    Urban ``u = 1 / (w + r (1 - w))`` and rural ``r u``, w the share of the region's births that
    towns would have at equal rates: the TFR of a region stays that of its women together.

    Examples
    --------
    >>> people = xr.DataArray(
    ...     [[[[3.0], [3.0]], [[1.0], [1.0]]]], dims=("region", "area", "sex", "age"),
    ...     coords={"area": ["urban", "rural"], "sex": ["female", "male"]})
    >>> area_fertility(people, xr.DataArray([1.0], dims="age"), 1.4).round(4).to_numpy()
    array([[0.9091, 1.2727]])
    """
    if ratio is None or ratio == 1:
        return None
    births = people.sel(sex="female", drop=True) * pattern
    expected = births.sum([d for d in births.dims if d not in ("region", "area")])
    return _factors(expected / expected.sum("area"), ratio).transpose("region", "area")


def area_hazard(
    people: xr.DataArray, survival: xr.DataArray, ratio: float | None
) -> xr.DataArray | None:
    """Hazard of death in towns and villages over that of all.

    Parameters
    ----------
    people
        Persons at the base year (region, area, .., sex, age).
    survival
        Survival ratios by age reached (sex, age).
    ratio
        Rural over urban hazard of death at every age.

    Returns
    -------
    xr.DataArray or None
        Factors (area) on ``-ln S``; None where rates are equal.

    Notes
    -----
    As in `area_fertility`, w the share of all deaths that towns would have at equal rates. One
    pair of factors serves all regions: a region with more villages has the higher mortality.

    Examples
    --------
    >>> people = xr.DataArray(
    ...     [[[[3.0], [3.0]], [[1.0], [1.0]]]], dims=("region", "area", "sex", "age"),
    ...     coords={"area": ["urban", "rural"], "sex": ["female", "male"]})
    >>> alive = xr.DataArray([[0.5], [0.5]], dims=("sex", "age"), coords={"sex": people["sex"]})
    >>> area_hazard(people, alive, 1.4).round(4).to_numpy()
    array([0.9091, 1.2727])
    """
    if ratio is None or ratio == 1:
        return None
    deaths = people * (1.0 - survival)
    expected = deaths.sum([d for d in deaths.dims if d != "area"])
    return _factors(expected / expected.sum(), ratio)


def _factors(share: xr.DataArray, ratio: float) -> xr.DataArray:
    """Factors by area whose mean, weighted by the share of each area, is 1."""
    relative = xr.where(share["area"] == "rural", ratio, 1.0)
    factors: xr.DataArray = relative / (share * relative).sum("area")
    return factors.reset_coords(drop=True)
