"""The keys that access tokens are signed with, and how they change while the gateway runs.

A private JWK set (RFC 7517) of Ed25519 keys. Two members, in seconds since 1970 and named as in JWT (RFC 7519), say
when a key is in use. Before `nbf` it is published and does not sign yet; from `exp` on it is neither published nor
accepted.
"""

import asyncio
import json
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from smartstack_chassis.auth.tokens import Signer, public_keys

logger = logging.getLogger(__name__)

READ_SECONDS = 1.0
_NOT_PUBLISHED = frozenset({"nbf", "exp"})


@dataclass(frozen=True, slots=True)
class TimedKey:
    """A key pair and when it is in use, in seconds since 1970."""

    key: OKPKey
    not_before: float
    expires: float


def _number(key: OKPKey, name: str, otherwise: float) -> float:
    value: Any = key.get(name)
    return otherwise if value is None else float(value)


def parse_keys(document: str) -> dict[str, TimedKey]:
    """Return the key pairs of a JWK set by id, in its order. Raises ValueError when it has none."""
    needed = "needs a JWK set with at least one private Ed25519 key that has a kid"
    try:
        keys = {
            kid: TimedKey(key, _number(key, "nbf", 0.0), _number(key, "exp", math.inf))
            for kid, key in public_keys(json.loads(document)).items()
            if key.is_private
        }
    except (JoseError, AttributeError, TypeError) as error:
        raise ValueError(needed) from error
    if not keys:
        raise ValueError(needed)
    return keys


class KeyRing:
    """The keys in use now: the first of the set that may sign signs, all that have not expired verify.

    With `file`, the set is read again every second, so a rotation needs no restart. A file that cannot be read changes
    nothing.
    """

    def __init__(self, document: str, file: Path | None = None, *, now: Callable[[], float] = time.time) -> None:
        self._document = document
        self._file = file
        self._now = now
        self._keys = parse_keys(document)

    async def find(self, kid: str) -> OKPKey | None:
        """Return the key with this id, or None when there is none or it has expired."""
        found = self._keys.get(kid)
        return found.key if found is not None and found.expires > self._now() else None

    @property
    def signer(self) -> Signer:
        """Return what signs access tokens. When all keys are too new, the first one signs."""
        now = self._now()
        live = self._live()
        return Signer(next((each.key for each in live if each.not_before <= now), live[0].key))

    @property
    def oldest(self) -> OKPKey:
        """Return the last key of the set: a rotation puts the new one first."""
        return list(self._keys.values())[-1].key

    @property
    def public_jwks(self) -> dict[str, list[dict[str, Any]]]:
        """Return the JWK set that may be published."""
        return {"keys": [_published(each.key) for each in self._live()]}

    def reload(self) -> None:
        """Read the file again. Logs, and keeps the keys, when it cannot be read or holds no usable set."""
        if self._file is None:
            return
        try:
            document = self._file.read_text()
            if document == self._document:
                return
            keys = parse_keys(document)
        except (OSError, ValueError) as error:
            # The error's own text could quote the file.
            logger.warning("could not read the signing keys again: %s", type(error).__name__)
            return
        self._document, self._keys = document, keys
        logger.info("the signing keys changed: %s", ", ".join(keys))

    async def run(self) -> None:
        """Reload again and again until cancelled."""
        while self._file is not None:
            await asyncio.sleep(READ_SECONDS)
            self.reload()

    def _live(self) -> list[TimedKey]:
        now = self._now()
        return [each for each in self._keys.values() if each.expires > now] or list(self._keys.values())[:1]


def _published(key: OKPKey) -> dict[str, Any]:
    public = {name: value for name, value in key.as_dict(private=False).items() if name not in _NOT_PUBLISHED}
    return {**public, "alg": "Ed25519", "use": "sig"}
