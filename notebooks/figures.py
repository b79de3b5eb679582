"""What the figures of the notebooks share: a Chinese font where there is one, names and texts to go with it, and the mark of synthetic data."""

from collections.abc import Iterable
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib import font_manager
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from orgraph.messages import Text
from orgraph.store.collation import sort_key

FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Arial Unicode MS",
)
"""Families with simplified Chinese, the better ones first; and words by which their files are known."""
FILES = ("cjk", "sourcehan", "wqy", "msyh", "simhei", "pingfang", "hiragino sans gb", "arial unicode")
COLOURS = ("#66a3c7", "#e8b04b", "#7fb77e", "#d98b79", "#a292c4", "#8fb8b1", "#c9a27e")
"""One colour per new village: light enough for black text."""
INK, PALE, ALARM = "#26323a", "#d9dee2", "#b5452f"
GAP_TO_FULL = LinearSegmentedColormap.from_list(
    "gap_to_full", ((0, "#e59a86"), (0.98, "#f4e3ae"), (1, "#bcdcb4"))
)
"""From nothing covered over a part to all covered; only the last is green."""
HALO = withStroke(linewidth=2.5, foreground="white", alpha=0.85)
"""Keeps text readable on any colour."""


class Words:
    """Texts and names as the figures can show them: Chinese with a Chinese font, else English and pinyin."""

    def __init__(self, family: str | None) -> None:
        self.family = family
        self.lang = "zh" if family else "en"

    def __call__(self, zh: str, en: str) -> str:
        """Return one of two texts."""
        return zh if self.lang == "zh" else en

    def of(self, text: Text) -> str:
        """Return a text of the catalogues."""
        return self(text.zh, text.en)

    def place(self, name: str) -> str:
        """Return a village's short name: ``大牟村委会`` becomes ``大牟村``, or ``Damoucun`` without a Chinese font."""
        short = name.removesuffix("村委会").removesuffix("居委会")
        if short != name and not short.endswith("村"):
            short += "村"
        return short if self.lang == "zh" else sort_key(short).replace(" ", "").capitalize()


def prepare() -> Words:
    """Set matplotlib up and return the words for the figures; says so when no Chinese font is installed."""
    family = chinese_family()
    plt.rcParams.update(
        {
            "font.family": [family, "DejaVu Sans"] if family else ["DejaVu Sans"],
            "axes.unicode_minus": False,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 12,
            "axes.titleweight": "bold",
            "figure.dpi": 110,
            "text.color": INK,
        }
    )
    if family is None:
        print(
            "没有找到中文字体，图中改用英文和拼音；可安装 fonts-noto-cjk。"
            "No Chinese font found: figures are labelled in English and pinyin; fonts-noto-cjk brings one."
        )
    return Words(family)


def chinese_family() -> str | None:
    """Return the best installed family with Chinese. Fonts installed after matplotlib made its list are found too."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    if known.isdisjoint(FAMILIES):
        for path in font_manager.findSystemFonts():
            if any(word in Path(path).name.lower() for word in FILES):
                font_manager.fontManager.addfont(path)
        known = {font.name for font in font_manager.fontManager.ttflist}
    return next((family for family in FAMILIES if family in known), None)


def mark(figure: Figure, words: Words, *, is_synthetic: bool, notes: Iterable[str] = ()) -> None:
    """Write below a figure that its numbers are synthetic, and what else has to be known to read it."""
    flag = words("合成数据，仅供演示，不代表实际情况", "Synthetic data, for demonstration only")
    line = "  ·  ".join([flag, *notes] if is_synthetic else notes)
    figure.text(0.5, -0.01, line, ha="center", va="top", fontsize=9, color=ALARM if is_synthetic else INK)
