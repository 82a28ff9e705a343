"""The main job on the published figures: one run, looked at from every side."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from popsim.config import load_config
from popsim.errors import PopsimError
from popsim.results import read_dataset, read_table
from popsim.run import check, run


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(
        root / "configs" / "jiaxing.yaml", tmp_path_factory.mktemp("runs") / "jx", lang="en"
    ).folder


def share(table: pd.DataFrame, boundary: str, year: int, scenario: str = "recent") -> float:
    rows = table[
        (table["indicator"] == "population_share")
        & (table["group_or_region"] == "city_proper")
        & (table["boundary"] == boundary)
        & (table["definition"] == "resident")
        & (table["year"] == year)
        & (table["scenario"] == scenario)
    ]
    return float(rows["value"].item())


def test_run__leaves_every_file(folder: Path) -> None:
    names = {p.name for p in folder.iterdir()}
    wanted = {
        "manifest.yaml", "config.yaml", "projection.nc", "indicators.csv", "targets.csv",
        "care.csv", "fit.csv", "tables.xlsx", "figures", "report.html",
    }  # fmt: skip
    assert wanted <= names
    assert any((folder / "figures").glob("share*.png"))
    assert any((folder / "figures").glob("pyramid*.png"))


def test_run__shares_of_2020_are_the_published_ones(folder: Path) -> None:
    table = read_table(folder / "indicators.csv")
    # 28.12 % and 61.01 %: census 2020 (statistics page of Xiuzhou district; county volumes).
    assert share(table, "today", 2020) == pytest.approx(0.2812, abs=1e-4)
    assert share(table, "expanded", 2020) == pytest.approx(0.6101, abs=1e-4)


def test_run__counties_add_to_the_city(folder: Path) -> None:
    table = read_table(folder / "indicators.csv")
    people = table[
        (table["indicator"] == "population")
        & (table["boundary"] == "")
        & (table["definition"] == "resident")
    ]
    wide = people.pivot_table(
        index=["scenario", "year"], columns="group_or_region", values="value", aggfunc="sum"
    )
    counties = [c for c in wide.columns if c != "all"]
    assert len(counties) == 7
    assert np.allclose(wide[counties].sum(axis=1), wide["all"], rtol=1e-9)


def test_run__recent_reproduces_the_published_years(folder: Path) -> None:
    fit = pd.read_csv(folder / "fit.csv", dtype={"region": str})
    city = fit[(fit["region"] == "330400") & fit["period"].between(2021, 2024)]
    off = city.set_index(["quantity", "period"])["difference_percent"].abs()
    assert (off["population"] < 0.5).all()
    assert len(off["population"]) == 4
    assert (off["births"] < 3).all()
    assert (off["deaths"] < 3).all()
    urban = city[city["quantity"] == "urban_share"]
    assert ((urban["projected"] - urban["published"]).abs() < 0.01).all()


def test_run__targets_have_a_row_for_every_scenario_and_boundary(folder: Path) -> None:
    table = read_table(folder / "targets.csv")
    first = [
        "target", "title", "indicator", "scenario", "boundary", "definition", "year", "value",
        "threshold", "comparison", "met", "gap", "first_year_met", "source",
    ]  # fmt: skip
    assert table.columns[: len(first)].tolist() == first
    shares = table[(table["target"] == "T01") & (table["definition"] == "resident")]
    assert len(shares) == 3 * 2
    assert not shares.loc[shares["boundary"] == "today", "met"].astype(bool).any()
    beds = table[(table["target"] == "T32") & (table["definition"] == "resident")]
    # 20 beds per 10,000 of 1,042,562 residents aged 60+ at the census of 2020.
    assert beds["census_value"].astype(float).round().unique().tolist() == [2085]
    managed = table[(table["target"] == "T36") & (table["definition"] == "resident")]
    # 72 % of 758,584 residents aged 65+ at the census of 2020.
    assert managed["census_value"].astype(float).round().unique().tolist() == [546180]


def test_run__care_starts_from_the_census_and_names_its_scale(folder: Path) -> None:
    care = read_table(folder / "care.csv")
    columns = ["indicator", "region", "scenario", "year", "value", "unit", "definition", "source"]
    assert care.columns[: len(columns)].tolist() == columns
    census = care[(care["scenario"] == "census") & (care["region"] == "all")]
    census = census.set_index("indicator")["value"]
    assert census["population_60plus"] == pytest.approx(1_042_562)
    # GB 50437 (2018): 40 beds per 1,000; 90-7-3 means 3 % in homes.
    assert census["beds_norm"] == pytest.approx(41_702, abs=0.5)
    assert census["beds_pattern.90-7-3"] == pytest.approx(31_277, abs=0.5)
    need = care[care["indicator"].str.startswith("need_")]
    assert need["indicator"].str.contains(".", regex=False).all()


def test_run__balance_is_in_the_file(folder: Path) -> None:
    stored = read_dataset(folder / "projection.nc")
    people = stored["population"]
    start = people.isel(year=slice(0, -1)).sum(["sex", "age"]).to_numpy()
    end = people.isel(year=slice(1, None)).sum(["sex", "age"]).to_numpy()
    change = (
        stored["births"].sum("sex")
        - stored["deaths"].sum(["sex", "age"])
        + stored["net_migration"].sum(["sex", "age"])
    ).transpose(*people.sum(["sex", "age"]).dims[:-1], "period")
    regions = [d for d in change.dims if d in ("area", "status", "region")]
    axes = tuple(change.dims.index(d) for d in regions)
    moved = (end - start - change.to_numpy()).sum(axis=axes)
    # Moves inside the city sum to nought.
    assert np.allclose(moved, 0.0, atol=1e-6)


def test_run__twice_gives_the_same_tables(root: Path, folder: Path, tmp_path: Path) -> None:
    again = run(root / "configs" / "jiaxing.yaml", tmp_path / "jx", lang="en", figures=False)
    for name in ("indicators.csv", "targets.csv", "care.csv", "fit.csv"):
        assert (again.folder / name).read_bytes() == (folder / name).read_bytes(), name


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_check__one_letter_in_a_key(copy: Path) -> None:
    spoil(copy, "scenarios:", "scenaros:")
    with pytest.raises(PopsimError, match=r"unknown key; got scenaros.*did you mean scenarios"):
        check(copy)


def test_check__an_emptied_cell(copy: Path) -> None:
    table = copy.parents[1] / "data" / "jiaxing" / "population.csv"
    spoil(table, "330402,female,20,2010,34120,", "330402,female,20,2010,,")
    with pytest.raises(PopsimError, match=r"population\.csv:7 \(column value\): missing cell"):
        check(copy)


def test_check__an_unknown_region_and_an_unknown_boundary_at_once(copy: Path) -> None:
    table = copy.parents[1] / "data" / "jiaxing" / "population_by_area.csv"
    spoil(table, "330402,", "330499,")
    spoil(copy, "boundaries: [today, expanded", "boundaries: [todya, expanded")
    with pytest.raises(PopsimError) as caught:
        check(copy)
    assert "330499" in str(caught.value)


def test_run__a_failed_run_leaves_the_old_folder(copy: Path, folder: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(folder, old)
    before = {p.name: p.read_bytes() for p in old.iterdir() if p.is_file()}
    spoil(copy, "migration: {model: none}", "migration: {model: nonsense}")
    with pytest.raises(PopsimError, match="unknown model of migration"):
        run(copy, old)
    assert {p.name: p.read_bytes() for p in old.iterdir() if p.is_file()} == before


def test_configs__all_stand_on_one_calibration(root: Path) -> None:
    base = load_config(root / "configs" / "jiaxing.yaml").calibration
    for name in ("jiaxing_plan.yaml", "jiaxing_policies.yaml"):
        assert load_config(root / "configs" / name).calibration == base, name
