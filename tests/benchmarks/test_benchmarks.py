"""The benchmarks run, agree with their baselines and write what they promise; no time is judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

KEYS = {
    "kernel_s",
    "api_s",
    "numpy_s",
    "sparse_s",
    "ratio_to_numpy",
    "share_of_limit",
    "peak_mb",
    "threads",
}
WORKS = ["W1", "W2a", "W2b", "W2c", "W3", "W4a", "W4b", "W5a", "W5b"]


# Every work compares kernel, numpy and scipy.sparse before it is timed, and fails where they differ
@pytest.mark.slow
def test_benchmarks__quick_run_writes_every_work(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "results.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--json", str(target)]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = json.loads(target.read_text(encoding="utf-8"))
    for name in WORKS:
        assert set(results[name]) >= KEYS
        assert results[name]["kernel_s"] > 0
        assert f"\n{name} " in done.stdout


def test_benchmarks__unknown_work_is_named(root: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "W9"]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "W9" in done.stderr and "known: W1" in done.stderr
