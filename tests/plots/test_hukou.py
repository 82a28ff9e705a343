"""Pictures of residents and the registered, of urban growth, and of the hindcast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from popsim.errors import DataError
from popsim.plots import hindcast_chart, hukou_chart, urban_growth_chart
from popsim.results.subjects import growth_parts


def texts(figure: Figure) -> str:
    return "\n".join(t.get_text() for t in figure.findobj(Text))


def people(indicator: str, values: list[float], definition: str = "") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator": indicator, "group_or_region": "all", "boundary": "", "unit": "person",
            "scenario": "recent", "year": [2020, 2025], "value": values, "definition": definition,
        }
    )  # fmt: skip


def growth() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "scenario": "recent",
            "region": ["a", "b", "all"] * 2,
            "period": ["2021"] * 3 + ["2022"] * 3,
            "natural": ["1e4", "-3e4", "-2e4"] * 2,
            "migration": ["5e4", "1e4", "6e4"] * 2,
            "reclassification": ["0", "0", "0"] * 2,
        }
    )


def test_hukou_chart__residents_and_the_registered_apart() -> None:
    # Jiaxing 2020: 541.10 ten-thousand residents, 367.38 registered at the end of the year.
    table = pd.concat(
        [
            people("population", [5.411e6, 5.6e6], "resident"),
            people("population", [3.6738e6, 3.8e6], "registered"),
            people("registered_population", [3.6738e6, 3.8e6]),
            people("urban_share", [0.7134, 0.75], "resident"),
            people("registered_urban_share", [0.62, 0.67]),
        ]
    )
    figure = hukou_chart(table, lang="zh")
    starts = [float(np.asarray(line.get_ydata())[0]) for line in figure.axes[0].lines]
    assert starts == pytest.approx([541.10, 367.38])
    assert "户籍人口＝户籍常住人口＋外出户籍人口" in texts(figure).replace("\n", "")
    assert "单位：万人、%" in texts(figure).replace("\n", "")


def test_hukou_chart__needs_the_registered() -> None:
    with pytest.raises(DataError, match="registered_population"):
        hukou_chart(people("population", [5.4e6, 5.5e6], "resident"))


def test_growth_parts__regions_add_and_the_sum_is_not_counted_twice() -> None:
    parts = growth_parts(growth(), "recent")
    assert parts.loc[[2021]].to_numpy().ravel().tolist() == [-2e4, 6e4, 0.0]


def test_urban_growth_chart__bars_stack_to_the_line() -> None:
    figure = urban_growth_chart(growth(), lang="en")
    line = figure.axes[0].lines[0]
    assert np.asarray(line.get_ydata()) == pytest.approx([4.0, 4.0])
    assert "reclassification" in texts(figure)


def test_hindcast_chart__names_each_method() -> None:
    rows = [
        [m, r, measure, 2020, 1.0, 1.0, error, "person" if measure == "population" else "1", ""]
        for m, e in (("cohort_component", 0.9), ("linear", 0.4))
        for r, measure, error in (
            ("330400", "population", e),
            ("mean_of_regions", "mape_total", 13.0),
        )
    ]
    columns = ["method", "region", "measure", "year", "value", "observed", "error_percent", "unit",
               "note"]  # fmt: skip
    figure = hindcast_chart(pd.DataFrame(rows, columns=columns), lang="zh", launch=2010)
    shown = texts(figure)
    assert "以2010年普查为出发点推算至2020年" in shown
    assert "边界：全市、各县（市、区）" in shown
    assert "队列要素法" in shown
    assert "线性趋势" in shown
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "全市误差（%）",
        "各地平均绝对误差（%）",
    ]  # a measure that no method knows has no panel
