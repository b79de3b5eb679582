"""What a worker is given and what it hands back: plain data, so that it can go through a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from orgraph.findings import Finding, Json
from orgraph.graph import GraphBuilder, NodeKey, OrgGraph, Value
from orgraph.planning.restructuring import Options, Outcome

Packed: TypeAlias = tuple[
    tuple[tuple[str, str, dict[str, Value]], ...],
    tuple[tuple[str, NodeKey, NodeKey, dict[str, Value]], ...],
    dict[str, Value],
]
"""A graph as data: nodes, relationships, provenance."""


@dataclass(frozen=True)
class Job:
    """A problem to solve. ``memory_mib``: address space that the worker may use."""

    name: str
    graph: Packed
    options: Options
    time_s: float
    workers: int
    memory_mib: int
    seed: int


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a worker stands. ``seconds`` since it took up the job."""

    phase: str
    seconds: float
    objective: float | None
    bound: float | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A job that cannot be done: code and numbers of an error, and what was found wrong."""

    code: str
    details: Mapping[str, Json]
    findings: tuple[Finding, ...] = ()


Message: TypeAlias = (
    tuple[Literal["moment"], Moment] | tuple[Literal["outcome"], Outcome] | tuple[Literal["refusal"], Refusal]
)


def packed(graph: OrgGraph) -> Packed:
    """Return a graph as data."""
    return (
        tuple((n.kind, n.code, dict(n.properties)) for n in graph.nodes()),
        tuple((r.kind, r.source, r.target, dict(r.properties)) for r in graph.relationships()),
        dict(graph.provenance),
    )


def unpacked(data: Packed) -> OrgGraph:
    """Return the graph that :func:`packed` took apart."""
    nodes, relationships, provenance = data
    builder = GraphBuilder()
    for kind, code, properties in nodes:
        builder.add_node(kind, code, properties)
    for name, source, target, values in relationships:
        builder.add_relationship(name, source, target, values)
    return builder.freeze(provenance)
