#!/usr/bin/env python3
"""Sets and verifies what the workflows expect of GitHub. Needs `gh`, signed in as an administrator of the repository.

subject                   the repository as it stands in GitHub's OIDC claims: bootstrap's variable `repository`
variables ENVIRONMENT     sets the variables from `tofu output` of infra/bootstrap, initialised for the account of
                          ENVIRONMENT (test, staging, prod, tools)
protect REVIEWER...       makes the environments and the rules of main; the REVIEWERs (user names) approve production
verify                    reports what is missing or too open; exit status 1 when something is

The repository is GITHUB_REPOSITORY (owner/name).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

ENVIRONMENTS = ("test", "staging", "prod")
# Which of bootstrap's outputs becomes which variable; of the repository, or of the environment.
REPOSITORY_VARIABLES = {
    "tools": {"BUILD_ROLE_ARN": "build_role_arn", "REGISTRY": "registry", "AWS_REGION": "region"},
    "test": {"PLAN_ROLE_ARN": "plan_role_arn"},
}
ENVIRONMENT_VARIABLES = {"DEPLOY_ROLE_ARN": "deploy_role_arn"}
ENVIRONMENT_SECRETS = ("SMOKE_EMAIL", "SMOKE_PASSWORD")
REQUIRED_CHECK = "All checks"
# GitHub shows it as the app that a check comes from. Source: https://api.github.com/apps/github-actions
ACTIONS_APP = 15368


class MissingError(Exception):
    """GitHub has nothing at this path."""


def run(*command: str, text: str | None = None) -> str:
    """Return what a program prints. Raises MissingError for a 404, RuntimeError for any other failure."""
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return result.stdout
    if "HTTP 404" in result.stderr:
        raise MissingError(" ".join(command))
    raise RuntimeError(f"{' '.join(command)}: {result.stderr.strip()}")


def ask(path: str = "", method: str = "GET", body: dict[str, Any] | None = None) -> Any:
    """Call GitHub's API below the repository and return the decoded answer; None when it is empty."""
    url = f"repos/{os.environ['GITHUB_REPOSITORY']}{path}"
    more = [] if body is None else ["--input", "-"]
    answer = run("gh", "api", "--method", method, url, *more, text=None if body is None else json.dumps(body))
    return json.loads(answer) if answer.strip() else None


def subject() -> str:
    """Return the repository as it stands in the claims, without `repo:`.

    Source: https://docs.github.com/en/rest/actions/oidc (sub_claim_prefix).
    """
    answer = ask("/actions/oidc/customization/sub") or {}
    found = answer.get("sub_claim_prefix") or os.environ["GITHUB_REPOSITORY"]
    return str(found).removeprefix("repo:").rstrip(":")


def variables(account: str) -> None:
    """Set the variables that the account of this name decides."""
    outputs = json.loads(run("tofu", "-chdir=infra/bootstrap", "output", "-json"))
    for name, output in REPOSITORY_VARIABLES.get(account, {}).items():
        run("gh", "variable", "set", name, "--body", str(outputs[output]["value"]))
    if account in ENVIRONMENTS:
        for name, output in ENVIRONMENT_VARIABLES.items():
            run("gh", "variable", "set", name, "--env", account, "--body", str(outputs[output]["value"]))


def protect(reviewers: list[str]) -> None:
    """Make the environments, which only main may deploy to, and main's rules. Raises ValueError without reviewers."""
    if not reviewers:
        raise ValueError("name at least one reviewer of production")
    people = [{"type": "User", "id": json.loads(run("gh", "api", f"users/{name}"))["id"]} for name in reviewers]
    for environment in ENVIRONMENTS:
        body: dict[str, Any] = {
            "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}
        }
        if environment == "prod":
            body |= {"reviewers": people, "prevent_self_review": len(people) > 1}
        ask(f"/environments/{environment}", "PUT", body)
        policies = ask(f"/environments/{environment}/deployment-branch-policies")["branch_policies"]
        if not any(policy["name"] == "main" for policy in policies):
            ask(f"/environments/{environment}/deployment-branch-policies", "POST", {"name": "main"})
    if not _rules().keys() >= {"pull_request", "required_status_checks", "non_fast_forward", "deletion"}:
        ask("/rulesets", "POST", RULESET)


RULESET = {
    "name": "main",
    "target": "branch",
    "enforcement": "active",
    "conditions": {"ref_name": {"include": ["refs/heads/main"], "exclude": []}},
    "rules": [
        {"type": "deletion"},
        {"type": "non_fast_forward"},
        {
            "type": "pull_request",
            "parameters": {
                "required_approving_review_count": 1,
                "dismiss_stale_reviews_on_push": True,
                "require_code_owner_review": False,
                "require_last_push_approval": True,
                "required_review_thread_resolution": True,
            },
        },
        {
            "type": "required_status_checks",
            "parameters": {
                "strict_required_status_checks_policy": True,
                "required_status_checks": [{"context": REQUIRED_CHECK, "integration_id": ACTIONS_APP}],
            },
        },
    ],
}


def _rules() -> dict[str, Any]:
    return {rule["type"]: rule.get("parameters", {}) for rule in ask("/rules/branches/main") or []}


def _names(path: str, kind: str) -> set[str]:
    try:
        return {item["name"] for item in ask(path)[kind]}
    except MissingError:
        return set()


def faults() -> Iterator[str]:
    """Yield what is missing or too open, each with its remedy."""
    yield from _main_faults()
    given = _names("/actions/variables", "variables")
    for account, wanted in REPOSITORY_VARIABLES.items():
        for name in sorted(wanted.keys() - given):
            yield f"variable {name} of the repository is missing: run `variables {account}`"
    if "SOURCERY_TOKEN" not in _names("/actions/secrets", "secrets"):
        yield "secret SOURCERY_TOKEN of the repository is missing, so no review by Sourcery runs: `gh secret set`"
    for environment in ENVIRONMENTS:
        yield from _environment_faults(environment)


def _main_faults() -> Iterator[str]:
    rules = _rules()
    for rule in ("deletion", "non_fast_forward", "pull_request", "required_status_checks"):
        if rule not in rules:
            yield f"main has no rule {rule}: run `protect`"
    checks = rules.get("required_status_checks", {}).get("required_status_checks", [])
    if REQUIRED_CHECK not in {check["context"] for check in checks}:
        yield f"main does not require the check {REQUIRED_CHECK!r}: run `protect`"


def _environment_faults(environment: str) -> Iterator[str]:
    try:
        found = ask(f"/environments/{environment}")
    except MissingError:
        yield f"environment {environment} is missing: run `protect`"
        return
    path = f"/environments/{environment}/deployment-branch-policies"
    branches = _names(path, "branch_policies") if found.get("deployment_branch_policy") else {"*"}
    if branches != {"main"}:
        yield f"environment {environment} can be deployed from {', '.join(sorted(branches))}: run `protect`"
    reviews = [rule for rule in found.get("protection_rules", []) if rule["type"] == "required_reviewers"]
    if environment == "prod" and not any(rule["reviewers"] for rule in reviews):
        yield "environment prod is deployed without approval: run `protect`"
    given = _names(f"/environments/{environment}/variables", "variables")
    for name in sorted(ENVIRONMENT_VARIABLES.keys() - given):
        yield f"variable {name} of environment {environment} is missing: run `variables {environment}`"
    for name in sorted(set(ENVIRONMENT_SECRETS) - _names(f"/environments/{environment}/secrets", "secrets")):
        yield f"secret {name} of environment {environment} is missing: `gh secret set {name} --env {environment}`"


def main(words: list[str]) -> int:
    """Run a command; return the exit status."""
    match words:
        case ["subject"]:
            sys.stdout.write(subject() + "\n")
        case ["variables", "test" | "staging" | "prod" | "tools" as account]:
            variables(account)
        case ["protect", *reviewers]:
            protect(reviewers)
        case ["verify"]:
            found = list(faults())
            sys.stdout.write("".join(f"{fault}\n" for fault in found) or "GitHub is set up\n")
            return 1 if found else 0
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
