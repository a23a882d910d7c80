import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from joserfc.jwk import KeySet

from smartstack_cli.errors import StackError
from smartstack_cli.local.console import Console
from smartstack_cli.local.data_lock import claim
from smartstack_cli.local.layout import SERVICES, Layout
from smartstack_cli.local.secrets import open_vault

HOLDER = "import sys, fcntl; fcntl.flock(int(sys.argv[1]), fcntl.LOCK_EX); print(flush=True); sys.stdin.read()"


def test_a_second_claim_says_where_the_first_one_runs(tmp_path: Path) -> None:
    with (
        claim(tmp_path, "http://127.0.0.1:8000"),
        pytest.raises(StackError, match=rf"already running on .*: http://127.0.0.1:8000 \(process {os.getpid()}\)"),
        claim(tmp_path, "http://127.0.0.1:9000"),
    ):
        pytest.fail("two at once")
    with claim(tmp_path, "http://127.0.0.1:9000"):
        assert json.loads((tmp_path / "up.lock").read_text())["url"] == "http://127.0.0.1:9000"


def test_after_a_kill_the_claim_waits_for_what_is_left_of_that_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with claim(tmp_path, "http://127.0.0.1:8000") as descriptor:
        argv = [sys.executable, "-c", HOLDER, str(descriptor)]
        reaper = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[descriptor])
        assert reaper.stdin is not None
        assert reaper.stdout is not None
        reaper.stdout.readline()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / "up.lock").write_text(json.dumps({"pid": dead.pid, "url": "gone"}))
    reaper.stdin.close()
    with claim(tmp_path, "http://127.0.0.1:9000"):
        assert reaper.wait(10) == 0
    reaper.stdout.close()


def test_secrets_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    first = open_vault(tmp_path, ["postgres"])
    second = open_vault(tmp_path, ["postgres", "later"])
    assert second == first | {"later": second["later"]}
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert len({*first.values()}) == len(first)


def test_the_signing_key_is_an_ed25519_key_with_an_id(tmp_path: Path) -> None:
    keys = KeySet.import_key_set(json.loads(open_vault(tmp_path, [])["jwt_keys"]))
    key = keys.keys[0].as_dict(private=True)
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    assert {"kid", "d"} <= key.keys()


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    ports = {name: 20000 + index for index, name in enumerate((*SERVICES, "postgres", "aws", "ops"))}
    return Layout(data=tmp_path, ports=ports, secrets=open_vault(tmp_path, Layout.secret_names()), web=tmp_path)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_gets_its_own_roles_and_no_other_secret(layout: Layout, service: str) -> None:
    text = json.dumps(layout.service_environment(service))
    own = {f"{service}_app", "aws", "otlp"} | ({"share_key", "auditor"} if service == "gateway" else set())
    for name, secret in layout.secrets.items():
        assert (json.dumps(secret)[1:-1] in text) == (name in own), name
    assert f"/{service}_app:" in text


@pytest.mark.parametrize("service", SERVICES)
def test_only_what_migrates_gets_the_migrators_password(layout: Layout, service: str) -> None:
    added = layout.migration_environment(service).items() - layout.service_environment(service).items()
    assert [name for name, _ in added] == ["SMARTSTACK_MIGRATION_DATABASE_URL"]


def test_a_data_folder_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with claim(tmp_path, "http://127.0.0.1:8000"):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.parametrize("below", ["", "below"])
def test_a_file_as_the_data_folder_is_one_clear_line(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(StackError, match=r"is not a folder; choose another with --data|cannot be used"),
        claim(tmp_path / "file" / below, "http://127.0.0.1:8000"),
    ):
        pytest.fail("claimed a file")


async def test_the_console_shows_warnings_and_worse_with_the_services_name(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "tasks.log"
    log.write_text("ERROR from an earlier run\n")
    console = Console(tmp_path, ["tasks", "ai"])
    with log.open("a") as file:
        file.write(
            "2026-11-23 INFO tasks ready\n2026-11-23 WARNING tasks slow\nTraceback (most recent call last):\nERROR cut"
        )
    console.catch_up()
    assert capfd.readouterr().err.splitlines() == [
        "tasks | 2026-11-23 WARNING tasks slow",
        "tasks | Traceback (most recent call last):",
    ]
    with log.open("a") as file:
        file.write(" off\n")
    console.catch_up()
    assert capfd.readouterr().err == "tasks | ERROR cut off\n"


def test_the_console_tells_a_services_lines_as_text_and_the_quiet_ones_not_at_all(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    console, log = Console(tmp_path, ["ai"]), tmp_path / "ai.log"
    line = {"time": "2026-11-23T10:00:01.250+00:00", "level": "INFO", "service": "ai", "logger": "engine"}
    stack = "  File 'engine.py', line 1\nRuntimeError: no"
    lines = [
        {**line, "message": "this mentions an ERROR", "trace_id": None, "span_id": None},
        {**line, "level": "ERROR", "message": "it\nfailed", "trace_id": "ab", "span_id": "c", "exception": stack},
    ]
    log.write_text("".join(json.dumps(each) + "\n" for each in lines))
    console.catch_up()
    told = ["10:00:01.250 ERROR engine: it", "failed trace=ab", "  File 'engine.py', line 1", "RuntimeError: no"]
    assert capfd.readouterr().err.splitlines() == [f"ai | {each}" for each in told]
    assert console.tail("ai", 1).splitlines() == told


def test_a_log_that_has_grown_large_is_put_aside(tmp_path: Path) -> None:
    with (tmp_path / "tasks.log").open("wb") as file:
        file.truncate(11 * 2**20)
    Console(tmp_path, ["tasks"])
    assert [path.name for path in tmp_path.iterdir()] == ["tasks.log.1"]
