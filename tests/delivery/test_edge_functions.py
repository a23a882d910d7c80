"""The functions at CloudFront answer for pages as the gateway does locally: same files, same policies, same headers."""

import json
import re
import subprocess
from typing import Any

import pytest

from smartstack_cli.bootstrap.node import node
from smartstack_cli.bootstrap.project import ROOT
from smartstack_gateway.edge import headers
from smartstack_gateway.edge.web import DEFAULT_POLICY

MODULE = ROOT / "infra" / "modules" / "frontend"
PAGES = ["/inbox", "/today"]


def run(function: str, event: dict[str, Any]) -> Any:
    """Call a function as CloudFront does, with JavaScript's own rules."""
    code = (MODULE / "functions" / f"{function}.js").read_text().replace("${pages}", json.dumps(PAGES))
    script = f"{code}\nconsole.log(JSON.stringify(handler({json.dumps(event)})))"
    done = subprocess.run([str(node().binary), "-e", script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "/index.html"),
        ("/today", "/today.html"),
        ("/today/", "/today.html"),
        ("/today.txt", "/today.txt"),
        ("/_next/static/chunk.js", "/_next/static/chunk.js"),
        ("/nothing", "/404.html"),
        ("/today/nothing", "/404.html"),
        ("/index", "/404.html"),
    ],
)
def test_a_path_leads_to_its_file(path: str, file: str) -> None:
    assert run("request", {"request": {"uri": path}})["uri"] == file


def response(status: int = 200, **metadata: str) -> Any:
    told = {f"x-amz-meta-{name}": {"value": value} for name, value in metadata.items()}
    return run("response", {"response": {"statusCode": status, "headers": told}})


def test_a_page_is_sent_with_its_own_policy_and_nothing_of_how_it_was_stored() -> None:
    sent = response(csp="script-src 'self' 'sha256-abc='")
    assert sent["headers"] == {"content-security-policy": {"value": "script-src 'self' 'sha256-abc='"}}
    assert sent["statusCode"] == 200


def test_a_file_without_a_policy_gets_the_one_that_the_gateway_sends() -> None:
    assert response()["headers"] == {"content-security-policy": {"value": DEFAULT_POLICY}}


def test_the_page_for_what_is_not_there_says_so_in_its_status() -> None:
    sent = run(
        "response",
        {"response": {"statusCode": 200, "headers": {"x-amz-meta-status": {"value": "404"}}}},
    )
    assert sent["statusCode"] == 404


def test_what_a_browser_already_has_keeps_its_policy() -> None:
    assert response(304)["headers"] == {}


def test_pages_have_the_same_security_headers_as_from_the_gateway() -> None:
    hcl = (MODULE / "main.tf").read_text()
    told = dict(re.findall(r'header   = "([a-z-]+)"\n\s*value    = "([^"]+)"', hcl))
    told |= {
        "x-content-type-options": "nosniff" if "content_type_options {" in hcl else "",
        "x-frame-options": re.findall(r'frame_option = "(\w+)"', hcl)[0],
        "referrer-policy": re.findall(r'referrer_policy = "([a-z-]+)"', hcl)[0],
    }
    assert told == {name.decode(): value.decode() for name, value in headers._ALWAYS}


def test_every_page_of_the_app_is_known() -> None:
    """The module derives the paths from the app's folders; here the same rule, written down once more."""
    app = ROOT / "frontend" / "src" / "app"
    sources = [path.relative_to(app).parent.as_posix() for path in app.rglob("page.tsx")]
    pages = {"/" + re.sub(r"\([a-z]+\)/?", "", source) for source in sources if source != "."}
    assert "/today" in pages
    assert not any("[" in page for page in pages), "a page with a parameter needs a rule in request.js"
