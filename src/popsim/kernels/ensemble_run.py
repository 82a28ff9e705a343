"""Sharing draws among threads; no draw's result depends on which thread projects it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from popsim.kernels.data import Groups
from popsim.kernels.ensemble import draw_room, project_draws
from popsim.kernels.ensemble_data import Levels, Patterns, Places, Sums, Timing
from popsim.kernels.ensemble_moves import project_coupled_draws, room_for
from popsim.kernels.threads import default_threads

__all__ = ["Below", "run_draws"]


class Below(NamedTuple):
    """Draws in which a cell fell below 0."""

    count: int
    state: int  # of the first of them; -1 where there is none
    draw: int


def run_draws(
    patterns: Patterns,
    levels: Levels,
    sums: Sums,
    places: Places,
    timing: Timing,
    groups: Groups,
    *,
    threads: int | None = None,
) -> tuple[np.ndarray, Below]:
    """Project all draws.

    Parameters
    ----------
    patterns, levels, sums, places, timing
        As their classes say.
    groups
        States and edges sorted by coupled group.
    threads
        At most so many; None for as many as there are processors.

    Returns
    -------
    tuple of ndarray and Below
        Sums (D, Q, K, T + 1), and what fell below 0.
    """
    draws, steps = levels.row.shape[0], levels.row.shape[2]
    count, pieces = sums.newborn.shape[0], int(sums.piece.max()) + 1
    q = int(places.place.max()) + 1 if places.place.size else 0
    out = np.zeros((draws, q, count, steps + 1))
    states, cells = patterns.population.shape
    most = int(np.max(np.diff(groups.member_start)))

    def part(first: int, last: int, begin: int, stop: int) -> tuple[int, int, int]:
        if groups.edge.size:
            room = room_for(most, cells, pieces, count, steps)
            shared = (patterns, levels, sums, places, timing, groups, room, out)
            return project_coupled_draws(first, last, *shared)
        room = draw_room(cells, pieces, count, steps)
        shared = (patterns, levels, sums, places, timing, room, out)
        return project_draws(first, last, (begin, stop), *shared)

    workers = threads or default_threads()
    # Few draws are shared by states, if no two states are added into one place: then no sum is
    # taken in another order.
    apart = not groups.edge.size and np.unique(places.place).size == places.place.size
    if draws < workers and apart:
        workers = min(workers, states)
        cuts = [states * k // workers for k in range(workers + 1)]
        jobs = [(0, draws, a, b) for a, b in pairwise(cuts)]
    else:
        workers = max(1, min(workers, draws))
        cuts = [draws * k // workers for k in range(workers + 1)]
        jobs = [(a, b, 0, states) for a, b in pairwise(cuts)]
    if workers == 1:
        parts = [part(*jobs[0])]
    else:
        part(0, 0, 0, 0)  # compile in this thread: numba's compiler is not for several at once
        with ThreadPoolExecutor(workers) as pool:
            parts = list(pool.map(lambda job: part(*job), jobs))
    found = [p for p in parts if p[0]]
    if not found:
        return out, Below(0, -1, -1)
    return out, Below(sum(p[0] for p in found), found[0][1], found[0][2])
