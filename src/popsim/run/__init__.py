"""From a scenario file to a run folder: configuration, inputs, projection, indicators, files.

`plan` binds the file to the case and refuses what does not fit; `compute` does the arithmetic by
calling the rooms below; `write` leaves the run folder. Nothing is computed here that a library
user could not call by name.

| module | holds |
|---|---|
| `plan`, `entries` | the scenario file bound to the case; its targets |
| `compute` | calibration, inputs, projection, indicators, targets, care |
| `evidence` | what the targets are judged on |
| `draws`, `intervals` | draws around scenarios, and what they say |
| `beside`, `extra`, `quality` | tables beside the long ones; the verdict on the censuses |
| `write` | the run folder |
"""

from popsim.run.compute import Outcome, compute
from popsim.run.plan import Plan, make_plan
from popsim.run.write import RunResult, check, run

run_config = run

__all__ = ["Outcome", "Plan", "RunResult", "check", "compute", "make_plan", "run", "run_config"]
