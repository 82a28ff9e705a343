"""Levers, annexations, and the difference of scenarios by cause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from popsim.assumptions import Fitted, Model, build_inputs
from popsim.errors import ConfigError
from popsim.groups import group_share
from popsim.hukou import project_absent, registered_population
from popsim.projection import project
from popsim.run.plan import Plan, make_plan
from popsim.scenarios import (
    LEVERS,
    Scenario,
    decompose_difference,
    scenario_drivers,
    scenario_inputs,
    with_annexations,
)

LAST = 2029
RECENT = Model("recent")
REFERENCE = Scenario("reference", RECENT, RECENT, RECENT, RECENT, RECENT)


def pulled(name: str, **params: Any) -> Scenario:
    return replace(REFERENCE, name="pulled", levers=((name, params),))


def pair(fitted: Fitted, scenario: Scenario) -> tuple[xr.Dataset, xr.Dataset]:
    """Inputs and projection of the reference and of one more scenario."""
    inputs = scenario_inputs(fitted, [REFERENCE, scenario], last_year=LAST)
    return inputs, project(inputs)


def registered(inputs: xr.Dataset, result: xr.Dataset, year: int) -> np.ndarray:
    absent = project_absent(inputs)["registered_absent"]
    people = registered_population(result["population"], absent)
    return people.sel(year=year).sum(["region", "area", "sex", "age"]).to_numpy()


@pytest.mark.parametrize(
    ("lever", "params"),
    [
        ("citizenisation", {"factor": 1.5, "year": 2026, "phase_in_years": 2}),
        ("usual_residence", {"year": 2026, "years": 10, "share": 0.8}),
        ("renters", {"year": 2026, "share": 0.5, "factor": 2.0}),
        ("recognised_years", {"year": 2026, "gained_years": 2.0}),
    ],
)
def test_levers__of_registration_raise_the_registered_not_the_residents(
    fitted: Fitted, lever: str, params: dict[str, Any]
) -> None:
    inputs, result = pair(fitted, pulled(lever, **params))
    before, after = registered(inputs, result, LAST)
    assert after > before + 20_000
    assert np.ptp(registered(inputs, result, 2025)) == pytest.approx(0.0, abs=1e-6)
    residents = result["population"].sum(["region", "area", "status", "sex", "age"])
    # Fewer floating people are there to leave: residents change a little, and grow.
    change = residents.sel(year=LAST).diff("scenario") / residents.sel(year=LAST)[0]
    assert 0 < float(change.squeeze()) < 0.05


def test_recognised_years__multiplies_by_the_survival_of_stays(fitted: Fitted) -> None:
    scenario = pulled("recognised_years", year=2026, gained_years=2.0)
    one = scenario_drivers(fitted, REFERENCE, last_year=LAST)["registration_hazard"]
    two = scenario_drivers(fitted, scenario, last_year=LAST)["registration_hazard"]
    ratio = (two / one).sel(period=2027).isel(region=0, age=30)
    # exp(d g) with a mean stay of 10 years and 2 years gained.
    assert float(ratio) == pytest.approx(np.exp(0.2), rel=1e-12)


def test_migration_level__acts_on_an_origin_group_alone(fitted: Fitted) -> None:
    assert fitted.hukou is not None
    scenario = pulled("migration_level", factor=0.5, year=2026, origin="other_province")
    one = scenario_drivers(fitted, REFERENCE, last_year=LAST)["arrivals"]
    two = scenario_drivers(fitted, scenario, last_year=LAST)["arrivals"]
    lost = 1 - (two.sum(["sex", "age"]) / one.sum(["sex", "age"])).sel(period=2027)
    assert lost.to_numpy() == pytest.approx(0.5 * fitted.hukou.outside_share.to_numpy())
    assert two.sel(period=2025).equals(one.sel(period=2025))


def test_reclassification__moves_villages_into_towns(fitted: Fitted) -> None:
    scenario = pulled("reclassification", year=2027, share=0.1, regions=("330421",))
    _, result = pair(fitted, scenario)
    kind = result["edge_kind"] == "reclassification"
    moved = result["moves"].isel(edge=np.flatnonzero(kind)).sum(["edge", "sex", "age"])
    assert moved.isel(scenario=0).to_numpy() == pytest.approx(np.zeros(LAST - 2020))
    rural = result["population"].sel(region="330421", area="rural", year=2026)
    people = float(rural.isel(scenario=1).sum())
    # A tenth of the survivors of the year.
    assert float(moved.isel(scenario=1).sel(period=2027)) == pytest.approx(0.1 * people, rel=0.02)


def test_shock__of_deaths_and_arrivals(fitted: Fitted) -> None:
    levers = (
        ("shock", {"variable": "death_hazard", "year": 2027, "factor": 1.5}),
        ("shock", {"variable": "arrivals", "year": 2027, "factor": 0.5, "regions": ("330402",)}),
    )
    _, result = pair(fitted, replace(REFERENCE, name="bad", levers=levers))
    deaths = result["deaths"].sum(["region", "area", "status", "sex", "age"])
    ratio = deaths.isel(scenario=1) / deaths.isel(scenario=0)
    assert float(ratio.sel(period=2026)) == pytest.approx(1.0, rel=1e-12)
    assert 1.4 < float(ratio.sel(period=2027)) < 1.5


def test_total_path__net_migration_is_the_total_asked_for(fitted: Fitted) -> None:
    models = dict.fromkeys(("fertility", "mortality", "urbanisation"), RECENT)
    path = Model("total_path", persons={2025: 10_000, 2029: 50_000})
    inputs = build_inputs(fitted, last_year=LAST, migration=path, **models)
    net = project(inputs)["net_migration"].sum(["region", "area", "status", "sex", "age"])
    assert float(net.sel(period=2025)) == pytest.approx(10_000, rel=1e-9)
    assert float(net.sel(period=2027)) == pytest.approx(30_000, rel=1e-9)


def test_share_path__urban_share_is_the_one_asked_for(fitted: Fitted) -> None:
    models = dict.fromkeys(("fertility", "mortality", "migration"), RECENT)
    path = Model("share_path", share={2024: 0.745, 2029: 0.80})
    inputs = build_inputs(fitted, last_year=LAST, urbanisation=path, **models)
    people = project(inputs)["population"].sum(["region", "status", "sex", "age"])
    share = people.sel(area="urban") / people.sum("area")
    assert float(share.sel(year=2029)) == pytest.approx(0.80, abs=1e-9)


def test_urbanisation__a_part_of_the_transfers_is_reclassification(fitted: Fitted) -> None:
    towns = Model("recent", reclassification_share=0.25)
    inputs = scenario_inputs(fitted, [replace(REFERENCE, urbanisation=towns)], last_year=LAST)
    move = inputs["move_probability"].isel(sex=0, age=30).sel(period=2027)
    inside = move["origin_region"] == move["destination_region"]
    up = move.isel(edge=np.flatnonzero(inside & (move["destination_area"] == "urban")))
    up = up.isel(edge=np.flatnonzero(up["edge_kind"] != "registration"))
    kind = up["edge_kind"] == "reclassification"
    part = float(up.isel(edge=np.flatnonzero(kind)).sum() / up.sum())
    assert part == pytest.approx(0.25, rel=1e-9)


def test_with_annexations__share_jumps_in_the_year(fitted: Fitted, plan: Plan) -> None:
    joining = pulled("annexation", year=2026, regions=("330421", "330482", "330424"))
    inside, names = with_annexations(plan.case["in_group"], [REFERENCE, joining], ["today"])
    assert names == ("today", "pulled")
    people = plan.case["population_total"].sel(year=[2020])
    dated = inside.sel(boundary="pulled")
    before = group_share(people, dated, "city_proper")
    after = group_share(people.assign_coords(year=[2026]), dated, "city_proper")
    # Census of 2020: 28.12 % on today's boundary, 61.01 % with the three counties.
    assert float(before.squeeze()) == pytest.approx(0.2812, abs=5e-5)
    assert float(after.squeeze()) == pytest.approx(0.6101, abs=5e-5)


def test_with_annexations__restating_changes_no_city_total(fitted: Fitted, plan: Plan) -> None:
    joining = pulled("annexation", year=2026, regions=("330421",))
    _, result = pair(fitted, joining)
    total = result["population"].sum(["region", "area", "status", "sex", "age"])
    assert total[1].to_numpy() == pytest.approx(total[0].to_numpy(), rel=1e-12)


def test_decompose_difference__adds_up_and_hangs_on_no_order(fitted: Fitted) -> None:
    other = replace(
        pulled("citizenisation", factor=2.0, year=2026),
        fertility=Model("constant", tfr=1.2),
        migration=Model("recent", factor=0.5),
    )

    def floating(result: xr.Dataset) -> xr.DataArray:
        people = result["population"].sel(status="floating", year=[2027, LAST])
        return people.sum(["region", "area", "sex", "age"])

    parts = decompose_difference(fitted, REFERENCE, other, floating, last_year=LAST)
    _, result = pair(fitted, other)
    difference = floating(result).diff("scenario").squeeze("scenario", drop=True)
    assert parts.sum("cause").to_numpy() == pytest.approx(difference.to_numpy(), rel=1e-9)
    assert list(parts["cause"].to_numpy()) == ["fertility", "migration", "citizenisation"]
    back = decompose_difference(fitted, other, REFERENCE, floating, last_year=LAST)
    for cause in parts["cause"].to_numpy():
        ours, theirs = parts.sel(cause=cause), back.sel(cause=cause)
        assert ours.to_numpy() == pytest.approx(-theirs.to_numpy(), abs=1e-4)


def test_decompose_difference__refuses_equal_scenarios(fitted: Fitted) -> None:
    with pytest.raises(ConfigError, match="told apart by cause"):
        decompose_difference(
            fitted, REFERENCE, REFERENCE, lambda r: r["population"], last_year=2025
        )


@pytest.mark.parametrize(
    ("lever", "params", "match"),
    [
        ("reclassification", {"year": 2027, "share": 1.2}, "larger than the rural population"),
        ("reclassification", {"year": 2050, "share": 0.1}, "year of a lever outside the run"),
        ("annexation", {"year": 2026, "regions": ("330421", "330421")}, "named twice"),
        ("annexation", {"year": 2026, "regions": ("999999",)}, "unknown region"),
        ("annexation", {"year": 2026, "regions": ()}, "names no region"),
        ("renters", {"year": 2026, "share": 1.4, "factor": 2.0}, "share outside 0..1"),
        ("shock", {"variable": "weather", "year": 2026, "factor": 2.0}, "unknown driver"),
    ],
)
def test_levers__refuse(fitted: Fitted, lever: str, params: dict[str, Any], match: str) -> None:
    drivers = scenario_drivers(fitted, REFERENCE, last_year=LAST)
    with pytest.raises(ConfigError, match=match):
        LEVERS[lever](drivers, fitted, **params)


def test_levers__need_statuses(fitted: Fitted) -> None:
    drivers = scenario_drivers(fitted, REFERENCE, last_year=LAST)
    with pytest.raises(ConfigError, match=r"states\.status"):
        LEVERS["renters"](drivers, replace(fitted, hukou=None), year=2026, share=0.5, factor=2.0)


def test_with_annexations__refuses_a_year_without_boundary(plan: Plan) -> None:
    with pytest.raises(ConfigError, match="unknown year of an annexation"):
        with_annexations(
            plan.case["in_group"], [pulled("annexation", year=2150, regions=("330421",))]
        )


def test_walk__refuses_a_path_that_moves_more_than_everybody(fitted: Fitted) -> None:
    event = (("reclassification", {"year": 2026, "share": 1.0}),)
    fast = replace(REFERENCE, urbanisation=Model("share_path", share={2026: 0.9999}), levers=event)
    with pytest.raises(ConfigError, match="moves more people than live there"):
        scenario_inputs(fitted, [fast], last_year=LAST)


def test_policies__one_scenario_for_each_lever_and_annexation(root: Any) -> None:
    plan = make_plan(root / "configs" / "jiaxing_policies.yaml")
    levers = {name for s in plan.scenarios for name, _ in s.levers}
    assert {"citizenisation", "usual_residence", "renters", "recognised_years",
            "coverage"} <= levers  # fmt: skip
    annexed = [
        set(params["regions"])
        for s in plan.scenarios
        for name, params in s.levers
        if name == "annexation"
    ]
    assert {"330421", "330482", "330424"} in annexed
    assert all({code} in annexed for code in ("330421", "330424", "330481", "330482", "330483"))
