"""docs/library.md: every public name with the first line of its docstring.

python docs/make_library_page.py
"""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path

import popsim

PAGE = Path(__file__).with_name("library.md")
# Their names stand on docs/methods.md.
ELSEWHERE = ("methods",)
HEAD = """\
# What can be called

Every public name with its first line, under the name by which it is reached; `help(NAME)` says the
rest: symbols and units, dims, what is raised, formula, source, an example. The functions of
`popsim.methods` have a page of their own ([methods](methods.md)). Written by
`docs/make_library_page.py` from the docstrings.

"""


def packages() -> list[str]:
    """Modules and packages whose names the page tells, in the order of the alphabet."""
    return sorted(
        name
        for name in popsim.__all__
        if inspect.ismodule(getattr(popsim, name)) and name not in ELSEWHERE
    )


def reached(package: str, name: str, thing: object) -> str:
    """Return the shortest name under which users find a thing."""
    at_top = name in popsim.__all__ and getattr(popsim, name) is thing
    return f"popsim.{name}" if at_top else f"popsim.{package}.{name}"


def first_line(thing: object) -> str:
    """First paragraph of a docstring in one line, fit for a cell of a table."""
    told = (inspect.getdoc(thing) or "").partition("\n\n")[0]
    return " ".join(told.split()).replace("|", "\\|")


def names_of(package: str) -> list[str]:
    """Public names of a package, and those of its modules that `popsim` gives by themselves."""
    own = list(getattr(importlib.import_module(f"popsim.{package}"), "__all__", []))
    inside = [
        name
        for name in popsim.__all__
        if getattr(getattr(popsim, name), "__module__", "").startswith(f"popsim.{package}.")
    ]
    return own + [name for name in inside if name not in own]


def section(package: str) -> str:
    """Heading, what the package is for, its functions and classes, then its constants."""
    module = importlib.import_module(f"popsim.{package}")
    rows, others = [], []
    for name in names_of(package):
        thing = getattr(module, name, None) or getattr(popsim, name)
        if inspect.isclass(thing) or inspect.isroutine(thing) or hasattr(thing, "__wrapped__"):
            rows.append(f"| `{reached(package, name, thing)}` | {first_line(thing)} |")
        else:
            others.append(f"`{name}`")
    parts = [f"## {package}\n\n{first_line(module)}\n"]
    if rows:
        parts.append("\n".join(["| name | what |", "|---|---|", *rows]) + "\n")
    if others:
        parts.append(f"Tables and constants of `popsim.{package}`: {', '.join(others)}.\n")
    return "\n".join(parts)


def library_page() -> str:
    """Text of the page."""
    return HEAD + "\n".join(section(package) for package in packages())


if __name__ == "__main__":
    PAGE.write_text(library_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
