"""A checkout in which a stand-in plays AWS, OpenTofu, GitHub and Docker, and notes what it is asked."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from smartstack_cli.bootstrap.project import ROOT

STAND_IN = """#!{python} -IS
import json, os, pathlib, re, sys
here = pathlib.Path({folder!r})
if sys.argv[1:2] and sys.argv[1].endswith("/data.py"):
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
call = " ".join([os.path.basename(sys.argv[0]), *sys.argv[1:]])
with (here / "calls").open("a") as calls:
    calls.write(call + "\\n")
answers = json.loads((here / "answers").read_text())
for answer in answers:
    if re.search(answer["asked"], call):
        if answer["times"]:
            answer["times"] -= 1
            if not answer["times"]:
                answers.remove(answer)
            (here / "answers").write_text(json.dumps(answers))
        print(answer["says"], file=sys.stderr if answer["code"] else sys.stdout)
        sys.exit(answer["code"])
"""
PLAYED = ("aws", "tofu", "gh", "docker", "sleep", "python3", "git")
OUTPUTS = {
    "url": "https://app.example.com",
    "cluster_name": "smartstack-test",
    "web_bucket_name": "smartstack-test-1-web",
    "distribution_id": "E1",
    "one_off_network": {
        "subnet_ids": ["subnet-1", "subnet-2"],
        "assign_public_ip": "ENABLED",
        "security_group_ids": {"ai": "sg-ai", "comms": "sg-comms", "gateway": "sg-gateway", "tasks": "sg-tasks"},
    },
}
SERVICES = ("ai", "comms", "gateway", "tasks")
REGISTRY = "444444444444.dkr.ecr.eu-west-1.amazonaws.com"


@dataclass
class Deploy:
    """A checkout with the scripts, and the stand-in."""

    root: Path
    answers: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, asked: str, says: str = "", code: int = 0, times: int = 0) -> None:
        """Earlier answers win; with `times`, only so often."""
        self.answers.append({"asked": asked, "says": says, "code": code, "times": times})

    def run(self, script: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        (self.root / "stand-in" / "answers").write_text(json.dumps(self.answers))
        path = os.pathsep.join([str(self.root / "stand-in"), os.environ["PATH"]])
        given = {
            "PATH": path,
            "ENVIRONMENT": "test",
            "REGISTRY": REGISTRY,
            "GITHUB_REPOSITORY": "acme/smartstack",
            "GITHUB_SHA": "c0ffee",
            "GITHUB_OUTPUT": str(self.root / "output"),
            "RUNNER_TEMP": str(self.root),
        }
        command = [self.root / ".github" / "scripts" / script, *words]
        return subprocess.run(
            command, env=os.environ | given | environment, capture_output=True, text=True, check=False, timeout=60
        )

    def calls(self, start: str = "") -> list[str]:
        file = self.root / "stand-in" / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        return [line for line in lines if line.startswith(start)]

    def write(self, name: str, content: Any) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))

    def read(self, name: str) -> Any:
        return json.loads((self.root / name).read_text())


@pytest.fixture
def deploy(tmp_path: Path) -> Deploy:
    shutil.copytree(ROOT / ".github" / "scripts", tmp_path / ".github" / "scripts")
    (tmp_path / "infra").mkdir()
    played = tmp_path / "stand-in"
    played.mkdir()
    for name in PLAYED:
        (played / name).write_text(STAND_IN.format(python=sys.executable, folder=str(played)))
        (played / name).chmod(0o755)
    made = Deploy(tmp_path)
    made.write("release/outputs.json", {name: {"value": value} for name, value in OUTPUTS.items()})
    return made


def digests(digit: str, *names: str) -> dict[str, Any]:
    return {"image_digests": {f"smartstack-{name}": f"sha256:{digit * 64}" for name in names}}
