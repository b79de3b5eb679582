import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest
from report_outcomes import OPTIONS, SOME, outcome_of, row

from orgraph.messages import LANGUAGES, Lang, text
from orgraph.report import render
from orgraph.solver.solution import Solution, Status

VOID = {"meta", "br", "link", "img", "hr", "input"}


class Reader(HTMLParser):
    """Collects tags, words and attributes, and fails on tags that do not nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.words).split())


@cache
def page(lang: Lang) -> str:
    graph = row(provenance={"name": "row", "is_synthetic": True, "attribution": "Nobody & Co"})
    return render(outcome_of(graph, SOME), graph, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_well_formed_and_in_its_language(lang: Lang):
    assert page(lang).startswith("<!DOCTYPE html>")
    reader = Reader(page(lang))
    assert ("lang", "zh-CN" if lang == "zh" else "en") in reader.attributes
    for key in (
        "title",
        "section.maps",
        "section.certificate",
        "section.findings",
        "section.moves",
        "synthetic",
    ):
        assert text(f"report.{key}").in_(lang) in reader.said
    other: Lang = "en" if lang == "zh" else "zh"
    assert text("report.section.certificate").in_(other) not in reader.said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_is_left_unfilled(lang: Lang):
    body = page(lang).partition("</style>")[2]
    assert "{" not in body
    assert "None" not in body
    assert "Undefined" not in body


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_asks_nothing_of_the_outside(lang: Lang):
    whole = page(lang)
    assert not re.search(r"https?:|//[a-z]|@import|url\(|<script|<link|<img|<iframe", whole)
    names = {name for name, _ in Reader(whole).attributes}
    assert names.isdisjoint({"src", "href", "srcset", "action", "onload", "onclick"})


def test_the_english_page_says_what_the_plan_says():
    said = Reader(page("en")).said
    for words in ("optimal, proven", "2020-08-03", "D村", "Nobody & Co", "alternative 1", "R27", "article 3"):
        assert words in said


def test_maps_before_and_after_hold_every_village_and_a_star_per_seat():
    whole = page("en")
    big = re.findall(r'<svg class="map".*?</svg>', whole, re.DOTALL)
    assert len(big) == 2
    assert [len(re.findall(r'<path class="unit"', svg)) for svg in big] == [4, 4]
    assert [len(re.findall(r'<polygon class="star"', svg)) for svg in big] == [0, 2]
    assert [len(re.findall(r'<path class="outline"', svg)) for svg in big] == [0, 2]
    assert all("<title>A村 · A" in svg for svg in big)
    assert "km</text>" in big[0]


def test_small_maps_stand_for_alternatives_and_the_reference():
    small = re.findall(r'<svg class="map small".*?</svg>', page("en"), re.DOTALL)
    outcome = outcome_of(row(), SOME)
    assert len(small) == sum(bool(a.districts) for a in outcome.alternatives) + 1


def test_names_are_harmless():
    graph = row({"A": "<script>alert(1)</script>", "B": '"><img src=x>', "C": "&amp;"})
    whole = render(outcome_of(graph), graph, "zh")
    assert "<script" not in whole
    assert "<img" not in whole
    said = Reader(whole).said
    assert "<script>alert(1)</script>" in said
    assert "&amp;" in said


def test_without_outlines_villages_are_dots_and_neighbours_lines():
    graph = row(has_outlines=False)
    whole = render(outcome_of(graph), graph, "en")
    Reader(whole)
    after = re.findall(r'<svg class="map".*?</svg>', whole, re.DOTALL)[1]
    assert len(re.findall(r'<circle class="dot"', after)) == 4
    assert len(re.findall(r'<line class="link', after)) == 3
    assert len(re.findall(r'<line class="link inside"', after)) == 2
    assert text("report.map.points", weight="population").en in Reader(whole).said


def test_without_places_there_is_no_map_but_a_page():
    graph = row(has_outlines=False, has_points=False)
    whole = render(outcome_of(graph, replace(OPTIONS, objectives=("border",))), graph, "en")
    assert '<svg class="map"' not in whole
    assert text("report.map.none").en in Reader(whole).said


def test_data_that_are_real_bear_no_banner():
    graph = row()
    said = Reader(render(outcome_of(graph), graph, "en")).said
    assert text("report.synthetic").en not in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_infeasible_page_tells_why_and_marks_who(lang: Lang):
    graph = row()
    options = replace(OPTIONS, apart=(("A", "B"),), together=(("A", "B"),))
    outcome = outcome_of(graph, options)
    assert outcome.status is Status.INFEASIBLE
    whole = render(outcome, graph, lang)
    said = Reader(whole).said
    assert text("report.section.reasons").in_(lang) in said
    for reason in outcome.reasons:
        assert reason.text.in_(lang) in said
    assert "A = A村" in said
    assert len(re.findall(r'fill="#E4B9B0"', whole)) == 2
    assert text("report.section.districts").in_(lang) not in said
    assert text("report.section.checklist").in_(lang) not in said


def test_a_page_without_a_plan_says_so():
    graph = row()
    outcome = outcome_of(graph)
    unknown = replace(
        outcome,
        solution=Solution(Status.UNKNOWN, bound=1.0),
        districts=(),
        measures={},
        km_to_seat={},
        certificate=replace(outcome.certificate, status=Status.UNKNOWN, objective=None, is_checked=False),
    )
    said = Reader(render(unknown, graph, "en")).said
    assert text("report.status.UNKNOWN").en in said
    assert text("report.row.not_checked").en in said


def test_a_refused_village_is_grey_and_listed():
    graph = row()
    whole = render(outcome_of(graph, replace(OPTIONS, refuse=("A",))), graph, "en")
    after = re.findall(r'<svg class="map".*?</svg>', whole, re.DOTALL)[1]
    assert len(re.findall(r'fill="#D9D9D9"', after)) == 1
    assert text("report.row.refused").en in Reader(whole).said


def test_every_move_stands_in_the_table():
    outcome = outcome_of(row())
    whole = render(outcome, row(), "en")
    table = whole.rpartition("<table")[2]
    assert len(re.findall(r"<tr>", table.partition("<tbody>")[2])) == len(outcome.explanations.moves)


def test_small_internal_counts_do_not_leave():
    graph = row(members={"A": 4, "B": 0, "C": 5, "D": 90})
    whole = render(outcome_of(graph), graph, "en")
    table = whole.partition(text("report.section.units").en)[2].partition("</table>")[0]
    cells = re.findall(r'<td class="num">([^<]*)</td>', table)
    assert "&lt;5" in cells
    assert "4" not in cells
    assert {"0", "5", "90"} <= set(cells)
    assert text("report.row.small").en in Reader(whole).said
    assert text("report.row.small").en not in page("en")


def test_a_lexicographic_page_lists_every_stage_with_its_bound():
    graph = row()
    outcome = outcome_of(graph, replace(OPTIONS, objectives=("change", "distance")))
    listed = render(outcome, graph, "en").partition('<ol class="stages">')[2].partition("</ol>")[0]
    lines = re.findall(r"<li>([^<]*)</li>", listed)
    assert [line.partition(":")[0] for line in lines] == [
        text(f"planning.objective.{name}").en for name in ("change", "distance")
    ]
    assert all("≥" in line for line in lines)
    assert '<ol class="stages">' not in page("en")
