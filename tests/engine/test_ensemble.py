"""Many draws at once: the engine's numbers, whatever the batch, the threads and the order."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.coords import age_coords, edge_coords, states_of
from popsim.ensembles import project_ensemble
from popsim.errors import DataError
from popsim.projection import project

ROWS, STEPS, DRAWS = 4, 5, 6
KEEP = {"total": (0, np.inf), "20to45": (20, 45), "old": (60, np.inf)}


def ensemble(
    *,
    states: dict[str, list[str]] | None = None,
    step: int = 5,
    open_age: int = 100,
    edges: int = 0,
    yearly: bool = False,
    fixed: bool = False,
    own_levels: bool = False,
    seed: int = 1,
    count: int = STEPS,
) -> tuple[xr.Dataset, xr.Dataset]:
    """Inputs and levels of a made-up country."""
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
        people = xr.Dataset({"population": variables["population"]}, coords)
        every = states_of(people)
        ends = list(permutations(range(every.count), 2))
        chosen = random.permutation(len(ends))[:edges]
        names = [[np.unravel_index(ends[k][side], shape) for k in chosen] for side in (0, 1)]
        labels = [
            {d: [states[d][i[at]] for i in side] for at, d in enumerate(lead)} for side in names
        ]
        moves = random.uniform(0, 0.8 / edges, (edges, 2, n, *steps))
        variables["move_probability"] = (("edge", "sex", "age", *spread), moves)
        coords |= edge_coords(labels[0], labels[1])
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


def by_engine(inputs: xr.Dataset, levels: xr.Dataset, **conventions: Any) -> xr.DataArray:
    """The population of all draws from `project`, with every rate written out."""
    rates = inputs.drop_vars(
        [
            n
            for n in ("survival_table", "fertility_pattern", "migration_profile", "row")
            if n in inputs
        ]
    )
    table = inputs["survival_table"]
    spot = (levels["mortality_index"] - 1990) / 10
    low = np.minimum(spot.astype(int), ROWS - 2)
    rows = table.drop_vars("row")
    lower, upper = rows.isel(row=low), rows.isel(row=low + 1)
    net = inputs["migration_profile"] * levels["migration_level"]
    if "net_migration" in inputs:
        net = net + inputs["net_migration"]
    rates = rates.assign(
        survival_ratio=lower + (spot - low) * (upper - lower),
        fertility_rate=inputs["fertility_pattern"] * levels["tfr"],
        net_migration=net,
    )
    if "move_probability" in inputs:
        moves = inputs["move_probability"] * levels["move_level"]
        rates = rates.assign(move_probability=moves)
        rates["move_probability"].attrs.clear()
    return project(rates, outputs=["population"], **conventions)["population"]


REGIONS = {"region": ["A", "B", "C"]}
FULL = {"region": ["A", "B"], "area": ["urban", "rural"], "status": ["registered", "floating"]}


@pytest.mark.parametrize("timing", ["end", "even", "start"])
@pytest.mark.parametrize("exposure", ["before_migration", "after_migration", "textbook"])
@pytest.mark.parametrize(
    "case",
    [
        {},
        {"states": REGIONS, "step": 1, "open_age": 90},
        {"states": REGIONS, "yearly": True, "fixed": True, "own_levels": True},
        {"states": FULL, "edges": 20},
        {"states": FULL, "edges": 6, "yearly": True, "fixed": True, "own_levels": True},
    ],
    ids=["single", "regions", "regions_yearly", "coupled", "coupled_yearly"],
)
def test_project_ensemble__equals_project(case: dict, timing: Any, exposure: Any) -> None:
    inputs, levels = ensemble(**case)
    conventions = {"migration_timing": timing, "births_exposure": exposure}
    people = by_engine(inputs, levels, **conventions)
    by = [d for d in ("region", "area", "status") if d in people.dims]
    got = project_ensemble(inputs, levels, keep=KEEP, by=by, **conventions)
    bands = {"total": slice(0, None), "20to45": slice(20, 44), "old": slice(60, None)}
    for name, ages in bands.items():
        wanted = people.sel(age=ages).sum(["sex", "age"]).transpose(*got[name].dims)
        # two orders of adding the same numbers: rounding only
        np.testing.assert_allclose(got[name], wanted, rtol=1e-12)


def test_project_ensemble__weights_are_sums_of_weight_times_people() -> None:
    inputs, levels = ensemble(states=FULL, edges=9)
    need = inputs["population"].isel(region=0, area=0, status=0, drop=True) / 100
    by_age = need.isel(sex=0, drop=True)
    keep = {"need": need, "by_age": by_age, "total": (0, np.inf)}
    got = project_ensemble(inputs, levels, keep=keep, migration_timing="even")
    people = by_engine(inputs, levels, migration_timing="even").sum(["region", "area", "status"])
    for name in ("need", "by_age"):
        wanted = (people * keep[name]).sum(["sex", "age"]).transpose("draw", "year")
        np.testing.assert_allclose(got[name], wanted, rtol=1e-12)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(2, 40),
    st.sets(st.integers(0, 41), min_size=2, max_size=7),
    st.integers(1, 20),
    st.booleans(),
)
def test_project_ensemble__bands_are_sums_of_weight_one(
    open_age: int, limits: set[int], count: int, coupled: bool
) -> None:
    states = {"region": ["a", "b"]}
    inputs, levels = ensemble(
        states=states, step=1, open_age=open_age, edges=2 if coupled else 0, count=count
    )
    inputs["migration_profile"] = abs(inputs["migration_profile"])
    levels["migration_level"] = abs(levels["migration_level"])
    ages = inputs["age"].to_numpy()
    cuts = [np.inf if x > open_age else float(x) for x in sorted(limits)]
    bands = {f"{a:g}-{b:g}": (a, b) for a, b in pairwise(cuts) if a < b}
    bands |= {"any": (0.0, np.inf), f"from {cuts[0]:g}": (min(cuts[0], open_age), np.inf)}
    ones = {
        f"weight of {name}": xr.DataArray(
            ((ages >= a) & (ages < b)) * 1.0, dims="age"
        ).assign_coords(age=ages)
        for name, (a, b) in bands.items()
    }
    result = project_ensemble(inputs, levels, keep={**bands, **ones}, migration_timing="even")
    for name in bands:
        np.testing.assert_allclose(result[name], result[f"weight of {name}"], rtol=1e-12)


def test_project_ensemble__groups_follow_the_boundary_of_each_year() -> None:
    inputs, levels = ensemble(states=REGIONS)
    years = 2020 + 5 * np.arange(STEPS + 1)
    member = np.zeros((2, 3, years.size), dtype=bool)
    member[0, 0] = True
    member[0, 1, years >= 2030] = True
    member[1] = True
    groups = xr.DataArray(
        member, {"group": ["city", "all"], **REGIONS, "year": years}, ("group", "region", "year")
    )
    apart = project_ensemble(inputs, levels, keep=KEEP, by=["region"])
    got = project_ensemble(inputs, levels, keep=KEEP, groups=groups)
    assert got["old"].dims == ("draw", "group", "year")
    wanted = (apart * groups).sum("region").transpose("draw", "group", "year")
    np.testing.assert_allclose(got["old"], wanted["old"], rtol=1e-13)
    before = got["total"].sel(group="city", year=2025)
    np.testing.assert_array_equal(before, apart["total"].sel(region="A", year=2025))


@settings(max_examples=12, deadline=None)
@given(
    batch=st.integers(1, 7),
    threads=st.integers(1, 3),
    seed=st.integers(0, 2**31),
    coupled=st.booleans(),
)
def test_project_ensemble__bits_do_not_depend_on_batch_threads_or_order(
    batch: int, threads: int, seed: int, coupled: bool
) -> None:
    case = {"states": FULL, "edges": 12} if coupled else {"states": REGIONS}
    inputs, levels = ensemble(**case)
    whole = project_ensemble(inputs, levels, keep=KEEP, threads=1)
    order = np.random.default_rng(seed).permutation(DRAWS)
    mixed = levels.isel(draw=order)
    some = project_ensemble(inputs, mixed, keep=KEEP, batch=batch, threads=threads)
    xr.testing.assert_identical(some.sel(draw=levels["draw"]), whole)


def test_project_ensemble__one_draw_on_many_threads() -> None:
    inputs, levels = ensemble(states=REGIONS)
    one = levels.isel(draw=[2])
    got = project_ensemble(inputs, one, keep=KEEP, by=["region"], threads=3)
    xr.testing.assert_identical(
        got, project_ensemble(inputs, levels, keep=KEEP, by=["region"], threads=1).isel(draw=[2])
    )


def test_project_ensemble__streams_datasets_of_draws() -> None:
    inputs, levels = ensemble(states=REGIONS)
    parts = (levels.isel(draw=slice(k, k + 2)) for k in range(0, DRAWS, 2))
    got = project_ensemble(inputs, parts, keep=KEEP)
    xr.testing.assert_identical(got, project_ensemble(inputs, levels, keep=KEEP))


def test_project_ensemble__open_survival_of_its_own() -> None:
    inputs, levels = ensemble(states=REGIONS)
    inputs["open_survival_table"] = inputs["survival_table"].isel(age=-1, drop=True)
    same = project_ensemble(inputs, levels, keep=KEEP)
    pooled = project_ensemble(inputs.drop_vars("open_survival_table"), levels, keep=KEEP)
    xr.testing.assert_identical(same, pooled)
    lower = inputs.assign(open_survival_table=0.5 * inputs["open_survival_table"])
    assert (project_ensemble(lower, levels, keep=KEEP)["old"] < same["old"]).isel(year=1).all()


def test_project_ensemble__single_precision_is_the_rounded_result() -> None:
    inputs, levels = ensemble()
    double = project_ensemble(inputs, levels, keep=KEEP)
    single = project_ensemble(inputs, levels, keep=KEEP, dtype="float32")
    xr.testing.assert_identical(single["old"], double["old"].astype("float32"))


def test_project_ensemble__keeps_names_of_regions() -> None:
    inputs, levels = ensemble(states=REGIONS)
    inputs = inputs.assign_coords(region_name=("region", ["Ah", "Be", "Ce"]))
    got = project_ensemble(inputs, levels, keep=KEEP, by=["region"])
    assert got["region_name"].to_numpy().tolist() == ["Ah", "Be", "Ce"]


def test_project_ensemble__refuses_levels_outside_the_family() -> None:
    inputs, levels = ensemble()
    levels["mortality_index"][2, 3] = 2031.0
    with pytest.raises(DataError, match=r"mortality_index: draw=2, period=2040.*got 2031.*widen"):
        project_ensemble(inputs, levels, keep=KEEP)


def test_project_ensemble__refuses_missing_numbers_and_names_them() -> None:
    inputs, levels = ensemble(states=REGIONS)
    inputs["survival_table"][1, 2, 0, 3] = np.nan
    inputs["migration_profile"][0, 1, 2] = np.nan
    with pytest.raises(DataError) as caught:
        project_ensemble(inputs, levels, keep=KEEP)
    assert "survival_table (region=B, row=2, sex=female, age=15)" in str(caught.value)
    assert "migration_profile (region=A, sex=male, age=10)" in str(caught.value)


def test_project_ensemble__refuses_more_leaving_than_there_are() -> None:
    inputs, levels = ensemble(states=REGIONS)
    levels["migration_level"][4] = -1000.0
    with pytest.raises(DataError, match=r"region=A, draw=4.*more people leave than are there"):
        project_ensemble(inputs, levels, keep=KEEP)


def test_project_ensemble__refuses_moves_of_more_than_everybody() -> None:
    inputs, levels = ensemble(states=FULL, edges=20)
    levels["move_level"][3, 2] = 500.0
    with pytest.raises(DataError, match=r"period=2035, draw=3, region=.*more than everybody"):
        project_ensemble(inputs, levels, keep=KEEP)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"keep": {}}, "nothing to keep"),
        ({"keep": {"odd": (0, 63)}}, r"keep \(odd\): a limit cuts through an age group; got 63"),
        ({"keep": KEEP, "by": ["area"]}, "cannot be kept apart; got area"),
        ({"keep": KEEP, "migration_timing": "middle"}, "unknown choice; got middle"),
    ],
)
def test_project_ensemble__refuses_what_cannot_be_kept(change: dict, message: str) -> None:
    inputs, levels = ensemble(states=REGIONS)
    with pytest.raises(DataError, match=message):
        project_ensemble(inputs, levels, **change)


def test_project_ensemble__refuses_foreign_levels() -> None:
    inputs, levels = ensemble(states=REGIONS)
    wrong = levels.assign(move_level=levels["tfr"], mood=levels["tfr"])
    with pytest.raises(DataError) as caught:
        project_ensemble(inputs, wrong, keep=KEEP)
    assert "levels (move_level): nothing to act on" in str(caught.value)
    assert "levels (mood): unknown level" in str(caught.value)
    with pytest.raises(DataError, match=r"levels \(tfr\): variable is missing"):
        project_ensemble(inputs, levels.drop_vars("tfr"), keep=KEEP)
