"""The independent checker: whether a plan obeys a matching problem, what it is worth, and which pairs block it, from the statement alone.

Plain Python over lists; nothing here is shared with the network, the heuristics or the programs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from orgraph.findings import Json
from orgraph.solver.matching.problem import Blend, End, Fairness, Measure, Plan, Problem, Stability, Weight
from orgraph.solver.violation import Violation


def violations(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return everything in ``plan`` that breaks ``problem``; a plan that names pairs that do not exist, or out of order, is judged for that alone.

    Notes
    -----
    O(n + m), and O(m) more for a limit on blocking pairs.
    """
    if wrong := tuple(_shape(problem, plan)):
        return wrong
    rules = (_quotas, _amounts, _locks, _limit)
    return tuple(violation for rule in rules for violation in rule(problem, plan))


def weight(problem: Problem, plan: Plan) -> int:
    """Return the weight of a plan."""
    return sum(int(problem.pairs.weight[p]) for p in plan.pairs)


def evaluate(problem: Problem, plan: Plan) -> dict[str, float]:
    """Return the objective of a plan as named terms that sum to it (of the first stage, for fairness)."""
    match problem.objective:
        case Weight():
            return {"weight": -float(weight(problem, plan))}
        case Stability():
            return {"blocking_pairs": float(len(blocking_pairs(problem, plan)))}
        case Blend(price=price):
            blocking = price * len(blocking_pairs(problem, plan)) if price else 0
            return {"weight": -float(weight(problem, plan)), "blocking_pairs": float(blocking)}
        case Fairness():
            return {"pairs": -float(len(plan.pairs))}


def stages(problem: Problem, plan: Plan) -> dict[str, float]:
    """Return the stages of fairness by name, each as a cost, most important first; empty for other objectives.

    FILL: the number of pairs with its sign turned, then the sum over the side's agents of the square of their number of pairs: among plans with equally many
    pairs that allow them, the least sum of squares is the lexicographically largest sorted vector (Frank, Murota 2022). RANK: the number of pairs with its sign
    turned, then the number of pairs of the worst choice, of the second worst, and so on to the second best. Last, the weight with its sign turned.
    """
    if not isinstance(problem.objective, Fairness):
        return {}
    end, named = problem.objective.end, {"pairs": -float(len(plan.pairs))}
    if problem.objective.measure is Measure.FILL:
        agents = _agents(problem, end)
        held = Counter(agents[p] for p in plan.pairs)
        named["spread"] = float(sum(number**2 for number in held.values()))
    else:
        choice = choices(problem, end)
        made = Counter(choice[p] for p in plan.pairs)
        named |= {f"choice_{c}": float(made[c]) for c in range(max(choice, default=0), 1, -1)}
    return {**named, "weight": -float(weight(problem, plan))}


def choices(problem: Problem, end: End) -> list[int]:
    """Return for every candidate pair which choice (1st, 2nd, ...) it is of its agent; ties share one."""
    agents, ranks = _agents(problem, end), _ranks(problem, end)
    levels: dict[int, set[int]] = {}
    for agent, rank in zip(agents, ranks, strict=True):
        levels.setdefault(agent, set()).add(rank)
    places = {agent: {rank: k for k, rank in enumerate(sorted(of), start=1)} for agent, of in levels.items()}
    return [places[agent][rank] for agent, rank in zip(agents, ranks, strict=True)]


def blocking_pairs(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """Return the numbers of the pairs that block a plan, ascending, by the definition in ``Problem``.

    Notes
    -----
    O(n + m) for the pairs held, then O(1) for every candidate pair.
    """
    made = set(plan.pairs)
    left, right = _Wishes(problem, plan, End.LEFT), _Wishes(problem, plan, End.RIGHT)
    open_pairs = (p for p in range(problem.pairs.size) if p not in made and p not in problem.forbidden)
    return tuple(p for p in open_pairs if left.wants(p) and right.wants(p))


class _Wishes:
    """What the agents of one side hold, and whether one wants a further pair."""

    def __init__(self, problem: Problem, plan: Plan, end: End) -> None:
        side, kept = problem.side(end), problem.kept
        self.agent, self.rank = _agents(problem, end), _ranks(problem, end)
        self.category = _categories(problem)
        self.upper = side.upper.tolist()
        self.amount = None if side.amount is None else side.amount.tolist()
        self.held: Counter[int] = Counter()
        self.held_in: Counter[tuple[int, int]] = Counter()
        self.worst: dict[int, int] = {}
        self.worst_in: dict[tuple[int, int], int] = {}
        for p in plan.pairs:
            agent, category = self.agent[p], self.category[p]
            self.held[agent] += 1
            self.held_in[agent, category] += 1
            if p not in kept:
                self.worst[agent] = max(self.rank[p], self.worst.get(agent, self.rank[p]))
                key = agent, category
                self.worst_in[key] = max(self.rank[p], self.worst_in.get(key, self.rank[p]))

    def wants(self, p: int) -> bool:
        agent, rank = self.agent[p], self.rank[p]
        key = agent, self.category[p]
        if self.amount is not None and self.held_in[key] >= self.amount[agent][key[1]]:
            return rank < self.worst_in.get(key, rank)
        if self.held[agent] >= self.upper[agent]:
            return rank < self.worst.get(agent, rank)
        return True


def _shape(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for p in plan.pairs:
        if not 0 <= p < problem.pairs.size:
            yield Violation("matching.pair", numbers={"number": p, "num_pairs": problem.pairs.size})
    if list(plan.pairs) != sorted(set(plan.pairs)):
        yield Violation("matching.order")


def _quotas(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for end in End:
        side, agents = problem.side(end), _agents(problem, end)
        held = Counter(agents[p] for p in plan.pairs)
        bounds = zip(side.ids, side.lower.tolist(), side.upper.tolist(), strict=True)
        for agent, (name, lower, upper) in enumerate(bounds):
            if held[agent] > upper:
                yield Violation("matching.upper", (name,), {"found": held[agent], "upper": upper})
            if held[agent] < lower:
                yield Violation("matching.lower", (name,), {"found": held[agent], "lower": lower})


def _amounts(problem: Problem, plan: Plan) -> Iterator[Violation]:
    category = _categories(problem)
    for end in End:
        side, agents = problem.side(end), _agents(problem, end)
        if side.amount is None:
            continue
        held = Counter((agents[p], category[p]) for p in plan.pairs)
        for (agent, c), found in sorted(held.items()):
            if found > (most := int(side.amount[agent, c])):
                numbers: dict[str, Json] = {"category": problem.categories[c], "found": found, "amount": most}
                yield Violation("matching.amount", (side.ids[agent],), numbers)


def _locks(problem: Problem, plan: Plan) -> Iterator[Violation]:
    made = set(plan.pairs)
    for p in sorted(problem.kept - made):
        yield Violation("matching.kept", _names(problem, p))
    for p in sorted(problem.forbidden & made):
        yield Violation("matching.forbidden", _names(problem, p))


def _limit(problem: Problem, plan: Plan) -> Iterator[Violation]:
    if isinstance(problem.objective, Blend) and (most := problem.objective.most_blocking) is not None:
        found = len(blocking_pairs(problem, plan))
        if found > most:
            yield Violation("matching.blocking", numbers={"found": found, "most": most})


def _agents(problem: Problem, end: End) -> list[int]:
    pairs = problem.pairs
    return [int(a) for a in (pairs.left if end is End.LEFT else pairs.right)]


def _ranks(problem: Problem, end: End) -> list[int]:
    rank = problem.side(end).rank
    return [-int(w) for w in problem.pairs.weight] if rank is None else [int(r) for r in rank]


def _categories(problem: Problem) -> list[int]:
    category = problem.pairs.category
    return [0] * problem.pairs.size if category is None else [int(c) for c in category]


def _names(problem: Problem, p: int) -> tuple[str, str]:
    return problem.left.ids[int(problem.pairs.left[p])], problem.right.ids[int(problem.pairs.right[p])]
