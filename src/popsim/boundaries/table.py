"""The finder on the published figures of a case, beside its named boundaries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from popsim.boundaries.finder import find_boundaries, set_shares
from popsim.errors import DataError, Problem
from popsim.tables import Case

__all__ = ["boundary_table", "measures_of"]

COLUMNS = [
    "set", "regions", "added", "population_share", "gdp_share", "meets_population", "meets_gdp",
    "smallest_for", "basis", "year", "gdp_year",
]  # fmt: skip


def measures_of(
    case: Case, *, population_year: int, gdp_year: int, whole: str
) -> tuple[dict[str, xr.DataArray], dict[str, float]]:
    """Residents and GDP by county, and the whole that each is a share of.

    Parameters
    ----------
    case
        Array `population` (region, sex, age, year); frame `gdp` (region, year, part,
        boundary_basis, value).
    population_year, gdp_year
        Years of the census and of the GDP.
    whole
        Code of the whole in `gdp`: its published total is what GDP shares are taken of.

    Returns
    -------
    dict of xr.DataArray
        ``population`` in persons and ``gdp`` in yuan (region), each with ``boundary_basis``. GDP
        has the zones of the management boundary as regions of their own.
    dict of float
        The published whole of ``gdp``; of several (preliminary, final) the one nearest to the sum
        of the parts.

    Raises
    ------
    DataError
        Where the GDP of a county is not published for the year.
    """
    people = case["population"].sel(year=population_year, drop=True).sum(["sex", "age"])
    people = people.astype(float).assign_attrs(
        units="person", boundary_basis=f"residents {population_year}, administrative boundary"
    )
    table = case.frames["gdp"]
    rows = table[(table["year"] == gdp_year) & (table["part"] == "total")]
    parts = rows[rows["boundary_basis"] == "management"].set_index("region")["value"]
    total = rows[(rows["boundary_basis"] == "whole_city") & (rows["region"] == whole)]["value"]
    missing = [r for r in map(str, people["region"].to_numpy()) if r not in parts.index]
    if missing or total.empty:
        raise DataError(
            Problem(
                "no GDP of every county on one boundary",
                f"gdp, {gdp_year}",
                f"missing: {', '.join(missing) or whole}",
                "all counties on the management boundary, and the whole",
                "choose another year",
            )
        )
    gdp = xr.DataArray(
        parts.to_numpy(dtype=float),
        {"region": parts.index.to_numpy(dtype=str)},
        ("region",),
        attrs={"units": "yuan", "boundary_basis": f"GDP {gdp_year}, management boundary"},
    )
    # A year is published more than once (preliminary, final): the whole the parts were cut from.
    whole_of = total.to_numpy(dtype=float)
    nearest = whole_of[np.argmin(np.abs(whole_of - float(gdp.sum())))]
    return {"population": people, "gdp": gdp}, {"gdp": float(nearest)}


def boundary_table(
    case: Case,
    *,
    threshold: float = 0.60,
    population_year: int,
    gdp_year: int | None = None,
    whole: str,
    group: str = "city_proper",
    boundary: str = "today",
    as_of: int | None = None,
    leave_out: Sequence[str] = (),
) -> pd.DataFrame:
    """Named boundaries and the smallest sets of counties that reach a share, with their shares.

    Parameters
    ----------
    case
        As in `measures_of`, with `in_group` and the frame `regions` (column `lies_in`).
    threshold
        Share to reach by residents, by GDP, and by both.
    population_year, gdp_year, whole
        As in `measures_of`; the latest year with the GDP of every county by default.
    group, boundary
        The group on its present boundary: its regions are in every set.
    as_of
        Year at which dated boundaries are read; the last of the table by default.
    leave_out
        Regions never added.

    Returns
    -------
    pd.DataFrame
        `set` (name of the case's boundary, or `boundary` and what is added), `regions`, `added`,
        `population_share`, `gdp_share`, `meets_population`, `meets_gdp`, `smallest_for` (of
        ``population``, ``gdp``, ``both``: no region can be left out), `basis`, `year` (of the
        residents), `gdp_year`.

    Notes
    -----
    Residents are counted on administrative boundaries, GDP on the management boundary
    (管理口径), where zones stand apart. A zone is counted inside when all the counties on whose
    land it lies are inside. The two shares are set side by side, never combined into one.
    """
    if gdp_year is None:
        gdp_year = _latest(case)
    values, relative_to = measures_of(
        case, population_year=population_year, gdp_year=gdp_year, whole=whole
    )
    zones = _zones(case, values)
    named = _named(case, group, as_of)
    core = named[boundary]
    free = [r for r in map(str, values["population"]["region"].to_numpy()) if r not in core]
    sets = {tuple(members): name for name, members in reversed(named.items())}
    smallest: dict[tuple[str, ...], list[str]] = {}
    for goal in ("population", "gdp", "both"):
        used = values if goal == "both" else {goal: values[goal]}
        whole_of = {n: v for n, v in relative_to.items() if n in used}
        for regions in find_boundaries(
            used,
            threshold,
            must_include=core,
            may_include=[r for r in free if r not in leave_out],
            relative_to=whole_of,
            lies_in=zones if "gdp" in used else None,
        )["regions"]:
            members = tuple(sorted(regions.split(";")))
            smallest.setdefault(members, []).append(goal)
            added = [r for r in members if r not in core]
            sets.setdefault(members, "+".join([boundary, *added]))
    order = sorted(sets, key=lambda m: (len(m), m))
    table = set_shares(values, {sets[m]: m for m in order}, relative_to=relative_to, lies_in=zones)
    return table.assign(
        added=[";".join(r for r in m if r not in core) for m in order],
        meets_population=table["population_share"] >= threshold,
        meets_gdp=table["gdp_share"] >= threshold,
        smallest_for=[";".join(smallest.get(m, [])) for m in order],
        year=population_year,
        gdp_year=gdp_year,
    )[COLUMNS]


def _latest(case: Case) -> int:
    """Latest year with the GDP of every county on the management boundary."""
    counties = set(map(str, case["population"]["region"].to_numpy()))
    table = case.frames["gdp"]
    rows = table[(table["part"] == "total") & (table["boundary_basis"] == "management")]
    complete = [int(y) for y, part in rows.groupby("year") if counties <= set(part["region"])]
    if not complete:
        raise DataError(
            Problem("no year has the GDP of every county", "gdp", "", "all on one boundary")
        )
    return max(complete)


def _zones(case: Case, values: dict[str, xr.DataArray]) -> dict[str, tuple[str, ...]]:
    """Zones of the GDP table -> the counties on whose territory they lie."""
    places = case.frames["regions"].set_index("region")["lies_in"]
    counties = set(map(str, values["population"]["region"].to_numpy()))
    return {
        str(r): tuple(part.strip() for part in str(places[r]).split(";"))
        for r in values["gdp"]["region"].to_numpy()
        if str(r) not in counties
    }


def _named(case: Case, group: str, as_of: int | None) -> dict[str, list[str]]:
    """Members of the group by boundary in one year."""
    in_group = case["in_group"]
    year = int(in_group["year"].max()) if as_of is None else as_of
    members = in_group.sel(group=group, year=year)
    return {
        str(b): sorted(map(str, members["region"].to_numpy()[members.sel(boundary=b).to_numpy()]))
        for b in members["boundary"].to_numpy()
    }
