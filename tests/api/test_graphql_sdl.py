"""The committed SDL, and what of the schema it shows."""

from graphql import GraphQLObjectType

from api.graphql_schema import SCHEMA, SDL_FILE, sdl
from api.types_access import LISTED, WITHHELD, is_personal
from api.types_words import camel, root_name
from orgraph.schema import NODE_KINDS

CORE = SCHEMA._schema


def test_the_committed_sdl_is_current() -> None:
    assert SDL_FILE.read_text(encoding="utf-8") == sdl(), "run: python -m api.graphql_schema"


def test_every_type_field_argument_and_value_of_ours_is_described_in_both_languages() -> None:
    derived = {"Query", *LISTED}
    for name in derived:
        found = CORE.type_map[name]
        assert " / " in (found.description or ""), name
        for field_name, field in found.fields.items():
            assert " / " in (field.description or ""), (name, field_name)


def test_every_node_kind_has_a_root_and_every_shown_field_a_place() -> None:
    query = CORE.query_type.fields
    for kind in NODE_KINDS.values():
        assert root_name(kind.plural) in query
    for name, kind in LISTED.items():
        fields = CORE.type_map[name].fields
        for field in kind.properties:
            if field.name not in WITHHELD.get(name, ()):
                assert (camel(field.name) in fields) is not is_personal(field), (name, field.name)


def test_what_is_personal_is_nowhere() -> None:
    assert set(NODE_KINDS) - set(LISTED) == {"PartyMember", "Cadre", "Volunteer"}
    for name in ("PartyMember", "Cadre", "Volunteer"):
        assert name not in CORE.type_map
    household = CORE.type_map["Household"]
    assert isinstance(household, GraphQLObjectType)
    assert set(household.fields) == {"id", "code", "nodeKind", "isSynthetic", "partOf"}
    assert "servedBy" not in household.fields
    assert "serves" not in CORE.type_map["CenterHousehold"].fields
    assert "secretaryCode" not in CORE.type_map["PartyOrganization"].fields
    assert set(CORE.type_map["GridWorkerFilter"].fields) == {"code", "kind", "has"}
    assert set(CORE.type_map["HouseholdOrderField"].values) == {"CODE"}
