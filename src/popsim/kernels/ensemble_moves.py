"""Many draws of states that moves couple, reduced inside the loop over years.

All states of a coupled group are carried together through one draw, in the order of `step`:
survive in the state of origin, move along the edges, bear, move the newborn, add migrants. Rows
hold Q = P + h G as in `ensemble`; letters are in `ensemble_data`, and M: states of one group.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from popsim.kernels.ensemble import (
    add_newborn,
    arrivals,
    begin,
    between,
    least_cell,
    mixed,
    of_state,
    pick,
    women,
)
from popsim.kernels.ensemble_data import PAIR, aligned
from popsim.kernels.ensemble_sums import add_to_places, finish, hold_row, keep_bands, weigh
from popsim.kernels.jit import inlined, kernel
from popsim.kernels.vectors import LANES, fill, fused, load, plus, shifted, store, times

__all__ = ["GroupRoom", "project_coupled_draws", "room_for"]


class GroupRoom(NamedTuple):
    """Rows of one group in one draw, of one thread alone."""

    start: np.ndarray  # (M, PAIR + W) Q at the start
    survivors: np.ndarray  # (M, PAIR + W) at the end, in the state of origin
    end: np.ndarray  # (M, PAIR + W) after moves, then Q of the next step
    born: np.ndarray  # (M, G) newborn who survive
    moved: np.ndarray  # (M, G, T) and where they are at the end of each step
    held: np.ndarray  # (M, LANES, pieces, LANES) people of each piece in the last eight steps
    kept: np.ndarray  # (M, K, T + 1 and room for eight more)


def room_for(most, cells, pieces, sums, steps) -> GroupRoom:
    """Make room for groups of at most `most` states.

    Parameters
    ----------
    most, cells, pieces, sums, steps
        M, W, pieces, K, T.

    Returns
    -------
    GroupRoom

    Examples
    --------
    >>> room_for(2, 16, 1, 1, 3).start.shape
    (2, 32)
    """
    rows = (most, PAIR + cells)
    return GroupRoom(
        aligned(rows),
        aligned(rows),
        aligned(rows),
        aligned((most, 2)),
        aligned((most, 2, steps)),
        aligned((most, LANES, pieces, LANES)),
        aligned((most, sums, steps + 1 + LANES)),
    )


@inlined
def _survive(patterns, s, position, row, survivors, end):
    """Age and survive one state.  row, survivors, end (PAIR + W)."""
    own, r, above, part = between(patterns, s, position)
    low, high = fill(1.0 - part), fill(part)
    lower, upper = patterns.survival[own, r], patterns.survival[own, above]
    in_lower, in_upper = patterns.inside[own, r], patterns.inside[own, above]
    for j in range(0, PAIR, LANES):
        younger = fill(0.0)
        for i in range(j, lower.shape[0], PAIR):
            older = load(row, PAIR + i)
            value = times(shifted(younger, older), mixed(lower, upper, i, low, high))
            if i + PAIR >= lower.shape[0]:
                value = fused(older, mixed(in_lower, in_upper, j, low, high), value)
            store(survivors, PAIR + i, value)
            store(end, PAIR + i, value)
            younger = older


@inlined
def _exchange(patterns, levels, groups, c, d, t, room):
    """Move the survivors along the edges of a group."""
    step = t if patterns.move.shape[0] > 1 else 0
    for k in range(groups.edge_start[c], groups.edge_start[c + 1]):
        e, i, j = groups.edge[k], groups.edge_from[k], groups.edge_to[k]
        level = levels.move[d, e if levels.move.shape[1] > 1 else 0, t]
        share, loss = fill(level), fill(-1.0)
        move, people = patterns.move[step, e], room.survivors[i]
        origin, destination = room.end[i], room.end[j]
        for x in range(0, move.shape[0], LANES):
            gone = times(times(share, load(move, x)), load(people, PAIR + x))
            store(origin, PAIR + x, fused(loss, gone, load(origin, PAIR + x)))
            store(destination, PAIR + x, plus(gone, load(destination, PAIR + x)))


@inlined
def _move_newborn(patterns, levels, groups, c, d, t, room):
    """Move the newborn along the edges of a group."""
    step = t if patterns.move.shape[0] > 1 else 0
    for i in range(groups.member_start[c + 1] - groups.member_start[c]):
        for g in range(2):
            room.moved[i, g, t] = room.born[i, g]
    for k in range(groups.edge_start[c], groups.edge_start[c + 1]):
        e, i, j = groups.edge[k], groups.edge_from[k], groups.edge_to[k]
        level = levels.move[d, e if levels.move.shape[1] > 1 else 0, t]
        for g in range(2):
            gone = level * patterns.move[step, e, g * LANES] * room.born[i, g]
            room.moved[i, g, t] -= gone
            room.moved[j, g, t] += gone


@inlined
def _bear(patterns, levels, timing, s, d, t, position, i, room):
    """Newborn of one state who live to the end of the step."""
    fertility = patterns.fertility[s, t if patterns.fertility.shape[1] > 1 else 0]
    births = women(room.start[i], fertility, timing.first, timing.stop)
    births += women(room.end[i], fertility, timing.first, timing.stop)
    # `counted` takes off the late migrants of rows that hold them; `end` does not hold them yet
    counted = timing.counted + (1.0 - timing.early)
    births += counted * pick(levels.migration, d, s, t) * timing.of_profile[s, 0, t]
    if patterns.fixed.shape[0] > 0:
        births += counted * timing.of_fixed[s, 0, t]
    births *= 0.5 * timing.years * pick(levels.tfr, d, s, t)
    share = patterns.girls[s, t]
    own, r, above, part = between(patterns, s, position)
    lower, upper, low = patterns.survival[own, r], patterns.survival[own, above], 1.0 - part
    girls, boys = births * share, births * (1.0 - share)
    room.born[i, 0] = girls * (low * lower[0] + part * upper[0])
    room.born[i, 1] = boys * (low * lower[LANES] + part * upper[LANES])


@inlined
def _arrive(patterns, levels, timing, s, d, t, row):
    """Add late migrants of this step and early ones of the next.  row (PAIR + W)."""
    ends = t + 1 == timing.of_profile.shape[2]
    late, early = 1.0 - timing.early, 0.0 if ends else timing.early
    now_level, next_level = pick(levels.migration, d, s, t), pick(levels.migration, d, s, t + 1)
    now = (fill(late * now_level), fill(late))
    after = (fill(early * next_level), fill(early))
    for i in range(0, patterns.population.shape[1], LANES):
        value = plus(load(row, PAIR + i), arrivals(patterns, s, t, i, now, after))
        store(row, PAIR + i, value)


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
        _arrive(patterns, levels, timing, s, d, t, room.end[i])
        hold_row(sums, room.end[i], room.held[i, t % LANES])
        if t % LANES == LANES - 1 or t + 1 == levels.row.shape[2]:
            keep_bands(sums, room.held[i], room.kept[i], t // LANES * LANES + 1)
        weigh(sums, room.end[i], room.kept[i], t + 1)
        add_newborn(room.end[i], room.moved[i, 0, t], room.moved[i, 1, t])
        found = least_cell(room.end[i])
        if found < smallest:
            smallest, where = found, s
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
            below = -1
            for t in range(steps):
                now = GroupRoom(start, room.survivors, end, *room[3:])
                _, where = _advance(patterns, levels, sums, timing, groups, c, d, t, now)
                if below < 0:
                    below = where
                start, end = end, start
            for i in range(size):
                s = groups.member[begins + i]
                level = of_state(levels.migration, d, s)
                kept = room.kept[i]
                finish(sums, s, timing.early, level, room.moved[i], kept)
                add_to_places(places, s, kept, out[d])
            if below >= 0:
                faults += 1
                if fault_state < 0:
                    fault_state, fault_draw = below, d
    return faults, fault_state, fault_draw
