"""Life tables from probabilities of dying, or from deaths and exposure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from popsim.errors import ConvergenceError, DataError, Problems
from popsim.methods.lifetable._check import (
    Array,
    SexArgument,
    Width,
    check_positive,
    check_rates,
    float_array,
    refuse_groups_as_single,
    report_cells,
    resolve_width,
    start_ages,
)
from popsim.methods.lifetable.infant import Region
from popsim.methods.lifetable.table import A0, AxRule, LifeTable, life_table, separation_factors

__all__ = ["from_deaths", "from_qx"]

_STEPS = 500
_TOLERANCE = 1e-15


def from_deaths(
    deaths: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    sex: SexArgument,
    width: Width = None,
    age: npt.ArrayLike | None = None,
    a0: A0 = "andreev_kingkade",
    ax: AxRule = None,
    region: Region = "west",
    open_age: float | None = None,
    radix: float = 1.0,
) -> LifeTable:
    """Life table from deaths of a period and the person-years among which they fell.

    Parameters
    ----------
    deaths
        Deaths of the period, (..., age), persons.
    exposure
        Person-years lived in the period, (..., age); a mid-year population times the years.
    sex, width, age, a0, ax, region, open_age, radix
        As in `life_table`.

    Returns
    -------
    LifeTable
        Its mx are deaths / exposure.

    Raises
    ------
    DataError
        Where deaths or exposure are missing or negative, exposure is zero, or the shapes differ:
        every cell is named.

    Notes
    -----
    m = D/E. Test: Austria, males 1992 (Preston et al., p. 49), e0 72.889 from the printed deaths
    and mid-year population.

    References
    ----------
    Preston, Heuveline & Guillot (2001), *Demography*, p. 49.

    Examples
    --------
    >>> table = from_deaths([10, 2, 40], [1000, 1000, 100], sex="female")
    >>> table.mx
    array([0.01 , 0.002, 0.4  ])
    """
    d, e = float_array(deaths), float_array(exposure)
    if d.shape != e.shape:
        raise DataError(f"deaths and exposure: shapes {d.shape} and {e.shape}; expected the same")
    ages = start_ages(resolve_width(width, d.shape[-1], age))
    problems = Problems(DataError)
    for name, values in (("deaths", d), ("exposure", e)):
        for bad, what in ((~np.isfinite(values), "missing"), (values < 0, "negative")):
            report_cells(
                problems,
                np.asarray(bad),
                values,
                name=name,
                what=f"{what} {name}",
                expected="0 or more",
                ages=ages,
            )
    report_cells(
        problems,
        e == 0,
        e,
        name="exposure",
        what="zero exposure",
        expected="above 0",
        ages=ages,
        remedy="pool this age with its neighbour",
    )
    problems.raise_if_any()
    return life_table(
        d / e,
        sex=sex,
        width=width,
        age=age,
        a0=a0,
        ax=ax,
        region=region,
        open_age=open_age,
        radix=radix,
    )


def from_qx(
    qx: npt.ArrayLike,
    *,
    sex: SexArgument,
    open_mx: npt.ArrayLike,
    width: Width = None,
    age: npt.ArrayLike | None = None,
    a0: A0 = "andreev_kingkade",
    ax: AxRule = None,
    region: Region = "west",
    radix: float = 1.0,
) -> LifeTable:
    """Life table from probabilities of dying.

    Parameters
    ----------
    qx
        Probabilities of dying in each group, (..., age); the last, of the open group, must be 1.
    sex, width, age, a0, ax, region, radix
        As in `life_table` (``"keyfitz"`` excepted).
    open_mx
        Death rate of the open group, per person-year, (...): probabilities alone do not tell how
        long life goes on there.

    Returns
    -------
    LifeTable
        Its qx are those given.

    Raises
    ------
    DataError
        Where a probability is missing or outside [0, 1], or the last is not 1.
    ConvergenceError
        Where rates and separation factors do not settle on one another.

    Notes
    -----
    m = q / (n - (n - a) q), solved together with the rule that gives a from m by repeating both.
    Property tested: mx -> qx -> mx returns the rates, single and abridged.

    References
    ----------
    Preston, Heuveline & Guillot (2001), ch. 3.

    Examples
    --------
    >>> table = from_qx([0.01, 0.02, 1.0], sex="male", open_mx=0.5)
    >>> table.mx.round(6)
    array([0.010088, 0.020202, 0.5     ])
    """
    q = float_array(qx)
    n = resolve_width(width, q.shape[-1], age)
    ages = start_ages(n)
    check_rates(q, "qx", ages)
    problems = Problems(DataError)
    report_cells(
        problems, q > 1, q, name="qx", what="probability above 1", expected="0 to 1", ages=ages
    )
    wrong_end = np.zeros(q.shape, dtype=bool)
    wrong_end[..., -1] = q[..., -1] != 1
    report_cells(problems, wrong_end, q, name="qx", what="the open group", expected="1", ages=ages)
    problems.raise_if_any()
    if isinstance(ax, str) and ax == "keyfitz":
        raise DataError("ax: keyfitz is not offered from qx; expected midpoint, greville or values")
    m = q / np.where(np.isfinite(n), n, 1.0)
    m[..., -1] = check_positive(open_mx, "open_mx")
    refuse_groups_as_single(m, width, age)
    closed, dead = n[:-1], q[..., :-1]
    for _ in range(_STEPS):
        a = separation_factors(m, n, sex=sex, a0=a0, ax=ax, region=region)
        new = dead / (closed - (closed - a[..., :-1]) * dead)
        moved = float(np.max(np.abs(new - m[..., :-1]) / np.where(new > 0, new, 1.0)))
        m[..., :-1] = new
        if moved <= _TOLERANCE:
            break
    else:
        if moved > 1e-9:
            raise ConvergenceError(f"qx: rates still move by {moved:.1g} after {_STEPS} steps")
    a = _with_open(a, m)
    return life_table(m, sex=sex, width=n, ax=a, radix=radix)


def _with_open(a: Array, m: Array) -> Array:
    """Return nax with the life of the open group, 1/m, in the last place."""
    out = a.copy()
    out[..., -1] = 1.0 / m[..., -1]
    return out
