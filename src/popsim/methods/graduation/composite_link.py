"""The penalised composite link model: a smooth curve behind coarse groups."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import ConvergenceError, DataError
from popsim.methods.graduation.groups import Groups, age_groups, group_counts
from popsim.methods.graduation.splines import cubic_splines
from popsim.methods.search import bounded_minimum

__all__ = ["PclmFit", "pclm", "pclm_fit"]

Floats = NDArray[np.float64]
Smoothing = float | Literal["bic", "aic"]

# Bounds of the search for the smoothing parameter, in powers of ten of the mean count of a group:
# below, the curve passes through every count; above, it is an exponential.
SEARCH = (-6.0, 5.0)
MAX_ITERATIONS = 200
SMALLEST = 1e-12
SHORTEST = 1e-6
TOLERANCE = 1e-10
NUDGE = 1e-14  # keeps the step's equations regular; the optimum is not moved by it


class PclmFit(NamedTuple):
    """Outcome of one penalised composite link fit.

    Attributes
    ----------
    counts
        Counts by single age (age); their sums over the groups equal the data exactly.
    rate
        `counts` over the offset (age); equal to `counts` where no offset was given.
    fitted
        The model's own curve (age), before it was made to keep the groups.
    smoothing
        The smoothing parameter used.
    effective_dimension
        Trace of the hat matrix.
    deviance
        Poisson deviance of the groups.
    aic, bic
        Criteria of Akaike and Schwarz.
    largest_correction
        Largest relative change that keeping the groups made to the curve, where anyone is.
    """

    counts: Floats
    rate: Floats
    fitted: Floats
    smoothing: float
    effective_dimension: float
    deviance: float
    aic: float
    bic: float
    largest_correction: float


class _Model(NamedTuple):
    """Letter key: C groups x ages (1 where the age is in the group, times offset); B basis."""

    y: Floats
    C: Floats
    B: Floats
    penalty: Floats
    start: Floats  # coefficients of the counts spread evenly: where every search sets out


class _Solution(NamedTuple):
    curve: Floats
    dimension: float
    deviance: float


def pclm(
    counts: ArrayLike,
    age: ArrayLike,
    *,
    last_age: int | None = 100,
    closing_age: int = 115,
    offset: ArrayLike | None = None,
    smoothing: Smoothing = "bic",
    knot_spacing: float = 2.0,
    open_ended: bool = True,
) -> Floats:
    r"""Spread counts in age groups over single ages by the penalised composite link model.

    Parameters
    ----------
    counts
        Counts (.., group), 0 or more; persons, deaths, or births.
    age
        Lower bounds of the groups (group), of any widths, e.g. 0, 1, 5, 10, .., 85.
    last_age
        The result's last age, itself open; None keeps all ages below `closing_age`.
    closing_age
        Age at which nobody is left: the open group is spread over the ages below it.
    offset
        Exposure by single age from ``age[0]`` to ``closing_age - 1`` (.., age), where the *rate* is
        what is smooth (deaths by group with exposure by single age).
    smoothing
        Weight of the roughness penalty, or the criterion by which it is chosen.
    knot_spacing
        Distance of the spline's knots in years.
    open_ended
        Whether the last group is open. A closed last group is as wide as the one before it.

    Returns
    -------
    numpy.ndarray
        Counts by single age (.., age) from ``age[0]`` to `last_age`. Never negative; their sums
        over the groups equal `counts`.

    Raises
    ------
    DataError
        For missing or negative counts, ages that do not ascend, an offset that does not fit.
    ConvergenceError
        Where the iteration does not settle.

    Notes
    -----
    The counts are Poisson with mean :math:`\mu = C\gamma`, :math:`\gamma = \exp(B\beta)`, C the
    matrix that adds ages to groups and B cubic B-splines; :math:`\beta` maximises the likelihood
    less :math:`\tfrac{\lambda}{2}|D_2\beta|^2`. The curve is then multiplied group by group by
    observed over fitted, so that the groups are kept exactly. Where the counts are heaped the
    criteria choose too small a :math:`\lambda`: give it, or smooth the groups first.

    References
    ----------
    Rizzi, S., Gampe, J. and Eilers, P. H. C. (2015). Efficient estimation of smooth distributions
    from coarsely grouped data. American Journal of Epidemiology 182(2), 138-147.

    Examples
    --------
    >>> single = pclm([12, 45, 50, 48, 30], [0, 1, 5, 10, 15], last_age=20, closing_age=40)
    >>> single.shape, float(single[1:5].sum().round(9))
    ((21,), 45.0)
    """
    groups = age_groups(age, open_ended=open_ended)
    values = group_counts(counts, groups)
    rows = values.reshape(-1, values.shape[-1])
    exposure = None
    if offset is not None:
        exposure = np.asarray(offset, dtype=np.float64)
        exposure = np.broadcast_to(exposure, values.shape[:-1] + exposure.shape[-1:]).reshape(
            len(rows), -1
        )
    fits = [
        pclm_fit(
            row,
            age,
            closing_age=closing_age,
            offset=None if exposure is None else exposure[i],
            smoothing=smoothing,
            knot_spacing=knot_spacing,
            open_ended=open_ended,
        ).counts
        for i, row in enumerate(rows)
    ]
    single = np.stack(fits).reshape(*values.shape[:-1], -1)
    return _close(single, groups, last_age)


def _close(single: Floats, groups: Groups, last_age: int | None) -> Floats:
    """Add up the ages from `last_age` on."""
    if last_age is None or not groups.open_ended:
        return single
    cut = last_age - int(groups.age[0])
    if cut < groups.age[-1] - groups.age[0] or cut >= single.shape[-1]:
        raise DataError(
            f"last_age {last_age} must lie between the open group's age {groups.age[-1]} and the "
            "closing age"
        )
    tail = single[..., cut:].sum(axis=-1, keepdims=True)
    return np.concatenate([single[..., :cut], tail], axis=-1)


def pclm_fit(
    counts: ArrayLike,
    age: ArrayLike,
    *,
    closing_age: int = 115,
    offset: ArrayLike | None = None,
    smoothing: Smoothing = "bic",
    knot_spacing: float = 2.0,
    open_ended: bool = True,
) -> PclmFit:
    """Fit one penalised composite link model, with its diagnostics; see `pclm`.

    Parameters
    ----------
    counts, age, closing_age, offset, smoothing, knot_spacing, open_ended
        As in `pclm`; `counts` (group) of one population.

    Returns
    -------
    PclmFit
        Counts by single age from ``age[0]`` to ``closing_age - 1``, and what the fit tells. Tested
        as a property, with `pclm`.

    Raises
    ------
    DataError, ConvergenceError
        As `pclm`.

    Examples
    --------
    >>> fit = pclm_fit([12, 45, 50, 48, 30], [0, 1, 5, 10, 15], closing_age=40)
    >>> fit.counts.size, 2 < fit.effective_dimension <= 5
    (40, True)
    """
    groups = age_groups(age, open_ended=open_ended)
    y = group_counts(counts, groups)
    if y.ndim != 1:
        raise DataError(f"one row of counts wanted; got shape {y.shape}; call pclm for many")
    end = closing_age if open_ended else int(groups.age[-1] + groups.width[-1])
    if end <= groups.age[-1]:
        raise DataError(f"closing_age {end} must lie above the last group's age {groups.age[-1]}")
    ages = np.arange(groups.age[0], end)
    exposure = _exposure(offset, ages, y, groups)
    if not y.any():
        zero = np.zeros(ages.size)
        return PclmFit(zero, zero, zero, np.nan, 0.0, 0.0, 0.0, 0.0, 0.0)
    member = np.searchsorted(groups.age, ages, side="right") - 1
    C = (member == np.arange(y.size)[:, None]) * exposure
    B = cubic_splines(ages, knot_spacing)
    D = np.diff(np.eye(B.shape[1]), 2, axis=0)
    counted = np.where(y < SMALLEST, 0.0, y)
    level = (counted + 0.5) / C.sum(axis=1)
    start = np.linalg.lstsq(B, np.log(level)[C.argmax(axis=0)], rcond=None)[0]
    model = _Model(counted, C, B, D.T @ D, start)
    weight = smoothing if isinstance(smoothing, int | float) else _choose(model, smoothing)
    solution = _solve(model, weight)
    fitted = exposure * solution.curve
    correction = y / (C @ solution.curve)
    factor = correction[member]
    single = fitted * factor
    return PclmFit(
        counts=single,
        rate=single / exposure,
        fitted=fitted,
        smoothing=float(weight),
        effective_dimension=solution.dimension,
        deviance=solution.deviance,
        aic=solution.deviance + 2 * solution.dimension,
        bic=solution.deviance + np.log(y.size) * solution.dimension,
        largest_correction=float(np.abs(correction[y > 0] - 1).max()),
    )


def _exposure(offset: ArrayLike | None, ages: NDArray[np.int64], y: Floats, g: Groups) -> Floats:
    """Offset by single age, checked; ones where none is given."""
    if offset is None:
        return np.ones(ages.size)
    exposure = np.asarray(offset, dtype=np.float64)
    if exposure.shape != ages.shape:
        raise DataError(
            f"offset has shape {exposure.shape}; one entry for each age {ages[0]}..{ages[-1]} is "
            "wanted"
        )
    if not (np.isfinite(exposure) & (exposure > 0)).all():
        place = int(np.flatnonzero(~(np.isfinite(exposure) & (exposure > 0)))[0])
        raise DataError(
            f"age {ages[place]}: exposure must be above 0; got {exposure[place]}. Remedy: lower "
            "closing_age to the last age with exposure"
        )
    return exposure


def _choose(model: _Model, criterion: str) -> float:
    """Give the weight with the lowest AIC or BIC."""
    if criterion not in ("aic", "bic"):
        raise DataError(f"smoothing must be a number, 'aic' or 'bic'; got {criterion!r}")
    price = 2.0 if criterion == "aic" else float(np.log(model.y.size))
    scale = np.log10(max(model.y.mean(), 1.0))

    def cost(log_weight: float) -> float:
        try:
            solution = _solve(model, 10**log_weight)
        except ConvergenceError:
            return 1e60  # a weight at which the fit does not settle is not chosen
        return solution.deviance + price * solution.dimension

    return float(10 ** bounded_minimum(cost, scale + SEARCH[0], scale + SEARCH[1], tolerance=0.05))


def _solve(model: _Model, weight: float) -> _Solution:
    """Fisher scoring with halved steps on the penalised deviance, for one weight."""
    y, C, B, _, beta = model
    ridge = weight * model.penalty
    cost = _cost(model, beta, ridge)
    for _ in range(MAX_ITERATIONS):
        curve, mu = _means(model, beta)
        Q = C @ (curve[:, None] * B)
        information = Q.T @ (Q / mu[:, None])
        damped = information + ridge + NUDGE * np.trace(information + ridge) * np.eye(beta.size)
        step = np.linalg.solve(damped, Q.T @ ((y - mu) / mu) - ridge @ beta)
        length = min(1.0, 10.0 / max(float(np.abs(step).max()), SMALLEST))
        new = _cost(model, beta + length * step, ridge)
        while new > cost and length > SHORTEST:
            length /= 2
            new = _cost(model, beta + length * step, ridge)
        settled = cost - new <= TOLERANCE * (abs(cost) + 0.1)
        if new <= cost:
            beta, cost = beta + length * step, new
        if settled:
            dimension = float(np.trace(np.linalg.solve(damped, information)))
            curve, mu = _means(model, beta)
            return _Solution(curve, dimension, _deviance(y, mu))
    raise ConvergenceError(
        f"the penalised composite link fit did not settle in {MAX_ITERATIONS} steps at smoothing "
        f"{weight:.3g}; give a larger smoothing"
    )


def _means(model: _Model, beta: Floats) -> tuple[Floats, Floats]:
    """Curve by single age and means of the groups; the exponent is bounded against overflow."""
    curve = np.exp(np.clip(model.B @ beta, -60.0, 60.0))
    return curve, np.maximum(model.C @ curve, SMALLEST)


def _deviance(y: Floats, mu: Floats) -> float:
    """Poisson deviance."""
    each = y * np.log(np.where(y > 0, y, mu) / mu) - y + mu
    return float(2 * each.sum())


def _cost(model: _Model, beta: Floats, ridge: Floats) -> float:
    """Deviance and penalty together."""
    return _deviance(model.y, _means(model, beta)[1]) + float(beta @ ridge @ beta)
