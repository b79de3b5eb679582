"""The store on a Neo4j server: the production store."""
