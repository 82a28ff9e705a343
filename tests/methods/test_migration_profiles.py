"""Rogers-Castro profiles: the fundamental set, the UN's sets, fits, totals spread over ages."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popsim.errors import DataError
from popsim.methods.migration import (
    fit_rogers_castro,
    migration_by_age,
    rogers_castro,
    un_schedule,
    un_schedules,
)

# Rogers and Castro (1981), table 4, the fundamental set, as in migest's rc_model_fund.
FUNDAMENTAL = {
    "a1": 0.02, "alpha1": 0.1, "a2": 0.06, "alpha2": 0.1, "mu2": 20, "lambda2": 0.4, "c": 0.003,
}  # fmt: skip
RETIREMENT = {"a3": 0.01, "alpha3": 0.3, "mu3": 65, "lambda3": 0.4}
OLD_AGE = {"a4": 0.0002, "lambda4": 0.04}


@pytest.mark.validation
def test_rogers_castro__fundamental_set(validation_dir) -> None:
    text = (validation_dir / "published_cases.json").read_text(encoding="utf-8")
    case = json.loads(text)["rogers_castro_fundamental"]
    parameters = {name: case[name] for name in FUNDAMENTAL}
    np.testing.assert_allclose(rogers_castro(case["age"], **parameters), case["m"], rtol=1e-12)


def test_rogers_castro__fundamental_set_printed() -> None:
    found = rogers_castro([0, 20, 23, 75], **FUNDAMENTAL)
    np.testing.assert_allclose(found, [0.0230, 0.027779, 0.037895, 0.003256], atol=5e-7)


def test_rogers_castro__thirteen_parameters_add_their_parts() -> None:
    age = np.arange(0, 100.0)
    whole = rogers_castro(age, **FUNDAMENTAL, **RETIREMENT, **OLD_AGE)
    seven = rogers_castro(age, **FUNDAMENTAL)
    eleven = rogers_castro(age, **FUNDAMENTAL, **RETIREMENT)
    nine = rogers_castro(age, **FUNDAMENTAL, **OLD_AGE)
    np.testing.assert_allclose(whole - eleven, nine - seven, atol=1e-15)
    np.testing.assert_allclose(nine - seven, 0.0002 * np.exp(0.04 * age), rtol=1e-9)
    # a double-exponential wave stands highest at mu + ln(lambda / alpha) / lambda
    peak = 65 + np.log(0.4 / 0.3) / 0.4
    assert abs(age[np.argmax(eleven - seven)] - peak) <= 0.5


def test_rogers_castro__missing_and_unknown_parameters_all_named() -> None:
    parameters = {**FUNDAMENTAL, "a3": 0.01, "beta": 1.0}
    with pytest.raises(DataError, match=r"(?s)4 faults.*beta: unknown.*alpha3.*mu3.*lambda3"):
        rogers_castro([20], **parameters)


# United Nations (1992), as in migest's rc_model_un: Western standard.
def test_un_schedule__western_standard() -> None:
    male = un_schedule("western_standard", "male")
    assert list(male.values()) == [0.0215, 0.105, 0.0694, 0.112, 20.04, 0.391, 0.0028]
    female = un_schedule("western_standard", "female")
    assert list(female.values()) == [0.0233, 0.107, 0.0766, 0.1436, 20.632, 0.4003, 0.0036]


def test_un_schedule__dependency_and_entry_order_the_families() -> None:
    age = np.arange(0, 81)
    for sex in ("female", "male"):
        curve = {name: rogers_castro(age, **un_schedule(name, sex)) for name in un_schedules()}
        child = {name: m[:10].sum() / m.sum() for name, m in curve.items()}
        assert child["low_dependency"] < child["western_standard"] < child["high_dependency"]
        peak = {name: int(m[12:].argmax()) for name, m in curve.items()}
        assert peak["young_labour_entry"] < peak["western_standard"] < peak["old_labour_entry"]


def test_un_schedule__unknown_name_lists_the_known() -> None:
    with pytest.raises(DataError, match=r"no such migration schedule.*western_standard"):
        un_schedule("eastern", "male")


@pytest.mark.parametrize(
    ("size", "extra"),
    [(7, {}), (9, OLD_AGE), (11, RETIREMENT), (13, {**RETIREMENT, **OLD_AGE})],
)
def test_fit_rogers_castro__finds_the_curve_again(size, extra) -> None:
    age = np.arange(0, 91)
    true = {**FUNDAMENTAL, **extra}
    fit = fit_rogers_castro(age, rogers_castro(age, **true), size=size)
    np.testing.assert_allclose(fit.fitted, rogers_castro(age, **true), atol=2e-6)
    assert fit.r_squared > 0.999999
    if size == 7:
        np.testing.assert_allclose(
            [fit.parameters[k] for k in true], list(true.values()), rtol=1e-4
        )


@pytest.mark.parametrize("name", ["western_standard", "old_labour_entry"])
def test_fit_rogers_castro__finds_the_uns_parameters(name) -> None:
    age = np.arange(0, 81)
    true = un_schedule(name, "male")
    fit = fit_rogers_castro(age, 1000 * rogers_castro(age, **true))
    found = {k: v / (1000 if k in ("a1", "a2", "c") else 1) for k, v in fit.parameters.items()}
    np.testing.assert_allclose([found[k] for k in true], list(true.values()), rtol=1e-3)


def test_fit_rogers_castro__too_few_ages_refused() -> None:
    with pytest.raises(DataError, match="fewer ages than parameters"):
        fit_rogers_castro([0, 5, 10], [0.1, 0.1, 0.1])


def test_fit_rogers_castro__ages_must_rise() -> None:
    with pytest.raises(DataError, match=r"age\[2\]: ages do not increase; got 5 after 5"):
        fit_rogers_castro([0, 5, 5], [0.1, 0.1, 0.1])


def test_fit_rogers_castro__negative_rate_names_the_cell() -> None:
    rates = np.full(20, 0.1)
    rates[3] = -0.1
    with pytest.raises(DataError, match=r"rates\[3\]: negative; got -0.1"):
        fit_rogers_castro(np.arange(20), rates)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_migration_by_age__totals_kept(totals) -> None:
    profile = rogers_castro(np.arange(0, 101), **FUNDAMENTAL)
    people = np.linspace(5000, 10, 101)
    found = migration_by_age(totals, profile, weights=np.tile(people, (len(totals), 1)))
    np.testing.assert_allclose(found.sum(axis=-1), totals, rtol=1e-12, atol=1e-9)
    assert found.shape == (len(totals), 101)


def test_migration_by_age__empty_profile_refused() -> None:
    with pytest.raises(DataError, match="profile is zero throughout"):
        migration_by_age(100.0, [1.0, 0.0], weights=[0.0, 5.0])


def test_migration_by_age__one_total_over_both_sexes_is_not_repeated() -> None:
    found = migration_by_age(100.0, [[1.0, 2.0], [3.0, 4.0]])
    assert found.sum() == pytest.approx(100)
    regions = migration_by_age([100.0, 50.0], np.ones((2, 2, 5)))
    np.testing.assert_allclose(regions.sum(axis=(1, 2)), [100, 50])


def test_migration_by_age__totals_that_do_not_join_refused() -> None:
    with pytest.raises(DataError, match="total: shape does not join with the leading axes"):
        migration_by_age([1.0, 2.0, 3.0], np.ones((2, 5)))
