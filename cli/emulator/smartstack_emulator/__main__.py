"""Serve ministack on one address with our patches. Settings come from the environment.

GATEWAY_PORT, BIND_HOST (default 127.0.0.1), SMARTSTACK_ALLOWED_HOSTS and SMARTSTACK_ALLOWED_ORIGINS (comma
separated) and SMARTSTACK_SIGNED_WITH (see guard.py), SMARTSTACK_SNAPSHOT_SECONDS (only with PERSIST_STATE=1, see
snapshots.py), and ministack's own PERSIST_STATE, STATE_DIR, S3_PERSIST, S3_DATA_DIR.
"""

import importlib
import importlib.metadata
import os
import sys
from pathlib import Path

import uvicorn

from . import durable, patches
from .durable import Recorder
from .guard import Application, Guard
from .journal import Journal
from .snapshots import Durable

VERSION = "1.5.33"
_ACCOUNT = "000000000000"
_SERVICES = "sqs,sns,s3,ses,sts,dynamodb,ssm"


def main() -> None:
    """Serve until SIGTERM."""
    installed = importlib.metadata.version("ministack")
    if installed != VERSION:
        sys.exit(f"the patches are written for ministack {VERSION}, but {installed} is installed")
    port = os.environ.setdefault("GATEWAY_PORT", "4566")
    os.environ.setdefault("SERVICES", _SERVICES)
    # Listeners that ministack would otherwise open in addition to HTTP.
    os.environ |= {"IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}
    secret = os.environ.pop("SMARTSTACK_SIGNED_WITH", None)
    if secret is not None:
        # Ministack checks presigned URLs once more, with the key pair of its own environment.
        os.environ |= {"AWS_ACCESS_KEY_ID": _ACCOUNT, "AWS_SECRET_ACCESS_KEY": secret}
    hosts, origins = _listed("SMARTSTACK_ALLOWED_HOSTS"), _listed("SMARTSTACK_ALLOWED_ORIGINS")
    guarded = Guard(_application(), hosts, origins, secret)
    uvicorn.run(
        guarded,
        host=os.environ.get("BIND_HOST", "127.0.0.1"),
        port=int(port),
        lifespan="on",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=75,
    )


def _application() -> Application:
    if os.environ.get("PERSIST_STATE") != "1":
        patches.apply(patches.Unobserved())
        return patches.application()
    folder = Path(os.environ["STATE_DIR"])
    journal = Journal(folder)
    sqs, sns = (importlib.import_module(f"ministack.services.{name}") for name in ("sqs", "sns"))
    recorder = Recorder(sqs, sns, journal)
    durable.name_queues_alike(sqs)
    patches.apply(recorder)
    recorder.install()
    interval = float(os.environ.get("SMARTSTACK_SNAPSHOT_SECONDS", "1"))
    return Durable(patches.application(), folder, interval, journal, recorder)


def _listed(variable: str) -> frozenset[str]:
    return frozenset(filter(None, os.environ.get(variable, "").split(",")))


if __name__ == "__main__":
    main()
