import json

import pytest

from orgraph.planning.restructuring import UnitRow
from orgraph.report.drawing import MARGIN, WIDTH, drawing_of, path_of
from orgraph.report.figures import amount, change, percent
from orgraph.report.lettering import IN_PLACE, Lettering
from orgraph.report.palette import LIGHT, colours
from orgraph.report.tables import gap_words


def unit(code: str, lon: float, lat: float, rings: list[list[list[float]]] | None = None) -> UnitRow:
    geometry = json.dumps({"type": "Polygon", "coordinates": rings}) if rings else ""
    return UnitRow(code, code, {}, (lon, lat), geometry)


def square(lon: float, lat: float, size: float) -> list[list[float]]:
    return [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]


def test_nothing_to_draw_without_places():
    assert drawing_of([UnitRow("A", "A", {})]) is None


def test_north_is_up_and_east_is_right():
    drawing = drawing_of([unit("A", 0, 0), unit("B", 1, 0), unit("C", 0, 1)])
    assert drawing is not None
    (ax, ay), (bx, by), (cx, cy) = (drawing.points[c] for c in "ABC")
    assert bx > ax
    assert by == pytest.approx(ay)
    assert cy < ay
    assert cx == pytest.approx(ax)


def test_a_degree_of_longitude_shrinks_with_latitude():
    drawing = drawing_of([unit("A", 0, 59.5), unit("B", 1, 59.5), unit("C", 0, 60.5)])
    assert drawing is not None
    east = drawing.points["B"][0] - drawing.points["A"][0]
    north = drawing.points["A"][1] - drawing.points["C"][1]
    assert east / north == pytest.approx(0.5, abs=0.001)


def test_everything_lies_on_the_sheet():
    drawing = drawing_of([unit("A", 0, 0), unit("B", 3, 1), unit("C", 1, 2)])
    assert drawing is not None
    for x, y in drawing.points.values():
        assert MARGIN - 1e-6 <= x <= WIDTH - MARGIN + 1e-6
        assert MARGIN - 1e-6 <= y <= drawing.height - MARGIN + 1e-6


def test_one_lone_point_is_drawn():
    drawing = drawing_of([unit("A", 118, 37)])
    assert drawing is not None
    assert 0 < drawing.points["A"][0] < WIDTH


def test_the_scale_bar_is_as_long_as_it_says():
    # A tenth of a degree of latitude is 11.12 km.
    drawing = drawing_of([unit("A", 0, 0), unit("B", 0.1, 0.1)])
    assert drawing is not None
    length, km = drawing.scale_bar()
    high = drawing.points["A"][1] - drawing.points["B"][1]
    assert length == pytest.approx(high * float(km) / 11.1195)
    assert km == "2"


def test_holes_and_islands_are_subpaths():
    hole = [*reversed(square(0.4, 0.4, 0.2))]
    drawing = drawing_of([unit("A", 0.1, 0.1, [square(0, 0, 1), hole])])
    assert drawing is not None
    assert drawing.path("A").count("M") == 2
    assert drawing.path("A").count("Z") == 2


def test_neighbours_merge_into_one_outline_over_a_hair_gap():
    drawing = drawing_of(
        [unit("A", 0.5, 0.5, [square(0, 0, 1)]), unit("B", 1.5, 0.5, [square(1.0005, 0, 1)])]
    )
    assert drawing is not None
    assert path_of(drawing.merged("AB")).count("M") == 1


def test_what_is_no_outline_falls_back_to_the_point():
    units = [
        UnitRow("A", "A", {}, (0, 0), "not json"),
        UnitRow("B", "B", {}, (1, 1), '{"type": "Point", "coordinates": [1, 1]}'),
    ]
    drawing = drawing_of(units)
    assert drawing is not None
    assert not drawing.has_shapes
    assert set(drawing.points) == {"A", "B"}


def test_few_districts_have_colours_of_their_own_and_many_differ_where_they_touch():
    assert len(set(colours(9, []))) == 9
    touching = [(d, d + 1) for d in range(29)] + [(d, d + 2) for d in range(28)]
    many = colours(30, touching)
    assert set(many) <= set(LIGHT)
    assert all(many[a] != many[b] for a, b in touching)


def test_words_do_not_cover_each_other():
    sheet = Lettering(200, 100)
    first = sheet.put((100, 50), "甲村", "unit", 10, IN_PLACE, is_needed=False)
    second = sheet.put((100, 50), "乙村", "unit", 10, IN_PLACE, is_needed=False)
    assert first is not None
    assert second is not None
    assert abs(first.y - second.y) > 10
    for _ in range(3):
        last = sheet.put((100, 50), "丙村", "unit", 10, IN_PLACE, is_needed=False)
    assert last is None
    assert sheet.put((100, 50), "丁村", "unit", 10, IN_PLACE, is_needed=True) is not None


def test_words_stay_on_the_sheet():
    label = Lettering(200, 100).put((1, 50), "很长的村名", "unit", 10, IN_PLACE, is_needed=True)
    assert label is not None
    assert label.x >= 25


@pytest.mark.parametrize(
    ("value", "words"),
    [(12, "12"), (12345, "12,345"), (2.0, "2"), (0.125, "0.12"), (45.67, "45.7"), (1234.5, "1,234")],
)
def test_amounts(value: float, words: str):
    assert amount(value) == words


@pytest.mark.parametrize(
    ("gap", "words"), [(None, ""), (0.0, "0"), (1e-9, "<0.0001%"), (2e-5, "0.0020%"), (0.0162, "1.62%")]
)
def test_a_gap_is_nought_only_where_it_is(gap: float | None, words: str):
    assert gap_words(gap) == words


def test_changes_and_percentages_bear_their_sign():
    assert [change(v) for v in (0.001, 12.34, -0.5, -1234.6)] == ["0", "+12.3", "−0.50", "−1,235"]
    assert [percent(v) for v in (0.0001, 0.098, -0.098)] == ["0.0%", "+9.8%", "−9.8%"]
