"""Tiers of settlements: people by tier, and the share of one (T03, T08).

The tier of each town and street is the planner's (`tiers` of the case). Where every town of every
county has one, tiers are projected under the counties' totals; else only the year of the towns'
figures is told, for the counties that have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import xarray as xr

from popsim.labels import label
from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.measure import Measure, flagged, no_variant
from popsim.targets.model import Target

__all__ = ["MEASURES", "TIER_COLUMNS", "tier_table"]

REGISTER = "tier_map"
UNKNOWN = "unknown"
TIER_COLUMNS = (
    "region", "scenario", "year", "tier", "towns", "population", "share", "basis",
)  # fmt: skip


def tiers_by_year(evidence: Evidence) -> dict[int, pd.DataFrame]:
    """People by tier and county in each year whose towns all stand in the tier map."""
    from popsim.settlement import tier_shares

    towns, tiers = evidence.frame("townships", REGISTER), evidence.frame("tiers", REGISTER)
    mapped = set(zip(tiers["region"], tiers["township"], strict=True))
    rows = towns[towns["indicator"] == "resident_population"]
    found = {}
    for year in sorted({int(y) for y in rows["year"]}):
        part = rows[rows["year"] == year]
        if set(zip(part["region"], part["township"], strict=True)) <= mapped:
            found[year] = tier_shares(towns, tiers, year=year)
    return found


def is_complete(table: pd.DataFrame, evidence: Evidence) -> bool:
    """Whether every town of every county has a tier."""
    return UNKNOWN not in set(table["tier"]) and set(table["region"]) == set(evidence.regions)


def tiers_ahead(evidence: Evidence) -> xr.DataArray | None:
    """People (.., region, tier, year) of a projection; None where the map is not complete."""
    from popsim.settlement import project_tier_shares, tier_drift, tier_population

    by_year = tiers_by_year(evidence)
    complete = [year for year, table in by_year.items() if is_complete(table, evidence)]
    if not complete or complete[-1] != max(by_year):
        return None
    last = complete[-1]
    shares = _array(by_year[last])
    drift = 0.0 * shares
    if len(complete) > 1:
        drift = tier_drift(_array(by_year[complete[-2]]), shares, years=last - complete[-2])
    ahead = project_tier_shares(shares, drift, start=last, years=evidence.years)
    return tier_population(ahead, evidence.people("resident"))


def _array(table: pd.DataFrame) -> xr.DataArray:
    """Shares (region, tier) of a table of tiers; a tier that a county lacks holds nobody."""
    wide = table.pivot_table(index="region", columns="tier", values="share", aggfunc="sum")
    return xr.DataArray(wide.fillna(0.0)).rename("share")


def tier_table(evidence: Evidence, years: Sequence[int]) -> pd.DataFrame:
    """People by tier: projected where the map is complete, else as the towns were counted.

    Parameters
    ----------
    evidence
        With the tables `townships` and `tiers`.
    years
        Years of the projection to show.

    Returns
    -------
    pd.DataFrame
        Columns `TIER_COLUMNS`: persons, and their share of the county; `scenario` is empty where
        the towns were counted, `basis` says on whose word they have their tier.

    Raises
    ------
    NotComputable
        Naming the tier map where no year of towns has one.
    """
    by_year = tiers_by_year(evidence)
    if not by_year:
        raise NotComputable(REGISTER)
    table = by_year[max(by_year)]
    people = tiers_ahead(evidence)
    if people is None:
        return table.assign(scenario="")[[*TIER_COLUMNS]]
    shown = people.sel(year=[y for y in years if y in people["year"]])
    parts = xr.Dataset({"population": shown, "share": shown / shown.sum("tier")})
    rows = parts.reset_coords(drop=True).to_dataframe().reset_index()
    map_of = table.groupby(["region", "tier"], as_index=False)[["towns", "basis"]].first()
    rows = rows.merge(map_of, on=["region", "tier"], how="inner")
    return rows.assign(scenario=rows.get("scenario", ""))[[*TIER_COLUMNS]]


def tier_share(evidence: Evidence, target: Target, boundary: str, variant: str) -> xr.DataArray:
    """Share of one tier of settlements (option `tier`), by the planner's tier map."""
    from popsim.settlement import TIERS

    tier = str(target.options.get("tier", TIERS[0]))
    by_year = tiers_by_year(evidence)
    if not by_year:
        raise NotComputable(REGISTER)
    last, table = max(by_year.items())
    told = table[table["tier"] != UNKNOWN]
    if tier not in set(told["tier"]):
        raise NotComputable(REGISTER)
    people = tiers_ahead(evidence)
    if people is not None:
        whole = people.sum("region")
        return whole.sel(tier=tier, drop=True) / whole.sum("tier")
    share = float(told.loc[told["tier"] == tier, "population"].sum() / table["population"].sum())
    path = xr.DataArray([share], {"year": [last]}, "year")
    note = _counted_note(evidence, table, tier, last)
    return flagged(path, "base_only", needs=REGISTER, as_of=last, note=note)


def _counted_note(evidence: Evidence, table: pd.DataFrame, tier: str, year: int) -> tuple[str, str]:
    """Whose towns the share is told for, and on whose word they have their tier."""
    from popsim.settlement import tier_label

    places = evidence.named(sorted(set(table["region"])))
    bases = sorted(set(";".join(table.loc[table["tier"] == tier, "basis"]).split(";")))
    words = [" / ".join(label(f"basis.{b}", lang) for b in bases) for lang in ("en", "zh")]
    return (
        f"{tier_label(tier, 'en')} among the towns of {places[0]} in {year}, the only ones with "
        f"people and a tier; the tier is {words[0]}",
        f"{year}年{places[1]}各镇街道中“{tier_label(tier, 'zh')}”的占比（其他镇街道缺人口或层级）；"
        f"层级依据：{words[1]}",
    )


def small_city_share(
    evidence: Evidence, target: Target, boundary: str, variant: str
) -> xr.DataArray:
    """Share of the tier of small cities and key towns."""
    third = replace(target, options={"tier": "small_city", **target.options})
    return tier_share(evidence, third, boundary, variant)


MEASURES = {
    "tier_share": Measure(tier_share, "1", variants=no_variant),
    "small_city_share": Measure(small_city_share, "1", variants=no_variant),
}
