"""The declarations hang together: labels, ends, references, keys, flags."""

import re

import pytest

from orgraph.graph.hierarchy import CONTAINMENT
from orgraph.messages import keys
from orgraph.schema import (
    COVERAGE_MEASURES,
    LEVEL_RANK,
    LEVELS,
    NODE_KIND_BY_PLURAL,
    NODE_KINDS,
    RELATIONSHIP_KINDS,
    Cardinality,
    Sensitivity,
    ValueType,
)

FIELDS = [(kind.name, field) for kind in NODE_KINDS.values() for field in kind.fields]
RELATIONSHIP_FIELDS = [(kind.name, field) for kind in RELATIONSHIP_KINDS.values() for field in kind.fields]
ALL_FIELDS = [pytest.param(kind, f, id=f"{kind}.{f.name}") for kind, f in (*FIELDS, *RELATIONSHIP_FIELDS)]
PEOPLE = ("Household", "PartyMember", "CenterHousehold", "Cadre", "GridWorker", "Volunteer")


def is_chinese(text):
    return any("\u4e00" <= c <= "\u9fff" for c in text)


@pytest.mark.parametrize(("kind", "field"), ALL_FIELDS)
def test_every_field_is_labelled_in_both_languages(kind, field):
    assert is_chinese(field.label.zh)
    assert field.label.en.isascii()
    assert field.label.en.strip()


@pytest.mark.parametrize(("kind", "field"), ALL_FIELDS)
def test_every_field_is_well_declared(kind, field):
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", field.name)
    assert (field.type is ValueType.ENUM) == bool(field.choices)
    assert field.type not in (ValueType.JSON, ValueType.GEOMETRY) or not field.is_filterable
    assert not field.is_searchable or field.type is ValueType.TEXT
    assert not field.unit or f"schema.unit.{field.unit}" in keys("zh")
    assert f"schema.type.{field.type.value}" in keys("zh")
    assert f"schema.sensitivity.{field.sensitivity.value}" in keys("zh")


PROPOSED = {"Scenario", "Plan", "Run", "Consent", "Approval"}


@pytest.mark.parametrize("kind", NODE_KINDS.values(), ids=lambda k: k.name)
def test_every_kind_has_a_key_and_the_flag_of_synthetic_data(kind):
    names = [f.name for f in kind.fields]
    assert len(set(names)) == len(names)
    assert [f.name for f in kind.fields if f.is_key] == ["code"]
    assert names[0] == "code"
    assert "is_synthetic" in names
    assert "code" not in {f.name for f in kind.properties}
    assert is_chinese(kind.label.zh)
    assert is_chinese(kind.description.zh)
    assert not is_chinese(kind.label.en + kind.description.en)


@pytest.mark.parametrize("kind", NODE_KINDS.values(), ids=lambda k: k.name)
def test_every_reference_fits_the_relationship_table(kind):
    for field in kind.references:
        assert field.type in (ValueType.CODE, ValueType.CODES)
        ends = RELATIONSHIP_KINDS[field.reference].ends
        here, there = (1, 0) if field.is_incoming else (0, 1)
        others = {end[there] for end in ends if end[here] == kind.name}
        assert others
        assert not field.reference_kind or field.reference_kind in others


@pytest.mark.parametrize("kind", NODE_KINDS.values(), ids=lambda k: k.name)
def test_everything_but_a_unit_says_where_it_lies(kind):
    required = [f.name for f in kind.references if f.is_required and f.reference in CONTAINMENT]
    assert required == ([] if kind.name in {"Unit", *PROPOSED} else ["unit_code"])


@pytest.mark.parametrize("name", sorted(PROPOSED))
def test_proposals_name_what_they_are_about_and_lie_in_no_unit(name):
    ends = {end for kind in RELATIONSHIP_KINDS.values() for pair in kind.ends if name in pair for end in pair}
    assert ends <= PROPOSED
    assert not NODE_KINDS[name].field_by_name["unit_code"].reference


def test_labels_of_one_kind_are_different():
    for kind in NODE_KINDS.values():
        for lang in ("zh", "en"):
            labels = [f.label.in_(lang) for f in kind.fields]
            assert len(set(labels)) == len(labels), kind.name


def test_the_ends_of_relationships_are_declared_kinds():
    for kind in RELATIONSHIP_KINDS.values():
        assert kind.ends
        assert len(set(kind.ends)) == len(kind.ends)
        assert {end for pair in kind.ends for end in pair} <= set(NODE_KINDS)
        assert is_chinese(kind.label.zh)
        assert kind.description is not None


def test_containment_is_a_tree_over_every_kind():
    assert CONTAINMENT == ("PART_OF", "LOCATED_IN")
    sources = [{source for source, _ in RELATIONSHIP_KINDS[name].ends} for name in CONTAINMENT]
    assert sources[0] & sources[1] == set()
    assert sources[0] | sources[1] == set(NODE_KINDS) - PROPOSED
    for name in CONTAINMENT:
        kind = RELATIONSHIP_KINDS[name]
        assert (kind.cardinality, kind.is_acyclic) == (Cardinality.MANY_TO_ONE, True)


def test_symmetric_kinds_join_equals():
    symmetric = [k for k in RELATIONSHIP_KINDS.values() if k.is_symmetric]
    assert [k.name for k in symmetric] == ["ADJACENT"]
    assert all(source == target for source, target in symmetric[0].ends)


def test_plurals_are_names_of_files():
    assert len(NODE_KIND_BY_PLURAL) == len(NODE_KINDS)
    expected = "units organizations grids workers households enterprises co_building_units volunteers needs resources"
    assert set(expected.split()) <= set(NODE_KIND_BY_PLURAL)


@pytest.mark.parametrize(
    ("plural", "columns", "required"),
    [
        (
            "units",
            "code name parent_code level population households members full_members arable_mu area_km2 lon lat reference_part",
            "code name",
        ),
        (
            "organizations",
            "code name kind unit_code parent_code members full_members secretary_code",
            "code name kind unit_code",
        ),
        ("grids", "code name unit_code kind households load_hours lon lat", "code name unit_code kind"),
    ],
)
def test_the_columns_of_files(plural, columns, required):
    kind = NODE_KIND_BY_PLURAL[plural]
    assert set(columns.split()) <= set(kind.field_by_name)
    assert {f.name for f in kind.fields if f.is_required} == set(required.split())


def test_only_units_take_further_weights():
    assert [k.name for k in NODE_KINDS.values() if k.has_open_weights] == ["Unit"]


@pytest.mark.parametrize("name", PEOPLE)
def test_people_are_codes_without_names(name):
    kind = NODE_KINDS[name]
    assert kind.field_by_name["code"].sensitivity is Sensitivity.PERSONAL
    assert not {"name", "address", "phone", "id_number", "birth_date"} & set(kind.field_by_name)
    assert not any(f.is_searchable or f.type is ValueType.TEXT for f in kind.fields)


def test_what_says_something_about_one_person_is_personal():
    for name in PEOPLE:
        own = [f for f in NODE_KINDS[name].properties if f.name != "is_synthetic"]
        soft = {f"{name}.{f.name}" for f in own if f.sensitivity is not Sensitivity.PERSONAL}
        assert soft <= {"GridWorker.kind"}
    secretary = NODE_KINDS["PartyOrganization"].field_by_name["secretary_code"]
    assert secretary.sensitivity is Sensitivity.PERSONAL


def test_names_are_sorted_and_searched():
    for kind in NODE_KINDS.values():
        if name := kind.field_by_name.get("name"):
            assert name.is_sortable
            assert name.is_searchable


def test_levels_are_ranked():
    level = NODE_KINDS["Unit"].field_by_name["level"]
    assert tuple(choice.value for choice in level.choices) == LEVELS == tuple(LEVEL_RANK)
    assert [LEVEL_RANK[name] for name in LEVELS] == [0, 1, 2, 3, 4, 4, 5]


def test_posts_have_no_seat_of_a_villagers_committee():
    kinds = {choice.value for choice in NODE_KINDS["Post"].field_by_name["kind"].choices}
    assert kinds == {"party", "administration", "service", "grid"}


@pytest.mark.parametrize("measure", COVERAGE_MEASURES.values(), ids=lambda m: m.name)
def test_coverage_measures_fit_the_relationship_table(measure):
    ends = RELATIONSHIP_KINDS[measure.relationship].ends
    side = {"out": 0, "in": 1}[measure.direction]
    assert measure.kind in {pair[side] for pair in ends}
    if measure.where:
        field, values = measure.where
        choices = {c.value for c in NODE_KINDS[measure.kind].field_by_name[field].choices}
        assert set(values) <= choices
