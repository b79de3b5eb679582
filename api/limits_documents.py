"""`Documents`: from the text of a query to a document that may be executed: token cap, limits, validation; each document is parsed and validated once."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from anyio import CapacityLimiter, to_thread
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    get_introspection_query,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.errors import coded
from api.limits_measure import Measure, measure
from orgraph.errors import InputError
from orgraph.settings import ApiLimits

CACHED_CHARS = 500_000
"""Length of all documents that are kept, taken together; the one that was not used for longest goes first."""

MOST_ERRORS = 20
"""Validation stops after so many errors."""

_TOO_MANY = r"contains more than \d+ (tokens|comments)"
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
CHECKED = (
    ("depth", "query_depth"),
    ("root_fields", "query_root_fields"),
    ("aliases", "query_aliases"),
    ("directives", "query_directives"),
    ("repeats", "query_repeats"),
    ("cost", "query_cost"),
)
"""Each limit that the measure is held against, and the code of what exceeds it; in this order."""


@dataclass(slots=True)
class Document:
    """A parsed document, and what validation says about it once it has been asked."""

    node: DocumentNode
    errors: tuple[GraphQLError, ...] | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document within the limits. It may be executed when it has no errors."""

    node: DocumentNode
    measure: Measure
    errors: tuple[GraphQLError, ...]

    def check_operation(self, asked: str | None) -> None:
        """Refuse a name that no operation has, and the lack of a name where there are several."""
        operations = [d for d in self.node.definitions if isinstance(d, OperationDefinitionNode)]
        names = [operation.name.value if operation.name else None for operation in operations]
        if asked not in names if asked else len(names) != 1:
            raise InputError("operation_unknown")


@dataclass(slots=True)
class Documents:
    """The documents of one schema.

    New documents are prepared in a thread, one at a time: however expensive their validation is, the event loop keeps answering those that are known.
    """

    schema: GraphQLSchema
    limits: ApiLimits
    num_parsed: int = 0
    num_validated: int = 0
    _kept: OrderedDict[str, Document] = field(default_factory=OrderedDict)
    _num_chars: int = 0
    _introspection: int = 0
    _lock: Lock = field(default_factory=Lock)
    _turn: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))

    def __post_init__(self) -> None:
        standard = parse(get_introspection_query(specified_by_url=True, directive_is_repeatable=True))
        self._introspection = 2 * measure(self.schema, standard, None).introspection

    async def prepared(self, query: str, variables: Mapping[str, object] | None) -> Prepared:
        """Return the document of a query.

        Raises
        ------
        InputError
            When it is too long, or asks for more than the limits allow.
        GraphQLError
            When it cannot be parsed.
        """
        if query in self._kept:
            return self.prepare(query, variables)
        return await to_thread.run_sync(self.prepare, query, variables, limiter=self._turn)

    def prepare(self, query: str, variables: Mapping[str, object] | None) -> Prepared:
        """Do what :meth:`prepared` does, here and now."""
        document = self._kept.get(query) or Document(self._parse(query))
        asked = measure(self.schema, document.node, variables)
        self._check(asked)
        if document.errors is None:
            self.num_validated += 1
            errors = validate(
                self.schema, document.node, _RULES, max_errors=MOST_ERRORS, hide_suggestions=True
            )
            document.errors = tuple(coded(error, "document_invalid") for error in errors)
        self._keep(query, document)
        return Prepared(document.node, asked, document.errors)

    def _parse(self, query: str) -> DocumentNode:
        self.num_parsed += 1
        if len(query) > self.limits.query_chars:
            raise InputError("query_too_long", most=self.limits.query_chars)
        try:
            return parse(
                query,
                max_lexical_tokens=self.limits.tokens,
                max_comments=self.limits.tokens,
                allow_empty_selection_sets=False,
            )
        except GraphQLSyntaxError as error:
            if re.search(_TOO_MANY, error.message):
                raise InputError("query_tokens", most=self.limits.tokens) from None
            raise coded(error, "document_syntax") from None

    def _check(self, asked: Measure) -> None:
        for name, code in CHECKED:
            found, most = getattr(asked, name), getattr(self.limits, name)
            if found > most:
                raise InputError(code, found=found, most=most)
        if asked.introspection > self._introspection:
            raise InputError("query_introspection")

    def _keep(self, query: str, document: Document) -> None:
        with self._lock:
            if query not in self._kept:
                self._num_chars += len(query)
            self._kept[query] = document
            self._kept.move_to_end(query)
            while self._num_chars > CACHED_CHARS:
                oldest, _ = self._kept.popitem(last=False)
                self._num_chars -= len(oldest)
