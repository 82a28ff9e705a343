"""The group of verbs, and what becomes of an error."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

__all__ = ["VERBS", "main"]

# verb -> (module, one line of help): the line stands here so that --help loads no verb.
VERBS: dict[str, tuple[str, str]] = {
    "run": ("run", "Project, judge the targets, and write a run folder."),
    "check": ("run", "Check a scenario file and its data; run nothing."),
    "targets": ("show", "Show the verdict of a run folder."),
    "report": ("remake", "Make the report of a run folder again."),
    "plot": ("remake", "Draw the figures of a run folder again."),
    "compare": ("show", "Set the scenarios of a run side by side."),
    "list": ("listing", "List models, or what a scenario file names."),
    "schema": ("listing", "Print the JSON Schema of scenario files."),
    "new": ("new", "Lay out a scenario file and empty tables for a new case."),
}
# The matrices of a run are small: threads of the linear algebra library would cost more than they
# bring, and the last digits would hang on the number of cores. What the user has set stays.
_ALGEBRA = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
# A disk that is full or read-only is no bug of ours.
_MACHINE = {errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EROFS, getattr(errno, "EDQUOT", -1)}


class LazyGroup(click.Group):
    """A group that imports the module of a verb when the verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of a planner's work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"popsim.cli.{VERBS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest verb for a mistyped one."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], VERBS, n=1)
            hint = f" Did you mean {close[0]}?" if close else f" Known: {', '.join(VERBS)}."
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        import importlib.metadata

        click.echo(f"popsim {importlib.metadata.version('popsim')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="Show the version and exit.",
)  # fmt: skip
def popsim() -> None:
    """Project the population of regions, and hold it against the targets of a plan."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    Parameters
    ----------
    args
        Words after the program's name; those of the process where not given.
    """
    for name in _ALGEBRA:
        os.environ.setdefault(name, "1")
    words = list(sys.argv[1:] if args is None else args)
    sys.exit(_run(words))


def _run(words: list[str]) -> int:
    """Exit code of one call; an error is told, not thrown."""
    from popsim.errors import PopsimError

    debug = "--debug" in words
    try:
        code = popsim.main(args=words, prog_name="popsim", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; nothing was written", err=True)
        return 130
    except PopsimError as error:
        _trace(debug)
        if "--every-fault" in words:
            click.echo(error.every(), err=True)
        else:
            click.echo(str(error), err=True)
            if error.folded:
                click.echo("`popsim check --every-fault` gives each its own line", err=True)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone (`popsim list models | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        _trace(debug)
        return _tell_machine(error) if error.errno in _MACHINE else _tell_bug(error)
    except Exception as error:
        _trace(debug)
        return _tell_bug(error)


def _trace(debug: bool) -> None:
    """Show where the error came from, to those who asked for it."""
    if debug:
        import traceback

        click.echo(traceback.format_exc(), err=True)


def _tell_machine(error: OSError) -> int:
    place = f"{error.filename}: " if error.filename else ""
    click.echo(f"{place}{error.strerror}. Remedy: choose another folder with -o", err=True)
    return 2


def _tell_bug(error: Exception) -> int:
    name = type(error).__name__
    words: Any = str(error).splitlines()
    text = f": {words[0]}" if words else ""
    click.echo(
        f"a bug of popsim, not of your files: {name}{text}\n"
        "Repeat the command with --debug and report what it prints.",
        err=True,
    )
    return 1
