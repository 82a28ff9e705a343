"""Table 5's tiers of settlement and primacy: who lives in which tier, where that is known."""

from __future__ import annotations

import pandas as pd

from popsim.labels import label, phrase
from popsim.settlement import primacy, tier_label
from popsim.sheets.frames import WAN
from popsim.sheets.source import RunTables

__all__ = ["primacy_of", "tier_lines", "tier_notes"]


def _table(run: RunTables) -> pd.DataFrame | None:
    """`tables/tiers.csv` of the run: towns as counted, or projected under the counties."""
    table = (run.extra or {}).get("tiers")
    if table is None:
        return None
    counted = table["scenario"] == ""
    return table[counted | table["year"].isin(run.years)].reset_index(drop=True)


def tier_lines(run: RunTables, lang: str) -> pd.DataFrame:
    """Lines of table 5 by tier: people and their share of the county.

    Parameters
    ----------
    run
        With the extra table ``tiers``.
    lang
        ``"zh"`` or ``"en"``.

    Returns
    -------
    pd.DataFrame
        Columns region, boundary, scenario, year, resident, tier, tier_share; no rows where the run
        knows no tiers.
    """
    table = _table(run)
    if table is None:
        return pd.DataFrame()
    counted = label("scenario.census", lang)
    towns = pd.to_numeric(table["towns"]).astype(int)
    return pd.DataFrame(
        {
            "region": [run.region_name(code, lang) for code in table["region"]],
            "boundary": "",
            "scenario": [run.scenario_name(s, lang) if s else counted for s in table["scenario"]],
            "year": table["year"],
            "resident": (pd.to_numeric(table["population"]) * WAN).round(2),
            "tier": [
                phrase("text.tier_towns", lang, tier=tier_label(tier, lang), n=n)
                for tier, n in zip(table["tier"], towns, strict=True)
            ],
            "tier_share": (100 * pd.to_numeric(table["share"])).round(2),
        }
    )


def tier_notes(run: RunTables, lang: str) -> list[str]:
    """Which counties have tiers and on whose word, and what the others lack."""
    table = _table(run)
    if table is None:
        return []
    data = run.projection
    regions = [] if data is None else [str(r) for r in data["region"].to_numpy()]
    told = [r for r in regions if r in set(table["region"])]
    rest = [r for r in regions if r not in told]
    joiner = "、" if lang == "zh" else ", "
    bases = sorted({b for words in table["basis"] for b in str(words).split(";")})
    values = {
        "told": joiner.join(run.region_name(r, lang) for r in told),
        "years": joiner.join(str(y) for y in sorted(set(table["year"]))),
        "basis": joiner.join(label(f"basis.{b}", lang) for b in bases),
    }
    notes = [phrase("text.tier_note", lang, **values)]
    if rest:
        names = joiner.join(run.region_name(r, lang) for r in rest)
        notes.append(phrase("text.tier_lacking", lang, rest=names))
    return notes


def primacy_of(wide: pd.DataFrame, run: RunTables) -> pd.Series | None:
    """Urban people of the largest place over those of the second, on the rows of the whole.

    Places are the group of regions of the first boundary, taken as one town, and the counties
    outside it. Their urban people live in towns and villages' centres, too, not in the seats alone.

    Parameters
    ----------
    wide
        Columns group_or_region, boundary, scenario, year, urban_population.
    run
        With the membership `in_group` in its projection.

    Returns
    -------
    pd.Series
        The ratio on rows of the whole, NaN on others; None where membership or urban people are
        not in the run.
    """
    data = run.projection
    if data is None or "in_group" not in data.variables or "urban_population" not in wide:
        return None
    core = data["in_group"].isel(boundary=0, group=0)
    found = pd.Series(float("nan"), index=wide.index)
    for (_, year), rows in wide[wide["boundary"] == ""].groupby(["scenario", "year"]):
        urban = rows.set_index("group_or_region")["urban_population"].drop("all")
        inside = core.sel(year=year, region=list(urban.index)).to_numpy()
        sizes = [*urban[~inside], urban[inside].sum()]
        sizes = [size for size in sizes if size > 0]
        if len(sizes) >= 2:
            found[rows.index[rows["group_or_region"] == "all"]] = primacy(sizes).two_city
    return found.round(2)
