"""Migration: age profiles, residual estimates, rates, and flows between places.

`profiles`, `fitting`: Rogers-Castro schedules, their fit, the UN's published sets, totals to ages.
`residual`: net migration as what births and deaths leave unexplained.
`rates`: flows and matrices of rates to matrices of probabilities.
`flows`: origin-destination tables from margins, gravity, and measures of a flow table.

Fitting a flow table to any margins, `ipf`, lives in `popsim.methods.raking` and is found here too.
Which places exist and which moves are permitted is not known here (see `popsim.coords`).
"""

from popsim.methods.migration.fitting import ProfileFit, fit_rogers_castro
from popsim.methods.migration.flows import (
    Effectiveness,
    GravityFit,
    fit_gravity,
    flows_from_margins,
    gravity,
    migration_effectiveness,
)
from popsim.methods.migration.profiles import (
    migration_by_age,
    rogers_castro,
    un_schedule,
    un_schedules,
)
from popsim.methods.migration.rates import probabilities_from_flows, rates_to_probabilities
from popsim.methods.migration.residual import (
    residual_migration_by_sex,
    residual_migration_of_children,
    residual_net_migration,
)
from popsim.methods.raking import ipf

__all__ = [
    "Effectiveness",
    "GravityFit",
    "ProfileFit",
    "fit_gravity",
    "fit_rogers_castro",
    "flows_from_margins",
    "gravity",
    "ipf",
    "migration_by_age",
    "migration_effectiveness",
    "probabilities_from_flows",
    "rates_to_probabilities",
    "residual_migration_by_sex",
    "residual_migration_of_children",
    "residual_net_migration",
    "rogers_castro",
    "un_schedule",
    "un_schedules",
]
