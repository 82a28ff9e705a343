"""The threads that share the jobs of a projection; no bit of a result depends on them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from popsim.kernels.blocks import block_length, cohort_room, moves_by_age
from popsim.kernels.cohorts import cohort_jobs
from popsim.kernels.data import Accounts, Groups, Outcome, Rates, Rules, Work
from popsim.kernels.lean import LEAST_AGES, lean_jobs, scratch_cells
from popsim.kernels.run import run_jobs
from popsim.kernels.step import scan_rows

__all__ = ["default_threads", "run", "scan"]

# Below this many cells of output, starting threads costs more than they save.
SMALL_WORK = 200_000


def default_threads() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _room(rates: Rates, groups: Groups, rules: Rules) -> Work:
    """Make the rows of one thread, for the largest group."""
    most, n_ages = int(np.diff(groups.member_start).max()), rates.population.shape[3]
    coupled = groups.edge.size > 0
    now, survivors = np.zeros((most, 2, n_ages)), np.zeros((most, 2, n_ages))
    return Work(
        now,
        np.zeros((most, 2, n_ages)) if rules.early > 0.0 else now,
        np.zeros((most, 2, n_ages)),
        np.zeros((most, 2)),
        survivors,
        np.zeros((most, 2, n_ages)) if coupled else survivors,
        np.zeros((most if coupled else 0, 2, n_ages)),
        np.zeros(4, dtype=np.int64),
    )


def _is_plain(rates: Rates, rules: Rules, accounts: Accounts) -> bool:
    """Whether only the population is wanted, with nothing unusual."""
    return (
        accounts.population.size > 0
        and not any(a.size for a in accounts[1:])
        and rates.migration_rate.size == 0
        and not rules.floor
        and rules.stop_bearing < rates.population.shape[3]
        and (rules.first_bearing > 0 or rules.stop_bearing == 0)
        and rates.population.shape[3] >= LEAST_AGES
        and accounts.population.dtype == np.float64
    )


def scan(values: np.ndarray, upper: float, threads: int | None = None) -> tuple[int, np.ndarray]:
    """Look through a large array once, with all threads.

    Parameters
    ----------
    values
        Numbers (.., X).
    upper
        Largest value that can be; the least is 0.
    threads
        At most so many.

    Returns
    -------
    tuple
        Number of cells that are not numbers within the bounds, and the largest of each column (X).
    """
    rows = values.reshape(-1, values.shape[-1])
    workers = threads or default_threads()
    largest = np.zeros((workers, rows.shape[1]))
    bounds = [rows.shape[0] * k // workers for k in range(workers + 1)]

    def part(k: int) -> int:
        return int(scan_rows(bounds[k], bounds[k + 1], rows, 0.0, upper, largest[k]))

    scan_rows(0, 0, rows, 0.0, upper, largest[0])  # compile in this thread
    with ThreadPoolExecutor(workers) as pool:
        outside = sum(pool.map(part, range(workers)))
    return outside, largest.max(axis=0)


def run(
    rates: Rates,
    groups: Groups,
    rules: Rules,
    accounts: Accounts,
    *,
    runs: int,
    steps: int,
    threads: int | None = None,
) -> Outcome:
    """Project everything, sharing the jobs among threads.

    Parameters
    ----------
    rates, groups, rules, accounts
        Arrays and conventions, as their classes in `popsim.kernels.data` say.
    runs, steps
        L and T.
    threads
        At most so many; None for as many as there are processors.

    Returns
    -------
    Outcome
        What the jobs met; `accounts` is filled in place.

    Notes
    -----
    A thread takes an equal share of the jobs, in their order, and runs each through all steps.
    """
    jobs = runs * (groups.member_start.size - 1)
    cells = runs * steps * rates.population[0].size
    workers = min(threads or default_threads(), jobs) if cells > SMALL_WORK else 1
    plain = _is_plain(rates, rules, accounts)
    coupled = groups.edge.size > 0
    in_blocks = rates.move.shape[1] == 1 and (rules.first_bearing > 3 or not rules.stop_bearing)
    in_blocks = in_blocks and plain and coupled
    faults = np.zeros((workers, 4), dtype=np.int64)
    if in_blocks:
        moves, dense, faults[0, 2] = moves_by_age(rates, groups)

    def part(k: int, first: int, stop: int) -> float:
        if plain and not coupled:
            return lean_jobs(
                first,
                stop,
                rates.population,
                (
                    rates.survival,
                    rates.within_open,
                    rates.fertility,
                    rates.sex_ratio,
                    rates.migrants,
                ),
                accounts.population,
                np.zeros(scratch_cells(rates.population.shape[3])),
                faults[k],
                (rules.years, rules.early, rules.exposure, rules.first_bearing, rules.stop_bearing),
            )
        if in_blocks:
            return float(
                cohort_jobs(
                    first,
                    stop,
                    block_length(rules),
                    rates,
                    groups,
                    rules,
                    moves,
                    dense,
                    accounts.population,
                    cohort_room(groups, rates.population.shape[3]),
                    faults[k],
                )
            )
        work = _room(rates, groups, rules)._replace(faults=faults[k])
        return run_jobs(first, stop, rates, groups, rules, accounts, work, steps)

    if workers == 1:
        worst = part(0, 0, jobs)
    else:
        part(0, 0, 0)  # compile in this thread: numba's compiler is not for several at once
        bounds = [jobs * k // workers for k in range(workers + 1)]
        with ThreadPoolExecutor(workers) as pool:
            worst = float(np.max(list(pool.map(part, range(workers), bounds[:-1], bounds[1:]))))
    met = faults[0] if workers == 1 else faults.sum(axis=0)
    return Outcome(*met.tolist(), float(worst))
