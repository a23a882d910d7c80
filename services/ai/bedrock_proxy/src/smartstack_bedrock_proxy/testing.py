"""The proxy before the stub, over real HTTP, on an emulator's DynamoDB, S3 and SSM: for tests, here and of its callers.

Needs boto3, which the proxy itself does without.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Protocol
from unittest.mock import patch
from uuid import UUID, uuid4

import boto3  # type: ignore[import-untyped]
from aiobotocore.session import AioSession
from botocore.config import Config
from joserfc import jwt
from joserfc.jwk import OKPKey

from smartstack_bedrock_proxy.app import App
from smartstack_bedrock_proxy.settings import Settings
from smartstack_bedrock_proxy.stub import Stub, serving

MODEL = "eu.anthropic.claude-test-v1:0"
ARN = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3"


class Account(Protocol):
    """An account of the emulator."""

    endpoint_url: str
    region: str
    access_key: str
    secret: str


def new_key(kid: str = "k1") -> OKPKey:
    """Return a new Ed25519 key."""
    return OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"}, private=True)


def sign(key: OKPKey, workspace_id: UUID, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """Return a workspace token; `header` and `claims` replace the usual ones, None leaves one out."""
    now = int(time.time())
    usual = {"iss": "smartstack-ai", "aud": "smartstack-bedrock-proxy", "wid": str(workspace_id)}
    told = {**usual, "iat": now, "exp": now + 60, "jti": uuid4().hex, **claims}
    kept = {name: value for name, value in told.items() if value is not None}
    head = {"alg": "Ed25519", "kid": key.kid, "typ": "at+jwt", **(header or {})}
    return jwt.encode(head, kept, key, algorithms=[head["alg"]])


def bedrock_client(url: str, token: str, attempts: int = 1) -> Any:
    """Return an unmodified boto3 client that takes its bearer token from AWS_BEARER_TOKEN_BEDROCK."""
    # Said here since botocore would look into the environment again at each call, where this token is gone.
    config = Config(
        signature_version="bearer", retries={"mode": "standard", "total_max_attempts": attempts}, read_timeout=10
    )
    with patch.dict("os.environ", AWS_BEARER_TOKEN_BEDROCK=token):
        return _session().client("bedrock-runtime", endpoint_url=url, config=config)


@cache
def _session() -> boto3.Session:
    """One session for all clients: reading the description of a service takes a while."""
    return boto3.Session(region_name="eu-west-1")


@dataclass
class Aws:
    """What the proxy needs of AWS: a table and a bucket of its own in one account."""

    account: Account
    name: str = field(default_factory=lambda: f"test-{uuid4().hex}")
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """Return the name of the budget's table."""
        return f"{self.name}-ai-budgets"

    @property
    def bucket(self) -> str:
        """Return the name of the prompt log's bucket."""
        return f"{self.name}-prompt-logs"

    def client(self, name: str) -> Any:
        """Return a boto3 client of the account."""
        if name not in self._clients:
            self._clients[name] = _session().client(
                name,
                endpoint_url=self.account.endpoint_url,
                region_name=self.account.region,
                aws_access_key_id=self.account.access_key,
                aws_secret_access_key=self.account.secret,
            )
        return self._clients[name]

    def create(self) -> "Aws":
        """Create table and bucket."""
        keys = {"workspace_id": "HASH", "period": "RANGE"}
        self.client("dynamodb").create_table(
            TableName=self.table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        )
        location = {"LocationConstraint": self.account.region}
        self.client("s3").create_bucket(Bucket=self.bucket, CreateBucketConfiguration=location)
        return self


@dataclass
class World:
    """A proxy, the stub behind it, and what is needed to call it and to look at what it left."""

    url: str
    stub: Stub
    stub_url: str
    key: OKPKey
    aws: Aws
    workspace_id: UUID = field(default_factory=uuid4)

    def afresh(self) -> "World":
        """Return the same world for another workspace, the stub without script and memory."""
        self.stub.script()
        self.stub.received.clear()
        self.stub.given_up = 0
        return replace(self, workspace_id=uuid4())

    def token(self, workspace_id: UUID | None = None) -> str:
        """Return a good token."""
        return sign(self.key, workspace_id or self.workspace_id)

    def boto(self, url: str | None = None, *, token: str | None = None, attempts: int = 1) -> Any:
        """Return a boto3 client for the proxy."""
        return bedrock_client(url or self.url, token or self.token(), attempts)

    def spent(self, workspace_id: UUID | None = None) -> dict[str, int]:
        """Return the numbers of the workspace's budget item; none before its first call."""
        key = {
            "workspace_id": {"S": str(workspace_id or self.workspace_id)},
            "period": {"S": time.strftime("%Y-%m", time.gmtime())},
        }
        answer = self.aws.client("dynamodb").get_item(TableName=self.aws.table, Key=key, ConsistentRead=True)
        return {name: int(value["N"]) for name, value in answer.get("Item", {}).items() if "N" in value}

    def logs(self) -> dict[str, Any]:
        """Return the workspace's prompt log: keys and entries."""
        s3, bucket = self.aws.client("s3"), self.aws.bucket
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{self.workspace_id}/")
        keys = [item["Key"] for item in listed.get("Contents", [])]
        return {key: json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys}

    def log(self) -> Any:
        """Return the only entry of the prompt log; raises ValueError when there is another number of them."""
        (entry,) = self.logs().values()
        return entry


@contextmanager
def proxy_world(aws: Aws, **changes: Any) -> Iterator[World]:
    """Run proxy and stub; `changes` are settings."""
    key, stub, session = new_key(), Stub(), AioSession()
    session.set_credentials(aws.account.access_key, aws.account.secret)
    with serving(stub) as stub_url:
        values: dict[str, Any] = {
            "token_keys": json.dumps({"keys": [key.as_dict(private=False)]}),
            "allowed_models": json.dumps([MODEL, ARN]),
            "model_prices": json.dumps({MODEL: ["3", "15"], ARN: ["3", "15"]}),
            "max_tokens": 500,
            "monthly_budget_usd": "1",
            "budget_table": aws.table,
            "prompt_log_bucket": aws.bucket,
            "bedrock_upstream": stub_url,
            "AWS_REGION": aws.account.region,
            "AWS_ENDPOINT_URL": aws.account.endpoint_url,
            **changes,
        }
        app = App(Settings(**values), session)
        with serving(app, stopping=app.clients.close) as url:
            yield World(url, stub, stub_url, key, aws)
