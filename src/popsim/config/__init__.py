"""Scenario files: YAML to frozen models, with the place of every key.

Here lives what a scenario file may say and how its faults are told. What the words *mean* does
not: models, levers and targets are functions elsewhere, and their parameters are checked against
their signatures by `bind`. No data is read here, no array is made.

| module | matter |
|---|---|
| `nodes` | the text: keys, places, traps of YAML |
| `extends` | inheritance of files and scenarios |
| `models`, `types` | the keys and their types |
| `faults`, `load` | all faults in one error |
| `binding` | parameters against signatures |
| `schema`, `dump` | JSON Schema for editors; a configuration written out again |
"""

from popsim.config.binding import bind, parameters
from popsim.config.dump import dump_config
from popsim.config.faults import arranged
from popsim.config.load import load_config
from popsim.config.models import (
    Choice,
    Config,
    Engine,
    Lever,
    Report,
    Scenario,
    States,
    TargetEntry,
    Title,
)
from popsim.config.schema import json_schema

__all__ = [
    "Choice",
    "Config",
    "Engine",
    "Lever",
    "Report",
    "Scenario",
    "States",
    "TargetEntry",
    "Title",
    "arranged",
    "bind",
    "dump_config",
    "json_schema",
    "load_config",
    "parameters",
]
