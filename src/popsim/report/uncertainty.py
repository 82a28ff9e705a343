"""What the draws say: how often an aim is reached, and fans about the median."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from popsim.report.amounts import amount
from popsim.report.both import Both, both, headed
from popsim.report.charts import Line, line_chart
from popsim.sheets import RunTables

if TYPE_CHECKING:
    from popsim.report.content import Names

__all__ = ["draw_count", "draw_sentence", "fan_charts"]

# A fan is drawn with the aim in it where the aim is no farther off than this.
NEAR = 0.1


def draw_sentence(row: pd.Series, run: RunTables) -> Both:
    """Say in how many of 100 draws an aim is reached; nothing where there are no draws."""
    try:
        probability = float(str(row.get("probability", "")))
    except ValueError:
        return Both("", "")
    table = run.intervals
    if table is None or probability != probability:
        return Both("", "")
    rows = table[
        (table["indicator"] == row["indicator"])
        & (table["boundary"] == row["boundary"])
        & (table["scenario"] == row["scenario"])
        & (table["definition"] == row["definition"])
        & (table["year"] == int(row["year"]))
    ]
    if len(rows) != 1:
        return Both("", "")
    hits = Both(*(f"{100 * probability:.0f}",) * 2)
    if probability < 0.01:
        hits = both("text.draws_few")
    elif probability > 0.99:
        hits = both("text.draws_most")
    middle, low, high = (amount(float(rows[q].iloc[0]), row) for q in ("q0.5", "q0.1", "q0.9"))
    return both("text.draws", hits=hits, middle=middle, low=low, high=high)


def draw_count(run: RunTables) -> int:
    """Number of draws of the run, 0 where there are none."""
    block = (run.config or {}).get("draws") or {}
    return int(block.get("count", 0))


def fan_charts(run: RunTables, names: Names, aim: float | None, due: int | None) -> list[Markup]:
    """Fans of the shares that come near the aim, and of the elderly of the whole.

    Parameters
    ----------
    run, names
        Parts of the run folder.
    aim, due
        Threshold of the share target in per cent, and its year.

    Returns
    -------
    list of Markup
        Empty where there are no draws.
    """
    table = run.intervals
    if table is None:
        return []
    first = table[table["scenario"] == table["scenario"].iloc[0]]
    charts = []
    shares = first[(first["indicator"] == "population_share") & (first["boundary"] != "")]
    last: dict[tuple[float, ...], None] = {}
    for boundary, rows in shares.groupby("boundary", sort=False):
        # A boundary that grows into one already shown has the same fan at its end.
        end = tuple(rows.loc[rows["year"].idxmax(), ["q0.1", "q0.5", "q0.9"]].round(6))
        if end in last:
            continue
        last[end] = None
        if aim is not None and ((rows["q0.5"] - aim / 100).abs() < NEAR).any():
            where = names.boundary(str(boundary))
            group = names.place(str(rows["group_or_region"].iloc[0]))
            charts.append(_fan(rows, where, 100.0, "%", group, aim=aim, due=due))
    elderly = first[
        (first["indicator"] == "population_60plus") & (first["group_or_region"] == "all")
    ]
    if len(elderly):
        charts.append(_fan(elderly, names.place("all"), 1e-4, ""))
    return charts


def _fan(
    rows: pd.DataFrame,
    place: Both,
    factor: float,
    unit: str,
    group: Both | None = None,
    aim: float | None = None,
    due: int | None = None,
) -> Markup:
    path = rows.sort_values("year")
    years = [int(y) for y in path["year"]]
    of = {q: (factor * path[q]).tolist() for q in ("q0.1", "q0.25", "q0.5", "q0.75", "q0.9")}
    indicator = str(path["indicator"].iloc[0])
    word = both(f"indicator.{indicator}")
    if group is not None:
        word = both("plot.fan.share", group=group)
    title = both("report.fan_title", indicator=word, place=place)
    low, high = min(of["q0.1"]), max(of["q0.9"])
    if aim is not None:
        low, high = min(low, aim), max(high, aim)
    pad = max(0.15 * (high - low), 0.3)
    median = both("plot.fan.median").pair
    return line_chart(
        [Line(years, of["q0.5"], 0, median, f"{of['q0.5'][-1]:.1f}{unit}")],
        title=headed(title, None if unit else both("unit.wan")),
        limits=(low - pad, high + pad),
        unit=unit,
        aim=aim,
        aim_words=both("text.aim", value=f"{aim:.0f}%").pair if aim is not None else ("", ""),
        aim_year=due,
        bands=[(years, of["q0.1"], of["q0.9"]), (years, of["q0.25"], of["q0.75"])],
    )
