"""What targets measure: one small function each, and one table that names them.

A measure takes the evidence, the target, a boundary and a definition, and returns the path of its
value over `year` (and `scenario`, `draw`), or raises `NotComputable` naming the register it needs.
To add one, write the function and its line in `MEASURES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import xarray as xr

from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.model import Target

__all__ = ["MEASURES", "Measure"]

MeasureFunction = Callable[[Evidence, Target, str, str], xr.DataArray]


@dataclass(frozen=True)
class Measure:
    """A measure: its function, its unit, and on what it depends."""

    function: MeasureFunction
    unit: str
    by_boundary: bool = False
    by_definition: bool = True
    extra: Callable[[Evidence, Target, xr.DataArray], dict[str, Any]] | None = None


def population(evidence: Evidence, target: Target, boundary: str, definition: str) -> xr.DataArray:
    """Persons in the target's group."""
    age = str(target.options.get("age", "all"))
    return evidence.inside(evidence.people(definition, age), target.group, boundary)


def population_share(
    evidence: Evidence, target: Target, boundary: str, definition: str
) -> xr.DataArray:
    """Share of the target's group in all persons (age group by option `age`)."""
    people = evidence.people(definition, str(target.options.get("age", "all")))
    return evidence.inside(people, target.group, boundary) / people.sum("region")


def value_share(name: str) -> MeasureFunction:
    """Share of the target's group in a value by region, e.g. GDP."""

    def share(evidence: Evidence, target: Target, boundary: str, definition: str) -> xr.DataArray:
        if name not in evidence.values:
            raise NotComputable(f"{name} by region and year")
        by_region = evidence.values[name]
        return evidence.inside(by_region, target.group, boundary) / by_region.sum("region")

    return share


def urban_share(evidence: Evidence, target: Target, boundary: str, definition: str) -> xr.DataArray:
    """Urban residents over residents of the target's group."""
    if "urban" not in evidence.values:
        raise NotComputable("urban and rural residents by region")
    urban = evidence.inside(evidence.values["urban"], target.group, boundary)
    return urban / evidence.inside(evidence.people("resident"), target.group, boundary)


def need_per(age: str, per: float) -> MeasureFunction:
    """Units needed when the target's threshold is units per `per` persons of an age group."""

    def need(evidence: Evidence, target: Target, boundary: str, definition: str) -> xr.DataArray:
        rate = target.threshold
        assert isinstance(rate, float | int)
        people = evidence.inside(evidence.people(definition, age), target.group, boundary)
        return people * (float(rate) / per)

    return need


def against_stock(key: str) -> Callable[[Evidence, Target, xr.DataArray], dict[str, Any]]:
    """Judge a need against the stock in a register; say which register where there is none."""

    def extra(evidence: Evidence, target: Target, need: xr.DataArray) -> dict[str, Any]:
        needed = float(need.sel(year=target.year))
        try:
            register = evidence.register(key)
        except NotComputable:
            return {
                "met": "",
                "gap": "",
                "first_year_met": "",
                "probability": "",
                "status": "need_only",
                "reason": f"value is the need; whether it is met needs the register: {key}",
            }
        stock = float(
            register.sel(year=target.year).sum() if isinstance(register, xr.DataArray) else register
        )
        return {"stock": stock, "gap": stock - needed, "met": stock >= needed, "probability": ""}

    return extra


MEASURES: dict[str, Measure] = {
    "population": Measure(population, "person", by_boundary=True),
    "population_share": Measure(population_share, "1", by_boundary=True),
    "gdp_share": Measure(value_share("gdp"), "1", by_boundary=True, by_definition=False),
    "urban_share": Measure(urban_share, "1", by_definition=False),
    "dementia_beds_need": Measure(
        need_per("60plus", 10_000), "bed", extra=against_stock("dementia_beds")
    ),
    "health_managed_need": Measure(
        need_per("65plus", 1), "person", extra=against_stock("health_managed_persons")
    ),
}
