import subprocess
import sys
from pathlib import Path

import pytest

from smartstack_cli.arguments import Arguments, parse
from smartstack_cli.bootstrap.project import ROOT, STATE


def test_up_defaults_to_port_8000_and_the_projects_own_folder() -> None:
    assert parse(["up"]) == Arguments(command="up", port=8000, data=STATE)


def test_options_of_up() -> None:
    assert parse(["up", "--port", "9", "--data", "/d", "--demo"]) == Arguments(
        command="up", port=9, data=Path("/d"), demo=True
    )


def test_words_after_test_and_ai_are_handed_on_untouched() -> None:
    assert parse(["test", "-k", "name", "-x"]).rest == ["-k", "name", "-x"]
    assert parse(["ai", "suggest", "--at", "now"]).rest == ["suggest", "--at", "now"]


@pytest.mark.parametrize("words", [["fly"], ["up", "--port", "x"], ["up", "--port", "70000"], ["up", "extra"]])
def test_a_wrong_command_line_is_one_line_on_standard_error(words: list[str]) -> None:
    result = subprocess.run([ROOT / "smartstack", *words], capture_output=True, text=True, check=False, cwd="/")
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1


def test_help_needs_no_installation_and_names_every_command(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(ROOT / "smartstack")
    result = subprocess.run([link, "--help"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert result.returncode == 0
    assert all(word in result.stdout for word in ("up", "test", "check", "ai", "lock"))


def test_without_a_usable_python_it_says_so(tmp_path: Path) -> None:
    for tool in ("dirname", "sh"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    result = subprocess.run(
        ["/bin/sh", ROOT / "smartstack", "up"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr == "smartstack: Python 3.11 or newer is needed, and none was found as python3\n"


def test_ai_suggest_reads_standard_input_without_a_stack() -> None:
    words = ["ai", "suggest", "--at", "2026-11-23T09:30", "--zone", "Europe/London"]
    text = "Could you send the updated wireframes by Thursday?"
    argv = [sys.executable, "-m", "smartstack_cli", *words]
    result = subprocess.run(argv, input=text, capture_output=True, text=True, check=True)
    assert "2026-11-26T23:59:59" in result.stdout
