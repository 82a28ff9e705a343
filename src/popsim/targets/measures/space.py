"""Where people live: urban places, density, moves from country to town (T04, T06, T07, T15)."""

from __future__ import annotations

import xarray as xr

from popsim.targets.evidence import Evidence
from popsim.targets.measure import Measure, flagged, no_variant, stock_path
from popsim.targets.model import Target

__all__ = ["MEASURES"]


def _first(array: xr.DataArray) -> xr.DataArray:
    """The first scenario and draw, which notes speak of."""
    return array.isel({d: 0 for d in ("scenario", "draw") if d in array.dims}, drop=True)


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
    falling = evidence.named(str(r) for r in rise["region"].to_numpy()[~rise.to_numpy()])
    note = (f"not rising in {falling[0]}", f"未上升：{falling[1]}")
    if not falling[0]:
        note = ("it rises in every county", "各县（市、区）均上升")
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
    low, high = (evidence.named([str(r.item())]) for r in (each.idxmin(), each.idxmax()))
    least, most = float(each.min()), float(each.max())
    note = (
        f"by county {least:,.0f} ({low[0]}) to {most:,.0f} ({high[0]}) per km2, water included",
        f"分县{least:,.0f}（{low[1]}）至{most:,.0f}（{high[1]}）人/平方公里，面积含水域",
    )
    return flagged(path, "computed", note=note)


MEASURES = {
    "cross_border": Measure(cross_border, "person", variants=no_variant),
    "urban_share": Measure(urban_share, "1", variants=no_variant),
    "rural_to_urban": Measure(rural_to_urban, "person a year", variants=no_variant),
    "density": Measure(density, "person km-2", variants=no_variant),
}
