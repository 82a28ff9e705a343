"""The projection step as a sparse matrix: for analysis, and as the oracle of the loops.

P' = M P + K G, with P and G over (state, sex, age), age fastest. M is the sum of two parts, those
who were there (survival, ageing, moves) and those born. Letters as in the package's page.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from popsim.kernels import step

__all__ = ["StepMatrices", "step_matrices"]


class StepMatrices(NamedTuple):
    """The affine map of one step, each (S G X, S G X)."""

    staying: sparse.csr_array  # survivors, in the state and at the age reached
    born: sparse.csr_array  # children of the people at the start, at the end of the step
    migrants: sparse.csr_array  # effect at the end of one external migrant


def _ageing(survival, within_open):
    """Survival to the next age.  survival (S, G, X), within_open (S, G)."""
    n_states, n_sexes, n_ages = survival.shape
    cell = np.arange(survival.size).reshape(survival.shape)
    rows = [cell[..., 1:].ravel(), cell[..., -1].ravel()]
    columns = [cell[..., :-1].ravel(), cell[..., -1].ravel()]
    values = [survival[..., 1:].ravel(), within_open.ravel()]
    size = n_states * n_sexes * n_ages
    data = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.coo_array(data, shape=(size, size)).tocsr()


def _moving(move, origin, destination, shape):
    """Moves at the age reached.  move (E, G, X), origin, destination (E), shape (S, G, X)."""
    cell = np.arange(int(np.prod(shape))).reshape(shape)
    size = cell.size
    leaving = np.zeros(shape)
    np.add.at(leaving, origin, move)
    there = (move.ravel(), (cell[destination].ravel(), cell[origin].ravel()))
    stay = sparse.diags_array(1.0 - leaving.ravel())
    return (sparse.coo_array(there, shape=(size, size)) + stay).tocsr()


def _bearing(years, fertility, sex_ratio, survival):
    """Children at the end of the step, in the mother's state, of one woman-step.

    fertility (S, X), sex_ratio (S), survival (S, G, X).
    """
    cell = np.arange(survival.size).reshape(survival.shape)
    share = np.stack([1.0 / (1.0 + sex_ratio), sex_ratio / (1.0 + sex_ratio)], axis=1)
    alive = share * survival[..., 0]
    s, x = np.nonzero(fertility)
    parts = [
        (years * fertility[s, x] * alive[s, g], (cell[s, g, 0], cell[s, 0, x])) for g in range(2)
    ]
    values = np.concatenate([p[0] for p in parts])
    rows = np.concatenate([p[1][0] for p in parts])
    columns = np.concatenate([p[1][1] for p in parts])
    return sparse.coo_array((values, (rows, columns)), shape=(cell.size, cell.size)).tocsr()


def step_matrices(
    survival,
    within_open,
    fertility,
    sex_ratio,
    move,
    origin,
    destination,
    migration_rate,
    *,
    years,
    early,
    exposure,
) -> StepMatrices:
    """Assemble the matrices of one step.

    survival (S, G, X), within_open (S, G), fertility (S, X), sex_ratio (S), move (E, G, X),
    origin, destination (E), migration_rate (S, G, X); years, early, exposure as in `Rules`.
    """
    size = survival.size
    one = sparse.eye_array(size, format="csr")
    late = 1.0 - early
    moving = _moving(move, origin, destination, survival.shape)
    ageing = moving @ _ageing(survival, within_open)
    children = moving @ _bearing(years, fertility, sex_ratio, survival)
    rate = sparse.diags_array(years * migration_rate.ravel()).tocsr()

    def effect(people, arriving):
        """Return those there and those born of `people`, with `arriving` external migrants."""
        end = ageing @ (people + early * arriving)
        women = people + early * arriving if exposure == step.TEXTBOOK else people
        women = women + end
        if exposure != step.BEFORE_MIGRATION:
            women = women + late * arriving
        return end + late * arriving, 0.5 * (children @ women)

    staying, born = effect(one, rate)
    there, theirs = effect(0.0 * one, one)
    return StepMatrices(staying.tocsr(), born.tocsr(), (there + theirs).tocsr())
