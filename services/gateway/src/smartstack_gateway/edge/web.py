"""Serves the web app's static export.

Every file of the export is known by the exact path that it answers to, so no request can reach a file outside of it.
The index is read again after each build of the export.
"""

import asyncio
import gzip
import hashlib
import json
import logging
import mimetypes
import time
from dataclasses import dataclass
from email.utils import formatdate
from functools import cached_property
from pathlib import Path

from smartstack_chassis.http.middleware import Scope, Send

logger = logging.getLogger(__name__)

# Written last by the export's build, so a new one of these means a new export.
POLICIES = "csp.json"
LOOK_AGAIN_SECONDS = 1.0
IMMUTABLE = "public, max-age=31536000, immutable"
DEFAULT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_COMPRESSIBLE = {".css", ".html", ".ico", ".js", ".json", ".map", ".svg", ".txt", ".webmanifest", ".xml"}
_TYPES = {
    ".js": "text/javascript",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
_ABSENT = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>SmartStack</title>"
    "<h1>The web app is not built</h1><p>The API is up; its documentation is at <a href=/api/docs>/api/docs</a>.</p>"
)


@dataclass(frozen=True)
class WebFile:
    """One file of the export, ready to be sent."""

    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    etag: bytes
    compressible: bool = False

    @cached_property
    def gzipped(self) -> bytes:
        """Return the body compressed; made at first use."""
        return gzip.compress(self.body, 6, mtime=0)


@dataclass(frozen=True)
class Export:
    """The files by the path they answer to, and what answers to any other."""

    files: dict[str, WebFile]
    missing: WebFile | None


def read_export(root: Path) -> Export:
    """Read a whole export into memory; a few megabytes. A folder that is not there gives an empty one."""
    policies = _policies(root / POLICIES)
    files: dict[str, WebFile] = {}
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        name = path.relative_to(root).as_posix()
        if not path.is_file() or path.is_symlink() or name == POLICIES:
            continue
        file = _read(path, name, policies.get(name, DEFAULT_POLICY))
        files[f"/{name}"] = file
        if name.endswith(".html"):
            files[_page_path(name)] = file
    return Export(files, files.get("/404.html"))


def _page_path(name: str) -> str:
    """Return where a page lives: `today.html` at /today, `index.html` at /."""
    stem = name.removesuffix(".html")
    return "/" if stem == "index" else f"/{stem.removesuffix('/index')}"


def _policies(path: Path) -> dict[str, str]:
    try:
        policies = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {str(page): str(policy) for page, policy in policies.items()} if isinstance(policies, dict) else {}


def _read(path: Path, name: str, policy: str) -> WebFile:
    body = path.read_bytes()
    suffix = path.suffix.lower()
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    headers = {
        "content-type": kind,
        "last-modified": formatdate(path.stat().st_mtime, usegmt=True),
        "cache-control": IMMUTABLE if name.startswith("_next/static/") else "no-cache",
        "content-security-policy": policy,
    }
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
    raw = tuple((key.encode(), value.encode()) for key, value in headers.items())
    return WebFile(body, raw, etag, suffix in _COMPRESSIBLE and len(body) > 1000)


class WebApp:
    """Answers GET and HEAD of the export's files, its 404 page for everything else."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._export = Export({}, None)
        self._stamp: tuple[int, int] | None = None
        self._looked = float("-inf")
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Serve one request."""
        if scope["method"] not in ("GET", "HEAD"):
            await _plain(send, 405, b"Only GET and HEAD are answered here.\n", [(b"allow", b"GET, HEAD")])
            return
        export = await self._current()
        path: str = scope["path"]
        found = export.files.get(path) or export.files.get(path.rstrip("/"))
        if found is not None:
            await _send_file(found, 200, scope, send)
        elif export.missing is not None:
            await _send_file(export.missing, 404, scope, send)
        elif export.files:
            await _plain(send, 404, b"Page not found.\n", [])
        else:
            html = [(b"content-type", b"text/html; charset=utf-8")]
            await _plain(send, 200 if path == "/" else 404, _ABSENT.encode(), html)

    async def _current(self) -> Export:
        if self._root is None or time.monotonic() - self._looked < LOOK_AGAIN_SECONDS:
            return self._export
        async with self._lock:
            stamp = _stamp(self._root)
            if stamp != self._stamp:
                self._export = await asyncio.to_thread(read_export, self._root)
                self._stamp = stamp
                logger.info("serving the web app: %d files", len(self._export.files))
            self._looked = time.monotonic()
        return self._export


def _stamp(root: Path) -> tuple[int, int] | None:
    for name in (POLICIES, "index.html"):
        try:
            status = (root / name).stat()
        except OSError:
            continue
        return status.st_mtime_ns, status.st_ino
    return None


async def _send_file(file: WebFile, status: int, scope: Scope, send: Send) -> None:
    asked = dict(scope["headers"])
    headers = [*file.headers, (b"etag", file.etag)]
    if status == 200 and file.etag in asked.get(b"if-none-match", b""):
        await _answer(send, 304, b"", headers, empty=True)
        return
    body = file.body
    if file.compressible:
        headers.append((b"vary", b"Accept-Encoding"))
        if b"gzip" in asked.get(b"accept-encoding", b""):
            headers.append((b"content-encoding", b"gzip"))
            body = file.gzipped
    headers.append((b"content-length", str(len(body)).encode()))
    await _answer(send, status, body, headers, empty=scope["method"] == "HEAD")


async def _plain(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    kind = [] if any(name == b"content-type" for name, _ in headers) else [(b"content-type", b"text/plain")]
    await _answer(send, status, body, [*headers, *kind, length], empty=False)


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]], *, empty: bool) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if empty else body})
