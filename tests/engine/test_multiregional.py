"""Several places: the published two-region case, and a chain of moves alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from popsim.coords import edge_coords
from popsim.errors import DataError
from popsim.matrices import rogers_matrix, stable_population
from popsim.methods.multiregional import multiregional_life_table, survival_and_moves
from popsim.projection import project

Make = Callable[..., xr.Dataset]


@pytest.fixture(scope="module")
def yugoslavia(published: dict, make: Make) -> tuple[xr.Dataset, dict]:
    """Willekens & Rogers (1978): women of Slovenia and the rest of Yugoslavia, 1961."""
    case = published["willekens_rogers_1978_two_region"]
    data = np.stack([np.array(case["slovenia"], float), np.array(case["rest"], float)])
    people, births, deaths, leaving = np.moveaxis(data, -1, 0)
    moves = np.zeros((2, 2, 18))
    moves[0, 1], moves[1, 0] = leaving / people
    table = multiregional_life_table(deaths / people, moves, years=5)
    survival, move = survival_and_moves(table.Sx)
    steps = 8
    population = np.zeros((2, 2, 18))
    population[:, 0] = people
    repeat = np.ones(steps)
    inputs = make(
        {
            "population": population,
            "survival_ratio": np.stack([survival, survival], 1)[..., None] * repeat,
            "open_survival_ratio": np.zeros((2, 2, steps)),
            "fertility_rate": (births / people)[..., None] * repeat,
            "sex_ratio_at_birth": 0.0 * repeat,  # the published births are girls
            "move_probability": np.stack([[move[0, 1]] * 2, [move[1, 0]] * 2])[..., None] * repeat,
        },
        base_year=1961,
        step=5,
        states={"region": ["Slovenia", "rest"]},
        coords=edge_coords({"region": ["Slovenia", "rest"]}, {"region": ["rest", "Slovenia"]}),
    )
    return inputs, case


@pytest.mark.validation
def test_project__willekens_rogers(yugoslavia: tuple[xr.Dataset, dict]) -> None:
    inputs, case = yugoslavia
    women = project(inputs)["population"].sel(sex="female")
    for year in (1966, 2001):
        expected = np.array([case[f"expect_{year}_SL"], case[f"expect_{year}_RY"]])
        got = women.sel(year=year).to_numpy()
        assert np.abs(got - expected).max() < case["tolerance_abs"], year


@pytest.mark.validation
def test_stable_population__willekens_rogers(yugoslavia: tuple[xr.Dataset, dict]) -> None:
    inputs, case = yugoslavia
    stable = stable_population(rogers_matrix(inputs, 1966))
    assert float(stable["growth_factor"]) == pytest.approx(case["derived"]["lambda5"], rel=1e-9)
    share = stable["structure"].sum(["sex", "age"]).sel(region="Slovenia")
    assert float(share) == pytest.approx(case["derived"]["stable_share_SL"], rel=1e-9)


@pytest.mark.validation
def test_multiregional_life_table__expectation_by_place(published: dict) -> None:
    case = published["willekens_rogers_1978_two_region"]
    data = np.stack([np.array(case["slovenia"], float), np.array(case["rest"], float)])
    moves = np.zeros((2, 2, 18))
    moves[0, 1], moves[1, 0] = data[..., 3] / data[..., 0]
    table = multiregional_life_table(data[..., 2] / data[..., 0], moves, years=5)
    expected = [case["derived"]["e0_SL_born"], case["derived"]["e0_RY_born"]]
    np.testing.assert_allclose(table.ex[0].T, expected, atol=1e-8)  # eight decimals are given


def test_survival_and_moves__give_the_matrix_back() -> None:
    rng = np.random.default_rng(5)
    moves = rng.uniform(0.0, 0.02, (3, 3, 6))
    moves[np.arange(3), np.arange(3)] = 0.0
    matrix = multiregional_life_table(rng.uniform(0.01, 0.1, (3, 6)), moves, years=5).Sx
    survival, move = survival_and_moves(matrix)
    for i in range(3):
        stay = 1.0 - move[i].sum(axis=0)
        np.testing.assert_allclose(survival[i] * stay, matrix[:, i, i], rtol=1e-12)
        for j in set(range(3)) - {i}:
            np.testing.assert_allclose(survival[i] * move[i, j], matrix[:, j, i], rtol=1e-12)


def test_multiregional_life_table__faults() -> None:
    with pytest.raises(DataError, match=r"expected \(place, age\), \(place, place, age\)"):
        multiregional_life_table([[0.1, 0.2]], [[0.1, 0.2]], years=5)
    still = np.zeros((1, 1, 2))
    with pytest.raises(DataError, match=r"negative or missing; got -0.1"):
        multiregional_life_table([[-0.1, 0.2]], still, years=5)
    with pytest.raises(DataError, match="use narrower age groups"):
        multiregional_life_table([[0.9, 0.2]], still, years=5)


# Lay, Linear Algebra, 5th ed.: California and the rest of the United States, moves alone
@pytest.mark.validation
def test_project__california_chain(published: dict, make: Make) -> None:
    case = published["migration_matrix_CA_RUS_2012"]
    start = np.array(case["P0"], dtype=float)
    leaving = np.array([case["out_CA"], case["out_RUS"]]) / start
    years = case["years"]
    population = np.zeros((2, 2, 2))
    population[:, 0, 1] = start  # all in the open group, where nobody ages out of it
    inputs = make(
        {
            "population": population,
            "survival_ratio": np.ones((2, 2, years)),
            "fertility_rate": np.zeros((2, years)),
            "sex_ratio_at_birth": np.ones(years),
            "move_probability": leaving[:, None, None, None] * np.ones((2, 2, 2, years)),
        },
        base_year=2012,
        states={"region": ["CA", "RUS"]},
        coords=edge_coords({"region": ["CA", "RUS"]}, {"region": ["RUS", "CA"]}),
    )
    result = project(inputs)
    people = result["population"].sum(["sex", "age"])
    # published from a matrix of five decimals: 35.729 and 278.180 million; unrounded 35.728
    np.testing.assert_allclose(people.sel(year=2022) / 1e6, [35.728, 278.186], atol=6e-4)
    np.testing.assert_allclose(people.sel(year=2022), case["expect_rounded"], rtol=5e-5)
    assert float(people.sel(year=2022).sum()) == pytest.approx(start.sum(), rel=1e-12)
