"""Coupled states whose moves are the same in every step, and only the population is wanted.

The table of moves is larger than the near caches, and reading it anew each year is what such a
projection waits for. Nobody born in the first years of a block bears before its end, while the
block is no longer than the youngest bearing age. So cohorts are carried age by age through a
whole block of years, the moves into one age serving up to 16 years at once: first the people
alive at its start, then births, then the newborn. The numbers are those of `run`, to rounding.
"""

from __future__ import annotations

from popsim.kernels import step as one
from popsim.kernels.jit import inlined, kernel
from popsim.kernels.spread import LANES, leave, spread, spread_dense
from popsim.kernels.vectors import fill, load, store, times

__all__ = [
    "alive_block",
    "begin_job",
    "check_block",
    "cohort_jobs",
    "newborn_block",
    "young_block",
]

HUGE = 1e300


@inlined
def _at(rate, el, s, t):
    """Return the rate of one run, state and step, where axes of length 1 repeat."""
    shape = rate.shape
    return rate[el if shape[0] > 1 else 0, s if shape[1] > 1 else 0, t if shape[2] > 1 else 0]


@kernel
def _move(groups, c, moves, dense, el, g, x, n, stay, before, after):
    """Moves into age x in the first n years of a block, by edges or by matrices."""
    if dense.shape[0] > 0:
        spread_dense(dense[el if dense.shape[0] > 1 else 0, g, x], n > 8, before, after)
    else:
        a, b = groups.edge_start[c], groups.edge_start[c + 1]
        leaving = moves[el if moves.shape[0] > 1 else 0, g, x, a:b]
        origin, destination = groups.edge_from[a:b], groups.edge_to[a:b]
        own = stay[g, x, : before.shape[0] // LANES]
        spread(leaving, origin, destination, own, before, after)


@kernel
def _survive(rates, rules, members, el, t0, first, stop, g, x, now, younger, before):
    """Survivors into age x at the ends of steps t0 + first to t0 + stop - 1.

    now (M, G, X) at the start of the block; younger (8 + M LANES) one age below, at the ends of the
    steps; before (M LANES).
    """
    survival, migrants = rates.survival, rates.migrants
    es, em = el if survival.shape[0] > 1 else 0, el if migrants.shape[0] > 1 else 0
    by_state, by_time = survival.shape[1] > 1, survival.shape[2] > 1
    for i in range(members.shape[0]):
        s, at = members[i], LANES * i
        # all lanes, ready or not: those outside first to stop are not looked at
        low, high = load(younger, at + 7), load(younger, at + 15)
        state = s if by_state else 0
        if not by_time:
            share = fill(survival[es, state, 0, g, x])
            low, high = times(low, share), times(high, share)
        store(before, at, low)
        store(before, at + 8, high)
        if first == 0:
            before[at] = now[i, g, x - 1]
            if not by_time:
                before[at] *= survival[es, state, 0, g, x]
        if migrants.shape[0] > 0:
            for k in range(first, stop):
                gone = rules.early * migrants[em, s, t0 + k, g, x - 1]
                before[at + k] += gone if by_time else gone * survival[es, state, 0, g, x]
        if by_time:
            for k in range(first, stop):
                before[at + k] *= survival[es, state, t0 + k, g, x]


@kernel
def _keep(rates, rules, members, el, t0, first, stop, g, x, after, out):
    """Add late migrants at age x and write the ends of steps t0 + first to t0 + stop - 1."""
    migrants = rates.migrants
    em = el if migrants.shape[0] > 1 else 0
    for i in range(members.shape[0]):
        s, at = members[i], LANES * i
        if migrants.shape[0] > 0:
            for k in range(first, stop):
                after[8 + at + k] += (1.0 - rules.early) * migrants[em, s, t0 + k, g, x]
        for k in range(first, stop):
            out[el, s, t0 + k + 1, g, x] = after[8 + at + k]


@kernel
def _carry_open(
    rates, rules, groups, moves, dense, members, el, c, t0, n, stay, g, now, before, after, out
):
    """Carry the open group through the block, where each year waits for the last.

    after (M LANES) holds the age below at the ends of the steps, and the open group in the end.
    """
    last = out.shape[4] - 1
    _survive(rates, rules, members, el, t0, 0, n, g, last, now, after, before)
    given = rates.migrants.shape[0] > 0
    em = el if rates.migrants.shape[0] > 1 else 0
    for k in range(n):
        for i in range(members.shape[0]):
            s = members[i]
            old = out[el, s, t0 + k, g, last]
            if given:
                old += rules.early * rates.migrants[em, s, t0 + k, g, last]
            before[LANES * i + k] += old * _at(rates.within_open, el, s, t0 + k)[g]
        # the years before come out as they did, those after are not yet ready and not looked at
        _move(groups, c, moves, dense, el, g, last, k + 1, stay, before, after)
        _keep(rates, rules, members, el, t0, k, k + 1, g, last, after, out)


@inlined
def _bear(rates, rules, out, el, s, t, row, nobody):
    """Births of one state and step; `row` and `nobody` (X) are scratch, the second of zeros."""
    given = rates.migrants.shape[0] > 0
    moving = rates.migrants[el if rates.migrants.shape[0] > 1 else 0, s, t, 0] if given else nobody
    a, b = rules.first_bearing, rules.stop_bearing
    start = out[el, s, t, 0]
    if rules.exposure == one.TEXTBOOK:
        one.add_early_migrants(start, rules.early, moving, row)
        start = row
    # the end holds the late migrants already: take them out where they do not bear
    late = rules.early - 1.0 if rules.exposure == one.BEFORE_MIGRATION else 0.0
    fertility, end = _at(rates.fertility, el, s, t), out[el, s, t + 1, 0]
    return one.bear(rules.years, fertility[a:b], start[a:b], end[a:b], late, moving[a:b])


@kernel
def alive_block(rates, rules, groups, moves, dense, out, el, c, t0, n, g, scratch):
    """Carry those of one sex alive at the start of a block through the steps t0 to t0 + n - 1."""
    stay, now, _, before, after, _ = scratch
    members = groups.member[groups.member_start[c] : groups.member_start[c + 1]]
    m = members.shape[0]
    last, before, after = out.shape[4] - 1, before[: LANES * m], after[: 8 + LANES * m]
    for i in range(m):
        for x in range(last + 1):
            now[i, g, x] = out[el, members[i], t0, g, x]
    for x in range(1, last):
        stop = min(n, x)
        _survive(rates, rules, members, el, t0, 0, stop, g, x, now, after, before)
        _move(groups, c, moves, dense, el, g, x, stop, stay, before, after)
        _keep(rates, rules, members, el, t0, 0, stop, g, x, after, out)
    _carry_open(
        rates, rules, groups, moves, dense, members, el, c, t0, n, stay, g, now, before, after, out
    )


@kernel
def newborn_block(rates, rules, groups, out, el, c, t0, n, born, rows):
    """Births of all members of a group in a block, by sex, into born (M, LANES, G)."""
    members = groups.member[groups.member_start[c] : groups.member_start[c + 1]]
    for i in range(members.shape[0]):
        s = members[i]
        for k in range(n):
            births = _bear(rates, rules, out, el, s, t0 + k, rows[0], rows[1])
            girls = births / (1.0 + _at(rates.sex_ratio, el, s, t0 + k))
            born[i, k, 0], born[i, k, 1] = girls, births - girls


@kernel
def young_block(rates, rules, groups, moves, dense, out, el, c, t0, n, g, born, scratch):
    """Carry those of one sex born in a block through it."""
    stay, now, _, before, after, _ = scratch
    members = groups.member[groups.member_start[c] : groups.member_start[c + 1]]
    m = members.shape[0]
    before, after = before[: LANES * m], after[: 8 + LANES * m]
    for i in range(m):
        for k in range(n):
            survival = _at(rates.survival, el, members[i], t0 + k)
            before[LANES * i + k] = born[i, k, g] * survival[g, 0]
    _move(groups, c, moves, dense, el, g, 0, n, stay, before, after)
    _keep(rates, rules, members, el, t0, 0, n, g, 0, after, out)
    for x in range(1, n):
        _survive(rates, rules, members, el, t0, x, n, g, x, now, after, before)
        _move(groups, c, moves, dense, el, g, x, n, stay, before, after)
        _keep(rates, rules, members, el, t0, x, n, g, x, after, out)


@kernel(reassociate=True)
def dead(now, early, migrants, survival, within_open):
    """Deaths of those present from the start.  All arrays (X)."""
    last = now.shape[0] - 1
    deaths = (now[last] + early * migrants[last]) * (1.0 - within_open)
    for x in range(1, last + 1):
        deaths += (now[x - 1] + early * migrants[x - 1]) * (1.0 - survival[x])
    return deaths


@inlined
def _look(rates, rules, out, el, s, t, g, born, nobody, faults):
    """Screen one row and return (people at the end, people expected before moves)."""
    survival = _at(rates.survival, el, s, t)[g]
    given = rates.migrants.shape[0] > 0
    row = rates.migrants[el if rates.migrants.shape[0] > 1 else 0, s, t, g] if given else nobody
    end, now = out[el, s, t + 1, g], out[el, s, t, g]
    faults[3] += one.count_outside(end, 0.0, HUGE)
    if rules.screen_survival:
        faults[0] += one.count_outside(survival, 0.0, 1.0)
    if rules.screen_migrants:
        faults[1] += one.count_outside(row, -HUGE, HUGE)
    if not rules.audit:
        return 0.0, 0.0
    gone = dead(now, rules.early, row, survival, _at(rates.within_open, el, s, t)[g])
    return one.total(end), one.total(now) + one.total(row) + born * survival[0] - gone


@kernel
def check_block(rates, rules, groups, out, el, c, t0, n, born, rows, faults):
    """Screen a block; returns the largest relative residual of its steps if audited."""
    begin, stop = groups.member_start[c], groups.member_start[c + 1]
    worst = 0.0
    for k in range(n):
        people, expected = 0.0, 0.0
        for i in range(stop - begin):
            s = groups.member[begin + i]
            for g in range(2):
                end, due = _look(
                    rates, rules, out, el, s, t0 + k, g, born[i, k, g], rows[1], faults
                )
                people += end
                expected += due
        residual = abs(people - expected) / max(1.0, people)
        if not (residual <= worst):
            worst = residual
    return worst


@kernel
def begin_job(rates, groups, moves, out, el, c, stay, faults):
    """Write the population at the start and, for moves by edges, those who stay."""
    begin, stop = groups.member_start[c], groups.member_start[c + 1]
    a, b = groups.edge_start[c], groups.edge_start[c + 1]
    for g in range(2 if moves.shape[0] > 0 else 0):
        for x in range(out.shape[4]):
            leaving = moves[el if moves.shape[0] > 1 else 0, g, x, a:b]
            faults[2] += leave(leaving, groups.edge_from[a:b], stay[g, x, : stop - begin])
    for i in range(begin, stop):
        s = groups.member[i]
        for g in range(2):
            row = rates.population[el if rates.population.shape[0] > 1 else 0, s, g]
            for x in range(out.shape[4]):
                out[el, s, 0, g, x] = row[x]


@kernel
def cohort_jobs(first, last, length, rates, groups, rules, moves, dense, out, scratch, faults):
    """Project jobs first to last - 1; returns the largest relative residual if audited.

    `length` is of a block, in steps. Either moves (L, G, X, E by group and destination) or, for a
    single group in which most states exchange people, dense (L, G, X, M M) of `lay_dense`; the
    other is empty. out (L, S, T + 1, G, X); scratch: stay (G, X, M), now (M, G, X), born (M,
    LANES, G), before (M LANES) and after (8 + M LANES), rows (2, X) of zeros; faults (4).
    """
    stay, _, born, _, _, rows = scratch
    n_groups = groups.member_start.shape[0] - 1
    steps = out.shape[2] - 1
    worst = 0.0
    for job in range(first, last):
        el, c = job // n_groups, job % n_groups
        begin_job(rates, groups, moves, out, el, c, stay, faults)
        for t0 in range(0, steps, length):
            n = min(length, steps - t0)
            for g in range(2):
                alive_block(rates, rules, groups, moves, dense, out, el, c, t0, n, g, scratch)
            newborn_block(rates, rules, groups, out, el, c, t0, n, born, rows)
            for g in range(2):
                young_block(rates, rules, groups, moves, dense, out, el, c, t0, n, g, born, scratch)
            residual = check_block(rates, rules, groups, out, el, c, t0, n, born, rows, faults)
            if not (residual <= worst):
                worst = residual
    return worst
