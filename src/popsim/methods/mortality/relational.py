"""Tables derived from other tables: Brass's logits, the log-quadratic model, families of tables."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from popsim.errors import DataError, Problems
from popsim.methods.lifetable import a0_andreev_kingkade, a1_coale_demeny, life_table
from popsim.methods.lifetable._check import (
    Array,
    Width,
    check_positive,
    check_rates,
    float_array,
    report_cells,
)
from popsim.methods.lifetable.table import A0, AxRule
from popsim.methods.mortality._solve import bracketed_root

__all__ = ["Brass", "brass_logit", "brass_relational", "fit_brass", "log_quadratic", "model_table"]

OneSex = Literal["female", "male", "both"]


class Brass(NamedTuple):
    """Parameters of Brass's relation: level and slope against a standard."""

    alpha: Array
    beta: Array


def brass_logit(lx: npt.ArrayLike) -> Array:
    """Brass's logit of the share dead: .5 ln((1 - l)/l); it *rises* with mortality.

    Parameters
    ----------
    lx
        Survivors, radix 1, any shape, within (0, 1).

    Returns
    -------
    ndarray
        Logits, dimensionless.

    Raises
    ------
    DataError
        Where a value is not within (0, 1): at age 0, l = 1 has no logit; leave it out.

    Notes
    -----
    Y = .5 ln((1 - l)/l). Test: l = .5 gives 0; l = 1/(1 + e**2) gives 1; fewer survivors give more.

    References
    ----------
    Brass, W. (1971). On the scale of mortality, in *Biological Aspects of Demography*, pp. 69-110.
    United Nations (1983). *Manual X*, ch. I.

    Examples
    --------
    >>> brass_logit([0.9, 0.5, 0.1]).round(4) + 0.0
    array([-1.0986,  0.    ,  1.0986])
    """
    share = float_array(lx)
    problems = Problems(DataError)
    report_cells(
        problems,
        ~((share > 0) & (share < 1)),
        share,
        name="lx",
        what="survivors without a logit",
        expected="within (0, 1), radix 1",
        remedy="leave out age 0 and ages nobody reaches",
    )
    problems.raise_if_any()
    return np.asarray(0.5 * (np.log1p(-share) - np.log(share)))


def brass_relational(
    standard_lx: npt.ArrayLike, *, alpha: npt.ArrayLike, beta: npt.ArrayLike = 1.0
) -> Array:
    """Survivors by Brass's relational model.

    Parameters
    ----------
    standard_lx
        Survivors of the standard above age 0, radix 1, (..., age), within (0, 1).
    alpha
        Level, (...): above 0 is *more* mortality than the standard.
    beta
        Slope, (...): above 1 is more mortality at old ages, and less at young, than the standard.

    Returns
    -------
    ndarray
        Survivors, radix 1, (..., age).

    Raises
    ------
    DataError
        Where a survivor is not within (0, 1).

    Notes
    -----
    Y = alpha + beta Ys with Y = .5 ln((1 - l)/l), so l = 1/(1 + exp(2Y)). The sign is tested: a
    package shipped it the other way round. No printed table at hand; tested as properties (sign,
    identity, `fit_brass` gives the parameters back).

    References
    ----------
    Brass (1971). Preston, Heuveline & Guillot (2001), ch. 9.

    Examples
    --------
    >>> brass_relational([0.9, 0.5], alpha=0.2).round(4)
    array([0.8578, 0.4013])
    """
    ys = brass_logit(standard_lx)
    a, b = float_array(alpha), float_array(beta)
    return np.asarray(1.0 / (1.0 + np.exp(2.0 * (a[..., None] + b[..., None] * ys))))


def fit_brass(lx: npt.ArrayLike, standard_lx: npt.ArrayLike) -> Brass:
    """Level and slope of a table against a standard, by least squares on the logits.

    Parameters
    ----------
    lx, standard_lx
        Survivors above age 0, radix 1, (..., age) and (age,), at the same two ages or more.

    Returns
    -------
    Brass
        alpha and beta, (...).

    Raises
    ------
    DataError
        Where a survivor is not within (0, 1), or there are fewer than two ages.

    Notes
    -----
    Y = alpha + beta Ys. Tested as a property: parameters put in come out.

    References
    ----------
    United Nations (1983). *Manual X*.

    Examples
    --------
    >>> standard = np.array([0.95, 0.9, 0.6])
    >>> fit = fit_brass(brass_relational(standard, alpha=-0.1, beta=1.1), standard)
    >>> float(fit.alpha.round(6)), float(fit.beta.round(6))
    (-0.1, 1.1)
    """
    y, ys = brass_logit(lx), brass_logit(standard_lx)
    if ys.ndim != 1 or ys.size < 2 or y.shape[-1] != ys.size:
        raise DataError(f"lx: {y.shape[-1]} ages, the standard {ys.size}; expected the same, >= 2")
    centred = ys - ys.mean()
    beta = np.asarray((y * centred).sum(axis=-1) / (centred**2).sum())
    return Brass(np.asarray(y.mean(axis=-1) - beta * ys.mean()), beta)


def log_quadratic(
    q5: npt.ArrayLike,
    k: npt.ArrayLike,
    *,
    coefficients: npt.ArrayLike,
    sex: OneSex,
) -> Array:
    """Abridged death rates from child mortality and one more parameter.

    Parameters
    ----------
    q5
        Probability of dying before 5, (...), within (0, 1).
    k
        Excess of adult mortality, (...); mostly -2 to 2.
    coefficients
        a, b, c, v by age, (age, 4), for ages 0, 1-4, 5-9, ..; the row of 1-4 is not used. The
        published ones are in the paper and are the user's to give.
    sex
        Of the coefficients; for a0 (Andreev-Kingkade) and 4a1 (Coale-Demeny West).

    Returns
    -------
    ndarray
        Death rates, (..., age).

    Raises
    ------
    DataError
        Where q5 is not within (0, 1), the coefficients are not (age, 4), or the model's infant
        mortality exceeds q5.

    Notes
    -----
    ln m(x) = a + b h + c h^2 + v k, h = ln q5; 4m1 is such that 5q0 = q5. Tests: the formula by
    hand at one age on the published female coefficients; 5q0 of the result is q5.

    References
    ----------
    Wilmoth, J., Zureick, S., Canudas-Romo, V., Inoue, M. & Sawyer, C. (2012). A flexible
    two-dimensional mortality model for use in indirect estimation. *Population Studies* 66, 1-28.

    Examples
    --------
    >>> rows = [[-0.6619, 0.7684, -0.0277, 0], [0, 0, 0, 0], [-2.5608, 1.7937, 0.1082, 0.2788]]
    >>> log_quadratic(0.05, 0.0, coefficients=rows, sex="female").round(5)
    array([0.04026, 0.00288, 0.00095])
    """
    child, excess = np.broadcast_arrays(float_array(q5), float_array(k))
    if not bool(np.all((child > 0) & (child < 1))):
        raise DataError(f"q5: got {child.tolist()}; expected within (0, 1)")
    rows = float_array(coefficients)
    if rows.ndim != 2 or rows.shape[1] != 4 or rows.shape[0] < 3:
        raise DataError(f"coefficients: shape {rows.shape}; expected (age, 4): a, b, c, v")
    h = np.log(child)[..., None]
    a, b, c, v = rows.T
    m = np.asarray(np.exp(a + b * h + c * h**2 + v * excess[..., None]), dtype=np.float64)
    m0 = m[..., 0]
    q0 = m0 / (1.0 + (1.0 - a0_andreev_kingkade(m0, sex)) * m0)
    if bool(np.any(q0 >= child)):
        raise DataError("q5: infant mortality of the model exceeds it: outside the model's range")
    q1 = 1.0 - (1.0 - child) / (1.0 - q0)
    a1 = a1_coale_demeny(m0, sex)
    m[..., 1] = q1 / (4.0 - (4.0 - a1) * q1)
    return np.asarray(m)


def model_table(
    family: npt.ArrayLike,
    e0: npt.ArrayLike,
    *,
    sex: OneSex,
    width: Width = None,
    a0: A0 = "andreev_kingkade",
    ax: AxRule = None,
) -> Array:
    """Death rates at a life expectancy between the levels of a family of model tables.

    Parameters
    ----------
    family
        Death rates of the family by level, (level, age), above 0, life expectancy rising with the
        level; read by the user from Coale-Demeny, the UN or a table of one's own.
    e0
        Life expectancies wanted, (...), within those of the family.
    sex, width, a0, ax
        As in `popsim.methods.lifetable.life_table`.

    Returns
    -------
    ndarray
        Death rates, (..., age).

    Raises
    ------
    DataError
        Where a rate is zero, negative or missing, life expectancy does not rise with the level, or
        e0 lies outside the family.

    Notes
    -----
    Between the two levels around e0, ln m is interpolated with the weight that gives e0 exactly.
    No tables are shipped. Tested as properties: the levels themselves are found again, and the
    rates returned have the e0 asked for.

    References
    ----------
    Coale, Demeny & Vaughan (1983), for a family of regional tables by level.

    Examples
    --------
    >>> shape = 0.00005 * np.exp(0.09 * np.arange(101.0))
    >>> m = model_table(np.stack([2 * shape, shape]), 75.0, sex="male")
    >>> float(life_table(m, sex="male").ex[0].round(9))
    75.0
    """
    levels = check_positive(family, "family")
    if levels.ndim != 2 or levels.shape[0] < 2:
        raise DataError(f"family: shape {levels.shape}; expected (level, age), two levels or more")

    def expectation(m: Array) -> Array:
        return life_table(m, sex=sex, width=width, a0=a0, ax=ax).ex[..., 0]

    known = expectation(levels)
    if not bool(np.all(np.diff(known) > 0)):
        raise DataError(f"family: e0 by level is {known.round(2).tolist()}; expected rising")
    target = check_rates(e0, "e0")
    if bool(np.any((target < known[0]) | (target > known[-1]))):
        raise DataError(f"e0: expected within the family's {known[0]:.2f} to {known[-1]:.2f}")
    below = np.minimum(np.searchsorted(known, target, side="right") - 1, known.size - 2)
    log_low, log_high = np.log(levels)[below], np.log(levels)[below + 1]

    def rates(w: Array) -> Array:
        return np.asarray(np.exp((1.0 - w[..., None]) * log_low + w[..., None] * log_high))

    zero = np.zeros(target.shape)
    return rates(bracketed_root(lambda w: expectation(rates(w)) - target, zero, zero + 1.0))
