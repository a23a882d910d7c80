"""A copy of the code to try things in: `python -m policy.workspace FOLDER` makes it below FOLDER.

It lacks the encryption of the state: what is thrown away needs no key, and asking for one would need an account.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from policy.check import ROOT

# The files that the code reads outside of its own folder.
READS = ("contracts/topology.json", "architecture/runbooks", "frontend/src/app")


def copy(target: Path, environments: Iterable[str] | None = None) -> Path:
    """Copy the code, with all it reads, below `target`, and only these environments; return where infra/ is."""
    ignored = shutil.ignore_patterns(".terraform", "*.tfstate*", "*_override.tf", "encryption.tofu")
    shutil.copytree(ROOT / "infra", target / "infra", ignore=ignored)
    for path in READS:
        source, copied = ROOT / path, target / path
        copied.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copied)
        else:
            shutil.copy(source, copied)
    # Git reports this copy as the root of the repository.
    subprocess.run(["git", "init", "--quiet", target], check=True)
    if environments is not None:
        for file in (target / "infra/environments").glob("*.tfvars"):
            if file.stem not in environments:
                file.unlink()
    return target / "infra"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m policy.workspace FOLDER")
    print(copy(Path(sys.argv[1])))
