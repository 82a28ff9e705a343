"""From a file name to a checked `Config`, or one error with every fault."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from popsim.config.extends import inherit_scenarios, nearest, read_with_parents
from popsim.config.faults import arranged, keys_of, report_validation, shown
from popsim.config.models import SCHEMA, Config
from popsim.config.nodes import Tree
from popsim.errors import ConfigError, Problems

__all__ = ["load_config"]


def load_config(path: str | Path, *, problems: Problems | None = None) -> Config:
    """Read a scenario file, with all it extends.

    Parameters
    ----------
    path
        The YAML file.
    problems
        A list to which faults are added instead of raised, where what is left of the file can
        still be checked further.

    Returns
    -------
    Config
        Frozen; `data` is resolved against the file in which it is written (`Config.beside` does
        the same for any other path).

    Raises
    ------
    ConfigError
        Once, with every fault found: text that is not YAML, repeated or unknown keys, wrong
        types, years out of range, unknown scenarios. Each fault has file, line and column.

    Examples
    --------
    >>> config = load_config("configs/jiaxing.yaml")  # doctest: +SKIP
    >>> config.scenarios["recent"].fertility.model  # doctest: +SKIP
    'scaled'
    """
    path = Path(path)
    collected, problems = problems, Problems(ConfigError)
    tree = read_with_parents(path, problems)
    if tree is None:
        problems.raise_if_any()
        raise AssertionError("no tree and no fault")  # pragma: no cover
    _check_schema(tree, problems)
    tree, orphans = inherit_scenarios(tree, problems)
    config: Config | None = None
    try:
        config = Config.model_validate(tree.value)
    except ValidationError as error:
        report_validation(error, tree.where, problems, keys=keys_of(Config), skip=orphans)
        if collected is not None:
            config = _salvaged(tree, error)
    _check_years(tree, problems)
    _check_names(tree, problems)
    if config is not None:
        config._tree, config._path = tree, path
        folder = Path(os.path.normpath(config.beside(config.data, "data")))
        if not folder.is_dir():
            problems.add(
                "folder of the case not found",
                where=config.where("data"),
                got=shown(tree.value["data"]),
                expected="an existing folder, relative to the file that names it",
            )
        config = config.model_copy(update={"data": folder})
        config._tree, config._path = tree, path
    problems.items[:] = arranged(problems)
    if collected is None or config is None:
        problems.raise_if_any()
        assert config is not None
        return config
    collected.items.extend(problems)
    return config


def _salvaged(tree: Tree, error: ValidationError) -> Config | None:
    """What is left of a file without its faulty keys, or None where too little is left."""
    value = copy.deepcopy(tree.value)
    for fault in error.errors():
        steps = [step for step in fault["loc"] if isinstance(step, str | int)]
        holder: Any = value
        for step in steps[:-1]:
            inside = isinstance(holder, dict) and step in holder
            inside |= isinstance(holder, list) and isinstance(step, int) and step < len(holder)
            holder = holder[step] if inside else None
        if isinstance(holder, dict):
            holder.pop(steps[-1], None)
        elif isinstance(holder, list) and isinstance(steps[-1], int) and steps[-1] < len(holder):
            return None  # the positions of the others would move
    first, last = value.get("base_year"), value.get("last_year")
    # Any years will do for what is checked next; the fault of theirs is told already.
    value.setdefault("base_year", last - 1 if isinstance(last, int) else 2000)
    value.setdefault("last_year", first + 100 if isinstance(first, int) else 2100)
    try:
        return Config.model_validate(value)
    except ValidationError:
        return None


def _check_schema(tree: Tree, problems: Problems) -> None:
    """Tell a file of a later or earlier form what to do; the models then need not."""
    got = tree.value.get("schema", SCHEMA)
    if got != SCHEMA or isinstance(got, bool):
        problems.add(
            "unknown form of scenario file",
            where=tree.where("schema"),
            got=shown(got),
            expected=str(SCHEMA),
            remedy="this version of popsim reads schema 1; see CHANGELOG for how to migrate",
        )
        tree.value["schema"] = SCHEMA


def _is_year(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _check_years(tree: Tree, problems: Problems) -> None:
    """Years of targets and of the report lie within the run."""
    first, last = tree.value.get("base_year"), tree.value.get("last_year")
    if not (_is_year(first) and _is_year(last)):
        return
    if last <= first:  # type: ignore[operator]
        problems.add(
            "the run ends before it begins",
            where=tree.where("last_year"),
            got=shown(last),
            expected=f"a year after base_year {first}",
        )
        return
    named: list[tuple[tuple[str | int, ...], object]] = []
    for i, target in enumerate(_items(tree.value.get("targets"))):
        if isinstance(target, dict) and "year" in target:
            named.append((("targets", i, "year"), target["year"]))
    report = tree.value.get("report")
    for i, year in enumerate(_items(report.get("years") if isinstance(report, dict) else None)):
        named.append((("report", "years", i), year))
    for path, year in named:
        if _is_year(year) and not first <= year <= last:  # type: ignore[operator]
            problems.add(
                "year outside the run",
                where=tree.where(*path),
                got=shown(year),
                expected=f"{first} to {last}",
                remedy="change the year, or base_year and last_year",
            )


def _check_names(tree: Tree, problems: Problems) -> None:
    """Names that point to other names exist, and lists name nothing twice."""
    scenarios = tree.value.get("scenarios")
    boundaries = tree.value.get("boundaries")
    known: dict[str, list[str]] = {
        "scenario": [str(s) for s in scenarios] if isinstance(scenarios, dict) else [],
        "boundary": [str(b) for b in _items(boundaries)],
    }
    seen: list[object] = []
    for i, target in enumerate(_items(tree.value.get("targets"))):
        name = target.get("id") if isinstance(target, dict) else target
        if name in seen and not isinstance(target, dict):
            problems.add("target named twice", where=tree.where("targets", i), got=shown(name))
        seen.append(name)
        for key, names in known.items():
            said = target.get(key) if isinstance(target, dict) else None
            for item in said if isinstance(said, list) else [said]:
                if item is not None and names and str(item) not in names:
                    problems.add(
                        f"unknown {key}",
                        where=tree.where("targets", i, key),
                        got=shown(item),
                        expected=f"one of {', '.join(names)}",
                        remedy=nearest(item, names),
                    )
    for key in ("boundaries", "definitions"):
        said = _items(tree.value.get(key))
        for i, item in enumerate(said):
            if item in said[:i]:
                problems.add("named twice", where=tree.where(key, i), got=shown(item))
