"""A case is read whole or refused whole, with every fault in its place."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.tables import (
    convert,
    membership_array,
    observed,
    parse_number,
    read_case,
    unit_of,
)

DECLARATION = """\
case: tiny
title: Two counties
labels:
  region: {table: regions, column: region, where: {kind: [county]}, coords: {region_name: name_zh}}
  sex: [female, male]
sources:
  book: {title: A yearbook, publisher: An office, date: 2021, grade: A}
  blog: {title: A page, publisher: Somebody, grade: E}
tables:
  regions:
    kind: frame
    file: regions.csv
    long_name: Places
    key: [region]
    columns:
      region: {}
      name_zh: {}
      kind: {words: [county, city]}
  population:
    kind: array
    file: population.csv
    long_name: Residents
    unit: 人
    dims: {region: region, sex: sex, age: {labels: [0, 1, 5], open: true}, year: [2020]}
    adds_to: [{over: [sex, age], table: total}]
  total:
    kind: array
    file: total.csv
    long_name: Residents in all
    unit: 人
    dims: {region: region, year: [2020]}
  pattern:
    kind: array
    file: pattern.csv
    long_name: Share of births by age
    unit: '%'
    dims: {age: {first: 20, last: 21}}
    adds_to: [{over: [age], value: 1, tolerance: 0.001}]
    normalise_over: [age]
  series:
    kind: frame
    file: series.csv
    long_name: Figures
    key: [region, indicator, year, source]
    columns:
      region: {refers_to: regions.region}
      indicator: {}
      year: {type: integer, minimum: 1949, maximum: 2100}
      value: {type: number, unit_column: unit, minimum: 0, signed_where: {indicator: [net]}}
      unit: {}
  boundaries:
    kind: membership
    array: in_group
    file: boundaries.csv
    long_name: Boundaries
    first_year: 2019
    last_year: 2022
    region: region
"""

FILES = {
    "regions.csv": """\
region,name_zh,kind,source
0110,甲县,county,book
0120,乙县,county,book
0100,甲市,city,book
""",
    "population.csv": """\
region,sex,age,year,value,source,note
0110,female,0,2020,10,book,
0110,female,1,2020,11,book,
0110,female,5,2020,12,book,
0110,male,0,2020,13,book,
0110,male,1,2020,14,book,
0110,male,5,2020,15,book,
0120,female,0,2020,20,book,
0120,female,1,2020,21,book,
0120,female,5,2020,22,book,
0120,male,0,2020,23,book,
0120,male,1,2020,24,book,
0120,male,5,2020,25,blog,"derived: 50 - 25"
""",
    "total.csv": """\
region,year,value,unit,source
0110,2020,0.0075,万人,book
0120,2020,135,人,book
""",
    "pattern.csv": """\
age,value,source
20,39.99,book
21,60.00,book
""",
    "series.csv": """\
region,indicator,year,value,unit,source
0100,residents,2020,0.0210,万人,book
0100,residents,2020,211,人,blog
0100,net,2020,-3,人,book
0110,urban_share,2020,71.3,%,book
""",
    "boundaries.csv": """\
boundary,group,region,from_year,to_year,basis,source
today,core,0110,2019,,administrative,book
wide,core,0110,2019,,what_if,book
wide,core,0120,2021,,what_if,book
""",
}

Edit = Callable[[str, str, str], Path]


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Write the case with one piece of one file replaced."""

    def write(file: str = "", old: str = "", new: str = "") -> Path:
        for name, text in {"sources.yaml": DECLARATION, **FILES}.items():
            if name == file:
                assert old in text
                text = text.replace(old, new, 1)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_convert__published_residents() -> None:
    # 2021年嘉兴市国民经济和社会发展统计公报: 541.10 ten-thousand residents at the end of 2020.
    assert convert("541.10", "万人") == 5_411_000
    assert convert("6355.28", "亿元") == 635_528_000_000
    assert convert("7.09", "‰") == 0.00709
    assert convert("1.13", "万人") == 11_300 != 1.13 * 1e4


@given(st.decimals(min_value=0, max_value=10**6, places=4))
@settings(max_examples=60, deadline=None)
def test_convert__nearest_double(number: Decimal) -> None:
    assert convert(str(number), "万人") == float(number * 10_000)


@pytest.mark.parametrize("text", ["1,024", "12 ", "nan", "１２", "0x1", "--3", "", "约5"])
def test_parse_number__refuses(text: str) -> None:
    with pytest.raises(DataError, match="not a number"):
        parse_number(text)


def test_unit_of__unknown() -> None:
    with pytest.raises(DataError, match="unknown unit; got 'dozen'"):
        unit_of("dozen")


def test_read_case__arrays(edit: Edit) -> None:
    case = read_case(edit())
    people = case.population
    assert people.dims == ("region", "sex", "age", "year")
    assert people.sel(region="0120", sex="male", age=5, year=2020) == 25
    assert people.coords["region_name"].to_numpy().tolist() == ["甲县", "乙县"]
    assert people.coords["age_width"].to_numpy().tolist() == [1, 4, np.inf]
    assert people.attrs["units"] == "person"
    assert people.attrs["source"] == "blog; book"
    assert people.attrs["source_grade"] == "E"
    assert people.attrs["sha256"] == case.sha256["population.csv"]
    assert len(case.sha256["sources.yaml"]) == 64
    assert case["total"].to_numpy().tolist() == [[75.0], [135.0]]
    assert case.pattern.sum() == pytest.approx(1, abs=1e-15)
    assert set(case) == {"population", "total", "pattern", "in_group"}
    assert "frames['series'] 4 rows" in repr(case)


def test_read_case__arrays_are_read_only(edit: Edit) -> None:
    with pytest.raises(ValueError, match="read-only"):
        read_case(edit()).population[0, 0, 0, 0] = 0


def test_read_case__row_order_is_free(edit: Edit) -> None:
    first = read_case(edit()).population
    header, *rows = FILES["population.csv"].splitlines()
    shuffled = "\n".join([header, *reversed(rows)])
    second = read_case(edit("population.csv", FILES["population.csv"], shuffled)).population
    xr.testing.assert_equal(first, second)


def test_read_case__frames(edit: Edit) -> None:
    series = read_case(edit()).frames["series"]
    assert series["region"].tolist() == ["0100", "0100", "0100", "0110"]
    assert series["value"].tolist() == [210, 211, -3, 0.713]
    assert series["unit"].tolist() == ["person", "person", "person", "1"]
    assert series["as_published"].tolist()[0] == "0.0210 万人"
    assert series["source_grade"].tolist() == ["A", "E", "A", "A"]


def test_read_case__register_without_rows(edit: Edit) -> None:
    rows = FILES["series.csv"].partition("\n")[2]
    series = read_case(edit("series.csv", rows, "")).frames["series"]
    assert len(series) == 0
    assert series["value"].dtype == np.float64
    assert {"as_published", "line", "source_grade"} <= set(series.columns)


def test_read_case__gb18030(edit: Edit) -> None:
    folder = edit()
    (folder / "regions.csv").write_bytes(FILES["regions.csv"].encode("gb18030"))
    assert read_case(folder).population.coords["region_name"].to_numpy().tolist() == [
        "甲县",
        "乙县",
    ]


def test_read_case__full_width_blanks_at_the_ends(edit: Edit) -> None:
    case = read_case(edit("regions.csv", "0110,甲县", "0110,　甲县 "))
    assert case.population.coords["region_name"].to_numpy().tolist() == ["甲县", "乙县"]


def test_read_case__second_declaration(edit: Edit) -> None:
    folder = edit()
    (folder / "sources_care.yaml").write_text(
        "tables:\n"
        "  beds:\n"
        "    {kind: array, file: beds.csv, unit: 张, long_name: Beds, dims: {region: region}}\n",
        encoding="utf-8",
    )
    (folder / "beds.csv").write_text("region,value,source\n0110,5,book\n0120,6,book\n")
    case = read_case(folder)
    assert case.beds.to_numpy().tolist() == [5, 6]
    assert "sources_care.yaml" in case.sha256
    (folder / "sources_care.yaml").write_text(
        "sources:\n  book: {title: Another, publisher: Else, grade: B}\n"
    )
    with pytest.raises(DataError, match=r"/sources_care.yaml:2:3 \(sources.book\): declared twice"):
        read_case(folder)


def test_read_case__case_unit(edit: Edit) -> None:
    units = "units:\n  打: {canonical: person, factor: '12'}\nsources:\n"
    folder = edit("sources.yaml", "sources:\n", units)
    text = FILES["total.csv"].replace("0.0075,万人", "6.25,打")
    (folder / "total.csv").write_text(text, encoding="utf-8")
    assert read_case(folder).total.to_numpy().tolist() == [[75.0], [135.0]]


FAULTS = [
    ("population.csv", "0110,male,1,2020,14", "0110,male,1,2020,",
     r"population.csv:6 \(column value\): missing cell"),
    ("population.csv", "0110,male,1,2020,14,book,\n", "",
     r"population.csv:5 \(after this line\): missing row; "
     r"expected region=0110, sex=male, age=1, year=2020"),
    ("population.csv", "0110,male,1,", "0110,male,0,", r"population.csv:6: duplicate row"),
    ("population.csv", "0120,female,0", "0129,female,0", r"population.csv:8 \(column region\): "
     r"unknown region; got 0129; expected 0110, 0120"),
    ("population.csv", "2020,21,book", "2020,-21,book",
     r"population.csv:9 \(column value\): negative count; got -21; expected 0 or more"),
    ("population.csv", "2020,21,book", "2020,nan,book", r"population.csv:9 .*not a number"),
    ("population.csv", "2020,21,book", "2020,21,boook",
     r"population.csv:9 \(column source\): unknown source; got boook"),
    ("population.csv", "2020,21,book", "2020,21,", r"population.csv:9 .*row without a source"),
    ("population.csv", "2020,21,book,", "2020,21,book", r"population.csv:9: row of the wrong wid"),
    ("population.csv", "2020,21,book", "2020,31,book",
     r"population.csv \(region=0120, year=2020\): does not add up over sex, age; got 145; "
     r"expected 135 \(table total\)"),
    ("population.csv", "sex,age", "sexx,age", r"population.csv:1: unknown column; got sexx"),
    ("total.csv", "万人", "万户", r"total.csv:2 .*unit of another kind; got 万户; expected person"),
    ("total.csv", "万人", "萬人", r"total.csv:2 .*unknown unit; got '萬人'"),
    ("pattern.csv", "39.99", "38.99", r"pattern.csv: does not add up over age; got 0.9899"),
    ("regions.csv", "甲市,city", "甲市,town", r"regions.csv:4 \(column kind\): unknown word"),
    ("series.csv", "0110,urban", "0111,urban", r"series.csv:5 \(column region\): unknown region"),
    ("series.csv", "2020,71.3", "2200,71.3", r"series.csv:5 \(column year\): year too large"),
    ("series.csv", "0.0210", "-1", r"series.csv:2 \(column value\): negative value"),
    ("series.csv", "211,人,blog", "211,人,book", r"series.csv:3: duplicate row"),
    ("boundaries.csv", "wide,core,0120", "wide,core,0121",
     r"boundaries.csv:4: unknown region in a boundary; got 0121"),
    ("boundaries.csv", "0120,2021,", "0120,2021,2023", r"boundaries.csv:4: year out of range"),
    ("boundaries.csv", "wide,core,0120", "wide,core,0110", r"boundaries.csv:4: region named twice"),
    ("boundaries.csv", "wide,core,0120", "wide,cores,0120",
     r"group without members; got boundary=today, group=cores"),
    ("sources.yaml", "kind: array", "knid: array",
     r"sources.yaml:19:3 \(tables.population\): no known `kind`"),
    ("sources.yaml", "publisher: An", "publishr: An",
     r"sources.yaml:7:29 \(sources.book.publishr\): unknown key; got publishr. "
     r"Remedy: did you mean 'publisher'"),
    ("sources.yaml", "grade: A}", "grade: Z}", r"sources.yaml:7:\d+ \(sources.book.grade\)"),
    ("sources.yaml", "file: total.csv", "file: totals.csv", r"totals.csv: missing file"),
    ("sources.yaml", "file: total.csv", "file: ../total.csv", r"file outside the case"),
    ("sources.yaml", "labels:\n", "labels:\n\t", r"sources.yaml:4:\d+: cannot be read as YAML"),
    ("sources.yaml", "case: tiny", "case: tiny\ncase: twice", r"sources.yaml:2:1: repeated key"),
    ("sources.yaml", "unit: 人", "unit: 头", r"unknown unit"),
    ("sources.yaml", "table: total}", "table: totals}", r"adds_to names an unknown table"),
    ("sources.yaml", "{region: region, sex", "{region: regoin, sex", r"unknown labels; got regoin"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), FAULTS)
def test_read_case__one_fault(edit: Edit, file: str, old: str, new: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_case(edit(file, old, new))


def test_read_case__all_faults_at_once(edit: Edit) -> None:
    folder = edit("population.csv", "0110,male,1,2020,14", "0110,male,1,2020,")
    for file, old, new in [
        ("series.csv", "71.3,%", "71.3,percents"),
        ("boundaries.csv", "wide,core,0120", "wide,core,0121"),
        ("total.csv", "135", "-135"),
    ]:
        (folder / file).write_text(FILES[file].replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_case(folder)
    assert all(p.where.startswith(folder.as_posix()) for p in caught.value.problems)
    places = sorted(Path(p.where.split()[0]).name for p in caught.value.problems)
    assert places == ["boundaries.csv:4", "population.csv:6", "series.csv:5", "total.csv:3"]


def test_read_case__many_missing_rows_are_counted(edit: Edit) -> None:
    folder = edit(
        "sources.yaml", "year: [2020]}\n    adds_to", "year: [2018, 2019, 2020]}\n    adds_to"
    )
    with pytest.raises(DataError, match=r"and 4 more missing rows, the last region=\S+, .*year="):
        read_case(folder)


def test_read_case__no_folder() -> None:
    with pytest.raises(DataError, match="no such case"):
        read_case("no/such/case")


def test_case__unknown_name(edit: Edit) -> None:
    case = read_case(edit())
    with pytest.raises(KeyError, match="use case"):
        case["series"]
    with pytest.raises(AttributeError, match="no array 'populace'"):
        _ = case.populace


def test_in_group__dated(edit: Edit) -> None:
    inside = read_case(edit()).in_group
    assert inside.dims == ("boundary", "group", "region", "year")
    assert inside.dtype == bool
    wide = inside.sel(boundary="wide", group="core", region="0120")
    assert wide.to_numpy().tolist() == [False, False, True, True]
    assert inside.sel(boundary="today", group="core", region="0110").all()


def test_membership_array__raises_alone() -> None:
    rows = pd.DataFrame(
        {
            "boundary": ["b"],
            "group": ["g"],
            "region": ["x"],
            "from_year": [2030],
            "to_year": [2020],
            "line": [2],
        }
    )
    regions = {"region": xr.DataArray(["x"], dims="region")}
    with pytest.raises(DataError, match="year out of range; got 2030-2020"):
        membership_array(rows, regions=regions, years=range(2020, 2031), file="b.csv")


def test_observed__best_grade(edit: Edit) -> None:
    series = read_case(edit()).frames["series"]
    assert observed(series, "residents", region="0100").to_dict() == {2020: 210.0}


def test_observed__refuses(edit: Edit) -> None:
    series = read_case(edit()).frames["series"]
    with pytest.raises(DataError, match="no such observation"):
        observed(series, "births", region="0100")
    two = pd.concat([series, series.assign(value=series["value"] + 1)])
    with pytest.raises(DataError, match=r"two values; got 210, 211"):
        observed(two, "residents", region="0100")
