"""Names, addresses and environments of the local stack's processes. Decides everything, starts nothing."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from smartstack_cli.local.aws import REGION
from smartstack_cli.local.ports import LOOPBACK
from smartstack_cli.local.secrets import KEYS_FILE

SERVICES = ("tasks", "comms", "ai", "gateway")
OPS = "ops"
PREFIX = "smartstack-local"
DATABASE = "smartstack"
AUDITOR = "auditor"
_ACCOUNT = "000000000000"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One run of the stack. `ports` are those of services, `ops`, `postgres` and `aws`; `secrets` are the vault's."""

    data: Path
    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    web: Path

    @staticmethod
    def secret_names() -> list[str]:
        """The secrets that a layout needs."""
        roles = [f"{service}_{role}" for service in SERVICES for role in ("app", "migrator")]
        return ["postgres", "demo", "aws", "otlp", AUDITOR, *roles]

    @property
    def url(self) -> str:
        """Return the URL of the web app and the API."""
        return f"http://{LOOPBACK}:{self.ports['gateway']}"

    @property
    def ops_url(self) -> str:
        """Return the URL of the ops process."""
        return f"http://{LOOPBACK}:{self.ports[OPS]}"

    def service_environment(self, service: str) -> dict[str, str]:
        """The whole environment of one service's process; see the settings of the chassis and of the gateway."""
        environment = self._environment(service) | {
            "SMARTSTACK_ROLE": "all",
            # There is no other process to take over, and Ctrl-C should be quick.
            "SMARTSTACK_LAME_DUCK_SECONDS": "0",
            "SMARTSTACK_DATABASE_URL": self._database_url(f"{service}_app"),
            **self._telemetry(),
        }
        if service == "gateway":
            return environment | self._gateway_environment() | self.audit_environment()
        return environment | (_engine_environment() if service == "ai" else {})

    def migration_environment(self, service: str) -> dict[str, str]:
        """The environment of a service's own commands that change the schema or empty a copy; none of them serves."""
        migrator = {"SMARTSTACK_MIGRATION_DATABASE_URL": self._database_url(f"{service}_migrator")}
        return self.service_environment(service) | migrator

    def audit_environment(self) -> dict[str, str]:
        """Return the settings for auditing deliveries; the environment may set their least age."""
        named = {name: value for name, value in os.environ.items() if name.startswith("SMARTSTACK_AUDIT_")}
        return named | {"SMARTSTACK_AUDIT_DATABASE_URL": self._database_url(AUDITOR)}

    def ops_environment(self) -> dict[str, str]:
        """The whole environment of the ops process; see its settings."""
        return self._environment(OPS) | {
            "SMARTSTACK_OPS_DATA": str(self.data / OPS),
            "SMARTSTACK_OTLP_TOKEN": self.secrets["otlp"],
        }

    def _telemetry(self) -> dict[str, str]:
        """Return the settings of telemetry. A collector from the environment gets the spans, without our secret."""
        if theirs := os.environ.get("SMARTSTACK_OTLP_ENDPOINT"):
            return {"SMARTSTACK_OTLP_ENDPOINT": theirs}
        return {"SMARTSTACK_OTLP_ENDPOINT": self.ops_url, "SMARTSTACK_OTLP_TOKEN": self.secrets["otlp"]}

    def _environment(self, part: str) -> dict[str, str]:
        """Return the common settings of the services and ops."""
        return self.aws_environment() | {
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "SMARTSTACK_HTTP_HOST": LOOPBACK,
            "SMARTSTACK_HTTP_PORT": str(self.ports[part]),
            "SMARTSTACK_JWKS_URL": f"{self.url}/.well-known/jwks.json",
        }

    def aws_environment(self) -> dict[str, str]:
        """Return the settings for finding the queues and buckets."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "SMARTSTACK_RESOURCE_PREFIX": PREFIX,
            "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{self.ports['aws']}",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": _ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": self.secrets["aws"],
        }

    def _gateway_environment(self) -> dict[str, str]:
        owners = [service for service in SERVICES if service != "gateway"]
        urls = {f"SMARTSTACK_{owner.upper()}_URL": f"http://{LOOPBACK}:{self.ports[owner]}" for owner in owners}
        return (
            _named(*(f"SMARTSTACK_{each}_" for each in ("ADDRESS", "PRINCIPAL", "WORKSPACE", "PORTAL")))
            | urls
            | {
                # A file, since keys rotate while the gateway runs.
                "SMARTSTACK_JWT_KEYS_FILE": str(self.data / KEYS_FILE),
                "SMARTSTACK_SHARE_KEY": self.secrets["share_key"],
                "SMARTSTACK_WEB_DIR": str(self.web),
                "SMARTSTACK_PUBLIC_URL": self.url,
                "SMARTSTACK_COOKIE_SECURE": "false",
                "SMARTSTACK_OPS_URL": self.ops_url,
                # Here everybody comes from this computer: one network's share would be everybody's.
                "SMARTSTACK_SIGN_UPS_FREE": "10000",
            }
        )

    def _database_url(self, role: str) -> str:
        return f"postgresql+asyncpg://{role}:{self.secrets[role]}@{LOOPBACK}:{self.ports['postgres']}/{DATABASE}"


def _engine_environment() -> dict[str, str]:
    """Return the settings of the Bedrock engine from the environment: see services/ai/bedrock_proxy/README.md."""
    return _named("SMARTSTACK_ENGINE", "SMARTSTACK_BEDROCK_")


def _named(*names: str) -> dict[str, str]:
    """Return the variables of our own environment that begin with one of `names`, such as the gateway's limits."""
    return {name: value for name, value in os.environ.items() if name.startswith(names)}
