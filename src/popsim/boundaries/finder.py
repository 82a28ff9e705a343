"""The smallest sets of regions that reach a share of the whole."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from popsim.boundaries.choice import Choice, basis_of, check_values, make_choice
from popsim.errors import DataError, Problem

__all__ = ["find_boundaries", "set_shares"]

# Up to this many regions to choose from, every set is tried (2**20 sets, a second).
ENUMERATED = 20

Keep = Literal["minimal", "fewest", "all"]


def find_boundaries(
    values: xr.DataArray | Mapping[str, xr.DataArray],
    threshold: float | Mapping[str, float],
    *,
    must_include: Sequence[str] = (),
    may_include: Sequence[str] | None = None,
    relative_to: Mapping[str, float] | None = None,
    lies_in: Mapping[str, Sequence[str]] | None = None,
    keep: Keep = "minimal",
    limit: int = 1000,
) -> pd.DataFrame:
    """Find the sets of regions whose inclusion makes a group reach its share of the whole.

    Parameters
    ----------
    values
        What is shared out, (region), 0 or more: residents, GDP, .. One array, or several by name:
        a set must then reach the threshold in every one. The attribute ``boundary_basis`` of an
        array says what its regions are; it is told in the column `basis`.
    threshold
        Share to reach, between 0 and 1; one for all measures, or by name.
    must_include
        Regions inside in any case: the city proper of today.
    may_include
        Regions to choose from; all others by default. What is in neither stays outside.
    relative_to
        The whole by measure, e.g. a published total that the parts do not quite add to; the sum
        of the regions by default.
    lies_in
        Zones listed apart from the regions on whose territory they lie -> those regions. A zone
        is inside when all its regions are; a measure may lack zones (their people are counted in
        the regions).
    keep
        ``"minimal"``: sets from which no region can be left out; ``"fewest"``: those of them with
        the fewest regions; ``"all"``: every set that meets (only where all sets can be tried).
    limit
        Most sets to list. Where there are more a warning says so.

    Returns
    -------
    pd.DataFrame
        One row a set, fewest regions first, then by the first measure's share from the top:
        `regions` (inside, joined by ``;``), `added` (those beyond `must_include`), `number` (of
        the added), `<measure>_share` of every measure, `fewest` (bool), `basis`.

    Raises
    ------
    DataError
        Unknown, repeated or contradictory regions, negative or missing values, a share outside
        0..1, two arrays with different regions: all at once.

    Notes
    -----
    Values are not negative, so adding a region never undoes a share, and a set is minimal when
    leaving out any single one of its regions breaks it. Up to 20 regions to choose from, all
    2**n sets are tried. Beyond, a 0-1 programme finds the set with the fewest regions (among
    those the largest first measure) that holds none of the sets found before, again and again:
    such a set is minimal, for a smaller one inside it would have come first.

    Examples
    --------
    >>> people = xr.DataArray([28.0, 40.0, 20.0, 12.0], {"region": ["core", "a", "b", "c"]})
    >>> find_boundaries(people, 0.6, must_include=["core"])[["added", "value_share"]]
      added  value_share
    0     a         0.68
    1   b;c         0.60
    """
    arrays = {"value": values} if isinstance(values, xr.DataArray) else dict(values)
    shares = threshold if isinstance(threshold, Mapping) else dict.fromkeys(arrays, threshold)
    zones = {z: tuple(r) for z, r in (lies_in or {}).items()}
    regions = check_values(arrays, shares, tuple(must_include), may_include, zones, keep)
    inside = tuple(must_include)
    if may_include is None:
        free = tuple(r for r in regions if r not in inside and r not in zones)
    else:
        free = tuple(may_include)
    choice = make_choice(arrays, shares, inside, free, zones, relative_to or {})
    if len(free) <= ENUMERATED:
        masks = _enumerated(choice, keep)
    else:
        if keep == "all":
            raise DataError(
                Problem(
                    "too many regions to choose from to try every set",
                    "keep",
                    f"'all', 2**{len(free)} sets",
                    f"at most 2**{ENUMERATED} sets",
                    "choose keep='minimal'",
                )
            )
        masks = _programmed(choice, keep, limit)
    if len(masks) > limit:
        warnings.warn(f"more than {limit} sets meet; the list is cut there", stacklevel=2)
    return _table(choice, masks, list(arrays), inside, basis_of(arrays)).iloc[:limit]


def set_shares(
    values: xr.DataArray | Mapping[str, xr.DataArray],
    sets: Mapping[str, Collection[str]],
    *,
    relative_to: Mapping[str, float] | None = None,
    lies_in: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Shares of the whole that given sets of regions hold.

    Parameters
    ----------
    values, relative_to, lies_in
        As in `find_boundaries`.
    sets
        Regions by name of the set.

    Returns
    -------
    pd.DataFrame
        One row a set, in their order: `set`, `regions` (joined by ``;``, in the order of the
        values), `number`, `<measure>_share`, `basis`.

    Examples
    --------
    >>> people = xr.DataArray([28.0, 40.0, 20.0, 12.0], {"region": ["core", "a", "b", "c"]})
    >>> set_shares(people, {"today": ["core"], "wide": ["core", "a"]})["value_share"].to_list()
    [0.28, 0.68]
    """
    arrays = {"value": values} if isinstance(values, xr.DataArray) else dict(values)
    zones = {z: tuple(r) for z, r in (lies_in or {}).items()}
    share = dict.fromkeys(arrays, 1.0)
    named = sorted({r for members in sets.values() for r in members})
    regions = check_values(arrays, share, (), named, zones, "all")
    choice = make_choice(arrays, share, (), regions, zones, relative_to or {})
    masks = np.array([[r in members for r in regions] for members in sets.values()], dtype=bool)
    shares = choice.shares(masks.reshape(len(sets), len(regions)))
    return pd.DataFrame(
        {
            "set": list(sets),
            "regions": [";".join(r for r in regions if r in members) for members in sets.values()],
            "number": [len(set(members)) for members in sets.values()],
            **{f"{name}_share": shares[:, i] for i, name in enumerate(arrays)},
            "basis": basis_of(arrays),
        }
    )


def _enumerated(choice: Choice, keep: Keep) -> NDArray[np.bool_]:
    """Sets that meet (set, region), by trying all of them."""
    n = len(choice.regions)
    number = np.arange(2**n, dtype=np.uint32)
    met = np.zeros(2**n, dtype=bool)
    block = 2**16
    for start in range(0, 2**n, block):
        part = number[start : start + block]
        met[start : start + block] = choice.meets(_masks(part, n))
    wanted = met.copy()
    if keep != "all":
        for position in range(n):
            bit = np.uint32(1 << position)
            wanted &= ~(met[number ^ bit] & ((number & bit) > 0))
    found = _masks(number[wanted], n)
    if keep == "fewest" and len(found):
        sizes = found.sum(-1)
        found = found[sizes == sizes.min()]
    return found


def _masks(number: NDArray[np.uint32], n: int) -> NDArray[np.bool_]:
    """Bits of numbers as masks (number, position)."""
    return (number[:, None] >> np.arange(n, dtype=np.uint32)) & np.uint32(1) > 0


def _programmed(choice: Choice, keep: Keep, limit: int) -> NDArray[np.bool_]:
    """Minimal sets (set, region) in order of number, by 0-1 programmes."""
    found: list[NDArray[np.bool_]] = []
    for mask in _next_sets(choice):
        if keep == "fewest" and found and mask.sum() > found[0].sum():
            break
        found.append(mask)
        if len(found) > limit:
            break
    return np.array(found, dtype=bool).reshape(len(found), len(choice.regions))


def _next_sets(choice: Choice) -> Iterator[NDArray[np.bool_]]:
    """Yield the set with the fewest regions that holds none yielded before, until none is left."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, zones = len(choice.regions), len(choice.joint)
    rows, low = [], []
    for measure, needed in enumerate(choice.needed):
        joint = [values[measure] for _, values in choice.joint]
        rows.append(np.concatenate([choice.single[measure], joint]))
        low.append(needed - choice.fixed[measure])
    for z, (positions, _) in enumerate(choice.joint):
        for position in positions:  # a zone is inside only with all its regions
            row = np.zeros(n + zones)
            row[position], row[n + z] = 1.0, -1.0
            rows.append(row)
            low.append(0.0)
    size = max(float(np.abs(choice.single).sum()), 1.0)
    cost = np.concatenate([1.0 - 1e-3 * choice.single[0] / size / n, np.zeros(zones)])
    while True:
        solved = milp(
            cost,
            integrality=np.ones(n + zones, dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(np.array(rows), np.array(low), np.inf),
            options={"mip_rel_gap": 0.0},
        )
        if solved.x is None:
            return
        mask = solved.x[:n] > 0.5
        row = np.zeros(n + zones)
        if choice.meets(mask):
            yield mask
            row[:n] = -mask.astype(float)
            if not mask.any():
                return
        else:  # let in by the solver's tolerance only: shut out this one set
            row[:n] = np.where(mask, -1.0, 1.0)
        low.append(1.0 - mask.sum())
        rows.append(row)


def _table(
    choice: Choice,
    masks: NDArray[np.bool_],
    names: Collection[str],
    inside: Sequence[str],
    basis: str,
) -> pd.DataFrame:
    """Rows for sets, fewest regions first, then by the first measure's share."""
    number = masks.sum(-1)
    shares = choice.shares(masks)
    added = [";".join(r for r, on in zip(choice.regions, m, strict=True) if on) for m in masks]
    table = pd.DataFrame(
        {
            "regions": [";".join(filter(None, (*inside, a))) for a in added],
            "added": added,
            "number": number.astype(int),
            **{f"{name}_share": shares[:, i] for i, name in enumerate(names)},
            "fewest": number == number.min() if len(number) else np.array([], dtype=bool),
            "basis": basis,
        }
    )
    order = np.lexsort((-shares[:, 0], number)) if len(masks) else np.array([], dtype=int)
    return table.iloc[order].reset_index(drop=True)
