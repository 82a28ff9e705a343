"""Elderly care: need, services, money, supply and the siting of homes.

What lives here: counts that follow from a projected population by age (people in need under a named
scale, people with dementia, beds, staff, subsidies), the register of what exists, and where homes
must stand to be near the elderly. What does not: how the population itself is projected, and
whether a target is met.

| module | holds |
|---|---|
| `prevalence`, `uncertainty` | published shares by band -> by single age; random shares |
| `need`, `multistate` | people in need: prevalence x population; transitions between degrees |
| `expectancy` | years of life with and without need |
| `dementia` | dementia and living arrangements, beside disability, never added to it |
| `services`, `staff`, `money`, `insurance` | settings, beds, workers, hours, subsidies, insurance |
| `supply` | the user's register of capacity, and gaps against it |
| `siting`, `access`, `location`, `points` | the siting rule by density, covering, catchments |
| `counts`, `table` | all counts of a run in one long table |

Every count carries the scale, norm or pattern it stands on. No amount of money, share of settings
or occupancy is shipped where none was published: those are arguments without defaults.
"""

from popsim.care.access import covered_share, distances, rule_coverage, two_step_access
from popsim.care.ages import sum_ages
from popsim.care.dementia import (
    dementia,
    dementia_prevalence,
    elderly_households,
    elderly_only_persons,
    living_alone_upper_bound,
)
from popsim.care.expectancy import need_free_expectancy
from popsim.care.insurance import insurance_balance
from popsim.care.location import maximal_covering, set_cover
from popsim.care.money import (
    EntitledUnion,
    care_cost,
    demand_side_share,
    demand_subsidy,
    entitled_union,
    free_places,
    supply_subsidy,
)
from popsim.care.multistate import multistate_need, step_states, transitions_from_prevalence
from popsim.care.need import Calibration, need, prevalence_trend
from popsim.care.points import read_points, township_units
from popsim.care.prevalence import check_prevalence, prevalence
from popsim.care.services import (
    beds_by_need,
    beds_by_norm,
    hospice_need,
    norm_value,
    pattern_shares,
    per_10000,
    places_by_pattern,
    settings_by_degree,
    used_beds,
)
from popsim.care.siting import (
    cell_area,
    density_class,
    facilities_needed,
    siting_classes,
    siting_rule,
    walking_radius,
)
from popsim.care.staff import care_hours, family_carers, formal_and_informal_hours, staff_needed
from popsim.care.supply import gaps, read_supply, supply_array
from popsim.care.table import care_table
from popsim.care.uncertainty import prevalence_draws

__all__ = [
    "Calibration",
    "EntitledUnion",
    "beds_by_need",
    "beds_by_norm",
    "care_cost",
    "care_hours",
    "care_table",
    "cell_area",
    "check_prevalence",
    "covered_share",
    "demand_side_share",
    "demand_subsidy",
    "dementia",
    "dementia_prevalence",
    "density_class",
    "distances",
    "elderly_households",
    "elderly_only_persons",
    "entitled_union",
    "facilities_needed",
    "family_carers",
    "formal_and_informal_hours",
    "free_places",
    "gaps",
    "hospice_need",
    "insurance_balance",
    "living_alone_upper_bound",
    "maximal_covering",
    "multistate_need",
    "need",
    "need_free_expectancy",
    "norm_value",
    "pattern_shares",
    "per_10000",
    "places_by_pattern",
    "prevalence",
    "prevalence_draws",
    "prevalence_trend",
    "read_points",
    "read_supply",
    "rule_coverage",
    "set_cover",
    "settings_by_degree",
    "siting_classes",
    "siting_rule",
    "staff_needed",
    "step_states",
    "sum_ages",
    "supply_array",
    "supply_subsidy",
    "township_units",
    "transitions_from_prevalence",
    "two_step_access",
    "used_beds",
    "walking_radius",
]
