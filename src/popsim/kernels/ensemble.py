"""Many draws at once, reduced while a population is still in the nearest cache.

One population (a state in a draw, both sexes) is carried through all steps in two rows that never
leave the first cache; of each step only the sums wanted are kept. Every step reads three rows: two
neighbours of the family of life tables, mixed by the draw's position between them, and the profile
of migrants, times the draw's level. No rate of a draw is ever written down.

The rows hold Q = P + h G: the people at the start with the migrants present from the start, so that

    Q'[x] = Q[x-1] S[x] + (1-h) G[x] + h G'[x]        (G' of the next step)

is one product and one sum. What Q holds too much is taken off the sums, not off the cells. States
that moves couple are in `ensemble_moves`; letters are in `ensemble_data`.
"""

from __future__ import annotations

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
    sum_lanes,
    times,
)

__all__ = ["project_draws"]

# Stands for the newborn, not yet known, where cells are looked through for a negative one.
UNBORN = 1e300


@inlined
def mixed(lower, upper, i, low, high):
    """Vector of survival between two rows.  lower, upper (Y)."""
    return fused(high, load(upper, i), times(low, load(lower, i)))


@inlined
def women(row, fertility, first, stop):
    """Births of the women of a row at TFR level 1 a year.  row (8 + Y), fertility (Y)."""
    births = fill(0.0)
    for i in range(first, stop, LANES):
        births = fused(load(fertility, i), load(row, LANES + i), births)
    return sum_lanes(births)


@inlined
def keep_sums(sums, female, male, girls, boys, out, t):
    """Sums of a population whose newborn are not yet in their rows.

    female, male (8 + Y), out (K, T + 1).
    """
    bands = sums.whole.shape[0]
    for k in range(bands):
        total = fill(0.0)
        for i in range(sums.whole[k, 0], sums.whole[k, 1], LANES):
            total = plus(total, plus(load(female, LANES + i), load(male, LANES + i)))
        for side in range(2):
            i = sums.edge[k, side]
            if i >= 0:
                both = plus(load(female, LANES + i), load(male, LANES + i))
                total = fused(load(sums.mask[k, side], 0), both, total)
        out[k, t] = sum_lanes(total) + sums.newborn[k, 0] * girls + sums.newborn[k, 1] * boys
    for k in range(bands, sums.newborn.shape[0]):
        weight = sums.weight[k - bands]
        total = fill(0.0)
        for i in range(0, weight.shape[1], LANES):
            total = fused(load(weight[0], i), load(female, LANES + i), total)
            total = fused(load(weight[1], i), load(male, LANES + i), total)
        out[k, t] = sum_lanes(total) + sums.newborn[k, 0] * girls + sums.newborn[k, 1] * boys


@inlined
def take_off(sums, s, t, early, level, out):
    """Take the migrants of the next step off the sums.  out (K, T + 1)."""
    if early > 0.0:
        k_profile, k_fixed = sums.profile, sums.fixed
        for k in range(out.shape[0]):
            surplus = level * k_profile[s, t, k]
            if k_fixed.shape[0] > 0:
                surplus += k_fixed[s, t, k]
            out[k, t] -= early * surplus


@inlined
def add_to_places(places, s, kept, out):
    """Add the sums of a state where they belong.  kept (K, T + 1), out (Q, K, T + 1)."""
    for entry in range(places.start[s], places.start[s + 1]):
        q = places.place[entry]
        for k in range(kept.shape[0]):
            for t in range(kept.shape[1]):
                out[q, k, t] += places.share[entry, t] * kept[k, t]


@inlined
def begin(patterns, s, early, level, row):
    """Rows at the start: Q = P + h G.  row (G, 8 + Y)."""
    for g in range(2):
        for x in range(LANES):
            row[g, x] = 0.0
        for x in range(patterns.population.shape[2]):
            migrants = level * patterns.profile[s, 0, g, x]
            if patterns.fixed.shape[0] > 0:
                migrants += patterns.fixed[s, 0, g, x]
            row[g, LANES + x] = patterns.population[s, g, x] + early * migrants


@inlined
def arrivals(patterns, s, t, g, i, now, after):
    """Vector of migrants between two starts, `now` of this step's and `after` of the next's."""
    steps = patterns.profile.shape[1]
    migrants = times(now[0], load(patterns.profile[s, t if steps > 1 else 0, g], i))
    following = min(t + 1, steps - 1)
    migrants = fused(after[0], load(patterns.profile[s, following, g], i), migrants)
    if patterns.fixed.shape[0] > 0:
        following = min(t + 1, patterns.fixed.shape[1] - 1)
        migrants = fused(now[1], load(patterns.fixed[s, t, g], i), migrants)
        migrants = fused(after[1], load(patterns.fixed[s, following, g], i), migrants)
    return migrants


@inlined
def _advance(patterns, timing, s, t, position, now_level, next_level, row, new):
    """Age, survive and add migrants; returns the least cell.  row, new (G, 8 + Y)."""
    own = s if patterns.survival.shape[0] > 1 else 0
    r = min(int(position), max(0, patterns.survival.shape[1] - 2))
    above = min(r + 1, patterns.survival.shape[1] - 1)
    low, high = fill(1.0 - (position - r)), fill(position - r)
    ends = t + 1 == timing.of_profile.shape[1]
    late, early = 1.0 - timing.early, 0.0 if ends else timing.early
    simple = patterns.profile.shape[1] == 1 and patterns.fixed.shape[0] == 0
    level = fill(late * now_level + early * next_level)
    now = (fill(late * now_level), fill(late))
    after = (fill(early * next_level), fill(early))
    top = patterns.population.shape[2] - LANES
    smallest, unborn = fill(0.0), first_lane(UNBORN)
    # Oldest first: the newborn, written one by one at the end of the last step, are read last,
    # when the processor has put them away.
    for flip in range(2):
        g = 1 - flip
        lower, upper = patterns.survival[own, r, g], patterns.survival[own, above, g]
        old, fresh, profile = row[g], new[g], patterns.profile[s, 0, g]
        stay = mixed(patterns.inside[own, r, g], patterns.inside[own, above, g], 0, low, high)
        open_group = times(load(old, LANES + top), stay)
        if simple:
            for back in range(0, top + LANES, LANES):
                i = top - back
                value = times(level, load(profile, i))
                value = fused(load(old, LANES - 1 + i), mixed(lower, upper, i, low, high), value)
                if back == 0:
                    value = plus(value, open_group)
                store(fresh, LANES + i, value)
                if i == 0:
                    value = plus(value, unborn)
                smallest = least(value, smallest)
        else:
            for back in range(0, top + LANES, LANES):
                i = top - back
                value = arrivals(patterns, s, t, g, i, now, after)
                value = fused(load(old, LANES - 1 + i), mixed(lower, upper, i, low, high), value)
                if back == 0:
                    value = plus(value, open_group)
                store(fresh, LANES + i, value)
                if i == 0:
                    value = plus(value, unborn)
                smallest = least(value, smallest)
    return least_lane(smallest)


@inlined
def newborn_survival(patterns, s, g, position):
    """Survival from birth to the end of the step."""
    own = s if patterns.survival.shape[0] > 1 else 0
    r = min(int(position), max(0, patterns.survival.shape[1] - 2))
    above = min(r + 1, patterns.survival.shape[1] - 1)
    high = position - r
    lower, upper = patterns.survival[own, r, g, 0], patterns.survival[own, above, g, 0]
    return (1.0 - high) * lower + high * upper


@inlined
def pick(level, d, s, t):
    """Level of a draw, state and step."""
    return level[d, s if level.shape[1] > 1 else 0, t]


@inlined
def add_newborn(row, girls, boys):
    """Put the newborn into their cells; returns the lesser cell.  row (G, 8 + Y)."""
    row[0, LANES] += girls
    row[1, LANES] += boys
    return min(row[0, LANES], row[1, LANES])


@inlined
def _carry(patterns, levels, sums, timing, s, d, row, new, kept):
    """One state through one draw; returns its least cell.  row, new (G, 8 + Y)."""
    steps = levels.row.shape[2]
    constant = patterns.fertility.shape[1] == 1
    level = pick(levels.migration, d, s, 0)
    begin(patterns, s, timing.early, level, row)
    for k in range(kept.shape[0]):
        kept[k, 0] = sums.base[s, k]
    fertility = patterns.fertility[s, 0]
    before = women(row[0], fertility, timing.first, timing.stop)
    smallest = 0.0
    for t in range(steps):
        position = pick(levels.row, d, s, t)
        next_level = pick(levels.migration, d, s, t + 1)
        least_cell = _advance(patterns, timing, s, t, position, level, next_level, row, new)
        # comparisons with NaN are false: a sum that is no number is found by its reader
        if least_cell < smallest:
            smallest = least_cell
        if not constant:
            fertility = patterns.fertility[s, t]
            before = women(row[0], fertility, timing.first, timing.stop)
        after = women(new[0], fertility, timing.first, timing.stop)
        births = before + after
        births += timing.counted * level * timing.of_profile[s, t, 0]
        births -= timing.early * next_level * timing.of_profile[s, t, 1]
        if patterns.fixed.shape[0] > 0:
            births += timing.counted * timing.of_fixed[s, t, 0]
            births -= timing.early * timing.of_fixed[s, t, 1]
        births *= 0.5 * timing.years * pick(levels.tfr, d, s, t)
        share = patterns.girls[s, t if patterns.girls.shape[1] > 1 else 0]
        girls = births * share * newborn_survival(patterns, s, 0, position)
        boys = births * (1.0 - share) * newborn_survival(patterns, s, 1, position)
        keep_sums(sums, new[0], new[1], girls, boys, kept, t + 1)
        take_off(sums, s, t + 1, timing.early, next_level, kept)
        smallest = min(smallest, add_newborn(new, girls, boys))
        before = after
        level = next_level
        row, new = new, row
    return smallest


@kernel
def project_draws(first, last, states, patterns, levels, sums, places, timing, rows, kept, out):
    """Project draws first to last - 1 of states that no moves couple.

    states: first and last + 1 of those to project; rows (2, G, 8 + Y) and kept (K, T + 1) are room
    of this thread alone; out (D, Q, K, T + 1) is added to. Returns the number of states x draws
    with a cell below 0, and the first of them.
    """
    faults, fault_state, fault_draw = 0, -1, -1
    for s in range(states[0], states[1]):
        for d in range(first, last):
            smallest = _carry(patterns, levels, sums, timing, s, d, rows[0], rows[1], kept)
            add_to_places(places, s, kept, out[d])
            if smallest < 0.0:
                faults += 1
                if fault_state < 0:
                    fault_state, fault_draw = s, d
    return faults, fault_state, fault_draw
