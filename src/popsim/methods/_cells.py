"""Refusal of bad cells: every fault of an array is named by the cell it stands in.

Private to `popsim.methods`. Nothing here repairs a value.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError, Problems

__all__ = [
    "FloatArray",
    "cell",
    "check_ages",
    "check_broadcast",
    "check_cells",
    "check_shape",
    "floats",
    "refuse",
]

FloatArray = NDArray[np.float64]

SHOWN = 5  # faulty cells named one by one; the rest are counted


def cell(name: str, index: tuple[int, ...]) -> str:
    """Name one cell as a user would index it: ``population[1, 85]``."""
    return f"{name}[{', '.join(str(i) for i in index)}]" if index else name


def refuse(
    problems: Problems,
    values: FloatArray,
    bad: NDArray[np.bool_],
    what: str,
    *,
    name: str,
    expected: str,
    remedy: str = "",
) -> None:
    """Record the cells of `values` where `bad` holds, the first few by name."""
    places = np.argwhere(bad)
    for place in places[:SHOWN]:
        index = tuple(int(i) for i in place)
        got = f"{values[index]:.10g}"
        problems.add(what, where=cell(name, index), got=got, expected=expected, remedy=remedy)
    if len(places) > SHOWN:
        problems.add(f"{what}, in {len(places) - SHOWN} further cells", where=name)


def check_cells(
    problems: Problems,
    values: FloatArray,
    name: str,
    *,
    minimum: float = -np.inf,
    maximum: float = np.inf,
    positive: bool = False,
) -> None:
    """Record missing cells and cells outside ``[minimum, maximum]`` (above 0 if `positive`)."""
    missing = ~np.isfinite(values)
    refuse(problems, values, missing, "not a finite number", name=name, expected="a number")
    low = ~missing & ((values <= 0) if positive else (values < minimum))
    bound = "more than 0" if positive else f"{minimum:g} or more"
    what = "zero or negative" if positive else ("negative" if minimum == 0 else "too small")
    refuse(problems, values, low, what, name=name, expected=bound)
    high = ~missing & (values > maximum)
    refuse(problems, values, high, "too large", name=name, expected=f"{maximum:g} or less")


def floats(
    values: ArrayLike,
    name: str,
    *,
    minimum: float = -np.inf,
    maximum: float = np.inf,
    positive: bool = False,
    ndim: int | None = None,
) -> FloatArray:
    """Return `values` as a new float64 array, or raise DataError naming each cell that is wrong."""
    array = np.array(values, dtype=np.float64)
    problems = Problems(DataError)
    if ndim is not None and array.ndim != ndim:
        problems.add("wrong number of axes", where=name, got=array.ndim, expected=ndim)
    check_cells(problems, array, name, minimum=minimum, maximum=maximum, positive=positive)
    problems.raise_if_any()
    return array


def check_shape(values: FloatArray, name: str, shape: tuple[int, ...], like: str) -> None:
    """Raise DataError unless `values` has the shape of `like`."""
    if values.shape != shape:
        problems = Problems(DataError)
        problems.add(
            f"shape does not join with {like}", where=name, got=values.shape, expected=shape
        )
        problems.raise_if_any()


def check_broadcast(**shapes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the common shape of named leading shapes, or raise DataError showing each of them."""
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError:
        problems = Problems(DataError)
        names = list(shapes)
        problems.add(
            "shapes do not join",
            where=", ".join(names),
            got=", ".join(str(shape) for shape in shapes.values()),
            expected="equal lengths, or 1",
        )
        problems.raise_if_any()
        raise


def check_ages(age: ArrayLike, name: str = "age") -> FloatArray:
    """Return ages as a strictly increasing one-dimensional array, or raise DataError."""
    array = floats(age, name, ndim=1)
    falls = np.flatnonzero(np.diff(array) <= 0)
    if falls.size:
        problems = Problems(DataError)
        at = int(falls[0]) + 1
        problems.add(
            "ages do not increase",
            where=cell(name, (at,)),
            got=f"{array[at]:g} after {array[at - 1]:g}",
            expected="each age once, in rising order",
        )
        problems.raise_if_any()
    return array
