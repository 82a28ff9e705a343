"""Mean age at death of infants and of children under five (a0, 4a1): the published rules."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from popsim.errors import DataError
from popsim.methods.lifetable._check import Array, SexArgument, check_rates, sex_weights

__all__ = [
    "a0_andreev_kingkade",
    "a0_coale_demeny",
    "a1_coale_demeny",
]

Region = Literal["west", "north", "east", "south"]

# Andreev & Kingkade (2015), Demographic Research 33:363-390 (rule in m0):
# break 1, break 2, intercept 1, slope 1, intercept 2, slope 2, constant above break 2.
_AK_FEMALE = (0.01724, 0.06891, 0.14903, -2.05527, 0.04667, 3.88089, 0.31411)
_AK_MALE = (0.02300, 0.08307, 0.14929, -1.99545, 0.02832, 3.26021, 0.29915)

# Preston, Heuveline & Guillot (2001), table 3.3, p. 48 (West, on m0): break, intercept and slope
# below it, constant above.
_WEST_M0: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "a0": {"female": (0.107, 0.053, 2.800, 0.350), "male": (0.107, 0.045, 2.684, 0.330)},
    "a1": {"female": (0.107, 1.522, -1.518, 1.361), "male": (0.107, 1.651, -2.816, 1.352)},
}
# Coale, Demeny & Vaughan (1983); Manual X (UN 1983), table 164 (on q0):
# intercept, slope and the constant used where q0 is above .100.
_REGIONS_Q0: dict[str, dict[str, dict[Region, tuple[float, float, float]]]] = {
    "a0": {
        "female": {
            "west": (0.0500, 3.000, 0.35),
            "north": (0.0500, 3.000, 0.35),
            "east": (0.0100, 3.000, 0.31),
            "south": (0.0500, 3.000, 0.35),
        },
        "male": {
            "west": (0.0425, 2.875, 0.33),
            "north": (0.0425, 2.875, 0.33),
            "east": (0.0025, 2.875, 0.29),
            "south": (0.0425, 2.875, 0.33),
        },
    },
    "a1": {
        "female": {
            "west": (1.524, -1.627, 1.361),
            "north": (1.733, -1.627, 1.570),
            "east": (1.487, -1.627, 1.324),
            "south": (1.402, -1.627, 1.239),
        },
        "male": {
            "west": (1.653, -3.013, 1.352),
            "north": (1.859, -3.013, 1.558),
            "east": (1.614, -3.013, 1.313),
            "south": (1.541, -3.013, 1.240),
        },
    },
}
_Q0_BREAK = 0.100


def _mix(female: Array, male: Array, sex: SexArgument) -> Array:
    """Blend two rules by the weight of the sexes along the leading axes."""
    weight = sex_weights(sex, female.shape)
    return np.asarray(weight * female + (1.0 - weight) * male)


def a0_andreev_kingkade(m0: npt.ArrayLike, sex: SexArgument) -> Array:
    """Mean age at death of infants, from the death rate at age 0.

    Parameters
    ----------
    m0
        Death rate at age 0, per person-year, any shape.
    sex
        ``female``, ``male``, ``both`` (their mean), or one name per entry of the last axis.

    Returns
    -------
    ndarray
        a0 in years, of the shape of `m0`.

    Raises
    ------
    DataError
        Where a rate is negative or missing.

    Notes
    -----
    Three straight pieces in m0. Test: m0 .01, .05, .08 give .1284773, .2407145, .3141100 for
    females and .1293355, .1913305, .2991500 (above .08307) for males.

    References
    ----------
    Andreev, E. M. & Kingkade, W. W. (2015). Average age at death in infancy and infant mortality
    level. *Demographic Research* 33(13), 363-390.

    Examples
    --------
    >>> a0_andreev_kingkade([0.01, 0.05], "female").round(7)
    array([0.1284773, 0.2407145])
    """
    m = check_rates(m0, "m0")

    def rule(c: tuple[float, ...]) -> Array:
        return np.where(
            m < c[0], c[2] + c[3] * m, np.where(m < c[1], c[4] + c[5] * m, np.full_like(m, c[6]))
        )

    return _mix(rule(_AK_FEMALE), rule(_AK_MALE), sex)


def _coale_demeny(
    which: str, m0: npt.ArrayLike, sex: SexArgument, region: Region, q0: npt.ArrayLike | None
) -> Array:
    """Either separation factor of Coale and Demeny, for one region."""
    if region not in _REGIONS_Q0["a0"]["female"]:
        raise DataError(f"region: {region!r} is not known; expected west, north, east or south")
    m = check_rates(m0, "m0")
    given = None if q0 is None else check_rates(q0, "q0")

    def rule(who: str) -> Array:
        if region == "west" and given is None:
            limit, intercept, slope, constant = _WEST_M0[which][who]
            return np.where(m < limit, intercept + slope * m, np.full_like(m, constant))
        alpha, beta, above = _REGIONS_Q0["a0"][who][region]
        q = _q0_from_m0(m, alpha, beta, above) if given is None else given
        if which == "a1":
            alpha, beta, above = _REGIONS_Q0["a1"][who][region]
        return np.where(q > _Q0_BREAK, np.full_like(q, above), alpha + beta * q)

    return _mix(rule("female"), rule("male"), sex)


def _q0_from_m0(m: Array, alpha: float, beta: float, above: float) -> Array:
    """Solve q = m / (1 + (1 - alpha - beta q) m), the smaller root; above .1 the constant's q."""
    b = 1.0 + (1.0 - alpha) * m
    square = b * b - 4.0 * beta * m * m
    # 2m / (b + sqrt) is the smaller root of beta m q^2 - b q + m = 0 without a division by m = 0
    root = 2.0 * m / (b + np.sqrt(np.where(square > 0, square, 0.0)))
    return np.where((square > 0) & (root <= _Q0_BREAK), root, m / (1.0 + (1.0 - above) * m))


def a0_coale_demeny(
    m0: npt.ArrayLike,
    sex: SexArgument,
    region: Region = "west",
    *,
    q0: npt.ArrayLike | None = None,
) -> Array:
    """Mean age at death of infants by the separation factors of Coale and Demeny.

    Parameters
    ----------
    m0
        Death rate at age 0, per person-year, any shape.
    sex
        ``female``, ``male``, ``both`` (their mean), or one name per entry of the last axis.
    region
        Family of model tables: ``west``, ``north``, ``east`` or ``south``.
    q0
        Infant mortality (probability) where it is known by itself; the lines in q0 are then used.

    Returns
    -------
    ndarray
        a0 in years.

    Raises
    ------
    DataError
        Where a rate is negative or missing, or the region unknown.

    Notes
    -----
    West without `q0`: the lines in m0 of Preston et al. (a0 = .053 + 2.8 m0 for females and
    .045 + 2.684 m0 for males below m0 = .107, else .35 and .33). Otherwise a0 = alpha + beta q0,
    with q0 solved from m0 by q = m/(1 + (1 - alpha - beta q) m). Test: the West values are those
    of the MortCast tables (China 2005-2010, female: .1107234196 at m0 = .020615507).

    References
    ----------
    Preston, S. H., Heuveline, P. & Guillot, M. (2001). *Demography*, table 3.3, p. 48.
    Coale, A. J., Demeny, P. & Vaughan, B. (1983). *Regional Model Life Tables*, 2nd ed.
    United Nations (1983). *Manual X*, table 164.

    Examples
    --------
    >>> float(a0_coale_demeny(0.020615507, "female").round(10))
    0.1107234196
    >>> float(a0_coale_demeny(0.0, "male", "east", q0=0.04).round(4))
    0.1175
    """
    return _coale_demeny("a0", m0, sex, region, q0)


def a1_coale_demeny(
    m0: npt.ArrayLike,
    sex: SexArgument,
    region: Region = "west",
    *,
    q0: npt.ArrayLike | None = None,
) -> Array:
    """Years lived between exact ages 1 and 5 by those who die there, from infant mortality.

    Parameters
    ----------
    m0, sex, region, q0
        As for `a0_coale_demeny`.

    Returns
    -------
    ndarray
        4a1 in years.

    Raises
    ------
    DataError
        Where a rate is negative or missing, or the region unknown.

    Notes
    -----
    West without `q0`: 1.522 - 1.518 m0 (females), 1.651 - 2.816 m0 (males) below m0 = .107, else
    1.361 and 1.352. Test: MortCast, China 2005-2010, female 1.490705660374.

    References
    ----------
    As for `a0_coale_demeny`.

    Examples
    --------
    >>> float(a1_coale_demeny(0.020615507, "female").round(12))
    1.490705660374
    """
    return _coale_demeny("a1", m0, sex, region, q0)
