"""One projection step of a group of coupled states.

Letters as in the package's page, and M: the states of one group (1 where nothing couples them).
Within a step, in this order (n years, h the share of external migrants present from the start):

1. start:     A[x] = P[x] + h G[x]
2. survival:  E[x] = A[x-1] S[x], E[open] = A[open-1] S[open] + A[open] W, in the state of origin
3. moves:     m[e,x] = p[e,x] E[origin,x]; E[origin] -= m, E[destination] += m
4. births:    B = n sum f[x] (women start + women end)/2, in the mother's state
5. newborns:  E[0] = B_sex S[0], then moves with p[e,0]
6. migrants:  P1[x] = E[x] + (1-h) G[x]
"""

from __future__ import annotations

from popsim.kernels.jit import inlined, kernel
from popsim.kernels.vectors import LANES, fill, fused, load, plus, sum_lanes, times

BEFORE_MIGRATION, AFTER_MIGRATION, TEXTBOOK = 0, 1, 2


@kernel
def add_early_migrants(now, early, migrants, start):
    """A = P + h G.  now, migrants, start (X)."""
    for x in range(now.shape[0]):
        start[x] = now[x] + early * migrants[x]


@kernel
def survive(start, survival, within_open, end):
    """Age and survive everyone alive at the start.  start, survival, end (X); end[0] is 0.

    survival[last] is of those who enter the open group, `within_open` of those already in it.
    """
    last = start.shape[0] - 1
    end[0] = 0.0
    for x in range(1, last):
        end[x] = start[x - 1] * survival[x]
    end[last] = start[last - 1] * survival[last] + start[last] * within_open


@kernel
def stay_shares(edge_from, edges, move, stay):
    """1 - sum of leaving probabilities; returns cells below 0.

    edge_from, edges (E of this group), move (E, G, X), stay (M, G, X).
    """
    for i in range(stay.shape[0]):
        for g in range(2):
            for x in range(stay.shape[2]):
                stay[i, g, x] = 1.0
    for k in range(edges.shape[0]):
        for g in range(2):
            for x in range(move.shape[2]):
                stay[edge_from[k], g, x] -= move[edges[k], g, x]
    faults = 0
    for i in range(stay.shape[0]):
        for g in range(2):
            for x in range(stay.shape[2]):
                faults += not (stay[i, g, x] >= -1e-12)
    return faults


@kernel
def keep_row(survivors, stay, end):
    """Those who stay.  survivors, stay, end (X)."""
    for x in range(end.shape[0]):
        end[x] = survivors[x] * stay[x]


@kernel
def move_row(survivors, move, end):
    """Those who come along one edge.  survivors, move, end (X)."""
    for x in range(end.shape[0]):
        end[x] += move[x] * survivors[x]


@kernel
def exchange(first, stop, edge_from, edge_to, edges, move, stay, survivors, end):
    """Move the survivors of ages first to stop - 1 along all edges of the group.

    edge_from, edge_to, edges (E of this group), move (E, G, X), stay, survivors, end (M, G, X).
    """
    for g in range(2):
        for i in range(end.shape[0]):
            keep_row(survivors[i, g, first:stop], stay[i, g, first:stop], end[i, g, first:stop])
        for k in range(edges.shape[0]):
            i, j, e = edge_from[k], edge_to[k], edges[k]
            move_row(survivors[i, g, first:stop], move[e, g, first:stop], end[j, g, first:stop])


@inlined
def borne(fertility, women_start, women_end, late, migrants, births):
    """Births of eight ages, in lanes: f (women at start + women at end + late migrants)."""
    women = plus(plus(women_start, women_end), times(late, migrants))
    return fused(fertility, women, births)


@kernel
def bear(years, fertility, women_start, women_end, late, migrants):
    """Births of a step: n sum f (women at start + women at end)/2.

    All arrays over the ages that bear, a slice of X. `late` is the share of the migrants to be
    counted among the women at the end.
    """
    whole = fertility.shape[0] // LANES * LANES
    births, counted = fill(0.0), fill(late)
    for x in range(0, whole, LANES):
        start, end = load(women_start, x), load(women_end, x)
        births = borne(load(fertility, x), start, end, counted, load(migrants, x), births)
    some = 0.0
    for x in range(whole, fertility.shape[0]):
        some += fertility[x] * (women_start[x] + women_end[x] + late * migrants[x])
    return 0.5 * years * (sum_lanes(births) + some)


@kernel
def close_step(end, late, migrants):
    """P1 = E + (1-h) G; returns the number of negative cells.  end, migrants (X)."""
    negative = 0
    for x in range(end.shape[0]):
        end[x] += late * migrants[x]
        negative += end[x] < 0.0
    return negative


@kernel
def limit_emigration(now, migrants):
    """Rule of the UN engine: where P + G <= 0, G = 1e-5 - P.  now, migrants (X)."""
    for x in range(now.shape[0]):
        if now[x] + migrants[x] <= 0.0:
            migrants[x] = 1e-5 - now[x]


@kernel(reassociate=True)
def total(row):
    """Sum of a row.  row (X)."""
    people = 0.0
    for x in range(row.shape[0]):
        people += row[x]
    return people


@kernel
def count_outside(row, lower, upper):
    """Cells that are not numbers between the bounds; NaN counts, bounds may be infinite."""
    outside = 0
    for x in range(row.shape[0]):
        outside += not (row[x] >= lower and row[x] <= upper)
    return outside


@kernel
def scan_rows(first, stop, rows, lower, upper, largest):
    """Look at rows first to stop - 1; returns cells that are not numbers within the bounds.

    rows (R, X); largest (X) becomes the largest value of each column, at least 0.
    """
    outside = 0
    for r in range(first, stop):
        for x in range(rows.shape[1]):
            value = rows[r, x]
            outside += not (value >= lower and value <= upper)
            largest[x] = max(largest[x], value)
    return outside


@kernel(reassociate=True)
def dead(start, survival, within_open):
    """Deaths of those alive at the start.  start, survival (X)."""
    last = start.shape[0] - 1
    deaths = start[last] * (1.0 - within_open)
    for x in range(1, last + 1):
        deaths += start[x - 1] * (1.0 - survival[x])
    return deaths
