"""Random changes and questions for a store: mostly sound, often not, on a few things that meet each other again and again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import strategies as st

from orgraph.graph import NodeKey, Value
from orgraph.schema import COVERAGE_MEASURES, NODE_KINDS, RELATIONSHIP_KINDS, Field, ValueType
from orgraph.store import (
    Change,
    Condition,
    DeleteNode,
    DeleteRelationship,
    Direction,
    Operator,
    Order,
    PutNode,
    PutRelationship,
)

FIRST_DAY = date(2020, 1, 1)

CODES: Mapping[str, tuple[str, ...]] = {
    "Unit": ("3705", "3706", "T1", "T'2", 'V"1', "V\\2", "村3", "\uff5a", "\U0001f33e"),
    "Grid": ("G1", "g1", "G`2", "格$x"),
    "Household": ("H1", "H{2}", "H%3", "户_4"),
    "PartyOrganization": ("O1", "Ö2", "T1"),
    "CenterHousehold": ("C1", "C2"),
    "GridWorker": ("W1",),
}
LEVELS = {
    "3705": "county",
    "3706": "county",
    "T1": "town",
    "T'2": "town",
    'V"1': "village",
    "V\\2": "village",
}
TYPES = (
    "PART_OF",
    "LOCATED_IN",
    "ADJACENT",
    "SERVES",
    "SUBORDINATE_TO",
    "HAS_ORGANIZATION",
    "COVERS",
    "MERGED_INTO",
    "BACKS_UP",
)
FAULTY_KINDS = ("Castle", "Unit ", "")
UNITS = CODES["Unit"]

TEXTS = (
    "义和镇",
    "薄家村",
    "重庆",
    "a'b",
    'q"\\`',
    "",
    " ",
    "\U0001f33e",
    "ａＢ",
    "100%_",
    "党支部 党支部",
    "Zhang 三",
)
_BY_TYPE: Mapping[ValueType, tuple[object, ...]] = {
    ValueType.TEXT: TEXTS,
    ValueType.CODE: ("x1", "é", "a b"),
    ValueType.INTEGER: (0, 1, 2, 30, 2**53, -1, 1.5, True, "3"),
    ValueType.DECIMAL: (
        0,
        0.0,
        -0.0,
        0.1,
        0.2,
        1e-300,
        1.5,
        3,
        3.0,
        1e300,
        float("nan"),
        float("inf"),
        -1,
        "x",
    ),
    ValueType.BOOLEAN: (True, False, 1),
    ValueType.DATE: ("2019-12-31", "2020-01-02", "2020-02-30"),
    ValueType.CODES: ((), ("law",), ("law", "急救"), ("law", "law"), "law"),
    ValueType.GEOMETRY: ('{"type":"Point","coordinates":[118.5,37.9]}', "nowhere"),
    ValueType.JSON: ("{}", "{"),
}


@dataclass(frozen=True)
class Ask:
    """A question: a method of the store and what it is asked."""

    method: str
    arguments: tuple[object, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Apply:
    """Changes with the day they are dated, counted from the first; which versions are expected is drawn as how far off they are."""

    changes: tuple[Change, ...]
    day: int
    expected: Mapping[str, int] = field(default_factory=dict)


def _seldom(draw: st.DrawFn, times: int) -> bool:
    """Return true about once in so many times; the last number, since the generator is fond of the first."""
    return draw(st.integers(1, times)) == times


def _values(declared: Field) -> st.SearchStrategy[Value]:
    choices = tuple(c.value for c in declared.choices)
    if choices:
        return st.sampled_from((None, *choices[:4], *choices[:4], "moon"))
    good = [v for v in _BY_TYPE[declared.type] if not _is_odd(declared, v)]
    return st.sampled_from((None, *good, *good, *good, *good, *_BY_TYPE[declared.type]))  # type: ignore[arg-type]


def _is_odd(declared: Field, value: object) -> bool:
    from orgraph.graph.values import value_check

    return value_check(declared)(value) is not None  # type: ignore[arg-type]


@st.composite
def _properties(draw: st.DrawFn, kind: str) -> dict[str, Value]:
    fields = NODE_KINDS[kind].properties
    chosen = draw(st.lists(st.sampled_from(fields), max_size=3, unique_by=lambda f: f.name))
    given = {f.name: draw(_values(f)) for f in chosen}
    if _seldom(draw, 15):
        given[draw(st.sampled_from(("风险", "w 1", "colour")))] = draw(st.sampled_from((None, 0.5, 3, "red")))
    return given


def _with_required(kind: str, code: str) -> dict[str, Value]:
    required: dict[str, Value] = {}
    for f in NODE_KINDS[kind].properties:
        if f.is_required:
            required[f.name] = f.choices[0].value if f.choices else f"{code}名"
    if kind == "Unit" and code in LEVELS:
        required["level"] = LEVELS[code]
    return required


@st.composite
def keys(draw: st.DrawFn, kind: str | None = None) -> NodeKey:
    kind = kind or draw(st.sampled_from(tuple(CODES)))
    return NodeKey(kind, draw(st.sampled_from(CODES[kind])))


@st.composite
def _put_node(draw: st.DrawFn) -> Change:
    kind, code = draw(keys())
    if _seldom(draw, 40):
        return PutNode(draw(st.sampled_from(FAULTY_KINDS)), code, {"name": "x"})
    if _seldom(draw, 40):
        return PutNode(kind, draw(st.sampled_from(("", "a b", "a\x00", "x" * 65, "\u202ea"))), {"name": "x"})
    given = draw(_properties(kind))
    return PutNode(kind, code, _with_required(kind, code) | given if draw(st.integers(0, 3)) else given)


@st.composite
def _ends(draw: st.DrawFn, name: str) -> tuple[NodeKey, NodeKey]:
    ends = [e for e in RELATIONSHIP_KINDS[name].ends if e[0] in CODES and e[1] in CODES]
    if _seldom(draw, 25):
        return draw(keys()), draw(keys())
    source, target = draw(st.sampled_from(ends))
    return draw(keys(source)), draw(keys(target))


@st.composite
def _put_relationship(draw: st.DrawFn) -> Change:
    name = draw(st.sampled_from(TYPES))
    source, target = draw(_ends(name))
    fields = RELATIONSHIP_KINDS[name].fields
    chosen = draw(st.lists(st.sampled_from(fields), max_size=2, unique_by=lambda f: f.name))
    given = {f.name: draw(_values(f)) for f in chosen}
    if _seldom(draw, 40):
        name = "LIKES"
    return PutRelationship(name, source, target, given)


@st.composite
def _delete(draw: st.DrawFn) -> Change:
    if draw(st.booleans()):
        kind, code = draw(keys())
        return DeleteNode(kind, code, subtree=draw(st.integers(0, 3)) > 0)
    if _seldom(draw, 5):
        name = draw(st.sampled_from(TYPES))
        return DeleteRelationship(name, *draw(_ends(name)))
    put = draw(st.sampled_from([c for c in scaffold() if isinstance(c, PutRelationship)]))
    return DeleteRelationship(put.kind, put.source, put.target)


def changes() -> st.SearchStrategy[Change]:
    """Any single change; puts are most frequent."""
    return st.one_of(_put_node(), _put_relationship(), _put_relationship(), _delete())


@st.composite
def applies(draw: st.DrawFn) -> Apply:
    """A set of changes; seldom with expected versions, rarely with wrong ones."""
    chosen = draw(st.lists(changes(), min_size=1, max_size=5))
    expected = {}
    if _seldom(draw, 4):
        for scope in draw(st.lists(st.sampled_from((*UNITS, "", "nowhere")), max_size=2, unique=True)):
            expected[scope] = draw(st.sampled_from((0, 0, 0, 1, -1)))
    return Apply(tuple(chosen), draw(st.sampled_from((-2, -1, 0, 0, 0, 1, 1, 2))), expected)


def scaffold() -> tuple[Change, ...]:
    """Two counties with towns, villages, grids and households, so that random changes meet something."""
    nodes = [PutNode(k, c, _with_required(k, c)) for k, codes in CODES.items() for c in codes[:4]]
    unit, grid = (lambda c: NodeKey("Unit", c)), (lambda c: NodeKey("Grid", c))
    tree = [("T1", "3705"), ("T'2", "3706")]
    extra = [PutNode("Unit", c, _with_required("Unit", c)) for c in UNITS[4:7]]
    inside = [
        (NodeKey("Unit", a), unit(b)) for a, b in (*tree, ('V"1', "T1"), ("V\\2", "T'2"), ("村3", "T1"))
    ]
    inside += [(grid("G1"), unit('V"1')), (grid("g1"), unit("V\\2")), (grid("G`2"), grid("G1"))]
    inside += [(NodeKey("Household", c), grid(g)) for c, g in (("H1", "G1"), ("H{2}", "G`2"), ("H%3", "g1"))]
    located = [
        ("PartyOrganization", "O1", 'V"1'),
        ("CenterHousehold", "C1", 'V"1'),
        ("GridWorker", "W1", "T'2"),
    ]
    return (
        *nodes,
        *extra,
        *(PutRelationship("PART_OF", a, b) for a, b in inside),
        *(PutRelationship("LOCATED_IN", NodeKey(k, c), unit(u)) for k, c, u in located),
        PutRelationship("SERVES", NodeKey("CenterHousehold", "C1"), NodeKey("Household", "H1")),
        PutRelationship("ADJACENT", unit('V"1'), unit("村3"), {"shared_border_m": 12.5}),
        PutRelationship("ADJACENT", unit("V\\2"), unit('V"1'), {"shared_border_m": 7}),
        PutRelationship("HAS_ORGANIZATION", unit('V"1'), NodeKey("PartyOrganization", "O1")),
    )


DAYS = st.one_of(st.none(), st.integers(-1, 30).map(lambda n: FIRST_DAY + timedelta(n)))
WITHIN = st.one_of(st.none(), st.sampled_from((*UNITS, "nowhere")))
_HAS = (
    "out:PART_OF",
    "in:PART_OF",
    "in:PART_OF:Household",
    "in:LOCATED_IN:PartyOrganization",
    "in:SERVES",
    "out:ADJACENT",
    "in:ADJACENT",
    "out:HAS_ORGANIZATION:PartyOrganization",
    "up:PART_OF",
    "in:LIKES",
)


@st.composite
def _condition(draw: st.DrawFn, kind: str) -> Condition:
    if _seldom(draw, 3):
        return Condition(
            draw(st.sampled_from(_HAS)), Operator.HAS, draw(st.sampled_from((True, False, True, False, 1)))
        )
    fields = [f for f in NODE_KINDS[kind].fields if f.is_filterable and not f.reference]
    wanted = draw(st.sampled_from([*fields, *fields, NODE_KINDS[kind].fields[-1]]))
    operator = draw(st.sampled_from([o for o in Operator if o is not Operator.HAS]))
    if operator is Operator.IS_MISSING:
        return Condition(wanted.name, operator, draw(st.booleans()))
    values = (
        st.sampled_from(CODES[kind]) if wanted.is_key else _values(wanted).filter(lambda v: v is not None)
    )
    if operator is Operator.IN:
        return Condition(wanted.name, operator, draw(st.lists(values, max_size=3).map(tuple)))  # type: ignore[arg-type]
    return Condition(wanted.name, operator, draw(values))


@st.composite
def _orders(draw: st.DrawFn, kind: str) -> list[Order]:
    fields = [f for f in NODE_KINDS[kind].fields if f.is_sortable and not f.reference]
    names = draw(st.lists(st.sampled_from(fields), max_size=2, unique_by=lambda f: f.name))
    chosen = [Order(f.name, draw(st.booleans())) for f in names]
    return [*chosen, Order("colour")] if _seldom(draw, 40) else chosen


@st.composite
def pages(draw: st.DrawFn) -> Ask:
    """A page and all that may be said about it but cursors."""
    kind = draw(st.sampled_from(tuple(CODES)))
    options: dict[str, object] = {
        "where": draw(st.lists(_condition(kind), max_size=2)),
        "within": draw(WITHIN),
        "order": draw(_orders(kind)),
        "limit": draw(st.sampled_from((1, 2, 2, 3, 50, 0))),
        "as_of": draw(DAYS),
    }
    return Ask("page", (kind,), options)


@st.composite
def questions(draw: st.DrawFn) -> Ask:
    """Any question but a page."""
    day = draw(DAYS)
    kinds = draw(st.lists(st.sampled_from((*CODES, *CODES, "Castle")), max_size=2, unique=True))
    some = draw(st.lists(keys(), max_size=4))
    level = draw(st.sampled_from((None, "county", "town", "village", "group", "moon")))
    sums = [("Unit", "population"), ("Grid", "load_hours"), ("Unit", "arable_mu"), ("Unit", "name")]
    return draw(
        st.sampled_from(
            (
                Ask("get_many", (some,), {"as_of": day}),
                Ask(
                    "neighbours",
                    (some, draw(st.sampled_from((*TYPES, "LIKES")))),
                    {"direction": draw(st.sampled_from(tuple(Direction))), "as_of": day},
                ),
                Ask("ancestors", (draw(keys()),), {"as_of": day}),
                Ask(
                    "descendants",
                    (draw(keys()),),
                    {
                        "kind": draw(st.sampled_from((None, None, *CODES))),
                        "max_depth": draw(st.sampled_from((None, None, 0, 1, 2))),
                        "as_of": day,
                    },
                ),
                Ask(
                    "rollup",
                    (draw(st.sampled_from((*UNITS, "nowhere"))), level),
                    {
                        "kinds": kinds,
                        "sums": draw(st.lists(st.sampled_from((*sums[:3], *sums)), max_size=2, unique=True)),
                        "measures": draw(
                            st.lists(st.sampled_from(tuple(COVERAGE_MEASURES)), max_size=3, unique=True)
                        ),
                        "as_of": day,
                    },
                ),
                Ask(
                    "search",
                    (draw(st.sampled_from((*TEXTS, "义和", "yh", "党支", "村名", "t1", "T1", "O1名"))),),
                    {"kinds": kinds, "within": draw(WITHIN), "limit": draw(st.sampled_from((1, 3, 20)))},
                ),
                Ask(
                    "snapshot",
                    (draw(st.sampled_from((*UNITS, "", "nowhere"))),),
                    {"kinds": kinds, "as_of": day},
                ),
                Ask("history", (draw(keys()),)),
                Ask("version", (draw(st.sampled_from((*UNITS, "", "nowhere"))),)),
                Ask(
                    "changes",
                    (draw(st.sampled_from((*UNITS, "", "nowhere"))), draw(st.integers(0, 4))),
                    {"limit": draw(st.sampled_from((1, 3, 1000)))},
                ),
            )
        )
    )
