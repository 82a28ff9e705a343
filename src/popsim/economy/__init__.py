"""Economic scale: labour, output by place, and the matching of people and industry.

Lives here: what follows from a projected population by age and sex and from the user's rates. May
not live here: participation, commuting, growth or any other rate; none is shipped, because none was
found by county. Capital and total factor productivity by county are not public: GDP by place is
labour times productivity.

| module | holds |
|---|---|
| `labour` | labour force, workers at the workplace, entry and exit rates |
| `accounts` | GDP by unit on one boundary basis, shares by boundary, merging of units |
| `growth` | productivity, paths, control to a total, decomposition, growth accounting |
| `matching` | indices of people against industry; ours, not official |
"""

from popsim.economy.accounts import (
    gdp_by_unit,
    gdp_share,
    gdp_share_table,
    merge_units,
    same_basis,
    zones_of,
)
from popsim.economy.growth import (
    control_to_total,
    gdp_path,
    growth_accounting,
    productivity,
    share_decomposition,
)
from popsim.economy.labour import entry_exit_rates, labour_force, workers_at_workplace
from popsim.economy.matching import (
    coupling_coordination,
    education_match,
    jobs_residents_ratio,
    labour_supply_ratio,
    structural_deviation,
)

__all__ = [
    "control_to_total",
    "coupling_coordination",
    "education_match",
    "entry_exit_rates",
    "gdp_by_unit",
    "gdp_path",
    "gdp_share",
    "gdp_share_table",
    "growth_accounting",
    "jobs_residents_ratio",
    "labour_force",
    "labour_supply_ratio",
    "merge_units",
    "productivity",
    "same_basis",
    "share_decomposition",
    "structural_deviation",
    "workers_at_workplace",
    "zones_of",
]
