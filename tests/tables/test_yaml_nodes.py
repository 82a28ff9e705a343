"""The text of `sources.yaml`: what a value means, and what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from popsim.errors import Problems
from popsim.tables.yaml_nodes import read_yaml


def test_read_yaml__quoted_text_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("{code: 010, year: 2020, text: '2020', flag: no, none: ~, truth: true}")
    data = read_yaml(path, Problems()).data
    assert list(data.values()) == ["010", 2020, "2020", "no", None, True]


@pytest.mark.parametrize("text", ["a: &x [*x]\n", "[" * 3000])
def test_read_yaml__without_end_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    problems = Problems()
    assert read_yaml(path, problems).data is None
    assert [str(p) for p in problems.items] == [
        "a.yaml: nested too deeply, or an alias that contains itself. "
        "Remedy: close the brackets, or write the values out"
    ]


def test_read_yaml__a_control_character_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\nb: x\x01y\n")
    problems = Problems()
    assert read_yaml(path, problems).data is None
    assert "a.yaml:2: cannot be read as YAML; got character 0x01" in str(problems.items[0])
