"""A hindcast as rows: totals by region, errors by age and sex, the verdict in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from popsim.backtest.hindcast import backtest
from popsim.backtest.scores import (
    distribution_error,
    mean_absolute_percentage_error,
    percentage_error,
)
from popsim.errors import DataError, Problem
from popsim.labels import label, label_or, phrase
from popsim.tables import Case

__all__ = [
    "LAUNCH",
    "hindcast_ages",
    "hindcast_summary",
    "hindcast_table",
    "hindcast_tables",
    "hindcast_verdict",
]

#: Census that a hindcast is launched from where the scenario file names no other.
LAUNCH = 2010
COLUMNS = ["method", "region", "measure", "year", "value", "observed", "error_percent", "unit",
           "note"]  # fmt: skip
BASELINES = ("linear", "exponential", "no_change", "hamilton_perry")
# Name of the row that holds the mean over regions.
MEAN = "mean_of_regions"
OLDER = (65, 85)


def hindcast_table(
    case: Case,
    result: xr.Dataset,
    *,
    whole: str,
    boundaries: Sequence[str] = (),
    group: str = "city_proper",
) -> pd.DataFrame:
    """Rows of a hindcast: what each method said, what the census found, and the errors.

    Parameters
    ----------
    case
        The case; its frame `published_projections`, where it has one, is shown beside.
    result
        From `backtest`.
    whole
        Region code of all regions together.
    boundaries, group
        Boundaries of the case on which the group's share in the whole is compared.

    Returns
    -------
    pd.DataFrame
        Columns method, region, measure, year, value, observed, error_percent, unit, note.
        Measures: ``population`` of every region and the whole; ``population_65plus`` and
        ``population_85plus`` of the whole; ``share.<boundary>`` of the group; ``mape_total``, the
        mean absolute percentage error of the regions' totals; ``age_sex_error``, the sum of
        absolute errors of five-year age-sex groups over the total, of the whole and as mean over
        regions (both in percent); ``not_possible`` with the reason; ``verdict`` with one paragraph
        a language.
    """
    year = int(result.attrs["target"])
    rows: list[dict[str, Any]] = []
    order = ("region", "sex", "age")
    truth = result["observed"].transpose(*order).to_numpy()
    forecasts = result["population"].transpose("forecast", *order).to_numpy()
    regions = [str(r) for r in result["region"].to_numpy()]
    ages = result["age"].to_numpy()
    counted = truth.sum((1, 2))
    members = {}
    for boundary in boundaries:
        inside = case["in_group"].sel(boundary=boundary, group=group, year=year)
        members[boundary] = inside.sel(region=regions).to_numpy()
    for name, people in zip(map(str, result["forecast"].to_numpy()), forecasts, strict=True):
        totals = people.sum((1, 2))
        for region, value, found in zip(regions, totals, counted, strict=True):
            rows.append(_compared(name, region, "population", value, found))
        rows.append(_compared(name, whole, "population", totals.sum(), counted.sum()))
        for age in OLDER:
            value, found = (p[..., ages >= age].sum() for p in (people, truth))
            rows.append(_compared(name, whole, f"population_{age}plus", value, found))
        for boundary, member in members.items():
            value, found = (float(p[member].sum() / p.sum()) for p in (totals, counted))
            row = _compared(name, group, f"share.{boundary}", value, found)
            rows.append(row | {"unit": "1", "note": f"{100 * (value - found):+.2f} points"})
        errors = distribution_error(people, truth)
        city = distribution_error(people.sum(0), truth.sum(0))
        mape = mean_absolute_percentage_error(totals, counted)
        rows += [
            _error(name, MEAN, "mape_total", mape),
            _error(name, MEAN, "age_sex_error", float(errors.mean())),
            _error(name, whole, "age_sex_error", float(city)),
        ]
    rows += _published(case, whole, year, float(truth.sum()))
    for name, reason in dict(result.attrs["not_possible"]).items():
        rows.append({"method": name, "measure": "not_possible", "note": f"needs: {reason}"})
    table = pd.DataFrame(rows, columns=COLUMNS).assign(year=year)
    told = [
        {"method": "verdict", "measure": lang, "note": hindcast_verdict(table, lang), "year": year}
        for lang in ("zh", "en")
        if _can_judge(table)
    ]
    if told:
        table = pd.DataFrame([*table.to_dict("records"), *told], columns=COLUMNS)
    return table.astype(dict.fromkeys(("method", "measure"), str)).assign(
        **{c: table[c].fillna("") for c in ("region", "unit", "note")}
    )


def _compared(name: str, region: str, measure: str, value: float, found: float) -> dict[str, Any]:
    """A row of persons against persons."""
    return {
        "method": name,
        "region": region,
        "measure": measure,
        "value": float(value),
        "observed": float(found),
        "error_percent": float(percentage_error(value, found)),
        "unit": "person",
    }


def _error(name: str, region: str, measure: str, percent: float) -> dict[str, Any]:
    """A row of a mean error."""
    return {
        "method": name,
        "region": region,
        "measure": measure,
        "value": percent,
        "error_percent": percent,
        "unit": "%",
    }


def _published(case: Case, whole: str, year: int, found: float) -> list[dict[str, Any]]:
    """What others projected for the year judged."""
    if "published_projections" not in case.frames:
        return []
    table = case.frames["published_projections"]
    rows = table[
        (table["region"] == whole)
        & (table["indicator"] == "resident_population")
        & (table["year"] == year)
    ]
    return [
        _compared(f"{r['study']}.{r['variant']}", whole, "population", float(r["value"]), found)
        | {"note": "published study, shown beside"}
        for r in rows.to_dict("records")
    ]


def hindcast_ages(result: xr.Dataset) -> pd.DataFrame:
    """Every cell of a hindcast: region, sex and five-year age group of every method.

    Parameters
    ----------
    result
        From `backtest`.

    Returns
    -------
    pd.DataFrame
        Columns method, region, sex, age (first of five years, 85 open), year, value, observed,
        error_percent.
    """
    both = xr.Dataset({"value": result["population"], "observed": result["observed"]})
    table = both.to_dataframe().reset_index().rename(columns={"forecast": "method"})
    if (table["observed"] == 0).any():
        raise DataError(Problem("a group without people", "observed", "0", "above 0"))
    error = percentage_error(table["value"].to_numpy(), table["observed"].to_numpy())
    table = table.assign(error_percent=error, year=int(result.attrs["target"]))
    return table[["method", "region", "sex", "age", "year", "value", "observed", "error_percent"]]


def hindcast_summary(table: pd.DataFrame) -> pd.DataFrame:
    """One row a method: the errors a reader compares, in percent.

    Parameters
    ----------
    table
        From `hindcast_table`, or read back from the run folder.

    Returns
    -------
    pd.DataFrame
        Columns method, whole, mean_of_regions (mean absolute), age_sex_regions, age_sex_whole,
        65plus, 85plus; missing where a method (a published study) does not say. Methods that were
        not possible have no row.
    """
    own = table[table["unit"] == "person"]
    last = own[own["measure"] == "population"].groupby("method", sort=False)["error_percent"].last()
    columns = {"whole": last}
    picks = {
        "mean_of_regions": ("mape_total", True),
        "age_sex_regions": ("age_sex_error", True),
        "age_sex_whole": ("age_sex_error", False),
        "65plus": ("population_65plus", False),
        "85plus": ("population_85plus", False),
    }
    for name, (measure, mean) in picks.items():
        rows = table[(table["measure"] == measure) & ((table["region"] == MEAN) == mean)]
        columns[name] = rows.set_index("method")["error_percent"].astype(float)
    return pd.DataFrame(columns).loc[last.index].reset_index()


def _can_judge(table: pd.DataFrame) -> bool:
    names = set(table["method"])
    return "cohort_component" in names and bool(names & set(BASELINES))


def _least(table: pd.DataFrame, measure: str) -> tuple[float, float, str]:
    """The cohort-component error, the least of the baselines, and whose it is."""
    rows = table[(table["measure"] == measure) & (table["region"] == MEAN)].set_index("method")
    errors = rows["value"].astype(float)
    simple = errors[[n for n in BASELINES if n in errors.index]]
    return float(errors["cohort_component"]), float(simple.min()), str(simple.idxmin())


def hindcast_verdict(table: pd.DataFrame, lang: str) -> str:
    """Say whether the cohort-component method is better than the simple ones.

    Parameters
    ----------
    table
        From `hindcast_table`.
    lang
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        Errors against the best of the baselines, of totals and of age-sex groups; of the whole;
        and of published studies.
    """
    parts = []
    for measure, key in (("mape_total", "total"), ("age_sex_error", "ages")):
        own, best, name = _least(table, measure)
        better = "better" if own < best else "worse"
        parts.append(
            phrase(
                f"text.hindcast_{key}_{better}",
                lang,
                year=int(table["year"].iloc[0]),
                own=f"{own:.1f}",
                best=f"{best:.1f}",
                name=label(f"method.{name}", lang),
            )
        )
    whole = table[(table["measure"] == "population") & (table["unit"] == "person")]
    whole = whole.set_index("method")
    errors = whole.groupby("method")["error_percent"].last()
    parts.append(phrase("text.hindcast_whole", lang, error=f"{errors['cohort_component']:+.1f}"))
    own_rows = table[table["method"] == "cohort_component"]
    for row in own_rows[own_rows["measure"].str.startswith("share.")].to_dict("records"):
        boundary = str(row["measure"]).removeprefix("share.")
        parts.append(
            phrase(
                "text.hindcast_share",
                lang,
                boundary=label_or(f"boundary.{boundary}", lang, boundary),
                group=label_or(f"group.{row['region']}", lang, str(row["region"])),
                value=f"{100 * float(row['value']):.1f}",
                observed=f"{100 * float(row['observed']):.1f}",
            )
        )
    studies = errors[[n for n in errors.index if "." in str(n)]]
    if len(studies):
        low, high = np.min(studies), np.max(studies)
        parts.append(phrase("text.hindcast_study", lang, low=f"{low:+.1f}", high=f"{high:+.1f}"))
    return ("" if lang == "zh" else " ").join(parts)


def hindcast_tables(
    case: Case,
    *,
    whole: str,
    schedule: str,
    migration_schedule: str,
    base: int = LAUNCH,
    target: int = 2020,
    earlier: int = 2000,
    methods: Sequence[str] | None = None,
    mortality_pace: float = 1.0,
    engine: Mapping[str, Any] | None = None,
    boundaries: Sequence[str] = (),
) -> dict[str, pd.DataFrame]:
    """Run the hindcast of a scenario file and return its tables.

    Parameters
    ----------
    case, schedule, migration_schedule, base, target, earlier, methods, mortality_pace, engine
        As in `backtest`.
    whole, boundaries
        As in `hindcast_table`.

    Returns
    -------
    dict of pd.DataFrame
        ``hindcast`` (`hindcast_table`) and ``hindcast_ages`` (`hindcast_ages`).
    """
    result = backtest(
        case,
        base=base,
        target=target,
        earlier=earlier,
        methods=methods,
        schedule=schedule,
        migration_schedule=migration_schedule,
        mortality_pace=mortality_pace,
        engine=engine,
    )
    return {
        "hindcast": hindcast_table(case, result, whole=whole, boundaries=boundaries),
        "hindcast_ages": hindcast_ages(result),
    }
