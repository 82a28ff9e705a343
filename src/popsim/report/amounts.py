"""Values, gaps and thresholds of targets with their units, and the words of their rows."""

from __future__ import annotations

import pandas as pd

from popsim.labels import LANGS, label, label_or
from popsim.report.both import Both

__all__ = ["amount", "in_both", "is_share", "threshold"]

SHARES = {"share", "1"}
COUNTED = ("_need",)


def _unit(row: pd.Series) -> str:
    """Unit of the value: its own, or that of the threshold."""
    own = row.get("value_unit", "")
    return str(own) if isinstance(own, str) and own else str(row.get("unit", ""))


def is_share(row: pd.Series) -> bool:
    """Whether the value is a share, shown in per cent."""
    unit = _unit(row)
    return unit in SHARES or (not unit and "share" in str(row["indicator"]))


def amount(value: float, row: pd.Series, *, gap: bool = False) -> Both:
    """Return a value with its unit, shares in per cent, gaps of shares in points."""
    unit = _unit(row)
    indicator = str(row["indicator"])
    if indicator.endswith(COUNTED):
        unit = "beds" if "bed" in indicator else "person"
    elif is_share(row):
        if gap:
            number = f"{abs(100 * value):.2f}"
            return Both(
                number + label("unit.points", "zh"), f"{number} {label('unit.points', 'en')}"
            )
        return Both(f"{100 * value:.2f}%", f"{100 * value:.2f} %")
    if unit in {"person", "persons"} and value >= 1e4:
        return Both(f"{value / 1e4:.2f}万人", f"{value:,.0f} {label('unit.persons', 'en')}")
    whole = abs(value) >= 100 or value == round(value)
    number = f"{value:,.0f}" if whole else f"{value:,.2f}"
    words = [label_or(f"unit.{unit}", lang, unit) for lang in LANGS]
    return Both(number + words[0], f"{number} {words[1]}")


def threshold(row: pd.Series) -> Both:
    """The threshold in its own unit, which need not be that of the value."""
    own = row.get("value_unit", row.get("unit", ""))
    if own != row.get("unit", ""):
        row = row.copy()
        row["value_unit"], row["indicator"] = "", ""
    try:
        return amount(float(row["threshold"]), row)
    except ValueError:
        return Both(str(row["threshold"]), str(row["threshold"]))


def in_both(row: pd.Series, column: str) -> Both:
    """Words of a row in both languages; the English stand for both where there are no others."""
    english, chinese = (row.get(name, "") for name in (column, f"{column}_zh"))
    text = english if isinstance(english, str) else ""
    return Both(chinese if isinstance(chinese, str) and chinese else text, text)
