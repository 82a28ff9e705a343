"""What a plain YAML scalar means, in scenario files and in `sources.yaml` alike."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.tables.scalars import number_hint, plain_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", "010"),  # YAML 1.1: 8
        ("0330402", "0330402"),  # YAML 1.1: 110850
        ("330402", 330402),
        ("no", "no"),  # YAML 1.1: False
        ("NO", "NO"),
        ("1e-3", 1e-3),  # YAML 1.1: text
        ("1.0e-05", 1e-5),
        (".5", 0.5),
        ("-3", -3),
        ("+3.5", 3.5),
        ("12:30", "12:30"),  # YAML 1.1: 750
        ("2020-11-01", "2020-11-01"),  # YAML 1.1: a date
        ("1_000", "1_000"),  # YAML 1.1: 1000
        ("0x1F", "0x1F"),  # YAML 1.1: 31
        (".", "."),
        ("e5", "e5"),
        ("true", True),
        ("null", None),
        (".inf", float("inf")),
    ],
)
def test_plain_scalar__reads_what_is_written(text: str, value: object) -> None:
    got = plain_scalar(text)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize("name", ["e0", "E5", "e-3", ".e1", "-", "."])
def test_plain_scalar__an_exponent_alone_is_no_number(name: str) -> None:
    assert plain_scalar(name) == name


@given(st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=60, deadline=None)
def test_plain_scalar__every_number_comes_back(number: float) -> None:
    got = plain_scalar(repr(number))
    assert got == number
    assert type(got) is type(number)


@pytest.mark.parametrize(
    ("got", "remedy"),
    [
        ("60%", "write 0.6"),
        ("60％", "write 0.6"),
        ("1,000", "write 1000"),
        ("２０２０", "write 2020"),
        ("yes", "write true or false"),
        ("2020", "write it without quotes"),
        ("many", ""),
    ],
)
def test_number_hint__names_the_slip(got: str, remedy: str) -> None:
    assert number_hint(got) == remedy
