"""Files in the form of World Population Prospects, written here."""

from __future__ import annotations

import math

import numpy as np
import pytest

from popsim.errors import DataError
from popsim.tables.wpp import read_wpp

HEAD = "SortOrder,LocID,Notes,ISO3_code,ISO2_code,SDMX_code,LocTypeID,LocTypeName,ParentID,"
HEAD += "Location,VarID,Variant,Time,MidPeriod,AgeGrp,AgeGrpStart,AgeGrpSpan,"
POP = "PopMale,PopFemale,PopTotal"


def row(age, span, values, *, year=2024, iso="CHN", loc=156, variant="Medium") -> str:
    name = {"CHN": "China", "JPN": '"Japan, with a comma"', "": "World"}[iso]
    return (
        f"1,{loc},,{iso},XX,{loc},4,Country/Area,906,{name},2,{variant},{year},{year}.5,"
        f"{age},{age},{span},{values}"
    )


def write(folder, rows, columns=POP):
    file = folder / "WPP2024_Population.csv"
    file.write_text("\n".join([HEAD + columns, *rows]) + "\n", encoding="utf-8-sig")
    return file


def test_read_wpp__population_in_persons(tmp_path) -> None:
    rows = [
        row(age, span, f"{m},{f},{m + f}", year=year, iso=iso, loc=loc)
        for iso, loc in (("CHN", 156), ("JPN", 392), ("", 900))
        for year in (2023, 2024)
        for age, span, m, f in ((0, 5, 1.5, 1.25), (5, 5, 2, 1), (10, -1, 7, 8))
    ]
    table = read_wpp(write(tmp_path, rows))
    assert table.dims == ("region", "sex", "age", "year")
    assert table["region"].values.tolist() == ["CHN", "JPN", "900"]
    assert table["region_name"].values.tolist() == ["China", "Japan, with a comma", "World"]
    assert table["sex"].values.tolist() == ["female", "male"]
    assert table.sel(region="CHN", sex="female", year=2024).values.tolist() == [1250, 1000, 8000]
    np.testing.assert_array_equal(table["age_width"], [5, 5, math.inf])
    assert table.attrs["units"] == "person"
    assert table.attrs["reference_date"] == "1 July"
    assert len(table.attrs["sha256"]) == 64
    for choice in ("JPN", "392", ["JPN"]):
        assert read_wpp(tmp_path / "WPP2024_Population.csv", location=choice).sizes["region"] == 1


def test_read_wpp__other_measures(tmp_path) -> None:
    births = write(tmp_path, [row(15, 5, "20.5"), row(20, 5, "40")], "ASFR")
    table = read_wpp(births, measure="ASFR")
    assert table.dims == ("region", "age", "year")
    np.testing.assert_allclose(table.values.ravel(), [0.0205, 0.04])
    assert table.attrs["units"] == "births person-1 year-1"
    lines = [row(0, 1, f"{s},0.01") for s in ("Male", "Female", "Total")]
    lines += [row(1, -1, f"{s},0.02") for s in ("Male", "Female", "Total")]
    table = read_wpp(write(tmp_path, lines, "Sex,mx"), measure="mx")
    assert table.sel(sex="male").values.ravel().tolist() == [0.01, 0.02]


def test_read_wpp__missing_by_choice(tmp_path) -> None:
    file = write(tmp_path, [row(0, 1, "1,2,3"), row(1, -1, ",2,")])
    with pytest.raises(DataError, match=r"csv:3 \(PopMale\): region=CHN, sex=male, age=1, year=20"):
        read_wpp(file)
    assert np.isnan(read_wpp(file, missing="nan").sel(age=1, sex="male")).all()


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        (["1,2,3.5"], POP, r"csv:2: the sexes do not add to the total; got -500 persons over"),
        (["-1,2,1"], POP, r"csv:2 \(PopMale\): negative value; got -1000"),
        (["1,x,3"], POP, r"csv:2 \(PopFemale\): not a number; got 'x'"),
        (["1,3"], "PopMale,PopTotal", "columns missing: PopFemale"),
        (["1"], POP, "csv:2: 18 cells; 20 expected"),
    ],
)
def test_read_wpp__refuses_cells(tmp_path, rows, columns, message) -> None:
    with pytest.raises(DataError, match=message):
        read_wpp(write(tmp_path, [row(0, -1, r) for r in rows], columns))


def test_read_wpp__refuses_tables(tmp_path) -> None:
    one, other = row(0, 5, "1,2,3"), row(10, -1, "1,2,3")
    with pytest.raises(DataError, match=r"ages do not join; got age 0 \(width 5\) then age 10"):
        read_wpp(write(tmp_path, [one, other]))
    with pytest.raises(DataError, match="repeated cell"):
        read_wpp(write(tmp_path, [one, one]))
    high = row(0, 5, "1,2,3", variant="High")
    with pytest.raises(DataError, match="several variants; got High, Medium"):
        read_wpp(write(tmp_path, [one, high]))
    file = write(tmp_path, [row(0, -1, "1,2,3"), row(0, -1, "2,2,4", variant="High")])
    assert read_wpp(file, variant="High").sel(sex="male").item() == 2000
    with pytest.raises(DataError, match="nothing found; got location"):
        read_wpp(file, location="USA")
    with pytest.raises(DataError, match="unknown measure 'wealth'"):
        read_wpp(file, measure="wealth")
    with pytest.raises(DataError, match="missing file"):
        read_wpp(tmp_path / "none.csv")
    with pytest.raises(DataError, match="missing sex; got male; expected female"):
        read_wpp(write(tmp_path, [row(0, -1, "Male,0.1")], "Sex,mx"), measure="mx")
