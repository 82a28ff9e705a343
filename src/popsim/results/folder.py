"""A folder that appears complete or not at all.

A run writes into a sibling `NAME.xxxx.part`. Only when everything is there and flushed to disk is
the old folder set aside, the new one renamed into its place, and the old one deleted. Whatever
kills the run before leaves the old folder untouched; whatever kills it between the two renames
leaves the old folder under the name `NAME.old.part`, from which `recover` brings it back.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from popsim.errors import DataError, Problem

__all__ = ["MANIFEST", "check_output", "recover", "writing"]

MANIFEST = "manifest.yaml"
_PART = ".part"
_OLD = ".old.part"
# Parts older than a day belong to runs that were killed.
_STALE_SECONDS = 86_400.0


def check_output(output: str | Path) -> Path:
    """Refuse early an output that must not be replaced.

    Parameters
    ----------
    output
        Folder the run is to leave.

    Returns
    -------
    Path
        The same, absolute.

    Raises
    ------
    DataError
        If it is a file, or a folder with content that is no run folder.
    """
    folder = Path(os.path.abspath(output))
    remedy = "choose another folder with -o, or remove it yourself"
    if folder.exists() and not folder.is_dir():
        raise DataError(Problem("output is a file", str(output), "", "a folder", remedy))
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise DataError(
            Problem(
                "folder holds something else",
                str(output),
                "a folder without manifest.yaml",
                "a new folder, or the folder of an earlier run",
                remedy,
            )
        )
    return folder


@contextmanager
def writing(output: str | Path) -> Iterator[Path]:
    r"""Give a folder to write into, which becomes `output` when the block ends without error.

    Parameters
    ----------
    output
        Folder the run is to leave. An earlier run folder there is replaced at the end, and stays
        as it was if the block raises or the process dies.

    Yields
    ------
    Path
        An empty folder beside `output`.

    Raises
    ------
    DataError
        As `check_output`; or if the block wrote no ``manifest.yaml``.

    Examples
    --------
    >>> import tempfile
    >>> output = Path(tempfile.mkdtemp()) / "run"
    >>> with writing(output) as folder:
    ...     _ = (folder / "manifest.yaml").write_text("popsim: 0.1.0\n")
    ...     output.exists()
    False
    >>> output.exists()
    True
    """
    target = check_output(output)
    target.parent.mkdir(parents=True, exist_ok=True)
    recover(target)
    _sweep(target)
    part = Path(tempfile.mkdtemp(prefix=f"{target.name}.", suffix=_PART, dir=target.parent))
    try:
        os.chmod(part, 0o777 & ~_umask())
        yield part
        if not (part / MANIFEST).is_file():
            raise DataError(Problem("run without manifest", str(output)))
        _flush(part)
        check_output(target)
        _swap(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def recover(target: Path) -> bool:
    """Bring back a folder set aside by a run that died between its two renames."""
    old = target.with_name(target.name + _OLD)
    if not old.is_dir():
        return False
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
        return False
    os.replace(old, target)
    return True


def _swap(part: Path, target: Path) -> None:
    """New folder in, old folder out; the old one comes back if the rename fails."""
    old = target.with_name(target.name + _OLD)
    if target.exists():
        os.replace(target, old)
    try:
        os.replace(part, target)
    except OSError:
        if old.is_dir():
            os.replace(old, target)
        raise
    _flush_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Delete what killed runs left behind, never what a run beside this one is writing."""
    for part in target.parent.glob(f"{glob_name(target.name)}.*{_PART}"):
        with suppress(OSError):
            if time.time() - _latest(part) > _STALE_SECONDS:
                shutil.rmtree(part, ignore_errors=True)


def glob_name(name: str) -> str:
    """Name with the signs that `glob` would interpret made literal."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _latest(folder: Path) -> float:
    return max([folder.stat().st_mtime, *(p.stat().st_mtime for p in folder.rglob("*"))])


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _flush(folder: Path) -> None:
    """Push every file and folder to disk, so that the rename cannot overtake the content."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        elif path.is_dir():
            _flush_folder(path)
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
