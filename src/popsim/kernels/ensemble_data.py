"""What goes into the kernels of many draws, as plain tuples of arrays, and room for it.

Letters beside those of the package's page:

    D  draws                 R  rows of the family of life tables, youngest mortality first or last
    V  vectors of a row      Y  ages padded with zeros to whole vectors (8 V)
    K  sums kept             Q  places kept (all, groups of regions, areas)
    W  both sexes side by side: women of 8 ages, men of the same, women of the next 8, .. (2 Y)

A level that is the same for all states has length 1 in S; a pattern that is the same in all steps
has length 1 in T. All arrays are float64 and begin on a cache line, because a vector that lies
across two lines costs two loads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from popsim.kernels.vectors import LANES

__all__ = ["PAIR", "Levels", "Patterns", "Places", "Sums", "Timing", "aligned", "padded", "paired"]

_LINE = 64
# Cells of the same ages of both sexes, and the empty cells before the first age of a state's row.
PAIR = 2 * LANES


class Patterns(NamedTuple):
    """What all draws share."""

    population: np.ndarray  # (S, W) at the start
    survival: np.ndarray  # (S, R, W) rows of the family, into the age reached; 0 from birth
    inside: np.ndarray  # (S, R, PAIR) of those in the open group: 0 but in its lanes
    fertility: np.ndarray  # (S, T, Y) per birth of the TFR's level
    girls: np.ndarray  # (S, T) share of girls among births, every step
    profile: np.ndarray  # (S, T, W) net migrants at level 1
    fixed: np.ndarray  # (S, T, W) net migrants whatever the level; S = 0: none
    move: np.ndarray  # (T, E, W) moving probabilities at level 1


class Levels(NamedTuple):
    """What each draw has of its own."""

    row: np.ndarray  # (D, S, T) place among the rows of the family, 0 to R - 1
    tfr: np.ndarray  # (D, S, T)
    migration: np.ndarray  # (D, S, T + 1), 0 after the last step
    move: np.ndarray  # (D, E, T), E = 1 for all edges alike


class Sums(NamedTuple):
    """What is kept of a population: age bands of both sexes first, then weighted sums.

    Pieces are runs of pairs of vectors that together hold every age once. A piece in no band has
    no part, one that a limit cuts has several.
    """

    piece: np.ndarray  # (V), oldest first: the piece that ends with this pair; -1: it goes on
    part_start: np.ndarray  # (bands + 1) first of the parts of each band
    part_piece: np.ndarray  # (parts) the piece
    part: np.ndarray  # (parts, LANES) 1 for the lanes of it that belong to the band
    weight: np.ndarray  # (K - bands, W)
    newborn: np.ndarray  # (K, G) weight of age 0
    base: np.ndarray  # (S, K) of the population at the start
    profile: np.ndarray  # (S, K, T + 1) of the profile of the step that begins, 0 at the end
    fixed: np.ndarray  # (S, K, T + 1)


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
    of_profile: np.ndarray  # (S, 2, T)
    of_fixed: np.ndarray  # (S, 2, T)


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


def paired(values: np.ndarray) -> np.ndarray:
    """Copy rows (.., G, X) into rows (.., W), the vectors of the sexes side by side.

    Parameters
    ----------
    values
        Any shape, sex before age at the end.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> row = paired(np.array([np.arange(3), np.arange(3) + 10]))
    >>> row.shape, row[:3], row[8:11]
    ((16,), array([0., 1., 2.]), array([10., 11., 12.]))
    """
    rows = padded(values)
    *lead, sexes, ages = rows.shape
    pairs = aligned((*lead, ages // LANES, sexes, LANES))
    pairs[:] = np.swapaxes(rows.reshape(*lead, sexes, ages // LANES, LANES), -3, -2)
    return pairs.reshape(*lead, sexes * ages)
