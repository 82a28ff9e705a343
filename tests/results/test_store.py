"""netCDF and CSV read back as they were written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from popsim.errors import DataError
from popsim.results import COLUMNS, read_dataset, read_table, write_dataset, write_table
from popsim.results.store import fixed_text


def dataset() -> xr.Dataset:
    return xr.Dataset(
        {
            "population": (("region", "age"), np.array([[1.5, 2.25], [3.0, 1e-300]])),
            "in_group": (("region",), np.array([True, False])),
        },
        coords={
            "region": pd.Index(["0330402", "330411"]),
            "region_name": ("region", np.array(["南湖区", "秀洲区"], dtype=object)),
            "age": [0, 1],
            "age_width": ("age", [1.0, np.inf]),
            "scenario": "recent",
        },
        attrs={"title": "嘉兴", "note": None, "ok": True, "path": Path("a/b"), "list": ["甲", 1]},
    )


def test_write_dataset__reads_back_every_bit(tmp_path: Path) -> None:
    path = write_dataset(dataset(), tmp_path / "p.nc")
    back = read_dataset(path)
    xr.testing.assert_equal(back, fixed_text(dataset()))
    assert back["population"].dtype == np.float64
    assert back["in_group"].dtype == bool
    assert back["region"].dtype == np.dtype("<U7")
    assert back["region_name"].dtype == np.dtype("<U3")
    assert np.isinf(back["age_width"].to_numpy()[-1])
    assert back.attrs == {"title": "嘉兴", "ok": 1, "path": "a/b", "list": '["甲", 1]'}
    assert [p.name for p in tmp_path.iterdir()] == ["p.nc"]


def test_fixed_text__changes_nothing_in_its_input() -> None:
    given = dataset()
    before = given.copy(deep=True)
    fixed_text(given)
    assert given.identical(before)
    assert given["region_name"].dtype == object


def test_write_dataset__text_of_arrow(tmp_path: Path) -> None:
    """With pyarrow at hand pandas gives Arrow strings, which xarray cannot write."""
    pytest.importorskip("pyarrow")
    index = pd.Index(pd.array(["a", "bb"], dtype="string[pyarrow]"))
    given = xr.Dataset(coords={"region": index})
    back = read_dataset(write_dataset(given, tmp_path / "p.nc"))
    assert back["region"].to_numpy().tolist() == ["a", "bb"]


def test_write_dataset__refuses_missing_text(tmp_path: Path) -> None:
    given = dataset().assign_coords(
        region_name=("region", np.array(["南湖区", None], dtype=object)),
        other=("region", np.array(["x", np.nan], dtype=object)),
    )
    with pytest.raises(DataError, match=r"(?s)2 faults.*region_name: text is missing.*other"):
        write_dataset(given, tmp_path / "p.nc")
    assert list(tmp_path.iterdir()) == []


def test_read_dataset__refuses_what_is_no_netcdf(tmp_path: Path) -> None:
    path = tmp_path / "p.nc"
    path.write_bytes(b"half a file")
    with pytest.raises(DataError, match="cannot be read as netCDF"):
        read_dataset(path)
    with pytest.raises(DataError, match="cannot be read as netCDF"):
        read_dataset(tmp_path / "none.nc")


def targets() -> pd.DataFrame:
    row = dict.fromkeys(COLUMNS["targets"], "")
    first = row | {"target": "01", "year": 2025, "value": 0.1 + 0.2, "threshold": 0.6, "met": False}
    second = row | {"target": "02", "year": 2025, "value": 1.0, "threshold": 0.5, "met": True}
    third = row | {"target": "03", "year": 2025, "source": '规划, "十四五"'}
    return pd.DataFrame([second | {"first_year_met": 2021}, first, third])[
        ["value", "met", *[c for c in COLUMNS["targets"] if c not in ("value", "met")]]
    ]


def test_write_table__fixed_columns_come_first_and_read_back(tmp_path: Path) -> None:
    path = write_table(targets().assign(unit="share"), tmp_path / "targets.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    back = read_table(path)
    assert tuple(back.columns) == (*COLUMNS["targets"], "unit")
    assert back["target"].tolist() == ["02", "01", "03"]
    assert back["value"].tolist()[:2] == [1.0, 0.1 + 0.2]
    assert np.isnan(back["value"].iloc[2])
    assert back["met"].tolist()[:2] == [True, False]
    assert back["met"].isna().tolist() == [False, False, True]
    assert back["first_year_met"].tolist()[0] == 2021
    assert back["year"].dtype == np.int64
    assert back["source"].iloc[2] == '规划, "十四五"'


def test_read_table__a_range_as_threshold_stays_text(tmp_path: Path) -> None:
    frame = targets().assign(threshold=["2..3", 0.5, ""])
    back = read_table(write_table(frame, tmp_path / "targets.csv"))
    assert back["threshold"].tolist() == ["2..3", "0.5", ""]


def test_write_table__refuses_missing_columns(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"targets\.csv: columns missing; .*expected met, source"):
        write_table(targets().drop(columns=["met", "source"]), tmp_path / "targets.csv")


def test_read_table__refuses_text_for_a_number(tmp_path: Path) -> None:
    path = tmp_path / "care.csv"
    path.write_text("indicator,value\nbeds,many\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"care\.csv \(value\): not a number"):
        read_table(path)
