"""What a life table says of a life: where a difference of e0 arises, and how lives are spread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from popsim.errors import DataError
from popsim.methods.lifetable._check import Array
from popsim.methods.lifetable.table import LifeTable

__all__ = ["Arriaga", "arriaga", "e_dagger", "entropy"]


class Arriaga(NamedTuple):
    """Contributions of ages to a difference of life expectancy, in years.

    Attributes
    ----------
    direct
        Years lived more within the age group itself.
    indirect
        Years lived later by those the group saved, interaction included.
    total
        Their sum; over all ages it is the difference of e0.
    """

    direct: Array
    indirect: Array
    total: Array


def arriaga(first: LifeTable, second: LifeTable) -> Arriaga:
    """Split the difference of two life expectancies at birth into the ages where it arises.

    Parameters
    ----------
    first, second
        Life tables with the same age groups, (..., age).

    Returns
    -------
    Arriaga
        Years per age group, (..., age); `total` sums to e0 of the second less e0 of the first.

    Raises
    ------
    DataError
        Where the tables have different ages, or nobody survives to some age of either.

    Notes
    -----
    direct = l1(x) (L2(x)/l2(x) - L1(x)/l1(x)); indirect and interaction =
    T2(x+n) (l1(x)/l2(x) - l1(x+n)/l2(x+n)); the open group has only the direct effect
    l1 (T2/l2 - T1/l1); l and T per newborn. Not symmetric: the mean of both directions is, and is
    obtained by calling it twice. Test: China and Sweden 2005-2010 (WPP 2012), the contributions
    add to the difference to 1e-12; one age's rates changed put the difference at that age alone.

    References
    ----------
    Arriaga, E. E. (1984). Measuring and explaining the change in life expectancies. *Demography*
    21, 83-96. Preston, Heuveline & Guillot (2001), ch. 3.

    Examples
    --------
    >>> from popsim.methods.lifetable import life_table
    >>> a = life_table([0.02, 0.01, 0.5], sex="male")
    >>> b = life_table([0.01, 0.01, 0.4], sex="male")
    >>> parts = arriaga(a, b).total
    >>> float(parts[0].round(4)), float(parts[2].round(4))
    (0.0427, 0.4853)
    >>> bool(np.isclose(parts.sum(), b.ex[0] - a.ex[0]))
    True
    """
    if first.lx.shape[-1] != second.lx.shape[-1]:
        raise DataError(f"ages: {first.lx.shape[-1]} and {second.lx.shape[-1]}; expected the same")
    l1, l2 = (table.lx / table.lx[..., :1] for table in (first, second))
    if bool(np.any(l1 <= 0)) or bool(np.any(l2 <= 0)):
        raise DataError("lx: nobody reaches some age. Remedy: close both tables earlier")
    L1, L2 = (table.Lx / table.lx[..., :1] for table in (first, second))
    T2 = second.Tx / second.lx[..., :1]
    direct = l1 * (L2 / l2 - L1 / l1)
    ratio = l1 / l2
    indirect = np.zeros_like(direct)
    indirect[..., :-1] = T2[..., 1:] * (ratio[..., :-1] - ratio[..., 1:])
    return Arriaga(direct, indirect, direct + indirect)


def e_dagger(table: LifeTable) -> Array:
    """Life years lost on average by a death: the disparity of lifespans.

    Parameters
    ----------
    table
        Life table, (..., age).

    Returns
    -------
    ndarray
        e-dagger at birth, in years, (...).

    Notes
    -----
    Sum of d(x)/l0 times the expectation of life at the mean age of those deaths, which is taken
    between e(x) and e(x+n) in the proportion a/n; in the open group e itself. Equals
    -integral of l ln l. Tests: a constant force gives e-dagger = e0 (Keyfitz); all deaths late and
    together give nearly 0; -integral of l ln l on Gompertz rates to .1 %.

    References
    ----------
    Vaupel, J. W. & Canudas-Romo, V. (2003). Decomposing change in life expectancy. *Demography*
    40, 201-216.

    Examples
    --------
    >>> from popsim.methods.lifetable import life_table
    >>> float(e_dagger(life_table(np.full(400, 0.02), sex="female", a0=0.5)).round(2))
    50.0
    """
    share = table.dx / table.lx[..., :1]
    closed = table.ax[..., :-1]
    # n from L = n l[x+n] + a d; where all die it is not to be had, and a/n then does not matter
    after = table.lx[..., 1:]
    alive = after > 0
    n = np.where(
        alive,
        (table.Lx[..., :-1] - closed * table.dx[..., :-1]) / np.where(alive, after, 1.0),
        np.inf,
    )
    here, there = table.ex[..., :-1], np.where(alive, table.ex[..., 1:], 0.0)
    left = here + closed / n * (there - here)
    return np.asarray((share[..., :-1] * left).sum(axis=-1) + share[..., -1] * table.ex[..., -1])


def entropy(table: LifeTable) -> Array:
    """Keyfitz's entropy: by how many per cent e0 rises when every rate falls by one per cent.

    Parameters
    ----------
    table
        Life table, (..., age).

    Returns
    -------
    ndarray
        H, dimensionless, (...): 1 under a constant force, 0 where all die at one age.

    Notes
    -----
    H = e-dagger / e0. Test: 1 under a constant force (Keyfitz 1977), and the change of e0
    for a fall of all rates by .1 %.

    References
    ----------
    Keyfitz, N. (1977). *Applied Mathematical Demography*. Leser, C. E. V. (1955).
    Variations in mortality and life expectation. *Population Studies* 9, 67-71.

    Examples
    --------
    >>> from popsim.methods.lifetable import life_table
    >>> float(entropy(life_table(np.full(400, 0.02), sex="female", a0=0.5)).round(3))
    1.0
    """
    return np.asarray(e_dagger(table) / table.ex[..., 0])
