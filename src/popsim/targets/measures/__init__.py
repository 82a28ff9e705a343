"""What targets measure: one small function each, in modules by subject, and one table of them.

To add one, write the function in the module of its subject and its line in that module's table.
What belongs here: sums, shares and needs out of the evidence. What does not: projections, care
models, economics; those are computed below and called, or handed over in the evidence.
"""

from popsim.targets.measure import Measure
from popsim.targets.measures import (
    capacity,
    care,
    economy,
    health,
    hukou,
    people,
    registers,
    space,
    tiers,
)

__all__ = ["MEASURES", "Measure"]

MEASURES: dict[str, Measure] = {
    **people.MEASURES,
    **tiers.MEASURES,
    **space.MEASURES,
    **hukou.MEASURES,
    **economy.MEASURES,
    **capacity.MEASURES,
    **care.MEASURES,
    **health.MEASURES,
    **registers.MEASURES,
}
