"""Changes that are read again: which can be, and what a stream that was not kept says."""

from collections.abc import Iterator

import pytest

from orgraph.errors import StoreUnavailable
from orgraph.store import Change, PutNode
from orgraph.store.replay import MOST_KEPT, Replayable


def households(num: int) -> Iterator[Change]:
    return (PutNode("Household", f"H{n}", {}) for n in range(num))


def test_a_list_can_be_read_again() -> None:
    changes = Replayable([*households(MOST_KEPT + 1)], "here")
    assert [len(list(changes)), len(list(changes)), changes.is_repeatable] == [MOST_KEPT + 1] * 2 + [True]


def test_a_stream_that_was_kept_goes_on_where_reading_stopped() -> None:
    changes = Replayable(households(5), "here")
    assert next(iter(changes)) == PutNode("Household", "H0", {})
    assert list(changes) == list(households(5))
    assert list(changes) == list(households(5))


def test_a_stream_too_long_to_keep_is_read_once() -> None:
    changes = Replayable(households(MOST_KEPT + 1), "here")
    assert len(list(changes)) == MOST_KEPT + 1
    assert not changes.is_repeatable
    with pytest.raises(StoreUnavailable) as caught:
        list(changes)
    assert caught.value.code == "store_lost_while_writing"


def test_a_failure_of_the_stream_is_remembered_as_its_own() -> None:
    def broken() -> Iterator[Change]:
        yield from households(1)
        raise FileNotFoundError

    changes = Replayable(broken(), "here")
    with pytest.raises(FileNotFoundError):
        list(changes)
    assert isinstance(changes.failure, FileNotFoundError)
