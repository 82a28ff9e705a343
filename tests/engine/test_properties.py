"""What must hold for any inputs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.coords import edge_coords
from popsim.errors import BalanceError, DataError
from popsim.projection import check_balance, project
from popsim.variables.table import RESULTS

Make = Callable[..., xr.Dataset]
AGES, STEPS = 7, 4
ACCOUNTS = tuple(RESULTS)
CHOICES = st.fixed_dictionaries(
    {
        "migration_timing": st.sampled_from(["end", "even", "start"]),
        "births_exposure": st.sampled_from(["before_migration", "after_migration", "textbook"]),
    }
)
# One compiled function serves all examples; a few suffice, because arrays hold hundreds of draws.
FEW = settings(max_examples=12, deadline=None)


def build(make: Make, seed: int, *, step: int = 1, migrants: float = 1.0) -> xr.Dataset:
    """Three regions by two areas, all edges between regions of one area, one reclassified."""
    rng = np.random.default_rng(seed)
    lead = (3, 2)
    regions, areas = ["330402", "330411", "330421"], ["urban", "rural"]
    origin = [(a, u) for u in areas for a in regions for b in regions if a != b]
    target = [(b, u) for u in areas for a in regions for b in regions if a != b]
    origin.append(("330402", "rural"))
    target.append(("330402", "urban"))
    fertility = np.zeros((*lead, AGES, STEPS))
    fertility[..., 2:6, :] = rng.uniform(0.0, 0.3, (*lead, 4, STEPS))
    return make(
        {
            "population": rng.uniform(0.0, 100.0, (*lead, 2, AGES)) + 20.0,
            "survival_ratio": rng.uniform(0.5, 1.0, (*lead, 2, AGES, STEPS)),
            "fertility_rate": fertility,
            "sex_ratio_at_birth": rng.uniform(1.0, 1.2, (*lead, STEPS)),
            "move_probability": rng.uniform(0.0, 0.3, (len(origin), 2, AGES, STEPS)),
            "net_migration": migrants * rng.uniform(0.0, 5.0, (*lead, 2, AGES, STEPS)),
        },
        step=step,
        states={"region": regions, "area": areas},
        coords=edge_coords(
            {"region": [r for r, _ in origin], "area": [a for _, a in origin]},
            {"region": [r for r, _ in target], "area": [a for _, a in target]},
            ["migration"] * (len(origin) - 1) + ["reclassification"],
        ),
    )


@FEW
@given(seed=st.integers(0, 2**32), choice=CHOICES, step=st.sampled_from([1, 5]))
def test_project__accounts_add_up(make: Make, seed: int, choice: dict, step: int) -> None:
    inputs = build(make, seed, step=step)
    result = project(inputs, outputs=ACCOUNTS, **choice)
    assert check_balance(result) < 1e-12
    assert all(float(result[name].min()) >= 0 for name in ACCOUNTS)
    births = result["births"].sum("sex")
    np.testing.assert_allclose(result["births_by_age"].sum("age"), births, rtol=1e-12)
    deaths = result["deaths"].sum("age")
    np.testing.assert_allclose(result["deaths_by_age"].sum("age"), deaths, rtol=1e-12)
    total = result["net_migration"].sum(["age"])
    np.testing.assert_allclose(total, inputs["net_migration"].sum("age"), rtol=1e-12)
    people = result["population"]
    mean = (people.isel(year=slice(None, -1)).to_numpy() + people.isel(year=slice(1, None))) / 2
    np.testing.assert_allclose(result["exposure"], step * mean.to_numpy(), rtol=1e-12)


@FEW
@given(seed=st.integers(0, 2**32), choice=CHOICES, factor=st.floats(0.1, 10.0))
def test_project__is_linear_in_people(make: Make, seed: int, choice: dict, factor: float) -> None:
    one, two = build(make, seed), build(make, seed + 1)
    rates = [n for n in one.data_vars if n not in ("population", "net_migration")]
    two = two.assign({n: one[n] for n in rates})
    both = one.assign({n: one[n] + factor * two[n] for n in ("population", "net_migration")})
    sum_of = project(one, **choice) + factor * project(two, **choice)
    whole = project(both, **choice)
    for name in ("population", "births", "deaths", "moves", "net_migration"):
        np.testing.assert_allclose(whole[name], sum_of[name], rtol=1e-10)


@FEW
@given(seed=st.integers(0, 2**32), choice=CHOICES)
def test_project__equal_rates_make_regions_add_up(make: Make, seed: int, choice: dict) -> None:
    inputs = build(make, seed)
    rates = ["survival_ratio", "fertility_rate", "sex_ratio_at_birth"]
    same = inputs.assign({n: inputs[n].isel(region=0, area=0, drop=True) for n in rates})
    parts = project(same, **choice)["population"].sum(["region", "area"])
    sums = {n: same[n].sum(["region", "area"]) for n in ("population", "net_migration")}
    whole = same.drop_dims("edge").drop_vars(["region", "area"]).assign(sums)
    whole = whole.drop_vars([c for c in whole.coords if c in ("region", "area")])
    np.testing.assert_allclose(parts, project(whole, **choice)["population"], rtol=1e-10)


@FEW
@given(seed=st.integers(0, 2**32), choice=CHOICES, order=st.permutations(range(3)))
def test_project__reordering_changes_nothing(
    make: Make, seed: int, choice: dict, order: list[int]
) -> None:
    inputs = build(make, seed)
    edges = np.random.default_rng(seed).permutation(inputs.sizes["edge"])
    plain = project(inputs, **choice)
    moved = project(inputs.isel(region=order, edge=edges).transpose("age", ...), **choice)
    xr.testing.assert_allclose(moved["population"].sel(region=plain["region"]), plain["population"])
    back = np.argsort(edges)
    np.testing.assert_allclose(moved["moves"].isel(edge=back), plain["moves"], rtol=1e-12)


@FEW
@given(seed=st.integers(0, 2**32), choice=CHOICES, cut=st.integers(1, STEPS - 1))
def test_project__splitting_changes_no_bit(make: Make, seed: int, choice: dict, cut: int) -> None:
    inputs = build(make, seed)
    whole = project(inputs, **choice)
    first = project(inputs.isel(period=slice(None, cut)), **choice)
    year = int(first["year"][-1])
    later = inputs.isel(period=slice(cut, None)).assign(
        population=first["population"].sel(year=year, drop=True), base_year=year
    )
    second = project(later, **choice)
    np.testing.assert_array_equal(
        second["population"], whole["population"].sel(year=second["year"])
    )


@pytest.mark.parametrize("outputs", [None, ["population"]])
def test_project__threads_and_runs_change_no_bit(make: Make, outputs: list[str] | None) -> None:
    rng = np.random.default_rng(1)
    inputs = build(make, 5).drop_vars("net_migration")
    if outputs:
        inputs = inputs.drop_dims("edge")
    draws = xr.DataArray(rng.uniform(0.9, 1.0, 600), dims="draw", coords={"draw": np.arange(600)})
    scenarios = xr.DataArray([1.0, 0.5], dims="scenario", coords={"scenario": ["high", "low"]})
    many = inputs.assign(
        survival_ratio=inputs["survival_ratio"] * draws,
        fertility_rate=inputs["fertility_rate"] * scenarios,
    )
    one = project(many, outputs=outputs, threads=1)
    assert one["population"].dims[:2] == ("scenario", "draw")
    xr.testing.assert_identical(one, project(many, outputs=outputs, threads=2))
    xr.testing.assert_identical(one, project(many, outputs=outputs, threads=7))
    single = project(many.sel(draw=421, scenario="low"), outputs=outputs)
    np.testing.assert_array_equal(
        single["population"], one["population"].sel(draw=421, scenario="low")
    )


def test_project__a_constant_rate_needs_no_period(make: Make) -> None:
    inputs = build(make, 3)
    fixed = inputs["survival_ratio"].isel(period=0, drop=True)
    every = fixed.expand_dims(period=inputs["period"]).transpose(*inputs["survival_ratio"].dims)
    xr.testing.assert_identical(
        project(inputs.assign(survival_ratio=fixed)), project(inputs.assign(survival_ratio=every))
    )


def test_project__inputs_are_left_alone(make: Make) -> None:
    inputs = build(make, 6)
    before = inputs.copy(deep=True)
    project(inputs, on_negative="floor", migration_timing="even")
    xr.testing.assert_identical(inputs, before)


def test_project__deaths_by_age_follow_the_life_table(make: Make) -> None:
    """In a stationary population deaths by age at death are those of the life table, n d(x)."""
    from popsim.methods.lifetable import life_table

    ages = np.arange(0, 101)
    rates = 0.0002 * np.exp(0.09 * ages) + 0.01 * (ages == 0)
    table = life_table(np.stack([rates, rates]), sex=("female", "male"))
    fertility = np.zeros((101, 1))
    fertility[20:40] = 2.0 / (20 * np.mean(table.Lx[0, 20:40]))
    inputs = make(
        {
            "population": 1e5 * table.Lx,
            "death_rate": np.stack([rates, rates])[..., None],
            "fertility_rate": fertility,
            "sex_ratio_at_birth": [1.0],
        }
    )
    result = project(inputs, outputs=["deaths_by_age", "births", "exposure"])
    births = float(result["births"].sel(sex="female").isel(period=0))
    deaths = result["deaths_by_age"].sel(sex="female").isel(period=0).to_numpy()
    assert births == pytest.approx(1e5, rel=1e-2)
    np.testing.assert_allclose(deaths[1:], 1e5 * table.dx[0, 1:], rtol=1e-9)
    # and deaths over person-years give the death rates back
    years = result["exposure"].sel(sex="female").isel(period=0).to_numpy()
    np.testing.assert_allclose(deaths[1:100] / years[1:100], rates[1:100], rtol=1e-9)


def test_project__floor_holds_emigration_back_as_the_un_does(make: Make) -> None:
    inputs = build(make, 8).drop_dims("edge")
    leaving = inputs["net_migration"].copy()
    leaving[0, 0, 1, 3, 0] = -1e4
    inputs = inputs.assign(net_migration=leaving)
    with pytest.raises(
        DataError,
        match=r"population \(region=330402, area=urban, sex=male, age=3, year=2021\): more people "
        r"leave than are there; .* on_negative='floor'",
    ):
        project(inputs)
    with pytest.raises(DataError, match="more people leave than are there"):
        project(inputs, outputs=["population"])
    result = project(inputs, on_negative="floor")
    assert check_balance(result) < 1e-9
    assert float(result["population"].min()) > 0
    held = result["net_migration"].isel(region=0, area=0, sex=1, age=3, period=0)
    start = inputs["population"].isel(region=0, area=0, sex=1)
    survivors = float(start[2] * inputs["survival_ratio"][0, 0, 1, 3, 0])
    end = survivors + 1e-5 - float(start[3])
    expected = 1e-5 - float(start[3]) if end >= 0 else 0.0005 - survivors
    assert float(held) == pytest.approx(expected, rel=1e-9)


def test_check_balance__names_the_cell(make: Make) -> None:
    result = project(build(make, 9))
    wrong = result["deaths"].copy()
    wrong[1, 0, 1, 4, 2] += 1.0
    with pytest.raises(
        BalanceError, match="region=330411, area=urban, period=2023, sex=male, age=4"
    ):
        check_balance(result.assign(deaths=wrong))
    with pytest.raises(DataError, match="check_balance needs births"):
        check_balance(result.drop_vars("births"))


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
