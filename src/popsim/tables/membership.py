"""Boundaries as data: dated memberships of regions in groups -> ``in_group``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from popsim.errors import DataError, Problems
from popsim.tables.arrays import dim_coords
from popsim.tables.declaration import Column, Declaration, FrameTable, MembershipTable
from popsim.tables.frames import build_frame
from popsim.tables.rows import Rows

__all__ = ["build_membership", "membership_array"]

_COLUMNS = {
    "boundary": Column(),
    "group": Column(),
    "region": Column(),
    "from_year": Column(type="integer"),
    "to_year": Column(type="integer", optional=True),
    "basis": Column(),
}
_USED = ["boundary", "group", "region", "from_year", "to_year", "line"]


def build_membership(
    name: str,
    table: MembershipTable,
    rows: Rows,
    declaration: Declaration,
    frames: Mapping[str, pd.DataFrame],
    problems: Problems,
) -> tuple[pd.DataFrame, xr.DataArray | None]:
    """Frame and array of a membership table.

    Parameters
    ----------
    name, table
        The table and what is declared of it.
    rows
        Columns boundary, group, region, from_year, to_year (empty: no end), basis, source, note.
    declaration, frames
        Of the case.
    problems
        Receives unknown regions, years out of range, regions named twice, groups without members.

    Returns
    -------
    frame : pandas.DataFrame
        The rows; ``to_year`` filled with the last year where it is open.
    array : xarray.DataArray or None
        bool (boundary, group, region, year); None where there are faults.
    """
    before = len(problems.items)
    as_frame = FrameTable(
        kind="frame",
        file=table.file,
        long_name=table.long_name,
        key=["boundary", "group", "region", "from_year"],
        columns=_COLUMNS,
    )
    frame = build_frame(as_frame, rows, declaration, problems)
    if len(problems.items) > before or not len(frame):
        return frame, None
    frame["to_year"] = [
        table.last_year if pd.isna(year) else int(year) for year in frame["to_year"]
    ]
    try:
        regions = dim_coords("region", table.region, declaration, frames)
    except DataError as error:
        problems.add(str(error), where=declaration.places.get(f"tables.{name}", name))
        return frame, None
    array = membership_array(
        frame,
        regions=regions,
        years=range(table.first_year, table.last_year + 1),
        file=rows.name,
        problems=problems,
    )
    if array is not None:
        array.attrs |= {
            "long_name": table.long_name,
            "source": "; ".join(sorted({str(s) for s in frame["source"]})),
            "file": rows.name,
            "sha256": rows.sha256,
        }
        array.name = table.array
    return frame, array


def membership_array(
    frame: pd.DataFrame,
    *,
    regions: Mapping[str, xr.DataArray],
    years: range,
    file: str = "",
    problems: Problems | None = None,
) -> xr.DataArray | None:
    """Which region belongs to which group, under which boundary, in which year.

    Parameters
    ----------
    frame
        Columns boundary, group, region, from_year, to_year (both years included), line.
    regions
        Coordinates of dim ``region``.
    years
        All years of the array.
    file
        For messages.
    problems
        Receives the faults; without it they are raised.

    Returns
    -------
    xarray.DataArray or None
        bool (boundary, group, region, year); None where there are faults.

    Raises
    ------
    DataError
        Where `problems` is not given and there are faults.

    Examples
    --------
    >>> rows = pd.DataFrame({"boundary": ["wide"] * 2, "group": ["core"] * 2, "region": ["a", "b"],
    ...                      "from_year": [2000, 2002], "to_year": [2003, 2003], "line": [2, 3]})
    >>> both = {"region": xr.DataArray(["a", "b"], dims="region")}
    >>> membership_array(rows, regions=both, years=range(2000, 2004)).sel(
    ...     boundary="wide", group="core").astype(int).values.tolist()
    [[1, 1, 1, 1], [0, 0, 1, 1]]
    """
    faults = problems if problems is not None else Problems(DataError)
    before = len(faults.items)
    labels = [str(label) for label in regions["region"].to_numpy()]
    boundaries = list(dict.fromkeys(frame["boundary"]))
    groups = list(dict.fromkeys(frame["group"]))
    inside = np.zeros((len(boundaries), len(groups), len(labels), len(years)), dtype=np.bool_)
    rows = zip(*(frame[column] for column in _USED), strict=True)
    for boundary, group, region, first, last, line in rows:
        where = f"{file}:{line}"
        if region not in labels:
            known = ", ".join(labels) if len(labels) <= 12 else f"{labels[0]}, .., {labels[-1]}"
            faults.add(
                "unknown region in a boundary", where=where, got=region, expected=known,
                remedy="correct the code, or add the region to the table of regions",
            )  # fmt: skip
            continue
        if not years[0] <= first <= last <= years[-1]:
            expected = f"{years[0]} <= from_year <= to_year <= {years[-1]}"
            faults.add(
                "year out of range", where=where, got=f"{first}-{last}", expected=expected,
                remedy="correct the years, or widen first_year and last_year of the table",
            )  # fmt: skip
            continue
        place = boundaries.index(boundary), groups.index(group), labels.index(region)
        cells = inside[place]
        span = slice(first - years[0], last - years[0] + 1)
        if cells[span].any():
            got = f"{boundary}, {group}, {region}, {first}-{last}"
            faults.add(
                "region named twice in a boundary", where=where, got=got,
                remedy="take one row out, or let the first end before the second begins",
            )  # fmt: skip
        cells[span] = True
    if len(faults.items) == before:
        for b, g in np.argwhere(~inside.any(axis=(2, 3))):
            got = f"boundary={boundaries[b]}, group={groups[g]}"
            remedy = "name the members of every group under every boundary, or correct the spelling"
            faults.add("group without members", where=file, got=got, remedy=remedy)
    if problems is None:
        faults.raise_if_any()
    if len(faults.items) > before:
        return None
    coords = {
        "boundary": np.array(boundaries),
        "group": np.array(groups),
        **regions,
        "year": np.array(years),
    }
    return xr.DataArray(inside, coords=coords, dims=("boundary", "group", "region", "year"))
