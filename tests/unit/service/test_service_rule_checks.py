from datetime import date

import pytest

from orgraph.graph import GraphBuilder
from orgraph.service.rule_checks import rule_findings

ON = date(2020, 8, 3)


def village(level="village", **properties):
    """A unit of one level, without an organization."""
    builder = GraphBuilder()
    unit = builder.add_node("Unit", "370503100201", {"name": "大牟村", "level": level, **properties})
    return builder, unit


def with_organization(kind="BRANCH", **properties):
    builder, unit = village()
    key = builder.add_node("PartyOrganization", "P", {"name": "大牟村党组织", "kind": kind, **properties})
    builder.add_relationship("LOCATED_IN", key, unit)
    return builder.freeze()


def told(graph, on=ON):
    return [(f.code.partition(".")[2], f.rule, f.subject) for f in rule_findings(graph, on)]


@pytest.mark.parametrize(("full_members", "is_told"), [(2, False), (3, True), (None, False)])
def test_three_full_members_need_an_organization(full_members, is_told):
    builder, _ = village(**({} if full_members is None else {"full_members": full_members}))
    found = told(builder.freeze())
    assert found == ([("rule_no_organization", "R01", ("370503100201",))] if is_told else [])


@pytest.mark.parametrize("relationship", ["LOCATED_IN", "HAS_ORGANIZATION"])
def test_an_organization_there_or_named_is_enough(relationship):
    builder, unit = village(full_members=3)
    key = builder.add_node("PartyOrganization", "P", {"name": "a", "kind": "BRANCH"})
    ends = (key, unit) if relationship == "LOCATED_IN" else (unit, key)
    builder.add_relationship(relationship, *ends)
    assert told(builder.freeze()) == []


def test_a_town_is_no_primary_unit():
    builder, _ = village("town", full_members=300)
    assert told(builder.freeze()) == []


@pytest.mark.parametrize(("members", "is_told"), [(50, False), (51, True), (None, False)])
def test_a_branch_has_fifty_members_at_most_as_a_rule(members, is_told):
    graph = with_organization(**({} if members is None else {"members": members}))
    assert told(graph) == ([("rule_large_branch", "R04", ("P",))] if is_told else [])


@pytest.mark.parametrize(
    ("full_members", "is_joint", "is_told"), [(2, False, True), (2, True, False), (3, False, False)]
)
def test_a_branch_needs_three_full_members_unless_it_is_joint(full_members, is_joint, is_told):
    graph = with_organization(full_members=full_members, is_joint=is_joint)
    assert told(graph) == ([("rule_small_branch", "R04", ("P",))] if is_told else [])


@pytest.mark.parametrize(("members", "is_told"), [(99, True), (100, False), (None, False)])
def test_a_village_committee_needs_a_hundred_members(members, is_told):
    graph = with_organization("COMMITTEE", **({} if members is None else {"members": members}))
    assert told(graph) == ([("rule_small_committee", "R17", ("P",))] if is_told else [])


@pytest.mark.parametrize(("end", "is_told"), [("2020-08-02", True), ("2020-08-03", False)])
def test_a_term_that_is_over_is_told(end, is_told):
    assert told(with_organization(term_end=end)) == ([("rule_term_over", "R21", ("P",))] if is_told else [])


@pytest.mark.parametrize(
    ("on", "households", "rule"),
    [
        (date(2025, 12, 31), 700, None),
        (date(2025, 12, 31), 1000, "R33"),
        (date(2026, 1, 1), 700, "R34"),
        (date(2026, 1, 1), 1000, None),
    ],
)
def test_the_size_of_a_community_is_judged_by_the_text_of_the_day(on, households, rule):
    builder, _ = village("community", households=households)
    expected = [("rule_community_size", rule, ("370503100201",))] if rule else []
    assert told(builder.freeze(), on) == expected


def test_a_rule_that_is_not_in_force_says_nothing():
    assert told(with_organization(members=51), date(2017, 1, 1)) == []


def test_every_finding_is_a_warning_that_names_things_in_both_languages():
    builder, _ = village(full_members=3)
    [finding] = rule_findings(builder.freeze(), ON)
    assert not finding.is_error
    assert finding.text.zh == "1 个单位有正式党员 3 名以上而没有党组织：大牟村。"
    assert "大牟村" in finding.text.en
    assert finding.todo is not None
