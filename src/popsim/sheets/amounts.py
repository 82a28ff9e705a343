"""Values, gaps and aims of targets as the field writes them, one place for page, sheet and screen.

A row of ``targets.csv`` carries the unit of its value (`value_unit`) apart from that of its
threshold (`unit`): a share, a bed, a metre. What a reader sees is made here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from popsim.labels import label, label_or

__all__ = [
    "aim_text",
    "amount_text",
    "is_close",
    "number",
    "own_unit",
    "span_text",
    "state_of",
    "threshold_text",
    "truth",
    "words",
]

# A mapping of columns: a dict of a record, or a row of a DataFrame.
Row = Any

# Shares, shown in per cent, with what they are a share of.
SHARES = {
    "share": "",
    "1": "",
    "share of 60+": "share.60plus",
    "share of 65+ residents": "share.65plus",
    "share of towns": "share.towns",
    "share by tier": "share.tier",
}
PERSONS = {"person", "persons"}
# Half a percentage point: county figures of a projection are not known better than that.
CLOSE = 0.005
BARE = {"boolean", "index", "institution", "ratio", ""}
SIGNS = {">=": "≥", "<=": "≤"}
YES_NO = {"true": True, "1": True, "false": False, "0": False}


def number(value: object) -> float | None:
    """A finite number, or None.

    Examples
    --------
    >>> number("0.6"), number(""), number("2..3")
    (0.6, None, None)
    """
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def words(row: Row, column: str, lang: str) -> str:
    """Words of a row in a language; those of the plain column where it has no others.

    Examples
    --------
    >>> words({"reason": "needs: beds", "reason_zh": "需要：床位"}, "reason", "zh")
    '需要：床位'
    """
    for name in (f"{column}_{lang}", column):
        text = row.get(name, "")
        if isinstance(text, str) and text.strip() and text != "nan":
            return text
    return ""


def own_unit(row: Row) -> str:
    """Unit of the value: its own, that of its kind, or that of the threshold."""
    own = words(row, "value_unit", "")
    aim = words(row, "unit", "")
    indicator = str(row.get("indicator", ""))
    if own == "1" and aim in BARE and aim:
        return aim
    if own:
        return own
    if indicator.endswith("_need"):
        return "bed" if "bed" in indicator else "person"
    return aim or ("share" if "share" in indicator else "")


def amount_text(value: object, unit: str, lang: str, *, gap: bool = False) -> str:
    """A number with its unit: shares in per cent, people in 万人, text as it stands.

    Parameters
    ----------
    value
        A number, or text that stays as it is.
    unit
        As in the tables of a run.
    lang
        ``"zh"`` or ``"en"``.
    gap
        Whether it is a difference: shares differ by points.

    Examples
    --------
    >>> amount_text(0.2881, "share", "en"), amount_text(-0.3119, "1", "en", gap=True)
    ('28.81 %', '-31.19 points')
    >>> amount_text(5_410_000, "person", "zh"), amount_text(1.887e9, "m3 a year", "zh")
    ('541.00万人', '18.87亿立方米/年')
    >>> amount_text("2..3", "homes per county", "zh")
    '2—3家/县（市、区）'
    """
    found = number(value)
    space = "" if lang == "zh" else " "
    word = "" if unit in BARE else label_or(f"unit.{unit}", lang, unit)
    if found is None:
        text = str(value)
        if text in ("", "nan", "None", "<NA>"):
            return ""
        return f"{text.replace('..', '—')}{space if word else ''}{word}"
    if unit in SHARES:
        qualifier = f"{space}{label(SHARES[unit], lang)}" if SHARES[unit] else ""
        sign = label("unit.points", lang) if gap else "%"
        return f"{100 * found:.2f}{space}{sign}{qualifier}"
    size = abs(found)
    if unit in PERSONS and lang == "zh" and size >= 1e4:
        return f"{found / 1e4:.2f}{label('unit.wan', lang)}"
    if size >= 1e8:
        text = f"{found / 1e8:.2f}亿" if lang == "zh" else f"{found / 1e9:.2f} billion"
    else:
        text = f"{found:,.{0 if size >= 100 or found == round(found) else 2}f}"
    return f"{text}{space if word and word != '%' else ''}{word}"


def span_text(rows: Iterable[Row], column: str, lang: str) -> str:
    """Least and greatest value of a column over rows, once where they are the same.

    Examples
    --------
    >>> rows = [{"value": 2660, "value_unit": "bed"}, {"value": 2424, "value_unit": "bed"}]
    >>> span_text(rows, "value", "en"), span_text(rows[:1], "value", "zh")
    ('2,424 — 2,660 beds', '2,660张')
    """
    held = [(n, own_unit(row)) for row in rows if (n := number(row.get(column, ""))) is not None]
    if not held:
        return ""
    low, high = (amount_text(value, unit, lang) for value, unit in (min(held), max(held)))
    if low == high:
        return high
    bare = re.split(r"(?<=\d)(?=[^\d.,])", low, maxsplit=1)
    same = len(bare) == 2 and high.endswith(bare[1])
    return f"{bare[0] if same else low} — {high}"


def threshold_text(row: Row, lang: str) -> str:
    """The threshold in its own unit; words such as a cap as words.

    Examples
    --------
    >>> threshold_text({"threshold": "0.72", "unit": "share of 65+ residents"}, "zh")
    '72.00%（65岁及以上常住人口）'
    >>> threshold_text({"threshold": "cap", "unit": "m3/yr"}, "en")
    'the cap on water use'
    """
    text = str(row.get("threshold", ""))
    if text in ("cap", "need"):
        return label(f"threshold.{text}", lang)
    unit = words(row, "unit", "")
    return amount_text(text, unit or own_unit(row), lang)


def aim_text(row: Row, lang: str) -> str:
    """What the target asks for, in a few signs: at least so much, a rise, to exist.

    Examples
    --------
    >>> aim_text({"comparison": ">=", "threshold": "20.0", "unit": "beds per 10,000"}, "zh")
    '≥ 20张/万人'
    >>> aim_text({"comparison": "trend_up", "threshold": ""}, "en")
    'to rise'
    """
    comparison = str(row.get("comparison", ""))
    limit = threshold_text(row, lang)
    if comparison in SIGNS and limit:
        return f"{SIGNS[comparison]} {limit}"
    word = label_or(f"cmp.{comparison}", lang, comparison) if comparison else ""
    return limit if limit and comparison == "between" else word


def truth(value: object) -> bool | None:
    """Yes, no, or not said, whatever a table made of it.

    Examples
    --------
    >>> truth("True"), truth(False), truth("")
    (True, False, None)
    """
    return YES_NO.get(str(value).strip().lower())


def is_close(row: Row) -> bool:
    """Whether a share comes so near its threshold that the answer may not be trusted.

    Examples
    --------
    >>> is_close({"gap": "0.0009", "value_unit": "1", "met": "True", "comparison": ">="})
    True
    """
    gap = number(row.get("gap"))
    judged = gap is not None and own_unit(row) in SHARES and str(row.get("comparison")) in SIGNS
    return judged and abs(gap or 0.0) < CLOSE


def state_of(row: Row, lang: str) -> str:
    """What a row has to say of its target, in words: met, not met, or what is known.

    Examples
    --------
    >>> state_of({"met": "True", "comparison": "trend_up"}, "en")
    'rises'
    >>> state_of({"met": "", "status": "need_only"}, "zh")
    '已算出需求量，缺现有数'
    """
    met = truth(row.get("met"))
    if met is not None:
        rising = str(row.get("comparison")) == "trend_up"
        falling = str(row.get("comparison")) == "trend_down"
        if rising or falling:
            return label("status.rises" if met == rising else "status.falls", lang)
        return label("status.met" if met else "status.not", lang)
    status = words(row, "status", "") or (
        "computed" if number(row.get("value")) is not None else "not_computable"
    )
    return label_or(f"status.{status}", lang, status)
