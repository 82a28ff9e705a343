"""A run of Jiaxing with all states: its accounts close, and merging states changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
import xarray as xr

from popsim.assumptions import Fitted, walk
from popsim.assumptions.solve import solve_year
from popsim.assumptions.walk import levels_of, six, system_of
from popsim.errors import DataError
from popsim.groups import restate, total
from popsim.growth import urban_growth_table
from popsim.hukou import (
    check_status,
    hukou_table,
    persons_registered,
    project_absent,
    registered_population,
    residents_by_account,
)
from popsim.projection import check_balance, project
from popsim.run.plan import Plan
from popsim.scenarios import scenario_drivers, scenario_inputs, with_annexations


@pytest.fixture(scope="module")
def inputs(fitted: Fitted, plan: Plan) -> xr.Dataset:
    return scenario_inputs(fitted, plan.scenarios, last_year=2035, engine=plan.engine)


@pytest.fixture(scope="module")
def result(inputs: xr.Dataset, plan: Plan) -> xr.Dataset:
    return project(inputs, **plan.engine)


@pytest.fixture(scope="module")
def absent(inputs: xr.Dataset, plan: Plan) -> xr.DataArray:
    return project_absent(inputs, **plan.engine)["registered_absent"]


def test_project__every_cell_balances(result: xr.Dataset) -> None:
    assert check_balance(result) < 1e-9


@pytest.mark.parametrize("reclassified", [False, True])
def test_project__merged_states_equal_a_run_of_counties_alone(
    fitted: Fitted, plan: Plan, reclassified: bool
) -> None:
    # Rates are equal in all states of a county, so births and deaths need not know them. Moves
    # between counties stay out: mothers who move bear by the rates of another county.
    states = ["area", "status"]
    drivers = scenario_drivers(fitted, plan.scenarios[0], last_year=2035)
    if reclassified:
        places = xr.zeros_like(drivers["reclassified"])
        places.loc[{"region": "330421", "period": 2027}] = 30_000.0
        drivers = drivers.assign(reclassified_persons=places)
    still = {f"{n}_probability": 0 * drivers[f"{n}_probability"] for n in ("leaving", "returning")}
    inputs = walk(fitted, drivers.assign(still))
    result = project(inputs)
    away = ["absent_population", "absent_net_migration", "net_migration_rate"]
    whole = inputs.drop_dims("edge").drop_vars(away)
    # Only the floating leave by a rate: who they are is lost in the merger, so all are counts.
    people, net = inputs["population"].sum(states), result["net_migration"].sum(states)
    merged = whole.assign(population=people, net_migration=net).drop_vars(states)
    ours = result["population"].sum(states)
    theirs = project(merged)["population"].transpose(*ours.dims)
    assert check_status(result["population"].sum("area"), theirs) < 1e-9
    assert ours.to_numpy() == pytest.approx(theirs.to_numpy(), rel=1e-9)


def test_project__is_the_year_that_the_levels_were_solved_for(
    fitted: Fitted, plan: Plan, result: xr.Dataset
) -> None:
    # Each year's moves and migrants were solved from the year before: 15 years later the engine
    # and the solver still hold the same people.
    drivers = scenario_drivers(fitted, plan.scenarios[0], last_year=2035)
    system, people = system_of(fitted, plan.engine), six(fitted.population)[None]
    absent = None if fitted.hukou is None else six(fitted.hukou.absent)[None, :, :, 0]
    for year, level in zip(range(2021, 2036), levels_of(drivers, fitted), strict=True):
        solved = solve_year(system, people, absent, level, year)
        people, absent = solved.people, solved.absent
        ours = six(result["population"].sel(scenario="recent", year=year))
        assert ours == pytest.approx(people[0], rel=1e-12 * (year - 2019)), year


def test_project__those_who_leave_follow_those_who_are_there(
    inputs: xr.Dataset, result: xr.Dataset
) -> None:
    # Half of the arrivals of 2025, changed in the inputs themselves: fewer leave from 2026 on.
    one = inputs.sel(scenario="recent", drop=True)
    come = {"status": "floating", "period": 2025}
    fewer = one["net_migration"].copy()
    fewer.loc[come] = 0.5 * fewer.loc[come]
    other = project(one.assign(net_migration=fewer))
    plain = result.sel(scenario="recent")
    here = {"status": "floating"}
    dims = ["region", "area", "sex", "age"]

    def left(run: xr.Dataset, counts: xr.DataArray, year: int) -> float:
        net = run["net_migration"].sel(**here, period=year).sum(dims)
        return float(counts.sel(**here, period=year).sum(dims) - net)

    assert left(other, fewer, 2025) == pytest.approx(left(plain, one["net_migration"], 2025))
    stock = [run["population"].sel(**here, year=2025).sum(dims) for run in (other, plain)]
    gone = [left(other, fewer, 2026), left(plain, one["net_migration"], 2026)]
    assert gone[0] < gone[1] - 1_000
    assert gone[0] / gone[1] == pytest.approx(float(stock[0] / stock[1]), abs=0.01)


def test_moves__between_counties_sum_to_nothing_for_the_city(result: xr.Dataset) -> None:
    people = result["population"].sum(["region", "area", "status", "sex", "age"])
    change = people.diff("year").to_numpy()
    flows = (
        result["births"].sum(["region", "area", "status", "sex"])
        - result["deaths"].sum(["region", "area", "status", "sex", "age"])
        + result["net_migration"].sum(["region", "area", "status", "sex", "age"])
    )
    assert change == pytest.approx(flows.to_numpy(), abs=1e-6)


def test_registered_population__changes_by_births_deaths_and_registration_alone(
    result: xr.Dataset, absent: xr.DataArray, inputs: xr.Dataset
) -> None:
    # 户籍人口: who moves stays in the register. `recent`, where the border is open.
    here = {"scenario": "recent"}
    dims = ["region", "area", "sex", "age"]
    stock = registered_population(result["population"], absent).sel(here).sum(dims)
    own = {**here, "status": "registered"}
    gain = (
        result["births"].sel(own).sum(["region", "area", "sex"])
        - result["deaths"].sel(own).sum(dims)
        + persons_registered(result["moves"]).sel(here).sum("region")
    )
    moved = inputs["absent_net_migration"].sel(here).sum(dims)
    natural = absent.sel(here).sum(dims).diff("year").to_numpy() - moved.to_numpy()
    assert stock.diff("year").to_numpy() == pytest.approx(gain.to_numpy() + natural, abs=1e-4)


def test_registered_population__published_years_and_ages(
    result: xr.Dataset, absent: xr.DataArray
) -> None:
    people = registered_population(result["population"], absent).sel(scenario="recent")
    by_age = people.sum(["region", "area", "sex"])
    total = by_age.sum("age")
    # Bulletins of Jiaxing: 371.85 and 374.85 ten-thousand; 28.22 % are 60 or older in 2022.
    assert float(total.sel(year=2021)) == pytest.approx(3_718_500, rel=1e-6)
    assert float(total.sel(year=2022)) == pytest.approx(3_748_500, rel=1e-6)
    older = by_age.sel(year=2022, age=by_age["age"] >= 60).sum()
    assert 100 * float(older / total.sel(year=2022)) == pytest.approx(28.22, abs=0.01)


def test_urban_growth_table__three_parts_add_up(result: xr.Dataset) -> None:
    table = urban_growth_table(result)
    parts = table["natural"] + table["migration"] + table["reclassification"]
    assert (parts - table["growth"]).abs().max() < 1e-9 * table["urban_end"].max()
    assert (table["residual"].abs() / table["urban_end"]).max() < 1e-9
    whole = table[table["region"] == "all"].set_index(["scenario", "period"])["growth"]
    counties = table[table["region"] != "all"].groupby(["scenario", "period"])["growth"].sum()
    assert (whole - counties).abs().max() < 1e-6


def test_hukou_table__residents_are_registered_and_floating(
    result: xr.Dataset, absent: xr.DataArray
) -> None:
    table = hukou_table(result, absent)
    rows = table[table["scenario"] == "recent"].set_index(["indicator", "group_or_region", "year"])
    value = rows["value"]
    residents = float(result["population"].sel(scenario="recent", year=2030).sum())
    both = value["floating_population", "all", 2030] + value["registered_residents", "all", 2030]
    assert both == pytest.approx(residents, rel=1e-12)
    register = value["registered_residents", "all", 2030] + value["registered_absent", "all", 2030]
    assert value["registered_population", "all", 2030] == pytest.approx(register, rel=1e-12)


def test_check_status__names_the_cell_that_does_not_close() -> None:
    people = xr.DataArray(
        [[6.0, 4.0], [5.0, 5.0]],
        {"region": ["a", "b"], "status": ["registered", "floating"]},
        ("region", "status"),
    )
    residents = xr.DataArray([10.0, 11.0], {"region": ["a", "b"]}, "region")
    with pytest.raises(DataError, match=r"do not add up.*region=b|region=b"):
        check_status(people, residents)


def test_restate__to_constant_boundaries_changes_no_city_total(
    result: xr.Dataset, plan: Plan
) -> None:
    joining = replace(
        plan.scenarios[0],
        name="join",
        levers=(("annexation", {"year": 2027, "regions": ["330421", "330482"]}),),
    )
    inside, _ = with_annexations(plan.case["in_group"], [joining])
    people = total(result["population"], ("region",)).reset_coords(drop=True)
    whole = people.sum("region")
    for boundary in inside["boundary"].to_numpy():
        members = inside.sel(boundary=boundary, drop=True)
        for year in (2020, 2027, 2035):
            both = [restate(people, group, as_of=year) for group in (members, ~members)]
            city = (both[0] + both[1]).sel(group="city_proper").transpose(*whole.dims)
            assert city.to_numpy() == pytest.approx(whole.to_numpy(), rel=1e-12), boundary
    grown = restate(people, inside.sel(boundary="join", drop=True), as_of=2027)
    before = restate(people, inside.sel(boundary="join", drop=True), as_of=2020)
    assert float((grown - before).min()) > 500_000


def test_residents_by_account__close_over_all_years(result: xr.Dataset) -> None:
    # From the base year on by flows alone, fifteen years: every county, sex and age.
    carried = residents_by_account(result)
    assert check_status(result["population"].sum("area"), carried) < 1e-9
    assert carried.sizes["year"] == 16


def test_residents_by_account__a_status_that_gained_people_is_seen(result: xr.Dataset) -> None:
    people = result["population"].copy()
    here = {"region": "330424", "status": "floating", "year": 2030, "age": 40}
    people.loc[here] = people.loc[here] * 1.001
    carried = residents_by_account(result)
    with pytest.raises(DataError, match=r"do not add up.*"):
        check_status(people.sum("area"), carried)


def test_absent__is_refused_without_statuses(inputs: xr.Dataset) -> None:
    with pytest.raises(DataError, match=r"states\.status"):
        project_absent(inputs.drop_vars(["absent_population", "absent_net_migration"]))


def test_newborn_rule__mixed_couples_register_their_children(fitted: Fitted, plan: Plan) -> None:
    assert fitted.hukou is not None
    half = replace(fitted, hukou=replace(fitted.hukou, mixed_couples=0.5))
    babies = []
    for one in (fitted, half):
        inputs = scenario_inputs(one, plan.scenarios[:1], last_year=2025)
        result = project(inputs)
        people = result["population"].sel(status="floating", year=2025, age=0)
        arrived = result["net_migration"].sel(status="floating", period=2025, age=0)
        born = people.sum(["region", "area", "sex"]) - arrived.sum(["region", "area", "sex"])
        babies.append(float(born.squeeze()))
    # Registration at the same age is on top in both: half of the newborn are left to the floating.
    assert babies[1] / babies[0] == pytest.approx(0.5, abs=0.005)
