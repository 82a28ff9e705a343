"""Prevalence of disability as published (rows by band) -> a labelled array by single age.

A published table is a step function of age: one figure holds over its whole band. It is carried to
single ages 0..100 as just that, a step function, with nothing smoothed and nothing extended. A
table without a named scale is refused, because the counts of "disabled elderly" differ by a factor
of six through the definition alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from popsim.errors import DataError, Problems
from popsim.variables import SEXES

__all__ = ["Detail", "Extend", "check_prevalence", "prevalence"]

Detail = Literal["age", "age_sex", "age_area", "age_sex_area"]
Extend = Literal["none", "youngest_band"]

GRADES = ("mild", "moderate", "severe")
LEVELS = (*GRADES, "any")
AREAS = ("urban", "rural")
OPEN_AGE = 100
ELDERLY_FROM = 60
# unit words of a share: as printed, in words, and as the case reader leaves them
UNIT_OF_SHARE = {"%": 0.01, "share": 1.0, "1": 1.0}
COLUMNS = ("scale", "need_level", "sex", "age_from", "age_to", "area", "year", "value", "unit")


def _place(table: pd.DataFrame, position: int) -> str:
    """File and line of a row (the line the case reader kept, else the row under a header)."""
    line = table["line"].iloc[position] if "line" in table else position + 2
    return f"{table.attrs.get('file', 'care_prevalence.csv')}:{line}"


def check_prevalence(table: pd.DataFrame) -> None:
    """Refuse a prevalence table that cannot be meant, with all its faults.

    Parameters
    ----------
    table
        Columns `scale, need_level, sex, age_from, age_to, area, year, value, unit` (others are
        kept). `need_level` is mild, moderate, severe or any; `age_to` an age or `open`; `value` in
        `%`, `share` or `1`, as `unit` says.

    Raises
    ------
    DataError
        No scale named, missing columns, unknown words, values outside 0..100 %, crossed age bands,
        duplicates: each with its line.

    Examples
    --------
    >>> import pandas as pd
    >>> check_prevalence(pd.DataFrame({"need_level": ["any"], "value": [3.0]}))
    Traceback (most recent call last):
    popsim.errors.DataError: care_prevalence.csv:1: prevalence without a named scale; got ...
    """
    problems = Problems(DataError)
    name = str(table.attrs.get("file", "care_prevalence.csv"))
    if "scale" not in table.columns:
        problems.add(
            "prevalence without a named scale",
            where=f"{name}:1",
            got=", ".join(map(str, table.columns)),
            expected="a column `scale`, e.g. clhls_adl",
            remedy="say which scale counts these people as disabled: definitions differ sixfold",
        )
        problems.raise_if_any()
    for column in COLUMNS:
        if column not in table.columns:
            problems.add("missing column", where=f"{name}:1", expected=column)
    problems.raise_if_any()
    words = {"need_level": LEVELS, "sex": (*SEXES, "both"), "area": (*AREAS, "all")}
    words["unit"] = tuple(UNIT_OF_SHARE)
    for position, row in enumerate(table.to_dict("records")):
        where = _place(table, position)
        if not isinstance(row["scale"], str) or not row["scale"].strip():
            problems.add("prevalence without a named scale", where=where, got=repr(row["scale"]))
        for column, allowed in words.items():
            if row[column] not in allowed:
                problems.add(
                    f"unknown {column}", where=where, got=row[column], expected=" | ".join(allowed)
                )
        top = 1.0 / UNIT_OF_SHARE.get(row["unit"], 1.0)
        value = float(row["value"])
        if not 0.0 <= value <= top:
            problems.add(
                "prevalence out of range", where=where, got=value, expected=f"0 to {top:g}"
            )
        if row["age_to"] != "open" and float(row["age_to"]) < float(row["age_from"]):
            problems.add("age band ends before it starts", where=where, got=row["age_to"])
    keys = ["scale", "need_level", "sex", "age_from", "age_to", "area", "year"]
    for again in np.flatnonzero(table.duplicated(keys).to_numpy()):
        problems.add("duplicate row", where=_place(table, int(again)), expected="one per band")
    problems.raise_if_any()


@dataclass(frozen=True, slots=True)
class Bands:
    """Rows of one scale and wave: edges and shares, in the order of the table."""

    frame: pd.DataFrame
    start: NDArray[np.int64]
    stop: NDArray[np.int64]  # exclusive; OPEN_AGE + 1 where open
    share: NDArray[np.float64]

    def pick(self, level: str, sex: str, area: str) -> NDArray[np.int64]:
        """Positions of the finest disjoint bands of one level, sex and area."""
        wanted = {"need_level": level, "sex": sex, "area": area}
        same = [self.frame[column].to_numpy() == value for column, value in wanted.items()]
        found = np.flatnonzero(np.logical_and.reduce(same))
        keep = [i for i in found if not self._is_union(int(i), found)]
        order = np.argsort(self.start[keep], kind="stable")
        return np.asarray(keep, dtype=np.int64)[order]

    def _is_union(self, i: int, others: NDArray[np.int64]) -> bool:
        """Whether another row lies strictly inside row i (then i is a total of finer bands)."""
        inside = (self.start[others] >= self.start[i]) & (self.stop[others] <= self.stop[i])
        return int(inside.sum()) > 1


def select_bands(table: pd.DataFrame, scale: str, wave: int | None) -> tuple[Bands, int]:
    """Rows of one scale at one wave (the latest where none is named)."""
    check_prevalence(table)
    of_scale = table[table["scale"] == scale]
    if of_scale.empty:
        known = ", ".join(sorted(set(table["scale"])))
        raise DataError(
            f"no prevalence under the scale {scale!r}; the table holds {known}. "
            "Remedy: name one of these or add your own rows under that name"
        )
    waves = sorted({int(y) for y in of_scale["year"]})
    year = waves[-1] if wave is None else wave
    if year not in waves:
        raise DataError(f"scale {scale!r} has no wave {year}; it has {waves}")
    frame = of_scale[of_scale["year"].astype(int) == year].reset_index(drop=True)
    start = frame["age_from"].to_numpy().astype(np.int64)
    stop = np.array([OPEN_AGE + 1 if a == "open" else int(a) + 1 for a in frame["age_to"]])
    factor = frame["unit"].map(UNIT_OF_SHARE).to_numpy(dtype=np.float64)
    return Bands(frame, start, stop, frame["value"].to_numpy(dtype=np.float64) * factor), year


def bands_by_sex(rows: Bands, level: str) -> dict[str, NDArray[np.int64]]:
    """Band positions for each sex: its own where as finely banded as both sexes, else both's."""
    both = rows.pick(level, "both", "all")
    own = {sex: rows.pick(level, sex, "all") for sex in SEXES}
    if all(len(own[sex]) >= max(len(both), 1) for sex in SEXES):
        return own
    if len(both) == 0:
        raise DataError(f"scale {rows.frame['scale'].iloc[0]!r}: no full set of rows for {level}")
    return dict.fromkeys(SEXES, both)


def levels_of(rows: Bands) -> list[str]:
    """Disjoint need levels: the three grades where the table grades, else `any`."""
    found = set(rows.frame["need_level"])
    graded = [g for g in GRADES if g in found]
    if graded and len(graded) < len(GRADES):
        raise DataError(f"the scale grades only {graded}; all of {list(GRADES)} are needed, or any")
    return graded or ["any"]


def _marginal(rows: Bands, level: str, sex: str, area: str, scale: str) -> float:
    """The all-ages share of one sex or area, relative to that of everyone."""
    bounds = rows.frame[(rows.frame["sex"] == "both") & (rows.frame["area"] == "all")]
    widest = bounds[(bounds["need_level"] == level) & (bounds["age_to"] == "open")]
    start = int(widest["age_from"].astype(int).min())
    pick = {}
    for key in ((sex, area), ("both", "all")):
        same = (rows.frame["need_level"] == level) & (rows.start == start)
        same &= (rows.frame["sex"] == key[0]) & (rows.frame["area"] == key[1])
        found = np.flatnonzero(same.to_numpy() & (rows.stop > OPEN_AGE))
        if found.size != 1:
            raise DataError(f"scale {scale!r} has no share of {level} for {key[0]}, {key[1]} areas")
        pick[key] = float(rows.share[found[0]])
    return pick[(sex, area)] / pick[("both", "all")]


def prevalence(
    table: pd.DataFrame,
    *,
    scale: str,
    wave: int | None = None,
    detail: Detail = "age",
    extend: Extend = "none",
) -> xr.DataArray:
    """Prevalence by need level, sex and single age under one named scale.

    Parameters
    ----------
    table
        Rows as in `check_prevalence`.
    scale
        The scale to use, e.g. ``"clhls_adl"``.
    wave
        Year of the survey; the latest of that scale by default.
    detail
        ``age`` uses the rows by age as printed (by sex too where the sexes are banded as finely).
        ``age_sex``, ``age_area``, ``age_sex_area`` multiply them by the ratio of the printed share
        of that sex (area) at all ages to that of everyone: an assumption of proportionality, and
        one that counts women's greater age twice; named in `attrs["assumption"]`.
    extend
        What happens between 60 and the first band: ``none`` leaves nobody in need there (an
        undercount, stated in the attributes); ``youngest_band`` applies the first band's share to
        60 and over (an overcount, because need rises with age).

    Returns
    -------
    xarray.DataArray
        (need_level[, area], sex, age 0..100), share; the need levels are disjoint, so they may be
        summed. The `age` 100 is open.

    Raises
    ------
    DataError
        Unnamed or unknown scale, gaps between bands, a missing grade.

    Notes
    -----
    d(a) = value of the band that holds age a; 0 below the first band.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("mine", "any", "both", a, b, "all", 2020, v, "%")
    ...         for a, b, v in [(60, 79, 5.0), (80, "open", 20.0)]]
    >>> d = prevalence(pd.DataFrame(rows, columns=COLUMNS), scale="mine")
    >>> [round(float(d.sel(age=a, sex="female", need_level="any")), 3) for a in (59, 60, 79, 80)]
    [0.0, 0.05, 0.05, 0.2]
    """
    rows, year = select_bands(table, scale, wave)
    return lay_out(rows, rows.share, scale, year, detail, extend)


def lay_out(
    rows: Bands,
    share: NDArray[np.float64],
    scale: str,
    year: int,
    detail: Detail,
    extend: Extend,
) -> xr.DataArray:
    """Lay the shares of bands out over single ages."""
    areas = AREAS if "area" in detail else ("all",)
    values, first = _by_single_age(rows, share, scale, detail, extend)
    out = xr.DataArray(
        values,
        dims=("need_level", "area", "sex", "age"),
        coords={
            "need_level": levels_of(rows),
            "area": list(areas),
            "sex": list(SEXES),
            "age": np.arange(OPEN_AGE + 1),
        },
        name="prevalence",
    )
    covered = ELDERLY_FROM if extend == "youngest_band" else first
    sources = sorted({str(s) for s in rows.frame.get("source", pd.Series(dtype=str))})
    assumption = "" if detail == "age" else f"{detail}: ratios by sex or area hold at all ages"
    out.attrs = {
        "units": "1",
        "long_name": "share of people in need of care",
        "scale": scale,
        "wave": year,
        "covers_ages": f"{covered}+",
        "measured_ages": f"{first}+",
        "extend": extend,
        "source": "; ".join(sources),
        "assumption": assumption,
    }
    return out if areas != ("all",) else out.isel(area=0, drop=True)


def _by_single_age(
    rows: Bands, share: NDArray[np.float64], scale: str, detail: Detail, extend: Extend
) -> tuple[NDArray[np.float64], int]:
    """Shares (need_level, area, sex, age), and the first age that a band covers."""
    levels = levels_of(rows)
    areas = AREAS if "area" in detail else ("all",)
    values = np.zeros((len(levels), len(areas), len(SEXES), OPEN_AGE + 1))
    first = OPEN_AGE
    for i, level in enumerate(levels):
        bands = bands_by_sex(rows, level)
        for k, sex in enumerate(SEXES):
            at = bands[sex]
            gaps = rows.start[at][1:] != rows.stop[at][:-1]
            if bool(gaps.any()) or rows.stop[at][-1] != OPEN_AGE + 1:
                raise DataError(f"scale {scale!r}: the age bands of {level} have gaps or overlap")
            begin = int(rows.start[at][0])
            first = min(first, begin)
            for row in at:
                values[i, :, k, rows.start[row] : rows.stop[row]] = share[row]
            if extend == "youngest_band" and begin > ELDERLY_FROM:
                values[i, :, k, ELDERLY_FROM:begin] = share[at[0]]
            if "sex" in detail:
                values[i, :, k] *= _marginal(rows, level, sex, "all", scale)
            for j, area in enumerate(areas):
                if area != "all":
                    values[i, j, k] *= _marginal(rows, level, "both", area, scale)
    return values, first
