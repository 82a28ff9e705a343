"""Carrying capacity: density classes, and the people that water, land, housing and waste can bear.

P_cap = min over resources of (R - F) / u: resource R, fixed uses F, use per head u. The amounts of
Jiaxing's water are published; the cap on its use, and land and waste per head, were not found: they
are the user's, with no default. The plan's own words are about *satisfaction* with housing, waste
and sewage; a quantity is only a proxy, and every result says so. A cap on people says what the
stated rates imply: thrift, transfers and prices change the rates, and nobody stops moving in at the
cap.

| module | holds |
|---|---|
| `needs` | density and its zones; water, land, floor area, waste, sewage from rates per head |
| `bearing` | the people each resource bears, and the one that binds |
| `table` | all of it for a projected population, in one long table |
"""

from popsim.capacity.bearing import Resource, bearing_population
from popsim.capacity.needs import (
    density,
    density_zone,
    floor_area,
    land_efficiency,
    land_needed,
    sewage,
    waste,
    water_per_person_day,
    water_use,
)
from popsim.capacity.table import capacity_table

__all__ = [
    "Resource",
    "bearing_population",
    "capacity_table",
    "density",
    "density_zone",
    "floor_area",
    "land_efficiency",
    "land_needed",
    "sewage",
    "waste",
    "water_per_person_day",
    "water_use",
]
