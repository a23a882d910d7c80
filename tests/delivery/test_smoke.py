"""The smoke test passes on a SmartStack that works, and on no other."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from smartstack_cli.bootstrap.project import ROOT

SCRIPT = ROOT / ".github" / "scripts" / "smoke.py"
SIGNS_IN = {"SMOKE_EMAIL": "smoke@example.com", "SMOKE_PASSWORD": "correct horse battery"}
PAGE = '<html><script src="/_next/static/a.js"></script></html>'

Answers = dict[str, tuple[int, dict[str, str], str]]


def working() -> Answers:
    """What a working SmartStack answers, by path."""
    return {
        "/api/openapi.json": (200, {}, json.dumps({"paths": {"/api/v1/tasks": {}}})),
        "/.well-known/jwks.json": (200, {}, json.dumps({"keys": [{}]})),
        "/api/v1/me": (401, {"WWW-Authenticate": "Bearer"}, ""),
        "/api/v1/me with token": (200, {}, "{}"),
        "/api/v1/auth/login": (200, {}, json.dumps({"access_token": "t0ken"})),
        "/api/v1/today with token": (200, {}, json.dumps({"missing": []})),
        "/health/live": (200, {}, "{}"),
        "/health/ready": (200, {}, "{}"),
        "/": (200, {"Content-Security-Policy": "script-src 'self'"}, PAGE),
        "/_next/static/a.js": (200, {"Content-Type": "text/javascript"}, ""),
    }


@pytest.fixture
def answers() -> Answers:
    return working()


@pytest.fixture
def url(answers: Answers) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            key = self.path + (" with token" if self.headers.get("Authorization") == "Bearer t0ken" else "")
            status, headers, text = answers.get(key, (404, {}, ""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def smoke(url: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPT, url, "--within", "0", *words]
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_everything_is_asked_of_a_product_that_works(url: str) -> None:
    result = smoke(url, "--health", **SIGNS_IN)
    assert (result.returncode, result.stdout.split()) == (
        0,
        ["api:", "ok", "health:", "ok", "web:", "ok", "sign_in:", "ok"],
    )


def test_without_an_account_and_a_web_app_the_api_is_asked(url: str, answers: Answers) -> None:
    del answers["/"]
    assert smoke(url, "--no-web").stdout == "api: ok\n"


@pytest.mark.parametrize("path", sorted(working()))
def test_whatever_is_gone_is_noticed(path: str, url: str, answers: Answers) -> None:
    del answers[path]
    assert smoke(url, "--health", **SIGNS_IN).returncode == 1


WRONG: dict[str, tuple[str, tuple[int, dict[str, str], str]]] = {
    "an API without tasks": ("/api/openapi.json", (200, {}, '{"paths": {}}')),
    "no key": ("/.well-known/jwks.json", (200, {}, '{"keys": []}')),
    "an open door": ("/api/v1/me", (200, {}, "{}")),
    "a service that is down": ("/api/v1/today with token", (200, {}, '{"missing": ["ai"]}')),
    "a page without its policy": ("/", (200, {}, PAGE)),
    "a page without its scripts": ("/", (200, {"Content-Security-Policy": "script-src"}, "<html></html>")),
    "a script that is a page": ("/_next/static/a.js", (200, {"Content-Type": "text/html"}, PAGE)),
    "no JSON": ("/api/openapi.json", (200, {}, PAGE)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_answers_wrongly_is_noticed(wrong: str, url: str, answers: Answers) -> None:
    path, answer = WRONG[wrong]
    answers[path] = answer
    assert smoke(url, **SIGNS_IN).returncode == 1


def test_no_token_is_shown(url: str, answers: Answers) -> None:
    answers["/api/v1/auth/login"] = (201, {}, '{"access_token": "t0ken"}')
    result = smoke(url, **SIGNS_IN)
    assert result.returncode == 1
    assert "t0ken" not in result.stdout + result.stderr


def test_what_comes_up_late_is_waited_for(url: str, answers: Answers) -> None:
    page = answers.pop("/api/openapi.json")
    threading.Timer(1, lambda: answers.update({"/api/openapi.json": page})).start()
    assert smoke(url, "--no-web", "--within", "20").returncode == 0


def test_nobody_there_is_a_failure() -> None:
    result = smoke("http://127.0.0.1:9")
    assert result.returncode == 1
    assert "refused" in result.stdout
