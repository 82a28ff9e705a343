"""The least value of a function of one number."""

from __future__ import annotations

from collections.abc import Callable
from math import copysign, sqrt

from popsim.errors import ConvergenceError

__all__ = ["bounded_minimum"]

# Share of the longer part at which an interval is cut, so that one value serves two cuts.
GOLDEN = 0.5 * (3.0 - sqrt(5.0))
# Square root of the spacing of floats at 1: nearer together, values of f cannot be told apart.
ROOT_EPSILON = sqrt(2.2e-16)
MAX_CALLS = 500


def bounded_minimum(
    f: Callable[[float], float], low: float, high: float, *, tolerance: float
) -> float:
    """Place of the least value of a function of one number between two bounds.

    Parameters
    ----------
    f
        With one minimum between the bounds.
    low, high
        The bounds.
    tolerance
        How far from the minimum the place may lie.

    Returns
    -------
    float
        The place.

    Raises
    ------
    ConvergenceError
        After `MAX_CALLS` calls of `f`.

    Notes
    -----
    Steps to the vertex of the parabola through the three best places, while these halve every
    second time and stay inside; else the longer side is cut by the golden section.

    References
    ----------
    Brent (1973). Algorithms for Minimization without Derivatives, chapter 5, p. 79.
    Forsythe, Malcolm and Moler (1977). Computer Methods for Mathematical Computations, p. 184.

    Examples
    --------
    >>> round(bounded_minimum(lambda x: (x - 1.5) ** 2, 0.0, 4.0, tolerance=1e-8), 6)
    1.5
    """
    best = second = third = low + GOLDEN * (high - low)
    least = middle = worst = f(best)
    step = before = 0.0
    for _ in range(MAX_CALLS):
        centre = 0.5 * (low + high)
        shortest = ROOT_EPSILON * abs(best) + tolerance / 3.0
        if abs(best - centre) <= 2.0 * shortest - 0.5 * (high - low):
            return best
        vertex = None
        if abs(before) > shortest:
            vertex = _vertex((best, least), (second, middle), (third, worst))
        limit, before = before, step
        if vertex is not None and _safe(best, vertex, limit, low, high):
            step = vertex[0] / vertex[1]
            place = best + step
            if place - low < 2.0 * shortest or high - place < 2.0 * shortest:
                step = shortest if centre >= best else -shortest
        else:
            before = (low if best >= centre else high) - best
            step = GOLDEN * before
        place = best + copysign(max(abs(step), shortest), step if step else 1.0)
        value = f(place)
        if value <= least:
            low, high = (best, high) if place >= best else (low, best)
            third, worst, second, middle = second, middle, best, least
            best, least = place, value
            continue
        low, high = (place, high) if place < best else (low, place)
        if value <= middle or second == best:
            third, worst, second, middle = second, middle, place, value
        elif value <= worst or third in (best, second):
            third, worst = place, value
    raise ConvergenceError(f"minimum between {low:g} and {high:g} not found in {MAX_CALLS} steps")


def _vertex(
    best: tuple[float, float], second: tuple[float, float], third: tuple[float, float]
) -> tuple[float, float]:
    """Step from the best place to the vertex of the parabola, as numerator and denominator."""
    (x, fx), (w, fw), (v, fv) = best, second, third
    r, q = (x - w) * (fx - fv), (x - v) * (fx - fw)
    top, below = (x - v) * q - (x - w) * r, 2.0 * (q - r)
    return (-top, below) if below > 0.0 else (top, -below)


def _safe(best: float, vertex: tuple[float, float], limit: float, low: float, high: float) -> bool:
    """Whether the step to the vertex is short enough and stays between the bounds."""
    top, below = vertex
    return abs(top) < abs(0.5 * below * limit) and below * (low - best) < top < below * (
        high - best
    )
