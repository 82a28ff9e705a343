"""JSON Schema of a scenario file, for editors that complete and check while one types.

An editor sees one file and not the files it extends. So the schema asks for required keys only in
a file without `extends`, and never inside a block, which may be the rest of an inherited one; the
loader checks what the editor cannot.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal, Union

from popsim.config.binding import hints_of, parameters
from popsim.config.models import Config

__all__ = ["json_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_JSON_TYPES: dict[object, str] = {
    str: "string",
    float: "number",
    int: "integer",
    bool: "boolean",
    type(None): "null",
}
Models = Mapping[str, Mapping[str, Callable[..., Any]]]


def json_schema(models: Models | None = None) -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file.

    Parameters
    ----------
    models
        Registered functions by block and name, e.g. ``{"fertility": FERTILITY}``; with them the
        editor knows each model's name and parameters. The block ``levers`` holds the levers.

    Examples
    --------
    >>> schema = json_schema()
    >>> "extends" in schema["properties"], "required" in schema
    (True, False)
    >>> schema["else"]["required"][:2]
    ['schema', 'name']
    """
    schema = Config.model_json_schema(by_alias=True)
    required = schema.pop("required")
    for block in schema["$defs"].values():
        block.pop("required", None)
    _loosen_codes(schema)
    _short_forms(schema)
    schema["properties"] = {
        "extends": {"type": "string", "description": "File to start from, relative to this one."},
        **schema["properties"],
    }
    for block, functions in (models or {}).items():
        _name_models(schema, block, functions)
    return {
        "$schema": _DIALECT,
        **schema,
        "title": "popsim scenario file",
        "description": "What `popsim run` reads; see the page on scenario files.",
        "if": {"required": ["extends"]},
        "then": {},
        "else": {"required": required},
    }


def _loosen_codes(node: Any) -> None:
    """Codes are text, but a reader may write 330402 without quotes."""
    if isinstance(node, list):
        for item in node:
            _loosen_codes(item)
    elif isinstance(node, dict):
        for item in node.values():
            _loosen_codes(item)
        if node.get("type") == "string" and "format" not in node and "enum" not in node:
            node["type"] = ["string", "integer"]
        elif node.get("type") == "object" and "properties" not in node:
            node.pop("propertyNames", None)


def _short_forms(schema: dict[str, Any]) -> None:
    """Add the shorter ways of writing that the loader takes: an id, one name, one title."""
    definitions = schema["$defs"]
    one = {"type": ["string", "integer"]}
    for block in [*definitions.values(), schema]:
        for key, field in block.get("properties", {}).items():
            for branch in list(field.get("anyOf", ())):
                if branch.get("$ref", "").endswith("/Title") or (
                    branch.get("type") == "array" and block is definitions["TargetEntry"]
                ):
                    field["anyOf"] = [*field["anyOf"], one] if key != "value" else field["anyOf"]
    targets = schema["properties"]["targets"]
    targets["items"] = {"anyOf": [targets["items"], one]}
    blocks = definitions["Scenario"]["properties"]
    for name in ("fertility", "mortality", "migration"):
        blocks[name] = dict(blocks[name])


def _name_models(
    schema: dict[str, Any], block: str, functions: Mapping[str, Callable[..., Any]]
) -> None:
    """Let the block know the models' names and, once one is named, its parameters."""
    word, base = ("lever", "Lever") if block == "levers" else ("model", "Choice")
    definitions = schema["$defs"]
    name = f"{base}_{block}"
    definitions[name] = {
        "type": "object",
        "properties": {word: {"enum": sorted(functions), "description": f"Name of a {word}."}},
        "allOf": [
            {
                "if": {"properties": {word: {"const": model}}, "required": [word]},
                "then": _signature_schema(word, function),
            }
            for model, function in sorted(functions.items())
        ],
    }
    fields = definitions["Scenario"]["properties"]
    if block == "levers":
        fields[block]["items"] = {"$ref": f"#/$defs/{name}"}
    elif block in fields:
        branches = [{"$ref": f"#/$defs/{name}"}]
        fields[block] = {"anyOf": [*branches, {"type": "null"}]}


def _signature_schema(word: str, function: Callable[..., Any]) -> dict[str, Any]:
    """Schema of the parameters of one registered function."""
    hints = hints_of(function)
    properties: dict[str, Any] = {word: True}
    for name, parameter in parameters(function).items():
        properties[name] = dict(_hint_schema(hints.get(name, Any)))
        default = parameter.default
        if isinstance(default, str | int | float | bool):
            properties[name]["default"] = default
    line = (inspect.getdoc(function) or "").partition("\n")[0]
    return {"description": line, "properties": properties, "additionalProperties": False}


def _hint_schema(hint: Any) -> dict[str, Any]:
    """Schema of a type hint, as far as JSON has a word for it; else anything goes."""
    if hint is str:
        return {"type": ["string", "integer"]}
    if hint in _JSON_TYPES:
        return {"type": _JSON_TYPES[hint]}
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return {"enum": list(args)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_hint_schema(a) for a in args]}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _hint_schema(args[1])}
    if isinstance(origin, type) and issubclass(origin, list | tuple):
        return {"type": "array"}
    return {}
