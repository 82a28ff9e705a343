"""Root of many increasing or decreasing functions at once, by bracketing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from popsim.errors import ConvergenceError

Array = npt.NDArray[np.float64]

_STEPS = 100


def bracketed_root(
    f: Callable[[Array], Array], low: Array, high: Array, *, tolerance: float = 1e-13
) -> Array:
    """Elementwise root of f between `low` and `high`, where f has opposite signs.

    Chandrupatla's method (1997, *Advances in Engineering Software* 28, 145-149): inverse quadratic
    interpolation where it is safe, bisection otherwise. scipy.optimize.brentq finds one root a
    call; a projection with draws needs tens of thousands of life tables at once.
    """
    b, a = low.astype(np.float64), high.astype(np.float64)
    fa, fb = f(a), f(b)
    if bool(np.any(np.sign(fa) * np.sign(fb) > 0)):
        raise ConvergenceError("root search: the function has one sign over the whole bracket")
    c, fc = a.copy(), fa.copy()
    t = np.full_like(a, 0.5)
    for _ in range(_STEPS):
        x = a + t * (b - a)
        fx = f(x)
        same = np.sign(fx) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = x, fx
        best = np.where(np.abs(fa) < np.abs(fb), a, b)
        width = np.abs(b - a)
        limit = tolerance * (1.0 + np.abs(best))
        if bool(np.all((width <= limit) | (fa == 0) | (fb == 0))):
            return np.where(fa == 0, a, np.where(fb == 0, b, best))
        t = _next_fraction(a, b, c, fa, fb, fc)
        edge = 0.5 * limit / np.where(width > 0, width, 1.0)
        t = np.clip(t, np.minimum(edge, 0.5), np.maximum(1.0 - edge, 0.5))
    raise ConvergenceError(f"root search: not settled after {_STEPS} steps")


def _next_fraction(a: Array, b: Array, c: Array, fa: Array, fb: Array, fc: Array) -> Array:
    """Where between a and b to look next: by inverse quadratic interpolation if it is safe."""

    def ratio(top: Array, bottom: Array) -> Array:
        safe = bottom != 0
        return np.where(safe, top / np.where(safe, bottom, 1.0), 0.0)

    xi, phi = ratio(a - b, c - b), ratio(fa - fb, fc - fb)
    safe = (phi * phi < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
    first = ratio(fa, fb - fa) * ratio(fc, fb - fc)
    second = ratio(c - a, b - a) * ratio(fa, fc - fa) * ratio(fb, fc - fb)
    return np.where(safe, first + second, 0.5)


def bisect_to(f: Callable[[Array], Array], low: Array, high: Array, gap: float) -> Array:
    """Elementwise bisection that stops as soon as abs(f) is at most `gap`; f(low) < 0 < f(high)."""
    low, high = low.astype(np.float64), high.astype(np.float64)
    if bool(np.any(f(low) > 0)) or bool(np.any(f(high) < 0)):
        raise ConvergenceError("bisection: no root between the bounds")
    middle = 0.5 * (low + high)
    for _ in range(_STEPS):
        value = f(middle)
        if bool(np.all(np.abs(value) <= gap)):
            return middle
        open_ = np.abs(value) > gap
        low = np.where(open_ & (value < 0), middle, low)
        high = np.where(open_ & (value >= 0), middle, high)
        middle = np.where(open_, 0.5 * (low + high), middle)
    raise ConvergenceError(f"bisection: not settled after {_STEPS} steps")
