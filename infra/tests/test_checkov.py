"""Checkov over the code: nothing fails, and what is skipped says why (test_code.py)."""

import json
import subprocess
from pathlib import Path

from hcl import INFRA


def test_checkov_finds_nothing(tools_bin: Path) -> None:
    command = [tools_bin / "checkov", "--directory", INFRA, "--framework", "terraform", "--skip-download"]
    run = subprocess.run(
        [*command, "--quiet", "--compact", "--output", "json"], capture_output=True, text=True, check=False
    )
    report = json.loads(run.stdout)
    failed = [f"{one['check_id']} {one['resource']} {one['check_name']}" for one in report["results"]["failed_checks"]]
    assert failed == []
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 500
