"""Shared by all tests: the event loop of asynchronous tests, and examples that are the same in every run.

``HYPOTHESIS_PROFILE=wide`` looks at new examples, and more of them.
"""

import os
import signal

import pytest
from hypothesis import settings

pytest_plugins = ("neo4j_fixtures", "store_fixtures")

# A shell that starts the tests in the background has Ctrl-C ignored, and what they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("wide", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
