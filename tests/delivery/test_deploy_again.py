"""A deploy that failed can be run again: the steps of deploy-env.yml, played with a failure after each of them."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from smartstack_cli.bootstrap.project import ROOT

PLAYED = ("amazon", "tofu", "product")
SILENT = ("gh", "docker", "sleep", "git")
# The scripts' own helper is the real one; any other program in Python asks or fills the product.
AWS = """#!/bin/sh
case "$1 $2" in
    "ecs wait" | "logs "* | "ecr "*) ;;
    *) exec {folder}/amazon "$@" ;;
esac
"""
PYTHON = """#!/bin/sh
case $1 in
    *data.py) exec {python} -IS "$@" ;;
    *) exec {folder}/product "$@" ;;
esac
"""
SERVICES = ("ai", "comms", "gateway", "tasks")
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/deploy-env.yml").read_text())
STEPS = [step for step in WORKFLOW["jobs"]["deploy"]["steps"] if "run" in step]
ALWAYS = [step["name"] for step in STEPS if "if" not in step]
# After everything but the code is changed, after the code is, and after nothing can be rolled back any more.
REPLACING = [ALWAYS[ALWAYS.index("Plan") + 1], ALWAYS[-5], ALWAYS[-1]]


def digest(release: str) -> str:
    return f"sha256:{release * 64}"


@dataclass
class Environment:
    """An AWS account, and a runner of GitHub's that starts afresh with every run of the job."""

    folder: Path
    ran: list[str] = field(default_factory=list)

    @property
    def world(self) -> dict[str, Any]:
        return json.loads((self.folder / "world.json").read_text())  # type: ignore[no-any-return]

    def deploy(self, release: str, fails_after: str | None = None) -> bool:
        """Run the job; return whether it succeeded."""
        runner = self.folder / "runner"
        shutil.rmtree(runner, ignore_errors=True)
        shutil.copytree(ROOT / ".github/scripts", runner / ".github/scripts")
        self._artifacts(runner, release)
        outcomes: dict[str, str] = {}
        failed = False
        self.ran = []
        for step in STEPS:
            if not self._wanted(step.get("if"), failed, outcomes):
                outcomes[step.get("id", step["name"])] = "skipped"
                continue
            self.ran.append(step["name"])
            good = self._run(runner, step) and step["name"] != fails_after
            outcomes[step.get("id", step["name"])] = "success" if good else "failure"
            failed = failed or not good
        return not failed

    def _wanted(self, condition: str | None, failed: bool, outcomes: dict[str, str]) -> bool:
        if condition is None:
            return not failed
        first, second = condition.split(" && ")
        assert first == "failure()"
        name, outcome = second.removeprefix("steps.").split(".outcome != ")
        return failed and outcomes[name] != outcome.strip("'")

    def _artifacts(self, runner: Path, release: str) -> None:
        for name in (*SERVICES, "bedrock-proxy"):
            made = runner / f"release/image-{name}/smartstack-{name}"
            made.parent.mkdir(parents=True)
            made.write_text(digest(release))
        (runner / "infra").mkdir()
        page = runner / "page/index.html"
        page.parent.mkdir()
        page.write_text(release)
        (runner / "release/web").mkdir()
        subprocess.run(["tar", "-czf", runner / "release/web/web.tar.gz", "-C", page.parent, "."], check=True)

    def _run(self, runner: Path, step: dict[str, Any]) -> bool:
        given = {
            "PATH": os.pathsep.join([str(self.folder / "bin"), os.environ["PATH"]]),
            "PLAYED_CLOUD": str(self.folder),
            "ENVIRONMENT": "test",
            "REGISTRY": "444444444444.dkr.ecr.eu-west-1.amazonaws.com",
            "GITHUB_REPOSITORY": "acme/smartstack",
            "GITHUB_SHA": "c0ffee",
        }
        result = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=runner,
            env=os.environ | given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return result.returncode == 0

    def runs(self, release: str) -> bool:
        """Tell whether this release runs, with its schemas, and services that know each other."""
        world = self.world
        images = {name: service["image"] for name, service in world["services"].items()}
        return (
            images.keys() == set(SERVICES)
            and all(str(image).endswith(digest(release)) for image in [*images.values(), world["function"]])
            and world["provisioned"]
            and world["expanded"].keys() == set(SERVICES)
            and min(service["began"] for service in world["services"].values())
            > max(service["made"] for service in world["services"].values())
        )


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return made(tmp_path)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment in which release 1 runs."""
    environment = made(tmp_path_factory.mktemp("released"))
    assert environment.deploy("1")
    return environment


def made(folder: Path) -> Environment:
    programs = folder / "bin"
    programs.mkdir()
    code = (Path(__file__).parent / "played_cloud.py").read_text().partition("\n")[2]
    python = PYTHON.format(python=sys.executable, folder=programs)
    texts = dict.fromkeys(PLAYED, f"#!{sys.executable} -IS\n{code}") | dict.fromkeys(SILENT, "#!/bin/sh\n")
    for name, text in {**texts, "python3": python, "aws": AWS.format(folder=programs)}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (folder / "world.json").write_text(subprocess.check_output([programs / "product", "empty"], text=True))
    return Environment(folder)


def test_a_first_deploy_releases(released: Environment) -> None:
    assert released.runs("1")
    assert released.world["contracted"].keys() == set(SERVICES)
    assert released.ran == ALWAYS


@pytest.mark.parametrize("step", ALWAYS)
def test_a_first_deploy_that_failed_after_a_step_releases_when_it_is_run_again(
    step: str, environment: Environment
) -> None:
    assert not environment.deploy("1", fails_after=step)
    assert environment.deploy("1")
    assert environment.runs("1")
    assert environment.world["published"]


@pytest.mark.parametrize("step", REPLACING)
def test_a_later_deploy_that_failed_goes_back_and_releases_when_it_is_run_again(
    step: str, environment: Environment, released: Environment
) -> None:
    shutil.copy(released.folder / "world.json", environment.folder / "world.json")
    assert not environment.deploy("2", fails_after=step)
    # Contracting is the last step: by then the new release has proved itself and stays.
    assert environment.runs("2" if step == ALWAYS[-1] else "1")
    assert environment.deploy("2")
    assert environment.runs("2")
