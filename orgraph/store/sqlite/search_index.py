"""Keep the search index beside the nodes: one folded text per node with searchable fields, and its bigrams."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from orgraph.graph import Properties
from orgraph.store.bigrams import folded_fields, index_words
from orgraph.store.collation import sort_key
from orgraph.store.sqlite.layout import Table


def put_texts(
    connection: apsw.Connection, table: Table, nodes: Iterable[tuple[int, str, Properties]]
) -> None:
    """Index (identifier, code, properties) of nodes that the index does not hold."""
    texts: list[tuple[int, str, str, str]] = []
    for node_id, code, properties in nodes:
        values = [str(v) for f in table.searchable if (v := properties.get(f.name)) is not None]
        if folded := folded_fields(values):
            texts.append((node_id, folded, sort_key(str(properties.get("name") or code)), code))
    connection.executemany("INSERT INTO search_text VALUES (?, ?, ?, ?)", texts)
    connection.executemany(
        "INSERT INTO search_gram (rowid, grams) VALUES (?, ?)", ((t[0], index_words(t[1])) for t in texts)
    )


def drop_texts(connection: apsw.Connection, condition: str, bindings: dict[str, int]) -> None:
    """Take nodes out of the index; ``condition`` is on their ``id``."""
    held = f"SELECT id FROM search_text WHERE {condition}"
    connection.execute(f"DELETE FROM search_gram WHERE rowid IN ({held})", bindings)
    connection.execute(f"DELETE FROM search_text WHERE {condition}", bindings)
