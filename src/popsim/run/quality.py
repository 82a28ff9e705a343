"""The verdict on the censuses that a run starts from, as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from popsim.assumptions import survival_at
from popsim.labels import LANGS, label
from popsim.methods.lifetable import survival_ratio
from popsim.methods.quality import Verdict, assess
from popsim.tables import Case

__all__ = ["quality_table"]

STEP = 5
COLUMNS = [
    "year", "region", "sex", "index", "value", "class", "index_zh", "index_en", "class_zh",
    "class_en", "sentence_zh", "sentence_en", "source",
]  # fmt: skip


def quality_table(case: Case) -> pd.DataFrame:
    """Judge every census of a case by sex and age, for the whole and for each region.

    Parameters
    ----------
    case
        A case with `population` (region, sex, age, year) and, to carry cohorts from one census to
        the next, `survival_schedule` (schedule_year, sex, age).

    Returns
    -------
    pd.DataFrame
        One row for each census year, region (``all`` first), index and sex, and one with the index
        ``overall``, which has no value. `class` is 0 (best) to 4, empty where an index is not
        classed; names, classes and sentences stand in both languages.

    Notes
    -----
    Cohorts are compared with their survivors where the censuses are a whole number of 5-year steps
    apart; the survival is that of the schedules at the middle between them, carried back where the
    schedules begin later.
    """
    people = case["population"]
    years = [int(year) for year in people["year"].to_numpy()]
    whole = people.sum("region", keep_attrs=True).expand_dims(region=["all"])
    parts: dict[str, xr.DataArray] = {"all": whole.isel(region=0)}
    parts |= {str(r): people.sel(region=r) for r in people["region"].to_numpy()}
    rows: list[dict[str, Any]] = []
    for i, year in enumerate(years):
        earlier = years[i - 1] if i and (year - years[i - 1]) % STEP == 0 else None
        survival = None if earlier is None else _survival(case, (earlier + year) / 2)
        for region, counts in parts.items():
            census = counts.drop_vars(set(counts.coords) - {"sex", "age", "year"})
            before = None if earlier is None else census.sel(year=earlier, drop=True)
            verdict = assess(
                census.sel(year=year, drop=True),
                earlier=before,
                interval=None if earlier is None else year - earlier,
                survival=survival,
            )
            source = str(people.attrs.get("source", ""))
            rows += _rows(verdict, {"year": year, "region": region, "source": source})
    return pd.DataFrame(rows, columns=COLUMNS)


def _survival(case: Case, date: float) -> np.ndarray[Any, Any] | None:
    """Survival ratios (sex, 5-year group) of the schedules at a date, None where there are none."""
    if "survival_schedule" not in case:
        return None
    age = case["population"]["age"].to_numpy()
    bounds = age[age % STEP == 0]
    single = survival_at(case["survival_schedule"], xr.DataArray(date)).to_numpy()
    closed = np.cumprod(single[:, :-1], axis=-1)  # person-years of one birth at each age
    last = closed[:, -1:] * single[:, -1:] / (1 - single[:, -1:])
    Lx = np.add.reduceat(np.concatenate([closed, last], axis=-1), bounds, axis=-1)
    width = np.append(np.diff(bounds).astype(float), np.inf)
    return np.asarray(survival_ratio(Lx, width=width))


def _rows(verdict: Verdict, common: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of one verdict, the overall class last."""
    rows = []
    for finding in verdict:
        grade = "" if finding.grade is None else finding.grade
        row = {"sex": finding.sex, "index": finding.measure, "value": finding.value, "class": grade}
        for lang in LANGS:
            row[f"index_{lang}"] = finding.name(lang)
            row[f"class_{lang}"] = finding.label(lang)
            row[f"sentence_{lang}"] = finding.sentence(lang)
        rows.append(common | row)
    last: dict[str, Any] = {"sex": "", "index": "overall", "value": "", "class": verdict.grade}
    for lang in LANGS:
        last[f"index_{lang}"] = label("quality.overall", lang)
        last[f"class_{lang}"] = verdict.label(lang)
        last[f"sentence_{lang}"] = verdict.summary(lang)
    return [*rows, common | last]
