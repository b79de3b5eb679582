"""Coverage on the screen: the tree with its shares, then the gaps by name."""

from __future__ import annotations

from datetime import date

from orgraph.cli.screen import Column, Screen
from orgraph.schema import NODE_KINDS
from orgraph.service.directory import Coverage, Gap, Row, Share


def show_coverage(screen: Screen, answer: Coverage, as_of: date | None = None) -> None:
    """Write the tree and the gaps, as they were on a day or as they are now."""
    words = screen.words
    unit = answer.rows[0].unit
    screen.line(words("coverage.title", name=unit.name, code=unit.code))
    if as_of is not None:
        screen.line(words("coverage.as_of", day=words.day(as_of)))
    if answer.is_synthetic:
        screen.line(words("synthetic"))
    shares = answer.rows[0].shares
    if not shares:
        screen.line(words("coverage.nothing"))
        return
    screen.heading(words("coverage.summary"))
    screen.table(
        [Column(words("coverage.measure")), *_numbers(screen)], [_summary(screen, share) for share in shares]
    )
    if len(answer.rows) > 1:
        screen.heading(words("coverage.tree"))
        _show_tree(screen, answer)
    for gap in answer.gaps:
        _show_gap(screen, gap)


def _numbers(screen: Screen) -> list[Column]:
    keys = ("covered", "total", "rate", "gaps")
    return [Column(screen.words(f"coverage.{key}"), is_number=True) for key in keys]


def _summary(screen: Screen, share: Share) -> list[str]:
    words = screen.words
    numbers = (share.covered, share.total, share.num_gaps)
    covered, total, gaps = (words.number(n) for n in numbers)
    return [words.label(share.measure.label), covered, total, words.share(share.rate), gaps]


def _show_tree(screen: Screen, answer: Coverage) -> None:
    """One row per unit; a cell is ``covered/total``. Measures that only the unit asked for has are left to the summary."""
    words = screen.words
    below = {share.measure.name for row in answer.rows[1:] for share in row.shares}
    measures = [share.measure for share in answer.rows[0].shares if share.measure.name in below]
    columns = [Column(words("coverage.unit")), Column(words("coverage.code"))]
    columns += [Column(words.label(measure.label), is_number=True) for measure in measures]
    rows = [
        [f"{'  ' * row.depth}{row.unit.name}", row.unit.code, *(_cell(row, m.name) for m in measures)]
        for row in answer.rows
    ]
    screen.table(columns, rows)


def _cell(row: Row, measure: str) -> str:
    share = next((s for s in row.shares if s.measure.name == measure), None)
    return f"{share.covered}/{share.total}" if share else ""


def _show_gap(screen: Screen, gap: Gap) -> None:
    words = screen.words
    kind = words.pick(NODE_KINDS[gap.share.measure.kind].label)
    label = words.label(gap.share.measure.label)
    screen.heading(words("coverage.gap_title", label=label, num=words.number(gap.share.num_gaps), kind=kind))
    screen.items(
        [f"{node.name} ({node.code})" if node.name != node.code else node.code for node in gap.nodes]
    )
    if gap.share.num_gaps > len(gap.nodes):
        screen.line(words("findings.rest", num=words.number(gap.share.num_gaps - len(gap.nodes))), indent=1)
