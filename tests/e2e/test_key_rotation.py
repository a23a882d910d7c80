"""Signing keys rotate, and sessions end, under load: at the gateway and at the services' own ports."""

import base64
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
SERVICES = {"gateway": "/me", "tasks": "/tasks", "comms": "/clients", "ai": "/suggestions"}

pytestmark = pytest.mark.skipif(
    "SMARTSTACK_E2E_URL" in os.environ, reason="needs the data folder and the ports of the services"
)


def ports(stack: Any) -> dict[str, int]:
    known: dict[str, int] = json.loads((stack.data / "ports.json").read_text())
    return known


def asked(stack: Any, service: str, token: str) -> int:
    """Return what a service answers to a token at its own port."""
    url = f"http://127.0.0.1:{ports(stack)[service]}/api/v1{SERVICES[service]}"
    return httpx.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10).status_code


def kid_of(token: str) -> str:
    header = token.split(".", maxsplit=1)[0]
    return str(json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])


def keys_command(stack: Any, *words: str) -> list[str]:
    argv = [sys.executable, "-m", "smartstack_cli", "keys", *words, "--data", str(stack.data)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@dataclass
class Visitor:
    """Signs in and asks every service in turn with the newest token, again and again; counts the answers."""

    stack: Any
    http: httpx.Client
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    tokens: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        while not self.stopping.is_set():
            renewed = self.http.post("/auth/refresh")
            self.answers["refresh", renewed.status_code] += 1
            self.tokens.append(renewed.json()["access_token"])
            for service in SERVICES:
                for token in (self.tokens[0], self.tokens[-1]):
                    self.answers[service, asked(self.stack, service, token)] += 1
            # Within what the gateway allows one address.
            self.stopping.wait(0.4)

    @contextmanager
    def asking(self) -> Iterator[None]:
        thread = threading.Thread(target=self.ask)
        thread.start()
        try:
            yield
        finally:
            self.stopping.set()
            thread.join()


@pytest.fixture
def visitor(stack: Any) -> Iterator[Visitor]:
    api = stack.client()
    api.sign_up()
    visitor = Visitor(stack, api.http)
    yield visitor
    visitor.stopping.set()
    api.http.close()


def test_a_rotation_under_load_is_noticed_by_nobody(
    stack: Any, visitor: Visitor, wait_until: Callable[..., Any]
) -> None:
    with visitor.asking():
        wait_until(lambda: len(visitor.tokens) > 2, "the visitor asks")
        # Longer than a service waits between two readings of the keys.
        shown = keys_command(stack, "rotate", "--lead", "7")
        new = shown[0].split()[0]
        wait_until(lambda: kid_of(visitor.tokens[-1]) == new, "the new key signs")
        signed = len(visitor.tokens)
        wait_until(lambda: len(visitor.tokens) > signed + 2, "the visitor goes on")
    assert {status for _, status in visitor.answers} == {200}, visitor.answers
    assert len({kid_of(token) for token in visitor.tokens}) == 2


def test_a_retired_key_is_refused_by_every_service(
    stack: Any, visitor: Visitor, wait_until: Callable[..., Any]
) -> None:
    former = visitor.http.post("/auth/refresh").json()["access_token"]
    assert {asked(stack, service, former) for service in SERVICES} == {200}
    [kept] = keys_command(stack, "rotate", "--retire-now")
    assert kept.split()[0] != kid_of(former)

    def renewed() -> str | None:
        token: str = visitor.http.post("/auth/refresh").json()["access_token"]
        return token if kid_of(token) == kept.split()[0] else None

    token = wait_until(renewed, "the new key signs")
    for service in SERVICES:
        wait_until(lambda service=service: asked(stack, service, token) == 200, f"{service} knows the new key")
    assert {service: asked(stack, service, former) for service in SERVICES} == dict.fromkeys(SERVICES, 401)


def test_logging_out_ends_the_access_token_at_every_service(
    stack: Any, visitor: Visitor, wait_until: Callable[..., Any]
) -> None:
    token = visitor.http.post("/auth/refresh").json()["access_token"]
    assert {asked(stack, service, token) for service in SERVICES} == {200}
    assert visitor.http.post("/auth/logout").status_code == 204
    assert asked(stack, "gateway", token) == 401
    for service in SERVICES:
        wait_until(lambda service=service: asked(stack, service, token) == 401, f"{service} refuses the token", 60)
