"""Tables of flows from origin to destination, and what they say."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import ConvergenceError, DataError, Problem
from popsim.methods._cells import FloatArray, check_shape, floats
from popsim.methods.raking import Fit, ipf

__all__ = [
    "Effectiveness",
    "GravityFit",
    "fit_gravity",
    "flows_from_margins",
    "gravity",
    "migration_effectiveness",
]


class GravityFit(NamedTuple):
    """A gravity model fitted to flows.

    Parameters
    ----------
    scale, origin_power, destination_power, distance_power
        Constants of `gravity`; distance enters as ``distance ** -distance_power``.
    fitted
        Fitted flows (origin, destination), 0 on the diagonal.
    deviance
        Poisson deviance of the flows from the fitted.
    """

    scale: float
    origin_power: float
    destination_power: float
    distance_power: float
    fitted: FloatArray
    deviance: float


class Effectiveness(NamedTuple):
    """How much of the moving redistributes people.

    Parameters
    ----------
    place
        Net over gross migration of each place (place), between -1 and 1; 0 where nobody moves.
    system
        Sum of absolute net over sum of gross migration, between 0 and 1.
    """

    place: FloatArray
    system: float


def gravity(
    origin: ArrayLike,
    destination: ArrayLike,
    distance: ArrayLike,
    *,
    scale: float = 1.0,
    origin_power: float = 1.0,
    destination_power: float = 1.0,
    distance_power: float = 2.0,
) -> FloatArray:
    """Flows that grow with the masses of two places and fall with the distance between them.

    O, D: masses of origin and destination; d: distance; k: scale.

    Parameters
    ----------
    origin, destination
        Masses (place), above 0: people, jobs.
    distance
        Distances (origin, destination), above 0 off the diagonal (which is not read).
    scale, origin_power, destination_power, distance_power
        Constants, e.g. from `fit_gravity`.

    Returns
    -------
    FloatArray
        Flows (origin, destination), 0 on the diagonal.

    Raises
    ------
    DataError
        If shapes do not join, or a mass or a distance is missing or not above 0.

    Notes
    -----
    T[i, j] = k O[i]^a D[j]^b d[i, j]^-c.

    References
    ----------
    Zipf, G. K. (1946). The P1 P2 / D hypothesis: on the intercity movement of persons. American
    Sociological Review 11(6), 677-686.

    Examples
    --------
    >>> gravity([10, 20], [10, 20], [[0, 2], [2, 0]])
    array([[ 0., 50.],
           [50.,  0.]])
    """
    masses, targets, apart = check_places(origin, destination, distance)
    flows = (
        scale
        * masses[:, np.newaxis] ** origin_power
        * targets**destination_power
        * apart**-distance_power
    )
    np.fill_diagonal(flows, 0.0)
    return np.asarray(flows)


def fit_gravity(
    flows: ArrayLike,
    origin: ArrayLike,
    destination: ArrayLike,
    distance: ArrayLike,
    *,
    tolerance: float = 1e-12,
    max_iterations: int = 200,
) -> GravityFit:
    """Fit a gravity model to flows by Poisson regression.

    Parameters
    ----------
    flows
        Observed flows (origin, destination), 0 or more; the diagonal is not read. Zero flows are
        data, and are kept.
    origin, destination, distance
        As in `gravity`.
    tolerance
        Largest change of a coefficient at which the iteration stops.
    max_iterations
        Newton steps before giving up.

    Returns
    -------
    GravityFit
        Constants, fitted flows and deviance.

    Raises
    ------
    DataError
        If a cell is missing or negative, or the four constants cannot be told apart (too few
        places, or equal masses).
    ConvergenceError
        If the iteration does not settle.

    Notes
    -----
    log E T[i, j] = log k + a log O[i] + b log D[j] - c log d[i, j], by iteratively reweighted
    least squares. Unlike a regression of log flows it takes zeros and is not biased by unequal
    variances.

    References
    ----------
    Flowerdew, R. and Aitkin, M. (1982). A method of fitting the gravity model based on the
    Poisson distribution. Journal of Regional Science 22(2), 191-202.

    Examples
    --------
    >>> masses = np.array([10.0, 25.0, 40.0])
    >>> apart = np.array([[1.0, 2.0, 5.0], [2.0, 1.0, 3.0], [5.0, 3.0, 1.0]])
    >>> fit = fit_gravity(gravity(masses, masses, apart, scale=0.5), masses, masses, apart)
    >>> round(fit.scale, 6), round(fit.distance_power, 6)
    (0.5, 2.0)
    """
    masses, targets, apart = check_places(origin, destination, distance)
    table = floats(flows, "flows", minimum=0)
    check_shape(table, "flows", apart.shape, "distance")
    off = ~np.eye(masses.size, dtype=bool)
    rows = np.log(masses[:, np.newaxis] * np.ones_like(apart))
    columns = np.log(targets * np.ones_like(apart))
    design = np.stack([np.ones(off.sum()), rows[off], columns[off], -np.log(apart[off])], axis=-1)
    if np.linalg.matrix_rank(design) < 4 or not np.any(table[off] > 0):
        raise DataError(
            Problem("the constants cannot be told apart", "flows", f"{masses.size} places",
                    "three or more places, unequal masses, and some flow")
        )  # fmt: skip
    beta = poisson_regression(design, table[off], tolerance, max_iterations)
    fitted = np.zeros_like(table)
    fitted[off] = np.exp(design @ beta)
    seen, mean = table[off], fitted[off]
    ratio = np.divide(seen, mean, out=np.ones_like(seen), where=seen > 0)
    deviance = float(2 * np.sum(seen * np.log(ratio) - (seen - mean)))
    level, a, b, c = (float(value) for value in beta)
    return GravityFit(float(np.exp(level)), a, b, c, fitted, deviance)


def flows_from_margins(
    departures: ArrayLike,
    arrivals: ArrayLike,
    *,
    seed: ArrayLike | None = None,
) -> Fit:
    """Find a table of flows from how many leave each place and how many arrive.

    Parameters
    ----------
    departures
        People leaving (origin), 0 or more.
    arrivals
        People arriving (destination), 0 or more, with the same total.
    seed
        A table of like pattern (origin, destination): past flows, or `gravity`. Zeros stay zero.
        Without it, every move between two different places is as likely as its margins make it.

    Returns
    -------
    popsim.methods.raking.Fit
        `table` (origin, destination) and how the fit went. The diagonal is 0 unless the seed has
        stayers.

    Raises
    ------
    DataError
        If the totals differ, a cell is missing or negative, or a place is empty in the seed.
    ConvergenceError
        If zeros make the margins impossible together.

    Notes
    -----
    The limit is T[i, j] = r[i] s[j] seed[i, j]: `popsim.methods.raking.ipf`.

    References
    ----------
    Willekens, F. (1999). Modeling approaches to the indirect estimation of migration flows: from
    entropy to EM. Mathematical Population Studies 7(3), 239-278.

    Examples
    --------
    >>> flows_from_margins([30, 40, 50], [60, 35, 25]).table.sum(axis=0).round(6)
    array([60., 35., 25.])
    """
    leaving = floats(departures, "departures", minimum=0, ndim=1)
    coming = floats(arrivals, "arrivals", minimum=0, ndim=1)
    if seed is None:
        check_shape(coming, "arrivals", leaving.shape, "departures")
        table: FloatArray = 1 - np.eye(leaving.size)
    else:
        table = floats(seed, "seed", minimum=0)
        check_shape(table, "seed", (leaving.size, coming.size), "departures and arrivals")
    return ipf(table, [((0,), leaving), ((1,), coming)])


def migration_effectiveness(flows: ArrayLike) -> Effectiveness:
    """Measure how much of the moving redistributes people: net over gross migration.

    D: arrivals; O: departures.

    Parameters
    ----------
    flows
        Flows (origin, destination), 0 or more; the diagonal (stayers) is not read.

    Returns
    -------
    Effectiveness
        `place` (place) and `system`, as shares (times 100 in much of the literature).

    Raises
    ------
    DataError
        If the table is not square, a cell is missing or negative, or nobody moves at all.

    Notes
    -----
    Place: (D - O) / (D + O). System: sum |D - O| / sum (D + O).

    References
    ----------
    Bell, M. et al. (2002). Cross-national comparison of internal migration: issues and measures.
    Journal of the Royal Statistical Society A 165(3), 435-464.

    Examples
    --------
    >>> migration_effectiveness([[0, 30], [10, 0]])
    Effectiveness(place=array([-0.5,  0.5]), system=0.5)
    """
    table = floats(flows, "flows", minimum=0, ndim=2)
    check_shape(table, "flows", (table.shape[0],) * 2, "a square table")
    np.fill_diagonal(table, 0.0)
    coming, leaving = table.sum(axis=0), table.sum(axis=1)
    gross = coming + leaving
    if gross.sum() == 0:
        raise DataError(Problem("nobody moves", "flows", "0", "some flow off the diagonal"))
    place = np.divide(coming - leaving, gross, out=np.zeros_like(gross), where=gross > 0)
    return Effectiveness(place, float(np.abs(coming - leaving).sum() / gross.sum()))


def check_places(
    origin: ArrayLike, destination: ArrayLike, distance: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return masses and distances (1 on the diagonal), or raise DataError naming the cell."""
    masses = floats(origin, "origin", positive=True, ndim=1)
    targets = floats(destination, "destination", positive=True, ndim=1)
    apart = floats(distance, "distance", ndim=2)
    check_shape(targets, "destination", masses.shape, "origin")
    check_shape(apart, "distance", (masses.size, masses.size), "origin and destination")
    np.fill_diagonal(apart, 1.0)
    return masses, targets, floats(apart, "distance", positive=True)


def poisson_regression(
    design: FloatArray, counts: FloatArray, tolerance: float, max_iterations: int
) -> FloatArray:
    """Return the coefficients of a log-linear Poisson regression by Newton's method."""
    mean = counts + counts.mean()
    predictor = np.log(mean)
    beta = np.zeros(design.shape[1])
    for _ in range(max_iterations):
        root = np.sqrt(mean)
        working = predictor + (counts - mean) / mean
        new, *_ = np.linalg.lstsq(design * root[:, np.newaxis], working * root, rcond=None)
        change = float(np.max(np.abs(new - beta)))
        beta = new
        predictor = design @ beta
        mean = np.exp(predictor)
        if change <= tolerance * max(1.0, float(np.max(np.abs(beta)))):
            return np.asarray(beta)
    raise ConvergenceError(Problem("gravity model did not settle", "flows", f"change {change:.3g}"))
