"""Assumptions are told in words, once for all scenarios that share them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from popsim.report.assumptions import assumption_rows, settings_told
from popsim.report.content import Names
from popsim.sheets import read_run_tables


@pytest.fixture(scope="module")
def names(run_folder: Path) -> Names:
    return Names(read_run_tables(run_folder))


def table(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["scenario", "kind", "model", "parameters"])


SHARED = table(
    ("recent", "fertility", "recent", ""),
    ("trend", "fertility", "recent", ""),
    ("recent", "migration", "recent", ""),
    ("trend", "lever", "annexation", "year=2025, regions=['330421', '330482'], reclassified=0.1"),
    ("trend", "fertility", "tfr_path", "tfr={2024: 0.95, 2035: 0.8}"),
    ("recent", "draws", "tfr", "sd=0.056, persistence=1, drift_sd=0, scale=log"),
    (
        "",
        "note",
        "floating_area",
        "比为4.42(由330421, 2023推得)。 / The odds are (from 330421).",
    ),
)


def test_assumption_rows__shared_ones_are_told_once(names: Names) -> None:
    found = assumption_rows(SHARED, names)
    assert found is not None
    assert [row[0].en for row in found.rows][:2] == ["all scenarios", names.scenario("recent").en]
    assert len(found.rows) == len(SHARED) - 1


def test_assumption_rows__settings_in_words(names: Names) -> None:
    found = assumption_rows(SHARED, names)
    assert found is not None
    told = {row[2].en: row[3] for row in found.rows}
    annexed = told["county becomes a district"]
    assert annexed.en.startswith("from 2025; counties Jiashan, Pinghu; ")
    assert "嘉善县、平湖市" in annexed.zh
    assert told["a path of the TFR"].pair == (
        "总和生育率 2024年0.95、2035年0.8",
        "TFR 0.95 in 2024, 0.8 in 2035",
    )
    # An error that is none (drift_sd=0) is not told.
    assert told["error of the TFR"].en == (
        "sd of a year's error 0.056; persistence of the error 1; scale logarithm"
    )
    assert told["town and village of the floating"].pair == (
        "比为4.42（由嘉善县，2023推得）。",
        "The odds are (from Jiashan).",
    )


def test_assumption_rows__all_but_one(names: Names) -> None:
    rows = [(name, "mortality", "recent", "") for name in ("a", "b", "c", "d")]
    found = assumption_rows(table(*rows, ("e", "mortality", "constant", "")), names)
    assert found is not None
    assert found.rows[0][0].en == "all scenarios but e"
    assert found.rows[1][0].en == "e"


def test_settings_told__levers_first(names: Names) -> None:
    told = settings_told(SHARED, "trend", names)
    assert told.en.startswith("county becomes a district (from 2025;")
    assert told.en.endswith("a path of the TFR (TFR 0.95 in 2024, 0.8 in 2035)")
    assert not settings_told(SHARED, "recent", names)
