"""Small location problems that can be solved in the head."""

from __future__ import annotations

from string import ascii_lowercase

import numpy as np

from orgraph.solver.location import Points, Problem


def street(*places: float, **stated: object) -> Problem:
    """Houses a, b, c ... along a straight street, demand 1 each."""
    xy = np.array([(float(x), 0.0) for x in places]).reshape(-1, 2)
    problem = {
        "node_ids": tuple(ascii_lowercase[: len(places)]),
        "distance": Points(xy),
        "demand": (1,) * len(places),
        **stated,
    }
    return Problem(**problem)  # type: ignore[arg-type]
