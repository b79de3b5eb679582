"""The steps of making GraphQL types from data that the library leaves to the reader: typed once, here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, EnumMeta
from typing import Optional, cast

import strawberry
from strawberry.types.field import StrawberryField


def nullable(kind: object) -> object:
    """Return the type of values that may be missing."""
    return Optional[kind]  # noqa: UP045 - the type is known at run time only


def resolved(
    resolver: Callable[..., object], description: str, annotations: Mapping[str, object]
) -> StrawberryField:
    """Return a field with a resolver, whose arguments (and ``return``) get types that are known at run time only."""
    resolver.__annotations__ = {**resolver.__annotations__, **annotations}
    return cast(StrawberryField, strawberry.field(resolver=resolver, description=description))


def enum_type(name: str, words: Mapping[str, tuple[str, str]], description: str) -> EnumMeta:
    """Return an enumeration: for every member its value and its description."""
    members = {m: strawberry.enum_value(value, description=said) for m, (value, said) in words.items()}
    made = cast(EnumMeta, Enum(name, members))
    return strawberry.enum(made, name=name, description=description)
