"""Fertility from the age structure alone, and from children matched to their mothers."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import DataError, Problem, Problems
from popsim.methods._cells import FloatArray, check_broadcast, check_shape, floats

__all__ = [
    "OwnChildren",
    "ReverseSurvival",
    "child_woman_ratio",
    "own_children",
    "reverse_survival",
    "tfr_from_age_structure",
]

# Hauer and Schmertmann (2020), Demography 57(1), 221-241: xTFR = (10.65 - 12.55 pi) C / W
EXTENDED = (10.65, -12.55)
# ibid.: iTFR = 7 C / W, seven five-year groups of women
SIMPLE = 7.0
# ibid.: children 0-4 survive as 1 - 0.75 q(5)
CHILD_LOSS = 0.75


class ReverseSurvival(NamedTuple):
    """Fertility of past years from a count of children and women.

    Parameters
    ----------
    births
        Births in the year from x to x + 1 years before the count (child age x).
    tfr
        Births per woman in that year (child age x).
    """

    births: FloatArray
    tfr: FloatArray


class OwnChildren(NamedTuple):
    """Fertility of past years by age, from children matched to mothers.

    Parameters
    ----------
    rates
        Births per woman-year (child age x, age of mother at birth), in the year from x to x + 1
        years before the count.
    births
        Births (child age, age of mother).
    women
        Women-years (child age, age of mother).
    """

    rates: FloatArray
    births: FloatArray
    women: FloatArray


def child_woman_ratio(children: ArrayLike, women: ArrayLike) -> FloatArray:
    """Children under five per woman of childbearing age.

    Parameters
    ----------
    children
        Children aged 0-4, both sexes (...,).
    women
        Women by age (..., age), the ages of childbearing (15-49) only.

    Returns
    -------
    FloatArray
        Children per woman (...,).

    Raises
    ------
    DataError
        If shapes do not join, a cell is missing or negative, or there are no women.

    References
    ----------
    Shryock, H. S. and Siegel, J. S. (1976). The Methods and Materials of Demography, condensed
    ed. Academic Press.

    Examples
    --------
    >>> float(child_woman_ratio(300.0, [100, 120, 140, 160, 150, 170, 160]))
    0.3
    """
    young = floats(children, "children", minimum=0)
    mothers = np.asarray(floats(women, "women", minimum=0).sum(axis=-1))
    check_shape(mothers, "women, less ages", young.shape, "children")
    return np.asarray(young / floats(mothers, "women, total", positive=True))


def tfr_from_age_structure(
    children: ArrayLike,
    women: ArrayLike,
    *,
    q5: ArrayLike = 0.0,
    method: Literal["extended", "simple"] = "extended",
) -> FloatArray:
    """Total fertility rate from an age pyramid alone.

    C: children aged 0-4; W: women aged 15-49; pi: share of these aged 25-34; q5: probability of
    dying before age 5.

    Parameters
    ----------
    children
        Children aged 0-4, both sexes (...,).
    women
        Women (..., 7) aged 15-19, 20-24, .., 45-49.
    q5
        Probability of dying before age 5 (...,); 0 leaves child mortality out.
    method
        ``"extended"``: corrects for women's ages within 15-49; ``"simple"``: seven times C / W.

    Returns
    -------
    FloatArray
        Births per woman (...,), a mean of the five years before the count.

    Raises
    ------
    DataError
        If women are not in seven groups, a cell is missing or negative, there are no women, or q5
        is not between 0 and 1.

    Notes
    -----
    Extended: (10.65 - 12.55 pi) / (1 - 0.75 q5) C / W. Simple: 7 / (1 - 0.75 q5) C / W. Where
    mothers and children have moved differently (children left behind, or women come alone), both
    are biased; half of the schedules in the source lie within 0.09 births of the truth.

    References
    ----------
    Hauer, M. E. and Schmertmann, C. P. (2020). Population pyramids yield accurate estimates of
    total fertility rates. Demography 57(1), 221-241.

    Hauer, M. E., Baker, J. and Brown, W. (2013). Indirect estimates of total fertility rate using
    child woman/ratio. PLoS ONE 8(6), e67226.

    Examples
    --------
    >>> float(tfr_from_age_structure(300.0, [100, 120, 140, 160, 150, 170, 160]).round(4))
    2.0655
    """
    groups = floats(women, "women", minimum=0)
    check_shape(groups, "women", (*groups.shape[:-1], 7), "seven ages 15-49")
    ratio = child_woman_ratio(children, groups)
    lost = floats(q5, "q5", minimum=0, maximum=1)
    check_broadcast(women=ratio.shape, q5=lost.shape)
    share = groups[..., 2:4].sum(axis=-1) / groups.sum(axis=-1)
    if method == "extended":
        multiplier = EXTENDED[0] + EXTENDED[1] * share
    elif method == "simple":
        multiplier = np.full(share.shape, SIMPLE)
    else:
        raise DataError(Problem("no such method", "method", str(method), "extended or simple"))
    return np.asarray(multiplier * ratio / (1 - CHILD_LOSS * lost))


def reverse_survival(
    children: ArrayLike,
    women: ArrayLike,
    pattern: ArrayLike,
    *,
    child_survival: ArrayLike,
    women_Lx: ArrayLike,
) -> ReverseSurvival:
    """Births and TFR of past years from children and women by single age.

    C: children aged x; W: women; L: women's life table; s: share of births alive at age x;
    p: age pattern of fertility.

    Parameters
    ----------
    children
        Children by single age, both sexes (child age 0, 1, ..).
    women
        Women by single age (age), from the first fertile age on; as many more ages than the
        pattern as there are ages of children.
    pattern
        Age pattern (fertile age), of any level, the same in all years, or (child age, fertile
        age), that of each year.
    child_survival
        L(x) / l0 of both sexes (child age).
    women_Lx
        Person-years of women's life table (age), the ages of `women`.

    Returns
    -------
    ReverseSurvival
        `births` and `tfr` by age of the children, i.e. of the year from x to x + 1 years before
        the count.

    Raises
    ------
    DataError
        If ages do not join, or a cell is missing or out of bounds.

    Notes
    -----
    B = C(x) / s(x). Women aged a in that year: the mean of W(a + x) L(a) / L(a + x) and
    W(a + x + 1) L(a) / L(a + x + 1). TFR = B / sum of p(a) W(a), p with a sum of 1. Closed to
    migration: where it is not, children and women must be of one place and have moved alike.

    References
    ----------
    Moultrie, T. A. et al., eds. (2013). Tools for Demographic Estimation, chapter "Estimation of
    fertility by reverse survival". IUSSP, Paris.

    Examples
    --------
    >>> found = reverse_survival(
    ...     [100, 99], [50, 50, 50, 50], [0.5, 0.5], child_survival=[0.99, 0.98],
    ...     women_Lx=[0.97, 0.97, 0.97, 0.97],
    ... )
    >>> found.tfr.round(3)
    array([2.02, 2.02])
    """
    young = floats(children, "children", minimum=0, ndim=1)
    table = floats(women, "women", minimum=0, ndim=1)
    shape = floats(pattern, "pattern", minimum=0)
    alive = floats(child_survival, "child_survival", positive=True, maximum=1)
    lived = floats(women_Lx, "women_Lx", positive=True)
    fertile = shape.shape[-1] if shape.ndim else 0
    check_shape(table, "women", (fertile + young.size,), "pattern and children")
    check_shape(lived, "women_Lx", table.shape, "women")
    check_shape(alive, "child_survival", young.shape, "children")
    if shape.ndim != 1:
        check_shape(shape, "pattern", (young.size, fertile), "children")
    level = floats(shape.sum(axis=-1, keepdims=True), "pattern, total", positive=True)
    past = women_of_the_past(table, lived, young.size, fertile)
    births = young / alive
    exposed = floats((past * shape / level).sum(axis=-1), "women at risk", positive=True)
    return ReverseSurvival(np.asarray(births), np.asarray(births / exposed))


def own_children(
    children: ArrayLike,
    women: ArrayLike,
    *,
    child_survival: ArrayLike,
    women_Lx: ArrayLike,
    all_children: ArrayLike | None = None,
) -> OwnChildren:
    """Fertility by age in past years from children matched to mothers in a census.

    C: children aged x living with a mother of an age; W: women; L: women's life table; s: share of
    births alive at age x.

    Parameters
    ----------
    children
        Children matched to mothers (child age 0, 1, .., age of mother at the count), mothers by
        single age from the first fertile age on.
    women
        Women by single age (age), the ages of the mothers.
    child_survival
        L(x) / l0 of both sexes (child age).
    women_Lx
        Person-years of women's life table (age), the ages of `women`.
    all_children
        All children by age, matched or not (child age): the matched are raised to these totals.

    Returns
    -------
    OwnChildren
        `rates`, `births` and `women` by age of the children, i.e. of the year from x to x + 1
        years before the count, and by age of mother at birth, as many fertile ages as there are
        ages of mothers less ages of children.

    Raises
    ------
    DataError
        If ages do not join, a cell is missing or out of bounds, there are births to no women, or
        fewer children than matched.

    Notes
    -----
    A child aged x whose mother is aged m was born when she was m - x or m - x - 1, with equal
    chance: B(x, a) = [C(x, a + x) + C(x, a + x + 1)] / 2 s(x), over women-years as in
    `reverse_survival`. Rates are thereby smoothed over three ages; the TFR is not touched.

    References
    ----------
    Cho, L.-J., Retherford, R. D. and Choe, M. K. (1986). The Own-Children Method of Fertility
    Estimation. East-West Center, Honolulu.

    United Nations (1983). Manual X: Indirect Techniques for Demographic Estimation, ch. VIII.

    Examples
    --------
    >>> found = own_children(
    ...     [[0.0, 5.0, 5.0, 0.0]], [50, 50, 50, 50], child_survival=[1.0], women_Lx=[1, 1, 1, 1]
    ... )
    >>> found.rates
    array([[0.05, 0.1 , 0.05]])
    """
    matched = floats(children, "children", minimum=0, ndim=2)
    table = floats(women, "women", minimum=0, ndim=1)
    alive = floats(child_survival, "child_survival", positive=True, maximum=1)
    lived = floats(women_Lx, "women_Lx", positive=True)
    ages, mothers = matched.shape
    check_shape(table, "women", (mothers,), "the mothers of children")
    check_shape(lived, "women_Lx", table.shape, "women")
    check_shape(alive, "child_survival", (ages,), "children")
    problems = Problems(DataError)
    if mothers <= ages:
        problems.add("too few ages of mothers", where="children", got=matched.shape,
                     expected="more ages of mothers than of children")  # fmt: skip
    raised = matched
    if all_children is not None:
        every = floats(all_children, "all_children", minimum=0)
        check_shape(every, "all_children", (ages,), "children")
        own = matched.sum(axis=-1)
        for x in np.flatnonzero((every < own) | ((own == 0) & (every > 0))):
            problems.add(
                "matched and all children do not join",
                where=f"all_children[{int(x)}]",
                got=f"{every[x]:.10g}",
                expected=f"{own[x]:.10g} or more, some of them matched",
            )
        factor = np.divide(every, own, out=np.ones_like(own), where=own > 0)
        raised = matched * factor[:, np.newaxis]
    problems.raise_if_any()
    fertile = mothers - ages
    first = np.arange(fertile) + np.arange(ages)[:, np.newaxis]
    rows = np.arange(ages)[:, np.newaxis]
    births = (raised[rows, first] + raised[rows, first + 1]) / 2 / alive[:, np.newaxis]
    past = women_of_the_past(table, lived, ages, fertile)
    for place in np.argwhere((births > 0) & (past == 0))[:5]:
        problems.add("births to no women", where=f"births[{int(place[0])}, {int(place[1])}]")
    problems.raise_if_any()
    rates = np.divide(births, past, out=np.zeros_like(births), where=past > 0)
    return OwnChildren(rates, births, past)


def women_of_the_past(table: FloatArray, lived: FloatArray, ages: int, fertile: int) -> FloatArray:
    """Women-years (child age, fertile age) in the years before the count, by reverse survival."""
    a = np.arange(fertile)
    x = np.arange(ages)[:, np.newaxis]
    end, start = table[a + x] / lived[a + x], table[a + x + 1] / lived[a + x + 1]
    return np.asarray(lived[:fertile] * (end + start) / 2)
