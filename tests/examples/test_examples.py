"""The examples run as a user runs them, and print what was published."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


def run(root: Path, name: str, *arguments: str, **environment: str) -> str:
    """Run one example and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(root / "examples" / name), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_census_to_projection__near_what_was_not_fitted(root: Path) -> None:
    printed = run(root, "census_to_projection.py")
    rows = {
        int(year): [float(n.replace(",", "")) for n in re.findall(r"\+ +([\d,]+)", rest)]
        for year, rest in re.findall(r"^(\d{4}) (.*)$", printed, re.MULTILINE)
    }
    assert sorted(rows) == [2020, 2024, 2025, 2030, 2035]
    assert rows[2020][0] == 6468
    # Bulletins of Zhejiang for 2024, not fitted: 66.70 million, 14.94 aged 60+, 10.48 aged 65+.
    assert rows[2024][0] == pytest.approx(6670, rel=0.005)
    assert rows[2024][1] == pytest.approx(1494, rel=0.03)
    assert rows[2024][2] == pytest.approx(1048, rel=0.03)
    assert "Overall: rough" in printed


def test_census_to_projection__is_one_page(root: Path) -> None:
    text = (root / "examples" / "census_to_projection.py").read_text(encoding="utf-8")
    assert text.count("\n") < 60


def test_two_regions__willekens_rogers(root: Path) -> None:
    printed = run(root, "two_regions.py")
    # Willekens & Rogers (1978): 64.90 and 7.58 years; thousands of women 1961; growth 1.0309669.
    assert "born in Slovenia: 64.90 in Slovenia, 7.58 in rest of Yugoslavia" in printed
    assert re.search(r"1961 +832\.8 +8,670\.2", printed)
    assert re.search(r"2001 +1,085\.7 +12,689\.0", printed)
    assert "growth 1.0309669 in five years, 5.578 % in Slovenia" in printed


@pytest.mark.validation
def test_un_replication__first_country_at_hand(root: Path, validation_dir: Path) -> None:
    printed = run(root, "un_replication.py", POPSIM_VALIDATION=str(validation_dir))
    found = dict(re.findall(r"^  (.+?)  +(\d\.\de-\d\d)$", printed, re.MULTILINE))
    assert float(found["total without 100+, worst year"]) < 5e-4
    assert float(found["single ages 0-94, median cell"]) < 2e-4
    assert float(found["births, worst year"]) < 1e-3


def test_un_replication__says_what_is_missing(root: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(root / "examples" / "un_replication.py")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "POPSIM_VALIDATION": str(tmp_path)},
    )
    assert done.returncode != 0
    assert "set POPSIM_VALIDATION" in done.stderr
