"""The deletion filter: what it keeps is needed, what it cannot prove stays, and what follows is not asked again."""

from orgraph.solver.irreducible import DeletionFilter


def deciding(core, asked=None):
    """Exactly the sets that hold all of ``core`` allow no plan."""

    def decide(kept):
        if asked is not None:
            asked.append(kept)
        return not core <= kept

    return decide


def test_only_what_is_needed_stays():
    search = DeletionFilter(deciding({2, 5, 7}))
    core = search.core([range(4), range(4, 9)])
    assert core == {2, 5, 7}
    assert all(search.is_needed(core, rule) for rule in core)


def test_one_of_two_contradictions_is_enough():
    search = DeletionFilter(lambda kept: not ({0, 1} <= kept or {8, 9} <= kept))
    assert search.core([range(10)]) == {8, 9}


def test_what_cannot_be_decided_stays_and_is_not_called_needed():
    search = DeletionFilter(lambda kept: None)
    core = search.core([[1, 2, 3]])
    assert core == {1, 2, 3}
    assert not any(search.is_needed(core, rule) for rule in core)


def test_nothing_is_asked_twice_or_where_it_follows():
    asked = []
    search = DeletionFilter(deciding({3}, asked))
    core = search.core([range(64)])
    assert core == {3}
    assert len(asked) == len(set(asked)) <= 14
    assert search.is_needed(core, 3)


def test_a_shortcut_shrinks_what_is_left():
    asked = []
    search = DeletionFilter(deciding({1, 2}, asked), shrunk=lambda kept: kept & {1, 2, 3})
    assert search.core([range(100)]) == {1, 2}
    assert all(kept <= {1, 2, 3} for kept in asked)


def test_what_is_not_comparable_does_not_follow():
    """Without 9 the others mean something else: what holds for sets with it says nothing of sets without."""
    asked = []
    search = DeletionFilter(deciding({1}, asked), is_comparable=lambda kept, more: (9 in kept) == (9 in more))
    assert search.core([[9], [1, 2]]) == {1}
    assert frozenset({1, 2}) in asked


def test_no_rules_leave_no_reasons():
    assert DeletionFilter(deciding({1})).core([]) == frozenset()
