"""Errors: every fault is kept, and those alike are told as one."""

from __future__ import annotations

import itertools
import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import ConfigError, DataError, Problem, Problems, told

FILES = st.sampled_from(["a.csv", "data/x/b.csv"])
PLACES = st.one_of(
    st.tuples(FILES, st.integers(2, 40)).map(lambda p: f"{p[0]}:{p[1]} (column value)"),
    st.tuples(FILES, st.integers(2, 40)).map(lambda p: f"{p[0]}:{p[1]}"),
    st.tuples(FILES, st.integers(2, 40)).map(lambda p: f"{p[0]}:{p[1]}: sex=male, age={p[1]}"),
    st.tuples(FILES, st.integers(0, 9)).map(lambda p: f"{p[0]} (region={p[1]}, year=2020)"),
    st.sampled_from(["", "c.yaml:3:1 (care)"]),
)
FAULTS = st.lists(
    st.builds(
        Problem, st.sampled_from(["missing cell", "negative"]), PLACES,
        st.sampled_from(["", "-1", "-2"]),
    ),
    min_size=1, max_size=40,
)  # fmt: skip


def cells(*lines: int, got: bool = False) -> list[Problem]:
    return [
        Problem(
            "negative count", f"pop.csv:{n} (column value)", f"-{n}" if got else "", "0 or more"
        )
        for n in lines
    ]


def test_told__rows_in_a_row_are_one_sentence_with_their_lines() -> None:
    assert told(cells(*range(2, 154))) == [
        ("pop.csv:2-153 (column value): negative count, 152 times; expected 0 or more", 152)
    ]


def test_told__gaps_values_and_the_last_are_named() -> None:
    ((text, count),) = told(cells(3, 4, 7, 9, 40, got=True))
    assert count == 5
    assert text == (
        "pop.csv:3-40 (column value): negative count, 5 times (lines 3-4, 7, 9, 40); "
        "got -3, -4, -7, .., -40; expected 0 or more"
    )


def test_told__sums_of_one_table_are_one_sentence_with_their_labels() -> None:
    faults = [
        Problem("does not add up over sex", f"pop.csv (region={r}, year=2020)", f"{r}5", f"{r}6")
        for r in "12345"
    ]
    ((text, _),) = told(faults)
    assert text == (
        "pop.csv (region=1, year=2020; region=2, year=2020; region=3, year=2020; ..; "
        "region=5, year=2020): does not add up over sex, 5 times; "
        "got 15, 25, 35, .., 55; expected 16, 26, 36, .., 56"
    )


def test_told__lines_with_labels_name_both() -> None:
    faults = [Problem("missing value", f"p.csv:{n}: sex=male, age={n}") for n in range(2, 8)]
    ((text, _),) = told(faults)
    assert text == (
        "p.csv:2-7 (sex=male, age=2; sex=male, age=3; sex=male, age=4; ..; sex=male, age=7): "
        "missing value, 6 times"
    )


def test_told__four_faults_and_faults_of_other_columns_keep_their_own_lines() -> None:
    few = cells(2, 3, 4, 5)
    columns = [Problem("missing cell", f"a.csv:2 (column {c})") for c in "abcdef"]
    for faults in (few, columns):
        assert told(faults) == [(str(fault), 1) for fault in faults]


@given(FAULTS)
@settings(deadline=None, max_examples=60)
def test_told__no_fault_is_lost(faults: list[Problem]) -> None:
    """The counts add up, the numbers of the list run on, and each fault can be had by itself."""
    assert sum(count for _, count in told(faults)) == len(faults)
    error = DataError(faults)
    assert error.problems == tuple(faults)
    if len(faults) > 1:
        numbers = re.findall(r"^  (\d+)(?:-(\d+))?\. ", str(error), re.MULTILINE)
        spans = [(int(a), int(b or a)) for a, b in numbers]
        assert spans[0][0] == 1
        assert spans[-1][1] == len(faults)
        assert all(here[1] + 1 == after[0] for here, after in itertools.pairwise(spans))
    assert all(str(fault) in error.every() for fault in faults)


def test_popsim_error__says_when_alike_faults_are_told_as_one() -> None:
    problems = Problems(ConfigError)
    problems.items.extend(cells(2, 3, 4, 5, 6))
    problems.add("unknown key", where="a.yaml:3:1 (x)")
    with pytest.raises(
        ConfigError, match=r"^6 faults found, alike ones told as one:\n  1-5\. "
    ) as e:
        problems.raise_if_any()
    assert e.value.folded
    assert "\n  6. a.yaml:3:1 (x): unknown key" in str(e.value)
    again = pickle.loads(pickle.dumps(e.value))
    assert (again.problems, str(again)) == (e.value.problems, str(e.value))
    assert not DataError(cells(2, 3)).folded
