"""Elderly care: siting, carers, entitled people, the trend of disability (T19-T22, T26-T40)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr

from popsim.labels import label, label_or
from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.measure import (
    Measure,
    MeasureFunction,
    against_stock,
    constant,
    flagged,
    no_variant,
    scales,
    stock_path,
)
from popsim.targets.model import Target

__all__ = ["MEASURES", "township_siting"]

BASES: tuple[Literal["elderly", "population"], ...] = ("elderly", "population")
# Words of the entitled groups of T40 that come from the projection, in the catalogue.
GROUP_LABELS = {"80plus": "population_80plus", "disabled": "need_total"}
# Entitled groups of T40 that only registers know; 80+ and the disabled come from the projection.
REGISTERED_GROUPS = (
    "lone_elderly",
    "severely_handicapped_elderly",
    "special_family_elderly",
)


def density_bases(evidence: Evidence, target: Target) -> Sequence[str]:
    """Both readings of the density in the siting rule, unless the target names one."""
    named = target.options.get("density_basis")
    return (str(named),) if named else BASES


def township_siting(evidence: Evidence, basis: str) -> pd.DataFrame:
    """Homes that the rule asks of the townships whose people and area are known.

    The share of 60+ of the county in the base year stands for that of its townships. Homes are
    capped by the norm: one for 500 elderly (20 beds at 40 beds per 1,000).
    """
    from popsim.care import norm_value, siting_classes, siting_rule, township_units

    norms = evidence.frame("care_norms", "town_polygons")
    townships = evidence.frame("townships", "town_polygons")
    year = evidence.base_year
    share = evidence.people("resident", "60plus") / evidence.people("resident")
    share = share.sel(year=year)
    share = share.isel(scenario=0) if "scenario" in share.dims else share
    parts = []
    for region, rows in townships.groupby("region"):
        if region in evidence.regions:
            units, _ = township_units(rows, elderly_share=float(share.sel(region=region)))
            parts.append(units)
    units = pd.concat(parts, ignore_index=True)
    if units.empty:
        raise NotComputable("town_polygons")
    per_home = norm_value(norms, "smallest_home_beds") / (
        norm_value(norms, "beds_per_1000_60plus") / 1000.0
    )
    asked = siting_rule(
        units,
        classes=siting_classes(norms),
        elderly_per_home=per_home,
        density_basis="population" if basis == "population" else "elderly",
    )
    return units[["region", "unit", "year", "area_km2", "elderly", "population"]].merge(
        asked, on="unit", validate="1:1"
    )


def siting(name: str) -> MeasureFunction:
    """Distance within which every old person of a density class has a home.

    Without sites of homes and small areas of the user's: the homes that the rule asks of the
    townships at hand.
    """

    def distance(evidence: Evidence, target: Target, boundary: str, basis: str) -> xr.DataArray:
        if "homes" not in evidence.frames or "small_areas" not in evidence.frames:
            table = township_siting(evidence, basis)
            asked = float(table.loc[table["class"] == name, "homes"].sum())
            units = [f"{r['unit']} ({r['density']:,.0f})" for r in table.to_dict("records")]
            named = [label(f"text.per_km2_{basis}", lang) for lang in ("en", "zh")]
            path = constant(evidence, asked)
            note = (
                f"homes asked of the {len(table)} townships with people and area: "
                f"{', '.join(units)} {named[0]}, at the county's share of 60+; never read off "
                "county means",
                f"仅{len(table)}个乡镇街道有人口与面积：{'、'.join(units)}{named[1]}"
                "（老年人占比取所在县），不用县均密度判断",
            )
            year = int(table["year"].max())
            return flagged(path, "need_only", needs=target.register, as_of=year, note=note)
        return _farthest(evidence, target, name, basis)

    return distance


def _farthest(evidence: Evidence, target: Target, name: str, basis: str) -> xr.DataArray:
    """Metres to the nearest home for the farthest old person of a density class."""
    from popsim.care import density_class, distances, rule_coverage, siting_classes

    classes = siting_classes(evidence.frame("care_norms", "siting_rule_origin"))
    cells, homes = evidence.frames["small_areas"], evidence.frames["homes"]
    density = cells[basis].to_numpy(dtype=float) / cells["area_km2"].to_numpy(dtype=float)
    inside = np.array([density_class(d, classes) == name for d in density])
    inside &= cells["elderly"].to_numpy(dtype=float) > 0
    if not inside.any():
        none = ("no small area in this class", "没有该密度等级的单元")
        return flagged(constant(evidence, 0.0), "proxy", note=none)
    far = float(distances(cells[inside], homes).min(axis=1).max()) if len(homes) else np.inf
    shares = rule_coverage(cells, homes, classes=classes, density_basis=basis)  # type: ignore[arg-type]
    share = float(shares.loc[shares["class"] == name, "share"].iloc[0])
    note = (f"within the radius: {share:.2%} of 60+", f"半径内老年人占{share:.2%}")
    return flagged(constant(evidence, far), "computed", note=note)


def circle(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Share of the elderly within a walk of 15 minutes of a home (option `minutes`)."""
    from popsim.care import covered_share, distances, walking_radius

    for name, key in (("small_areas", "town_polygons"), ("homes", "home_points")):
        evidence.frame(name, key)
    speed = evidence.options.get("walking_metres_per_minute")
    if speed is None:
        raise NotComputable("walking_speed")
    minutes = float(target.options.get("minutes", 15))
    radius = walking_radius(minutes, metres_per_minute=float(speed))
    cells = evidence.frames["small_areas"]
    apart = distances(cells, evidence.frames["homes"])
    share = covered_share(apart, cells["elderly"].to_numpy(dtype=float), radius_m=radius)
    return constant(evidence, share)


def family_carers(evidence: Evidence, target: Target, boundary: str, scale: str) -> xr.DataArray:
    """Family carers to be trained: at least one for each person in need, on each scale."""
    people = evidence.care_count(f"need_total.{scale}", "care_prevalence")
    each = float(evidence.options.get("carers_each", 1.0))
    totals = {
        name: _at(evidence.care_count(f"need_total.{name}", "care_prevalence"), target.year)
        for name in scales(evidence, target)
    }
    least = min(totals, key=lambda name: totals[name])
    times = totals[scale] / totals[least]
    narrow = [label_or(f"scale.{least}", lang, least) for lang in ("en", "zh")]
    wider = (
        f"; this definition counts {times:.1f} times the people of the narrowest, {narrow[0]}",
        f"；本量表口径的人数为最窄口径“{narrow[1]}”的{times:.1f}倍",
    )
    if scale == least:
        wider = ("; this is the narrowest definition", "；本量表为最窄口径")
    note = (
        f"{each:g} carer for each person in need, people in homes not taken off{wider[0]}",
        f"按每名失能老人{each:g}名照护者计，未扣除机构内老人{wider[1]}",
    )
    return flagged(people * each, "computed", note=note)


def free_places(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Places for poor disabled or demented elderly and for those of special families."""
    regions = evidence.members(target.group)
    poor = stock_path(evidence, "poor_disabled_elderly", regions)
    return poor + stock_path(evidence, "special_family_elderly", regions)


def entitled(evidence: Evidence, target: Target, boundary: str, scale: str) -> xr.DataArray:
    """Entitled people: lower bound of the union of the groups that are known."""
    from popsim.care import entitled_union

    old = evidence.care_count("population_60plus", "care_prevalence")
    groups = {
        "80plus": evidence.care_count("population_80plus", "care_prevalence"),
        "disabled": evidence.care_count(f"need_total.{scale}", "care_prevalence"),
    }
    unknown = []
    for name in REGISTERED_GROUPS:
        try:
            path = stock_path(evidence, name, evidence.members(target.group))
        except NotComputable:
            unknown.append(name)
        else:
            groups[name] = path + 0.0 * old
    names = xr.DataArray(list(groups), dims="entitled", name="entitled")
    union = entitled_union(xr.concat(list(groups.values()), dim=names, join="exact"), old)
    ends = [_at(part, target.year) for part in (union.lower, union.upper, union.independent)]
    told = [
        sep.join(
            label(f"care.{GROUP_LABELS[g]}", lang)
            if g in GROUP_LABELS
            else evidence.words.get(g, (g, g))[lang == "zh"]
            for g in groups
        )
        for lang, sep in (("en", ", "), ("zh", "、"))
    ]
    note = (
        f"union of the groups known ({told[0]}) between {ends[0]:,.0f} and {ends[1]:,.0f} "
        f"({ends[2]:,.0f} if independent)",
        f"已知人群（{told[1]}）并集在{ends[0]:,.0f}至{ends[1]:,.0f}人之间"
        f"（互相独立时{ends[2]:,.0f}人）",
    )
    needs = "; ".join([*unknown, *(["served_entitled"] if target.register else [])])
    return flagged(union.lower, "need_only" if unknown else "computed", needs=needs, note=note)


def _at(path: xr.DataArray, year: int) -> float:
    """Value in a year, of the first scenario and draw, which notes speak of."""
    found = path.sel(year=year)
    return float(found.isel({d: 0 for d in ("scenario", "draw") if d in found.dims}))


def disability_trend(
    evidence: Evidence, target: Target, boundary: str, variant: str
) -> xr.DataArray:
    """Assumed change of disability at each age, per cent a year."""
    trend = evidence.options.get("trend", "constant")
    rate = 100.0 * float(trend[1]) if not isinstance(trend, str) and trend[0] == "annual" else 0.0
    name = trend if isinstance(trend, str) else trend[0]
    told = [label(f"trend.{name}", lang) for lang in ("en", "zh")]
    note = (
        f"assumed in this run: {told[0]}; a lever, compare -0.8 and +0.8 % a year",
        f"本次运行假设{told[1]}；属政策变量，可与每年±0.8%比较",
    )
    return flagged(constant(evidence, rate), "assumed", note=note)


def demand_side(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Share of the demand side in all care subsidies, from the amounts of the register."""
    from popsim.care import demand_side_share

    regions = evidence.members(target.group)
    demand = stock_path(evidence, "subsidy_demand_side", regions)
    supply = stock_path(evidence, "subsidy_supply_side", regions)
    known = (demand + supply).dropna("year")["year"]
    share = demand_side_share(demand.sel(year=known), supply.sel(year=known))
    if target.year not in known:
        raise NotComputable("subsidy_demand_side")
    return share


def care_count(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """A count of the care table by name (option `count`), e.g. need_severe.clhls_adl."""
    name = str(target.options.get("count", "population_60plus"))
    if not target.group or target.group == "all":
        return evidence.care_count(name, "care_prevalence")
    parts = [
        evidence.care_count(name, "care_prevalence", region)
        for region in evidence.members(target.group)
    ]
    first, *rest = parts
    return sum(rest, start=first)


MEASURES = {
    "care_count": Measure(care_count, "", variants=no_variant),
    "circle_coverage": Measure(circle, "1", variants=no_variant),
    "siting_high": Measure(siting("high"), "facility", variants=density_bases, drawn="nothing"),
    "siting_medium": Measure(siting("medium"), "facility", variants=density_bases, drawn="nothing"),
    "family_carers": Measure(
        family_carers, "person", variants=scales, extra=against_stock("trained_family_carers")
    ),
    "free_places": Measure(
        free_places, "person", variants=no_variant, extra=against_stock("free_or_low_fee_places")
    ),
    "entitled": Measure(entitled, "person", variants=scales),
    "disability_trend": Measure(disability_trend, "% a year", variants=no_variant),
    "demand_side_share": Measure(demand_side, "1", variants=no_variant),
}
