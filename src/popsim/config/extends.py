"""Inheritance: a file that extends a file, a scenario that extends a scenario.

One rule serves both. Mappings are merged key by key, the heir's word counts; lists and single
values are replaced whole. A block that names its own ``model`` (or ``lever``) stands alone, for
the parameters of one model mean nothing to another; a block that names none changes single
parameters of the inherited one. ``key: null`` takes an inherited key away.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from popsim.config.nodes import KeyPath, Tree, read_yaml
from popsim.errors import Problems

__all__ = ["inherit_scenarios", "nearest", "read_with_parents"]

_CHOICES = ("model", "lever")


def nearest(word: object, known: Iterable[object]) -> str:
    """Return a did-you-mean remedy, or the empty string where no known word is near.

    Examples
    --------
    >>> nearest("scenarois", ["scenarios", "seed"])
    'did you mean scenarios?'
    """
    names = [str(k) for k in known]
    close = difflib.get_close_matches(str(word), names, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else ""


def read_with_parents(path: Path, problems: Problems) -> Tree | None:
    """Read a file merged over the files it extends; faults go to `problems`.

    Parameters
    ----------
    path
        The file; ``extends`` in it is relative to its folder.
    problems
        List that collects the faults.

    Returns
    -------
    Tree or None
        None where a file of the chain cannot be read.
    """
    chain: list[Tree] = []
    seen: list[Path] = []
    while True:
        tree = read_yaml(path, problems)
        if tree is None:
            return None
        chain.append(tree)
        seen.append(path.resolve())
        parent = tree.value.pop("extends", None)
        if parent is None:
            break
        where = tree.where("extends")
        if not isinstance(parent, str):
            problems.add("not a file name", where=where, got=parent, expected="one file name")
            return None
        path = path.parent / parent
        if path.resolve() in seen:
            names = " -> ".join(p.name for p in [*seen, path.resolve()])
            problems.add("files extend each other in a circle", where=where, got=names)
            return None
        if not path.is_file():
            problems.add(
                "file to extend not found",
                where=where,
                got=parent,
                remedy=nearest(parent, [p.name for p in sorted(path.parent.glob("*.yaml"))])
                or "the name is relative to the folder of this file",
            )
            return None
    result = chain.pop()
    for heir in reversed(chain):
        result = _merge(result, heir)
    return result


def _merge(parent: Tree, heir: Tree) -> Tree:
    """Heir over parent, as new objects."""
    places = dict(parent.places)
    value = _over(parent.value, heir.value, (), (), heir.places, places)
    places[()] = heir.places[()]
    return Tree(value, places, parent.folders | heir.folders)


def _over(
    parent: Any,
    heir: Any,
    path: KeyPath,
    source: KeyPath,
    heir_places: dict[KeyPath, Any],
    places: dict[KeyPath, Any],
) -> Any:
    """Value of `heir`, standing at `source`, over `parent` at `path`; `places` is brought along."""
    alone = not isinstance(heir, dict) or not isinstance(parent, dict)
    if alone or any(choice in heir for choice in _CHOICES):
        for known in [p for p in places if p[: len(path)] == path and len(p) > len(path)]:
            del places[known]
        for known, place in heir_places.items():
            if known[: len(source)] == source:
                places[path + known[len(source) :]] = place
        return heir
    result = dict(parent)
    for key, item in heir.items():
        at, start = (*path, key), (*source, key)
        places[at] = heir_places[start]
        if key in parent:
            result[key] = _over(parent[key], item, at, start, heir_places, places)
        else:
            result[key] = _over(None, item, at, start, heir_places, places)
    return result


def inherit_scenarios(tree: Tree, problems: Problems) -> tuple[Tree, set[KeyPath]]:
    """Return the tree with every scenario written out in full; faults go to `problems`.

    A scenario keeps its ``extends`` (a report may show the descent); all that it inherits is
    copied into it, except its title. Unknown parents and circles are faults; the paths of the
    scenarios they leave incomplete come back too.
    """
    scenarios = tree.value.get("scenarios")
    if not isinstance(scenarios, dict):
        return tree, set()
    work = _Descent(tree, scenarios, problems)
    full = {name: work.write_out(name, []) for name in scenarios}
    whole = Tree({**tree.value, "scenarios": full}, work.places, tree.folders)
    return whole, {("scenarios", name) for name in work.orphans}


class _Descent:
    """Scenarios of one file, written out one after the other."""

    def __init__(self, tree: Tree, scenarios: dict[str | int, Any], problems: Problems) -> None:
        self.tree = tree
        self.scenarios = scenarios
        self.problems = problems
        self.places = dict(tree.places)
        self.done: dict[str | int, Any] = {}
        self.orphans: set[str | int] = set()

    def write_out(self, name: str | int, heirs: list[str | int]) -> Any:
        """Scenario `name` in full, through its ancestors; `heirs` is the way that led here."""
        if name not in self.done:
            own = self.scenarios[name]
            parent = own.get("extends") if isinstance(own, dict) else None
            self.done[name] = own if parent is None else self.inherit(name, parent, heirs)
        return self.done[name]

    def inherit(self, name: str | int, parent: Any, heirs: list[str | int]) -> Any:
        """Scenario `name` over its parent; alone where the parent is a fault."""
        own = self.scenarios[name]
        where = self.tree.where("scenarios", name, "extends")
        others = [s for s in self.scenarios if s != name]
        if parent in (*heirs, name):
            way = " -> ".join(str(s) for s in [*heirs, name, parent])
            self.problems.add("scenarios extend each other in a circle", where=where, got=way)
            self.orphans.add(name)
            return own
        if not isinstance(parent, str | int) or parent not in self.scenarios:
            self.problems.add(
                "unknown scenario",
                where=where,
                got=parent,
                expected=f"one of {', '.join(str(s) for s in others)}",
                remedy=nearest(parent, others),
            )
            self.orphans.add(name)
            return own
        above = self.write_out(parent, [*heirs, name])
        if parent in self.orphans:
            self.orphans.add(name)
        above = above if isinstance(above, dict) else {}
        inherited = {k: v for k, v in above.items() if k not in ("extends", "title")}
        at: KeyPath = ("scenarios", name)
        for known in [p for p in self.places if p[:2] == ("scenarios", parent)]:
            if len(known) > 2 and known[2] in inherited:
                self.places.setdefault(at + known[2:], self.places[known])
        own_places = {p: q for p, q in self.tree.places.items() if p[:2] == at}
        return _over(inherited, own, at, at, own_places, self.places)
