#!/usr/bin/env python3
"""Asks a running SmartStack, from outside, whether it works. Standard library only.

    smoke.py https://app.example.com            the API and the web app
    smoke.py http://127.0.0.1:8000 --health     a local stack, whose health endpoints can be reached too

With SMOKE_EMAIL and SMOKE_PASSWORD in the environment it also signs in and looks at today's page, for which the gateway
asks every service. Repeats what fails until --within seconds are over. Exits with 1 when something still does.
"""

import argparse
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SECONDS = 10


@dataclass(frozen=True)
class Answer:
    """A response: status, header fields by lower-case name, and the text."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:
        """Return the decoded body. Raises ValueError when it is none."""
        return json.loads(self.text)


class SmokeError(Exception):
    """Something answers otherwise than it should."""


def expect(met: bool, what: str, answer: Answer) -> None:
    """Raise SmokeError unless `met`."""
    if not met:
        raise SmokeError(f"{what}: got {answer.status} {answer.text[:200]!r}")


@dataclass(frozen=True)
class Product:
    """A SmartStack at a URL."""

    url: str

    def ask(self, path: str, body: Mapping[str, str] | None = None, token: str | None = None) -> Answer:
        """Send a request: POST where there is a body. Raises OSError without an answer."""
        headers = {"User-Agent": "smartstack-smoke", "Accept": "*/*"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers)  # noqa: S310 - the operator names the URL
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return self._answer(answer.status, answer)
        except urllib.error.HTTPError as error:
            return self._answer(error.code, error)

    @staticmethod
    def _answer(status: int, answer: Any) -> Answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(status, headers, answer.read().decode(errors="replace"))


def api(product: Product) -> None:
    """The gateway answers, and refuses requests without a token."""
    described = product.ask("/api/openapi.json")
    expect(described.status == 200 and "/api/v1/tasks" in described.json()["paths"], "the API's description", described)
    keys = product.ask("/.well-known/jwks.json")
    expect(keys.status == 200 and bool(keys.json()["keys"]), "the keys of tokens", keys)
    refused = product.ask("/api/v1/me")
    expect(refused.status == 401 and refused.headers.get("www-authenticate") == "Bearer", "/me without token", refused)


def web(product: Product) -> None:
    """The page comes with its policy, and the scripts that it names are there."""
    page = product.ask("/")
    expect(page.status == 200 and "<html" in page.text, "the page", page)
    expect("script-src" in page.headers.get("content-security-policy", ""), "the page's security policy", page)
    scripts = re.findall(r'src="(/_next/static/[^"]+\.js)"', page.text)
    expect(bool(scripts), "a script in the page", page)
    for path in scripts:
        script = product.ask(path)
        expect(script.status == 200 and "javascript" in script.headers.get("content-type", ""), path, script)


def health(product: Product) -> None:
    """The gateway lives, and is ready."""
    for path in ("/health/live", "/health/ready"):
        answer = product.ask(path)
        expect(answer.status == 200, path, answer)


def sign_in(product: Product) -> None:
    """A user can sign in, and no service is missing from today's page."""
    who = {"email": os.environ["SMOKE_EMAIL"], "password": os.environ["SMOKE_PASSWORD"]}
    signed_in = product.ask("/api/v1/auth/login", who)
    # Not the answer itself: it may hold a token.
    expect(signed_in.status == 200, "signing in", Answer(signed_in.status, {}, ""))
    token = signed_in.json()["access_token"]
    me = product.ask("/api/v1/me", token=token)
    expect(me.status == 200, "/me", Answer(me.status, {}, ""))
    today = product.ask("/api/v1/today", token=token)
    expect(today.status == 200, "/today", Answer(today.status, {}, ""))
    missing = today.json()["missing"]
    expect(missing == [], "all services in /today", Answer(today.status, {}, f"missing {missing}"))


def within(seconds: float, check: Callable[[Product], None], product: Product) -> str | None:
    """Repeat `check` until it passes or the time is over; return what is wrong then."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            check(product)
        except (SmokeError, OSError, ValueError, KeyError) as error:
            if time.monotonic() >= deadline:
                return f"{type(error).__name__}: {error}"
            time.sleep(min(3, seconds))
        else:
            return None


def main(argv: list[str] | None = None) -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description="Asks a running SmartStack whether it works")
    parser.add_argument("url", type=lambda text: text.rstrip("/"))
    parser.add_argument("--health", action="store_true", help="ask the health endpoints too, where they can be reached")
    parser.add_argument("--no-web", action="store_true", help="leave out the web app")
    parser.add_argument("--within", type=float, default=120, metavar="SECONDS", help="how long to repeat what fails")
    options = parser.parse_args(argv)
    checks = [api]
    if options.health:
        checks.append(health)
    if not options.no_web:
        checks.append(web)
    if os.environ.get("SMOKE_EMAIL"):
        checks.append(sign_in)
    failed = False
    for check in checks:
        wrong = within(options.within, check, Product(options.url))
        failed |= wrong is not None
        print(f"{check.__name__}: {wrong or 'ok'}", flush=True)  # noqa: T201 - this is what it is for
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
