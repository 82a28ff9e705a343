"""Age groups as the graduation functions see them: lower bounds, widths, and their checks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError, Problems

__all__ = ["Groups", "age_groups", "aggregate", "group_counts"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Groups(NamedTuple):
    """Age groups that join without gap.

    Attributes
    ----------
    age
        Lower bounds (group).
    width
        Widths in years (group); the last is 0 where the last group is open.
    open_ended
        Whether the last group is open.
    """

    age: Ints
    width: Ints
    open_ended: bool

    @property
    def labels(self) -> list[str]:
        """Names as they stand in tables: ``0``, ``1-4``, ``85+``."""
        return [
            f"{a}+" if w == 0 else f"{a}" if w == 1 else f"{a}-{a + w - 1}"
            for a, w in zip(self.age.tolist(), self.width.tolist(), strict=True)
        ]


def age_groups(age: ArrayLike, *, open_ended: bool = True, last_width: int | None = None) -> Groups:
    """Check the lower bounds of a run of age groups and give their widths.

    Parameters
    ----------
    age
        Lower bounds of the groups (group), in whole years, ascending.
    open_ended
        Whether the last group is open (85+).
    last_width
        Width of a closed last group; by default that of the group before it.

    Returns
    -------
    Groups
        Lower bounds, widths, and whether the last is open.

    Raises
    ------
    DataError
        Where the ages are not whole, not ascending, negative, or fewer than two.

    Examples
    --------
    >>> age_groups([0, 1, 5, 10]).labels
    ['0', '1-4', '5-9', '10+']
    """
    values = np.asarray(age, dtype=np.float64)
    problems = Problems(DataError)
    if values.ndim != 1 or values.size < 2:
        raise DataError(f"ages must be a list of two or more lower bounds; got {age!r}")
    for place in np.flatnonzero(~np.isfinite(values) | (values < 0) | (values % 1 != 0)):
        problems.add("age is not a whole number of years", where=f"age[{place}]", got=values[place])
    problems.raise_if_any()
    bounds = values.astype(np.int64)
    for place in np.flatnonzero(np.diff(bounds) <= 0):
        problems.add(
            "ages do not ascend",
            where=f"age[{place + 1}]",
            got=f"{bounds[place]} then {bounds[place + 1]}",
            remedy="sort the groups; give each once",
        )
    problems.raise_if_any()
    closing = 0 if open_ended else (last_width or int(bounds[-1] - bounds[-2]))
    return Groups(bounds, np.append(np.diff(bounds), closing), open_ended)


def group_counts(counts: ArrayLike, groups: Groups, *, what: str = "count") -> Floats:
    """Give counts (.., group) as floats, refusing what cannot be a count.

    Raises
    ------
    DataError
        Where the last axis does not fit the ages, or a count is missing or negative.

    Examples
    --------
    >>> group_counts([3, -1], age_groups([0, 5]))
    Traceback (most recent call last):
    popsim.errors.DataError: age 5+: negative count; got -1.0; expected 0 or more
    """
    values = np.asarray(counts, dtype=np.float64)
    if values.ndim == 0 or values.shape[-1] != groups.age.size:
        raise DataError(
            f"{what}s have shape {values.shape}; the last axis must have one entry for each of "
            f"the {groups.age.size} age groups"
        )
    problems = Problems(DataError)
    labels = groups.labels
    for fault, wrong in (("missing", ~np.isfinite(values)), ("negative", values < 0)):
        for place in np.argwhere(wrong)[:20]:
            row = f"row {tuple(place[:-1].tolist())}, " if values.ndim > 1 else ""
            problems.add(
                f"{fault} {what}",
                where=f"{row}age {labels[place[-1]]}",
                got=values[tuple(place)],
                expected="0 or more",
            )
    problems.raise_if_any()
    return values


def aggregate(single: ArrayLike, age: ArrayLike) -> Floats:
    """Sum single ages 0, 1, 2, .. into groups with the given lower bounds, the last one open.

    Parameters
    ----------
    single
        Counts by single age from `age[0]` on (.., age).
    age
        Lower bounds of the wanted groups (group).

    Returns
    -------
    numpy.ndarray
        Counts (.., group).

    Notes
    -----
    By definition. Tested as a property: what graduation splits, it adds up again.

    Examples
    --------
    >>> aggregate([1, 2, 3, 4, 5, 6], [0, 1, 4])
    array([ 1.,  9., 11.])
    """
    values = np.asarray(single, dtype=np.float64)
    starts = age_groups(age).age
    starts = starts - starts[0]
    if starts[-1] >= values.shape[-1]:
        raise DataError(
            f"the open group begins at place {starts[-1]}, but only {values.shape[-1]} single "
            "ages are given"
        )
    summed: Floats = np.add.reduceat(values, starts, axis=-1)
    return summed
