"""What counting alone says of a location problem: who can be a centre, how many there can be, and whether there is a plan at all."""

from __future__ import annotations

from orgraph.solver.location.problem import Problem


def candidates(problem: Problem) -> list[int]:
    """Return the nodes that may be centres and could serve themselves within their bounds."""
    return [
        j
        for j in range(problem.num_nodes)
        if j not in problem.forbidden
        and problem.demand[j] <= problem.upper_of(j)
        and problem.lower_of(j) <= problem.total
    ]


def is_contradictory(problem: Problem) -> bool:
    """Return whether counting alone proves that ``problem`` has no plan; False proves nothing.

    Notes
    -----
    O(n log n).
    """
    sites = candidates(problem)
    if not sites or not problem.fixed <= set(sites):
        return True
    if problem.p is not None and not len(problem.fixed) <= problem.p <= len(sites):
        return True
    least, most = num_centers(problem, sites)
    if least > most or (problem.p is not None and not least <= problem.p <= most):
        return True
    is_site = set(sites)
    beside = max(problem.upper_of(j) - problem.demand[j] for j in sites)
    return any(problem.demand[i] > beside for i in range(problem.num_nodes) if i not in is_site)


def num_centers(problem: Problem, sites: list[int]) -> tuple[int, int]:
    """Return the least number of centres with room for everybody, and the greatest for which there is demand enough; with the fixed ones among them."""
    most_first = sorted((problem.upper_of(j) for j in sites if j not in problem.fixed), reverse=True)
    least_first = sorted(problem.lower_of(j) for j in sites if j not in problem.fixed)
    room = sum(problem.upper_of(j) for j in problem.fixed)
    need = sum(problem.lower_of(j) for j in problem.fixed)
    least = most = len(problem.fixed)
    for upper in most_first:
        if room >= problem.total and least:
            break
        room += upper
        least += 1
    for lower in least_first:
        if need + lower > problem.total:
            break
        need += lower
        most += 1
    if room < problem.total or need > problem.total:
        return len(sites) + 1, most
    return max(least, 1), most
