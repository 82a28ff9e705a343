"""The boundary finder against the published shares of Jiaxing, and against trying every set."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.boundaries import (
    boundary_table,
    find_boundaries,
    measures_of,
    reading_in_words,
    reading_table,
    set_shares,
)
from popsim.boundaries import finder as module
from popsim.boundaries.choice import make_choice
from popsim.boundaries.reading import READINGS
from popsim.errors import DataError
from popsim.tables import Case

CORE = ("330402", "330411")
JIASHAN, HAIYAN, HAINING, PINGHU, TONGXIANG = "330421", "330424", "330481", "330482", "330483"


@pytest.fixture(scope="module")
def residents(case: Case) -> xr.DataArray:
    people = case.population.sel(year=2020, drop=True).sum(["sex", "age"])
    return xr.DataArray(people.astype(float))


@pytest.fixture(scope="module")
def table(case: Case) -> pd.DataFrame:
    return boundary_table(case, population_year=2020, gdp_year=2021, whole="330400")


def test_find_boundaries__one_set_without_haining_and_tongxiang(
    residents: xr.DataArray,
) -> None:
    # The 14th-plan outline names Jiashan, Pinghu and Haiyan to grow with the centre; census 2020:
    # of all sets without Haining and Tongxiang only all three pass 60 %, with 61.01 %.
    found = find_boundaries(
        residents, 0.60, must_include=CORE, may_include=(JIASHAN, PINGHU, HAIYAN), keep="all"
    )
    assert found["added"].to_list() == [f"{JIASHAN};{PINGHU};{HAIYAN}"]
    assert found["value_share"].item() == pytest.approx(0.6101, abs=5e-5)


def test_find_boundaries__all_five_counties_open(residents: xr.DataArray) -> None:
    # With Haining or Tongxiang allowed, two counties suffice: the sentence "only" needs both out.
    found = find_boundaries(residents, 0.60, must_include=CORE)
    two = found[found["fewest"]]
    assert two["added"].to_list() == [
        f"{HAINING};{TONGXIANG}", f"{HAINING};{PINGHU}", f"{JIASHAN};{HAINING}"
    ]  # fmt: skip
    assert two["value_share"].to_numpy() == pytest.approx([0.6711, 0.6048, 0.6005], abs=6e-5)
    assert (found.loc[~found["fewest"], "number"] == 3).all()


def test_boundary_table__published_shares(table: pd.DataFrame) -> None:
    # Census 2020 by county; GDP 2021 on the management boundary over 6,355.28 (100 million yuan).
    rows = table.set_index("set")
    assert rows.loc["today", "population_share"] == pytest.approx(0.2812, abs=5e-5)
    assert rows.loc["today", "gdp_share"] == pytest.approx(0.2672, abs=5e-5)
    assert rows.loc["expanded", "population_share"] == pytest.approx(0.6101, abs=5e-5)
    assert rows.loc["expanded", "gdp_share"] == pytest.approx(0.6319, abs=5e-5)
    assert rows.loc["expanded", "meets_population"]
    assert rows.loc["expanded", "meets_gdp"]
    assert not rows.loc["today", "meets_population"]
    assert "administrative" in str(rows.loc["today", "basis"])
    assert "management" in str(rows.loc["today", "basis"])


def test_boundary_table__smallest_sets_meet_and_cannot_be_smaller(table: pd.DataFrame) -> None:
    both = table[table["smallest_for"].str.contains("both")]
    assert len(both)
    assert (both["meets_population"] & both["meets_gdp"]).all()
    assert "expanded" in both["set"].to_list()


def test_set_shares__port_zone_is_a_switch(case: Case) -> None:
    # Published: 26.72 % with the Economic Zone, 30.00 % with the Port Zone besides (GDP 2021).
    values, whole = measures_of(case, population_year=2020, gdp_year=2021, whole="330400")
    gdp = {"gdp": values["gdp"]}
    zones = {"3304JK": CORE}
    share = set_shares(gdp, {"x": [*CORE, "3304GQ"]}, relative_to=whole, lies_in=zones)
    assert share["gdp_share"].item() == pytest.approx(0.3000, abs=5e-5)


def test_find_boundaries__zone_counts_only_with_all_its_regions() -> None:
    values = xr.DataArray([40.0, 30.0, 10.0, 20.0], {"region": ["a", "b", "c", "zone"]}, "region")
    found = find_boundaries(values, 0.85, lies_in={"zone": ["a", "b"]})
    assert found["added"].to_list() == ["a;b"]
    assert found["value_share"].item() == pytest.approx(0.9)


def test_find_boundaries__met_by_what_is_inside_already() -> None:
    values = xr.DataArray([70.0, 30.0], {"region": ["a", "b"]}, "region")
    found = find_boundaries(values, 0.6, must_include=["a"])
    assert found["added"].to_list() == [""]
    assert found["number"].item() == 0


def test_find_boundaries__nothing_meets() -> None:
    values = xr.DataArray([70.0, 30.0], {"region": ["a", "b"]}, "region")
    found = find_boundaries(values, 0.6, may_include=["b"])
    assert found.empty
    assert "value_share" in found


@settings(max_examples=25, deadline=None)
@given(
    people=st.lists(st.integers(0, 40), min_size=2, max_size=6),
    money=st.lists(st.integers(0, 40), min_size=6, max_size=6),
    share=st.sampled_from([0.2, 0.5, 0.6, 0.9, 1.0]),
)
def test_find_boundaries__programme_equals_trying_all(
    people: list[int], money: list[int], share: float
) -> None:
    if sum(people) == 0 or sum(money[: len(people)]) == 0:
        return
    regions = [f"r{i}" for i in range(len(people))]
    zone = {"z": regions[:2]}
    values = {
        "population": xr.DataArray(np.array(people, float), {"region": regions}, "region"),
        "gdp": xr.DataArray(
            np.array([*money[: len(people)], 5.0]), {"region": [*regions, "z"]}, "region"
        ),
    }
    choice = make_choice(values, dict.fromkeys(values, share), (), regions, zone, {})
    tried = {m.tobytes() for m in module._enumerated(choice, "minimal")}
    solved = [m.tobytes() for m in module._programmed(choice, "minimal", 1000)]
    assert set(solved) == tried
    assert len(solved) == len(tried)


def test_find_boundaries__forty_regions_by_programme() -> None:
    values = xr.DataArray(np.arange(1.0, 41.0), {"region": [f"r{i}" for i in range(40)]}, "region")
    found = find_boundaries(values, 324 / 820, keep="fewest")
    # 40 + 39 + .. + 32 = 324: the nine largest, and no other nine.
    assert found["added"].to_list() == [";".join(f"r{i}" for i in range(31, 40))]
    assert found["value_share"].item() == pytest.approx(324 / 820)


def test_find_boundaries__all_of_many_refused() -> None:
    values = xr.DataArray(np.ones(40), {"region": [f"r{i}" for i in range(40)]}, "region")
    with pytest.raises(DataError, match="too many regions"):
        find_boundaries(values, 0.5, keep="all")


def test_find_boundaries__list_cut_is_told() -> None:
    values = xr.DataArray(np.ones(8), {"region": [f"r{i}" for i in range(8)]}, "region")
    with pytest.warns(UserWarning, match="more than 5 sets meet"):
        assert len(find_boundaries(values, 0.5, limit=5)) == 5


def test_find_boundaries__every_fault_at_once() -> None:
    values = xr.DataArray([1.0, -2.0, np.nan], {"region": ["a", "b", "c"]}, "region")
    with pytest.raises(DataError) as error:
        find_boundaries(values, 60.0)
    text = str(error.value)
    assert "3 faults" in text
    assert "region=b" in text
    assert "above 0, at most 1" in text


def test_find_boundaries__unknown_and_repeated_regions() -> None:
    values = xr.DataArray([1.0, 2.0], {"region": ["a", "b"]}, "region")
    with pytest.raises(DataError, match="unknown region; got x") as error:
        find_boundaries(values, 0.6, must_include=["a"], may_include=["a", "x"])
    assert "stands twice; got a" in str(error.value)


def test_find_boundaries__measures_of_different_regions() -> None:
    one = xr.DataArray([1.0, 2.0], {"region": ["a", "b"]}, "region")
    other = xr.DataArray([1.0, 2.0, 1.0], {"region": ["a", "b", "zone"]}, "region")
    with pytest.raises(DataError, match="lies_in"):
        find_boundaries({"population": one, "gdp": other}, 0.6)


def test_boundary_table__gdp_of_a_year_without_all_counties(case: Case) -> None:
    with pytest.raises(DataError, match="no GDP of every county on one boundary"):
        boundary_table(case, population_year=2020, gdp_year=2020, whole="330400")


def verdicts(met: list[bool | str], definitions: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "target": "T01", "title": "Share", "indicator": "own", "scenario": "mine", "year": 2025,
            "boundary": ["today", "expanded"] * 2, "definition": definitions,
            "value": [0.29, 0.61, 0.31, 0.59], "threshold": 0.6, "comparison": ">=",
            "met": met, "unit": "1", "reason": "",
        }
    )  # fmt: skip


KINDS = ["resident", "resident", "registered", "registered"]


@pytest.mark.parametrize(
    ("met", "last"),
    [
        ([False, True, False, True], "The answer turns on the boundary."),
        ([False, False, True, True], "The answer turns on who is counted."),
        ([False, True, False, False], "The answer turns on the boundary and on who is counted."),
        ([False] * 4, "Every reading comes to the same answer."),
    ],
)
def test_reading_in_words__what_the_answer_turns_on(met: list[bool | str], last: str) -> None:
    (sentence,) = reading_in_words(verdicts(met, KINDS), "en")
    assert sentence.endswith(last)
    assert "aim ≥ 60 %" in sentence


def test_reading_in_words__chinese_and_unjudged() -> None:
    (sentence,) = reading_in_words(verdicts([False, True, "", ""], KINDS), "zh")
    assert "达到：扩大边界（假设），常住人口口径 61.00 %。" in sentence
    assert "无法判断：现行边界，户籍人口口径；" in sentence
    assert sentence.endswith("结论取决于采用哪一种边界。")


def test_reading_table__names_target_scenario_and_each_boundary_once() -> None:
    table = reading_table(
        verdicts([False, True, False, True], KINDS), "zh", scenarios={"mine": "甲案"}
    )
    (row,) = table.to_dict("records")
    assert list(row) == list(READINGS)
    assert (row["target"], row["scenario"], row["scenario_title"]) == ("T01", "mine", "甲案")
    assert (row["title"], row["year"], row["aim"]) == ("Share", 2025, "≥ 60 %")
    assert row["sentence"] == (
        "Share（2025年，方案“甲案”，目标≥ 60 %）。"
        "达到：扩大边界（假设），常住人口口径 61.00 %、户籍人口口径 59.00 %。"
        "未达到：现行边界，常住人口口径 29.00 %、户籍人口口径 31.00 %。"
        "结论取决于采用哪一种边界。"
    )


def test_reading_in_words__columns_missing() -> None:
    with pytest.raises(DataError, match="columns missing; got met"):
        reading_in_words(verdicts([True] * 4, KINDS).drop(columns="met"), "en")
