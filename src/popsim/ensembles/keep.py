"""What is kept of every draw: sums over ages, weighted sums, and where they are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import xarray as xr

from popsim.coords import States
from popsim.errors import Problems
from popsim.kernels.ensemble_data import Places, aligned, paired
from popsim.kernels.vectors import LANES
from popsim.variables.values import name_cells

__all__ = ["Keep", "Kept", "kept_sums", "places_of"]

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Keep = Mapping[str, tuple[float, float] | xr.DataArray]


@dataclass(frozen=True)
class Kept:
    """Sums in the form of the kernel.

    Parameters
    ----------
    names
        Of what was asked for.
    rows
        (names, K): which of the kernel's sums make up each of them.
    weight
        (K, sex, age) of every sum.
    piece, part_start, part_piece, part
        Bands of ages cut into vectors, as `kernels.ensemble_data.Sums` has them.
    """

    names: tuple[str, ...]
    rows: Array
    weight: Array
    piece: Integers
    part_start: Integers
    part_piece: Integers
    part: Array

    @property
    def weighted(self) -> Array:
        """(K - bands, W) the weighted sums, as `kernels.ensemble_data` has rows."""
        return paired(self.weight[self.part_start.size - 1 :])


def _limits(
    name: str, band: tuple[float, float], ages: npt.NDArray[np.int64], problems: Problems
) -> tuple[int, int]:
    """Places of the first age group of a band and of the first after it."""
    lower, upper = band
    if not lower < upper:
        problems.add("the band ends before it begins", where=f"keep ({name})", got=band)
        return 0, 0
    found = []
    for limit in (lower, upper):
        at = ages.size if limit == np.inf else int(np.searchsorted(ages, limit))
        if limit != np.inf and (at == ages.size or ages[at] != limit):
            problems.add(
                "a limit cuts through an age group",
                where=f"keep ({name})",
                got=f"{limit:g}",
                expected=f"one of {ages.tolist()[:4]}..{ages[-1]}, or inf",
            )
        found.append(at)
    return found[0], found[1]


def _weights(name: str, weights: xr.DataArray, like: xr.Dataset, problems: Problems) -> Array:
    """Weights of a sum, (sex, age)."""
    shape = (like.sizes["sex"], like.sizes["age"])
    where = f"keep ({name})"
    for dim in weights.dims:
        if dim not in ("sex", "age"):
            problems.add("foreign dim", where=where, got=dim, expected="sex, age or one of them")
        elif not np.array_equal(weights[dim].to_numpy(), like[dim].to_numpy()):
            problems.add(f"labels of `{dim}` other than of the population", where=where)
    if problems:
        return np.zeros(shape)
    values = weights.to_numpy().astype(np.float64)
    missing = weights.copy(data=~np.isfinite(values))
    if bool(missing.any()):
        cells, found = name_cells(missing, weights)
        problems.add("missing or infinite weight", where=f"keep ({name}: {cells})", got=found)
    ones = xr.DataArray(np.ones(shape), dims=("sex", "age"))
    return (xr.DataArray(values, dims=weights.dims) * ones).transpose("sex", "age").to_numpy()


def _pieces(
    segments: Sequence[tuple[int, int]], n_ages: int
) -> tuple[Integers, Integers, Integers, Array]:
    """Cut all ages, oldest first, into runs of pairs in one band or none, and pairs in several.

    Returns piece, part_start, part_piece, part of `kernels.ensemble_data.Sums`.
    """
    vectors = -(-n_ages // LANES)
    # the cells behind the last age are 0: they may belong to the oldest band
    owner = np.full(vectors * LANES, -1, dtype=np.int64)
    for k, (first, stop) in enumerate(segments):
        owner[first : owner.size if stop == n_ages else stop] = k
    pairs = owner.reshape(vectors, LANES)[::-1]
    ends = [
        v + 1 == vectors or pair.min() < pair.max() or not np.array_equal(pair, pairs[v + 1])
        for v, pair in enumerate(pairs)
    ]
    piece = np.where(ends, np.cumsum(ends) - 1, -1)
    parts = [
        (int(k), int(piece[v]), pairs[v] == k)
        for v in np.flatnonzero(ends)
        for k in np.unique(pairs[v])
        if k >= 0
    ]
    parts.sort(key=lambda part: part[:2])
    start = np.searchsorted([k for k, *_ in parts], np.arange(len(segments) + 1))
    part = aligned((len(parts), LANES))
    for n, (*_, lanes) in enumerate(parts):
        part[n] = lanes
    pieces = np.array([p for _, p, _ in parts], dtype=np.int64)
    return piece.astype(np.int64), start.astype(np.int64), pieces, part


def kept_sums(keep: Keep, like: xr.Dataset, problems: Problems) -> Kept:
    """Turn what was asked for into disjoint bands of ages and weighted sums.

    Parameters
    ----------
    keep
        Bands ``(lower, upper)`` in years, or weights (sex, age), by name.
    like
        With the coordinates `sex` and `age`.
    problems
        Grows by what cannot be meant.

    Returns
    -------
    Kept
    """
    ages = like["age"].to_numpy()
    if not keep:
        problems.add("nothing to keep", where="keep", remedy='e.g. keep={"total": (0, np.inf)}')
    bands: dict[str, tuple[int, int]] = {}
    weights: dict[str, Array] = {}
    for name, what in keep.items():
        if isinstance(what, xr.DataArray):
            weights[name] = _weights(name, what, like, problems)
        else:
            bands[name] = _limits(name, (float(what[0]), float(what[1])), ages, problems)
    cuts = sorted({limit for band in bands.values() for limit in band})
    segments = [
        (a, b)
        for a, b in pairwise(cuts)
        if any(first <= a and b <= stop for first, stop in bands.values())
    ]
    count = len(segments) + len(weights)
    rows = np.zeros((len(keep), count))
    weight = np.zeros((count, like.sizes["sex"], ages.size))
    for k, (a, b) in enumerate(segments):
        weight[k, :, a:b] = 1.0
    for n, name in enumerate(keep):
        if name in bands:
            first, stop = bands[name]
            rows[n, : len(segments)] = [first <= a and b <= stop for a, b in segments]
        else:
            k = len(segments) + list(weights).index(name)
            rows[n, k] = 1.0
            weight[k] = weights[name]
    return Kept(tuple(keep), rows, weight, *_pieces(segments, ages.size))


def places_of(
    states: States,
    by: Sequence[str],
    groups: xr.DataArray | None,
    years: npt.NDArray[np.int64],
    problems: Problems,
) -> tuple[Places, dict[str, npt.NDArray[np.generic]]]:
    """Say where the sums of each state are added.

    Parameters
    ----------
    states
        All states.
    by
        State dims that stay apart.
    groups
        Members (group, region, [year]), true or false; None for all regions together.
    years
        Of the result.
    problems
        Grows by what cannot be meant.

    Returns
    -------
    tuple of Places and dict
        For the kernel, and the labels of the dims of the places.
    """
    for dim in by:
        if dim not in states.dims or (dim == "region" and groups is not None):
            problems.add("cannot be kept apart", where="by", got=dim, expected=states.dims)
    share = np.ones((1, states.count, years.size))
    labels: dict[str, npt.NDArray[np.generic]] = {}
    if groups is not None:
        labels["group"] = groups["group"].to_numpy()
        share = _shares(states, groups, years, problems)
    if problems:
        return Places(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros((0, 1))), labels
    number = np.zeros(states.count, dtype=np.int64)
    position = np.indices(states.shape).reshape(len(states.dims), states.count)
    size = 1
    for at, dim in enumerate(states.dims):
        if dim in by:
            labels[dim] = np.array(states.labels[at])
            number = number * states.shape[at] + position[at]
            size *= states.shape[at]
    state, group = np.nonzero(share.any(axis=2).T)
    start = np.searchsorted(state, np.arange(states.count + 1))
    place = group * size + number[state]
    return Places(start.astype(np.int64), place, np.ascontiguousarray(share[group, state])), labels


def _shares(
    states: States, groups: xr.DataArray, years: npt.NDArray[np.int64], problems: Problems
) -> Array:
    """Membership of every state in every year, (group, state, year)."""
    if set(groups.dims) - {"year"} != {"group", "region"} or "region" not in states.dims:
        problems.add(
            "wrong dims",
            where="groups",
            got=groups.dims,
            expected="(group, region) or (group, region, year), and regions in the population",
        )
        return np.ones((1, states.count, years.size))
    at = states.dims.index("region")
    wanted: dict[str, list[object]] = {"region": list(states.labels[at])}
    if "year" in groups.dims:
        wanted["year"] = years.tolist()
    for key in groups.dims:
        dim = str(key)
        if dim not in groups.indexes:
            problems.add("dim without labels", where=f"groups ({dim})")
        elif not groups.indexes[dim].is_unique:
            problems.add("label given twice", where=f"groups ({dim})")
    if problems:
        return np.ones((1, states.count, years.size))
    for dim, values in wanted.items():
        missing = [v for v in values if v not in groups[dim].to_numpy()]
        if missing:
            problems.add(f"no membership for {dim} {missing[:5]}", where=f"groups ({dim})")
    if problems:
        return np.ones((1, states.count, years.size))
    member = groups.sel(wanted).astype(np.float64)
    outside = ~((member == 0.0) | (member == 1.0))
    if bool(outside.any()):
        where, found = name_cells(outside, member)
        problems.add(
            "neither a member nor not", where=f"groups ({where})", got=found, expected="0 or 1"
        )
    if "year" not in member.dims:
        member = member.expand_dims(year=years)
    shares = member.transpose("group", "region", "year").to_numpy()
    region = np.indices(states.shape).reshape(len(states.dims), states.count)[at]
    return np.asarray(shares[:, region])
