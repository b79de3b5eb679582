"""The recipe: a graph and options in, a plan with its certificate and explanations out."""

from __future__ import annotations

from collections.abc import Mapping

from orgraph.findings import Finding
from orgraph.graph import OrgGraph
from orgraph.planning.restructuring.options import Options
from orgraph.planning.restructuring.outcome import Judgement, Outcome
from orgraph.solver.districting.problem import Problem
from orgraph.solver.solution import Limits, OnProgress


def problem(graph: OrgGraph, options: Options) -> tuple[Problem | None, tuple[Finding, ...]]:
    """State the districting problem of a graph.

    Units are the villages and communities of the graph, or the lowest units where levels are not given; findings name every unknown code with
    its place in the options, every missing weight with its units, missing coordinates, and a map in several pieces (a warning).

    Returns
    -------
    tuple
        The problem, or ``None`` when any finding is an error; and every finding.
    """
    raise NotImplementedError


def plan(
    graph: OrgGraph,
    options: Options,
    *,
    limits: Limits | None = None,
    seed: int = 1,
    on_progress: OnProgress | None = None,
    name: str = "",
) -> Outcome:
    """Plan: state the problem, solve it, check the plan independently, explain it, and find alternatives.

    ``name``: name of the instance in the answer; by default the graph's ``provenance["name"]``. Half of the time is kept for alternatives
    only when some are asked for.

    Raises
    ------
    InvalidProblem
        With every finding, when any of them is an error.
    PlanRejected
        When the independent checker disagrees with the solver.
    """
    raise NotImplementedError


def judge(graph: OrgGraph, partition: Mapping[str, str], options: Options) -> Judgement:
    """Judge any partition (unit code -> name of its part) by the same checker as a plan, at the medoids of its parts.

    ``options.k`` is replaced by the number of parts; units that the partition does not name count as refused.

    Raises
    ------
    InvalidProblem
        With every finding, when any of them is an error; codes that the graph does not hold are errors.
    """
    raise NotImplementedError
