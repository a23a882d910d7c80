"""Plans each environment from nothing, without an account: `plan.py INFRA OUT` leaves OUT/ENV.state.json.

It takes the real provider, but nothing that is planned from an empty state asks AWS: there is no data source that does
(infra/tests/test_code.py holds that), and the provider skips its identity check. So any pull request can be
held to the policy. Needs `tofu` or `terraform` on PATH; works in a copy of the folder.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OVERRIDE = """
terraform {
  backend "local" {}
}

provider "aws" {
  access_key                  = "nobody"
  secret_key                  = "nothing"
  skip_credentials_validation = true
  skip_metadata_api_check     = "true"
  skip_region_validation      = true
  skip_requesting_account_id  = true
  allowed_account_ids         = null
}
"""


def engine() -> str:
    """Return the program to plan with. Raises SystemExit when there is none."""
    found = shutil.which("tofu") or shutil.which("terraform")
    if found is None:
        raise SystemExit("neither tofu nor terraform is on PATH")
    return found


def plan(infra: Path, out: Path) -> None:
    """Plan each of `infra`/environments/*.tfvars. Raises CalledProcessError when one cannot be planned."""
    program = engine()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        # The code reads its neighbours, so they are where they are for the original.
        root = Path(folder)
        for neighbour in infra.resolve().parent.iterdir():
            if neighbour.name != "infra":
                (root / neighbour.name).symlink_to(neighbour)
        copied = root / "infra"
        shutil.copytree(infra, copied, ignore=shutil.ignore_patterns(".terraform", "tests", "bootstrap"))
        (copied / "zz_override.tf").write_text(OVERRIDE)
        # A temporary plan needs no key.
        (copied / "encryption.tofu").unlink(missing_ok=True)
        _run(program, copied, "init", "-input=false")
        for variables in sorted(copied.glob("environments/*.tfvars")):
            file = root / "plan"
            _run(program, copied, "plan", "-input=false", "-refresh=false", f"-var-file={variables}", f"-out={file}")
            shown = _run(program, copied, "show", "-json", str(file))
            (out / f"{variables.stem}.state.json").write_text(shown)


def _run(program: str, folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "TF_IN_AUTOMATION": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    result = subprocess.run(
        [program, *arguments, *([] if arguments[0] == "show" else ["-no-color"])],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        sys.stderr.write(result.stdout[-4000:] + result.stderr[-4000:])
        raise SystemExit(f"{Path(program).name} {arguments[0]} failed")
    return result.stdout


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: plan.py INFRA OUT")
    plan(Path(sys.argv[1]), Path(sys.argv[2]))
