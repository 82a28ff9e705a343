"""JSON Schema for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from popsim.config import Config, json_schema


def path(fitted: Any, *, tfr: Mapping[int, float], smooth: bool = True) -> None:
    """TFR along a path."""


def test_json_schema__knows_every_key_and_extends() -> None:
    schema = json_schema()
    fields = {field.alias or name for name, field in Config.model_fields.items()}
    assert set(schema["properties"]) == fields | {"extends"}
    assert schema["additionalProperties"] is False


def test_json_schema__demands_keys_only_of_a_file_that_stands_alone() -> None:
    schema = json_schema()
    assert "required" not in schema
    assert schema["if"] == {"required": ["extends"]}
    assert set(schema["else"]["required"]) == {
        "schema", "name", "data", "base_year", "last_year", "scenarios",
    }  # fmt: skip
    assert not any("required" in block for block in schema["$defs"].values())


def test_json_schema__knows_the_parameters_of_registered_models() -> None:
    schema = json_schema({"fertility": {"path": path}, "levers": {"shock": path}})
    block = schema["$defs"]["Choice_fertility"]
    assert block["properties"]["model"]["enum"] == ["path"]
    then = block["allOf"][0]["then"]
    assert then["description"] == "TFR along a path."
    assert then["properties"] == {
        "model": True,
        "tfr": {"type": "object", "additionalProperties": {"type": "number"}},
        "smooth": {"type": "boolean", "default": True},
    }
    levers = schema["$defs"]["Scenario"]["properties"]["levers"]
    assert levers["items"] == {"$ref": "#/$defs/Lever_levers"}
