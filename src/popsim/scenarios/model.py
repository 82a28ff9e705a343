"""What a scenario is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from popsim.assumptions.fitted import Model

__all__ = ["KINDS", "Scenario"]

# Kinds of models of a scenario, as its fields are named.
KINDS = ("fertility", "mortality", "migration", "urbanisation", "registration")


@dataclass(frozen=True)
class Scenario:
    """A named set of models and levers.

    Parameters
    ----------
    name
        Its label on the dim `scenario`.
    fertility, mortality, migration, urbanisation, registration
        Models with their parameters.
    levers
        (name, parameters) applied to the drivers in this order; keys of
        `popsim.scenarios.LEVERS`.
    """

    name: str
    fertility: Model
    mortality: Model
    migration: Model
    urbanisation: Model | None = None
    registration: Model | None = None
    levers: Sequence[tuple[str, Mapping[str, Any]]] = field(default=())
