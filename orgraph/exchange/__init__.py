"""Files in and out: CSV tables of every kind of the schema, GeoJSON, templates. Knows the graph and its schema, no store, no solver."""

from orgraph.exchange.assembly import OutsideReference
from orgraph.exchange.configuration import read_configuration
from orgraph.exchange.read import ReadResult, Source, read, read_graph
from orgraph.exchange.write import template, write_csv

__all__ = [
    "OutsideReference",
    "ReadResult",
    "Source",
    "read",
    "read_configuration",
    "read_graph",
    "template",
    "write_csv",
]
