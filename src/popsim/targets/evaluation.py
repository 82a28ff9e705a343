"""Evaluation: one row for each target, scenario, boundary and definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from popsim.errors import ConfigError, DataError, Problem
from popsim.groups import age_group, group_population, total
from popsim.targets.model import Target

__all__ = ["AGE_GROUPS", "COLUMNS", "Evidence", "NotComputable", "evaluate", "evaluate_all"]

# Age groups that targets speak of: name -> (first age, age that ends it).
AGE_GROUPS: dict[str, tuple[int, float]] = {
    "all": (0, np.inf),
    "0_14": (0, 15),
    "15_59": (15, 60),
    "15_64": (15, 65),
    "60plus": (60, np.inf),
    "65plus": (65, np.inf),
    "80plus": (80, np.inf),
}

COLUMNS = [
    "target", "title", "indicator", "scenario", "boundary", "definition", "year", "value",
    "threshold", "comparison", "met", "gap", "first_year_met", "source", "unit", "status",
    "base_value", "probability", "stock", "lever", "strength", "quote", "reading", "reason",
]  # fmt: skip


class NotComputable(Exception):
    """Demography alone cannot answer: the message names the register that could."""


@dataclass(frozen=True)
class Evidence:
    """What targets are judged on, by definition of the population.

    Parameters
    ----------
    stocks
        Definition (``"resident"``, ``"registered"``) -> persons (region, age_group, year[,
        scenario][, draw]).
    in_group
        Membership (boundary, group, region, year), bool.
    base_year
        Year of the base population: trends start there.
    values
        Other measured series, e.g. ``"gdp"`` (region, year[, scenario]) or ``"urban"`` (region,
        year[, scenario]: urban residents).
    registers
        Stocks that only a register knows, by the key a measure asks for: (region, year) or a
        number.
    """

    stocks: Mapping[str, xr.DataArray]
    in_group: xr.DataArray
    base_year: int
    values: Mapping[str, xr.DataArray] = field(default_factory=dict)
    registers: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def age_groups(population: xr.DataArray) -> xr.DataArray:
        """Persons by the age groups of `AGE_GROUPS`, all other dims of people but region summed."""
        people = total(population, keep=("region", "age"))
        parts = [age_group(people, *limits) for limits in AGE_GROUPS.values()]
        names = xr.DataArray(list(AGE_GROUPS), dims="age_group", name="age_group")
        return xr.concat(parts, dim=names)

    @classmethod
    def from_populations(
        cls, populations: Mapping[str, xr.DataArray], in_group: xr.DataArray, **others: Any
    ) -> Evidence:
        """Evidence from full populations (.., region, .., age, year) by definition."""
        stocks = {name: cls.age_groups(people) for name, people in populations.items()}
        base_year = int(next(iter(stocks.values()))["year"].to_numpy()[0])
        return cls(stocks, in_group, base_year, **others)

    def people(self, definition: str, age: str = "all") -> xr.DataArray:
        """Persons by region and year of one age group."""
        if definition not in self.stocks:
            raise NotComputable(f"population by definition '{definition}'")
        return self.stocks[definition].sel(age_group=age, drop=True)

    def inside(self, by_region: xr.DataArray, group: str, boundary: str) -> xr.DataArray:
        """Sum over the regions of a group on a boundary; over all where no group is named."""
        if not group or group == "all":
            return by_region.sum("region")
        if group in by_region["region"].to_numpy():
            return by_region.sel(region=group, drop=True)
        groups = self.in_group["group"].to_numpy().tolist()
        if group not in groups:
            raise ConfigError(
                Problem("unknown group of regions", f"group {group}", group, f"one of {groups}")
            )
        return group_population(by_region, self.in_group.sel(boundary=boundary, group=group))

    def register(self, key: str) -> xr.DataArray | float:
        """A stock from the user's register.

        Raises
        ------
        NotComputable
            Naming the register, where it was not given.
        """
        if key not in self.registers:
            raise NotComputable(key)
        stock: xr.DataArray | float = self.registers[key]
        return stock


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


def _rows_of(
    target: Target, evidence: Evidence, draws: Evidence | None, boundary: str, definition: str
) -> list[dict[str, Any]]:
    """Rows of one target on one boundary and definition: one for each scenario."""
    from popsim.targets.measures import MEASURES

    place = {"boundary": boundary, "definition": definition}
    measure = MEASURES[target.indicator]
    try:
        values = measure.function(evidence, target, boundary, definition)
    except NotComputable as missing:
        return [_row(target, **place, status="not_computable", reason=f"needs: {missing}")]
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
                    rows += _rows_of(target, evidence, draws, boundary, definition)
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
