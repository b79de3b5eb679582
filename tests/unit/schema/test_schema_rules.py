"""The rule book: every entry complete, and the right text on every day."""

from datetime import date, timedelta

import pytest

from orgraph.schema import RULES, Certainty, RuleUse, rule_in_force, rules_in_force

CHANGE = date(2026, 1, 1)
EVE = CHANGE - timedelta(days=1)

PARAMETERS = {
    "R01": {"min_full_members": 3},
    "R03": {"term_years": (3, 5)},
    "R04": {"min_full": 3, "soft_max_members": 50},
    "R05": {"soft_max_units": 5},
    "R06": {"project_months": 6},
    "R07": {"approval_days": 31},
    "R08": {"per_month": 1, "quorum": "half"},
    "R09": {"per_month": 1},
    "R11": {"per_quarter": 1},
    "R12": {"committee_from_full_members": 7, "size": (3, 5), "soft_max": 7},
    "R13": {"village_community_years": 5, "other_years": 3},
    "R14": {"min_members": 3, "min_full": 1},
    "R15": {"general_branch": 50, "committee": 100},
    "R17": {"min_full": 3, "general_branch": 50, "committee": 100, "delegate_election": 500, "term_years": 5},
    "R20": {"township_committee": (7, 9)},
    "R21": {"committee": 5, "branch": 3, "village_community": 5, "shift_max_years": 1},
    "R23": {"delegate_from": 500},
    "R25": {"quorum": 0.8},
    "R26": {"margin": 0.2},
    "R28": {"size": (3, 7), "term_years": 5},
    "R29": {"adults": 0.5, "households": 0.6667, "pass": 0.5, "notice_days": 10},
    "R31": {"households_per_rep": (5, 15), "rep_share": 0.8, "women_share": 0.3333},
    "R33": {"households": (100, 700)},
    "R34": {"households": (1000, 3000)},
    "R37": {"months": 12, "extension": 6},
    "R38": {"creditor_notice_days": 10},
    "R44": {"households": (300, 500)},
    "R49": {"five": 0.1, "four": 0.4, "three": 0.3},
}


def test_there_are_49_entries_in_order():
    assert list(RULES) == [f"R{i:02d}" for i in range(1, 50)]
    assert all(rule.id == id_ for id_, rule in RULES.items())


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.id)
def test_numbers_are_those_of_the_documents(rule):
    assert dict(rule.parameters) == PARAMETERS.get(rule.id, {})


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.id)
def test_every_entry_speaks_both_languages(rule):
    for words in (rule.document, rule.article, rule.text):
        assert words.zh.strip()
        assert words.en.isascii()
    assert any("\u4e00" <= c <= "\u9fff" for c in rule.text.zh)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.id)
def test_dates_are_marked_with_their_certainty(rule):
    has_dates = rule.valid_from is not None or rule.valid_to is not None
    assert (rule.dates_certainty is not None) == has_dates
    if rule.valid_from and rule.valid_to:
        assert rule.valid_from < rule.valid_to


def test_entries_of_one_topic_do_not_overlap():
    by_topic = {}
    for rule in RULES.values():
        by_topic.setdefault(rule.topic, []).append(rule)
    assert {topic: [r.id for r in rules] for topic, rules in by_topic.items() if len(rules) > 1} == {
        "residents_committee_size": ["R33", "R34"]
    }
    assert RULES["R33"].valid_to == RULES["R34"].valid_from == CHANGE


@pytest.mark.parametrize("name", ["R33", "R34", "residents_committee_size"])
@pytest.mark.parametrize(("day", "expected"), [(EVE, "R33"), (CHANGE, "R34"), (date(2020, 8, 3), "R33")])
def test_the_day_decides_between_two_texts(name, day, expected):
    rule = rule_in_force(name, day)
    assert rule is not None
    assert rule.id == expected


def test_before_the_first_text_there_is_none():
    assert rule_in_force("R33", date(2018, 12, 28)) is None
    assert rule_in_force("R33", date(2018, 12, 29)).id == "R33"


def test_a_text_without_a_checked_successor_ends():
    assert rule_in_force("villagers_meeting", EVE).id == "R29"
    assert rule_in_force("villagers_meeting", CHANGE) is None
    assert "2018" in RULES["R29"].note.en


def test_an_entry_without_dates_is_always_in_force():
    assert rule_in_force("R44", date(1990, 1, 1)).id == "R44"


def test_an_unknown_rule_is_a_defect():
    with pytest.raises(KeyError):
        rule_in_force("R99", CHANGE)


def test_rules_in_force_change_with_the_year():
    before, after = ({r.id for r in rules_in_force(day)} for day in (EVE, CHANGE))
    assert before - after == {"R28", "R29", "R30", "R31", "R33"}
    assert after - before == {"R32", "R34"}
    plan_day = {r.id for r in rules_in_force(date(2020, 8, 3))}
    assert "R22" in plan_day
    assert not {"R32", "R34", "R38", "R39", "R40"} & plan_day


def test_uses_and_certainty():
    gates = {r.id for r in RULES.values() if r.use is RuleUse.HARD_GATE}
    assert gates == {"R01", "R02", "R17", "R19", "R24", "R27", "R28", "R38", "R39"}
    assert {r.id for r in RULES.values() if r.use is RuleUse.PRIVACY} == {"R40", "R41", "R42", "R43"}
    assert {r.id for r in RULES.values() if r.certainty is Certainty.RECALLED} == {"R26", "R46"}


def test_parameters_are_read_by_their_form():
    rule = RULES["R12"]
    assert rule.number("committee_from_full_members") == 7
    assert rule.range("size") == (3, 5)
    with pytest.raises(KeyError):
        rule.number("size")
    with pytest.raises(KeyError):
        rule.range("soft_max")
    with pytest.raises(KeyError):
        RULES["R08"].number("quorum")
