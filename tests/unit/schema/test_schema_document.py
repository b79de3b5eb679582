"""The field tables of the docs are those of the declarations."""

from pathlib import Path

from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS, RULES
from orgraph.schema.document import document, main

PAGE = Path(__file__).parents[3] / "docs" / "schema.md"


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == document(), "run: python -m orgraph.schema.document"


def test_the_page_names_everything():
    page = document()
    for kind in NODE_KINDS.values():
        assert f"### {kind.name} ({kind.label.zh}), files `{kind.plural}`" in page
        for field in kind.fields:
            assert f"| `{field.name}` | {field.label.zh} | {field.label.en} |" in page
    assert all(f"| `{name}` |" in page for name in RELATIONSHIP_KINDS)
    assert all(f"| {rule.id} |" in page for rule in RULES.values())


def test_the_page_is_written_where_asked(tmp_path):
    main([str(tmp_path / "page.md")])
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == document()
