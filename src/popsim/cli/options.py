"""Options that several verbs share."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = [
    "config_argument",
    "debug_option",
    "every_option",
    "lang_option",
    "run_argument",
    "run_language",
    "scenario_titles",
    "uncollected",
]

F = TypeVar("F", bound=Callable[..., Any])


def lang_option(function: F) -> F:
    """Add ``--lang zh|en``."""
    return click.option(
        "--lang", type=click.Choice(["zh", "en"]), help="Language of what is shown."
    )(function)


def debug_option(function: F) -> F:
    """Add ``--debug``; `popsim.cli.main` reads it."""
    return click.option(
        "--debug", is_flag=True, expose_value=False, help="Show the traceback of an error."
    )(function)


def every_option(function: F) -> F:
    """Add ``--every-fault``; `popsim.cli.main` reads it."""
    return click.option(
        "--every-fault", is_flag=True, expose_value=False, help="Give each fault its own line."
    )(function)


def config_argument(function: F) -> F:
    """Add the argument CONFIG, a scenario file; the loader tells of a file that is not there."""
    return click.argument("config", type=click.Path(path_type=Path))(function)


def run_argument(function: F) -> F:
    """Add the argument RUN, a run folder; the reader tells of a folder that is none."""
    return click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))(function)


def run_language(lang: str | None, config: dict[str, Any]) -> str:
    """Return the language asked for, else the one the scenario file names, else Chinese."""
    report = config.get("report")
    named = report.get("lang") if isinstance(report, dict) else None
    return lang or (named if named in ("zh", "en") else "zh")


def scenario_titles(config: dict[str, Any], lang: str) -> dict[str, str]:
    """Titles that a run's own configuration gives its scenarios."""
    titles: dict[str, str] = {}
    for name, scenario in (config.get("scenarios") or {}).items():
        title = scenario.get("title") if isinstance(scenario, dict) else None
        text = title.get(lang) if isinstance(title, dict) else title
        if text:
            titles[str(name)] = str(text)
    return titles


@contextmanager
def uncollected() -> Iterator[None]:
    """Import without the garbage collector, and keep what was imported out of its sight.

    Modules are no garbage: going through their million objects again and again took a tenth of a
    run.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()
