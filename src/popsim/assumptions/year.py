"""One year on plain arrays, for the solvers that need its outcome before the inputs are known.

The engine projects; this module foretells one step of it, so that levels and moves can be solved
for. It follows the conventions of `popsim.project` (a test holds both against each other).

Letters: L scenarios, S states, E edges, G sexes, X ages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["Convention", "Moves", "Year", "advance", "gained", "prepared", "survivors_of"]

Array = NDArray[np.float64]


class Convention(NamedTuple):
    """Conventions of the step: share of migrants present from its start, who bears."""

    early: float = 0.0
    exposure: str = "before_migration"

    @classmethod
    def of(cls, engine: Mapping[str, Any] | None) -> Convention:
        """Read them from options of the projection."""
        options = dict(engine or {})
        early = {"end": 0.0, "even": 0.5, "start": 1.0}[options.get("migration_timing", "end")]
        return cls(early, options.get("births_exposure", "before_migration"))


class Moves(NamedTuple):
    """Edges and the probabilities on them."""

    incidence: sparse.csr_array  # (S, E): -1 at the origin, +1 at the destination
    origin: NDArray[np.intp]  # (E)
    probability: Array  # (L, E, G, X)


class Year(NamedTuple):
    """What a year leaves."""

    people: Array  # (L, S, G, X) at the end
    births: Array  # (L, S)


def survivors_of(people: Array, survival: Array) -> Array:
    """Survivors at the age reached; nobody at age 0.

    Parameters
    ----------
    people
        At the start (.., sex, age).
    survival
        Survival ratios by age reached (.., sex, age), of shapes that broadcast.
    """
    end = np.zeros(np.broadcast_shapes(people.shape, survival.shape))
    end[..., 1:] = people[..., :-1] * survival[..., 1:]
    end[..., -1] += people[..., -1] * survival[..., -1]
    return end


def advance(
    people: Array,
    survival: Array,
    fertility: Array,
    sex_ratio: Array,
    migrants: Array,
    moves: Moves | None = None,
    *,
    convention: Convention | None = None,
) -> Year:
    """Advance people by one year.

    Parameters
    ----------
    people, migrants
        Persons (L, S, G, X); migrants across the outer border.
    survival
        Survival ratios by age reached (L, S or 1, G, X).
    fertility
        Births per woman-year (L, S, X).
    sex_ratio
        Male per female birth (L).
    moves
        Edges with their probabilities, applied to survivors.
    convention
        Of the step.

    Returns
    -------
    Year
    """
    return prepared(people, survival, fertility, sex_ratio, migrants, convention=convention)(moves)


def prepared(
    people: Array,
    survival: Array,
    fertility: Array,
    sex_ratio: Array,
    migrants: Array,
    settled: Moves | None = None,
    *,
    convention: Convention | None = None,
) -> Callable[[Moves | None], Year]:
    """Work out a year as far as it can be without some of its moves.

    Parameters
    ----------
    people, survival, fertility, sex_ratio, migrants, convention
        As `advance` takes them.
    settled
        Moves that are known.

    Returns
    -------
    callable
        The year, given the other moves; it may be asked again and again.
    """
    early, exposure = convention or Convention()
    start = people + early * migrants
    survivors = survivors_of(start, survival)
    staying = survivors if settled is None else survivors + _gain(survivors, settled)
    women = (start if exposure == "textbook" else people)[:, :, 0]
    late = 0.0 if exposure == "before_migration" else 1.0 - early
    bearing = women + late * migrants[:, :, 0]
    after_moves = (1.0 - early) * migrants

    def finish(others: Moves | None = None) -> Year:
        after = staying if others is None else staying + _gain(survivors, others)
        births = 0.5 * (fertility * (bearing + after[:, :, 0])).sum(-1)
        girls = births / (1.0 + sex_ratio[:, None])
        newborn = np.stack([girls, births - girls], -1)[..., None] * survival[..., :1]
        end = after + after_moves
        end[..., :1] += newborn
        for moves in (settled, others):
            if moves is not None:
                first = moves._replace(probability=moves.probability[..., :1])
                end[..., :1] += _gain(newborn, first)
        return Year(end, births)

    return finish


def _gain(survivors: Array, moves: Moves) -> Array:
    """Net gain of each state (L, S, G, X) by moves, all at once."""
    return gained(moves.incidence, moves.probability * survivors[:, moves.origin])


def gained(incidence: sparse.csr_array, flow: Array) -> Array:
    """Net gain of each state (L, S, G, X) from flows along edges (L, E, G, X).

    A sparse product: each edge has two ends, and a dense one would wake threads for nothing.
    """
    ends = flow.shape[2:]
    cells = int(np.prod(ends))
    parts = [incidence @ line.reshape(len(line), cells) for line in flow]
    return np.stack(parts).reshape(len(flow), incidence.shape[0], *ends)
