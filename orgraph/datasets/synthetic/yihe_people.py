"""Organizations, grids, workers, centre households and households of ``yihe``: pseudonymous codes, counts that sum to the published ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import TypeAlias

from orgraph.datasets.synthetic.apportion import apportion
from orgraph.datasets.synthetic.yihe_town import Town

Row: TypeAlias = Mapping[str, str | int | float]

TOWN_CODE = "370503100"
NUM_BASE_WORKERS = 40
"""Published."""
NUM_DEDICATED_WORKERS = 3
"""Published; they serve enterprises, so they cover none of the village grids."""
HOURS_PER_PERSON = 0.1
"""Assumed monthly load of a grid, hours per resident."""
SIZE_BANDS = ("one", "two", "three", "four", "five_or_more")
LARGEST_HOUSEHOLD = 7
SEED = 968


def tables(town: Town) -> Mapping[str, list[Row]]:
    """Return the rows of every table by the name of its file."""
    households = [_sizes(town, i) for i in range(len(town.codes))]
    return {
        "organizations": list(_organizations(town)),
        "grids": list(_grids(town)),
        "workers": list(_workers(town)),
        "households": [row for i, sizes in enumerate(households) for row in _households(town, i, sizes)],
        "center_households": [row for i in range(len(town.codes)) for row in _centers(town, i)],
    }


def grid_code(unit_code: str) -> str:
    """Return the code of the one grid of a village (one grid per grid branch is an assumption)."""
    return f"{unit_code}-G1"


def organization_code(unit_code: str) -> str:
    """Return the code of the party organization of a unit."""
    return f"{unit_code}-P"


def _organizations(town: Town) -> Iterator[Row]:
    yield {
        "code": organization_code(TOWN_CODE),
        "name": "义和镇党委",
        "kind": "COMMITTEE",
        "sector": "rural",
        "unit_code": TOWN_CODE,
        "parent_code": "",
        "members": "",
        "full_members": "",
        "is_synthetic": "true",
    }
    for i, code in enumerate(town.codes):
        yield {
            "code": organization_code(code),
            "name": town.names[i].removesuffix("村委会").removesuffix("村") + "村党支部",
            "kind": "BRANCH",
            "sector": "rural",
            "unit_code": code,
            "parent_code": organization_code(TOWN_CODE),
            "members": town.counts.members[i],
            "full_members": town.counts.full_members[i],
            "is_synthetic": "true",
        }


def _grids(town: Town) -> Iterator[Row]:
    for i, code in enumerate(town.codes):
        people = town.counts.population[i]
        yield {
            "code": grid_code(code),
            "name": town.names[i].removesuffix("村委会").removesuffix("村") + "网格",
            "kind": "base",
            "unit_code": code,
            "organization_codes": organization_code(code),
            "population": people,
            "households": town.counts.households[i],
            "load_hours": round(people * HOURS_PER_PERSON, 1),
            "is_synthetic": "true",
        }


def _workers(town: Town) -> Iterator[Row]:
    """40 base workers for 46 grids: the six lightest grids that can be are joined to a neighbour, so six workers cover two."""
    for number, grids in enumerate(_patches(town), start=1):
        yield _worker("base", number, town.codes[grids[0]], [grid_code(town.codes[i]) for i in grids])
    for number in range(1, NUM_DEDICATED_WORKERS + 1):
        yield _worker("dedicated", number, TOWN_CODE, [])


def _worker(kind: str, number: int, unit_code: str, grids: Sequence[str]) -> Row:
    return {
        "code": f"{TOWN_CODE}-W{'B' if kind == 'base' else 'D'}{number:02d}",
        "kind": kind,
        "employment_mode": "full_time",
        "role": "worker",
        "unit_code": unit_code,
        "grid_codes": " ".join(grids),
        "is_synthetic": "true",
    }


def _patches(town: Town) -> list[list[int]]:
    people = town.counts.population
    patch_of = {i: [i] for i in range(len(town.codes))}
    for i in sorted(patch_of, key=lambda i: (people[i], i)):
        if len({id(p) for p in patch_of.values()}) == NUM_BASE_WORKERS:
            break
        single = [j for j in town.neighbours[i] if len(patch_of[j]) == 1]
        if len(patch_of[i]) == 1 and single:
            other = min(single, key=lambda j: (people[j], j))
            patch_of[i] = patch_of[other] = sorted((i, other))
    return [patch for i, patch in patch_of.items() if patch[0] == i]


def _sizes(town: Town, village: int) -> list[int]:
    """Return household sizes that sum to the village's people: one each, the rest at random up to the largest size."""
    random = Random(SEED * 1000 + village)
    sizes = [1] * town.counts.households[village]
    for _ in range(town.counts.population[village] - len(sizes)):
        open_ = [
            i
            for i in (random.randrange(len(sizes)), random.randrange(len(sizes)))
            if sizes[i] < LARGEST_HOUSEHOLD
        ]
        chosen = (
            min(open_, key=lambda i: (sizes[i], i))
            if open_
            else min(range(len(sizes)), key=lambda i: (sizes[i], i))
        )
        sizes[chosen] += 1
    return sizes


def _households(town: Town, village: int, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield a village's households; those of party members come first in their centre's turn, spread evenly."""
    code, members = town.codes[village], town.counts.members[village]
    with_member = {start for start, _ in _turns(len(sizes), members - members // 10)}
    for number, size in enumerate(sizes):
        yield {
            "code": household_code(code, number),
            "size_band": SIZE_BANDS[min(size, len(SIZE_BANDS)) - 1],
            "has_party_member": "true" if number in with_member else "false",
            "unit_code": code,
            "grid_code": grid_code(code),
            "is_synthetic": "true",
        }


def household_code(unit_code: str, number: int) -> str:
    """Return the pseudonymous code of a village's household, ``number`` from 0."""
    return f"{unit_code}-H{number + 1:04d}"


def _centers(town: Town, village: int) -> Iterator[Row]:
    """Yield a village's centre households: together they serve every household of it once, each about as many."""
    code = town.codes[village]
    turns = _turns(town.counts.households[village], town.counts.centers[village])
    for number, (start, end) in enumerate(turns, start=1):
        yield {
            "code": f"{code}-C{number:03d}",
            "capacity_people": 20,
            "unit_code": code,
            "grid_code": grid_code(code),
            "household_codes": " ".join(household_code(code, n) for n in range(start, end)),
            "is_synthetic": "true",
        }


def _turns(count: int, num_turns: int) -> list[tuple[int, int]]:
    """Cut ``range(count)`` into turns of nearly equal length, as (start, end)."""
    ends = [0]
    for length in apportion(count, [1] * num_turns):
        ends.append(ends[-1] + length)
    return list(pairwise(ends))
