"""Values, gaps and thresholds of targets in both languages, and the words of their rows."""

from __future__ import annotations

import pandas as pd

from popsim.labels import LANGS
from popsim.report.both import Both
from popsim.sheets.amounts import SHARES, amount_text, own_unit, threshold_text, words

__all__ = ["amount", "in_both", "is_share", "threshold"]


def is_share(row: pd.Series) -> bool:
    """Whether the value is a share, shown in per cent."""
    return own_unit(row) in SHARES


def amount(value: float, row: pd.Series, *, gap: bool = False) -> Both:
    """Return a value with its unit, shares in per cent, gaps of shares in points without a sign."""
    shown = abs(value) if gap else value
    return Both(*(amount_text(shown, own_unit(row), lang, gap=gap) for lang in LANGS))


def threshold(row: pd.Series) -> Both:
    """The threshold in its own unit, which need not be that of the value."""
    return Both(*(threshold_text(row, lang) for lang in LANGS))


def in_both(row: pd.Series, column: str) -> Both:
    """Words of a row in both languages; the English stand for both where there are no others."""
    return Both(*(words(row, column, lang) for lang in LANGS))
