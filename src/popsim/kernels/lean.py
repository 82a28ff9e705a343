"""The loop over years where states are uncoupled and only the population is wanted.

Bit for bit what `run` gives, at the speed of memory: each year is read from and written to the
result itself, one pass a row, and no other account is touched.
"""

from __future__ import annotations

from popsim.kernels import step as one
from popsim.kernels.jit import inlined, kernel
from popsim.kernels.vectors import (
    LANES,
    any_below,
    fill,
    fused,
    least,
    load,
    minus,
    plus,
    store,
    sum_lanes,
    times,
)

HUGE = 1e300


@inlined
def advance_row(now, survival, within_open, early, migrants, ramp, end, sums):
    """P1 = (P + h G) S + (1-h) G above the first age, in one pass.

    now, survival, migrants, end (X); ramp (2 LANES) is 0 in its first half and 1 in its second.
    `sums` are three vectors to go on with: people at the end, migrants less deaths, and the least
    cell or share met. Returns them, the same of what is no whole vector, and whether a cell there
    cannot be.
    """
    last = now.shape[0] - 1
    late = 1.0 - early
    fast = last > LANES  # at least one vector of closed ages
    before, after, one_each = fill(early), fill(late), fill(1.0)
    people, change, lowest = sums
    x = 1
    while x < last and fast:
        # the last vector begins so early that it ends with the last closed age; what it does
        # twice is counted once
        counted = load(ramp, LANES) if x + LANES <= last else load(ramp, last - x)
        x = min(x, last - LANES)
        joined = load(migrants, x)
        older = plus(load(now, x - 1), times(before, load(migrants, x - 1)))
        share = load(survival, x)
        alive = times(older, share)
        cells = plus(alive, times(after, joined))
        store(end, x, cells)
        people = fused(counted, cells, people)
        change = fused(counted, plus(minus(alive, older), joined), change)
        lowest = least(least(cells, share), least(minus(one_each, share), lowest))
        x += LANES
    more, gained, amiss = 0.0, 0.0, False
    for y in range(1, last if not fast else 1):
        one_older = now[y - 1] + early * migrants[y - 1]
        end[y] = one_older * survival[y] + late * migrants[y]
        more += end[y]
        gained += one_older * survival[y] - one_older + migrants[y]
        amiss = amiss or end[y] < 0.0 or not (0.0 <= survival[y] <= 1.0)
    staying = now[last] + early * migrants[last]
    entering = now[last - 1] + early * migrants[last - 1]
    entered, stayed = entering * survival[last], staying * within_open
    end[last] = entered + stayed + late * migrants[last]
    more += end[last]
    gained += (entered - entering) + (stayed - staying) + migrants[last]
    amiss = amiss or end[last] < 0.0 or not (0.0 <= survival[last] <= 1.0)
    return (people, change, lowest), more, gained, amiss


@kernel
def count_amiss(survival, migrants, end, faults):
    """Count what cannot be in a row: rare, so this may be slow.  survival, migrants, end (X)."""
    faults[0] += one.count_outside(survival, 0.0, 1.0)
    faults[1] += one.count_outside(migrants, -HUGE, HUGE)
    for x in range(end.shape[0]):
        faults[3] += end[x] < 0.0


@inlined
def women(first, past, now, migrants, survival, early, start, end):
    """A and E of the ages that bear, first to past - 1, and maybe of some more.  All arrays (X)."""
    top, before = now.shape[0] - LANES, fill(early)
    for x in range(first, past if top > 0 else first, LANES):
        y = min(x, top)
        own = times(before, load(migrants, y))
        store(start, y, plus(load(now, y), own))
        younger = plus(load(now, y - 1), times(before, load(migrants, y - 1)))
        store(end, y, times(younger, load(survival, y)))
    for x in range(first, first if top > 0 else past):
        start[x] = now[x] + early * migrants[x]
        end[x] = (now[x - 1] + early * migrants[x - 1]) * survival[x]


@kernel(reassociate=True)
def dead(now, early, migrants, survival, within_open):
    """Deaths of those present from the start.  All arrays (X)."""
    last = now.shape[0] - 1
    deaths = (now[last] + early * migrants[last]) * (1.0 - within_open)
    for x in range(1, last + 1):
        deaths += (now[x - 1] + early * migrants[x - 1]) * (1.0 - survival[x])
    return deaths


@inlined
def _at(rate, el, s, t):
    """Return the rate of one run, state and step, where axes of length 1 repeat."""
    shape = rate.shape
    return rate[el if shape[0] > 1 else 0, s if shape[1] > 1 else 0, t if shape[2] > 1 else 0]


@kernel
def lean_jobs(
    begin,
    stop,
    population,
    survival,
    within_open,
    fertility,
    sex_ratio,
    migrants,
    out,
    scratch,
    ramp,
    faults,
    rules,
):
    """Project jobs begin to stop - 1; returns the largest relative residual of a balance.

    population (L, S, G, X), survival (L, S, T, G, X), within_open (L, S, T, G), fertility
    (L, S, T, X), sex_ratio (L, S, T), migrants (L, S, T, G, X) or empty, out (L, S, T + 1, G, X),
    scratch (3, X) of which the last row is 0, ramp (2 LANES) half 0 and half 1, faults (4), rules:
    years, early, exposure, first_bearing and stop_bearing of `Rules`.
    """
    years, early, exposure, first, past = rules
    n_states, steps = out.shape[1], out.shape[2] - 1
    given = migrants.shape[0] > 0
    after = 0.0 if exposure == one.BEFORE_MIGRATION else 1.0 - early
    worst = 0.0
    for job in range(begin, stop):
        el, s = job // n_states, job % n_states
        people = 0.0
        for g in range(2):
            for x in range(out.shape[4]):
                out[el, s, 0, g, x] = population[el if population.shape[0] > 1 else 0, s, g, x]
            people += one.total(out[el, s, 0, g])
        for t in range(steps):
            f, share, within = (
                _at(fertility, el, s, t),
                _at(survival, el, s, t),
                _at(within_open, el, s, t),
            )
            row = migrants[el if migrants.shape[0] > 1 else 0, s, t, 0] if given else scratch[2]
            now, end = out[el, s, t], out[el, s, t + 1]
            women(first, past, now[0], row, share[0], early, scratch[0], scratch[1])
            start = scratch[0] if exposure == one.TEXTBOOK else now[0]
            ages = slice(first, past)
            start, end_women = start[ages], scratch[1][ages]
            births = one.bear(years, f[ages], start, end_women, after, row[ages])
            girls = births / (1.0 + _at(sex_ratio, el, s, t))
            sums, amiss = (fill(0.0), fill(0.0), fill(0.0)), False
            expected, ends = people, 0.0
            for g in range(2):
                born = girls if g == 0 else births - girls
                row = migrants[el if migrants.shape[0] > 1 else 0, s, t, g] if given else scratch[2]
                sums, more, gained, odd = advance_row(
                    now[g], share[g], within[g], early, row, ramp, end[g], sums
                )
                end[g, 0] = born * share[g, 0] + (1.0 - early) * row[0]
                ends += more + end[g, 0]
                expected += gained + born * share[g, 0] + row[0]
                amiss = amiss or odd or end[g, 0] < 0.0 or not (0.0 <= share[g, 0] <= 1.0)
            ends += sum_lanes(sums[0])
            expected += sum_lanes(sums[1])
            # a cell that is no number makes the sums none
            if amiss or any_below(sums[2]) or not (abs(ends) <= HUGE and abs(expected) <= HUGE):
                for g in range(2):
                    row = (
                        migrants[el if migrants.shape[0] > 1 else 0, s, t, g]
                        if given
                        else scratch[2]
                    )
                    count_amiss(share[g], row, end[g], faults)
            residual = abs(ends - expected) / max(1.0, ends)
            people = ends
            if not (residual <= worst):
                worst = residual
    return worst
