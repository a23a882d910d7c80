"""Settings of the ops process, read from its environment."""

from pathlib import Path
from uuid import UUID

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from smartstack_ops.dead_letters.environment import Environment


class OpsSettings(BaseSettings):
    """Variables are named SMARTSTACK_<FIELD>, AWS's by their usual names. `ops_data` is the folder of the file."""

    model_config = SettingsConfigDict(env_prefix="SMARTSTACK_", extra="ignore")

    ops_data: Path
    http_host: str = "127.0.0.1"
    http_port: int = 0
    jwks_url: str = "http://127.0.0.1:8000/.well-known/jwks.json"
    resource_prefix: str = "smartstack-local"
    # The token that every export must carry; without a setting, every export is accepted.
    otlp_token: SecretStr | None = None
    # Workspaces whose owners see figures of the whole stack (a JSON list of ids). Empty: all, for an installation whose
    # workspaces belong to the same people.
    operator_workspaces: frozenset[UUID] = frozenset()
    log_level: str = "INFO"
    max_body_bytes: int = 256 * 1024
    drain_seconds: float = 5.0
    # Names besides the loopback ones by which programs may call: in containers, the service's own.
    allowed_hosts: frozenset[str] = frozenset()

    aws_region: str = Field("eu-west-1", validation_alias="AWS_REGION")
    aws_endpoint_url: str = Field(validation_alias="AWS_ENDPOINT_URL")
    aws_access_key_id: str = Field("000000000000", validation_alias="AWS_ACCESS_KEY_ID")
    aws_secret_access_key: SecretStr = Field(SecretStr("local"), validation_alias="AWS_SECRET_ACCESS_KEY")

    @property
    def environment(self) -> Environment:
        """Return where the queues and the audit are."""
        return Environment(
            prefix=self.resource_prefix,
            patience=0,
            region=self.aws_region,
            endpoint_url=self.aws_endpoint_url,
            access_key=self.aws_access_key_id,
            secret=self.aws_secret_access_key.get_secret_value(),
        )
