from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.economy import (
    control_to_total,
    coupling_coordination,
    education_match,
    entry_exit_rates,
    gdp_by_unit,
    gdp_path,
    gdp_share,
    gdp_share_table,
    growth_accounting,
    labour_force,
    merge_units,
    productivity,
    same_basis,
    share_decomposition,
    structural_deviation,
    workers_at_workplace,
    zones_of,
)
from popsim.errors import DataError
from popsim.tables import Case

TODAY = ["330402", "330411"]
EXPANDED = [*TODAY, "330421", "330482", "330424"]
ZONES = {"3304JK": ["330402", "330411"], "3304GQ": ["330482"]}
CITY = 6355.28e8  # yuan, 2021, preliminary: bulletin of 2021


@pytest.fixture(scope="module")
def gdp_2021(case: Case) -> xr.DataArray:
    return gdp_by_unit(case.frames["gdp"], year=2021, boundary_basis="management")


def test_gdp_share__2021_on_each_boundary(gdp_2021: xr.DataArray) -> None:
    """26.72 % today, 30.00 % with the Port Zone, 63.19 % with Jiashan, Pinghu and Haiyan."""
    today = gdp_share(gdp_2021, TODAY, total=CITY, zones=ZONES)
    port = gdp_share(gdp_2021, TODAY, total=CITY, zones=ZONES, with_zones=["3304GQ"])
    expanded = gdp_share(gdp_2021, EXPANDED, total=CITY, zones=ZONES)
    assert [round(s, 4) for s in (today, port, expanded)] == [0.2672, 0.3000, 0.6319]


def test_gdp_share_table__every_boundary_and_the_port_switch(
    case: Case, gdp_2021: xr.DataArray
) -> None:
    zones = zones_of(case.frames["regions"])
    assert {z: set(w) for z, w in zones.items()} == {z: set(w) for z, w in ZONES.items()}
    got = gdp_share_table(
        gdp_2021, case["in_group"], group="city_proper", year=2021, total=CITY, zones=zones
    ).set_index(["boundary", "with_zones"])["share"]
    assert round(got["today", ""], 4) == 0.2672
    assert round(got["today", "3304GQ"], 4) == 0.3000
    assert round(got["expanded", ""], 4) == 0.6319
    assert ("expanded", "3304GQ") not in got.index


def test_gdp_by_unit__parts_add_to_the_printed_sum(gdp_2021: xr.DataArray) -> None:
    assert float(gdp_2021.sum()) == pytest.approx(6354.18e8)
    assert gdp_2021.sizes["region"] == 9


def test_productivity__gdp_per_resident_of_the_city_proper() -> None:
    """0.946 of the city's mean in 2021: 1,697.88 / 155.84 against 6,355.28 / 551.60."""
    basis = {"boundary_basis": "merged"}
    gdp = xr.DataArray([1697.88, 6355.28], dims="region", attrs=basis)
    people = xr.DataArray([155.84, 551.60], dims="region", attrs=basis)
    each = productivity(gdp, people)
    assert round(float(each[0] / each[1]), 3) == 0.946


def test_same_basis__management_gdp_on_administrative_people_is_refused(
    gdp_2021: xr.DataArray,
) -> None:
    people = xr.DataArray(
        [8.6e5], {"region": ["330402"]}, "region", attrs={"boundary_basis": "administrative"}
    )
    with pytest.raises(DataError, match="boundary bases are mixed or unknown"):
        productivity(gdp_2021, people)
    with pytest.raises(DataError, match=r"no GDP of 2021 on the administrative boundary"):
        gdp_by_unit(
            pd.DataFrame(
                {"region": ["a"], "year": [2021], "part": ["total"], "value": [1.0],
                 "boundary_basis": ["management"], "unit": ["yuan"]}
            ),
            year=2021,
            boundary_basis="administrative",
        )  # fmt: skip


def test_merge_units__districts_with_their_zone(gdp_2021: xr.DataArray) -> None:
    rest = ["330421", "330424", "330481", "330482", "330483"]
    areas = {"city_proper": TODAY, **{c: [c] for c in rest}}
    got = merge_units(gdp_2021, areas, ZONES)
    assert float(got.sel(region="city_proper")) == pytest.approx(1697.88e8)
    assert float(got.sel(region="330482")) == pytest.approx((698.48 + 209.01) * 1e8)
    assert same_basis(got) == "merged"
    with pytest.raises(DataError, match=r"cut by a border: \['3304JK'\]"):
        merge_units(gdp_2021, {c: [c] for c in [*TODAY, *rest]}, ZONES)


def test_gdp_share__unknown_zone_and_wrong_unit(gdp_2021: xr.DataArray) -> None:
    with pytest.raises(DataError, match=r"no GDP of \['3304XX'\]"):
        gdp_share(gdp_2021, TODAY, total=CITY, zones=ZONES, with_zones=["3304XX"])
    with pytest.raises(DataError, match="units differ"):
        gdp_share(gdp_2021, TODAY, total=6355.28, zones=ZONES)


def ages() -> dict[str, list[object]]:
    return {"sex": ["female", "male"], "age": [0, 15, 60]}


def test_labour_force__missing_and_out_of_range_are_refused() -> None:
    people = xr.DataArray(np.full((2, 3), 10.0), ages(), ("sex", "age"))
    with pytest.raises(DataError, match="missing participation"):
        labour_force(people, people * np.nan)
    with pytest.raises(DataError, match=r"participation outside 0\.\.1"):
        labour_force(people, people)
    with pytest.raises(DataError, match="age as in the population"):
        labour_force(people, (people / 20).isel(age=[0, 1]))
    assert float(labour_force(people, people / 20)) == 30.0


def test_workers_at_workplace__commuters_leave_people_where_they_sleep() -> None:
    labour = xr.DataArray([100.0, 50.0], {"region": ["haining", "b"]}, "region")
    out = xr.DataArray([30.0, 0.0], {"region": ["haining", "b"]}, "region")
    got = workers_at_workplace(labour, unemployment=0.1, in_commuters=0.0, out_commuters=out)
    assert got.to_numpy().tolist() == [60.0, 45.0]
    with pytest.raises(DataError, match="more people commute out"):
        workers_at_workplace(labour, unemployment=0.9, in_commuters=0.0, out_commuters=out)


def test_entry_exit_rates__constant_rates_reproduce_participation() -> None:
    groups = {"age": [20, 25, 30]}
    now = xr.DataArray([0.5, 0.8, 0.7], groups, "age")
    later = xr.DataArray([0.5, 0.7, 0.6], groups, "age")
    enter, leave = entry_exit_rates(now, later, highest=0.95)
    start = now.isel(age=slice(None, -1))
    again = xr.where(enter > 0, 0.95 - (0.95 - start) * (1 - enter), start * (1 - leave))
    np.testing.assert_allclose(again, later.isel(age=slice(1, None)))


BASIS = {"boundary_basis": "merged"}
PLACES = {"region": ["a", "b", "c"]}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(-0.02, 0.08))
def test_gdp_path__share_decomposes_exactly(seed: int, convergence: float, growth: float) -> None:
    rng = np.random.default_rng(seed)
    years = {"year": np.arange(2021, 2031)}
    workers = xr.DataArray(rng.uniform(10, 99, (3, 10)), {**PLACES, **years}, ("region", "year"))
    workers.attrs = BASIS
    base = xr.DataArray(rng.uniform(5, 30, 3), PLACES, "region", attrs=BASIS)
    gdp = gdp_path(workers, base, growth=growth, convergence=convergence)
    told = share_decomposition(gdp, workers, ["a", "b"], start=2021, end=2030)
    assert float(told["workers"] + told["productivity"]) == pytest.approx(float(told["change"]))
    ratio = float(told["share_end"] / told["share_start"])
    assert np.log(ratio) == pytest.approx(float(told["change"]), abs=1e-12)


def test_gdp_path__no_convergence_holds_ratios_and_full_convergence_ends_them() -> None:
    years = {"year": [2021, 2022, 2023]}
    workers = xr.DataArray(np.ones((3, 3)), {**PLACES, **years}, ("region", "year"), attrs=BASIS)
    base = xr.DataArray([5.0, 10.0, 30.0], PLACES, "region", attrs=BASIS)
    held = gdp_path(workers, base, growth=0.05, convergence=0.0)
    np.testing.assert_allclose(held.sel(year=2023), base * np.exp(0.1))
    alike = gdp_path(workers, base, growth=0.0, convergence=1.0)
    np.testing.assert_allclose(alike.sel(year=2023), 15.0)
    with pytest.raises(DataError, match="from year to year"):
        gdp_path(workers.sel(year=[2021, 2023]), base, growth=0.0, convergence=0.0)


def test_control_to_total__shares_stay() -> None:
    gdp = xr.DataArray([10.0, 30.0], {"region": ["a", "b"]}, "region")
    got = control_to_total(gdp, xr.DataArray(80.0))
    assert got.to_numpy().tolist() == [20.0, 60.0]
    assert got.attrs["factor"] == "2.0000 to 2.0000"


def test_growth_accounting__labour_share_out_of_range() -> None:
    with pytest.raises(DataError, match=r"labour share lies in 0\.\.1"):
        growth_accounting(
            tfp=0.01, labour_share=1.5, human_capital=0, participation=0, working_age_share=0,
            population=0, investment_to_capital=0.1, depreciation=0.05,
        )  # fmt: skip


def test_structural_deviation__jiaxing_2020(case: Case) -> None:
    """Value added 124.18 : 2,861.09 : 2,524.25 of 2020 on the employed of the census sample."""
    sectors = ["primary", "secondary", "tertiary"]
    gdp = case.frames["gdp"].query("region == '330400' and year == 2020 and part != 'total'")
    added = xr.DataArray(
        gdp.set_index("part")["value"].loc[sectors].to_numpy(), {"sector": sectors}, "sector"
    )
    work = case.frames["employment"].query("year == 2020 and sector_group != 'all'")
    people = work.groupby("sector_group")["value"].sum().loc[sectors].to_numpy()
    employed = xr.DataArray(people, {"sector": sectors}, "sector")
    got = structural_deviation(added, employed)
    share = employed / employed.sum()
    assert float((share * got["deviation"]).sum()) == pytest.approx(0.0, abs=1e-12)
    # farming adds less than its share of the employed, services more
    assert float(got["deviation"].sel(sector="primary")) < 0 < float(got["deviation"][2])
    assert got.attrs["official"].startswith("no")


def test_education_match__bounds() -> None:
    levels = {"education": ["low", "high"]}
    one = xr.DataArray([1.0, 0.0], levels, "education")
    assert float(education_match(one, one)) == 1.0
    assert float(education_match(one, one[::-1].assign_coords(levels))) == 0.0
    with pytest.raises(DataError, match="with a sum above 0"):
        education_match(one, one * 0)


def test_coupling_coordination__out_of_range() -> None:
    with pytest.raises(DataError, match=r"indices in 0\.\.1"):
        coupling_coordination(xr.DataArray(1.2), xr.DataArray(0.5))
