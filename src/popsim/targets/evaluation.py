"""Evaluation: one row for each target, scenario, boundary and definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from popsim.errors import ConfigError, DataError, Problem
from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.model import Target

__all__ = ["COLUMNS", "evaluate", "evaluate_all"]

COLUMNS = [
    "target", "title", "indicator", "scenario", "boundary", "definition", "year", "value",
    "threshold", "comparison", "met", "gap", "first_year_met", "source", "unit", "status",
    "base_value", "census_value", "probability", "stock", "lever", "strength", "quote", "reading",
    "reason",
]  # fmt: skip


def _judge(
    target: Target, values: xr.DataArray, base_year: int
) -> tuple[float, float | None, bool | None, str]:
    """Value and gap in the target's year, met or not, and the first year from which it is met."""
    years = values["year"].to_numpy()
    if target.year not in years:
        raise ConfigError(
            Problem(
                "the target's year is outside the projection",
                f"target {target.id}",
                target.year.__str__(),
                f"{years[0]}..{years[-1]}",
                "set last_year of the run to the target's year or later",
            )
        )
    path = values.to_numpy().astype(float)
    base = path[years == base_year]
    gap = target.gap(path, base if len(base) else path[:1])
    at = int(np.flatnonzero(years == target.year)[0])
    if gap is None:
        return float(path[at]), None, None, ""
    met = gap >= 0
    since = np.flatnonzero(met & (years >= base_year))
    first = str(int(years[since[0]])) if since.size else ""
    return float(path[at]), float(gap[at]), bool(met[at]), first


def _probability(target: Target, draws: xr.DataArray | None) -> float | str:
    """Share of draws in which the target is met in its year."""
    if draws is None or "draw" not in draws.dims:
        return ""
    at = draws.sel(year=target.year).to_numpy().astype(float)
    base = draws.isel(year=0).to_numpy().astype(float)
    gap = target.gap(at, base)
    return "" if gap is None else float(np.mean(gap >= 0))


def _threshold_text(target: Target) -> float | str:
    threshold = target.threshold
    if isinstance(threshold, tuple):
        return "..".join(f"{part:g}" for part in threshold)
    return "" if threshold is None else threshold


def _row(target: Target, **values: Any) -> dict[str, Any]:
    """A row with every column, the words of the target filled in."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    row.update(
        target=target.id,
        title=target.title,
        indicator=target.indicator,
        year=target.year,
        threshold=_threshold_text(target),
        comparison=target.comparison,
        source=target.source,
        unit=target.unit,
        strength=target.strength,
        quote=target.quote,
        reading=target.reading,
    )
    row.update(values)
    return row


def _scenarios(values: xr.DataArray) -> list[tuple[str, xr.DataArray]]:
    if "scenario" not in values.dims:
        return [("", values)]
    return [(str(s), values.sel(scenario=s)) for s in values["scenario"].to_numpy()]


def _census_value(
    target: Target, census: Evidence | None, boundary: str, definition: str
) -> float | str:
    """The measure on the counts of the last census, before they were moved to the year's end."""
    from popsim.targets.measures import MEASURES

    if census is None:
        return ""
    try:
        path = MEASURES[target.indicator].function(census, target, boundary, definition)
    except NotComputable:
        return ""
    return float(path.isel(year=-1))


def _rows_of(
    target: Target,
    evidence: Evidence,
    others: Mapping[str, Evidence | None],
    boundary: str,
    definition: str,
) -> list[dict[str, Any]]:
    """Rows of one target on one boundary and definition: one for each scenario."""
    from popsim.targets.measures import MEASURES

    place = {"boundary": boundary, "definition": definition}
    measure = MEASURES[target.indicator]
    try:
        values = measure.function(evidence, target, boundary, definition)
    except NotComputable as missing:
        return [_row(target, **place, status="not_computable", reason=f"needs: {missing}")]
    draws = others.get("draws")
    counted = _census_value(target, others.get("census"), boundary, definition)
    sampled = None
    if draws is not None:
        try:
            sampled = measure.function(draws, target, boundary, definition)
        except NotComputable:
            sampled = None
    rows = []
    for scenario, path in _scenarios(values):
        value, gap, met, first = _judge(target, path, evidence.base_year)
        some = sampled
        if some is not None and "scenario" in some.dims:
            some = some.sel(scenario=scenario) if scenario in some["scenario"] else None
        extra = measure.extra(evidence, target, path) if measure.extra else {}
        base = path.sel(year=evidence.base_year)
        row = _row(
            target,
            **place,
            scenario=scenario,
            value=value,
            base_value=float(base),
            census_value=counted,
            gap="" if gap is None else gap,
            met="" if met is None else met,
            first_year_met=first,
            probability=_probability(target, some),
            status="computed",
        )
        rows.append(row | {"unit": target.unit or measure.unit} | extra)
    return rows


def evaluate_all(
    targets: Iterable[Target],
    evidence: Evidence,
    *,
    boundaries: Sequence[str],
    draws: Evidence | None = None,
    census: Evidence | None = None,
) -> pd.DataFrame:
    """Judge targets under every boundary and definition.

    Parameters
    ----------
    targets
        The targets, in the order wanted.
    evidence
        What they are judged on.
    boundaries
        Boundaries to judge on where a target names none.
    draws
        The same evidence with the dim `draw`, for probabilities.
    census
        Evidence of the census counts themselves; its last year gives the column `census_value`.

    Returns
    -------
    pd.DataFrame
        One row per target x scenario x boundary x definition, columns `COLUMNS`.

    Raises
    ------
    ConfigError
        Unknown indicator, or a year outside the projection: all such targets at once.
    """
    from popsim.targets.measures import MEASURES

    rows: list[dict[str, Any]] = []
    faults: list[Problem] = []
    others = {"draws": draws, "census": census}
    for target in targets:
        if target.indicator not in MEASURES:
            faults.append(
                Problem(
                    "unknown indicator",
                    f"target {target.id}",
                    target.indicator,
                    f"one of {sorted(MEASURES)}",
                )
            )
            continue
        measure = MEASURES[target.indicator]
        names = (target.boundaries or tuple(boundaries)) if measure.by_boundary else ("",)
        kinds = target.definitions or tuple(evidence.stocks) if measure.by_definition else ("",)
        for boundary in names:
            for definition in kinds:
                try:
                    rows += _rows_of(target, evidence, others, boundary, definition)
                except ConfigError as error:
                    faults.extend(error.problems)
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    return pd.DataFrame(rows, columns=COLUMNS)


def evaluate(
    target: Target, result: xr.Dataset, base: Any, *, boundaries: Sequence[str] | None = None
) -> pd.DataFrame:
    """Judge one target on the result of a projection.

    Parameters
    ----------
    target
        The target.
    result
        Of `popsim.project`: `population` (.., region, .., sex, age, year) in persons, and
        `registered_population` where the run has hukou states.
    base
        A case or Dataset with `in_group` (boundary, group, region, year).
    boundaries
        Boundaries to judge on; all of the case by default.

    Returns
    -------
    pd.DataFrame
        One row per scenario, boundary and definition.

    Raises
    ------
    DataError
        When the case holds no membership.
    """
    try:
        in_group = base.in_group
    except AttributeError as error:
        raise DataError(
            Problem("no membership of regions in boundaries", "base", "", "in_group")
        ) from error
    populations = {"resident": result["population"]}
    if "registered_population" in result:
        populations["registered"] = result["registered_population"]
    evidence = Evidence.from_populations(populations, in_group)
    names = list(in_group["boundary"].to_numpy()) if boundaries is None else list(boundaries)
    return evaluate_all([target], evidence, boundaries=[str(n) for n in names])
