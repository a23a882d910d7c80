#!/usr/bin/env python3
"""Reads and makes the JSON that the scripts of a deploy hand on; the standard library is enough for it.

value FILE KEY...        what is at this path, text without quotes; FILE may be - for standard input
count FILE KEY...        how many entries are there
network FILE SERVICE     the network of a one-off task, as ECS takes it
overrides NAME WORD...   the command of a one-off task's container, as ECS takes it
restored NOW FORMER      the image digests of FORMER, and those of NOW for images that FORMER does not have
unconnected FILE         the ECS services whose deployment began before another service was made, one a line
digests                  {"image_digests": {name: digest}} of the lines `NAME DIGEST` or `NAME IMAGE@DIGEST` it reads;
                         a line without a digest (nothing runs) is left out
"""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any


def at(file: str, *keys: str) -> Any:
    """Return what is at the path `keys` in a JSON file. Raises KeyError when there is nothing."""
    text = sys.stdin.read() if file == "-" else Path(file).read_text()
    return reduce(lambda found, key: found[key], keys, json.loads(text))


def value(file: str, *keys: str) -> str:
    """Return it as text."""
    found = at(file, *keys)
    return found if isinstance(found, str) else json.dumps(found)


def count(file: str, *keys: str) -> str:
    """Return its size."""
    return str(len(at(file, *keys)))


def network(file: str, service: str) -> str:
    """Return AwsVpcConfiguration for a task of `service`."""
    found = at(file, "one_off_network", "value")
    configuration = {
        "subnets": found["subnet_ids"],
        "securityGroups": [found["security_group_ids"][service]],
        "assignPublicIp": found["assign_public_ip"],
    }
    return _compact({"awsvpcConfiguration": configuration})


def overrides(name: str, *words: str) -> str:
    """Return TaskOverride with this command for the container `name`; without words it changes nothing."""
    return _compact({"containerOverrides": [{"name": name, "command": words}]} if words else {})


def restored(now: str, former: str) -> str:
    """Return OpenTofu variables that take every image that was released before back to that release."""
    return json.dumps({"image_digests": at(now, "image_digests") | at(former, "image_digests")}, indent=2)


def unconnected(file: str) -> str:
    """Return the services that do not know of every other one; FILE is what `ecs describe-services` prints."""
    services = [service for service in at(file, "services") if service["status"] == "ACTIVE"]
    made = {service["serviceName"]: datetime.fromisoformat(service["createdAt"]) for service in services}
    return "\n".join(
        name for name in sorted(made) if any(made[other] > _began(services, name) for other in made if other != name)
    )


def _began(services: list[Any], name: str) -> datetime:
    deployments = next(service["deployments"] for service in services if service["serviceName"] == name)
    return max(datetime.fromisoformat(one["createdAt"]) for one in deployments if one["status"] == "PRIMARY")


def digests() -> str:
    """Return OpenTofu variables that name the images on standard input."""
    return json.dumps({"image_digests": dict(_digests(sys.stdin))}, indent=2)


def _compact(found: Any) -> str:
    return json.dumps(found, separators=(",", ":"))


def _digests(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, _, image = line.strip().partition(" ")
        digest = image.rpartition("@")[2]
        if digest.startswith("sha256:"):
            yield name, digest


if __name__ == "__main__":
    command = {
        "value": value,
        "count": count,
        "network": network,
        "overrides": overrides,
        "restored": restored,
        "unconnected": unconnected,
        "digests": digests,
    }
    sys.stdout.write(command[sys.argv[1]](*sys.argv[2:]) + "\n")
