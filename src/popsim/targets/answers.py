"""What would meet a target, in words: people for a share, stock for a need, growth for an output.

Arithmetic stands first, then the lever turned in the projection with its plausibility against what
the scenario already assumes. Where nothing is missing or nothing can be turned, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from popsim.errors import ConvergenceError
from popsim.labels import label_or
from popsim.targets.evidence import Evidence
from popsim.targets.levers import Requirement, required, required_people, until
from popsim.targets.measures import MEASURES
from popsim.targets.model import Target

__all__ = ["Turn", "levers_of", "with_levers"]

#: Turns the lever of a target on a boundary under a scenario; None where it cannot be turned.
Turn = Callable[[Target, str, str], Requirement | None]
Pair = tuple[str, str]
NOTHING: Pair = ("", "")


def levers_of(
    targets: Sequence[Target],
    inputs: xr.Dataset,
    in_group: xr.DataArray,
    *,
    engine: Mapping[str, Any],
    lever: str = "net_migration",
) -> Turn:
    """A lever to be turned: net migration a year into the group, projected again to the year.

    Parameters
    ----------
    targets
        The targets of the run.
    inputs
        Of the projection, with or without the dim `scenario`.
    in_group
        Membership (boundary, group, region, year).
    engine
        Options of the projection.
    lever
        A key of `LEVERS`.
    """
    from popsim.projection import project

    # The projection without the lever is the same on every boundary.
    plain: dict[tuple[str, int], tuple[xr.Dataset, xr.Dataset]] = {}

    def turn(target: Target, boundary: str, scenario: str) -> Requirement | None:
        key = (scenario, target.year)
        if key not in plain:
            one = inputs
            if "scenario" in inputs.dims:
                one = inputs.sel(scenario=scenario, drop=True)
            if "net_migration" not in one or not bool((one["net_migration"] > 0).any()):
                return None
            one = until(one, target.year)
            plain[key] = one, project(one, **engine)
        one, result = plain[key]

        def run(changed: xr.Dataset, **options: Any) -> xr.Dataset:
            return result if changed is one else project(changed, **options, outputs=["population"])

        try:
            return required(
                target, one, lever, in_group=in_group, boundary=boundary, project=run, **engine
            )
        except ConvergenceError:
            return None

    return turn


def _number(value: float) -> Pair:
    """A count for readers of either language."""
    if abs(value) >= 1e4:
        return f"{value:,.0f}", f"{value / 1e4:,.2f}万"
    return f"{value:,.0f}", f"{value:,.0f}"


def _share_words(
    target: Target, row: Mapping[str, Any], evidence: Evidence, turn: Turn | None
) -> Pair:
    """People that a share of people lacks."""
    assert isinstance(target.threshold, float)
    boundary, kind = str(row["boundary"]), str(row["definition"])
    people = evidence.people(kind, str(target.options.get("age", "all")))
    if "scenario" in people.dims:
        people = people.sel(scenario=row["scenario"], drop=True)
    inside = evidence.inside(people, target.group, boundary)
    need = required_people(
        float(inside.sel(year=target.year)),
        float(people.sum("region").sel(year=target.year)),
        target.threshold,
        start=float(inside.sel(year=evidence.base_year)),
        years=target.year - evidence.base_year,
    )
    moved, moved_zh = _number(need.moved_inside)
    came, came_zh = _number(need.from_outside)
    english = [
        f"{moved} people moving in from the rest of the city, or {came} from outside it "
        f"(growth of {need.yearly_growth:.1%} a year)"
    ]
    chinese = [f"需由市内其他地区迁入{moved_zh}人，或由市外迁入{came_zh}人"
               f"（年均增长{need.yearly_growth:.1%}）"]  # fmt: skip
    found = turn(target, boundary, str(row["scenario"])) if turn and kind == "resident" else None
    if found is not None and found.amount > 0:
        words = _requirement_words(found, evidence.base_year, target.year)
        english.append(words[0])
        chinese.append(words[1])
    return "; ".join(english), "；".join(chinese)


def _requirement_words(found: Requirement, base_year: int, year: int) -> Pair:
    """The lever turned, and whether it is likely."""
    amount, amount_zh = _number(found.amount)
    when = f"{base_year + 1}-{year}"
    english = f"projected: {amount} more in-migrants into it each year {when}"
    chinese = f"推算：{base_year + 1}—{year}年每年需再迁入{amount_zh}人"
    if np.isfinite(found.times_history) and found.history > 0:
        past, past_zh = _number(found.history)
        times = found.times_history
        often = f"{times:.1f}" if times >= 0.1 else f"{times:.2f}"
        likely = ("within reach", "有可能") if found.plausible else ("not plausible", "不现实")
        english += f", {often} times the {past} of the scenario: {likely[0]}"
        chinese += f"，为该方案年均迁入{past_zh}人的{often}倍，{likely[1]}"
    return english, chinese


def _output_words(target: Target, row: Mapping[str, Any]) -> Pair:
    """Growth ahead of the rest that a share of output lacks."""
    assert isinstance(target.threshold, float)
    share, aim = float(row["value"]), target.threshold
    times = aim / (1 - aim) * (1 - share) / share
    return (
        f"output of the group {times:.2f} times as large against the rest",
        f"相对其余地区的产出需为推算值的{times:.2f}倍",
    )


def _stock_words(row: Mapping[str, Any], unit: str) -> Pair:
    """Stock to be built: the shortfall where the stock is known, the whole need where it is not."""
    words = [label_or(f"unit.{unit}", lang, unit) for lang in ("en", "zh")]
    if row["status"] == "need_only" and row["comparison"] == ">=":
        amount, amount_zh = _number(np.ceil(float(row["value"])))
        return (f"{words[0]} needed in all: {amount}", f"合计需达{amount_zh}{words[1]}")
    if isinstance(row["gap"], float) and row["gap"] < 0:
        amount, amount_zh = _number(np.ceil(-float(row["gap"])))
        return (f"{words[0]} lacking: {amount}", f"还需增加{amount_zh}{words[1]}")
    return NOTHING


def _in_stock(target: Target, row: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """A row whose gap is a stock, not a stock for each 1,000 people."""
    people = evidence.people(str(row["definition"]), str(target.options.get("age", "60plus")))
    if "scenario" in people.dims:
        people = people.sel(scenario=row["scenario"])
    inside = people.sel(region=evidence.members(target.group), year=target.year)
    times = float(inside.sum("region")) / float(target.options.get("per", 1000.0))
    return {**row, "gap": row["gap"] * times}


def _words(target: Target, row: Mapping[str, Any], evidence: Evidence, turn: Turn | None) -> Pair:
    short = isinstance(row["gap"], float) and row["gap"] < 0
    unit = str(row["value_unit"])
    if row["status"] == "not_computable":
        return NOTHING
    if target.indicator == "population_share" and short and target.comparison == ">=":
        return _share_words(target, row, evidence, turn)
    if target.indicator == "gdp_share" and short and target.comparison == ">=":
        return _output_words(target, row)
    need = MEASURES[target.indicator].extra is not None or target.threshold_word == "need"
    if need and target.comparison != "<=":
        return _stock_words(row, unit)
    if target.indicator == "register_per_people":
        return _stock_words(_in_stock(target, row, evidence), unit) if short else NOTHING
    if target.indicator.startswith("register") and short and target.comparison == ">=":
        return _stock_words(row, unit or target.unit) if "/" not in target.register else NOTHING
    return NOTHING


def with_levers(
    table: pd.DataFrame, targets: Sequence[Target], evidence: Evidence, *, turn: Turn | None = None
) -> pd.DataFrame:
    """Fill the columns `lever` and `lever_zh` of a table of targets.

    Parameters
    ----------
    table
        From `evaluate_all`.
    targets, evidence
        What it was made from.
    turn
        From `levers_of`; without it only the arithmetic is told.

    Returns
    -------
    pd.DataFrame
        A new table.
    """
    by_id = {target.id: target for target in targets}
    words = [
        _words(by_id[str(row["target"])], {str(k): v for k, v in row.items()}, evidence, turn)
        for row in table.to_dict("records")
    ]
    return table.assign(lever=[en for en, _ in words], lever_zh=[zh for _, zh in words])
