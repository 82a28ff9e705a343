"""Steps of any width, all accounts in every form, and inputs at the edges of what can be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.coords import edge_coords
from popsim.matrices import rogers_matrix, stable_population
from popsim.projection import check_balance, project

Make = Callable[..., xr.Dataset]
ACCOUNTS = (
    "population",
    "births",
    "deaths",
    "moves",
    "net_migration",
    "births_by_age",
    "deaths_by_age",
    "exposure",
)


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


@pytest.mark.parametrize("carry", [None, 130])
def test_project__every_account_in_single_precision(make: Make, carry: int | None) -> None:
    inputs = two_regions(make, ages=101, rates=True)
    exact = project(inputs, outputs=ACCOUNTS, carry_to_age=carry)
    short = project(inputs, outputs=ACCOUNTS, carry_to_age=carry, dtype="float32")
    for name in ACCOUNTS:
        assert short[name].dtype == np.float32
        np.testing.assert_allclose(short[name], exact[name], rtol=1e-6, atol=1e-6, err_msg=name)


def test_stable_population__all_quantities_hang_together(make: Make) -> None:
    inputs = two_regions(make, ages=8, step=5)
    inputs["fertility_rate"] = 12.0 * inputs["fertility_rate"]
    matrix = rogers_matrix(inputs, 2025)
    stable = stable_population(matrix)
    assert set(stable.data_vars) == {
        "growth_factor",
        "growth_rate",
        "structure",
        "reproductive_value",
        "damping_ratio",
        "net_reproduction",
        "generation_length",
        "sensitivity",
        "elasticity",
    }
    growth = float(stable["growth_factor"])
    assert float(stable["growth_rate"]) == pytest.approx(np.log(growth) / 5)
    assert float(stable["generation_length"]) == pytest.approx(
        np.log(float(stable["net_reproduction"])) / float(stable["growth_rate"])
    )
    share = stable["structure"].to_numpy().ravel()
    value = stable["reproductive_value"].to_numpy().ravel()
    dense = matrix.matrix.toarray()
    np.testing.assert_allclose(dense @ share, growth * share, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(value @ dense, growth * value, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        stable["elasticity"], dense * stable["sensitivity"].to_numpy() / growth, rtol=1e-12
    )
    assert share.sum() == pytest.approx(1.0)
    assert float(stable["elasticity"].sum()) == pytest.approx(1.0)
    assert float(stable["damping_ratio"]) > 1.0


def by_hand(inputs: xr.Dataset, early: float, exposure: str) -> np.ndarray:
    """One state projected in plain numpy, (sex, age, year), with the UN's floor."""
    people = inputs["population"].to_numpy()
    years = [people]
    for t in range(inputs.sizes["period"]):
        net, survival, bearing, ratio = (
            inputs[name].isel(period=t).to_numpy()
            for name in ("net_migration", "survival_ratio", "fertility_rate", "sex_ratio_at_birth")
        )
        net = np.where(people + net <= 0, 1e-5 - people, net)
        start = people + early * net
        reached = np.zeros_like(people)
        reached[:, 1:] = start[:, :-1] * survival[:, 1:]
        reached[:, -1] += start[:, -1] * survival[:, -1]
        after = reached + (1 - early) * net
        first = start if exposure == "textbook" else people
        last = reached if exposure == "before_migration" else after
        births = 5.0 * (bearing * (first[0] + last[0]) / 2).sum()
        after[:, 0] += births * np.array([1.0, ratio]) / (1 + ratio) * survival[:, 0]
        people = np.where(after < 0, 0.0005, after)
        years.append(people)
    return np.stack(years, axis=-1)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    lowest=st.sampled_from([0.0, 0.3, 0.95]),
    migrants=st.sampled_from([0.0, 1.0, 500.0]),
    size=st.sampled_from([1.0, 1e9]),
    early=st.sampled_from([0.0, 0.5]),
    exposure=st.sampled_from(["before_migration", "after_migration"]),
)
def test_project__odd_countries_as_by_hand(
    make: Make,
    seed: int,
    lowest: float,
    migrants: float,
    size: float,
    early: float,
    exposure: str,
) -> None:
    """Few survive, nobody migrates, more leave than are there, one person, a billion."""
    rng = np.random.default_rng(seed)
    fertility = np.zeros((21, 6))
    fertility[3:10] = rng.uniform(0.0, 0.3, (7, 6))
    inputs = make(
        {
            "population": size * rng.uniform(0.0, 1.0, (2, 21)),
            "survival_ratio": rng.uniform(lowest, 1.0, (2, 21, 6)),
            "fertility_rate": fertility,
            "sex_ratio_at_birth": rng.uniform(0.9, 1.2, 6),
            "net_migration": migrants * rng.normal(0.0, 1.0, (2, 21, 6)),
        },
        step=5,
    )
    result = project(
        inputs,
        migration_timing="even" if early else "end",
        births_exposure=exposure,
        on_negative="floor",
    )
    expected = by_hand(inputs, early, exposure)
    np.testing.assert_allclose(result["population"], expected, rtol=1e-9, atol=1e-9)
