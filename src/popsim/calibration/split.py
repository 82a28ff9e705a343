"""Residents split by status, and statuses by area, from margins and a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from popsim.errors import DataError, Problem
from popsim.methods.logistic import expit, logit
from popsim.methods.raking import ipf

__all__ = ["smooth_shares", "split_by_odds", "split_by_status"]

Array = NDArray[np.float64]
# Newton's steps, and the share of all people to which bands are met.
ROUNDS = 50
FITTED = 1e-13


def split_by_status(
    residents: Array, floating: Array, seed: Array, registered: Array, bands: Array
) -> Array:
    """Residents by status, from floating by region and registered residents by band of ages.

    Parameters
    ----------
    residents
        Persons (region, sex, age).
    floating
        Persons (region).
    seed
        Shares of the floating by sex and age, adding to 1 (sex, age).
    registered
        Registered residents by band (band), adding to the residents less the floating.
    bands
        1 where an age belongs to a band (band, age).

    Returns
    -------
    ndarray
        Persons (status, region, sex, age), registered first; sums over status are the residents.

    Raises
    ------
    DataError
        Where a band has more registered people than residents.

    Notes
    -----
    Iterative proportional fitting of a table by status, region, sex, age and band, from the seed's
    odds of being of the floating at each age.

    Examples
    --------
    >>> table = split_by_status(
    ...     np.full((1, 2, 2), 10.0), np.array([8.0]), np.full((2, 2), 0.25),
    ...     np.array([20.0, 12.0]), np.eye(2))
    >>> table.sum(axis=(1, 2)).round(6)
    array([[20., 12.],
           [ 0.,  8.]])
    """
    everyone = residents.sum((0, 1)) @ bands.T
    over = np.flatnonzero((registered > everyone) | (registered < 0))
    if over.size:
        first = int(over[0])
        raise DataError(
            Problem(
                "registered residents do not fit among the residents of their ages",
                f"band {first} of the published ages",
                f"{registered[first]:.0f}",
                f"between 0 and {everyone[first]:.0f}",
                "look at the ages of the registered, and at the assumption on the absent",
            )
        )
    prior = smooth_shares(residents.sum(0), floating.sum() * seed, everyone - registered, bands)
    odds = prior / (1.0 - prior) * (floating / (residents.sum((1, 2)) - floating))[:, None, None]
    share = odds / (1.0 + odds)
    both = np.stack([residents * (1.0 - share), residents * share])
    table = both[..., None] * bands.T
    by_band = np.stack([registered, everyone - registered])
    by_region = np.stack([residents.sum((1, 2)) - floating, floating])
    scale = by_region.sum(1) / by_band.sum(1)
    margins = [
        ((0, 4), by_band * scale[:, None]),
        ((0, 1), by_region),
        ((1, 2, 3), residents),
    ]
    found = ipf(table, margins, tolerance=1e-9, max_iterations=5000).table
    return np.asarray(found.sum(-1))


def smooth_shares(residents: Array, prior: Array, floating: Array, bands: Array) -> Array:
    """Share of the floating by sex and age, smooth over ages, that fits counts by band.

    Parameters
    ----------
    residents, prior
        Persons, and floating persons of a prior (sex, age).
    floating
        Floating persons by band (band).
    bands
        1 where an age belongs to a band (band, age).

    Returns
    -------
    ndarray
        Shares (sex, age).

    Notes
    -----
    The logit of the prior's share is shifted by a line through one point a band, level beyond the
    outer ones, so that no step is left where a band ends.
    """
    first = logit(np.clip(prior / residents, 1e-6, 0.95))
    ages = np.arange(bands.shape[1])
    weight = prior.sum(0) * bands
    centre = (weight * ages).sum(1) / weight.sum(1)
    line = np.stack([np.interp(ages, centre, one) for one in np.eye(len(bands))])  # (band, age)
    shift = np.zeros(len(bands))
    for _ in range(ROUNDS):
        share = expit(first + shift @ line)
        gap = (residents * share).sum(0) @ bands.T - floating
        if np.abs(gap).max() <= FITTED * floating.sum():
            return np.asarray(share)
        slope = (bands * (residents * share * (1.0 - share)).sum(0)) @ line.T
        shift = shift - np.linalg.solve(slope, gap)
    # Where no line fits, raking alone does it, with steps.
    return np.asarray(expit(first))


def split_by_odds(by_area: Array, by_status: Array, odds: float) -> Array:
    """Share of each area among the people of a status, from totals and one odds ratio.

    Parameters
    ----------
    by_area
        Residents (region, area), urban first.
    by_status
        Residents (region, status), registered first.
    odds
        Odds of living in towns of the floating over those of the registered.

    Returns
    -------
    ndarray
        Shares (region, area, status), adding to 1 over the areas.

    Examples
    --------
    >>> share = split_by_odds(np.array([[70.0, 30.0]]), np.array([[60.0, 40.0]]), 4.0)
    >>> odds = share[0, 0] / share[0, 1]
    >>> round(float(odds[1] / odds[0]), 6)
    4.0
    """
    shares = []
    for areas, statuses in zip(by_area, by_status, strict=True):
        seed = np.array([[1.0, odds], [1.0, 1.0]])
        wanted = statuses * (areas.sum() / statuses.sum())
        table = ipf(seed, [((0,), areas), ((1,), wanted)], tolerance=1e-13).table
        shares.append(table / table.sum(0))
    return np.array(shares)
