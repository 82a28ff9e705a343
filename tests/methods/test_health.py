"""Sullivan's health expectancy: France 1991, its variance, its refusals."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from popsim.errors import DataError
from popsim.methods.health import sullivan

LX = [89367, 84968, 78012, 66625, 48532]
LIVED = [436589, 408793, 364013, 290533, 289068]
DISABLED = [0.196, 0.286, 0.37, 0.513, 0.71]


@pytest.mark.validation
def test_sullivan__france_1991(validation_dir) -> None:
    text = (validation_dir / "published_cases.json").read_text(encoding="utf-8")
    case = json.loads(text)["sullivan_france_1991"]
    found = sullivan(case["lx"], case["Lx"], 1 - np.array(case["prop_free"]))
    np.testing.assert_allclose(found.healthy, case["expect_DFLE"], atol=case["tolerance_abs"])
    np.testing.assert_allclose(found.healthy, case["derived"], atol=5e-9)


# The source prints .710 as the share free of disability at 85 and over, which is the share
# disabled: taken as printed it would give 4.2 years where the source itself prints 1.7.
def test_sullivan__france_1991_complement_does_not_reproduce_the_source() -> None:
    wrong = [*DISABLED[:-1], 1 - DISABLED[-1]]
    assert sullivan(LX, LIVED, wrong).healthy[-1] == pytest.approx(4.2, abs=0.05)
    assert sullivan(LX, LIVED, DISABLED).healthy[-1] == pytest.approx(1.7, abs=0.05)


def test_sullivan__variance_by_hand_in_the_open_age() -> None:
    found = sullivan(LX, LIVED, DISABLED, sample_size=[400, 300, 200, 100, 50])
    by_hand = 289068 / 48532 * np.sqrt(0.71 * 0.29 / 50)
    assert found.standard_error[-1] == pytest.approx(by_hand)
    two = np.sqrt(290533**2 * 0.513 * 0.487 / 100 + 289068**2 * 0.71 * 0.29 / 50) / 66625
    assert found.standard_error[-2] == pytest.approx(two)


def test_sullivan__variance_agrees_with_simulated_surveys() -> None:
    rng = np.random.default_rng(20)
    asked = np.array([400, 300, 200, 100, 50])
    surveys = rng.binomial(asked, DISABLED, size=(40_000, 5)) / asked
    simulated = sullivan(LX, LIVED, surveys).healthy.std(axis=0)
    found = sullivan(LX, LIVED, DISABLED, sample_size=asked).standard_error
    # standard error of a standard deviation of 40,000 draws: 0.35 %
    np.testing.assert_allclose(found, simulated, rtol=0.015)


def test_sullivan__own_standard_error_of_the_survey() -> None:
    asked = np.array([400, 300, 200, 100, 50])
    error = np.sqrt(np.array(DISABLED) * (1 - np.array(DISABLED)) / asked)
    np.testing.assert_allclose(
        sullivan(LX, LIVED, DISABLED, standard_error=error).standard_error,
        sullivan(LX, LIVED, DISABLED, sample_size=asked).standard_error,
    )


@settings(max_examples=20, deadline=None)
@given(arrays(float, 5, elements=st.floats(0, 1)))
def test_sullivan__healthy_and_unhealthy_make_the_whole(ill) -> None:
    found = sullivan(LX, LIVED, ill)
    np.testing.assert_allclose(found.healthy + found.unhealthy, found.total)
    assert np.all(found.healthy >= 0)
    assert np.all(found.healthy <= found.total * (1 + 1e-12))
    assert np.all(np.isnan(found.standard_error))


def test_sullivan__share_over_one_names_the_cell() -> None:
    with pytest.raises(DataError, match=r"prevalence\[3\]: too large; got 51.3"):
        sullivan(LX, LIVED, [0.196, 0.286, 0.37, 51.3, 0.71])


def test_sullivan__growing_survivors_refused() -> None:
    with pytest.raises(DataError, match=r"lx\[2\]: survivors grow with age; got 90000"):
        sullivan([89367, 84968, 90000, 66625, 48532], LIVED, DISABLED)


def test_sullivan__ages_that_do_not_join_refused() -> None:
    with pytest.raises(DataError, match="prevalence: ages do not join"):
        sullivan(LX, LIVED, DISABLED[:-1])


def test_sullivan__two_sampling_errors_refused() -> None:
    with pytest.raises(DataError, match="sampling error given twice"):
        sullivan(LX, LIVED, DISABLED, sample_size=[1] * 5, standard_error=[0.1] * 5)
