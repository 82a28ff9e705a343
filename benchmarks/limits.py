"""What the machine can do at all: the bandwidth of its memory and the pace of its caches."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
from numba import njit

__all__ = ["cache_bytes", "cached_cells_per_s", "limits", "processors", "triad_bytes_per_s"]


@njit(nogil=True)
def _triad(a, b, c, factor):
    for i in range(a.shape[0]):
        a[i] = b[i] + factor * c[i]


@njit(nogil=True, fastmath={"contract"})
def _axpy(y, s, m, times):
    for _ in range(times):
        for i in range(y.shape[0]):
            y[i] = y[i] * s[i] + m[i]


def processors() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cache_bytes(level: int) -> int:
    """Bytes of a core's cache; 32 KiB and 1 MiB where the system does not say."""
    for index in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*"):
        kind = (index / "type").read_text().strip()
        if kind != "Instruction" and int((index / "level").read_text()) == level:
            text = (index / "size").read_text().strip()
            return int(text.rstrip("KM")) * (1 << 20 if text.endswith("M") else 1 << 10)
    return {1: 32 << 10, 2: 1 << 20}[level]


def _aligned(cells: int) -> np.ndarray:
    """Ones that begin on a cache line."""
    room = np.ones(cells + 8)
    begin = (-room.ctypes.data % 64) // 8
    return room[begin : begin + cells]


def _best(jobs: list[Callable[[], None]], rounds: int) -> float:
    """Shortest time in which all jobs end, side by side."""
    best = np.inf
    with ThreadPoolExecutor(len(jobs)) as pool:
        for _ in range(rounds):
            begin = time.perf_counter()
            list(pool.map(lambda job: job(), jobs))
            best = min(best, time.perf_counter() - begin)
    return best


def triad_bytes_per_s(threads: int, *, megabytes: int = 256, rounds: int = 7) -> float:
    """Bandwidth of a = b + factor c: three arrays read or written, far larger than any cache."""
    cells = megabytes * (1 << 20) // 8
    a, b, c = (np.ones(cells) for _ in range(3))
    cuts = [cells * k // threads for k in range(threads + 1)]
    parts = [slice(x, y) for x, y in pairwise(cuts)]
    _triad(a[:8], b[:8], c[:8], 0.5)
    jobs = [lambda p=p: _triad(a[p], b[p], c[p], 0.5) for p in parts]
    return 3 * 8 * cells / _best(jobs, rounds)


def cached_cells_per_s(threads: int, size: int, *, rounds: int = 7) -> float:
    """Cells a second of y = y s + m, all three arrays together `size` bytes a thread."""
    cells = size // 24 // 8 * 8
    times = max(1, 40_000_000 // cells)
    data = [[_aligned(cells) for _ in range(3)] for _ in range(threads)]
    for y, s, m in data:
        s[:], m[:] = 0.5, 1.0
        _axpy(y, s, m, 1)
    jobs = [lambda d=d: _axpy(*d, times) for d in data]
    return threads * cells * times / _best(jobs, rounds)


def limits(threads: int, *, quick: bool = False) -> dict[str, float]:
    """Limits with one thread and with `threads`.

    Parameters
    ----------
    threads
        Of the works.
    quick
        Smaller arrays, fewer rounds.

    Returns
    -------
    dict
        ``triad``, bytes a second; ``l1`` and ``l2``, cells a second of y = y s + m with all data
        in half of that cache. `_1` with one thread.
    """
    rounds = 3 if quick else 9
    near, far = cache_bytes(1) // 2, cache_bytes(2) // 2
    found = {}
    for name, count in (("_1", 1), ("", threads)):
        found[f"triad{name}"] = triad_bytes_per_s(
            count, megabytes=64 if quick else 256, rounds=rounds
        )
        found[f"l1{name}"] = cached_cells_per_s(count, near, rounds=rounds)
        found[f"l2{name}"] = cached_cells_per_s(count, far, rounds=rounds)
    return found
