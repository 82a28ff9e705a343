"""The loop over years of any projection, whole inside one job.

A job is one group of states that moves couple (a single state where there are no moves) in one
independent run. Jobs never wait for each other: nothing is synchronised inside the loop over
years.
"""

from __future__ import annotations

from popsim.kernels import book
from popsim.kernels import step as one
from popsim.kernels.jit import inlined, kernel

__all__ = ["run_jobs"]

# United Nations engine: a cell that comes out negative is set to this many persons
# (R package ccmppWPP, project_ccmpp_z_by_z: "0.0005 is same as Abacus").
LEAST_PERSONS = 0.0005
# Values a rate can have, as bounds that NaN and infinity both fail.
HUGE = 1e300


@inlined
def at(rate, el, s, t):
    """Return the rate of one run, state and step, where axes of length 1 repeat."""
    shape = rate.shape
    return rate[el if shape[0] > 1 else 0, s if shape[1] > 1 else 0, t if shape[2] > 1 else 0]


@inlined
def _fill_migrants(rates, rules, el, s, t, g, now, row, faults):
    """External migrants of a step, counts and rate together.  now, row (X)."""
    if rates.migrants.shape[0] > 0:
        given = at(rates.migrants, el, s, t)[g]
        book.copy_row(given, row)
        if rules.screen_migrants:
            faults[1] += one.count_outside(given, -HUGE, HUGE)
    elif rates.migration_rate.shape[0] > 0 or rules.floor:
        for x in range(row.shape[0]):
            row[x] = 0.0
    if rates.migration_rate.shape[0] > 0:
        rate = at(rates.migration_rate, el, s, t)[g]
        for x in range(row.shape[0]):
            row[x] += rules.years * rate[x] * now[x]
    if rules.floor:
        one.limit_emigration(now, row)


@inlined
def _survive(rates, rules, el, s, t, i, work):
    """Points 1 and 2 of the step for one state."""
    survival, within_open = at(rates.survival, el, s, t), at(rates.within_open, el, s, t)
    for g in range(2):
        now, row, start = work.now[i, g], work.migrants[i, g], work.start[i, g]
        _fill_migrants(rates, rules, el, s, t, g, now, row, work.faults)
        if rules.early > 0.0:
            one.add_early_migrants(now, rules.early, row, start)
        if rules.screen_survival:
            work.faults[0] += one.count_outside(survival[g], 0.0, 1.0)
        one.survive(start, survival[g], within_open[g], work.survivors[i, g])


@inlined
def _bear(rates, rules, accounts, el, s, t, i, work):
    """Point 4, and the survival of point 5, for one state."""
    fertility = at(rates.fertility, el, s, t)
    late = 0.0 if rules.exposure == one.BEFORE_MIGRATION else 1.0 - rules.early
    women = work.start[i, 0] if rules.exposure == one.TEXTBOOK else work.now[i, 0]
    end, row = work.end[i, 0], work.migrants[i, 0]
    first, stop = rules.first_bearing, rules.stop_bearing
    births = one.bear(
        rules.years,
        fertility[first:stop],
        women[first:stop],
        end[first:stop],
        late,
        row[first:stop],
    )
    if accounts.births_by_age.shape[0] > 0:
        out = accounts.births_by_age[el, s, t]
        book.book_births(rules.years, fertility, women, end, late, row, out)
    girls = births / (1.0 + at(rates.sex_ratio, el, s, t))
    work.born[i, 0] = girls
    work.born[i, 1] = births - girls
    survival = at(rates.survival, el, s, t)
    for g in range(2):
        work.survivors[i, g, 0] = work.born[i, g] * survival[g, 0]
        if accounts.births.shape[0] > 0:
            accounts.births[el, s, t, g] = work.born[i, g]


@inlined
def _audit(rates, el, s, t, i, work):
    """Persons the balance expects of one state before moves and external migrants."""
    survival, within_open = at(rates.survival, el, s, t), at(rates.within_open, el, s, t)
    expected = 0.0
    for g in range(2):
        start = work.start[i, g]
        expected += one.total(start) - one.dead(start, survival[g], within_open[g])
        expected += work.born[i, g] * survival[g, 0]
    return expected


@inlined
def _booked(account, el, s, t, g):
    """Return the row of an account (L, S, T, G, X), or an empty row where it is not wanted."""
    if account.shape[0] > 0:
        return account[el, s, t, g]
    return account.reshape(account.size)


@inlined
def _close(rates, rules, accounts, el, s, t, i, work):
    """Point 6 and the accounts of one state; returns persons added by the floor."""
    survival, within_open = at(rates.survival, el, s, t), at(rates.within_open, el, s, t)
    lifted = 0.0
    for g in range(2):
        now, start, row, end = work.now[i, g], work.start[i, g], work.migrants[i, g], work.end[i, g]
        born = work.born[i, g]
        if accounts.deaths.shape[0] > 0:
            out = accounts.deaths[el, s, t, g]
            book.book_deaths(born, start, survival[g], within_open[g], out)
        if accounts.deaths_by_age.shape[0] > 0:
            reaching = at(rates.reaching, el, s, t)[g]
            out = accounts.deaths_by_age[el, s, t, g]
            book.book_deaths_by_age(born, start, survival[g], within_open[g], reaching, out)
        negative = one.close_step(end, 1.0 - rules.early, row)
        arrived = _booked(accounts.net_migration, el, s, t, g)
        if arrived.shape[0] > 0:
            book.book_migrants(rules.early, row, arrived)
        if negative > 0 and rules.floor:
            lifted += book.lift_negatives(LEAST_PERSONS, end, arrived)
        elif negative > 0:
            work.faults[3] += negative
        if accounts.exposure.shape[0] > 0:
            book.book_exposure(rules.years, now, end, accounts.exposure[el, s, t, g])
        if accounts.population.shape[0] > 0:
            book.copy_row(end, accounts.population[el, s, t + 1, g])
        book.copy_row(end, now)
    return lifted


@inlined
def _exchange(rates, groups, rules, accounts, el, t, c, first, work):
    """Points 3 (first = 1) and 5 (first = 0) of the step: moves within one group."""
    begin, stop = groups.edge_start[c], groups.edge_start[c + 1]
    edges, origin = groups.edge[begin:stop], groups.edge_from[begin:stop]
    shape = rates.move.shape
    move = rates.move[el if shape[0] > 1 else 0, t if shape[1] > 1 else 0]
    if first > 0 and (t == 0 or shape[1] > 1):
        work.faults[2] += one.stay_shares(origin, edges, move, work.stay)
    last = work.now.shape[2] if first > 0 else 1
    destination = groups.edge_to[begin:stop]
    one.exchange(first, last, origin, destination, edges, move, work.stay, work.survivors, work.end)
    if first == 0 and accounts.moves.shape[0] > 0:
        for k in range(edges.shape[0]):
            for g in range(2):
                out = accounts.moves[el, t, edges[k], g]
                book.book_moves(move[edges[k], g], work.survivors[origin[k], g], out)


@inlined
def _advance(rates, groups, rules, accounts, el, t, c, work):
    """One step of one group; returns the relative residual of its balance (0 unaudited)."""
    begin, stop = groups.member_start[c], groups.member_start[c + 1]
    # a state without edges among others that have some: all of it stays, by the same road
    coupled = groups.edge.shape[0] > 0
    for i in range(stop - begin):
        _survive(rates, rules, el, groups.member[begin + i], t, i, work)
    if coupled:
        _exchange(rates, groups, rules, accounts, el, t, c, 1, work)
    for i in range(stop - begin):
        _bear(rates, rules, accounts, el, groups.member[begin + i], t, i, work)
    if coupled:
        _exchange(rates, groups, rules, accounts, el, t, c, 0, work)
    expected, people = 0.0, 0.0
    for i in range(stop - begin):
        s = groups.member[begin + i]
        if rules.audit:
            expected += _audit(rates, el, s, t, i, work)
            for g in range(2):
                expected += (1.0 - rules.early) * one.total(work.migrants[i, g])
        expected += _close(rates, rules, accounts, el, s, t, i, work)
        if rules.audit:
            people += one.total(work.now[i, 0]) + one.total(work.now[i, 1])
    return abs(people - expected) / max(1.0, people) if rules.audit else 0.0


@kernel
def run_jobs(first, last, rates, groups, rules, accounts, work, steps):
    """Project jobs first to last - 1, each through all steps; returns the largest residual."""
    n_groups = groups.member_start.shape[0] - 1
    worst = 0.0
    for job in range(first, last):
        el, c = job // n_groups, job % n_groups
        begin = groups.member_start[c]
        for i in range(groups.member_start[c + 1] - begin):
            s = groups.member[begin + i]
            for g in range(2):
                row = rates.population[el if rates.population.shape[0] > 1 else 0, s, g]
                book.copy_row(row, work.now[i, g])
                if accounts.population.shape[0] > 0:
                    book.copy_row(row, accounts.population[el, s, 0, g])
        for t in range(steps):
            residual = _advance(rates, groups, rules, accounts, el, t, c, work)
            if not (residual <= worst):
                worst = residual
    return worst
