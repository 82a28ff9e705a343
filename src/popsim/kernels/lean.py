"""The loop over years where states are uncoupled and only the population is wanted.

Bit for bit what `run` gives, at the speed of memory: each year is read from and written to the
result itself, one pass a row, and no other account is touched.
"""

from __future__ import annotations

from popsim.kernels import step as one
from popsim.kernels.jit import inlined, kernel

HUGE = 1e300


@kernel
def advance_row(now, survival, within_open, early, migrants, end):
    """P1 = (P + h G) S + (1-h) G above the first age; returns negative cells.  All arrays (X)."""
    last = now.shape[0] - 1
    late = 1.0 - early
    negative = 0
    for x in range(1, last):
        people = (now[x - 1] + early * migrants[x - 1]) * survival[x] + late * migrants[x]
        end[x] = people
        negative += people < 0.0
    older = (now[last] + early * migrants[last]) * within_open
    entering = (now[last - 1] + early * migrants[last - 1]) * survival[last]
    end[last] = entering + older + late * migrants[last]
    return negative + (end[last] < 0.0)


@kernel
def women(now, migrants, younger, younger_migrants, survival, early, start, end):
    """A and E of the ages that bear, from the ages one below.  All arrays over those ages."""
    for x in range(now.shape[0]):
        start[x] = now[x] + early * migrants[x]
        end[x] = (younger[x] + early * younger_migrants[x]) * survival[x]


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
    faults,
    rules,
):
    """Project jobs begin to stop - 1; returns the largest relative residual if audited.

    population (L, S, G, X), survival (L, S, T, G, X), within_open (L, S, T, G), fertility
    (L, S, T, X), sex_ratio (L, S, T), migrants (L, S, T, G, X) or empty, out (L, S, T + 1, G, X),
    scratch (3, X) of which the last row is 0, faults (4), rules as `Rules`.
    """
    years, early, exposure, _, first, past, look_survival, look_migrants, audit = rules
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
            women(
                now[0, first:past],
                row[first:past],
                now[0, first - 1 : past - 1],
                row[first - 1 : past - 1],
                share[0, first:past],
                early,
                scratch[0],
                scratch[1],
            )
            start = scratch[0, : past - first]
            if exposure != one.TEXTBOOK:
                start = now[0, first:past]
            end_women = scratch[1, : past - first]
            births = one.bear(years, f[first:past], start, end_women, after, row[first:past])
            girls = births / (1.0 + _at(sex_ratio, el, s, t))
            expected, sum_of_ends = people, 0.0
            for g in range(2):
                born = girls if g == 0 else births - girls
                row = migrants[el if migrants.shape[0] > 1 else 0, s, t, g] if given else scratch[2]
                faults[3] += advance_row(now[g], share[g], within[g], early, row, end[g])
                end[g, 0] = born * share[g, 0] + (1.0 - early) * row[0]
                faults[3] += end[g, 0] < 0.0
                if look_survival:
                    faults[0] += one.count_outside(share[g], 0.0, 1.0)
                if look_migrants and given:
                    faults[1] += one.count_outside(row, -HUGE, HUGE)
                if audit:
                    expected += born * share[g, 0] + one.total(row)
                    expected -= dead(now[g], early, row, share[g], within[g])
                    sum_of_ends += one.total(end[g])
            if audit:
                residual = abs(sum_of_ends - expected) / max(1.0, sum_of_ends)
                people = sum_of_ends
                if not (residual <= worst):
                    worst = residual
    return worst
