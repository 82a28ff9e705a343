"""Dated events of reclassification (镇改街道、村改居): whole localities that become urban.

A case lists them in `reclassification.csv`; they are laid on the region and the year in which they
happen, beside the yearly share of a lever. Persons are those who lived in the place when the year
began; they are moved as they are, by age, sex and status, and die and bear like everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from popsim.errors import ConfigError, DataError, Problem, Problems

__all__ = ["EVENT_COLUMNS", "event_drivers", "reclassification_events"]

EVENT_COLUMNS = ["region", "year", "place", "persons", "share", "source"]
FILE = "reclassification.csv"


def reclassification_events(table: pd.DataFrame, regions: Sequence[str]) -> pd.DataFrame:
    """Check a table of events.

    Parameters
    ----------
    table
        Columns `EVENT_COLUMNS`: of every event either the persons who lived in the place, or the
        share of the region's rural people; `line` of the file, where it has one.
    regions
        Codes of the regions of the run.

    Returns
    -------
    pd.DataFrame
        The columns `EVENT_COLUMNS`, by year and region.

    Raises
    ------
    DataError
        Unknown regions; both amounts or none; amounts that cannot be meant; no source.

    Examples
    --------
    >>> table = pd.DataFrame({"region": ["a"], "year": [2027], "place": ["East town"],
    ...                       "persons": [12_000.0], "share": [np.nan], "source": ["gazette"]})
    >>> reclassification_events(table, ["a", "b"])["persons"].tolist()
    [12000.0]
    """
    problems = Problems(DataError)
    missing = [name for name in EVENT_COLUMNS if name not in table]
    for name in missing:
        problems.add("missing column", where=FILE, expected=name)
    problems.raise_if_any()
    known = [str(r) for r in regions]
    for i, row in enumerate(table.to_dict("records")):
        where = f"{FILE}:{row.get('line', i + 2)}"
        if str(row["region"]) not in known:
            problems.add(
                "unknown region of a reclassification", where=where, got=row["region"],
                expected=f"one of {', '.join(known)}", remedy="name a county-level region",
            )  # fmt: skip
        given = [name for name in ("persons", "share") if pd.notna(row[name])]
        if len(given) != 1:
            problems.add(
                "a reclassification needs one amount", where=where, got=given or "neither",
                expected="persons or share",
            )  # fmt: skip
        elif given == ["share"] and not 0 <= row["share"] <= 1:
            problems.add(
                "a reclassification larger than the rural population", where=where,
                got=f"share {row['share']:g}", expected="0 to 1",
                remedy="give the share of the region's rural people who live there",
            )  # fmt: skip
        elif given == ["persons"] and not 0 <= row["persons"] < np.inf:
            problems.add("no number of persons", where=where, got=row["persons"], expected=">= 0")
        if not str(row["source"] or "").strip():
            problems.add("row without a source", where=where)
    problems.raise_if_any()
    order = table.assign(region=table["region"].astype(str), year=table["year"].astype(int))
    return order[EVENT_COLUMNS].sort_values(["year", "region"], ignore_index=True)


def event_drivers(
    events: pd.DataFrame, regions: NDArray[Any], periods: NDArray[np.int64]
) -> xr.Dataset:
    """Lay events on regions and periods.

    Parameters
    ----------
    events
        From `reclassification_events`.
    regions
        Labels of the regions.
    periods
        Periods of the run.

    Returns
    -------
    xr.Dataset
        ``reclassified`` (region, period), the share of the rural people, several events in a
        region and year one after the other; ``reclassified_persons`` (region, period), the sum.

    Raises
    ------
    ConfigError
        An event in a year outside the run.
    """
    labels = [str(r) for r in regions]
    first, last = int(periods[0]), int(periods[-1])
    persons = np.zeros((len(labels), periods.size))
    staying = np.ones_like(persons)
    faults = []
    for row in events.to_dict("records"):
        year, region = int(row["year"]), str(row["region"])
        if not first <= year <= last:
            faults.append(
                Problem(
                    "a reclassification in a year outside the run",
                    f"{FILE}, region {region}, {row['place']}",
                    str(year),
                    f"{first}..{last}",
                    "take the event out, or let the run reach its year",
                )
            )
            continue
        place = (labels.index(region), year - first)
        if pd.notna(row["share"]):
            staying[place] *= 1.0 - row["share"]
        else:
            persons[place] += row["persons"]
    if faults:
        raise ConfigError(faults)
    coords = {"region": regions, "period": periods}
    dims = ("region", "period")
    return xr.Dataset(
        {
            "reclassified": (dims, 1.0 - staying),
            "reclassified_persons": (dims, persons, {"units": "person"}),
        },
        coords,
    )
