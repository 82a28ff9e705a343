"""Levers of registration (落户) and of services for all residents."""

from __future__ import annotations

import numpy as np
import xarray as xr

from popsim.assumptions.fitted import Fitted
from popsim.scenarios.acting import changed, check_share, hukou_of, when

__all__ = ["citizenisation", "coverage", "recognised_years", "renters", "usual_residence"]


def citizenisation(
    drivers: xr.Dataset, fitted: Fitted, *, factor: float, year: int, phase_in_years: int = 1
) -> xr.Dataset:
    """Multiply the probability of registration, phased in evenly (加快市民化).

    Parameters
    ----------
    factor
        The multiple once phased in.
    year
        First year it acts.
    phase_in_years
        Years until it acts in full.
    """
    hukou_of(fitted, "citizenisation")
    acting = when(drivers, year)
    reached = ((drivers["period"] - year + 1) / phase_in_years).clip(max=1.0)
    return changed(
        drivers, "registration_hazard", acting, lambda v: v * (1.0 + (factor - 1.0) * reached)
    )


def usual_residence(
    drivers: xr.Dataset, fitted: Fitted, *, year: int, years: int, share: float
) -> xr.Dataset:
    """Register people where they usually live (以经常居住地登记户口制度).

    Parameters
    ----------
    year
        First year.
    years
        Years over which those who lived there at the start are registered.
    share
        Share of them registered after these years.

    Notes
    -----
    The yearly probability is ``1 - (1 - share)**(1 / years)`` at all ages, where it is above the
    scenario's.
    """
    hukou_of(fitted, "usual_residence")
    check_share("lever usual_residence, share", share)
    yearly = 1.0 - (1.0 - share) ** (1.0 / years)
    return changed(
        drivers, "registration_hazard", when(drivers, year), lambda v: v.clip(min=yearly)
    )


def renters(
    drivers: xr.Dataset, fitted: Fitted, *, year: int, share: float, factor: float
) -> xr.Dataset:
    """Let renters register (租赁房屋落户).

    Parameters
    ----------
    year
        First year.
    share
        Share of the floating who rent.
    factor
        Their probability of registration as a multiple of what it was.
    """
    hukou_of(fitted, "renters")
    check_share("lever renters, share", share)
    return changed(
        drivers,
        "registration_hazard",
        when(drivers, year),
        lambda v: v * (1.0 + share * (factor - 1.0)),
    )


def recognised_years(
    drivers: xr.Dataset, fitted: Fitted, *, year: int, gained_years: float
) -> xr.Dataset:
    """Count years of residence elsewhere in the region toward registration (准入年限累计互认).

    Parameters
    ----------
    year
        First year.
    gained_years
        Years by which the required stay is reached earlier.

    Notes
    -----
    Stays end at the rate d at which the floating leave, so ``exp(-d T)`` have stayed T years or
    more; with T shortened by g the eligible are ``exp(d g)`` times as many, and so is the
    probability of registration. A length of stay by person is not published.
    """
    rate = hukou_of(fitted, "recognised_years").return_rate
    gain = float(np.exp(rate * gained_years))
    return changed(drivers, "registration_hazard", when(drivers, year), lambda v: v * gain)


def coverage(
    drivers: xr.Dataset, fitted: Fitted, *, year: int, last_year: int, start: float, end: float
) -> xr.Dataset:
    """Cover the floating by basic public services (基本公共服务常住人口全覆盖).

    Parameters
    ----------
    year, last_year
        Years in which coverage is that of the start, and of the end; linear between.
    start, end
        Share of the floating covered; registered residents are covered.
    """
    hukou_of(fitted, "coverage")
    check_share("lever coverage, start", start)
    check_share("lever coverage, end", end)
    when(drivers, year, last_year)
    path = np.interp(drivers["period"], [year, last_year], [start, end])
    line = xr.DataArray(path, {"period": drivers["period"].to_numpy()}, "period")
    return drivers.assign(floating_coverage=line.assign_attrs(units="1"))
