"""What a service process reads from its environment; nothing else reads it."""

import os
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

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
    # Sign in with a token of AWS's instead of a password (see database_iam.py).
    database_iam: bool = False
    resource_prefix: str = "smartstack-local"
    declare: Literal["create", "verify", "off"] = "create"
    # With it, topics are found by their names alone: no right to list them is needed.
    aws_account_id: str | None = None
    jwks_url: str = "http://127.0.0.1:8000/.well-known/jwks.json"
    # Base URL of a receiver of OTLP over HTTP; without one nothing is exported.
    otlp_endpoint: str | None = None
    metrics_seconds: float = Field(5.0, gt=0)
    log_level: str = "INFO"
    max_body_bytes: int = 256 * 1024
    worker_concurrency: int = 16
    drain_seconds: float = 20.0
    # How long an idle connection stays open. Behind a load balancer: longer than that keeps it.
    http_keepalive_seconds: int = Field(5, ge=1)
    # How long what this service published can be replayed; rounded up to whole months.
    event_log_days: int = Field(365, ge=1)

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
