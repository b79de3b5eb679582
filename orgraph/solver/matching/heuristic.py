"""Deferred acceptance, many to many, with quotas and amounts by category; and the count of blocking pairs in arrays.

Gale, Shapley (1962); Roth (1984), "Stability and polarization of interests in job matching"; Baiou, Balinski (2000), "Many-to-many matching". Upper quotas over
categories are laminar, so agents choose greedily from a matroid and the outcome is stable (Fleiner 2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orgraph.solver.compiled import compiled
from orgraph.solver.engine import Clock
from orgraph.solver.matching.instance import Agents, Flags, Instance
from orgraph.solver.matching.problem import Ints

STEPS = 1_000_000
"""Offers per slice, about 50 ms."""


@dataclass(frozen=True)
class _Lists:
    """The pairs of every (agent, category), and of every agent, from best to worst, kept and impossible ones left out; ties go to the heavier pair."""

    by_group: Ints
    group_start: Ints
    by_agent: Ints
    agent_start: Ints
    place: Ints
    """Place of every pair in one order of all, by rank."""


def deferred_acceptance(instance: Instance, clock: Clock, *, proposers: int = 0) -> Flags | None:
    """Return a stable matching, lower quotas aside; ``None`` when the time ran out.

    Parameters
    ----------
    proposers
        Side that proposes, 0 for left: without ties, every agent of it likes no other stable matching better.

    Notes
    -----
    Every possible pair is offered at most once: O(m C + sorting) with C categories. Kept pairs are held from the start.
    """
    first, second = instance.sides if proposers == 0 else instance.sides[::-1]
    ours, theirs = _lists(instance, first), _lists(instance, second)
    room, room_in = _room(instance, first)
    their_room, their_room_in = _room(instance, second)
    held = np.zeros(instance.num_pairs, dtype=np.bool_)
    next_offer, stack = ours.group_start[:-1].copy(), np.arange(first.size)
    worst, worst_in = theirs.agent_start[1:] - 1, theirs.group_start[1:] - 1
    waiting, left = np.ones(first.size, dtype=np.bool_), first.size
    while left:
        if clock.is_over():
            return None
        left = _offers(
            ours.by_group, ours.group_start, ours.place,
            theirs.by_group, theirs.group_start, theirs.by_agent, theirs.agent_start, theirs.place,
            first.of, second.of, instance.category, instance.num_categories, room, room_in, their_room,
            their_room_in, held, next_offer, worst, worst_in, stack, waiting, left, STEPS,
        )  # fmt: skip
    return held | instance.kept


def count_blocking(instance: Instance, made: Flags) -> int:
    """Return the number of blocking pairs of a plan."""
    return int(blocking(instance, made).sum())


def blocking(instance: Instance, made: Flags) -> Flags:
    """Return which pairs block a plan."""
    return (
        instance.possible
        & ~made
        & _wants(instance, instance.left, made)
        & _wants(instance, instance.right, made)
    )


def _wants(instance: Instance, agents: Agents, made: Flags) -> Flags:
    """Return of every pair whether its agent on this side would take it: for room, or for a worse pair that it holds."""
    group = agents.group(instance.category)
    by_agent = _held(made, agents.of, agents.size)[agents.of] < agents.upper[agents.of]
    amount = agents.amount.ravel()
    has_amount = (_held(made, group, len(amount)) < amount)[group]
    free = made & ~instance.kept
    prefers = agents.rank < _worst(free, agents.of, agents.rank, agents.size)[agents.of]
    prefers_in = agents.rank < _worst(free, group, agents.rank, len(amount))[group]
    return np.where(has_amount, by_agent | prefers, prefers_in)


def _held(made: Flags, of: Ints, size: int) -> Ints:
    return np.bincount(of[made], minlength=size)


def _worst(made: Flags, of: Ints, rank: Ints, size: int) -> Ints:
    worst = np.full(size, np.iinfo(np.int64).min)
    np.maximum.at(worst, of[made], rank[made])
    return worst


def _room(instance: Instance, agents: Agents) -> tuple[Ints, Ints]:
    """Return how many pairs every agent, and every (agent, category), may take beside the kept ones."""
    group, amount = agents.group(instance.category), agents.amount.ravel()
    room = agents.upper - _held(instance.kept, agents.of, agents.size)
    return np.maximum(room, 0), np.maximum(amount - _held(instance.kept, group, len(amount)), 0)


def _lists(instance: Instance, agents: Agents) -> _Lists:
    pairs = np.flatnonzero(instance.possible & ~instance.kept)
    order = pairs[np.lexsort((-instance.weight[pairs], agents.rank[pairs]))]
    place = np.zeros(instance.num_pairs, dtype=np.int64)
    place[order] = np.arange(len(order))
    group = agents.group(instance.category)
    by_group = order[np.argsort(group[order], kind="stable")]
    by_agent = order[np.argsort(agents.of[order], kind="stable")]
    return _Lists(
        by_group,
        _starts(group[order], agents.amount.size),
        by_agent,
        _starts(agents.of[order], agents.size),
        place,
    )


def _starts(of: Ints, size: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(of, minlength=size))]).astype(np.int64)


@compiled
def _offers(
    my_list: Ints,
    my_start: Ints,
    my_place: Ints,
    their_list_in: Ints,
    their_start_in: Ints,
    their_list: Ints,
    their_start: Ints,
    their_place: Ints,
    mine: Ints,
    theirs: Ints,
    category: Ints,
    num_categories: int,
    room: Ints,
    room_in: Ints,
    their_room: Ints,
    their_room_in: Ints,
    held: Flags,
    next_offer: Ints,
    worst: Ints,
    worst_in: Ints,
    stack: Ints,
    waiting: Flags,
    left: int,
    steps: int,
) -> int:
    """Let waiting agents offer their best pairs until none waits or the steps are used up; return how many wait.

    ``room`` counts down what an agent may still take. ``worst`` points into an agent's list at or below the worst pair that it holds: once an agent is full, what
    it holds only gets better, so the pointers only move up.
    """
    while left > 0 and steps > 0:
        a = stack[left - 1]
        best, best_group = -1, -1
        if room[a] > 0:
            for c in range(num_categories):
                g = a * num_categories + c
                if room_in[g] > 0 and next_offer[g] < my_start[g + 1]:
                    p = my_list[next_offer[g]]
                    if best < 0 or my_place[p] < my_place[best]:
                        best, best_group = p, g
        if best < 0:
            left -= 1
            waiting[a] = False
            continue
        steps -= 1
        next_offer[best_group] += 1
        b = theirs[best]
        h = b * num_categories + category[best]
        out = -1
        if their_room_in[h] <= 0:
            while worst_in[h] >= their_start_in[h] and not held[their_list_in[worst_in[h]]]:
                worst_in[h] -= 1
            # A group whose amount is used up by kept pairs alone holds none that could be given up.
            if worst_in[h] < their_start_in[h]:
                continue
            out = their_list_in[worst_in[h]]
        elif their_room[b] <= 0:
            while worst[b] >= their_start[b] and not held[their_list[worst[b]]]:
                worst[b] -= 1
            if worst[b] < their_start[b]:
                continue
            out = their_list[worst[b]]
        if out >= 0:
            if their_place[out] < their_place[best]:
                continue
            held[out] = False
            other, group = mine[out], mine[out] * num_categories + category[out]
            room[other] += 1
            room_in[group] += 1
            their_room[b] += 1
            their_room_in[b * num_categories + category[out]] += 1
            if not waiting[other]:
                waiting[other] = True
                stack[left] = other
                left += 1
        held[best] = True
        room[a] -= 1
        room_in[best_group] -= 1
        their_room[b] -= 1
        their_room_in[h] -= 1
    return left
