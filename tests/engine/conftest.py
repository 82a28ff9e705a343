"""Inputs for the engine's tests: from plain arrays, and made-up draws."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from popsim.coords import age_coords, edge_coords

TAIL = {
    "population": ("sex", "age"),
    "survival_ratio": ("sex", "age", "period"),
    "open_survival_ratio": ("sex", "period"),
    "death_rate": ("sex", "age", "period"),
    "fertility_rate": ("age", "period"),
    "sex_ratio_at_birth": ("period",),
    "move_probability": ("edge", "sex", "age", "period"),
    "net_migration": ("sex", "age", "period"),
    "net_migration_rate": ("sex", "age", "period"),
}
ROWS, DRAWS = 4, 6  # of the made-up ensemble


def dataset(
    arrays: dict[str, Any],
    *,
    base_year: int = 2020,
    step: int = 1,
    states: dict[str, list[str]] | None = None,
    coords: dict[str, Any] | None = None,
) -> xr.Dataset:
    """Label plain arrays: (state.., sex, age, period), sexes female, male."""
    states = states or {}
    n_ages = np.shape(arrays["population"])[-1]
    steps = next(np.shape(v)[-1] for k, v in arrays.items() if k == "sex_ratio_at_birth")
    variables: dict[str, Any] = {"base_year": base_year}
    for name, values in arrays.items():
        tail = TAIL[name]
        values = np.asarray(values, dtype=np.float64)
        lead = tuple(states) if values.ndim > len(tail) else ()
        variables[name] = (lead + tail, values)
    return xr.Dataset(
        variables,
        coords={
            "sex": ["female", "male"],
            **age_coords((n_ages - 1) * step, step),
            "period": base_year + step * np.arange(1, steps + 1),
            **states,
            **(coords or {}),
        },
    )


def some_edges(
    states: dict[str, list[str]], count: int, random: np.random.Generator
) -> dict[str, Any]:
    """Coordinates of some of all possible edges."""
    every = list(product(*states.values()))
    ends = list(permutations(range(len(every)), 2))
    chosen = [ends[k] for k in random.permutation(len(ends))[:count]]
    origin, target = (
        {dim: [every[pair[side]][at] for pair in chosen] for at, dim in enumerate(states)}
        for side in (0, 1)
    )
    return edge_coords(origin, target)


def made_up_draws(
    *,
    states: dict[str, list[str]] | None = None,
    step: int = 5,
    open_age: int = 100,
    edges: int = 0,
    yearly: bool = False,
    fixed: bool = False,
    own_levels: bool = False,
    seed: int = 1,
    count: int = 5,
) -> tuple[xr.Dataset, xr.Dataset]:
    """Patterns and six draws of levels of a made-up country, for `project_ensemble`."""
    random = np.random.default_rng(seed)
    states = states or {}
    lead, shape = tuple(states), tuple(len(v) for v in states.values())
    ages = age_coords(open_age, step)
    n = ages["age"][1].size
    period = 2020 + step * np.arange(1, count + 1)
    curve = 1 - 0.3 * (np.arange(n) / n) ** 3
    table = (
        curve * random.uniform(0.9, 0.99, (*shape, 1, 2, 1))
        + np.linspace(0, 0.008, ROWS)[:, None, None]
    )
    bearing = (ages["age"][1] >= 15) & (ages["age"][1] < 50)
    spread, steps = (("period",), (count,)) if yearly else ((), ())
    pattern = bearing[:, None] * random.uniform(0, 0.05, (*shape, n, count))
    profile = random.uniform(-1, 2, (*shape, 2, n, *steps))
    variables: dict[str, Any] = {
        "population": ((*lead, "sex", "age"), random.uniform(50, 90, (*shape, 2, n))),
        "base_year": 2020,
        "survival_table": ((*lead, "row", "sex", "age"), table),
        "fertility_pattern": ((*lead, "age", *spread), pattern if yearly else pattern[..., 0]),
        "sex_ratio_at_birth": (("period",), random.uniform(1.0, 1.2, count)),
        "migration_profile": ((*lead, "sex", "age", *spread), profile),
    }
    coords: dict[str, Any] = {**ages, "sex": ["female", "male"], **states, "period": period}
    coords["row"] = [1990.0, 2000.0, 2010.0, 2020.0]
    if fixed:
        counts = random.uniform(-1, 1, (*shape, 2, n, count))
        variables["net_migration"] = ((*lead, "sex", "age", "period"), counts)
    if edges:
        coords |= some_edges(states, edges, random)
        moves = random.uniform(0, 0.8 / edges, (edges, 2, n, *steps))
        variables["move_probability"] = (("edge", "sex", "age", *spread), moves)
    own = lead if own_levels else ()
    size = shape if own_levels else ()
    paths = {
        "mortality_index": random.uniform(1990, 2020, (DRAWS, *size, count)),
        "tfr": random.uniform(0.8, 2.5, (DRAWS, *size, count)),
        "migration_level": random.uniform(-0.5, 1.5, (DRAWS, *size, count)),
    }
    levels = {n: (("draw", *own, "period"), v) for n, v in paths.items()}
    if edges:
        ways = (("edge",), (edges,)) if own_levels else ((), ())
        drawn = random.uniform(0, 1.1, (DRAWS, *ways[1], count))
        levels["move_level"] = (("draw", *ways[0], "period"), drawn)
    own_coords = states if own_levels else {}
    return xr.Dataset(variables, coords), xr.Dataset(
        levels, {"draw": np.arange(DRAWS), "period": period, **own_coords}
    )


@pytest.fixture(scope="session")
def make() -> Callable[..., xr.Dataset]:
    """Return the function that labels plain arrays."""
    return dataset


@pytest.fixture(scope="session")
def ensemble() -> Callable[..., tuple[xr.Dataset, xr.Dataset]]:
    """Return the function that makes up patterns and draws of levels."""
    return made_up_draws


@pytest.fixture(scope="session")
def published(validation_dir: Path) -> dict[str, Any]:
    """Cases printed in books and articles, by name."""
    text = (validation_dir / "published_cases.json").read_text(encoding="utf-8")
    cases: dict[str, Any] = json.loads(text)
    return cases
