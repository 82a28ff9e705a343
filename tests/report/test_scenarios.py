"""A run of many scenarios stays readable, and none is called by its key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from popsim.report.answers import answers
from popsim.report.content import Names, verdicts
from popsim.report.figures import GREY, scenario_colours, share_key
from popsim.report.parts import county_rows
from popsim.sheets import RunTables, read_run_tables

OWN = "annex_jiashan"


@pytest.fixture(scope="module")
def run(run_folder: Path) -> RunTables:
    """The example with a scenario that draws a boundary of its own, and ten that change nothing."""
    given = read_run_tables(run_folder)
    assert given.indicators is not None
    assert given.targets is not None
    first = given.scenarios[0]

    def beside(table: pd.DataFrame) -> pd.DataFrame:
        rows = table[table["scenario"] == first]
        same = [rows.assign(scenario=f"same_{n}") for n in range(10)]
        today = rows[rows["boundary"] == "today"]
        return pd.concat([table, *same, rows.assign(scenario=OWN),
                          today.assign(scenario=OWN, boundary=OWN)])  # fmt: skip

    titled = {OWN: {"title": {"zh": "嘉善设区", "en": "Jiashan becomes a district"}}}
    return replace(
        given,
        indicators=beside(given.indicators),
        targets=beside(given.targets),
        config={**(given.config or {}), "scenarios": titled},
    )


def test_boundary_name__of_a_scenario_that_draws_one(run: RunTables) -> None:
    assert Names(run).boundary(OWN).pair == ("嘉善设区", "Jiashan becomes a district")
    assert Names(run).boundary("today").en == "today's boundary"


def test_answers__a_boundary_of_one_scenario_has_its_value(run: RunTables) -> None:
    (answer,) = answers(run, Names(run))
    row = next(row for row in answer.rows if row[0].en == "Jiashan becomes a district")
    assert row[1][0].value.zh == answer.rows[0][1][0].value.zh


def test_verdicts__many_scenarios_are_told_by_their_range(run: RunTables) -> None:
    others = verdicts(run, Names(run))[0].others
    assert "其他13个方案：" in others.zh
    assert "The other 13 scenarios: " in others.en
    assert "same_3" not in others.en


def test_share_key__scenarios_that_look_the_same_are_grey(run: RunTables) -> None:
    colours = scenario_colours(run)
    assert run.scenarios[0] in colours
    assert not any(name.startswith("same_") for name in colours)
    assert share_key(run, Names(run))[-1][0] == GREY
    assert len(set(colours.values())) == len(colours)


def test_county_rows__a_boundary_of_another_scenario_waits_hidden(run: RunTables) -> None:
    found = county_rows(run, Names(run))
    assert found is not None
    hidden = [row[0]["key"] for row in found.rows if row[0]["hidden"]]
    assert hidden == [f"city_proper|{OWN}"]


@pytest.mark.parametrize(("share", "said"), [(0.0, "under 1 %"), (1.0, "over 99 %"), (0.6, "60 %")])
def test_answers__draws_never_say_never_or_always(run: RunTables, share: float, said: str) -> None:
    assert run.targets is not None
    rows = run.targets.assign(probability=share)
    (answer,) = answers(replace(run, targets=rows), Names(run))
    assert f"(probability {said})" in answer.rows[0][1][0].value.en


def test_answers__every_reading_under_the_least_and_the_greatest(run: RunTables) -> None:
    (answer,) = answers(run, Names(run))
    head, rows = answer.beside
    assert [word.en for word in head] == ["least (scenario)", "greatest (scenario)"]
    name, (least, greatest) = rows[0]
    assert name.en == "today's boundary · resident population"
    assert float(least.value.en.partition(" ")[0]) <= float(greatest.value.en.partition(" ")[0])
    assert least.css == "no"


def test_answers__every_reading_under_each_of_a_few_scenarios(run_folder: Path) -> None:
    given = read_run_tables(run_folder)
    (answer,) = answers(given, Names(given))
    head, rows = answer.beside
    assert [word.zh for word in head] == [given.scenario_name(s, "zh") for s in given.scenarios]
    assert all(len(cells) == len(head) for _, cells in rows)
