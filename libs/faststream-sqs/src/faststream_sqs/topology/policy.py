"""The queue policy that lets topics deliver, merged into whatever policy a queue already has."""

import json
from collections.abc import Iterable
from typing import Any

_SID = "FastStreamTopics"


def allow_topics(policy: str | None, queue_arn: str, topic_arns: Iterable[str]) -> str | None:
    """The policy with delivery from the topics allowed, or None when the given one allows them already.

    All topics share one statement (a policy may have 20), conditioned on `aws:SourceArn`. Statements of others
    are left as they are.
    """
    document: dict[str, Any] = json.loads(policy) if policy else {"Version": "2012-10-17"}
    statements = document.get("Statement", [])
    # IAM allows a single statement without a list
    statements = [statements] if isinstance(statements, dict) else list(statements)
    own = next((s for s in statements if s.get("Sid") == _SID), None)
    allowed = _sources(own) if own else set()
    wanted = set(topic_arns)
    if wanted <= allowed:
        return None
    statement = {
        "Sid": _SID,
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": sorted(allowed | wanted)}},
    }
    document["Statement"] = [*(s for s in statements if s is not own), statement]
    return json.dumps(document)


def _sources(statement: dict[str, Any]) -> set[str]:
    sources = statement.get("Condition", {}).get("ArnEquals", {}).get("aws:SourceArn", [])
    return {sources} if isinstance(sources, str) else set(sources)
