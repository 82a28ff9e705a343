"""Elderly care: need, services, money, supply and the siting of homes.

What lives here: counts that follow from a projected population by age (people in need under a named
scale, people with dementia, beds, staff, subsidies), the register of what exists, and where homes
must stand to be near the elderly. What does not: how the population itself is projected, and
whether a target is met.

| module | holds |
|---|---|
| `prevalence`, `uncertainty` | published shares by band -> by single age; random shares |
| `need`, `multistate` | people in need: prevalence x population; transitions between degrees |
| `dementia` | dementia and living arrangements, beside disability, never added to it |
| `services`, `staff`, `money` | settings, beds, workers, hours, subsidies, insurance |
| `supply` | the user's register of capacity, and gaps against it |
| `siting`, `access` | the siting rule by density, covering and catchment models |
| `counts`, `table` | all counts of a run in one long table |

Every count carries the scale, norm or pattern it stands on. No amount of money, share of settings
or occupancy is shipped where none was published: those are arguments without defaults.
"""

from popsim.care.ages import sum_ages
from popsim.care.dementia import (
    dementia,
    dementia_prevalence,
    elderly_households,
    elderly_only_persons,
    living_alone_upper_bound,
)
from popsim.care.need import Calibration, need, prevalence_trend
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
from popsim.care.staff import care_hours, family_carers, formal_and_informal_hours, staff_needed
from popsim.care.table import care_table
from popsim.care.uncertainty import prevalence_draws

__all__ = [
    "Calibration",
    "beds_by_need",
    "beds_by_norm",
    "care_hours",
    "care_table",
    "check_prevalence",
    "dementia",
    "dementia_prevalence",
    "elderly_households",
    "elderly_only_persons",
    "family_carers",
    "formal_and_informal_hours",
    "hospice_need",
    "living_alone_upper_bound",
    "need",
    "norm_value",
    "pattern_shares",
    "per_10000",
    "places_by_pattern",
    "prevalence",
    "prevalence_draws",
    "prevalence_trend",
    "settings_by_degree",
    "staff_needed",
    "sum_ages",
    "used_beds",
]
