"""Where people live: tiers of settlements, urban places, moves from country to town (T03-T08)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import xarray as xr

from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.measure import Measure, flagged, no_variant, stock_path
from popsim.targets.model import Target

__all__ = ["MEASURES"]


def _first(array: xr.DataArray) -> xr.DataArray:
    """The first scenario, which notes speak of."""
    return array.isel(scenario=0, drop=True) if "scenario" in array.dims else array


def tier_share(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Share of one tier of settlements (option `tier`), by the planner's tier map.

    Projected under the counties' totals where every town of every county has a tier; else the
    share among the towns that have one, in the year of their figures.
    """
    from popsim.settlement import TIERS, project_tier_shares, tier_drift, tier_population

    tier = str(target.options.get("tier", TIERS[0]))
    by_year = _tiers(evidence)
    if not by_year:
        raise NotComputable("tier_map")
    last, table = max(by_year.items())
    told = table[table["tier"] != "unknown"]
    if tier not in set(told["tier"]):
        raise NotComputable("tier_map")
    if "unknown" in set(table["tier"]) or set(table["region"]) != set(evidence.regions):
        share = float(
            told.loc[told["tier"] == tier, "population"].sum() / table["population"].sum()
        )
        path = xr.DataArray([share], {"year": [last]}, "year")
        counties = ", ".join(sorted(set(table["region"])))
        note = (
            f"{tier} among the towns of {counties} in {last}; basis: "
            f"{', '.join(sorted(set(told['basis'])))}",
            f"{last}年{counties}各镇街道中{tier}的占比，依据：{'、'.join(sorted(set(told['basis'])))}",
        )
        return flagged(path, "base_only", needs="tier_map", as_of=last, note=note)
    shares = _tier_array(table)
    drift = 0.0 * shares
    earlier = [
        y for y in by_year if y < last and set(by_year[y]["region"]) == set(evidence.regions)
    ]
    if earlier:
        before = _tier_array(by_year[max(earlier)])
        drift = tier_drift(before, shares, years=last - max(earlier))
    ahead = project_tier_shares(shares, drift, start=last, years=evidence.years)
    people = tier_population(ahead, evidence.people("resident")).sum("region")
    return people.sel(tier=tier, drop=True) / people.sum("tier")


def small_city_share(
    evidence: Evidence, target: Target, boundary: str, variant: str
) -> xr.DataArray:
    """Share of the tier of small cities and key towns."""
    third = replace(target, options={"tier": "small_city", **target.options})
    return tier_share(evidence, third, boundary, variant)


def _tiers(evidence: Evidence) -> dict[int, pd.DataFrame]:
    """People by tier and county in each year whose towns all stand in the tier map."""
    from popsim.settlement import tier_shares

    towns, tiers = evidence.frame("townships", "tier_map"), evidence.frame("tiers", "tier_map")
    mapped = set(zip(tiers["region"], tiers["township"], strict=True))
    rows = towns[towns["indicator"] == "resident_population"]
    found = {}
    for year in sorted({int(y) for y in rows["year"]}):
        part = rows[rows["year"] == year]
        if set(zip(part["region"], part["township"], strict=True)) <= mapped:
            found[year] = tier_shares(towns, tiers, year=year)
    return found


def _tier_array(table: pd.DataFrame) -> xr.DataArray:
    """Shares (region, tier) of a table of tiers; a tier that a county lacks holds nobody."""
    wide = table.pivot_table(index="region", columns="tier", values="share", aggfunc="sum")
    return xr.DataArray(wide.fillna(0.0)).rename("share")


def cross_border(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Residents who work in another city: by the commuting register, or the register of stocks."""
    table = evidence.frames.get("commuting")
    members = evidence.members(target.group)
    if table is not None and len(table):
        here = table[table["origin"].isin(members)]
        out = here[~here["destination"].isin(evidence.regions)]
        years = [int(y) for y in out["year"].unique() if y <= target.year]
        if years:
            workers = float(out.loc[out["year"] == max(years), "workers"].sum())
            path = xr.DataArray([workers], {"year": [max(years)]}, "year")
            return flagged(path, "base_only", as_of=max(years))
    return stock_path(evidence, target.register, members)


def urban_share(evidence: Evidence, target: Target, boundary: str, definition: str) -> xr.DataArray:
    """Urban residents over residents of the target's group; which counties do not rise is noted."""
    urban = evidence.value("urban", "population_by_area")
    people = evidence.people("resident")
    inside = evidence.inside(urban, target.group, boundary)
    path = inside / evidence.inside(people, target.group, boundary)
    each = urban / people
    rise = _first(each.sel(year=target.year) > each.sel(year=evidence.base_year))
    rise = rise.all([d for d in rise.dims if d != "region"])
    falling = [str(r) for r in rise["region"].to_numpy()[~rise.to_numpy()]]
    note = (
        ("it rises in every county", "各县（市、区）均上升")
        if not falling
        else (f"not rising in {', '.join(falling)}", f"未上升：{'、'.join(falling)}")
    )
    return flagged(path, "computed", note=note)


def rural_to_urban(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Net moves from rural to urban places in a year; the effectiveness is noted."""
    into = evidence.value("rural_to_urban", "population_by_area")
    back = evidence.value("urban_to_rural", "population_by_area")
    net = (into - back).sum("region")
    gross = (into + back).sum("region").sel(year=target.year)
    all_moves, one = _first(gross), _first(net)
    if float(all_moves) == 0:
        note = ("no moves in the first scenario", "首个方案没有城乡迁移")
    else:
        ratio = abs(float(one.sel(year=target.year)) / float(all_moves))
        swing = float(one.std("year"))
        note = (
            f"effectiveness {ratio:.2f}; standard deviation over the years {swing:,.0f} persons",
            f"迁移效率{ratio:.2f}；各年标准差{swing:,.0f}人",
        )
    return flagged(net, "proxy", note=note)


def density(evidence: Evidence, target: Target, boundary: str, definition: str) -> xr.DataArray:
    """Residents per km2 of the group; the thinnest and densest county are noted."""
    area = evidence.value("area_km2", "area_km2")
    people = evidence.people("resident")
    members = evidence.members(target.group)
    path = people.sel(region=members).sum("region") / float(area.sel(region=members).sum())
    each = _first((people / area).sel(year=target.year))
    low, high = str(each.idxmin("region").item()), str(each.idxmax("region").item())
    ends = f"{float(each.min()):,.0f} ({low}) - {float(each.max()):,.0f} ({high})"
    note = (f"by county {ends} per km2, water included", f"分县{ends}人/平方公里，面积含水域")
    return flagged(path, "computed", note=note)


MEASURES = {
    "tier_share": Measure(tier_share, "1", variants=no_variant),
    "small_city_share": Measure(small_city_share, "1", variants=no_variant),
    "cross_border": Measure(cross_border, "person", variants=no_variant),
    "urban_share": Measure(urban_share, "1", variants=no_variant),
    "rural_to_urban": Measure(rural_to_urban, "person a year", variants=no_variant),
    "density": Measure(density, "person km-2", variants=no_variant),
}
