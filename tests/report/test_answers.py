"""Answers of the page: every reading of a judged target, every target in its family."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from popsim.report.answers import answers, counted, families, needed, needs_told
from popsim.report.content import Names
from popsim.sheets import RunTables


def test_answers__a_row_for_each_boundary_and_the_scenarios_that_differ(run: RunTables) -> None:
    (answer,) = answers(run, Names(run))
    assert answer.target == "T01"
    assert answer.aim.pair == ("≥ 60.00%", "≥ 60.00 %")
    today, expanded = answer.rows
    assert today[0].en == "today's boundary"
    assert (today[1][0].css, expanded[1][0].css) == ("no", "yes")
    assert not today[2]
    assert expanded[2].zh.startswith("长期趋势：")  # the example's trend ends below 60 %
    assert answer.turns.en == "The answer turns on the boundary."


def test_answers__a_hairs_breadth_is_marked(run: RunTables) -> None:
    assert run.targets is not None
    rows = run.targets[run.targets["target"] == "T01"].assign(value=0.601, gap=0.001, met="True")
    (answer,) = answers(replace(run, targets=rows), Names(run))
    assert {cell.css for _, cells, _ in answer.rows for cell in cells} == {"close"}
    assert answer.turns.en == "Every reading comes to the same answer."


def test_answers__what_it_takes_where_the_aim_is_missed(run: RunTables) -> None:
    assert run.targets is not None
    rows = run.targets.assign(lever="a million more people", lever_zh="再增100万人")
    (answer,) = answers(replace(run, targets=rows), Names(run))
    where, lever = answer.levers[0]
    assert where.pair == ("现行边界 · 常住人口口径", "today's boundary · resident population")
    assert lever.pair == ("再增100万人", "a million more people")
    assert len(answer.levers) == 1  # the expanded boundary meets it


def test_needs_told__few_targets_have_cards_and_no_table(run: RunTables) -> None:
    assert [verdict.target for verdict in needs_told(run, Names(run))] == ["T32"]
    assert families(run, Names(run)) == []
    assert [count for _, count in counted(run)] == [1, 1]


def test_families__many_targets_stand_once_each(run: RunTables) -> None:
    assert run.targets is not None
    lacking = run.targets.iloc[:1].assign(
        value="", met="", status="not_computable", reason="needs: Care homes [homes]",
        reason_zh="需要：养老机构〔homes〕", family="eldercare_space",
    )  # fmt: skip
    many = [lacking.assign(target=f"T{n}") for n in range(19, 25)]
    table = pd.concat([run.targets, *many], ignore_index=True)
    table["family"] = table["family"].fillna("space")
    found = families(replace(run, targets=table), Names(run))
    assert [name.en for name, _ in found][1] == "Where care homes stand"
    assert [len(rows) for _, rows in found] == [2, 6]
    share, care = found[0][1][0], found[1][1][0]
    assert share["state"].en == "depends on the reading"
    assert " — " in share["value"].zh
    assert care["state"].zh == "无法由人口推算，需台账"
    assert care["needs"].pair == ("需台账：养老机构", "needs: Care homes")


def test_needed__register_without_its_key() -> None:
    row = pd.Series({"reason": "value is the need; whether it is met needs the register: beds [b]",
                     "reason_zh": "数值为需求量；是否达到还需台账：床位〔b〕"})  # fmt: skip
    assert needed(row).pair == ("需台账：床位", "needs: beds")
