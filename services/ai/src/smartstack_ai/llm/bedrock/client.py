"""The way to the proxy: an ordinary boto3 client, a workspace token with each call, and what the call cost.

Locally the token is the bearer token. Before a Lambda function URL, SigV4 (service `lambda`) takes that header, so the
token has one of its own, which the signature covers.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

import boto3  # type: ignore[import-untyped]
from botocore import UNSIGNED
from botocore.config import Config
from joserfc import jwt
from joserfc.jwk import OKPKey
from opentelemetry import propagate

from smartstack_ai.settings import AiSettings

ALGORITHM = "Ed25519"
AUDIENCE = "smartstack-bedrock-proxy"
ISSUER = "smartstack-ai"
TOKEN_HEADER = "X-SmartStack-Workspace-Token"  # noqa: S105 - a header's name
COST_HEADER = "x-smartstack-cost-usd"
LIFETIME_SECONDS = 60
CONNECT_SECONDS = 2.0
# The one layer that tries again: the proxy tries once.
ATTEMPTS = 3


@dataclass(slots=True)
class CostMeter:
    """Adds up what the calls of one run cost; `reported` is False until a cost arrives. No call begins after `until`
    (monotonic)."""

    until: float
    usd: Decimal = Decimal(0)
    reported: bool = False


_current_meter: ContextVar[CostMeter | None] = ContextVar("current_meter", default=None)


@contextmanager
def metered(seconds: float) -> Iterator[CostMeter]:
    """Collect what the calls inside cost; they may run in threads that were given this context.

    A thread cannot be stopped: a retry there after `seconds`, when the caller no longer waits, is refused.
    """
    meter = CostMeter(time.monotonic() + seconds)
    token = _current_meter.set(meter)
    try:
        yield meter
    finally:
        _current_meter.reset(token)


def make_client(settings: AiSettings) -> Any:
    """Return the boto3 client for the proxy. Raises botocore's errors when the settings make no sense."""
    bearer = settings.bedrock_auth == "bearer"
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=settings.bedrock_deadline_seconds,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=2 * settings.bedrock_concurrency,
        signature_version=UNSIGNED if bearer else "v4",
    )
    client = boto3.Session(region_name=settings.aws_region).client(
        "bedrock-runtime", endpoint_url=settings.bedrock_url, config=config
    )
    client.meta.events.register("before-sign.bedrock-runtime", _refuse_too_late)
    if not bearer:
        client.meta.events.register("before-sign.bedrock-runtime", _sign_for_lambda)
    client.meta.events.register("after-call.bedrock-runtime", _record_cost)
    return client


@dataclass(frozen=True, slots=True)
class WorkspaceTokenSigner:
    """Signs the token that a call for one workspace carries."""

    key: OKPKey
    header: str
    prefix: str

    @classmethod
    def of(cls, settings: AiSettings) -> "WorkspaceTokenSigner":
        """Read the key; raises ValueError or joserfc's errors when it is none."""
        secret = settings.bedrock_token_key.get_secret_value() if settings.bedrock_token_key else "{}"
        key = OKPKey.import_key(json.loads(secret))
        return cls(key, "Authorization", "Bearer ") if settings.bedrock_auth == "bearer" else cls(key, TOKEN_HEADER, "")

    def headers(self, workspace_id: UUID) -> dict[str, str]:
        """Return a fresh token for this workspace, good for a minute, and the trace that the call belongs to."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "wid": str(workspace_id),
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": uuid4().hex,
        }
        header = {"alg": ALGORITHM, "kid": self.key.kid, "typ": "at+jwt"}
        token = jwt.encode(header, claims, self.key, algorithms=[ALGORITHM])
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        traced = {"traceparent": carrier["traceparent"]} if "traceparent" in carrier else {}
        return {self.header: f"{self.prefix}{token}", **traced}


def _refuse_too_late(**_: Any) -> None:
    meter = _current_meter.get()
    if meter is not None and time.monotonic() > meter.until:
        raise TimeoutError("the deadline has passed")


def _sign_for_lambda(request: Any, **_: Any) -> None:
    """Sign for the function's URL instead of Bedrock's own endpoint."""
    request.context["signing"] = {**request.context.get("signing", {}), "signing_name": "lambda"}


def _record_cost(http_response: Any, **_: Any) -> None:
    meter = _current_meter.get()
    reported = http_response.headers.get(COST_HEADER)
    if meter is None or reported is None:
        return
    with suppress(InvalidOperation):
        meter.usd, meter.reported = meter.usd + Decimal(reported), True
