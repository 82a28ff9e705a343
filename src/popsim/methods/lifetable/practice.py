"""Which life-table practice stands behind published survival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from popsim.errors import DataError
from popsim.methods.lifetable._check import SexArgument, Width, float_array
from popsim.methods.lifetable.table import A0, AxRule, life_table

__all__ = ["Practice", "closest_ax"]


class Practice(NamedTuple):
    """The rule that comes nearest, and how near each came.

    Attributes
    ----------
    ax
        Name of the rule, for `life_table`.
    error
        Median of ``|S(rule)/S - 1|`` over the known ratios, by rule; infinite where the rule makes
        no table of these rates.
    """

    ax: str
    error: Mapping[str, float]


def closest_ax(
    mx: npt.ArrayLike,
    Sx: npt.ArrayLike,
    *,
    sex: SexArgument,
    width: Width = "abridged",
    a0: A0 = "coale_demeny",
    rules: Sequence[str] = ("greville", "midpoint_to_80"),
) -> Practice:
    """Rule of nax by which published death rates give published survival ratios.

    Parameters
    ----------
    mx
        Published death rates per person-year, (..., age), the last group open.
    Sx
        Survival ratios of the same sexes and years by the group reached, (..., group), indexed as
        by `survival_ratio`; NaN where not known or not to be trusted. Between two published
        populations they are (P1 - late migrants) / (P0 + early migrants).
    sex, width, a0
        As in `life_table`.
    rules
        Names of `ax` to try; of equals the first is taken.

    Returns
    -------
    Practice
        The nearest rule for all the ratios together, and the error of each.

    Raises
    ------
    DataError
        Where shapes do not agree, no ratio is known, no rule is named, or `life_table` refuses the
        rates under every rule.

    Notes
    -----
    Rates alone do not tell how person-years were made of them, and the practices part by some 5e-4
    in S at ages 60 to 75: more than any other convention of a closed group. One choice against all
    ages and years leaves nothing to be fitted. Test: the five countries of the WPP 2012 cases.

    References
    ----------
    Preston, Heuveline & Guillot (2001), ch. 3.2 (the choice of nax).

    Examples
    --------
    >>> m = [.02, .002, .0005, .0005, .001, .002, .003, .006, .012, .025, .2]
    >>> lived = life_table(m, sex="female", width="abridged", a0="coale_demeny", ax="midpoint").Sx
    >>> closest_ax(m, lived, sex="female", rules=("greville", "midpoint")).ax
    'midpoint'
    """
    rates, known = float_array(mx), float_array(Sx)
    if not rules:
        raise DataError("rules: none named; expected names of ax as in life_table")
    there = np.isfinite(known) & (known > 0)
    if not bool(there.any()):
        raise DataError("Sx: no ratio is known; expected at least one finite number above 0")
    error: dict[str, float] = {}
    refused: list[DataError] = []
    for rule in rules:
        try:
            made = life_table(rates, sex=sex, width=width, a0=a0, ax=cast(AxRule, rule)).Sx
        except DataError as fault:
            refused.append(fault)
            error[rule] = np.inf
            continue
        if made.shape != known.shape:
            raise DataError(f"Sx: shape {known.shape}; expected {made.shape} from these rates")
        error[rule] = float(np.median(np.abs(made[there] / known[there] - 1.0)))
    if len(refused) == len(rules):
        raise refused[0]
    return Practice(min(error, key=error.__getitem__), error)
