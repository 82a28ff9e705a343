"""Differences of any function of many inputs: Horiuchi's line integral, stepwise replacement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import ConvergenceError, DataError, Problem
from popsim.methods._cells import FloatArray, check_shape, floats

__all__ = ["horiuchi", "stepwise"]

ScalarFunction = Callable[[FloatArray], float]


def horiuchi(
    function: ScalarFunction,
    inputs1: ArrayLike,
    inputs2: ArrayLike,
    *,
    steps: int = 20,
    tolerance: float | None = 1e-3,
) -> FloatArray:
    """Tell apart a change of a function into its inputs, as if all had changed gradually.

    y: function; x: inputs; x1, x2: their values before and after.

    Parameters
    ----------
    function
        Takes an array of the shape of the inputs, returns a number. Called 2 x inputs x steps
        times.
    inputs1, inputs2
        Inputs before and after (any shape), e.g. death rates (age).
    steps
        Intervals of the straight path from one to the other. One step is Caswell's life table
        response experiment at the midpoint.
    tolerance
        Largest share of the difference that the contributions may leave unexplained; None to
        accept any.

    Returns
    -------
    FloatArray
        Contributions, of the shape of the inputs; their sum is y(x2) - y(x1) up to an error that
        falls with the square of `steps`.

    Raises
    ------
    DataError
        If shapes differ, an input is missing, or the function is not finite on the way.
    ConvergenceError
        If the contributions leave more than `tolerance` unexplained.

    Notes
    -----
    Contribution of x_i: integral over the path of dy/dx_i dx_i, by the midpoint rule with central
    differences as wide as the step.

    References
    ----------
    Horiuchi, S., Wilmoth, J. R. and Pletcher, S. D. (2008). A decomposition method based on a
    model of continuous change. Demography 45(4), 785-801.

    Examples
    --------
    >>> horiuchi(lambda x: float(np.prod(x)), [2.0, 3.0], [4.0, 5.0])
    array([8., 6.])
    """
    start, stop = check_inputs(function, inputs1, inputs2)
    if steps < 1:
        raise DataError(Problem("too few steps", "steps", str(steps), "1 or more"))
    move = (stop - start) / steps
    found = np.zeros(start.size)
    changed = np.flatnonzero(move)
    for step in range(steps):
        middle = start + move * (step + 0.5)
        for i in changed:
            high, low = middle.copy(), middle.copy()
            high.flat[i] += move.flat[i] / 2
            low.flat[i] -= move.flat[i] / 2
            found[i] += call(function, high) - call(function, low)
    total = call(function, stop) - call(function, start)
    left = abs(total - found.sum())
    if tolerance is not None and left > tolerance * np.abs(found).sum():
        raise ConvergenceError(
            Problem("contributions do not add up", "steps", f"{left:.6g} of {total:.6g} left",
                    f"at most {tolerance:g} of the contributions", "take more steps")
        )  # fmt: skip
    return found.reshape(start.shape)


def stepwise(
    function: ScalarFunction,
    inputs1: ArrayLike,
    inputs2: ArrayLike,
    *,
    order: Literal["up", "down", "both"] = "both",
    symmetric: bool = True,
) -> FloatArray:
    """Tell apart a change of a function by replacing its inputs one after another.

    Parameters
    ----------
    function
        Takes an array of the shape of the inputs, returns a number.
    inputs1, inputs2
        Inputs before and after (any shape); replaced in the order of their cells (last axis
        fastest).
    order
        ``"up"`` from the first cell, ``"down"`` from the last, or the mean of ``"both"``.
    symmetric
        Whether to take the mean with the way back, from the second inputs to the first.

    Returns
    -------
    FloatArray
        Contributions, of the shape of the inputs; their sum is exactly the difference.

    Raises
    ------
    DataError
        If shapes differ, an input is missing, or the function is not finite on the way.

    Notes
    -----
    Contribution of x_i: y with inputs up to i replaced, less y with those before i replaced. With
    up and symmetric, an e0 difference by age is Arriaga's, its direct and indirect parts added and
    averaged over both directions.

    References
    ----------
    Andreev, E. M., Shkolnikov, V. M. and Begun, A. Z. (2002). Algorithm for decomposition of
    differences between aggregate demographic measures. Demographic Research 7(14), 499-522.

    Examples
    --------
    >>> stepwise(lambda x: float(np.prod(x)), [2.0, 3.0], [4.0, 5.0])
    array([8., 6.])
    """
    start, stop = check_inputs(function, inputs1, inputs2)
    ways = {"up": [1], "down": [-1], "both": [1, -1]}
    if order not in ways:
        raise DataError(Problem("no such order", "order", str(order), "up, down or both"))
    found = []
    for way in ways[order]:
        found.append(replace(function, start, stop, way))
        if symmetric:
            found.append(-replace(function, stop, start, way))
    return np.asarray(np.mean(found, axis=0))


def replace(function: ScalarFunction, start: FloatArray, stop: FloatArray, way: int) -> FloatArray:
    """Return the change of the function as each cell in turn takes its value in `stop`."""
    mixed = start.copy()
    found = np.zeros(start.size)
    before = call(function, mixed)
    for i in range(start.size)[::way]:
        if mixed.flat[i] == stop.flat[i]:
            continue
        mixed.flat[i] = stop.flat[i]
        after = call(function, mixed)
        found[i] = after - before
        before = after
    return found.reshape(start.shape)


def check_inputs(
    function: ScalarFunction, inputs1: ArrayLike, inputs2: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return both inputs as arrays of one shape, or raise DataError."""
    if not callable(function):
        raise DataError(Problem("not a function", "function", type(function).__name__))
    start, stop = floats(inputs1, "inputs1"), floats(inputs2, "inputs2")
    check_shape(stop, "inputs2", start.shape, "inputs1")
    return start, stop


def call(function: ScalarFunction, inputs: FloatArray) -> float:
    """Call the function on a copy of the inputs and refuse what is not a finite number."""
    value = float(function(inputs.copy()))
    if not np.isfinite(value):
        raise DataError(Problem("function is not finite on the way", "function", str(value)))
    return value
