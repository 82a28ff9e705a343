"""The command line: what it loads, what it says, and the code it leaves with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import types
import unicodedata
from pathlib import Path

import click
import pandas as pd
import pytest

from popsim.cli import main
from popsim.cli.main import VERBS
from popsim.cli.verdict import say
from popsim.results import COLUMNS, make_manifest, write_manifest, write_table, writing

PYTHON = [sys.executable, "-m", "popsim"]


def call(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(w) for w in words])
    return int(left.value.code or 0)


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A run folder with one target met, one missed, one that nobody can compute."""
    row = dict.fromkeys(COLUMNS["targets"], "") | {"unit": "share", "reason": ""}
    share = row | {
        "target": "T01", "title": "Share", "indicator": "population_share", "year": 2025,
        "threshold": 0.6, "comparison": ">=", "definition": "resident",
    }  # fmt: skip
    rows = [
        share | {"scenario": "recent", "boundary": "today", "value": 0.2855, "met": False,
                 "gap": -0.3145},
        share | {"scenario": "recent", "boundary": "expanded", "value": 0.601, "met": True,
                 "gap": 0.001, "first_year_met": 2020},
        row | {"target": "T04", "title": "Flows", "year": 2025, "reason": "needs: a register"},
        share | {"scenario": "trend", "boundary": "today", "value": 0.2869, "met": False,
                 "gap": -0.3131},
    ]  # fmt: skip
    people = pd.DataFrame(
        {
            "indicator": "population", "group_or_region": "all", "boundary": "",
            "scenario": ["recent", "trend"], "year": 2035, "value": [5_980_000.0, 6_390_000.0],
            "unit": "person",
        }
    )  # fmt: skip
    output = tmp_path / "run"
    with writing(output) as folder:
        write_table(pd.DataFrame(rows), folder / "targets.csv")
        write_table(people, folder / "indicators.csv")
        text = "name: x\nscenarios: {recent: {title: {zh: 近期, en: Near}}}\nreport: {lang: zh}\n"
        (folder / "config.yaml").write_text(text, encoding="utf-8")
        manifest = make_manifest(name="x", config_sha256="", tables={}, seed=0, wall_time=0.0)
        write_manifest(folder, manifest)
    return output


def test_import__loads_nothing_heavy() -> None:
    """`popsim --help` must answer at once: no numeric library is imported for it."""
    code = (
        "import sys, popsim.cli\n"
        "try:\n    popsim.cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'xarray', 'numba', 'scipy', 'matplotlib', 'pydantic', 'yaml',"
        " 'rich'}\n"
        "sys.stderr.write(' '.join(sorted(heavy & set(sys.modules))))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert all(verb in done.stdout for verb in VERBS)


def test_import__a_run_loads_what_it_uses() -> None:
    """A run without figures waits for no pictures, workbook, report or statistics."""
    code = (
        "import sys, popsim.run, popsim.cli.verdict\n"
        "unused = {'matplotlib', 'scipy.stats', 'jinja2', 'xlsxwriter', 'dask'}\n"
        "sys.stderr.write(' '.join(sorted(unused & set(sys.modules))))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_main__linear_algebra_runs_in_one_thread_unless_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    with pytest.raises(SystemExit):
        main(["--version"])
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.environ["MKL_NUM_THREADS"] == "3"


@pytest.mark.parametrize("verb", VERBS)
def test_help__every_verb_has_its_own(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(verb, "--help") == 0
    assert f"popsim {verb}" in capsys.readouterr().out


def test_version__is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    assert call("--version") == 0
    assert capsys.readouterr().out == f"popsim {version('popsim')}\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rnu"], "No such command 'rnu'. Did you mean run?"),
        (["run"], "Missing argument 'CONFIG'"),
        (["run", "a.yaml", "--lang", "fr"], "'fr' is not one of 'zh', 'en'"),
        (["list", "scenarios"], "needs a scenario file"),
        (["check", "none.yaml"], "none.yaml: file cannot be read"),
        (["targets", "none"], "none: run folder not found"),
    ],
)
def test_main__a_wrong_command_leaves_with_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(*words) == 2
    out = capsys.readouterr()
    assert message in out.err
    assert "Traceback" not in out.err


def test_run__a_bad_file_tells_all_and_touches_nothing(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {p: p.read_bytes() for p in run_folder.rglob("*") if p.is_file()}
    config = tmp_path / "a.yaml"
    config.write_text("schema: 1\nnmae: x\nbase_year: 2020\nlast_year: 2019\n", encoding="utf-8")
    assert call("run", config, "-o", run_folder) == 2
    text = capsys.readouterr().err
    assert f"{config}:2:1 (nmae): unknown key" in text
    assert f"{config}:4:1 (last_year): the run ends before it begins" in text
    assert {p: p.read_bytes() for p in run_folder.rglob("*") if p.is_file()} == before


def test_run__refuses_a_folder_that_holds_something_else(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    assert call("run", root / "configs" / "jiaxing.yaml", "-o", tmp_path) == 2
    assert "folder holds something else" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_run__ctrl_c_leaves_with_130_and_no_folder(root: Path, tmp_path: Path) -> None:
    words = [*PYTHON, "run", str(root / "configs" / "jiaxing.yaml"), "-o", str(tmp_path / "jx")]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline() != ""  # the first step has begun
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "stopped" in err
    assert "Traceback" not in err
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def boom() -> types.ModuleType:
    """A verb with a bug."""
    module = types.ModuleType("popsim.cli.boom")

    @click.command("boom")
    @click.option("--debug", is_flag=True, expose_value=False)
    def boom_command() -> int:
        return 1 // 0

    module.boom_command = boom_command  # type: ignore[attr-defined]
    return module


def test_main__a_bug_is_told_in_short_and_in_full_under_debug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "popsim.cli.boom", boom())
    monkeypatch.setitem(VERBS, "boom", ("boom", ""))
    assert call("boom") == 1
    text = capsys.readouterr().err
    assert "a bug of popsim, not of your files: ZeroDivisionError" in text
    assert "--debug" in text
    assert "Traceback" not in text
    assert call("boom", "--debug") == 1
    assert "Traceback" in capsys.readouterr().err


def test_targets__shows_the_verdict_in_both_languages(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("targets", run_folder) == 0
    text = capsys.readouterr().out
    assert "28.55%" in text
    assert "-31.45个百分点" in text
    assert "未达到" in text
    assert "近期" in text
    assert "难以断定" in text  # 60.1 % against 60 %
    assert "T04 Flows — needs: a register" in text
    assert call("targets", run_folder, "--lang", "en", "--scenario", "trend") == 0
    text = capsys.readouterr().out
    assert "not met" in text
    assert "28.69 %" in text
    assert "28.55 %" not in text


def test_targets__strict_leaves_with_3_where_a_target_is_missed(run_folder: Path) -> None:
    assert call("targets", run_folder, "--strict") == 3
    frame = pd.read_csv(run_folder / "targets.csv", encoding="utf-8-sig")
    write_table(frame[frame["met"] != False], run_folder / "targets.csv")  # noqa: E712
    assert call("targets", run_folder, "--strict") == 0


def test_targets__refuses_an_unknown_scenario(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("targets", run_folder, "--scenario", "x") == 2
    assert "unknown scenario; got x; expected one of recent, trend" in capsys.readouterr().err


def test_compare__shows_scenarios_and_their_difference(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("compare", run_folder, "recent", "trend", "--lang", "zh") == 0
    text = capsys.readouterr().out
    assert "598.00 万人" in text
    assert "+41.00 万人" in text
    assert call("compare", run_folder, "--csv", tmp_path / "c.csv") == 0
    header = (tmp_path / "c.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header == "indicator,group_or_region,boundary,year,unit,recent,trend,difference"


def test_schema__is_json_and_knows_the_registered_models(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert call("schema", "-o", tmp_path / "s.json") == 0
    schema = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    models = schema["$defs"]["Choice_fertility"]["properties"]["model"]["enum"]
    assert "tfr_path" in models
    capsys.readouterr()
    assert call("schema") == 0
    assert json.loads(capsys.readouterr().out) == schema


def test_list__models_and_scenarios(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("list", "models") == 0
    assert "tfr_path" in capsys.readouterr().out
    assert call("list", "scenarios", root / "configs" / "jiaxing.yaml") == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ("recent", "trend", "no_migration"))


def test_new__lays_out_a_case_whose_check_names_every_empty_cell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["new", "tiny", "--in", tmp_path, "--region", "0330402", "--region", "b"]
    assert call(*words) == 0
    capsys.readouterr()
    assert call("list", "scenarios", tmp_path / "configs" / "tiny.yaml") == 0
    assert "no_migration" in capsys.readouterr().out
    assert call("check", tmp_path / "configs" / "tiny.yaml") == 2
    short = capsys.readouterr().err
    assert len(short.splitlines()) < 20
    assert "fertility_schedule.csv:2-36 (column value): missing cell, 35 times" in short
    assert "--every-fault" in short
    assert call("check", tmp_path / "configs" / "tiny.yaml", "--every-fault") == 2
    text = capsys.readouterr().err
    assert text.split(maxsplit=1)[0] == short.split(maxsplit=1)[0]
    empty = sum(
        line.split(",")[-2] == ""
        for name in ("population", "survival_schedule", "fertility_schedule")
        for line in (tmp_path / "data" / "tiny" / f"{name}.csv").read_text().splitlines()
    )
    assert empty == 2 * 2 * 19 * 2 + 2 * 101 + 35
    assert text.count("missing cell") >= empty
    assert call(*words) == 2
    assert "file exists" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../up", "", "a b", "嘉兴"])
def test_new__refuses_names_that_name_no_file(name: str, tmp_path: Path) -> None:
    assert call("new", name, "--in", tmp_path) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("word", ["scenario of its own, ", "某个方案，"])
def test_say__folds_to_the_screen(
    word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seventeen scenarios are one sentence, and no line of it is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", "60")
    say(word * 17)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 3
    for line in lines:
        assert sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line) <= 60
    assert "".join(line.strip() for line in lines).replace(" ", "") == (word * 17).replace(" ", "")
