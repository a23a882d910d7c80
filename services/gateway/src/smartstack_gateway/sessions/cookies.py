"""The gateway's two cookies: what renews a session, and what proves that a browser was signed in before.

Over HTTPS both have the prefix `__Host-` (RFC 6265bis, 4.1.3.2): no other host, and no page without TLS, can set them.
Over plain HTTP, which is local, all ports of a host share their cookies: there the port is a part of the name.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from fastapi.responses import Response

from smartstack_gateway.settings import GatewaySettings

_LOCAL_PATH = "/api/v1/auth"


@dataclass(frozen=True, slots=True)
class Cookies:
    """Names and attributes of the cookies of one installation."""

    refresh: str
    device: str
    path: str
    secure: bool

    @classmethod
    def of(cls, settings: GatewaySettings) -> "Cookies":
        """Return the cookies of the installation at `public_url`."""
        if settings.cookie_secure:
            return cls("__Host-smartstack_refresh", "__Host-smartstack_device", "/", secure=True)
        port = urlsplit(settings.public_url).port or 80
        return cls(f"smartstack_refresh_{port}", f"smartstack_device_{port}", _LOCAL_PATH, secure=False)

    def set_refresh(self, answer: Response, secret: str, expires: datetime) -> None:
        """Give the browser the secret that renews its session."""
        self._set(answer, self.refresh, secret, expires)

    def set_device(self, answer: Response, proof: str, lifetime: timedelta, now: datetime) -> None:
        """Give the browser the proof that it was signed in."""
        self._set(answer, self.device, proof, now + lifetime)

    def clear_refresh(self, answer: Response) -> None:
        """Take the session's cookie from the browser."""
        answer.delete_cookie(self.refresh, path=self.path, secure=self.secure, httponly=True, samesite="strict")

    @property
    def cleared(self) -> bytes:
        """Return the value of the Set-Cookie header that takes the session's cookie from the browser."""
        answer = Response()
        self.clear_refresh(answer)
        return answer.headers["set-cookie"].encode("latin-1")

    def _set(self, answer: Response, name: str, value: str, expires: datetime) -> None:
        answer.set_cookie(
            name, value, expires=expires, path=self.path, secure=self.secure, httponly=True, samesite="strict"
        )
