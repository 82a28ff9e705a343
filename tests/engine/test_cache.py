"""Compiled kernels between processes: several that start at once, and one that comes later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

# One region of four ages, the population alone: the smallest loop there is to compile.
SCRIPT = """
import hashlib, json, sys
import numpy as np, xarray as xr
from numba.core import event
from popsim.coords import age_coords
from popsim.projection import project

rate = ("sex", "age")
inputs = xr.Dataset(
    {
        "base_year": 2020,
        "population": (rate, 100.0 / np.arange(1.0, 9.0).reshape(2, 4)),
        "survival_ratio": (rate, np.linspace(0.7, 0.99, 8).reshape(2, 4)),
        "fertility_rate": ("age", [0.0, 0.1, 0.3, 0.0]),
        "sex_ratio_at_birth": ("period", [1.05, 1.06, 1.07]),
    },
    coords={"sex": ["female", "male"], **age_coords(3), "period": [2021, 2022, 2023]},
)
print("ready", flush=True)
sys.stdin.readline()
with event.install_recorder("numba:compile") as compiled:
    people = project(inputs, outputs=["population"])["population"].to_numpy()
digest = hashlib.sha256(people.tobytes()).hexdigest()
print(json.dumps({"bits": digest, "sum": float(people.sum()), "compiled": len(compiled.buffer)}))
"""


def together(count: int, cache: Path) -> list[dict]:
    """Results of processes that all wait, imported, for the same word to begin."""
    named = {name: str(cache) for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA")}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, **named},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    try:
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process in running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        results = []
        for process in running:
            out, err = process.communicate()
            assert process.returncode == 0, err
            results.append(json.loads(out))
        return results
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
                process.communicate()


def contents(cache: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with when it was written and what is in it."""
    files = (path for path in cache.rglob("*") if path.is_file())
    return {str(p.relative_to(cache)): (p.stat().st_mtime_ns, p.read_bytes()) for p in files}


def test_kernels__processes_that_start_at_once_share_an_empty_cache(tmp_path: Path) -> None:
    first = together(3, tmp_path)
    assert {one["bits"] for one in first} == {first[0]["bits"]}
    assert first[0]["sum"] > 0
    assert max(one["compiled"] for one in first) > 0
    kept = contents(tmp_path)
    assert any(name.endswith(".nbc") for name in kept)
    [later] = together(1, tmp_path)
    assert later == {**first[0], "compiled": 0}
    assert contents(tmp_path) == kept
