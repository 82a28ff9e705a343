"""The matrix of a step: published matrices, and the compiled loop held to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from popsim.coords import edge_coords
from popsim.errors import DataError
from popsim.matrices import leslie_matrix, rogers_matrix, stable_population
from popsim.projection import project

Make = Callable[..., xr.Dataset]


def four_states(make: Make, *, step: int = 1) -> xr.Dataset:
    """Two regions by urban and rural, five edges, everything changing every step."""
    rng = np.random.default_rng(7)
    lead, ages, steps = (2, 2), 8, 4
    fertility = np.zeros((*lead, ages, steps))
    fertility[..., 2:8, :] = rng.uniform(0.0, 0.4, (*lead, 6, steps))
    return make(
        {
            "population": rng.uniform(50.0, 100.0, (*lead, 2, ages)),
            "survival_ratio": rng.uniform(0.6, 1.0, (*lead, 2, ages, steps)),
            "fertility_rate": fertility,
            "sex_ratio_at_birth": rng.uniform(1.0, 1.1, (*lead, steps)),
            "move_probability": rng.uniform(0.0, 0.2, (5, 2, ages, steps)),
            "net_migration": rng.normal(0.0, 0.3, (*lead, 2, ages, steps)),
        },
        step=step,
        states={"region": ["B", "A"], "area": ["urban", "rural"]},
        coords=edge_coords(
            {"region": list("BBAAB"), "area": ["rural", "urban", "rural", "urban", "rural"]},
            {"region": list("BAABA"), "area": ["urban", "urban", "urban", "urban", "rural"]},
            ["reclassification", *["migration"] * 4],
        ),
    )


@pytest.fixture(scope="module")
def two_by_two(make: Make) -> xr.Dataset:
    return four_states(make)


@pytest.mark.parametrize("timing", ["end", "even", "start"])
@pytest.mark.parametrize("exposure", ["before_migration", "after_migration", "textbook"])
def test_project__equals_repeated_multiplication(
    two_by_two: xr.Dataset, timing: str, exposure: str
) -> None:
    choice = {"migration_timing": timing, "births_exposure": exposure}
    result = project(two_by_two, **choice)["population"]
    people = two_by_two["population"]
    for period in two_by_two["period"].to_numpy():
        matrix = rogers_matrix(two_by_two, int(period), **choice)
        people = matrix.apply(people, two_by_two["net_migration"].sel(period=period))
        expected = result.sel(year=period).transpose(*people.dims)
        np.testing.assert_allclose(people, expected, rtol=1e-12)  # oracle: two ways to one number


def test_project__equals_repeated_multiplication_with_migration_rates(
    two_by_two: xr.Dataset,
) -> None:
    rates = two_by_two["net_migration"] / 1e3
    inputs = two_by_two.drop_vars("net_migration").assign(net_migration_rate=rates)
    result = project(inputs, migration_timing="even", births_exposure="textbook")["population"]
    people = inputs["population"]
    for period in inputs["period"].to_numpy():
        people = rogers_matrix(
            inputs, int(period), migration_timing="even", births_exposure="textbook"
        ).apply(people)
        np.testing.assert_allclose(people, result.sel(year=period), rtol=1e-12)


@pytest.mark.parametrize("timing", ["end", "even", "start"])
@pytest.mark.parametrize("exposure", ["before_migration", "after_migration", "textbook"])
def test_project__counts_and_rates_of_migrants_add_up(
    two_by_two: xr.Dataset, timing: str, exposure: str
) -> None:
    """Arrivals as counts, departures as a rate that some states share."""
    choice = {"migration_timing": timing, "births_exposure": exposure}
    rate = -0.05 - abs(two_by_two["net_migration"].isel(region=0, drop=True)) / 100
    inputs = two_by_two.assign(net_migration_rate=rate.drop_attrs())
    result = project(inputs, **choice)
    people = inputs["population"]
    for period in inputs["period"].to_numpy():
        counts = inputs["net_migration"].sel(period=period)
        people = rogers_matrix(inputs, int(period), **choice).apply(people, counts)
        expected = result["population"].sel(year=period).transpose(*people.dims)
        np.testing.assert_allclose(people, expected, rtol=1e-12)
    if timing == "end":
        start = result["population"].isel(year=slice(0, -1)).rename(year="period")
        start = start.assign_coords(period=inputs["period"].to_numpy())
        booked = inputs["net_migration"] + rate * start
        expected = booked.transpose(*result["net_migration"].dims)
        np.testing.assert_allclose(result["net_migration"], expected, rtol=1e-12, atol=1e-12)
    lone = inputs.drop_vars(["move_probability", "edge_kind"]).drop_dims("edge")
    whole = project(lone, **choice)["population"]
    few = project(lone, outputs=["population"], **choice)["population"]
    np.testing.assert_array_equal(few, whole)


def test_project__states_that_no_edge_touches(two_by_two: xr.Dataset) -> None:
    """Some states coupled, some alone: each as if projected apart."""
    few = two_by_two.isel(edge=[0])  # within region B alone
    result = project(few)["population"]
    alone = project(two_by_two.drop_dims("edge"))["population"]
    np.testing.assert_array_equal(result.sel(region="A"), alone.sel(region="A"))
    people = few["population"]
    for period in few["period"].to_numpy():
        people = rogers_matrix(few, int(period)).apply(
            people, few["net_migration"].sel(period=period)
        )
        np.testing.assert_allclose(people, result.sel(year=period), rtol=1e-12)


def test_project__lean_loop_gives_the_same_bits(two_by_two: xr.Dataset) -> None:
    inputs = two_by_two.drop_vars(["move_probability", "edge_kind"]).drop_dims("edge")
    inputs = inputs.assign(fertility_rate=inputs["fertility_rate"].where(inputs["age"] < 7, 0.0))
    for timing in ("end", "even", "start"):
        for exposure in ("before_migration", "after_migration", "textbook"):
            choice = {"migration_timing": timing, "births_exposure": exposure}
            lean = project(inputs, outputs=["population"], **choice)
            full = project(inputs, **choice)
            np.testing.assert_array_equal(lean["population"], full["population"])


def test_rogers_matrix__other_labels_are_refused(two_by_two: xr.Dataset) -> None:
    matrix = rogers_matrix(two_by_two, 2021)
    with pytest.raises(DataError, match=r"region: got \['A', 'B'\]; expected \['B', 'A'\]"):
        matrix.apply(two_by_two["population"].isel(region=[1, 0]))
    with pytest.raises(DataError, match=r"period: got 2050; expected one of \[2021"):
        rogers_matrix(two_by_two, 2050)


def test_leslie_matrix__states_are_refused(two_by_two: xr.Dataset) -> None:
    with pytest.raises(DataError, match=r"have states \(region, area\): use rogers_matrix"):
        leslie_matrix(two_by_two, 2021)


# R package ccmpp.tmb, tests/testthat/test-ccmpp.R
@pytest.mark.validation
def test_leslie_matrix__ccmpp_tmb(validation_dir: Path, make: Make) -> None:
    folder = validation_dir / "textbook_cases" / "05_leslie_matrix_17x17"

    def read(name: str) -> np.ndarray:
        return np.genfromtxt(folder / f"{name}.csv", delimiter=",", skip_header=1)

    survival, fertility = read("input_survival")[:, 1], read("input_asfr")
    rates = np.zeros((17, 1))
    rates[(fertility[:, 0] / 5).astype(int), 0] = fertility[:, 1]
    both = np.broadcast_to(survival, (2, 18))
    inputs = make(
        {
            "population": np.ones((2, 17)),
            "survival_ratio": both[:, :17, None],
            "open_survival_ratio": both[:, 17:],
            "fertility_rate": rates,
            "sex_ratio_at_birth": [1.05],
        },
        step=5,
    )
    matrix = leslie_matrix(inputs, 2025)
    np.testing.assert_allclose(matrix.matrix.toarray(), read("expected"), atol=1e-12)
    stable = stable_population(matrix)
    assert float(stable["structure"].sum()) == pytest.approx(1.0)
    assert float(stable["elasticity"].sum()) == pytest.approx(1.0)


def test_stable_population__two_sexes_grow_as_the_women_do(two_by_two: xr.Dataset) -> None:
    one = two_by_two.drop_dims("edge").isel(region=0, area=0, drop=True)
    women = stable_population(leslie_matrix(one, 2022))
    both = stable_population(rogers_matrix(one, 2022))
    for name in ("growth_factor", "net_reproduction", "generation_length"):
        assert float(both[name]) == pytest.approx(float(women[name]), rel=1e-10), name
    assert float(abs(both["reproductive_value"].sel(sex="male")).max()) < 1e-12
    structure = both["structure"].sel(sex="female")
    np.testing.assert_allclose(structure / structure.sum(), women["structure"], rtol=1e-10)


def test_stable_population__is_where_the_projection_goes(two_by_two: xr.Dataset) -> None:
    fixed = two_by_two.drop_vars(["net_migration", "period"]).isel(period=0)
    # enough births that the people outgrow the old, who only survive
    fixed = fixed.assign(fertility_rate=2.0 * fixed["fertility_rate"])
    names = list(fixed.data_vars)
    later = np.arange(2021, 2321)
    grown = fixed.assign(
        {
            n: fixed[n].expand_dims(period=later)
            for n in names
            if n not in ("population", "base_year")
        }
    )
    stable = stable_population(rogers_matrix(grown, 2021))
    people = project(grown, outputs=["population"])["population"].sel(year=[2319, 2320])
    share = people.isel(year=1) / people.isel(year=1).sum()
    np.testing.assert_allclose(
        share.transpose(*stable["structure"].dims), stable["structure"], rtol=1e-8, atol=1e-8
    )
    growth = float(people.isel(year=1).sum() / people.isel(year=0).sum())
    assert growth == pytest.approx(float(stable["growth_factor"]), rel=1e-10)


def test_stable_population__all_quantities_hang_together(make: Make) -> None:
    matrix = rogers_matrix(four_states(make, step=5), 2025)
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
