"""Published and generated instances: read, solved by a family's public ``solve``, checked, put beside the published values, and drawn."""

from orgraph.benchmark.case import Case, Family
from orgraph.benchmark.chart import draw
from orgraph.benchmark.collecting import cases_of_files, generated_cases
from orgraph.benchmark.measuring import Measured, measure
from orgraph.benchmark.registry import FAMILIES, family

__all__ = [
    "FAMILIES",
    "Case",
    "Family",
    "Measured",
    "cases_of_files",
    "draw",
    "family",
    "generated_cases",
    "measure",
]
