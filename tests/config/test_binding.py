"""Parameters of a scenario file against the signature of a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest

from popsim.config import bind, parameters
from popsim.config.nodes import parse_yaml
from popsim.errors import ConfigError, Problems


class Odd:
    """No YAML."""


def model(
    fitted: Any,
    periods: Any,
    *,
    tfr: Mapping[int, float],
    kind: Literal["fast", "slow"] = "fast",
    factor: float = 1.0,
    regions: Sequence[str] = (),
    steps: int | None = None,
    smooth: bool = False,
    span: tuple[int, int] = (2020, 2035),
) -> None:
    """Take one parameter of every kind."""


def test_bind__converts_what_the_hints_say() -> None:
    written = {"tfr": {2020: 1}, "factor": 2, "regions": [330402, "0330402"], "span": [1, 2]}
    bound = bind(model, written)
    assert bound == {
        "tfr": {2020: 1.0},
        "factor": 2.0,
        "regions": ["330402", "0330402"],
        "span": (1, 2),
    }
    assert isinstance(bound["factor"], float)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"trf": {2020: 1}}, r"unknown parameter of model; got trf; .*did you mean tfr\?"),
        ({}, r"missing parameter tfr of model; expected .*Mapping\[int, float\]"),
        ({"tfr": {"late": 1.0}}, r"tfr\.late: wrong type; got late; expected a whole number"),
        ({"tfr": {2020: "1.04"}}, r"tfr\[2020\]: wrong type; got 1\.04; expected a number"),
        ({"tfr": {2020: True}}, r"tfr\[2020\]: wrong type; got true; expected a number"),
        ({"tfr": {2020: float("nan")}}, r"tfr\[2020\]: not a number"),
        ({"tfr": {}, "kind": "fats"}, r"kind: unknown choice; got fats; .*did you mean fast"),
        ({"tfr": {}, "smooth": "no"}, r"smooth: wrong type; got no; .*write true or false"),
        ({"tfr": {}, "steps": 1.5}, r"steps: wrong type; got 1\.5; expected a whole number"),
        ({"tfr": {}, "span": [1, 2, 3]}, r"span: wrong type; got \[1, 2, 3\]"),
        ({"tfr": {}, "regions": [1.10]}, r"regions\[0\]: wrong type; got 1\.1; .*in quotes"),
        ({"tfr": {}, "fitted": 1}, r"unknown parameter of model; got fitted"),
    ],
)
def test_bind__refuses(params: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        bind(model, params, "fertility")


def test_bind__all_faults_with_their_places() -> None:
    problems = Problems(ConfigError)
    tree = parse_yaml("fertility:\n  model: m\n  trf: 1\n  factor: x\n", "a.yaml", problems)
    assert tree is not None
    params = {k: v for k, v in tree.value["fertility"].items() if k != "model"}
    bind(model, params, partial(tree.where, "fertility"), problems=problems)
    assert [p.where for p in problems] == [
        "a.yaml:3:3 (fertility.trf)",
        "a.yaml:4:3 (fertility.factor)",
        "a.yaml:1:1 (fertility)",
    ]


def test_bind__names_the_program_supplies_are_not_bound() -> None:
    def fit(case: Any, *, area: bool, first_year: int) -> None:
        """Fit."""

    assert list(parameters(fit, given=("case", "area"))) == ["first_year"]
    assert bind(fit, {"first_year": 2021}, given=("case", "area")) == {"first_year": 2021}


def test_bind__leaves_types_yaml_cannot_write_to_the_function() -> None:
    def fit(*, odd: Odd, path: Path) -> None:
        """Fit."""

    bound = bind(fit, {"odd": 1, "path": "a/b"}, given=())
    assert bound == {"odd": 1, "path": Path("a/b")}
