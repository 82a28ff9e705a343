"""Stocks between and beyond their dates, moved along cohorts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError, Problems

__all__ = ["interpolate_stock", "shift_date"]

Floats = NDArray[np.float64]


def shift_date(
    population: ArrayLike,
    *,
    survival: ArrayLike,
    fraction: float,
    births: ArrayLike | None = None,
    net_migration: ArrayLike = 0.0,
) -> Floats:
    """Carry a stock by single ages to a date less than a year away, along its cohorts.

    Parameters
    ----------
    population
        Persons by single age (.., age), age at last birthday, the last age open.
    survival
        Survival ratios of one year (.., age) indexed by the age *reached*; that of age 0 is per
        birth, that of the open age serves the last two ages pooled.
    fraction
        Length of the way in years, -1 to 1: a census of 1 November carried to 31 December is
        ``60 / 365``; one carried back to 1 July is ``-123 / 365``.
    births
        Births between the two dates (..); wanted where `fraction` is above 0.
    net_migration
        Net migrants between the two dates by the age they have at the later one (.., age).

    Returns
    -------
    numpy.ndarray
        Persons (.., age) at the other date.

    Raises
    ------
    DataError
        Where births are missing, survival does not fit, or a result would be negative.

    Notes
    -----
    Birthdays are even over the year and mortality even within the year of age: with g the fraction
    and s the survival ratio of a person aged x to x + 1, a share 1 - g of the survivors
    :math:`P_x s_x^g` keep their age and a share g pass to the next. Births survive by S(0): most
    deaths of infants fall into the first days. Backwards, the same in reverse: a share g of those
    aged x + 1 were aged x, and the births between the dates are gone.
    No published number; tested as a property: a whole year is one step of the projection.

    Examples
    --------
    >>> shift_date([10.0, 20.0, 30.0], survival=[1.0, 1.0, 1.0], fraction=0.5, births=8.0)
    array([13., 15., 40.])
    """
    P, S = _people(population), _survival(survival)
    problems = Problems(DataError)
    if not -1 <= fraction <= 1:
        problems.add("fraction of a year out of range", got=fraction, expected="-1 to 1")
    if S.shape[-1] != P.shape[-1]:
        problems.add("ages of survival and population differ", got=f"{S.shape} and {P.shape}")
    if fraction > 0 and births is None:
        problems.add("births between the two dates are missing", remedy="give births=")
    problems.raise_if_any()
    G = np.asarray(net_migration, dtype=np.float64)
    if fraction >= 0:
        born = np.zeros(P.shape[:-1]) if births is None else np.asarray(births, dtype=np.float64)
        moved = _forward(P, S, fraction, born) + G
    else:
        moved = _backward(P - G, S, -fraction)
    return _not_negative(moved, "shifted stock")


def _forward(P: Floats, S: Floats, g: float, births: Floats) -> Floats:
    """Give P (.., age) after g of a year."""
    leave = np.concatenate([S[..., 1:], S[..., -1:]], axis=-1) ** g
    alive = P * leave
    new = (1 - g) * alive
    new[..., -1] = alive[..., -1]
    new[..., 1:] += g * alive[..., :-1]
    new[..., 0] += births * S[..., 0]
    return new


def _backward(P: Floats, S: Floats, g: float) -> Floats:
    """Give P (.., age) g of a year before."""
    leave = np.concatenate([S[..., 1:], S[..., -1:]], axis=-1) ** g
    if (leave <= 0).any():
        raise DataError("a survival ratio is 0: nobody can be carried back through it")
    old = P / leave
    back = np.empty_like(old)
    back[..., :-2] = (1 - g) * old[..., :-2] + g * P[..., 1:-1] / leave[..., :-2]
    back[..., -2] = old[..., -2]
    back[..., -1] = (P[..., -1] - g * P[..., -2]) / leave[..., -1]
    return back


def interpolate_stock(
    population0: ArrayLike,
    population1: ArrayLike,
    *,
    years: tuple[float, float],
    at: ArrayLike,
    survival: ArrayLike,
    births: ArrayLike | None = None,
) -> Floats:
    """Stocks between two dates, interpolated along cohorts so that both ends are met.

    Parameters
    ----------
    population0, population1
        Persons by single age (.., age) at the two dates, the last age open.
    years
        The two dates in decimal years; a whole number n of years apart (carry one of the stocks
        there with `shift_date` where they are not).
    at
        Dates wanted (time), in decimal years, within `years`.
    survival
        One-year survival ratios by age reached, (.., age) or (.., n, age) for n years.
    births
        Births of each of the n years (.., n); None: the cohorts born since are those of
        `population1` survived back.

    Returns
    -------
    numpy.ndarray
        Persons (.., time, age).

    Raises
    ------
    DataError
        Where shapes or dates do not fit.

    Notes
    -----
    Each cohort is survived forward from the first stock (or from its births); what then lacks to
    the second stock is added evenly over the years the cohort has lived since the first. Where
    cohorts end in the open age together, they share its residual in proportion to their survivors.
    Dates between the anniversaries lie on the line between the two stocks beside them. The result
    is never negative, for no cohort is taken below its number in the second stock.

    References
    ----------
    The course of DemoTools' interp_coh (Riffe and others, 2019), for whole years.

    Examples
    --------
    >>> survival = [1.0, 1.0, 1.0, 1.0]
    >>> interpolate_stock(
    ...     [8.0, 6, 4, 9], [8.0, 8, 10, 10],
    ...     years=(2010, 2012), at=[2011], survival=survival, births=[8.0, 8.0],
    ... ).round(3)
    array([[8.   , 9.   , 4.579, 9.921]])
    """
    P0, P1 = _people(population0), _people(population1)
    dates = np.atleast_1d(np.asarray(at, dtype=np.float64))
    n = _whole_years(P0, P1, years, dates)
    S = _by_year(_survival(survival), P0, n)
    stocks = _anniversaries(P0, P1, S, n, births)
    place = np.clip(dates - years[0], 0, n)
    low = np.minimum(place.astype(np.int64), n - 1)
    weight = (place - low)[:, None]
    between: Floats = stocks[..., low, :] * (1 - weight) + stocks[..., low + 1, :] * weight
    return _not_negative(between, "interpolated stock")


def _whole_years(P0: Floats, P1: Floats, years: tuple[float, float], at: Floats) -> int:
    """Length of the interval, checked."""
    problems = Problems(DataError)
    if P0.shape != P1.shape:
        problems.add("the two stocks have different shapes", got=f"{P0.shape} and {P1.shape}")
    length = years[1] - years[0]
    n = round(length)
    if not 1 <= n < P0.shape[-1] - 1:
        problems.add("the stocks must be 1 year apart or more, fewer than the ages", got=length)
    if abs(length - n) > 1e-6:
        problems.add(
            "the stocks are not a whole number of years apart",
            got=f"{length:.6g} years",
            remedy="carry one of them with shift_date",
        )
    outside = (at < years[0] - 1e-9) | (at > years[1] + 1e-9)
    if outside.any():
        problems.add("date outside the two stocks", got=at[outside], expected=years)
    problems.raise_if_any()
    return n


def _by_year(S: Floats, P: Floats, n: int) -> Floats:
    """Survival as (.., n, age)."""
    if S.shape[-1] != P.shape[-1]:
        raise DataError(f"ages of survival and population differ: {S.shape} and {P.shape}")
    if S.ndim >= 2 and S.shape[-2] == n and S.ndim == P.ndim + 1:
        return S
    if S.ndim == 2 and S.shape[-2] == n and P.ndim == 1:
        return S
    return np.broadcast_to(S[..., None, :], (*S.shape[:-1], n, S.shape[-1]))


def _anniversaries(P0: Floats, P1: Floats, S: Floats, n: int, births: ArrayLike | None) -> Floats:
    """Stocks (.., 0..n, age), with cohorts kept apart; born cohorts stand first."""
    A = P0.shape[-1]
    lead = P0.shape[:-1]
    top = A - 1
    C = np.zeros((*lead, n + 1, n + A))  # cohorts born year n-1 .. 0, then ages 0 .. top
    C[..., 0, n:] = P0
    if births is not None:
        born = np.broadcast_to(np.asarray(births, dtype=np.float64), (*lead, n))
    for k in range(n):
        reached = np.minimum(np.arange(n + A) - n + k + 1, top)
        older = reached >= 1
        C[..., k + 1, older] = C[..., k, older] * S[..., k, :][..., reached[older]]
        if births is not None:
            C[..., k + 1, n - 1 - k] = born[..., k] * S[..., k, 0]
    last = np.minimum(np.arange(n + A), top)
    if births is None:
        for c in range(min(n, A - 1)):
            C[..., n, c] = P1[..., c]
            for k in range(n, n - c, -1):
                C[..., k - 1, c] = C[..., k, c] / S[..., k - 1, c - (n - k)]
    residual = P1 - C[..., n, :] @ (last[:, None] == np.arange(A))
    pooled = C[..., n, top:]
    total = pooled.sum(axis=-1, keepdims=True)
    even = np.full(pooled.shape, 1.0 / pooled.shape[-1])
    share = np.divide(pooled, total, out=even, where=total > 0)
    lack = np.concatenate([residual[..., :top], residual[..., top:] * share], axis=-1)
    stocks = np.zeros((*lead, n + 1, A))
    first = np.maximum(n - np.arange(n + A), 0)  # moment at which a cohort is first counted
    start = np.maximum(first - 1, 0)  # from when its residual builds up
    for k in range(n + 1):
        here = np.flatnonzero(first <= k)
        grown = C[..., k, here] + lack[..., here] * ((k - start) / (n - start))[here]
        ages = np.minimum(here - n + k, top)
        stocks[..., k, :] = grown @ (ages[:, None] == np.arange(A))
    return stocks


def _people(population: ArrayLike) -> Floats:
    """Persons (.., age) as floats, refused where missing or negative."""
    P = np.asarray(population, dtype=np.float64)
    if P.ndim == 0 or P.shape[-1] < 3:
        raise DataError(f"persons by three or more single ages wanted; got shape {P.shape}")
    return _not_negative(P, "population")


def _survival(survival: ArrayLike) -> Floats:
    """Survival ratios as floats, refused where not in 0..1."""
    S = np.asarray(survival, dtype=np.float64)
    wrong = ~((S >= 0) & (S <= 1))
    if S.ndim == 0 or wrong.any():
        raise DataError(f"survival ratios must be arrays within 0..1; got {S[wrong][:3]}")
    return S


def _not_negative(values: Floats, what: str) -> Floats:
    """Give `values` back, or raise with the first wrong place."""
    wrong = ~(values >= 0)
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise DataError(
            f"{what}: negative or missing at row {place[:-1]}, age place {place[-1]}: "
            f"{values[place]:.6g}"
        )
    return values
