"""Tables in the form of Chinese censuses and yearbooks, written here."""

from __future__ import annotations

import math

import numpy as np
import pytest
import xlsxwriter

from popsim.errors import DataError
from popsim.tables.chinese import read_chinese_table

CODES = {"南湖区": "330402", "秀洲区": "330411"}


def workbook(folder, rows, merged=(), sheets=("表1",)):
    file = folder / "t0101.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                sheet.write_row(r, 0, row)
            for top, left, bottom, right, text in merged:
                sheet.merge_range(top, left, bottom, right, text)
    return file


YEARBOOK = [
    ["2-3 分县（市、区）年末常住人口"],
    ["", "", "", "", "", "", "单位：万人"],
    [""],
    ["", "合计", "男", "女", "合计", "男", "女"],
    ["合　　计", 3.31, 1.71, 1.6, 3.6, 1.85, 1.75],
    ["　南　湖　区", 1.2, 0.6, 0.6, 1.3, 0.65, 0.65],
    ["　秀　洲　区", 2.1, 1.1, 1.0, 2.3, 1.2, 1.1],
    ["注：2020 年为人口普查时点数。"],
    ["资料来源：市统计局。"],
]
MERGED = [
    (0, 0, 0, 6, "2-3 分县（市、区）年末常住人口"),
    (2, 0, 3, 0, "地　　区"),
    (2, 1, 2, 3, "2010年"),
    (2, 4, 2, 6, "2020年"),
]


def changed(row, column, value):
    return [
        [value if (r, c) == (row, column) else cell for c, cell in enumerate(cells)]
        for r, cells in enumerate(YEARBOOK)
    ]


def test_read_chinese_table__yearbook_with_merged_headers(tmp_path) -> None:
    table = read_chinese_table(workbook(tmp_path, YEARBOOK, MERGED))
    assert table.dims == ("region", "sex", "year")
    assert table["region"].values.tolist() == ["南湖区", "秀洲区"]
    assert table.sel(region="秀洲区", sex="male").values.tolist() == [11000, 12000]
    assert table.attrs["units"] == "person"
    assert "常住人口" in table.attrs["long_name"]
    assert table.attrs["source"] == "t0101.xlsx [表1]"
    coded = read_chinese_table(workbook(tmp_path, YEARBOOK, MERGED), codes=CODES)
    assert coded["region"].values.tolist() == ["330402", "330411"]
    assert coded["region_name"].values.tolist() == ["南湖区", "秀洲区"]


def test_read_chinese_table__census_ages_with_subtotals(tmp_path) -> None:
    ages = [("0-4岁", 5), *((str(a), 1) for a in range(5)), ("5-9岁", 4), ("10岁及以上", 8)]
    rows = [["表1-4 分年龄、性别的人口"], ["单位：人"]]
    rows += [["年 龄", "人口数", "", "", "性别比"], ["", "合计", "男", "女", "（女=100）"]]
    rows += [["总 计", 51, 34, 17, 200]]
    rows += [[word, 3 * n, 2 * n, n, 200] for word, n in ages]
    file = workbook(tmp_path, rows, [(2, 1, 2, 3, "人口数"), (2, 0, 3, 0, "年 龄")])
    table = read_chinese_table(file, measure="人口数")
    assert table.dims == ("sex", "age")
    assert table["age"].values.tolist() == [0, 1, 2, 3, 4, 5, 10]
    assert table["age_width"].values.tolist() == [1, 1, 1, 1, 1, 5, math.inf]
    assert table.sel(sex="male").values.tolist() == [2, 2, 2, 2, 2, 8, 16]
    with pytest.raises(DataError, match="several headings: 人口数; 性别比"):
        read_chinese_table(file)
    with pytest.raises(DataError, match="no heading '户数'"):
        read_chinese_table(file, measure="户数")
    rows[5][2] = 11
    rows[5][1] = 16
    with pytest.raises(DataError, match=r"B6: parts do not add to the total; got 15; expected 16"):
        read_chinese_table(workbook(tmp_path, rows, [(2, 1, 2, 3, "人口数")]), measure="人口数")


def test_read_chinese_table__ages_in_columns(tmp_path) -> None:
    text = "地区,合计,,0-14岁,,15岁及以上,\n,男,女,男,女,男,女\n"
    text = text.replace(
        "合计,,0-14岁,,15岁及以上,", "合计,合计,0-14岁,0-14岁,15岁及以上,15岁及以上"
    )
    text += "全市,7,9,3,4,4,5\n南湖区,3,4,1,2,2,2\n秀洲区,4,5,2,2,2,3\n"
    file = tmp_path / "t.csv"
    file.write_bytes(text.encode("gb18030"))
    table = read_chinese_table(file, unit="人", codes=CODES)
    assert table.dims == ("region", "sex", "age")
    assert table.sel(region="330411", sex="female").values.tolist() == [2, 3]


def test_read_chinese_table__years_down_the_side(tmp_path) -> None:
    file = tmp_path / "t.csv"
    file.write_text('年份,年末总人口（万人）\n2019,480.0\n2020,"1,540.09"\n', "utf-8-sig")
    table = read_chinese_table(file)
    assert table.dims == ("year",)
    assert table.values.tolist() == [4800000, 15400900]


def test_read_chinese_table__missing_by_choice(tmp_path) -> None:
    file = workbook(tmp_path, changed(5, 2, "—"), MERGED)
    with pytest.raises(DataError, match=r"C6: region=南湖区, sex=male, year=2010: missing value"):
        read_chinese_table(file)
    assert int(read_chinese_table(file, missing="nan").isnull().sum()) == 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (changed(4, 1, 3.5), r"t0101.xlsx \[表1\] B5: parts do not add to the total"),
        (changed(5, 2, -0.6), r"C6: negative value; got -6000"),
        (changed(5, 2, "约0.6"), "C6: not a number; got '约0.6'"),
        (changed(6, 0, "南湖区"), "C7: repeated cell"),
        (changed(1, 6, ""), "no unit. Remedy: give unit="),
        (changed(1, 6, "单位：打"), "unknown unit; got '打'"),
        ([YEARBOOK[0], ["没有数据"]], "no row with a label and a number"),
    ],
)
def test_read_chinese_table__refuses_cells(tmp_path, rows, message) -> None:
    with pytest.raises(DataError, match=message):
        read_chinese_table(workbook(tmp_path, rows, MERGED if len(rows) > 2 else ()))


def test_read_chinese_table__refuses_tables(tmp_path) -> None:
    no_women = [[c for i, c in enumerate(r) if i not in (3, 6)] for r in YEARBOOK]
    no_women[1] = ["单位：万人"]
    no_women[2] = ["地区", "2010年", "2010年", "2020年", "2020年"]
    no_women = [[c for i, c in enumerate(r) if i not in (1, 3)] for r in no_women]
    no_women[1] = ["单位：万人"]
    with pytest.raises(DataError, match="missing sex; got male; expected female"):
        read_chinese_table(workbook(tmp_path, no_women))
    gap = [["单位：人"], ["年龄", "男", "女"], ["0-4岁", 1, 2], ["10岁及以上", 1, 2]]
    with pytest.raises(DataError, match=r"ages do not join; got age 0 \(width 5\) then age 10"):
        read_chinese_table(workbook(tmp_path, gap))
    with pytest.raises(DataError, match="unknown region; got 秀洲区"):
        read_chinese_table(workbook(tmp_path, YEARBOOK, MERGED), codes={"南湖区": "330402"})
    two = workbook(tmp_path, YEARBOOK, MERGED, sheets=("表1", "表2"))
    with pytest.raises(DataError, match="several sheets; choose one with sheet=: 表1, 表2"):
        read_chinese_table(two)
    assert read_chinese_table(two, sheet="表2").sizes["region"] == 2
    with pytest.raises(DataError, match="no sheet '表3'"):
        read_chinese_table(two, sheet="表3")
    broken = tmp_path / "b.csv"
    broken.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(DataError, match="neither UTF-8 nor GB 18030"):
        read_chinese_table(broken)


def test_read_chinese_table__rates_are_not_added(tmp_path) -> None:
    rows = [["单位：‰"], ["地区", "2020年"], ["全市", 7.5], ["南湖区", 7.0], ["秀洲区", 8.1]]
    table = read_chinese_table(workbook(tmp_path, rows))
    np.testing.assert_allclose(table.sel(year=2020), [0.007, 0.0081])
