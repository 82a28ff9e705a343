"""A YAML file as plain values, with the line and column of every key.

The file is read into PyYAML's node graph (`yaml.compose`), never through a loader that builds
objects: that keeps the place of each key, and leaves the meaning of scalars to
`popsim.tables.scalars`. Here stands everything about the *text* of a file; what the keys mean is
the matter of `popsim.config.models`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from popsim.errors import Problems
from popsim.tables.scalars import plain_scalar

__all__ = ["KeyPath", "Place", "Tree", "dotted", "parse_yaml", "read_yaml"]

KeyPath = tuple[str | int, ...]

# More nodes than this are a loop of aliases, not a scenario.
MAX_NODES = 200_000
_FULL_WIDTH = "：，［］｛｝＃－　“”‘’"
_FULL_WIDTH_KEY = re.compile(r"^\s*(?:-\s+)?[\"']?[\w.]+[\"']?\s*：")
_WORDS = re.compile(r"[\w.+-]+(\s*，\s*[\w.+-]+)+", re.ASCII)
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key stands: file, line and column, counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(slots=True)
class Tree:
    """Plain values of a file and the `Place` of every key and list item.

    Parameters
    ----------
    value
        Nested dicts, lists and scalars.
    places
        Place by path; the path of ``scenarios: {recent: ...}`` is ``("scenarios", "recent")``.
    folders
        Folder of the file in which a path was written: relative files are sought there.
    """

    value: dict[str | int, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)

    def where(self, *path: str | int) -> str:
        """``file:line:col (path.to.key)`` of a key, or of its nearest ancestor in the file."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        place = self.places.get(known)
        head = str(place) if place else "configuration"
        return f"{head} ({dotted(path)})" if path else head


def dotted(path: KeyPath) -> str:
    """Path as a person writes it.

    Examples
    --------
    >>> dotted(("targets", 1, "year"))
    'targets[1].year'
    """
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) and text else f".{step}" if text else str(step)
    return text


def read_yaml(path: Path, problems: Problems) -> Tree | None:
    """Read a file; its faults go to `problems`, and None comes back where nothing can be read."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        problems.add(
            "file cannot be read",
            where=str(path),
            got=error.strerror or str(error),
            expected="a YAML file",
            remedy="check the spelling of the path",
        )
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.add(
            "text is not UTF-8",
            where=f"{path}:{line}",
            got=f"byte 0x{raw[error.start]:02x}",
            remedy="save the file with the encoding UTF-8",
        )
        return None
    return parse_yaml(text, str(path), problems, folder=path.parent)


def parse_yaml(
    text: str, name: str, problems: Problems, *, folder: Path | None = None
) -> Tree | None:
    r"""Values and places of YAML text; faults of the text go to `problems`.

    Parameters
    ----------
    text
        The text of the file.
    name
        Its name in messages.
    problems
        List that collects the faults.
    folder
        Folder in which relative paths of the file are sought.

    Returns
    -------
    Tree or None
        None where the text is no YAML mapping at all.

    Examples
    --------
    >>> from popsim.errors import ConfigError
    >>> tree = parse_yaml("schema: 1\nregion: 0330402\n", "a.yaml", Problems(ConfigError))
    >>> tree.value
    {'schema': 1, 'region': '0330402'}
    >>> tree.where("region")
    'a.yaml:2:1 (region)'
    """
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        _syntax_faults(error, text, name, problems)
        return None
    except RecursionError:
        problems.add("nested too deeply", where=name, remedy="close the brackets")
        return None
    if not isinstance(root, yaml.MappingNode):
        got = "an empty file" if root is None else "a list or a single value"
        problems.add("no keys", where=f"{name}:1:1", got=got, expected="lines of `key: value`")
        return None
    walk = _Walk(name, problems)
    value = walk.value(root, ())
    return Tree(value, walk.places, {name: folder or Path()})


class _Walk:
    """One passage over the node graph of one file."""

    def __init__(self, name: str, problems: Problems) -> None:
        self.name = name
        self.problems = problems
        self.places: dict[KeyPath, Place] = {(): Place(name, 1, 1)}
        self.open: set[int] = set()
        self.count = 0

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        self.count += 1
        if id(node) in self.open or self.count == MAX_NODES:
            self.fault(node, path, "alias that contains itself, or far too many values")
            return None
        if self.count > MAX_NODES:
            return None
        if node.tag not in _PLAIN_TAGS:
            self.fault(node, path, "YAML tag", got=node.tag, remedy="remove the tag")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        self.open.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            result: Any = []
            for i, item in enumerate(node.value):
                self.places[(*path, i)] = self.place(item)
                result.append(self.value(item, (*path, i)))
        else:
            result = self.mapping(node, path)
        self.open.discard(id(node))
        return result

    def mapping(self, node: yaml.Node, path: KeyPath) -> dict[str | int, Any]:
        result: dict[str | int, Any] = {}
        lines: dict[str | int, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fault(key_node, path, "key that is itself a list or mapping")
                continue
            key = self.key(key_node)
            if key == "<<" and key_node.style is None:
                self.fault(key_node, path, "merge key <<", remedy="use `extends`")
                continue
            if key_node.style is None:
                self.check_width(key_node, (*path, key))
            if key in result:
                self.fault(
                    key_node,
                    (*path, key),
                    "repeated key",
                    got=f"{key} again",
                    expected=f"once (first on line {lines[key]})",
                    remedy="keep one of the two",
                )
                continue
            self.places[(*path, key)] = self.place(key_node)
            lines[key] = key_node.start_mark.line + 1
            result[key] = self.value(value_node, (*path, key))
        return result

    def key(self, node: yaml.ScalarNode) -> str | int:
        """Years and ages are whole numbers, every other key is the text as written."""
        value = plain_scalar(node.value) if node.style is None else node.value
        return value if isinstance(value, int) and not isinstance(value, bool) else node.value

    def scalar(self, node: yaml.ScalarNode, path: KeyPath) -> object:
        if node.style is not None:
            return node.value
        self.check_width(node, path)
        return plain_scalar(node.value)

    def check_width(self, node: yaml.ScalarNode, path: KeyPath) -> None:
        """Refuse `key：value` and `one，two`: punctuation meant, text got."""
        text = node.value
        if _FULL_WIDTH_KEY.match(text) and _is_word(text):
            self.fault(
                node, path, "full-width colon", got=text, remedy="write `: `, a colon and a space"
            )
        elif _WORDS.fullmatch(text):
            self.fault(
                node, path, "full-width comma", got=text, remedy="write `, `, a comma and a space"
            )

    def place(self, node: yaml.Node) -> Place:
        return Place(self.name, node.start_mark.line + 1, node.start_mark.column + 1)

    def fault(
        self,
        node: yaml.Node,
        path: KeyPath,
        what: str,
        *,
        got: str = "",
        expected: str = "",
        remedy: str = "",
    ) -> None:
        where = f"{self.place(node)} ({dotted(path)})" if path else str(self.place(node))
        self.problems.add(what, where=where, got=got, expected=expected, remedy=remedy)


def _is_word(text: str) -> bool:
    """Whether what stands before the full-width colon could be a key (ASCII), not a sentence."""
    return text.split("：")[0].strip().isascii()


def _syntax_faults(error: yaml.YAMLError, text: str, name: str, problems: Problems) -> None:
    """Name the usual causes (tab, full-width punctuation), each line; else the parser's words."""
    found = False
    for number, line in enumerate(text.splitlines(), 1):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            column, what, remedy = line.index("\t") + 1, "tab", "indent with spaces"
        elif _FULL_WIDTH_KEY.match(line):
            column, what = line.index("：") + 1, "full-width colon"
            remedy = "write `: `, a colon and a space"
        else:
            continue
        problems.add(what, where=f"{name}:{number}:{column}", got=line.strip()[:60], remedy=remedy)
        found = True
    if found:
        return
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        problems.add("not YAML", where=name, got=str(error).splitlines()[0])
        return
    lines = text.splitlines()
    line = lines[mark.line].strip() if mark.line < len(lines) else ""
    wide = [c for c in _FULL_WIDTH if c in line]
    remedy = "look at this line and the one above: indentation, brackets, quotes"
    if wide:
        remedy = f"replace full-width {' '.join(wide)} by the half-width sign, or quote the text"
    parts = [getattr(error, name, None) for name in ("context", "problem")]
    what = ", ".join(part for part in parts if part) or "not YAML"
    problems.add(
        what.replace("\t", "\\t"),
        where=f"{name}:{mark.line + 1}:{mark.column + 1}",
        got=line[:60],
        remedy=remedy,
    )
