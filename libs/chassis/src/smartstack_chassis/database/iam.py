"""Signing in to RDS without a password: each new connection brings a token that AWS made for this role and 15 minutes.

Source: Amazon RDS User Guide, "IAM database authentication". The token is a presigned URL (Signature Version 4, service
`rds-db`) without its scheme.
"""

from typing import Any
from urllib.parse import quote

from sqlalchemy import event
from sqlalchemy.engine import Engine

TOKEN_SECONDS = 900


def sign_in_with_iam(region: str) -> "Tokens":
    """Make every engine of this process ask for a token when it connects; returns what gives them."""
    tokens = Tokens(region)
    event.listen(Engine, "do_connect", tokens.provide)
    return tokens


class Tokens:
    """Makes tokens with the credentials of the process; these renew themselves."""

    def __init__(self, region: str) -> None:
        # It takes a second to import: only who signs in this way pays for it.
        from botocore.session import get_session  # noqa: PLC0415

        self._region = region
        self._session = get_session()

    def provide(self, _dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        """Put a token where the password goes; called by SQLAlchemy before each connection."""
        parameters["password"] = self.token(parameters["host"], int(parameters.get("port", 5432)), parameters["user"])

    def token(self, host: str, port: int, user: str) -> str:
        """Return the token with which `user` signs in there. Raises NoCredentialsError without credentials."""
        from botocore.auth import SigV4QueryAuth  # noqa: PLC0415
        from botocore.awsrequest import AWSRequest  # noqa: PLC0415
        from botocore.exceptions import NoCredentialsError  # noqa: PLC0415

        credentials = self._session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        request = AWSRequest("GET", f"https://{host}:{port}/?Action=connect&DBUser={quote(user)}")
        signer = SigV4QueryAuth(credentials.get_frozen_credentials(), "rds-db", self._region, expires=TOKEN_SECONDS)
        signer.add_auth(request)
        return str(request.url).removeprefix("https://")
