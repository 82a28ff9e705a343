"""The verbs `run` and `check`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from popsim.cli.options import config_argument, debug_option, every_option, lang_option, uncollected

__all__ = ["check_command", "run_command"]


@contextmanager
def progress_shown(quiet: bool, lang: str) -> Iterator[Callable[[str], None]]:
    """Give what a run calls with the name of each step: a line on standard error.

    On a terminal the line is alive, with a clock, and gone at the end.
    """
    from popsim.labels import label_or

    if quiet:
        yield lambda step: None
        return
    if not sys.stderr.isatty():
        yield lambda step: click.echo(label_or(f"step.{step}", lang, step), err=True)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None)
        yield lambda step: shown.update(task, description=label_or(f"step.{step}", lang, step))


@click.command("run", short_help="Project, judge the targets, and write a run folder.")
@config_argument
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Run folder; runs/NAME by default."
)
@lang_option
@click.option("--strict", is_flag=True, help="Exit with 3 if a target is missed.")
@click.option("--no-figures", is_flag=True, help="Tables only: no pictures, workbook or report.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@debug_option
def run_command(
    config: Path,
    output: Path | None,
    lang: str | None,
    strict: bool,
    no_figures: bool,
    quiet: bool,
) -> int:
    """Project the scenarios of CONFIG, judge its targets, and write a run folder.

    An earlier run in the same folder stays as it is until this one is complete.
    """
    with uncollected():
        import popsim.run
        from popsim.config import load_config
        from popsim.errors import ConfigError
        from popsim.results import check_output

    try:
        loaded = load_config(config)
    except ConfigError:
        popsim.run.check(config)  # raises with the faults of the tables too
        raise
    shown = output if output is not None else Path("runs") / loaded.name
    check_output(shown)
    lang = lang or loaded.report.lang
    with progress_shown(quiet, lang) as progress:
        result = popsim.run.run(config, shown, lang=lang, figures=not no_figures, progress=progress)

    from popsim.cli.verdict import missed, of_first_scenario, say, show_verdict
    from popsim.labels import phrase

    rows, others = of_first_scenario(result.verdict, list(loaded.scenarios))
    titles = {n: s.title.text(lang) for n, s in loaded.scenarios.items() if s.title is not None}
    show_verdict(rows, lang, titles)
    if others:
        names = f"{', '.join(titles.get(n, n) for n in others)} (popsim targets {shown})"
        say(phrase("text.others", lang, others=names))
    click.echo(str(shown))
    return 3 if strict and missed(rows) else 0


@click.command("check", short_help="Check a scenario file and its data; run nothing.")
@config_argument
@click.option("--missing", is_flag=True, help="List the figures that nobody has published.")
@every_option
@debug_option
def check_command(config: Path, missing: bool) -> int:
    """Check CONFIG, its tables, units, sources and sums; run nothing.

    All faults are shown at once, each with its file and line; many of one kind as one.
    """
    with uncollected():
        import popsim.run

    for line in popsim.run.check(config, missing=missing):
        click.echo(line)
    click.echo(f"{config}: in order")
    return 0
