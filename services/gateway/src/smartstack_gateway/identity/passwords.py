"""Hashing passwords: argon2id (RFC 9106) with the least cost that OWASP recommends, in threads of their own.

One hash takes tens of milliseconds of a core. A capped pool and a capped queue keep a flood of logins from taking the
cores that everybody else's requests need.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from smartstack_chassis.core.errors import TooMany
from smartstack_gateway.identity.domain import normal_password
from smartstack_gateway.values import new_secret

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a check, and a new hash when the stored one was made by earlier rules."""

    right: bool
    rehashed: str | None = None


class Passwords:
    """Hashes and checks passwords, at most `threads` concurrently with at most `waiting` more in line."""

    def __init__(self, *, threads: int, waiting: int) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._limit = threads + waiting
        self._busy = 0
        # Checked for an unknown address, so that this takes as long as a wrong password does.
        self._decoy = self._hasher.hash(new_secret())

    async def hash(self, password: str) -> str:
        """Return the encoded hash (PHC string). Raises TooMany when too many wait already."""
        return await self._run(lambda: self._hash(password))

    async def check(self, password: str, encoded: str | None) -> Verdict:
        """Return whether `password` has this hash; None takes as long and never matches. Raises TooMany."""
        return await self._run(lambda: self._check(password, encoded))

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_bytes(normal_password(password)))

    def _check(self, password: str, encoded: str | None) -> Verdict:
        if self._verify(normal_password(password), encoded or self._decoy):
            outdated = encoded is not None and self._hasher.check_needs_rehash(encoded)
            return Verdict(encoded is not None, self._hash(password) if outdated else None)
        # Hashes were once made of what was typed, before passwords were normalised.
        if password != normal_password(password) and self._verify(password, encoded or self._decoy):
            return Verdict(encoded is not None, self._hash(password))
        return Verdict(False)

    def _verify(self, password: str, encoded: str) -> bool:
        try:
            return self._hasher.verify(encoded, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._busy >= self._limit:
            raise TooMany("sign_in_busy", "Many people are signing in just now; try again in a moment.", retry_after=2)
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._busy -= 1

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
