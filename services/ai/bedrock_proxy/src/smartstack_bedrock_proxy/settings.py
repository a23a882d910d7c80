"""What the proxy reads from its environment; nothing else reads it."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, Json, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Price = Annotated[Decimal, Field(ge=0)]


class Settings(BaseSettings):
    """Variables are named SMARTSTACK_<FIELD>, AWS's by their usual names. Values in JSON are so by their names here.

    `token_keys` is the public JWK set of the ai service; `model_prices` maps a model to USD per million input and
    output tokens; `bedrock_upstream` is another endpoint than AWS's own, such as the stub's.
    """

    model_config = SettingsConfigDict(env_prefix="SMARTSTACK_", extra="ignore", frozen=True)

    http_host: str = "127.0.0.1"
    http_port: int = 8000
    log_level: str = "INFO"
    otlp_endpoint: str | None = None
    environment: str = "local"

    token_keys: Json[dict[str, Any]]
    allowed_models: Json[frozenset[str]]
    model_prices: Json[dict[str, tuple[Price, Price]]]
    max_tokens: int = Field(4096, ge=1)
    max_body_bytes: int = Field(256 * 1024, ge=1)
    monthly_budget_usd: Decimal = Field(ge=0)
    budget_table: str
    prompt_log_bucket: str
    kill_switch: bool = False
    kill_switch_parameter: str | None = None
    # From the first byte of the request to the last of the answer; below the Lambda function's own limit.
    deadline_seconds: float = Field(60.0, gt=0)

    bedrock_upstream: str | None = None
    aws_region: str = Field("eu-west-1", validation_alias="AWS_REGION")
    aws_endpoint_url: str | None = Field(None, validation_alias="AWS_ENDPOINT_URL")

    @model_validator(mode="after")
    def _every_model_has_its_price(self) -> Self:
        if unpriced := sorted(self.allowed_models - self.model_prices.keys()):
            raise ValueError(f"without a price, so without a budget: {', '.join(unpriced)}")
        return self

    @property
    def upstream_url(self) -> str:
        """Return where Bedrock is."""
        return (self.bedrock_upstream or f"https://bedrock-runtime.{self.aws_region}.amazonaws.com").rstrip("/")
