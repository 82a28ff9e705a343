"""Raking: margins met, odds ratios kept, contradictions refused by the cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from popsim.errors import ConvergenceError, DataError
from popsim.methods.raking import controlled_rounding, ipf, rake_to_parent

# Deming and Stephan's problem as worked in the public example of IPF, "Iterative proportional
# fitting", Wikipedia (section Example): seed 4 x 4 and the table fitted, to two decimals.
SEED = [[40, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]]
ROWS = [150, 300, 400, 150]
COLUMNS = [200, 300, 400, 100]
FITTED = [
    [64.61, 46.28, 35.42, 3.83],
    [49.95, 68.15, 156.49, 25.37],
    [56.70, 144.40, 145.06, 53.76],
    [28.74, 41.18, 63.03, 17.03],
]


def test_ipf__published_four_by_four() -> None:
    fit = ipf(SEED, [((0,), ROWS), ((1,), COLUMNS)])
    # the printed table stopped after five rounds, so its last digit is a few units off
    np.testing.assert_allclose(fit.table, FITTED, atol=0.06)
    assert fit.converged
    assert fit.max_error <= 1e-10 * 1000


positive = st.floats(0.1, 100)


@settings(max_examples=25, deadline=None)
@given(arrays(float, (3, 2, 4), elements=positive), arrays(float, (3, 2, 4), elements=positive))
def test_ipf__three_axes_margins_met_and_odds_ratios_kept(seed, truth) -> None:
    margins = [((0, 1), truth.sum(axis=2)), ((2, 0), truth.sum(axis=1).T)]
    fit = ipf(seed, margins)
    np.testing.assert_allclose(fit.table.sum(axis=2), truth.sum(axis=2), rtol=1e-6)
    np.testing.assert_allclose(fit.table.sum(axis=1), truth.sum(axis=1), rtol=1e-6)

    def odds(t):
        return t[:, 0, 0] * t[:, 1, 1] / (t[:, 0, 1] * t[:, 1, 0])

    np.testing.assert_allclose(odds(fit.table), odds(seed), rtol=1e-8)


def test_ipf__zero_of_the_seed_stays_zero() -> None:
    fit = ipf([[0, 1, 1], [1, 0, 1], [1, 1, 0]], [((0,), [10, 20, 30]), ((1,), [25, 15, 20])])
    assert np.all(np.diag(fit.table) == 0)
    np.testing.assert_allclose(fit.table.sum(axis=1), [10, 20, 30], atol=1e-7)


def test_ipf__grand_total_alone() -> None:
    np.testing.assert_allclose(ipf([1.0, 3.0], [((), 8.0)]).table, [2, 6])


def test_ipf__contradicting_margins_refused() -> None:
    with pytest.raises(DataError, match=r"margin 0 and margin 1.*contradict.*10 and 11"):
        ipf(np.ones((2, 2)), [((0,), [4, 6]), ((1,), [5, 6])])


def test_ipf__contradicting_shared_margin_names_the_cell() -> None:
    first = np.array([[1.0, 2.0], [3.0, 4.0]])
    second = np.array([[2.0, 1.0], [4.0, 3.0]])
    with pytest.raises(DataError, match=r"over axes \(1,\)\[0\].*got 4 and 3"):
        ipf(np.ones((2, 2, 2)), [((0, 1), first), ((1, 2), second)])


def test_ipf__structural_zero_refused() -> None:
    with pytest.raises(DataError, match=r"margin 0\[1\].*zero throughout.*got 6"):
        ipf([[1, 1], [0, 0]], [((0,), [4, 6]), ((1,), [5, 5])])


def test_ipf__total_over_cells_that_another_margin_empties_refused() -> None:
    seed = [[1, 1, 0], [1, 1, 0], [0, 1, 1]]
    with pytest.raises(DataError, match=r"margin 1\[2\].*zero throughout.*got 3"):
        ipf(seed, [((0,), [5, 5, 0]), ((1,), [4, 3, 3])])


def test_ipf__impossible_zeros_do_not_converge() -> None:
    seed = [[1, 0], [1, 1]]
    margins = [((0,), [6, 4]), ((1,), [5, 5])]
    with pytest.raises(ConvergenceError, match=r"margins not met.*200 rounds"):
        ipf(seed, margins, max_iterations=200)
    report = ipf(seed, margins, max_iterations=200, on_failure="report")
    assert not report.converged
    assert report.max_error > 0.4


@pytest.mark.parametrize(
    ("seed", "message"),
    [([[1, -2], [1, 1]], r"seed\[0, 1\].*negative.*got -2"), ([[1, np.nan], [1, 1]], "not a fin")],
)
def test_ipf__bad_seed_refused(seed, message) -> None:
    with pytest.raises(DataError, match=message):
        ipf(seed, [((0,), [1, 1])])


def test_ipf__bad_axes_and_shapes_all_reported() -> None:
    with pytest.raises(DataError, match="2 faults"):
        ipf(np.ones((2, 3)), [((2,), [1, 1]), ((1,), [1, 1])])


def test_rake_to_parent__shares_kept() -> None:
    children = np.array([[10.0, 20.0, 0.0], [30.0, 20.0, 0.0]])
    raked = rake_to_parent(children, [44, 50, 0])
    np.testing.assert_allclose(raked, [[11, 25, 0], [33, 25, 0]])


def test_rake_to_parent__children_totals_kept_too() -> None:
    children = np.array([[10.0, 20.0], [30.0, 40.0]])
    raked = rake_to_parent(children, [45, 60], totals=[33, 72])
    np.testing.assert_allclose(raked.sum(axis=0), [45, 60])
    np.testing.assert_allclose(raked.sum(axis=1), [33, 72])


def test_rake_to_parent__parent_without_children_refused() -> None:
    with pytest.raises(DataError, match=r"parent\[1\].*zero throughout"):
        rake_to_parent([[1.0, 0.0], [2.0, 0.0]], [3, 1])


def test_rake_to_parent__shapes_that_do_not_join_refused() -> None:
    with pytest.raises(DataError, match="parent: shape does not join with children"):
        rake_to_parent(np.ones((2, 3)), np.ones(4))


# Cox and Ernst's requirement: every cell and every total is one of its two neighbours.
@settings(max_examples=25, deadline=None)
@given(arrays(float, (4, 5), elements=st.floats(-50, 50)))
def test_controlled_rounding__crossed_totals_are_neighbours(table) -> None:
    rounded = controlled_rounding(table, margins=[(0,), (1,)])
    assert np.all(rounded == np.round(rounded))
    assert np.all(np.abs(rounded - table) < 1)
    for axis in (0, 1, None):
        assert np.all(np.abs(rounded.sum(axis=axis) - table.sum(axis=axis)) < 1)


@settings(max_examples=25, deadline=None)
@given(arrays(float, (3, 2, 7), elements=st.floats(0, 1e5)))
def test_controlled_rounding__nested_totals_are_neighbours(table) -> None:
    rounded = controlled_rounding(table)
    assert np.all(np.abs(rounded - table) < 1 + 1e-6)
    for axes in ((2,), (1, 2), (0, 1, 2)):
        assert np.all(np.abs(rounded.sum(axis=axes) - table.sum(axis=axes)) < 1 + 1e-6)


def test_controlled_rounding__whole_total_is_kept_exactly() -> None:
    thirds = np.full((3, 3), 1 / 3)
    assert controlled_rounding(thirds).sum() == 3
    crossed = controlled_rounding(thirds, margins=[(0,), (1,)])
    np.testing.assert_array_equal(crossed.sum(axis=0), [1, 1, 1])
    np.testing.assert_array_equal(crossed.sum(axis=1), [1, 1, 1])


def test_controlled_rounding__base_five() -> None:
    rounded = controlled_rounding([12.0, 14.0, 9.0], base=5)
    assert rounded.sum() == 35
    assert np.all(rounded % 5 == 0)


def test_controlled_rounding__noise_of_doubles_is_not_a_fraction() -> None:
    np.testing.assert_array_equal(controlled_rounding([0.1 + 0.2, 0.7, 2.0]), [0, 1, 2])


def test_controlled_rounding__bad_axis_refused() -> None:
    with pytest.raises(DataError, match="no such axes"):
        controlled_rounding(np.ones((2, 2)), margins=[(2,)])


def test_controlled_rounding__bad_base_refused() -> None:
    with pytest.raises(DataError, match="rounding base"):
        controlled_rounding([1.0], base=0)
