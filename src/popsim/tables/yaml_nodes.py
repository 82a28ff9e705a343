"""YAML read from its node graph: every key and value keeps its file, line and column.

The stock loaders destroy codes (``010`` becomes 8, ``no`` becomes False) and let a repeated key
pass. Here `popsim.tables.scalars` says what a plain scalar means, for scenario files too, and a
repeated key is a fault.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from popsim.errors import Problems
from popsim.tables.scalars import plain_scalar

__all__ = ["Document", "read_yaml"]


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one YAML file and the place of every key.

    Parameters
    ----------
    data
        Plain dicts, lists and scalars.
    places
        Path of keys -> ``file:line:column``.
    """

    data: Any
    places: Mapping[tuple[Hashable, ...], str]

    def where(self, path: Iterable[Hashable]) -> str:
        """Place of a path, or of its nearest known parent, with the path written out.

        Examples
        --------
        >>> Document({}, {(): "a.yaml:1:1", ("k",): "a.yaml:2:1"}).where(["k", "z"])
        'a.yaml:2:1 (k.z)'
        """
        keys = tuple(path)
        shown = ".".join(str(key) for key in keys)
        while keys and keys not in self.places:
            keys = keys[:-1]
        place = self.places.get(keys, "")
        return f"{place} ({shown})" if shown else place


def read_yaml(path: Path, problems: Problems) -> Document:
    r"""Read one YAML file; faults of writing are added to `problems`.

    Parameters
    ----------
    path
        The file (UTF-8).
    problems
        Receives syntax faults, repeated keys and tabs, each with its place.

    Returns
    -------
    Document
        With ``data`` None where the file cannot be read at all.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "a.yaml"
    >>> _ = file.write_text("code: 010\nyear: 2020\nflag: no\n")
    >>> read_yaml(file, Problems()).data
    {'code': '010', 'year': 2020, 'flag': 'no'}
    """
    name = path.name
    places: dict[tuple[Hashable, ...], str] = {(): f"{name}:1:1"}
    try:
        text = path.read_text(encoding="utf-8-sig")
        root = _compose(text)
        data = None if root is None else _build(root, (), name, places, problems)
    except FileNotFoundError:
        problems.add("missing file", where=str(path), remedy="write it, or correct the path")
        return Document(None, places)
    except UnicodeDecodeError as error:
        problems.add("not UTF-8 text", where=f"{name} (byte {error.start})", remedy="save as UTF-8")
        return Document(None, places)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        hint = "indent with spaces; write ':' and ',' in half width, with a space after ':'"
        problems.add("cannot be read as YAML", where=place, got=error.problem or "", remedy=hint)
        return Document(None, places)
    except yaml.reader.ReaderError as error:
        place = f"{name}:{text[: error.position].count(chr(10)) + 1}"
        got = f"character 0x{error.character:02x}"
        problems.add("cannot be read as YAML", where=place, got=got, remedy="take it out")
        return Document(None, places)
    except RecursionError:
        what = "nested too deeply, or an alias that contains itself"
        problems.add(what, where=name, remedy="close the brackets, or write the values out")
        return Document(None, places)
    if root is None:
        problems.add("empty file", where=f"{name}:1:1")
        return Document(None, places)
    return Document(data, places)


def _compose(text: str) -> yaml.Node | None:
    """Node graph by libyaml, ten times as quick; faults in the plainer words of pure Python."""
    quick = getattr(yaml, "CSafeLoader", None)
    if quick is not None:
        with suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=quick)
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _build(
    node: yaml.Node,
    path: tuple[Hashable, ...],
    name: str,
    places: dict[tuple[Hashable, ...], str],
    problems: Problems,
) -> Any:
    """Turn a node into data, writing down the place of every key on the way."""
    places.setdefault(path, _place(node, name))
    if isinstance(node, yaml.MappingNode):
        data: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str | int) or isinstance(key, bool):
                problems.add("a key must be a word", where=_place(key_node, name))
                continue
            if key in data:
                remedy = "keep one of the two"
                problems.add("repeated key", where=_place(key_node, name), got=key, remedy=remedy)
                continue
            places[(*path, key)] = _place(key_node, name)
            data[key] = _build(value_node, (*path, key), name, places, problems)
        return data
    if isinstance(node, yaml.SequenceNode):
        return [
            _build(item, (*path, i), name, places, problems) for i, item in enumerate(node.value)
        ]
    return _scalar(node)


def _place(node: yaml.Node, name: str) -> str:
    """File, line and column of a node, counted from one."""
    return f"{name}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"


def _scalar(node: yaml.Node) -> Any:
    """Value of a scalar; quoted text stays text, codes keep their leading zeros."""
    quoted = isinstance(node, yaml.ScalarNode) and node.style
    return node.value if quoted else plain_scalar(node.value)
