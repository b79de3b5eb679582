"""The document and article that a finding on a plan rests on."""

from __future__ import annotations

from orgraph.findings import Finding, Json
from orgraph.messages import Text
from orgraph.schema import RULES


def citation(finding: Finding) -> Text | None:
    """Return document and article of the finding's rule; ``None`` for findings on the input."""
    rule = RULES.get(finding.rule)
    if rule is None:
        return None
    article = rule.article.zh if rule.article.zh.startswith("第") else f"（{rule.article.zh}）"
    document = rule.document.zh if "《" in rule.document.zh else f"《{rule.document.zh}》"
    return Text(f"{document}{article}", f"{rule.document.en}, {rule.article.en}")


def finding_json(finding: Finding) -> dict[str, Json]:
    """Return a finding as JSON with its ``source``: document, article and dates of its rule, or ``None``."""
    return finding.to_json() | {"source": _source(finding)}


def _source(finding: Finding) -> Json:
    rule = RULES.get(finding.rule)
    if rule is None:
        return None
    return {
        "rule": rule.id,
        "document": dict(rule.document.to_json()),
        "article": dict(rule.article.to_json()),
        "certainty": rule.certainty.value,
        "valid_from": rule.valid_from.isoformat() if rule.valid_from else None,
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
    }
