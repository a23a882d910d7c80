#!/usr/bin/env python3
"""Plays AWS, OpenTofu and the product for the scripts of a deploy, with a memory between calls.

Started by the name of the program it plays. The folder in PLAYED_CLOUD holds the state, world.json. An apply makes what
it is asked for, in the order of the real one; a service comes to run only if its image and its schema are there.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

REGISTRY = "444444444444.dkr.ecr.eu-west-1.amazonaws.com"
SERVICES = ("ai", "comms", "gateway", "tasks")
OUTPUTS = {
    "url": "https://app.example.com",
    "cluster_name": "smartstack-test",
    "web_bucket_name": "smartstack-test-1-web",
    "distribution_id": "E1",
    "one_off_network": {
        "subnet_ids": ["subnet-1"],
        "assign_public_ip": "ENABLED",
        "security_group_ids": {service: f"sg-{service}" for service in SERVICES},
    },
}

World = dict[str, Any]


class RefusedError(Exception):
    """The program says no; the text is what it writes to standard error."""


def empty() -> World:
    """Return an account after the bootstrap."""
    return {
        "clock": 0,
        "cluster": False,
        "function": None,
        "services": {},
        "provisioned": False,
        "expanded": {},
        "contracted": {},
        "published": None,
        "task": 0,
    }


def tick(world: World) -> str:
    """Return the next moment."""
    world["clock"] += 1
    return f"2026-11-30T10:{world['clock'] // 60:02}:{world['clock'] % 60:02}+00:00"


def tofu(world: World, call: str) -> str:
    """Play OpenTofu."""
    if " output " in call:
        return json.dumps({name: {"value": value} for name, value in OUTPUTS.items()})
    if " apply " not in call:
        return ""
    digests = json.loads(Path("infra/images.auto.tfvars.json").read_text())["image_digests"]
    world["cluster"] = True
    world["function"] = image(digests, "bedrock-proxy")
    for service in SERVICES:
        if f'services["{service}"]' not in call:
            release(world, service, image(digests, service))
    return "Apply complete!"


def image(digests: dict[str, str], name: str) -> str:
    """Return the image to run. Raises RefusedError when there is none."""
    if f"smartstack-{name}" not in digests:
        raise RefusedError(f"CannotPullContainerError: no image of {name}")
    return f"{REGISTRY}/smartstack-{name}@{digests[f'smartstack-{name}']}"


def release(world: World, service: str, wanted: str) -> None:
    """Deploy a service. Raises RefusedError when its tasks do not become healthy."""
    found = world["services"].setdefault(service, {"made": tick(world), "image": None, "began": tick(world)})
    if found["image"] == wanted:
        return
    if service not in world["expanded"]:
        raise RefusedError(f"{service} is not healthy: it has no schema")
    found |= {"image": wanted, "began": tick(world)}


def aws(world: World, call: str) -> str:
    """Play AWS's command line."""
    for pattern, answer in AWS.items():
        if found := re.search(pattern, call):
            return answer(world, found)
    return ""


def completed(world: World, found: "re.Match[str]") -> str:
    """Answer which task definition a service runs."""
    if not world["cluster"]:
        raise RefusedError("An error occurred (ClusterNotFoundException)")
    service = world["services"].get(found[1])
    return f"arn:definition/{found[1]}" if service and service["image"] else "None"


def described(world: World, _: "re.Match[str]") -> str:
    """Answer when services were made and when they were deployed."""
    services = [
        {
            "serviceName": f"smartstack-test-{name}",
            "status": "ACTIVE",
            "createdAt": service["made"],
            "deployments": [{"status": "PRIMARY", "createdAt": service["began"]}],
        }
        for name, service in world["services"].items()
    ]
    return json.dumps({"services": services})


def forced(world: World, found: "re.Match[str]") -> str:
    """Deploy a service again."""
    world["services"][found[1]]["began"] = tick(world)
    return found[1]


def function(world: World, _: "re.Match[str]") -> str:
    """Answer which image the function runs."""
    if world["function"] is None:
        raise RefusedError("An error occurred (ResourceNotFoundException)")
    return str(world["function"])


def run_task(world: World, found: "re.Match[str]") -> str:
    """Run a task to its end."""
    service, label = found[1], found[2]
    world["task"] = 0
    if label == "provision":
        world["provisioned"] = True
    elif not world["provisioned"]:
        world["task"] = 1
    else:
        phase = "expanded" if '"expand"' in found[0] else "contracted"
        world[phase][service] = True
    return "arn:aws:ecs:task/smartstack-test/abc"


AWS = {
    r"describe-services .*--output json": described,
    r"describe-services .*--services smartstack-test-(\w+) ": completed,
    r"describe-task-definition .*definition/(\w+) ": lambda world, found: world["services"][found[1]]["image"],
    r"update-service .*--service smartstack-test-(\w+) ": forced,
    r"lambda get-function": function,
    r"run-task .*--task-definition smartstack-test-(\w+)-(\w+) .*": run_task,
    r"describe-tasks .*exitCode": lambda world, _: str(world["task"]),
    r"s3 ls": lambda world, _: "published.tar.gz" if world["published"] else "",
    r"s3 cp .* (\S+\.tar\.gz) s3://": lambda world, found: world.update(published=Path(found[1]).read_bytes().hex()),
    r"s3 cp .* s3://\S+ (\S+)": lambda world, found: Path(found[1]).write_bytes(bytes.fromhex(world["published"])),
}


def product(world: World, call: str) -> str:
    """Play the smoke test: every service runs, and knows the others."""
    if "smoke.py" not in call:
        return ""
    services = world["services"].values()
    latest = max((service["made"] for service in services), default="")
    if len(services) < len(SERVICES) or any(not one["image"] or one["began"] < latest for one in services):
        raise RefusedError("the product does not answer")
    return "fine"


def main() -> int:
    """Play the program by whose name this was started; return its exit status."""
    program = Path(sys.argv[0]).name
    if sys.argv[1] == "empty":
        sys.stdout.write(json.dumps(empty()))
        return 0
    file = Path(os.environ["PLAYED_CLOUD"]) / "world.json"
    world = json.loads(file.read_text())
    players = {"tofu": tofu, "amazon": aws, "product": product}
    code = 0
    try:
        answer = players[program](world, " ".join(sys.argv))
        sys.stdout.write(f"{answer}\n" if answer else "")
    except RefusedError as error:
        sys.stderr.write(f"{error}\n")
        code = 254
    file.write_text(json.dumps(world))
    return code


if __name__ == "__main__":
    sys.exit(main())
