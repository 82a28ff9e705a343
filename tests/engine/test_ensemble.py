"""Many draws at once: the engine's numbers, whatever the batch, the threads and the order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.ensembles import project_ensemble
from popsim.projection import project

Ensemble = Callable[..., tuple[xr.Dataset, xr.Dataset]]
KEEP = {"total": (0, np.inf), "20to45": (20, 45), "old": (60, np.inf)}


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
    low = np.minimum(spot.astype(int), table.sizes["row"] - 2)
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
def test_project_ensemble__equals_project(
    ensemble: Ensemble, case: dict, timing: Any, exposure: Any
) -> None:
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


def test_project_ensemble__weights_are_sums_of_weight_times_people(ensemble: Ensemble) -> None:
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
    ensemble: Ensemble, open_age: int, limits: set[int], count: int, coupled: bool
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


def test_project_ensemble__groups_follow_the_boundary_of_each_year(ensemble: Ensemble) -> None:
    inputs, levels = ensemble(states=REGIONS)
    years = 2020 + 5 * np.arange(inputs.sizes["period"] + 1)
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
    ensemble: Ensemble, batch: int, threads: int, seed: int, coupled: bool
) -> None:
    case = {"states": FULL, "edges": 12} if coupled else {"states": REGIONS}
    inputs, levels = ensemble(**case)
    whole = project_ensemble(inputs, levels, keep=KEEP, threads=1)
    order = np.random.default_rng(seed).permutation(levels.sizes["draw"])
    mixed = levels.isel(draw=order)
    some = project_ensemble(inputs, mixed, keep=KEEP, batch=batch, threads=threads)
    xr.testing.assert_identical(some.sel(draw=levels["draw"]), whole)


def test_project_ensemble__one_draw_on_many_threads(ensemble: Ensemble) -> None:
    inputs, levels = ensemble(states=REGIONS)
    one = levels.isel(draw=[2])
    got = project_ensemble(inputs, one, keep=KEEP, by=["region"], threads=3)
    xr.testing.assert_identical(
        got, project_ensemble(inputs, levels, keep=KEEP, by=["region"], threads=1).isel(draw=[2])
    )


def test_project_ensemble__streams_datasets_of_draws(ensemble: Ensemble) -> None:
    inputs, levels = ensemble(states=REGIONS)
    parts = (levels.isel(draw=slice(k, k + 2)) for k in range(0, levels.sizes["draw"], 2))
    got = project_ensemble(inputs, parts, keep=KEEP)
    xr.testing.assert_identical(got, project_ensemble(inputs, levels, keep=KEEP))


def test_project_ensemble__open_survival_of_its_own(ensemble: Ensemble) -> None:
    inputs, levels = ensemble(states=REGIONS)
    inputs["open_survival_table"] = inputs["survival_table"].isel(age=-1, drop=True)
    same = project_ensemble(inputs, levels, keep=KEEP)
    pooled = project_ensemble(inputs.drop_vars("open_survival_table"), levels, keep=KEEP)
    xr.testing.assert_identical(same, pooled)
    lower = inputs.assign(open_survival_table=0.5 * inputs["open_survival_table"])
    assert (project_ensemble(lower, levels, keep=KEEP)["old"] < same["old"]).isel(year=1).all()


def test_project_ensemble__single_precision_is_the_rounded_result(ensemble: Ensemble) -> None:
    inputs, levels = ensemble()
    double = project_ensemble(inputs, levels, keep=KEEP)
    single = project_ensemble(inputs, levels, keep=KEEP, dtype="float32")
    xr.testing.assert_identical(single["old"], double["old"].astype("float32"))


def test_project_ensemble__keeps_names_of_regions(ensemble: Ensemble) -> None:
    inputs, levels = ensemble(states=REGIONS)
    inputs = inputs.assign_coords(region_name=("region", ["Ah", "Be", "Ce"]))
    got = project_ensemble(inputs, levels, keep=KEEP, by=["region"])
    assert got["region_name"].to_numpy().tolist() == ["Ah", "Be", "Ce"]
