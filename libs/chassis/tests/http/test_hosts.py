"""A process answers to its own names alone."""

from typing import Any

import pytest

from smartstack_chassis.http.hosts import HostCheck
from smartstack_chassis.testing.harness import ServiceHarness


async def status(hosts: list[bytes], path: str = "/api/v1/notes") -> int:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", host) for host in hosts]}
    await HostCheck(app, {"tasks", "smartstack.example"})(scope, receive, send)
    answered: int = sent[0]["status"]
    return answered


@pytest.mark.parametrize(
    "host",
    [b"127.0.0.1", b"127.0.0.1:8000", b"localhost:1", b"[::1]:8000", b"tasks:8000", b"Smartstack.Example", b"tasks."],
)
async def test_the_names_of_the_process_are_answered(host: bytes) -> None:
    assert await status([host]) == 200


@pytest.mark.parametrize("host", [b"evil.example", b"evil.example:8000", b"smartstack.example.evil", b"10.0.0.1"])
async def test_other_names_are_refused_as_misdirected(host: bytes) -> None:
    assert await status([host]) == 421


@pytest.mark.parametrize(
    "hosts", [[], [b"localhost", b"localhost"], [b""], [b"localhost, evil"], [b"user@localhost"], [b"localhost:x"]]
)
async def test_none_two_and_malformed_hosts_are_bad_requests(hosts: list[bytes]) -> None:
    assert await status(hosts) == 400


async def test_a_load_balancer_may_probe_by_address() -> None:
    assert await status([b"10.0.0.1:8000"], "/health/live") == 200


async def test_every_service_checks_its_host(probe: ServiceHarness) -> None:
    answer = await probe.http.get("/api/v1/notes", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (421, "unknown_host")
    assert answer.headers["content-type"] == "application/problem+json"
