"""Indices of age heaping at old ages, where the last digits 0 and 5 count most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError
from popsim.methods.quality.ranges import counts_between, share_of

__all__ = ["coale_li", "jdanov", "kannisto"]

Floats = NDArray[np.float64]


def coale_li(
    counts: ArrayLike,
    *,
    digit: int = 0,
    age_min: int = 60,
    age_max: int = 89,
    first_age: int = 0,
) -> Floats:
    """Coale and Li's index at high ages: mean ratio of a digit's ages to a moving average.

    Parameters
    ----------
    counts, first_age
        As in `whipple`; deaths or rates serve as well.
    digit
        Last digit.
    age_min, age_max
        Range in which the digit is looked at, as far as the data go.

    Returns
    -------
    numpy.ndarray
        Index (..), 1 where there is no preference.

    Raises
    ------
    DataError
        As `whipple`; or where nobody is in a window.

    Notes
    -----
    The reference is a five-term moving average taken twice; ages within four of either end have
    none and are left out.

    References
    ----------
    Coale, A. J. and Li, S. (1991). The effect of age misreporting in China on the calculation of
    mortality rates at very high ages. Demography 28(2), 293-301.

    Examples
    --------
    >>> float(coale_li([1.0] * 100).round(9))
    1.0
    """
    size = np.asarray(counts).shape[-1]
    last = first_age + size - 1
    values = counts_between(counts, first_age, first_age, last)
    fifth = np.full(5, 0.2)
    weight = np.convolve(fifth, fifth)
    ages = [
        a for a in range(max(age_min, first_age + 4), min(age_max, last - 4) + 1) if a % 10 == digit
    ]
    if not ages:
        raise DataError(f"no age ending in {digit} between {age_min} and {min(age_max, last - 4)}")
    ratios = []
    for a in ages:
        place = a - first_age
        ratios.append(share_of(values[..., place], values[..., place - 4 : place + 5] @ weight))
    index: Floats = np.mean(ratios, axis=0, dtype=np.float64)
    return index


def jdanov(
    counts: ArrayLike, *, ages: Sequence[int] = (95, 100, 105), first_age: int = 0
) -> Floats:
    r"""Jdanov's index of heaping at very old ages, in per cent; 100 where there is none.

    Parameters
    ----------
    counts, first_age
        As in `whipple`; usually deaths.
    ages
        Ages looked at; those without two single ages above them are left out.

    Returns
    -------
    numpy.ndarray
        Index (..), 0 to 500.

    Raises
    ------
    DataError
        As `whipple`; or where no age can be used.

    Notes
    -----
    :math:`500 \sum D_x / \sum (D_{x-2} + .. + D_{x+2})`.

    References
    ----------
    Jdanov, D. A., Jasilionis, D., Soroko, E. L., Rau, R. and Vaupel, J. W. (2008). Beyond the
    Kannisto-Thatcher database on old age mortality: an assessment of data quality at advanced ages.
    MPIDR working paper WP-2008-013.

    Examples
    --------
    >>> float(jdanov([1.0] * 110))
    100.0
    """
    last = first_age + np.asarray(counts).shape[-1] - 1
    usable = [a for a in ages if a + 2 <= last]
    if not usable:
        raise DataError(f"none of the ages {tuple(ages)} has two single ages above it")
    values = counts_between(counts, first_age, min(usable) - 2, max(usable) + 2)
    middle = np.array(usable) - min(usable) + 2
    around = middle[:, None] + np.arange(-2, 3)
    return 500 * share_of(values[..., middle].sum(axis=-1), values[..., around].sum(axis=(-2, -1)))


def kannisto(counts: ArrayLike, *, age: int = 90, first_age: int = 0) -> Floats:
    r"""Kannisto's index of heaping at one old age: persons over the geometric mean around it.

    Parameters
    ----------
    counts, first_age
        As in `whipple`; usually deaths.
    age
        Age looked at.

    Returns
    -------
    numpy.ndarray
        Index (..); somewhat above 1 where there is no heaping, as logged counts bend there.

    Raises
    ------
    DataError
        As `whipple`; or where one of the five ages holds nobody.

    Notes
    -----
    :math:`D_x / \exp(\tfrac{1}{5} \sum_{y=x-2}^{x+2} \ln D_y)`.

    References
    ----------
    Kannisto, V. (1999). Assessing the information on age at death of old persons in national vital
    statistics. Odense Monographs on Population Aging 6, 240-249.

    Examples
    --------
    >>> float(kannisto([2.0] * 100).round(9))
    1.0
    """
    values = counts_between(counts, first_age, age - 2, age + 2)
    if (values <= 0).any():
        raise DataError(f"ages {age - 2}-{age + 2}: one holds nobody, so no geometric mean exists")
    index: Floats = values[..., 2] / np.exp(np.log(values).mean(axis=-1))
    return index
