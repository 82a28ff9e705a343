"""What goes into the kernels and what comes out, as plain tuples of arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Accounts", "Groups", "Outcome", "Rates", "Rules", "Work"]


class Rates(NamedTuple):
    """What drives the projection; an axis of length 1 in L, S or T repeats. Empty means none."""

    population: np.ndarray  # (L, S, G, X) at the start
    survival: np.ndarray  # (L, S, T, G, X) into the age reached; at 0 from birth
    within_open: np.ndarray  # (L, S, T, G) of those already in the open group
    reaching: np.ndarray  # (L, S, T, G, X) to the first birthday of group x, from group x - 1
    fertility: np.ndarray  # (L, S, T, X)
    sex_ratio: np.ndarray  # (L, S, T) boys per girl
    move: np.ndarray  # (L, T, E, G, X)
    migrants: np.ndarray  # (L, S, T, G, X) persons a step
    migration_rate: np.ndarray  # (L, S, T, G, X) per person and year of the population at start


class Groups(NamedTuple):
    """States and edges sorted by coupled group."""

    member: np.ndarray  # (S) states, group by group
    member_start: np.ndarray  # (C + 1)
    edge: np.ndarray  # (E) edges, group by group, by destination
    edge_start: np.ndarray  # (C + 1)
    edge_from: np.ndarray  # (E) place of the origin among the members of its group
    edge_to: np.ndarray  # (E)


class Rules(NamedTuple):
    """Conventions, and what to watch for."""

    years: float  # width of a step
    early: float  # share of external migrants present from the start: 0, .5, 1
    exposure: int  # step.BEFORE_MIGRATION, AFTER_MIGRATION, TEXTBOOK
    floor: bool  # the UN engine's rule for negatives
    first_bearing: int  # ages first to stop - 1 have births
    stop_bearing: int
    screen_survival: bool  # look for values that cannot be, while they are in the cache
    screen_migrants: bool
    audit: bool  # check the balance of each step, where accounts are not kept


class Accounts(NamedTuple):
    """Results; an empty array is not wanted and not written."""

    population: np.ndarray  # (L, S, T + 1, G, X)
    births: np.ndarray  # (L, S, T, G)
    deaths: np.ndarray  # (L, S, T, G, X) by age at the end of the step
    moves: np.ndarray  # (L, T, E, G, X) by age at the end of the step
    net_migration: np.ndarray  # (L, S, T, G, X) by age at the end of the step
    births_by_age: np.ndarray  # (L, S, T, X)
    deaths_by_age: np.ndarray  # (L, S, T, G, X) by age at death
    exposure: np.ndarray  # (L, S, T, G, X) person-years


class Work(NamedTuple):
    """Rows of one group in one step, small enough to stay in the nearest cache."""

    now: np.ndarray  # (M, G, X) population at the start
    start: np.ndarray  # (M, G, X) with early migrants; the same array as `now` if there are none
    migrants: np.ndarray  # (M, G, X)
    born: np.ndarray  # (M, G)
    survivors: np.ndarray  # (M, G, X) at the end, in the state of origin
    end: np.ndarray  # (M, G, X) after moves; the same array as `survivors` without edges
    stay: np.ndarray  # (M, G, X)
    faults: np.ndarray  # (4) cells: survival, migrants, leaving, negative population


class Outcome(NamedTuple):
    """What the jobs met."""

    bad_survival: int
    bad_migrants: int
    bad_leaving: int
    negative: int
    imbalance: float  # largest relative residual seen by the audit
