"""Checks of a population by age and sex: age ratios, sex ratios, cohorts between censuses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError
from popsim.methods.graduation.groups import age_groups, group_counts

__all__ = [
    "AgeSexAccuracy",
    "CohortConsistency",
    "SexRatios",
    "age_ratio_score",
    "age_sex_accuracy",
    "cohort_consistency",
    "sex_ratio_check",
    "sex_ratio_score",
]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class AgeSexAccuracy(NamedTuple):
    """The United Nations age-sex accuracy index and its parts.

    Attributes
    ----------
    score
        Three times the sex-ratio score and the two age-ratio scores together.
    sex_ratio_score, age_ratio_score_female, age_ratio_score_male
        The parts.
    """

    score: float
    sex_ratio_score: float
    age_ratio_score_female: float
    age_ratio_score_male: float


class SexRatios(NamedTuple):
    """Sex ratios by age group.

    Attributes
    ----------
    ratio
        Males per 100 females (group).
    change
        Ratio less that of the group below (group); NaN for the first.
    flagged
        Whether the change passes the limit (group).
    """

    ratio: Floats
    change: Floats
    flagged: Bools


class CohortConsistency(NamedTuple):
    """Cohorts of two censuses compared.

    Attributes
    ----------
    age
        Lower age of each cohort at the second census (cohort); the last is open.
    ratio
        Persons at the second census over those of the cohort at the first (.., cohort).
    expected
        The same ratio by survival alone (.., cohort); ones where no survival was given.
    residual
        Share of the survivors that came or went, ratio / expected - 1 (.., cohort).
    flagged
        Whether the residual passes the limit (.., cohort).
    """

    age: NDArray[np.int64]
    ratio: Floats
    expected: Floats
    residual: Floats
    flagged: Bools


def age_ratio_score(counts: ArrayLike) -> float:
    """Mean absolute deviation of the age ratios from 100.

    Parameters
    ----------
    counts
        Persons of one sex in closed groups of equal width (group), three or more.

    Returns
    -------
    float
        Score; an age ratio is 200 times a group over the sum of its two neighbours.

    Raises
    ------
    DataError
        For too few groups, or two neighbours without anybody.

    References
    ----------
    United Nations (1955). Manual II: Methods of Appraisal of Quality of Basic Data for Population
    Estimates, p. 42-43.

    Examples
    --------
    >>> age_ratio_score([10, 12, 10, 8])
    10.0
    """
    values = _closed(counts, 3)
    around = values[:-2] + values[2:]
    if (around <= 0).any():
        raise DataError("two neighbouring age groups hold nobody: no age ratio exists")
    return float(np.abs(200 * values[1:-1] / around - 100).mean())


def sex_ratio_score(female: ArrayLike, male: ArrayLike) -> float:
    """Mean absolute difference of the sex ratios of neighbouring groups, in males per 100 females.

    Parameters
    ----------
    female, male
        Persons in the same closed groups (group), two or more.

    Returns
    -------
    float
        Score.

    Raises
    ------
    DataError
        Where the shapes differ or a group has no women.

    References
    ----------
    United Nations (1955), as above.

    Examples
    --------
    >>> sex_ratio_score([10, 10, 10], [10, 11, 9])
    15.0
    """
    return float(np.abs(np.diff(_ratio(_closed(female, 2), _closed(male, 2)))).mean())


def age_sex_accuracy(female: ArrayLike, male: ArrayLike) -> AgeSexAccuracy:
    r"""United Nations age-sex accuracy index (joint score).

    Parameters
    ----------
    female, male
        Persons in closed 5-year groups (group); the open group is left out by the caller.

    Returns
    -------
    AgeSexAccuracy
        Score and parts. Below 20 accurate, 20 to 40 inaccurate, above 40 highly inaccurate.

    Raises
    ------
    DataError
        Where the groups differ, are too few, or are empty.

    Notes
    -----
    In populations of fewer than a million, chance alone moves the scores; then
    :math:`3500/\sqrt{P} - 3.5` is taken off.

    References
    ----------
    United Nations (1952). Accuracy tests for census age distributions tabulated in five-year and
    ten-year groups. Population Bulletin of the United Nations 2, 59-79.

    Examples
    --------
    >>> age_sex_accuracy([2e6] * 5, [2e6] * 5).score
    0.0
    """
    women, men = _closed(female, 3), _closed(male, 3)
    sexes = sex_ratio_score(women, men)
    ages = age_ratio_score(women), age_ratio_score(men)
    total = women.sum() + men.sum()
    chance = 3500 / np.sqrt(total) - 3.5 if total < 1e6 else 0.0
    return AgeSexAccuracy(float(3 * sexes + sum(ages) - chance), sexes, *ages)


def sex_ratio_check(female: ArrayLike, male: ArrayLike, *, limit: float = 10.0) -> SexRatios:
    """Sex ratios by age, with the steps between neighbouring groups that are too large to believe.

    Parameters
    ----------
    female, male
        Persons in the same groups (group).
    limit
        Largest believable step, in males per 100 females. The default is a rule of thumb of this
        package, not a published one: where men or women move for work, larger steps are real.

    Returns
    -------
    SexRatios
        Ratio, change and flag of each group.

    Raises
    ------
    DataError
        Where the shapes differ or a group has no women.

    Notes
    -----
    By definition. No published limit: the default is a rule of thumb of this package.

    Examples
    --------
    >>> sex_ratio_check([100, 100, 100], [105, 104, 80]).flagged
    array([False, False,  True])
    """
    ratio = _ratio(_closed(female, 2), _closed(male, 2))
    change = np.append(np.nan, np.diff(ratio))
    return SexRatios(ratio, change, np.abs(np.nan_to_num(change)) > limit)


def cohort_consistency(
    population0: ArrayLike,
    population1: ArrayLike,
    age: ArrayLike,
    *,
    interval: int,
    survival: ArrayLike | None = None,
    limit: float = 0.1,
) -> CohortConsistency:
    """Follow the cohorts of one census to the next.

    Parameters
    ----------
    population0, population1
        Persons (.., group) at the two censuses, the last group open.
    age
        Lower bounds of the groups (group), all of one width but the open one.
    interval
        Years between the censuses, a whole number of group widths.
    survival
        Survival ratios of one step (.., group), a step being one group width, indexed by the age
        reached; None compares with nobody dying.
    limit
        Residual beyond which a cohort is flagged. The default is a rule of thumb of this package.

    Returns
    -------
    CohortConsistency
        One entry for each cohort alive at both censuses; those that meet in the open group together
        are one.

    Raises
    ------
    DataError
        For unequal widths, an interval that is not a whole number of them, an empty cohort, or
        counts that are missing or negative.

    Notes
    -----
    A closed population with true ages has residuals of 0. A residual is migration, or a change in
    coverage, or misreported ages; the same sign at all adult ages speaks for coverage or migration,
    alternating signs for ages.

    References
    ----------
    United Nations (1955), as above, p. 15-19 (balancing and cohort checks).

    Examples
    --------
    >>> cohort_consistency([10, 8, 6, 4], [9, 9, 8, 7], [0, 5, 10, 15], interval=5).ratio
    array([0.9, 1. , 0.7])
    """
    groups = age_groups(age)
    widths = set(groups.width[:-1].tolist())
    if len(widths) != 1:
        raise DataError(f"age groups must be of one width; got widths {sorted(widths)}")
    steps, rest = divmod(interval, widths.pop())
    if rest or not 1 <= steps < groups.age.size - 1:
        raise DataError(f"{interval} years are not a whole number of age groups")
    P0 = group_counts(population0, groups)
    P1 = group_counts(population1, groups)
    if P0.shape != P1.shape:
        raise DataError(f"the two censuses differ in shape: {P0.shape} and {P1.shape}")
    S = np.ones(groups.age.size) if survival is None else np.asarray(survival, dtype=np.float64)
    alive = P0
    for _ in range(steps):
        pooled = (alive[..., -2:].sum(axis=-1, keepdims=True)) * S[..., -1:]
        moved = alive[..., :-2] * S[..., 1:-1]
        alive = np.concatenate([np.zeros_like(pooled), moved, pooled], axis=-1)
    before = np.concatenate(
        [P0[..., : -steps - 1], P0[..., -steps - 1 :].sum(axis=-1, keepdims=True)], axis=-1
    )
    if (before <= 0).any():
        raise DataError("a cohort holds nobody at the first census: no ratio exists")
    ratio = P1[..., steps:] / before
    expected = alive[..., steps:] / before
    residual = ratio / expected - 1
    return CohortConsistency(
        groups.age[steps:], ratio, expected, residual, np.abs(residual) > limit
    )


def _closed(counts: ArrayLike, least: int) -> Floats:
    """Persons of one sex in closed groups, checked."""
    values = np.asarray(counts, dtype=np.float64)
    if values.ndim != 1 or values.size < least:
        raise DataError(f"{least} age groups or more of one sex are wanted; got {values.shape}")
    wrong = ~(values >= 0)
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise DataError(f"group {place}: missing or negative count; got {values[place]}")
    return values


def _ratio(female: Floats, male: Floats) -> Floats:
    """Males per 100 females."""
    if female.shape != male.shape:
        raise DataError(f"the sexes differ in age groups: {female.shape} and {male.shape}")
    if (female <= 0).any():
        place = int(np.flatnonzero(female <= 0)[0])
        raise DataError(f"group {place} has no women: no sex ratio exists")
    return 100 * male / female
