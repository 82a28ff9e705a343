"""Steps of any width, people carried beyond the open age, every account in single precision."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from popsim.coords import edge_coords
from popsim.matrices import rogers_matrix
from popsim.projection import check_balance, project
from popsim.variables.table import RESULTS

Make = Callable[..., xr.Dataset]
ACCOUNTS = tuple(RESULTS)


def two_regions(make: Make, *, ages: int = 6, step: int = 1, rates: bool = False) -> xr.Dataset:
    """Two regions with moves both ways; survival, or death rates of single ages."""
    rng = np.random.default_rng(step)
    fertility = np.zeros((2, ages, 3))
    fertility[:, 2 : ages - 1] = 0.3 / (step * ages)
    older = np.arange(ages)
    death = np.minimum(0.0003 * np.exp(0.085 * older) + 0.005 * (older == 0), 0.7)
    mortality = (
        {"death_rate": death[:, None] * np.ones((2, 2, 1, 3))}
        if rates
        else {"survival_ratio": rng.uniform(0.6, 1.0, (2, 2, ages, 3))}
    )
    return make(
        {
            "population": rng.uniform(500.0, 1000.0, (2, 2, ages)) * np.exp(-2.0 * older / ages),
            **mortality,
            "fertility_rate": fertility,
            "sex_ratio_at_birth": np.full((2, 3), 1.05),
            "move_probability": rng.uniform(0.0, 0.1, (2, 2, ages, 3)),
            "net_migration": rng.uniform(0.0, 5.0, (2, 2, ages, 3)),
        },
        step=step,
        states={"region": ["A", "B"]},
        coords=edge_coords({"region": ["A", "B"]}, {"region": ["B", "A"]}),
    )


@pytest.mark.parametrize("step", [2, 3, 5, 10])
@pytest.mark.parametrize("timing", ["end", "even", "start"])
def test_project__groups_of_n_years_go_in_steps_of_n_years(
    make: Make, step: int, timing: str
) -> None:
    inputs = two_regions(make, step=step)
    result = project(inputs, migration_timing=timing, outputs=ACCOUNTS)
    assert result["year"].to_numpy().tolist() == [2020 + step * k for k in range(4)]
    people = inputs["population"]
    for period in inputs["period"].to_numpy():
        matrix = rogers_matrix(inputs, int(period), migration_timing=timing)
        assert matrix.years == step
        people = matrix.apply(people, inputs["net_migration"].sel(period=period))
        np.testing.assert_allclose(people, result["population"].sel(year=period), rtol=1e-12)
    assert check_balance(result) < 1e-12


@pytest.mark.parametrize("timing", ["end", "even", "start"])
def test_carry_to_age__gives_back_every_account_as_it_was(make: Make, timing: str) -> None:
    inputs = two_regions(make, ages=101, rates=True)
    plain = project(inputs, migration_timing=timing, outputs=ACCOUNTS)
    carried = project(inputs, migration_timing=timing, outputs=ACCOUNTS, carry_to_age=130)
    assert list(carried) == list(plain)
    assert check_balance(carried) < 1e-9
    for name in ACCOUNTS:
        assert carried[name].dims == plain[name].dims
        assert carried[name].attrs == plain[name].attrs
        if "age" in plain[name].dims:
            closed = plain[name].sel(age=slice(None, 98))
            xr.testing.assert_allclose(carried[name].sel(age=slice(None, 98)), closed)
    np.testing.assert_array_equal(carried["age_width"], plain["age_width"])


def test_carry_to_age__rates_of_draws(make: Make) -> None:
    """Loops on the death rates alone: each draw as if carried by itself."""
    inputs = two_regions(make, ages=101, rates=True)
    level = xr.DataArray([1.0, 0.9], dims="draw", coords={"draw": [0, 1]})
    each = [inputs.assign(death_rate=inputs["death_rate"] * factor) for factor in (1.0, 0.9)]
    many = project(inputs.assign(death_rate=inputs["death_rate"] * level), carry_to_age=130)
    for draw, alone in enumerate(each):
        xr.testing.assert_allclose(
            many["population"].sel(draw=draw, drop=True),
            project(alone, carry_to_age=130)["population"],
        )


@pytest.mark.parametrize("carry", [None, 130])
def test_project__every_account_in_single_precision(make: Make, carry: int | None) -> None:
    inputs = two_regions(make, ages=101, rates=True)
    exact = project(inputs, outputs=ACCOUNTS, carry_to_age=carry)
    short = project(inputs, outputs=ACCOUNTS, carry_to_age=carry, dtype="float32")
    for name in ACCOUNTS:
        assert short[name].dtype == np.float32
        np.testing.assert_allclose(short[name], exact[name], rtol=1e-6, atol=1e-6, err_msg=name)
