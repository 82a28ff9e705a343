"""GDP as published: by unit on one boundary basis, and the share of a set of counties.

GDP by unit of 2021 stands on the management boundary (管理口径), people on the administrative one.
Arrays carry `attrs["boundary_basis"]`, and two different bases are never combined: bring both to
areas where the two coincide with `merge_units` first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd
import xarray as xr

from popsim.errors import DataError

__all__ = [
    "gdp_by_unit",
    "gdp_share",
    "gdp_share_table",
    "merge_units",
    "same_basis",
    "zones_of",
]

BASIS = "boundary_basis"
MERGED = "merged"


def same_basis(*arrays: xr.DataArray) -> str:
    """The boundary basis that all arrays share.

    Parameters
    ----------
    *arrays
        Arrays with `attrs["boundary_basis"]`: administrative, management, whole_city or merged.

    Returns
    -------
    str
        The basis.

    Raises
    ------
    DataError
        Where one has none, or two differ.

    Examples
    --------
    >>> import xarray as xr
    >>> same_basis(xr.DataArray(1.0, attrs={"boundary_basis": "management"}))
    'management'
    """
    bases = [a.attrs.get(BASIS) for a in arrays]
    if None in bases or len(set(bases)) != 1:
        raise DataError(
            f"boundary bases are mixed or unknown: {bases}. GDP by unit of 2021 is on the "
            "management boundary, people on the administrative one. Remedy: bring both to areas "
            "in which they coincide with merge_units, or give data on one basis"
        )
    return str(bases[0])


def gdp_by_unit(gdp: pd.DataFrame, *, year: int, boundary_basis: str) -> xr.DataArray:
    """GDP of one year by unit, on one boundary basis.

    Parameters
    ----------
    gdp
        The case's table: columns `region, year, part, boundary_basis, value, unit`.
    year
        The year.
    boundary_basis
        ``management`` or ``administrative``: one of them, never both.

    Returns
    -------
    xarray.DataArray
        (region), in the unit of the table; units of the management boundary such as an economic
        zone are regions of their own.

    Raises
    ------
    DataError
        No row, more than one row a unit, or rows in several money units.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"region": ["a", "b"], "year": 2021, "part": "total",
    ...     "boundary_basis": ["management", "administrative"], "value": [7.0, 9.0],
    ...     "unit": "yuan"})
    >>> gdp_by_unit(table, year=2021, boundary_basis="management").to_series().to_dict()
    {'a': 7.0}
    """
    rows = gdp[(gdp["year"] == year) & (gdp["part"] == "total")]
    rows = rows[rows[BASIS] == boundary_basis]
    if rows.empty:
        have = sorted(set(gdp.loc[gdp["part"] == "total", BASIS] + " " + gdp["year"].astype(str)))
        raise DataError(f"no GDP of {year} on the {boundary_basis} boundary; there is {have}")
    if bool(rows["region"].duplicated().any()) or len(set(rows["unit"])) != 1:
        raise DataError(f"GDP of {year} ({boundary_basis}): two rows of a unit, or two money units")
    return xr.DataArray(
        rows["value"].to_numpy(dtype=float),
        coords={"region": rows["region"].astype(str).to_list()},
        dims="region",
        attrs={"units": str(rows["unit"].iloc[0]), "long_name": "GDP", BASIS: boundary_basis},
    )


def _inside(
    units: Sequence[str], members: Collection[str], zones: Mapping[str, Collection[str]]
) -> list[str]:
    """Units that belong to a set of counties: members, and zones that lie wholly in them."""
    return [u for u in units if u in members or (u in zones and set(zones[u]) <= set(members))]


def gdp_share(
    gdp: xr.DataArray,
    members: Collection[str],
    *,
    total: float,
    zones: Mapping[str, Collection[str]],
    with_zones: Collection[str] = (),
) -> float:
    """Share of a set of counties in the GDP of the city, on the basis of the GDP.

    Parameters
    ----------
    gdp
        (region), as from `gdp_by_unit`.
    members
        Counties of the boundary.
    total
        GDP of the city in the same unit, year and release (preliminary or final).
    zones
        The counties in which each zone lies, e.g. ``{"3304JK": ["330402", "330411"]}``: a zone
        counts where all of them are members.
    with_zones
        Zones to count besides, e.g. the Port Zone, whose people are inside Pinghu.

    Returns
    -------
    float
        Share.

    Raises
    ------
    DataError
        Unknown members or zones; a total smaller than the part.

    Examples
    --------
    >>> import xarray as xr
    >>> g = xr.DataArray([30.0, 50.0, 20.0], {"region": ["a", "b", "zone"]}, "region")
    >>> gdp_share(g, ["a"], total=100.0, zones={"zone": ["a"]})
    0.5
    """
    known = [str(r) for r in gdp["region"].to_numpy()]
    unknown = sorted((set(members) | set(with_zones)) - set(known))
    if unknown:
        raise DataError(f"no GDP of {unknown} on the {gdp.attrs.get(BASIS)} boundary")
    chosen = sorted(set(_inside(known, members, zones)) | set(with_zones))
    part = float(gdp.sel(region=chosen).sum())
    if not part <= total:
        raise DataError(f"the part ({part:g}) is larger than the total ({total:g}): units differ?")
    return part / total


def merge_units(
    values: xr.DataArray,
    areas: Mapping[str, Sequence[str]],
    zones: Mapping[str, Collection[str]],
) -> xr.DataArray:
    """Sum units to areas in which the management and the administrative boundary coincide.

    Parameters
    ----------
    values
        (..., region), counts or money on either basis.
    areas
        Counties of each area, e.g. both districts together; every county once.
    zones
        As in `gdp_share`: a zone must lie wholly in one area.

    Returns
    -------
    xarray.DataArray
        (..., region = area), `attrs["boundary_basis"]` = ``merged``.

    Raises
    ------
    DataError
        A unit in no area or in two; a zone cut by an area's border.

    Examples
    --------
    >>> import xarray as xr
    >>> g = xr.DataArray([30.0, 40.0, 20.0], {"region": ["a", "b", "zone"]}, "region",
    ...                  attrs={"boundary_basis": "management"})
    >>> merge_units(g, {"core": ["a", "b"]}, {"zone": ["a", "b"]}).values.tolist()
    [90.0]
    """
    units = [str(r) for r in values["region"].to_numpy()]
    found = {area: _inside(units, members, zones) for area, members in areas.items()}
    placed = [u for members in found.values() for u in members]
    wrong = sorted({u for u in placed if placed.count(u) > 1} | (set(units) - set(placed)))
    if wrong:
        raise DataError(f"units in no area, in two, or cut by a border: {wrong}")
    empty = [area for area, members in found.items() if not members]
    if empty:
        raise DataError(f"areas without any unit: {empty}")
    parts = [values.sel(region=m).sum("region", skipna=False) for m in found.values()]
    out = xr.concat(parts, dim=pd.Index(list(found), name="region"), join="exact")
    out = out.transpose(*values.dims)
    out.attrs = dict(values.attrs) | {BASIS: MERGED}
    return out


def zones_of(regions: pd.DataFrame) -> dict[str, list[str]]:
    """The counties in which each zone of the management boundary lies.

    Parameters
    ----------
    regions
        The case's table: columns `region, kind, lies_in` (codes parted by semicolons).

    Returns
    -------
    dict of str to list of str
        Zone -> counties.

    Examples
    --------
    >>> import pandas as pd
    >>> zones_of(pd.DataFrame({"region": ["zone", "a"], "kind": ["zone", "district"],
    ...                        "lies_in": ["a; b", ""]}))
    {'zone': ['a', 'b']}
    """
    rows = regions[regions["kind"] == "zone"]
    return {
        str(zone): [part.strip() for part in str(where).split(";") if part.strip()]
        for zone, where in zip(rows["region"], rows["lies_in"], strict=True)
    }


def gdp_share_table(
    gdp: xr.DataArray,
    in_group: xr.DataArray,
    *,
    group: str,
    year: int,
    total: float,
    zones: Mapping[str, Collection[str]],
) -> pd.DataFrame:
    """GDP share of a group on every boundary, without and with the zones that lie outside it.

    Parameters
    ----------
    gdp
        (region), as from `gdp_by_unit`.
    in_group
        (boundary, group, region, year), bool.
    group
        Name of the group, e.g. ``city_proper``.
    year
        Membership of this year.
    total
        GDP of the city in the unit and release of `gdp`.
    zones
        As from `zones_of`.

    Returns
    -------
    pandas.DataFrame
        `boundary, with_zones, share, members, boundary_basis`: one row without further zones, and
        one for each zone outside the boundary (the Port Zone switch). Boundaries that have no
        member are left out.

    Examples
    --------
    >>> import xarray as xr
    >>> g = xr.DataArray([30.0, 50.0, 20.0], {"region": ["a", "b", "port"]}, "region",
    ...                  attrs={"boundary_basis": "management"})
    >>> inside = xr.DataArray([[[[True], [False]]]], dims=("boundary", "group", "region", "year"),
    ...     coords={"boundary": ["today"], "group": ["core"], "region": ["a", "b"], "year": [2021]})
    >>> gdp_share_table(g, inside, group="core", year=2021, total=100.0,
    ...                 zones={"port": ["b"]})[["with_zones", "share"]].values.tolist()
    [['', 0.3], ['port', 0.5]]
    """
    records = []
    at = in_group.sel(group=group, year=year)
    for boundary in at["boundary"].to_numpy():
        flags = at.sel(boundary=boundary)
        members = [str(r) for r in flags["region"].to_numpy()[flags.to_numpy()]]
        outside = [z for z, where in zones.items() if not set(where) <= set(members)]
        for extra in ([], *([z] for z in outside if z in gdp["region"].to_numpy())):
            if members:
                share = gdp_share(gdp, members, total=total, zones=zones, with_zones=extra)
                records.append((str(boundary), "; ".join(extra), share, "; ".join(members)))
    out = pd.DataFrame.from_records(records, columns=["boundary", "with_zones", "share", "members"])
    return out.assign(boundary_basis=gdp.attrs.get(BASIS, ""))
