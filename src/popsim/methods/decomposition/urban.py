"""Urban growth told apart into natural increase, migration and reclassification."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from popsim.errors import DataError, Problems
from popsim.methods._cells import FloatArray, check_shape, floats

__all__ = ["UrbanGrowth", "urban_growth", "urban_transfers"]


class UrbanGrowth(NamedTuple):
    """Growth of an urban population and its components, people in the interval.

    Parameters
    ----------
    total
        Urban population at the end less that at the start.
    natural
        Births less deaths.
    migration
        Net migrants; with reclassification in it where neither is known.
    reclassification
        People in places that became urban, less those in places that ceased to be.
    residual
        What the known components leave unexplained: 0 where one of them is the residual.
    method
        Which component was found as the residual: ``"none"``, ``"migration"``,
        ``"reclassification"`` or ``"migration and reclassification"``.
    """

    total: FloatArray
    natural: FloatArray
    migration: FloatArray
    reclassification: FloatArray
    residual: FloatArray
    method: str


def urban_growth(
    urban0: ArrayLike,
    urban1: ArrayLike,
    *,
    natural_increase: ArrayLike,
    migration: ArrayLike | None = None,
    reclassified: ArrayLike | None = None,
) -> UrbanGrowth:
    """Tell apart urban growth into natural increase, migration and reclassification.

    U: urban population; N: natural increase; M: net migrants; C: people reclassified.

    Parameters
    ----------
    urban0, urban1
        Urban population at the start and end of the interval (...,), each by the boundary of its
        own date.
    natural_increase
        Births less deaths in urban places in the interval (...,).
    migration
        Net migrants into urban places (...,), where known.
    reclassified
        People in places that became urban less those in places that ceased to be (...,), as
        counted at the end, where known.

    Returns
    -------
    UrbanGrowth
        The components, what is left, and which one is the residual. Where one of `migration` and
        `reclassified` is missing, it is the residual; where both are, they come together as
        `migration`.

    Raises
    ------
    DataError
        If shapes do not join or a cell is missing or (a population) negative.

    Notes
    -----
    U1 - U0 = N + M + C + residual.

    References
    ----------
    United Nations (1974). Manual VIII: Methods for Projections of Urban and Rural Population.
    ST/ESA/SER.A/55, ch. II and IX.

    Examples
    --------
    >>> growth = urban_growth(1000.0, 1500.0, natural_increase=100.0, reclassified=150.0)
    >>> float(growth.migration), growth.method
    (250.0, 'migration')
    """
    start, end = floats(urban0, "urban0", minimum=0), floats(urban1, "urban1", minimum=0)
    natural = floats(natural_increase, "natural_increase")
    check_shape(end, "urban1", start.shape, "urban0")
    check_shape(natural, "natural_increase", start.shape, "urban0")
    total = np.asarray(end - start)
    parts = {}
    for name, given in (("migration", migration), ("reclassified", reclassified)):
        if given is not None:
            parts[name] = floats(given, name)
            check_shape(parts[name], name, start.shape, "urban0")
    left = np.asarray(total - natural - sum(parts.values()))
    none = np.zeros_like(total)
    if len(parts) == 2:
        return UrbanGrowth(
            total, natural, parts["migration"], parts["reclassified"], left, "none"
        )  # fmt: skip
    if "migration" in parts:
        return UrbanGrowth(total, natural, parts["migration"], left, none, "reclassification")
    if "reclassified" in parts:
        return UrbanGrowth(total, natural, left, parts["reclassified"], none, "migration")
    return UrbanGrowth(total, natural, left, none, none, "migration and reclassification")


def urban_transfers(
    urban0: ArrayLike, urban1: ArrayLike, total0: ArrayLike, total1: ArrayLike
) -> FloatArray:
    """Rural-to-urban transfers where urban and rural births and deaths are not told apart.

    U: urban population; T: total population; X: transfers (migration and reclassification).

    Parameters
    ----------
    urban0, urban1
        Urban population at the start and end (...,).
    total0, total1
        Total population at the start and end (...,).

    Returns
    -------
    FloatArray
        Net transfers into urban places (...,).

    Raises
    ------
    DataError
        If shapes do not join, a cell is missing or negative, a total is 0, or more people are
        urban than there are.

    Notes
    -----
    X = U1 - U0 T1 / T0: had urban places grown as the whole, the rest came by transfer. It takes
    urban and rural natural increase (and international migration) to be equal in rate.

    References
    ----------
    United Nations (1974). Manual VIII, ch. II.

    United Nations (1980). Patterns of Urban and Rural Population Growth. ST/ESA/SER.A/68.

    Examples
    --------
    >>> float(urban_transfers(1000.0, 1500.0, 4000.0, 4400.0))
    400.0
    """
    cells = [
        floats(urban0, "urban0", minimum=0),
        floats(urban1, "urban1", minimum=0),
        floats(total0, "total0", positive=True),
        floats(total1, "total1", positive=True),
    ]
    names = ("urban0", "urban1", "total0", "total1")
    for name, array in zip(names, cells, strict=True):
        check_shape(array, name, cells[0].shape, "urban0")
    problems = Problems(DataError)
    for k in range(2):
        over = np.flatnonzero(cells[k] > cells[k + 2])
        for i in over[:5]:
            problems.add(
                "more urban people than people",
                where=f"{names[k]}[{int(i)}]",
                got=f"{cells[k].flat[i]:.10g}",
                expected=f"{cells[k + 2].flat[i]:.10g} or less",
            )
    problems.raise_if_any()
    return np.asarray(cells[1] - cells[0] * cells[3] / cells[2])
