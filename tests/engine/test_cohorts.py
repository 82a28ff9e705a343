"""The loop that carries cohorts through blocks of years gives what the plain loop gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from popsim.coords import edge_coords
from popsim.errors import DataError
from popsim.projection import project

Make = Callable[..., xr.Dataset]


def constant_moves(make: Make, youngest: int, *, steps: int = 21, ages: int = 24) -> xr.Dataset:
    """Four states, three of them coupled by moves that are the same every year."""
    rng = np.random.default_rng(youngest)
    fertility = np.zeros((4, ages, steps))
    fertility[:, youngest:20] = rng.uniform(0.0, 0.2, (4, 20 - youngest, steps))
    origin, target = list("AABCB"), list("BCCAA")
    inputs = make(
        {
            "population": rng.uniform(50.0, 100.0, (4, 2, ages)),
            "survival_ratio": rng.uniform(0.8, 1.0, (4, 2, ages, steps)),
            "fertility_rate": fertility,
            "sex_ratio_at_birth": np.full(steps, 1.05),
            "move_probability": rng.uniform(0.0, 0.1, (5, 2, ages, steps)),
            "net_migration": rng.uniform(0.0, 0.5, (4, 2, ages, steps)),
        },
        states={"region": list("ABCD")},
        coords=edge_coords({"region": origin}, {"region": target}),
    )
    moves = inputs["move_probability"].isel(period=0, drop=True)
    return inputs.assign(move_probability=moves)


@pytest.mark.parametrize("timing", ["end", "even", "start"])
@pytest.mark.parametrize("exposure", ["before_migration", "after_migration", "textbook"])
@pytest.mark.parametrize("youngest", [4, 7, 19])
def test_project__blocks_of_years_equal_single_years(
    make: Make, timing: str, exposure: str, youngest: int
) -> None:
    inputs = constant_moves(make, youngest)
    choice = {"migration_timing": timing, "births_exposure": exposure}
    blocks = project(inputs, outputs=["population"], **choice)["population"]
    single = project(inputs, **choice)["population"]
    # another order of adding: rounding only
    np.testing.assert_allclose(blocks, single, rtol=1e-12)


def test_project__blocks_of_years_with_scenarios_and_constant_survival(make: Make) -> None:
    inputs = constant_moves(make, 5).drop_vars("net_migration")
    level = xr.DataArray([1.0, 0.9, 0.5], dims="draw", coords={"draw": [0, 1, 2]})
    survival = inputs["survival_ratio"].isel(period=3, region=0, drop=True)
    inputs = inputs.assign(
        survival_ratio=survival * level, move_probability=inputs["move_probability"] * level
    )
    blocks = project(inputs, outputs=["population"])["population"]
    np.testing.assert_allclose(blocks, project(inputs)["population"], rtol=1e-12)


def test_project__blocks_of_years_refuse_negative_people(make: Make) -> None:
    inputs = constant_moves(make, 5)
    leaving = inputs["net_migration"].copy()
    leaving.loc[{"region": "C", "sex": "male", "age": 9, "period": 2033}] = -1e4
    with pytest.raises(
        DataError, match=r"region=C, sex=male, age=9, year=2033.*\): more people leave than"
    ):
        project(inputs.assign(net_migration=leaving), outputs=["population"])
