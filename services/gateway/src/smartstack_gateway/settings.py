"""Settings that the gateway reads from its environment, in addition to those of every service."""

import hmac
from base64 import urlsafe_b64decode
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from smartstack_chassis.auth.tokens import Signer
from smartstack_chassis.core.connections import ConnectionLimits
from smartstack_chassis.core.settings import ServiceSettings
from smartstack_gateway.keys import KeyRing, parse_keys
from smartstack_gateway.values import UpstreamName

SHARE_KEY_BYTES = 32


class GatewaySettings(ServiceSettings):
    """Rates are tokens in a bucket (`…_burst`) and how fast it fills again.

    `jwt_keys` is a private JWK set (RFC 7517) of Ed25519 keys as JSON: the first signs, all verify, so a new key is put
    first and the former one stays until its tokens have expired (see keys.py). `jwt_keys_file` is a file with such a
    set, which is used instead and read again whenever it changes.

    `share_key` is what tokens of share links are derived with: 32 bytes or more, base64url. It stays when keys rotate.
    """

    # Load balancers and reverse proxies keep idle connections for one or two minutes: the gateway for longer.
    http_keepalive_seconds: int = Field(130, ge=1)

    jwt_keys: SecretStr | None = None
    jwt_keys_file: Path | None = None
    share_key: SecretStr | None = None
    tasks_url: str = "http://127.0.0.1:8001"
    comms_url: str = "http://127.0.0.1:8002"
    ai_url: str = "http://127.0.0.1:8003"
    # Where the local stack's ops process answers; in the cloud there is none.
    ops_url: str | None = None
    web_dir: Path | None = None
    public_url: str = "http://127.0.0.1:8000"
    cookie_secure: bool = True
    trusted_proxies: int = 0
    """The number of proxies in front of us that append to X-Forwarded-For; with 0 the header is ignored."""

    # A browser needs a handful, an office behind one address some dozens. Behind proxies it is one address for all.
    http_connections_per_address: int = Field(500, ge=0)

    upstream_seconds: float = 1.8
    today_seconds: float = 1.5
    password_threads: int = 1
    # A queue that is done within the deadline: a later hash would come after its caller has left.
    passwords_waiting: int = 12

    principal_burst: int = 200
    principal_per_second: float = 50.0
    workspace_burst: int = 1000
    workspace_per_second: float = 250.0
    # Messages that clients send, by client and by workspace; a bucket of bytes holds a minute's worth.
    portal_burst: int = 20
    portal_per_second: float = 1 / 3
    portal_burst_bytes: int = 240_000
    portal_bytes_per_second: float = 4_000.0
    portal_workspace_burst: int = 100
    portal_workspace_per_second: float = 2.0
    # At work concurrently; four times as many wait. A service has 20 database connections.
    principal_in_flight: int = 8
    workspace_in_flight: int = 12
    address_burst: int = 100
    address_per_second: float = 20.0
    # Failed attempts without delay, by what is counted; and how long the first delay is.
    account_free_failures: int = 5
    device_free_failures: int = 10
    network_free_failures: int = 20
    failure_delay_seconds: float = Field(1.0, gt=0)
    # Signing up reveals whether an address has an account, so each sign-up of a network counts.
    sign_ups_free: int = 10

    live_retention_seconds: int = 3600
    live_heartbeat_seconds: float = 15.0
    live_connections: int = 10
    # Of one client from one address: all holders of a share link count as the same client.
    portal_connections_per_address: int = 3

    @field_validator("jwt_keys")
    @classmethod
    def _at_least_one_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parse_keys(value.get_secret_value())
        return value

    @field_validator("share_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(_decoded(value)) < SHARE_KEY_BYTES:
            raise ValueError(f"needs {SHARE_KEY_BYTES} random bytes or more, base64url")
        return value

    @model_validator(mode="after")
    def _some_keys(self) -> Self:
        if self.jwt_keys is None and self.jwt_keys_file is None:
            raise ValueError("set SMARTSTACK_JWT_KEYS_FILE or SMARTSTACK_JWT_KEYS")
        return self

    @property
    def hosts(self) -> frozenset[str]:
        """Return the names by which the gateway may be called: that of its public URL too."""
        return super().hosts | {urlsplit(self.public_url).hostname or ""} - {""}

    @property
    def connection_limits(self) -> ConnectionLimits:
        """Return the bounds of this process's connections; behind a proxy, its address is not a caller's."""
        per_address = 0 if self.trusted_proxies else self.http_connections_per_address
        return ConnectionLimits(self.http_connections, per_address)

    @cached_property
    def key_ring(self) -> KeyRing:
        """Return the signing keys. Raises OSError or ValueError when the file cannot be used."""
        if self.jwt_keys_file is not None:
            return KeyRing(self.jwt_keys_file.read_text(), self.jwt_keys_file)
        assert self.jwt_keys is not None  # noqa: S101 - the validator saw one of both
        return KeyRing(self.jwt_keys.get_secret_value())

    @property
    def signer(self) -> Signer:
        """Return what signs access tokens."""
        return self.key_ring.signer

    @property
    def share_token_key(self) -> bytes:
        """Return what tokens of share links are derived with: `share_key`, or else the oldest signing key."""
        if self.share_key is not None:
            return _decoded(self.share_key)
        secret = str(self.key_ring.oldest.as_dict(private=True)["d"])
        return hmac.digest(secret.encode(), b"smartstack share links", "sha256")

    @property
    def device_keys(self) -> list[bytes]:
        """Return the secrets that known devices prove themselves with: the first makes proofs, each verifies."""
        return [hmac.digest(self.share_token_key, b"smartstack devices", "sha256")]

    @property
    def refresh_key(self) -> bytes:
        """Return what refresh tokens after the first one of a session are derived with."""
        return hmac.digest(self.share_token_key, b"smartstack refresh tokens", "sha256")

    @property
    def public_jwks(self) -> dict[str, list[dict[str, Any]]]:
        """Return the JWK set that may be published."""
        return self.key_ring.public_jwks

    @property
    def upstreams(self) -> dict[UpstreamName, str]:
        """Return the base URL of each service behind the gateway; ops only where there is one."""
        upstreams: dict[UpstreamName, str] = {"tasks": self.tasks_url, "comms": self.comms_url, "ai": self.ai_url}
        if self.ops_url:
            upstreams["ops"] = self.ops_url
        return upstreams


def _decoded(value: SecretStr) -> bytes:
    text = value.get_secret_value().strip()
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
