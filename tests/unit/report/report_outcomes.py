"""Outcomes to draw: four villages in a row, with squares for outlines or without."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from orgraph.graph import GraphBuilder, OrgGraph, Value
from orgraph.planning.restructuring import Alternatives, Options, Outcome, plan
from orgraph.solver.districting.problem import Band
from orgraph.solver.solution import Limits

WIDE = {"population": Band(Fraction(-1), Fraction(9))}
OPTIONS = Options(k=2, date=date(2020, 8, 3), balance=WIDE)
SOME = replace(OPTIONS, alternatives=Alternatives(3, Fraction(1, 4)))


def row(
    names: Mapping[str, str] | None = None,
    *,
    has_outlines: bool = True,
    has_points: bool = True,
    members: Mapping[str, int] | None = None,
    provenance: Mapping[str, Value] | None = None,
) -> OrgGraph:
    """Return villages A to D; D is the heaviest, and A and B are one part of a reference, C and D the other."""
    builder = GraphBuilder()
    keys = []
    for i, code in enumerate("ABCD"):
        values: dict[str, Value] = {
            "name": (names or {}).get(code, f"{code}村"),
            "population": 100 + 50 * i,
            "members": members[code] if members else 30 + 20 * i,
            "reference_part": "东" if code in "AB" else "西",
        }
        if has_points:
            values |= {"lon": 118.0 + i / 100, "lat": 37.0}
        if has_outlines:
            values["geometry"] = json.dumps(_square(118.0 + i / 100, 37.0))
        keys.append(builder.add_node("Unit", code, values))
    for a, b in pairwise(keys):
        builder.add_relationship("ADJACENT", a, b, {"shared_border_m": 1000.0})
    return builder.freeze(provenance)


def _square(lon: float, lat: float) -> dict[str, object]:
    half = 0.005
    ring = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    return {"type": "Polygon", "coordinates": [[[lon + half * x, lat + half * y] for x, y in ring]]}


def outcome_of(graph: OrgGraph, options: Options = OPTIONS) -> Outcome:
    return plan(graph, options, limits=Limits(time_s=60))
