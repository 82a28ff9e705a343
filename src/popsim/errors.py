"""Errors of popsim: many faults collected, one exception raised.

A user who repairs one fault only to be shown the next loses an hour a day. Every check in popsim
therefore appends to a `Problems` list and raises once, at the end, with all of them. A table not
yet filled has hundreds of faults alike: these are told as one (`told`), and kept one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

__all__ = [
    "BalanceError",
    "ConfigError",
    "ConvergenceError",
    "DataError",
    "PopsimError",
    "Problem",
    "Problems",
    "told",
]

# Alike faults from this number on are told as one: the first three and the last are named.
_ALIKE = 5
# Runs of consecutive lines named of one kind of fault before the rest is only counted.
_RUNS = 6
# Places of the readers of tables: `a.csv:7 (column value)`, `a.csv:7: sex=male`, `a.csv (age=5)`.
_IN_LINE = re.compile(
    r"(?P<file>(?:[A-Za-z]:)?[^:\n]+):(?P<line>\d+)"
    r"(?P<rest>(?: \([^=\n]*\)| column \d+)?)(?:: (?P<labels>[^\n]+=[^\n]*))?"
)
_AT_LABELS = re.compile(
    r"(?P<file>(?:[A-Za-z]:)?[^:=(\n]+)(?:: | \()(?P<labels>[^()\n]+=[^()\n]*)\)?"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: what is wrong, where, what was got, what was expected, and the remedy.

    Parameters
    ----------
    what
        The fault in one clause, e.g. ``"negative count"``.
    where
        Its place: ``file:line``, a YAML path, or labels such as ``region=330402, age=85``.
    got, expected
        The value found and the value (or kind of value) wanted; empty where they add nothing.
    remedy
        What to do about it.

    Examples
    --------
    >>> print(Problem("unknown key", "a.yaml:3:1 (scenarois)", "scenarois", "scenarios", "rename"))
    a.yaml:3:1 (scenarois): unknown key; got scenarois; expected scenarios. Remedy: rename
    """

    what: str
    where: str = ""
    got: str = ""
    expected: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.got:
            text += f"; got {self.got}"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.remedy:
            text += f". Remedy: {self.remedy}"
        return text


class PopsimError(Exception):
    """Base of all errors of popsim that a user can mend.

    Parameters
    ----------
    problems
        One message, one `Problem`, or many of them.

    Examples
    --------
    >>> error = DataError([Problem("missing cell", "pop.csv:7"), Problem("negative", "pop.csv:9")])
    >>> print(error)
    2 faults found:
      1. pop.csv:7: missing cell
      2. pop.csv:9: negative

    Alike faults of one file are told as one; `problems` and `every` hold each of them.

    >>> error = DataError([Problem("missing cell", f"pop.csv:{line}") for line in range(2, 40)])
    >>> print(error)
    38 faults found, alike ones told as one:
      1-38. pop.csv:2-39: missing cell, 38 times
    >>> len(error.problems), error.every().splitlines()[-1]
    (38, '  38. pop.csv:39: missing cell')
    """

    exit_code = 2

    def __init__(self, problems: str | Problem | list[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        if isinstance(problems, Problem):
            problems = [problems]
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self._message())

    def _message(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        lines, last = [], 0
        for text, count in told(self.problems):
            first, last = last + 1, last + count
            lines.append(f"  {first if count == 1 else f'{first}-{last}'}. {text}")
        alike = ", alike ones told as one" if len(lines) < last else ""
        return "\n".join([f"{last} faults found{alike}:", *lines])

    @property
    def folded(self) -> bool:
        """Whether the message tells several faults as one."""
        return len(self.problems) > len(told(self.problems))

    def every(self) -> str:
        """Return the message with each fault on a line of its own."""
        lines = [f"  {i}. {p}" for i, p in enumerate(self.problems, 1)]
        return "\n".join([f"{len(lines)} faults found:", *lines])

    def __reduce__(self) -> tuple[type[PopsimError], tuple[list[Problem]]]:
        return type(self), (list(self.problems),)


class ConfigError(PopsimError):
    """A scenario file says something that cannot be meant."""


class DataError(PopsimError, ValueError):
    """A table or an array holds something that cannot be so (missing, negative, misaligned)."""


class BalanceError(PopsimError):
    """An account of the projection does not add up: a bug of popsim, not of the user."""

    exit_code = 1


class ConvergenceError(PopsimError):
    """An iteration (fit, raking, root search) did not converge."""


@dataclass(slots=True)
class Problems:
    """A growing list of faults that is raised once.

    Examples
    --------
    >>> problems = Problems(DataError)
    >>> problems.add("negative count", where="pop.csv:3", got="-5", expected="0 or more")
    >>> problems.raise_if_any()
    Traceback (most recent call last):
    popsim.errors.DataError: pop.csv:3: negative count; got -5; expected 0 or more
    """

    error: type[PopsimError] = DataError
    items: list[Problem] = field(default_factory=list)

    def add(
        self,
        what: str,
        *,
        where: str = "",
        got: object = "",
        expected: object = "",
        remedy: str = "",
    ) -> None:
        """Record one fault."""
        self.items.append(Problem(what, where, str(got), str(expected), remedy))

    def __bool__(self) -> bool:
        return bool(self.items)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.items)

    def raise_if_any(self) -> None:
        """Raise all recorded faults as one error.

        Raises
        ------
        PopsimError
            Of the class given at construction, when at least one fault was recorded.
        """
        if self.items:
            raise self.error(self.items)


def told(problems: Sequence[Problem]) -> list[tuple[str, int]]:
    """Return faults as sentences, those alike as one.

    Parameters
    ----------
    problems
        Faults in the order found.

    Returns
    -------
    list of (str, int)
        A sentence and how many faults it tells; the numbers add up to all of them. Five or more
        faults are told as one where file, column, kind and remedy are the same and only lines (or
        labels), values found and values expected differ. Order: by the first of each kind.

    Examples
    --------
    >>> told([Problem("negative", f"a.csv:{n} (column value)", f"-{n}") for n in (2, 3, 5, 6, 9)])
    [('a.csv:2-9 (column value): negative, 5 times (lines 2-3, 5-6, 9); got -2, -3, -5, .., -9', 5)]
    """
    groups: dict[object, list[Problem]] = {}
    for position, problem in enumerate(problems):
        groups.setdefault(_kind(problem) or position, []).append(problem)
    sentences: list[tuple[str, int]] = []
    for group in groups.values():
        if len(group) < _ALIKE:
            sentences.extend((str(problem), 1) for problem in group)
        else:
            sentences.append((str(_as_one(group)), len(group)))
    return sentences


def _kind(problem: Problem) -> tuple[str, ...] | None:
    """What alike faults share, or None for a place that is neither a line nor labels."""
    if found := _IN_LINE.fullmatch(problem.where):
        return "line", found["file"], found["rest"], problem.what, problem.remedy
    if found := _AT_LABELS.fullmatch(problem.where):
        return "labels", found["file"], "", problem.what, problem.remedy
    return None


def _as_one(group: Sequence[Problem]) -> Problem:
    """One fault that stands for several alike."""
    first = group[0]
    what = f"{first.what}, {len(group)} times"
    pattern = _IN_LINE if _IN_LINE.fullmatch(first.where) else _AT_LABELS
    places = [found for problem in group if (found := pattern.fullmatch(problem.where))]
    where = places[0]["file"]
    if pattern is _IN_LINE:
        lines = sorted({int(place["line"]) for place in places})
        where += f":{lines[0]}-{lines[-1]}" if len(lines) > 1 else f":{lines[0]}"
        where += places[0]["rest"]
        if len(runs := _runs(lines)) > 1:
            what += f" (lines {_few(runs, _RUNS, ', ')})"
    if labels := [place["labels"] for place in places if place["labels"]]:
        where += f" ({_few(labels, 3, '; ')})"
    got, expected = ([getattr(p, name) for p in group] for name in ("got", "expected"))
    return Problem(what, where, _values(got), _values(expected), first.remedy)


def _runs(lines: Sequence[int]) -> list[str]:
    """Ascending numbers as runs: ``2-5``, ``9``."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return [f"{a}-{b}" if b > a else f"{a}" for a, b in runs]


def _values(values: Sequence[str]) -> str:
    """The value all faults share, or the first three and the last."""
    if len(set(values)) == 1:
        return values[0]
    return _few(values, 3, " | " if any(", " in value for value in values) else ", ")


def _few(words: Sequence[str], first: int, between: str) -> str:
    """Up to `first` words and the last."""
    if len(words) > first + 1:
        words = [*words[:first], "..", words[-1]]
    return between.join(words)
