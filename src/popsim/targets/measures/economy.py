"""Economic scale and the matching of people and industry (T02, T14, T42)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.measure import Measure, flagged, no_variant
from popsim.targets.model import Target

__all__ = ["MEASURES", "gdp_by_county", "gdp_year", "shares_table"]

REGISTER = "gdp_by_unit"
PORT = ("port_zone_out", "port_zone_in")


def port_zone(evidence: Evidence, target: Target) -> Sequence[str]:
    """Zones that the city may count as its own although another county holds their people."""
    return PORT if _outside_zones(evidence) else ("",)


def _zones(evidence: Evidence) -> dict[str, list[str]]:
    """Zones of the management boundary and the counties on whose territory they stand."""
    from popsim.economy import zones_of

    return zones_of(evidence.frame("regions", REGISTER))


def _outside_zones(evidence: Evidence) -> list[str]:
    """Zones that stand in one county: their GDP is told apart, their people are not."""
    if "regions" not in evidence.frames:
        return []
    return [code for code, counties in _zones(evidence).items() if len(counties) == 1]


def gdp_year(evidence: Evidence) -> tuple[int, float]:
    """Last year with the GDP of every county on the management boundary, and the city's total.

    Of several releases of the total the smallest that holds all parts is taken: the one they were
    published with.
    """
    table = evidence.frame("gdp", REGISTER)
    rows = table[(table["part"] == "total") & (table["boundary_basis"] == "management")]
    wanted = set(evidence.regions)
    years = [
        int(y)
        for y in rows["year"].unique()
        if wanted <= set(rows.loc[rows["year"] == y, "region"])
    ]
    if not years:
        raise NotComputable(REGISTER)
    year = max(years)
    parts = float(rows.loc[rows["year"] == year, "value"].sum())
    whole = table[(table["part"] == "total") & (table["boundary_basis"] == "whole_city")]
    totals = whole.loc[whole["year"] == year, "value"].astype(float)
    totals = totals[totals >= parts]
    if totals.empty:
        raise NotComputable(REGISTER)
    return year, float(totals.min())


def _areas(counties: Sequence[str], zones: dict[str, list[str]]) -> dict[str, list[str]]:
    """Areas in which the management and the administrative boundary coincide."""
    areas = {code: [code] for code in counties}
    for held in zones.values():
        first = next(a for a, members in areas.items() if held[0] in members)
        for other in held[1:]:
            second = next(a for a, members in areas.items() if other in members)
            if second != first:
                areas[first] += areas.pop(second)
    return areas


def gdp_by_county(evidence: Evidence) -> tuple[xr.DataArray, xr.DataArray, dict[str, list[str]]]:
    """GDP by area (region = first county of the area, year), workers held, and the areas.

    Each area keeps the GDP per resident of 15-59 that it had in the year of the figures: relative
    productivity stands still, people move. Participation and commuting were not found.
    """
    from popsim.economy import gdp_by_unit, gdp_path, merge_units, productivity

    year, _ = gdp_year(evidence)
    zones = _zones(evidence)
    areas = _areas(evidence.regions, zones)
    units = gdp_by_unit(evidence.frames["gdp"], year=year, boundary_basis="management")
    gdp = merge_units(units, areas, zones)
    people = evidence.people("resident", "15_59").assign_attrs(boundary_basis="administrative")
    people = people.sel(year=[y for y in evidence.years if y >= year])
    workers = merge_units(people.drop_vars("age_group", errors="ignore"), areas, {})
    base = productivity(gdp, workers.sel(year=year, drop=True))
    path = gdp_path(workers, base, growth=0.0, convergence=0.0)
    return path, workers, areas


def gdp_share(evidence: Evidence, target: Target, boundary: str, port: str) -> xr.DataArray:
    """Share of the target's group in GDP on the management basis, zones in or out."""
    year, total = gdp_year(evidence)
    path, _, areas = gdp_by_county(evidence)
    parts = float(path.sel(year=year).sum("region").max())
    counties = xr.DataArray(evidence.regions, dims="region")
    by_county = path.reindex(region=counties, fill_value=0.0)
    group, years = target.group, path["year"].to_numpy()
    if evidence.named_group(group):
        member = evidence.in_group.sel(boundary=boundary, group=group, year=years)
        member = member.sel(region=counties.to_numpy())
    else:
        chosen = np.isin(counties.to_numpy(), evidence.members(group))
        member = xr.DataArray(chosen, {"region": counties.to_numpy()}, "region")
    for held in areas.values():
        inside = member.sel(region=held)
        if bool((inside.any("region") != inside.all("region")).any()):
            raise NotComputable("gdp_administrative_2021")
    share = (by_county * member).sum("region") / path.sum("region")
    if port == PORT[1]:
        share = share + _zones_outside(evidence, path, member, year) / path.sum("region")
    note = (
        f"GDP of {year} (management basis) per resident of 15-59 held in each area; "
        "participation, commuting and productivity to come were not found",
        f"各区域{year}年（管理口径）按15—59岁常住人口计的人均产出保持不变；"
        "未找到劳动参与率、通勤与劳动生产率预测",
    )
    return flagged(share * (parts / total), "computed", note=note)


def _zones_outside(
    evidence: Evidence, path: xr.DataArray, member: xr.DataArray, year: int
) -> xr.DataArray:
    """GDP of zones whose county is not in the group, at their part of the county's GDP."""
    from popsim.economy import gdp_by_unit

    units = gdp_by_unit(evidence.frames["gdp"], year=year, boundary_basis="management")
    added = 0.0 * path.sum("region")
    for code in _outside_zones(evidence):
        county = _zones(evidence)[code][0]
        part = float(units.sel(region=code)) / path.sel(region=county, year=year)
        outside = ~member.sel(region=county, drop=True)
        added = added + path.sel(region=county, drop=True) * part.drop_vars("year") * outside
    return added.drop_vars("region", errors="ignore")


def structure(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Mean absolute deviation of sectors' shares of output from shares of workers; 0 is a match."""
    from popsim.economy import structural_deviation

    gdp = evidence.frame("gdp", "labour_demand")
    work = evidence.frame("employment", "labour_demand")
    rows = gdp[(gdp["part"] != "total") & (gdp["boundary_basis"] == "whole_city")]
    years = sorted(set(rows["year"]) & set(work["year"]))
    if not years:
        raise NotComputable("labour_demand")
    found = {}
    for year in years:
        output = rows[rows["year"] == year].groupby("part")["value"].sum()
        hands = work[(work["year"] == year) & (work["sector_group"] != "all")]
        people = hands.groupby("sector_group")["value"].sum().reindex(output.index)
        sectors = {"sector": list(output.index)}
        value, employed = (
            xr.DataArray(s.to_numpy(dtype=float), sectors, "sector") for s in (output, people)
        )
        found[int(year)] = float(structural_deviation(value, employed)["index"])
    path = xr.DataArray(list(found.values()), {"year": list(found)}, "year")
    note = (
        "structure only, an index of this library (0 = match, smaller is better); no official "
        "formula was found",
        "仅结构匹配，为本程序指标（0为匹配，越小越好），未找到官方公式",
    )
    return flagged(path, "base_only", needs="labour_demand", as_of=max(found), note=note)


def jobs(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Jobs at the workplace over workers who live there."""
    from popsim.economy import jobs_residents_ratio
    from popsim.targets.measure import stock_path

    regions = evidence.members(target.group)
    work = stock_path(evidence, "workplace_jobs", regions).dropna("year")
    live = stock_path(evidence, "resident_workers", regions).sel(year=work["year"])
    if target.year not in work["year"].to_numpy() or bool(np.isnan(live).any()):
        raise NotComputable("resident_workers")
    return jobs_residents_ratio(work, live)


def shares_table(evidence: Evidence, boundaries: Sequence[str], group: str) -> pd.DataFrame:
    """GDP share of a group by boundary, zones out and in, with the share of working-age people.

    Columns boundary, definition, [scenario,] year, gdp_share, worker_share and
    relative_productivity (their ratio): a share moves by either.
    """
    target = Target("", indicator="gdp_share", year=evidence.base_year, comparison="report",
                    group=group)  # fmt: skip
    people = evidence.people("resident", "15_59")
    frames = []
    for boundary in boundaries:
        workers = evidence.inside(people, group, boundary) / people.sum("region")
        for port in port_zone(evidence, target):
            share = gdp_share(evidence, target, boundary, port)
            parts = xr.Dataset(
                {
                    "gdp_share": share,
                    "worker_share": workers.sel(year=share["year"]),
                }
            )
            frame = parts.reset_coords(drop=True).to_dataframe().reset_index()
            frames.append(frame.assign(boundary=boundary, definition=port))
    table = pd.concat(frames, ignore_index=True)
    return table.assign(relative_productivity=table["gdp_share"] / table["worker_share"])


MEASURES = {
    "gdp_share": Measure(gdp_share, "1", by_boundary=True, variants=port_zone, drawn="people"),
    "structure_match": Measure(structure, "1", variants=no_variant),
    "jobs_ratio": Measure(jobs, "1", variants=no_variant),
}
