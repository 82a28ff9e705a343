"""The files of `write_netcdf` against xarray's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from popsim.results.netcdf import write_netcdf


def dataset() -> xr.Dataset:
    """Dims with and without labels, text, truth values, gaps, a scalar, auxiliary coordinates."""
    return xr.Dataset(
        {
            "people": (("region", "year"), [[1.0, np.nan], [3.0, 4.0]], {"units": "person"}),
            "moves": (("edge", "year"), np.arange(6.0).reshape(3, 2)),
            "inside": (("region",), [True, False], {"long_name": "市本级"}),
            "base_year": 2020,
            "nobody": (("none",), np.zeros(0)),
        },
        {
            "region": ["330402", "330411"],
            "region_name": ("region", ["南湖区", "秀洲区"]),
            "year": [2020, 2021],
            "origin_region": ("edge", ["330402", "330402", "330411"]),
        },
        {"title": "嘉兴", "seed": 14},
    )


def test_write_netcdf__reads_back_as_from_xarray(tmp_path: Path) -> None:
    write_netcdf(dataset(), tmp_path / "ours.nc")
    dataset().to_netcdf(tmp_path / "theirs.nc", engine="h5netcdf", format="NETCDF4")
    with (
        xr.open_dataset(tmp_path / "ours.nc", engine="h5netcdf") as ours,
        xr.open_dataset(tmp_path / "theirs.nc", engine="h5netcdf") as theirs,
    ):
        xr.testing.assert_identical(ours.load(), theirs.load())
        assert [*ours.variables] == [*theirs.variables]
        assert dict(ours.sizes) == dict(theirs.sizes)
        for name in ours.variables:
            assert ours[name].dtype == theirs[name].dtype
