"""What a projection matrix tends to: growth, structure, reproduction, and what they hang on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from popsim.errors import ConvergenceError, DataError

__all__ = ["StableAnalysis", "net_reproduction", "stable_analysis"]

Array = npt.NDArray[np.float64]
Matrix = npt.ArrayLike | sparse.sparray | sparse.spmatrix


class StableAnalysis(NamedTuple):
    """Results of `stable_analysis`, over n cells of the matrix.

    Attributes
    ----------
    growth_factor
        lambda, growth per step.
    growth_rate
        r = ln(lambda)/years, per year.
    structure
        Stable share of each cell, (n), summing to 1.
    reproductive_value
        Of each cell, (n), that of the first reproducing cell being 1.
    damping_ratio
        lambda over the modulus of the next eigenvalue; infinite where there is none.
    net_reproduction
        R0, children of a cohort at replacement; NaN where births are not told apart.
    generation_length
        ln(R0)/r in years (for r = 0 the mean age at bearing); NaN without births.
    sensitivity
        d lambda / d a_ij, (n, n).
    elasticity
        d ln lambda / d ln a_ij, (n, n), summing to 1.
    """

    growth_factor: float
    growth_rate: float
    structure: Array
    reproductive_value: Array
    damping_ratio: float
    net_reproduction: float
    generation_length: float
    sensitivity: Array
    elasticity: Array


def _dense(matrix: Matrix) -> Array:
    """Return a square matrix of finite, non-negative numbers."""
    values = matrix.toarray() if sparse.issparse(matrix) else matrix
    dense = np.asarray(values, dtype=np.float64)
    if dense.ndim != 2 or dense.shape[0] != dense.shape[1]:
        raise DataError(f"matrix: shape {dense.shape}; expected a square")
    bad = np.argwhere(~(np.isfinite(dense) & (dense >= 0)))
    if bad.size:
        i, j = (int(k) for k in bad[0])
        raise DataError(f"matrix[{i}, {j}]: got {dense[i, j]}; expected 0 or more")
    return dense


def stable_analysis(
    matrix: Matrix, *, births: Matrix | None = None, years: float = 1.0
) -> StableAnalysis:
    """Analyse the stable population of a projection matrix.

    Parameters
    ----------
    matrix
        A with n(t+1) = A n(t), (n, n), dense or sparse.
    births
        The part of A that is births, (n, n); without it R0 and the generation are not known.
    years
        Length of a step.

    Returns
    -------
    StableAnalysis

    Raises
    ------
    DataError
        Where the matrix is not square or holds a negative or missing number.
    ConvergenceError
        Where nobody survives or reproduces, so that no growth factor is positive.

    Notes
    -----
    A w = lambda w, v A = lambda v; sensitivity v_i w_j / (v w); elasticity a_ij/lambda times it.
    R0 is the dominant eigenvalue of F (I - U)^-1, with births F and U = A - F. Tests: five
    matrices of the R package popbio to 1e-9; Keyfitz & Murphy's United States 1964.

    References
    ----------
    Caswell, H. (2001). *Matrix Population Models*, 2nd ed. Sinauer. Ch. 4, 5 and 9.

    Examples
    --------
    >>> result = stable_analysis([[0.0, 2.0], [0.5, 0.0]])
    >>> result.growth_factor, result.structure.round(4)
    (1.0, array([0.6667, 0.3333]))
    """
    a = _dense(matrix)
    found: tuple[Any, ...] = tuple(linalg.eig(a, left=True, right=True))
    values, left, right = found
    size = np.abs(values)
    # a positive eigenvalue comes before others of its modulus (imprimitive matrices have both)
    first = int(np.lexsort((-values.real, -np.round(size, 12)))[0])
    growth = float(values[first].real)
    if not growth > 1e-300:
        raise ConvergenceError("the matrix has no positive eigenvalue: everybody dies out")
    w = _positive(right[:, first])
    v = _positive(left[:, first])
    product = float(v @ w)
    if not product > 1e-300:
        raise ConvergenceError("reproductive value and structure do not meet: A is reducible")
    sensitivity = np.outer(v, w) / product
    others = np.delete(size, first)
    second = float(others.max()) if others.size else 0.0
    rate = float(np.log(growth)) / years
    reproduction, generation = np.nan, np.nan
    if births is not None:
        f = _dense(births)
        reproduction = _reproduction(a, f)
        generation = _generation(a, f, v, w, rate, reproduction, years)
    bearing = np.flatnonzero(v > 1e-14 * v.max())
    return StableAnalysis(
        growth_factor=growth,
        growth_rate=rate,
        structure=w / w.sum(),
        reproductive_value=v / v[bearing[0]],
        damping_ratio=growth / second if second > 0 else np.inf,
        net_reproduction=reproduction,
        generation_length=generation,
        sensitivity=sensitivity,
        elasticity=a * sensitivity / growth,
    )


def _positive(vector: npt.NDArray[np.complexfloating]) -> Array:
    """Turn an eigenvector so that it is not negative."""
    real = np.asarray(vector.real, dtype=np.float64)
    return np.asarray(real * np.sign(real[np.argmax(np.abs(real))]))


def _reproduction(a: Array, f: Array) -> float:
    """Dominant eigenvalue of F (I - U)^-1."""
    rows = np.flatnonzero(f.any(axis=1))
    if not rows.size:
        return 0.0
    lifetime = np.linalg.solve((np.eye(a.shape[0]) - (a - f)).T, f[rows].T).T
    return float(np.max(np.abs(np.linalg.eigvals(lifetime[:, rows]))))


def _generation(
    a: Array, f: Array, v: Array, w: Array, rate: float, reproduction: float, years: float
) -> float:
    """Years in which a stable population grows by R0; at r = 0, the mean age at bearing."""
    if reproduction <= 0:
        return np.nan
    if abs(rate) > 1e-9:
        return float(np.log(reproduction)) / rate
    # the limit: mean number of steps from birth to bearing, in the stationary population
    later = np.linalg.solve(np.eye(a.shape[0]) - (a - f), w)
    return years * float(v @ f @ later) / float(v @ f @ w)


def net_reproduction(
    fertility_rate: npt.ArrayLike, Lx: npt.ArrayLike, sex_ratio_at_birth: npt.ArrayLike
) -> Array:
    """Net reproduction rate: daughters a newborn girl will bear.

    Parameters
    ----------
    fertility_rate
        Births per woman-year, (..., age).
    Lx
        Person-years lived by women, (..., age), for a radix of one.
    sex_ratio_at_birth
        Boys per girl, (...).

    Returns
    -------
    ndarray
        R0, (...).

    Notes
    -----
    R0 = sum f L / (1 + s). Test: demCore's case, 1.30.

    References
    ----------
    Preston, Heuveline & Guillot (2001), *Demography*, ch. 5.

    Examples
    --------
    >>> float(net_reproduction([0.1, 0.1], [4.5, 4.0], 1.0).round(4))
    0.425
    """
    f, years = np.asarray(fertility_rate, dtype=np.float64), np.asarray(Lx, dtype=np.float64)
    if f.shape[-1:] != years.shape[-1:]:
        raise DataError(f"Lx: {years.shape[-1:]} ages for {f.shape[-1:]} of fertility_rate")
    ratio = np.asarray(sex_ratio_at_birth, dtype=np.float64)
    return np.asarray((f * years).sum(axis=-1) / (1.0 + ratio))
