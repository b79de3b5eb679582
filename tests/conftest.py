"""Shared by all tests: the event loop of asynchronous tests."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
