"""Faults of a model in a reader's words: what, where, got, expected, remedy."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Collection, Iterable
from typing import Annotated, Any, Union

from pydantic import BaseModel, ValidationError

from popsim.config.extends import nearest
from popsim.config.nodes import KeyPath
from popsim.errors import Problem, Problems
from popsim.tables.scalars import number_hint

__all__ = ["arranged", "keys_of", "report_validation", "shown"]

# pydantic's word for a fault -> (ours, what was expected)
_WORDS: dict[str, tuple[str, str]] = {
    "bool_type": ("wrong type", "true or false"),
    "dict_type": ("wrong type", "a mapping of `key: value` lines"),
    "mapping_type": ("wrong type", "a mapping of `key: value` lines"),
    "model_type": ("wrong type", "a mapping of `key: value` lines"),
    "float_type": ("wrong type", "a number"),
    "int_type": ("wrong type", "a whole number"),
    "int_from_float": ("wrong type", "a whole number"),
    "list_type": ("wrong type", "a list"),
    "tuple_type": ("wrong type", "a list"),
    "iterable_type": ("wrong type", "a list"),
    "path_type": ("wrong type", "a path"),
    "string_type": ("wrong type", "text"),
    "none_required": ("wrong type", "null"),
    "quote_me": ("wrong type", "text"),
    "not_a_number": ("not a number", "a number"),
    "too_long": ("wrong type", "a shorter list"),
    "too_short": ("too short", "at least one entry"),
    "missing": ("missing key", ""),
    "string_pattern_mismatch": ("not a usable name", "letters, digits, `_`, `-` and `.`"),
}
_PLACE = re.compile(r"(.*?):(\d+)(?::(\d+))?(?=[ :]|$)")
_FIRST: dict[str | int, str] = {"schema": "1"}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "or more"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "or less"),
}


def shown(value: object) -> str:
    """A value as it would stand in YAML, cut to a line.

    Examples
    --------
    >>> shown(True), shown(None), shown({"a": 1})
    ('true', 'null', '{a: 1}')
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        text = "{" + ", ".join(f"{k}: {shown(v)}" for k, v in value.items()) + "}"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(shown(v) for v in value) + "]"
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def report_validation(
    error: ValidationError,
    where: Callable[..., str],
    problems: Problems,
    *,
    keys: Callable[[KeyPath], Iterable[str]],
    prefix: KeyPath = (),
    skip: Collection[KeyPath] = (),
) -> None:
    """Turn each fault pydantic found into one of ours.

    Parameters
    ----------
    error
        What pydantic raised.
    where
        Gives the place of a path.
    problems
        List that collects the faults.
    keys
        Gives the keys allowed at a path, for the did-you-mean.
    prefix
        Path of the value that was validated.
    skip
        Paths below which missing keys are not told: another fault already explains them.
    """
    told: set[tuple[str, str]] = set()
    branches: dict[str, list[str]] = {}
    faults = error.errors(include_url=False, include_context=True)
    for fault in faults:
        place = where(*prefix, *_real(fault["loc"]))
        expected = _WORDS.get(fault["type"], ("", ""))[1]
        if expected and expected not in branches.setdefault(place, []):
            branches[place].append(expected)
    for fault in faults:
        path = (*prefix, *_real(fault["loc"]))
        place, kind, got = where(*path), fault["type"], fault["input"]
        context = fault.get("ctx", {})
        what, expected = _WORDS.get(kind, (fault["msg"][:1].lower() + fault["msg"][1:], ""))
        remedy = ""
        if kind == "missing" and path[:-1] in skip:
            continue
        if kind == "extra_forbidden":
            allowed = sorted(keys(path[:-1]))
            what, got, expected = "unknown key", path[-1], f"one of {', '.join(allowed)}"
            remedy = nearest(got, allowed)
        elif kind == "missing":
            got, remedy = "", f"add `{path[-1]}: {_FIRST.get(path[-1], '...')}`"
        elif kind == "literal_error":
            what, expected = "unknown choice", str(context.get("expected", "")).replace("'", "")
            remedy = nearest(got, expected.replace(" or ", ", ").split(", ")) or number_hint(got)
        elif kind in _BOUNDS:
            name, word = _BOUNDS[kind]
            what, bound = "out of range", context[name]
            expected = f"{bound} {word}" if word.startswith("or") else f"{word} {bound}"
        elif kind == "model_type" and "model" in keys(path) and isinstance(got, str):
            remedy = f"write {{model: {got}}}"
        elif kind in ("string_type", "quote_me"):
            remedy = "put it in quotes" if isinstance(got, bool | int | float) else ""
        elif expected:
            expected = " or ".join(branches[place])
            remedy = number_hint(got)
        if (place, what) not in told:
            told.add((place, what))
            text = "" if kind == "missing" else shown(got)
            problems.add(what, where=place, got=text, expected=expected, remedy=remedy)


def arranged(problems: Iterable[Problem]) -> list[Problem]:
    """Faults as the reader meets them, by file and line; one that was inherited is told once.

    Examples
    --------
    >>> late, early = Problem("x", "a.yaml:10:1 (b)"), Problem("x", "a.yaml:9:1 (a)")
    >>> heir = Problem("x", "a.yaml:9:1 (heir.a)")
    >>> [p.where for p in arranged([late, early, heir])]
    ['a.yaml:9:1 (a)', 'a.yaml:10:1 (b)']
    """
    kept: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        place = _PLACE.match(problem.where)
        spot = place[0] if place else problem.where
        kept.setdefault((spot, problem.what, problem.got), problem)
    return sorted(kept.values(), key=_reading_order)


def _reading_order(problem: Problem) -> tuple[str, int, int]:
    place = _PLACE.match(problem.where)
    return (place[1], int(place[2]), int(place[3] or 0)) if place else (problem.where, 0, 0)


def _real(loc: Iterable[str | int]) -> KeyPath:
    """Path without the marks pydantic adds for keys and branches of a union."""
    steps: list[str | int] = []
    for step in loc:
        if step == "[key]":
            continue
        if isinstance(step, str) and (step.split("[")[0] in _MARKS):
            continue
        steps.append(step)
    return tuple(steps)


_MARKS = {
    "function-before", "function-after", "float", "int", "bool", "str", "tuple", "list", "dict",
    "literal", "none", "nullable", "constrained-float", "constrained-int", "constrained-str",
}  # fmt: skip


def keys_of(model: type[BaseModel]) -> Callable[[KeyPath], list[str]]:
    """Give a function from a path to the keys the model allows there."""

    def keys(path: KeyPath) -> list[str]:
        hint: Any = model
        for step in path:
            hint = _step(hint, step)
        fields = getattr(hint, "model_fields", {})
        return [field.alias or name for name, field in fields.items()]

    return keys


def _step(hint: Any, step: str | int) -> Any:
    """Type of the item `step` of a value of type `hint`."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        fields = hint.model_fields.items()
        found = [field.annotation for name, field in fields if step in (name, field.alias)]
        return _bare(found[0]) if found else None
    args = typing.get_args(hint)
    return _bare(args[-1] if args and args[-1] is not Ellipsis else args[0]) if args else None


def _bare(hint: Any) -> Any:
    """Type without `Annotated` and without `None`."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return _bare(args[0])
    if origin in (Union, types.UnionType):
        rest = [a for a in args if a is not type(None)]
        return _bare(rest[0])
    return hint
