"""Refusals shared by the life-table and mortality functions: the cell is always named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

import numpy as np
import numpy.typing as npt

from popsim.errors import DataError, Problems

Array = npt.NDArray[np.float64]
Sex = Literal["female", "male", "both"]
SexArgument = Sex | Sequence[Sex]
Width = npt.ArrayLike | Literal["abridged"] | None

_MAX_NAMED = 10  # cells named in one message; the rest are counted


def float_array(values: npt.ArrayLike) -> Array:
    """Copy-free float64 view or conversion."""
    return np.asarray(values, dtype=np.float64)


def start_ages(width: Array) -> Array:
    """Lower limit of every group, from the widths (the open one need not be finite)."""
    return np.concatenate([[0.0], np.cumsum(width[:-1])])


def resolve_width(width: Width, n_ages: int, age: npt.ArrayLike | None = None) -> Array:
    """Turn the `width` or `age` argument into one width per age group, the last infinite."""
    if age is not None:
        if width is not None:
            raise DataError("width and age: both say what the groups are; give one of them")
        bounds = float_array(age)
        if bounds.shape != (n_ages,):
            raise DataError(f"age: the ages do not join: {bounds.size} ages for {n_ages} groups")
        if bounds[0] != 0:
            raise DataError(f"age[0]: a life table begins at age 0; got {bounds[0]:g}")
        out = np.append(np.diff(bounds), np.inf)
    elif width is None:
        out = np.ones(n_ages)
    elif isinstance(width, str):
        if width != "abridged":
            raise DataError(f"width: {width!r} is not a name of groups; expected 'abridged'")
        out = np.full(n_ages, 5.0)
        out[:2] = (1.0, 4.0)[:n_ages]
    else:
        given = float_array(width)
        if given.ndim == 0:
            given = np.full(n_ages, float(given))
        if given.shape != (n_ages,):
            raise DataError(
                f"width: {given.size} widths for {n_ages} age groups; "
                "expected one width per group, the last inf"
            )
        out = given.copy()
    if n_ages < 2:
        raise DataError(f"age: {n_ages} group(s); expected at least two, the last open")
    out[-1] = np.inf
    bad = np.flatnonzero(~(out[:-1] > 0) | ~np.isfinite(out[:-1]))
    if bad.size:
        raise DataError(f"width: group {bad[0]} is {out[bad[0]]:g} years wide; expected above 0")
    return out


def refuse_groups_as_single(m: Array, width: Width, age: npt.ArrayLike | None) -> None:
    """Refuse rates of abridged groups that no width is given for: they would pass as single ages.

    So many single ages would end at 16 to 23; nobody of that age has less than 25 years to live.
    """
    groups = m.shape[-1]
    if width is not None or age is not None or not 17 <= groups <= 24:
        return
    last = m[..., -1]
    rising = (np.diff(m[..., -9:-1], axis=-1) > 0).all(axis=-1)  # as from about age 40 on
    if bool(np.any((m[..., 0] > m[..., 1]) & rising & (last > 1 / 25))):
        highest = float(np.max(last))
        raise DataError(
            f"width: {groups} rates without a width are single ages, open at {groups - 1}+, but "
            f"the last rate, {highest:.3g}, leaves {1 / highest:.0f} years to live: these look "
            'like groups. Remedy: width="abridged" for 0, 1-4, 5-9, .., or age= with the lower '
            "bounds (age=range(..) if the ages are single indeed)"
        )


def cell_name(index: tuple[int, ...], ages: Array | None) -> str:
    """Place of one cell, e.g. ``[3, 85], age 85``."""
    place = f"[{', '.join(str(i) for i in index)}]"
    return place if ages is None else f"{place}, age {ages[index[-1]]:g}"


def report_cells(
    problems: Problems,
    bad: npt.NDArray[np.bool_],
    values: Array,
    *,
    name: str,
    what: str,
    expected: str,
    ages: Array | None = None,
    remedy: str = "",
) -> None:
    """Add one fault per cell flagged in `bad`, at most ten of them by name."""
    cells = np.argwhere(bad)
    for cell in cells[:_MAX_NAMED]:
        index = tuple(int(i) for i in cell)
        problems.add(
            what,
            where=f"{name}{cell_name(index, ages)}",
            got=f"{values[index]:g}",
            expected=expected,
            remedy=remedy,
        )
    if len(cells) > _MAX_NAMED:
        problems.add(f"{what} in {len(cells) - _MAX_NAMED} more cells", where=name)


def check_rates(values: npt.ArrayLike, name: str, ages: Array | None = None) -> Array:
    """Finite and not negative, or every bad cell named."""
    array = float_array(values)
    problems = Problems(DataError)
    report_cells(
        problems,
        ~np.isfinite(array),
        array,
        name=name,
        what="missing or infinite rate",
        expected="a finite number",
        ages=ages,
    )
    report_cells(
        problems,
        np.isfinite(array) & (array < 0),
        array,
        name=name,
        what="negative rate",
        expected="0 or more",
        ages=ages,
    )
    problems.raise_if_any()
    return array


def check_positive(values: npt.ArrayLike, name: str, ages: Array | None = None) -> Array:
    """Finite and above zero (a logarithm follows), or every bad cell named."""
    array = check_rates(values, name, ages)
    problems = Problems(DataError)
    report_cells(
        problems,
        array == 0,
        array,
        name=name,
        what="zero rate, whose logarithm does not exist",
        expected="above 0",
        ages=ages,
        remedy="smooth or pool the rates first",
    )
    problems.raise_if_any()
    return array


def sex_weights(sex: SexArgument, shape: tuple[int, ...]) -> Array:
    """Female weight (1 female, 0 male, 0.5 both) that broadcasts against the leading axes.

    `shape` is that of the rates without age. A sequence of sexes runs along its last axis.
    """
    known = {"female": 1.0, "male": 0.0, "both": 0.5}
    names = [sex] if isinstance(sex, str) else list(cast("Sequence[str]", sex))
    for name in names:
        if name not in known:
            raise DataError(f"sex: {name!r} is not known; expected female, male or both")
    if isinstance(sex, str):
        return np.array(known[sex])
    if not shape or shape[-1] != len(names):
        raise DataError(
            f"sex: {len(names)} sexes named, but the axis before age has "
            f"{shape[-1] if shape else 'no'} entries"
        )
    return np.array([known[name] for name in names])
