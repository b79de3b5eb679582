from orgraph.cli.width import pad, width, wrap


def test_chinese_characters_take_two_columns():
    assert width("义和镇 46") == 9


def test_combining_marks_take_none():
    assert width("e\u0301") == 1


def test_padding_counts_columns():
    assert pad("村", 4) == "村  "
    assert pad("村", 4, to_right=True) == "  村"
    assert pad("新村方案", 4) == "新村方案"


def test_lines_break_between_chinese_characters_but_not_before_a_closing_mark():
    assert wrap("把村规划为新村，并说明", 14) == ["把村规划为新", "村，并说明"]
    assert wrap("把村规划为新村，并说明", 16) == ["把村规划为新村，", "并说明"]


def test_lines_break_between_words():
    assert wrap("many villages into a few", 10) == ["many", "villages", "into a few"]


def test_no_character_is_lost():
    text = "46 个村并为 6 个新村（义和镇），“方案”附证明 --time-limit。"
    assert "".join("".join(wrap(text, 12)).split()) == "".join(text.split())


def test_an_empty_text_is_one_empty_line():
    assert wrap("", 10) == [""]
