"""The script that sets and verifies what the workflows expect of GitHub; `gh` and `tofu` are played."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smartstack_cli.bootstrap.project import ROOT

SCRIPT = ROOT / ".github/scripts/github_settings.py"
PLAYED = """#!{python} -IS
import json, pathlib, re, sys
here = pathlib.Path({folder!r})
call = " ".join(sys.argv[1:])
body = sys.stdin.read() if "--input" in call else ""
with (here / "calls").open("a") as calls:
    calls.write(call + (" " + body if body else "") + "\\n")
for pattern, answer in json.loads((here / "answers").read_text()):
    if re.search(pattern, call):
        print(json.dumps(answer))
        sys.exit(0)
print("gh: Not Found (HTTP 404)", file=sys.stderr)
sys.exit(1)
"""
RULES = [
    {"type": "deletion"},
    {"type": "non_fast_forward"},
    {"type": "pull_request", "parameters": {}},
    {"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "All checks"}]}},
]
OUTPUTS = {
    name: {"value": f"the {name}"}
    for name in ("deploy_role_arn", "plan_role_arn", "build_role_arn", "registry", "region")
}


def named(kind: str, *names: str) -> dict[str, Any]:
    return {kind: [{"name": name} for name in names]}


def right() -> dict[str, Any]:
    """What GitHub answers where all is set up."""
    answers: dict[str, Any] = {
        "rules/branches/main$": RULES,
        "smartstack/actions/variables$": named(
            "variables", "BUILD_ROLE_ARN", "REGISTRY", "AWS_REGION", "PLAN_ROLE_ARN"
        ),
        "smartstack/actions/secrets$": named("secrets", "SOURCERY_TOKEN"),
    }
    for environment in ("test", "staging", "prod"):
        answers |= {
            f"environments/{environment}$": {"deployment_branch_policy": {"custom_branch_policies": True}},
            f"environments/{environment}/deployment-branch": named("branch_policies", "main"),
            f"environments/{environment}/variables$": named("variables", "DEPLOY_ROLE_ARN"),
            f"environments/{environment}/secrets$": named("secrets", "SMOKE_EMAIL", "SMOKE_PASSWORD"),
        }
    answers["environments/prod$"]["protection_rules"] = [{"type": "required_reviewers", "reviewers": [{"id": 1}]}]
    return answers


class Settings:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("gh", "tofu"):
            (folder / name).write_text(PLAYED.format(python=sys.executable, folder=str(folder)))
            (folder / name).chmod(0o755)

    def run(self, *words: str, answers: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        (self.folder / "answers").write_text(json.dumps(list(answers.items())))
        path = os.pathsep.join([str(self.folder), os.environ["PATH"]])
        given = {"PATH": path, "GITHUB_REPOSITORY": "acme/smartstack"}
        return subprocess.run(
            [sys.executable, SCRIPT, *words], env=os.environ | given, capture_output=True, text=True, check=False
        )

    def calls(self, start: str) -> list[str]:
        return [line for line in (self.folder / "calls").read_text().splitlines() if line.startswith(start)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


@pytest.mark.parametrize(
    ("answer", "subject"),
    [
        ({"use_default": True}, "acme/smartstack"),
        ({"use_default": True, "sub_claim_prefix": "repo:acme/smartstack"}, "acme/smartstack"),
        ({"use_default": True, "sub_claim_prefix": "repo:acme@12/smartstack@34"}, "acme@12/smartstack@34"),
    ],
)
def test_the_subject_is_read_from_github(answer: dict[str, Any], subject: str, settings: Settings) -> None:
    result = settings.run("subject", answers={"oidc/customization/sub": answer})
    assert (result.returncode, result.stdout.strip()) == (0, subject)


def test_variables_come_from_the_outputs_of_each_account(settings: Settings) -> None:
    for account in ("tools", "test", "prod"):
        assert settings.run("variables", account, answers={"output": OUTPUTS, "variable set": ""}).returncode == 0
    assert settings.calls("variable set") == [
        "variable set BUILD_ROLE_ARN --body the build_role_arn",
        "variable set REGISTRY --body the registry",
        "variable set AWS_REGION --body the region",
        "variable set PLAN_ROLE_ARN --body the plan_role_arn",
        "variable set DEPLOY_ROLE_ARN --env test --body the deploy_role_arn",
        "variable set DEPLOY_ROLE_ARN --env prod --body the deploy_role_arn",
    ]


def test_what_is_set_up_is_found_so(settings: Settings) -> None:
    result = settings.run("verify", answers=right())
    assert (result.returncode, result.stdout) == (0, "GitHub is set up\n"), result.stderr


@pytest.mark.parametrize(
    ("asked", "answer", "says"),
    [
        ("environments/prod$", {"deployment_branch_policy": {}, "protection_rules": []}, "without approval"),
        ("environments/prod$", {"deployment_branch_policy": None}, "prod can be deployed from *"),
        ("environments/test/deployment-branch", named("branch_policies", "main", "*"), "test can be deployed from *"),
        ("rules/branches/main$", RULES[:3], "no rule required_status_checks"),
        ("rules/branches/main$", [], "no rule pull_request"),
        ("smartstack/actions/variables$", named("variables", "AWS_REGION"), "variable REGISTRY"),
        ("environments/prod/secrets$", named("secrets"), "secret SMOKE_EMAIL of environment prod"),
        ("smartstack/actions/secrets$", named("secrets"), "SOURCERY_TOKEN"),
    ],
)
def test_what_is_missing_or_too_open_is_reported(asked: str, answer: Any, says: str, settings: Settings) -> None:
    result = settings.run("verify", answers=right() | {asked: answer})
    assert result.returncode == 1
    assert says in result.stdout


def test_an_empty_repository_is_reported_rather_than_failed_at(settings: Settings) -> None:
    result = settings.run("verify", answers={"rules/branches/main$": []})
    assert result.returncode == 1
    assert "environment prod is missing" in result.stdout


def test_protecting_lets_main_alone_deploy_and_a_person_approve_production(settings: Settings) -> None:
    answers = {"users/ada": {"id": 7}, "rules/branches/main": [], "rulesets": {}}
    answers |= {"GET .*deployment-branch": named("branch_policies"), "environments": {}}
    result = settings.run("protect", "ada", answers=answers)
    assert result.returncode == 0, result.stderr
    assert len(settings.calls("api --method POST repos/acme/smartstack/environments")) == 3
    [production] = settings.calls("api --method PUT repos/acme/smartstack/environments/prod")
    assert '"reviewers": [{"type": "User", "id": 7}]' in production
    [ruleset] = settings.calls("api --method POST repos/acme/smartstack/rulesets")
    assert '"context": "All checks"' in ruleset


def test_production_is_not_protected_without_a_reviewer(settings: Settings) -> None:
    assert settings.run("protect", answers={}).returncode != 0


def test_every_variable_and_secret_of_the_workflows_is_set_by_the_script_and_documented() -> None:
    workflows = "".join(file.read_text() for file in (ROOT / ".github/workflows").glob("*.yml"))
    used = set(re.findall(r"\b(?:vars|secrets)\.([A-Z_]+)", workflows))
    script, readme = SCRIPT.read_text(), (ROOT / "infra/README.md").read_text()
    assert {name for name in used if f'"{name}"' not in script} == set()
    assert {name for name in used if f"`{name}`" not in readme} == set()
