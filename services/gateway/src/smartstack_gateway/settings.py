"""What the gateway reads from its environment, beside what every service reads."""

import hmac
import json
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from joserfc.jwk import OKPKey
from pydantic import Field, SecretStr, field_validator

from smartstack_chassis.settings import ServiceSettings
from smartstack_chassis.tokens import Signer, StaticKeys, public_keys

Owner = Literal["tasks", "comms", "ai", "ops"]


class GatewaySettings(ServiceSettings):
    """Rates are tokens in a bucket (`…_burst`) and how fast it fills again.

    `jwt_keys` is a private JWK set (RFC 7517) of Ed25519 keys as JSON: the first signs, all verify, so a new key is put
    first and the former one stays until its tokens have expired.
    """

    jwt_keys: SecretStr
    tasks_url: str = "http://127.0.0.1:8001"
    comms_url: str = "http://127.0.0.1:8002"
    ai_url: str = "http://127.0.0.1:8003"
    # Where the local stack's ops process answers; in the cloud there is none.
    ops_url: str | None = None
    web_dir: Path | None = None
    public_url: str = "http://127.0.0.1:8000"
    cookie_secure: bool = True
    trusted_proxies: int = 0
    """How many proxies in front of us append to X-Forwarded-For; with 0 the header is ignored."""

    owner_seconds: float = 1.8
    today_seconds: float = 1.5
    password_threads: int = 1
    passwords_waiting: int = 32

    principal_burst: int = 200
    principal_per_second: float = 50.0
    address_burst: int = 100
    address_per_second: float = 20.0
    # Failed attempts without delay, by what is counted; and how long the first delay is.
    account_free_failures: int = 5
    device_free_failures: int = 10
    network_free_failures: int = 20
    failure_delay_seconds: float = Field(1.0, gt=0)
    # Signing up tells whether an address has an account, so each sign-up of a network counts.
    sign_ups_free: int = 10

    live_retention_seconds: int = 3600
    live_heartbeat_seconds: float = 15.0
    live_connections: int = 10

    @field_validator("jwt_keys")
    @classmethod
    def _at_least_one_key(cls, value: SecretStr) -> SecretStr:
        if not _keys(value):
            raise ValueError("needs a JWK set with at least one private Ed25519 key that has a kid")
        return value

    @cached_property
    def keys(self) -> dict[str, OKPKey]:
        """Return the key pairs by id, the signing one first."""
        return _keys(self.jwt_keys)

    @property
    def signer(self) -> Signer:
        """Return what signs access tokens."""
        return Signer(next(iter(self.keys.values())))

    @property
    def share_key(self) -> bytes:
        """Return the secret that tokens of share links are derived with: whoever has it could sign tokens anyway."""
        return _derived(next(iter(self.keys.values())), b"smartstack share links")

    @property
    def device_keys(self) -> list[bytes]:
        """Return the secrets that known devices prove themselves with: the first makes proofs, each verifies."""
        return [_derived(key, b"smartstack devices") for key in self.keys.values()]

    @property
    def verification_keys(self) -> StaticKeys:
        """Return what access tokens are verified with."""
        return StaticKeys(self.keys)

    @property
    def public_jwks(self) -> dict[str, list[dict[str, Any]]]:
        """Return the JWK set that may be published."""
        return {"keys": [{**key.as_dict(private=False), "alg": "Ed25519", "use": "sig"} for key in self.keys.values()]}

    @property
    def owners(self) -> dict[Owner, str]:
        """Return the base URL of each service behind the gateway; ops only where there is one."""
        owners: dict[Owner, str] = {"tasks": self.tasks_url, "comms": self.comms_url, "ai": self.ai_url}
        if self.ops_url:
            owners["ops"] = self.ops_url
        return owners


def _derived(key: OKPKey, purpose: bytes) -> bytes:
    return hmac.digest(str(key.as_dict(private=True)["d"]).encode(), purpose, "sha256")


def _keys(value: SecretStr) -> dict[str, OKPKey]:
    keys = public_keys(json.loads(value.get_secret_value()))
    return {kid: key for kid, key in keys.items() if key.is_private}
