"""What the ai service reads from its environment, beside what all services share."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from smartstack_chassis.core.settings import ServiceSettings


class AiSettings(ServiceSettings):
    """`engine` chooses who reads messages. `bedrock_token_key`, a private Ed25519 JWK (JSON), signs for the proxy.

    `bedrock_auth` is `bearer` (the workspace token is all) or `iam` (SigV4 for a Lambda function URL, with the token
    beside it). The deadline bounds one message, retries included; keep it below `drain_seconds`.
    """

    readers: int = Field(2, ge=1)
    """How many processes read messages for the offline engine."""
    engine: Literal["offline", "bedrock"] = "offline"
    bedrock_url: str | None = None
    bedrock_model: str | None = None
    bedrock_auth: Literal["bearer", "iam"] = "bearer"
    bedrock_token_key: SecretStr | None = None
    bedrock_max_tokens: int = Field(1500, ge=1)
    bedrock_deadline_seconds: float = Field(15.0, gt=0)
    bedrock_concurrency: int = Field(8, ge=1)

    @model_validator(mode="after")
    def _bedrock_needs_its_settings(self) -> Self:
        names = ("bedrock_url", "bedrock_model", "bedrock_token_key")
        missing = [f"SMARTSTACK_{name.upper()}" for name in names if not getattr(self, name)]
        if self.engine == "bedrock" and missing:
            raise ValueError(f"SMARTSTACK_ENGINE=bedrock needs {', '.join(missing)}")
        return self
