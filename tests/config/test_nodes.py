"""The text of a scenario file: places, and the traps of YAML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.config.nodes import Tree, parse_yaml, read_yaml
from popsim.config.scalars import number_hint, plain_scalar
from popsim.errors import ConfigError, Problems


def parsed(text: str) -> tuple[Tree | None, str]:
    problems = Problems(ConfigError)
    tree = parse_yaml(text, "a.yaml", problems)
    return tree, "\n".join(str(p) for p in problems)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", "010"),  # YAML 1.1: 8
        ("0330402", "0330402"),  # YAML 1.1: 110850
        ("330402", 330402),
        ("no", "no"),  # YAML 1.1: False
        ("NO", "NO"),
        ("1e-3", 1e-3),  # YAML 1.1: text
        ("1.0e-05", 1e-5),
        (".5", 0.5),
        ("-3", -3),
        ("+3.5", 3.5),
        ("12:30", "12:30"),  # YAML 1.1: 750
        ("2020-11-01", "2020-11-01"),  # YAML 1.1: a date
        ("1_000", "1_000"),  # YAML 1.1: 1000
        ("0x1F", "0x1F"),  # YAML 1.1: 31
        (".", "."),
        ("e5", "e5"),
        ("true", True),
        ("null", None),
        (".inf", float("inf")),
    ],
)
def test_plain_scalar__reads_what_is_written(text: str, value: object) -> None:
    got = plain_scalar(text)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize("name", ["e0", "E5", "e-3", ".e1", "-", "."])
def test_plain_scalar__an_exponent_alone_is_no_number(name: str) -> None:
    """`e0`, life expectancy, is a key of scenario files; once it was read as the number 0."""
    assert plain_scalar(name) == name
    tree, faults = parsed(f"params: {{{name}: {{2035: 84.5}}}}\n")
    assert faults == ""
    assert tree is not None
    assert tree.value == {"params": {name: {2035: 84.5}}}


@given(st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=60, deadline=None)
def test_plain_scalar__every_number_comes_back(number: float) -> None:
    got = plain_scalar(repr(number))
    assert got == number
    assert type(got) is type(number)


@pytest.mark.parametrize(
    ("got", "remedy"),
    [
        ("60%", "write 0.6"),
        ("60％", "write 0.6"),
        ("1,000", "write 1000"),
        ("２０２０", "write 2020"),
        ("yes", "write true or false"),
        ("2020", "write it without quotes"),
        ("many", ""),
    ],
)
def test_number_hint__names_the_slip(got: str, remedy: str) -> None:
    assert number_hint(got) == remedy


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
