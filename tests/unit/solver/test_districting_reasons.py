"""Why no plan exists, on maps that can be solved in the head: exactly the rules that collide, with their numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from districting_brute_force import is_feasible, only
from districting_towns import band, road

from orgraph.findings import Reason
from orgraph.solver.districting.explain import is_contradictory, reasons
from orgraph.solver.districting.problem import Band, Difference, Problem
from orgraph.solver.solution import Limits


def _why(problem: Problem) -> list[Reason]:
    """The reasons, after a check that they are irreducible."""
    found = list(reasons(problem, is_feasible))
    assert all(reason.is_proven_minimal for reason in found)
    assert not is_feasible(only(problem, found))
    assert all(
        is_feasible(only(problem, [other for other in found if other is not reason])) for reason in found
    )
    return found


def _named(problem: Problem) -> list[tuple[str, tuple[str, ...]]]:
    return [(reason.rule, reason.subject) for reason in _why(problem)]


def _no_solver(problem: Problem) -> bool | None:
    raise AssertionError("arithmetic and drawing decide here")


def test_one_unit_heavier_than_the_upper_bound_is_the_one_reason() -> None:
    problem = replace(road(1000, 2500, 1200, 1100, 900, k=3), bands={"population": band(10)})
    (reason,) = reasons(problem, _no_solver)
    assert _why(problem) == [reason]
    assert (reason.rule, reason.subject) == ("balance.upper", ("b",))
    assert reason.numbers["population"] == 2500
    assert reason.numbers["upper"] == 2456
    assert reason.numbers["others"] == []
    assert reason.text.zh.startswith("b 的人口为 2,500，单独已超过每个新单元的上限 2,456")
    assert reason.text.en.startswith("b alone has population 2,500, above the upper bound of 2,456")


def test_of_several_heavy_units_the_heaviest_is_named_and_the_others_listed() -> None:
    problem = replace(road(3000, 100, 5000, 100, k=4), bands={"population": band(10)})
    (reason,) = _why(problem)
    assert (reason.rule, reason.subject) == ("balance.upper", ("c",))
    assert reason.numbers["others"] == ["a"]
    assert "a" in reason.text.zh.split("还有")[1]


def test_a_group_that_is_too_heavy_is_named_with_its_lock() -> None:
    problem = replace(road(10, 10, 10, 10, k=2), bands={"population": band(10)}, together=((0, 1), (1, 2)))
    first, *locks = _why(problem)
    assert (first.rule, first.subject, first.numbers["value"], first.numbers["upper"]) == (
        "balance.upper",
        ("a", "b", "c"),
        30,
        22,
    )
    assert [(lock.rule, lock.subject) for lock in locks] == [
        ("together", ("a", "b")),
        ("together", ("b", "c")),
    ]


def test_contradictory_locks_are_named_and_no_others() -> None:
    problem = replace(
        road(*[10] * 8, k=3),
        together=((0, 1, 2), (6, 7)),
        fixed=((3, 2), (5, 6)),
        apart=((0, 3), (0, 7)),
    )
    assert _named(problem) == [
        ("apart", ("a", "d")),
        ("fixed", ("d", "c")),
        ("together", ("a", "b", "c")),
    ]


def test_of_two_chains_the_shorter_is_named() -> None:
    problem = replace(
        road(*[10] * 5, k=2), fixed=((0, 1), (1, 2), (2, 3)), together=((0, 3),), apart=((0, 3),)
    )
    assert _named(problem) == [("apart", ("a", "d")), ("together", ("a", "d"))]


def test_a_group_of_nobody_is_no_obstacle() -> None:
    problem = replace(road(10, 30, 10, k=2), bands={"population": band(10)}, together=((), (1,)))
    assert _named(problem) == [("balance.upper", ("b",))]
    assert not is_contradictory(replace(problem, bands={}))


def test_a_unit_apart_from_itself_is_its_own_reason() -> None:
    assert _named(replace(road(1, 1, k=1), apart=((0, 0),))) == [("apart", ("a", "a"))]


def test_more_units_apart_from_each_other_than_districts() -> None:
    problem = replace(road(*[10] * 6, k=2), apart=((0, 2), (2, 4), (0, 4), (1, 3)))
    found = _why(problem)
    assert [(reason.rule, reason.subject) for reason in found] == [
        ("apart", ("a", "c")),
        ("apart", ("c", "e")),
        ("apart", ("a", "e")),
    ]
    assert found[0].numbers == {"k": 2, "units": ["a", "c", "e"]}


def test_a_lock_on_a_refused_unit() -> None:
    problem = replace(road(*[10] * 4, k=2), refused=frozenset({0, 3}), together=((2, 3),))
    assert _named(problem) == [("refused", ("d",)), ("together", ("c", "d"))]


def test_fewer_units_than_districts() -> None:
    problem = replace(road(10, 10, k=3), bands={"population": band(10)})
    (reason,) = reasons(problem, _no_solver)
    assert (reason.rule, reason.numbers) == ("units", {"num_units": 2, "k": 3})
    assert is_contradictory(problem)


def test_as_many_refusals_as_leave_too_few_units() -> None:
    problem = replace(road(*[10] * 4, k=3), refused=frozenset({1, 3}), is_contiguous=False)
    assert _named(problem) == [("refused", ("b",)), ("refused", ("d",))]


def test_locks_that_leave_fewer_groups_than_districts() -> None:
    problem = replace(road(*[10] * 4, k=3), together=((0, 1),), fixed=((2, 3),))
    assert _named(problem) == [("fixed", ("c", "d")), ("together", ("a", "b"))]


def test_fewer_candidate_seats_than_districts() -> None:
    problem = replace(road(*[10] * 4, k=3), seats=frozenset({0, 3}))
    (reason,) = _why(problem)
    assert (reason.rule, reason.subject, reason.numbers["found"]) == ("seats", ("a", "d"), 2)


def test_candidate_seats_that_are_tied_to_each_other() -> None:
    problem = replace(road(*[10] * 4, k=2), seats=frozenset({0, 1}), together=((0, 1),))
    assert _named(problem) == [("seats", ("a", "b")), ("together", ("a", "b"))]


def test_more_pieces_of_the_map_than_districts() -> None:
    problem = replace(
        road(*[10] * 5, k=2), edges=((0, 1), (2, 3)), objectives=road(*[10] * 5, k=2).objectives
    )
    (reason,) = _why(problem)
    assert reason.rule == "connected.pieces"
    assert reason.numbers["pieces"] == [["a", "b"], ["c", "d"], ["e"]]
    assert reason.numbers["population"] == [20, 20, 10]
    assert reason.numbers["least"] == [1, 1, 1]
    assert reason.numbers["most"] == [2, 2, 1]


def test_pieces_over_which_k_cannot_be_split() -> None:
    problem = replace(road(10, 10, 5, 10, 10, 5, k=2), edges=((0, 1), (2, 3), (3, 4), (4, 5)))
    problem = replace(problem, bands={"population": band(10)})
    heavy, pieces = sorted(_why(problem), key=lambda reason: reason.rule)
    assert (heavy.rule, pieces.rule) == ("balance.lower", "connected.pieces")
    assert (heavy.subject, heavy.numbers["value"], heavy.numbers["lower"]) == (("a", "b"), 20, 23)
    assert pieces.numbers["pieces"] == [["a", "b"], ["c", "d", "e", "f"]]


def test_pieces_whose_numbers_do_not_sum_to_k() -> None:
    problem = replace(road(*[10] * 6, k=3), edges=((0, 1), (1, 2), (3, 4), (4, 5)))
    problem = replace(problem, bands={"population": band(20)})
    upper, pieces = sorted(_why(problem), key=lambda reason: reason.rule)
    assert (upper.rule, upper.numbers["upper"]) == ("balance.upper", 24)
    assert (pieces.rule, pieces.numbers["least"], pieces.numbers["k"]) == ("connected.pieces", [2, 2], 3)
    assert "2-3、2-3" in pieces.text.zh
    assert "a, b, c; d, e, f" in pieces.text.en


def test_a_lock_across_two_pieces() -> None:
    problem = replace(road(*[10] * 4, k=2), edges=((0, 1), (2, 3)), together=((1, 2),))
    assert _named(problem) == [("connected.pieces", ()), ("together", ("b", "c"))]


def test_a_lock_on_units_that_lie_too_far_apart() -> None:
    problem = replace(road(10, 10, 10, 10, k=2), bands={"population": band(10)}, together=((0, 2),))
    upper, connected, lock = _why(problem)
    assert (upper.rule, upper.subject) == ("balance.upper", ("a", "c"))
    assert (upper.numbers["value"], upper.numbers["upper"]) == (30, 22)
    assert (connected.rule, lock.rule, lock.subject) == ("connected", "together", ("a", "c"))
    assert is_contradictory(problem)


def test_a_refusal_that_cuts_the_map() -> None:
    problem = replace(road(*[10] * 5, k=1), refused=frozenset({0, 2}))
    assert _named(problem) == [("connected.pieces", ()), ("refused", ("c",))]


def test_a_refusal_that_makes_another_unit_too_heavy() -> None:
    problem = replace(road(20, 30, 45, 5, k=2), bands={"population": band(10)})
    assert _named(replace(problem, refused=frozenset({0}))) == [
        ("balance.upper", ("c",)),
        ("refused", ("a",)),
    ]


def test_a_refusal_that_another_dropped_refusal_makes_superfluous_goes_too() -> None:
    # Totals move with every refusal, so what was needed at first need not stay needed.
    problem = replace(road(10, 10, 80, 20, 30, k=2), bands={"population": band(30)}, is_contiguous=False)
    assert _named(replace(problem, refused=frozenset({0, 2, 4}))) == [
        ("balance.upper", ("c",)),
        ("refused", ("e",)),
    ]


def test_rounding_that_leaves_no_whole_number() -> None:
    problem = replace(road(1, 1, 1, 1, 1, k=3), bands={"population": band(10)})
    (reason,) = _why(problem)
    assert (reason.rule, reason.numbers["total"], reason.numbers["room"]) == ("balance.lower", 5, 6)
    assert "k = 3" in reason.text.en


def test_a_minimum_that_all_units_together_do_not_reach() -> None:
    problem = replace(road(10, 10, 10, k=2), minimums={"population": 16})
    (reason,) = _why(problem)
    assert (reason.rule, reason.numbers["minimum"], reason.numbers["room"], reason.numbers["total"]) == (
        "minimum",
        16,
        32,
        30,
    )


def test_a_minimum_above_the_upper_bound() -> None:
    problem = replace(
        road(10, 10, 10, 10, k=2),
        minimums={"population": 20},
        bands={"population": Band(band(50).low, band(-10).high)},
    )
    assert _named(problem) == [("balance.upper", ())]
    wide = replace(road(10, 10, 10, 10, 10, k=2), minimums={"population": 30})
    assert _named(wide) == [("minimum", ())]


def test_where_arithmetic_ends_the_solver_decides() -> None:
    # 30 | 10 10 10: connected halves of 30 exist only in this order; the road below has none.
    problem = replace(road(10, 30, 10, 10, k=2), bands={"population": band(0)})
    assert not is_contradictory(problem)
    named = _named(problem)
    assert ("connected", ()) in named
    assert is_feasible(replace(problem, is_contiguous=False))


def test_a_difference_that_no_plan_reaches() -> None:
    problem = replace(road(10, 10, 10, k=1), differences=(Difference((0, 0, 0), 1),))
    assert _named(problem) == [("difference", ())]


@pytest.mark.parametrize("is_known", [None, True])
def test_what_is_not_proven_is_marked(is_known: bool | None) -> None:
    problem = replace(road(10, 30, 10, 10, k=2), bands={"population": band(0)}, seats=frozenset({0, 1, 3}))
    found = reasons(problem, lambda relaxed: is_feasible(relaxed) if is_known else None)
    assert all(reason.is_proven_minimal for reason in found) == bool(is_known)
    assert not is_feasible(only(problem, list(found)))


def test_no_proof_is_asked_for_after_the_time_or_a_stop() -> None:
    problem = replace(road(10, 30, 10, 10, k=2), bands={"population": band(0)})
    assert reasons(problem, _no_solver, limits=Limits(time_s=-1.0))
    stopped = Limits()
    stopped.stop.set()
    assert reasons(problem, _no_solver, limits=stopped)


def test_decimal_weights_are_told_in_their_own_unit() -> None:
    problem = replace(road(105, 5, k=2), weights={"area_km2": (105, 5)}, scale={"area_km2": 10})
    (reason,) = _why(replace(problem, bands={"area_km2": band(20)}))
    assert reason.numbers["area_km2"] == 10.5
    assert reason.numbers["upper"] == 6.6
    assert "10.5" in reason.text.en


def test_a_reason_as_json_has_rule_subject_numbers_and_both_texts() -> None:
    problem = replace(road(10, 80, 10, k=2), bands={"population": band(10)})
    shown = _why(problem)[0].to_json()
    assert shown["rule"] == "balance.upper"
    assert shown["subject"] == ["b"]
    assert shown["proven_minimal"] is True
    assert set(shown["text"]) == {"zh", "en"}
