"""The catalogue is complete in both languages, and the code asks for no key it lacks."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from popsim.errors import DataError
from popsim.labels import LANGS, catalogue, definition, label, label_or, phrase

KEY = re.compile(r"""\b(?:label|phrase|definition)\(\s*["']([a-z0-9_.>=<]+)["']""")


def test_label__terms_of_the_field() -> None:
    # Jiaxing's population plan and the national bulletin use these words.
    assert label("pop.resident", "zh") == "常住人口"
    assert label("pop.registered", "zh") == "户籍人口"
    assert label("region.city_proper", "zh") == "市本级"
    assert label("rate.urban_resident", "en") == "urbanisation rate of residents"


def test_catalogue__every_word_in_both_languages() -> None:
    for term in catalogue().values():
        assert term.zh.strip() == term.zh and term.zh, term.key
        assert term.en.strip() == term.en and term.en, term.key


def test_catalogue__places_agree_between_languages() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for term in catalogue().values():
        assert places(term.zh) == places(term.en), term.key


def test_catalogue__keys_are_unique_in_the_file(root: Path) -> None:
    rows = (root / "src/popsim/_labels/labels.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) - 1 == len(catalogue())


def test_catalogue__holds_every_key_the_code_asks_for(root: Path) -> None:
    asked = {
        key
        for path in (root / "src/popsim").rglob("*")
        if path.suffix in {".py", ".j2"} and path.name != "labels.py"
        for key in KEY.findall(path.read_text(encoding="utf-8"))
    }
    assert asked - set(catalogue()) == set()


@pytest.mark.parametrize("lang", LANGS)
def test_definition__differs_from_label(lang: str) -> None:
    assert definition("dep.old", lang) not in {"", label("dep.old", lang)}


def test_label_or__keeps_the_users_own_name() -> None:
    assert label_or("scenario.two_airports", "zh", "two_airports") == "two_airports"


def test_label__unknown_key_names_its_neighbours() -> None:
    with pytest.raises(DataError, match=r"no label of this key; got pop.residnt; .*pop.resident"):
        label("pop.residnt", "zh")


def test_label__unknown_language() -> None:
    with pytest.raises(DataError, match="unknown language; got fr; expected zh or en"):
        label("pop.resident", "fr")


def test_phrase__names_the_place_left_empty() -> None:
    with pytest.raises(DataError, match=r"text.not_computable: .*no value; expected needs"):
        phrase("text.not_computable", "en")


# What a Chinese planner reads in Latin letters: names of studies, methods and of the program.
LATIN = {"popsim", "CLHLS", "CHARLS", "Barthel", "English", "SHA", "LSCP", "MCLP", "SFCA"}
# Where a label says which file or key to fill, that name stands as the user must write it.
NAMES = re.compile(
    r"方案文件 [\w.]+(?: 写入 \w+)?|写入 [\w.]+|\w+\.(?:csv|nc)\b|area_km2|\{[^}]*\}"
)


def test_catalogue__chinese_texts_hold_no_english_words() -> None:
    for term in catalogue().values():
        for text in (term.zh, definition(term.key, "zh")):
            words = set(re.findall(r"[A-Za-z]{3,}", NAMES.sub("", text)))
            assert words <= LATIN, (term.key, text)


def test_catalogue__names_every_step_of_a_run(root: Path) -> None:
    steps = {
        step
        for path in (root / "src/popsim/run").glob("*.py")
        for step in re.findall(r'\bsay\("(\w+)"\)', path.read_text(encoding="utf-8"))
    }
    assert len(steps) >= 8
    assert {f"step.{step}" for step in steps} <= set(catalogue())
