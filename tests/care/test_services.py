from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.care import (
    beds_by_need,
    beds_by_norm,
    elderly_households,
    family_carers,
    formal_and_informal_hours,
    hospice_need,
    living_alone_upper_bound,
    norm_value,
    pattern_shares,
    per_10000,
    places_by_pattern,
    settings_by_degree,
    staff_needed,
    sum_ages,
    used_beds,
)
from popsim.errors import DataError


def test_beds_by_norm__jiaxing_2020(
    care_tables: dict[str, pd.DataFrame], elderly_2020: xr.DataArray
) -> None:
    """GB 50437 (2018), 3.2.1: 40 per 1,000, 41,702 beds; 35 m2 each, 1.46 million m2."""
    norms = care_tables["care_norms"]
    beds = beds_by_norm(elderly_2020, per_1000=norm_value(norms, "beds_per_1000_60plus"))
    assert round(float(beds)) == 41702
    assert round(float(beds) * norm_value(norms, "floor_m2_per_bed") / 1e6, 2) == 1.46
    land = [float(beds) * norm_value(norms, f"land_m2_per_bed_{e}") / 1e4 for e in ("min", "max")]
    assert [round(x) for x in land] == [75, 183]


def test_places_by_pattern__ninety_seven_three(
    care_tables: dict[str, pd.DataFrame], elderly_2020: xr.DataArray
) -> None:
    """90-7-3: 31,277 beds; 90-6-4: 41,702, the same as the norm."""
    table = care_tables["care_patterns"]
    beds = {
        name: round(
            float(
                places_by_pattern(elderly_2020, pattern_shares(table, name)).sel(
                    setting="institution"
                )
            )
        )
        for name in ("90-7-3", "90-6-4")
    }
    assert beds == {"90-7-3": 31277, "90-6-4": 41702}


def test_per_10000__dementia_beds(
    care_tables: dict[str, pd.DataFrame], elderly_2020: xr.DataArray
) -> None:
    """2,085 beds on the residents of 2020, 2,115 on the 1,057,690 registered of 2022."""
    rate = norm_value(care_tables["care_norms"], "dementia_beds_per_10000_60plus")
    assert round(float(per_10000(elderly_2020, rate))) == 2085
    registered = xr.DataArray([1057690.0], coords={"age": [60]}, dims="age")
    assert round(float(per_10000(registered, rate))) == 2115


def test_health_management__jiaxing_2020(
    care_tables: dict[str, pd.DataFrame], elderly_2020: xr.DataArray
) -> None:
    """72 % of 758,584 residents of 65 and over: 546,180 persons."""
    share = norm_value(care_tables["care_norms"], "health_management_rate")
    p65 = float(sum_ages(elderly_2020, 65).sum())
    assert p65 == 758584
    assert int(share * p65) == 546180


def test_hospice_need__jiaxing_2021(care_tables: dict[str, pd.DataFrame]) -> None:
    """32,500 deaths, 60.28 % or 75 %: 19,600 to 24,400 people a year, to the hundred."""
    table = care_tables["care_hospice"].set_index("item")["value"]
    shares = [
        float(table[f"need_share_of_deaths_{m}"]) / 100 for m in ("higginson", "gomez_batiste")
    ]
    got = [float(hospice_need(xr.DataArray(32500.0), share=s)) for s in shares]
    assert [round(g, -2) for g in got] == [19600, 24400]


def test_beds_by_need__planning_beds_apart_from_used_beds() -> None:
    users = xr.DataArray([900.0, 450.0], dims="region")
    beds = beds_by_need(users, occupancy=0.75)
    assert beds.to_numpy().tolist() == [1200.0, 600.0]
    np.testing.assert_allclose(used_beds(beds, occupancy=0.75), users)
    with pytest.raises(DataError, match=r"occupancy lies in \(0, 1\]; got 0"):
        beds_by_need(users, occupancy=0)


def test_settings_by_degree__conserves_people_and_refuses_bad_shares() -> None:
    levels = {"need_level": ["mild", "severe"]}
    need = xr.DataArray([100.0, 50.0], coords=levels, dims="need_level")
    q = xr.DataArray(
        [[0.9, 0.1], [0.5, 0.5]],
        coords={**levels, "setting": ["family", "institution"]},
        dims=("need_level", "setting"),
    )
    got = settings_by_degree(need, q)
    assert float(got.sum()) == 150.0
    assert float(got.sel(setting="institution").sum()) == 35.0
    with pytest.raises(DataError, match="shares do not add up"):
        settings_by_degree(need, q * 0.9)
    with pytest.raises(DataError, match=r"lies outside 0\.\.1"):
        settings_by_degree(need, xr.where(q == 0.9, 1.2, xr.where(q == 0.1, -0.2, q)))


def test_pattern_shares__unknown(care_tables: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(DataError, match="no pattern '97-2-1'; the table holds 90-6-4, 90-7-3"):
        pattern_shares(care_tables["care_patterns"], "97-2-1")
    with pytest.raises(DataError, match="0 rows of the norm 'beds'"):
        norm_value(care_tables["care_norms"], "beds")


def test_staff_needed__grades_of_the_draft_standard(
    care_tables: dict[str, pd.DataFrame],
) -> None:
    """Draft rating standard 2018: severe 10 and 4, moderate 25 and 5 residents a worker."""
    norms = care_tables["care_norms"]
    rho = xr.DataArray(
        [
            [norm_value(norms, f"residents_per_worker_{g}_grade{k}") for k in (1, 5)]
            for g in ("moderate", "severe")
        ],
        coords={"need_level": ["moderate", "severe"], "grade": [1, 5]},
        dims=("need_level", "grade"),
    )
    users = xr.DataArray([1000.0, 400.0], {"need_level": ["moderate", "severe"]}, "need_level")
    got = staff_needed(users, rho).sum("need_level")
    assert got.to_numpy().tolist() == [80.0, 300.0]
    three = xr.DataArray([1.0] * 3, {"need_level": ["mild", "moderate", "severe"]}, "need_level")
    with pytest.raises(DataError, match="give a ratio for each degree"):
        staff_needed(three, rho)


def test_formal_and_informal_hours__shanghai_crowding_out() -> None:
    hours, formal = xr.DataArray(612.0), xr.DataArray(100.0)
    got = formal_and_informal_hours(hours, formal, displaced=0.473)
    assert float(got[1]) == pytest.approx(564.7)
    with pytest.raises(DataError, match="displace more"):
        formal_and_informal_hours(hours, formal * 20, displaced=0.473)


def test_family_carers__negative_is_refused() -> None:
    with pytest.raises(DataError, match="carers each must be 0 or more"):
        family_carers(xr.DataArray(5.0), carers_each=-1)


def test_sum_ages__no_group_is_split() -> None:
    people = xr.DataArray([1.0, 2.0], coords={"age": [55, 65]}, dims="age")
    with pytest.raises(DataError, match="age 60 falls inside the age group that starts at 55"):
        sum_ages(people, 60)


def test_elderly_households__census_ratio() -> None:
    """Nanhu, census of 2020: 41,424 households with one member of 65+, 32,224 with two, 493."""
    kinds = ["one_65plus", "two_65plus", "three_or_more_65plus"]
    households = xr.DataArray(
        [[41424.0, 32224.0, 493.0]],
        coords={"region": ["330402"], "elderly": kinds},
        dims=("region", "elderly"),
    )
    census = xr.DataArray(
        [[98949.0]], coords={"region": ["330402"], "age": [65]}, dims=("region", "age")
    )
    got = elderly_households(1.1 * census, households, census)
    assert float(got.sum()) == pytest.approx(1.1 * 74141)
    bound = living_alone_upper_bound(
        xr.DataArray([92562.0], dims="region"), households.isel(elderly=0, drop=True)
    )
    assert bound.to_numpy().tolist() == [41424.0]
    with pytest.raises(DataError, match="must have the same regions"):
        elderly_households(census, households.assign_coords(region=["x"]), census)
