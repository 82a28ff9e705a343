"""How time and memory are taken."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["peak_mb", "together"]


def together(ways: dict[str, tuple[Callable[[], Any], int]], rounds: int) -> dict[str, list[float]]:
    """Time several ways in turn, round after round, so that a noisy neighbour disturbs all alike.

    Parameters
    ----------
    ways
        By name, what to call and how often at most; short calls are repeated within a round.
    rounds
        Rounds.

    Returns
    -------
    dict
        Seconds of each round, by name.
    """
    found: dict[str, list[float]] = {name: [] for name in ways}
    times = dict.fromkeys(ways, 1)
    for turn in range(rounds):
        for name, (call, most) in ways.items():
            if turn >= most:
                continue
            begin = time.perf_counter()
            for _ in range(times[name]):
                call()
            spent = (time.perf_counter() - begin) / times[name]
            found[name].append(spent)
            if turn == 0 and spent < 0.01 and most > 1:
                times[name] = min(1000, int(0.01 / spent) + 1)
                found[name].clear()
    return found


_PROBE = """
import json, resource, sys
from benchmarks.works import WORKS
import numba, scipy.sparse
def megabytes():
    try:  # Linux hands the peak of the parent down to the child: read this program's own
        with open("/proc/self/status") as lines:
            return next(int(x.split()[1]) / 1024 for x in lines if x.startswith("VmHWM"))
    except OSError:
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return used / (1024 if sys.platform != "darwin" else 1024 ** 2)
name, quick, draws = json.loads(sys.argv[1])
imports = megabytes()
work = WORKS[name](quick=quick)
work.api() if draws is None else work.streamed(draws)
print(json.dumps(megabytes() - imports))
"""


def peak_mb(name: str, *, quick: bool, draws: int | None = None) -> float:
    """Memory of a process that makes the inputs and projects them, above its imports, in MB.

    With `draws`, so many draws are handed over part by part.
    """
    command = [sys.executable, "-c", _PROBE, json.dumps([name, quick, draws])]
    folder = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout))
