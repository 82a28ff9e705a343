"""All pictures of a run folder, written into its `figures/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from popsim.labels import label, label_or, phrase, titles
from popsim.plots.care import care_demand
from popsim.plots.fan import fan_chart
from popsim.plots.hindcast import hindcast_chart
from popsim.plots.hukou import hukou_chart, urban_growth_chart
from popsim.plots.pyramid import pyramids
from popsim.plots.shares import share_paths
from popsim.plots.style import boundary_text, save
from popsim.plots.tiles import tile_map
from popsim.results.parts import (
    boundary_members,
    find_config,
    find_manifest,
    find_table,
    fitted_sources,
    region_names,
    source_titles,
)
from popsim.results.store import read_dataset

__all__ = ["draw_figures", "write_figures"]

# A fan has the aim in it where its median comes as near as this.
NEAR = 0.1


def write_figures(
    run_folder: Path | str, *, lang: str = "zh", years: tuple[int, int] | None = None
) -> list[Path]:
    """Draw every picture the files of a run folder allow, as PNG and SVG.

    Parameters
    ----------
    run_folder
        Holds `projection.nc`, `indicators.csv` and, where there are any, `care.csv` and
        `targets.csv`.
    lang
        ``"zh"`` or ``"en"``.
    years
        First and last year of the pyramids and tile maps; the first and last of the projection
        where not given.

    Returns
    -------
    list[Path]
        The files, in `run_folder/figures`.

    Raises
    ------
    DataError
        Where the folder holds no projection.
    """
    folder = Path(run_folder)
    target = folder / "figures"
    target.mkdir(exist_ok=True)
    written: list[Path] = []
    for name, figure in draw_figures(folder, lang=lang, years=years).items():
        written += save(figure, target / name)
    return written


def draw_figures(
    run_folder: Path, *, lang: str = "zh", years: tuple[int, int] | None = None
) -> dict[str, Figure]:
    """Return the pictures of a run folder by file name, without writing them."""
    projection = read_dataset(run_folder / "projection.nc")
    people = projection["population"]
    span = years or (int(people["year"].min()), int(people["year"].max()))
    source = source_line(run_folder, span[0], lang)
    scenario = str(people["scenario"].to_numpy()[0]) if "scenario" in people.dims else ""
    names = titles(find_config(run_folder).get("scenarios") or {}, "scenario", lang)
    words: dict[str, Any] = {"lang": lang, "source": source, "names": names}
    figures: dict[str, Figure] = {}
    indicators = _of_residents(find_table(run_folder, "indicators.csv"))
    targets = find_table(run_folder, "targets.csv")
    if indicators is not None:
        figures |= _from_indicators(indicators, targets, projection, span, words)
    figures["pyramid"] = pyramids(
        people.sel(scenario=scenario) if scenario else people,
        lang=lang,
        years=span,
        place=label_or("place.all", lang, ""),
        scenario=names.get(scenario) or label_or(f"scenario.{scenario}", lang, scenario),
        source=source,
    )
    intervals = find_table(run_folder, "intervals.csv")
    if intervals is not None:
        draws = find_config(run_folder).get("draws") or {}
        figures |= _fans(
            intervals, share_target(targets), words, int(draws.get("count", 0)), projection
        )
    care = find_table(run_folder, "care.csv")
    if care is not None and not care.empty:
        figures["care_demand"] = care_demand(care, **words)
    return figures | _of_status_and_past(run_folder, indicators, words)


def _of_residents(indicators: pd.DataFrame | None) -> pd.DataFrame | None:
    """Rows on residents, and those of indicators that have one definition only."""
    if indicators is None or "definition" not in indicators:
        return indicators
    return indicators[indicators["definition"].isin(["resident", ""])]


def _of_status_and_past(
    run_folder: Path, indicators: pd.DataFrame | None, words: dict[str, Any]
) -> dict[str, Figure]:
    """Pictures of a run with hukou states, of urban growth, and of the hindcast."""
    figures: dict[str, Figure] = {}
    if indicators is not None and (indicators["indicator"] == "registered_population").any():
        figures["hukou"] = hukou_chart(indicators, **words)
    growth = find_table(run_folder, "urban_growth.csv")
    if growth is not None:
        figures["urban_growth"] = urban_growth_chart(growth, **words)
    hindcast = find_table(run_folder, "hindcast.csv")
    if hindcast is not None:
        figures["hindcast"] = hindcast_chart(
            hindcast, lang=words["lang"], launch=_launch(find_config(run_folder))
        )
    return figures


def _launch(config: dict[str, Any]) -> int:
    """Year of the census that the hindcast of a scenario file starts from."""
    from popsim.backtest.table import LAUNCH

    return int((config.get("hindcast") or {}).get("base", LAUNCH))


def _from_indicators(
    indicators: pd.DataFrame,
    targets: pd.DataFrame | None,
    projection: xr.Dataset,
    years: tuple[int, int],
    words: dict[str, Any],
) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    lang = words["lang"]
    regions = region_names(projection)
    threshold, due = share_target(targets)
    shares = indicators[indicators["indicator"] == "population_share"]
    groups = list(dict.fromkeys(shares[shares["boundary"] != ""]["group_or_region"]))
    group = "city_proper" if "city_proper" in groups else next(iter(groups), "")
    if group:
        figures["share_paths"] = share_paths(
            indicators,
            threshold=threshold,
            target_year=due,
            group=group,
            members=boundary_members(projection, group, lang),
            **words,
        )
    for name in ("share_60plus", "population"):
        if (indicators["indicator"] == name).any() and len(regions) > 1:
            figures[f"tiles_{name}"] = tile_map(
                indicators, regions, indicator=name, years=years, **words
            )
    return figures


def _fans(
    intervals: pd.DataFrame,
    aim: tuple[float | None, int | None],
    words: dict[str, Any],
    count: int,
    projection: xr.Dataset,
) -> dict[str, Figure]:
    """Fans of the elderly of the whole, and of a group's share where a fan tells something."""
    figures: dict[str, Figure] = {}
    lang, names = words["lang"], words["names"]
    drawn = [phrase("plot.fan.note", lang, count=f"{count:,}")] if count else []
    shown = [c for c in intervals if c not in ("q0.05", "q0.95")]
    for scenario, rows in intervals[shown].groupby("scenario", sort=False):
        common: dict[str, Any] = {
            "lang": lang,
            "place": names.get(str(scenario)) or str(scenario),
            "source": words["source"],
        }
        elderly = rows[
            (rows["indicator"] == "population_60plus") & (rows["group_or_region"] == "all")
        ]
        if len(elderly):
            figures[f"fan_60plus_{scenario}"] = fan_chart(
                elderly,
                indicator="population_60plus",
                boundary=label_or("place.all", lang, ""),
                notes=[*drawn, label("report.fan_elderly", lang)],
                **common,
            )
        shares = rows[(rows["indicator"] == "population_share") & (rows["boundary"] != "")]
        for boundary, part, near in _worth_a_fan(shares, aim[0]):
            group = str(part["group_or_region"].iloc[0])
            held = boundary_members(projection, group, lang).get(boundary, "")
            beyond = aim[0] is not None and not near
            figures[f"fan_share_{boundary}_{scenario}"] = fan_chart(
                part,
                indicator="population_share",
                threshold=aim[0] if near else None,
                target_year=aim[1],
                group=label_or(f"group.{group}", lang, group),
                boundary=label_or(f"boundary.{boundary}", lang, names.get(boundary) or boundary),
                members=boundary_text(boundary, held, lang, names),
                notes=[*drawn, *([_beyond(aim[0], lang)] if beyond else [])],
                **common,
            )
    return figures


def _beyond(aim: float | None, lang: str) -> str:
    """Sentence on an aim that lies outside the scale of a fan."""
    return phrase("plot.fan.beyond", lang, aim=f"{100 * (aim or 0.0):g}%")


def _worth_a_fan(
    shares: pd.DataFrame, threshold: float | None
) -> list[tuple[str, pd.DataFrame, bool]]:
    """Boundaries to draw: the first, and those near the aim that do not end as one before.

    Far from the aim a fan says no more than the probability in the table: none, or all.
    """
    found: list[tuple[str, pd.DataFrame, bool]] = []
    ends: set[tuple[float, ...]] = set()
    for number, (boundary, part) in enumerate(shares.groupby("boundary", sort=False)):
        near = threshold is not None and (part["q0.5"] - threshold).abs().min() < NEAR
        last = part[part["year"] == part["year"].max()].iloc[0]
        end = tuple(round(float(last[q]), 6) for q in ("q0.1", "q0.5", "q0.9"))
        if end not in ends and (near or number == 0):
            found.append((str(boundary), part, near))
        ends.add(end)
    return found


def share_target(targets: pd.DataFrame | None) -> tuple[float | None, int | None]:
    """Threshold and year of the target on a share of the population; None where there is none."""
    if targets is None:
        return None, None
    rows = targets[targets["indicator"] == "population_share"]
    numbers = pd.to_numeric(rows["threshold"], errors="coerce").dropna()
    if numbers.empty:
        return None, None
    row = rows.loc[numbers.index[0]]
    return float(numbers.iloc[0]), int(row["year"])


def source_line(run_folder: Path, base_year: int, lang: str) -> str:
    """Name what made the numbers, and the published figures they were fitted to."""
    known = source_titles(find_manifest(run_folder), lang)
    keys = fitted_sources(find_table(run_folder, "fit.csv", as_text=True))
    titles = [known.get(key, key) for key in keys]
    own = phrase("text.own_projection", lang, year=base_year)
    if not titles:
        return own
    joiner = "、" if lang == "zh" else ", "
    return own + phrase("text.fitted_to", lang, sources=joiner.join(titles))
