from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

from popsim.care import care_table
from popsim.errors import DataError

HEADER = "region,year,item,value,unit,source,note\n"
SHARES = {
    "mild": {"family": 1.0, "institution": 0.0},
    "moderate": {"family": 0.8, "institution": 0.2},
    "severe": {"family": 0.5, "institution": 0.5},
}


@pytest.fixture(scope="module")
def tables(root: Path, care_tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    items = pd.read_csv(root / "data" / "jiaxing" / "care_supply_items.csv")
    return {**care_tables, "care_supply_items": items}


def run(
    people: xr.DataArray, tables: dict[str, pd.DataFrame], folder: Path, text: str
) -> pd.DataFrame:
    path = folder / "beds.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    return care_table(
        people.sel(scenario=["recent"]), tables, scale="clhls_adl", years=[2020, 2025],
        degree_shares=SHARES, occupancy=0.6, supply=path,
    ).set_index(["indicator", "region", "year"])["value"]  # fmt: skip


def test_care_table__gap_changes_with_the_register(
    tmp_path: Path, tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    both = (
        "330402,2020,institution_beds,9000,张,civil affairs,\n"
        "330411,2020,institution_beds,2.1,万张,civil affairs,\n"
    )
    got = run(projected, tables, tmp_path, both)
    norm = got["beds_norm", "all", 2025]
    assert got["stock.institution_beds", "all", 2025] == 30000
    assert got["gap.beds_norm", "all", 2025] == pytest.approx(norm - 30000)
    need = got["beds_need.clhls_adl", "330402", 2020]
    assert got["gap.beds_need.clhls_adl", "330402", 2020] == pytest.approx(need - 9000)
    more = run(projected, tables, tmp_path, both.replace("9000", "9500"))
    assert more["gap.beds_norm", "all", 2025] == pytest.approx(norm - 30500)


def test_care_table__silent_county_has_no_stock_and_neither_has_the_city(
    tmp_path: Path, tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    got = run(projected, tables, tmp_path, "330402,2022,dementia_beds,300,张,bureau,\n")
    assert ("gap.dementia_beds_plan", "330402", 2025) in got.index
    # not yet counted in 2020, never counted in the other district
    for region, year in (("330402", 2020), ("330411", 2025), ("all", 2025)):
        assert ("gap.dementia_beds_plan", region, year) not in got.index


def test_care_table__bad_register_and_bad_shares(
    tmp_path: Path, tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    with pytest.raises(DataError, match=r"beds\.csv:2: negative bed count; got -1"):
        run(projected, tables, tmp_path, "330402,2022,institution_beds,-1,张,b,\n")
    with pytest.raises(DataError, match="every degree must name every setting"):
        care_table(
            projected, tables, scale="clhls_adl", degree_shares={"mild": {"a": 1.0}, "severe": {}},
            occupancy=0.5,
        )  # fmt: skip


def test_care_table__whole_city_stock_answers_the_city_alone(
    tmp_path: Path, tables: dict[str, pd.DataFrame], projected: xr.DataArray
) -> None:
    got = run(projected, tables, tmp_path, "all,2020,dementia_beds,500,张,bureau,\n")
    want = got["dementia_beds_plan", "all", 2025] - 500
    assert got["gap.dementia_beds_plan", "all", 2025] == pytest.approx(want)
    assert ("gap.dementia_beds_plan", "330402", 2025) not in got.index
