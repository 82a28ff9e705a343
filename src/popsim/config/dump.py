"""A configuration written out again: one file that stands alone and reads back as the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from popsim.config.models import Config
from popsim.tables.scalars import plain_scalar

__all__ = ["dump_config"]


class _Dumper(yaml.SafeDumper):
    """Text that a lax reader would take for a number or a boolean is quoted."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write every value in full."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Quote what our own reader would take for a number, or for a slip of the keyboard."""
    plain = plain_scalar(text) == text and not set(text) & set("：，")
    style = None if plain else "'"
    if "\n" in text:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump_config(config: Config, folder: str | Path) -> str:
    """YAML of a configuration with all that it extends, for a file in `folder`.

    Parameters
    ----------
    config
        From `load_config`.
    folder
        Folder in which the text will be saved; paths are written relative to it, so that the
        whole tree of files may be moved.

    Returns
    -------
    str
        Reading it back gives a configuration with the same `digest`, but for the paths.
    """
    tree = dict(config.tree)
    tree["data"] = relative(config.data, Path(folder))
    care = tree.get("care")
    if isinstance(care, dict) and isinstance(care.get("supply"), str):
        supply = config.beside(care["supply"], "care", "supply")
        tree["care"] = {**care, "supply": relative(supply, Path(folder))}
    return yaml.dump(tree, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def relative(path: Path, folder: Path) -> str:
    """Path as seen from a folder, with forward slashes; absolute where no way leads there."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return path.resolve().as_posix()
