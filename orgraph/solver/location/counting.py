"""What counting alone says of a location problem: who can be a centre, how many there can be, and whether there is a plan at all."""

from __future__ import annotations

from orgraph.solver.location.problem import Problem


def candidates(problem: Problem) -> list[int]:
    """Return the nodes that may be centres and could serve themselves within their bounds."""
    n, total = problem.num_nodes, problem.total
    upper, lower = problem.upper or (total,) * n, problem.lower or (0,) * n
    return [
        j
        for j in range(n)
        if j not in problem.forbidden and problem.demand[j] <= upper[j] and lower[j] <= total
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
    upper = problem.upper or (problem.total,) * problem.num_nodes
    beside = max(upper[j] - problem.demand[j] for j in sites)
    return any(problem.demand[i] > beside for i in range(problem.num_nodes) if i not in is_site)


def num_centers(problem: Problem, sites: list[int]) -> tuple[int, int]:
    """Return the least number of centres with room for everybody, and the greatest for which there is demand enough; with the fixed ones among them."""
    n, total = problem.num_nodes, problem.total
    upper, lower = problem.upper or (total,) * n, problem.lower or (0,) * n
    most_first = sorted((upper[j] for j in sites if j not in problem.fixed), reverse=True)
    least_first = sorted(lower[j] for j in sites if j not in problem.fixed)
    room = sum(upper[j] for j in problem.fixed)
    need = sum(lower[j] for j in problem.fixed)
    least = most = len(problem.fixed)
    for more in most_first:
        if room >= total and least:
            break
        room += more
        least += 1
    for more in least_first:
        if need + more > total:
            break
        need += more
        most += 1
    if room < total or need > total:
        return len(sites) + 1, most
    return max(least, 1), most
