"""What a deploy does, step by step. A stand-in plays AWS, OpenTofu, GitHub and Docker, and notes what it is asked."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
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


def runs_already(deploy: Deploy, services: Sequence[str] = SERVICES) -> None:
    for service in services:
        deploy.answer(f"describe-services .* smartstack-test-{service} ", f"arn:definition/{service}")
        image = f"{REGISTRY}/smartstack-{service}@sha256:{'1' * 64}"
        deploy.answer(f"describe-task-definition .*definition/{service} ", image)
    deploy.answer("describe-services", "None")
    deploy.answer("lambda get-function", f"{REGISTRY}/smartstack-bedrock-proxy@sha256:{'1' * 64}")


def test_a_plan_remembers_what_runs(deploy: Deploy) -> None:
    runs_already(deploy)
    deploy.write("infra/images.auto.tfvars.json", digests("2", *SERVICES))
    assert deploy.run("tofu.sh", "test", "plan").returncode == 0
    assert deploy.read("release/former.json") == digests("1", *SERVICES, "bedrock-proxy")
    assert deploy.read("infra/images.auto.tfvars.json") == digests("2", *SERVICES)
    init, plan = deploy.calls("tofu")
    of_test = "-var-file=environments/test.tfvars"
    assert init == f"tofu -chdir=infra init {of_test} -backend-config=environments/test.backend.hcl"
    assert plan.startswith("tofu -chdir=infra plan ")
    assert of_test in plan


def test_a_plan_without_a_release_is_one_with_what_runs(deploy: Deploy) -> None:
    runs_already(deploy)
    assert deploy.run("tofu.sh", "test", "plan").returncode == 0
    assert deploy.read("infra/images.auto.tfvars.json") == digests("1", *SERVICES, "bedrock-proxy")


def test_nothing_runs_before_the_first_release(deploy: Deploy) -> None:
    deploy.answer("describe-services", "An error occurred (ClusterNotFoundException)", code=254)
    deploy.answer("lambda get-function", "An error occurred (ResourceNotFoundException)", code=254)
    assert deploy.run("tofu.sh", "test", "plan").returncode == 0
    assert deploy.read("release/former.json") == {"image_digests": {}}


def test_the_proxy_that_a_failed_first_deploy_left_is_not_a_release(deploy: Deploy) -> None:
    deploy.answer("describe-services", "None")
    deploy.answer("lambda get-function", f"{REGISTRY}/smartstack-bedrock-proxy@sha256:{'1' * 64}")
    assert deploy.run("tofu.sh", "test", "plan").returncode == 0
    assert deploy.read("release/former.json") == {"image_digests": {}}


def test_only_a_deployment_that_completed_is_remembered(deploy: Deploy) -> None:
    deploy.answer("describe-services .*rolloutState=='COMPLETED'", "None")
    deploy.answer("describe-services", "arn:definition/failed")
    deploy.answer("describe-task-definition", f"{REGISTRY}/smartstack-ai@sha256:{'1' * 64}")
    assert deploy.run("tofu.sh", "test", "plan").returncode == 0
    assert deploy.read("release/former.json") == {"image_digests": {}}


def test_what_cannot_be_remembered_stops_the_deploy(deploy: Deploy) -> None:
    deploy.answer("describe-services", "An error occurred (AccessDeniedException)", code=254)
    result = deploy.run("tofu.sh", "test", "plan")
    assert result.returncode != 0
    assert "AccessDenied" in result.stderr
    assert not (deploy.root / "infra/images.auto.tfvars.json").exists()


def test_preparing_leaves_running_services_alone(deploy: Deploy) -> None:
    deploy.answer("tofu .*output", '{"url": {}}')
    assert deploy.run("tofu.sh", "test", "prepare").returncode == 0
    apply = deploy.calls("tofu")[0]
    assert apply.count("-exclude=") == len(SERVICES)
    for service in SERVICES:
        assert f'-exclude=module.services["{service}"].aws_ecs_service.this' in apply
    assert deploy.read("release/outputs.json") == {"url": {}}


def described(deploy: Deploy, **began: str) -> None:
    """Services made at 10:00 in the order of the alphabet; their deployments began at these minutes."""
    services = [
        {
            "serviceName": f"smartstack-test-{name}",
            "status": "ACTIVE",
            "createdAt": f"2026-11-30T10:0{minute}:00+00:00",
            "deployments": [
                {"status": "PRIMARY", "createdAt": f"2026-11-30T10:{began.get(name, f'0{minute}')}:00+00:00"},
                {"status": "ACTIVE", "createdAt": "2026-11-30T09:00:00+00:00"},
            ],
        }
        for minute, name in enumerate(SERVICES)
    ]
    deploy.answer("describe-services .*--output json", json.dumps({"services": services}))


def test_a_service_that_began_before_another_was_there_is_deployed_again(deploy: Deploy) -> None:
    described(deploy, comms="30", tasks="30")
    assert deploy.run("tofu.sh", "test", "release").returncode == 0
    forced = [call.split("--service ")[1].split()[0] for call in deploy.calls("aws ecs update-service")]
    assert forced == ["smartstack-test-ai", "smartstack-test-gateway"]
    assert len(deploy.calls("aws ecs wait services-stable")) == 1


def test_services_that_know_each_other_are_left_alone(deploy: Deploy) -> None:
    described(deploy, **dict.fromkeys(SERVICES, "30"))
    assert deploy.run("tofu.sh", "test", "release").returncode == 0
    assert deploy.calls("aws ecs update-service") == []


def test_releasing_leaves_nothing_out(deploy: Deploy) -> None:
    described(deploy, **dict.fromkeys(SERVICES, "30"))
    assert deploy.run("tofu.sh", "test", "release").returncode == 0
    [apply] = deploy.calls("tofu")
    assert "apply" in apply
    assert "-exclude" not in apply


def test_rolling_back_runs_the_former_images(deploy: Deploy) -> None:
    deploy.write("infra/images.auto.tfvars.json", digests("2", *SERVICES))
    deploy.write("release/former.json", digests("1", *SERVICES))
    assert deploy.run("tofu.sh", "test", "rollback").returncode == 0
    assert deploy.read("infra/images.auto.tfvars.json") == digests("1", *SERVICES)
    [apply] = deploy.calls("tofu")
    assert "-exclude" not in apply


def test_rolling_back_leaves_a_service_alone_that_this_release_added(deploy: Deploy) -> None:
    deploy.write("infra/images.auto.tfvars.json", digests("2", *SERVICES, "bedrock-proxy"))
    deploy.write("release/former.json", digests("1", "ai", "comms", "gateway", "bedrock-proxy"))
    assert deploy.run("tofu.sh", "test", "rollback").returncode == 0
    restored = deploy.read("infra/images.auto.tfvars.json")["image_digests"]
    assert restored["smartstack-tasks"] == f"sha256:{'2' * 64}"
    assert restored["smartstack-ai"] == f"sha256:{'1' * 64}"
    [apply] = deploy.calls("tofu")
    assert apply.count("-exclude=") == 1
    assert '-exclude=module.services["tasks"].aws_ecs_service.this' in apply


def test_the_first_release_has_nothing_to_go_back_to(deploy: Deploy) -> None:
    deploy.write("release/former.json", {"image_digests": {}})
    result = deploy.run("tofu.sh", "test", "rollback")
    assert (result.returncode, "::warning::" in result.stdout) == (0, True)
    assert deploy.calls("tofu") == []


def tasks_end_with(deploy: Deploy, code: str, times: int = 0) -> None:
    deploy.answer("describe-tasks .*exitCode", code, times=times)


def test_all_services_are_migrated_through_the_phase(deploy: Deploy) -> None:
    deploy.write("release/former.json", digests("1", *SERVICES))
    deploy.answer("run-task", "arn:aws:ecs:task/smartstack-test/abc")
    tasks_end_with(deploy, "0")
    assert deploy.run("migrate.sh", "expand").returncode == 0
    started = deploy.calls("aws ecs run-task")
    assert len(started) == 1 + len(SERVICES)
    for call, service in zip(started[1:], SERVICES, strict=True):
        assert f"--task-definition smartstack-test-{service}-migrate " in call
        assert f'{{"name":"{service}","command":["migrate","--phase","expand"]}}' in call
        assert f'"securityGroups":["sg-{service}"],"assignPublicIp":"ENABLED"' in call
    assert f"--log-stream-name migrate/{SERVICES[0]}/abc" in deploy.calls("aws logs")[1]


def test_schemas_and_roles_are_made_before_the_schemas_are_expanded(deploy: Deploy) -> None:
    deploy.answer("run-task", "arn:aws:ecs:task/smartstack-test/abc")
    tasks_end_with(deploy, "0")
    assert deploy.run("migrate.sh", "expand").returncode == 0
    assert "--task-definition smartstack-test-gateway-provision --overrides {} " in deploy.calls("aws ecs run-task")[0]
    assert deploy.run("migrate.sh", "contract").returncode == 0
    assert sum("provision" in call for call in deploy.calls("aws ecs run-task")) == 1


def test_a_migration_that_found_a_lock_held_is_run_again(deploy: Deploy) -> None:
    deploy.write("release/former.json", digests("1", *SERVICES))
    deploy.answer("run-task", "arn:aws:ecs:task/smartstack-test/abc")
    tasks_end_with(deploy, str(os.EX_TEMPFAIL), times=2)
    tasks_end_with(deploy, "0")
    assert deploy.run("migrate.sh", "contract").returncode == 0
    assert len(deploy.calls("aws ecs run-task")) == len(SERVICES) + 2
    assert len(deploy.calls("sleep")) == 2


def test_a_migration_that_fails_stops_the_deploy_at_once(deploy: Deploy) -> None:
    deploy.write("release/former.json", digests("1", *SERVICES))
    deploy.answer("run-task", "arn:aws:ecs:task/smartstack-test/abc")
    tasks_end_with(deploy, "2")
    assert deploy.run("migrate.sh", "contract").returncode == 2
    assert len(deploy.calls("aws ecs run-task")) == 1


def test_a_task_that_never_started_is_a_failure(deploy: Deploy) -> None:
    deploy.write("release/former.json", digests("1", *SERVICES))
    deploy.answer("run-task", "arn:aws:ecs:task/smartstack-test/abc")
    tasks_end_with(deploy, "None")
    deploy.answer("stoppedReason", "CannotPullContainerError")
    result = deploy.run("migrate.sh", "expand")
    assert (result.returncode, "CannotPullContainerError" in result.stderr) == (1, True)


def artifacts(deploy: Deploy) -> None:
    for name in ("smartstack-ai", "smartstack-tasks"):
        deploy.write(f"release/image-{name.removeprefix('smartstack-')}/{name}", f"sha256:{'2' * 64}\n")
    deploy.write("release/web/web.tar.gz", "an archive")


def test_a_release_is_what_main_built(deploy: Deploy) -> None:
    artifacts(deploy)
    deploy.answer("attestation verify", "Loaded digest sha256:abc for oci://something")
    result = deploy.run("release.sh")
    assert result.returncode == 0, result.stderr
    assert deploy.read("infra/images.auto.tfvars.json") == digests("2", "ai", "tasks")
    verified = deploy.calls("gh attestation verify")
    assert [call.split()[3] for call in verified] == [
        f"oci://{REGISTRY}/smartstack-ai@sha256:{'2' * 64}",
        f"oci://{REGISTRY}/smartstack-tasks@sha256:{'2' * 64}",
        "release/web/web.tar.gz",
    ]
    for call in verified:
        assert "--signer-workflow acme/smartstack/.github/workflows/deploy.yml" in call
        assert "--source-ref refs/heads/main --source-digest c0ffee" in call


@pytest.mark.parametrize("forged", ["smartstack-ai", "smartstack-tasks", "web.tar.gz"])
def test_what_somebody_else_built_is_not_released(forged: str, deploy: Deploy) -> None:
    artifacts(deploy)
    deploy.answer(f"attestation verify .*{forged}", "no attestation", code=1)
    assert deploy.run("release.sh").returncode == 1


def archive(deploy: Deploy, name: str, text: str) -> None:
    deploy.write("made/index.html", text)
    (deploy.root / name).parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-czf", deploy.root / name, "-C", deploy.root / "made", "."], check=True)


def test_publishing_keeps_the_former_web_app_until_the_next_release(deploy: Deploy) -> None:
    archive(deploy, "release/web/web.tar.gz", "new")
    deploy.answer("aws s3 ls", "2026-11-23 published.tar.gz")
    result = deploy.run("publish.sh", "release")
    assert result.returncode == 0, result.stderr
    assert (deploy.root / "release/out/index.html").read_text() == "new"
    kept = "s3://smartstack-test-1-web/_releases/published.tar.gz"
    assert [call.split(maxsplit=2)[2] for call in deploy.calls("aws s3") + deploy.calls("python3")] == [
        f"ls {kept}",
        f"cp --only-show-errors {kept} release/former.tar.gz",
        f"cp --only-show-errors release/web/web.tar.gz {kept}",
        "release/out smartstack-test-1-web E1",
    ]


def test_rolling_back_publishes_the_former_web_app(deploy: Deploy) -> None:
    archive(deploy, "release/former.tar.gz", "old")
    assert deploy.run("publish.sh", "former").returncode == 0
    assert (deploy.root / "release/former-out/index.html").read_text() == "old"
    assert deploy.calls("python3") == [
        "python3 infra/scripts/publish_frontend.py release/former-out smartstack-test-1-web E1"
    ]


def test_the_first_web_app_has_nothing_to_go_back_to(deploy: Deploy) -> None:
    result = deploy.run("publish.sh", "former")
    assert (result.returncode, "::warning::" in result.stdout) == (0, True)
    assert deploy.calls("python3") == []


DOCKERFILE = "ARG PYTHON_IMAGE=python:3.13-slim\nARG SERVICE=tasks\nFROM ${PYTHON_IMAGE}\n"


def test_an_image_is_pushed_once_for_each_commit(deploy: Deploy) -> None:
    deploy.write("Dockerfile", DOCKERFILE)
    deploy.answer("imagetools inspect", json.dumps({"digest": f"sha256:{'4' * 64}"}))
    deploy.answer("ecr describe-images", f"sha256:{'3' * 64}")
    assert deploy.run("build-image.sh", "tasks", REGISTRY).returncode == 0
    assert not any("buildx build" in call for call in deploy.calls("docker"))
    assert (deploy.root / "output").read_text().splitlines() == [
        f"name={REGISTRY}/smartstack-tasks",
        f"digest=sha256:{'3' * 64}",
        f"reference={REGISTRY}/smartstack-tasks@sha256:{'3' * 64}",
    ]


def test_an_image_is_built_from_bases_by_digest(deploy: Deploy) -> None:
    deploy.write("Dockerfile", DOCKERFILE)
    deploy.write("metadata.json", {"containerimage.digest": f"sha256:{'4' * 64}"})
    deploy.answer("ecr describe-images", "An error occurred (ImageNotFoundException)", code=254)
    deploy.answer("imagetools inspect python:3.13-slim", '{"digest": "sha256:ba5e"}')
    assert deploy.run("build-image.sh", "tasks", REGISTRY).returncode == 0
    [build] = [call for call in deploy.calls("docker") if "buildx build" in call]
    assert "--build-arg PYTHON_IMAGE=python:3.13-slim@sha256:ba5e" in build
    assert f"--push --tag {REGISTRY}/smartstack-tasks:c0ffee" in build
    assert (deploy.root / "image/smartstack-tasks").read_text() == f"sha256:{'4' * 64}\n"


@pytest.mark.parametrize("says", ["None", "None\nNone", "", "sha256:short"])
def test_what_is_not_a_digest_is_not_released(says: str, deploy: Deploy) -> None:
    deploy.write("Dockerfile", DOCKERFILE)
    deploy.answer("imagetools inspect", json.dumps({"digest": f"sha256:{'4' * 64}"}))
    deploy.answer("ecr describe-images", says)
    assert deploy.run("build-image.sh", "tasks", REGISTRY).returncode != 0
    assert not (deploy.root / "output").exists()


def test_an_image_is_looked_up_by_its_tag_however_many_there_are(deploy: Deploy) -> None:
    deploy.write("Dockerfile", DOCKERFILE)
    deploy.answer("imagetools inspect", json.dumps({"digest": f"sha256:{'4' * 64}"}))
    deploy.answer("ecr describe-images .*--image-ids imageTag=c0ffee", f"sha256:{'3' * 64}")
    deploy.answer("ecr describe-images", "None\nNone")
    assert deploy.run("build-image.sh", "tasks", REGISTRY).returncode == 0


def test_a_registry_that_does_not_answer_stops_the_build(deploy: Deploy) -> None:
    deploy.write("Dockerfile", DOCKERFILE)
    deploy.answer("imagetools inspect", json.dumps({"digest": f"sha256:{'4' * 64}"}))
    deploy.answer("ecr describe-images", "An error occurred (AccessDeniedException)", code=254)
    assert deploy.run("build-image.sh", "tasks", REGISTRY).returncode != 0
    assert not any("buildx build" in call for call in deploy.calls("docker"))


@pytest.mark.parametrize(("size", "code"), [(170_000_000, 0), (190_000_000, 1)])
def test_an_image_that_grew_too_large_fails_the_check(size: int, code: int, deploy: Deploy) -> None:
    deploy.write("Dockerfile", DOCKERFILE)
    deploy.answer("imagetools inspect", '{"digest": "sha256:ba5e"}')
    deploy.answer("docker image inspect", str(size))
    assert deploy.run("build-image.sh", "tasks").returncode == code
