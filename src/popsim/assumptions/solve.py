"""One year solved on plain arrays: external migrants and moves that carry the levels of that year.

Letters: L scenarios, R regions, A areas (1 where not told apart), U statuses (1 likewise; else
registered, floating), K pairs of regions, E edges, G sexes, X ages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from popsim.assumptions.edges import BLOCKS, Edges
from popsim.assumptions.year import Convention, Moves, advance, gained, prepared, survivors_of
from popsim.errors import ConfigError, Problem
from popsim.methods.logistic import expit, logit

__all__ = ["Levels", "Solved", "System", "solve_year", "with_persons"]

Array = NDArray[np.float64]
REGISTERED, FLOATING = 0, 1
# Blocks of edges between the areas of a region, along which a path of the urban share is steered.
STEERED = ("to_urban", "reclassified", "to_rural")
# Persons: below this the urban share of a region counts as reached.
REACHED = 1e-4


@dataclass(frozen=True)
class System:
    """What is the same in all years and scenarios.

    Parameters
    ----------
    edges
        Moves permitted; None where there are none.
    regions
        Their codes, for messages.
    place
        Shares of a region's external migrants by area (region, area).
    leavers
        Shares of those who leave for good places elsewhere by sex and age (sex, age).
    convention
        Of the step.
    """

    edges: Edges | None
    regions: tuple[str, ...]
    place: Array
    leavers: Array
    convention: Convention


class Levels(NamedTuple):
    """Levels of one year, by scenario."""

    survival: Array  # (L, R or 1, A or 1, G, X)
    fertility: Array  # (L, R, A or 1, X)
    sex_ratio: Array  # (L)
    arrivals: Array  # (L, R, G, X) persons
    net_total: Array  # (L) net migrants wanted, NaN where arrivals are as given
    departure: Array  # (L, R, G, X) share of the floating of the start who leave, by age then
    absence: Array  # (L, R) probability that one of the absent returns
    hazard: Array  # (L, R, X) probability of registration
    newborn: Array  # (L) share of newborns of floating mothers registered at birth
    leaving: Array  # (L, K, G, X)
    returning: Array  # (L, K, G, X)
    growth: Array  # (L, R) growth of the logit of the urban share, NaN where not steered
    urban_share: Array  # (L) urban share of the whole wanted, NaN where none is
    reclassified: Array  # (L, R) share of the rural people whose places become urban
    reclassified_persons: Array  # (L, R) persons of the start whose places become urban besides
    reclass_part: Array  # (L) part of the other transfers to the towns that is reclassification


class Solved(NamedTuple):
    """A year solved."""

    people: Array  # (L, R, A, U, G, X) at the end
    births: Array  # (L, R, A, U)
    migrants: Array  # (L, R, A, U, G, X) net, those who leave by the rate among them
    counts: Array  # (L, R, A, U, G, X) the same without them
    move: Array  # (L, E, G, X)
    absent: Array  # (L, R, A, G, X) at the end
    absent_migrants: Array  # (L, R, A, G, X)


def solve_year(
    system: System, people: Array, absent: Array | None, levels: Levels, year: int
) -> Solved:
    """Find external migrants and probabilities of moves of a year, and its outcome.

    Parameters
    ----------
    people
        Residents at the start (L, R, A, U, G, X).
    absent
        Registered here and living elsewhere (L, R, A, G, X); None without statuses.
    levels
        Of the year.
    year
        For messages.

    Returns
    -------
    Solved

    Raises
    ------
    ConfigError
        Where a path or an event asks to move more people than there are.
    """
    levels = with_persons(system, people, levels, year)
    sizes = (len(people), int(np.prod(people.shape[1:4])), *people.shape[4:])
    survival = levels.survival[:, :, :, None]
    wide = np.broadcast_to(survival, people.shape[:4] + levels.survival.shape[-2:])
    fertility = np.broadcast_to(
        levels.fertility[:, :, :, None], (*people.shape[:4], people.shape[-1])
    )
    flat = (
        people.reshape(sizes),
        wide.reshape(sizes),
        fertility.reshape(*sizes[:2], -1),
        levels.sex_ratio,
    )
    survivors = survivors_of(people, survival)
    shape = absent.shape if absent is not None else (len(people), *people.shape[1:3], 2, 1)
    gone, gone_next = np.zeros(shape), np.zeros(shape)
    if absent is not None:
        gone, gone_next = _absent(system, absent, levels)
    move = _known_moves(system, people.shape, levels)
    migrants, counts = _external(system, people, survivors, gone, move, levels)

    steered = people.shape[2] == 2 and not np.isnan(levels.growth).any(1).all()
    blocks = [block for block in BLOCKS if not (steered and block in STEERED)]
    settled = _moves_of(system, move, *blocks)
    finish = prepared(*flat, migrants.reshape(sizes), settled, convention=system.convention)

    def outcome() -> tuple[Array, Array]:
        year = finish(_moves_of(system, move, *STEERED) if steered else None)
        return year.people.reshape(people.shape), year.births.reshape(people.shape[:4])

    after, births = outcome()
    if steered:
        pool = survivors.sum((3, 4, 5)) + _newborn(births, levels)
        position, net = _path(people, levels), np.zeros(people.shape[:2])
        for _ in range(8):
            position, missing = _missing(position, after, levels)
            # A scenario that has arrived stays put: it comes out the same alone as among others.
            missing[np.abs(missing).max(1) < REACHED] = 0.0
            if not missing.any():
                break
            rising = (net > 0) | ((net == 0) & (missing > 0))
            net += missing / np.where(rising, pool[:, :, 1], pool[:, :, 0])
            _steer(system, move, net, levels, year)
            after, births = outcome()
    return Solved(after, births, migrants, counts, move, gone_next, gone)


def _moves_of(system: System, move: Array, *blocks: str) -> Moves | None:
    """Moves along the edges of some blocks; None where there are no edges."""
    if system.edges is None:
        return None
    at, incidence = system.edges.among(*blocks)
    return Moves(incidence, system.edges.origin[at], move[:, at])


def with_persons(system: System, people: Array, levels: Levels, year: int) -> Levels:
    """Levels whose share of reclassified holds the persons; refuse more than live there."""
    persons = levels.reclassified_persons
    if not persons.any():
        return levels
    rural = people[:, :, 1].sum((2, 3, 4))
    over = np.argwhere(persons > rural)
    if over.size:
        line, region = over[0]
        raise ConfigError(
            Problem(
                "a reclassification larger than the rural population",
                f"period {year}, region {system.regions[region]}, scenario {line + 1}",
                f"{persons[line, region]:,.0f} persons",
                f"at most the {rural[line, region]:,.0f} rural people of the region",
                "look at the region and the year of the event, or give a smaller number",
            )
        )
    staying = (1.0 - levels.reclassified) * (1.0 - persons / rural)
    return levels._replace(reclassified=1.0 - staying, reclassified_persons=np.zeros_like(persons))


def _newborn(births: Array, levels: Levels) -> Array:
    """Newborns alive at the end of the year (L, R, A)."""
    alive = levels.survival[..., 0].mean(-1)
    total: Array = births.sum(3) * alive
    return total


def _absent(system: System, absent: Array, levels: Levels) -> tuple[Array, Array]:
    """Net migrants into the absent that keep their number, and the absent a year later."""
    survival = levels.survival
    back = -levels.absence[:, :, None, None, None] * survivors_of(absent, survival)
    shape = absent.shape
    flat = (shape[0], shape[1] * shape[2], *shape[3:])
    still = advance(
        absent.reshape(flat),
        np.broadcast_to(survival, shape).reshape(flat),
        np.broadcast_to(levels.fertility, (*shape[:3], shape[-1])).reshape(shape[0], flat[1], -1),
        levels.sex_ratio,
        back.reshape(flat),
        convention=system.convention,
    ).people.reshape(shape)
    lost = absent.sum((3, 4)) - still.sum((3, 4))
    # Where nobody returns nobody leaves either: the stock is then left to its births and deaths.
    lost = np.where(levels.absence[:, :, None] > 0, lost, 0.0)
    out = lost[..., None, None] * system.leavers
    return back + out, still + out


def _known_moves(system: System, shape: tuple[int, ...], levels: Levels) -> Array:
    """Probabilities of the moves that follow from levels alone (L, E, G, X)."""
    edges = system.edges
    if edges is None:
        return np.zeros((shape[0], 0, *shape[4:]))
    move = np.zeros((shape[0], edges.origin.size, *shape[4:]))
    at = edges.of("reclassified")
    move[:, at] = levels.reclassified[:, edges.region[at], None, None]
    at = edges.of("registered")
    if at.size:
        move[:, at] = levels.hazard[:, edges.region[at], None]
        first = move[:, at, :, :1]
        move[:, at, :, :1] = first + (1 - first) * levels.newborn[:, None, None, None]
        for block in ("leaving", "returning"):
            at = edges.of(block)
            move[:, at, :, 1:] = getattr(levels, block)[:, edges.pair[at], :, 1:]
    return move


def _external(
    system: System, people: Array, survivors: Array, gone: Array, move: Array, levels: Levels
) -> tuple[Array, Array]:
    """Net migrants across the outer border (L, R, A, U, G, X), and those given as counts."""
    come = levels.arrivals[:, :, None] * system.place[..., None, None]
    arrivals, left = np.zeros(people.shape), np.zeros(people.shape)
    edges = system.edges
    if edges is None or not edges.of("registered").size:
        arrivals[:, :, :, 0] = come
        counts = _scaled(arrivals, left, arrivals, levels.net_total)
        return counts, counts
    at, incidence = edges.among("leaving", "returning")
    flow = move[:, at] * survivors.reshape(len(people), -1, *people.shape[4:])[:, edges.origin[at]]
    within = gained(incidence, flow).reshape(people.shape)
    counts = np.zeros(people.shape)
    # Whoever of the registered leaves the residents is absent: what the absent gain by moves and
    # the moves inside do not explain has crossed the outer border.
    counts[:, :, :, REGISTERED] = -gone - within[:, :, :, REGISTERED]
    counts[:, :, :, FLOATING] = come
    arrivals[:, :, :, FLOATING] = come
    # The engine's `net_migration_rate`: on the people of the start, at the same age.
    left[:, :, :, FLOATING] = -levels.departure[:, :, None] * people[:, :, :, FLOATING]
    counts = _scaled(counts, left, arrivals, levels.net_total)
    return counts + left, counts


def _scaled(counts: Array, left: Array, arrivals: Array, wanted: Array) -> Array:
    """Counts whose arrivals are changed so that all net migrants are as many as wanted."""
    axes = tuple(range(1, counts.ndim))
    total = (counts + left).sum(axes)
    come = arrivals.sum(axes)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(np.isnan(wanted), 0.0, (wanted - total) / come)
    result: Array = counts + factor.reshape(-1, *[1] * (counts.ndim - 1)) * arrivals
    return result


def _path(people: Array, levels: Levels) -> Array:
    """Logit of the urban share that the growth of each region leads to (L, R)."""
    start = people.sum((3, 4, 5))
    urban = start[:, :, 0] + levels.reclassified * start[:, :, 1]
    return np.asarray(logit(urban / start.sum(2)) + levels.growth)


def _missing(position: Array, after: Array, levels: Levels) -> tuple[Array, Array]:
    """Where each path has to stand, and persons who have to move to the towns for it (L, R).

    Where the urban share of the whole is wanted, all regions are shifted alike for it.
    """
    now = after.sum((3, 4, 5))
    whole = now.sum(2)
    total = whole.sum(1)
    wanted = np.isfinite(levels.urban_share)
    for _ in range(50 if wanted.any() else 0):
        share = expit(position)
        urban = share * whole
        gap = levels.urban_share * total - urban.sum(1)
        step = gap / (urban * (1 - share)).sum(1)
        step = np.where(wanted & (np.abs(step) >= 1e-14), step, 0.0)
        position = position + step[:, None]
        if not step.any():
            break
    missing = expit(position) * whole - now[:, :, 0]
    return position, np.where(np.isnan(missing), 0.0, missing)


def _steer(system: System, move: Array, net: Array, levels: Levels, year: int) -> None:
    """Write the transfers between areas into the probabilities; refuse more than everybody."""
    edges = system.edges
    assert edges is not None
    up, down = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    part = levels.reclass_part[:, None]
    leaving = up + levels.reclassified
    over = np.argwhere((leaving > 1) | (down > 1))
    if over.size:
        line, region = over[0]
        raise ConfigError(
            Problem(
                "the urban share asked for moves more people than live there",
                f"period {year}, region {system.regions[region]}, scenario {line + 1}",
                f"a moving probability of {max(leaving[line, region], down[line, region]):.2f}",
                "at most 1",
                "ask for a slower path of the urban share, or a smaller reclassification",
            )
        )
    for block, values in (
        ("to_urban", up * (1 - part)),
        ("reclassified", up * part + levels.reclassified),
        ("to_rural", down),
    ):
        at = edges.of(block)
        move[:, at] = values[:, edges.region[at], None, None]
