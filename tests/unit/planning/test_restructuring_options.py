import tomllib
from datetime import date
from fractions import Fraction

import pytest

from orgraph.messages import text
from orgraph.planning.restructuring import DEFAULT_BAND, Alternatives, Options, read_options
from orgraph.solver.districting.problem import Band

PLAN = """
date = 2020-08-03
k = 6
objective = ["change", "distance"]
[balance]
population = 0.10
arable_mu = 0.25
[minimum]
members = 100
[units]
seats = ["1", "2"]
together = [["3", "4"]]
apart = [["5", "6", "7"]]
fixed = { "8" = "1" }
refuse = ["9"]
extra_edges = [["1", "9"]]
[reference]
column = "old_part"
[alternatives]
count = 3
differ = 0.2
"""


def read(config: dict[str, object], flags: dict[str, object] | None = None) -> Options:
    options, findings = read_options(config, flags)
    assert options is not None, [f.text.en for f in findings]
    assert findings == ()
    return options


def test_reads_everything_that_a_plan_file_may_hold():
    assert read(tomllib.loads(PLAN)) == Options(
        k=6,
        date=date(2020, 8, 3),
        objectives=("change", "distance"),
        balance={
            "population": Band(Fraction(-1, 10), Fraction(1, 10)),
            "arable_mu": Band(Fraction(-1, 4), Fraction(1, 4)),
        },
        minimum={"members": Fraction(100)},
        seats=("1", "2"),
        together=(("3", "4"),),
        apart=(("5", "6", "7"),),
        fixed={"8": "1"},
        refuse=("9",),
        extra_edges=(("1", "9"),),
        reference="old_part",
        alternatives=Alternatives(3, Fraction(1, 5)),
    )


def test_what_is_not_said_has_its_default():
    options = read({"k": 3})
    assert options.date == date.today()
    assert options.objectives == ("distance",)
    assert options.balance == {"population": DEFAULT_BAND}
    assert options.distance_weight == "population"
    assert options.reference == "reference_part"
    assert options.seats is None
    assert options.alternatives.count == 0


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        (0.1, "-0.1", "0.1"),
        ("0.1", "-0.1", "0.1"),
        ("10%", "-0.1", "0.1"),
        ("-0.543:0.897", "-0.543", "0.897"),
        ("-54.3%:89.7%", "-0.543", "0.897"),
        (0, "0", "0"),
    ],
)
def test_a_band_is_read_as_it_is_written(given: object, low: str, high: str):
    options = read({"k": 2, "balance": {"area_km2": given}})
    assert options.balance == {"area_km2": Band(Fraction(low), Fraction(high))}


def test_a_band_may_be_that_of_the_reference_or_none():
    assert read({"k": 2, "balance": {"population": "reference"}}).balance == {"population": "reference"}
    assert read({"k": 2, "balance": {"population": "none"}}).balance == {}


def test_flags_override_the_file_key_by_key():
    flags: dict[str, object] = {
        "k": 4,
        "date": "2024-01-02",
        "objective": "border, distance",
        "balance": ["population=0.05", "area_km2=-0.5:0.9"],
        "alternatives": {"count": 1},
        "units": {"refuse": ["10"]},
        "distance_weight": None,
    }
    options = read(tomllib.loads(PLAN), flags)
    assert options.k == 4
    assert options.date == date(2024, 1, 2)
    assert options.objectives == ("border", "distance")
    assert options.balance["population"] == Band(Fraction(-1, 20), Fraction(1, 20))
    assert options.balance["area_km2"] == Band(Fraction(-1, 2), Fraction(9, 10))
    assert options.balance["arable_mu"] == Band(Fraction(-1, 4), Fraction(1, 4))
    assert options.alternatives == Alternatives(1, Fraction(1, 5))
    assert options.refuse == ("10",)
    assert options.seats == ("1", "2")
    assert options.distance_weight == "population"


def test_every_error_comes_at_once_with_its_place():
    options, findings = read_options(
        {
            "objective": ["distence", "border", "border"],
            "balanse": {},
            "date": "yesterday",
            "balance": {"population": "much"},
            "units": {
                "seat": ["1"],
                "together": [["1"]],
                "fixed": {"3": "3"},
                "extra_edges": [["1", "2", "3"]],
            },
            "alternatives": {"count": 21, "differ": 0},
        },
        file="plan.toml",
    )
    assert options is None
    assert {(f.code, f.place.column if f.place else "") for f in findings} == {
        ("planning.option_unknown", "balanse"),
        ("planning.option_missing", "k"),
        ("planning.objective_unknown", "objective"),
        ("planning.objective_twice", "objective"),
        ("planning.option_date", "date"),
        ("planning.option_band", "balance.population"),
        ("planning.option_unknown", "units.seat"),
        ("planning.group_small", "units.together[0]"),
        ("planning.option_other_code", "units.fixed.3"),
        ("planning.pair_wanted", "units.extra_edges[0]"),
        ("planning.option_count", "alternatives.count"),
        ("planning.option_share", "alternatives.differ"),
    }
    assert {f.place.file for f in findings if f.place} == {"plan.toml"}
    assert all(f.text.zh and f.text.en for f in findings)


@pytest.mark.parametrize(("wrong", "right"), [("balanse", "balance"), ("objectiv", "objective")])
def test_an_unknown_key_names_the_nearest_one(wrong: str, right: str):
    (finding,) = read_options({"k": 2, wrong: {}})[1]
    assert finding.todo == text("planning.todo.option_unknown", nearest=right)


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"k": 0}, "option_whole"),
        ({"k": 2.5}, "option_whole"),
        ({"k": True}, "option_whole"),
        ({"k": "1e999999999"}, "option_whole"),
        ({"k": 2, "minimum": {"members": "inf"}}, "option_amount"),
        ({"k": 2, "balance": {"population": -0.1}}, "option_band"),
        ({"k": 2, "balance": {"population": "0.2:0.1"}}, "option_band"),
        ({"k": 2, "balance": {"population": "-1.1:0.1"}}, "option_band"),
        ({"k": 2, "balance": {"population": "nan"}}, "option_band"),
        ({"k": 2, "balance": ["population"]}, "option_assignment"),
        ({"k": 2, "balance": 0.1}, "option_table"),
        ({"k": 2, "minimum": {"members": -1}}, "option_amount"),
        ({"k": 2, "units": []}, "option_table"),
        ({"k": 2, "units": {"seats": "1"}}, "option_codes"),
        ({"k": 2, "units": {"seats": [1]}}, "option_codes"),
        ({"k": 2, "units": {"apart": "12"}}, "option_groups"),
        ({"k": 2, "units": {"fixed": ["1"]}}, "option_table"),
        ({"k": 2, "objective": []}, "option_objectives"),
        ({"k": 2, "distance_weight": ""}, "option_text"),
        ({"k": 2, "reference": {"colum": "x"}}, "option_unknown"),
    ],
)
def test_each_kind_of_error_has_its_finding(config: dict[str, object], code: str):
    options, findings = read_options(config)
    assert options is None
    assert [f.code for f in findings] == [f"planning.{code}"]


def test_what_is_too_small_to_tell_from_nought_is_nought():
    assert read({"k": 2, "minimum": {"members": "1e-999999999"}}).minimum == {"members": 0}
