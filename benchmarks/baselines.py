"""The same arithmetic without popsim: numpy over whole arrays, and sparse Leslie matrices.

Both are written as one would write them for speed: arrays laid out year by year, so that a step
touches contiguous memory; results written in place; structure of the matrices built once.

Letters: T steps, S states, G sexes, X ages, D draws. Half of the migrants come at the start of a
step and half at its end; births are of the women of both ends, without migrants.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

__all__ = [
    "numpy_draws",
    "numpy_moves",
    "numpy_states",
    "sparse_draws",
    "sparse_moves",
    "sparse_states",
]

BEARING = slice(15, 50)


def _age(start: np.ndarray, survival: np.ndarray, end: np.ndarray) -> None:
    """Survive everyone into the next age; end[..., 0] is left."""
    np.multiply(start[..., :-1], survival[..., 1:], out=end[..., 1:])
    end[..., -1] += start[..., -1] * survival[..., -1]


def _bear(fertility, girls, now, end, survival):
    """Newborn alive at the end, written into end[..., 0]; returns births (.., G)."""
    women = now[..., 0, BEARING] + end[..., 0, BEARING]
    births = 0.5 * np.einsum("...x,...x->...", fertility[..., BEARING], women)
    born = np.stack([births * girls, births * (1.0 - girls)], axis=-1)
    end[..., 0] = born * survival[..., 0]
    return born


def numpy_states(population, survival, fertility, girls, migrants, *, accounts=False):
    """Project states that no moves couple.

    population (S, G, X), survival and migrants (T, S, G, X), fertility (T, S, X). Returns the
    population (T + 1, S, G, X), and with `accounts` births (T, S, G), deaths and net migration.
    """
    steps = len(survival)
    out = np.empty((steps + 1, *population.shape))
    out[0] = population
    births = np.empty((steps, *population.shape[:2])) if accounts else None
    deaths, arrived = (np.empty_like(survival) for _ in range(2)) if accounts else (None, None)
    start, half = np.empty_like(population), np.empty_like(population)
    for t in range(steps):
        now, end = out[t], out[t + 1]
        np.multiply(migrants[t], 0.5, out=half)
        np.add(now, half, out=start)
        _age(start, survival[t], end)
        born = _bear(fertility[t], girls, now, end, survival[t])
        if accounts:
            births[t] = born
            deaths[t, ..., 1:] = start[..., :-1]
            deaths[t, ..., -1] += start[..., -1]
            deaths[t, ..., 0] = born
            deaths[t] -= end
            arrived[t] = half
            arrived[t, ..., 1:] += half[..., :-1]
            arrived[t, ..., -1] += half[..., -1]
        end += half
    return (out, births, deaths, arrived) if accounts else out


def numpy_draws(population, table, fertility, girls, profile, row, tfr, level, bands):
    """Project many draws, region by region, and keep sums of age bands over all regions.

    population and profile (S, G, X), table (S, R, G, X), fertility (S, X), row, tfr and level
    (D, T), bands [(first, stop)]. Returns (D, bands, T + 1). One region's draws fit the cache,
    which is faster than all regions at once.
    """
    draws, steps = row.shape
    kept = np.zeros((draws, len(bands), steps + 1))
    below = np.minimum(row.astype(np.int64), table.shape[1] - 2)
    high = (row - below)[..., None, None]
    end, half = (np.empty((draws, *population.shape[1:])) for _ in range(2))
    for s in range(len(population)):
        now = np.repeat(population[s][None], draws, axis=0)
        lower, rise = table[s], np.diff(table[s], axis=0)
        for k, (first, stop) in enumerate(bands):
            kept[:, k, 0] += population[s, :, first:stop].sum()
        for t in range(steps):
            survival = rise[below[:, t]]
            survival *= high[:, t]
            survival += lower[below[:, t]]
            np.multiply(profile[s], 0.5 * level[:, t, None, None], out=half)
            _age(now + half, survival, end)
            _bear(fertility[s] * tfr[:, t, None], girls, now, end, survival)
            end += half
            now, end = end, now
            for k, (first, stop) in enumerate(bands):
                kept[:, k, t + 1] += now[..., first:stop].sum(axis=(1, 2))
    return kept


def numpy_moves(population, survival, fertility, girls, transition, steps):
    """Project states that moves couple, by batched products of matrices.

    population and survival (G, X, S), fertility (X, S), transition (T or 1, G, X, S, S) from row
    to column, stayers on the diagonal. Returns (T + 1, G, X, S). States are last, so that each
    product reads contiguous memory.
    """
    out = np.empty((steps + 1, *population.shape))
    out[0] = population
    alive = np.zeros_like(population)
    for t in range(steps):
        now, end = out[t], out[t + 1]
        move = transition[t if len(transition) > 1 else 0]
        np.multiply(now[:, :-1], survival[:, 1:], out=alive[:, 1:])
        alive[:, -1] += now[:, -1] * survival[:, -1]
        np.matmul(alive[:, :, None, :], move, out=end[:, :, None, :])
        women = now[0, BEARING] + end[0, BEARING]
        births = 0.5 * np.einsum("xs,xs->s", fertility[BEARING], women)
        born = np.stack([births * girls, births * (1.0 - girls)]) * survival[:, 0]
        np.matmul(born[:, None, :], move[:, 0], out=end[:, None, 0])
    return out


class _Leslie:
    """Block-diagonal Leslie matrix of many populations: structure once, numbers every step.

    Rows and columns are (S, G, X). Births of women of both ends make the first row of each sex
    f(x)/2 + f(x+1) S(x+1)/2, times share of the sex and survival from birth.
    """

    def __init__(self, count: int, ages: int) -> None:
        width = 2 * ages
        cell = np.arange(count * width).reshape(count, 2, ages)
        mothers = np.arange(BEARING.start - 1, BEARING.stop)
        first_row = np.repeat(cell[:, :, :1], mothers.size, axis=2)
        first_column = np.repeat(cell[:, :1][..., mothers], 2, axis=1)
        rows = [cell[..., 1:].ravel(), cell[..., -1].ravel(), first_row.ravel()]
        columns = [cell[..., :-1].ravel(), cell[..., -1].ravel(), first_column.ravel()]
        row, column = np.concatenate(rows), np.concatenate(columns)
        place = sparse.csr_array((np.arange(row.size) + 1.0, (row, column)))
        self.order = place.data.astype(np.int64) - 1
        self.matrix = sparse.csr_array(
            (np.empty(row.size), place.indices, place.indptr), shape=place.shape
        )
        self.mothers = mothers

    def fill(self, survival, fertility, girls):
        """Put in the numbers of a step.  survival (S, G, X), fertility (S, X)."""
        later = np.minimum(self.mothers + 1, survival.shape[-1] - 1)
        ending = fertility[:, later] * survival[:, 0, later]
        bearing = 0.5 * (fertility[:, self.mothers] + ending)
        share = np.stack([girls * survival[:, 0, 0], (1 - girls) * survival[:, 1, 0]], axis=1)
        births = bearing[:, None] * share[..., None]
        numbers = [survival[..., 1:].ravel(), survival[..., -1].ravel(), births.ravel()]
        self.matrix.data[:] = np.concatenate(numbers)[self.order]
        return self.matrix


def _early_births(half, fertility, girls, survival):
    """What the matrix makes the early migrants bear, and the convention does not count.

    Their women are not among those at the start; at the end, those who came early are.
    """
    women = half[..., 0, BEARING]
    births = 0.5 * np.einsum("...x,...x->...", fertility[..., BEARING], women)
    share = np.stack([births * girls, births * (1.0 - girls)], axis=-1)
    return share * survival[..., 0]


def sparse_states(population, survival, fertility, girls, migrants):
    """Project as `numpy_states` does, by a sparse matrix every step."""
    steps = len(survival)
    leslie = _Leslie(population.shape[0], population.shape[2])
    out = np.empty((steps + 1, *population.shape))
    out[0] = population
    for t in range(steps):
        half = 0.5 * migrants[t]
        matrix = leslie.fill(survival[t], fertility[t], girls)
        end = (matrix @ (out[t] + half).ravel()).reshape(population.shape)
        end[..., 0] -= _early_births(half, fertility[t], girls, survival[t])
        np.add(end, half, out=out[t + 1])
    return out


def sparse_draws(population, table, fertility, girls, profile, row, tfr, level, bands):
    """Project as `numpy_draws` does, draw by draw, all regions in one sparse matrix."""
    draws, steps = row.shape
    kept = np.zeros((draws, len(bands), steps + 1))
    leslie = _Leslie(population.shape[0], population.shape[2])
    for d in range(draws):
        now = population
        for k, (first, stop) in enumerate(bands):
            kept[d, k, 0] = now[..., first:stop].sum()
        for t in range(steps):
            below = min(int(row[d, t]), table.shape[1] - 2)
            high = row[d, t] - below
            survival = table[:, below] + high * (table[:, below + 1] - table[:, below])
            half = 0.5 * level[d, t] * profile
            matrix = leslie.fill(survival, fertility * tfr[d, t], girls)
            end = (matrix @ (now + half).ravel()).reshape(population.shape)
            end[..., 0] -= _early_births(half, fertility * tfr[d, t], girls, survival)
            now = end + half
            for k, (first, stop) in enumerate(bands):
                kept[d, k, t + 1] = now[..., first:stop].sum()
    return kept


def sparse_moves(population, survival, fertility, girls, origin, destination, move, steps):
    """Project states that moves couple, by a sparse matrix of moves by age and sex.

    move (T or 1, E, G, X) along edges origin -> destination. Returns (T + 1, S, G, X).
    """
    cell = np.arange(population.size).reshape(population.shape)
    rows = np.concatenate([cell.ravel(), cell[destination].ravel()])
    columns = np.concatenate([cell.ravel(), cell[origin].ravel()])
    place = sparse.csr_array((np.arange(rows.size) + 1.0, (rows, columns)))
    order = place.data.astype(np.int64) - 1
    shape = (population.size,) * 2
    matrix = sparse.csr_array((np.empty(rows.size), place.indices, place.indptr), shape=shape)
    out = np.empty((steps + 1, *population.shape))
    out[0] = population
    alive = np.zeros_like(population)
    for t in range(steps):
        if t == 0 or len(move) > 1:
            stay = np.ones_like(population)
            np.subtract.at(stay, origin, move[t])
            matrix.data[:] = np.concatenate([stay.ravel(), move[t].ravel()])[order]
        _age(out[t], survival, alive)
        alive[..., 0] = 0.0
        end = (matrix @ alive.ravel()).reshape(population.shape)
        women = out[t][:, 0, BEARING] + end[:, 0, BEARING]
        births = 0.5 * np.einsum("sx,sx->s", fertility[:, BEARING], women)
        newborn = np.zeros_like(population)
        newborn[..., 0] = np.stack([births * girls, births * (1.0 - girls)], 1) * survival[..., 0]
        out[t + 1] = end + (matrix @ newborn.ravel()).reshape(population.shape)
    return out
