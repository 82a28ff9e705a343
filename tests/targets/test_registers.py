"""Targets that a register answers: stocks of the made-up counties a, b and c, and refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.errors import ConfigError
from popsim.run import make_plan
from popsim.targets import Evidence, Target, evaluate_all, required, with_levers

YEARS = [2020, 2021, 2022]
NAN = float("nan")


def evidence(**registers: list[list[float]]) -> Evidence:
    """100 people in each county; registers by county and year, a fourth row being of `all`."""
    people = xr.DataArray(
        np.full((3, 3), 100.0), {"region": list("abc"), "year": YEARS}, ("region", "year")
    ).expand_dims(age_group=["all", "60plus", "65plus"])
    member = np.zeros((1, 1, 3, 3), dtype=bool)
    inside = xr.DataArray(
        member,
        {"boundary": ["now"], "group": ["core"], "region": list("abc"), "year": YEARS},
        ("boundary", "group", "region", "year"),
    )
    regions = ["a", "b", "c", "all"]
    stocks = {
        name: xr.DataArray(
            np.array(rows, dtype=float),
            {"region": regions[: len(rows)], "year": YEARS},
            ("region", "year"),
        )
        for name, rows in registers.items()
    }
    words = {"homes": ("care homes", "养老机构")}
    return Evidence({"resident": people}, inside, 2020, registers=stocks, words=words)


def row(target: Target, held: Evidence) -> pd.Series:
    table = with_levers(evaluate_all([target], held, boundaries=["now"]), [target], held)
    assert len(table) == 1
    return table.iloc[0]


def stock(register: str, indicator: str = "register", **others) -> Target:  # type: ignore[no-untyped-def]
    return Target("T", indicator=indicator, year=2022, register=register, **others)


def test_register__last_count_is_held_and_summed() -> None:
    held = evidence(homes=[[1, NAN, NAN], [2, 3, NAN], [4, 4, 4]])
    found = row(stock("homes", at_least=9.0, unit="bed"), held)
    assert (found["value"], found["met"], found["gap"]) == (8.0, False, -1.0)
    assert (found["lever"], found["lever_zh"]) == ("beds lacking: 1", "还需增加1张")
    assert row(stock("homes", at_least=8.0), held)["met"]


def test_register__a_silent_county_is_not_zero() -> None:
    silent = row(stock("homes", at_least=1.0), evidence(homes=[[5, 5, 5], [NAN] * 3, [5, 5, 5]]))
    assert silent["status"] == "not_computable"
    assert silent["reason"] == "needs: care homes [homes]"
    assert silent["reason_zh"] == "需要：养老机构〔homes〕"
    whole = evidence(homes=[[5, 5, 5], [NAN] * 3, [5, 5, 5], [NAN, 20, NAN]])
    assert row(stock("homes", at_least=1.0), whole)["value"] == 20.0


def test_register__share_of_two() -> None:
    held = evidence(wards=[[1, 1, 1]] * 3, homes=[[2, 2, 2], [2, 2, 2], [2, 2, 4]])
    found = row(stock("wards / homes", at_least=0.5), held)
    assert found["value"] == pytest.approx(3 / 8)
    assert not found["met"]


def test_register__a_trend_needs_two_counts() -> None:
    once = row(stock("homes", comparison="trend_up"), evidence(homes=[[1, NAN, NAN]] * 3))
    assert (once["status"], once["met"], once["value"]) == ("proxy", "", 3.0)
    twice = row(stock("homes", comparison="trend_up"), evidence(homes=[[1, NAN, 2]] * 3))
    assert (twice["status"], twice["met"], twice["gap"]) == ("computed", True, 3.0)
    still = row(stock("homes", comparison="trend_up"), evidence(homes=[[1, NAN, 1]] * 3))
    assert not still["met"]


def test_register_change__since_the_base_year() -> None:
    held = evidence(homes=[[1, 2, 4], [0, 0, 5], [0, 0, 0]])
    assert row(stock("homes", "register_change", at_least=8.0), held)["value"] == 8.0
    late = evidence(homes=[[NAN, 2, 4], [0, 0, 5], [0, 0, 0]])
    assert row(stock("homes", "register_change", at_least=8.0), late)["status"] == "not_computable"


def test_register_each__the_farthest_county_and_who_misses() -> None:
    held = evidence(homes=[[2, 2, 2], [3, 3, 3], [5, 5, 5]])
    found = row(stock("homes", "register_each", between=(2.0, 3.0)), held)
    assert (found["value"], found["met"], found["note"]) == (5.0, False, "missed in c")
    some = row(stock("homes", "register_each", between=(2.0, 3.0), group="a; b"), held)
    assert some["met"]


def test_register__something_exists() -> None:
    there = row(stock("homes", comparison="exists"), evidence(homes=[[0, 0, 1]] * 3))
    assert there["met"]
    gone = row(stock("homes", comparison="exists"), evidence(homes=[[0, 0, 0]] * 3))
    assert not gone["met"]


def test_need__a_register_turns_the_need_into_a_gap() -> None:
    beds = Target("T", indicator="dementia_beds_need", year=2022, at_least=200.0)
    short = row(beds, evidence(dementia_beds=[[1, 1, 1]] * 3))
    # 200 for each 10,000 of 300 people are 6 beds, 3 are there.
    assert (short["stock"], short["gap"], short["met"]) == (3.0, -3.0, False)
    assert short["lever"] == "beds lacking: 3"


def test_evaluate_all__one_row_where_all_lack_the_same() -> None:
    land = Target("T", indicator="land_need", year=2022, group="core", comparison="report")
    table = evaluate_all([land], evidence(), boundaries=["now", "now"])
    assert table["status"].tolist() == ["not_computable"]


@pytest.fixture
def scenario_file(root: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Scenario file whose register holds the given lines."""

    def write(*lines: str) -> Path:
        (tmp_path / "beds.csv").write_text(
            "\n".join(["region,year,item,value,unit,source", *lines, ""]), encoding="utf-8"
        )
        file = tmp_path / "own.yaml"
        file.write_text(
            f"extends: {root / 'configs' / 'jiaxing_plan.yaml'}\nname: own\n"
            "care: {supply: beds.csv}\n",
            encoding="utf-8",
        )
        return file

    return write


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "999999,2022,institution_beds,10,bed,s",
            r"beds\.csv:2.*unknown county|unknown county.*:2",
        ),
        ("330402,2022,institution_beds,-1,bed,s", r"beds\.csv:2.*negative|negative.*beds\.csv:2"),
        ("330402,2022,institution_beds,10,,s", r"beds\.csv:2.*missing unit|missing unit.*:2"),
    ],
)
def test_make_plan__a_register_is_refused_with_its_line(
    scenario_file, line: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=rf"(?s){told}"):
        make_plan(scenario_file(line))


def test_make_plan__an_empty_register_is_read(scenario_file) -> None:  # type: ignore[no-untyped-def]
    plan = make_plan(scenario_file())
    assert len(plan.care["supply"]) == 0
    assert len(plan.targets) == 43
    assert any(line.startswith("water_cap: ") for line in plan.missing())


def test_required__net_migration_meets_the_share_exactly() -> None:
    """The amount put into the inputs brings the group to its share, to one part in a million."""
    ages = list(range(90))
    births = np.where((np.arange(90) >= 20) & (np.arange(90) < 40), 0.06, 0.0)
    shape = {"region": ["a", "b"], "sex": ["female", "male"], "age": ages}
    inputs = xr.Dataset(
        {
            "population": (tuple(shape), np.full((2, 2, 90), 1000.0)),
            "survival_ratio": (("sex", "age", "period"), np.full((2, 90, 2), 0.99)),
            "fertility_rate": (("age", "period"), np.stack([births] * 2, axis=1)),
            "sex_ratio_at_birth": (("period",), np.full(2, 1.05)),
            "net_migration": ((*shape, "period"), np.full((2, 2, 90, 2), 1.0)),
            "base_year": 2020,
        },
        {**shape, "period": [2021, 2022]},
    )
    member = np.zeros((1, 1, 2, 3), dtype=bool)
    member[:, :, 0] = True
    inside = xr.DataArray(
        member,
        {"boundary": ["now"], "group": ["core"], "region": ["a", "b"], "year": YEARS},
        ("boundary", "group", "region", "year"),
    )
    share = Target("T", indicator="population_share", group="core", year=2022, at_least=0.6)
    found = required(share, inputs, in_group=inside, boundary="now")
    from popsim.projection import project
    from popsim.targets.levers import LEVERS

    turned = LEVERS["net_migration"].apply(inputs, found.amount, ["a"])
    people = project(turned)["population"].sel(year=2022).sum(["sex", "age"])
    assert float(people.sel(region="a") / people.sum()) == pytest.approx(0.6, rel=1e-6)
    assert found.history == pytest.approx(180.0)
    assert found.plausible is False
