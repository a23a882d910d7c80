"""What a deploy releases: images and a web app that main built (see tests/support/played_deploy.py)."""

import json
import subprocess

import pytest
from played_deploy import REGISTRY, Deploy, deploy, digests

__all__ = ["deploy"]


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
