"""The figures of the notebooks with a Chinese font and without one."""

import importlib.util
from pathlib import Path
from types import ModuleType

import matplotlib.pyplot as plt
import pytest
from matplotlib import font_manager
from matplotlib.font_manager import FontEntry

FIGURES = Path(__file__).parents[2] / "notebooks" / "figures.py"


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("notebook_figures", FIGURES)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    with plt.rc_context():
        yield module


def test_without_a_chinese_font_the_words_are_english_and_the_names_pinyin(figures, capsys):
    words = figures.prepare()
    assert words.lang == "en" and words("村", "village") == "village"
    assert [words.place(name) for name in ("大牟村委会", "薄家村委会")] == ["Damoucun", "Bojiacun"]
    said = capsys.readouterr().out
    assert "No Chinese font" in said and "没有找到中文字体" in said


def test_with_a_chinese_font_the_words_are_chinese(figures, capsys):
    font_manager.fontManager.ttflist.append(FontEntry(name="WenQuanYi Micro Hei"))
    words = figures.prepare()
    assert words("村", "village") == "村" and capsys.readouterr().out == ""
    assert plt.rcParams["font.family"][0] == "WenQuanYi Micro Hei"
    names = [words.place(name) for name in ("大牟村委会", "西南村村委会", "义和镇")]
    assert names == ["大牟村", "西南村", "义和镇"]


def test_a_font_that_came_after_the_list_was_made_is_found(figures, monkeypatch):
    def add(path: str) -> None:
        font_manager.fontManager.ttflist.append(FontEntry(fname=path, name="Noto Sans CJK SC"))

    places = ["/fonts/DejaVuSans.ttf", "/fonts/NotoSansCJK-Regular.ttc"]
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: places)
    monkeypatch.setattr(font_manager.fontManager, "addfont", add)
    assert figures.chinese_family() == "Noto Sans CJK SC"
    assert [font.fname for font in font_manager.fontManager.ttflist] == places[1:]


def test_synthetic_figures_say_so(figures):
    words, figure = figures.Words(None), plt.figure()
    try:
        figures.mark(figure, words, is_synthetic=True, notes=["people"])
        figures.mark(figure, words, is_synthetic=False, notes=["real"])
        assert [t.get_text() for t in figure.texts] == [
            "Synthetic data, for demonstration only  ·  people",
            "real",
        ]
    finally:
        plt.close(figure)
