"""The register of capacity: what exists, by county and year, and the gap against what is needed.

The register is the planner's own CSV: `region, year, item, value, unit, source, note`. None is
shipped filled, because none was found. What it may hold is the table `care_supply_items`; the
region `all` is the whole city, for stocks that are not counted by county.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from popsim.errors import DataError, Problems
from popsim.tables.rows import read_rows
from popsim.tables.units import parse_number, unit_of

__all__ = ["SUPPLY_COLUMNS", "gaps", "read_supply", "supply_array", "supply_registers"]

ALL = "all"
SUPPLY_COLUMNS = ("region", "year", "item", "value", "unit", "source", "note")
NEEDED = SUPPLY_COLUMNS[:-1]
# parts that cannot exceed their whole: the definitions of care_supply_items
PARTS = {
    "nursing_beds": "institution_beds",
    "dementia_beds": "institution_beds",
    "senior_care_workers": "care_workers",
    "hospitals_with_geriatrics": "hospitals_level2",
    "primary_centres_with_hospice": "primary_centres",
    "towns_with_adjacent_centre": "towns",
}


def read_supply(path: str | Path, *, items: pd.DataFrame, regions: Collection[str]) -> pd.DataFrame:
    r"""Read a register of capacity, or refuse it with every fault and its line.

    Parameters
    ----------
    path
        CSV with the columns `region, year, item, value, unit, source` and perhaps `note`.
    items
        The table `care_supply_items`: columns `item, unit`.
    regions
        Region codes that may stand in the register, besides `all`.

    Returns
    -------
    pandas.DataFrame
        The rows with `year` and `value` as numbers in the unit of the item, and `line`. Empty for
        a file with a header alone.

    Raises
    ------
    DataError
        Unknown county, negative or unreadable number, missing or wrong unit, unknown item, missing
        source, duplicate, a part larger than its whole: each with file and line.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "beds.csv"
    >>> _ = file.write_text("region,year,item,value,unit,source\n330402,2022,beds,120,张,bureau\n")
    >>> items = pd.DataFrame({"item": ["beds"], "unit": ["bed"]})
    >>> read_supply(file, items=items, regions=["330402"])["value"].tolist()
    [120.0]
    """
    problems = Problems(DataError)
    rows = read_rows(Path(path), problems)
    problems.raise_if_any()
    assert rows is not None
    for column in NEEDED:
        if column not in rows.header:
            problems.add("missing column", where=f"{rows.name}:1", expected=column)
    for column in rows.header:
        if column not in SUPPLY_COLUMNS:
            expected = ", ".join(SUPPLY_COLUMNS)
            problems.add("unknown column", where=f"{rows.name}:1", got=column, expected=expected)
    problems.raise_if_any()
    units = dict(zip(items["item"], items["unit"], strict=True))
    seen: dict[tuple[str, str, str], int] = {}
    records = []
    for line, cells in rows.lines:
        where = f"{rows.name}:{line}"
        key = (cells["region"], cells["year"], cells["item"])
        if key in seen:
            problems.add("duplicate row", where=where, expected=f"once; first in line {seen[key]}")
        seen.setdefault(key, line)
        value = _row(cells, where, units, {*regions, ALL}, problems)
        records.append({**cells, "value": value, "line": line})
    frame = pd.DataFrame.from_records(records, columns=[*rows.header, "line"])
    if not problems:
        _check_parts(frame, rows.name, problems)
    problems.raise_if_any()
    frame = frame.astype({"year": np.int64, "value": np.float64, "line": np.int64})
    frame.attrs = {"file": rows.name, "sha256": rows.sha256}
    return frame.assign(unit=frame["item"].map(units))


def _row(
    cells: dict[str, str],
    where: str,
    units: dict[str, str],
    regions: set[str],
    problems: Problems,
) -> float:
    """Value of one row in the unit of its item; faults are recorded."""
    if cells["region"] not in regions:
        known = ", ".join(sorted(regions))
        problems.add("unknown county", where=where, got=cells["region"], expected=known)
    if not (cells["year"].isdigit() and 1949 <= int(cells["year"]) <= 2100):
        problems.add("not a year", where=where, got=repr(cells["year"]), expected="1949 to 2100")
    if not cells["source"]:
        problems.add("row without a source", where=where, remedy="say who counted this")
    item = cells["item"]
    if item not in units:
        near = difflib.get_close_matches(item, list(units), n=1)
        remedy = f"did you mean {near[0]!r}?" if near else "see care_supply_items.csv"
        problems.add("unknown item", where=where, got=item, remedy=remedy)
    value = float("nan")
    try:
        if not cells["value"]:
            problems.add("missing cell", where=f"{where} (column value)")
        elif not cells["unit"]:
            expected = units.get(item, "a unit")
            problems.add("missing unit", where=where, expected=expected, remedy="write bed or 张")
        else:
            canonical, factor = unit_of(cells["unit"])
            value = float(parse_number(cells["value"]) * factor)
            if canonical != units.get(item, canonical):
                problems.add(
                    "wrong unit",
                    where=where,
                    got=cells["unit"],
                    expected=f"a unit of {units[item]}",
                )
    except DataError as error:
        first = error.problems[0]
        problems.add(first.what, where=where, got=first.got, remedy=first.remedy)
    if value < 0:
        noun = f"negative {units.get(item, '')} count".replace("  ", " ")
        problems.add(noun, where=where, got=cells["value"], expected="0 or more")
    return value


def _check_parts(frame: pd.DataFrame, name: str, problems: Problems) -> None:
    """A part of a stock cannot be larger than the stock, nor the counties than the city."""
    by_key = frame.set_index(["region", "year", "item"])["value"].to_dict()
    for row in frame.to_dict("records"):
        whole = by_key.get((row["region"], row["year"], PARTS.get(row["item"], "")))
        if whole is not None and row["value"] > whole:
            problems.add(
                f"{row['item']} exceed {PARTS[row['item']]}",
                where=f"{name}:{row['line']}",
                got=f"{row['value']:g}",
                expected=f"{whole:g} or less",
            )
        if row["region"] != ALL:
            continue
        same = (frame["item"] == row["item"]) & (frame["year"] == row["year"])
        counties = float(frame.loc[same & (frame["region"] != ALL), "value"].sum())
        if counties > row["value"]:
            where, most = f"{name}:{row['line']}", f"{row['value']:g} or less"
            problems.add(f"counties exceed all: {row['item']}", where=where, got=f"{counties:g}",
                         expected=most)  # fmt: skip


def supply_array(supply: pd.DataFrame, item: str, *, regions: Collection[str]) -> xr.DataArray:
    """One item of the register by region and year; NaN where the register is silent.

    Parameters
    ----------
    supply
        As from `read_supply`.
    item
        E.g. ``"institution_beds"``.
    regions
        Region codes, in the order wanted.

    Returns
    -------
    xarray.DataArray
        (region, year), the item's unit; NaN means *not in the register*, never zero.

    Raises
    ------
    DataError
        Where the register has no row of the item.

    Examples
    --------
    >>> table = pd.DataFrame({"region": ["a"], "year": [2022], "item": ["beds"], "value": [5.0],
    ...                       "unit": ["bed"]})
    >>> supply_array(table, "beds", regions=["a", "b"]).values.tolist()
    [[5.0], [nan]]
    """
    rows = supply[supply["item"] == item]
    if rows.empty:
        raise DataError(
            f"the register holds no {item!r}; not computable without it. Remedy: add rows "
            "region,year,item,value,unit,source to care_supply.csv"
        )
    wide = rows.pivot_table(index="region", columns="year", values="value", aggfunc="first")
    years = sorted(int(y) for y in wide.columns)
    values = np.full((len(regions), len(years)), np.nan)
    for i, region in enumerate(regions):
        for j, year in enumerate(years):
            if region in wide.index:
                values[i, j] = wide.loc[region, year]
    return xr.DataArray(
        values,
        dims=("region", "year"),
        coords={"region": list(regions), "year": years},
        attrs={"units": str(rows["unit"].iloc[0]), "long_name": item},
    )


def gaps(
    needed: xr.DataArray, supply: pd.DataFrame, item: str, *, carry_forward: bool = True
) -> pd.DataFrame:
    """Need against stock by county and year.

    Parameters
    ----------
    needed
        ([scenario,] region, year), in the unit of the item, e.g. `beds_by_norm`.
    supply
        As from `read_supply`.
    item
        The stock to set against it.
    carry_forward
        Hold the last registered stock of a county in later years (stated in column `stock_year`);
        otherwise only the years in the register are answered.

    Returns
    -------
    pandas.DataFrame
        Columns `item, region, [scenario,] year, needed, stock, stock_year, gap, cover, unit`, where
        `gap` = needed - stock (above 0: short) and `cover` = stock / needed; rows of counties that
        the register does not know have no stock (NA), not zero.

    Raises
    ------
    DataError
        Where the register has no row of the item.

    Examples
    --------
    >>> need = xr.DataArray([[10.0, 12.0]], dims=("region", "year"),
    ...                     coords={"region": ["a"], "year": [2022, 2025]})
    >>> table = pd.DataFrame({"region": ["a"], "year": [2022], "item": ["beds"], "value": [8.0],
    ...                       "unit": ["bed"]})
    >>> gaps(need, table, "beds")[["year", "stock_year", "gap"]].values.tolist()
    [[2022, 2022, 2.0], [2025, 2022, 4.0]]
    """
    regions = [str(r) for r in needed["region"].to_numpy()]
    stock = supply_array(supply, item, regions=regions)
    frame = needed.rename("needed").to_dataframe().reset_index()
    keep = [c for c in ("scenario", "region", "year", "needed") if c in frame]
    frame = frame[keep]
    known: dict[str, dict[int, float]] = {}
    for region in regions:
        have = stock.sel(region=region).dropna("year")
        pairs = zip(have["year"].to_numpy(), have.to_numpy(), strict=True)
        known[region] = {int(y): float(v) for y, v in pairs}
    years = []
    for region, year in zip(frame["region"], frame["year"], strict=True):
        past = [y for y in known[region] if (y <= year if carry_forward else y == year)]
        years.append(max(past) if past else None)
    frame["stock_year"] = pd.Series(years, index=frame.index, dtype="Int64")
    held = [None if y is None else known[r][y] for r, y in zip(frame["region"], years, strict=True)]
    frame["stock"] = pd.Series(held, index=frame.index, dtype="Float64")
    frame["gap"] = frame["needed"] - frame["stock"]
    frame["cover"] = frame["stock"] / frame["needed"]
    frame.insert(0, "item", item)
    return frame.assign(unit=str(stock.attrs["units"]))


def supply_registers(
    supply: pd.DataFrame, *, regions: Collection[str], years: Collection[int]
) -> dict[str, xr.DataArray]:
    """Stocks that targets can be judged on: only those the register knows for the whole city.

    Parameters
    ----------
    supply
        As from `read_supply`.
    regions
        All counties.
    years
        Years wanted; the last registered stock is held in later ones.

    Returns
    -------
    dict of str to xarray.DataArray
        Item -> (year) where it is registered for `all`, else (region, year), over the years in
        which every county is known. An item with a silent county is left out, so that a target on
        it stays not computable instead of counting the county as zero.

    Examples
    --------
    >>> table = pd.DataFrame({"region": ["a", "b", "a"], "year": [2021, 2022, 2022],
    ...     "item": ["beds", "beds", "wards"], "value": [5.0, 7.0, 1.0], "unit": "bed"})
    >>> found = supply_registers(table, regions=["a", "b"], years=[2021, 2022, 2025])
    >>> list(found), found["beds"].sum("region").to_series().to_dict()
    (['beds'], {2022: 12.0, 2025: 12.0})
    """
    out: dict[str, xr.DataArray] = {}
    wanted = sorted(years)
    for item in dict.fromkeys(supply["item"]):
        rows = supply[supply["item"] == item]
        whole = bool((rows["region"] == ALL).any())
        stock = supply_array(supply, item, regions=[ALL] if whole else list(regions))
        every = sorted({*wanted, *(int(y) for y in stock["year"].to_numpy())})
        wide = pd.DataFrame(
            stock.to_numpy(), index=stock["region"].to_numpy(), columns=stock["year"].to_numpy()
        )
        wide = wide.reindex(columns=every).ffill(axis="columns")[wanted].dropna(axis="columns")
        held = xr.DataArray(
            wide.to_numpy(),
            {"region": list(wide.index), "year": list(wide.columns)},
            ("region", "year"),
            attrs=stock.attrs,
        )
        if held.sizes["year"]:
            out[item] = held.isel(region=0, drop=True) if whole else held
    return out
