"""An instance as the kernels see it: a board that stays the same, and positions on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, permutations

import numpy as np

from orgraph.solver.districting.annealing_kernel import Board, Floats, Ints, Position
from orgraph.solver.districting.instance import Instance
from orgraph.solver.districting.problem import BorderLength, Objective


def build_board(instance: Instance) -> Board:
    """Return the board of an instance; borders count where the first objective is their length."""
    start, head = _rows(instance.neighbors)
    tail = np.repeat(np.arange(instance.num_nodes), np.diff(start))
    by_head = np.lexsort((tail, head))
    weight = np.ascontiguousarray(instance.weights.T)
    mate_start, mate = _rows(_partners(instance, chain(*(permutations(b, 2) for b in instance.bundles))))
    pairs = {pair for a, b in instance.apart for pair in ((a, b), (b, a)) if a != b}
    rival_start, rival = _rows(_partners(instance, sorted(pairs)))
    return Board(
        start=start,
        tail=tail,
        head=head,
        back=by_head,
        length=arc_lengths(instance, instance.problem.objectives[0], tail, head),
        weight=weight,
        low=instance.low,
        high=instance.high,
        unit=1.0 / np.maximum(weight.mean(axis=0), 1e-9),
        seat=instance.has_seat().astype(np.int64),
        mate_start=mate_start,
        mate=mate,
        rival_start=rival_start,
        rival=rival,
    )


def position_of(board: Board, labels: Sequence[int] | Ints, k: int) -> Position:
    """Return a partition with its totals; ``labels`` are copied."""
    own = np.array(labels, dtype=np.int64)
    seats, load = np.zeros(k, np.int64), np.zeros((k, len(board.low)), np.int64)
    np.add.at(seats, own, board.seat)
    np.add.at(load, own, board.weight)
    return Position(own, np.bincount(own, minlength=k), seats, load)


def touching(board: Board, labels: Ints, k: int) -> list[list[int]]:
    """Return the districts that every district borders on, ascending."""
    near = np.zeros((k, k), dtype=bool)
    near[labels[board.tail], labels[board.head]] = True
    np.fill_diagonal(near, False)
    return [np.flatnonzero(row).tolist() for row in near]


def arc_lengths(instance: Instance, objective: Objective, tail: Ints, head: Ints) -> Floats:
    """Return the border of every arc, 0 where the objective is none of borders."""
    if not isinstance(objective, BorderLength):
        return np.zeros(len(head))
    border = instance.border(objective)
    arcs = zip(tail.tolist(), head.tolist(), strict=True)
    return np.array([border[min(arc), max(arc)] for arc in arcs], dtype=np.float64)


def _rows(lists: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    start = np.zeros(len(lists) + 1, np.int64)
    start[1:] = np.cumsum([len(row) for row in lists])
    return start, np.array(list(chain(*lists)), dtype=np.int64)


def _partners(instance: Instance, pairs: Iterable[tuple[int, ...]]) -> list[list[int]]:
    partners: list[list[int]] = [[] for _ in range(instance.num_nodes)]
    for a, b in pairs:
        partners[a].append(b)
    return partners
