"""What `cohorts` works on: scratch of a thread, and constant moves laid out by age."""

from __future__ import annotations

import numpy as np

from popsim.kernels.data import Groups, Rates, Rules
from popsim.kernels.ensemble_data import aligned
from popsim.kernels.spread import LANES, lay_dense

__all__ = ["block_length", "cohort_room", "moves_by_age"]

Room = tuple[np.ndarray, ...]

# A group with at least one edge for so many pairs of states is moved by matrices.
DENSE = 3


def block_length(rules: Rules) -> int:
    """Steps of a block: nobody born in it bears in it."""
    return min(LANES, rules.first_bearing) if rules.stop_bearing > 0 else LANES


def cohort_room(groups: Groups, n_ages: int) -> Room:
    """Make the scratch of `cohort_jobs`, for the largest group."""
    most = int(np.diff(groups.member_start).max())
    return (
        np.zeros((2, n_ages, most)),
        np.zeros((most, 2, n_ages)),
        np.zeros((most, LANES, 2)),
        aligned((most * LANES,)),
        aligned((8 + most * LANES,)),
        np.zeros((2, n_ages)),
    )


def moves_by_age(rates: Rates, groups: Groups) -> tuple[np.ndarray, np.ndarray, int]:
    """Lay constant moves out by age, as `cohort_jobs` wants them.

    Returns moves (L, G, X, E) and dense (L, G, X, M M), one of them empty, and faults.
    """
    none, states = np.empty((0,) * 4), groups.member.size
    if groups.member_start.size > 2 or groups.edge.size * DENSE < states**2:
        moves = rates.move[:, 0][:, groups.edge].transpose(0, 2, 3, 1)
        return np.ascontiguousarray(moves), none, 0
    dense = aligned((rates.move.shape[0], 2, rates.move.shape[4], states**2))
    edges = (groups.edge, groups.edge_from, groups.edge_to, np.empty(states))
    faults = sum(lay_dense(m[0], *edges, d) for m, d in zip(rates.move, dense, strict=True))
    return none, dense, faults
