"""What goes into the kernels of many draws, as plain tuples of arrays, and room for it.

Letters beside those of the package's page:

    D  draws                 R  rows of the family of life tables, youngest mortality first or last
    V  vectors of a row      Y  ages padded with zeros to whole vectors (8 V)
    K  sums kept             Q  places kept (all, groups of regions, areas)

A level that is the same for all states has length 1 in S; a pattern that is the same in all steps
has length 1 in T. All arrays are float64 and begin on a cache line, because a vector that lies
across two lines costs two loads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from popsim.kernels.vectors import LANES

__all__ = ["Levels", "Patterns", "Places", "Sums", "Timing", "aligned", "padded"]

_LINE = 64


class Patterns(NamedTuple):
    """What all draws share."""

    population: np.ndarray  # (S, G, Y) at the start
    survival: np.ndarray  # (S, R, G, Y) rows of the family, into the age reached; 0 from birth
    inside: np.ndarray  # (S, R, G, LANES) of those in the open group: 0 but in its lane
    fertility: np.ndarray  # (S, T, Y) per birth of the TFR's level
    girls: np.ndarray  # (S, T) share of girls among births
    profile: np.ndarray  # (S, T, G, Y) net migrants at level 1
    fixed: np.ndarray  # (S, T, G, Y) net migrants whatever the level; S = 0: none
    move: np.ndarray  # (T, E, G, Y) moving probabilities at level 1


class Levels(NamedTuple):
    """What each draw has of its own."""

    row: np.ndarray  # (D, S, T) place among the rows of the family, 0 to R - 1
    tfr: np.ndarray  # (D, S, T)
    migration: np.ndarray  # (D, S, T + 1), 0 after the last step
    move: np.ndarray  # (D, E, T), E = 1 for all edges alike


class Sums(NamedTuple):
    """What is kept of a population: age bands of both sexes first, then weighted sums."""

    whole: np.ndarray  # (bands, 2) first and last + 1 of the vectors wholly inside, as cells
    edge: np.ndarray  # (bands, 2) first cell of a vector partly inside, -1 where there is none
    mask: np.ndarray  # (bands, 2, LANES) its lanes inside
    weight: np.ndarray  # (K - bands, G, Y)
    newborn: np.ndarray  # (K, G) weight of age 0
    base: np.ndarray  # (S, K) of the population at the start
    profile: np.ndarray  # (S, T + 1, K) of the profile of the step that begins, 0 at the end
    fixed: np.ndarray  # (S, T + 1, K)


class Places(NamedTuple):
    """Where the sums of a state are added."""

    start: np.ndarray  # (S + 1) first of the entries of each state
    place: np.ndarray  # (entries) number of the place
    share: np.ndarray  # (entries, T + 1) part of the state that belongs to it


class Timing(NamedTuple):
    """Conventions, and births of the women among the migrants.

    `of_profile` and `of_fixed` hold fertility x migrating women of this step and of the next.
    """

    years: float  # width of a step
    early: float  # share of the migrants present from the start: 0, .5, 1
    counted: float  # share of this step's migrating women that bear, less those in the rows
    first: int  # first and last + 1 of the cells with births, whole vectors
    stop: int
    of_profile: np.ndarray  # (S, T, 2)
    of_fixed: np.ndarray  # (S, T, 2)


def aligned(shape: tuple[int, ...]) -> np.ndarray:
    """Array of zeros that begins on a cache line.

    Parameters
    ----------
    shape
        As for `numpy.zeros`.

    Returns
    -------
    ndarray
        Of float64.

    Examples
    --------
    >>> aligned((3, 8)).ctypes.data % 64
    0
    """
    size = int(np.prod(shape, dtype=np.int64))
    room = np.zeros(size + _LINE // 8)
    begin = (-room.ctypes.data % _LINE) // 8
    return room[begin : begin + size].reshape(shape)


def padded(values: np.ndarray) -> np.ndarray:
    """Copy rows (.., X) into rows (.., Y) of whole vectors, zeros behind.

    Parameters
    ----------
    values
        Any shape, age last.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> padded(np.ones((2, 3))).sum(), padded(np.ones((2, 3))).shape
    (np.float64(6.0), (2, 8))
    """
    *lead, ages = values.shape
    rows = aligned((*lead, -(-ages // LANES) * LANES))
    rows[..., :ages] = values
    return rows
