"""Lineage, history and the change log."""

from __future__ import annotations

from collections.abc import Iterator

import strawberry

from api.types_access import LISTED, is_personal, is_shown
from api.types_nodes import NodeView, shown
from api.types_scalars import Day
from api.types_words import said
from orgraph.graph import Node, NodeKey
from orgraph.graph.lineage import Step
from orgraph.schema import NODE_KINDS
from orgraph.service.lookup import Lineage as Found
from orgraph.store.port import ChangeRecord, DeleteNode, PutNode, Revision


@strawberry.type(description=said("type.lineage_step"))
class LineageStep:
    """One thing became (part of) another."""

    former: NodeView
    later: NodeView
    on: Day | None = strawberry.field(description=said("field.on"))
    plan_code: str | None = strawberry.field(description=said("field.plan_code"))


@strawberry.type(description=said("type.lineage"))
class Lineage:
    """What became of a thing, and what it came from."""

    node: NodeView
    became: list[LineageStep] = strawberry.field(description=said("field.became"))
    came_from: list[LineageStep] = strawberry.field(description=said("field.came_from"))


@strawberry.type(name="Revision", description=said("type.revision"))
class RevisionView:
    """One state of a node."""

    node: NodeView
    valid_from: Day = strawberry.field(description=said("field.valid_from"))
    valid_to: Day | None = strawberry.field(description=said("field.valid_to"))


@strawberry.type(description=said("type.change"))
class Change:
    """One entry of the change log."""

    version: int
    at: str = strawberry.field(description=said("field.at"))
    by: str
    reason: str
    effective: Day = strawberry.field(description=said("field.effective"))
    what: str = strawberry.field(description=said("field.what"))
    kind: str = strawberry.field(description=said("field.change_kind"))
    codes: list[str] = strawberry.field(description=said("field.change_codes"))
    fields: list[str] = strawberry.field(description=said("field.change_fields"))


def lineage_view(node: Node, found: Found) -> Lineage:
    """Return the view of a lineage."""
    nodes = {**found.nodes, node.key: node}
    return Lineage(
        node=shown(node),
        became=[_step(step, nodes) for step in found.became],
        came_from=[_step(step, nodes) for step in found.came_from],
    )


def _step(step: Step, nodes: dict[NodeKey, Node]) -> LineageStep:
    return LineageStep(
        former=shown(nodes[step.former]),
        later=shown(nodes[step.later]),
        on=Day(step.on.isoformat()) if step.on else None,
        plan_code=step.plan_code or None,
    )


def revision_view(revision: Revision) -> RevisionView:
    """Return the view of a state; what it leads to is read as of its first day."""
    until = revision.valid_to
    return RevisionView(
        node=shown(revision.node, revision.valid_from),
        valid_from=Day(revision.valid_from.isoformat()),
        valid_to=Day(until.isoformat()) if until else None,
    )


def change_view(record: ChangeRecord) -> Change:
    """Return the view of an entry. Of people it says that something was changed, not whose."""
    change = record.change
    is_node = isinstance(change, PutNode | DeleteNode)
    is_put = type(change).__name__.startswith("Put")
    return Change(
        version=record.version,
        at=record.at,
        by=record.by,
        reason=record.reason,
        effective=Day(record.effective.isoformat()),
        what=f"{'put' if is_put else 'end'}_{'node' if is_node else 'relationship'}",
        kind=change.kind,
        codes=list(_codes(record)),
        fields=list(_fields(record)),
    )


def _codes(record: ChangeRecord) -> Iterator[str]:
    change = record.change
    if isinstance(change, PutNode | DeleteNode):
        if change.kind in LISTED:
            yield change.code
    elif is_shown(change.kind, change.source.kind, change.target.kind):
        yield from (change.source.code, change.target.code)


def _fields(record: ChangeRecord) -> Iterator[str]:
    change = record.change
    if isinstance(change, PutNode):
        declared = NODE_KINDS[change.kind].field_by_name
        for name in change.properties:
            field = declared.get(name)
            if field is None or not is_personal(field):
                yield name
