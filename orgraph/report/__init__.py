"""A plan as a page to read, print and hand in: maps, tables, certificate, findings, reasons."""

from orgraph.report.page import render

__all__ = ["render"]
