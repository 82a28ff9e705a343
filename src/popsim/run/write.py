"""The run folder: written beside, and moved into place only when complete."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from popsim.config import dump_config
from popsim.results import check_output, make_manifest, write_dataset, write_manifest, write_table
from popsim.results.folder import writing
from popsim.run.compute import Outcome, Progress, compute, quiet
from popsim.run.plan import Plan, make_plan

__all__ = ["RunResult", "check", "run"]


# Moves by edge, sex and age are five times the rest of a projection: with more scenarios than
# these, their sums over sex and age are stored.
MOVES_BY_AGE = 4


@dataclass(frozen=True)
class RunResult:
    """What `run` leaves.

    Parameters
    ----------
    folder
        The run folder.
    verdict
        Rows of `targets.csv`.
    """

    folder: Path
    verdict: list[dict[str, Any]]


def check(path: str | Path, *, missing: bool = False) -> list[str]:
    """Check a scenario file and its case; run nothing.

    Parameters
    ----------
    path
        The scenario file.
    missing
        List also the figures that nobody has published.

    Returns
    -------
    list of str
        What was found in order, a line each.

    Raises
    ------
    PopsimError
        Listing every fault.
    """
    plan = make_plan(path)
    case = plan.case
    lines = [
        f"case {case.name}: {len(case)} arrays, {len(case.frames)} tables, "
        f"{len(case.sources)} sources",
        f"scenarios: {', '.join(s.name for s in plan.scenarios)}",
        f"boundaries: {', '.join(plan.boundaries)}",
        f"targets: {', '.join(t.id for t in plan.targets)}",
    ]
    return lines + (plan.missing() if missing else [])


def run(
    path: str | Path,
    output: str | Path,
    *,
    lang: str | None = None,
    figures: bool = True,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
) -> RunResult:
    """Run a scenario file and leave a run folder.

    Parameters
    ----------
    path
        The scenario file.
    output
        The run folder; an earlier one is replaced when the run is complete, and untouched if it
        fails.
    lang
        ``"zh"`` or ``"en"``, for pictures and report; that of the file by default.
    figures
        Draw figures, workbook and report.
    progress
        Called with the name of each step.
    command
        The command as typed, for the manifest.

    Returns
    -------
    RunResult
    """
    start = time.perf_counter()
    say = progress or quiet
    target = check_output(output)
    say("check")
    plan = make_plan(path, lang=lang)
    outcome = compute(plan, progress)
    language = lang or plan.config.report.lang
    say("writing")
    with writing(target) as folder:
        write_dataset(_stored(plan, outcome), folder / "projection.nc")
        for name, table in outcome.tables.items():
            (folder / name).parent.mkdir(exist_ok=True)
            write_table(table, folder / f"{name}.csv", table=name)
        (folder / "config.yaml").write_text(dump_config(plan.config, target), encoding="utf-8")
        manifest = _manifest(plan, time.perf_counter() - start, command or sys.argv)
        write_manifest(folder, manifest)
        if figures:
            _pictures(folder, language, say)
            write_manifest(folder, manifest)
    rows = outcome.tables["targets"].to_dict("records")
    return RunResult(target, [{str(k): v for k, v in row.items()} for row in rows])


def _stored(plan: Plan, outcome: Outcome) -> xr.Dataset:
    """The projection with its inputs' levels and the names of regions."""
    result = outcome.result
    regions = plan.case.frames["regions"].set_index("region")
    codes = [str(r) for r in result["region"].to_numpy()]
    names: dict[str, tuple[str, list[Any]]] = {
        "region_name": ("region", [str(regions.loc[c, "name_zh"]) for c in codes]),
        "region_name_en": ("region", [str(regions.loc[c, "name_en"]) for c in codes]),
    }
    for name in ("tile_row", "tile_column"):
        if name in regions:
            names[name] = ("region", [int(regions.loc[c, name]) for c in codes])
    years = result["year"].to_numpy()
    inside = plan.case["in_group"].sel(boundary=list(plan.boundaries), region=codes, year=years)
    result = result.assign(in_group=inside.drop_vars("region_name", errors="ignore"))
    if "area_km2" in plan.case:
        result = result.assign(area_km2=plan.case["area_km2"].sel(region=codes))
    if "moves" in result and result.sizes.get("scenario", 1) > MOVES_BY_AGE:
        moves = result["moves"].sum([d for d in ("sex", "age") if d in result["moves"].dims])
        note = f"{MOVES_BY_AGE} scenarios or fewer keep sex and age"
        result = result.assign(moves=moves.assign_attrs(result["moves"].attrs, note=note))
    levels = outcome.inputs[[n for n in ("tfr", "mortality_index") if n in outcome.inputs]]
    return (
        result.merge(levels, join="exact")
        .assign_coords(names)
        .assign_attrs(
            title=plan.config.title.en if plan.config.title else plan.config.name,
            case=plan.config.name,
            config_sha256=plan.config.digest,
            definition="resident population; projection, not a forecast",
        )
    )


def _manifest(plan: Plan, seconds: float, command: Sequence[str]) -> dict[str, Any]:
    config = plan.config
    title = config.title
    tables = {name: array.attrs.get("sha256", "") for name, array in plan.case.items()}
    tables |= {name: frame.attrs.get("sha256", "") for name, frame in plan.case.frames.items()}
    return make_manifest(
        name=config.name,
        config_sha256=config.digest,
        tables=tables,
        seed=config.seed,
        wall_time=seconds,
        command=list(command),
        extra={
            "title": {"zh": title.zh, "en": title.en} if title else {},
            "base_year": config.base_year,
            "last_year": config.last_year,
            "scenarios": [s.name for s in plan.scenarios],
            "boundaries": list(plan.boundaries),
            "definitions": list(plan.definitions),
            "lang": config.report.lang,
            "years": list(config.report.years or ()),
            "sources": {
                key: {"title": s.title, "url": s.url, "grade": s.grade}
                for key, s in plan.case.sources.items()
            },
        },
    )


def _pictures(folder: Path, lang: str, say: Progress) -> None:
    """Figures, workbook and report, from the files of the folder alone."""
    from popsim.plots import write_figures
    from popsim.report import write_report
    from popsim.sheets import write_workbook

    say("figures")
    write_figures(folder, lang=lang)
    say("workbook")
    write_workbook(folder, folder / "tables.xlsx", lang=lang)
    say("report")
    write_report(folder, lang=lang)
