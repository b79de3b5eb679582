"""The generalized assignment problem in Timefold for Python, as its own examples state such models. Timefold reads annotations, so they must not be strings here."""

from dataclasses import dataclass
from typing import Annotated, Any

from timefold.solver import SolverFactory
from timefold.solver.config import Duration, ScoreDirectorFactoryConfig, SolverConfig, TerminationConfig
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    HardSoftScore,
    constraint_provider,
)


@dataclass
class Agent:
    """Who takes tasks, and the most weight that fits; a fact that Timefold does not change."""

    id: int
    capacity: int

    def __hash__(self) -> int:
        return self.id


@planning_entity
@dataclass
class Task:
    """What Timefold decides: the agent of a task. ``cost`` and ``weight`` are by agent."""

    id: Annotated[int, PlanningId]
    cost: list[int]
    weight: list[int]
    agent: Annotated[Agent | None, PlanningVariable] = None


@planning_solution
@dataclass
class Assignment:
    """The whole problem and, once solved, the plan with its score."""

    agents: Annotated[list[Agent], ProblemFactCollectionProperty, ValueRangeProvider]
    tasks: Annotated[list[Task], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftScore | None, PlanningScore] = None


@constraint_provider
def rules(factory: ConstraintFactory) -> list[Constraint]:
    """Return the hard rule, weight beyond an agent's capacity, and the soft one, the cost of every task where it is."""
    load = ConstraintCollectors.sum(lambda task: task.weight[task.agent.id])
    return [
        factory.for_each(Task)
        .group_by(lambda task: task.agent, load)
        .filter(lambda agent, total: total > agent.capacity)
        .penalize(HardSoftScore.ONE_HARD, lambda agent, total: total - agent.capacity)
        .as_constraint("capacity"),
        factory.for_each(Task)
        .penalize(HardSoftScore.ONE_SOFT, lambda task: task.cost[task.agent.id])
        .as_constraint("cost"),
    ]


def solve(instance: dict[str, Any], seconds: float, seed: int) -> list[int]:
    """Return the agent of every task after so many whole seconds of Timefold's default search; capacities may be exceeded."""
    config = SolverConfig(
        solution_class=Assignment,
        entity_class_list=[Task],
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=rules),
        termination_config=TerminationConfig(spent_limit=Duration(seconds=int(seconds))),
        random_seed=seed,
    )
    agents = [Agent(a, most) for a, most in enumerate(instance["capacity"])]
    tasks = [
        Task(t, [row[t] for row in instance["cost"]], [row[t] for row in instance["weight"]])
        for t in range(instance["items"])
    ]
    solved = SolverFactory.create(config).build_solver().solve(Assignment(agents, tasks))
    return [task.agent.id for task in solved.tasks]
