"""The verbs `targets` and `compare`: what a run folder holds, in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from popsim.cli.options import (
    debug_option,
    lang_option,
    run_argument,
    run_language,
    scenario_titles,
)

__all__ = ["compare_command", "targets_command"]


@click.command("targets", short_help="Show the verdict of a run folder.")
@run_argument
@lang_option
@click.option("--scenario", help="Only this scenario.")
@click.option("--strict", is_flag=True, help="Exit with 3 if a target is missed.")
@debug_option
def targets_command(folder: Path, lang: str | None, scenario: str | None, strict: bool) -> int:
    """Show the verdict of RUN: every target by scenario, boundary and definition."""
    from popsim.cli.verdict import missed, show_verdict
    from popsim.results import read_run

    run = read_run(folder)
    rows: list[dict[str, Any]] = [
        {str(k): v for k, v in row.items()} for row in run.targets.to_dict("records")
    ]
    if scenario is not None:
        known = sorted({str(row["scenario"]) for row in rows if row["scenario"]})
        _refuse_unknown("scenario", scenario, known)
        rows = [row for row in rows if row["scenario"] == scenario]
    words = run_language(lang, run.config)
    show_verdict(rows, words, scenario_titles(run.config, words))
    return 3 if strict and missed(rows) else 0


@click.command("compare", short_help="Set the scenarios of a run side by side.")
@run_argument
@click.argument("scenarios", nargs=-1)
@click.option("--indicator", "indicators", multiple=True, help="Only this one; may be repeated.")
@click.option("--region", "regions", multiple=True, help="Region code, group, or all.")
@click.option("--year", "years", type=int, multiple=True, help="Years; those of the report else.")
@click.option("--definition", type=click.Choice(["resident", "registered"]), default="resident")
@click.option("--csv", "csv", type=click.Path(path_type=Path), help="Write the table to a file.")
@lang_option
@debug_option
def compare_command(
    folder: Path,
    scenarios: tuple[str, ...],
    indicators: tuple[str, ...],
    regions: tuple[str, ...],
    years: tuple[int, ...],
    definition: str,
    csv: Path | None,
    lang: str | None,
) -> int:
    """Set SCENARIOS of RUN side by side (all of them where none is named).

    With two, the last column is the second less the first. Without --indicator and --region the
    screen shows the main indicators of the whole and of the groups; the file holds all.
    """
    from popsim.results import read_run, side_by_side, write_table

    run = read_run(folder)
    report = run.config.get("report") or {}
    table = side_by_side(
        run.indicators,
        scenarios=scenarios or None,
        indicators=indicators or None,
        regions=regions or None,
        years=years or tuple(report.get("years") or ()) or None,
        definition=definition,
    )
    if csv is not None:
        write_table(table, csv, table="")
        click.echo(str(csv))
        return 0
    words = run_language(lang, run.config)
    if not indicators:
        # The whole's share in itself tells nothing.
        trivial = (table["indicator"] == "population_share") & (table["group_or_region"] == "all")
        table = table[table["indicator"].isin(_MAIN) & ~trivial]
    if not regions:
        # A group stands on a boundary; a single region does not.
        table = table[(table["group_or_region"] == "all") | (table["boundary"] != "")]
    titles = scenario_titles(run.config, words)
    keys = ["indicator", "group_or_region", "boundary", "year", "unit"]
    if len([c for c in table.columns if c not in keys]) > _SIDE_BY_SIDE:
        _show_by_scenario(table, words, titles)
    else:
        _show_comparison(table, words, titles)
    return 0


# What the screen shows where no indicator is named, and how many scenarios fit side by side.
_MAIN = (
    "population", "population_share", "share_60plus", "old_age_dependency_ratio", "urban_share",
    "registered_population", "floating_population", "urban_share_gap", "persons_registered",
)  # fmt: skip
_SIDE_BY_SIDE = 4


def _show_by_scenario(table: Any, lang: str, titles: dict[str, str]) -> None:
    """Print a line for each scenario and a column for each year, one table an indicator."""
    from popsim.cli.verdict import number_text, print_table
    from popsim.labels import label, label_or

    keys = ["indicator", "group_or_region", "boundary", "year", "unit"]
    names = [str(c) for c in table.columns if c not in (*keys, "difference")]
    for (indicator, place, boundary, unit), part in table.groupby(
        ["indicator", "group_or_region", "boundary", "unit"], sort=False
    ):
        years = [str(year) for year in part["year"]]
        head = [
            label_or(f"indicator.{indicator}", lang, str(indicator)),
            label_or(f"group.{place}", lang, str(place)),
            label_or(f"boundary.{boundary}", lang, str(boundary)) if boundary else "",
        ]
        click.echo(" · ".join(word for word in head if word))
        lines = [
            [
                titles.get(name) or label_or(f"scenario.{name}", lang, name),
                *(number_text(value, str(unit), lang) for value in part[name]),
            ]
            for name in names
        ]
        heads = [label("col.scenario", lang), *years]
        print_table(heads, lines, right=[False] + [True] * len(years))


def _show_comparison(table: Any, lang: str, titles: dict[str, str]) -> None:
    """Print the comparison with labels and units of the field."""
    from popsim.cli.verdict import number_text, print_table
    from popsim.labels import label, label_or

    keys = ["indicator", "group_or_region", "boundary", "year"]
    names = [str(c) for c in table.columns if c not in (*keys, "unit")]
    head = {"group_or_region": "region"}
    heads = [label(f"col.{head.get(k, k)}", lang) for k in keys]
    heads += [
        label_or("col.difference", lang, n)
        if n == "difference"
        else titles.get(n) or label_or(f"scenario.{n}", lang, n)
        for n in names
    ]
    lines = []
    for row in table.to_dict("records"):
        place = str(row["group_or_region"])
        lines.append(
            [
                label_or(f"indicator.{row['indicator']}", lang, str(row["indicator"])),
                label_or(f"group.{place}", lang, place),
                label_or(f"boundary.{row['boundary']}", lang, str(row["boundary"])),
                str(row["year"]),
                *(
                    number_text(row[n], str(row["unit"]), lang, gap=n == "difference")
                    for n in names
                ),
            ]
        )
    print_table(heads, lines, right=[False] * 3 + [True] * (1 + len(names)))


def _refuse_unknown(kind: str, word: str, known: list[str]) -> None:
    from popsim.errors import DataError, Problem

    if word not in known:
        raise DataError(Problem(f"unknown {kind}", "run", word, f"one of {', '.join(known)}"))
