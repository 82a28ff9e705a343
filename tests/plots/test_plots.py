"""Pictures: what is drawn is what the tables say, in a font that has every character."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from matplotlib.figure import Figure

from popsim.errors import DataError
from popsim.plots import care_demand, fan_chart, pyramids, share_paths, tile_map, write_figures
from popsim.plots.files import _worth_a_fan
from popsim.plots.style import COLOURS, boundary_text, colour_of, direct_labels, new_figure, wrap
from popsim.plots.tiles import tile_layout
from popsim.results import read_dataset
from popsim.results.parts import boundary_members, find_table, region_names


def texts(figure: Figure) -> str:
    from matplotlib.text import Text

    return "\n".join(t.get_text() for t in figure.findobj(Text))


@pytest.fixture(scope="module")
def indicators(run_folder: Path) -> pd.DataFrame:
    table = find_table(run_folder, "indicators.csv")
    assert table is not None
    return table


def test_share_paths__starts_at_the_census_shares(indicators: pd.DataFrame) -> None:
    # Shares of the 2020 census: 28.12 % on today's boundary, 61.01 % on the expanded one.
    figure = share_paths(indicators, threshold=0.60, target_year=2025)
    starts = {round(float(line.get_ydata()[0]), 1) for line in figure.axes[0].lines[:6]}
    assert starts == {28.1, 61.0}


def test_share_paths__says_unit_boundary_source_and_that_an_aim_is_none(
    indicators: pd.DataFrame,
) -> None:
    members = {"today": "南湖区、秀洲区"}
    figure = share_paths(
        indicators, lang="zh", target_year=2025, source="人口普查2020", members=members
    )
    shown = texts(figure)
    for words in (
        "单位：%",
        "常住人口口径",
        "现行边界＝南湖区、秀洲区",
        "人口普查2020",
        "不是预测",
        "力争60%",
    ):
        assert words in shown.replace("\n", "")


def test_boundary_members__by_name(run_folder: Path) -> None:
    held = boundary_members(read_dataset(run_folder / "projection.nc"), "city_proper", "en")
    assert held["today"] == "Nanhu, Xiuzhou"
    assert held["expanded"] == "Nanhu, Xiuzhou, Jiashan, Haiyan, Pinghu"


def test_share_paths__scenarios_as_their_user_named_them(indicators: pd.DataFrame) -> None:
    assert "我的方案 60.4%" in texts(share_paths(indicators, names={"recent": "我的方案"}))


def test_share_paths__magnifies_only_what_comes_near(indicators: pd.DataFrame) -> None:
    assert len(share_paths(indicators, threshold=0.60).axes) == 2
    today = indicators[indicators["boundary"] != "expanded"]
    assert len(share_paths(today, threshold=0.60).axes) == 1


def test_share_paths__without_rows() -> None:
    empty = pd.DataFrame(columns=["indicator", "group_or_region", "boundary", "value", "year"])
    with pytest.raises(DataError, match="no rows to draw; expected population_share of north"):
        share_paths(empty, group="north")


def test_pyramids__bars_add_to_the_population(run_folder: Path) -> None:
    people = read_dataset(run_folder / "projection.nc")["population"].sel(scenario="recent")
    figure = pyramids(people, years=(2020, 2035))
    drawn = sum(abs(bar.get_width()) for bar in figure.axes[0].patches if hasattr(bar, "get_width"))
    assert drawn == pytest.approx(float(people.sel(year=2035).sum()) / 1e4, rel=1e-9)


def test_care_demand__names_the_scale(run_folder: Path) -> None:
    care = find_table(run_folder, "care.csv")
    assert care is not None
    figure = care_demand(care, lang="en")
    assert len(figure.axes) == 3
    assert "CHARLS 2018 (Zhejiang)" in texts(figure)


def test_care_demand__unknown_place(run_folder: Path) -> None:
    care = find_table(run_folder, "care.csv")
    assert care is not None
    with pytest.raises(DataError, match=r"care.csv: no rows to draw; got 999999, recent"):
        care_demand(care, region="999999")


def test_tile_map__shows_every_county_twice(run_folder: Path, indicators: pd.DataFrame) -> None:
    regions = region_names(read_dataset(run_folder / "projection.nc"))
    shown = texts(tile_map(indicators, regions, lang="zh"))
    assert all(shown.count(name) == 2 for name in regions["name_zh"])


def test_tile_map__missing_county(run_folder: Path, indicators: pd.DataFrame) -> None:
    regions = region_names(read_dataset(run_folder / "projection.nc"))
    short = indicators[indicators["group_or_region"] != "330424"]
    with pytest.raises(DataError, match=r"no share_60plus to draw; got \['330424'\]"):
        tile_map(short, regions)


def test_tile_layout__given_places_win() -> None:
    regions = pd.DataFrame({"tile_row": [1, 0], "tile_column": [2, 1]}, index=["a", "b"])
    assert tile_layout(regions).loc["a"].tolist() == [1, 2]


def test_fan_chart__bands_are_the_quantiles() -> None:
    rows = pd.DataFrame(
        {
            "year": [2020, 2025],
            "unit": "1",
            "q0.1": [0.5, 0.4],
            "q0.5": [0.55, 0.55],
            "q0.9": [0.6, 0.7],
        }
    )
    figure = fan_chart(rows, indicator="population_share", threshold=0.6)
    band = figure.axes[0].collections[0].get_paths()[0].vertices
    assert np.unique(band[:, 1]) == pytest.approx([40.0, 50.0, 60.0, 70.0])


def test_fan_chart__says_what_the_boundary_holds() -> None:
    rows = pd.DataFrame({"year": [2020, 2025], "unit": "1", "q0.1": 0.2, "q0.5": 0.25, "q0.9": 0.3})
    figure = fan_chart(
        rows, indicator="population_share", place="近年趋势", boundary="现行边界",
        members=boundary_text("today", "南湖区、秀洲区", "zh"),
    )  # fmt: skip
    shown = texts(figure)
    assert "现行边界 · 近年趋势" in shown
    assert "边界：现行边界＝南湖区、秀洲区" in shown


def test_fan_chart__needs_pairs() -> None:
    rows = pd.DataFrame({"year": [2020], "unit": "1", "q0.1": [0.5], "q0.8": [0.6]})
    with pytest.raises(DataError, match="no symmetric quantiles"):
        fan_chart(rows, indicator="population_share")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_write_figures__same_bytes_twice_and_no_missing_glyph(run_folder: Path, lang: str) -> None:
    # A character the font lacks would be a warning, and warnings are errors here.
    first = {path.name: path.read_bytes() for path in write_figures(run_folder, lang=lang)}
    second = {path.name: path.read_bytes() for path in write_figures(run_folder, lang=lang)}
    assert first == second
    assert {"share_paths.png", "pyramid.svg", "care_demand.png"} <= set(first)


def test_write_figures__without_care_and_targets(run_folder: Path, tmp_path: Path) -> None:
    for name in ("projection.nc", "indicators.csv"):
        (tmp_path / name).write_bytes((run_folder / name).read_bytes())
    names = {path.stem for path in write_figures(tmp_path)}
    assert "care_demand" not in names
    assert "share_paths" in names


def test_write_figures__coarse_ages_and_no_scenario(tmp_path: Path) -> None:
    people = xr.DataArray(
        np.full((2, 18, 2), 1e5),
        dims=("sex", "age", "year"),
        coords={"sex": ["female", "male"], "age": np.arange(0, 90, 5), "year": [2020, 2030]},
    )
    xr.Dataset({"population": people}).to_netcdf(tmp_path / "projection.nc", engine="h5netcdf")
    assert {path.stem for path in write_figures(tmp_path)} == {"pyramid"}


def test_colour_of__fixed_for_known_scenarios_and_distinct_for_others() -> None:
    order = ["mine", "recent", "yours"]
    assert colour_of("recent", order) == COLOURS[0]
    assert len({colour_of(name, order) for name in order}) == 3


def test_wrap__keeps_numbers_whole_and_marks_off_line_starts() -> None:
    lines = wrap("人口在2020—2035年，单位：万人。", 12)
    assert "".join(lines) == "人口在2020—2035年，单位：万人。"
    assert not any(line[0] in "，。：" for line in lines)


def test_worth_a_fan__the_first_and_what_comes_near_the_aim_once() -> None:
    def path(boundary: str, middle: list[float]) -> pd.DataFrame:
        columns = {"q0.1": -0.02, "q0.5": 0.0, "q0.9": 0.02}
        rows = {name: np.array(middle) + shift for name, shift in columns.items()}
        return pd.DataFrame({"boundary": boundary, "year": [2025, 2035], **rows})

    shares = pd.concat(
        [
            path("today", [0.28, 0.29]),
            path("larger", [0.61, 0.62]),
            path("larger_later", [0.28, 0.62]),
            path("between", [0.40, 0.41]),
        ]
    )
    found = [(name, near) for name, _, near in _worth_a_fan(shares, 0.60)]
    assert found == [("today", False), ("larger", True)]
    assert [name for name, _, _ in _worth_a_fan(shares, None)] == ["today"]


def test_direct_labels__none_over_another_and_all_beside_the_panel() -> None:
    figure = new_figure(6.0, 4.0)
    axes = figure.add_axes((0.1, 0.2, 0.6, 0.6))
    axes.set_ylim(0.0, 100.0)
    rows = [(99.0, "a\n99", "k"), (98.0, "b\n98", "k"), (1.0, "c", "k"), (97.0, "d\nd\n97", "k")]
    direct_labels(axes, 1.0, rows)
    points = 4.0 * 0.6 * 72
    places = {}
    values = {text: value for value, text, _ in rows}
    for mark in axes.texts:
        text = mark.get_text()
        centre = values[text] / 100 * points + mark.get_position()[1]
        half = 1.24 * 9 * (1 + text.count("\n")) / 2
        places[text] = (centre - half, centre + half)
        assert centre - half >= -1e-6
        assert centre + half <= points + 1e-6
    spans = sorted(places.values())
    assert all(lower[1] <= upper[0] + 1e-6 for lower, upper in pairwise(spans))


def test_share_paths__many_scenarios_stay_readable(indicators: pd.DataFrame) -> None:
    first = indicators[indicators["scenario"] == indicators["scenario"].iloc[0]]
    more = [first.assign(scenario=f"s{n}", value=first["value"] + 1e-6 * n) for n in range(12)]
    figure = share_paths(pd.concat([indicators, *more]), lang="en")
    shown = texts(figure)
    assert "s7" not in shown
    assert "12 more scenarios, close to those named" in shown.replace("\n", " ")
