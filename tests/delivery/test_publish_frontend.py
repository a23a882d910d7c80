"""Publishing the web app: in which order, and with what each page carries."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from smartstack_cli.bootstrap.project import ROOT

SCRIPT = ROOT / "infra" / "scripts" / "publish_frontend.py"
POLICY = "script-src 'self' 'sha256-abc='; style-src 'self'"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    for name in ("_next/static/chunk.js", "today.html", "today.txt", "404.html", "index.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    pages = ("today.html", "404.html", "index.html")
    (folder / "csp.json").write_text(json.dumps(dict.fromkeys(pages, POLICY)))
    return folder


def publish(out: Path) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
    """Run the script with an `aws` that only notes what it is asked for; return its calls too."""
    notes = out.parent / "calls"
    aws = out.parent / "bin" / "aws"
    aws.parent.mkdir(exist_ok=True)
    aws.write_text(
        f"#!{sys.executable}\nimport json, sys\nopen({str(notes)!r}, 'a').write(json.dumps(sys.argv[1:]) + '\\n')\n"
    )
    aws.chmod(0o755)
    done = subprocess.run(
        [sys.executable, SCRIPT, out, "smartstack-test-web", "E123"],
        env={"PATH": str(aws.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    calls = [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
    return done, calls


def option(call: list[str], name: str) -> str:
    return call[call.index(name) + 1]


def test_assets_come_before_pages_and_browsers_are_told_last(out: Path) -> None:
    done, calls = publish(out)

    assert done.returncode == 0
    kinds = [(call[0], call[1], option(call, "--cache-control") if "--cache-control" in call else "") for call in calls]
    assert kinds[0] == ("s3", "sync", "public, max-age=31536000, immutable")
    assert kinds[1] == ("s3", "sync", "no-cache")
    assert kinds[2:5] == [("s3", "cp", "no-cache")] * 3
    assert kinds[-1][:2] == ("cloudfront", "create-invalidation")


def test_every_page_carries_its_policy_and_the_missing_one_its_status(out: Path) -> None:
    _, calls = publish(out)

    stored = {call[3]: json.loads(option(call, "--metadata")) for call in calls if call[1] == "cp"}
    assert stored == {
        "s3://smartstack-test-web/404.html": {"csp": POLICY, "status": "404"},
        "s3://smartstack-test-web/index.html": {"csp": POLICY},
        "s3://smartstack-test-web/today.html": {"csp": POLICY},
    }


def test_what_is_deleted_is_neither_an_asset_that_open_pages_need_nor_a_kept_release(out: Path) -> None:
    _, calls = publish(out)

    (deleting,) = [call for call in calls if "--delete" in call]
    kept = {deleting[index + 1] for index, word in enumerate(deleting) if word == "--exclude"}
    assert {"_next/static/*", "_releases/*"} <= kept
    assert "--size-only" in deleting


def test_a_page_without_a_policy_is_not_published(out: Path) -> None:
    (out / "new.html").write_text("<script>boot()</script>")

    done, calls = publish(out)

    assert done.returncode != 0
    assert "new.html" in done.stderr
    assert calls == []


def test_a_policy_that_s3_would_refuse_stops_everything(out: Path) -> None:
    (out / "csp.json").write_text(json.dumps(dict.fromkeys(("today.html", "404.html", "index.html"), "x" * 2100)))

    done, calls = publish(out)

    assert done.returncode != 0
    assert calls == []
