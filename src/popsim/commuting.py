"""Functional areas across a border: where people live, where they work, where care is needed.

Commuting vectors are the planner's data. Residents and their need of care count where they live;
workers count twice over, once by residence and once by workplace, never added. Commuting implies
no migration.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd
import xarray as xr

from popsim.errors import DataError, Problem, Problems

__all__ = ["commuting_zone", "functional_area", "functional_area_totals"]

COLUMNS = ("origin", "destination", "year", "workers", "source")


def _flows(
    commuting: pd.DataFrame, year: int, areas: Collection[str], outside: Collection[str]
) -> pd.DataFrame:
    """Flows of one year, every fault of the register at once."""
    problems = Problems(DataError)
    missing = [c for c in COLUMNS if c not in commuting.columns]
    if missing:
        raise DataError(
            Problem("columns missing", "commuting", ", ".join(missing), ", ".join(COLUMNS))
        )
    rows = commuting[commuting["year"] == year]
    if rows.empty:
        problems.add(
            "no commuting flows of this year",
            where="commuting",
            got=f"years {sorted(set(commuting['year']))}"
            if len(commuting)
            else "an empty register",
            expected=f"rows of {year}",
            remedy="fill the register: origin, destination, year, workers, source",
        )
    known = {*areas, *outside}
    seen: set[tuple[str, str]] = set()
    for position, row in enumerate(rows.to_dict("records"), 1):
        origin, destination = str(row["origin"]), str(row["destination"])
        where = f"commuting, row {row.get('line', position)} ({origin} -> {destination})"
        for place in sorted({origin, destination} - known):
            problems.add(
                "unknown area",
                where=where,
                got=place,
                expected="an area with residents, or one named in `outside`",
            )
        if origin == destination:
            problems.add("a flow to where it comes from", where=where, expected="two areas")
        if origin in outside and destination in outside:
            problems.add("a flow that touches no area", where=where)
        if not row["workers"] >= 0:
            problems.add(
                "not a number of workers", where=where, got=row["workers"], expected=">= 0"
            )
        if not str(row["source"]).strip() or row["source"] != row["source"]:
            problems.add("no source", where=where, remedy="say where the figure comes from")
        if (origin, destination) in seen:
            problems.add("a flow stands twice", where=where)
        seen.add((origin, destination))
    problems.raise_if_any()
    return rows


def _by_area(values: xr.DataArray, name: str, areas: Sequence[str]) -> xr.DataArray:
    """Counts (area) in the order of `areas`, complete and not negative."""
    problems = Problems(DataError)
    if values.dims != ("area_id",):
        problems.add("other dims than area_id", where=name, got=values.dims, expected="area_id")
        problems.raise_if_any()
    labels = [str(a) for a in values["area_id"].to_numpy()]
    if sorted(labels) != sorted(areas):
        problems.add(
            "areas that residents lack, or that lack here",
            where=name,
            got=", ".join(sorted(set(labels) ^ set(areas))) or "an area twice",
            expected="the areas of residents, each once",
        )
        problems.raise_if_any()
    for area, value in zip(labels, values.to_numpy(), strict=True):
        if not value >= 0:
            problems.add(
                "not a count", where=f"{name} (area_id={area})", got=value, expected=">= 0"
            )
    problems.raise_if_any()
    return values.sel(area_id=list(areas)).astype(float)


def functional_area(
    residents: xr.DataArray,
    workers: xr.DataArray,
    commuting: pd.DataFrame,
    *,
    year: int,
    outside: Collection[str] = (),
    by_residence: Mapping[str, xr.DataArray] | None = None,
) -> xr.Dataset:
    """Residents, workers by residence and by workplace, of areas that exchange commuters.

    Parameters
    ----------
    residents
        Persons (area_id): towns, counties or cities, as fine as the flows.
    workers
        Employed residents (area_id), wherever they work.
    commuting
        Register of flows: origin, destination, year, workers, source.
    year
        Year of the flows.
    outside
        Places that flows may name without being areas here: a neighbouring city.
    by_residence
        Counts that belong where people live, by name: older persons, need of care.

    Returns
    -------
    xr.Dataset
        By area_id, persons: `residents`, `workers_by_residence`, `out_commuters`,
        `in_commuters`, `workers_by_workplace`, and those of `by_residence` as they were; the
        shares `out_commuting_rate` (of employed residents) and `jobs_per_worker` (workplace over
        residence), 1.

    Raises
    ------
    DataError
        An empty register, unknown areas, repeated or negative flows, flows without a source, more
        commuters than employed residents, more workers than residents: all at once.

    Notes
    -----
    ``workplace = residence - out + in``. Summed over areas, flows between them cancel.

    Examples
    --------
    A textbook pair of towns beside a city; the numbers are invented for the example.

    >>> at = {"area_id": ["border_town", "inner_town"]}
    >>> flows = pd.DataFrame({"origin": ["border_town"], "destination": ["big_city"],
    ...                       "year": 2020, "workers": [90.0], "source": "textbook"})
    >>> area = functional_area(xr.DataArray([200.0, 300.0], at), xr.DataArray([100.0, 150.0], at),
    ...                        flows, year=2020, outside=["big_city"])
    >>> area.workers_by_workplace.values.tolist(), area.out_commuting_rate.values.tolist()
    ([10.0, 150.0], [0.9, 0.0])
    """
    areas = [str(a) for a in residents["area_id"].to_numpy()]
    people = _by_area(residents, "residents", areas)
    employed = _by_area(workers, "workers", areas)
    flows = _flows(commuting, year, areas, outside)
    leaving = flows.groupby("origin")["workers"].sum()
    coming = flows.groupby("destination")["workers"].sum()
    out = people.copy(data=[float(leaving.get(a, 0.0)) for a in areas])
    into = people.copy(data=[float(coming.get(a, 0.0)) for a in areas])
    problems = Problems(DataError)
    for area in areas:
        at = {"area_id": area}
        if out.sel(at) > employed.sel(at):
            problems.add(
                "more commuters than employed residents",
                where=f"area_id={area}",
                got=f"{float(out.sel(at)):,.0f}",
                expected=f"at most {float(employed.sel(at)):,.0f}",
                remedy="check the year and the definition of workers",
            )
        if employed.sel(at) > people.sel(at):
            problems.add("more employed residents than residents", where=f"area_id={area}",
                         got=float(employed.sel(at)), expected=float(people.sel(at)))  # fmt: skip
    problems.raise_if_any()
    workplace = employed - out + into
    own = {n: _by_area(v, n, areas) for n, v in (by_residence or {}).items()}
    counts = {
        "residents": people,
        "workers_by_residence": employed,
        "out_commuters": out,
        "in_commuters": into,
        "workers_by_workplace": workplace,
        **own,
    }
    shares = {
        "out_commuting_rate": out / employed,
        "jobs_per_worker": workplace / employed,
    }
    return xr.Dataset(
        {n: v.assign_attrs(units="person") for n, v in counts.items()}
        | {n: v.assign_attrs(units="1") for n, v in shares.items()},
        attrs={"year": year, "definition": "counts by residence, unless named by workplace"},
    )


def functional_area_totals(
    areas: xr.Dataset, commuting: pd.DataFrame, members: Sequence[str]
) -> dict[str, float]:
    """Sums over the members of a functional area; flows between members cancel.

    Parameters
    ----------
    areas
        From `functional_area`.
    commuting
        The same register.
    members
        Areas that form the functional area.

    Returns
    -------
    dict of float
        Every count of `areas` summed, commuters being those who cross the outer border only; and
        `self_containment`, the share of employed residents who work inside.

    Raises
    ------
    DataError
        For a member that is no area, or named twice.
    """
    known = [str(a) for a in areas["area_id"].to_numpy()]
    problems = Problems(DataError)
    for member in sorted({m for m in members if m not in known or list(members).count(m) > 1}):
        problems.add("not an area, or named twice", where="members", got=member, expected=known)
    problems.raise_if_any()
    inside = set(members)
    rows = commuting[commuting["year"] == areas.attrs["year"]]
    crossing_out = rows[rows["origin"].isin(inside) & ~rows["destination"].isin(inside)]
    crossing_in = rows[~rows["origin"].isin(inside) & rows["destination"].isin(inside)]
    chosen = areas.sel(area_id=list(members))
    counts = [n for n in areas.data_vars if areas[n].attrs.get("units") == "person"]
    totals = {str(n): float(chosen[n].sum()) for n in counts}
    totals["out_commuters"] = float(crossing_out["workers"].sum())
    totals["in_commuters"] = float(crossing_in["workers"].sum())
    stay = totals["workers_by_residence"] - totals["out_commuters"]
    totals["self_containment"] = stay / totals["workers_by_residence"]
    return totals


def commuting_zone(
    workers: xr.DataArray,
    commuting: pd.DataFrame,
    *,
    core: Collection[str],
    threshold: float,
    year: int,
) -> list[str]:
    """Areas of which a share of the employed residents works in a core.

    Parameters
    ----------
    workers
        Employed residents (area_id).
    commuting
        Register of flows, as in `functional_area`.
    core
        Places that form the core; they may lie outside the areas (a neighbouring city).
    threshold
        Least share, between 0 and 1.
    year
        Year of the flows.

    Returns
    -------
    list of str
        Areas of the zone, the core's own areas first.

    Notes
    -----
    The European Union and the OECD take 15 %; no Chinese standard was found, so there is no
    default.

    References
    ----------
    Dijkstra, Poelman & Veneri (2019). The EU-OECD definition of a functional urban area. OECD
    Regional Development Working Papers 2019/11.
    """
    if not 0 < threshold <= 1:
        raise DataError(Problem("not a share", "threshold", str(threshold), "above 0, at most 1"))
    areas = [str(a) for a in workers["area_id"].to_numpy()]
    employed = _by_area(workers, "workers", areas)
    flows = _flows(commuting, year, areas, [c for c in core if c not in areas])
    to_core = flows[flows["destination"].isin(list(core))].groupby("origin")["workers"].sum()
    own = [a for a in areas if a in core]
    reached = [
        a
        for a in areas
        if a not in own and float(to_core.get(a, 0.0)) >= threshold * float(employed.sel(area_id=a))
    ]
    return own + reached
