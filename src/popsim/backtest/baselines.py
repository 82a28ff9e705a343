"""The simple methods a projection has to beat: trends of totals, and cohort change ratios."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError, Problem, Problems

__all__ = ["exponential_trend", "hamilton_perry", "linear_trend"]

FloatArray = NDArray[np.float64]


def linear_trend(
    earlier: ArrayLike, later: ArrayLike, *, between: float, ahead: float
) -> FloatArray:
    """Continue the yearly change between two dates.

    Parameters
    ----------
    earlier, later
        Persons at the two dates (..).
    between, ahead
        Years between the dates, and from the later one to the date wanted.

    Returns
    -------
    FloatArray
        Persons (..).

    Examples
    --------
    >>> float(linear_trend(100.0, 120.0, between=10, ahead=5))
    130.0
    """
    first, second = np.asarray(earlier, dtype=float), np.asarray(later, dtype=float)
    return np.asarray(second + (second - first) * (ahead / between))


def exponential_trend(
    earlier: ArrayLike, later: ArrayLike, *, between: float, ahead: float
) -> FloatArray:
    """Continue the growth rate between two dates.

    Parameters
    ----------
    earlier, later
        Persons at the two dates (..), above 0.
    between, ahead
        As in `linear_trend`.

    Returns
    -------
    FloatArray
        Persons (..).

    Examples
    --------
    >>> round(float(exponential_trend(100.0, 120.0, between=10, ahead=20)), 6)
    172.8
    """
    first, second = np.asarray(earlier, dtype=float), np.asarray(later, dtype=float)
    if (first <= 0).any() or (second < 0).any():
        raise DataError(Problem("no growth rate from nothing", "earlier", "0 or less", "above 0"))
    return np.asarray(second * (second / first) ** (ahead / between))


def hamilton_perry(
    earlier: ArrayLike,
    later: ArrayLike,
    *,
    steps: int = 1,
    childbearing: tuple[int, int] = (3, 10),
) -> FloatArray:
    """Project by cohort change ratios between two dates one age group apart.

    P persons by age group x at two dates as far apart as the groups are wide; c cohort change
    ratio; w children per woman of childbearing age.

    Parameters
    ----------
    earlier, later
        Persons (.., sex, age) with women first, in groups of one width, the last one open.
    steps
        Steps of that width to project.
    childbearing
        First group of childbearing women and the group that ends them; (3, 10) is 15-49 in
        five-year groups.

    Returns
    -------
    FloatArray
        Persons (.., sex, age).

    Raises
    ------
    DataError
        Where shapes differ, there are not two sexes, or a cohort has no people to divide by.

    Notes
    -----
    ``c(x) = P2(x) / P1(x - 1)``, of the open group
    ``c = P2(open) / (P1(open - 1) + P1(open))``; the first group is
    ``w(sex) = P2(sex, 0) / sum of P2(women)`` times the women projected.

    References
    ----------
    Hamilton & Perry (1962). A short method for projecting population by age from one decennial
    census to another. Social Forces 41(2), 163-170.

    Examples
    --------
    >>> earlier = [[10.0, 10.0, 10.0], [10.0, 10.0, 10.0]]
    >>> later = [[8.0, 9.0, 10.0], [8.0, 9.0, 10.0]]
    >>> hamilton_perry(earlier, later, childbearing=(1, 2))
    array([[6.4, 7.2, 9.5],
           [6.4, 7.2, 9.5]])
    """
    first, second = np.asarray(earlier, dtype=float), np.asarray(later, dtype=float)
    problems = Problems(DataError)
    if first.shape != second.shape or first.ndim < 2 or first.shape[-2] != 2:
        problems.add(
            "not two populations by sex and age",
            where="earlier, later",
            got=f"{first.shape}, {second.shape}",
            expected="(.., 2, age), twice the same",
        )
        problems.raise_if_any()
    low, high = childbearing
    women = second[..., :1, low:high].sum(-1)
    source = np.concatenate([first[..., :-2], first[..., -2:].sum(-1, keepdims=True)], axis=-1)
    if (source <= 0).any() or (women <= 0).any():
        problems.add(
            "a cohort without people has no ratio",
            where="earlier",
            got=f"{int((source <= 0).sum())} cells of 0",
            expected="above 0",
            remedy="use wider age groups",
        )
        problems.raise_if_any()
    ratio = second[..., 1:] / source
    children = second[..., :, 0] / women
    people = second
    for _ in range(steps):
        base = np.concatenate([people[..., :-2], people[..., -2:].sum(-1, keepdims=True)], axis=-1)
        older = base * ratio
        mothers = older[..., :1, low - 1 : high - 1].sum(-1)
        people = np.concatenate([(children * mothers)[..., None], older], axis=-1)
    return np.asarray(people)
