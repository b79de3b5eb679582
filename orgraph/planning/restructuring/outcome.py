"""`Outcome`: a plan in the planner's words with its certificate, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orgraph.findings import Finding, Json, Reason
from orgraph.messages import Text, text
from orgraph.planning.restructuring.explanation import Explanations
from orgraph.planning.restructuring.options import Options
from orgraph.solver.districting.problem import Plan
from orgraph.solver.solution import Solution, Stage, Status

if TYPE_CHECKING:
    import geopandas
    import pandas


@dataclass(frozen=True)
class UnitRow:
    """One unit of today as a plan shows it.

    ``values``: its weights in the unit of the data. ``km_to_seat`` is ``None`` without coordinates, without a seat, and for refused units.
    ``geometry``: GeoJSON geometry as text, empty without one.
    """

    code: str
    name: str
    values: Mapping[str, int | float]
    lon: float | None = None
    lat: float | None = None
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
    """Form of party organization that its members allow: ``committee``, ``general_branch``, ``branch``, ``joint_branch``; empty without counts."""

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
    """What proves a plan: numbers of the solver, the word of the independent checker, and what was asked."""

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
    digest: str
    scale: Mapping[str, int]
    is_synthetic: bool
    attribution: str


@dataclass(frozen=True)
class Alternative:
    """A further plan. ``num_different`` counts the units that sit differently than in the plan; ``is_none_left`` proves there is no further one."""

    solution: Solution[Plan]
    districts: tuple[District, ...]
    num_different: int
    share_asked: float
    is_checked: bool


@dataclass(frozen=True)
class Outcome:
    """What :func:`~orgraph.planning.restructuring.plan` returns, whatever the status.

    ``units``: every unit of today by code, in the order of ``solution.plan``. ``edges``: pairs of codes with the length of border in metres
    (``None``: not known). ``reference``: the judgement of the reference partition, where the units carry one.
    """

    name: str
    options: Options
    solution: Solution[Plan]
    units: Mapping[str, UnitRow]
    edges: tuple[tuple[str, str, float | None], ...]
    districts: tuple[District, ...]
    refused: tuple[str, ...]
    km_to_seat: Mapping[str, float]
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
    def terms(self) -> Mapping[str, float]:
        """Return the objective, split."""
        return self.solution.terms

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the stages of a lexicographic plan, most important first."""
        return self.solution.stages

    def to_json(self) -> dict[str, Json]:
        """Return the JSON object of the contract (section 4), with the further keys that this project documents."""
        raise NotImplementedError

    def to_frame(self) -> pandas.DataFrame:
        """Return one row per unit of today.

        Raises
        ------
        OrgraphError
            When pandas is not installed: it comes with the extra ``frames``.
        """
        raise NotImplementedError

    def to_geodataframe(self) -> geopandas.GeoDataFrame:
        """Return :meth:`to_frame` with the units' geometry, WGS-84.

        Raises
        ------
        OrgraphError
            When geopandas is not installed, or no unit has a geometry.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Judgement:
    """A partition as the checker sees it: the same numbers as for a plan, for any partition, such as a real merger.

    ``terms``: every objective that the data allow, by name; ``violations``: what it breaks of what the options ask.
    ``band``: lowest and highest deviation per weight.
    """

    districts: tuple[District, ...]
    terms: Mapping[str, float]
    band: Mapping[str, tuple[float, float]]
    is_connected: bool
    violations: tuple[Finding, ...]

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        raise NotImplementedError
