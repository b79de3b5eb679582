import pytest
from planning_maps import STEP_KM, WIDE, band, drawn, seated_plan, stated

from orgraph.messages import LANGUAGES
from orgraph.planning.restructuring import Options
from orgraph.planning.restructuring.binding import binding_notes
from orgraph.planning.restructuring.explanation import Move
from orgraph.planning.restructuring.moves import moves
from orgraph.planning.restructuring.seat_choice import seat_notes
from orgraph.planning.restructuring.statement import Statement
from orgraph.planning.restructuring.wishes import stayed, wish_notes
from orgraph.solver.districting.check import evaluate
from orgraph.solver.districting.problem import Plan, Problem

LINE = drawn("ABCDEF", {"population": {"A": 10, "B": 20, "C": 30, "D": 40, "E": 50, "F": 60}})


def case(options: Options, parts: str, seats: str, graph=LINE) -> tuple[Statement, Problem, Plan]:
    statement, asked = stated(graph, options)
    return statement, asked, seated_plan(statement, parts, seats)


def by_place(found: list[Move]) -> dict[tuple[str, int], Move]:
    return {(move.unit, move.target): move for move in found}


def test_a_seat_names_its_runner_up_and_what_that_would_add():
    # A 10, B 20, C 30: at B 10 + 30, at C 10*2 + 20, at A 20 + 30*2. B and C are 40 each; with C at 31, B is 41 and C 40.
    graph = drawn("ABC", {"population": {"A": 10, "B": 20, "C": 31}})
    (first,) = seat_notes(*case(Options(k=1), "aaa", "C", graph))
    assert first.kind == "seat_cheapest"
    assert first.subject == ("C", "B")
    assert first.numbers["cost"] == pytest.approx(40 * STEP_KM)
    assert first.numbers["extra"] == pytest.approx(1 * STEP_KM)


def test_seats_that_cost_the_same_are_told_as_equal():
    (note,) = seat_notes(*case(Options(k=1), "aa", "A", drawn("AB")))
    assert note.kind == "seat_tie"


def test_a_lone_village_is_its_own_seat():
    notes = list(seat_notes(*case(Options(k=2, balance=WIDE), "abb", "AB", drawn("ABC"))))
    assert [n.kind for n in notes] == ["seat_only", "seat_tie"]


def test_a_better_seat_that_is_no_candidate_is_named():
    graph = drawn("ABC")
    free = list(seat_notes(*case(Options(k=1, seats=("A", "B")), "aaa", "B", graph)))
    assert [n.kind for n in free] == ["seat_cheapest"]
    chosen, better = seat_notes(*case(Options(k=1, seats=("A", "C")), "aaa", "A", graph))
    assert chosen.kind == "seat_tie"
    assert (better.kind, better.subject) == ("seat_restricted", ("A", "B"))
    assert better.numbers["saved"] == pytest.approx((100 + 200 - 200) * STEP_KM)


def test_a_plan_that_is_not_best_says_which_seat_would_save():
    (note,) = seat_notes(*case(Options(k=1), "aaa", "A", drawn("ABC")))
    assert note.kind == "seat_not_cheapest"
    assert note.numbers["extra"] == pytest.approx(100 * STEP_KM)


def test_every_move_is_valued_as_if_the_plan_were_made_anew():
    statement, asked, plan = case(Options(k=2, balance=WIDE), "aaabbb", "BE")
    found = by_place(list(moves(statement, asked, plan)))
    assert set(found) == {("C", 1), ("D", 0)}
    for (unit, target), parts in {("C", 1): "aabbbb", ("D", 0): "aaaabb"}.items():
        best = min(
            evaluate(asked, seated_plan(statement, parts, s + t))[0]
            for s in "ABCD"
            for t in "CDEF"
            if parts["ABCDEF".index(s)] == "a" and parts["ABCDEF".index(t)] == "b"
        )
        move = found[unit, target]
        assert move.is_allowed
        assert move.delta == {"distance": pytest.approx(best - evaluate(asked, plan)[0])}


def test_a_move_that_breaks_balance_says_by_how_much():
    options = Options(k=2, balance={"population": band("-0.5", "0.5")})
    statement, asked, plan = case(options, "aaabbb", "BE")
    (c, d) = by_place(list(moves(statement, asked, plan))).values()
    assert not c.is_allowed
    assert {
        (b.kind, b.numbers["total"], b.numbers.get("upper", b.numbers.get("lower"))) for b in c.breaks
    } == {
        ("break_balance_upper", 180, 157),
        ("break_balance_lower", 30, 53),
    }
    assert d.is_allowed


def test_a_move_that_splits_names_who_is_cut_off_in_the_planners_numbers():
    # B joins A to C; moving it to the second row leaves C alone.
    statement, asked, plan = case(Options(k=2, balance=WIDE), "aaabbb", "BE", drawn("ABC/DEF"))
    move = by_place(list(moves(statement, asked, plan)))["B", 1]
    assert [(b.kind, b.subject, b.numbers["number"]) for b in move.breaks] == [("break_connected", ("C",), 1)]
    assert move.breaks[0].text.zh == "新村 1 将不连片，C村 被隔开"


def test_numbers_of_districts_stay_those_of_the_plan_when_the_first_unit_moves():
    # A moves to the second district: in a plan made anew that one would be the first.
    options = Options(k=2, balance={"population": band("-0.4", "0.4")})
    graph = drawn("AB/CD", {"population": {"A": 100, "B": 100, "C": 100, "D": 100}})
    statement, asked, plan = case(options, "aabb", "AC", graph)
    move = by_place(list(moves(statement, asked, plan)))["A", 1]
    told = {b.kind: b.numbers["number"] for b in move.breaks}
    assert told == {"break_balance_lower": 1, "break_balance_upper": 2}


def test_locks_and_candidates_forbid_moves():
    options = Options(k=2, balance=WIDE, together=(("B", "C"),), apart=(("A", "D"),), seats=("A", "D"))
    statement, asked, plan = case(options, "aaabbb", "AD")
    found = by_place(list(moves(statement, asked, plan)))
    assert [b.kind for b in found["C", 1].breaks] == ["break_together"]
    assert {b.kind for b in found["D", 0].breaks} == {"break_apart", "break_seats_candidate"}


def test_the_last_village_of_a_district_cannot_leave():
    statement, asked, plan = case(Options(k=2, balance=WIDE), "abbbbb", "AD")
    move = by_place(list(moves(statement, asked, plan)))["A", 1]
    assert [b.kind for b in move.breaks] == ["break_empty"]
    assert move.delta == {}


def test_refused_villages_neither_move_nor_lead_anywhere():
    statement, asked, plan = case(Options(k=2, balance=WIDE, refuse=("C",)), "aa-bbb", "AE")
    assert list(moves(statement, asked, plan)) == []


def test_a_village_that_is_not_at_its_nearest_seat_is_told_with_its_way():
    statement, asked, plan = case(Options(k=2, balance=WIDE), "aaaabb", "AE")
    note = next(n for n in wish_notes(statement, asked, plan) if n.kind == "not_nearest")
    assert note.subject == ("D", "E")
    assert note.numbers["extra_km"] == pytest.approx(2 * STEP_KM)
    assert note.numbers["total"] == pytest.approx(40 * 2 * STEP_KM)


def test_villages_at_their_nearest_seat_are_not_told():
    statement, asked, plan = case(Options(k=2, balance=WIDE), "aaabbb", "BE")
    assert [n.kind for n in wish_notes(statement, asked, plan) if n.kind == "not_nearest"] == []


def test_districts_off_the_mean_are_told_worst_first():
    statement, asked, plan = case(Options(k=3, balance=WIDE), "aabbcc", "ACE")
    notes = [n for n in wish_notes(statement, asked, plan) if n.kind == "off_target"]
    assert [(n.numbers["number"], n.numbers["amount"]) for n in notes] == [(1, -40.0), (3, 40.0)]
    assert notes[0].numbers["share"] == pytest.approx(-40 / 70)


def test_villages_that_leave_their_part_are_counted_with_their_people():
    columns = {"reference_part": dict(zip("ABCD", "1122", strict=True)), "population": {"B": 70}}
    statement, asked, plan = case(Options(k=2, balance=WIDE), "abbb", "AC", drawn("ABCD", columns))
    (note,) = [n for n in wish_notes(statement, asked, plan) if n.kind == "moved_away"]
    assert (note.subject, note.numbers["amount"]) == (("B",), 70)
    same = seated_plan(statement, "aabb", "AC")
    assert "moved_away" not in {n.kind for n in wish_notes(statement, asked, same)}


def test_parts_and_districts_are_matched_so_that_most_weight_stays():
    assert stayed([0, 0, 1, 1], [0, 1, 1, None], [1, 5, 3, 9]) == {1}
    assert stayed([0, 0, 1, 1], [0, 1, 1, 0], [1, 5, 3, 4]) == {1, 3}


def test_what_binds_is_the_rule_that_alone_forbids_a_better_plan():
    # Seats A and E: D, 40 people, is two steps nearer to E; only the balance keeps it.
    options = Options(k=2, balance={"population": band("-0.5", "0.15")}, seats=("A", "E"))
    statement, asked, plan = case(options, "aaaabb", "AE")
    found = list(moves(statement, asked, plan))
    room, forbids = binding_notes(asked, plan, found)
    assert (room.kind, room.numbers["low"], room.numbers["high"]) == ("room", 53, 120)
    assert (room.numbers["least"], room.numbers["room_below"]) == (100, 47)
    assert (room.numbers["most"], room.numbers["room_above"]) == (110, 10)
    assert (forbids.kind, forbids.numbers["rule"], forbids.numbers["num_moves"]) == (
        "forbids",
        "break_balance_upper",
        1,
    )
    assert forbids.numbers["saved"] == pytest.approx(40 * (3 - 1) * STEP_KM)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_note_has_a_sentence(lang: str):
    options = Options(k=2, objectives=("distance", "border"), balance={"population": band("-0.5", "0.15")})
    statement, asked, plan = case(options, "aaaabb", "AE")
    found = list(moves(statement, asked, plan))
    notes = [
        *seat_notes(statement, asked, plan),
        *wish_notes(statement, asked, plan),
        *binding_notes(asked, plan, found),
        *(b for m in found for b in m.breaks),
    ]
    sentences = [n.text.to_json()[lang] for n in notes]
    assert len(sentences) >= 8
    assert all(s and "{" not in s for s in sentences)
