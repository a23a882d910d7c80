"""Checks AWS Signature Version 4, so that only programs that know the data folder's secret can use the emulator.

Source: AWS General Reference, "Create a signed AWS API request" (canonical request, string to sign, signing key), and
the Amazon S3 API reference, "Authenticating requests: using query parameters" for presigned URLs.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

_ALGORITHM = "AWS4-HMAC-SHA256"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_SKEW_SECONDS = 900
_LONGEST_EXPIRY = 7 * 24 * 3600
_AUTHORIZATION = re.compile(
    rf"{_ALGORITHM} Credential=(?P<credential>[^,\s]+),\s*SignedHeaders=(?P<signed>[^,\s]+),\s*"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_DATE = "%Y%m%dT%H%M%SZ"


class Request(NamedTuple):
    """The signed parts of a request. `path` and `query` are as they were sent; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]


class _Claim(NamedTuple):
    credential: str
    signed: str
    signature: str
    date: str
    payload: str
    seconds: int


def payload_is_declared(request: Request) -> bool:
    """Return whether the signature can be checked without the body: its digest is a header, or it is not signed."""
    return "x-amz-content-sha256" in request.headers or "X-Amz-Signature=" in request.query


def is_signed(request: Request, body: bytes, secret: str, now: datetime) -> bool:
    """Return whether `secret` signed the request and the signature is still valid."""
    claim = _from_query(request) if "X-Amz-Signature=" in request.query else _from_header(request, body)
    if claim is None or not _is_timely(claim, now):
        return False
    scope = claim.credential.split("/")[1:]
    if len(scope) != 4 or scope[3] != "aws4_request" or not claim.date.startswith(scope[0]):
        return False
    key = _signing_key(secret, *scope[:3])
    # S3 signs the path as it is sent; all others sign it encoded once more.
    paths = {request.path, quote(request.path, safe="/-_.~")}
    return any(
        hmac.compare_digest(claim.signature, _signature(key, _canonical(request, path, claim), claim.date, scope))
        for path in paths
    )


def _from_header(request: Request, body: bytes) -> _Claim | None:
    found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if found is None:
        return None
    payload = request.headers.get("x-amz-content-sha256") or hashlib.sha256(body).hexdigest()
    date = request.headers.get("x-amz-date", "")
    return _Claim(found["credential"], found["signed"], found["signature"], date, payload, _SKEW_SECONDS)


def _from_query(request: Request) -> _Claim | None:
    given = dict(parse_qsl(request.query, keep_blank_values=True))
    names = ("X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Date", "X-Amz-Expires")
    values = [given.get(name, "") for name in names]
    if given.get("X-Amz-Algorithm") != _ALGORITHM or not values[4].isdigit():
        return None
    payload = request.headers.get("x-amz-content-sha256", _UNSIGNED)
    return _Claim(values[0], values[1], values[2], values[3], payload, min(int(values[4]), _LONGEST_EXPIRY))


def _is_timely(claim: _Claim, now: datetime) -> bool:
    try:
        signed_at = datetime.strptime(claim.date, _DATE).replace(tzinfo=UTC)
    except ValueError:
        return False
    return -_SKEW_SECONDS <= (now - signed_at).total_seconds() <= claim.seconds


def _canonical(request: Request, path: str, claim: _Claim) -> str:
    pairs = parse_qsl(request.query, keep_blank_values=True)
    encoded = sorted((quote(n, safe="-_.~"), quote(v, safe="-_.~")) for n, v in pairs if n != "X-Amz-Signature")
    names = claim.signed.split(";")
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names)
    query = "&".join(f"{name}={value}" for name, value in encoded)
    return "\n".join([request.method, path, query, headers, claim.signed, claim.payload])


def _signature(key: bytes, canonical: str, date: str, scope: list[str]) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join([_ALGORITHM, date, "/".join(scope), digest])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=64)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
