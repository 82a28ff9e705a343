"""The text of a scenario file: places, and the traps of YAML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from popsim.config.nodes import Tree, parse_yaml, read_yaml
from popsim.errors import ConfigError, Problems


def parsed(text: str) -> tuple[Tree | None, str]:
    problems = Problems(ConfigError)
    tree = parse_yaml(text, "a.yaml", problems)
    return tree, "\n".join(str(p) for p in problems)


@pytest.mark.parametrize("name", ["e0", "E5", "e-3", ".e1", "-", "."])
def test_parse_yaml__a_name_like_an_exponent_is_a_key(name: str) -> None:
    """`e0`, life expectancy, is a key of scenario files; once it was read as the number 0."""
    tree, faults = parsed(f"params: {{{name}: {{2035: 84.5}}}}\n")
    assert faults == ""
    assert tree is not None
    assert tree.value == {"params": {name: {2035: 84.5}}}


def test_parse_yaml__every_key_has_its_place() -> None:
    tree, faults = parsed("a: 1\nb:\n  - c: 2\n    d: [3, {e: 4}]\n")
    assert faults == ""
    assert tree is not None
    assert tree.where("b", 0, "d", 1, "e") == "a.yaml:4:13 (b[0].d[1].e)"
    assert tree.where("b", 0, "missing") == "a.yaml:3:5 (b[0].missing)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", r"a\.yaml:3:1 \(a\): repeated key; .*first on line 1"),
        ("a:\n\tb: 1\n", r"a\.yaml:2:1: tab; .*indent with spaces"),
        ("a: 1\nname：x\nb: 2\n", r"a\.yaml:2:5: full-width colon; got name：x"),
        ("a: {b：1}\n", r"a\.yaml:1:\d+.*full-width colon"),
        ("a: [today，expanded]\n", r"a\.yaml:1:5 \(a\[0\]\): full-width comma"),
        ("a: {zh: 甲， en: b}\n", r"a\.yaml:1:.*replace full-width ， by the half-width sign"),
        ("a: !!python/object:os.system x\n", r"a\.yaml:1:.*YAML tag"),
        ("a: &x [*x]\n", r"a\.yaml:1:.*(alias|undefined)"),
        ("base: &b {c: 1}\na: {<<: *b}\n", r"merge key <<.*use `extends`"),
        ("- 1\n", r"a\.yaml:1:1: no keys; got a list"),
        ("", r"no keys; got an empty file"),
        ("a: 1\n---\nb: 2\n", r"single document"),
        ("a: [1, 2\nb: 3\n", r"a\.yaml:2:2.*indentation, brackets, quotes"),
        ("? [a, b]\n: 1\n", r"key that is itself a list"),
        ("[" * 3000, r"nested too deeply"),
    ],
)
def test_parse_yaml__refuses_with_the_place(text: str, message: str) -> None:
    _, faults = parsed(text)
    assert re.search(message, faults), faults


def test_parse_yaml__chinese_punctuation_in_sentences_is_text() -> None:
    tree, faults = parsed("title: {zh: 嘉兴：人口，老龄化}\nnote: |\n  GDP：按管理口径，2021年\n")
    assert faults == ""
    assert tree is not None
    assert tree.value["title"]["zh"] == "嘉兴：人口，老龄化"


def test_parse_yaml__all_faults_at_once() -> None:
    _, faults = parsed("a: 1\na: 2\nb: [x，y]\nb: 1\n")
    assert len(faults.splitlines()) == 3


def test_read_yaml__says_which_byte_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes("a: 1\nname: 嘉兴\n".encode("gb18030"))
    problems = Problems(ConfigError)
    assert read_yaml(path, problems) is None
    with pytest.raises(ConfigError, match=r"gbk\.yaml:2: text is not UTF-8.*encoding UTF-8"):
        problems.raise_if_any()


def test_read_yaml__takes_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_text("a: 1\n", encoding="utf-8-sig")
    tree = read_yaml(path, Problems(ConfigError))
    assert tree is not None
    assert tree.value == {"a": 1}
