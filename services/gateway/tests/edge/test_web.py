import asyncio
import gzip
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from smartstack_gateway.edge.web import read_export
from smartstack_gateway.testing import Gateway, MakeGateway


@pytest.mark.parametrize(
    ("path", "text"),
    [("/", "Home"), ("/today", "Today"), ("/today.html", "Today"), ("/today/", "Today"), ("/today?task=1", "Today")],
)
async def test_pages_are_served_under_their_names_and_checked_each_time(gateway: Gateway, path: str, text: str) -> None:
    status, body, headers = await gateway.get(path)
    assert (status, headers["Cache-Control"], headers["Content-Type"]) == (200, "no-cache", "text/html; charset=utf-8")
    assert text in body


async def test_payloads_of_the_router_are_served_as_text(gateway: Gateway) -> None:
    status, body, headers = await gateway.get("/today.txt?_rsc=1")
    assert (status, body, headers["Content-Type"]) == (200, "payload", "text/plain; charset=utf-8")


async def test_built_assets_never_change(gateway: Gateway) -> None:
    _, _, headers = await gateway.get("/_next/static/chunks/app-1a2b.js")
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Type"].startswith("text/javascript")


async def test_head_gives_the_headers_alone(gateway: Gateway) -> None:
    plain = {"Accept-Encoding": "identity"}
    status, body, headers = await gateway.request("HEAD", "/today", headers=plain)
    got = await gateway.get("/today", headers=plain)
    assert (status, body, headers["Content-Length"]) == (200, "", str(len(got[1])))


async def test_each_page_has_its_own_policy(gateway: Gateway) -> None:
    _, _, today = await gateway.get("/today")
    assert today["Content-Security-Policy"] == "default-src 'self'; script-src 'sha256-abc'"
    _, _, home = await gateway.get("/")
    assert "script-src 'self'" in home["Content-Security-Policy"]
    assert (home["X-Content-Type-Options"], home["X-Frame-Options"]) == ("nosniff", "DENY")


async def test_a_page_that_did_not_change_is_not_sent_again(gateway: Gateway) -> None:
    _, _, headers = await gateway.get("/today")
    status, body, again = await gateway.get("/today", headers={"If-None-Match": headers["ETag"]})
    assert (status, body, again["ETag"]) == (304, "", headers["ETag"])


async def test_text_is_compressed_for_those_who_take_it(gateway: Gateway) -> None:
    async with gateway.http.get(
        gateway.url + "/today", headers={"Accept-Encoding": "gzip"}, auto_decompress=False
    ) as answer:
        raw = await answer.read()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"<h1>Today</h1>" in gzip.decompress(raw)


async def test_unknown_paths_show_the_exports_own_page(gateway: Gateway) -> None:
    status, body, _ = await gateway.get("/nothing/here")
    assert (status, body) == (404, "<h1>No such page</h1>")


async def test_pages_take_nothing_but_get_and_head(gateway: Gateway) -> None:
    status, _, headers = await gateway.post("/today")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/_next/../../secret.txt",
        "//secret.txt",
        "/link.txt",
        "/csp.json",
        "/\\..\\secret.txt",
        "/today.html%00.txt",
    ],
)
async def test_nothing_outside_of_the_export_can_be_reached(gateway: Gateway, path: str) -> None:
    host = urlsplit(gateway.url)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    # Sent as it is: clients would tidy the path up.
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"not for the web" not in answer


@pytest.mark.parametrize("with_folder", [True, False])
async def test_without_an_export_a_page_says_so(make_gateway: MakeGateway, tmp_path: Path, with_folder: bool) -> None:
    async with make_gateway(web_dir=tmp_path / "out" if with_folder else None) as gateway:
        status, body, _ = await gateway.get("/")
        assert status == 200
        assert "not built" in body
        assert (await gateway.get("/today"))[0] == 404


async def test_a_new_export_is_noticed(
    make_gateway: MakeGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smartstack_gateway.edge.web.LOOK_AGAIN_SECONDS", 0)
    async with make_gateway(web_dir=tmp_path) as gateway:
        await gateway.get("/")
        (tmp_path / "index.html").write_text("first")
        assert (await gateway.get("/"))[1] == "first"
        (tmp_path / "index.html").write_text("second, longer")
        assert (await gateway.get("/"))[1] == "second, longer"


def test_nested_pages_answer_to_their_folder(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.html").write_text("docs")
    (tmp_path / "csp.json").write_text("[]")
    assert set(read_export(tmp_path).files) == {"/docs", "/docs/index.html"}
