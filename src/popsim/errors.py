"""Errors of popsim: many faults collected, one exception raised.

A user who repairs one fault only to be shown the next loses an hour a day. Every check in popsim
therefore appends to a `Problems` list and raises once, at the end, with all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = [
    "BalanceError",
    "ConfigError",
    "ConvergenceError",
    "DataError",
    "PopsimError",
    "Problem",
    "Problems",
]


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
        lines = [f"  {i}. {p}" for i, p in enumerate(self.problems, 1)]
        return "\n".join([f"{len(self.problems)} faults found:", *lines])

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
