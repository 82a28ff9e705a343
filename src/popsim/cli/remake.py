"""The verbs `report` and `plot`: pictures and pages made again from a run folder alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from popsim.cli.options import debug_option, lang_option, run_argument, run_language

__all__ = ["plot_command", "report_command"]


@click.command("report", short_help="Make the report of a run folder again.")
@run_argument
@lang_option
@debug_option
def report_command(folder: Path, lang: str | None) -> int:
    """Make report.html of RUN again, from the run folder alone."""
    import popsim.report
    from popsim.results import read_run, refresh_manifest

    run = read_run(folder)
    module: Any = popsim.report
    path = module.write_report(folder, lang=run_language(lang, run.config))
    refresh_manifest(folder)
    click.echo(str(path))
    return 0


@click.command("plot", short_help="Draw the figures of a run folder again.")
@run_argument
@lang_option
@debug_option
def plot_command(folder: Path, lang: str | None) -> int:
    """Draw the figures of RUN again, from the run folder alone."""
    from popsim.plots import write_figures
    from popsim.results import read_run, refresh_manifest

    run = read_run(folder)
    for path in write_figures(folder, lang=run_language(lang, run.config)):
        click.echo(str(path))
    refresh_manifest(folder)
    return 0
