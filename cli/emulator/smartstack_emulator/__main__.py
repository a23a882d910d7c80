"""Serve ministack on one address with our patches. Settings come from the environment.

GATEWAY_PORT, BIND_HOST (default 127.0.0.1), SMARTSTACK_ALLOWED_HOSTS and SMARTSTACK_ALLOWED_ORIGINS (comma
separated, see guard.py), SMARTSTACK_SNAPSHOT_SECONDS (0 or unset: state is saved at shutdown only), and
ministack's own PERSIST_STATE, STATE_DIR, S3_PERSIST, S3_DATA_DIR.
"""

import importlib.metadata
import os
import sys

import uvicorn

from . import patches
from .guard import Guard
from .snapshots import Snapshots

VERSION = "1.5.33"
_SERVICES = "sqs,sns,s3,ses,sts,dynamodb,ssm"


def main() -> None:
    """Serve until SIGTERM."""
    installed = importlib.metadata.version("ministack")
    if installed != VERSION:
        sys.exit(f"the patches are written for ministack {VERSION}, but {installed} is installed")
    port = os.environ.setdefault("GATEWAY_PORT", "4566")
    os.environ.setdefault("SERVICES", _SERVICES)
    # Listeners that ministack would otherwise open beside HTTP.
    os.environ |= {"IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}
    patches.apply()
    application = patches.application()
    interval = float(os.environ.get("SMARTSTACK_SNAPSHOT_SECONDS", "0"))
    if interval:
        application = Snapshots(application, interval)
    guarded = Guard(application, _listed("SMARTSTACK_ALLOWED_HOSTS"), _listed("SMARTSTACK_ALLOWED_ORIGINS"))
    uvicorn.run(
        guarded,
        host=os.environ.get("BIND_HOST", "127.0.0.1"),
        port=int(port),
        lifespan="on",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=75,
    )


def _listed(variable: str) -> frozenset[str]:
    return frozenset(filter(None, os.environ.get(variable, "").split(",")))


if __name__ == "__main__":
    main()
