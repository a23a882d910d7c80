"""Access tokens: Ed25519-signed JWTs (RFC 7519, RFC 9068 `at+jwt`, algorithm name of RFC 9864), good for ten minutes.

The gateway signs; the gateway and every service verify. A verified token is remembered until it expires, since checking
the signature is the dearest part of a small request.
"""

import asyncio
import base64
import json
import logging
import time
from collections.abc import Callable, Mapping
from contextvars import Context
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, TypeVar
from uuid import UUID, uuid4

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.core.errors import DomainError, Unauthenticated, Unavailable

logger = logging.getLogger(__name__)

ALGORITHM = "Ed25519"
ISSUER = "smartstack"
MEMBER_AUDIENCE = "smartstack-api"
PORTAL_AUDIENCE = "smartstack-portal"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type, no secret
LIFETIME_SECONDS = 600
LEEWAY_SECONDS = 5
JWKS_AGE_SECONDS = 60.0
MAX_TOKEN_LENGTH = 4096
# A real one has about 100 characters. Nested brackets need not be many to exhaust the stack of a JSON parser.
MAX_HEADER_LENGTH = 512
REMEMBERED = 10_000
FETCH_SECONDS = 1.5

Principal = Member | PortalClient
P = ParamSpec("P")
T = TypeVar("T")


class KeySource(Protocol):
    """A source of public keys."""

    async def find(self, kid: str) -> OKPKey | None:
        """Return the key with this id, or None; raises Unavailable when that is unknown now."""


class StaticKeys:
    """Keys that are known from the start."""

    def __init__(self, keys: Mapping[str, OKPKey]) -> None:
        self._keys = keys

    async def find(self, kid: str) -> OKPKey | None:
        """Return the key with this id, or None."""
        return self._keys.get(kid)


class JwksKeys:
    """Keys of a JWKS document (RFC 7517), fetched in the background; requests are served with those that are known.

    Known keys are good for `max_stale` seconds after they were fetched, and are fetched again after `max_age`. An
    unknown id causes a fetch too, at most every `min_interval`; everybody who needs it waits for the same one. Until a
    fetch succeeds after one that failed, an unknown id may belong to a new key, so no token with it is refused.
    """

    def __init__(
        self,
        url: str,
        *,
        min_interval: float = 5.0,
        max_age: float = JWKS_AGE_SECONDS,
        max_stale: float = 24 * 3600.0,
    ) -> None:
        self._url = url
        self._min_interval = min_interval
        self._max_age = max_age
        self._max_stale = max_stale
        self._keys: dict[str, OKPKey] = {}
        self._tried = float("-inf")
        self._fetched = float("-inf")
        self._failed = False
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> OKPKey | None:
        """Return the key with this id, or None. Raises Unavailable for an unknown one while the keys are outdated."""
        age = time.monotonic() - self._fetched
        if kid in self._keys and age < self._max_stale:
            if age >= self._max_age:
                self._start_fetch()
            return self._keys[kid]
        fetching = self._start_fetch()
        if fetching is not None:
            # Shielded: who hangs up does not end the fetch that others wait for.
            await asyncio.shield(fetching)
        if not self._keys or self._failed or time.monotonic() - self._fetched >= self._max_stale:
            raise Unavailable("keys_unavailable", "Tokens cannot be checked now; try again in a moment.")
        return self._keys.get(kid)

    def _start_fetch(self) -> "asyncio.Task[None] | None":
        """Return the fetch that is under way, or a new one; None when the last one was just now."""
        if self._fetching is not None and not self._fetching.done():
            return self._fetching
        if self._keys and time.monotonic() - self._tried < self._min_interval:
            return None
        self._tried = time.monotonic()
        # In a context of its own: it belongs to no request, neither to its trace nor to its deadline.
        self._fetching = asyncio.create_task(self._fetch(), name="jwks", context=Context())
        return self._fetching

    async def _fetch(self) -> None:
        self._failed = True
        timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(self._url) as response:
                response.raise_for_status()
                document = await response.json()
            self._keys = public_keys(document)
            self._fetched, self._failed = time.monotonic(), False
        except (aiohttp.ClientError, TimeoutError, ValueError, TypeError, AttributeError, JoseError) as error:
            logger.warning("could not fetch the token keys: %s", error)


def public_keys(document: Mapping[str, Any]) -> dict[str, OKPKey]:
    """Return the Ed25519 keys of a JWKS by id; other kinds are passed over."""
    keys = KeySet.import_key_set({"keys": [key for key in document.get("keys", []) if key.get("crv") == "Ed25519"]})
    return {key.kid: key for key in keys.keys if isinstance(key, OKPKey) and key.kid}


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes tokens with one private key."""

    key: OKPKey
    lifetime_seconds: int = LIFETIME_SECONDS

    def member(self, member: Member) -> str:
        """Return an access token for a person who signed in."""
        return self._sign(
            aud=MEMBER_AUDIENCE,
            sub=str(member.user_id),
            wid=str(member.workspace_id),
            sid=str(member.session_id),
            role=member.role,
        )

    def portal(self, client: PortalClient) -> str:
        """Return an access token for a client who came through a share link."""
        return self._sign(
            aud=PORTAL_AUDIENCE,
            sub=str(client.share_link_id),
            wid=str(client.workspace_id),
            cid=str(client.client_id),
        )

    def _sign(self, **claims: str) -> str:
        now = int(time.time())
        times = {"iat": now, "exp": now + self.lifetime_seconds, "jti": uuid4().hex, "iss": ISSUER}
        header = {"alg": ALGORITHM, "kid": self.key.kid, "typ": TOKEN_TYPE}
        return jwt.encode(header, {**times, **claims}, self.key, algorithms=[ALGORITHM])


class TokenVerifier:
    """Turns an access token into who it stands for."""

    def __init__(self, keys: KeySource, *, now: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._now = now
        self._remembered: dict[str, tuple[float, str, Principal]] = {}

    async def verify(self, token: str) -> Principal:
        """Return the principal. Raises Unauthenticated for a token that is foreign, incomplete or expired."""
        known = self._remembered.get(token)
        # The key is looked up nevertheless: it may have been retired.
        if known and known[0] > self._now() and await self._keys.find(known[1]) is not None:
            return known[2]
        checked = await self._check(token)
        if len(self._remembered) >= REMEMBERED:
            self._forget()
        self._remembered[token] = checked
        return checked[2]

    async def _check(self, token: str) -> tuple[float, str, Principal]:
        kid = _parse(_key_id, token)
        key = await self._keys.find(kid)
        if key is None:
            raise _refused()
        expires, principal = _parse(_read, token, key, self._now())
        return expires, kid, principal

    def _forget(self) -> None:
        now = self._now()
        self._remembered = {token: value for token, value in self._remembered.items() if value[0] > now}
        if len(self._remembered) >= REMEMBERED:
            self._remembered.clear()


def _parse(read: Callable[P, T], *hostile: P.args, **options: P.kwargs) -> T:
    """Return what `read` makes of text that anybody may have written. Raises Unauthenticated when it fails.

    Parsers of three libraries see that text. Whatever one of them raises, RecursionError included, says the same.
    """
    try:
        return read(*hostile, **options)
    except DomainError:
        raise
    except Exception as error:
        raise _refused() from error


def _key_id(token: str) -> str:
    """Read the key id alone: the algorithm is fixed, and a key inside the token (`jwk`, `jku`) is never used."""
    encoded = token.split(".", 1)[0]
    if len(token) > MAX_TOKEN_LENGTH or len(encoded) > MAX_HEADER_LENGTH:
        raise _refused()
    header = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    # RFC 7515, 4.1.11: an empty list is forbidden, and we understand no extension that a list could name.
    if not isinstance(header, dict) or not isinstance(header.get("kid"), str) or "crit" in header:
        raise _refused()
    kid: str = header["kid"]
    return kid


def _read(token: str, key: OKPKey, now: float) -> tuple[float, Principal]:
    """Return when a token that `key` signed ends, and whom it names."""
    decoded = jwt.decode(token, key, algorithms=[ALGORITHM])
    if decoded.header.get("typ") != TOKEN_TYPE:
        raise _refused()
    claims = decoded.claims
    _registry(now).validate(claims)
    _check_times(claims, now)
    return float(claims["exp"]), _principal(claims)


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    """Refuse times that our signer never writes: fractions, NaN, the future, and a longer life than it gives."""
    issued, expires = claims["iat"], claims["exp"]
    if type(issued) is not int or type(expires) is not int:
        raise _refused()
    if issued > now + LEEWAY_SECONDS or expires > now + LIFETIME_SECONDS + LEEWAY_SECONDS:
        raise _refused()


def _registry(now: float) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=lambda: int(now),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": ISSUER},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        wid={"essential": True},
        aud={"essential": True, "values": [MEMBER_AUDIENCE, PORTAL_AUDIENCE]},
    )


def _principal(claims: Mapping[str, Any]) -> Principal:
    workspace = _id(claims["wid"])
    if claims["aud"] == MEMBER_AUDIENCE:
        if claims["role"] not in ("owner", "admin", "member"):
            raise _refused()
        return Member(workspace, _id(claims["sub"]), _id(claims["sid"]), claims["role"])
    if claims["aud"] == PORTAL_AUDIENCE:
        return PortalClient(workspace, _id(claims["cid"]), _id(claims["sub"]))
    raise _refused()


def _id(claim: Any) -> UUID:
    if not isinstance(claim, str):
        raise TypeError("an id is text")
    return UUID(claim)


def _refused() -> Unauthenticated:
    return Unauthenticated("invalid_token", "The access token is missing, invalid or expired; sign in again.")
