"""How kernels are compiled, and where the compiled code is kept between processes.

The cache folder is the user's own (never a shared one: the files hold pickled code), is named
after a digest of all kernel sources, so that an edited kernel can never meet an old companion, and
is locked while it is read or written, because several processes may start at once. Where no such
folder can be had, code is compiled anew in every process and nothing else changes.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache

try:
    import fcntl
except ImportError:  # Windows: numba's own atomic replacement of files has to do
    fcntl = None

__all__ = ["cache_folder", "kernel"]


def _user_cache() -> Path:
    """Folder in which this user's programs keep what they can make again."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local")))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _digest() -> str:
    """Short digest of the kernel sources and of the compiler's version."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version_info[:2]}".encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


@functools.cache
def cache_folder() -> Path | None:
    """Folder of compiled kernels; None where nothing of the user's own is writable.

    Returns
    -------
    Path or None
        The folder, made with access for the user alone.

    Examples
    --------
    >>> folder = cache_folder()
    >>> folder is None or folder.is_dir()
    True
    """
    try:
        folder = _user_cache() / "popsim" / f"kernels-{_digest()}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
            return None
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):  # RuntimeError: a user without a home
        return None


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; without one where the platform has none."""
    if fcntl is None:
        yield
        return
    with open(folder / "lock", "a", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


class _LockedCache(FunctionCache):
    """numba's cache of one function, used by one process at a time."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            with _locked(Path(self._cache_path)):
                return super().load_overload(sig, target_context)
        except Exception:
            # A file cut short (power gone, disk full): whatever the unpickler says of it, the code
            # can be compiled anew; the index is emptied, so that the next process finds it whole.
            with contextlib.suppress(OSError), _locked(Path(self._cache_path)):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        # A full disk or a folder that went away costs the next process a compilation, no more.
        with contextlib.suppress(OSError), _locked(Path(self._cache_path)):
            super().save_overload(sig, data)


def inlined(function: Callable[..., Any]) -> Any:
    """Make a function part of the kernels that call it: no call, no code of its own.

    Parameters
    ----------
    function
        A piece of a loop, named so that it can be read alone.

    Returns
    -------
    callable
        For use in kernels.

    Examples
    --------
    >>> @inlined
    ... def half(x):
    ...     return x / 2
    >>> @kernel
    ... def quarter(x):
    ...     return half(half(x))
    >>> quarter(2.0)
    0.5
    """
    return numba.njit(nogil=True, inline="always", _nrt=False)(function)


def kernel(function: Callable[..., Any] | None = None, *, reassociate: bool = False) -> Any:
    """Compile a function on first call, without the interpreter's lock, and keep the code.

    Parameters
    ----------
    function
        Plain loops over arrays.
    reassociate
        Let sums be added in another order, so that they run in vector registers. The order is
        fixed when the function is compiled: the same input still gives the same bits.

    Returns
    -------
    callable
        The compiled function.

    Examples
    --------
    >>> @kernel
    ... def double(x):
    ...     return 2 * x
    >>> double(21)
    42
    """
    if function is None:
        return functools.partial(kernel, reassociate=reassociate)
    flags: Any = {"reassoc", "nsz", "contract"} if reassociate else False
    compiled = numba.njit(nogil=True, fastmath=flags, _nrt=False)(function)
    folder = cache_folder()
    if folder is not None and Path(function.__code__.co_filename).is_file():
        configured = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = str(folder)
        try:
            compiled._cache = _LockedCache(compiled.py_func)
        except (RuntimeError, OSError):
            pass
        finally:
            numba.config.CACHE_DIR = configured
    return compiled
