import io

from orgraph.cli.screen import Column, Screen
from orgraph.cli.words import Words


class Terminal(io.StringIO):
    def isatty(self):
        return True


def table(stream):
    screen = Screen(Words("zh"), stream)
    screen.heading("新村方案")
    screen.table([Column("驻地"), Column("人口", is_number=True)], [["东二村村委会", "2,933"], ["西村", "7"]])
    return stream.getvalue()


def test_a_pipe_gets_plain_text_whose_columns_are_aligned():
    assert table(io.StringIO()).splitlines() == [
        "",
        "新村方案",
        "  驻地           人口",
        "  ------------  -----",
        "  东二村村委会  2,933",
        "  西村              7",
    ]


def test_long_cells_are_not_cut_in_a_pipe():
    stream = io.StringIO()
    Screen(Words("en"), stream).table([Column("x")], [["word " * 100]])
    assert ("word " * 100).strip() in stream.getvalue()


def test_a_terminal_gets_colours_unless_they_are_refused(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in table(Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in table(Terminal())


def test_text_in_brackets_is_no_markup(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    Screen(Words("en"), stream).line("[bold]370503[/bold]")
    assert stream.getvalue() == "[bold]370503[/bold]\n"
