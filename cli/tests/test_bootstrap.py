import ast
import base64
import hashlib
import re
import sys
import threading
from pathlib import Path

import pytest

from smartstack_cli.bootstrap import browser, node, python_env, steps
from smartstack_cli.bootstrap.project import DEV_LOCK, LOCKS, ROOT, RUNTIME_LOCK, members
from smartstack_cli.bootstrap.steps import Stamp, fingerprint, tree_fingerprint
from smartstack_cli.errors import StackError

PACKAGE = ROOT / "cli" / "src" / "smartstack_cli"
BEFORE_INSTALLATION = [
    PACKAGE / "__init__.py",
    PACKAGE / "arguments.py",
    PACKAGE / "errors.py",
    *sorted((PACKAGE / "bootstrap").glob("*.py")),
]
OURS = {f"smartstack_cli.{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}" for path in BEFORE_INSTALLATION}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for statement in ast.walk(ast.parse(path.read_text())):
        if isinstance(statement, ast.Import):
            found |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            names = {f"{statement.module}.{alias.name}" for alias in statement.names}
            found |= names & OURS or {statement.module}
    return found


@pytest.mark.parametrize("path", BEFORE_INSTALLATION, ids=lambda path: path.stem)
def test_what_runs_before_the_installation_imports_the_standard_library_only(path: Path) -> None:
    allowed = OURS | {"smartstack_cli", "smartstack_cli.bootstrap"}
    strangers = {n for n in imported(path) if n not in allowed and n.split(".")[0] not in sys.stdlib_module_names}
    assert strangers == set()


@pytest.mark.parametrize("lock", [RUNTIME_LOCK, DEV_LOCK, *sorted(LOCKS.glob("*.lock"))], ids=lambda path: path.name)
def test_locks_pin_versions_and_hashes_and_name_no_package_index(lock: Path) -> None:
    text = lock.read_text()
    requirements = re.findall(r"^[a-z].*?(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert requirements
    assert all("==" in requirement and "--hash=sha256:" in requirement for requirement in requirements)
    assert "://" not in text


def test_the_lock_holds_every_direct_dependency_of_every_member() -> None:
    pinned = {re.split(r"[=\[ ]", line)[0] for line in RUNTIME_LOCK.read_text().splitlines() if "==" in line}
    for member in members():
        declared = re.findall(r'^    "([a-z0-9-]+)', (member / "pyproject.toml").read_text(), re.MULTILINE)
        external = {name for name in declared if not name.startswith("smartstack-") and name != "faststream-sqs"}
        assert external <= pinned, member


def test_a_stamp_is_current_only_for_the_same_inputs(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("one")
    stamp = Stamp(tmp_path / "folder" / "stamp", fingerprint(source))
    assert not stamp.is_current()
    stamp.write()
    assert Stamp(tmp_path / "folder" / "stamp", fingerprint(source)).is_current()
    source.write_text("two")
    assert not Stamp(tmp_path / "folder" / "stamp", fingerprint(source)).is_current()


def test_a_trees_fingerprint_follows_contents_and_names_but_not_what_is_generated(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a").write_text("1")
    first = tree_fingerprint(tmp_path, ["out"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "page").write_text("generated")
    assert tree_fingerprint(tmp_path, ["out"]) == first
    (tmp_path / "src" / "a").rename(tmp_path / "src" / "b")
    assert tree_fingerprint(tmp_path, ["out"]) != first


def test_a_tool_that_fails_says_which_and_why(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with pytest.raises(StackError, match=r"failed \(exit code 3\): sh -c"):
        steps.run(["sh", "-c", "echo the reason; exit 3"], tmp_path, {"PATH": "/usr/bin:/bin"})
    assert b"the reason" in capfdbinary.readouterr().err


def test_two_runs_never_install_the_same_thing_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(steps, "TOOLS", tmp_path)
    events: list[str] = []

    def other() -> None:
        with steps.alone("python"):
            events.append("other")

    with steps.alone("python"):
        thread = threading.Thread(target=other)
        thread.start()
        while "waiting for it" not in (said := capfd.readouterr().err):
            assert thread.is_alive(), said
        events.append("one")
    thread.join()
    assert events == ["one", "other"]


@pytest.mark.parametrize(("version", "accepted"), [("v20.8.1", False), ("v20.9.0", True), ("v24.1.0", True)])
def test_the_systems_node_serves_when_it_is_new_enough(tmp_path: Path, version: str, accepted: bool) -> None:
    binary, npm = tmp_path / "node", tmp_path / "npm"
    binary.write_text(f"#!/bin/sh\necho {version}\n")
    (tmp_path / "npm-cli.js").touch(mode=0o755)
    npm.symlink_to(tmp_path / "npm-cli.js")
    binary.chmod(0o755)
    found = node.system_node({"PATH": str(tmp_path)})
    assert (found is not None) == accepted
    assert node.system_node({"PATH": str(tmp_path / "empty")}) is None


def test_a_browser_that_is_not_the_pinned_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package.tgz"
    package.write_bytes(b"something else")
    with pytest.raises(StackError, match="not the file that is pinned"):
        browser._verify(package)
    monkeypatch.setattr(browser, "INTEGRITY", base64.b64encode(hashlib.sha512(b"something else").digest()).decode())
    browser._verify(package)


@pytest.fixture
def python_without_venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes the bootstrap believe in an interpreter that has no venv; returns where its pip notes its arguments."""
    stub, notes = tmp_path / "python", tmp_path / "pip"
    stub.write_text(f'#!/bin/sh\ncase "$2" in venv) exit 1;; pip) test -e {notes} && echo "$@" >> {notes};; esac\n')
    stub.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stub))
    return notes


def test_without_venv_the_systems_pip_installs_the_installer(python_without_venv: Path, tmp_path: Path) -> None:
    python_without_venv.touch()
    python_env._pip_install_uv(tmp_path / "uv")
    installed = python_without_venv.read_text().splitlines()[-1]
    assert "--require-hashes" in installed
    assert installed.endswith(f"--target {tmp_path / 'uv'}")


def test_without_venv_and_pip_it_says_what_to_install(python_without_venv: Path, tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"neither venv nor pip; install one of them .*apt install python3-venv"):
        python_env._pip_install_uv(tmp_path / "uv")
    assert not python_without_venv.exists()
