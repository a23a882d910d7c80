"""What GitHub runs for us is as strict as the code: typed, pinned, with no more rights than it needs."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from smartstack_cli.bootstrap.project import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = sorted((ROOT / ".github" / "scripts").glob("*.sh"))
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def run(*command: str | Path, cwd: Path = ROOT, tools: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(tools), os.environ["PATH"]])
    return subprocess.run(
        command, cwd=cwd, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False, timeout=120
    )


def passes(*command: str | Path, cwd: Path = ROOT, tools: Path) -> None:
    result = run(*command, cwd=cwd, tools=tools)
    assert result.returncode == 0, result.stdout + result.stderr


def jobs(workflow: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from yaml.safe_load(workflow.read_text())["jobs"].items()


def steps(workflow: Path) -> Iterator[dict[str, Any]]:
    for _, job in jobs(workflow):
        yield from job.get("steps", [])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with our workflows, to break."""
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    return tmp_path


def test_there_are_the_workflows_that_the_documents_speak_of() -> None:
    assert [workflow.stem for workflow in WORKFLOWS] == ["deploy-env", "deploy", "pr-checks"]


def test_workflows_are_valid(tools_bin: Path) -> None:
    passes("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS, tools=tools_bin)


def test_dependabot_s_settings_are_valid(tools_bin: Path) -> None:
    settings = ROOT / ".github" / "dependabot.yml"
    passes("check-jsonschema", "--builtin-schema", "vendor.dependabot", settings, tools=tools_bin)


def test_dependabot_looks_into_folders_that_exist() -> None:
    for update in yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]:
        for folder in update.get("directories") or [update["directory"]]:
            assert (ROOT / folder.strip("/")).is_dir(), folder


def test_expressions_inputs_and_shell_in_workflows_are_right(tools_bin: Path) -> None:
    passes("actionlint", "-no-color", tools=tools_bin)


def test_workflows_are_secure(tools_bin: Path) -> None:
    passes("zizmor", "--offline", "--persona", "pedantic", "--no-progress", "--quiet", ".github", tools=tools_bin)


def test_scripts_are_right(tools_bin: Path) -> None:
    passes("shellcheck", *SCRIPTS, ROOT / "smartstack", tools=tools_bin)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_stops_at_its_first_failure_and_can_be_run(script: Path) -> None:
    assert re.search(r"^set -euo? ?(pipefail)?$", script.read_text(), re.MULTILINE)
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_and_say_their_version(workflow: Path) -> None:
    uses = [line.strip().removeprefix("- ") for line in workflow.read_text().splitlines() if "uses:" in line]
    assert uses
    ours = "uses: ./.github/workflows/"
    assert [line for line in uses if not line.startswith(ours) and not PINNED.fullmatch(line)] == []


def test_one_action_is_pinned_to_one_version_everywhere() -> None:
    versions: dict[str, set[str]] = {}
    for workflow in WORKFLOWS:
        for action, version in re.findall(r"uses: ([\w./-]+)@(\w+ # \S+)", workflow.read_text()):
            versions.setdefault(action, set()).add(version)
    assert {action: found for action, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_right_and_each_job_names_its_own(workflow: Path) -> None:
    assert yaml.safe_load(workflow.read_text())["permissions"] == {}
    for name, job in jobs(workflow):
        assert "permissions" in job, name
        writes = {right for right, access in job["permissions"].items() if access == "write"}
        assert writes <= {"id-token", "attestations"}, name


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_job_ends_in_time(workflow: Path) -> None:
    assert [name for name, job in jobs(workflow) if "uses" not in job and "timeout-minutes" not in job] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_no_checkout_leaves_a_token_behind(workflow: Path) -> None:
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_no_shell_text_is_made_from_an_expression(workflow: Path) -> None:
    assert [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_what_is_long_stands_in_a_script(workflow: Path) -> None:
    assert [step["run"] for step in steps(workflow) if len(step.get("run", "").splitlines()) > 4] == []


def test_every_script_and_workflow_that_is_named_exists() -> None:
    texts = [path.read_text() for path in [*WORKFLOWS, *SCRIPTS]]
    paths = r"\.github/(?:scripts|workflows)/[\w-]+\.\w+|infra/(?:scripts/)?[.\w-]+\.py|infra/\.[\w-]+"
    named = {name for text in texts for name in re.findall(paths, text)}
    assert {"infra/.opentofu-version", "infra/scripts/publish_frontend.py"} <= named
    assert [name for name in named if not (ROOT / name).is_file()] == []
    unused = {f".github/scripts/{path.name}" for path in SCRIPTS} - named
    called_beside = {".github/scripts/run-task.sh"}
    assert unused <= called_beside


def test_all_checks_are_required_by_the_one_that_stands_for_them() -> None:
    checks = dict(jobs(ROOT / ".github" / "workflows" / "pr-checks.yml"))
    assert set(checks.pop("all")["needs"]) == set(checks)


def test_an_image_is_built_for_every_service_and_is_the_same_in_checks_and_deploys() -> None:
    built = [
        dict(jobs(ROOT / ".github" / "workflows" / name))[job]["strategy"]["matrix"]["image"]
        for name, job in (("pr-checks.yml", "images"), ("deploy.yml", "image"))
    ]
    services = [path.name for path in (ROOT / "services").iterdir() if (path / "migrations").is_dir()]
    assert built[0] == built[1] == sorted([*services, "bedrock-proxy"])


def test_environments_are_deployed_one_after_the_other() -> None:
    deploys = dict(jobs(ROOT / ".github" / "workflows" / "deploy.yml"))
    assert [deploys[name]["with"]["environment"] for name in ("test", "staging", "production")] == [
        "test",
        "staging",
        "prod",
    ]
    assert deploys["test"]["needs"] == ["image", "web"]
    assert deploys["staging"]["needs"] == "test"
    assert deploys["production"]["needs"] == ["checks", "staging"]


def test_production_waits_for_every_test_of_exactly_the_commit_that_it_gets() -> None:
    """A push to main may be a merge that no pull request tested."""
    checks = dict(jobs(ROOT / ".github" / "workflows" / "deploy.yml"))["checks"]
    assert [step["run"] for step in checks["steps"] if "run" in step] == ["./smartstack test"]
    assert all("with" not in step or "ref" not in step["with"] for step in checks["steps"])


def test_a_deploy_is_never_cut_off() -> None:
    for name in ("deploy.yml", "deploy-env.yml"):
        text = (ROOT / ".github" / "workflows" / name).read_text()
        assert re.findall(r"cancel-in-progress: (\w+)", text) == ["false"]


def test_a_deploy_expands_before_the_code_and_contracts_when_nothing_can_be_rolled_back_any_more() -> None:
    order = [
        step["run"].removeprefix(".github/scripts/").replace('"$ENVIRONMENT" ', "")
        for step in steps(ROOT / ".github" / "workflows" / "deploy-env.yml")
        if "run" in step
    ]
    assert order == [
        "release.sh",
        "tofu.sh plan",
        "tofu.sh prepare",
        "migrate.sh expand",
        "tofu.sh release",
        "smoke.sh --no-web",
        "publish.sh release",
        "smoke.sh",
        "publish.sh former",
        "tofu.sh rollback",
        "migrate.sh contract",
    ]


def test_only_a_failure_rolls_back_and_a_failure_contracts_nothing() -> None:
    conditions = {
        step["run"].split("/")[-1]: step.get("if")
        for step in steps(ROOT / ".github" / "workflows" / "deploy-env.yml")
        if "run" in step
    }
    assert conditions.pop("publish.sh former") == "failure() && steps.publish.outcome != 'skipped'"
    assert conditions.pop('tofu.sh "$ENVIRONMENT" rollback') == "failure() && steps.prepare.outcome != 'skipped'"
    assert set(conditions.values()) == {None}


def test_sourcery_s_settings_name_what_exists() -> None:
    settings = yaml.safe_load((ROOT / ".sourcery.yaml").read_text())
    assert settings["version"] == "1"
    assert settings["rule_settings"]["python_version"] == "3.11"
    assert settings["ignore"]


def test_without_a_token_sourcery_is_skipped_and_says_so(tools_bin: Path) -> None:
    script = ROOT / ".github" / "scripts" / "sourcery.sh"
    result = run("env", "--unset", "SOURCERY_TOKEN", script, "HEAD", tools=tools_bin)
    assert (result.returncode, "::warning title=Sourcery was skipped::" in result.stdout) == (0, True)


FAULTS = {
    "an input that the called workflow has not": ("deploy.yml", "environment: staging", "environmen: staging"),
    "a job that nobody has": ("deploy.yml", "needs: [checks, staging]", "needs: stagin"),
    "a step that the job has not": ("deploy.yml", "steps.build.outputs", "steps.bild.outputs"),
    "a context that is not there": ("deploy-env.yml", "${{ vars.REGISTRY", "${{ var.REGISTRY"),
    "a shell error": ("pr-checks.yml", 'run: test "$FAILED" = false', "run: test $FAILED = false; cd x"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_actionlint_finds(fault: str, repository: Path, tools_bin: Path) -> None:
    name, right, wrong = FAULTS[fault]
    change(repository / ".github" / "workflows" / name, right, wrong)
    assert run("actionlint", "-no-color", cwd=repository, tools=tools_bin).returncode == 1


RISKS = {
    "artipacked": ("deploy.yml", r"        with:\n          persist-credentials: false\n", ""),
    "unpinned-uses": ("deploy.yml", r"actions/checkout@\w{40} # v[\d.]+", "actions/checkout@v7"),
    "excessive-permissions": ("pr-checks.yml", r"permissions: \{\}", "permissions: write-all"),
    "template-injection": ("pr-checks.yml", r"sourcery\.sh .*", "sourcery.sh ${{ github.event.pull_request.title }}"),
    "dangerous-triggers": ("pr-checks.yml", r"pull_request:", "pull_request_target:"),
    "secrets-inherit": ("deploy.yml", r"    with:\n      environment: test", "    secrets: inherit\n\\g<0>"),
}


@pytest.mark.parametrize("risk", RISKS)
def test_zizmor_finds(risk: str, repository: Path, tools_bin: Path) -> None:
    name, right, wrong = RISKS[risk]
    change(repository / ".github" / "workflows" / name, right, wrong)
    command = ["zizmor", "--offline", "--persona", "pedantic", "--no-progress", "--quiet", ".github"]
    result = run(*command, cwd=repository, tools=tools_bin)
    assert result.returncode != 0
    assert f"[{risk}]" in result.stdout


def change(path: Path, right: str, wrong: str) -> None:
    text = path.read_text()
    changed = re.sub(right, wrong, text, count=1) if "\\" in right else text.replace(right, wrong, 1)
    assert changed != text
    path.write_text(changed)
