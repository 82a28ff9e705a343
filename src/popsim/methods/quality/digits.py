"""Indices of age heaping by last digit: how much reported ages prefer some digits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError
from popsim.methods.quality.ranges import counts_between, ending, share_of

__all__ = ["bachi", "myers", "noumbissi", "spoorenberg", "whipple"]

Floats = NDArray[np.float64]


def whipple(
    counts: ArrayLike,
    *,
    digits: Sequence[int] = (0, 5),
    age_min: int = 25,
    age_max: int = 60,
    first_age: int = 0,
) -> Floats:
    """Whipple's index: preference of last digits 0 and 5, or of one digit; 1 where there is none.

    Parameters
    ----------
    counts
        Persons by single age (.., age).
    digits
        ``(0, 5)``, or one digit.
    age_min, age_max
        First and last age counted in the numerator.
    first_age
        Age of the first entry.

    Returns
    -------
    numpy.ndarray
        Index (..), a ratio; the classical index is 100 times this. 5 where all report 0 or 5.

    Raises
    ------
    DataError
        For missing or negative counts, ages not covered, or nobody in the range.

    Notes
    -----
    Five times the persons at ages ending in the digits over all persons from two ages below the
    first such age to two above the last; for one digit, ten times, from seven below.

    References
    ----------
    United Nations (1955). Manual II: Methods of Appraisal of Quality of Basic Data for Population
    Estimates, p. 40-41.

    Examples
    --------
    >>> float(whipple([1.0] * 70))
    1.0
    """
    if set(digits) != {0, 5} and len(digits) != 1:
        raise DataError(f"digits must be (0, 5) or one digit; got {tuple(digits)}")
    ages = ending(digits, age_min, age_max)
    below = 2 if len(digits) == 2 else 7
    values = counts_between(counts, first_age, ages[0] - below, ages[-1] + 2)
    preferred = values[..., [a - ages[0] + below for a in ages]].sum(axis=-1)
    return (10 / len(digits)) * share_of(preferred, values.sum(axis=-1))


def myers(counts: ArrayLike, *, age_min: int = 10, age_max: int = 89, first_age: int = 0) -> Floats:
    """Myers's blended index: per cent of persons who would have to change their last digit.

    Parameters
    ----------
    counts, first_age
        As in `whipple`.
    age_min, age_max
        First and last age used; a whole number of decades, two or more.

    Returns
    -------
    numpy.ndarray
        Index (..), 0 to 90.

    Raises
    ------
    DataError
        As `whipple`, or for a range that is not whole decades.

    Notes
    -----
    Persons by last digit are summed over all decades but the last, weighted 1..10 from the first
    digit on, and over all but the first, weighted 9..0; half the sum of absolute deviations of
    their shares from a tenth. The Census Bureau's spreadsheet SINGAGE prints twice the index.

    References
    ----------
    Myers, R. J. (1940). Errors and bias in the reporting of ages in census data. Transactions of
    the Actuarial Society of America 41(2), 395-415.

    Examples
    --------
    >>> float(myers(([10.0] + [0.0] * 9) * 9).round(9))
    90.0
    """
    span = age_max - age_min + 1
    if span % 10 or span < 20:
        raise DataError(f"Myers's range must be two or more whole decades; got {age_min}-{age_max}")
    decades = counts_between(counts, first_age, age_min, age_max)
    decades = decades.reshape(*decades.shape[:-1], -1, 10)
    early, late = decades[..., :-1, :].sum(axis=-2), decades[..., 1:, :].sum(axis=-2)
    blended = early * np.arange(1, 11) + late * np.arange(9, -1, -1)
    share = share_of(blended, blended.sum(axis=-1, keepdims=True))
    index: Floats = 50 * np.abs(share - 0.1).sum(axis=-1)
    return index


def bachi(counts: ArrayLike, *, age_min: int = 23, age_max: int = 77, first_age: int = 0) -> Floats:
    """Bachi's index: per cent of persons who would have to change their last digit.

    Parameters
    ----------
    counts, first_age
        As in `whipple`.
    age_min, age_max
        First age used, and the age that must not be passed.

    Returns
    -------
    numpy.ndarray
        Index (..), 0 to 90.

    Raises
    ------
    DataError
        As `whipple`.

    Notes
    -----
    Whipple's method for each digit in turn: the mean of its shares in two ranges of whole decades,
    one year apart, in which the digit stands in the middle of its half-decade; then half the sum of
    absolute deviations from a tenth.

    References
    ----------
    Bachi, R. (1951). The tendency to round off age returns: measurement and correction. Bulletin of
    the International Statistical Institute 33(4), 195-222.

    Examples
    --------
    >>> float(bachi([5.0] * 90).round(9))
    0.0
    """
    span = 10 * ((age_max - age_min - 4) // 10)
    if span < 10:
        raise DataError(f"Bachi's range must hold a decade and four years; got {age_min}-{age_max}")
    values = counts_between(counts, first_age, age_min, age_min + span + 4)
    index = np.zeros(values.shape[:-1])
    for digit in range(10):
        offset = (digit - age_min) % 5
        shares = []
        for start in (offset, offset + 1):
            window = values[..., start : start + span]
            place = (digit - age_min - start) % 10
            shares.append(share_of(window[..., place::10].sum(axis=-1), window.sum(axis=-1)))
        index = index + 50 * np.abs((shares[0] + shares[1]) / 2 - 0.1)
    return index


def noumbissi(
    counts: ArrayLike,
    *,
    digit: int = 0,
    age_min: int = 20,
    age_max: int = 64,
    first_age: int = 0,
) -> Floats:
    r"""Noumbissi's index of one digit, its persons over those of five ages around; 1 if none.

    Parameters
    ----------
    counts, first_age
        As in `whipple`.
    digit
        Last digit, 0 to 9.
    age_min, age_max
        First and last age at which the digit is counted.

    Returns
    -------
    numpy.ndarray
        Index (..), 0 to 5.

    Raises
    ------
    DataError
        As `whipple`.

    Notes
    -----
    :math:`5 \sum P_x / \sum (P_{x-2} + .. + P_{x+2})` over the ages x ending in the digit.

    References
    ----------
    Noumbissi, A. (1992). L'indice de Whipple modifie: une application aux donnees du Cameroun, de
    la Suede et de la Belgique. Population 47(4), 1038-1041.

    Examples
    --------
    >>> float(noumbissi([1.0] * 70, digit=3))
    1.0
    """
    ages = ending((digit,), age_min, age_max)
    values = counts_between(counts, first_age, ages[0] - 2, ages[-1] + 2)
    middle = np.arange(2, values.shape[-1], 10)
    around = middle[:, None] + np.arange(-2, 3)
    return 5 * share_of(values[..., middle].sum(axis=-1), values[..., around].sum(axis=(-2, -1)))


def spoorenberg(
    counts: ArrayLike, *, age_min: int = 20, age_max: int = 64, first_age: int = 0
) -> Floats:
    """Spoorenberg's total modified Whipple index: all digits together; 0 where no preference.

    Parameters
    ----------
    counts, age_min, age_max, first_age
        As in `noumbissi`.

    Returns
    -------
    numpy.ndarray
        Sum (..) over the digits of the absolute deviation of Noumbissi's index from 1; 0 to 16.

    Raises
    ------
    DataError
        As `whipple`.

    References
    ----------
    Spoorenberg, T. (2007). Quality of age reporting: extension and application of the modified
    Whipple's index. Population (English edition) 62(4), 729-741.

    Examples
    --------
    >>> float(spoorenberg([1.0] * 70))
    0.0
    """
    parts = [
        noumbissi(counts, digit=d, age_min=age_min, age_max=age_max, first_age=first_age)
        for d in range(10)
    ]
    total: Floats = np.abs(np.array(parts) - 1).sum(axis=0)
    return total
