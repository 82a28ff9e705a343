"""Moves into one age for a whole block of years: the years are the lanes of a vector.

`before` holds the survivors who reach the age, by state of origin, and `after` those who are there
after the moves, with 8 cells in front so that it can be read one year later.
"""

from __future__ import annotations

from popsim.kernels import step as one
from popsim.kernels.jit import kernel
from popsim.kernels.vectors import fill, fused, load, store, times

__all__ = ["LANES", "lay_dense", "leave", "spread", "spread_dense"]

# Years carried together: two vector registers of eight numbers.
LANES = 16
HUGE = 1e300


@kernel
def leave(leaving, origin, stay):
    """Share of one age that stays in each state; returns cells below 0.

    leaving, origin (E of this group), stay (M).
    """
    for i in range(stay.shape[0]):
        stay[i] = 1.0
    for e in range(origin.shape[0]):
        stay[origin[e]] -= leaving[e]
    return one.count_outside(stay, -1e-12, HUGE)


@kernel
def spread(leaving, origin, destination, stay, before, after):
    """Moves into one age for all years of a block.

    leaving, origin, destination (E of this group, by destination), stay (M), before, after
    (M LANES; after with 8 cells in front).
    """
    e, n = 0, origin.shape[0]
    for j in range(stay.shape[0]):
        share = fill(stay[j])
        low = times(share, load(before, LANES * j))
        high = times(share, load(before, LANES * j + 8))
        while e < n and destination[e] == j:
            p, i = fill(leaving[e]), LANES * origin[e]
            low = fused(p, load(before, i), low)
            high = fused(p, load(before, i + 8), high)
            e += 1
        store(after, 8 + LANES * j, low)
        store(after, 8 + LANES * j + 8, high)


@kernel
def stay_dense(matrix, leaving):
    """Put those who stay on the diagonal; returns cells below 0.  matrix (M M), leaving (M)."""
    m, faults = leaving.shape[0], 0
    for i in range(m):
        leaving[i] = 0.0
    for j in range(m):
        row = matrix[j * m : (j + 1) * m]
        for i in range(m):
            leaving[i] += row[i]
    for i in range(m):
        matrix[i * m + i] = 1.0 - leaving[i]
        faults += not (leaving[i] <= 1.0 + 1e-12)
    return faults


@kernel
def lay_eight(moves, k, a, b, c, d, e, f, g, h):
    """Add the moves of one edge at eight ages into cell k of eight matrices.

    moves (8); a .. h (M M). Said one by one, or the compiler would scatter them.
    """
    a[k] += moves[0]
    b[k] += moves[1]
    c[k] += moves[2]
    d[k] += moves[3]
    e[k] += moves[4]
    f[k] += moves[5]
    g[k] += moves[6]
    h[k] += moves[7]


@kernel
def lay_dense(move, edges, origin, destination, leaving, dense):
    """Lay the moves of one group out as matrices by age; returns cells below 0.

    move (E, G, X) of all edges; edges, origin, destination (E of this group); leaving (M) is
    scratch; dense (G, X, M M), zeros, by destination and origin, those who stay on the diagonal.
    """
    m, n_ages, faults = leaving.shape[0], dense.shape[1], 0
    for g in range(2):
        # eight ages of an edge lie on one cache line or two
        for x in range(0, n_ages, 8):
            d = dense[g, x : x + 8]
            for at in range(edges.shape[0]):
                k, row = destination[at] * m + origin[at], move[edges[at], g, x : x + 8]
                if row.shape[0] == 8:
                    lay_eight(row, k, d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7])
                else:
                    for y in range(row.shape[0]):
                        d[y, k] += row[y]
            for y in range(d.shape[0]):
                faults += stay_dense(d[y], leaving)
    return faults


@kernel
def spread_dense(matrix, wide, before, after):
    """Moves into one age for all years of a block, where most states exchange people.

    matrix (M M) by destination and origin; before (M LANES), after (8 + M LANES); without `wide`
    only the first eight years. Four destinations at a time share what is read of an origin.
    """
    m, j = before.shape[0] // LANES, 0
    while j + 4 <= m:
        a, b, c, d = j * m, (j + 1) * m, (j + 2) * m, (j + 3) * m
        low_a, low_b, low_c, low_d = fill(0.0), fill(0.0), fill(0.0), fill(0.0)
        high_a, high_b, high_c, high_d = fill(0.0), fill(0.0), fill(0.0), fill(0.0)
        if wide:
            for i in range(m):
                low, high = load(before, LANES * i), load(before, LANES * i + 8)
                p, q = fill(matrix[a + i]), fill(matrix[b + i])
                r, s = fill(matrix[c + i]), fill(matrix[d + i])
                low_a, high_a = fused(p, low, low_a), fused(p, high, high_a)
                low_b, high_b = fused(q, low, low_b), fused(q, high, high_b)
                low_c, high_c = fused(r, low, low_c), fused(r, high, high_c)
                low_d, high_d = fused(s, low, low_d), fused(s, high, high_d)
        else:
            for i in range(m):
                low = load(before, LANES * i)
                low_a = fused(fill(matrix[a + i]), low, low_a)
                low_b = fused(fill(matrix[b + i]), low, low_b)
                low_c = fused(fill(matrix[c + i]), low, low_c)
                low_d = fused(fill(matrix[d + i]), low, low_d)
        store(after, 8 + LANES * j, low_a)
        store(after, 8 + LANES * j + 8, high_a)
        store(after, 8 + LANES * j + LANES, low_b)
        store(after, 8 + LANES * j + LANES + 8, high_b)
        store(after, 8 + LANES * j + 2 * LANES, low_c)
        store(after, 8 + LANES * j + 2 * LANES + 8, high_c)
        store(after, 8 + LANES * j + 3 * LANES, low_d)
        store(after, 8 + LANES * j + 3 * LANES + 8, high_d)
        j += 4
    while j < m:
        low, high = fill(0.0), fill(0.0)
        for i in range(m):
            p = fill(matrix[j * m + i])
            low = fused(p, load(before, LANES * i), low)
            high = fused(p, load(before, LANES * i + 8), high)
        store(after, 8 + LANES * j, low)
        store(after, 8 + LANES * j + 8, high)
        j += 1
