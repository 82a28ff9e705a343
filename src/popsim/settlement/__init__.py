"""Settlement: how people are spread over the tiers and the sizes of towns.

`tiers`: the four tiers of a settlement pattern (central city, county seat, small city or key town,
ordinary town), their people and shares, and shares projected under the county's total. `sizes`:
primacy, the rank-size slope, and the size classes of cities.

The tier of each town is the planner's data; none is guessed here. Cohorts by town are not run:
rates are not published at that level.
"""

from popsim.settlement.sizes import (
    CITY_SIZE_CLASSES,
    Primacy,
    RankSize,
    city_size_class,
    city_size_label,
    primacy,
    rank_size,
)
from popsim.settlement.tiers import (
    TIERS,
    project_tier_shares,
    tier_drift,
    tier_label,
    tier_population,
    tier_shares,
)

__all__ = [
    "CITY_SIZE_CLASSES",
    "TIERS",
    "Primacy",
    "RankSize",
    "city_size_class",
    "city_size_label",
    "primacy",
    "project_tier_shares",
    "rank_size",
    "tier_drift",
    "tier_label",
    "tier_population",
    "tier_shares",
]
