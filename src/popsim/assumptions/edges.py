"""The permitted moves between states: which edges there are, in which order, of which kind."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import permutations

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy import sparse

from popsim.coords import States, edge_coords, edge_ends, states_of

__all__ = ["BLOCKS", "Edges", "edges_of"]

# Blocks of edges in their order, with the kind of move: people from villages to towns, whole
# villages that become towns, people from towns to villages, registration of residents from
# elsewhere, registered residents who move to another region (and are of the floating there), and
# those who come back.
BLOCKS: dict[str, str] = {
    "to_urban": "migration",
    "reclassified": "reclassification",
    "to_rural": "migration",
    "registered": "registration",
    "leaving": "migration",
    "returning": "migration",
}
Index = NDArray[np.intp]


@dataclass(frozen=True)
class Edges:
    """Edges between the states of a population.

    Parameters
    ----------
    coords
        Coordinates of the dim `edge`.
    origin, destination
        Numbers of the states (edge).
    block
        Name of the block of each edge (edge), a key of `BLOCKS`.
    region, pair
        Place of the region of origin (edge), and of the pair of regions of the blocks `leaving`
        and `returning` (edge), -1 elsewhere.
    pairs
        Pairs of regions (home, away), each a place among the regions.
    """

    coords: dict[str, tuple[str, NDArray[np.str_]]]
    origin: Index
    destination: Index
    block: NDArray[np.str_]
    region: Index
    pair: Index
    pairs: tuple[tuple[int, int], ...]

    @cached_property
    def incidence(self) -> sparse.csr_array:
        """-1 at the origin and +1 at the destination of each edge (state, edge)."""
        count = int(max(self.origin.max(), self.destination.max())) + 1
        edges = np.arange(self.origin.size)
        ones = np.ones(edges.size)
        ends = (np.concatenate([self.origin, self.destination]), np.concatenate([edges, edges]))
        values = np.concatenate([-ones, ones])
        return sparse.csr_array((values, ends), shape=(count, edges.size))

    @cached_property
    def _places(self) -> dict[str, Index]:
        return {block: np.flatnonzero(self.block == block) for block in BLOCKS}

    @cached_property
    def _among(self) -> dict[tuple[str, ...], tuple[Index, sparse.csr_array]]:
        return {}

    def of(self, block: str) -> Index:
        """Places of the edges of a block."""
        return self._places[block]

    def among(self, *blocks: str) -> tuple[Index, sparse.csr_array]:
        """Places of the edges of some blocks, and the columns of `incidence` that are theirs."""
        if blocks not in self._among:
            at = np.concatenate([self.of(block) for block in blocks])
            self._among[blocks] = at, self.incidence[:, at]
        return self._among[blocks]


def _rows(
    states: States, pairs: list[tuple[int, int]]
) -> Iterator[tuple[str, int, int, dict, dict]]:  # type: ignore[type-arg]
    """Block, region, pair, labels of origin and of destination of every edge."""
    labels = dict(zip(states.dims, states.labels, strict=True))
    regions = labels["region"]
    areas: list[dict[str, Hashable]] = [{"area": a} for a in labels.get("area", ())] or [{}]
    statuses: list[dict[str, Hashable]] = [{"status": s} for s in labels.get("status", ())] or [{}]
    base: dict[str, Hashable]
    if "area" in labels:
        for block in ("to_urban", "reclassified", "to_rural"):
            ends = ("urban", "rural") if block == "to_rural" else ("rural", "urban")
            for i, region in enumerate(regions):
                for status in statuses:
                    base = {"region": region, **status}
                    yield block, i, -1, base | {"area": ends[0]}, base | {"area": ends[1]}
    if "status" not in labels:
        return
    for i, region in enumerate(regions):
        for area in areas:
            base = {"region": region, **area}
            yield (
                "registered",
                i,
                -1,
                base | {"status": "floating"},
                base | {"status": "registered"},
            )
    for block in ("leaving", "returning"):
        for k, (home, away) in enumerate(pairs):
            for area in areas:
                at_home: dict[str, Hashable] = {
                    "region": regions[home],
                    "status": "registered",
                    **area,
                }
                elsewhere: dict[str, Hashable] = {
                    "region": regions[away],
                    "status": "floating",
                    **area,
                }
                if block == "leaving":
                    yield block, home, k, at_home, elsewhere
                else:
                    yield block, away, k, elsewhere, at_home


def edges_of(population: xr.DataArray) -> Edges | None:
    """Edges between the states of a population; None where it has neither areas nor statuses.

    Parameters
    ----------
    population
        Persons (region, [area], [status], sex, age).
    """
    states = states_of(population)
    return _edges(states) if {"area", "status"} & set(states.dims) else None


@lru_cache(maxsize=8)
def _edges(states: States) -> Edges:
    """Edges between states, worked out once for all the years and rounds of a run."""
    pairs = list(permutations(range(len(states.labels[0])), 2))
    rows = list(_rows(states, pairs))
    coords = edge_coords(
        {d: [row[3][d] for row in rows] for d in states.dims},
        {d: [row[4][d] for row in rows] for d in states.dims},
        [BLOCKS[row[0]] for row in rows],
    )
    edge = xr.Dataset(coords={"edge": np.arange(len(rows)), **coords})
    origin, destination = edge_ends(edge, states)
    return Edges(
        coords,
        origin,
        destination,
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows], dtype=np.intp),
        np.array([row[2] for row in rows], dtype=np.intp),
        tuple(pairs) if "status" in states.dims else (),
    )
