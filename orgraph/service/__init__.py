"""Use cases: looking up, checking, importing, planning. The only meeting place of planning and store; no web, no files.

The names are loaded on first use: looking something up must not load a solver.
"""
