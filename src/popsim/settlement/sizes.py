"""Sizes of towns: primacy, the rank-size slope, and the size classes of cities."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from popsim.errors import DataError, Problem, Problems
from popsim.labels import label

__all__ = [
    "CITY_SIZE_CLASSES",
    "Primacy",
    "RankSize",
    "city_size_class",
    "city_size_label",
    "primacy",
    "rank_size",
]

# Residents of the urban districts from which a class begins. State Council, Notice on adjusting
# the standard of city size classes (国发〔2014〕51号): "above" holds the number itself.
CITY_SIZE_CLASSES: dict[str, float] = {
    "small_2": 0,
    "small_1": 200_000,
    "medium": 500_000,
    "large_2": 1_000_000,
    "large_1": 3_000_000,
    "very_large": 5_000_000,
    "super": 10_000_000,
}


class Primacy(NamedTuple):
    """How far the largest town stands above the others.

    Parameters
    ----------
    share
        People of the largest town over those of all.
    two_city
        The largest over the second.
    four_city
        The largest over the sum of the second, third and fourth; NaN with fewer than four towns.
    """

    share: float
    two_city: float
    four_city: float


class RankSize(NamedTuple):
    """Line of ln(rank - shift) on ln(size).

    Parameters
    ----------
    slope
        b of ``ln(rank - shift) = a - b ln size``; 1 is Zipf's law, above it sizes are more even.
    intercept
        a.
    standard_error
        ``b sqrt(2 / n)``, since ordinary standard errors of ranks are far too small.
    r_squared
        Share of the variance of ln(rank - shift) told by the line.
    towns
        n.
    """

    slope: float
    intercept: float
    standard_error: float
    r_squared: float
    towns: int


def _sizes(sizes: ArrayLike, least: int) -> NDArray[np.float64]:
    """Sizes in falling order, each above 0."""
    values = np.asarray(sizes, dtype=float).ravel()
    problems = Problems(DataError)
    if values.size < least:
        problems.add("too few towns", where="sizes", got=values.size, expected=f"{least} or more")
    for position in np.flatnonzero(~(values > 0) | ~np.isfinite(values)):
        problems.add(
            "not a size", where=f"sizes[{position}]", got=values[position], expected="above 0"
        )
    problems.raise_if_any()
    return np.sort(values)[::-1]


def primacy(sizes: ArrayLike) -> Primacy:
    """Primacy of the largest of a set of towns.

    Parameters
    ----------
    sizes
        Persons by town, two towns or more, in any order.

    Returns
    -------
    Primacy

    References
    ----------
    Jefferson (1939). The law of the primate city. Geographical Review 29(2), 226-232.

    Examples
    --------
    >>> primacy([50.0, 100.0, 30.0, 20.0])
    Primacy(share=0.5, two_city=2.0, four_city=1.0)
    """
    values = _sizes(sizes, 2)
    four = float(values[0] / values[1:4].sum()) if values.size >= 4 else float("nan")
    return Primacy(float(values[0] / values.sum()), float(values[0] / values[1]), four)


def rank_size(sizes: ArrayLike, *, shift: float = 0.5) -> RankSize:
    """Fit the rank-size line of a set of towns by least squares.

    Parameters
    ----------
    sizes
        Persons by town, three towns or more, in any order; equal towns take consecutive ranks.
    shift
        Taken from the rank before the logarithm: 1/2 removes the leading bias of the slope in
        small sets; 0 is the plain line.

    Returns
    -------
    RankSize

    References
    ----------
    Gabaix & Ibragimov (2011). Rank - 1/2: a simple way to improve the OLS estimation of tail
    exponents. Journal of Business & Economic Statistics 29(1), 24-39.

    Examples
    --------
    >>> fit = rank_size([120.0, 60.0, 40.0, 30.0, 24.0], shift=0.0)
    >>> round(fit.slope, 6), round(fit.r_squared, 6)
    (1.0, 1.0)
    """
    if not 0 <= shift < 1:
        raise DataError(Problem("not a shift of ranks", "shift", str(shift), "0 to below 1"))
    values = _sizes(sizes, 3)
    if values[0] == values[-1]:
        raise DataError(Problem("all towns are of one size", "sizes", str(values[0])))
    x = np.log(values)
    y = np.log(np.arange(1, values.size + 1) - shift)
    deviation = x - x.mean()
    slope = float((deviation * (y - y.mean())).sum() / (deviation**2).sum())
    intercept = float(y.mean() - slope * x.mean())
    unexplained = ((y - intercept - slope * x) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    error = abs(slope) * float(np.sqrt(2.0 / values.size))
    return RankSize(-slope, intercept, error, float(1 - unexplained), int(values.size))


def city_size_class(persons: float) -> str:
    """Size class of a city by the residents of its urban districts.

    Parameters
    ----------
    persons
        Residents of the urban districts (城区常住人口): neither those of the whole county or
        prefecture, nor the registered.

    Returns
    -------
    str
        A key of `CITY_SIZE_CLASSES`.

    References
    ----------
    State Council of China (2014). Notice on adjusting the standard of city size classes.

    Examples
    --------
    >>> city_size_class(1_200_000), city_size_class(200_000), city_size_class(199_999)
    ('large_2', 'small_1', 'small_2')
    """
    if not np.isfinite(persons) or persons < 0:
        raise DataError(Problem("not a number of persons", "persons", str(persons), "0 or more"))
    return [name for name, least in CITY_SIZE_CLASSES.items() if persons >= least][-1]


def city_size_label(name: str, lang: str) -> str:
    """Word for a size class.

    Parameters
    ----------
    name
        A key of `CITY_SIZE_CLASSES`.
    lang
        ``"zh"`` or ``"en"``.

    Examples
    --------
    >>> city_size_label("large_2", "zh"), city_size_label("large_2", "en")
    ('II型大城市', 'type II large city')
    """
    return label(f"city_size.{name}", lang)
