"""Evaluation: one row for each target, scenario, boundary and definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from popsim.errors import ConfigError, DataError, Problem
from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.measures import MEASURES
from popsim.targets.model import Target
from popsim.targets.sureness import SURE_COLUMNS, draws_of, sureness

__all__ = ["COLUMNS", "evaluate", "evaluate_all"]

COLUMNS = [
    "target", "title", "indicator", "scenario", "boundary", "definition", "year", "value",
    "threshold", "comparison", "met", "gap", "first_year_met", "source", "unit", "status",
    "base_value", "census_value", "probability", "stock", "lever", "strength", "quote", "reading",
    "reason", "register", "as_of", "value_unit", "note", "lever_zh", "reading_zh", "reason_zh",
    "note_zh", "title_zh", "title_en", "family", *SURE_COLUMNS,
]  # fmt: skip

# Statuses whose value is held against the threshold.
JUDGED = ("computed",)
# Between what the words of several registers stand.
JOIN = {"en": "; ", "zh": "；"}


def _base(path: xr.DataArray, base_year: int) -> xr.DataArray:
    """The path where it starts: in the base year, or in its first year where it has none."""
    years = path["year"].to_numpy()
    published = path.attrs.get("status") == "base_only"
    return path.sel(year=base_year if base_year in years and not published else years[0])


def _judge(
    target: Target, values: xr.DataArray, base_year: int
) -> tuple[float, float | None, bool | None, str]:
    """Value and gap in the target's year, met or not, and the first year from which it is met."""
    years = values["year"].to_numpy()
    year = int(values.attrs.get("as_of", target.year))
    if year not in years:
        return float(values.isel(year=-1)), None, None, ""
    path = values.to_numpy().astype(float)
    gap = target.gap(path, np.atleast_1d(float(_base(values, base_year))))
    at = int(np.flatnonzero(years == year)[0])
    value = float(path[at])
    if values.attrs.get("status", "computed") not in JUDGED:
        return value, None, None, ""
    if target.comparison == "exists":
        return value, min(value, 1.0) - 1.0, value > 0, ""
    if gap is None:
        return value, None, None, ""
    met = target.met(gap)
    since = np.flatnonzero(met & (years >= base_year))
    first = str(int(years[since[0]])) if since.size else ""
    return value, float(gap[at]), bool(met[at]), first


def _threshold_text(target: Target) -> float | str:
    threshold = target.threshold
    if isinstance(threshold, tuple):
        return "..".join(f"{part:g}" for part in threshold)
    return target.threshold_word if threshold is None else threshold


def _row(target: Target, **values: Any) -> dict[str, Any]:
    """A row with every column, the words of the target filled in."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    row.update(
        target=target.id,
        title=target.title,
        title_zh=target.title_zh or target.title,
        title_en=target.title_en or target.title,
        family=target.family,
        indicator=target.indicator,
        year=target.year,
        threshold=_threshold_text(target),
        comparison=target.comparison,
        source=target.source,
        unit=target.unit,
        strength=target.strength,
        quote=target.quote,
        reading=target.reading,
        reading_zh=target.reading_zh,
        register=target.register,
    )
    row.update(values)
    return row


def reasons(evidence: Evidence, needs: str, status: str) -> dict[str, str]:
    """What is missing, in words: columns reason and reason_zh."""
    keys = [k.strip() for part in needs.split(";") for k in part.split("/") if k.strip()]
    if not keys:
        return {"reason": "", "reason_zh": ""}
    words = {
        lang: JOIN[lang].join(evidence.words.get(k, (k, k))[i] for k in keys)
        for i, lang in enumerate(("en", "zh"))
    }
    named = ", ".join(keys)
    if status == "need_only":
        return {
            "reason": f"value is the need; whether it is met needs the register: {words['en']} "
            f"[{named}]",
            "reason_zh": f"数值为需求量；是否达到还需台账：{words['zh']}〔{named}〕",
        }
    return {
        "reason": f"needs: {words['en']} [{named}]",
        "reason_zh": f"需要：{words['zh']}〔{named}〕",
    }


def _scenarios(values: xr.DataArray) -> list[tuple[str, xr.DataArray]]:
    if "scenario" not in values.dims:
        return [("", values)]
    parts = [(str(s), values.sel(scenario=s, drop=True)) for s in values["scenario"].to_numpy()]
    for _, part in parts:
        part.attrs = dict(values.attrs)
    return parts


def _census_value(
    target: Target, census: Evidence | None, boundary: str, definition: str
) -> float | str:
    """The measure on the counts of the last census, before they were moved to the year's end."""
    if census is None:
        return ""
    try:
        path = MEASURES[target.indicator].function(census, target, boundary, definition)
    except (NotComputable, KeyError):
        return ""
    return float(path.isel(year=-1)) if path.ndim == 1 else ""


def _rows_of(
    target: Target,
    evidence: Evidence,
    others: Mapping[str, Evidence | None],
    boundary: str,
    definition: str,
) -> list[dict[str, Any]]:
    """Rows of one target on one boundary and definition: one for each scenario."""
    place: dict[str, Any] = {"boundary": boundary, "definition": definition}
    try:
        values = MEASURES[target.indicator].function(evidence, target, boundary, definition)
    except NotComputable as missing:
        words = reasons(evidence, missing.register, "not_computable")
        place |= {"register": missing.register}
        return [_row(target, **place, status="not_computable", **words)]
    place["census_value"] = _census_value(target, others.get("census"), boundary, definition)
    draws = others.get("draws")
    sampled = draws_of(target, draws, boundary, definition)
    rows = []
    for scenario, path in _scenarios(values):
        row = _projected_row(target, evidence, path, scenario=scenario, **place)
        rows.append(
            row
            | sureness(target, row, sampled, base_year=evidence.base_year, drawn=draws is not None)
        )
    return rows


def _projected_row(
    target: Target, evidence: Evidence, path: xr.DataArray, **place: Any
) -> dict[str, Any]:
    """A row with its value, judged, set against the register where the measure has one."""
    measure = MEASURES[target.indicator]
    value, gap, met, first = _judge(target, path, evidence.base_year)
    note = path.attrs.get("note", ("", ""))
    status = str(path.attrs.get("status", "computed"))
    row = _row(
        target,
        **place,
        value=value,
        base_value=float(_base(path, evidence.base_year)),
        gap="" if gap is None else gap,
        met="" if met is None else met,
        first_year_met=first,
        status=status,
        as_of=path.attrs.get("as_of", ""),
        note=note[0],
        note_zh=note[1],
        value_unit=measure.unit or target.unit,
    )
    row["unit"] = target.unit or measure.unit
    needs = str(path.attrs.get("needs", ""))
    if measure.extra and status == "computed":
        more = measure.extra(evidence, target, path)
        needs = str(more.pop("needs", needs))
        row |= more
    if needs:
        row |= reasons(evidence, needs, str(row["status"])) | {"register": needs}
    return row


def _check_year(target: Target, years: Sequence[int]) -> None:
    """A target is judged in a year of the projection."""
    if target.year not in years:
        raise ConfigError(
            Problem(
                "the target's year is outside the projection",
                f"target {target.id}",
                str(target.year),
                f"{years[0]}..{years[-1]}",
                "set last_year of the run to the target's year or later",
            )
        )


def _told_once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row where every boundary and definition lacks the same register."""
    lacking = {(row["status"], row["register"]) for row in rows}
    if len(rows) > 1 and len(lacking) == 1 and rows[0]["status"] == "not_computable":
        return [rows[0] | {"boundary": "", "definition": ""}]
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
        At least one row per target, columns `COLUMNS`. `status` says what the value is worth (see
        `popsim.targets.measure.STATUSES`); `definition` names the definition of the population,
        the scale of disability, the reading of a rule, whichever the measure is told apart by.

    Raises
    ------
    ConfigError
        Unknown indicator, or a year outside the projection: all such targets at once.
    """
    rows: list[dict[str, Any]] = []
    faults: list[Problem] = []
    others = {"draws": draws, "census": census}
    for target in targets:
        if target.indicator not in MEASURES:
            known = f"one of {sorted(MEASURES)}"
            faults.append(
                Problem("unknown indicator", f"target {target.id}", target.indicator, known)
            )
            continue
        measure = MEASURES[target.indicator]
        names: Sequence[str] = ("",)
        if measure.by_boundary and evidence.named_group(target.group):
            names = target.boundaries or tuple(boundaries)
        own: list[dict[str, Any]] = []
        for boundary in names:
            for definition in measure.variants(evidence, target):
                try:
                    _check_year(target, evidence.years)
                    own += _rows_of(target, evidence, others, boundary, definition)
                except ConfigError as error:
                    faults.extend(error.problems)
        rows += _told_once(own)
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
