"""If-Match: the version that a caller read before it changes something (RFC 9110, 13.1.1)."""

import re
from typing import Annotated

from fastapi import Depends, Header

from smartstack_chassis.core.errors import Invalid, PreconditionRequired

# Checked here and not by FastAPI, so that the refusal has a code of its own; described as if FastAPI did.
_VERSION = r'^(W/)?("[0-9]{1,9}"|[0-9]{1,9})$'
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=100, json_schema_extra={"pattern": _VERSION})]


async def expected_version(if_match: IfMatch = None) -> int:
    """Return the version that If-Match names. Raises PreconditionRequired without it, Invalid when it is no version."""
    if if_match is None:
        raise PreconditionRequired("if_match_required", 'Send the version that you read: If-Match: "<version>".')
    version = if_match.strip()
    if not re.fullmatch(_VERSION, version):
        raise Invalid.field("If-Match", 'Send one version, such as "3".', "invalid_if_match")
    return int(version.removeprefix("W/").strip('"'))


ExpectedVersion = Annotated[int, Depends(expected_version)]
