"""Rows of the care table that set the planner's register against what is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

__all__ = ["PAIRS", "supply_rows"]

# count needed (the part before the full stop) -> item of the register that answers it
PAIRS = {
    "beds_norm": "institution_beds",
    "beds_need": "institution_beds",
    "beds_nursing_norm": "nursing_beds",
    "dementia_beds_plan": "dementia_beds",
    "health_management_persons": "health_managed_persons",
}
ALL = "all"


def supply_rows(
    rows: pd.DataFrame,
    supply: pd.DataFrame,
    *,
    regions: Sequence[str],
    groups: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Stocks and gaps for every count that the register can answer.

    Parameters
    ----------
    rows
        The care table so far.
    supply
        As from `popsim.care.read_supply`.
    regions
        All regions: their sum is `all`.
    groups
        Named groups of regions.

    Returns
    -------
    pandas.DataFrame
        Rows `stock.ITEM` and `gap.INDICATOR` (needed less stock: above 0 is a shortfall), with the
        last registered stock held in later years. A county that the register does not know, and
        any group that holds one, has no row: silence is not zero.

    Examples
    --------
    >>> rows = pd.DataFrame({"indicator": ["beds_norm"] * 2, "region": ["a", "all"],
    ...     "scenario": "s", "year": 2025, "value": [50.0, 90.0], "unit": "bed",
    ...     "definition": "d", "source": "gb"})
    >>> register = pd.DataFrame({"region": ["a"], "year": [2022], "item": ["institution_beds"],
    ...     "value": [30.0], "unit": ["bed"], "source": ["bureau"]})
    >>> supply_rows(rows, register, regions=["a", "b"], groups={})[
    ...     ["indicator", "region", "value"]].values.tolist()
    [['stock.institution_beds', 'a', 30.0], ['gap.beds_norm', 'a', 20.0]]
    """
    members = {**{r: [r] for r in regions}, **groups, ALL: list(regions)}
    held = {key: part.sort_values("year") for key, part in supply.groupby(["item", "region"])}
    out: list[dict[str, object]] = []
    told: set[tuple[object, ...]] = set()
    for row in rows.to_dict("records"):
        item = PAIRS.get(str(row["indicator"]).partition(".")[0])
        if item is None:
            continue
        whole = row["region"] == ALL and (item, ALL) in held
        parts = [held.get((item, r)) for r in ([ALL] if whole else members[row["region"]])]
        known = [p[p["year"] <= row["year"]] for p in parts if p is not None]
        if len(known) < len(parts) or any(p.empty for p in known):
            continue
        last = pd.DataFrame([p.iloc[-1] for p in known])
        stock = float(last["value"].sum())
        years = sorted({int(y) for y in last["year"]})
        when = f"register of {years[0]}" + (f"-{years[-1]}" if len(years) > 1 else "")
        source = "; ".join(sorted({str(s) for s in last["source"]}))
        place = {k: row[k] for k in ("region", "scenario", "year", "unit")}
        key = (item, *place.values())
        if key not in told:
            told.add(key)
            text = f"{item}: {when}, held in later years"
            out.append({**place, "indicator": f"stock.{item}", "value": stock, "definition": text,
                        "source": source})  # fmt: skip
        ends: list[str] = [e for e in ("value", "lower", "upper") if e in row]
        gap: dict[str, object] = {end: float(row[end]) - stock for end in ends}
        text = f"{row['indicator']} less {item} ({when}); above 0 is a shortfall"
        out.append({**place, **gap, "indicator": f"gap.{row['indicator']}", "definition": text,
                    "source": f"{row['source']}; {source}"})  # fmt: skip
    frame = pd.DataFrame(out, columns=[*rows.columns])
    for end in ("lower", "upper"):
        if end in frame:
            frame[end] = frame[end].astype(float).fillna(frame["value"].astype(float))
    return frame
