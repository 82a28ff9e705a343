"""Tables of a run beside the long ones: economy, capacity, coverage, scales, the register.

The planning tables (`popsim.sheets`) take them from `tables/` of the run folder. A table whose
figures the case does not have is left out; the planning table then says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import xarray as xr

from popsim.care import need_by_age_sex, workforce_table
from popsim.config.binding import parameters
from popsim.run.plan import Plan
from popsim.targets import Evidence, NotComputable
from popsim.targets.measures.care import BASES, township_siting
from popsim.targets.measures.economy import gdp_year, shares_table
from popsim.targets.measures.tiers import MEASURES as TIER_MEASURES
from popsim.targets.measures.tiers import tier_table

__all__ = ["extra_tables", "scales_table"]


def extra_tables(
    plan: Plan,
    result: xr.Dataset,
    evidence: Evidence,
    care: pd.DataFrame,
    *,
    boundaries: Sequence[str],
) -> dict[str, pd.DataFrame]:
    """Tables by path in the run folder, without their ending.

    Parameters
    ----------
    plan, result
        The plan of the run and its projection.
    evidence
        What the targets were judged on.
    care
        The care table.
    boundaries
        Where shares are told.
    """
    years = tuple(plan.config.report.years or evidence.years)
    frames = plan.case.frames
    makers: dict[str, tuple[set[str], Callable[[], pd.DataFrame]]] = {
        "tables/economy": ({"gdp"}, lambda: _economy(plan, evidence, boundaries, years)),
        "tables/capacity": (
            {"resources", "observations"},
            lambda: _capacity(plan, result, years),
        ),
        "tables/coverage": ({"townships", "care_norms"}, lambda: _coverage(evidence)),
        "tables/care_by_age": ({"care_prevalence"}, lambda: _by_age_sex(plan, result, years)),
        "tables/staff": ({"care_norms"}, lambda: _staff(plan, care, years)),
        "tables/tiers": ({"townships", "tiers"}, lambda: _tiers(plan, evidence, years)),
        "tables/care_supply": ({"care_supply_items"}, lambda: _register(plan, evidence)),
        "scales": ({"care_scales"}, lambda: scales_table(care, frames["care_scales"], years)),
    }
    found = {}
    for name, (needs, make) in makers.items():
        if not needs <= set(frames):
            continue
        try:
            table = make()
        except NotComputable:
            continue
        if len(table):
            found[name] = table
    return found


def _economy(
    plan: Plan, evidence: Evidence, boundaries: Sequence[str], years: Sequence[int]
) -> pd.DataFrame:
    """Shares of the groups that targets on output speak of, on every boundary."""
    groups = {t.group for t in plan.targets if t.indicator == "gdp_share"}
    shown = {*years, gdp_year(evidence)[0]}
    tables = [shares_table(evidence, boundaries, group) for group in sorted(groups)]
    if not tables:
        return pd.DataFrame()
    table = pd.concat(tables, ignore_index=True)
    table = table[table["year"].isin(shown)]
    for share in ("gdp_share", "worker_share"):
        table[share] = (100 * table[share]).round(2)
    table["relative_productivity"] = table["relative_productivity"].round(3)
    lead = [c for c in ("boundary", "definition", "scenario", "year") if c in table]
    return table[[*lead, "gdp_share", "worker_share", "relative_productivity"]]


def _capacity(plan: Plan, result: xr.Dataset, years: Sequence[int]) -> pd.DataFrame:
    """Density, floor area, water and the people water bears."""
    from popsim.capacity import capacity_table

    whole = plan.calibration.get("whole")
    if whole is None:
        raise NotComputable("capacity")
    table = capacity_table(result["population"], plan.case, whole=str(whole))
    return table[table["year"].isin(list(years))]


def _coverage(evidence: Evidence) -> pd.DataFrame:
    """Homes asked of the townships at hand, on both readings of the density."""
    tables = [township_siting(evidence, basis).assign(definition=basis) for basis in BASES]
    table = pd.concat(tables, ignore_index=True).rename(columns={"unit": "township"})
    numbers = ["density", "elderly", "homes_floor", "homes_cover"]
    table[numbers] = table[numbers].astype(float).round(1)
    lead = ["region", "township", "year", "definition"]
    return table[[*lead, *(c for c in table if c not in lead)]]


def _tiers(plan: Plan, evidence: Evidence, years: Sequence[int]) -> pd.DataFrame:
    """People by tier of settlement, where a target speaks of tiers."""
    if not {t.indicator for t in plan.targets} & set(TIER_MEASURES):
        return pd.DataFrame()
    return tier_table(evidence, years)


def _by_age_sex(plan: Plan, result: xr.Dataset, years: Sequence[int]) -> pd.DataFrame:
    """Need and dementia by sex and age group, where the scenario file asks for them."""
    if "by_age_sex" not in plan.options.get("tables", ()):
        return pd.DataFrame()
    own = parameters(need_by_age_sex)
    how = {k: v for k, v in plan.care.items() if k in own and k != "years"}
    return need_by_age_sex(result["population"], plan.case, years=years, **how)


def _staff(plan: Plan, care: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Workers, hours and money, where the scenario file asks for them."""
    if "staff" not in plan.options.get("tables", ()):
        return pd.DataFrame()
    own = parameters(workforce_table, given=("care", "norms", "years"))
    given = {k: v for k, v in {**plan.care, **plan.options}.items() if k in own}
    return workforce_table(care, plan.case.frames["care_norms"], years=years, **given)


def _register(plan: Plan, evidence: Evidence) -> pd.DataFrame:
    """Last count of each item and place (a county, or all) in the user's register."""
    supply: Any = plan.care.get("supply")
    if supply is None or not len(supply):
        return pd.DataFrame()
    rows = supply[supply["region"].isin([*evidence.regions, "all"])].sort_values("year")
    last = rows.groupby(["item", "region"], as_index=False).last()
    columns = ["region", "year", "item", "value", "unit", "source"]
    return pd.DataFrame(last, columns=columns)


def scales_table(care: pd.DataFrame, scales: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """People in need of care by scale: how far the definitions are apart.

    Parameters
    ----------
    care
        The care table.
    scales
        The case's table of scales: `scale, title_zh, title_en, definition, covers_from_age`.
    years
        Years shown.

    Returns
    -------
    pd.DataFrame
        `scale, title_zh, title_en, definition, covers_from_age, scenario, year, persons,
        share_60plus, times_least`: `times_least` is the count over that of the narrowest scale of
        the same scenario and year.
    """
    rows = care[(care["region"] == "all") & care["year"].isin(list(years))]
    total = rows[rows["indicator"].str.startswith("need_total.")]
    keys = ["scenario", "year"]
    table = total[[*keys, "value"]].rename(columns={"value": "persons"})
    table = table.assign(scale=total["indicator"].str.partition(".")[2])
    sixty = rows[rows["indicator"] == "population_60plus"][[*keys, "value"]]
    table = table.merge(sixty, on=keys, validate="m:1")
    table["share_60plus"] = table["persons"] / table["value"]
    table["times_least"] = table["persons"] / table.groupby(keys)["persons"].transform("min")
    names = ["scale", "title_zh", "title_en", "definition", "covers_from_age"]
    table = table.merge(scales[names], on="scale", how="left", validate="m:1")
    return table[[*names, *keys, "persons", "share_60plus", "times_least"]]
