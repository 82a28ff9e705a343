"""Age profiles of migration: the Rogers-Castro model and the UN's published schedules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import DataError, Problem, Problems
from popsim.methods._cells import FloatArray, check_shape, floats, refuse

__all__ = ["PARTS", "migration_by_age", "rogers_castro", "un_schedule", "un_schedules"]

Sex = Literal["female", "male"]

# Components of the model and the parameters each needs, in the order of Rogers and Castro (1981).
PARTS: dict[str, tuple[str, ...]] = {
    "childhood": ("a1", "alpha1"),
    "labour": ("a2", "alpha2", "mu2", "lambda2"),
    "retirement": ("a3", "alpha3", "mu3", "lambda3"),
    "old age": ("a4", "lambda4"),
    "level": ("c",),
}
ORDER = tuple(name for part in PARTS.values() for name in part)
REQUIRED = PARTS["childhood"] + PARTS["labour"] + PARTS["level"]

# UN DESA (1992), Preparing Migration Data for Subnational Population Projections
# (ST/ESA/SER.A/127), sets of model schedules, as tabulated in the R package migest
# (data-raw/model_schedules.csv).
# a1, alpha1, a2, alpha2, mu2, lambda2, c
UN_SCHEDULES: dict[tuple[str, Sex], tuple[float, ...]] = {
    ("western_standard", "female"): (0.0233, 0.107, 0.0766, 0.1436, 20.632, 0.4003, 0.0036),
    ("western_standard", "male"): (0.0215, 0.105, 0.0694, 0.112, 20.04, 0.391, 0.0028),
    ("low_dependency", "female"): (0.0149, 0.107, 0.09, 0.1436, 20.632, 0.4003, 0.0036),
    ("low_dependency", "male"): (0.0128, 0.105, 0.0804, 0.112, 20.04, 0.391, 0.0028),
    # mu2 of 20.04 stands so in the table, though every other female set shifts 20.632
    ("high_dependency", "female"): (0.0318, 0.107, 0.0632, 0.1436, 20.04, 0.4003, 0.0036),
    ("high_dependency", "male"): (0.0303, 0.105, 0.0582, 0.112, 20.04, 0.391, 0.0028),
    ("young_labour_entry", "female"): (0.0233, 0.107, 0.0766, 0.1436, 17.132, 0.4003, 0.0036),
    ("young_labour_entry", "male"): (0.0215, 0.105, 0.0691, 0.112, 16.09, 0.391, 0.0028),
    ("old_labour_entry", "female"): (0.0233, 0.107, 0.0766, 0.1436, 24.132, 0.4003, 0.0036),
    ("old_labour_entry", "male"): (0.0215, 0.105, 0.0691, 0.112, 23.99, 0.391, 0.0028),
    ("low_dependency_young_labour_entry", "female"): (
        0.0149, 0.107, 0.09, 0.1436, 17.132, 0.4003, 0.0036,
    ),
    ("low_dependency_young_labour_entry", "male"): (
        0.0128, 0.105, 0.08, 0.112, 16.09, 0.391, 0.0028,
    ),
}  # fmt: skip


def rogers_castro(age: ArrayLike, **parameters: float) -> FloatArray:
    """Migration by age as a sum of childhood, labour, retirement and old-age waves.

    m(x): migration rate at exact age x. a: heights; alpha: rates of decline; mu: positions;
    lambda: rates of ascent; c: level. The number of parameters chooses the model.

    Parameters
    ----------
    age
        Ages (..., age); any ages, whole or not. For an age group give its middle.
    **parameters
        7: ``a1 alpha1 a2 alpha2 mu2 lambda2 c``; 9: those and ``a4 lambda4`` (rise in old age);
        11: those of 7 and ``a3 alpha3 mu3 lambda3`` (retirement); 13: all.

    Returns
    -------
    FloatArray
        Rates (..., age), in the unit of the heights.

    Raises
    ------
    DataError
        If a parameter is unknown, missing or not a number, or an age is missing.

    Notes
    -----
    m(x) = a1 exp(-alpha1 x)
    + a2 exp{-alpha2 (x - mu2) - exp[-lambda2 (x - mu2)]}
    + a3 exp{-alpha3 (x - mu3) - exp[-lambda3 (x - mu3)]}
    + a4 exp(lambda4 x) + c

    References
    ----------
    Rogers, A. and Castro, L. J. (1981). Model Migration Schedules. IIASA Research Report
    RR-81-30.

    Rogers, A. and Watkins, J. (1987). General versus elderly interstate migration and population
    redistribution in the United States. Research on Aging 9(4), 483-529 (the 9 and 13 forms).

    Examples
    --------
    >>> fundamental = dict(a1=0.02, alpha1=0.1, a2=0.06, alpha2=0.1, mu2=20, lambda2=0.4, c=0.003)
    >>> rogers_castro([0, 20, 23], **fundamental).round(6)
    array([0.023   , 0.027779, 0.037895])
    """
    x = floats(age, "age")
    p = check_parameters(parameters)
    rates = p["a1"] * np.exp(-p["alpha1"] * x) + p["c"]
    rates = rates + wave(x, p["a2"], p["alpha2"], p["mu2"], p["lambda2"])
    if "a3" in p:
        rates = rates + wave(x, p["a3"], p["alpha3"], p["mu3"], p["lambda3"])
    if "a4" in p:
        rates = rates + p["a4"] * np.exp(p["lambda4"] * x)
    return np.asarray(rates)


def wave(x: FloatArray, a: float, alpha: float, mu: float, lam: float) -> FloatArray:
    """Return one double-exponential wave."""
    return np.asarray(a * np.exp(-alpha * (x - mu) - np.exp(-lam * (x - mu))))


def check_parameters(parameters: Mapping[str, float]) -> dict[str, float]:
    """Return the parameters as floats, or raise DataError for each unknown or missing one."""
    problems = Problems(DataError)
    forms = "7 (childhood, labour, level), 9 (+ a4 lambda4), 11 (+ a3 alpha3 mu3 lambda3) or 13"
    for name, value in parameters.items():
        if name not in ORDER:
            problems.add("unknown parameter", where=name, expected=f"one of {', '.join(ORDER)}")
        elif not np.isfinite(value):
            problems.add("not a finite number", where=name, got=value)
    needed = set(REQUIRED)
    for part in ("retirement", "old age"):
        if any(name in parameters for name in PARTS[part]):
            needed |= set(PARTS[part])
    for name in ORDER:
        if name in needed and name not in parameters:
            problems.add("parameter missing", where=name, expected=forms)
    problems.raise_if_any()
    return {name: float(parameters[name]) for name in ORDER if name in parameters}


def un_schedules() -> tuple[str, ...]:
    """Return the names of the UN's model migration schedules, each given for both sexes.

    Returns
    -------
    tuple of str
        Names for `un_schedule`.

    References
    ----------
    United Nations (1992). Preparing Migration Data for Subnational Population Projections.
    ST/ESA/SER.A/127. New York.

    Examples
    --------
    >>> un_schedules()[:3]
    ('western_standard', 'low_dependency', 'high_dependency')
    """
    return tuple(dict.fromkeys(name for name, _ in UN_SCHEDULES))


def un_schedule(name: str, sex: Sex) -> dict[str, float]:
    """Return the seven Rogers-Castro parameters of one of the UN's model migration schedules.

    Parameters
    ----------
    name
        A name of `un_schedules`. "Dependency" is the weight of children in the flow; "labour
        entry" the age at which the labour wave stands.
    sex
        ``"female"`` or ``"male"``.

    Returns
    -------
    dict
        Parameters by name, ready for `rogers_castro`.

    Raises
    ------
    DataError
        If there is no such schedule.

    References
    ----------
    United Nations (1992). Preparing Migration Data for Subnational Population Projections.
    ST/ESA/SER.A/127. New York.

    Examples
    --------
    >>> rogers_castro([25], **un_schedule("western_standard", "female")).round(4)
    array([0.0396])
    """
    if (name, sex) not in UN_SCHEDULES:
        known = ", ".join(un_schedules())
        raise DataError(
            Problem("no such migration schedule", f"{name}, {sex}", "", f"{known}; female or male")
        )
    return dict(zip(REQUIRED, UN_SCHEDULES[name, sex], strict=True))


def migration_by_age(
    total: ArrayLike,
    profile: ArrayLike,
    *,
    weights: ArrayLike | None = None,
) -> FloatArray:
    """Spread totals of migrants over ages, or over sexes and ages, by a profile.

    G: net or gross migrants; w: profile, times the people it applies to where it is one of rates.

    Parameters
    ----------
    total
        Migrants (...,); may be negative where they are net.
    profile
        Profile (age), the same for all totals, or (..., age), (..., sex, age): each total is
        spread over all the axes it lacks, never repeated. 0 or more, of any level.
    weights
        People exposed, of the shape of the result, where the profile is one of rates; none where
        it is one of counts.

    Returns
    -------
    FloatArray
        Migrants (..., age) or (..., sex, age) that add up to each total.

    Raises
    ------
    DataError
        If shapes do not join, a cell is missing, a profile or weight is negative, or a profile is
        zero throughout under a total that is not.

    Notes
    -----
    G(x) = G w(x) / sum of w.

    References
    ----------
    United Nations (1992). Preparing Migration Data for Subnational Population Projections.
    ST/ESA/SER.A/127.

    Examples
    --------
    >>> migration_by_age([100.0, -50.0], [1.0, 3.0, 1.0])
    array([[ 20.,  60.,  20.],
           [-10., -30., -10.]])
    >>> migration_by_age(100.0, [[1.0, 2.0], [3.0, 4.0]])
    array([[10., 20.],
           [30., 40.]])
    """
    totals = floats(total, "total")
    shape = floats(profile, "profile", minimum=0)
    if shape.ndim == 1:
        shape = np.broadcast_to(shape, (*totals.shape, shape.size))
    check_shape(totals, "total", shape.shape[: totals.ndim], "the leading axes of profile")
    if weights is not None:
        people = floats(weights, "weights", minimum=0)
        check_shape(people, "weights", shape.shape, "total and profile")
        shape = shape * people
    spread = tuple(range(totals.ndim, shape.ndim))
    sums = np.asarray(shape.sum(axis=spread))
    problems = Problems(DataError)
    refuse(
        problems,
        np.atleast_1d(totals),
        np.atleast_1d((sums == 0) & (totals != 0)),
        "profile is zero throughout under a total that is not",
        name="total",
        expected="0, or a profile above 0",
    )
    problems.raise_if_any()
    level = np.divide(totals, sums, out=np.zeros(sums.shape), where=sums > 0)
    return np.asarray(np.expand_dims(level, spread) * shape)
