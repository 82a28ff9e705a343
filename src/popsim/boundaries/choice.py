"""What the finder chooses from: regions, zones, shares and thresholds, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.errors import DataError, Problems

__all__ = ["Choice", "basis_of", "check_values", "make_choice"]

# A share is reached when it falls short by less than rounding in binary.
SLACK = 1e-12


@dataclass(frozen=True)
class Choice:
    """Regions to choose from, what each adds to each measure, and what is needed.

    `fixed` (measure) and `single` (measure, region) are shares of the whole; `joint` lists zones
    that count only when all their regions are inside: (positions of regions, shares by measure).
    """

    regions: tuple[str, ...]
    fixed: NDArray[np.float64]
    single: NDArray[np.float64]
    joint: tuple[tuple[tuple[int, ...], NDArray[np.float64]], ...]
    needed: NDArray[np.float64]

    def shares(self, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Shares (.., measure) of sets given as masks (.., region)."""
        total: NDArray[np.float64] = self.fixed + inside.astype(float) @ self.single.T
        for positions, values in self.joint:
            together = np.all(inside[..., list(positions)], axis=-1, keepdims=True)
            total = total + together * values
        return np.asarray(total)

    def meets(self, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether every measure reaches what it needs (..)."""
        return np.asarray((self.shares(inside) >= self.needed - SLACK).all(-1))


def check_values(
    arrays: Mapping[str, xr.DataArray],
    shares: Mapping[str, float],
    inside: Sequence[str],
    may: Sequence[str] | None,
    zones: Mapping[str, Sequence[str]],
    keep: str,
) -> tuple[str, ...]:
    """All regions, zones excepted; every fault at once."""
    problems = Problems(DataError)
    if keep not in ("minimal", "fewest", "all"):
        problems.add("unknown choice", where="keep", got=keep, expected="minimal, fewest or all")
    known: dict[str, tuple[str, ...]] = {}
    for name, array in arrays.items():
        if array.dims != ("region",):
            problems.add("other dims than region", where=name, got=array.dims, expected="region")
            continue
        labels = [str(r) for r in array["region"].to_numpy()]
        for label in sorted({r for r in labels if labels.count(r) > 1}):
            problems.add("a region stands twice", where=f"{name} (region={label})", got=label)
        for label, value in zip(labels, array.to_numpy(), strict=True):
            if not value >= 0 or not np.isfinite(value):
                problems.add(
                    "missing or negative value",
                    where=f"{name} (region={label})",
                    got=value,
                    expected="0 or more",
                )
        known[name] = tuple(r for r in labels if r not in zones)
        if not 0 < shares.get(name, -1.0) <= 1:
            problems.add("no share between 0 and 1", where=f"threshold of {name}",
                         got=shares.get(name), expected="above 0, at most 1")  # fmt: skip
    problems.raise_if_any()
    first = next(iter(known.values()))
    for name, theirs in known.items():
        if set(theirs) != set(first):
            problems.add(
                "regions that other measures lack",
                where=name,
                got=", ".join(sorted(set(theirs) ^ set(first))),
                expected="the same regions in every measure",
                remedy="name zones that lie on the territory of regions in lies_in",
            )
    chosen = [*inside, *(may or ())]
    for region in sorted({r for r in chosen if chosen.count(r) > 1}):
        problems.add("a region stands twice", where="must_include, may_include", got=region)
    named = [*chosen, *(r for lies in zones.values() for r in lies)]
    for region in sorted({r for r in named if r not in first}):
        problems.add("unknown region", got=region, expected=f"one of {', '.join(first)}")
    problems.raise_if_any()
    return first


def make_choice(
    arrays: Mapping[str, xr.DataArray],
    shares: Mapping[str, float],
    inside: Sequence[str],
    free: Sequence[str],
    zones: Mapping[str, Sequence[str]],
    relative_to: Mapping[str, float],
) -> Choice:
    """Shares of the whole by measure: fixed, of each region to choose from, of the zones."""
    tables = [
        dict(zip(map(str, a["region"].to_numpy()), a.to_numpy().astype(float), strict=True))
        for a in arrays.values()
    ]
    whole = [
        float(relative_to.get(n, sum(t.values()))) for n, t in zip(arrays, tables, strict=True)
    ]
    parts = [{k: v / w for k, v in t.items()} for t, w in zip(tables, whole, strict=True)]
    fixed = np.array([sum(p[r] for r in inside) for p in parts])
    single = np.array([[p[r] for r in free] for p in parts]).reshape(len(parts), len(free))
    joint = []
    for zone, places in zones.items():
        if any(r not in inside and r not in free for r in places):
            continue
        values = np.array([p.get(zone, 0.0) for p in parts])
        positions = tuple(free.index(r) for r in places if r not in inside)
        if positions:
            joint.append((positions, values))
        else:
            fixed = fixed + values
    needed = np.array([shares[n] for n in arrays])
    return Choice(tuple(free), fixed, single, tuple(joint), needed)


def basis_of(arrays: Mapping[str, xr.DataArray]) -> str:
    """What the regions of each measure are, in one cell."""
    told = {n: str(a.attrs.get("boundary_basis", "")) for n, a in arrays.items()}
    if not any(told.values()):
        return ""
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return "; ".join(f"{name}: {basis or 'not stated'}" for name, basis in told.items())
