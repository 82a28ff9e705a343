"""From a run folder to one HTML file that needs nothing else."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from popsim.labels import LANGS, catalogue, definition, label_or
from popsim.report.answers import answers, counted, families, needs_told
from popsim.report.assumptions import assumption_rows, settings_told
from popsim.report.content import Both, Names, both
from popsim.report.figures import (
    care_charts,
    pyramid_chart,
    pyramid_data,
    scale_chart,
    share_aim,
    share_charts,
    share_key,
)
from popsim.report.font import font_face
from popsim.report.parts import (
    care_rows,
    county_data,
    county_rows,
    definition_rows,
    fit_rows,
    fit_scope,
    tile_rows,
)
from popsim.report.people import (
    finder_basis,
    finder_rows,
    growth_chart,
    growth_rows,
    hindcast_rows,
    hindcast_verdict,
    hukou_charts,
    hukou_counties,
    hukou_rows,
    of_residents,
    scale_rows,
    scale_sentence,
)
from popsim.report.quality import quality_counties, quality_rows
from popsim.report.sources import sources_used
from popsim.report.uncertainty import draw_count, fan_charts
from popsim.results.parts import boundary_members, find_table
from popsim.sheets import read_run_tables
from popsim.sheets.source import RunTables

__all__ = ["write_report"]

# Tables of a run that the page reads beside those of the planning tables.
BESIDE = (
    "fit", "assumptions", "quality", "hindcast", "boundaries", "scales",
    "urban_growth",
)  # fmt: skip


def write_report(run_folder: Path | str, path: Path | str | None = None, lang: str = "zh") -> Path:
    """Write the report of a run: one HTML file, Chinese and English, made from the folder alone.

    Parameters
    ----------
    run_folder
        The run folder.
    path
        File to write; ``report.html`` in the run folder where not given.
    lang
        Language shown first; the page switches between both.

    Returns
    -------
    Path
        The file. It loads nothing from anywhere and is the same for the same folder.
    """
    folder = Path(run_folder)
    target = Path(path) if path is not None else folder / "report.html"
    page = _environment().get_template("page.html.j2").render(**_context(folder, lang))
    page = re.sub(r"\n\s*\n+", "\n", page)
    target.write_text(page.replace("/*FONT*/", font_face(page)), encoding="utf-8", newline="\n")
    return target


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("popsim.report", "page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["capital"] = _capital
    return environment


def _capital(text: Both | str) -> Both | str:
    """The English of a text with a capital, as it begins a sentence."""
    return text if isinstance(text, str) else Both(text.zh, text.en[:1].upper() + text.en[1:])


def _about(told: Both, settings: Both) -> Both:
    """What a scenario is said to be; its settings in a language in which nothing is said."""
    return Both(told.zh or settings.zh, told.en or settings.en)


def _asset(name: str) -> Markup:
    file = resources.files("popsim.report").joinpath("page", name)
    return Markup(file.read_text(encoding="utf-8"))


def _context(folder: Path, lang: str) -> dict[str, Any]:
    """Everything the template shows."""
    run = of_residents(read_run_tables(folder))
    names = Names(run)
    manifest = run.manifest or {}
    tables = {n: find_table(folder, f"{n}.csv", as_text=True) for n in BESIDE}
    settings = tables["assumptions"]
    used, other = sources_used(manifest, [run.targets, run.care, tables["fit"]])
    title = manifest.get("title") or {}
    name = manifest.get("name") or "popsim"
    titles = {
        g: str(title.get(g) or name) if isinstance(title, dict) else str(title) for g in LANGS
    }
    pyramid, data = _pyramid(run)
    data |= {
        "scenarios": {s: names.scenario(s).pair for s in run.scenarios},
        "counties": county_data(run),
    }
    return {
        "lang": lang,
        "title": titles,
        "both": both,
        "label_or": label_or,
        "css": _asset("page.css"),
        "script": _asset("page.js"),
        "data": Markup(
            json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        ),
        "base_year": run.base_year,
        "last_year": max(run.years),
        "years": run.years,
        "scenarios": [
            (
                s,
                names.scenario(s),
                _about(names.about_scenario(s), settings_told(settings, s, names)),
            )
            for s in run.scenarios
        ],
        "boundaries": _boundaries(run, names),
        "answers": answers(run, names),
        "needs": needs_told(run, names),
        "counted": counted(run),
        "families": families(run, names),
        **_charts(run, names),
        **_people(run, names, tables),
        **_evidence(run, names, tables),
        "counties": county_rows(run, names),
        "pyramid": pyramid,
        "definitions": definition_rows(),
        "sources": used,
        "other_sources": other,
        "manifest": manifest,
        "own_source": both("text.own_projection", year=run.base_year),
    }


def _charts(run: RunTables, names: Names) -> dict[str, Any]:
    """Shares, fans, tiles, and the demand for care."""
    shown = [year for year in run.years if year != run.base_year]
    return {
        "share_charts": share_charts(run, names),
        "share_key": share_key(run, names),
        "fan_charts": fan_charts(run, names, *share_aim(run)),
        "draw_count": draw_count(run),
        "fan_elderly": run.intervals is not None,
        "tiles": tile_rows(run, names),
        "care_charts": care_charts(run),
        "scale_chart": scale_chart(run, shown[0] if shown else run.base_year),
        "care": care_rows(run, names),
    }


def _evidence(
    run: RunTables, names: Names, tables: dict[str, pd.DataFrame | None]
) -> dict[str, Any]:
    """What was fitted, assumed and checked."""
    return {
        "fit": fit_rows(tables["fit"], names),
        "fit_scope": fit_scope(tables["fit"]),
        "assumptions": assumption_rows(tables["assumptions"], names),
        "quality": quality_rows(tables["quality"]),
        "quality_counties": quality_counties(tables["quality"], names),
    }


def _people(run: RunTables, names: Names, tables: dict[str, pd.DataFrame | None]) -> dict[str, Any]:
    """Residents and the registered, the growth of towns, boundaries, scales and the hindcast."""
    growth, scales, hindcast = (tables[n] for n in ("urban_growth", "scales", "hindcast"))
    return {
        "hukou": hukou_rows(run),
        "hukou_counties": hukou_counties(run, names),
        "hukou_charts": hukou_charts(run),
        "growth_chart": growth_chart(growth, run),
        "growth": growth_rows(growth, run),
        "finder": finder_rows(tables["boundaries"], run, names),
        "finder_basis": finder_basis(tables["boundaries"]),
        "scales": scale_rows(scales, run),
        "scales_apart": scale_sentence(scales, run),
        "hindcast": hindcast_rows(hindcast),
        "hindcast_verdict": hindcast_verdict(hindcast),
    }


def _pyramid(run: RunTables) -> tuple[Markup | None, dict[str, Any]]:
    if run.projection is None or not {"sex", "age"} <= set(run.projection["population"].dims):
        return None, {}
    groups = pyramid_data(run.projection)
    years = [int(year) for year in run.projection["year"].to_numpy()]
    return pyramid_chart(run.projection, groups), {"pyramid": groups, "years": years}


def _boundaries(run: RunTables, names: Names) -> list[tuple[Both, Both]]:
    """Each boundary, with the regions its first group holds and what the catalogue says of it."""
    if run.indicators is None:
        return []
    rows = run.indicators[run.indicators["boundary"] != ""]
    if rows.empty:
        return []
    group = str(rows["group_or_region"].iloc[0])
    held = {
        lang: {} if run.projection is None else boundary_members(run.projection, group, lang)
        for lang in LANGS
    }
    found = []
    for name in dict.fromkeys(rows["boundary"]):
        key = f"boundary.{name}"
        told = []
        for lang in LANGS:
            meaning = definition(key, lang) if key in catalogue() else ""
            joiner = "；" if lang == "zh" else "; "
            told.append(joiner.join(filter(None, [held[lang].get(name, ""), meaning])))
        # What a scenario's own boundary holds is said of the scenario.
        if any(told) or name not in run.scenarios:
            found.append((names.boundary(name), Both(*told)))
    return found
