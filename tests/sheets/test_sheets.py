"""Planning tables: the figures of the run, in the units of the field, and nothing silent."""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import xlsxwriter
from python_calamine import CalamineWorkbook

from popsim.labels import LANGS, label
from popsim.sheets import (
    TABLES,
    RunTables,
    planning_tables,
    write_csv,
    write_workbook,
)
from popsim.sheets.paper import rows_shown, sheets_of, shown_first, told_shown
from popsim.sheets.people import components_table, distribution_table, population_table
from popsim.sheets.services import beds_table, economy_table
from popsim.sheets.verdicts import target_table
from popsim.sheets.workbook import _sheet, _styles


def test_population_table__census_total_in_wan(run: RunTables) -> None:
    # Census of 2020: 5,400,868 residents in the seven units.
    table = population_table(run, "zh")
    row = table[(table["地区"] == "全市") & (table["年份"] == 2020) & (table["方案"] == "近年趋势")]
    assert row["常住人口（万人）"].item() == 540.09


def test_distribution_table__gap_to_sixty_per_cent(run: RunTables) -> None:
    # 28.12 % (today) and 61.01 % (expanded) of the 2020 census, against 60 %.
    table = distribution_table(run, "en")
    year, boundary, scenario = (label(f"col.{k}", "en") for k in ("year", "boundary", "scenario"))
    base = table[(table[year] == 2020) & (table[scenario] == label("scenario.recent", "en"))]
    gap = base.set_index(boundary)[label("col.gap_to_threshold", "en")]
    assert gap[label("boundary.today", "en")] == pytest.approx(-31.88, abs=0.01)
    assert gap[label("boundary.expanded", "en")] == pytest.approx(1.03, abs=0.011)


def test_distribution_table__density_from_areas(run: RunTables) -> None:
    assert run.projection is not None
    area = ("region", np.full(7, 600.0))
    dense = replace(run, projection=run.projection.assign_coords(area_km2=area))
    table = distribution_table(dense, "zh")
    row = table[(table["地区"] == "南湖区") & (table["年份"] == 2020)].iloc[0]
    assert row["人口密度（人/平方公里）"] == round(839433 / 600)


def test_components_table__adds_up(run: RunTables) -> None:
    table = components_table(run, "zh")
    parts = table["自然增长（万人）"] + table["净迁移合计（万人）"]
    people = population_table(run, "zh")
    people = people[people["边界"] == ""]
    stock = people.set_index(["地区", "方案", "年份"])["常住人口（万人）"]
    for row, change in zip(table.itertuples(), parts, strict=True):
        first, last = (int(y) for y in row.时期.split("—"))
        grown = stock[row.地区, row.方案, last] - stock[row.地区, row.方案, first - 1]
        assert change == pytest.approx(grown, abs=0.035)  # four roundings to 0.01 and one of 0.005


def test_components_table__moves_between_counties() -> None:
    data = xr.Dataset(
        {
            "population": (("region", "year"), [[100.0, 90.0], [50.0, 60.0]]),
            "births": (("region", "period"), [[0.0], [0.0]]),
            "deaths": (("region", "period"), [[0.0], [0.0]]),
            "moves": (("edge", "period"), [[3e4], [1e4]]),
        },
        coords={
            "region": ["a", "b"],
            "year": [2020, 2025],
            "period": [2025],
            "origin_region": ("edge", ["a", "a"]),
            "destination_region": ("edge", ["b", "a"]),
        },
    )
    table = components_table(RunTables(projection=data, years=(2020, 2025)), "zh")
    table = table.set_index("地区")
    assert table["市内迁出（万人）"].to_dict() == {"a": 3.0, "b": 0.0, "全市": 3.0}
    assert table["市内净迁移（万人）"].to_dict() == {"a": -3.0, "b": 3.0, "全市": 0.0}


def test_target_table__shares_in_per_cent_and_words_for_truth(run: RunTables) -> None:
    table = target_table(run, "zh")
    row = table[table["边界"] == "现行边界"].iloc[0]
    assert (row["目标值"], row["单位"], row["是否达到"]) == ("≥ 60.00%", "%", "未达到")
    assert row["数值"] == pytest.approx(60.0 + row["差距"], abs=0.01)
    assert " — " in row["各方案范围"]  # one line a reading, the other scenarios as a range
    assert len(table) == 3


def test_target_table__reason_of_what_cannot_be_computed(run: RunTables) -> None:
    assert run.targets is not None
    row = run.targets.iloc[:1].assign(value=np.nan, met="", reason="needs: register of homes")
    table = target_table(replace(run, targets=row), "en")
    assert table["reason"].item() == "not computable: needs register of homes"


def test_beds_table__shortfall_against_a_register(run: RunTables) -> None:
    supply = pd.DataFrame({"region": ["330402"], "item": ["institution_beds"], "value": [5000.0]})
    table = beds_table(replace(run, extra={"care_supply": supply}), "zh")
    row = table[(table["地区"] == "南湖区") & table["项目"].str.contains("GB 50437")].iloc[0]
    assert row["缺口"] == pytest.approx(row["床位（张）"] - 5000, abs=0.5)


def test_economy_table__silent_never(run: RunTables) -> None:
    table = economy_table(run, "zh")
    assert table.iloc[0, 1] == "无法计算：缺少分县（市、区）地区生产总值与就业"


def test_economy_table__taken_from_its_model(run: RunTables) -> None:
    own = pd.DataFrame({"region": ["330402"], "year": [2021], "gdp": [729.91]})
    table = economy_table(replace(run, extra={"economy": own}), "zh")
    assert table.to_dict("list") == {
        "地区": ["南湖区"],
        "年份": [2021],
        "地区生产总值（亿元）": [729.91],
    }


@pytest.mark.parametrize("lang", LANGS)
def test_planning_tables__every_table_has_title_and_source(run: RunTables, lang: str) -> None:
    tables = planning_tables(run, lang)
    assert list(tables) == list(TABLES) == list(range(1, 15))
    for number, table in tables.items():
        assert len(table) > 0, number
        assert table.columns.is_unique, number
        assert table.attrs["title"] and table.attrs["source"], number


def test_planning_tables__of_an_empty_run_all_say_what_they_need() -> None:
    for number, table in planning_tables(RunTables(), "en").items():
        assert "not computable: needs" in str(table.iloc[0, 1]), number


def test_write_workbook__same_bytes_and_readable(run_folder: Path, tmp_path: Path) -> None:
    first = write_workbook(run_folder, tmp_path / "a.xlsx", "zh").read_bytes()
    second = write_workbook(run_folder, tmp_path / "b.xlsx", "zh").read_bytes()
    assert first == second
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert len(book.sheet_names) == 15
    rows = book.get_sheet_by_name("01 人口规模预测表").to_python()
    assert rows[2][:4] == ["地区", "边界", "方案", "年份"]
    assert rows[3][4] == pytest.approx(83.94)
    assert any(str(row[0]).startswith("来源：") for row in rows)


def test_write_csv__opens_in_excel_with_its_source(run_folder: Path, tmp_path: Path) -> None:
    files = write_csv(run_folder, tmp_path, "zh")
    assert len(files) == 14
    assert files[0].read_bytes().startswith(b"\xef\xbb\xbf")
    with files[0].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][0] == "地区"
    assert rows[-1][0].startswith("来源：")


def long_table() -> pd.DataFrame:
    """Two scenarios, three sexes, two scales (the second tells more degrees) and none."""
    rows = [
        ("近年趋势" if s == 0 else "无迁移", scale, level, sex, 2025)
        for s in (0, 1)
        for scale, levels in (("甲", ["失能合计"]), ("乙", ["轻度", "重度"]), ("", ["失智"]))
        for level in levels
        for sex in ("合计", "女", "男")
        for _ in range(4)
    ]
    return pd.DataFrame(rows, columns=["方案", "量表", "失能等级", "性别", "年份"])


def test_shown_first__first_scenario_both_sexes_main_scale(run: RunTables) -> None:
    table = long_table()
    shown = shown_first(table, run, "zh")
    assert shown == {
        "方案": run.scenario_name(run.scenarios[0], "zh"), "性别": "合计", "量表": "乙",
    }  # fmt: skip
    passes = rows_shown(table, shown)
    # Two degrees of the main scale and the rows of no scale, four times each.
    assert sum(passes) == 12
    assert set(table[passes]["量表"]) == {"乙", ""}
    told = told_shown(table, shown, "zh")
    assert "96行中的12行" in told
    assert "性别：合计" in told


def test_sheets_of__figures_and_sentences_apart_and_nothing_lost(run: RunTables) -> None:
    plain = target_table(run, "zh")
    assert sheets_of(13, plain, "zh")[0] is plain
    whole = plain.assign(**{"原因": ["需要：台账", *[""] * (len(plain) - 1)]})
    figures, words = sheets_of(13, whole, "zh")
    assert set(figures) | set(words) == set(whole)
    assert set(figures) & set(words) <= {"编号", "指标名称", "边界", "口径"}
    assert (len(figures), len(words)) == (len(whole), 1)
    silent = whole.drop(index=words.index)[list(words.columns.difference(figures.columns))]
    assert (silent.astype(str) == "").to_numpy().all()
    assert words.attrs["source"] == whole.attrs["source"]
    assert sheets_of(1, population_table(run), "zh")[0].equals(population_table(run))


def test_shown_first__short_tables_are_shown_whole(run: RunTables) -> None:
    table = long_table().head(40)
    assert shown_first(table, run, "zh") == {}
    assert all(rows_shown(table, {}))


def test_write_workbook__hides_what_the_filter_leaves_out(run: RunTables, tmp_path: Path) -> None:
    """Every row stays in the sheet; those of the filter are hidden, so that paper leaves them."""
    table = long_table()
    table.attrs.update(title="t", source="来源：x", notes=[])
    with xlsxwriter.Workbook(str(tmp_path / "t.xlsx")) as book:
        _sheet(book, _styles(book), 9, table, "zh", shown_first(table, run, "zh"))
    with zipfile.ZipFile(tmp_path / "t.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        names = parts.read("xl/workbook.xml").decode()
    assert sheet.count('hidden="1"') == len(table) - 12
    assert len(re.findall(r"<row ", sheet)) >= len(table)
    assert '<filter val="乙"/>' in sheet
    assert 'blank="1"' in sheet
    assert "$1:$3" in names  # title, filter and header on every page
    # Twelve rows of five narrow columns: one upright page of A4.
    assert 'paperSize="9"' in sheet
    assert "landscape" not in sheet
    assert "fitToPage" in sheet
