"""Net migration as the residual: the change that births and deaths leave unexplained."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import DataError, Problems
from popsim.methods._cells import FloatArray, check_shape, floats

__all__ = [
    "residual_migration_by_sex",
    "residual_migration_of_children",
    "residual_net_migration",
]

Method = Literal["forward", "reverse", "average"]
Timing = Literal["stock", "cohort", "time"]


def residual_net_migration(
    pop0: ArrayLike,
    pop1: ArrayLike,
    survival: ArrayLike,
    *,
    method: Method = "average",
) -> FloatArray:
    """Net migration of cohorts between two dates, by the survival-ratio method.

    P0, P1: people of a cohort at the two dates; s: share of the first alive at the second;
    M: net migrants.

    Parameters
    ----------
    pop0
        People at the first date (..., cohort). For the youngest cohorts, the births between the
        dates; for the oldest, the two groups pooled that end in the open one.
    pop1
        The same cohorts at the second date (..., cohort).
    survival
        Survival ratio of each cohort between the dates (..., cohort), above 0. A ratio of two
        censuses may exceed 1, for it corrects for miscounts as well.
    method
        ``"forward"``: migrants alive at the second date, as if all came at its end.
        ``"reverse"``: migrants as counted at the first date, as if all came at its start.
        ``"average"``: the mean of the two, migrants spread evenly over the time between.

    Returns
    -------
    FloatArray
        Net migrants (..., cohort), in the unit of the populations.

    Raises
    ------
    DataError
        If shapes do not join, a count is negative or missing, or a ratio is not above 0.

    Notes
    -----
    Forward M = P1 - s P0; reverse M = P1 / s - P0 = forward / s; average: their mean.

    References
    ----------
    United Nations (1970). Manual VI: Methods of Measuring Internal Migration.
    ST/SOA/Series A/47, ch. II (example: Bombay 1941-1951).

    Siegel, J. S. and Hamilton, C. H. (1952). Some considerations in the use of the residual
    method of estimating net migration. Journal of the American Statistical Association 47,
    475-500.

    Examples
    --------
    >>> residual_net_migration([77135], [132870], [0.9087], method="forward").round(4)
    array([62777.4255])
    """
    first = floats(pop0, "pop0", minimum=0)
    second = floats(pop1, "pop1", minimum=0)
    ratio = floats(survival, "survival", positive=True)
    check_shape(second, "pop1", first.shape, "pop0")
    check_shape(ratio, "survival", first.shape, "pop0")
    forward = np.asarray(second - ratio * first)
    if method == "forward":
        return forward
    reverse = np.asarray(second / ratio - first)
    if method == "reverse":
        return reverse
    if method == "average":
        return np.asarray((forward + reverse) / 2)
    problems = Problems(DataError)
    problems.add("no such method", where="method", got=method,
                 expected="forward, reverse or average")  # fmt: skip
    problems.raise_if_any()
    raise AssertionError


def residual_migration_of_children(
    women_net: ArrayLike, women: ArrayLike, children: ArrayLike
) -> FloatArray:
    """Net migration of children born in a ten-year interval, from that of the women.

    M: net migrants; W: women; C: children, all at the interval's end.

    Parameters
    ----------
    women_net
        Net migrants among women (..., age), seven groups 15-19 to 45-49, by
        `residual_net_migration`.
    women
        Women at the end of the interval (..., age), the same groups.
    children
        Children at the end of the interval (..., age), 0-4 and 5-9, of one sex or of both.

    Returns
    -------
    FloatArray
        Net migrants among the children (..., age), 0-4 and 5-9.

    Raises
    ------
    DataError
        If shapes do not join, a cell is missing or negative, or there are no women.

    Notes
    -----
    M(0-4) = 1/4 C(0-4) / W(15-44) M(15-44); M(5-9) = 3/4 C(5-9) / W(20-49) M(20-49): children
    share the moves of their mothers over the part of the interval, on average, they have lived.

    References
    ----------
    United Nations (1970). Manual VI, ch. II. Worked for Manila 1960-1970 in the R package migest,
    function net_sr.

    Examples
    --------
    >>> women = [101410, 90410, 56055, 44648, 36963, 28873, 23678]
    >>> net = [31134.15, 28877.12, -20081.60, -19117.18, -20496.86, -4244.33, -5188.98]
    >>> residual_migration_of_children(net, women, [85870, 83054]).round(1)
    array([ -235.3, -8934.7])
    """
    net = floats(women_net, "women_net")
    mothers = floats(women, "women", minimum=0)
    young = floats(children, "children", minimum=0)
    check_shape(mothers, "women", (*young.shape[:-1], 7), "children and seven ages 15-49")
    check_shape(net, "women_net", mothers.shape, "women")
    check_shape(young, "children", (*mothers.shape[:-1], 2), "women and two ages 0-9")
    spans = [(slice(0, 6), 0.25), (slice(1, 7), 0.75)]
    exposed = np.stack([mothers[..., ages].sum(axis=-1) for ages, _ in spans], axis=-1)
    floats(exposed, "women, totals of 15-44 and 20-49", positive=True)
    moved = np.stack([share * net[..., ages].sum(axis=-1) for ages, share in spans], axis=-1)
    return np.asarray(young / exposed * moved)


def residual_migration_by_sex(
    population: ArrayLike,
    survival: ArrayLike,
    fertility_rate: ArrayLike,
    sex_ratio_at_birth: ArrayLike,
    *,
    width: float,
    timing: Timing = "stock",
) -> FloatArray:
    """Net migration by sex, age and period from populations, survival and fertility.

    P: population at the start of each period and at the end of the last; S: survivorship into
    the age reached; f: fertility rate; n: width of ages and periods; M: net migrants.

    Parameters
    ----------
    population
        People (sex [female, male], age, date), dates `width` years apart, last age open.
    survival
        Survivorship ratios (sex, age, period): row 0 from birth, the last from the last two ages
        pooled.
    fertility_rate
        Births per woman-year (age, period), 0 outside the fertile ages.
    sex_ratio_at_birth
        Boys per girl (period).
    width
        Years of an age group and of a period.
    timing
        ``"stock"``: migrants of each cohort alive at the period's end, the residual itself.
        ``"cohort"``: half the migrants of each cohort are taken to live through half the period,
        and are laid back on the two ages the cohort passes through.
        ``"time"``: migrants of each age in the period, of whom half survive with the cohort they
        join; alternates from age to age where the residual is noisy, so look before use.

    Returns
    -------
    FloatArray
        Net migrants (sex, age, period).

    Raises
    ------
    DataError
        If shapes do not join, a cell is missing or negative, or a ratio used as a divisor is 0.

    Notes
    -----
    Births B = n sum f (P_f(t) + P_f(t+n)) / 2, of them girls 1 / (1 + SRB).
    Stock: M(0) = P(0, t+n) - B S(0); M(x) = P(x, t+n) - S(x) P(x-n, t); open age: S times the last
    two ages pooled. Cohort: with U(x) = M(x) / (2 sqrt S(x)), age x gets U(x) from the cohort
    entering it and U(x+n) from the one leaving, U(0) counted whole; the last age its own residual,
    and the last but one its U twice. Time: T(0) = 2 M(0); T(x) = 2 M(x) - T(x-n) S(x).

    References
    ----------
    United Nations (1970). Manual VI, ch. II. The three timings are those of DemoTools
    (Riffe, T., Aburto, J. M. et al., R package, function mig_resid).

    Examples
    --------
    >>> people = [[[10.0, 12.0], [9.0, 11.0], [5.0, 9.0]]] * 2
    >>> alive = [[[0.9], [0.95], [0.6]]] * 2
    >>> found = residual_migration_by_sex(people, alive, [[0.0], [0.2], [0.0]], [1.0], width=5)
    >>> found[0, :, 0].round(3)
    array([7.5, 1.5, 0.6])
    """
    people = floats(population, "population", minimum=0, ndim=3)
    ratio = floats(survival, "survival", minimum=0)
    fertility = floats(fertility_rate, "fertility_rate", minimum=0)
    srb = floats(sex_ratio_at_birth, "sex_ratio_at_birth", positive=True)
    ages, periods = people.shape[1], people.shape[2] - 1
    problems = Problems(DataError)
    if people.shape[0] != 2:
        problems.add("both sexes needed", where="population", got=f"{people.shape[0]} on axis 0",
                     expected="female, male")  # fmt: skip
    if ages < 3 or periods < 1:
        problems.add("too small", where="population", got=people.shape,
                     expected="three ages and two dates or more")  # fmt: skip
    problems.raise_if_any()
    check_shape(ratio, "survival", (2, ages, periods), "population")
    check_shape(fertility, "fertility_rate", (ages, periods), "population")
    check_shape(srb, "sex_ratio_at_birth", (periods,), "population")
    stock = stock_residual(people, ratio, fertility, srb, width)
    if timing == "stock":
        return stock
    if timing == "cohort":
        floats(ratio, "survival", positive=True)
        return cohort_even(stock, ratio)
    if timing == "time":
        return time_even(stock, ratio)
    problems.add("no such timing", where="timing", got=timing, expected="stock, cohort or time")
    problems.raise_if_any()
    raise AssertionError


def stock_residual(
    people: FloatArray,
    ratio: FloatArray,
    fertility: FloatArray,
    srb: FloatArray,
    width: float,
) -> FloatArray:
    """Return what survival and births leave unexplained (sex, age, period)."""
    start, end = people[..., :-1], people[..., 1:]
    women = (start[0] + end[0]) / 2
    births = width * np.sum(fertility * women, axis=0)
    born = np.stack([births / (1 + srb), births * srb / (1 + srb)])
    origin = np.concatenate([born[:, np.newaxis], start[:, :-1]], axis=1)
    origin[:, -1] += start[:, -1]
    return np.asarray(end - ratio * origin)


def cohort_even(stock: FloatArray, ratio: FloatArray) -> FloatArray:
    """Lay each cohort's migrants on the two ages it passes through."""
    half = stock / (2 * np.sqrt(ratio))
    entering = half.copy()
    entering[:, 0] *= 2
    entering[:, -1] = stock[:, -1] / 2
    leaving = np.empty_like(stock)
    leaving[:, :-2] = half[:, 1:-1]
    leaving[:, -2] = entering[:, -2]
    leaving[:, -1] = stock[:, -1] / 2
    return np.asarray(entering + leaving)


def time_even(stock: FloatArray, ratio: FloatArray) -> FloatArray:
    """Solve, from the youngest age up, for the migrants of each age of whom half are survived."""
    squares = np.empty_like(stock)
    squares[:, 0] = 2 * stock[:, 0]
    for age in range(1, stock.shape[1]):
        squares[:, age] = 2 * stock[:, age] - squares[:, age - 1] * ratio[:, age]
    return squares
