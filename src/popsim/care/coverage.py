"""Coverage of homes (T19-T22 of the plan): everything of the subject under one name.

Three questions, three modules: how many homes does the rule by density ask of an area (`siting`),
who is near the homes that stand (`access`), and where should new ones stand (`location`); `points`
reads the user's cells and sites.
"""

from popsim.care.access import covered_share, distances, rule_coverage, two_step_access
from popsim.care.location import maximal_covering, set_cover
from popsim.care.points import read_points, township_units
from popsim.care.siting import (
    cell_area,
    density_class,
    facilities_needed,
    siting_classes,
    siting_rule,
    walking_radius,
)

__all__ = [
    "cell_area",
    "covered_share",
    "density_class",
    "distances",
    "facilities_needed",
    "maximal_covering",
    "read_points",
    "rule_coverage",
    "set_cover",
    "siting_classes",
    "siting_rule",
    "township_units",
    "two_step_access",
    "walking_radius",
]
