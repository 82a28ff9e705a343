"""The multiregional life table: years to be lived in each place, by place of birth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from popsim.errors import DataError, Problems

__all__ = [
    "MultiregionalTable",
    "multiregional_life_table",
    "survival_and_moves",
]

Array = npt.NDArray[np.float64]


class MultiregionalTable(NamedTuple):
    """Columns of the table; the last two axes are (place reached, place before).

    Attributes
    ----------
    px
        Probabilities of being in a place at the end of the age group, by place at its beginning,
        (age, place, place); 0 in the open group.
    lx
        Survivors at exact age by present place and place of birth, (age, place, birth).
    Lx
        Years lived in the group, (age, place, birth).
    ex
        Years still to be lived, by place in which they are lived and place at that age,
        (age, place, place at age x).
    Sx
        Survival of a projection step into the group reached, (age, place, place before); Sx[0]
        from birth. The open group is reached from the one below it, none survive within it.
    """

    px: Array
    lx: Array
    Lx: Array
    ex: Array
    Sx: Array


def multiregional_life_table(
    death_rate: npt.ArrayLike, move_rate: npt.ArrayLike, *, years: float
) -> MultiregionalTable:
    """Life table of several places between which people move.

    Parameters
    ----------
    death_rate
        Deaths per person-year, (place, age), the last group open.
    move_rate
        Moves per person-year from place to place, (origin, destination, age), diagonal 0.
    years
        Width n of the closed groups.

    Returns
    -------
    MultiregionalTable

    Raises
    ------
    DataError
        Where shapes differ, a rate is negative or missing, the diagonal is not 0, or rates are so
        high that a probability would turn negative: the cells are named.

    Notes
    -----
    M has the sum of death and leaving rates on its diagonal and -m_ij off it. P = (I + n/2 M)^-1
    (I - n/2 M); l[x+n] = P l[x], l[0] = I; L = n/2 (l[x] + l[x+n]), L[open] = M^-1 l; e = sum of
    L from x on, times l[x]^-1; S = L[x] L[x-n]^-1, S[0] = L[0]/n. Test: Yugoslavia 1961.

    References
    ----------
    Rogers, A. (1975). *Introduction to Multiregional Mathematical Demography*. Wiley, ch. 3.
    Willekens, F. & Rogers, A. (1978). *Spatial Population Analysis*. IIASA RR-78-18.

    Examples
    --------
    >>> rates = [[[0.0, 0.0], [0.02, 0.01]], [[0.01, 0.0], [0.0, 0.0]]]
    >>> table = multiregional_life_table([[0.01, 0.1], [0.01, 0.1]], rates, years=5)
    >>> table.ex[0].sum(axis=0).round(4)  # both places have the same mortality
    array([14.3902, 14.3902])
    """
    deaths = np.asarray(death_rate, dtype=np.float64)
    moves = np.asarray(move_rate, dtype=np.float64)
    _check(deaths, moves)
    n_places, n_ages = deaths.shape
    place = np.arange(n_places)
    m = -np.moveaxis(moves, -1, 0).transpose(0, 2, 1)
    m[:, place, place] = (deaths + moves.sum(axis=1)).T
    one = np.eye(n_places)
    half = 0.5 * years
    px = np.zeros_like(m)
    px[:-1] = np.linalg.solve(one + half * m[:-1], one - half * m[:-1])
    _check_probabilities(px)
    lx = np.empty_like(m)
    lx[0] = one
    for x in range(n_ages - 1):
        lx[x + 1] = px[x] @ lx[x]
    lived = np.empty_like(m)
    lived[:-1] = half * (lx[:-1] + lx[1:])
    lived[-1] = np.linalg.solve(m[-1], lx[-1])
    remaining = np.cumsum(lived[::-1], axis=0)[::-1]
    ratio = np.empty_like(m)
    ratio[0] = lived[0] / years
    ratio[1:] = _divide(lived[1:], lived[:-1])
    return MultiregionalTable(px, lx, lived, _divide(remaining, lx), ratio)


def _divide(a: Array, b: Array) -> Array:
    """Return a b^-1 for stacks of matrices."""
    return np.asarray(
        np.linalg.solve(b.transpose(0, 2, 1), a.transpose(0, 2, 1)).transpose(0, 2, 1)
    )


def _check(deaths: Array, moves: Array) -> None:
    """Refuse rates that cannot be."""
    problems = Problems(DataError)
    if deaths.ndim != 2 or moves.shape != (deaths.shape[0], *deaths.shape):
        problems.add(
            "shapes do not fit",
            where="death_rate, move_rate",
            got=f"{deaths.shape}, {moves.shape}",
            expected="(place, age), (place, place, age)",
        )
        problems.raise_if_any()
    for name, rates in (("death_rate", deaths), ("move_rate", moves)):
        bad = np.argwhere(~(np.isfinite(rates) & (rates >= 0)))
        for cell in bad[:5]:
            problems.add(
                "negative or missing", where=f"{name}{cell.tolist()}", got=rates[tuple(cell)]
            )
    for i in range(deaths.shape[0]):
        if np.any(moves[i, i] != 0):
            problems.add("a move to the same place", where=f"move_rate[{i}, {i}]", expected="0")
        if deaths[i, -1] == 0:
            problems.add("nobody dies in the open group", where=f"death_rate[{i}, -1]")
    problems.raise_if_any()


def _check_probabilities(px: Array) -> None:
    """Refuse rates too high for the width of the group."""
    problems = Problems(DataError)
    for x, i, j in np.argwhere(px < 0)[:5].tolist():
        problems.add(
            "rates imply a negative probability",
            where=f"age group {x}, from place {j} to {i}",
            got=f"{px[x, i, j]:.4g}",
            remedy="use narrower age groups",
        )
    problems.raise_if_any()


def survival_and_moves(Sx: npt.ArrayLike) -> tuple[Array, Array]:
    """Split a multiregional survival matrix into survival and moves of survivors.

    Parameters
    ----------
    Sx
        (age, place reached, place before), as in `multiregional_life_table`.

    Returns
    -------
    tuple of ndarray
        Survival ratio (place, age) in the place before, and the probability of moving of those
        who survive, (origin, destination, age), diagonal 0: what `popsim.project` takes.

    Notes
    -----
    S_j = sum over i of S_ij; p_ji = S_ij / S_j. Their product gives the matrix back.
    No published number; tested as a property.

    Examples
    --------
    >>> survival, moves = survival_and_moves([[[0.9, 0.1], [0.05, 0.8]]])
    >>> survival[:, 0].round(4), moves[0, 1].round(4)
    (array([0.95, 0.9 ]), array([0.0526]))
    """
    matrix = np.asarray(Sx, dtype=np.float64)
    alive = matrix.sum(axis=1)
    moves = np.moveaxis(matrix, 0, -1).transpose(1, 0, 2) / alive.T[:, None, :]
    place = np.arange(matrix.shape[1])
    moves[place, place] = 0.0
    return np.ascontiguousarray(alive.T), np.ascontiguousarray(moves)
