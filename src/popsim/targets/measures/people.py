"""People of a group, and their share of all (T01, T05)."""

from __future__ import annotations

import xarray as xr

from popsim.targets.evidence import Evidence
from popsim.targets.measure import Measure, flagged
from popsim.targets.model import Target

__all__ = ["MEASURES"]


def population(evidence: Evidence, target: Target, boundary: str, definition: str) -> xr.DataArray:
    """Persons in the target's group (age group by option `age`)."""
    age = str(target.options.get("age", "all"))
    people = evidence.people(definition, age)
    path = evidence.inside(people, target.group, boundary)
    share = (path / people.sum("region")).sel(year=target.year)
    low, high = float(share.min()), float(share.max())
    text = f"{low:.2%}" if f"{low:.2%}" == f"{high:.2%}" else f"{low:.2%} - {high:.2%}"
    return flagged(path, "computed", note=(f"{text} of the whole", f"占全市{text}"))


def population_share(
    evidence: Evidence, target: Target, boundary: str, definition: str
) -> xr.DataArray:
    """Share of the target's group in all persons (age group by option `age`)."""
    people = evidence.people(definition, str(target.options.get("age", "all")))
    return evidence.inside(people, target.group, boundary) / people.sum("region")


def age_share(evidence: Evidence, target: Target, boundary: str, definition: str) -> xr.DataArray:
    """Share of an age group (option `age`, 60+ by default) in the people of the group.

    Option `of` names another age group to hold it against, e.g. 65+ over 15-64.
    """
    parts = [
        evidence.inside(evidence.people(definition, age), target.group, boundary)
        for age in (
            str(target.options.get("age", "60plus")),
            str(target.options.get("of", "all")),
        )
    ]
    return parts[0] / parts[1]


MEASURES = {
    "age_share": Measure(age_share, "1", by_boundary=True),
    "population": Measure(population, "person", by_boundary=True),
    "population_share": Measure(population_share, "1", by_boundary=True),
}
