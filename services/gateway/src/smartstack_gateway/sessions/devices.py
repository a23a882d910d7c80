"""Browsers that an account was signed in with before (OWASP: device cookies).

Strangers who guess an account's password slow down everybody who tries from a new browser. A browser that succeeded
once carries a proof of that, and only its own failures slow it down.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(days=180)
MOST_ACCOUNTS = 4
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Devices:
    """Makes and checks proofs: `id:seconds since 1970:MAC`, one per account. The first key signs, each verifies."""

    keys: Sequence[bytes]

    def known(self, cookie: str | None, email: str, now: datetime) -> str | None:
        """Return the id of the device when `cookie` proves that it was signed in to the account of `email`."""
        proofs = (self._verified(proof, email, now) for proof in _proofs(cookie))
        return next((device for device in proofs if device is not None), None)

    def remember(self, cookie: str | None, email: str, now: datetime) -> str:
        """Return the cookie's next value: with a proof for `email` in front, and the newest of other accounts."""
        device = self.known(cookie, email, now) or secrets.token_hex(16)
        others = [proof for proof in _proofs(cookie) if self._verified(proof, email, now) is None]
        said = f"{device}:{int(now.timestamp())}"
        return ".".join([f"{said}:{_mac(self.keys[0], email, said)}", *others][:MOST_ACCOUNTS])

    def _verified(self, proof: str, email: str, now: datetime) -> str | None:
        said, _, mac = proof.rpartition(":")
        device, _, since = said.partition(":")
        if not any(hmac.compare_digest(_mac(key, email, said).encode(), mac.encode()) for key in self.keys):
            return None
        return device if now.timestamp() - int(since) < LIFETIME.total_seconds() else None


def _mac(key: bytes, email: str, said: str) -> str:
    return hmac.digest(key, f"{email}\n{said}".encode("utf-8", "surrogatepass"), "sha256").hex()


def _proofs(cookie: str | None) -> list[str]:
    return [] if cookie is None or len(cookie) > _LONGEST or not cookie.isascii() else cookie.split(".")
