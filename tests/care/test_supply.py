from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.care import beds_by_norm, gaps, read_supply, supply_array, supply_registers
from popsim.errors import DataError

REGIONS = ["330402", "330411"]
HEADER = "region,year,item,value,unit,source,note\n"


@pytest.fixture(scope="module")
def items(root: Path) -> pd.DataFrame:
    return pd.read_csv(root / "data" / "jiaxing" / "care_supply_items.csv")


def register(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "care_supply.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    return path


def test_read_supply__shipped_register_is_empty(root: Path, items: pd.DataFrame) -> None:
    """Nothing was found, so nothing is invented."""
    path = root / "data" / "jiaxing" / "care_supply.csv"
    assert read_supply(path, items=items, regions=REGIONS).empty


def test_read_supply__chinese_units(tmp_path: Path, items: pd.DataFrame) -> None:
    path = register(
        tmp_path,
        "330402,2022,institution_beds,0.52,万张,civil affairs bureau,\n"
        "330402,2022,consortia,6,家,civil affairs bureau,\n",
    )
    got = read_supply(path, items=items, regions=REGIONS)
    assert got["value"].tolist() == [5200.0, 6.0]
    assert got["unit"].tolist() == ["bed", "facility"]


def test_read_supply__every_fault_with_its_line(tmp_path: Path, items: pd.DataFrame) -> None:
    path = register(
        tmp_path,
        "330499,2022,institution_beds,100,张,b,\n"
        "330402,2022,institution_beds,-5,张,b,\n"
        "330411,2022,institution_beds,100,,b,\n"
        "330411,2022,dementia_bed,100,张,b,\n"
        "330411,22,dementia_beds,1e2x,张,,\n"
        "330411,2022,consortia,3,张,b,\n"
        "330411,2022,consortia,3,家,b,\n",
    )
    with pytest.raises(DataError) as caught:
        read_supply(path, items=items, regions=REGIONS)
    text = str(caught.value)
    for part in (
        "care_supply.csv:2: unknown county; got 330499; expected 330402, 330411, all",
        "care_supply.csv:3: negative bed count; got -5; expected 0 or more",
        "care_supply.csv:4: missing unit; expected bed",
        "care_supply.csv:5: unknown item; got dementia_bed. Remedy: did you mean 'dementia_beds'?",
        "care_supply.csv:6: not a year",
        "care_supply.csv:6: row without a source",
        "care_supply.csv:6: not a number",
        "care_supply.csv:7: wrong unit; got 张; expected a unit of facility",
        "care_supply.csv:8: duplicate row",
    ):
        assert part in text
    assert len(caught.value.problems) == 9


def test_read_supply__part_larger_than_whole(tmp_path: Path, items: pd.DataFrame) -> None:
    path = register(
        tmp_path,
        "330402,2022,institution_beds,100,张,b,\n330402,2022,nursing_beds,120,张,b,\n",
    )
    with pytest.raises(DataError, match=r"csv:3: nursing_beds exceed institution_beds; got 120"):
        read_supply(path, items=items, regions=REGIONS)


def test_gaps__change_with_the_register_and_never_invent_zero(
    tmp_path: Path, items: pd.DataFrame, projected: xr.DataArray
) -> None:
    need = beds_by_norm(projected.sel(scenario="recent", year=[2022, 2025]), per_1000=40)
    path = register(tmp_path, "330402,2022,institution_beds,9000,张,b,\n")
    got = gaps(need, read_supply(path, items=items, regions=REGIONS), "institution_beds")
    nanhu = got[got["region"] == "330402"].set_index("year")
    assert nanhu.loc[2022, "gap"] == pytest.approx(0.3 * 41702.48 * 1.02**2 - 9000)
    assert nanhu.loc[2025, "stock_year"] == 2022
    assert got[got["region"] == "330411"]["stock"].isna().all()
    more = register(tmp_path, "330402,2022,institution_beds,9500,张,b,\n")
    again = gaps(need, read_supply(more, items=items, regions=REGIONS), "institution_beds")
    change = again["gap"] - got["gap"]
    np.testing.assert_allclose(change.dropna().to_numpy(dtype=float), -500.0)


def test_gaps__no_row_of_the_item_is_said(tmp_path: Path, items: pd.DataFrame) -> None:
    empty = read_supply(register(tmp_path, ""), items=items, regions=REGIONS)
    with pytest.raises(DataError, match="holds no 'institution_beds'; not computable without it"):
        supply_array(empty, "institution_beds", regions=REGIONS)


def test_read_supply__counties_cannot_exceed_the_whole_city(
    tmp_path: Path, items: pd.DataFrame
) -> None:
    path = register(
        tmp_path,
        "330402,2022,home_care_beds,400,张,b,\n"
        "330411,2022,home_care_beds,200,张,b,\n"
        "all,2022,home_care_beds,500,张,b,\n",
    )
    with pytest.raises(DataError, match=r"csv:4: counties exceed all: home_care_beds; got 600"):
        read_supply(path, items=items, regions=REGIONS)


def test_supply_registers__silent_county_leaves_the_item_out(
    tmp_path: Path, items: pd.DataFrame
) -> None:
    path = register(
        tmp_path,
        "all,2024,home_care_beds,520,张,b,\n"
        "330402,2022,dementia_beds,100,张,b,\n"
        "330402,2022,hospice_wards,1,个,b,\n"
        "330411,2024,hospice_wards,2,个,b,\n",
    )
    supply = read_supply(path, items=items, regions=REGIONS)
    got = supply_registers(supply, regions=REGIONS, years=range(2020, 2036))
    assert set(got) == {"home_care_beds", "hospice_wards"}
    assert float(got["home_care_beds"].sel(year=2025)) == 520
    assert got["hospice_wards"]["year"].to_numpy()[0] == 2024
    assert got["hospice_wards"].sel(year=2030).to_numpy().tolist() == [1.0, 2.0]
