"""Health of the elderly: dementia beds, health management, records (T32, T36, T38).

"Elderly" is 60+ where beds are counted and 65+ where health is managed: the denominators of the
national norms, not of one word of the plan.
"""

from __future__ import annotations

import xarray as xr

from popsim.targets.evidence import Evidence
from popsim.targets.measure import Measure, MeasureFunction, against_stock
from popsim.targets.model import Target

__all__ = ["MEASURES"]


def need_per(age: str, per: float) -> MeasureFunction:
    """Units needed when the target's threshold is units per `per` persons of an age group."""

    def need(evidence: Evidence, target: Target, boundary: str, definition: str) -> xr.DataArray:
        rate = target.threshold
        assert isinstance(rate, float | int)
        people = evidence.inside(evidence.people(definition, age), target.group, boundary)
        return people * (float(rate) / per)

    return need


def persons_to_record(
    evidence: Evidence, target: Target, boundary: str, definition: str
) -> xr.DataArray:
    """Residents of 65 and over: everybody of them is to have a record."""
    return evidence.inside(evidence.people(definition, "65plus"), target.group, boundary)


MEASURES = {
    "dementia_beds_need": Measure(
        need_per("60plus", 10_000), "bed", extra=against_stock("dementia_beds")
    ),
    "health_managed_need": Measure(
        need_per("65plus", 1), "person", extra=against_stock("health_managed_persons")
    ),
    "health_records_need": Measure(
        persons_to_record, "person", extra=against_stock("health_records_persons")
    ),
}
