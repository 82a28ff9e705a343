"""The verb `new`: a scenario file and empty tables, to be filled and checked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from importlib import resources
from itertools import product
from pathlib import Path

import click

from popsim.cli.options import debug_option

__all__ = ["new_case", "new_command"]

_AGES = (0, 1, *range(5, 90, 5))
_SEXES = ("female", "male")
_CENSUSES = (2010, 2020)


@click.command("new", short_help="Lay out a scenario file and empty tables for a new case.")
@click.argument("case")
@click.option("--region", "regions", multiple=True, help="Code of a region; repeat for each one.")
@click.option(
    "--in", "root", type=click.Path(path_type=Path), default=Path(), help="Folder to lay it in."
)
@debug_option
def new_command(case: str, regions: tuple[str, ...], root: Path) -> int:
    """Lay out configs/CASE.yaml and data/CASE with empty tables.

    `popsim check` then names every cell that is still to be filled.
    """
    for path in new_case(case, root, regions or ("region_1", "region_2")):
        click.echo(str(path))
    click.echo(f"next: popsim check {root / 'configs' / f'{case}.yaml'}", err=True)
    return 0


def new_case(case: str, root: Path, regions: Sequence[str]) -> list[Path]:
    """Write the files of a new case; none is written if any exists.

    Parameters
    ----------
    case
        Name: letters, digits, ``_`` and ``-``.
    root
        Folder in which ``configs`` and ``data`` lie.
    regions
        Codes of the regions.

    Returns
    -------
    list[Path]
        The files.

    Raises
    ------
    ConfigError
        If the name cannot name files, a region is named twice, or a file exists: all at once.
    """
    from popsim.errors import ConfigError, Problems

    problems = Problems(ConfigError)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", case):
        problems.add(
            "not a usable name", where="CASE", got=case, expected="letters, digits, `_` and `-`"
        )
        problems.raise_if_any()
    for region in sorted({r for r in regions if regions.count(r) > 1}):
        problems.add("region named twice", where="--region", got=region)
    texts = dict(_files(case, root, regions))
    for path in texts:
        if path.exists():
            problems.add("file exists", where=str(path), remedy="choose another name")
    problems.raise_if_any()
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


def _files(case: str, root: Path, regions: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """Path and text of every file."""
    template = resources.files("popsim.cli").joinpath("template")
    data = root / "data" / case
    for path, name in (
        (root / "configs" / f"{case}.yaml", "config.yaml"),
        (data / "sources.yaml", "sources.yaml"),
        (data / "README.md", "README.md"),
    ):
        text = template.joinpath(name).read_text(encoding="utf-8")
        yield path, re.sub(r"\bCASE\b", case, text)
    for table, header, rows in _tables(regions):
        yield data / f"{table}.csv", _csv(header, rows)


Rows = Iterator[tuple[object, ...]]


def _tables(regions: Sequence[str]) -> Iterator[tuple[str, str, Rows]]:
    """Name, header and rows of every table; cells to be filled are empty."""
    census = ("", "census")
    yield "regions", "region,name_zh,name_en,source", ((r, "", "", "census") for r in regions)
    cells = product(regions, _SEXES, _AGES, _CENSUSES)
    yield "population", "region,sex,age,year,value,source", ((*c, *census) for c in cells)
    # The centre is the first region until the user says otherwise.
    centre = ("today", "centre", regions[0], _CENSUSES[0], "", "administrative", "census")
    yield "membership", "boundary,group,region,from_year,to_year,basis,source", iter([centre])
    kinds = product(regions, ("births", "deaths", "resident_population"))
    yield (
        "observations",
        "region,indicator,year,value,unit,source",
        ((*c, _CENSUSES[-1] + 1, "", "人", "census") for c in kinds),
    )
    lives = product(_SEXES, range(101))
    yield (
        "survival_schedule",
        "schedule_year,sex,age,value,source",
        ((_CENSUSES[-1], *c, *census) for c in lives),
    )
    births = (("census", age, *census) for age in range(15, 50))
    yield "fertility_schedule", "schedule,age,value,source", births


def _csv(header: str, rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()
