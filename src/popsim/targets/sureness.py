"""How surely: what the draws say of a target's value, as numbers and in words.

Draws hold residents by county and age group, and the prevalence of disability. What a target counts
beside these (registers, urban shares, productivity, water a head) is held: where that decides, a
range is told and no probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from popsim.labels import LANGS, label, label_or, phrase
from popsim.targets.evidence import Evidence, NotComputable
from popsim.targets.measures import MEASURES
from popsim.targets.model import Target

__all__ = ["SURE_COLUMNS", "draws_of", "sureness"]

SURE_COLUMNS = ("lower", "median", "upper", "surely", "surely_zh")
# The 80 % interval that the words speak of, about the median.
QUANTILES = (0.1, 0.5, 0.9)
# Statuses whose value comes out of the projection.
PROJECTED = ("computed", "need_only")
# Beyond these, draws "fewer than 1" and "more than 99" of 100 are said.
FEW, MOST = 0.01, 0.99
SHARES = ("1", "share")


def draws_of(
    target: Target, draws: Evidence | None, boundary: str, definition: str
) -> xr.DataArray | None:
    """The measure on the draws (.., draw, year); None where they cannot answer."""
    measure = MEASURES[target.indicator]
    if draws is None or measure.drawn == "nothing":
        return None
    # Years after the target's do not move it.
    stocks = {k: v.sel(year=v["year"] <= target.year) for k, v in draws.stocks.items()}
    try:
        path = measure.function(replace(draws, stocks=stocks), target, boundary, definition)
    except NotComputable:
        return None
    return path if "draw" in path.dims else None


def _of_scenario(path: xr.DataArray | None, scenario: str, year: int) -> NDArray[np.float64] | None:
    """Values of one scenario in a year (the first year of a path that starts later), by draw."""
    if path is None:
        return None
    if "scenario" in path.dims:
        if scenario not in path["scenario"].to_numpy():
            return None
        path = path.sel(scenario=scenario)
    first = max(year, int(path["year"][0]))
    return path.sel(year=first).to_numpy().astype(float)


def _probability(
    target: Target, row: Mapping[str, Any], values: NDArray[np.float64], base: NDArray[np.float64]
) -> float | str:
    """Share of draws that meet the target: its threshold, or the stock that must cover the need."""
    if MEASURES[target.indicator].drawn != "all" or not isinstance(row["met"], bool | np.bool_):
        return ""
    if isinstance(row["stock"], float):
        return float(np.mean(row["stock"] >= values))
    gap = target.gap(values, base)
    return "" if gap is None else float(np.mean(target.met(gap)))


def sureness(
    target: Target,
    row: Mapping[str, Any],
    sampled: xr.DataArray | None,
    *,
    base_year: int,
    drawn: bool,
) -> dict[str, Any]:
    """Probability, range and words of one row of the table of targets.

    Parameters
    ----------
    target
        The target.
    row
        Its row, judged: scenario, status, met, stock, value_unit.
    sampled
        From `draws_of`.
    base_year
        Year that trends start from.
    drawn
        Whether the run has draws at all.

    Returns
    -------
    dict
        `probability` and `SURE_COLUMNS`; empty where the value is not one of the projection.
    """
    found: dict[str, Any] = dict.fromkeys(("probability", *SURE_COLUMNS), "")
    if row["status"] not in PROJECTED:
        return found
    scenario = str(row["scenario"])
    values = _of_scenario(sampled, scenario, target.year)
    if values is None:
        return found | _words(label(f"text.surely_{_why(row, sampled, drawn)}", g) for g in LANGS)
    base = _of_scenario(sampled, scenario, base_year)
    assert base is not None
    low, middle, high = (float(q) for q in np.quantile(values, QUANTILES))
    probability = _probability(target, row, values, base)
    found |= {"probability": probability, "lower": low, "median": middle, "upper": high}
    return found | _words(_told(target, row, probability, (low, middle, high), g) for g in LANGS)


def _why(row: Mapping[str, Any], sampled: xr.DataArray | None, drawn: bool) -> str:
    """Why no draw answers: no draws, none of registered people, of the scenario, of the count."""
    if not drawn:
        return "none"
    if row["definition"] == "registered":
        return "registered"
    return "other" if sampled is None else "scenario"


def _words(both: Any) -> dict[str, str]:
    return dict(zip((f"surely_{g}" if g == "zh" else "surely" for g in LANGS), both, strict=True))


def _told(
    target: Target,
    row: Mapping[str, Any],
    probability: float | str,
    ends: tuple[float, float, float],
    lang: str,
) -> str:
    """In how many of 100 draws it is met, and between what four fifths of them lie."""
    unit = str(row["value_unit"])
    low, middle, high = (_amount(end, unit, lang) for end in ends)
    if isinstance(probability, str):
        told = phrase("text.surely_range", lang, middle=middle, low=low, high=high)
        if MEASURES[target.indicator].drawn == "people":
            told += ("" if lang == "zh" else " ") + label("text.surely_people", lang)
        return told
    hits = f"{100 * probability:.0f}"
    if probability < FEW:
        hits = label("text.draws_few", lang)
    elif probability > MOST:
        hits = label("text.draws_most", lang)
    return phrase("text.draws", lang, hits=hits, middle=middle, low=low, high=high)


def _amount(value: float, unit: str, lang: str) -> str:
    """A number of the words: shares in per cent, counts from ten thousand in 万 in Chinese."""
    space = "" if lang == "zh" else " "
    if unit in SHARES:
        return f"{100 * value:.2f}{space}%"
    word = label_or(f"unit.{unit}", lang, unit) if unit else ""
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
    if lang == "zh" and abs(value) >= 1e8:
        number = f"{value / 1e8:,.2f}亿"
    elif lang == "zh" and abs(value) >= 1e4:
        number = f"{value / 1e4:,.2f}万"
    return f"{number}{space}{word}" if word else number
