"""Parameters written in YAML, bound to the signature of the function they feed."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError

from popsim.config.extends import nearest
from popsim.config.faults import report_validation, shown
from popsim.config.nodes import dotted
from popsim.config.types import strict_type
from popsim.errors import ConfigError, Problems

__all__ = ["bind", "hints_of", "parameters"]

Where = str | Callable[..., str]


def parameters(
    function: Callable[..., Any], *, given: Collection[str] | None = None
) -> dict[str, inspect.Parameter]:
    """Parameters of a function that a scenario file may set.

    Parameters
    ----------
    function
        The registered function.
    given
        Names the program itself supplies. By default those are the parameters that may be passed
        by position: what a function works on comes first, what a user chooses is keyword-only.

    Examples
    --------
    >>> def model(base, *, tfr: float, until: int = 2035): ...
    >>> list(parameters(model))
    ['tfr', 'until']
    """
    named = inspect.signature(function).parameters.values()
    keyword = inspect.Parameter.KEYWORD_ONLY
    kinds = {keyword} if given is None else {keyword, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    return {p.name: p for p in named if p.kind in kinds and p.name not in (given or ())}


def bind(
    function: Callable[..., Any],
    params: Mapping[Any, Any],
    where: Where = "",
    *,
    given: Collection[str] | None = None,
    problems: Problems | None = None,
) -> dict[str, Any]:
    """Check parameters against a signature and return them converted, ready for ``**kwargs``.

    Parameters
    ----------
    function
        The function they are for; its type hints say what each one may be.
    params
        Parameters as written.
    where
        Text such as ``"calibration"``, or a function of path steps that gives the place of each
        parameter: ``functools.partial(config.where, "scenarios", "recent", "fertility")``.
    given
        Names supplied by the program; see `parameters`.
    problems
        A list to which faults are added; without it they are raised.

    Returns
    -------
    dict
        Keyword arguments; a parameter left out keeps the function's default.

    Raises
    ------
    ConfigError
        Unknown, missing or ill-typed parameters, all at once, when `problems` is not given.

    Examples
    --------
    >>> def tfr_path(base, *, tfr: dict[int, float]): ...
    >>> bind(tfr_path, {"tfr": {2020: 1.04, 2035: 1}})
    {'tfr': {2020: 1.04, 2035: 1.0}}
    >>> bind(tfr_path, {"trf": {2020: 1.04}}, "fertility")
    Traceback (most recent call last):
    popsim.errors.ConfigError: 2 faults found:
      1. fertility.trf: unknown parameter of tfr_path; got trf; expected one of tfr.
         Remedy: did you mean tfr?
      2. fertility: missing parameter tfr of tfr_path; expected dict[int, float].
         Remedy: add `tfr:`
    """
    place = where if callable(where) else _place(where)
    faults = Problems(ConfigError) if problems is None else problems
    allowed = parameters(function, given=given)
    hints = hints_of(function)
    name = getattr(function, "__name__", str(function))
    bound: dict[str, Any] = {}
    for key, value in params.items():
        if key not in allowed:
            faults.add(
                f"unknown parameter of {name}",
                where=place(key),
                got=key,
                expected=f"one of {', '.join(allowed)}" if allowed else "no parameters",
                remedy=nearest(key, allowed),
            )
            continue
        try:
            bound[key] = _adapter(hints.get(key, Any)).validate_python(value)
        except ValidationError as error:
            report_validation(error, place, faults, keys=lambda _: [], prefix=(key,))
    for key, parameter in allowed.items():
        if parameter.default is inspect.Parameter.empty and key not in params:
            faults.add(
                f"missing parameter {key} of {name}",
                where=place(),
                expected=_hint_text(hints.get(key)),
                remedy=f"add `{key}:`",
            )
    if problems is None:
        faults.raise_if_any()
    return bound


def _place(where: str) -> Callable[..., str]:
    """Places of parameters that come from Python, not from a file."""
    return lambda *path: dotted((where, *path) if where else path) or shown("parameters")


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Type hints, each as far as it can be resolved at run time."""
    names = getattr(function, "__globals__", {})
    hints: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        holder = types.SimpleNamespace(__annotations__={name: parameter.annotation})
        if parameter.annotation is inspect.Parameter.empty:
            continue
        try:
            hints |= typing.get_type_hints(holder, globalns=names, include_extras=True)
        except (NameError, TypeError):
            continue  # a type imported for the type checker only
    return hints


def _adapter(hint: Any) -> TypeAdapter[Any]:
    """Validator of a hint; a type that YAML cannot write is left to the function."""
    try:
        return TypeAdapter(strict_type(hint))
    except (PydanticSchemaGenerationError, TypeError):
        return TypeAdapter(Any, config=ConfigDict(arbitrary_types_allowed=True))


def _hint_text(hint: Any) -> str:
    """A type in a user's words: the names of Python's modules say nothing to them."""
    if hint is None:
        return ""
    if isinstance(hint, type) and not typing.get_args(hint):
        return hint.__name__
    return re.sub(r"\b(?:\w+\.)+(?=\w)", "", str(hint))
