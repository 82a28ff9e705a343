"""Targets: what a plan strives for, held against a projection.

| module | holds |
|---|---|
| `model` | the target, its comparisons and its words |
| `evidence` | what targets are judged on: people by place, counts of care, registers |
| `measure`, `measures` | what is measured: one small function each, by subject |
| `evaluation` | a row for each target, scenario, boundary and definition |
| `levers`, `answers` | what it would take, as numbers and in words |
| `sureness` | what the draws say of a target's value |

What may not live here: how people, care or output are projected; measures call the rooms below.
"""

from popsim.targets.answers import levers_of, with_levers
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
    "levers_of",
    "required",
    "required_people",
    "targets_from_table",
    "with_levers",
]
