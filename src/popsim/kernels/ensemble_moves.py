"""Many draws of states that moves couple, reduced inside the loop over years.

All states of a coupled group are carried together through one draw, in the order of `step`:
survive in the state of origin, move along the edges, bear, move the newborn, add migrants. Rows
hold Q = P + h G as in `ensemble`; letters are in `ensemble_data`, and M: states of one group.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from popsim.kernels.ensemble import (
    UNBORN,
    add_newborn,
    add_to_places,
    arrivals,
    begin,
    keep_sums,
    mixed,
    newborn_survival,
    pick,
    take_off,
    women,
)
from popsim.kernels.ensemble_data import aligned
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
    store,
    times,
)

__all__ = ["GroupRoom", "project_coupled_draws", "room_for"]


class GroupRoom(NamedTuple):
    """Rows of one group in one draw, of one thread alone."""

    start: np.ndarray  # (M, G, 8 + Y) Q at the start
    survivors: np.ndarray  # (M, G, 8 + Y) at the end, in the state of origin
    end: np.ndarray  # (M, G, 8 + Y) after moves, then Q of the next step
    born: np.ndarray  # (M, G) newborn who survive
    moved: np.ndarray  # (M, G) and where they are at the end of the step
    kept: np.ndarray  # (M, K, T + 1)


def room_for(most, ages, sums, steps) -> GroupRoom:
    """Make room for groups of at most `most` states.

    Parameters
    ----------
    most, ages, sums, steps
        M, Y, K, T.

    Returns
    -------
    GroupRoom

    Examples
    --------
    >>> room_for(2, 8, 1, 3).start.shape
    (2, 2, 16)
    """
    rows = (most, 2, LANES + ages)
    return GroupRoom(
        aligned(rows),
        aligned(rows),
        aligned(rows),
        aligned((most, 2)),
        aligned((most, 2)),
        aligned((most, sums, steps + 1)),
    )


@inlined
def _survive(patterns, s, position, row, survivors, end):
    """Age and survive one state.  row, survivors, end (G, 8 + Y)."""
    own = s if patterns.survival.shape[0] > 1 else 0
    r = min(int(position), max(0, patterns.survival.shape[1] - 2))
    above = min(r + 1, patterns.survival.shape[1] - 1)
    low, high = fill(1.0 - (position - r)), fill(position - r)
    top = patterns.population.shape[2] - LANES
    for g in range(2):
        lower, upper = patterns.survival[own, r, g], patterns.survival[own, above, g]
        old, alive, after = row[g], survivors[g], end[g]
        for i in range(0, top, LANES):
            value = times(load(old, LANES - 1 + i), mixed(lower, upper, i, low, high))
            store(alive, LANES + i, value)
            store(after, LANES + i, value)
        stay = mixed(patterns.inside[own, r, g], patterns.inside[own, above, g], 0, low, high)
        value = times(load(old, LANES + top), stay)
        value = fused(load(old, LANES - 1 + top), mixed(lower, upper, top, low, high), value)
        store(alive, LANES + top, value)
        store(after, LANES + top, value)


@inlined
def _exchange(patterns, levels, groups, c, d, t, room):
    """Move the survivors along the edges of a group."""
    step = t if patterns.move.shape[0] > 1 else 0
    for k in range(groups.edge_start[c], groups.edge_start[c + 1]):
        e, i, j = groups.edge[k], groups.edge_from[k], groups.edge_to[k]
        level = levels.move[d, e if levels.move.shape[1] > 1 else 0, t]
        share, loss = fill(level), fill(-1.0)
        for g in range(2):
            move, people = patterns.move[step, e, g], room.survivors[i, g]
            origin, destination = room.end[i, g], room.end[j, g]
            for x in range(0, move.shape[0], LANES):
                gone = times(times(share, load(move, x)), load(people, LANES + x))
                store(origin, LANES + x, fused(loss, gone, load(origin, LANES + x)))
                store(destination, LANES + x, plus(gone, load(destination, LANES + x)))


@inlined
def _move_newborn(patterns, levels, groups, c, d, t, room):
    """Move the newborn along the edges of a group."""
    step = t if patterns.move.shape[0] > 1 else 0
    for i in range(groups.member_start[c + 1] - groups.member_start[c]):
        for g in range(2):
            room.moved[i, g] = room.born[i, g]
    for k in range(groups.edge_start[c], groups.edge_start[c + 1]):
        e, i, j = groups.edge[k], groups.edge_from[k], groups.edge_to[k]
        level = levels.move[d, e if levels.move.shape[1] > 1 else 0, t]
        for g in range(2):
            gone = level * patterns.move[step, e, g, 0] * room.born[i, g]
            room.moved[i, g] -= gone
            room.moved[j, g] += gone


@inlined
def _bear(patterns, levels, timing, s, d, t, position, i, room):
    """Newborn of one state who live to the end of the step."""
    fertility = patterns.fertility[s, t if patterns.fertility.shape[1] > 1 else 0]
    births = women(room.start[i, 0], fertility, timing.first, timing.stop)
    births += women(room.end[i, 0], fertility, timing.first, timing.stop)
    # `counted` takes off the late migrants of rows that hold them; `end` does not hold them yet
    counted = timing.counted + (1.0 - timing.early)
    births += counted * pick(levels.migration, d, s, t) * timing.of_profile[s, t, 0]
    if patterns.fixed.shape[0] > 0:
        births += counted * timing.of_fixed[s, t, 0]
    births *= 0.5 * timing.years * pick(levels.tfr, d, s, t)
    share = patterns.girls[s, t if patterns.girls.shape[1] > 1 else 0]
    room.born[i, 0] = births * share * newborn_survival(patterns, s, 0, position)
    room.born[i, 1] = births * (1.0 - share) * newborn_survival(patterns, s, 1, position)


@inlined
def _arrive(patterns, levels, timing, s, d, t, row):
    """Add late migrants of this step and early ones of the next; returns the least cell."""
    ends = t + 1 == timing.of_profile.shape[1]
    late, early = 1.0 - timing.early, 0.0 if ends else timing.early
    now_level, next_level = pick(levels.migration, d, s, t), pick(levels.migration, d, s, t + 1)
    now = (fill(late * now_level), fill(late))
    after = (fill(early * next_level), fill(early))
    smallest, unborn = fill(0.0), first_lane(UNBORN)
    for g in range(2):
        cells = row[g]
        for i in range(0, patterns.population.shape[2], LANES):
            value = plus(load(cells, LANES + i), arrivals(patterns, s, t, g, i, now, after))
            store(cells, LANES + i, value)
            if i == 0:
                value = plus(value, unborn)
            smallest = least(value, smallest)
    return least_lane(smallest)


@inlined
def _advance(patterns, levels, sums, timing, groups, c, d, t, room):
    """One step of one group; returns the least cell and its state."""
    first = groups.member_start[c]
    size = groups.member_start[c + 1] - first
    for i in range(size):
        s = groups.member[first + i]
        position = pick(levels.row, d, s, t)
        _survive(patterns, s, position, room.start[i], room.survivors[i], room.end[i])
    _exchange(patterns, levels, groups, c, d, t, room)
    for i in range(size):
        s = groups.member[first + i]
        _bear(patterns, levels, timing, s, d, t, pick(levels.row, d, s, t), i, room)
    _move_newborn(patterns, levels, groups, c, d, t, room)
    smallest, where = 0.0, -1
    for i in range(size):
        s = groups.member[first + i]
        least_cell = _arrive(patterns, levels, timing, s, d, t, room.end[i])
        girls, boys = room.moved[i, 0], room.moved[i, 1]
        keep_sums(sums, room.end[i, 0], room.end[i, 1], girls, boys, room.kept[i], t + 1)
        next_level = pick(levels.migration, d, s, t + 1)
        take_off(sums, s, t + 1, timing.early, next_level, room.kept[i])
        least_cell = min(least_cell, add_newborn(room.end[i], girls, boys))
        if least_cell < smallest:
            smallest, where = least_cell, s
    return smallest, where


@kernel
def project_coupled_draws(first, last, patterns, levels, sums, places, timing, groups, room, out):
    """Project draws first to last - 1 of states that moves couple.

    out (D, Q, K, T + 1) is added to. Returns the number of groups x draws with a cell below 0,
    and state and draw of the first of them.
    """
    faults, fault_state, fault_draw = 0, -1, -1
    steps = levels.row.shape[2]
    for c in range(groups.member_start.shape[0] - 1):
        begins = groups.member_start[c]
        size = groups.member_start[c + 1] - begins
        for d in range(first, last):
            start, end = room.start, room.end
            for i in range(size):
                s = groups.member[begins + i]
                begin(patterns, s, timing.early, pick(levels.migration, d, s, 0), start[i])
                for k in range(sums.base.shape[1]):
                    room.kept[i, k, 0] = sums.base[s, k]
            below = -1
            for t in range(steps):
                now = GroupRoom(start, room.survivors, end, room.born, room.moved, room.kept)
                _, where = _advance(patterns, levels, sums, timing, groups, c, d, t, now)
                if below < 0:
                    below = where
                start, end = end, start
            for i in range(size):
                add_to_places(places, groups.member[begins + i], room.kept[i], out[d])
            if below >= 0:
                faults += 1
                if fault_state < 0:
                    fault_state, fault_draw = below, d
    return faults, fault_state, fault_draw
