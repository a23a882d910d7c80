"""Settings of a service process: the only module that reads its environment."""

import os
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

from smartstack_chassis.core.connections import ConnectionLimits

Role = Literal["http", "worker", "all"]


class ServiceSettings(BaseSettings):
    """Settings that all services share. Variables are named SMARTSTACK_<FIELD>, AWS's by their usual names.

    Where SMARTSTACK_SECRETS_DIR names a folder, what no variable says is read from its files: they are named like the
    variables, in lower case.
    """

    model_config = SettingsConfigDict(env_prefix="SMARTSTACK_", extra="ignore")

    environment: str = "local"
    role: Role = "all"
    http_host: str = "127.0.0.1"
    http_port: int = 0
    database_url: SecretStr
    migration_database_url: SecretStr | None = None
    database_pool_size: int = 20
    # Sign in with a token of AWS's instead of a password (see database/iam.py).
    database_iam: bool = False
    resource_prefix: str = "smartstack-local"
    declare: Literal["create", "verify", "off"] = "create"
    # With it, topics are found by their names alone: no right to list them is needed.
    aws_account_id: str | None = None
    jwks_url: str = "http://127.0.0.1:8000/.well-known/jwks.json"
    # Base URL of a receiver of OTLP over HTTP; without one nothing is exported.
    otlp_endpoint: str | None = None
    # The token that this receiver requires (see telemetry.TOKEN_HEADER).
    otlp_token: SecretStr | None = None
    metrics_seconds: float = Field(5.0, gt=0)
    log_level: str = "INFO"
    max_body_bytes: int = 256 * 1024
    worker_concurrency: int = 16
    # How many requests of one lane run concurrently, how many more wait, and for how long (see admission.py). The
    # defaults fit two cores: more concurrency would only make each request slower.
    request_slots: int = Field(16, ge=1)
    requests_waiting: int = Field(32, ge=0)
    request_waiting_seconds: float = Field(0.5, gt=0)
    # By when an answer begins, and by when a body has arrived.
    request_seconds: float = Field(2.2, gt=0)
    body_seconds: float = Field(2.0, gt=0)
    # From when on a late event loop means overload.
    loop_lag_seconds: float = Field(0.25, gt=0)
    drain_seconds: float = 20.0
    # Of these, how long a process that was asked to stop goes on serving, so that its callers can go elsewhere first.
    # Longer than the gateway keeps an idle connection; pointless without another process to take over.
    lame_duck_seconds: float = Field(4.0, ge=0)
    # How long an idle connection stays open. Behind a load balancer: longer than that keeps it.
    http_keepalive_seconds: int = Field(5, ge=1)
    # Further names by which this process is called, with commas between; its own and the loopback ones always are.
    allowed_hosts: str = ""
    # How many connections one process holds, and how many of them from one address (0: any number).
    http_connections: int = Field(2000, ge=1)
    http_connections_per_address: int = Field(0, ge=0)
    # How long what this service published can be replayed; rounded up to whole months.
    # The database keeps 30 days at least.
    event_log_days: int = Field(365, ge=30)

    # With the URL of the role `auditor`, this process audits what every service published (see delivery_audit.py):
    # events older than `audit_after_seconds` and younger than `audit_days`, which is less than the inbox remembers.
    audit_database_url: SecretStr | None = None
    audit_after_seconds: float = Field(300.0, gt=0)
    audit_every_seconds: float = Field(30.0, gt=0)
    audit_days: int = Field(28, ge=1, le=28)

    # For tests alone: where this process is to die (see failpoints.py).
    failpoint: str | None = None

    aws_region: str = Field("eu-west-1", validation_alias="AWS_REGION")
    aws_endpoint_url: str | None = Field(None, validation_alias="AWS_ENDPOINT_URL")

    @property
    def hosts(self) -> frozenset[str]:
        """Return the names from the settings by which this process may be called."""
        return frozenset(name.strip() for name in self.allowed_hosts.split(",") if name.strip())

    @property
    def connection_limits(self) -> ConnectionLimits:
        """Return the bounds of this process's connections."""
        return ConnectionLimits(self.http_connections, self.http_connections_per_address)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library names its arguments
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from, the first one that knows a field wins: arguments, variables, files."""
        files = SecretsSettingsSource(settings_cls, secrets_dir=os.environ.get("SMARTSTACK_SECRETS_DIR"))
        return init_settings, env_settings, files
