"""States of nodes: looked up by code, found for identities, and turned into nodes."""

from __future__ import annotations

from collections.abc import Mapping

from orgraph.graph import Node
from orgraph.store.neo4j.connections import Cell
from orgraph.store.neo4j.layout import LABELS, Stored
from orgraph.store.neo4j.lens import Lens

_PAST = "_Past_"


def by_code(lens: Lens, kind: str, code: str, state: str = "s", identity: str = "i") -> str:
    """Return the clause that looks up the variable ``code``: binds the state and the identity, no row where there is none."""
    label = LABELS[kind]
    if lens.day is None:
        return f"MATCH ({state}:{label.name} {{code: {code}}}) WITH *, {state} AS {identity}"
    return (
        f"CALL ({code}) {{ MATCH (s:{label.name} {{code: {code}}}){lens.held('s')} RETURN s AS {state}, s AS {identity}"
        f" UNION ALL MATCH (s:{label.past} {{code: {code}}}){lens.held('s')}"
        f" RETURN s AS {state}, coalesce(head([(s)-[:_STATE_OF]->(x) | x]), s) AS {identity} }}"
    )


def of_identity(lens: Lens, identity: str, state: str) -> str:
    """Return the clause that binds the state of an identity of any kind; no row where there is none."""
    if lens.day is None:
        return f"WITH *, {identity} AS {state}"
    return (
        f"CALL ({identity}) {{ WITH {identity} WHERE {lens.held(identity, '')} RETURN {identity} AS {state}"
        f" UNION ALL MATCH ({identity})<-[:_STATE_OF]-({state}){lens.held(state)} RETURN {state} }}"
    )


def kind_of(labels: Cell) -> str:
    """Return the kind that the labels of a node name."""
    assert isinstance(labels, list)
    (kind,) = {str(label).removeprefix(_PAST) for label in labels} - {"_Identity"}
    return kind


def node_of(kind: str, stored: Cell) -> Node:
    """Return the node that ``properties(n)`` holds."""
    return LABELS[kind].node(as_stored(stored))


def as_stored(cell: Cell) -> Mapping[str, Stored]:
    """Return a cell that holds ``properties(x)``."""
    assert isinstance(cell, dict)
    return cell  # type: ignore[return-value]
