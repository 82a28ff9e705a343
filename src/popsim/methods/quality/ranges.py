"""Counts in a range of single ages, checked before an index is made of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError, Problems

__all__ = ["counts_between", "ending", "share_of"]

Floats = NDArray[np.float64]


def ending(digits: Sequence[int], low: int, high: int) -> list[int]:
    """Ages within low..high whose last digit is one of `digits`."""
    if not all(0 <= d <= 9 for d in digits):
        raise DataError(f"a last digit is 0 to 9; got {tuple(digits)}")
    ages = [a for a in range(low, high + 1) if a % 10 in digits]
    if not ages:
        raise DataError(f"no age between {low} and {high} ends in {tuple(digits)}")
    return ages


def counts_between(counts: ArrayLike, first_age: int, low: int, high: int) -> Floats:
    """Counts at ages low..high, refused where not covered, missing or negative."""
    values = np.asarray(counts, dtype=np.float64)
    last = first_age + (values.shape[-1] if values.ndim else 0) - 1
    if low < first_age or high > last:
        raise DataError(
            f"single ages {low}-{high} are needed; {first_age}-{last} are given. Remedy: narrow "
            "age_min and age_max"
        )
    values = values[..., low - first_age : high - first_age + 1]
    problems = Problems(DataError)
    for place in np.argwhere(~(values >= 0))[:20]:
        problems.add(
            "missing or negative count",
            where=f"row {tuple(place[:-1].tolist())}, age {low + place[-1]}",
            got=values[tuple(place)],
            expected="0 or more",
        )
    problems.raise_if_any()
    return values


def share_of(part: ArrayLike, whole: ArrayLike) -> Floats:
    """Quotient, refused where the whole is nobody."""
    below = np.asarray(whole, dtype=np.float64)
    if (below <= 0).any():
        raise DataError("nobody in the age range: the index has no value")
    return np.asarray(part, dtype=np.float64) / below
