"""From a file to a `Config`, or to one error with every fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from popsim.config import dump_config, load_config
from popsim.errors import ConfigError

Write = Callable[..., Path]


def fault(path: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return caught.value


def test_load_config__reads_every_block(write: Write) -> None:
    config = load_config(write())
    assert config.name == "small"
    assert config.title is not None
    assert config.title.text("zh") == "小城"
    assert config.states.area
    assert not config.states.status
    assert config.scenarios["recent"].fertility.params == {"tfr": {2020: 1.04, 2035: 1}}
    assert config.scenarios["recent"].migration.params == {"factor": 0.001}
    assert config.scenarios["recent"].levers[0].params == {"year": 2025}
    assert config.targets[0].overrides == {}
    assert config.targets[1].overrides == {"boundary": ("expanded",), "definition": ("registered",)}
    assert config.data.is_dir()


def test_load_config__is_frozen(write: Write) -> None:
    config = load_config(write())
    with pytest.raises(ValidationError, match="frozen"):
        config.seed = 1  # type: ignore[misc]


def test_load_config__codes_keep_their_zeros(write: Write) -> None:
    config = load_config(write(**{"- T01": "- {id: T01, region: [0330402, 330411]}"}))
    assert config.targets[0].region == ("0330402", "330411")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("scenarios:", "scenarois:", r"a\.yaml:10:1 \(scenarois\): unknown key.*did you mean scen"),
        ("area: true", "aera: true", r"\(states\.aera\): unknown key.*did you mean area\?"),
        ("area: true", "area: yes", r"a\.yaml:8:10 \(states\.area\): wrong type; got yes; "
         r"expected true or false"),
        ("seed: 14", 'seed: "14"', r"\(seed\): wrong type; got 14; expected a whole number\. "
         r"Remedy: write it without quotes"),
        ("seed: 14", "seed: 1.5", r"\(seed\): wrong type; got 1\.5; expected a whole number"),
        ("seed: 14", "seed: -1", r"\(seed\): out of range; got -1; expected 0 or more"),
        ("seed: 14", "seed: true", r"\(seed\): wrong type; got true; expected a whole number"),
        ("name: small", "name: ../up", r"\(name\): not a usable name"),
        ("name: small", "name: 1.10", r"\(name\): wrong type; .*put it in quotes"),
        ("name: small\n", "", r"\(name\): missing key\. Remedy: add `name:"),
        ("schema: 1\n", "", r"\(schema\): missing key\. Remedy: add `schema: 1`"),
        ("schema: 1", "schema: 2", r"\(schema\): unknown form of scenario file; got 2; expected 1"),
        ("last_year: 2035", "last_year: 2020", r"\(last_year\): the run ends before it begins"),
        ("[2020, 2035]", "[2020, 2036]", r"\(report\.years\[1\]\): year outside the run; got 2036"),
        ("- T01", "- {id: T01, year: 2019}", r"\(targets\[0\]\.year\): year outside the run"),
        ("- T01", "- {id: T01, value: 60%}", r"wrong type; got 60%; .*write 0\.6"),
        ("- T01", "- {id: T01, value: .nan}", r"\(targets\[0\]\.value\)"),
        ("- T01", "- {id: T01, boundary: todya}", r"unknown boundary; .*did you mean today\?"),
        ("- T01", "- T01\n  - T01", r"\(targets\[1\]\): target named twice"),
        ("lang: en", "lang: fr", r"\(report\.lang\): unknown choice; got fr; expected zh or en"),
        ("extends: recent", "extends: recnt", r"unknown scenario; got recnt; .*did you mean rec"),
        ("extends: recent", "extends: trend", r"in a circle; got trend -> trend"),
        ("{model: recent}", "recent", r"\(scenarios\.recent\.mortality\): wrong type; .*"
         r"write \{model: recent\}"),
        ("mortality: {model: recent}", "mortalty: {model: recent}",
         r"mortalty\): unknown key.*did you mean mortality"),
        ("data: data", "data: dta", r"\(data\): folder of the case not found; got dta"),
        ("[today, expanded]", "[today, today]", r"\(boundaries\[1\]\): named twice"),
        ("scenarios:", "scenarios: {}\nx:", r"\(scenarios\): too short"),
    ],
)  # fmt: skip
def test_load_config__refuses_with_the_place(
    write: Write, old: str, new: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        load_config(write(**{old: new}))


def test_load_config__all_faults_in_one_error_in_reading_order(write: Write) -> None:
    error = fault(
        write(**{"seed: 14": "sede: 14", "lang: en": "lang: xx", "extends: recent": "extends: no"})
    )
    assert [p.where.split()[1] for p in error.problems] == [
        "(sede)",
        "(scenarios.trend.extends)",
        "(report.lang)",
    ]


def test_load_config__one_cause_is_told_once(write: Write) -> None:
    """A scenario whose parent is unknown is not blamed for what it would have inherited."""
    error = fault(write(**{"extends: recent": "extends: recnt"}))
    assert len(error.problems) == 1


def test_load_config__an_inherited_fault_is_told_once(write: Write) -> None:
    error = fault(write(**{"mortality: {model: recent}": "mortality: 3"}))
    assert [p.where.split()[1] for p in error.problems] == ["(scenarios.recent.mortality)"]


def test_load_config__missing_file() -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: file cannot be read"):
        load_config("nowhere.yaml")


def test_extends__a_model_named_stands_alone(write: Write) -> None:
    """Parameters of one model mean nothing to another."""
    config = load_config(write())
    assert config.scenarios["trend"].migration.params == {}
    assert config.scenarios["trend"].fertility == config.scenarios["recent"].fertility
    assert config.scenarios["trend"].levers == config.scenarios["recent"].levers
    assert config.scenarios["trend"].title is None


def test_extends__a_parameter_alone_changes_the_inherited_model(write: Write) -> None:
    config = load_config(
        write(**{"migration: {model: trend}": "migration: {factor: 2.0}, levers: []"})
    )
    assert config.scenarios["trend"].migration.model == "recent"
    assert config.scenarios["trend"].migration.params == {"factor": 2.0}
    assert config.scenarios["trend"].levers == ()
    where = config.where("scenarios", "trend", "migration", "factor")
    assert where == f"{config.path}:17:40 (scenarios.trend.migration.factor)"
    inherited = config.where("scenarios", "trend", "fertility", "tfr")
    assert ":13:" in inherited


def test_extends__a_file_changes_what_it_names(write: Write) -> None:
    base = write()
    child = write(
        "sub/child.yaml",
        "extends: ../a.yaml\nname: child\nlast_year: 2040\nscenarios:\n"
        "  trend: {migration: {factor: 3}}\n  more: {extends: trend}\nboundaries: [today]\n"
        "targets: [T01]\n",
    )
    config = load_config(child)
    assert (config.name, config.last_year, config.base_year) == ("child", 2040, 2020)
    assert config.scenarios["more"].migration.model == "trend"
    assert config.scenarios["more"].migration.params == {"factor": 3}
    assert config.boundaries == ("today",)
    assert config.data.resolve() == (base.parent / "data").resolve()
    assert config.where("last_year") == f"{child}:3:1 (last_year)"
    assert "a.yaml:6:1" not in config.where("last_year")
    assert "a.yaml:7:1" in config.where("seed")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("extends: b.yaml\n", r"files extend each other in a circle; got a\.yaml -> b\.yaml"),
        ("extends: c.yaml\n", r"file to extend not found; got c\.yaml; *|did you mean"),
        ("extends: [a]\n", r"\(extends\): not a file name"),
    ],
)
def test_extends__refuses_files(write: Write, text: str, message: str) -> None:
    write("b.yaml", "extends: a.yaml\n")
    with pytest.raises(ConfigError, match=message):
        load_config(write("a.yaml", text))


def test_extends__scenarios_in_a_circle(write: Write) -> None:
    path = write(**{"  trend: {": "  b: {extends: c}\n  c: {extends: b}\n  trend: {"})
    error = fault(path)
    assert [p.what for p in error.problems] == ["scenarios extend each other in a circle"]


def test_digest__knows_meaning_not_form(write: Write) -> None:
    first = load_config(write()).digest
    assert load_config(write("b.yaml", "# a word\nextends: a.yaml\n")).digest == first
    assert load_config(write("c.yaml", "extends: a.yaml\nseed: 15\n")).digest != first


def test_dump_config__reads_back_the_same(write: Write, tmp_path: Path) -> None:
    write(**{"title: recent": 'note: "1e-3"\n    title: "no：1"'})
    config = load_config(write("sub/b.yaml", "extends: ../a.yaml\nname: '0330402'\n"))
    run = tmp_path / "runs" / "b"
    run.mkdir(parents=True)
    text = dump_config(config, run)
    (run / "config.yaml").write_text(text, encoding="utf-8")
    again = load_config(run / "config.yaml")
    assert again.scenarios == config.scenarios
    assert again.name == "0330402"
    assert again.data.resolve() == config.data.resolve()
    # A lax YAML 1.1 reader sees the same texts.
    assert yaml.safe_load(text)["scenarios"]["recent"]["note"] == "1e-3"
    assert str(tmp_path) not in text
