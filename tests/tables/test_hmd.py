"""Files in the form of the Human Mortality and Fertility Databases, written here."""

from __future__ import annotations

import math

import numpy as np
import pytest

from popsim.errors import DataError
from popsim.tables.hmd import read_hfd, read_hmd

HEAD = "  Year          Age             Female            Male           Total"
ONE = ["2019 0 5.00 6.00 11.00", "2019 1 1.50 2.50 4.00", "2019 110+ 0.25 0.00 0.25"]


def write(folder, rows, title="Sweden, Population size (1-year)", head=HEAD):
    file = folder / "Population.txt"
    file.write_text("\n".join([f"{title}\tLast modified: 01 Jan 2024", "", head, *rows]) + "\n")
    return file


def test_read_hmd__5x1(tmp_path) -> None:
    ages = ["0", "1-4", *(f"{a}-{a + 4}" for a in range(5, 110, 5)), "110+"]
    rows = [f"{y} {a} {i}.00 {i + 1}.00 {2 * i + 1}.00" for y in (2019, 2020)
            for i, a in enumerate(ages)]  # fmt: skip
    table = read_hmd(write(tmp_path, rows))
    assert table.dims == ("sex", "age", "year")
    assert table.sizes == {"sex": 2, "age": 24, "year": 2}
    assert table["age_width"].values[[0, 1, 2, -1]].tolist() == [1, 4, 5, math.inf]
    assert table.sel(sex="male", age=110, year=2020).item() == 24
    assert table.attrs["units"] == "person"
    assert table.attrs["long_name"].startswith("Sweden, Population")


def test_read_hmd__units_from_the_title(tmp_path) -> None:
    rows = ["2019 0+ 5.00 6.00 11.00"]
    for title, unit in (
        ("Sweden, Deaths (period 1x1)", "death"),
        ("Sweden, Exposure to risk (period 1x1)", "person year"),
        ("Sweden, Death rates (period 1x1)", "person-1 year-1"),
    ):
        assert read_hmd(write(tmp_path, rows, title)).attrs["units"] == unit
    with pytest.raises(DataError, match="the title tells no unit"):
        read_hmd(write(tmp_path, rows, "Sweden, something"))
    assert read_hmd(write(tmp_path, rows, "Sweden, x"), units="person").attrs["units"] == "person"


def test_read_hmd__missing_by_choice(tmp_path) -> None:
    file = write(tmp_path, ["2019 0 . 6.00 .", "2019 1+ 1.50 2.50 4.00"])
    with pytest.raises(DataError, match=r"txt:4 \(Female\): sex=female, age=0, year=2019: missing"):
        read_hmd(file)
    table = read_hmd(file, missing="nan")
    assert np.isnan(table.sel(sex="female", age=0)).all()
    assert int(table.isnull().sum()) == 1


def test_read_hmd__territory(tmp_path) -> None:
    file = write(tmp_path, ["1990- 0+ 1.00 1.00 2.00", "1990+ 0+ 3.00 3.00 6.00"])
    with pytest.raises(DataError, match="change of territory; got 1990-"):
        read_hmd(file)
    assert read_hmd(file, territory="before").values.ravel().tolist() == [1, 1]
    assert read_hmd(file, territory="after").values.ravel().tolist() == [3, 3]


@pytest.mark.parametrize(
    ("rows", "head", "message"),
    [
        (["2019 0+ 5.00 6.00 12.00"], HEAD, r"txt:4: the sexes do not add to the total; got -1.00"),
        (["2019 0+ 5.00 -6.00 -1.00"], HEAD, r"txt:4 \(Male\): negative value; got -6"),
        (["2019 0 1 1 2", "2019 5+ 1 1 2"], HEAD, "ages do not join"),
        ([ONE[0], ONE[0]], HEAD, r"txt:5 \(Female\): repeated cell"),
        (["2019 0+ 5.00 6.00"], HEAD, "txt:4: row of the wrong width; got 4 words; expected 5"),
        (["2019 0+ 5,00 6.00 11.00"], HEAD, "not a number; got '5,00'"),
        (["2019-2020 0+ 1 1 2"], HEAD, "not a single year; got 2019-2020"),
        (["2019 all 1 1 2"], HEAD, "txt:4: not an age; got all"),
        (["2019 0+ 1"], "Year Age Female", "missing sex; got Year Age Female; expected Male"),
        ([], "Age Female", "no header line"),
        ([ONE[0], "2020 1+ 1 1 2"], HEAD, "sex=female, age=0, year=2020: missing value"),
    ],
)
def test_read_hmd__refuses(tmp_path, rows, head, message) -> None:
    with pytest.raises(DataError, match=message):
        read_hmd(write(tmp_path, rows, head=head))


def test_read_hfd__open_at_both_ends(tmp_path) -> None:
    rows = ["2020 12- 0.00001", "2020 13 0.001", "2020 14+ 0.01"]
    table = read_hfd(write(tmp_path, rows, head="Year Age ASFR"))
    assert table["age"].values.tolist() == [12, 13, 14]
    assert table.attrs["first_age"] == "12-"
    assert table["age_width"].values.tolist() == [1, 1, math.inf]
    with pytest.raises(DataError, match="no column 'CCF'"):
        read_hfd(write(tmp_path, rows, head="Year Age ASFR"), column="CCF")
