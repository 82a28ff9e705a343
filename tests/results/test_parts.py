"""Parts of a run folder that need not be there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from popsim.errors import DataError
from popsim.results import read_table
from popsim.results.parts import (
    find_config,
    find_manifest,
    find_projection,
    find_table,
    fitted_sources,
    source_titles,
)


def test_find__an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert find_table(tmp_path, "care.csv") is None
    assert find_projection(tmp_path) is None
    assert find_config(tmp_path) == {}
    assert find_manifest(tmp_path) == {}


def test_find_table__a_table_without_rows_is_none(tmp_path: Path) -> None:
    (tmp_path / "care.csv").write_text("indicator,value\n", encoding="utf-8")
    assert find_table(tmp_path, "care.csv") is None


def test_find_table__numbers_by_name_or_all_as_text(tmp_path: Path) -> None:
    path = tmp_path / "intervals.csv"
    path.write_text("region,year,q0.05,p10\n0330402,2025,0.1,\n", encoding="utf-8")
    table = find_table(tmp_path, "intervals.csv")
    assert table is not None
    assert table["region"].tolist() == ["0330402"]
    assert table["q0.05"].tolist() == [0.1]
    assert np.isnan(table["p10"].iloc[0])
    text = find_table(tmp_path, "intervals.csv", as_text=True)
    assert text is not None
    assert text.iloc[0].tolist() == ["0330402", "2025", "0.1", ""]


def test_read_table__a_word_as_threshold_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "targets.csv"
    path.write_text("target,threshold,gap\nT01,0.6,\nT17,cap,\n", encoding="utf-8")
    assert read_table(path)["threshold"].tolist() == ["0.6", "cap"]
    path.write_text("target,threshold,gap\nT01,0.6,near\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"targets\.csv \(gap\): not a number"):
        read_table(path)


def test_fitted_sources__in_order_and_once() -> None:
    fit = pd.DataFrame({"source": ["b; a", "c", "a"], "fitted_to": ["births", "", "deaths"]})
    assert fitted_sources(fit) == ("b", "a")
    assert fitted_sources(None) == ()


def test_source_titles__of_a_list_and_of_a_mapping() -> None:
    listed = {"sources": [{"id": "a", "title": "公报"}]}
    assert source_titles(listed, "zh") == {"a": "公报"}
    assert source_titles({"sources": {"a": {"title": {"zh": "公报"}}}}, "en") == {"a": "公报"}
