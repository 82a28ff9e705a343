"""The verbs `list` and `schema`: what may be written, and what a scenario file names."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from popsim.cli.options import debug_option, lang_option

__all__ = ["list_command", "registered", "schema_command"]

# block of a scenario -> where its table of functions is
_TABLES = {
    "fertility": ("popsim.assumptions", "FERTILITY"),
    "mortality": ("popsim.assumptions", "MORTALITY"),
    "migration": ("popsim.assumptions", "MIGRATION"),
    "urbanisation": ("popsim.assumptions", "URBANISATION"),
    "registration": ("popsim.assumptions", "REGISTRATION"),
    "levers": ("popsim.scenarios", "LEVERS"),
}
_KINDS = ("models", "scenarios", "targets", "boundaries")


def registered() -> dict[str, Mapping[str, Callable[..., Any]]]:
    """Return the tables of registered functions, by block of a scenario."""
    found: dict[str, Mapping[str, Callable[..., Any]]] = {}
    for block, (module, name) in _TABLES.items():
        if importlib.util.find_spec(module) is None:
            continue
        table = getattr(importlib.import_module(module), name, None)
        if table is not None:
            found[block] = table
    return found


@click.command("list", short_help="List models, or what a scenario file names.")
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("config", required=False, type=click.Path(path_type=Path))
@lang_option
@debug_option
def list_command(kind: str, config: Path | None, lang: str | None) -> int:
    """List the registered models, or the scenarios, targets or boundaries of CONFIG."""
    if kind == "models":
        _list_models()
        return 0
    if config is None:
        raise click.UsageError(f"popsim list {kind} needs a scenario file: popsim list {kind} FILE")
    from popsim.cli.verdict import print_table
    from popsim.config import load_config

    loaded = load_config(config)
    words = lang or loaded.report.lang
    makers = {"scenarios": _scenarios, "targets": _targets, "boundaries": _boundaries}
    heads, lines = makers[kind](loaded, words)
    print_table(heads, lines)
    return 0


def _list_models() -> None:
    """Print each model with its parameters and the first line of its docstring."""
    import inspect

    from popsim.cli.verdict import print_table
    from popsim.config import parameters

    lines = []
    for block, table in registered().items():
        for name, function in sorted(table.items()):
            settings = ", ".join(_parameter(p) for p in parameters(function).values())
            line = (inspect.getdoc(function) or "").partition("\n")[0]
            lines.append([block, name, settings, line])
    print_table(["block", "model", "parameters", ""], lines)


def _parameter(parameter: Any) -> str:
    """Name of a parameter, with its default where it has one."""
    if parameter.default is parameter.empty:
        return str(parameter.name)
    return f"{parameter.name}={parameter.default}"


Table = tuple[list[str], list[list[str]]]


def _scenarios(config: Any, lang: str) -> Table:
    """Scenarios of a file: name, title, descent, models."""
    from popsim.labels import label_or

    blocks = ("fertility", "mortality", "migration", "urbanisation", "registration")
    lines = []
    for name, scenario in config.scenarios.items():
        title = scenario.title.text(lang) if scenario.title else ""
        models = [getattr(scenario, block) for block in blocks]
        levers = ", ".join(lever.lever for lever in scenario.levers)
        lines.append(
            [
                name,
                title or label_or(f"scenario.{name}", lang, ""),
                scenario.extends or "",
                *(choice.model if choice else "" for choice in models),
                levers,
            ]
        )
    return ["scenario", "title", "extends", *blocks, "levers"], lines


def _case_frame(config: Any, name: str) -> list[dict[str, str]]:
    """Rows of a table of the case; none where the case has no such table."""
    from popsim.tables import read_case

    frame = read_case(config.data).frames.get(name)
    if frame is None:
        return []
    return [{str(k): str(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _targets(config: Any, lang: str) -> Table:
    """Targets of the case and of the file; those the file judges are marked."""
    named = {entry.id: entry for entry in config.targets}
    rows = {row["target"]: row for row in _case_frame(config, "targets")}
    lines = []
    for key in dict.fromkeys([*rows, *named]):
        row, entry = rows.get(key, {}), named.get(key)
        title = entry.title.text(lang) if entry and entry.title else ""
        words = row.get("zh_quote", "") if lang == "zh" else row.get("en", "")
        indicator = (entry.indicator if entry else None) or row.get("indicator", "")
        lines.append(["x" if entry else "", key, title or words, indicator])
    return ["judged", "target", "title", "indicator"], lines


def _boundaries(config: Any, lang: str) -> Table:
    """Boundaries of the case, their groups and members; those the file uses are marked."""
    from popsim.labels import label_or

    members: dict[tuple[str, str], list[str]] = {}
    for row in _case_frame(config, "membership"):
        span = f" ({row['from_year']}-)" if row.get("from_year") else ""
        key = (row["boundary"], row["group"])
        members.setdefault(key, []).append(row["region"] + span)
    lines = [
        [
            "x" if boundary in config.boundaries else "",
            boundary,
            label_or(f"boundary.{boundary}", lang, ""),
            label_or(f"group.{group}", lang, group),
            ", ".join(regions),
        ]
        for (boundary, group), regions in members.items()
    ]
    return ["used", "boundary", "title", "group", "regions"], lines


@click.command("schema", short_help="Print the JSON Schema of scenario files.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write it to a file.")
@debug_option
def schema_command(output: Path | None) -> int:
    """Print the JSON Schema of scenario files, for an editor that completes and checks.

    In a scenario file: `# yaml-language-server: $schema=popsim.schema.json`
    """
    import json

    from popsim.config import json_schema

    text = json.dumps(json_schema(registered()), ensure_ascii=False, indent=2)
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8", newline="\n")
        click.echo(str(output))
    return 0
