"""A small scenario file to be bent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

BASE = """\
schema: 1
name: small
title: {zh: 小城, en: small town}
data: data
base_year: 2020
last_year: 2035
seed: 14
states: {area: true}
calibration: {first_year: 2021, last_year: 2024}
scenarios:
  recent:
    title: recent
    fertility: {model: path, tfr: {2020: 1.04, 2035: 1}}
    mortality: {model: recent}
    migration: {model: recent, factor: 1e-3}
    levers: [{lever: shock, year: 2025}]
  trend: {extends: recent, migration: {model: trend}}
boundaries: [today, expanded]
targets:
  - T01
  - {id: T32, definition: registered, boundary: expanded}
report: {lang: en, years: [2020, 2035]}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file beside a folder `data`; BASE, with replacements, where no text is given."""
    (tmp_path / "data").mkdir()

    def write(name: str = "a.yaml", text: str = BASE, **swap: str) -> Path:
        for old, new in swap.items():
            text = text.replace(old, new)
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write
