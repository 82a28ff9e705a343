"""The tables that a run writes beside the projection."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from popsim.errors import ConfigError
from popsim.run.beside import beside_tables
from popsim.run.plan import make_plan
from popsim.targets.evaluation import COLUMNS


@pytest.fixture(scope="module")
def config(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scenario file of Jiaxing, beside a link to its data, to be changed by tests."""
    folder = tmp_path_factory.mktemp("case")
    (folder / "configs").mkdir()
    shutil.copytree(root / "data" / "jiaxing", folder / "data" / "jiaxing")
    path = folder / "configs" / "jiaxing.yaml"
    shutil.copy(root / "configs" / "jiaxing.yaml", path)
    return path


def test_beside_tables__hindcast_and_boundaries_of_jiaxing(config: Path) -> None:
    tables = beside_tables(make_plan(config), pd.DataFrame(columns=COLUMNS))
    assert set(tables) == {"readings", "boundaries", "hindcast", "hindcast_ages"}
    sets = tables["boundaries"].set_index("set")
    assert sets.loc["expanded", "meets_population"]
    assert "share.expanded" in set(tables["hindcast"]["measure"])


def test_make_plan__fault_in_the_hindcast_names_its_place(config: Path) -> None:
    text = config.read_text(encoding="utf-8").replace(
        "  migration_schedule: un_western", "  migration_shedule: un_western"
    )
    other = config.with_name("faulty.yaml")
    other.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"hindcast\.migration_shedule") as error:
        make_plan(other)
    assert "missing parameter migration_schedule" in str(error.value)
    assert "faulty.yaml:" in str(error.value)
