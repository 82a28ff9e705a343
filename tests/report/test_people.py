"""Sections beside the shares: the registered, growth of towns, sets of counties, the hindcast."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from popsim.report.content import Names
from popsim.report.people import (
    finder_rows,
    growth_chart,
    growth_rows,
    hindcast_rows,
    hindcast_verdict,
    hukou_charts,
    hukou_rows,
    of_residents,
    scale_rows,
    scale_sentence,
)
from popsim.sheets import RunTables


def with_status(run: RunTables) -> RunTables:
    """The run with Jiaxing's registered people of 2020, 367.38 ten-thousand, in every year."""
    assert run.indicators is not None
    people = run.indicators[
        (run.indicators["indicator"] == "population")
        & (run.indicators["group_or_region"] == "all")
        & (run.indicators["scenario"] == "recent")
    ]
    more = people.assign(indicator="registered_population", value=3_673_800.0)
    return replace(run, indicators=pd.concat([run.indicators, more], ignore_index=True))


def test_of_residents__registered_rows_do_not_pass_for_residents(run: RunTables) -> None:
    assert run.indicators is not None
    both = pd.concat(
        [run.indicators.assign(definition=d) for d in ("resident", "registered")],
        ignore_index=True,
    )
    kept = of_residents(replace(run, indicators=both)).indicators
    assert kept is not None
    assert len(kept) == len(run.indicators)
    assert set(kept["definition"]) == {"resident"}


def test_hukou_rows__residents_beside_the_registered(run: RunTables) -> None:
    assert hukou_rows(run) is None
    table = hukou_rows(with_status(run))
    assert table is not None
    year, residents, registered = table.rows[0][:3]
    # Census of 2020: 5,400,868 residents; 3,673,800 registered at the end of the year.
    assert (year, residents, registered) == ("2020", "540.09", "367.38")
    assert table.rows[0][3] == "–"
    assert len(hukou_charts(with_status(run))) == 2


def test_growth_rows__parts_add_to_the_whole(run: RunTables) -> None:
    growth = pd.DataFrame(
        {
            "scenario": "recent",
            "region": ["a", "b", "all"],
            "period": "2021",
            "natural": ["10000", "-30000", "-20000"],
            "migration": ["50000", "10000", "60000"],
            "reclassification": ["0", "20000", "20000"],
        }
    )
    table = growth_rows(growth, run)
    assert table is not None
    assert table.rows == [["2021", "-2.00", "6.00", "2.00", "6.00"]]
    chart = growth_chart(growth, run)
    assert chart is not None
    assert chart.count("<rect") == 6
    assert growth_rows(None, run) is None


def test_finder_rows__counties_by_name_and_what_meets(run: RunTables) -> None:
    # 2020 census: today's boundary 28.12 %, with Jiashan, Haiyan and Pinghu 61.01 %.
    table = pd.DataFrame(
        {
            "added": ["", "330421;330424;330482"],
            "population_share": ["0.2812", "0.6101"],
            "gdp_share": ["0.2672", "0.6319"],
            "meets_population": ["False", "True"],
            "meets_gdp": ["False", "True"],
            "smallest_for": ["", "both"],
        }
    )
    found = finder_rows(table, run, Names(run))
    assert found is not None
    assert [cell.en for cell in found.rows[0]] == ["today's boundary", "28.12", "26.72", ""]
    assert [cell.zh for cell in found.rows[1]] == [
        "嘉善县、海盐县、平湖市", "61.01 达到", "63.19 达到", "人口和经济同时",
    ]  # fmt: skip


def test_scale_sentence__most_over_least(run: RunTables) -> None:
    scales = pd.DataFrame(
        {
            "scale": ["wide", "narrow"],
            "title_zh": ["宽", "窄"],
            "title_en": ["wide", "narrow"],
            "covers_from_age": "60",
            "scenario": "recent",
            "year": "2025",
            "persons": ["120000", "20000"],
            "share_60plus": ["0.12", "0.02"],
            "times_least": ["6", "1"],
        }
    )
    told = scale_sentence(scales, run)
    assert told is not None
    assert "6.0 times" in told.en
    assert "宽为12.00万人" in told.zh
    table = scale_rows(scales, run)
    assert table is not None
    assert [row[-1] for row in table.rows] == ["6.0", "1.0"]


def test_hindcast_rows__a_row_a_method_and_the_verdict_in_words() -> None:
    # Jiaxing 2020: 5,400,868 counted; a study of 2011 foresaw 5,986,000.
    table = pd.DataFrame(
        [
            ["linear", "all", "population", "2020", "4501657", "5400868", "-16.65", "person", ""],
            ["study", "all", "population", "2020", "5986000", "5400868", "10.83", "person", ""],
            ["verdict", "", "zh", "2020", "", "", "", "", "不如"],
            ["verdict", "", "en", "2020", "", "", "", "", "no better"],
        ],
        columns=["method", "region", "measure", "year", "value", "observed", "error_percent",
                 "unit", "note"],
    )  # fmt: skip
    found = hindcast_rows(table)
    assert found is not None
    assert [row[1] for row in found.rows] == ["-16.6", "+10.8"]
    assert [row[2] for row in found.rows] == ["–", "–"]
    told = hindcast_verdict(table)
    assert told is not None
    assert told.pair == ("不如", "no better")
