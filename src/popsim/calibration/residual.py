"""Net migration between two censuses, as what survival leaves unexplained."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.errors import DataError, Problem
from popsim.methods.migration import residual_migration_of_children, residual_net_migration

__all__ = ["intercensal_migration", "intercensal_survival"]


def intercensal_survival(survival: xr.DataArray) -> NDArray[np.float64]:
    """Survival of cohorts over all periods (sex, age at the start), the open ages pooled.

    Parameters
    ----------
    survival
        Survival ratios by age reached (sex, age, period), one period a year.
    """
    values = survival.transpose("period", "sex", "age").to_numpy()
    last = values.shape[-1] - 1
    alive = np.ones(values.shape[1:])
    age = np.broadcast_to(np.arange(last + 1), alive.shape)
    for rates in values:
        age = np.minimum(age + 1, last)
        alive = alive * np.take_along_axis(rates, age, axis=1)
    return alive


def intercensal_migration(
    first: xr.DataArray, second: xr.DataArray, survival: xr.DataArray
) -> xr.DataArray:
    """Mean yearly net migration by age at migration, from two censuses by single age.

    Parameters
    ----------
    first, second
        Persons (region, sex, age) at two dates a whole number of years apart.
    survival
        Survival ratios by age reached (sex, age, period) of the years between.

    Returns
    -------
    xr.DataArray
        Net migrants a year (region, sex, age).

    Notes
    -----
    Cohorts alive at the first census: the average of the forward and the reverse residual
    (`residual_net_migration`), laid evenly on the ages the cohort passes. Children born between:
    by the moves of their mothers (`residual_migration_of_children`), laid on the ages they have
    passed. Cohorts that end in the open age are pooled.
    """
    years = survival.sizes["period"]
    last = first.sizes["age"] - 1
    cut = last - years
    alive = intercensal_survival(survival)
    start = first.transpose("region", "sex", "age").to_numpy()
    end = second.transpose("region", "sex", "age").to_numpy()
    pooled = start[..., cut:]
    open_survival = (pooled * alive[..., cut:]).sum(-1) / pooled.sum(-1)
    ratio = np.concatenate(
        [np.broadcast_to(alive[:, :cut], (*start.shape[:2], cut)), open_survival[..., None]], -1
    )
    begun = np.concatenate([start[..., :cut], pooled.sum(-1, keepdims=True)], -1)
    net = residual_net_migration(begun, end[..., years:], ratio, method="average")
    yearly = np.zeros(end.shape)
    for passed in range(years):
        at = np.minimum(np.arange(cut + 1) + passed, last)
        for source, target in enumerate(at):
            yearly[..., target] += net[..., source] / years**2
    yearly += _children(net, end, years)
    return xr.DataArray(
        yearly,
        {"region": first["region"].to_numpy(), "sex": first["sex"], "age": first["age"]},
        ("region", "sex", "age"),
        attrs={"units": "person year-1", "long_name": "mean yearly net migration, residual"},
    )


def _children(
    net: NDArray[np.float64], end: NDArray[np.float64], years: int
) -> NDArray[np.float64]:
    """Net migrants a year by age among those born between the censuses (region, sex, age)."""
    by_age = np.zeros(end.shape)
    if years != 10:
        # The mothers' shares 1/4 and 3/4 are those of a ten-year interval.
        raise DataError(
            Problem(
                "the residual of children is known for ten years between censuses only",
                "survival, period",
                f"{years} years",
                "10 years",
                "give two censuses ten years apart",
            )
        )
    women = end[:, 0]
    women_net = np.zeros_like(women)
    women_net[:, years:] = net[:, 0]

    def groups(values: NDArray[np.float64], first: int, last: int) -> NDArray[np.float64]:
        return np.add.reduceat(values[..., first:last], np.arange(0, last - first, 5), axis=-1)

    for sex in range(end.shape[1]):
        found = residual_migration_of_children(
            groups(women_net, 15, 50), groups(women, 15, 50), groups(end[:, sex], 0, 10)
        )
        for group in range(2):
            ages = np.arange(5 * group, 5 * group + 5)
            for age in ages:
                per_cohort = found[:, group] / 5
                # A child aged x at the end has lived at the ages 0..x.
                by_age[:, sex, : age + 1] += (per_cohort / (age + 1) / years)[:, None]
    return by_age
