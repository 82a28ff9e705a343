"""A run folder appears complete or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from popsim.errors import DataError
from popsim.results import check_output, read_run, writing
from popsim.results.folder import recover

MANIFEST = "manifest: 1\nname: x\n"


def write_run(output: Path, word: str, failure: type[BaseException] | None = None) -> None:
    with writing(output) as folder:
        (folder / "figures").mkdir()
        (folder / "figures" / "a.txt").write_text(word)
        (folder / "manifest.yaml").write_text(MANIFEST)
        if failure is not None:
            raise failure


def content(output: Path) -> str:
    return (output / "figures" / "a.txt").read_text()


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_writing__replaces_an_earlier_run_and_leaves_nothing_beside(tmp_path: Path) -> None:
    output = tmp_path / "runs" / "jx"
    write_run(output, "first")
    write_run(output, "second")
    assert content(output) == "second"
    assert names(output.parent) == ["jx"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_writing__a_failed_run_leaves_the_earlier_one(
    tmp_path: Path, error: type[BaseException]
) -> None:
    output = tmp_path / "jx"
    write_run(output, "first")
    with pytest.raises(error):
        write_run(output, "second", failure=error)
    assert content(output) == "first"
    assert names(tmp_path) == ["jx"]


def test_writing__a_run_without_manifest_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="run without manifest"), writing(tmp_path / "jx"):
        pass
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="kills a process with a signal")
def test_writing__a_killed_process_leaves_the_earlier_run(tmp_path: Path) -> None:
    output = tmp_path / "jx"
    write_run(output, "first")
    code = (
        "import sys, time\n"
        "from popsim.results.folder import writing\n"
        f"with writing({str(output)!r}) as folder:\n"
        "    (folder / 'manifest.yaml').write_text('manifest: 1')\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert content(output) == "first"
    write_run(output, "second")
    assert content(output) == "second"


def test_recover__brings_back_a_folder_set_aside(tmp_path: Path) -> None:
    """The process died between the two renames."""
    output = tmp_path / "jx"
    write_run(output, "first")
    output.rename(tmp_path / "jx.old.part")
    assert read_run(output).manifest["name"] == "x"
    assert content(output) == "first"
    assert not recover(output)


def test_writing__sweeps_parts_of_dead_runs_but_not_of_live_ones(tmp_path: Path) -> None:
    for name, age in (("jx.dead.part", 90_000), ("jx.live.part", 10), ("other.dead.part", 90_000)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    write_run(tmp_path / "jx", "new")
    assert names(tmp_path) == ["jx", "jx.live.part", "other.dead.part"]


def test_check_output__refuses_what_is_no_run_folder(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match=r"folder holds something else.*choose another folder"):
        check_output(tmp_path)
    with pytest.raises(DataError, match="output is a file"):
        check_output(tmp_path / "notes.txt")
    assert check_output(tmp_path / "new") == tmp_path / "new"
    (tmp_path / "empty").mkdir()
    assert check_output(tmp_path / "empty") == tmp_path / "empty"


@pytest.mark.skipif(os.name != "posix", reason="permissions of posix")
def test_writing__gives_the_folder_ordinary_permissions(tmp_path: Path) -> None:
    """A temporary folder is private; a run folder is as readable as any other."""
    (tmp_path / "plain").mkdir()
    write_run(tmp_path / "jx", "x")
    assert (tmp_path / "jx").stat().st_mode == (tmp_path / "plain").stat().st_mode
