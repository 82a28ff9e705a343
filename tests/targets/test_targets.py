"""Targets: thresholds, evaluation by boundary, and what it would take."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.errors import ConfigError
from popsim.targets import Evidence, Target, evaluate_all, required_people, targets_from_table
from popsim.targets.answers import with_levers
from popsim.targets.levers import LEVERS, required


def evidence(values: dict[str, list[float]], **others) -> Evidence:  # type: ignore[no-untyped-def]
    """Persons of one age group by region and year, with `core` = region a (now), a and b (wide)."""
    years = [2020, 2021, 2022]
    people = xr.DataArray(
        [values[r] for r in "abc"], {"region": list("abc"), "year": years}, ("region", "year")
    ).expand_dims(age_group=["all", "60plus", "65plus"])
    member = np.zeros((2, 1, 3, 3), dtype=bool)
    member[0, 0, 0] = member[1, 0, 0] = member[1, 0, 1] = True
    inside = xr.DataArray(
        member,
        {"boundary": ["now", "wide"], "group": ["core"], "region": list("abc"), "year": years},
        ("boundary", "group", "region", "year"),
    )
    return Evidence({"resident": people}, inside, 2020, **others)


PEOPLE = {"a": [30.0, 40.0, 50.0], "b": [30.0, 30.0, 30.0], "c": [40.0, 30.0, 20.0]}


def test_evaluate_all__one_row_per_boundary() -> None:
    share = Target("T", indicator="population_share", group="core", year=2022, at_least=0.6)
    table = evaluate_all([share], evidence(PEOPLE), boundaries=["now", "wide"])
    assert table["boundary"].tolist() == ["now", "wide"]
    assert table["value"].tolist() == pytest.approx([0.5, 0.8])
    assert table["met"].tolist() == [False, True]
    assert table["gap"].tolist() == pytest.approx([-0.1, 0.2])
    assert table["first_year_met"].tolist() == ["", "2020"]


@pytest.mark.parametrize(
    ("threshold", "met"),
    [
        ({"at_most": 0.5}, True),
        ({"at_least": 0.5}, True),
        ({"between": (0.4, 0.6)}, True),
        ({"between": (0.6, 0.7)}, False),
        ({"about": (0.52, 0.05)}, True),
        ({"about": (0.6, 0.05)}, False),
        ({"comparison": "trend_up"}, True),
        ({"comparison": "trend_down"}, False),
    ],
)
def test_evaluate_all__comparisons(threshold, met: bool) -> None:
    target = Target("T", indicator="population_share", group="core", year=2022, **threshold)
    table = evaluate_all([target], evidence(PEOPLE), boundaries=["now"])
    assert table["met"].tolist() == [met]


def test_evaluate_all__report_has_a_value_and_no_verdict() -> None:
    target = Target("T", indicator="population", group="core", year=2021, comparison="report")
    row = evaluate_all([target], evidence(PEOPLE), boundaries=["wide"]).iloc[0]
    assert row["value"] == 70.0
    assert row["met"] == ""


def test_evaluate_all__probability_is_the_share_of_draws() -> None:
    base = evidence(PEOPLE)
    level = xr.DataArray([0.9, 1.0, 1.6, 2.0], {"draw": range(4)}, "draw")
    inside = xr.DataArray([1.0, 0.0, 0.0], {"region": list("abc")}, "region")
    drawn = base.stocks["resident"] * (1 + inside * (level - 1))
    draws = Evidence({"resident": drawn}, base.in_group, 2020)
    share = Target("T", indicator="population_share", group="core", year=2022, at_least=0.6)
    row = evaluate_all([share], base, boundaries=["now"], draws=draws).iloc[0]
    # 50 f / (50 f + 50) >= 0.6 where f >= 1.5: two draws of four.
    assert row["probability"] == 0.5


def test_evaluate_all__need_says_which_register_is_missing() -> None:
    beds = Target("T32", indicator="dementia_beds_need", year=2022, at_least=20.0)
    row = evaluate_all([beds], evidence(PEOPLE), boundaries=["now"]).iloc[0]
    assert row["value"] == pytest.approx(100 * 20 / 10_000)
    assert row["status"] == "need_only"
    assert "dementia_beds" in row["reason"]
    held = evaluate_all(
        [beds], evidence(PEOPLE, registers={"dementia_beds": 0.5}), boundaries=["now"]
    ).iloc[0]
    assert held["met"]
    assert held["gap"] == pytest.approx(0.3)


def test_evaluate_all__faults_are_collected() -> None:
    targets = [
        Target("A", indicator="happiness", year=2022, at_least=1.0),
        Target("B", indicator="population", group="core", year=2050, at_least=1.0),
    ]
    with pytest.raises(ConfigError, match=r"(?s)2 faults.*happiness.*outside the projection"):
        evaluate_all(targets, evidence(PEOPLE), boundaries=["now"])


def test_target__two_thresholds() -> None:
    with pytest.raises(ConfigError, match="more than one threshold"):
        Target("T", indicator="population", year=2022, at_least=1.0, at_most=2.0)


def test_targets_from_table__reads_pairs_and_refuses_words() -> None:
    table = pd.DataFrame(
        {
            "id": ["A", "B"],
            "indicator": ["population", "population"],
            "year": ["2025", "2025"],
            "comparison": ["between", ">="],
            "threshold": ["2..3", "many"],
        }
    )
    with pytest.raises(ConfigError, match="targets:3: a target that cannot be read"):
        targets_from_table(table)
    assert targets_from_table(table.iloc[:1])["A"].threshold == (2.0, 3.0)


def test_required_people__plan_figures() -> None:
    # City proper 151.87 of 540.09 ten thousand in 2020: 172 moving inside, 430 from outside, 31 %
    # a year for five years (Jiaxing census 2020; arithmetic).
    need = required_people(151.87, 540.09, 0.60, start=151.87, years=5)
    assert need.moved_inside == pytest.approx(172.18, abs=0.01)
    assert need.from_outside == pytest.approx(430.46, abs=0.01)
    assert need.yearly_growth == pytest.approx(0.31, abs=0.005)


def test_levers__are_named() -> None:
    assert {"net_migration", "internal_migration", "fertility"} <= set(LEVERS)


def test_evaluate_all__no_probability_where_more_than_people_is_uncertain() -> None:
    """Output at a productivity that is held: draws of people alone would feign certainty."""
    from popsim.targets.measures import MEASURES

    assert MEASURES["gdp_share"].drawn == "people"
    assert MEASURES["population_share"].drawn == "all"


def test_required__a_linear_lever_is_found_in_three_projections() -> None:
    """People are linear in the lever: without it, with some of it, and its history tell all."""
    years = [2020, 2021, 2022]
    held = evidence(PEOPLE)
    inputs = xr.Dataset(
        {
            "population": (("region", "sex", "age"), np.array([[[30.0]], [[30.0]], [[40.0]]])),
            "net_migration": (("region", "sex", "age", "period"), np.full((3, 1, 1, 2), 1.0)),
        },
        {"region": list("abc"), "sex": ["female"], "age": [0], "period": years[1:]},
    )
    calls: list[xr.Dataset] = []

    def moves_only(given: xr.Dataset) -> xr.Dataset:
        """A projection in which nobody is born or dies."""
        calls.append(given)
        gained = given["net_migration"].cumsum("period").rename(period="year")
        later = given["population"] + gained
        first = given["population"].expand_dims(year=[2020])
        people = xr.concat([first, later], "year").transpose("region", "sex", "age", "year")
        return xr.Dataset({"population": people, "net_migration": given["net_migration"]})

    share = Target("T", indicator="population_share", group="core", year=2022, at_least=0.6)
    found = required(
        share, inputs, "net_migration", in_group=held.in_group, boundary="now", project=moves_only
    )
    # (32 + 2 m) / (106 + 2 m) = 0.6 at m = 39.5.
    assert found.amount == pytest.approx(39.5)
    assert len(calls) <= 3


def test_with_levers__stock_for_each_thousand_is_told_as_stock() -> None:
    """3 beds on 100 old people are 30 for each 1,000: two more make 50."""
    held = evidence(PEOPLE, registers={"institution_beds": 3.0})
    target = Target(
        "B", indicator="register_per_people", year=2022, at_least=50.0, unit="bed",
        options={"item": "institution_beds"},
    )  # fmt: skip
    table = with_levers(evaluate_all([target], held, boundaries=["now"]), [target], held)
    assert table["value"].tolist() == pytest.approx([30.0])
    assert table["lever"].tolist() == ["beds lacking: 2"]
