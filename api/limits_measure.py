"""`measure`: one pass over a parsed document that tells how much it asks for, before it is validated.

The pass looks at every selection of the document once: a fragment is measured when it is first met and remembered, so documents in which
fragments spread fragments, whose naive expansion doubles with every one, cost no more than their length. It needs no valid document: unknown fields and
types count as plain values, and validation tells about them afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from orgraph.errors import InputError

LIST_SIZE = 20
"""How long a list is taken to be that says nothing about its length."""

MAX_NESTING = 100
"""Deepest nesting of selections and fragments that the pass follows; far above every sensible limit of depth."""

MOST = 10**9
"""A number of entries above this counts as this; it is refused in any case."""

_PAGE_SIZES = ("first", "last")
_KEY_LISTS = ("ids", "codes")


@dataclass(frozen=True, slots=True)
class Measure:
    """What a document asks for."""

    depth: int
    """Fields inside fields, in the deepest place; the inside of ``__schema`` and ``__type`` does not count."""
    root_fields: int
    """Fields of the largest operation's root, those of its fragments included."""
    aliases: int
    directives: int
    repeats: int
    """How often the most frequent name stands in the document; validation compares fields of one name with each other."""
    cost: int
    """Most values that the answer may hold, in the most expensive operation; a page counts as long as ``first`` or ``last`` says."""
    introspection: int
    """The same for what is asked about the schema itself."""
    num_visited: int
    """Selections looked at: never more than the document holds."""


@dataclass(slots=True)
class _Weight:
    """What a selection set adds. ``per_item`` is the part that comes once per entry of the page around it."""

    depth: int = 0
    fields: int = 0
    fixed: int = 0
    per_item: int = 0
    introspection: int = 0

    def add(self, other: _Weight) -> None:
        self.depth = max(self.depth, other.depth)
        self.fields += other.fields
        self.fixed += other.fixed
        self.per_item += other.per_item
        self.introspection += other.introspection

    def cost(self, size: int) -> int:
        return self.fixed + size * self.per_item


def measure(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, object] | None) -> Measure:
    """Measure a document.

    Parameters
    ----------
    schema
        Tells which fields are lists, and the default length of pages.
    document
        As parsed; need not be valid.
    variables
        Values of its variables, as sent; lengths of pages are looked up in them.

    Raises
    ------
    InputError
        ``fragment_unknown``, ``fragment_cycle``; ``query_depth`` when it is nested deeper than :data:`MAX_NESTING`.

    Notes
    -----
    Linear in the number of selections of the document.
    """
    return _Pass(schema, document, variables or {}).run()


@dataclass(slots=True)
class _Pass:
    schema: GraphQLSchema
    document: DocumentNode
    variables: Mapping[str, object]
    defaults: dict[str, ValueNode] = field(default_factory=dict)
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)
    known: dict[str, _Weight | None] = field(default_factory=dict)
    """Weight of each fragment met; ``None`` while it is being measured."""
    names: Counter[str] = field(default_factory=Counter)
    aliases: int = 0
    directives: int = 0
    num_visited: int = 0

    def run(self) -> Measure:
        definitions = self.document.definitions
        self.fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
        operations = [d for d in definitions if isinstance(d, OperationDefinitionNode)]
        weights = [self._operation(operation) for operation in operations]
        for name in self.fragments:
            self._fragment(name, 0)
        return Measure(
            depth=max((w.depth for w in weights), default=0),
            root_fields=max((w.fields for w in weights), default=0),
            aliases=self.aliases,
            directives=self.directives,
            repeats=max(self.names.values(), default=0),
            cost=min(MOST, max((w.cost(LIST_SIZE) for w in weights), default=0)),
            introspection=min(MOST, max((w.introspection for w in weights), default=0)),
            num_visited=self.num_visited,
        )

    def _operation(self, operation: OperationDefinitionNode) -> _Weight:
        self._count_directives(operation)
        for variable in operation.variable_definitions or ():
            self.directives += len(variable.directives or ())
            if variable.default_value is not None:
                self.defaults[variable.variable.name.value] = variable.default_value
        return self._selections(operation.selection_set, self.schema.get_root_type(operation.operation), 1)

    def _selections(
        self, selections: SelectionSetNode, parent: GraphQLNamedType | None, nesting: int
    ) -> _Weight:
        if nesting > MAX_NESTING:
            raise InputError("query_depth", found=nesting, most=MAX_NESTING)
        weight = _Weight()
        for selection in selections.selections:
            self.num_visited += 1
            self._count_directives(selection)
            weight.add(self._selection(selection, parent, nesting))
        return weight

    def _selection(self, node: SelectionNode, parent: GraphQLNamedType | None, nesting: int) -> _Weight:
        if isinstance(node, FieldNode):
            return self._field(node, parent, nesting)
        weight = _Weight(fixed=1)
        if isinstance(node, FragmentSpreadNode):
            weight.add(self._fragment(node.name.value, nesting))
        elif isinstance(node, InlineFragmentNode):
            inner = self._type(node.type_condition.name.value) if node.type_condition else parent
            weight.add(self._selections(node.selection_set, inner, nesting + 1))
        return weight

    def _fragment(self, name: str, nesting: int) -> _Weight:
        if name not in self.fragments:
            raise InputError("fragment_unknown", name=name)
        if name not in self.known:
            node = self.fragments[name]
            self.known[name] = None
            self._count_directives(node)
            condition = self._type(node.type_condition.name.value)
            self.known[name] = self._selections(node.selection_set, condition, nesting + 1)
        weight = self.known[name]
        if weight is None:
            raise InputError("fragment_cycle", name=name)
        return weight

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, nesting: int) -> _Weight:
        name = node.name.value
        self.aliases += node.alias is not None
        self.names[node.alias.value if node.alias else name] += 1
        definition = self._definition(parent, name)
        inner = get_named_type(definition.type) if definition else None
        below = self._selections(node.selection_set, inner, nesting + 1) if node.selection_set else _Weight()
        if name in ("__schema", "__type"):
            return _Weight(1, 1, 1, 0, 1 + below.cost(LIST_SIZE) + below.introspection)
        size = self._page_size(node, definition)
        is_list = definition is not None and is_list_type(get_nullable_type(definition.type))
        cost = 1 + below.cost(LIST_SIZE if size is None or is_list else size)
        entries = (size or self._num_keys(node)) if is_list else 1
        weight = _Weight(below.depth + 1, 1, 0, 0, below.introspection)
        if entries is None:
            weight.per_item = cost
        else:
            weight.fixed = cost * entries
        return weight

    def _type(self, name: str) -> GraphQLNamedType | None:
        return self.schema.get_type(name)

    def _definition(self, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        if parent is None or not is_composite_type(parent):
            return None
        return self.schema.get_field(parent, name)

    def _page_size(self, node: FieldNode, definition: GraphQLField | None) -> int | None:
        """Return how many entries a field with ``first`` or ``last`` may give, ``None`` for a field without them."""
        asked = [self._number(a.value) for a in node.arguments or () if a.name.value in _PAGE_SIZES]
        given = [size for size in asked if size is not None]
        if given:
            return max(given)
        arguments = definition.args if definition else {}
        sizes = [_default(arguments[name]) for name in _PAGE_SIZES if name in arguments]
        return max(filter(None, sizes), default=LIST_SIZE) if sizes else None

    def _number(self, value: ValueNode) -> int | None:
        if isinstance(value, VariableNode):
            name = value.name.value
            sent = self.variables.get(name)
            if isinstance(sent, int):
                return min(abs(sent), MOST)
            default = self.defaults.get(name)
            return self._number(default) if isinstance(default, IntValueNode) else None
        if isinstance(value, IntValueNode):
            return abs(int(value.value)) if len(value.value) < len(str(MOST)) else MOST
        return None

    def _num_keys(self, node: FieldNode) -> int | None:
        """Return how many nodes a list asks for by key, ``None`` where it does not."""
        return max(self._key_lists(node.arguments or ()), default=None)

    def _key_lists(self, arguments: Iterable[ArgumentNode]) -> Iterable[int]:
        for argument in arguments:
            if argument.name.value in _KEY_LISTS:
                value = argument.value
                sent = self.variables.get(value.name.value) if isinstance(value, VariableNode) else None
                if isinstance(value, ListValueNode):
                    yield len(value.values)
                elif isinstance(sent, list):
                    yield len(sent)

    def _count_directives(
        self, node: SelectionNode | OperationDefinitionNode | FragmentDefinitionNode
    ) -> None:
        self.directives += len(node.directives or ())


def _default(argument: GraphQLArgument) -> int | None:
    """Return the default length of a page, as declared in code or in SDL."""
    declared = argument.default
    if declared is not None and isinstance(declared.literal, IntValueNode):
        return int(declared.literal.value)
    value = declared.value if declared is not None else argument.default_value
    return value if isinstance(value, int) else None
