"""That nothing is lost by a change of the organization: counts and sums before and after, and that everything still lies inside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from orgraph.errors import InvalidGraph
from orgraph.findings import Finding
from orgraph.graph import Node, NodeKey, OrgGraph, containers, is_former

SUMMED = ("population", "households", "members", "full_members")


def require_conserved(before: OrgGraph, after: OrgGraph, merged: Collection[str]) -> None:
    """Refuse a graph after a merger that loses anybody.

    Parameters
    ----------
    merged
        Codes of the units that were merged.

    Raises
    ------
    InvalidGraph
        With a finding per thing that is gone or lies nowhere any more, and per sum that differs.
    """
    findings = (*_gone(before, after), *_lost(before, after), *_sums(before, after, merged))
    if findings:
        raise InvalidGraph("plan_loses", findings=findings, num_errors=len(findings))


def _gone(before: OrgGraph, after: OrgGraph) -> Iterator[Finding]:
    for node in before.nodes():
        if node.key not in after:
            yield Finding(
                "scenario.gone", subject=(node.code,), numbers={"kind": node.kind, "code": node.code}
            )


def _lost(before: OrgGraph, after: OrgGraph) -> Iterator[Finding]:
    inside = containers(after)
    for key in containers(before):
        if key not in inside and not is_former(after, key):
            yield Finding(
                "scenario.lies_nowhere", subject=(key.code,), numbers={"kind": key.kind, "code": key.code}
            )


def _sums(before: OrgGraph, after: OrgGraph, merged: Collection[str]) -> Iterator[Finding]:
    had = _summed(node for node in before.nodes("Unit") if node.code in merged)
    new = {
        target
        for code in merged
        for target in (n.key for n in after.outgoing(NodeKey("Unit", code), "MERGED_INTO"))
    }
    has = _summed(after.node(*key) for key in new)
    for name in SUMMED:
        if round(had[name] - has[name], 6):
            yield Finding(
                "scenario.sum_differs",
                subject=(name,),
                numbers={"field": name, "before": had[name], "after": has[name]},
            )


def _summed(nodes: Iterator[Node]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for node in nodes:
        for name in SUMMED:
            value = node.properties.get(name)
            sums[name] += value if isinstance(value, int | float) else 0  # type: ignore[assignment]
    return sums
