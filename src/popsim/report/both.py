"""Texts of the page in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from popsim.labels import LANGS, label, phrase

__all__ = ["Both", "both"]


@dataclass(frozen=True)
class Both:
    """A text in both languages; renders as two spans of which the page shows one."""

    zh: str
    en: str

    def __html__(self) -> str:
        if self.zh == self.en:
            return str(Markup("{}").format(self.zh))
        return str(Markup('<span lang="zh">{}</span><span lang="en">{}</span>').format(*self.pair))

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
