"""Stores with something in them."""

import pytest
from store_examples import two_towns

from orgraph.store import Store


@pytest.fixture
async def towns(store: Store) -> Store:
    """A store that holds :func:`store_examples.two_towns`."""
    await store.apply(two_towns())
    return store
