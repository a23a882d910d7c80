"""An open-loop load generator: sends at a rate, however slowly answers come, as independent people do.

Reads its orders as JSON from standard input: host, port, tokens, rate, seconds, patience. Prints JSON: how many were
sent, the answers by status, those that came in time, and answers that are not what a shed request has to get. It is a
process of its own with raw sockets, so that it takes little of the processor from what it measures.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

CONNECTIONS = 400


class Load:
    """One run. A request that finds all connections busy is counted as `not sent`."""

    def __init__(self, orders: dict[str, Any]) -> None:
        self._host: str = orders["host"]
        self._port: int = orders["port"]
        self._tokens: list[str] = orders["tokens"]
        self._rate: float = orders["rate"]
        self._seconds: float = orders["seconds"]
        self._patience: float = orders["patience"]
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._open = 0
        self.statuses: Counter[str] = Counter()
        self.good_by_second: Counter[int] = Counter()
        self.slowest = 0.0
        self.malformed: list[str] = []

    async def run(self) -> dict[str, Any]:
        """Send; return what became of it."""
        began = time.perf_counter()
        tasks = []
        number = 0
        while (now := time.perf_counter() - began) < self._seconds:
            while number < now * self._rate:
                tasks.append(asyncio.create_task(self._one(number, began)))
                number += 1
            await asyncio.sleep(0.002)
        await asyncio.gather(*tasks)
        return {
            "sent": number,
            "statuses": dict(self.statuses),
            "good": self.statuses["201"],
            "good_by_second": dict(sorted(self.good_by_second.items())),
            "slowest": round(self.slowest, 3),
            "malformed": self.malformed[:5],
        }

    async def _one(self, number: int, began: float) -> None:
        body = b'{"title": "Task %d"}' % number
        token = self._tokens[number % len(self._tokens)]
        head = (
            f"POST /api/v1/tasks HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        sent = time.perf_counter()
        try:
            async with asyncio.timeout(self._patience):
                status = await self._exchange(head.encode() + body)
        except TimeoutError:
            status = "late"
        except (OSError, asyncio.IncompleteReadError):
            status = "broken"
        ended = time.perf_counter()
        self.statuses[status] += 1
        self.slowest = max(self.slowest, ended - sent)
        if status == "201":
            self.good_by_second[int(ended - began)] += 1

    async def _exchange(self, request: bytes) -> str:
        if not self._idle and self._open >= CONNECTIONS:
            return "not sent"
        if self._idle:
            reader, writer = self._idle.pop()
        else:
            self._open += 1
            reader, writer = await asyncio.open_connection(self._host, self._port)
        kept = False
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
            await reader.readexactly(int(fields.get(b"content-length", b"0")))
            self._idle.append((reader, writer))
            kept = True
        finally:
            if not kept:
                self._open -= 1
                writer.close()
        status = head[9:12].decode()
        if status >= "500" and not _is_refusal(fields):
            self.malformed.append(head.decode("latin-1"))
        return status


def _is_refusal(fields: dict[bytes, bytes]) -> bool:
    return fields.get(b"content-type", b"").startswith(b"application/problem+json") and b"retry-after" in fields


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Load(json.load(sys.stdin)).run())))
