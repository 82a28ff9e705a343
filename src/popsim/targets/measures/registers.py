"""Stocks that only a register knows: a count, a share of two, a change, the worst county.

The register of the target is a key of the register of capacity (`care_supply_items`); two keys
with a slash make a share. The last count of a county holds in later years.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.measure import Measure, flagged, no_variant, stock_path
from popsim.targets.model import Target

__all__ = ["MEASURES"]


def _keys(target: Target) -> list[str]:
    return [key.strip() for key in target.register.split("/")]


def _known(path: xr.DataArray, target: Target) -> xr.DataArray:
    """The path where it has a value in the target's year."""
    if bool(np.isnan(path.sel(year=target.year)).any()):
        raise NotComputable(target.register)
    return path


def _from_first_count(path: xr.DataArray, evidence: Evidence, target: Target) -> xr.DataArray:
    """The years from the first count on: a trend starts there."""
    known = path.dropna("year")
    stocks = [evidence.register(key) for key in _keys(target)]
    counted = [
        int(s.dropna("year", how="all").sizes["year"]) if isinstance(s, xr.DataArray) else 1
        for s in stocks
    ]
    if min(counted) < 2:
        note = ("a trend needs two counts", "趋势判断需要至少两个年份的台账")
        return flagged(known, "proxy", needs=target.register, note=note)
    return known


def register(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """A stock of the register, or the share of one in another."""
    regions = evidence.members(target.group)
    keys = _keys(target)
    if not keys[0]:
        raise NotComputable("capacity_register")
    path = stock_path(evidence, keys[0], regions)
    if len(keys) == 2:
        whole = stock_path(evidence, keys[1], regions)
        path = path / whole.where(whole > 0)
    path = _known(path, target)
    if target.comparison in ("trend_up", "trend_down"):
        return _from_first_count(path, evidence, target)
    return path


def register_change(
    evidence: Evidence, target: Target, boundary: str, variant: str
) -> xr.DataArray:
    """What was added to a stock of the register since the base year."""
    path = stock_path(evidence, _keys(target)[0], evidence.members(target.group))
    start = path.sel(year=evidence.base_year)
    if bool(np.isnan(start)):
        raise NotComputable(target.register)
    return _known(path - start, target)


def register_each(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """The count of the county that is farthest from the threshold; those that miss it are noted."""
    regions = evidence.members(target.group)
    paths = [_known(stock_path(evidence, _keys(target)[0], [r]), target) for r in regions]
    each = xr.concat(paths, dim=xr.DataArray(list(regions), dims="region", name="region"))
    last = each.sel(year=target.year).to_numpy()
    gap = target.gap(last, last)
    if gap is None:
        return flagged(each.sum("region"), "computed")
    missed = [r for r, g in zip(regions, gap, strict=True) if g < 0]
    names = evidence.named(missed)
    note = (f"missed in {names[0]}", f"未达到：{names[1]}")
    if not missed:
        note = ("met in each", "各地均达到")
    return flagged(each.isel(region=int(np.argmin(gap)), drop=True), "computed", note=note)


def register_per_people(
    evidence: Evidence, target: Target, boundary: str, definition: str
) -> xr.DataArray:
    """A stock of the register for each 1,000 people of 60+ (options `item`, `per`, `age`).

    Beds for each 1,000 elderly are the national habit; other services count others.
    """
    regions = evidence.members(target.group)
    item = str(target.options.get("item", _keys(target)[0])) or "capacity_register"
    stock = stock_path(evidence, item, regions)
    people = evidence.people(definition, str(target.options.get("age", "60plus")))
    per = float(target.options.get("per", 1000.0))
    path = stock / (people.sel(region=regions).sum("region") / per)
    if bool(np.isnan(path.sel(year=target.year)).any()):
        raise NotComputable(item)
    return path


MEASURES = {
    "register_per_people": Measure(register_per_people, ""),
    "register": Measure(register, "", variants=no_variant),
    "register_change": Measure(register_change, "", variants=no_variant),
    "register_each": Measure(register_each, "", variants=no_variant),
}
