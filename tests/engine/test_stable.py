"""Stable populations against published analyses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from popsim.errors import ConvergenceError, DataError
from popsim.methods.stable import net_reproduction, stable_analysis


def read(path: Path) -> np.ndarray:
    return np.genfromtxt(path, delimiter=",", skip_header=1)


# R package popbio, examples of eigen.analysis and pop.projection
@pytest.mark.validation
def test_stable_analysis__popbio(validation_dir: Path) -> None:
    folder = validation_dir / "textbook_cases" / "14_popbio_matrix_analysis"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for name, case in expected.items():
        matrix = read(folder / f"input_{name}.csv")
        found = stable_analysis(matrix)
        close = {"rtol": 1e-9, "atol": 1e-12}
        np.testing.assert_allclose(found.growth_factor, case["lambda"], **close)
        np.testing.assert_allclose(found.structure, case["stable_stage"], **close)
        if "NA" not in case["reproductive_value"]:
            np.testing.assert_allclose(
                found.reproductive_value, case["reproductive_value"], err_msg=name, **close
            )
        if case["damping_ratio"] is not None:
            np.testing.assert_allclose(found.damping_ratio, case["damping_ratio"], rtol=1e-5)
        elasticities = read(folder / f"expected_elasticities_{name}.csv")
        if np.isfinite(elasticities).all():
            np.testing.assert_allclose(found.elasticity, elasticities, rtol=1e-9, atol=1e-10)


# Keyfitz & Murphy (1967): United States 1964, females, as in Allman & Rhodes
@pytest.mark.validation
def test_stable_analysis__keyfitz_murphy(validation_dir: Path) -> None:
    cases = json.loads((validation_dir / "published_cases.json").read_text(encoding="utf-8"))
    case = cases["keyfitz_murphy_us_1964_females_leslie"]
    births = np.zeros((10, 10))
    births[0] = case["top"]
    matrix = births + np.diag(case["sub"], -1)
    found = stable_analysis(matrix, births=births, years=5)
    assert found.growth_factor == pytest.approx(case["derived"]["lambda5"], rel=1e-12)
    assert found.growth_rate == pytest.approx(case["derived"]["r"], rel=1e-12)
    assert found.net_reproduction == pytest.approx(case["derived"]["R0"], rel=1e-12)
    assert found.generation_length == pytest.approx(
        np.log(case["derived"]["R0"]) / case["derived"]["r"], rel=1e-12
    )


# demCore, tests/testthat/test-calculate_nrr.R: 1.30 +- .01
def test_net_reproduction__demcore() -> None:
    rate = [2e-05, 0.009, 0.1, 0.18, 0.19, 0.11, 0.03]
    years = [4.61, 4.55, 4.48, 4.39, 4.3, 4.18, 4.03]
    assert float(net_reproduction(rate, years, 1.057)) == pytest.approx(1.3, abs=0.01)


def test_stable_analysis__generation_is_continuous_at_no_growth() -> None:
    births = np.zeros((4, 4))
    births[0] = [0.0, 0.4, 0.7, 0.2]
    stay = np.diag([0.9, 0.8, 0.7], -1)
    r0 = stable_analysis(births + stay, births=births).net_reproduction
    at_zero = stable_analysis(births / r0 + stay, births=births / r0, years=5)
    near = stable_analysis(births / r0 * 1.0001 + stay, births=births / r0 * 1.0001, years=5)
    assert abs(at_zero.growth_rate) < 1e-9
    assert at_zero.generation_length == pytest.approx(near.generation_length, rel=1e-3)


def test_stable_analysis__sensitivity_is_the_derivative() -> None:
    rng = np.random.default_rng(3)
    matrix = rng.uniform(0.1, 1.0, (4, 4))
    found = stable_analysis(matrix)
    for i, j in [(0, 0), (1, 3), (3, 2)]:
        nudged = matrix.copy()
        nudged[i, j] += 1e-6
        slope = (stable_analysis(nudged).growth_factor - found.growth_factor) / 1e-6
        assert found.sensitivity[i, j] == pytest.approx(slope, rel=1e-4)
    assert found.elasticity.sum() == pytest.approx(1.0, rel=1e-12)


def test_stable_analysis__faults() -> None:
    with pytest.raises(DataError, match=r"shape \(1, 2\); expected a square"):
        stable_analysis([[1.0, 2.0]])
    with pytest.raises(DataError, match=r"matrix\[0, 1\]: got -1.0; expected 0 or more"):
        stable_analysis([[1.0, -1.0], [0.0, 1.0]])
    with pytest.raises(ConvergenceError, match="everybody dies out"):
        stable_analysis([[0.0, 0.0], [0.5, 0.0]])
