"""What a deploy does, step by step (see tests/support/played_deploy.py)."""

import json
import os
from collections.abc import Sequence

from played_deploy import REGISTRY, SERVICES, Deploy, deploy, digests

__all__ = ["deploy"]


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
