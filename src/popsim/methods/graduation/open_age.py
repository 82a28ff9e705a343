"""The open age group carried to higher ages with a stable population as the standard."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError
from popsim.methods.graduation.groups import age_groups, aggregate, group_counts
from popsim.methods.search import bounded_minimum

__all__ = ["redistribute_open_age", "stable_growth_rate", "stable_population"]

Floats = NDArray[np.float64]

# Wider than any growth that cohorts now old can have had; it only keeps the search finite.
GROWTH_RANGE = (-0.08, 0.08)


def stable_population(Lx: ArrayLike, growth_rate: ArrayLike, *, first_age: int = 0) -> Floats:
    """Age structure of a stable population, L(x) exp(-r (x + 1/2)), in single years.

    Parameters
    ----------
    Lx
        Person-years lived in single ages (.., age) from `first_age`; the last is the open age's
        T(x).
    growth_rate
        Growth rate r a year, a scalar or (..).
    first_age
        Age of the first entry.

    Returns
    -------
    numpy.ndarray
        Relative numbers (.., age).

    Raises
    ------
    DataError
        For Lx that are missing, not above 0, or fewer than two.

    Notes
    -----
    Above the open age w the person-years fall by the same factor s each year, where
    :math:`L_{w-1} s / (1 - s) = T_w`, so that the open term is
    :math:`e^{-r(w+1/2)} L_{w-1} s / (1 - s e^{-r})`, which is T(w) for r = 0.

    References
    ----------
    Preston, S. H., Heuveline, P. and Guillot, M. (2001). Demography, ch. 7. Blackwell.

    Examples
    --------
    >>> stable_population([3.0, 2.0, 4.0], 0.0)
    array([3., 2., 4.])
    """
    L = np.asarray(Lx, dtype=np.float64)
    if L.ndim == 0 or L.shape[-1] < 2 or not (np.isfinite(L) & (L > 0)).all():
        raise DataError(
            "the standard's Lx must be two or more numbers above 0, the last of them the open "
            f"age's T(x); got shape {L.shape}, smallest {np.min(L, initial=np.inf)}"
        )
    r = np.asarray(growth_rate, dtype=np.float64)[..., None]
    middle = first_age + np.arange(L.shape[-1]) + 0.5
    before, tail = L[..., -2:-1], L[..., -1:]
    s = tail / (before + tail)
    if (s * np.exp(-r) >= 1).any():
        raise DataError(
            f"at growth rate {np.min(r):.4g} the open age of this standard has no finite number"
        )
    weight = np.exp(-r * middle)
    closed = L[..., :-1] * weight[..., :-1]
    last = weight[..., -1:] * before * s / (1 - s * np.exp(-r))
    return np.concatenate([closed, last], axis=-1)


def redistribute_open_age(
    population: ArrayLike,
    age: ArrayLike,
    *,
    standard_Lx: ArrayLike,
    growth_rate: ArrayLike | None = None,
    to_age: ArrayLike = (85, 90, 95, 100),
    fit_groups: int = 3,
) -> Floats:
    """Split the open age group by a stable population, keeping its total.

    Parameters
    ----------
    population
        Persons (.., group), the last group open.
    age
        Lower bounds of the groups (group), the last being the open age.
    standard_Lx
        Person-years lived (.., age) at single ages 0, 1, 2, .. of a life table, the last the open
        age's T(x); leading dims as in `population` or absent.
    growth_rate
        Growth rate r a year, scalar or (..), of the stable population; None fits it to the
        `fit_groups` groups below the open age and the open group, by `stable_growth_rate`.
    to_age
        Lower bounds of the ages into which the open group is split; the first is the open age of
        `population`, the last is the new open age.
    fit_groups
        Number of groups below the open one to which r is fitted.

    Returns
    -------
    numpy.ndarray
        Persons (.., group) at ages ``age[:-1]`` followed by `to_age`.

    Raises
    ------
    DataError
        Where ages do not join, the standard is too short, or counts are missing or negative.

    Notes
    -----
    The open group is shared out in proportion to :math:`L(x) e^{-r(x + 1/2)}`.

    References
    ----------
    Preston, Heuveline and Guillot (2001), ch. 7; DemoTools' OPAG (Riffe and others, 2019) takes the
    same standard.

    Examples
    --------
    >>> Lx = [100.0 - age for age in range(100)]
    >>> older = redistribute_open_age(
    ...     [90.0, 60.0], [80, 85], standard_Lx=Lx, growth_rate=0.01, to_age=[85, 90, 95]
    ... )
    >>> older.round(2)
    array([90.  , 33.41, 19.58,  7.01])
    """
    groups = age_groups(age)
    values = group_counts(population, groups)
    targets = age_groups(to_age)
    if targets.age[0] != groups.age[-1]:
        raise DataError(
            f"to_age begins at {targets.age[0]}, but the open group begins at {groups.age[-1]}: "
            "the ages do not join"
        )
    L = np.asarray(standard_Lx, dtype=np.float64)
    if L.ndim == 0 or targets.age[-1] >= L.shape[-1]:
        raise DataError(
            f"the standard has {L.size} single ages from 0; {targets.age[-1]}+ must be among them"
        )
    if growth_rate is None:
        growth_rate = stable_growth_rate(values, age, standard_Lx=L, fit_groups=fit_groups)
    stable = stable_population(L, growth_rate)
    parts = aggregate(stable[..., targets.age[0] :], targets.age)
    share = parts / parts.sum(axis=-1, keepdims=True)
    split = values[..., -1:] * share
    head = np.broadcast_to(values[..., :-1], (*split.shape[:-1], values.shape[-1] - 1))
    return np.concatenate([head, split], axis=-1)


def stable_growth_rate(
    population: ArrayLike, age: ArrayLike, *, standard_Lx: ArrayLike, fit_groups: int = 3
) -> Floats:
    """Growth rate of the stable population nearest to the last age groups.

    Parameters
    ----------
    population
        Persons (.., group), the last group open.
    age
        Lower bounds of the groups (group).
    standard_Lx
        As in `redistribute_open_age`.
    fit_groups
        How many groups below the open one enter, 1 or more.

    Returns
    -------
    numpy.ndarray
        Growth rates a year (..).

    Raises
    ------
    DataError
        Where the groups hold nobody, or there are too few of them.

    Notes
    -----
    Least squares between the shares of the groups (the open one included) in the population and in
    the stable population. r stands in for the past growth of births *and* all that made these
    cohorts differ from the standard's survival (migration, past mortality); it is a device for the
    shape of the open group, not an estimate of growth.
    No published number; tested as a property: the rate of a stable population comes back.

    Examples
    --------
    >>> Lx = [100.0 - age for age in range(100)]
    >>> people = aggregate(stable_population(Lx, 0.02), [0, 70, 75, 80, 85])
    >>> float(stable_growth_rate(people, [0, 70, 75, 80, 85], standard_Lx=Lx).round(6))
    0.02
    """
    groups = age_groups(age)
    values = group_counts(population, groups)
    L = np.asarray(standard_Lx, dtype=np.float64)
    if not 1 <= fit_groups < groups.age.size:
        raise DataError(f"fit_groups must be 1..{groups.age.size - 1}; got {fit_groups}")
    bounds = groups.age[-fit_groups - 1 :]
    seen = values[..., -fit_groups - 1 :]
    if (seen.sum(axis=-1) <= 0).any():
        raise DataError(f"nobody at ages {bounds[0]}+: no growth rate can be fitted")
    tables = np.broadcast_to(L, values.shape[:-1] + L.shape[-1:]).reshape(-1, L.shape[-1])
    rates = [
        _nearest(row / row.sum(), table, bounds)
        for row, table in zip(seen.reshape(-1, bounds.size), tables, strict=True)
    ]
    return np.array(rates).reshape(values.shape[:-1])


def _nearest(share: Floats, L: Floats, bounds: NDArray[np.int64]) -> float:
    """Growth rate at which the stable shares come nearest to `share`."""

    def distance(rate: float) -> float:
        parts = aggregate(stable_population(L, rate)[bounds[0] :], bounds)
        return float(((parts / parts.sum() - share) ** 2).sum())

    return bounded_minimum(distance, *GROWTH_RANGE, tolerance=1e-10)
