"""``__all__`` of every package equals what can be imported from it."""

import importlib
import pkgutil
from types import ModuleType

import pytest

import api
import orgraph


def packages(root: ModuleType) -> list[str]:
    found = pkgutil.walk_packages(root.__path__, f"{root.__name__}.")
    return [root.__name__, *(m.name for m in found if m.ispkg)]


PACKAGES = sorted([*packages(orgraph), *packages(api)])


@pytest.mark.parametrize("name", PACKAGES)
def test_all_equals_what_is_importable(name):
    module = importlib.import_module(name)
    listed = list(getattr(module, "__all__", ()))
    assert len(set(listed)) == len(listed)
    for each in listed:
        assert getattr(module, each) is not None
    visible = {n for n, v in vars(module).items() if not n.startswith("_") and not isinstance(v, ModuleType)}
    foreign = {"annotations", "import_module", "TYPE_CHECKING"}
    assert visible - foreign <= set(listed)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_describes_itself(name):
    assert (importlib.import_module(name).__doc__ or "").strip()


def test_the_packages_are_found():
    assert {"orgraph", "orgraph.schema", "orgraph.graph", "orgraph.store.sqlite", "api"} <= set(PACKAGES)
