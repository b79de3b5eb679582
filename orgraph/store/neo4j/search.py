"""Search: the full-text index of bigrams for substrings and pinyin initials, the indexes of codes for prefixes of a code."""

from __future__ import annotations

from collections.abc import Sequence

from orgraph.graph import Node
from orgraph.store.bigrams import SEPARATOR, words
from orgraph.store.neo4j.connections import Reader, gather
from orgraph.store.neo4j.layout import LABELS, SEARCH_INDEX, Label
from orgraph.store.neo4j.places import Place, place_of
from orgraph.store.neo4j.states import kind_of, node_of
from orgraph.store.queries import searched


def search_query(kinds: Sequence[str], place: Place | None) -> str:
    """Return the query for what matches in these kinds, in a unit or anywhere."""
    labels = [LABELS[k] for k in kinds] or list(LABELS.values())
    inside = f" AND {place.holds('n')}" if place else ""
    arms = [_by_text(labels, inside), *(_by_code(label, inside) for label in labels)]
    return (
        f"CALL () {{ {' UNION ALL '.join(arms)} }} WITH n, min(rank) AS rank, min(key) AS key ORDER BY rank, key, n.code,"
        " [l IN labels(n) WHERE l <> '_Identity'] LIMIT $limit"
        f" {gather('labels(n)', 'properties(n)')}"
    )


def _by_text(labels: Sequence[Label], inside: str) -> str:
    kinds = "|".join(label.name for label in labels)
    return (
        f"CALL db.index.fulltext.queryNodes('{SEARCH_INDEX}', $grams) YIELD node AS n WHERE (n:{kinds}){inside}"
        " RETURN n, CASE WHEN n._folded CONTAINS $whole THEN 0 WHEN n._folded CONTAINS $start THEN 1 ELSE 2 END"
        " AS rank, n._sort AS key"
    )


def _by_code(label: Label, inside: str) -> str:
    """Return the nodes whose code begins with the text; where the code alone decides, no more of them than are wanted."""
    has_name = any(f.name == "name" for f in label.keyed)
    found = f"MATCH (n:{label.name}) WHERE n.code STARTS WITH $text{inside}"
    if not label.searchable:
        found += " WITH n ORDER BY n.code LIMIT $limit"
    key = "coalesce(n._key_name, n.code)" if has_name else "n.code"
    return f"{found} RETURN n, CASE WHEN n.code = $text THEN 0 ELSE 1 END AS rank, {key} AS key"


async def search(
    reader: Reader, text: str, kinds: Sequence[str], within: str | None, limit: int
) -> tuple[Node, ...]:
    """Return what matches: wholly, then by prefix, then anywhere; inside, by pinyin key, code and kind."""
    looked_for = searched(text)
    place = None if within is None else await place_of(reader, within)
    rows = await reader.gathered(
        search_query(kinds, place),
        text=looked_for,
        grams=f'"{words(looked_for)}"',
        whole=f"{SEPARATOR}{looked_for}{SEPARATOR}",
        start=f"{SEPARATOR}{looked_for}",
        limit=limit,
        **(place.bindings if place else {}),
    )
    return tuple(node_of(kind_of(labels), stored) for labels, stored in rows)
