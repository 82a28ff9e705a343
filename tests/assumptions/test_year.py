"""The plain year against the engine, which it foretells."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from popsim.assumptions.walk import plain_values
from popsim.assumptions.year import Convention, Moves, advance, prepared, survivors_of
from popsim.coords import edge_coords, edge_ends, states_of
from popsim.projection import project

AGES = 6


def inputs_of(seed: int, states: dict[str, list[str]]) -> xr.Dataset:
    """A random year with moves along all edges between the states of each region."""
    draw = np.random.default_rng(seed)
    shape = [len(labels) for labels in states.values()]
    coords = {**states, "sex": ["female", "male"], "age": np.arange(AGES), "period": [2021]}
    dims = [*states, "sex", "age"]
    fertility = np.zeros(AGES)
    fertility[2:4] = draw.uniform(0.02, 0.2, 2)
    cells = list(product(*states.values()))
    pairs = [(a, b) for a, b in permutations(cells, 2) if a[0] == b[0]]
    ends = [
        {dim: [pair[end][k] for pair in pairs] for k, dim in enumerate(states)} for end in (0, 1)
    ]
    edge = edge_coords(*ends, ["registration"] * len(pairs))
    most = 0.4 / (len(cells) / len(states["region"]) - 1)
    return xr.Dataset(
        {
            "population": (dims, draw.uniform(50, 100, (*shape, 2, AGES))),
            "base_year": 2020,
            "survival_ratio": (("sex", "age", "period"), draw.uniform(0.5, 1, (2, AGES, 1))),
            "fertility_rate": (("age", "period"), fertility[:, None]),
            "sex_ratio_at_birth": 1.07,
            "net_migration": ([*dims, "period"], draw.uniform(0, 9, (*shape, 2, AGES, 1))),
            "net_migration_rate": (
                ("sex", "age"), draw.uniform(-0.1, 0.02, (2, AGES)) * (np.arange(AGES) > 0)
            ),
            "move_probability": (
                ("edge", "sex", "age", "period"), draw.uniform(0, most, (len(pairs), 2, AGES, 1))
            ),
        },
        {**coords, **edge},
    )  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from(["end", "even", "start"]),
    st.sampled_from(["before_migration", "after_migration", "textbook"]),
)
def test_advance__is_a_step_of_the_engine(seed: int, timing: str, exposure: str) -> None:
    engine = {"migration_timing": timing, "births_exposure": exposure}
    states = {"region": ["a", "b"], "status": ["registered", "floating"]}
    inputs = inputs_of(seed, states)
    result = project(inputs, **engine)
    origin, destination = edge_ends(inputs, states_of(inputs))
    incidence = np.zeros((4, origin.size))
    incidence[origin, np.arange(origin.size)] -= 1
    incidence[destination, np.arange(origin.size)] += 1
    move = inputs["move_probability"].isel(period=0).to_numpy()[None]
    people = inputs["population"].to_numpy().reshape(1, 4, 2, AGES)
    net = inputs["net_migration"].isel(period=0).to_numpy().reshape(1, 4, 2, AGES)
    net = net + inputs["net_migration_rate"].to_numpy() * people
    survival = inputs["survival_ratio"].isel(period=0).to_numpy()[None, None]
    fertility = np.tile(inputs["fertility_rate"].isel(period=0), (1, 4, 1))
    year = advance(
        people, survival, fertility, np.array([1.07]), net,
        Moves(sparse.csr_array(incidence), origin, move), convention=Convention.of(engine),
    )  # fmt: skip
    after = result["population"].isel(year=1).to_numpy().reshape(1, 4, 2, AGES)
    assert year.people == pytest.approx(after, rel=1e-12)
    births = result["births"].isel(period=0).sum("sex").to_numpy().reshape(1, 4)
    assert year.births == pytest.approx(births, rel=1e-12)


def test_survivors_of__pools_the_last_two_groups() -> None:
    people = np.array([10.0, 20.0, 30.0])
    assert survivors_of(people, np.array([0.9, 0.8, 0.5])).tolist() == [0.0, 8.0, 25.0]


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_project__states_merged_equal_the_run_that_never_split_them(seed: int) -> None:
    states = {
        "region": ["a", "b"], "area": ["urban", "rural"], "status": ["registered", "floating"],
    }  # fmt: skip
    split = inputs_of(seed, states)
    merged = split.drop_dims("edge")
    for name in ("population", "net_migration"):
        merged = merged.assign({name: split[name].sum(["area", "status"])})
    merged = merged.drop_vars(["area", "status"])
    ours = project(split)["population"].sum(["area", "status"])
    theirs = project(merged)["population"]
    assert ours.to_numpy() == pytest.approx(theirs.to_numpy(), rel=1e-9)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 8))
def test_prepared__some_moves_after_the_others_are_all_moves_at_once(seed: int, some: int) -> None:
    draw = np.random.default_rng(seed)
    origin = np.array([0, 1, 2, 3, 0, 2, 1, 3])
    incidence = np.zeros((4, 8))
    incidence[origin, np.arange(8)] = -1.0
    incidence[(origin + 1) % 4, np.arange(8)] = 1.0
    rate = draw.uniform(0, 0.3, (2, 8, 2, AGES))
    people, migrants = draw.uniform(50, 100, (2, 2, 4, 2, AGES))
    given_ = (
        people, draw.uniform(0.5, 1, (2, 4, 2, AGES)), draw.uniform(0, 0.2, (2, 4, AGES)),
        np.array([1.05, 1.07]), migrants,
    )  # fmt: skip

    def moves(edges: slice) -> Moves:
        return Moves(sparse.csr_array(incidence[:, edges]), origin[edges], rate[:, edges])

    whole = advance(*given_, moves(slice(None)))
    parts = prepared(*given_, moves(slice(some, None)))(moves(slice(0, some)))
    assert parts.people == pytest.approx(whole.people, rel=1e-12)
    assert parts.births == pytest.approx(whole.births, rel=1e-12)


def test_plain_values__axes_in_order_and_one_for_each_dim_that_lacks() -> None:
    variable = xr.Variable(("age", "region"), np.arange(6.0).reshape(3, 2))
    found = plain_values(variable, ("scenario", "region", "area", "age"))
    assert found.shape == (1, 2, 1, 3)
    assert found[0, 1, 0].tolist() == [1.0, 3.0, 5.0]
