"""The words a person reads, in Chinese and English: one catalogue, `_labels/labels.csv`.

Code carries keys (``pop.60p``, ``scenario.recent``); people read labels. Keys are dotted: the part
before the first dot says what kind of thing is named (``col`` a column header, ``unit`` a unit,
``scenario``, ``boundary``, ``group``, ``indicator``, ``table`` a planning table, ``text`` a
sentence with places to fill); keys of no such kind are terms of the field with their definitions.
No other module holds a user-facing word.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, NamedTuple

from popsim.errors import DataError, Problem

__all__ = [
    "LANGS",
    "Lang",
    "Term",
    "catalogue",
    "definition",
    "full_width",
    "label",
    "label_compound",
    "label_or",
    "phrase",
    "titles",
    "without_brackets",
    "wrap",
]

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, Lang] = ("zh", "en")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# No line begins with one of these.
_CLOSING = frozenset("，。；：、！？）】”’》")


class Term(NamedTuple):
    """One row of the catalogue."""

    key: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Term]:
    """All terms by key, in the order of the file.

    Returns
    -------
    dict[str, Term]
        Shared between callers; not to be changed.

    Examples
    --------
    >>> catalogue()["pop.resident"].zh
    '常住人口'
    """
    source = resources.files("popsim").joinpath("_labels", "labels.csv")
    rows = csv.DictReader(io.StringIO(source.read_text(encoding="utf-8")))
    return {row["key"]: Term(**row) for row in rows}


def _term(key: str, lang: str) -> Term:
    if lang not in LANGS:
        raise DataError(Problem("unknown language", got=lang, expected=" or ".join(LANGS)))
    try:
        return catalogue()[key]
    except KeyError:
        near = difflib.get_close_matches(key, catalogue(), n=3)
        raise DataError(
            Problem(
                "no label of this key",
                where="labels.csv",
                got=key,
                expected=", ".join(near),
                remedy="add a row with zh and en to src/popsim/_labels/labels.csv",
            )
        ) from None


def label(key: str, lang: str) -> str:
    """Return the word for a key.

    Parameters
    ----------
    key
        Key of the catalogue.
    lang
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        The word or phrase.

    Raises
    ------
    DataError
        Where the key or the language is unknown.

    Examples
    --------
    >>> label("dep.old", "zh"), label("dep.old", "en")
    ('老年抚养比', 'old-age dependency ratio')
    """
    term = _term(key, lang)
    return term.zh if lang == "zh" else term.en


def label_or(key: str, lang: str, default: str) -> str:
    """Return the word for a key, or `default` for a name the catalogue cannot know.

    Only for names a user may choose freely: scenarios, boundaries, groups, indicators.

    Examples
    --------
    >>> label_or("scenario.recent", "en", "recent"), label_or("scenario.mine", "en", "mine")
    ('recent pace', 'mine')
    """
    return label(key, lang) if key in catalogue() else default


def label_compound(kind: str, name: str, lang: str) -> str:
    """Return the word for ``stem.qualifier``: the stem, and in brackets the scale or pattern.

    Examples
    --------
    >>> label_compound("care", "need_severe.clhls_adl", "zh")
    '重度失能（CLHLS 六项日常生活活动能力）'
    >>> label_compound("care", "dementia", "en")
    'dementia'
    """
    stem, _, qualifier = name.partition(".")
    word = label_or(f"{kind}.{stem}", lang, stem)
    if not qualifier:
        return word
    inside = label_or(f"scale.{qualifier}", lang, qualifier)
    return f"{word}（{inside}）" if lang == "zh" else f"{word} ({inside})"


def definition(key: str, lang: str) -> str:
    """Return the definition of a term, empty where the catalogue has none in this language.

    Examples
    --------
    >>> definition("dep.old", "en")
    '65+/15-64 (or 60+/15-59)'
    """
    term = _term(key, lang)
    return term.definition_zh if lang == "zh" else term.definition_en


def phrase(key: str, lang: str, **values: object) -> str:
    """Return a sentence of the catalogue with its places filled.

    Parameters
    ----------
    key, lang
        As in `label`.
    values
        One value for each ``{name}`` (with an optional format) in the sentence.

    Raises
    ------
    DataError
        Where a place of the sentence has no value.

    Examples
    --------
    >>> phrase("text.not_computable", "en", needs="GDP by county")
    'not computable: needs GDP by county'
    """
    text = label(key, lang)
    try:
        return text.format(**values)
    except KeyError as missing:
        raise DataError(
            Problem(
                "a place of the sentence has no value", where=key, expected=str(missing.args[0])
            )
        ) from None


def titles(block: Mapping[str, Any], kind: str, lang: str, *, short: bool = True) -> dict[str, str]:
    """Names of the parts of a configuration block, as a user titled them.

    Parameters
    ----------
    block
        Part by its name, e.g. the scenarios of a scenario file; a part may carry
        ``title: {zh, en}`` or a plain ``title``.
    kind
        Kind of key in the catalogue, asked where a part has no title.
    lang
        ``"zh"`` or ``"en"``.
    short
        Whether what stands in brackets at the end of a title is left out, as labels need it.

    Returns
    -------
    dict[str, str]
        Name to show, by name.

    Examples
    --------
    >>> titles({"a": {"title": {"en": "Ring (2030)"}}, "recent": {}}, "scenario", "en")
    {'a': 'Ring', 'recent': 'recent pace'}
    """
    found = {}
    for name, part in block.items():
        title = part.get("title") if isinstance(part, Mapping) else None
        if isinstance(title, Mapping):
            title = title.get(lang)
        text = str(title) if title else label_or(f"{kind}.{name}", lang, str(name))
        found[str(name)] = without_brackets(text) if short else text
    return found


def without_brackets(text: str) -> str:
    """A name less what stands in brackets at its end.

    Examples
    --------
    >>> without_brackets("Ring (2030)"), without_brackets("三环（规划）")
    ('Ring', '三环')
    """
    return re.sub(r"\s*[（(][^（）()]*[）)]$", "", text)


def full_width(text: str) -> str:
    """Chinese text with Chinese marks where marks of the keyboard's half width were typed.

    Text without a Chinese character, numbers and what stands in Latin letters stay as they are.

    Examples
    --------
    >>> full_width("人口普查自评:生活不能自理(全国 2020),占 50 %;1,204人")
    '人口普查自评：生活不能自理（全国 2020），占 50%；1,204人'
    >>> full_width("sex, age (5 years)")
    'sex, age (5 years)'
    """
    if not _HAN.search(text):
        return text
    text = re.sub(r"\(([^()]*)\)", _brackets, text)
    text = re.sub(r"(?<=\d) %", "%", text)
    text = re.sub(r"(?<!\d),\s*|,(?!\d)\s*", "，", text)
    text = re.sub(r"(?<!\d):(?!//)\s*|:(?![\d/])\s*", "：", text)
    return re.sub(r";\s*", "；", text)


def _brackets(match: re.Match[str]) -> str:
    """Brackets of full width about Chinese, and behind a Chinese character."""
    inside, before = match[1], match.string[: match.start()].rstrip()
    wide = _HAN.search(inside) or (before and _HAN.match(before[-1]))
    return f"（{inside}）" if wide else match[0]


def wrap(text: str, columns: int) -> list[str]:
    """Break text into lines of at most `columns` Latin letters, a Chinese character counting two.

    Dashes and quotation marks count two as well: Chinese fonts draw them so.

    Latin words and numbers stay whole, and no line begins with a closing mark.

    Examples
    --------
    >>> wrap("常住人口，2020年", 9)
    ['常住人口，', '2020年']
    """
    lines, room = [""], columns
    for token in re.findall(r"[!-~]+|\s+|.", text):
        size = sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in token)
        if size > room and token not in _CLOSING:
            lines.append("")
            room = columns
            token = token.lstrip()
        lines[-1] += token
        room -= size
    return [line.rstrip() for line in lines if line.strip()]
