"""`Outcome`: a plan in the planner's words with its certificate, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orgraph.findings import Finding, Json, Reason
from orgraph.messages import Text, text
from orgraph.planning.restructuring.citation import finding_json
from orgraph.planning.restructuring.explanation import Explanations, Note
from orgraph.planning.restructuring.frames import frame, geodataframe
from orgraph.planning.restructuring.options import Options
from orgraph.solver.districting.problem import Plan
from orgraph.solver.solution import Solution, Stage, Status

if TYPE_CHECKING:
    import geopandas
    import pandas


@dataclass(frozen=True)
class UnitRow:
    """One unit of today as a plan shows it.

    ``values``: its numbers in the unit of the data. ``point``: longitude and latitude in degrees, WGS-84. ``geometry``: GeoJSON geometry as text, empty
    without one. ``reference_part``: its part of the reference partition, empty without one. ``is_synthetic``: it comes from generated data.
    """

    code: str
    name: str
    values: Mapping[str, int | float]
    point: tuple[float, float] | None = None
    geometry: str = ""
    reference_part: str = ""
    is_synthetic: bool = False


@dataclass(frozen=True)
class District:
    """One new unit. ``totals`` in the unit of the data; ``deviation`` from the mean per weight, as a fraction (0.05 = five percent above)."""

    number: int
    seat: str
    members: tuple[str, ...]
    totals: Mapping[str, int | float]
    deviation: Mapping[str, float]
    organization: str = ""
    """Form of party organization that its members allow: ``committee``, ``general_branch``, ``branch``, ``joint_branch``; empty where counts of members
    or a rule for the plan's date are missing."""

    @property
    def name(self) -> Text:
        """A working name; the real one is for the villagers to choose."""
        return text("planning.district.name", number=self.number)

    def to_json(self) -> dict[str, Json]:
        """Return the object of the contract."""
        return {
            "seat": self.seat,
            "members": list(self.members),
            "totals": dict(self.totals),
            "deviation": dict(self.deviation),
            "organization": self.organization or None,
        }


@dataclass(frozen=True)
class Certificate:
    """What proves a plan: numbers of the solver, the word of the independent checker, and what was asked.

    ``scale``: factor by which a decimal weight was multiplied, where it is not 1. ``has_metres``: whether ``border`` is in metres (else pairs of
    neighbours). ``seconds`` are wall seconds.
    """

    objective_name: str
    status: Status
    objective: float | None
    bound: float | None
    gap: float | None
    is_checked: bool
    engine: str
    proof: str
    seed: int
    workers: int
    time_limit_s: float
    seconds: float
    seconds_to_best: float | None
    digest: str
    scale: Mapping[str, int]
    has_metres: bool
    is_synthetic: bool
    attribution: Text
    """Where the data come from; empty when the graph does not say. With one language given, both are that."""

    def to_json(self) -> dict[str, Json]:
        """Return it under the names of the contract."""
        return {
            "objective_name": self.objective_name,
            "status": self.status.value,
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "seconds": self.seconds,
            "seconds_to_best": self.seconds_to_best,
            "seed": self.seed,
            "workers": self.workers,
            "time_limit_s": self.time_limit_s,
            "checked": self.is_checked,
            "digest": self.digest,
            "scale": dict(self.scale),
            "border_unit": "m" if self.has_metres else "count",
            "synthetic": self.is_synthetic,
            "attribution": dict(self.attribution.to_json()),
        }


@dataclass(frozen=True)
class Alternative:
    """A further plan, the best of those that differ from the plan and from all alternatives before it.

    ``num_different``: how many units sit differently than in the plan and in each alternative before; ``num_asked``: the least that was wanted.
    Without a plan: status INFEASIBLE proves that there is no further one, UNKNOWN tells that none was found in time.
    """

    solution: Solution[Plan]
    districts: tuple[District, ...]
    measures: Mapping[str, float]
    num_different: tuple[int, ...]
    num_asked: int

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        solution = self.solution
        return {
            "status": solution.status.value,
            "objective": solution.objective,
            "bound": solution.bound,
            "gap": solution.gap,
            "plan": list(solution.plan.district) if solution.plan else None,
            "districts": [d.to_json() for d in self.districts],
            "measures": dict(self.measures),
            "different": list(self.num_different),
            "different_asked": self.num_asked,
        }


@dataclass(frozen=True)
class Judgement:
    """A partition as the checker sees it: the same numbers as for a plan, for any partition, such as a real merger.

    ``measures``: every objective that the data allow, by name. ``band``: lowest and highest deviation of any part, by balanced weight.
    ``violations``: what it breaks of what the options ask.
    """

    districts: tuple[District, ...]
    measures: Mapping[str, float]
    band: Mapping[str, tuple[float, float]]
    is_connected: bool
    violations: tuple[Note, ...]

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "districts": [d.to_json() for d in self.districts],
            "measures": dict(self.measures),
            "band": {name: list(band) for name, band in self.band.items()},
            "connected": self.is_connected,
            "violations": [v.to_json() for v in self.violations],
        }


@dataclass(frozen=True)
class Outcome:
    """What :func:`~orgraph.planning.restructuring.plan` returns, whatever the status.

    ``units``: every unit of today by code, in the order of ``solution.plan``. ``edges``: pairs of codes that count as neighbours, with the length of
    their border in metres (``None``: not known). ``measures``: every objective asked for or that the data allow. ``reference``: the judgement of
    the reference partition, where the units carry one.
    """

    name: str
    options: Options
    solution: Solution[Plan]
    units: Mapping[str, UnitRow]
    edges: tuple[tuple[str, str, float | None], ...]
    districts: tuple[District, ...]
    refused: tuple[str, ...]
    km_to_seat: Mapping[str, float]
    measures: Mapping[str, float]
    certificate: Certificate
    findings: tuple[Finding, ...]
    explanations: Explanations
    alternatives: tuple[Alternative, ...]
    reference: Judgement | None

    @property
    def status(self) -> Status:
        """Return the status of the solution."""
        return self.solution.status

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return why no plan exists; empty unless infeasible."""
        return self.solution.reasons

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the stages of a lexicographic plan, most important first."""
        return self.solution.stages

    @property
    def terms(self) -> Mapping[str, float]:
        """Return the value of every objective asked for, in the unit of the data."""
        return {name: self.measures[name] for name in self.options.objectives if name in self.measures}

    @property
    def district_by_unit(self) -> Mapping[str, District]:
        """Return the district of every unit that is in one, by code."""
        return {code: district for district in self.districts for code in district.members}

    def to_json(self) -> dict[str, Json]:
        """Return the JSON object of the contract (section 4), and beside it what that does not name.

        ``stages``; ``measures``: every objective asked for or that the data allow; ``refused``; ``explanations`` with ``seats``, ``moves``, ``wishes``,
        ``binding``; ``alternatives``; ``reference``: the judgement of the reference partition or null; ``date``; ``synthetic``; ``attribution``; ``scale``
        of decimal weights; ``border_unit``; ``time_limit_s``; ``digest``. Every finding has ``source``: document, article, dates of its rule, or null.
        """
        number = {code: d.number - 1 for code, d in self.district_by_unit.items()}
        found = bool(self.districts)
        certificate = self.certificate
        return {
            "instance": self.name,
            "family": "districting",
            **certificate.to_json(),
            "stages": [s.to_json() for s in self.stages],
            "units": list(self.units),
            "plan": [number.get(code) for code in self.units] if found else None,
            "centers": [d.seat for d in self.districts] if found else None,
            "districts": [d.to_json() for d in self.districts],
            "terms": dict(self.terms),
            "measures": dict(self.measures),
            "refused": list(self.refused),
            "reasons": [r.to_json() for r in self.reasons],
            "findings": [finding_json(f) for f in self.findings],
            "explanations": self.explanations.to_json(),
            "alternatives": [a.to_json() for a in self.alternatives],
            "reference": self.reference.to_json() if self.reference else None,
            "date": self.options.date.isoformat(),
            "stats": dict(self.solution.stats),
        }

    def to_frame(self) -> pandas.DataFrame:
        """Return one row per unit of today, in the order of the problem.

        Raises
        ------
        InputError
            When pandas is not installed: it comes with the extra ``frames``.
        """
        return frame(self._rows())

    def to_geodataframe(self) -> geopandas.GeoDataFrame:
        """Return :meth:`to_frame` with the units' geometry, WGS-84.

        Raises
        ------
        InputError
            When geopandas is not installed, or no unit has a geometry.
        """
        return geodataframe(self._rows(), [unit.geometry for unit in self.units.values()])

    def _rows(self) -> list[dict[str, Json]]:
        district = self.district_by_unit
        return [
            {
                "code": code,
                "name": unit.name,
                "district": district[code].number if code in district else None,
                "seat": district[code].seat if code in district else None,
                "km_to_seat": self.km_to_seat.get(code),
                "is_refused": code in self.refused,
                "is_synthetic": unit.is_synthetic,
                "reference_part": unit.reference_part or None,
                **unit.values,
            }
            for code, unit in self.units.items()
        ]
