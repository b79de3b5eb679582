"""The schema that is served, and its SDL as it is committed beside this file."""

from __future__ import annotations

from pathlib import Path

from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from api.http_schema import Schema
from api.mutation import Mutation
from api.query import Query
from api.subscription import Subscription
from api.types_access import LISTED
from api.types_nodes import leaf, read_field
from api.types_scalars import SCALARS

SDL_FILE = Path(__file__).with_name("schema.graphql")

SCHEMA = Schema(
    Query,
    Mutation,
    Subscription,
    config=StrawberryConfig(disable_field_suggestions=True, default_resolver=read_field, scalar_map=SCALARS),
)
"""The schema that is served."""


def _shorten(schema: GraphQLSchema) -> None:
    """Read the plain fields of nodes directly: a page of a thousand nodes has thousands of them."""
    for kind in LISTED:
        node = schema.type_map[kind]
        assert isinstance(node, GraphQLObjectType)
        for field in node.fields.values():
            if getattr(field.resolve, "_is_default", False):
                field.resolve = leaf(field.extensions["strawberry-definition"].python_name)


_shorten(SCHEMA._schema)


def sdl() -> str:
    """Return the schema as it is committed."""
    return SCHEMA.as_str().rstrip() + "\n"


if __name__ == "__main__":
    SDL_FILE.write_text(sdl(), encoding="utf-8")
