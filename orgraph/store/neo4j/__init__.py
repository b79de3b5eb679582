"""The store on a Neo4j server: the production store."""

from orgraph.store.neo4j.adapter import Neo4jStore
from orgraph.store.neo4j.address import Address, Credentials

__all__ = ["Address", "Credentials", "Neo4jStore"]
