"""Targets: what a plan strives for, held against a projection.

Here live the target itself (`model`), its evaluation under every boundary and definition
(`evaluation`), and the search for what it would take (`levers`). What a target measures is an
indicator; indicators of people live in `popsim.indicators`, of care in `popsim.care`.
"""

from popsim.targets.evaluation import evaluate, evaluate_all
from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.levers import Requirement, required, required_people
from popsim.targets.model import COMPARISONS, Target, targets_from_table

__all__ = [
    "COMPARISONS",
    "Evidence",
    "NotComputable",
    "Requirement",
    "Target",
    "evaluate",
    "evaluate_all",
    "required",
    "required_people",
    "targets_from_table",
]
