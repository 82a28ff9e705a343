"""How surely: probability and range of all that comes from the draws, words where none does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.targets import Evidence, Target, evaluate_all

YEARS = [2020, 2025]
DRAWS = 10
# Draws of people and of need over what they are without: 0.91, 0.93, .. 1.09.
LEVELS = xr.DataArray(np.linspace(0.91, 1.09, DRAWS), {"draw": range(DRAWS)}, "draw")


def people(level: xr.DataArray | float) -> xr.DataArray:
    """1,000 people of 60+ (200 in all beside) in each of two regions, doubling for 60+ by 2025."""
    stock = xr.DataArray(
        [[[1200.0, 2200.0], [1000.0, 2000.0]]] * 2,
        {"region": ["a", "b"], "age_group": ["all", "60plus"], "year": YEARS},
        ("region", "age_group", "year"),
    )
    return (stock * level).expand_dims(scenario=["recent"])


@pytest.fixture
def base() -> Evidence:
    inside = xr.DataArray(
        [[[[True, True], [False, False]]]],
        {"boundary": ["now"], "group": ["core"], "region": ["a", "b"], "year": YEARS},
        ("boundary", "group", "region", "year"),
    )
    care = pd.DataFrame(
        {
            "indicator": "need_total.s", "region": "all", "scenario": ["recent", "other"] * 2,
            "year": [2020, 2020, 2025, 2025], "value": [100.0, 100.0, 300.0, 500.0],
        }
    )  # fmt: skip
    return Evidence({"resident": people(1.0), "registered": people(1.0)}, inside, 2020, care=care)


@pytest.fixture
def draws(base: Evidence) -> Evidence:
    ratio = LEVELS * xr.DataArray(
        np.ones((1, 1, 2)),
        {"scenario": ["recent"], "region": ["all"], "year": YEARS},
        ("scenario", "region", "year"),
    )
    return replace(
        base, stocks={"resident": people(LEVELS)}, values={}, care_draws={"need_total.s": ratio}
    )


def row(base: Evidence, draws: Evidence | None, scenario: str = "recent", **what) -> pd.Series:  # type: ignore[no-untyped-def]
    target = Target("X", year=2025, **what)
    table = evaluate_all([target], base, boundaries=["now"], draws=draws)
    return table[(table["scenario"] == scenario)].iloc[0]


def test_sureness__a_count_of_old_people(base: Evidence, draws: Evidence) -> None:
    """4,000 f people of 60+ in all, in draws 3,640 to 4,360: seven of ten reach 3,850."""
    found = row(
        base, draws, indicator="population", group="a;b", at_least=3850.0, options={"age": "60plus"}
    )
    assert found["probability"] == pytest.approx(0.7)
    assert (found["lower"], found["upper"]) == pytest.approx((3712.0, 4288.0))
    assert found["surely"].startswith("70 of 100 draws reach it; median 4,000 persons")
    assert "100次随机推算中70次达到" in found["surely_zh"]


def test_sureness__a_need_against_the_register(base: Evidence, draws: Evidence) -> None:
    """20 beds for each 10,000 of 4,000 f are 8 f: a stock of 8.3 covers f up to 1.03."""
    held = replace(base, registers={"dementia_beds": 8.3})
    found = row(held, draws, indicator="dementia_beds_need", at_least=20.0)
    assert found["met"]
    assert found["probability"] == pytest.approx(0.7)
    bare = row(base, draws, indicator="dementia_beds_need", at_least=20.0)
    assert (bare["status"], bare["probability"]) == ("need_only", "")
    assert (bare["lower"], bare["upper"]) == pytest.approx((8 * 0.928, 8 * 1.072))
    assert bare["surely_zh"].startswith("随机推算中位数8.00张")


def test_sureness__beds_for_each_thousand_old_people(base: Evidence, draws: Evidence) -> None:
    """160 beds on 4,000 f are 40 / f: five of ten draws keep the norm of 40."""
    held, random = (
        replace(e, registers={"institution_beds": 160.0}) for e in (base, draws)
    )  # the register is no draw
    what = {"indicator": "register_per_people", "options": {"item": "institution_beds"}}
    found = row(held, random, at_least=40.0, definitions=("resident",), **what)
    assert found["value"] == pytest.approx(40.0)
    assert found["probability"] == pytest.approx(0.5)
    missing = row(base, draws, scenario="", at_least=40.0, definitions=("resident",), **what)
    assert (missing["status"], missing["register"]) == ("not_computable", "institution_beds")


def test_sureness__people_in_need(base: Evidence, draws: Evidence) -> None:
    """300 f in need, at most 310: seven of ten draws; another scenario has none and says so."""
    what = {"indicator": "care_count", "options": {"count": "need_total.s"}, "at_most": 310.0}
    assert row(base, draws, **what)["probability"] == pytest.approx(0.7)
    other = row(base, draws, scenario="other", **what)
    assert (other["value"], other["probability"]) == (500.0, "")
    assert other["surely"] == "No draws were made around this scenario."


def test_sureness__a_share_whose_parts_move_together_is_sure(
    base: Evidence, draws: Evidence
) -> None:
    found = row(base, draws, indicator="age_share", group="core", at_least=0.9)
    assert found["probability"] == 1.0
    assert found["lower"] == pytest.approx(found["upper"])


def test_sureness__words_where_there_are_no_draws(base: Evidence, draws: Evidence) -> None:
    share = {"indicator": "population_share", "group": "core", "at_least": 0.6}
    none = row(base, None, **share)
    assert none["probability"] == ""
    assert none["surely_zh"] == "本次运行没有随机推算，不给概率与区间。"
    registered = row(base, draws, definitions=("registered",), **share)
    assert registered["surely"] == "No draws are made of registered people: no probability."
