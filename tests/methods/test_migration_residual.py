"""Residual net migration: the worked examples of UN Manual VI and the three timings."""

from __future__ import annotations

import csv
import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from popsim.errors import DataError
from popsim.methods.migration import (
    residual_migration_by_sex,
    residual_migration_of_children,
    residual_net_migration,
)

METHODS = ("forward", "reverse", "average")


def printed_blocks(text: str) -> list[tuple[list[str], list[list[str]]]]:
    """Data frames as R prints them: a header line, then numbered rows."""
    blocks: list[tuple[list[str], list[list[str]]]] = []
    for line in text.splitlines():
        if re.match(r"\s+(age_|net_average)", line):
            blocks.append((line.split(), []))
        elif blocks and re.match(r"\d+\s", line):
            blocks[-1][1].append(line.split()[1:])
    return blocks


@pytest.fixture(scope="module")
def printed(validation_dir):
    text = (validation_dir / "migration_and_misc_values.txt").read_text(encoding="utf-8")
    frames = []
    for names, rows in printed_blocks(text):
        if names[0] == "net_average":
            frames[-1].update({n: [row[i] for row in rows] for i, n in enumerate(names)})
        else:
            frames.append({n: [row[i] for row in rows] for i, n in enumerate(names)})
    return frames


def column(frame, name):
    return np.array([np.nan if v == "NA" else float(v) for v in frame[name]])


@pytest.mark.validation
@pytest.mark.parametrize("method", METHODS)
def test_residual_net_migration__bombay_1941_1951(printed, method) -> None:
    bombay = printed[0]
    found = residual_net_migration(
        column(bombay, "pop_1941"), column(bombay, "pop_1951"), column(bombay, "sr"), method=method
    )
    np.testing.assert_allclose(found, column(bombay, f"net_{method}"), rtol=1e-7)


@pytest.mark.validation
@pytest.mark.parametrize("method", METHODS)
def test_residual_net_migration__manila_1960_1970(printed, method) -> None:
    manila = printed[1]
    born_before = slice(2, None)
    pop0, pop1, ratio = (
        column(manila, name)[born_before] for name in ("pop_1960", "pop_1970", "phl_census_sr")
    )
    found = residual_net_migration(pop0, pop1, ratio, method=method)
    np.testing.assert_allclose(found, column(manila, f"net_{method}")[born_before], rtol=1e-7)


@pytest.mark.validation
@pytest.mark.parametrize("method", METHODS)
def test_residual_migration_of_children__manila_1960_1970(printed, method) -> None:
    women = column(printed[1], "pop_1970")[3:10]
    net = column(printed[1], f"net_{method}")[3:10]
    found = residual_migration_of_children(net, women, column(printed[1], "pop_1970")[:2])
    np.testing.assert_allclose(found, column(printed[2], f"net_{method}")[:2], rtol=1e-7)


@settings(max_examples=25, deadline=None)
@given(
    arrays(float, 6, elements=st.floats(0, 1e6)),
    arrays(float, 6, elements=st.floats(0, 1e6)),
    arrays(float, 6, elements=st.floats(0.05, 1.2)),
)
def test_residual_net_migration__adds_up_to_the_second_count(pop0, pop1, ratio) -> None:
    forward = residual_net_migration(pop0, pop1, ratio, method="forward")
    reverse = residual_net_migration(pop0, pop1, ratio, method="reverse")
    np.testing.assert_allclose(pop0 * ratio + forward, pop1, atol=1e-6)
    np.testing.assert_allclose((pop0 + reverse) * ratio, pop1, atol=1e-6)


def test_residual_net_migration__zero_survival_names_the_cell() -> None:
    with pytest.raises(DataError, match=r"survival\[1\].*zero or negative.*got 0"):
        residual_net_migration([10, 10], [10, 10], [0.9, 0.0], method="reverse")


def test_residual_net_migration__negative_count_names_the_cell() -> None:
    with pytest.raises(DataError, match=r"pop1\[0\]: negative; got -3"):
        residual_net_migration([10.0], [-3.0], [0.9])


def test_residual_net_migration__ages_that_do_not_join() -> None:
    with pytest.raises(DataError, match="pop1: shape does not join with pop0"):
        residual_net_migration([10.0, 9.0], [9.0], [0.9, 0.9])


def test_residual_net_migration__unknown_method() -> None:
    with pytest.raises(DataError, match="no such method"):
        residual_net_migration([10.0], [9.0], [0.9], method="backward")


def matrix(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([[float(v) for v in row[1:]] for row in rows])


@pytest.fixture(scope="module")
def demotools(validation_dir):
    folder = validation_dir / "textbook_cases" / "17_demotools_mig_resid"
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    population = np.stack([matrix(folder, f"input_pop_{sex}_mat") for sex in "fm"])
    survival = np.stack([matrix(folder, f"input_sr_{sex}_mat") for sex in "fm"])
    fertility = np.zeros(survival.shape[1:])
    fertility[np.isin(case["ages"], case["ages_asfr"])] = matrix(folder, "input_asfr_mat")
    srb = matrix(folder, "input_srb")[:, 0]
    return folder, population, survival, fertility, srb


@pytest.mark.validation
@pytest.mark.parametrize("timing", ["stock", "cohort", "time"])
def test_residual_migration_by_sex__demotools_5x5(demotools, timing) -> None:
    folder, *inputs = demotools
    found = residual_migration_by_sex(*inputs, width=5, timing=timing)
    expected = np.stack([matrix(folder, f"expected_{timing}_{sex}") for sex in "fm"])
    # 1e-5 is the case's own tolerance, a mean relative difference; cell by cell the stored "time"
    # matrix stands up to 3.1e-5 from the formula, the other two within their rounding
    assert np.abs(found - expected).sum() <= 1e-5 * np.abs(expected).sum()
    np.testing.assert_allclose(found, expected, atol=4e-5 if timing == "time" else 1e-5)


@pytest.mark.validation
def test_residual_migration_by_sex__stock_projects_back_onto_the_counts(demotools) -> None:
    _, population, survival, fertility, srb = demotools
    net = residual_migration_by_sex(population, survival, fertility, srb, width=5)
    end = survival[:, 1:-1] * population[:, :-2, :-1] + net[:, 1:-1]
    np.testing.assert_allclose(end, population[:, 1:-1, 1:], rtol=1e-12)


def test_residual_migration_by_sex__missing_sex_refused() -> None:
    with pytest.raises(DataError, match="both sexes needed"):
        residual_migration_by_sex(np.ones((1, 4, 2)), np.ones((1, 4, 1)), np.zeros((4, 1)), [1.05],
                                  width=5)  # fmt: skip


def test_residual_migration_by_sex__bad_survival_names_the_cell() -> None:
    survival = np.full((2, 4, 1), 0.9)
    survival[1, 2, 0] = np.nan
    with pytest.raises(DataError, match=r"survival\[1, 2, 0\]: not a finite number"):
        residual_migration_by_sex(np.ones((2, 4, 2)), survival, np.zeros((4, 1)), [1.05], width=5)


def test_residual_migration_of_children__no_women_refused() -> None:
    with pytest.raises(DataError, match="women, totals"):
        residual_migration_of_children(np.zeros(7), np.zeros(7), [1.0, 2.0])
