"""Many draws at once, reduced while a population is still in the nearest cache.

One population (a state in a draw, both sexes) is carried through all steps in one row that never
leaves the first cache; of each step only the sums wanted are kept. Every step reads three more
rows: two neighbours of the family of life tables, mixed by the draw's position between them, and
the profile of migrants, times the draw's level. No rate of a draw is ever written down.

The row holds Q = P + h G: the people at the start with the migrants present from the start, so that

    Q'[x] = Q[x-1] S[x] + (1-h) G[x] + h G'[x]        (G' of the next step)

is one product and one sum. What Q holds too much is taken off the sums, not off the cells. States
that moves couple are in `ensemble_moves`, what is kept in `ensemble_sums`, letters in
`ensemble_data`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from popsim.kernels.ensemble_data import PAIR, aligned
from popsim.kernels.ensemble_sums import add_to_places, finish, keep_bands, weigh
from popsim.kernels.jit import inlined, kernel
from popsim.kernels.vectors import (
    LANES,
    fill,
    first_lane,
    fused,
    least,
    least_lane,
    load,
    plus,
    shifted,
    store,
    sum_lanes,
    times,
)

__all__ = ["DrawRoom", "draw_room", "project_draws"]


class DrawRoom(NamedTuple):
    """Rows of one state in one draw, of one thread alone."""

    row: np.ndarray  # (PAIR + W) Q without the newborn; zeros before the first age
    joining: np.ndarray  # (W) migrants between two starts
    place: np.ndarray  # (T) number of the lower row of the family
    part: np.ndarray  # (T) and how far towards the upper one
    level: np.ndarray  # (T) of the migrants between two starts
    bearing: np.ndarray  # (T) births at TFR level 1 of migrants, as far as the row does not say
    births: np.ndarray  # (2, T) girls and boys of a birth at TFR level 1, half a step long
    born: np.ndarray  # (2, T) girls and boys alive at the end of the step
    held: np.ndarray  # (LANES, pieces, LANES) people of each piece in the last eight steps
    kept: np.ndarray  # (K, T + 1 and room for eight more)


def draw_room(cells, pieces, sums, steps) -> DrawRoom:
    """Make room for one state.

    Parameters
    ----------
    cells, pieces, sums, steps
        W, pieces, K, T.

    Returns
    -------
    DrawRoom

    Examples
    --------
    >>> draw_room(16, 1, 3, 5).row.shape
    (32,)
    """
    return DrawRoom(
        aligned((PAIR + cells,)),
        aligned((cells,)),
        np.zeros(steps, dtype=np.int64),
        aligned((steps,)),
        aligned((steps,)),
        aligned((steps,)),
        aligned((2, steps)),
        aligned((2, steps)),
        aligned((LANES, pieces, LANES)),
        aligned((sums, steps + 1 + LANES)),
    )


@inlined
def between(patterns, s, position):
    """Neighbouring rows of the family around a position, and the part of the upper one.

    Returns the states' number in the family, both rows, and the part.
    """
    own = s if patterns.survival.shape[0] > 1 else 0
    rows = patterns.survival.shape[1]
    r = min(int(position), max(0, rows - 2))
    return own, r, min(r + 1, rows - 1), position - r


@inlined
def mixed(lower, upper, i, low, high):
    """Vector of survival between two rows.  lower, upper (W)."""
    return fused(high, load(upper, i), times(low, load(lower, i)))


@inlined
def women(row, fertility, first, stop):
    """Births of the women of a row at TFR level 1 a year.  row (PAIR + W), fertility (Y)."""
    births = fill(0.0)
    for i in range(first, stop, LANES):
        births = fused(load(fertility, i), load(row, PAIR + 2 * i), births)
    return sum_lanes(births)


@inlined
def begin(patterns, s, early, level, row):
    """Rows at the start: Q = P + h G.  row (PAIR + W)."""
    for i in range(PAIR):
        row[i] = 0.0
    for i in range(patterns.population.shape[1]):
        migrants = level * patterns.profile[s, 0, i]
        if patterns.fixed.shape[0] > 0:
            migrants += patterns.fixed[s, 0, i]
        row[PAIR + i] = patterns.population[s, i] + early * migrants


@inlined
def arrivals(patterns, s, t, i, now, after):
    """Vector of migrants between two starts, `now` of this step's and `after` of the next's."""
    steps = patterns.profile.shape[1]
    migrants = times(now[0], load(patterns.profile[s, t if steps > 1 else 0], i))
    following = min(t + 1, steps - 1)
    migrants = fused(after[0], load(patterns.profile[s, following], i), migrants)
    if patterns.fixed.shape[0] > 0:
        following = min(t + 1, patterns.fixed.shape[1] - 1)
        migrants = fused(now[1], load(patterns.fixed[s, t], i), migrants)
        migrants = fused(after[1], load(patterns.fixed[s, following], i), migrants)
    return migrants


@inlined
def _plan(patterns, levels, timing, s, d, room):
    """Work out what a draw needs in each step, but for its people."""
    early, late = timing.early, 1.0 - timing.early
    row, tfr = of_state(levels.row, d, s), of_state(levels.tfr, d, s)
    migration = of_state(levels.migration, d, s)
    place, part, level, bearing = room.place, room.part, room.level, room.bearing
    last, steps = max(0, patterns.survival.shape[1] - 2), row.shape[0]
    for t in range(steps):
        place[t] = min(int(row[t]), last)
        part[t] = row[t] - place[t]
    now, after = timing.of_profile[s, 0], timing.of_profile[s, 1]
    for t in range(steps):
        level[t] = late * migration[t] + early * migration[t + 1]
        leaving = early * migration[t + 1] * after[t]
        bearing[t] = timing.counted * migration[t] * now[t] - leaving
    if patterns.fixed.shape[0] > 0:
        now, after = timing.of_fixed[s, 0], timing.of_fixed[s, 1]
        for t in range(steps):
            bearing[t] += timing.counted * now[t] - early * after[t]
    girls, boys, share = room.births[0], room.births[1], patterns.girls[s]
    for t in range(steps):
        girls[t] = 0.5 * timing.years * tfr[t] * share[t]
        boys[t] = 0.5 * timing.years * tfr[t] * (1.0 - share[t])


@inlined
def _join(patterns, timing, levels, s, d, t, row):
    """Write the migrants between two starts, of patterns that no level alone can give.  row (W)."""
    late = 1.0 - timing.early
    early = 0.0 if t + 1 == timing.of_profile.shape[2] else timing.early
    now_level, next_level = pick(levels.migration, d, s, t), pick(levels.migration, d, s, t + 1)
    now = (fill(late * now_level), fill(late))
    after = (fill(early * next_level), fill(early))
    for i in range(0, row.shape[0], LANES):
        store(row, i, arrivals(patterns, s, t, i, now, after))


@inlined
def _rates(patterns, own, t, room):
    """Survival of one draw: rows of the family below and above it, open groups, part of each."""
    r, part = room.place[t], room.part[t]
    above = min(r + 1, patterns.survival.shape[1] - 1)
    rows = patterns.survival[own, r], patterns.survival[own, above]
    inside = patterns.inside[own, r], patterns.inside[own, above]
    return rows, inside, (1.0 - part, part)


@inlined
def _oldest(row, rates):
    """Oldest pair at the start, and those of it who stay in the open group."""
    inside, low, high = rates[1], fill(rates[2][0]), fill(rates[2][1])
    women, men = load(row, row.shape[0] - PAIR), load(row, row.shape[0] - LANES)
    stay_w = mixed(inside[0], inside[1], 0, low, high)
    stay_m = mixed(inside[0], inside[1], LANES, low, high)
    return (women, men), (times(women, stay_w), times(men, stay_m))


@inlined
def _advance(sums, rates, level, joining, newborn, row, held, smallest):
    """Age, survive and add migrants, in place; returns the least cells so far.

    level, joining (W): of migrants; newborn: of the last step; row (PAIR + W); held (pieces, LANES)
    gets the people of each piece, without the newborn. Cells are looked at as they are at the
    start.
    """
    (lower, upper), low, high = rates[0], fill(rates[2][0]), fill(rates[2][1])
    (older_w, older_m), (stay_w, stay_m) = _oldest(row, rates)
    top, people = lower.shape[0] - PAIR, fill(0.0)
    # Oldest first: in place, and the newborn of the last step, known last, are needed last. They
    # are not in the row: a vector read over a single cell just written waits for it.
    for v in range(sums.piece.shape[0]):
        i = top - PAIR * v
        j = LANES + i
        if i == 0:
            older_w = plus(older_w, first_lane(newborn[0]))
            older_m = plus(older_m, first_lane(newborn[1]))
        smallest = least(older_w, least(older_m, smallest))
        younger_w, younger_m = load(row, i), load(row, j)
        living_w, living_m = mixed(lower, upper, i, low, high), mixed(lower, upper, j, low, high)
        came_w, came_m = times(level, load(joining, i)), times(level, load(joining, j))
        women = fused(shifted(younger_w, older_w), living_w, came_w)
        men = fused(shifted(younger_m, older_m), living_m, came_m)
        if v == 0:
            women, men = plus(women, stay_w), plus(men, stay_m)
        store(row, PAIR + i, women)
        store(row, PAIR + j, men)
        people = plus(people, plus(women, men))
        older_w, older_m = younger_w, younger_m
        if sums.piece[v] >= 0:
            store(held[sums.piece[v]], 0, people)
            people = fill(0.0)
    return smallest


@inlined
def of_state(level, d, s):
    """Levels of a draw and state in all steps."""
    return level[d, s if level.shape[1] > 1 else 0]


@inlined
def pick(level, d, s, t):
    """Level of a draw, state and step."""
    return level[d, s if level.shape[1] > 1 else 0, t]


@inlined
def add_newborn(row, girls, boys):
    """Put the newborn into their cells.  row (PAIR + W)."""
    row[PAIR] += girls
    row[PAIR + LANES] += boys


@inlined
def least_cell(row):
    """Least cell of a row, or 0."""
    found = fill(0.0)
    for i in range(0, row.shape[0], LANES):
        found = least(load(row, i), found)
    return least_lane(found)


@inlined
def _bear(sums, t, rates, women_years, room):
    """Girls and boys of a step of one draw who are alive at its end."""
    (lower, upper), (low, high) = rates[0], rates[2]
    births = women_years + room.bearing[t]
    girls = births * room.births[0, t] * (low * lower[0] + high * upper[0])
    boys = births * room.births[1, t] * (low * lower[LANES] + high * upper[LANES])
    room.born[0, t], room.born[1, t] = girls, boys
    weigh(sums, room.row, room.kept, t + 1)
    return girls, boys


@inlined
def _carry(patterns, levels, sums, timing, s, d, room):
    """One state through one draw; returns its least cell."""
    row = room.row
    steps, constant = levels.row.shape[2], patterns.fertility.shape[1] == 1
    simple = patterns.profile.shape[1] == 1 and patterns.fixed.shape[0] == 0
    own = s if patterns.survival.shape[0] > 1 else 0
    _plan(patterns, levels, timing, s, d, room)
    begin(patterns, s, timing.early, pick(levels.migration, d, s, 0), row)
    joining = patterns.profile[s, 0] if simple else room.joining
    fertility = patterns.fertility[s, 0]
    before = women(row, fertility, timing.first, timing.stop)
    # comparisons with NaN are false: a sum that is no number is found by its reader
    smallest, newborn = fill(0.0), (0.0, 0.0)
    for t in range(steps):
        if not simple:
            _join(patterns, timing, levels, s, d, t, joining)
        if not constant:
            fertility = patterns.fertility[s, t]
            before = women(row, fertility, timing.first, timing.stop)
        rates, level = _rates(patterns, own, t, room), fill(room.level[t] if simple else 1.0)
        held = room.held[t % LANES]
        smallest = _advance(sums, rates, level, joining, newborn, row, held, smallest)
        if t == 0:
            smallest = fill(0.0)
        after = women(row, fertility, timing.first, timing.stop)
        newborn = _bear(sums, t, rates, before + after, room)
        before = after
        if t % LANES == LANES - 1 or t + 1 == steps:
            keep_bands(sums, room.held, room.kept, t // LANES * LANES + 1)
    add_newborn(row, newborn[0], newborn[1])
    migration = of_state(levels.migration, d, s)
    finish(sums, s, timing.early, migration, room.born, room.kept)
    return min(least_lane(smallest), least_cell(row))


@kernel
def project_draws(first, last, states, patterns, levels, sums, places, timing, room, out):
    """Project draws first to last - 1 of states that no moves couple.

    states: first and last + 1 of those to project; room: of this thread alone; out
    (D, Q, K, T + 1) is added to. Returns the number of states x draws with a cell below 0, and
    the first of them.
    """
    faults, fault_state, fault_draw = 0, -1, -1
    for s in range(states[0], states[1]):
        for d in range(first, last):
            smallest = _carry(patterns, levels, sums, timing, s, d, room)
            add_to_places(places, s, room.kept, out[d])
            if smallest < 0.0:
                faults += 1
                if fault_state < 0:
                    fault_state, fault_draw = s, d
    return faults, fault_state, fault_draw
