"""What a user finds under popsim.methods."""

from __future__ import annotations

import importlib

import pytest

from popsim import methods

PACKAGES = [name for name in methods.__all__ if name != "sullivan"]


def test_methods__packages_and_functions_by_name() -> None:
    assert methods.sullivan is methods.health.sullivan
    assert methods.mortality.kannisto is methods.lifetable.kannisto
    assert methods.migration.ipf is methods.raking.ipf
    assert methods.decomposition.arriaga is methods.lifetable.arriaga
    with pytest.raises(AttributeError, match="no attribute 'lifetables'"):
        methods.lifetables  # noqa: B018


@pytest.mark.parametrize("name", PACKAGES)
def test_methods__public_names_exist(name: str) -> None:
    module = importlib.import_module(f"popsim.methods.{name}")
    assert len(set(module.__all__)) == len(module.__all__)
    for public in module.__all__:
        assert getattr(module, public) is not None
