"""What is kept of a population of many draws, while it is in the nearest cache.

Ages are added up by piece, lane by lane, as the vectors pass, and the pieces of several steps put
together into bands; weighted sums are taken of the whole row. The newborn, known last, are added
at the end. Letters are in `ensemble_data`.
"""

from __future__ import annotations

from popsim.kernels.ensemble_data import PAIR
from popsim.kernels.jit import inlined
from popsim.kernels.vectors import LANES, fill, fused, load, plus, store, sum_lanes, sums_of_eight

__all__ = ["add_to_places", "finish", "hold_row", "keep_bands", "weigh"]


@inlined
def hold_row(sums, row, held):
    """Add up the people of a row by piece.  row (PAIR + W), held (pieces, LANES)."""
    people = fill(0.0)
    for v in range(sums.piece.shape[0]):
        i = row.shape[0] - PAIR * (v + 1)
        people = plus(people, plus(load(row, i), load(row, LANES + i)))
        if sums.piece[v] >= 0:
            store(held[sums.piece[v]], 0, people)
            people = fill(0.0)


@inlined
def keep_bands(sums, held, out, t):
    """Keep the bands of eight steps from t on.

    held (LANES, pieces, LANES), out (K, T + 1 and room for eight more).
    """
    for k in range(sums.part_start.shape[0] - 1):
        a, b, c, d = fill(0.0), fill(0.0), fill(0.0), fill(0.0)
        e, f, g, h = fill(0.0), fill(0.0), fill(0.0), fill(0.0)
        for entry in range(sums.part_start[k], sums.part_start[k + 1]):
            within, p = load(sums.part[entry], 0), sums.part_piece[entry]
            a, b = fused(within, load(held[0, p], 0), a), fused(within, load(held[1, p], 0), b)
            c, d = fused(within, load(held[2, p], 0), c), fused(within, load(held[3, p], 0), d)
            e, f = fused(within, load(held[4, p], 0), e), fused(within, load(held[5, p], 0), f)
            g, h = fused(within, load(held[6, p], 0), g), fused(within, load(held[7, p], 0), h)
        store(out[k], t, sums_of_eight(a, b, c, d, e, f, g, h))


@inlined
def weigh(sums, row, out, t):
    """Weighted sums of a row.  row (PAIR + W), out (K, T + 1)."""
    bands = sums.newborn.shape[0] - sums.weight.shape[0]
    for k in range(sums.weight.shape[0]):
        weight = sums.weight[k]
        women, men = fill(0.0), fill(0.0)
        for i in range(0, weight.shape[0], PAIR):
            women = fused(load(weight, i), load(row, PAIR + i), women)
            men = fused(load(weight, LANES + i), load(row, PAIR + LANES + i), men)
        out[bands + k, t] = sum_lanes(plus(women, men))


@inlined
def finish(sums, s, early, level, born, out):
    """Complete the sums of a state in one draw.

    They were kept of rows without the newborn and with migrants of the next step. level (T + 1)
    of migration, born (G, T) alive at the end of the step, out (K, T + 1 or more).
    """
    girls, boys = born[0], born[1]
    for k in range(out.shape[0]):
        sum_k, profile = out[k], sums.profile[s, k]
        a_girl, a_boy = sums.newborn[k, 0], sums.newborn[k, 1]
        for t in range(born.shape[1]):
            surplus = early * level[t + 1] * profile[t + 1]
            sum_k[t + 1] += a_girl * girls[t] + a_boy * boys[t] - surplus
        if sums.fixed.shape[0] > 0:
            fixed = sums.fixed[s, k]
            for t in range(born.shape[1]):
                sum_k[t + 1] -= early * fixed[t + 1]
        sum_k[0] = sums.base[s, k]


@inlined
def add_to_places(places, s, kept, out):
    """Add the sums of a state where they belong.  kept (K, T + 1 or more), out (Q, K, T + 1)."""
    for entry in range(places.start[s], places.start[s + 1]):
        q, share = places.place[entry], places.share[entry]
        for k in range(out.shape[1]):
            here, sum_k = out[q, k], kept[k]
            for t in range(out.shape[2]):
                here[t] += share[t] * sum_k[t]
