"""Workspace tokens: Ed25519-signed JWTs of the ai service (RFC 7519, algorithm name of RFC 9864), good for a minute."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from smartstack_bedrock_proxy import refusals

ALGORITHM = "Ed25519"
AUDIENCE = "smartstack-bedrock-proxy"
ISSUER = "smartstack-ai"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type, no secret
TOKEN_HEADER = "x-smartstack-workspace-token"  # noqa: S105 - a header's name
LONGEST_LIFE_SECONDS = 120
LEEWAY_SECONDS = 5
MAX_LENGTH = 4096


class Verifier:
    """Tells whose workspace a request is for."""

    def __init__(self, document: Mapping[str, Any], now: Callable[[], float] = time.time) -> None:
        keys = KeySet.import_key_set({"keys": [key for key in document.get("keys", []) if key.get("crv") == "Ed25519"]})
        self._keys = {key.kid: key for key in keys.keys if isinstance(key, OKPKey) and key.kid}
        self._now = now

    def workspace(self, headers: Mapping[str, str]) -> UUID:
        """Return the workspace of the request's token; `headers` have lower-case names. Raises Refusal.

        The token comes as a bearer token, or beside a SigV4 signature in a header of its own.
        """
        token = headers.get(TOKEN_HEADER)
        if token is None:
            scheme, _, rest = headers.get("authorization", "").partition(" ")
            token = rest.strip() if scheme.lower() == "bearer" else ""
        try:
            return self._verified(token)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise refusals.unauthorised() from error

    def _verified(self, token: str) -> UUID:
        if not token or len(token) > MAX_LENGTH:
            raise ValueError("no token")
        decoded = jwt.decode(token, self._keys[_key_id(token)], algorithms=[ALGORITHM])
        if decoded.header.get("typ") != TOKEN_TYPE:
            raise ValueError("another type of token")
        claims = decoded.claims
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self._now()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            iat={"essential": True},
        )
        registry.validate(claims)
        if not 0 < claims["exp"] - claims["iat"] <= LONGEST_LIFE_SECONDS:
            raise ValueError("lives too long")
        if not isinstance(claims["wid"], str):
            raise TypeError("a workspace that is no text")
        return UUID(claims["wid"])


def _key_id(token: str) -> str:
    """Read the key id alone: the algorithm is ours, and a key inside the token (`jwk`, `jku`) is never used."""
    encoded = token.split(".", 1)[0]
    kid: str = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))["kid"]
    return kid
