"""The table of variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "EDGE_KINDS",
    "LOOP_DIMS",
    "SEXES",
    "STATE_DIMS",
    "VARIABLES",
    "Variable",
    "describe",
]

LOOP_DIMS = ("scenario", "draw")
STATE_DIMS = ("region", "area", "status")
SEXES = ("female", "male")
EDGE_KINDS = ("migration", "reclassification", "registration")

_HUGE = 1e300


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the engine.

    Parameters
    ----------
    name
        As in the Dataset.
    units
        Text of the attribute ``units``.
    dims
        Dims it must have, besides state and loop dims.
    states
        ``all``: every state dim of the population, because it counts people; ``any``: some or
        none, because a rate may be the same in several states; ``none``.
    meaning
        One clause, the attribute ``long_name`` of results.
    role
        Part it plays in a projection.
    lower, upper
        Bounds of its values, inclusive.
    constant
        Whether the dim ``period`` may be absent: the same in every step.

    Examples
    --------
    >>> VARIABLES["survival_ratio"].dims
    ('sex', 'age', 'period')
    """

    name: str
    units: str
    dims: tuple[str, ...]
    states: Literal["all", "any", "none"]
    meaning: str
    role: Literal["base", "rate", "flow", "result"]
    lower: float = 0.0
    upper: float = _HUGE
    constant: bool = False


_AGED = ("sex", "age", "period")

_ALL = [
    Variable(
        "population",
        "person",
        ("sex", "age"),
        "all",
        "population at the start of the projection",
        "base",
    ),
    Variable(
        "survival_ratio",
        "1",
        _AGED,
        "any",
        "share surviving into the age group reached",
        "rate",
        upper=1.0,
        constant=True,
    ),
    Variable(
        "open_survival_ratio",
        "1",
        ("sex", "period"),
        "any",
        "share of those already in the open age group surviving in it",
        "rate",
        upper=1.0,
        constant=True,
    ),
    Variable(
        "death_rate",
        "person-1 year-1",
        _AGED,
        "any",
        "deaths per person-year",
        "rate",
        constant=True,
    ),
    Variable(
        "fertility_rate",
        "births person-1 year-1",
        ("age", "period"),
        "any",
        "births per woman-year",
        "rate",
        constant=True,
    ),
    Variable(
        "sex_ratio_at_birth",
        "male per female",
        ("period",),
        "any",
        "boys born per girl",
        "rate",
        constant=True,
    ),
    Variable(
        "move_probability",
        "1",
        ("edge", *_AGED),
        "none",
        "share of an origin's survivors who move along an edge in a step",
        "rate",
        upper=1.0,
        constant=True,
    ),
    Variable(
        "net_migration",
        "person",
        _AGED,
        "all",
        "net migrants of a step across the outer border",
        "flow",
        lower=-_HUGE,
    ),
    Variable(
        "net_migration_rate",
        "person-1 year-1",
        _AGED,
        "any",
        "net migrants per person of the starting population and year",
        "rate",
        lower=-_HUGE,
        constant=True,
    ),
]

VARIABLES: dict[str, Variable] = {v.name: v for v in _ALL}

_RESULTS = [
    Variable("population", "person", ("sex", "age", "year"), "all", "population", "result"),
    Variable("births", "person", ("sex", "period"), "all", "births", "result"),
    Variable("deaths", "person", _AGED, "all", "deaths, by age at the end of the step", "result"),
    Variable(
        "moves",
        "person",
        ("edge", *_AGED),
        "none",
        "moves, by age at the end of the step",
        "result",
    ),
    Variable(
        "net_migration",
        "person",
        _AGED,
        "all",
        "net migration, by age at the end of the step",
        "result",
    ),
    Variable(
        "births_by_age", "person", ("age", "period"), "all", "births, by age of mother", "result"
    ),
    Variable("deaths_by_age", "person", _AGED, "all", "deaths, by age at death", "result"),
    Variable("exposure", "person year", _AGED, "all", "person-years lived", "result"),
]

RESULTS: dict[str, Variable] = {v.name: v for v in _RESULTS}


def describe(name: str, *, result: bool = False) -> Variable:
    """Return the table's entry for a variable.

    Parameters
    ----------
    name
        Of an input, or of a result.
    result
        Whether the result of that name is meant (`population` is both).

    Returns
    -------
    Variable

    Raises
    ------
    KeyError
        Where there is no such variable.

    Examples
    --------
    >>> describe("deaths", result=True).units
    'person'
    """
    return (RESULTS if result else VARIABLES)[name]
