"""Texts of the page in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from popsim.labels import LANGS, label, phrase

__all__ = ["Both", "both", "headed", "listed"]


@dataclass(frozen=True)
class Both:
    """A text in both languages; renders as two spans of which the page shows one."""

    zh: str
    en: str

    def __html__(self) -> str:
        # No line breaks between a number and its sign.
        zh, en = (text.replace(" %", "\N{NO-BREAK SPACE}%") for text in self.pair)
        if zh == en:
            return str(Markup("{}").format(zh))
        return str(Markup('<span lang="zh">{}</span><span lang="en">{}</span>').format(zh, en))

    def __bool__(self) -> bool:
        return bool(self.zh)

    @property
    def pair(self) -> tuple[str, str]:
        """Return (zh, en)."""
        return (self.zh, self.en)


def both(key: str, **values: Any) -> Both:
    """Sentence or word of the catalogue in both languages.

    Values that are `Both` go in by language.

    Examples
    --------
    >>> both("text.aim", value="60%").en
    'aim 60%'
    """
    texts = []
    for lang in LANGS:
        filled = {k: getattr(v, lang) if isinstance(v, Both) else v for k, v in values.items()}
        text = phrase(key, lang, **filled) if values else label(key, lang)
        sentence = key.startswith(("text.verdict", "text.draws"))
        texts.append(text[0].upper() + text[1:] if sentence else text)
    return Both(*texts)


def listed(words: Iterable[Both]) -> Both:
    """Several words as one list.

    Examples
    --------
    >>> listed([Both("甲", "a"), Both("乙", "b")]).pair
    ('甲、乙', 'a, b')
    """
    held = list(words)
    return Both("、".join(w.zh for w in held), ", ".join(w.en for w in held))


def headed(title: Both, unit: Both | None = None) -> tuple[str, str]:
    """Title of a chart with its unit, the English with a capital.

    Examples
    --------
    >>> headed(Both("床位（按标准）", "beds wanted (by norm)"), Both("张", "beds"))
    ('床位（按标准，张）', 'Beds wanted (by norm, beds)')
    """
    zh, en = title.zh, title.en[:1].upper() + title.en[1:]
    if unit is None:
        return zh, en
    return (
        f"{zh[:-1]}，{unit.zh}）" if zh.endswith("）") else f"{zh}（{unit.zh}）",
        f"{en[:-1]}, {unit.en})" if en.endswith(")") else f"{en} ({unit.en})",
    )
