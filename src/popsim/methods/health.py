"""Health expectancy: years lived in and out of good health, by Sullivan's method.

Prevalence of ill health and life tables come from the caller; nothing here knows what "healthy"
means.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import DataError, Problems
from popsim.methods._cells import FloatArray, cell, check_broadcast, check_shape, floats

__all__ = ["Sullivan", "sullivan"]


class Sullivan(NamedTuple):
    """Expectation of life by health, years from each age on.

    Parameters
    ----------
    healthy
        Years free of the condition (..., age).
    unhealthy
        Years with it (..., age).
    total
        Life expectancy (..., age): the sum of both.
    share
        Healthy years as a share of all (..., age).
    standard_error
        Standard error of `healthy` (and of `unhealthy`) from the sampling of prevalence
        (..., age); NaN throughout where no sample sizes were given.
    """

    healthy: FloatArray
    unhealthy: FloatArray
    total: FloatArray
    share: FloatArray
    standard_error: FloatArray


def sullivan(
    lx: ArrayLike,
    Lx: ArrayLike,
    prevalence: ArrayLike,
    *,
    sample_size: ArrayLike | None = None,
    standard_error: ArrayLike | None = None,
) -> Sullivan:
    """Health expectancy from a life table and the prevalence of ill health by age.

    l: survivors to exact age; L: person-years lived in the age group; pi: share of them with the
    condition; N: people asked.

    Parameters
    ----------
    lx
        Survivors (..., age), above 0.
    Lx
        Person-years (..., age), of the same radix, the last age open.
    prevalence
        Share with the condition (..., age), between 0 and 1.
    sample_size
        People asked about it (..., age), above 0, where the sample was simple and random.
    standard_error
        Standard error of the prevalence (..., age), where the survey's design gives it. Not
        together with `sample_size`.

    Returns
    -------
    Sullivan
        Healthy, unhealthy and total expectation, healthy share and standard error, at every age.

    Raises
    ------
    DataError
        If ages do not join, a cell is missing, a prevalence is not between 0 and 1, a life table
        is not above 0, or both kinds of sampling error are given.

    Notes
    -----
    HLE(x) = sum over a >= x of L(a) (1 - pi(a)) / l(x).
    Var HLE(x) = sum over a >= x of L(a)^2 Var pi(a) / l(x)^2, with Var pi = pi (1 - pi) / N for a
    simple sample. The sampling of deaths is left out, which is small beside it save in small
    populations.

    References
    ----------
    Sullivan, D. F. (1971). A single index of mortality and morbidity. HSMHA Health Reports 86(4),
    347-354.

    Jagger, C., Van Oyen, H. and Robine, J.-M. (2014). Health Expectancy Calculation by the
    Sullivan Method: A Practical Guide, 4th ed. Newcastle University.

    Examples
    --------
    Disability-free life expectancy at 65 and over, France 1991 (EURO-REVES):

    >>> found = sullivan(
    ...     [89367, 84968, 78012, 66625, 48532],
    ...     [436589, 408793, 364013, 290533, 289068],
    ...     [0.196, 0.286, 0.37, 0.513, 0.71],
    ... )
    >>> found.healthy.round(1)
    array([12.3,  8.8,  5.8,  3.4,  1.7])
    """
    alive = floats(lx, "lx", positive=True)
    lived = floats(Lx, "Lx", positive=True)
    ill = floats(prevalence, "prevalence", minimum=0, maximum=1)
    check_shape(lived, "Lx", alive.shape, "lx")
    problems = Problems(DataError)
    if ill.shape[-1:] != alive.shape[-1:]:
        problems.add("ages do not join with lx", where="prevalence", got=ill.shape,
                     expected=f"(..., {alive.shape[-1] if alive.ndim else 'age'})")  # fmt: skip
    problems.raise_if_any()
    check_broadcast(lx=alive.shape[:-1], prevalence=ill.shape[:-1])
    check_falling(alive)
    healthy = remaining(lived * (1 - ill)) / alive
    total = np.broadcast_to(remaining(lived) / alive, healthy.shape).copy()
    variance = prevalence_variance(ill, sample_size, standard_error)
    error = np.sqrt(remaining(lived**2 * variance)) / alive
    return Sullivan(healthy, total - healthy, total, healthy / total, np.asarray(error))


def remaining(values: FloatArray) -> FloatArray:
    """Sum from each age to the last."""
    return np.asarray(np.cumsum(values[..., ::-1], axis=-1)[..., ::-1])


def check_falling(alive: FloatArray) -> None:
    """Raise DataError where survivors grow with age."""
    problems = Problems(DataError)
    for place in np.argwhere(np.diff(alive, axis=-1) > 0)[:5]:
        index = (*(int(i) for i in place[:-1]), int(place[-1]) + 1)
        problems.add(
            "survivors grow with age",
            where=cell("lx", index),
            got=f"{alive[index]:.10g}",
            expected="no more than at the age before",
        )
    problems.raise_if_any()


def prevalence_variance(
    ill: FloatArray, sample_size: ArrayLike | None, standard_error: ArrayLike | None
) -> FloatArray:
    """Return the variance of the prevalence: binomial, given, or NaN where not known."""
    if sample_size is not None and standard_error is not None:
        problems = Problems(DataError)
        problems.add("sampling error given twice", where="sample_size and standard_error",
                     remedy="give the survey's own standard error alone")  # fmt: skip
        problems.raise_if_any()
    if standard_error is not None:
        given = floats(standard_error, "standard_error", minimum=0)
        check_shape(given, "standard_error", ill.shape, "prevalence")
        return given**2
    if sample_size is not None:
        asked = floats(sample_size, "sample_size", positive=True)
        check_shape(asked, "sample_size", ill.shape, "prevalence")
        return np.asarray(ill * (1 - ill) / asked)
    return np.full(ill.shape, np.nan)
