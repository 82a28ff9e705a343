"""The loop over years where states are uncoupled and only the population is wanted.

Bit for bit what `run` gives, at the speed of memory. The population of a year never leaves the
nearest cache. It is written a year late, when its own last cells have reached that cache, and in
whole cache lines: past the caches where the result is larger than they are, because a line that is
written whole need not be read first.
"""

from __future__ import annotations

from popsim.kernels import step as one
from popsim.kernels.jit import inlined, kernel
from popsim.kernels.vectors import (
    LANES,
    any_beyond,
    farthest,
    fill,
    load,
    plus,
    settle,
    shifted,
    store,
    stream,
    sum_lanes,
    times,
    with_first,
)

__all__ = ["LEAST_AGES", "lean_jobs", "scratch_cells"]

HUGE = 1e300
NOT_A_NUMBER = float("nan")
# Fewer age groups leave no whole vector between the first and the open one.
LEAST_AGES = LANES + 2
# Cells of a result that no cache holds.
LARGE = 1_000_000


def scratch_cells(n_ages: int) -> int:
    """Cells that `lean_jobs` needs to itself."""
    return LANES + 6 * (LANES + -(-n_ages // LANES) * LANES)


@inlined
def _at(rate, el, s, t):
    """Return the rate of one run, state and step, where axes of length 1 repeat."""
    shape = rate.shape
    return rate[el if shape[0] > 1 else 0, s if shape[1] > 1 else 0, t if shape[2] > 1 else 0]


@inlined
def _possible(cell, share):
    """Whether a cell and a survival ratio can be."""
    return 0.0 <= cell <= HUGE and 0.0 <= share <= 1.0


@inlined
def advance_row(now, survival, within_open, early, migrants, end, worst):
    """P1 = (P + h G) S + (1-h) G above the first age; end[0] comes out as any number.

    now, end (Y) begin on a cache line and have room for whole vectors; survival, migrants (X).
    `worst` are two vectors to go on with, the cells and the shares farthest from what can be;
    returns them, and whether the open group can be.
    """
    last = survival.shape[0] - 1
    late = 1.0 - early
    before, after = fill(early), fill(late)
    cell, share = worst
    start = fill(0.0)
    whole = last // LANES * LANES
    for x in range(0, whole, LANES):
        joining, younger, living = load(migrants, x), start, load(survival, x)
        start = plus(load(now, x), times(before, joining))
        people = plus(times(shifted(younger, start), living), times(after, joining))
        store(end, x, people)
        # the newborn are not known yet
        people = with_first(people, 0.0) if x == 0 else people
        cell, share = farthest(people, cell), farthest(living, share)
    # the last vector begins so early that it ends with the last closed age
    x = last - LANES
    older, living = plus(load(now, x - 1), times(before, load(migrants, x - 1))), load(survival, x)
    people = plus(times(older, living), times(after, load(migrants, x)))
    store(end, x, people)
    cell, share = farthest(people, cell), farthest(living, share)
    entering = (now[last - 1] + early * migrants[last - 1]) * survival[last]
    staying = (now[last] + early * migrants[last]) * within_open
    end[last] = entering + staying + late * migrants[last]
    return (cell, share), _possible(end[last], survival[last])


@inlined
def born(rules, fertility, now, migrants, survival):
    """Births of a step, as `step.bear` adds them up.  now (Y), all other arrays (X)."""
    years, early, exposure, first, past = rules
    late = 0.0 if exposure == one.BEFORE_MIGRATION else 1.0 - early
    early_bear = early if exposure == one.TEXTBOOK else 0.0
    before, before_bear, after = fill(early), fill(early_bear), fill(late)
    whole = first + (past - first) // LANES * LANES
    births, some = fill(0.0), 0.0
    for x in range(first, whole, LANES):
        joining = load(migrants, x)
        start = plus(load(now, x), times(before_bear, joining))
        younger = plus(load(now, x - 1), times(before, load(migrants, x - 1)))
        end = times(younger, load(survival, x))
        births = one.borne(load(fertility, x), start, end, after, joining, births)
    for x in range(whole, past):
        start_one = now[x] + early_bear * migrants[x]
        end_one = (now[x - 1] + early * migrants[x - 1]) * survival[x]
        some += fertility[x] * (start_one + end_one + late * migrants[x])
    return 0.5 * years * (sum_lanes(births) + some)


@kernel
def count_amiss(survival, migrants, end, faults):
    """Count what cannot be in a row: rare, so this may be slow.  survival, migrants, end (X).

    Returns 0, or not a number where a cell is none.
    """
    faults[0] += one.count_outside(survival, 0.0, 1.0)
    faults[1] += one.count_outside(migrants, -HUGE, HUGE)
    residual = 0.0
    for x in range(end.shape[0]):
        faults[3] += end[x] < 0.0
        if not (abs(end[x]) <= HUGE):
            residual = NOT_A_NUMBER
    return residual


@inlined
def write_row(row, n_ages, following, out, at, done, past_caches):
    """Write a row to out[at:], from the cells `done` on, in whole cache lines.

    What does not fill a line goes in front of the row that follows. row, following (LANES + Y).
    Returns the cells in front of that row, as a number below 0.
    """
    if past_caches:
        while done + LANES <= n_ages:
            stream(out, at + done, load(row, LANES + done))
            done += LANES
    else:
        while done + LANES <= n_ages:
            store(out, at + done, load(row, LANES + done))
            done += LANES
    for x in range(done, n_ages):
        following[LANES + x - n_ages] = row[LANES + x]
    return done - n_ages


@inlined
def _year(arrays, rules, el, s, t, now, end, nobody, faults):
    """One step of one state; returns 0, or not a number.  now, end (G, LANES + Y)."""
    survival, within_open, fertility, sex_ratio, migrants = arrays
    share, within = _at(survival, el, s, t), _at(within_open, el, s, t)
    given, run = migrants.shape[0] > 0, el if migrants.shape[0] > 1 else 0
    row, n_ages, early = nobody, nobody.shape[0], rules[1]
    worst, possible, residual = (fill(0.0), fill(0.0)), True, 0.0
    girls, boys = 0.0, 0.0
    for g in range(2):
        old, new = now[g, LANES:], end[g, LANES:]
        if given:
            row = migrants[run, s, t, g]
        if g == 0:
            births = born(rules, _at(fertility, el, s, t), old, row, share[0])
            girls = births / (1.0 + _at(sex_ratio, el, s, t))
            boys = births - girls
        worst, fits = advance_row(old, share[g], within[g], early, row, new, worst)
        new[0] = (girls if g == 0 else boys) * share[g, 0] + (1.0 - early) * row[0]
        possible = possible and fits and _possible(new[0], share[g, 0])
    if not possible or any_beyond(worst[0], HUGE) or any_beyond(worst[1], 1.0):
        for g in range(2):
            if given:
                row = migrants[run, s, t, g]
            residual += count_amiss(share[g], row, end[g, LANES : LANES + n_ages], faults)
    return residual


@kernel
def lean_jobs(begin, stop, population, arrays, out, scratch, faults, rules):
    """Project jobs begin to stop - 1; returns 0, or not a number where a cell is none.

    population (L, S, G, X); arrays: survival (L, S, T, G, X), within_open (L, S, T, G), fertility
    (L, S, T, X), sex_ratio (L, S, T), migrants (L, S, T, G, X) or empty; out (L, S, T + 1, G, X);
    scratch (`scratch_cells`), zeros; faults (4); rules: years, early, exposure, first_bearing and
    stop_bearing of `Rules`.
    """
    n_states, steps, n_ages = out.shape[1], out.shape[2] - 1, out.shape[4]
    flat, past_caches = out.reshape(out.size), out.size > LARGE
    to_line = (scratch.ctypes.data // 8) % LANES
    skew = (out.ctypes.data // 8) % LANES
    rows = scratch[(LANES - to_line) % LANES :][: scratch.size - LANES]
    rows = rows.reshape((3, 2, rows.size // 6))
    nobody = rows[2, 0, :n_ages]
    residual = 0.0
    for job in range(begin, stop):
        el, s = job // n_states, job % n_states
        at, now = job * (steps + 1) * 2 * n_ages, rows[0]
        for g in range(2):
            for x in range(n_ages):
                now[g, LANES + x] = population[el if population.shape[0] > 1 else 0, s, g, x]
        # the first cells may share a line with the job before: they are written one by one
        done = min(n_ages, (-(at + skew)) % LANES)
        for x in range(done):
            flat[at + x] = now[0, LANES + x]
        for t in range(steps + 1):
            now, end = rows[t % 2], rows[1 - t % 2]
            if t < steps:
                residual += _year(arrays, rules, el, s, t, now, end, nobody, faults)
            for g in range(2):
                following = now[1] if g == 0 else end[0]
                done = write_row(now[g], n_ages, following, flat, at, done, past_caches)
                at += n_ages
        for x in range(LANES + done, LANES):
            flat[at - LANES + x] = rows[1 - steps % 2, 0, x]
    if past_caches:
        settle()
    return residual
