"""Stochastic levels: what a forecaster does not know, as paths of a few numbers a draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from popsim.ensembles.checks import LEVELS
from popsim.errors import DataError, Problems

__all__ = ["LevelError", "fit_level_error", "hindcast_level_error", "stochastic_levels"]

Array = npt.NDArray[np.float64]

# An sd from n changes is itself known to 1 / sqrt(2 (n - 1)) of its size: to a quarter with 10.
_FEWEST_CHANGES = 10


@dataclass(frozen=True, kw_only=True)
class LevelError:
    """How far a level strays from its central path.

    With standard normal z and e(0) = 0:
    ``e(t) = persistence x e(t-1) + drift_sd x z(0) + sd x z(t)``; the level is central + e on
    the scale `level`, central x exp(e) on the scale `log`.

    Parameters
    ----------
    sd
        Standard deviation of the change of one period, on its scale.
    persistence
        Part of an error still there a period later: 1 is a random walk, whose error grows without
        bound; below 1 (AR(1)) it settles at sd / sqrt(1 - persistence**2).
    drift_sd
        Standard deviation of what is added every period of a draw: not knowing the trend. 0 where
        the trend is held to be known, which for mortality it is not.
    scale
        ``log`` for what cannot fall below 0 (TFR); ``level`` for the mortality index (years of the
        schedule) and the migration level (multiples of the profile).

    Notes
    -----
    None of these has a default, because none holds everywhere. Where one might take them: a long
    series of the place itself (`fit_level_error`); errors of past projections of it or of places
    like it (`hindcast_level_error`; the regions of Finland have fifty years of them). A random
    walk of Lee & Carter fitted to a national series understates what is not known of old ages and
    of dependency ratios; a county's own mortality is less certain again: raise `drift_sd`.

    References
    ----------
    Lee & Carter (1992), *JASA* 87:659. US Social Security Administration, ORES Working Paper
    111, on its bands at old ages being too narrow.
    """

    sd: float
    persistence: float
    drift_sd: float
    scale: Literal["log", "level"]

    def __post_init__(self) -> None:
        problems = Problems(DataError)
        for name in ("sd", "drift_sd"):
            value = getattr(self, name)
            if not 0.0 <= value < np.inf:
                problems.add("not a spread", where=name, got=value, expected="0 or more")
        if not 0.0 <= self.persistence <= 1.0:
            problems.add("outside 0..1", where="persistence", got=self.persistence)
        if self.scale not in ("log", "level"):
            problems.add("unknown choice", where="scale", got=self.scale, expected="log or level")
        problems.raise_if_any()

    def path(self, z: Array) -> Array:
        """Errors (draw, period) from standard normals (draw, 1 + period), the drift's first."""
        error = np.zeros((z.shape[0], z.shape[1] - 1))
        last = np.zeros(z.shape[0])
        for t in range(error.shape[1]):
            last = self.persistence * last + self.drift_sd * z[:, 0] + self.sd * z[:, t + 1]
            error[:, t] = last
        return error


def stochastic_levels(
    central: xr.Dataset,
    errors: Mapping[str, LevelError],
    *,
    draws: int | range,
    seed: int,
    correlation: Mapping[tuple[str, str], float],
    known_until: int,
) -> xr.Dataset:
    """Draw paths of levels around central ones.

    Parameters
    ----------
    central
        ``mortality_index``, ``tfr`` and, where they act, ``migration_level``, ``move_level``:
        ([state], period). An error is common to all states.
    errors
        By level; a level without one is certain.
    draws
        So many, or which: any draw comes out the same alone as among others, so draws may be
        made in parts.
    seed
        Of everything; the same seed gives the same errors under every scenario (common random
        numbers), so that scenarios differ by what they assume and not by luck.
    correlation
        Of the errors of two levels, by pair of names; pairs not named are uncorrelated. Where one
        might take it: of the residuals from which the spreads were taken.
    known_until
        Last period that is known: no error up to it.

    Returns
    -------
    xr.Dataset
        The same variables with the dim `draw` in front, for `project_ensemble`.

    Raises
    ------
    DataError
        Unknown levels, correlations that contradict each other.

    Notes
    -----
    Draw d has the generator ``SeedSequence(seed, spawn_key=(d,))``; it yields, period by period,
    one number for each of the four levels, whichever of them are uncertain, so that neither the
    horizon nor the choice of levels changes a number.

    Examples
    --------
    >>> period = {"period": [2021, 2022, 2023]}
    >>> central = xr.Dataset({"tfr": ("period", [1.0, 1.1, 1.2])}, period)
    >>> error = LevelError(sd=0.05, persistence=1.0, drift_sd=0.0, scale="log")
    >>> paths = stochastic_levels(
    ...     central, {"tfr": error}, draws=range(5, 8), seed=1, correlation={}, known_until=2021
    ... )
    >>> paths.tfr.dims, paths.draw.to_numpy(), paths.tfr.sel(period=2021).to_numpy()
    (('draw', 'period'), array([5, 6, 7]), array([1., 1., 1.]))
    """
    numbers = range(draws) if isinstance(draws, int) else draws
    root = _check(central, errors, correlation)
    periods = central["period"].to_numpy()
    open_periods = periods > known_until
    z = np.empty((len(numbers), 1 + int(open_periods.sum()), len(LEVELS)))
    for at, draw in enumerate(numbers):
        source = np.random.SeedSequence(seed, spawn_key=(draw,))
        z[at] = np.random.default_rng(source).standard_normal(z.shape[1:])
    # one product after another, not a matrix product, whose bits depend on the number of draws
    z = sum((z[..., k : k + 1] * root[:, k] for k in range(len(LEVELS))), np.zeros_like(z))
    drawn = {}
    for key, middle in central.data_vars.items():
        name = str(key)
        error = np.zeros((len(numbers), periods.size))
        if name in errors:
            error[:, open_periods] = errors[name].path(z[..., LEVELS.index(name)])
        spread = xr.DataArray(
            error, {"draw": np.array(numbers), "period": periods}, ("draw", "period")
        )
        log = name in errors and errors[name].scale == "log"
        values = middle * np.exp(spread) if log else middle + spread
        drawn[name] = values.transpose("draw", ..., "period").assign_attrs(middle.attrs)
    return xr.Dataset(drawn)


def _check(
    central: xr.Dataset,
    errors: Mapping[str, LevelError],
    correlation: Mapping[tuple[str, str], float],
) -> Array:
    """Return the lower triangle of the correlations of all levels; refuse what cannot be."""
    problems = Problems(DataError)
    for name in (*map(str, central.data_vars), *errors, *(n for pair in correlation for n in pair)):
        if name not in LEVELS:
            problems.add("unknown level", where=name, expected=LEVELS)
    for name in errors:
        if name not in central:
            problems.add("no central path", where=f"errors ({name})")
    if problems or "period" not in central.coords:
        if "period" not in central.coords:
            problems.add("no labels", where="central (period)")
        problems.raise_if_any()
    matrix = np.eye(len(LEVELS))
    for (one, other), value in correlation.items():
        i, j = LEVELS.index(one), LEVELS.index(other)
        matrix[i, j] = matrix[j, i] = value
    if not np.linalg.eigvalsh(matrix)[0] > -1e-12 or not (np.diag(matrix) == 1).all():
        raise DataError(
            "correlation: the pairs contradict each other or leave -1..1; expected a correlation "
            "matrix"
        )
    values, vectors = np.linalg.eigh(matrix)
    # QR of the root gives the same covariances as a Cholesky factor, at correlations of 1 too
    root = np.linalg.qr((vectors * np.sqrt(np.maximum(values, 0.0))).T)[1].T
    signed: Array = root * np.where(np.diag(root) < 0, -1.0, 1.0)
    return signed


def fit_level_error(
    history: xr.DataArray, *, scale: Literal["log", "level"], settles: bool
) -> LevelError:
    """Fit the error of a level to its own past.

    Parameters
    ----------
    history
        Values of the level, one a period, oldest first (year or period).
    scale
        As in `LevelError`.
    settles
        Whether the level returns to its mean (AR(1)); else it is a random walk with drift, and
        not knowing the drift becomes `drift_sd` = sd / sqrt(changes).

    Returns
    -------
    LevelError

    Raises
    ------
    DataError
        Where there are fewer than 10 changes: a spread from them would be a guess with decimals.
        The fitted TFRs of the few years between a census and today are too short for this; take a
        longer series, or the errors of past projections.

    Examples
    --------
    >>> tfr = xr.DataArray([1.0, 1.1, 1.0], {"year": [2020, 2021, 2022]}, "year")
    >>> fit_level_error(tfr, scale="log", settles=False)
    Traceback (most recent call last):
    popsim.errors.DataError: history: too short to tell a spread; got 2 changes; expected 10 or...
    """
    values = np.asarray(history.to_numpy(), dtype=np.float64)
    problems = Problems(DataError)
    if values.ndim != 1 or values.size - 1 < _FEWEST_CHANGES:
        problems.add(
            "too short to tell a spread",
            where="history",
            got=f"{values.size - 1} changes",
            expected=f"{_FEWEST_CHANGES} or more, one dim",
            remedy="take a longer series, or hindcast_level_error",
        )
    if not np.isfinite(values).all() or (scale == "log" and not (values > 0).all()):
        problems.add("missing, infinite or without a logarithm", where="history")
    problems.raise_if_any()
    y = np.log(values) if scale == "log" else values
    changes = np.diff(y)
    if not settles:
        sd = float(changes.std(ddof=1))
        drift = sd / float(np.sqrt(changes.size))
        return LevelError(sd=sd, persistence=1.0, drift_sd=drift, scale=scale)
    before, after = y[:-1] - y[:-1].mean(), y[1:] - y[1:].mean()
    persistence = float(np.clip((before @ after) / (before @ before), 0.0, 1.0))
    left = after - persistence * before
    sd = float(np.sqrt(left @ left / (left.size - 2)))
    return LevelError(sd=sd, persistence=persistence, drift_sd=0.0, scale=scale)


def hindcast_level_error(residuals: xr.DataArray, *, scale: Literal["log", "level"]) -> LevelError:
    """Random walk whose errors are as large as those of past projections.

    Parameters
    ----------
    residuals
        Observed less projected level, or its logarithm where the scale is `log`; one dim is
        `lead`, periods since the projection began (1, 2, ..), any others are origins and places.
    scale
        As in `LevelError`.

    Returns
    -------
    LevelError
        With ``sd**2`` the mean of ``residual**2 / lead``: errors have expectation 0, and whatever
        bias there was counts as error.

    Examples
    --------
    >>> errors = xr.DataArray([[0.1, 0.0], [-0.1, 0.2]], {"lead": [1, 4]}, ("origin", "lead"))
    >>> round(hindcast_level_error(errors, scale="log").sd, 4)
    0.0866
    """
    if "lead" not in residuals.coords or not (residuals["lead"] > 0).all():
        raise DataError("residuals: expected the dim lead with labels 1, 2, ..")
    values = residuals.to_numpy()
    if not values.size or not np.isfinite(values).all():
        raise DataError("residuals: missing or infinite values; select what is there first")
    sd = float(np.sqrt((residuals**2 / residuals["lead"]).mean()))
    return LevelError(sd=sd, persistence=1.0, drift_sd=0.0, scale=scale)
