"""Four units in a ring, two districts: the smallest published instance there could be."""

import json

SQUARE = {
    "name": "square",
    "n": 4,
    "k": 2,
    "L": 20,
    "U": 21,
    "population": [10, 10, 10, 11],
    "xy": [[0, 0], [1, 0], [1, 1], [0, 1]],
    "edges": [[0, 1], [1, 2], [2, 3], [0, 3]],
    "published": {"best_known": 2, "lower_bound": 2, "proven_optimal": True},
}


def square(folder, file="square.json", **changes):
    """Write the instance, with changed fields, into a folder that tells the objective."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file
    path.write_text(json.dumps({**SQUARE, **changes}), encoding="utf-8")
    return path
