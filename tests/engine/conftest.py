"""Inputs for the engine's tests, from plain arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr

from popsim.coords import age_coords

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


@pytest.fixture(scope="session")
def make() -> Callable[..., xr.Dataset]:
    """Return the function that labels plain arrays."""
    return dataset
