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
| `services`, `facilities`, `staff` | settings, beds, homes, land, workers, hours |
| `workforce` | workers, hours and money of a run, row by row |
| `money`, `insurance` | subsidies, entitled groups, costs; the fund of the insurance |
| `supply`, `balance` | the user's register of capacity, and gaps against it |
| `coverage` (`siting`, `access`, `location`, `points`) | the siting rule, covering, catchments |
| `counts`, `rule`, `table` | all counts of a run in one long table |
| `ages` | edges of age groups, and sums that respect them |
| `by_age` | need and dementia by sex and age group |

Every count carries the scale, norm or pattern it stands on. No amount of money, share of settings
or occupancy is shipped where none was published: those are arguments without defaults.

Limits, which a reader of any figure from here should know:

- *Definition.* The same people give 24,396 or 140,149 disabled elderly by definition alone. Degrees
  of one scale are not those of another; a scale is named in every row, and none is the right one.
- *Place and time.* No prevalence by age was found for Jiaxing or Zhejiang: national, provincial or
  other cities' shares are carried to counties unchanged. Differences between counties in these
  counts are differences of age and sex only.
- *Ages.* Bands are step functions; need within a band rises with age, so an ageing band is
  understated. Scales that start at 65 count nobody at 60-64 unless `extend` says otherwise; scales
  with one share for all of 60+ miss the ageing within 60+ (30 % of it in Zhejiang by 2050).
- *Institutions.* Household surveys miss people in institutions; the census counts them.
- *Dementia.* A European age shape on a Chinese level, both sexes alike; it overlaps disability.
- *Living alone.* The county census gives an upper bound, not a count.
- *Registered or resident.* Norms and plans do not say whose elderly they count; the definition of
  the population stands in each row.
- *Trends.* Constant prevalence, health gains and +-0.8 % a year are scenarios, not forecasts. Draws
  carry the sampling error of a survey, not the choice of the scale.
- *Multistate.* No transition rates by county exist; the least movement that fits a prevalence is a
  reading of it, not an observation. Migrants are split as the residents of their age.
- *Demand is not use.* Need by norm, by pattern and by degree are three questions; planning beds are
  not used beds; prices, family care and waiting are not modelled.
- *Siting.* The official origin of the rule is not known, distances are straight lines, and no rule
  is given below 1,000 per km2.
"""

from popsim.care.ages import sum_ages
from popsim.care.by_age import need_by_age_sex
from popsim.care.coverage import (
    cell_area,
    covered_share,
    density_class,
    distances,
    facilities_needed,
    maximal_covering,
    read_points,
    rule_coverage,
    set_cover,
    siting_classes,
    siting_rule,
    township_units,
    two_step_access,
    walking_radius,
)
from popsim.care.dementia import (
    dementia,
    dementia_prevalence,
    elderly_households,
    elderly_only_persons,
    living_alone_upper_bound,
)
from popsim.care.expectancy import need_free_expectancy
from popsim.care.facilities import (
    capacity_ratio,
    facility_range,
    hospice_services,
    land_rules,
    wards_needed,
)
from popsim.care.insurance import insurance_balance
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
from popsim.care.supply import gaps, read_supply, supply_array, supply_registers
from popsim.care.table import care_table
from popsim.care.uncertainty import prevalence_draws
from popsim.care.workforce import worker_ratios, workforce_table

__all__ = [
    "Calibration",
    "EntitledUnion",
    "beds_by_need",
    "beds_by_norm",
    "capacity_ratio",
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
    "facility_range",
    "family_carers",
    "formal_and_informal_hours",
    "free_places",
    "gaps",
    "hospice_need",
    "hospice_services",
    "insurance_balance",
    "land_rules",
    "living_alone_upper_bound",
    "maximal_covering",
    "multistate_need",
    "need",
    "need_by_age_sex",
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
    "supply_registers",
    "supply_subsidy",
    "township_units",
    "transitions_from_prevalence",
    "two_step_access",
    "used_beds",
    "walking_radius",
    "wards_needed",
    "worker_ratios",
    "workforce_table",
]
