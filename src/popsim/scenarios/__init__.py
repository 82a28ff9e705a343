"""Scenarios: named sets of assumptions, turned into inputs side by side, compared by cause.

`model`: what a scenario is. `levers`, `registering`: what may be changed in one, as functions of
drivers; `acting`: when and where a change acts.
`inputs`: drivers and inputs of all scenarios along one dim. `annexation`: boundaries that a
scenario brings with it. `difference`: two scenarios told apart by cause. No figure lives here.
"""

from popsim.scenarios.annexation import own_boundaries, with_annexations
from popsim.scenarios.difference import decompose_difference
from popsim.scenarios.inputs import scenario_drivers, scenario_inputs, side_by_side
from popsim.scenarios.levers import LEVERS
from popsim.scenarios.model import Scenario

__all__ = [
    "LEVERS",
    "Scenario",
    "decompose_difference",
    "own_boundaries",
    "scenario_drivers",
    "scenario_inputs",
    "side_by_side",
    "with_annexations",
]
