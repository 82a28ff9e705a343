"""Tidy CSV files, written here."""

from __future__ import annotations

import math

import numpy as np
import pytest

from popsim import tables
from popsim.errors import DataError
from popsim.tables.tidy import read_tidy

GOOD = """region,sex,age,year,value,unit,source
330402,女,0-4,2020,1.5,万人,Census
330402,女,5+,2020,2.5,万人,Census
330402,男,0-4,2020,1.6,万人,Census
330402,男,5+,2020,2.6,万人,Census
"""


def write(folder, text=GOOD, encoding="utf-8-sig"):
    file = folder / "pop.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_read_tidy__dims_units_and_source(tmp_path, encoding) -> None:
    table = read_tidy(write(tmp_path, encoding=encoding))
    assert table.dims == ("region", "sex", "age", "year")
    assert table["region"].values.tolist() == ["330402"]
    assert table.sel(sex="male").values.ravel().tolist() == [16000, 26000]
    assert table["age_width"].values.tolist() == [5, math.inf]
    assert table.attrs["units"] == "person"
    assert table.attrs["sources"] == "Census"


def test_read_tidy__choices(tmp_path) -> None:
    text = "year,rate,edge\n2020,0.5,a\n2021,,a\n"
    table = read_tidy(write(tmp_path, text), dims=["edge", "year"], value="rate", units="%",
                      missing="nan")  # fmt: skip
    assert table.dims == ("edge", "year")
    np.testing.assert_allclose(table.values, [[0.005, np.nan]])
    signed = "year,value\n2020,-3\n"
    assert read_tidy(write(tmp_path, signed), units="人", signed=True).item() == -3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("1.6", "-1.6"), "csv:4: negative value; got -16000"),
        (GOOD.replace("1.6", ""), "csv:4: region=330402, sex=male, age=0, year=2020: missing"),
        (GOOD.replace("1.6", "1,6"), "csv:4: row of the wrong width"),
        (GOOD.replace("1.6", "many"), "csv:4: not a number; got 'many'"),
        (GOOD.replace("男,5+", "男,0-4"), "csv:5: repeated cell; .* as at pop.csv:4"),
        (GOOD.replace("5+", "10+"), r"ages do not join; got age 0 \(width 5\) then age 10"),
        (GOOD.replace("男", "女"), "missing sex; got female; expected male"),
        (GOOD.replace("男,5+", "x,5+"), "csv:5: not a sex; got x"),
        (GOOD.replace("5+", "old"), "csv:3: not an age; got old"),
        (GOOD.replace("2020", "MMXX"), "csv:2: not a year; got MMXX"),
        (GOOD.replace("男,5+,2020,2.6,万人", "男,5+,2020,2.6,个"), "several units; got facility"),
        (GOOD.replace("万人", "打"), "csv:2: unknown unit; got '打'"),
        (GOOD.replace("unit", "label"), "csv:1: no unit"),
        (GOOD.replace("value", "number"), "csv:1: missing column; .* expected value"),
        (GOOD.replace("330402,女,0-4", ",女,0-4"), "csv:2: empty label; got region"),
    ],
)
def test_read_tidy__refuses(tmp_path, text, message) -> None:
    with pytest.raises(DataError, match=message):
        read_tidy(write(tmp_path, text))


def test_tables__every_public_name_is_there() -> None:
    assert {"read_wpp", "read_hmd", "read_chinese_table", "read_eurostat"} <= set(tables.__all__)
    for name in tables.__all__:
        assert getattr(tables, name) is not None
