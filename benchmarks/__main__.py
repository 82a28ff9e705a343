"""``python -m benchmarks``: run the standard work and print the table."""

from __future__ import annotations

import argparse
import gc
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.limits import cache_bytes, limits, processors
from benchmarks.measure import peak_mb, together
from benchmarks.works import WORKS, Work

__all__ = ["main", "measure"]

# What popsim sets itself: (work, key, at least?, bound); the quick works are too small for it.
DEMANDS = [
    ("W1", "ratio_to_numpy", True, 80.0),
    ("W2a", "ratio_to_numpy", True, 5.0),
    ("W3", "ratio_to_numpy", True, 25.0),
    ("W4a", "ratio_to_numpy", True, 3.0),
    ("W2a", "share_of_limit", True, 0.75),
    ("W3", "share_of_limit", True, 0.35),
    ("W2a", "api_to_kernel", False, 2.0),
    ("W3", "api_to_kernel", False, 1.5),
    ("W1", "api_s", False, 0.003),
    ("W3", "peak_mb", False, 400.0),
    ("W3", "peak_of_tenfold_draws", False, 1.3),
    ("W5a", "api_s", False, 0.05),
    ("W5b", "api_s", False, 2.0),
]
SLOW = ("W2a", "W2b", "W2c", "W3")


def measure(name: str, machine: dict[str, float], *, quick: bool, rounds: int) -> dict[str, Any]:
    """Run one work four ways, compare the results, time them."""
    work: Work = WORKS[name](quick=quick)
    work.api()  # compiled, or loaded
    for way in ("numpy", "sparse"):
        work.compare(way)
    few = 2 if quick or name not in SLOW else 1 if name == "W3" else 3
    rounds_of = together(
        {
            "kernel": (work.kernel(), rounds),
            "api": (work.api, rounds),
            "numpy": (work.numpy, max(few, 1) if name in SLOW else rounds),
            "sparse": (work.sparse, 1 if name in SLOW else min(rounds, 5)),
        },
        rounds,
    )
    gc.collect()
    times = {name: float(np.median(spent)) for name, spent in rounds_of.items()}
    scale = 1.0
    if work.sparse_part < 1:
        some = max(1, round(work.sparse_part * work.at["draws"]))
        scale = work.at["draws"] / some
    row = {
        "kernel_s": times["kernel"],
        "api_s": times["api"],
        "numpy_s": times["numpy"],
        "sparse_s": times["sparse"] * scale,
        "ratio_to_numpy": times["numpy"] / times["kernel"],
        "share_of_limit": work.share_of_limit(times["kernel"], machine),
        "peak_mb": peak_mb(name, quick=quick),
        "threads": 1 if work.one_thread else processors(),
        "api_to_kernel": times["api"] / times["kernel"],
        "cells_per_s": work.cells / times["kernel"],
        "limit": work.bound,
        "best_s": {name: min(spent) for name, spent in rounds_of.items()},
        "title": work.title,
        "size": work.at,
    }
    if scale > 1:
        row["sparse_note"] = f"1 draw in {scale:g} done, time scaled"
    if name == "W3":
        tenfold = peak_mb(name, quick=quick, draws=10 * work.at["draws"])
        row["peak_of_tenfold_draws"] = tenfold / row["peak_mb"]
    return row


def table(results: dict[str, Any]) -> str:
    """Print ratios first: times are of one machine."""
    head = f"{'':4} {'kernel s':>10} {'api s':>10} {'numpy s':>10} {'sparse s':>10}"
    lines = [f"{head} {'x numpy':>8} {'x sparse':>9} {'of limit':>9} {'api/krn':>8} {'MB':>7}"]
    for name, row in results["works"].items():
        lines.append(
            f"{name:4} {row['kernel_s']:10.3g} {row['api_s']:10.3g} {row['numpy_s']:10.3g} "
            f"{row['sparse_s']:10.3g} {row['ratio_to_numpy']:8.1f} "
            f"{row['sparse_s'] / row['kernel_s']:9.0f} "
            f"{row['share_of_limit']:5.0%} {row['limit']:>5} "
            f"{row['api_to_kernel']:6.2f} {row['peak_mb']:7.0f}  {row['title']}"
        )
    return "\n".join(lines)


def verdicts(results: dict[str, Any]) -> str:
    """What was asked for, and what came out."""
    lines = []
    for name, key, at_least, bound in DEMANDS:
        if name in results["works"]:
            value = results["works"][name][key]
            met = value >= bound if at_least else value <= bound
            sign = ">=" if at_least else "<="
            lines.append(
                f"{'met   ' if met else 'MISSED'} {name} {key} {value:.3g} {sign} {bound:g}"
            )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small works, under a minute")
    parser.add_argument("--json", type=Path, help="write the results there")
    parser.add_argument("--only", help="works, as W1,W3")
    parser.add_argument("--rounds", type=int, help="repeats of each way")
    given = parser.parse_args(arguments)
    names = given.only.split(",") if given.only else list(WORKS)
    unknown = [n for n in names if n not in WORKS]
    if unknown:
        parser.error(f"unknown works {unknown}; known: {', '.join(WORKS)}")
    rounds = given.rounds or (3 if given.quick else 9)
    machine = limits(processors(), quick=given.quick)
    results: dict[str, Any] = {
        "machine": {
            "system": platform.system(),
            "processor": platform.machine(),
            "processors": processors(),
            "l1_bytes": cache_bytes(1),
            "l2_bytes": cache_bytes(2),
            "python": platform.python_version(),
            "numpy": np.__version__,
        },
        "limits": machine,
        "quick": given.quick,
        "date": time.strftime("%Y-%m-%d"),
        "works": {},
    }
    gigas = {k: f"{v / 1e9:.1f}" for k, v in machine.items()}
    out = sys.stdout.write
    out(f"limits, 1 thread and all: triad {gigas['triad_1']} {gigas['triad']} GB/s, ")
    out(f"L1 {gigas['l1_1']} {gigas['l1']}, L2 {gigas['l2_1']} {gigas['l2']} G cells/s\n")
    for name in names:
        results["works"][name] = measure(name, machine, quick=given.quick, rounds=rounds)
        out(f"{name} done\n")
        sys.stdout.flush()
    out(table(results) + "\n")
    if not given.quick:
        out(verdicts(results) + "\n")
    if given.json:
        works = results.pop("works")
        given.json.write_text(json.dumps({**works, **results}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
