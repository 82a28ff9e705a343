"""Units of published tables, and numbers read from text without a rounding error.

A unit is a word printed in a table (``万人``) and stands for a factor times one canonical unit
(``person``). Text becomes a decimal number first, so 541.10 ten-thousand is exactly 5,411,000.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from popsim.errors import DataError, Problem

__all__ = ["COUNT_UNITS", "UNITS", "convert", "parse_number", "unit_of"]

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)

#: Canonical units that count things: never negative unless a table says it is signed.
COUNT_UNITS = frozenset({"person", "household", "bed", "facility", "birth", "death", "km2", "m2"})

_TABLE: dict[str, dict[str, str]] = {
    # canonical unit: {word: factor}
    "person": {
        "person": "1", "persons": "1", "people": "1", "人": "1", "千人": "1e3", "thousand": "1e3",
        "万人": "1e4", "10k persons": "1e4", "百万人": "1e6", "亿人": "1e8",
    },
    "household": {"household": "1", "households": "1", "户": "1", "万户": "1e4"},
    "bed": {"bed": "1", "beds": "1", "张": "1", "床": "1", "万张": "1e4"},
    "facility": {
        "facility": "1", "facilities": "1", "institution": "1", "institutions": "1", "个": "1",
        "家": "1", "所": "1",
    },
    "1": {
        "1": "1", "share": "1", "ratio": "1", "index": "1", "%": "1e-2", "percent": "1e-2",
        "per1000": "1e-3", "‰": "1e-3", "per100": "1e-2", "per10000": "1e-4", "per100000": "1e-5",
    },
    "yuan": {
        "yuan": "1", "CNY": "1", "元": "1", "千元": "1e3", "万元": "1e4", "百万元": "1e6",
        "亿元": "1e8", "100m CNY": "1e8",
    },
    "yuan month-1": {"yuan month-1": "1", "元/月": "1"},
    "yuan year-1": {"yuan year-1": "1", "元/年": "1", "万元/年": "1e4", "亿元/年": "1e8"},
    "yuan hour-1": {"yuan hour-1": "1", "元/小时": "1"},
    "year": {"year": "1", "years": "1", "岁": "1", "年": "1"},
    "month": {"month": "1", "months": "1", "月": "1"},
    "hour month-1": {"hour month-1": "1", "小时/月": "1"},
    "km2": {
        "km2": "1", "sq_km": "1", "平方公里": "1", "公顷": "1e-2", "ha": "1e-2",
    },
    "m2": {"m2": "1", "平方米": "1", "万平方米": "1e4"},
    "m2 person-1": {"m2 person-1": "1", "平方米/人": "1"},
    "m3": {"m3": "1", "立方米": "1", "万立方米": "1e4", "亿立方米": "1e8"},
    "m3 person-1": {"m3 person-1": "1", "立方米/人": "1"},
    "litre person-1 day-1": {"litre person-1 day-1": "1", "升/人日": "1"},
    "m3 yuan-1": {"m3 yuan-1": "1", "立方米/万元": "1e-4"},
    "m": {"m": "1", "米": "1", "km": "1e3", "公里": "1e3"},
    "person km-2": {"person km-2": "1", "人/平方公里": "1", "persons/km2": "1"},
    "person household-1": {"person household-1": "1", "人/户": "1"},
    "child woman-1": {"child woman-1": "1"},
    "room household-1": {"room household-1": "1", "间/户": "1"},
    "year-1": {"year-1": "1"},
}  # fmt: skip

#: Word -> (canonical unit, exact factor).
UNITS: Mapping[str, tuple[str, Decimal]] = MappingProxyType(
    {
        word: (canonical, Decimal(factor))
        for canonical, words in _TABLE.items()
        for word, factor in words.items()
    }
)


def parse_number(text: str) -> Decimal:
    """Exact value of a printed number.

    Parameters
    ----------
    text
        Digits with at most one decimal point and an exponent; no separators, no ``NaN``.

    Returns
    -------
    decimal.Decimal

    Raises
    ------
    DataError
        Where the text is anything else.

    Examples
    --------
    >>> parse_number("541.10")
    Decimal('541.10')
    >>> parse_number("1,024")
    Traceback (most recent call last):
    popsim.errors.DataError: not a number; got '1,024'; expected digits such as 1234.5. ...
    """
    if not _NUMBER.fullmatch(text):
        remedy = "write plain digits, without separators, units or remarks"
        raise DataError(Problem("not a number", "", repr(text), "digits such as 1234.5", remedy))
    return Decimal(text)


def unit_of(
    word: str, more: Mapping[str, tuple[str, Decimal]] = MappingProxyType({})
) -> tuple[str, Decimal]:
    """Canonical unit and factor of a unit word.

    Parameters
    ----------
    word
        As printed: ``人``, ``万人``, ``%``, ``km2``.
    more
        Units of one case on top of `UNITS`.

    Returns
    -------
    canonical : str
        ``person``, ``1``, ``yuan``, ``km2``, ...
    factor : decimal.Decimal
        Canonical units in one `word`.

    Raises
    ------
    DataError
        Where the word is unknown.

    Examples
    --------
    >>> unit_of("万人")
    ('person', Decimal('1E+4'))
    """
    known = more.get(word) or UNITS.get(word)
    if known is None:
        remedy = "use a word of popsim.tables.units.UNITS, or declare it under `units:`"
        raise DataError(Problem("unknown unit", "", repr(word), "", remedy))
    return known


def convert(text: str, word: str) -> float:
    """Value of printed text in the canonical unit of `word`, rounded once at the very end.

    Parameters
    ----------
    text
        The printed number.
    word
        Its unit.

    Returns
    -------
    float
        The double nearest to the exact product.

    Raises
    ------
    DataError
        Where either is unreadable.

    Examples
    --------
    >>> convert("541.10", "万人")
    5411000.0
    >>> convert("71.3", "%")
    0.713
    """
    _, factor = unit_of(word)
    return float(parse_number(text) * factor)
