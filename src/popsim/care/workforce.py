"""Care workers, hours and money that the counts of the care table ask for, row by row.

What is published is a draft of ratios for two degrees and two grades of home. Who lives in homes
was not found for Zhejiang, so each row says whose need it staffs: all people in moderate and severe
need, the places of a pattern filled by them, or the user's own shares of settings by degree. Hours
and amounts are the user's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
import xarray as xr

from popsim.care.counts import source_keys
from popsim.care.services import norm_value
from popsim.care.staff import staff_needed
from popsim.errors import DataError, Problems

__all__ = ["WORKFORCE_COLUMNS", "worker_ratios", "workforce_table"]

GRADES = ("grade1", "grade5")
DEGREES = ("moderate", "severe")
OWN = "own"
MONTHS = 12
WORKFORCE_COLUMNS = (
    "item", "scale", "region", "scenario", "year", "people",
    "workers_grade1", "workers_grade5", "workers_own", "hours", "yuan", "definition", "source",
)  # fmt: skip
PLACE = ["region", "scenario", "year"]
INSTITUTION = "institution"
# Who is staffed, for the column `definition`.
TEXTS = {
    "all": "all people in moderate and severe need ({scale}) live in homes: a ceiling",
    "pattern": "places of the pattern {pattern}, all held by people in moderate and severe need, "
    "in the proportion of {scale}",
    "shares": "people in homes by the user's shares of settings by degree ({scale})",
}


def worker_ratios(norms: pd.DataFrame, own: Mapping[str, float] | None = None) -> xr.DataArray:
    """Residents for each care worker by degree and grade of home.

    Parameters
    ----------
    norms
        The table `care_norms`.
    own
        The user's residents per worker by degree: moderate and severe at least.

    Returns
    -------
    xarray.DataArray
        (need_level, grade), persons; grade ``own`` where the user gives ratios.

    Raises
    ------
    DataError
        A ratio of 0 or less; moderate or severe left out.

    Examples
    --------
    >>> names = [f"residents_per_worker_{d}_{g}" for d in DEGREES for g in GRADES]
    >>> norms = pd.DataFrame({"norm": names, "value": [25, 5, 10, 4], "unit": "resident"})
    >>> worker_ratios(norms, {"moderate": 6, "severe": 3}).sel(need_level="severe").values.tolist()
    [10.0, 4.0, 3.0]
    """
    grades = [*GRADES, *([OWN] if own else [])]
    table = [
        [
            float((own or {}).get(degree, 0.0))
            if grade == OWN
            else norm_value(norms, f"residents_per_worker_{degree}_{grade}")
            for grade in grades
        ]
        for degree in DEGREES
    ]
    problems = Problems(DataError)
    for degree in sorted({*DEGREES, *(own or {})} if own else set()):
        given = (own or {}).get(degree)
        if degree not in DEGREES or given is None or given <= 0:
            problems.add(
                "residents per worker by degree",
                where=f"residents_per_worker.{degree}",
                got=given,
                expected=f"a number above 0 for each of {', '.join(DEGREES)}",
            )
    problems.raise_if_any()
    return xr.DataArray(table, {"need_level": [*DEGREES], "grade": grades}, ("need_level", "grade"))


def workforce_table(
    care: pd.DataFrame,
    norms: pd.DataFrame,
    *,
    residents_per_worker: Mapping[str, float] | None = None,
    degree_shares: Mapping[str, Mapping[str, float]] | None = None,
    hours_per_month: Mapping[str, float] | None = None,
    monthly_yuan: Mapping[str, float] | None = None,
    years: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Workers, hours and money by place, scenario and year.

    Parameters
    ----------
    care
        From `care_table`.
    norms
        The table `care_norms`.
    residents_per_worker
        The user's ratios by degree, beside those of the norms.
    degree_shares
        Shares of settings by degree, ``{level: {setting: share}}``: adds the people in homes.
    hours_per_month
        Hours a person a month by care count, e.g. ``{"need_severe.clhls_adl": 90}``.
    monthly_yuan
        Yuan a person (or bed) a month by care count, e.g. ``{"population_80plus": 100}``.
    years
        The years to show; all by default.

    Returns
    -------
    pandas.DataFrame
        Columns `WORKFORCE_COLUMNS`. `item` is ``staff_all``, ``staff_pattern.PATTERN``,
        ``staff_shares`` with the `scale` that tells the degrees, or the care count that hours and
        money are for; `people` are those served, `hours` a month, `yuan` a year.

    Raises
    ------
    DataError
        Hours or money for a count that the run does not hold; ratios as in `worker_ratios`.

    Notes
    -----
    W[grade] = sum over degrees of U[degree] / rho[degree, grade]. Degrees of a scale stand for
    those of the standard: neither says how the one is told from the other.

    Examples
    --------
    >>> rows = [("need_moderate.s", 500.0), ("need_severe.s", 400.0)]
    >>> care = pd.DataFrame(rows, columns=["indicator", "value"]).assign(
    ...     region="all", scenario="s", year=2025, source="x")
    >>> names = [f"residents_per_worker_{d}_{g}" for d in DEGREES for g in GRADES]
    >>> norms = pd.DataFrame({"norm": names, "value": [25, 5, 10, 4], "unit": "resident",
    ...                       "source": "draft"})
    >>> workforce_table(care, norms)[["item", "workers_grade1", "workers_grade5"]].values.tolist()
    [['staff_all', 60.0, 200.0]]
    """
    rows = care if years is None else care[care["year"].isin(list(years))]
    ratios = worker_ratios(norms, residents_per_worker)
    about = source_keys(norms, "norm", f"residents_per_worker_severe_{GRADES[0]}")
    parts = []
    for scale in _graded(rows):
        need = _degrees(rows, scale)
        for item, key, residents in _residents(rows, need, degree_shares):
            pattern = item.partition(".")[2]
            text = TEXTS[key].format(scale=scale, pattern=pattern)
            told = _staffed(residents, ratios)
            parts.append(told.assign(item=item, scale=scale, definition=text, source=about))
    parts += _paid(rows, hours_per_month or {}, monthly_yuan or {})
    if not parts:
        return pd.DataFrame(columns=[*WORKFORCE_COLUMNS])
    table = pd.concat(parts, ignore_index=True)
    return table.reindex(columns=[*WORKFORCE_COLUMNS])


def _graded(care: pd.DataFrame) -> list[str]:
    """Scales that tell moderate from severe need."""
    names = dict.fromkeys(care["indicator"].astype(str))
    graded = [n.partition(".")[2] for n in names if n.startswith("need_severe.")]
    return [scale for scale in graded if f"need_moderate.{scale}" in names]


def _array(care: pd.DataFrame, indicator: str) -> xr.DataArray:
    """A count of the care table (place), where a place is a region, scenario and year."""
    rows = care[care["indicator"] == indicator]
    index = pd.MultiIndex.from_frame(rows[PLACE])
    return xr.DataArray(rows["value"].to_numpy(dtype=float), {"place": index}, "place")


def _degrees(care: pd.DataFrame, scale: str) -> xr.DataArray:
    """People in moderate and severe need (need_level, place)."""
    parts = [_array(care, f"need_{degree}.{scale}") for degree in DEGREES]
    return xr.concat(parts, pd.Index(DEGREES, name="need_level"), join="exact")


def _residents(
    care: pd.DataFrame,
    need: xr.DataArray,
    shares: Mapping[str, Mapping[str, float]] | None,
) -> Iterator[tuple[str, str, xr.DataArray]]:
    """Residents of homes by degree under each reading: item, key of its text, people."""
    yield "staff_all", "all", need
    names = [str(n) for n in dict.fromkeys(care["indicator"])]
    for name in names:
        if name.startswith("beds_pattern."):
            places = _array(care, name).sel(place=need["place"])
            mix = need / need.sum("need_level")
            yield f"staff_pattern.{name.partition('.')[2]}", "pattern", places * mix
    if shares is not None and set(DEGREES) <= set(shares):
        inside = [float(shares[degree].get(INSTITUTION, 0.0)) for degree in DEGREES]
        yield "staff_shares", "shares", need * xr.DataArray(inside, {"need_level": [*DEGREES]})


def _staffed(residents: xr.DataArray, ratios: xr.DataArray) -> pd.DataFrame:
    """People and workers by place; a column for each grade."""
    workers = staff_needed(residents, ratios).sum("need_level", skipna=False)
    people = residents.sum("need_level", skipna=False).transpose("place")
    columns = {f"workers_{g}": workers.sel(grade=g).to_numpy() for g in ratios["grade"].to_numpy()}
    places: pd.DataFrame = people.indexes["place"].to_frame(index=False)
    return places.assign(people=people.to_numpy(), **columns)


def _paid(
    care: pd.DataFrame, hours: Mapping[str, float], yuan: Mapping[str, float]
) -> list[pd.DataFrame]:
    """Hours a month and yuan a year for the counts the user names."""
    problems = Problems(DataError)
    known = [str(n) for n in dict.fromkeys(care["indicator"])]
    for name, given in (("hours_per_month", hours), ("monthly_yuan", yuan)):
        for key, value in given.items():
            if key not in known or value < 0:
                problems.add(
                    "hours or money for a count",
                    where=f"{name}.{key}",
                    got=value,
                    expected=f"0 or more for one of {', '.join(known)}",
                )
    problems.raise_if_any()
    parts = []
    for item in dict.fromkeys([*hours, *yuan]):
        rows = care[care["indicator"] == item]
        part = rows[PLACE].assign(item=item, people=rows["value"], source="user")
        said = []
        if item in hours:
            part["hours"] = hours[item] * rows["value"]
            said.append(f"{hours[item]:g} hours a month each")
        if item in yuan:
            part["yuan"] = MONTHS * yuan[item] * rows["value"]
            said.append(f"{yuan[item]:g} yuan a month each")
        parts.append(part.assign(scale="", definition="; ".join(said)))
    return parts
