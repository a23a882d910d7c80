"""Names, addresses and environments of the local stack's processes. Decides everything, starts nothing."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from smartstack_cli.local.aws import REGION
from smartstack_cli.local.ports import LOOPBACK

SERVICES = ("tasks", "comms", "ai", "gateway")
DATABASE = "smartstack"
_ACCOUNT = "000000000000"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One run of the stack. `ports` are those of the services, `postgres` and `aws`; `secrets` come from the vault."""

    data: Path
    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    web: Path

    @staticmethod
    def secret_names() -> list[str]:
        """The secrets that a layout needs."""
        roles = [f"{service}_{role}" for service in SERVICES for role in ("app", "migrator")]
        return ["postgres", "demo", *roles]

    @property
    def url(self) -> str:
        """Where the web app and the API are."""
        return f"http://{LOOPBACK}:{self.ports['gateway']}"

    def service_environment(self, service: str) -> dict[str, str]:
        """The whole environment of one service's process; see the settings of the chassis and of the gateway."""
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "SMARTSTACK_ROLE": "all",
            "SMARTSTACK_HTTP_HOST": LOOPBACK,
            "SMARTSTACK_HTTP_PORT": str(self.ports[service]),
            "SMARTSTACK_DATABASE_URL": self._database_url(f"{service}_app"),
            "SMARTSTACK_MIGRATION_DATABASE_URL": self._database_url(f"{service}_migrator"),
            "SMARTSTACK_RESOURCE_PREFIX": "smartstack-local",
            "SMARTSTACK_JWKS_URL": f"{self.url}/.well-known/jwks.json",
            "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{self.ports['aws']}",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": _ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
        }
        if "SMARTSTACK_OTLP_ENDPOINT" in os.environ:
            environment["SMARTSTACK_OTLP_ENDPOINT"] = os.environ["SMARTSTACK_OTLP_ENDPOINT"]
        return environment | (self._gateway_environment() if service == "gateway" else {})

    def _gateway_environment(self) -> dict[str, str]:
        owners = [service for service in SERVICES if service != "gateway"]
        urls = {f"SMARTSTACK_{owner.upper()}_URL": f"http://{LOOPBACK}:{self.ports[owner]}" for owner in owners}
        return urls | {
            "SMARTSTACK_JWT_KEYS": self.secrets["jwt_keys"],
            "SMARTSTACK_WEB_DIR": str(self.web),
            "SMARTSTACK_PUBLIC_URL": self.url,
            "SMARTSTACK_COOKIE_SECURE": "false",
        }

    def _database_url(self, role: str) -> str:
        return f"postgresql+asyncpg://{role}:{self.secrets[role]}@{LOOPBACK}:{self.ports['postgres']}/{DATABASE}"
