"""Read the present, or a day: the fragments of Cypher that differ, so that every query is written once.

On a day, present and past types are followed together and each relationship is asked whether it held; an identity may be an ended one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orgraph.store.neo4j.layout import CONTAINMENT, LABELS, MAX_DEPTH, past_type


@dataclass(frozen=True, slots=True)
class View:
    """What a read sees: the latest state, or (``day`` given, an ordinal) what was true on a day. Queries bind ``$day`` then."""

    day: int | None

    @property
    def bindings(self) -> dict[str, int]:
        """What every query through this view binds."""
        return {} if self.day is None else {"day": self.day}

    def types(self, *kinds: str) -> str:
        """Return the types of relationships as a pattern names them."""
        return "|".join(kinds if self.day is None else (*kinds, *map(past_type, kinds)))

    @property
    def inside(self) -> str:
        """The types of containment."""
        return self.types(*CONTAINMENT)

    def labels(self, kinds: Iterable[str]) -> str:
        """Return the labels of identities of these kinds as a pattern names them."""
        present = tuple(kinds)
        return "|".join(present if self.day is None else (*present, *(LABELS[k].past for k in present)))

    def held(self, name: str, keyword: str = " WHERE ") -> str:
        """Return the condition that a state or a relationship held on the day, nothing for the present."""
        if self.day is None:
            return ""
        return (
            f"{keyword}{name}._valid_from <= $day AND ({name}._valid_to IS NULL OR {name}._valid_to > $day)"
        )

    def upward(self, start: str, end: str, *, least: int = 0) -> str:
        """Return the pattern that leads from a node to its containers."""
        if self.day is None:
            return f"({start})-[:{self.inside}*{least}..{MAX_DEPTH}]->({end})"
        way = f"{start}_{end}"
        return f"({start}) (()-[{way}:{self.inside}{self.held(way)}]->()){{{least},{MAX_DEPTH}}} ({end})"

    def downward(self, start: str, end: str, *, through: str = "", least: int = 0) -> str:
        """Return the pattern that leads from a node to all that it contains; ``through``: the labels that are followed."""
        if self.day is None and not through:
            return f"({start})<-[:{self.inside}*{least}..{MAX_DEPTH}]-({end})"
        step, way = f"(:{through})" if through else "()", f"{start}_{end}"
        return f"({start}) (()<-[{way}:{self.inside}{self.held(way)}]-{step}){{{least},{MAX_DEPTH}}} ({end})"

    def state(self, kind: str, identity: str, name: str) -> str:
        """Return the clause that binds the state of an identity to ``name``: itself, or the past state that held on the day."""
        if self.day is None:
            return f"WITH *, {identity} AS {name}"
        past = f"(p:{LABELS[kind].past}{self.held('p')})-[:_STATE_OF]->({identity})"
        held = self.held(identity, "")
        return f"WITH *, CASE WHEN {held} THEN {identity} ELSE head([{past} | p]) END AS {name}"


def identity_query(view: View, kind: str) -> str:
    """Return the query for the identity of ``$code`` and its state: columns ``identity`` (its ``_id``) and ``state``."""
    if view.day is None:
        return f"MATCH (n:{kind} {{code: $code}}) RETURN n._id AS identity, properties(n) AS state"
    return (
        f"MATCH (n:{kind} {{code: $code}}){view.held('n')} RETURN n._id AS identity, properties(n) AS state"
        f" UNION ALL MATCH (n:{LABELS[kind].past} {{code: $code}}){view.held('n')}"
        " OPTIONAL MATCH (n)-[:_STATE_OF]->(i) RETURN coalesce(i._id, n._id) AS identity, properties(n) AS state"
    )
