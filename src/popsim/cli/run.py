"""The verbs `run` and `check`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import click

from popsim.cli.options import config_argument, debug_option, lang_option

__all__ = ["check_command", "run_command"]


class Progress(Protocol):
    """What a run calls to say how far it is: a short text, and the share done (0 to 1)."""

    def __call__(self, text: str, done: float | None = None) -> None:
        """Show it."""


@contextmanager
def progress_shown(quiet: bool) -> Iterator[Progress]:
    """Give a `Progress`: a bar on a terminal, lines elsewhere, both on standard error."""
    if quiet:
        yield lambda text, done=None: None
        return
    if not sys.stderr.isatty():
        yield lambda text, done=None: click.echo(text, err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(30), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def show(text: str, done: float | None = None) -> None:
            bar.update(task, description=text, completed=done)

        yield show


@click.command("run", short_help="Project, judge the targets, and write a run folder.")
@config_argument
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Run folder; runs/NAME by default."
)
@lang_option
@click.option("--strict", is_flag=True, help="Exit with 3 if a target is missed.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@debug_option
def run_command(
    config: Path, output: Path | None, lang: str | None, strict: bool, quiet: bool
) -> int:
    """Project the scenarios of CONFIG, judge its targets, and write a run folder.

    An earlier run in the same folder stays as it is until this one is complete.
    """
    from popsim.config import load_config
    from popsim.results.folder import check_output

    loaded = load_config(config)
    folder = check_output(output if output is not None else Path("runs") / loaded.name)
    lang = lang or loaded.report.lang
    with progress_shown(quiet) as progress:
        import popsim.run

        result: Any = popsim.run.run(config, folder, lang=lang, progress=progress)

    from popsim.cli.verdict import missed, show_verdict

    rows = list(result.verdict)
    show_verdict(rows, lang)
    shown = output if output is not None else Path("runs") / loaded.name
    click.echo(str(shown))
    return 3 if strict and missed(rows) else 0


@click.command("check", short_help="Check a scenario file and its data; run nothing.")
@config_argument
@click.option("--missing", is_flag=True, help="List the figures that nobody has published.")
@debug_option
def check_command(config: Path, missing: bool) -> int:
    """Check CONFIG, its tables, units, sources and sums; run nothing.

    All faults are shown at once, each with its file and line.
    """
    import popsim.run

    lines: Any = popsim.run.check(config, missing=missing)
    for line in lines or ():
        click.echo(str(line))
    click.echo(f"{config}: in order")
    return 0
