"""Flows and rates of moving to probabilities of being somewhere a step later."""

from __future__ import annotations

from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike

from popsim.errors import DataError, Problems
from popsim.methods._cells import FloatArray, cell, check_shape, floats, refuse

__all__ = ["probabilities_from_flows", "rates_to_probabilities"]


def probabilities_from_flows(flows: ArrayLike, population: ArrayLike) -> FloatArray:
    """Turn counted moves over a step into probabilities for those there at its start.

    T[i, j]: people in i at the start and in j at the end; P[i]: people in i at the start.

    Parameters
    ----------
    flows
        People who moved (..., origin, destination), 0 or more; the diagonal must be 0. A question
        on the place of residence a step ago gives them; registers of moves give rates instead
        (`rates_to_probabilities`), for people may move twice.
    population
        People at the start (..., origin), above 0, deaths in the step left out.

    Returns
    -------
    FloatArray
        Probabilities (..., origin, destination), each row adding to 1.

    Raises
    ------
    DataError
        If a cell is negative or missing, a diagonal is not 0, or more people left a place than
        were there.

    Notes
    -----
    p[i, j] = T[i, j] / P[i]; p[i, i] = 1 - sum of p[i, j].

    References
    ----------
    Rogers, A. (1975). Introduction to Multiregional Mathematical Demography. Wiley.

    Examples
    --------
    >>> probabilities_from_flows([[0, 20], [30, 0]], [1000, 3000])
    array([[0.98, 0.02],
           [0.01, 0.99]])
    """
    moves = check_moves(flows, "flows")
    people = floats(population, "population", positive=True)
    leaving = moves.sum(axis=-1)
    check_shape(people, "population", leaving.shape, "the origins of flows")
    problems = Problems(DataError)
    refuse(problems, leaving, leaving > people, "more people left than were there",
           name="flows, total of origin", expected="at most the population")  # fmt: skip
    problems.raise_if_any()
    found = moves / people[..., np.newaxis]
    return np.asarray(found + np.eye(moves.shape[-1]) * (1 - leaving / people)[..., np.newaxis])


def rates_to_probabilities(
    rates: ArrayLike,
    *,
    death_rate: ArrayLike | None = None,
    width: float = 1.0,
    method: Literal["linear", "exponential"] = "linear",
) -> FloatArray:
    """Turn rates of moving between states into probabilities over a step.

    m[i, j]: moves from i to j per person-year in i; d[i]: deaths per person-year in i;
    M: matrix of all exits on the diagonal and minus m[i, j] off it; n: step; p[i, j]: probability
    that someone in i at the start is in j at the end.

    Parameters
    ----------
    rates
        Rates of moving (..., origin, destination), 0 or more; the diagonal is not read and must
        be 0.
    death_rate
        Death rates (..., origin); without it nobody dies, and each row of the result adds to 1.
    width
        Step n in years.
    method
        ``"linear"``: moves spread evenly over the step (Rogers and Ledent). ``"exponential"``:
        rates constant within the step.

    Returns
    -------
    FloatArray
        Probabilities (..., origin, destination); what a row lacks to 1 is the probability of
        death.

    Raises
    ------
    DataError
        If a rate is negative or missing, a diagonal is not 0, or rates are so high for the step
        that the linear form gives a probability below 0: the cell is named.

    Notes
    -----
    Linear: p = (I + n M / 2)^-1 (I - n M / 2). Exponential: p = exp(-n M). They agree to second
    order in n M.

    References
    ----------
    Rogers, A. and Ledent, J. (1976). Increment-decrement life tables: a comment. Demography
    13(2), 287-290.

    Willekens, F. and Rogers, A. (1978). Spatial Population Analysis: Methods and Computer
    Programs. IIASA RR-78-18.

    Examples
    --------
    >>> rates_to_probabilities([[0.0, 0.02], [0.01, 0.0]]).round(6)
    array([[0.980296, 0.019704],
           [0.009852, 0.990148]])
    """
    moves = check_moves(rates, "rates")
    problems = Problems(DataError)
    if not width > 0:
        problems.add("step not above 0", where="width", got=width)
    exits = moves.sum(axis=-1)
    if death_rate is not None:
        deaths = floats(death_rate, "death_rate", minimum=0)
        check_shape(deaths, "death_rate", exits.shape, "the origins of rates")
        exits = exits + deaths
    problems.raise_if_any()
    identity = np.eye(moves.shape[-1])
    generator = width * (exits[..., np.newaxis] * identity - moves)
    if method == "exponential":
        return np.asarray(scipy.linalg.expm(-generator))
    if method != "linear":
        problems.add("no such method", where="method", got=method, expected="linear, exponential")
        problems.raise_if_any()
    found = np.linalg.solve(identity + generator / 2, identity - generator / 2)
    # noise of the solve, not a probability below 0
    for place in np.argwhere(found < -1e-12)[:5]:
        index = tuple(int(i) for i in place)
        problems.add("rates too high for the step", where=cell("probability", index),
                     got=f"{found[index]:.6g}", expected="0 or more",
                     remedy="use shorter steps, or method='exponential'")  # fmt: skip
    problems.raise_if_any()
    return np.asarray(np.where(found < 0, 0.0, found))


def check_moves(values: ArrayLike, name: str) -> FloatArray:
    """Return moves (..., origin, destination), or raise DataError for each cell that is wrong."""
    moves = floats(values, name, minimum=0)
    problems = Problems(DataError)
    if moves.ndim < 2 or moves.shape[-1] != moves.shape[-2]:
        problems.add("not square", where=name, got=moves.shape,
                     expected="(..., origin, destination)")  # fmt: skip
        problems.raise_if_any()
    for place in np.argwhere(np.diagonal(moves, axis1=-2, axis2=-1) != 0)[:5]:
        index = (*(int(i) for i in place), int(place[-1]))
        problems.add("a state moves to itself", where=cell(name, index), got=moves[index],
                     expected="0", remedy="leave stayers out of the moves")  # fmt: skip
    problems.raise_if_any()
    return moves
