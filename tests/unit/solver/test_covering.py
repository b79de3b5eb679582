"""Joining and opening on towns that can be solved in the head: every rule with and without it, every finding, what the checker names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from orgraph.errors import InvalidProblem, PlanRejected
from orgraph.solver import Limits, Progress, Status
from orgraph.solver.covering import Group, Joined, Joining, Opened, Opening, Prices, findings, solve
from orgraph.solver.covering.bound import price_sets
from orgraph.solver.covering.check import violations
from orgraph.solver.covering.cuts import no_cuts, violated
from orgraph.solver.covering.explain import reasons
from orgraph.solver.covering.sets import Sets, most_members, write_sets
from orgraph.solver.covering.solve import approve
from orgraph.solver.covering.state import price_step
from orgraph.solver.engine import Clock


def row(**changes: object) -> Joining:
    """Six units along a road, one member each, of one sector: two sets of three."""
    edges = tuple((i, i + 1) for i in range(5))
    return replace(Joining(tuple("abcdef"), edges, (1,) * 6, ("s",) * 6), **changes)  # type: ignore[arg-type]


def street(**changes: object) -> Opening:
    """Four houses in a row; a group can be opened at each and serves it and its neighbours."""
    groups = tuple(Group(f"g{u}", tuple(v for v in (u - 1, u, u + 1) if 0 <= v < 4)) for u in range(4))
    return replace(Opening(tuple("abcd"), (1,) * 4, groups), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "sets", "objective"),
    [
        ({}, (0, 0, 0, 1, 1, 1), 20.0),
        ({"most_units": 6}, (0,) * 6, 10.0),
        ({"members": (2, 1, 1, 1, 0, 1)}, (0, 0, 1, 1, 1, 1), 20.0),
        ({"sectors": ("s", "s", "s", "t", "t", "t")}, (0, 0, 0, 1, 1, 1), 20.0),
        ({"sectors": ("s", "s", "s", "s", "t", "t")}, (0, 0, 0, 1, 1, 1), 21.0),
        ({"members": (1, 1, 1, 3, 1, 1)}, (0, 0, 0, None, None, None), 210.0),
        ({"members": (1, 1, 1, 3, 1, 2)}, (0, 0, 0, None, 1, 1), 20.0),
        ({"edges": ()}, (None,) * 6, 600.0),
        ({"prices": Prices(10, 1, 1)}, (None,) * 6, 6.0),
    ],
)
def test_a_rule_changes_the_sets(
    changes: dict[str, object], sets: tuple[int | None, ...], objective: float
) -> None:
    solution = solve(row(**changes))
    assert (solution.status, solution.objective, solution.bound) == (Status.OPTIMAL, objective, objective)
    assert solution.plan == Joined(sets)


def test_terms_are_the_priced_parts() -> None:
    mixed = row(sectors=("s", "s", "s", "s", "t", "t"), members=(1, 1, 1, 1, 1, 1))
    assert solve(mixed).terms == {"joined": 20.0, "mixed": 1.0, "alone": 0.0}
    assert solve(row(edges=((0, 1),))).terms == {"joined": 0.0, "mixed": 0.0, "alone": 600.0}


def test_lexicographic_prices_put_units_before_sets_before_sectors() -> None:
    prices = Prices.lexicographic(6)
    assert prices == Prices(7, 1, 49)
    solution = solve(row(sectors=tuple("ststst"), prices=prices))
    assert solution.terms == {"joined": 14.0, "mixed": 2.0, "alone": 0.0}


def test_nobody_to_join() -> None:
    assert solve(row(members=(3,) * 6, prices=Prices(alone=None))).plan == Joined((None,) * 6)
    assert solve(Joining((), (), (), ())).plan == Joined(())


def test_reasons_name_a_unit_without_enough_neighbours() -> None:
    far = row(members=(1, 1, 1, 3, 1, 1), prices=Prices(alone=None))
    solution = solve(far)
    assert solution.status is Status.INFEASIBLE
    (reason,) = solution.reasons
    assert (reason.rule, reason.variant, reason.subject) == ("covering.placed", "far", ("e",))
    assert reason.text.en.startswith(
        "e is in no connected set of at most 5 units with 3 members; the most is 2."
    )
    assert most_members(far, 4) == 2


def test_reasons_name_units_that_compete_for_a_neighbour() -> None:
    """A star: three ends with one member each, a centre with two; only one end can join the centre in a set of two."""
    star = Joining(
        tuple("cxyz"),
        ((0, 1), (0, 2), (0, 3)),
        (2, 1, 1, 1),
        ("s",) * 4,
        most_units=2,
        prices=Prices(alone=None),
    )
    found = solve(star).reasons
    assert len(found) == 2
    assert all(r.rule == "covering.placed" and not r.variant and r.is_proven_minimal for r in found)
    assert not any(r.is_proven_minimal for r in reasons(star, limits=Limits(time_s=0.0)))


@pytest.mark.parametrize(
    ("changes", "groups", "objective"),
    [
        ({}, (0, 2), 2.0),
        ({"needs": (0, 1, 1, 1)}, (2,), 1.0),
        ({"needs": (2, 1, 1, 1)}, (0, 1, 2), 3.0),
        ({"uncovered": 0}, (), 0.0),
    ],
)
def test_a_rule_changes_the_groups(
    changes: dict[str, object], groups: tuple[int, ...], objective: float
) -> None:
    solution = solve(street(**changes))
    assert (solution.status, solution.objective, solution.bound) == (Status.OPTIMAL, objective, objective)
    assert solution.plan is not None
    assert len(solution.plan.groups) == len(groups)


def test_capacity_existing_groups_and_prices_count() -> None:
    tight = street(groups=tuple(replace(g, capacity=1) for g in street().groups))
    assert solve(tight).objective == 4.0
    there = street(groups=(replace(street().groups[1], is_existing=True), *street().groups[2:]))
    solution = solve(there)
    assert (solution.objective, solution.terms) == (1.0, {"new_groups": 1.0, "uncovered": 0.0})
    limited = street(groups=(replace(street().groups[1], is_existing=True, capacity=1), *street().groups[2:]))
    assert solve(limited).objective == 1.0
    dear = street(groups=tuple(replace(g, price=9 if k == 1 else 2) for k, g in enumerate(street().groups)))
    assert solve(dear).objective == 4.0
    assert solve(replace(dear, uncovered=3)).terms == {"new_groups": 4.0, "uncovered": 0.0}


def test_reasons_name_needs_and_capacities_that_clash() -> None:
    lonely = street(needs=(3, 1, 1, 1))
    solution = solve(lonely)
    assert [(r.rule, r.subject) for r in solution.reasons] == [("covering.need", ("a",))]
    assert solution.reasons[0].numbers == {"need": 3, "candidates": 2}
    full = street(groups=(Group("g", (0, 1, 2, 3), capacity=3),))
    rules = [r.rule for r in solve(full).reasons]
    assert sorted(rules) == ["covering.capacity", *["covering.need"] * 4]


def grid(sectors: str = "ssssss") -> Joining:
    """Return a grid of 6 by 6, one member each, a sector per column: 36 units need eight sets of at most five."""
    edges = [(u, u + 1) for u in range(36) if u % 6 < 5] + [(u, u + 6) for u in range(30)]
    names = tuple(sectors[u % 6] for u in range(36))
    return Joining(tuple(f"u{u}" for u in range(36)), tuple(sorted(edges)), (1,) * 36, names)


def test_a_larger_map_is_annealed_and_proven_by_counting() -> None:
    told: list[Progress] = []
    solution = solve(grid(), on_progress=told.append)
    assert (solution.status, solution.objective, solution.bound) == (Status.OPTIMAL, 80.0, 80.0)
    assert str(solution.stats["engine"]).startswith("annealing (")
    assert {p.phase for p in told} == {"plan", "bound"}


def test_where_sectors_count_a_larger_map_is_proven_by_columns() -> None:
    solution = solve(grid("aabbcc"))
    assert (solution.status, solution.objective, solution.bound) == (Status.OPTIMAL, 81.0, 81.0)
    assert str(solution.stats["engine"]).startswith("annealing + GLOP")


def test_without_time_a_plan_at_hand_is_returned_and_nothing_is_proven() -> None:
    solution = solve(grid())
    late = solve(grid(), limits=Limits(time_s=0.0), hint=solution.plan)
    assert (late.status, late.objective, late.bound) == (Status.FEASIBLE, 80.0, 0.0)


def test_without_annealing_the_sets_are_chosen_by_highs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orgraph.solver.covering.joining.seek", lambda problem, state: None)
    solution = solve(grid())
    assert (solution.status, solution.objective, solution.bound) == (Status.OPTIMAL, 80.0, 80.0)
    assert "HiGHS" in str(solution.stats["engine"])


def test_sets_that_were_not_all_written_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orgraph.solver.covering.sets.MOST_SETS", 5)
    problem = row(prices=Prices(10, 1, 3), members=(1, 1, 1, 1, 1, 1))
    assert not write_sets(problem, lambda: False).is_complete
    solution = solve(problem)
    assert solution.status is Status.FEASIBLE
    assert solution.bound == 12.0
    assert solution.objective == 13.0


def test_pieces_are_joined_by_sets() -> None:
    two = row(edges=((0, 1), (1, 2), (3, 4), (4, 5)))
    sets = write_sets(two, lambda: False)
    assert isinstance(sets, Sets)
    assert sets.piece_of_unit.tolist() == [0, 0, 0, 1, 1, 1]
    assert sets.least_number.tolist() == [1, 1]
    assert write_sets(row(), lambda: False).least_number.tolist() == [2]


def ring() -> Joining:
    """Return five units in a ring, two members each: sets of two are the only ones, and half of each edge is the best fractional choice."""
    ring_edges = ((0, 1), (0, 4), (1, 2), (2, 3), (3, 4))
    return Joining(tuple("abcde"), ring_edges, (2,) * 5, ("s",) * 5, most_units=2, prices=Prices(10, 0, 100))


def triangle() -> Joining:
    """Return three units that all touch, two members each, in sets of two: one unit must stay alone."""
    return Joining(
        tuple("abc"), ((0, 1), (0, 2), (1, 2)), (2,) * 3, ("s",) * 3, most_units=2, prices=Prices(10, 0, 30)
    )


def test_cuts_say_that_of_three_units_one_set_holds_two() -> None:
    sets = write_sets(triangle(), lambda: False)
    half = np.array([0.5 if len(units) == 2 else 0.0 for units in sets.tuples(np.arange(len(sets.cost)))])
    assert violated(sets, half).tolist() == [[0, 1, 2]]
    cuts = no_cuts(sets).extended(sets, violated(sets, half))
    assert cuts.held.sum() == 3
    assert cuts.extended(sets, violated(sets, 0 * half)).held.dtype == np.bool_
    assert cuts.sums(np.array([-2.0])).tolist() == [-2.0 * (cost == 10) for cost in sets.cost.tolist()]


def test_cuts_raise_the_bound() -> None:
    sets = write_sets(triangle(), lambda: False)
    everything = np.arange(len(sets.cost))
    loose = replace(sets, least_number=np.zeros(1, dtype=np.int64))
    assert price_sets(loose, everything, lambda: False).bound == pytest.approx(15.0)
    cut = price_sets(loose, everything, lambda: False, num_rounds=2)
    assert cut.bound == pytest.approx(40.0)
    assert cut.cuts is not None and cut.cuts.triples.tolist() == [[0, 1, 2]]
    assert solve(triangle()).objective == 40.0
    assert solve(ring()).objective == 120.0


def test_costs_are_multiples_of_what_divides_the_prices() -> None:
    assert price_step(row(prices=Prices(10, 0, 100))) == 10
    assert price_step(row(prices=Prices(0, 0, None))) == 1
    assert price_step(street(groups=(), uncovered=4)) == 4
    assert price_step(street(groups=())) == 1


MALFORMED = {
    "unit_repeated": row(unit_ids=tuple("aacdef")),
    "vector_shape": row(members=(1,)),
    "vector_value": row(members=(1, 1, 1, 1, 1, -1)),
    "sectors_shape": row(sectors=()),
    "edge_range": row(edges=((0, 6),)),
    "edge_order": row(edges=((1, 0),)),
    "edge_repeated": row(edges=((0, 1), (0, 1))),
    "least_value": row(least=0),
    "most_units_value": row(most_units=0),
    "group_repeated": street(groups=(Group("g", (0,)), Group("g", (1,)))),
    "group_range": street(groups=(Group("g", (4,)),)),
    "group_unit_repeated": street(groups=(Group("g", (0, 0)),)),
    "capacity_value": street(groups=(Group("g", (0,), capacity=-1),)),
    "price_value": street(uncovered=-1),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_malformed_is_a_finding(name: str) -> None:
    problem = MALFORMED[name]
    found = findings(problem)
    assert [f.code for f in found] == [f"covering.{name}"]
    assert all(f.text.zh and f.text.en and f.todo for f in found)
    with pytest.raises(InvalidProblem) as caught:
        solve(problem)
    assert caught.value.findings == found


def test_findings_come_all_at_once_and_none_for_a_good_problem() -> None:
    assert findings(row()) == findings(street()) == ()
    bad = row(members=(1,), sectors=(), edges=((0, 9),), prices=Prices(-1))
    assert len(findings(bad)) == 4


@pytest.mark.parametrize(
    ("problem", "plan", "rules"),
    [
        (row(), Opened((), ()), {"kind"}),
        (row(), Joined((0,)), {"shape"}),
        (row(), Joined((1, 1, 1, 0, 0, 0)), {"numbering"}),
        (row(), Joined((0, 0, 0, 0, 0, 0)), {"most_units"}),
        (row(), Joined((0, 1, 0, 1, 0, 1)), {"connected"}),
        (row(), Joined((0, 0, None, 1, 1, 1)), {"least"}),
        (row(members=(2, 2, 2, 2, 2, 3)), Joined((0, 0, 1, 1, 1, 1)), {"large"}),
        (row(), Joined((0, None, None, None, None, None)), {"single", "least"}),
        (row(prices=Prices(alone=None)), Joined((None, 0, 0, 0, None, None)), {"alone"}),
        (street(), Opened((), ()), {"shape"}),
        (street(), Opened((9,), ((), (), (), ())), {"groups"}),
        (street(), Opened((0, 2), ((0,), (0,), (2,), (2,))), set()),
        (street(), Opened((0,), ((0,), (0,), (2,), (0,))), {"closed", "reach"}),
        (street(), Opened((0, 2), ((0,), (), (2,), (2,))), {"need"}),
        (
            street(groups=(Group("g", (0, 1, 2, 3), 3, 1, True),)),
            Opened((0,), ((0,),) * 4),
            {"existing", "capacity"},
        ),
    ],
)
def test_the_checker_names_every_broken_rule(
    problem: Joining | Opening, plan: Joined | Opened, rules: set[str]
) -> None:
    found = violations(problem, plan)
    assert {v.rule for v in found} == {f"covering.{rule}" for rule in rules}
    assert all(v.text.zh and v.text.en for v in found)


def test_a_plan_that_the_checker_rejects_is_an_error() -> None:
    with pytest.raises(PlanRejected, match=r"objective: 19 != 20.0"):
        approve(row(), Joined((0, 0, 0, 1, 1, 1)), 20.0, 19)
    with pytest.raises(PlanRejected, match="not in one piece"):
        approve(row(), Joined((0, 1, 0, 1, 0, 1)), 20.0, 20)


def test_out_of_time_sets_are_not_complete() -> None:
    clock = Clock(Limits(time_s=0.0))
    sets = write_sets(row(), clock.is_over)
    assert not sets.is_complete
    assert len(sets.cost) == 6
    assert np.array_equal(sets.size, np.ones(6))
