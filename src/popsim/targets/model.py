"""The target: an indicator, a year, a comparison, and the words of the plan it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from popsim.errors import ConfigError, Problem, Problems

__all__ = ["COMPARISONS", "THRESHOLD_WORDS", "Comparison", "Target", "targets_from_table"]

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """How a path of values is judged against a threshold.

    Parameters
    ----------
    gap
        `(value, threshold, path) -> gap`; positive or zero where the target is met, in the unit of
        the value. None for kinds that have no number to compare (exists, switch, report).
    threshold
        What the threshold is: ``"number"``, ``"pair"`` or ``"none"``.
    strict
        A gap of zero misses: a trend that stands still has not risen.
    """

    gap: Callable[[Values, Any, Values], Values] | None
    threshold: str = "number"
    strict: bool = False


def _about(value: Values, threshold: tuple[float, float], path: Values) -> Values:
    centre, tolerance = threshold
    return tolerance - np.abs(value - centre)


def _between(value: Values, threshold: tuple[float, float], path: Values) -> Values:
    low, high = threshold
    return np.minimum(value - low, high - value)


# `path` holds the value of the base year: a trend is judged against where it started.
COMPARISONS: dict[str, Comparison] = {
    ">=": Comparison(lambda value, threshold, path: value - threshold),
    "<=": Comparison(lambda value, threshold, path: threshold - value),
    "between": Comparison(_between, "pair"),
    "about": Comparison(_about, "pair"),
    "trend_up": Comparison(lambda value, threshold, path: value - path, "none", strict=True),
    "trend_down": Comparison(lambda value, threshold, path: path - value, "none", strict=True),
    "exists": Comparison(None, "none"),
    "switch": Comparison(None, "none"),
    "report": Comparison(None, "none"),
}


#: Thresholds that the plan names without a number: a need to be met, a cap to be kept.
THRESHOLD_WORDS = ("need", "cap")


@dataclass(frozen=True)
class Target:
    """A target of a plan.

    Parameters
    ----------
    id
        Name of the target, e.g. ``"T01"``.
    indicator
        What is measured: a key of the indicators of `popsim.targets.evaluation`.
    year
        The year it is due.
    at_least, at_most, between, about
        The threshold; at most one of them. `about` is (centre, tolerance).
    comparison
        A key of `COMPARISONS`; derived from the threshold where one is given.
    group
        Group of regions it speaks of; empty for all regions together.
    threshold_word
        What the plan compares with where it gives no number: ``"cap"``, ``"need"``.
    title, title_zh, title_en, family, unit, strength, quote, reading, reading_zh, source
        Words for people: the title, the family of targets, the unit of the threshold, how hard
        the plan means it (力争 strive, 建成 build, ..), the exact quotation, how it is read,
        where it stands.
    register
        What beside the projection it takes: an item of the register of capacity, two with a slash
        for a share, or an input nobody published.
    boundaries, definitions
        Names of the boundaries and definitions (``"resident"``, ``"registered"``) it is judged on;
        empty for all.
    options
        Further parameters of the indicator.

    Examples
    --------
    >>> share = Target("T01", indicator="population_share", group="city_proper", year=2025,
    ...                at_least=0.60)
    >>> share.comparison, share.threshold
    ('>=', 0.6)
    """

    id: str
    indicator: str
    year: int
    at_least: float | None = None
    at_most: float | None = None
    between: tuple[float, float] | None = None
    about: tuple[float, float] | None = None
    comparison: str = ""
    group: str = ""
    threshold_word: str = ""
    title: str = ""
    title_zh: str = ""
    title_en: str = ""
    family: str = ""
    unit: str = ""
    strength: str = ""
    quote: str = ""
    reading: str = ""
    reading_zh: str = ""
    register: str = ""
    source: str = ""
    boundaries: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = {
            ">=": self.at_least,
            "<=": self.at_most,
            "between": self.between,
            "about": self.about,
        }
        named = [k for k, v in given.items() if v is not None]
        problems = Problems(ConfigError)
        where = f"target {self.id}"
        if len(named) > 1:
            problems.add("more than one threshold", where=where, got=named, expected="one")
        if not named and not self.comparison:
            problems.add("no threshold and no comparison", where=where, expected=list(COMPARISONS))
        if self.comparison and self.comparison not in COMPARISONS:
            problems.add(
                "unknown comparison", where=where, got=self.comparison, expected=list(COMPARISONS)
            )
        if named and self.comparison and self.comparison != named[0]:
            problems.add(
                "the comparison contradicts the threshold",
                where=where,
                got=self.comparison,
                expected=named[0],
            )
        problems.raise_if_any()
        if named:
            object.__setattr__(self, "comparison", named[0])

    def met(self, gap: Values) -> NDArray[np.bool_]:
        """Where a gap means that the target is met; nowhere where it is not a number."""
        met: NDArray[np.bool_] = gap > 0 if COMPARISONS[self.comparison].strict else gap >= 0
        return met

    @property
    def threshold(self) -> float | tuple[float, float] | None:
        """The number (or pair of numbers) to compare with; None where there is none."""
        for value in (self.at_least, self.at_most, self.between, self.about):
            if value is not None:
                return value
        return None

    def gap(self, value: Values, base_value: Values) -> Values | None:
        """Distance to the threshold, zero or more where met; None where nothing is compared."""
        rule = COMPARISONS[self.comparison]
        if rule.gap is None or (rule.threshold != "none" and self.threshold is None):
            return None
        # One part in 1e12 of slack: 0.6 reached in exact arithmetic must not fail in binary.
        gap = rule.gap(value, self.threshold, base_value)
        return np.where(np.abs(gap) < 1e-12 * np.maximum(1.0, np.abs(value)), 0.0, gap)


def _threshold(row: Mapping[str, str]) -> dict[str, Any]:
    """Threshold of a row of a targets table as keyword arguments of `Target`."""
    comparison, text = row["comparison"], row["threshold"]
    if COMPARISONS[comparison].threshold == "none" or text == "":
        return {"comparison": comparison}
    if COMPARISONS[comparison].threshold == "pair":
        low, high = (float(part) for part in text.split(".."))
        return {comparison: (low, high)}
    if text in THRESHOLD_WORDS:
        return {"comparison": comparison, "threshold_word": text}
    return {"at_least" if comparison == ">=" else "at_most": float(text)}


def targets_from_table(table: pd.DataFrame, where: str = "targets") -> dict[str, Target]:
    """Targets of a case from its table.

    Parameters
    ----------
    table
        Columns id, title, indicator, group, year, comparison, threshold (a number, ``low..high``,
        ``centre..tolerance``, or empty), unit, strength, quote, reading, source; text.
    where
        Name of the table for messages.

    Returns
    -------
    dict of Target by id

    Raises
    ------
    ConfigError
        Listing every row that cannot be read.
    """
    problems = Problems(ConfigError)
    targets: dict[str, Target] = {}
    for number, raw in enumerate(table.to_dict("records"), 2):
        row = {str(k): "" if v is None or v != v else str(v) for k, v in raw.items()}
        try:
            targets[row["id"]] = Target(
                id=row["id"],
                indicator=row["indicator"],
                year=int(float(row["year"])),
                group=row.get("group", ""),
                title=row.get("title", ""),
                family=row.get("family", ""),
                unit=row.get("unit", ""),
                strength=row.get("strength", ""),
                quote=row.get("quote", ""),
                reading=row.get("reading", ""),
                reading_zh=row.get("reading_zh", ""),
                register=row.get("register", ""),
                source=row.get("source", ""),
                **_threshold(row),
            )
        except ConfigError as error:
            problems.items.extend(error.problems)
        except (KeyError, ValueError) as error:
            problems.items.append(
                Problem(
                    "a target that cannot be read",
                    f"{where}:{number}",
                    f"{type(error).__name__}: {error}",
                    "id, indicator, year, a known comparison, a threshold that fits it",
                )
            )
    problems.raise_if_any()
    return targets
