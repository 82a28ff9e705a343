"""Plain YAML scalars to Python values, keeping what planners write as they wrote it.

YAML 1.1 reads ``010`` as 8, ``0330402`` as 110850, ``no`` as False and ``1e-3`` as text. Here a
number is what a reader of the file would call a number, and everything else is text.
"""

from __future__ import annotations

import math
import re

__all__ = ["number_hint", "plain_scalar"]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_REAL = re.compile(r"[-+]?(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][-+]?[0-9]+)?")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_YES_NO = frozenset({"yes", "no", "on", "off", "y", "n"})
_INFINITE = {".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf}


def plain_scalar(text: str) -> str | int | float | bool | None:
    """Value of an unquoted scalar.

    Integers have no leading zero, so codes such as ``0330402`` stay text; reals may be written
    ``0.5``, ``.5``, ``1e-3`` or ``.inf``; only ``true`` and ``false`` are booleans.

    Examples
    --------
    >>> [plain_scalar(s) for s in ["2020", "010", "1e-3", "no", "true", "~", "1.5"]]
    [2020, '010', 0.001, 'no', True, None, 1.5]
    """
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < 400 else text
    if _REAL.fullmatch(text) and any(c.isdigit() for c in re.split("[eE]", text)[0]):
        return float(text)
    return _INFINITE.get(text.lower(), text)


def number_hint(value: object) -> str:
    """Return the remedy for text that stands where a number or a boolean is meant, or nothing.

    Examples
    --------
    >>> number_hint("60%")
    'write 0.6'
    >>> number_hint("1,000")
    'write 1000'
    """
    if not isinstance(value, str):
        return ""
    text = value.strip()
    if text.lower() in _YES_NO:
        return "write true or false"
    half = text.translate(_HALF_WIDTH)
    if half.endswith("%") and _REAL.fullmatch(half[:-1]) and half[:-1]:
        return f"write {float(half[:-1]) / 100:.12g}"
    bare = re.sub(r"[,_ ]", "", half)
    if bare != text and isinstance(plain_scalar(bare), int | float):
        return f"write {bare}"
    if isinstance(plain_scalar(text), int | float):
        return "write it without quotes"
    return ""


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
