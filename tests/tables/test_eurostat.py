"""Files in the form of Eurostat's bulk download, written here."""

from __future__ import annotations

import gzip
import math

import numpy as np
import pytest

from popsim.errors import DataError
from popsim.tables.eurostat import read_eurostat

HEAD = "freq,unit,age,sex,geo\\TIME_PERIOD\t2023 \t2024 "


def lines(change=None):
    rows = {}
    for geo in ("FI", "FI1B"):
        for sex, k in (("F", 1), ("M", 2), ("T", 3)):
            for age, n in (("Y_LT5", 10), ("Y5-9", 20), ("Y_GE10", 30), ("TOTAL", 60)):
                rows[f"A,NR,{age},{sex},{geo}"] = f"{k * n} \t{k * n + 0} p"
    rows.update(change or {})
    return [HEAD, *(f"{key}\t{text}" for key, text in rows.items())]


def write(folder, rows):
    file = folder / "demo_pjan.tsv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def test_read_eurostat__flags_totals_and_ages(tmp_path) -> None:
    table = read_eurostat(write(tmp_path, lines()))
    assert table.dims == ("age", "sex", "region", "year")
    assert table["age"].values.tolist() == [0, 5, 10]
    assert table["age_width"].values.tolist() == [5, 5, math.inf]
    assert table.sel(region="FI1B", sex="male", year=2024).values.tolist() == [20, 40, 60]
    assert set(np.unique(table["flag"].sel(year=2024))) == {"p"}
    assert set(np.unique(table["flag"].sel(year=2023))) == {""}
    assert table.attrs["units"] == "person"


def test_read_eurostat__selection_and_gzip(tmp_path) -> None:
    file = tmp_path / "demo.tsv.gz"
    file.write_bytes(gzip.compress("\n".join(lines()).encode()))
    table = read_eurostat(file, select={"geo": "FI"})
    assert table["region"].values.tolist() == ["FI"]
    with pytest.raises(
        DataError, match="no such dim; got land; expected freq, unit, age, sex, geo"
    ):
        read_eurostat(file, select={"land": "FI"})


def test_read_eurostat__missing_by_choice(tmp_path) -> None:
    file = write(tmp_path, lines({"A,NR,Y5-9,M,FI": ": \t: c", "A,NR,TOTAL,M,FI": ":\t:"}))
    with pytest.raises(DataError, match=r"tsv:\d+ \(2023\): age=5, sex=male, region=FI, year=2023"):
        read_eurostat(file)
    table = read_eurostat(file, missing="nan")
    assert int(table.isnull().sum()) == 2
    assert table["flag"].sel(age=5, sex="male", region="FI", year=2024).item() == "c"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"A,NR,Y5-9,T,FI": "61 \t60 "}, r"\(2023\): parts do not add to the total; got 60"),
        ({"A,NR,Y5-9,M,FI": "-40 \t40 "}, r"\(2023\): negative value; got -40"),
        ({"A,NR,Y5-9,M,FI": "4x0 \t40 "}, "not a number; got '4x0 '"),
        ({"A,NR,UNK,M,FI": "7 \t0 "}, r"\(2023\): persons of unknown age; got 7"),
        ({"A,NR,Y_OPEN,M,FI": "7 \t0 "}, "not an age; got Y_OPEN. Remedy: Y_OPEN: give open_age="),
        ({"A,NR,Y5-9,M": "7 \t0 "}, "row of the wrong width"),
        ({"A,XX,Y5-9,M,FI": "7 \t0 "}, r"unit \['NR', 'XX'\]: choose one"),
    ],
)
def test_read_eurostat__refuses(tmp_path, change, message) -> None:
    with pytest.raises(DataError, match=message):
        read_eurostat(write(tmp_path, lines(change)))


def test_read_eurostat__refuses_tables(tmp_path) -> None:
    rows = [r for r in lines() if ",F," not in r and ",T," not in r]
    with pytest.raises(DataError, match="missing sex; got male; expected female"):
        read_eurostat(write(tmp_path, rows))
    gap = [r for r in lines() if "Y5-9" not in r and "TOTAL" not in r]
    with pytest.raises(DataError, match=r"ages do not join; got age 0 \(width 5\) then age 10"):
        read_eurostat(write(tmp_path, gap))
    with pytest.raises(DataError, match="no first column"):
        read_eurostat(write(tmp_path, ["geo\t2023", "FI\t4"]))
    with pytest.raises(DataError, match="not a year: '2023Q1'"):
        read_eurostat(write(tmp_path, [HEAD.replace("2023", "2023Q1")]))


def test_read_eurostat__open_age(tmp_path) -> None:
    rows = [r.replace("Y_GE10", "Y_OPEN") for r in lines()]
    assert read_eurostat(write(tmp_path, rows), open_age=10)["age"].values.tolist() == [0, 5, 10]
