"""Fit of the Rogers-Castro model to observed migration by age."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike

from popsim.errors import ConvergenceError, DataError, Problem
from popsim.methods._cells import FloatArray, check_ages, check_shape, floats
from popsim.methods.migration.profiles import PARTS, REQUIRED, rogers_castro

__all__ = ["ProfileFit", "fit_rogers_castro"]

Size = Literal[7, 9, 11, 13]

# Parts beyond the childhood, labour and level of the seven-parameter model.
EXTRA: dict[int, tuple[str, ...]] = {
    7: (),
    9: ("old age",),
    11: ("retirement",),
    13: ("retirement", "old age"),
}
# Bounds of the search for shapes, a choice of popsim's: wide enough for every set of the UN (1992)
# and for schedules of single towns. Heights are free above 0.
BOUNDS: dict[str, tuple[float, float]] = {
    "alpha1": (0.001, 2.0),
    "alpha2": (0.005, 1.0),
    "mu2": (10.0, 40.0),
    "lambda2": (0.02, 3.0),
    "alpha3": (0.02, 3.0),
    "mu3": (50.0, 85.0),
    "lambda3": (0.02, 3.0),
    "lambda4": (0.005, 0.3),
}
# Starting shapes: the fundamental set of Rogers and Castro (1981), and steeper and older ones round
# it, since the surface has several minima.
STARTS: tuple[dict[str, float], ...] = tuple(
    {"alpha1": 0.1, "alpha2": alpha2, "mu2": mu2, "lambda2": lambda2,
     "alpha3": 0.25, "mu3": 65.0, "lambda3": 0.25, "lambda4": 0.03}
    for mu2 in (18.0, 22.0, 27.0)
    for alpha2, lambda2 in ((0.1, 0.4), (0.2, 0.2), (0.3, 0.8))
)  # fmt: skip


class ProfileFit(NamedTuple):
    """A fitted migration profile.

    Parameters
    ----------
    parameters
        Rogers-Castro parameters by name, for `rogers_castro`.
    fitted
        Fitted rates (age), in the unit of the observed.
    r_squared
        Share of the (weighted) variance over ages explained.
    mape
        Mean absolute error as a share of the mean rate.
    """

    parameters: dict[str, float]
    fitted: FloatArray
    r_squared: float
    mape: float


def fit_rogers_castro(
    age: ArrayLike,
    rates: ArrayLike,
    *,
    size: Size = 7,
    weights: ArrayLike | None = None,
) -> ProfileFit:
    """Fit a Rogers-Castro profile by least squares.

    Parameters
    ----------
    age
        Ages (age), rising: single ages, or the middles of groups.
    rates
        Observed rates or a profile (age), 0 or more, not all zero.
    size
        Number of parameters: 7, 9, 11 or 13.
    weights
        Weight of each age (age), e.g. the people exposed; equal by default.

    Returns
    -------
    ProfileFit
        Named tuple of `parameters`, `fitted`, `r_squared` and `mape`.

    Raises
    ------
    DataError
        If a cell is negative or missing, ages do not rise, or there are fewer ages than
        parameters.
    ConvergenceError
        If no start converges.

    Notes
    -----
    The heights and the level enter linearly, so for given shapes they are solved exactly by
    non-negative least squares, and only the shapes are searched (variable projection). The search
    starts from several shapes and keeps the best, so the result does not hang on a first guess and
    is the same every time.

    References
    ----------
    Rogers, A. and Castro, L. J. (1981). Model Migration Schedules. IIASA Research Report
    RR-81-30.

    Golub, G. H. and Pereyra, V. (1973). The differentiation of pseudo-inverses and nonlinear
    least squares problems whose variables separate. SIAM Journal on Numerical Analysis 10(2).

    Examples
    --------
    >>> age = np.arange(0, 81)
    >>> true = dict(a1=0.02, alpha1=0.1, a2=0.06, alpha2=0.1, mu2=20, lambda2=0.4, c=0.003)
    >>> fit = fit_rogers_castro(age, rogers_castro(age, **true))
    >>> {name: round(value, 3) for name, value in fit.parameters.items()}["mu2"]
    20.0
    """
    x = check_ages(age)
    y = floats(rates, "rates", minimum=0)
    check_shape(y, "rates", x.shape, "age")
    w = np.ones_like(y) if weights is None else floats(weights, "weights", minimum=0)
    check_shape(w, "weights", x.shape, "age")
    if x.size < size:
        raise DataError(Problem("fewer ages than parameters", "age", str(x.size), f"{size}"))
    if not np.any(w * y > 0):
        raise DataError(Problem("rates are zero throughout", "rates", "0", "some migration"))
    parts = ("childhood", "labour", *EXTRA[size])
    scale = float(y.max())
    root = np.sqrt(w / w.max())
    shapes = [name for part in parts for name in PARTS[part][1:]]
    low = np.array([BOUNDS[name][0] for name in shapes])
    high = np.array([BOUNDS[name][1] for name in shapes])

    def residuals(values: FloatArray) -> FloatArray:
        design = basis(x, dict(zip(shapes, values, strict=True)), parts)
        heights, _ = scipy.optimize.nnls(design * root[:, np.newaxis], y / scale * root)
        return np.asarray((design @ heights - y / scale) * root)

    tried = [
        scipy.optimize.least_squares(
            residuals, [start[name] for name in shapes], bounds=(low, high),
            x_scale=high - low, xtol=1e-14, ftol=1e-14, gtol=1e-14, max_nfev=500,
        )
        for start in STARTS
    ]  # fmt: skip
    solved = [fit for fit in tried if fit.success]
    if not solved:
        raise ConvergenceError(
            Problem("no start converged", "rates", remedy="use a smaller model, or smooth first")
        )
    best = min(solved, key=lambda fit: fit.cost)
    return report(x, y, w, dict(zip(shapes, best.x, strict=True)), parts, scale, root)


def basis(x: FloatArray, shape: dict[str, float], parts: tuple[str, ...]) -> FloatArray:
    """Return the columns (age, part) that heights multiply; the last is the level."""
    columns = []
    for part in parts:
        height, *names = PARTS[part]
        own = {name: shape[name] for name in names}
        zero = dict.fromkeys(REQUIRED, 0.0)
        columns.append(rogers_castro(x, **{**zero, **own, height: 1.0}))
    return np.stack([*columns, np.ones_like(x)], axis=-1)


def report(
    x: FloatArray,
    y: FloatArray,
    w: FloatArray,
    shape: dict[str, float],
    parts: tuple[str, ...],
    scale: float,
    root: FloatArray,
) -> ProfileFit:
    """Solve the heights for the best shapes and measure the fit."""
    heights, _ = scipy.optimize.nnls(basis(x, shape, parts) * root[:, np.newaxis], y / scale * root)
    found = {name: float(value) for name, value in shape.items()}
    found |= {PARTS[part][0]: float(h * scale) for part, h in zip(parts, heights, strict=False)}
    found["c"] = float(heights[-1] * scale)
    fitted = rogers_castro(x, **found)
    mean = np.average(y, weights=w)
    unexplained = float(np.sum(w * (y - fitted) ** 2))
    variance = float(np.sum(w * (y - mean) ** 2))
    r_squared = 1 - unexplained / variance if variance > 0 else 1.0
    mape = float(np.average(np.abs(y - fitted), weights=w) / mean)
    order = [name for part in PARTS.values() for name in part if name in found]
    return ProfileFit({name: found[name] for name in order}, fitted, r_squared, mape)
