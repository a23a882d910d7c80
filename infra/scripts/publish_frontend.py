"""Publishes an export of the web app: publish_frontend.py OUT_DIR BUCKET DISTRIBUTION_ID.

Hashed assets first, pages last, so that every page finds its parts; assets of former releases
stay for pages that are still open. Each page carries its content security policy (out/csp.json) as metadata `csp`, and
the page for what is not there its status; a CloudFront function makes headers of them
(infra/modules/frontend/functions/response.js). Keys below _releases/ are not touched.

Standard library and the AWS CLI alone: it runs wherever a deploy does.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

POLICIES = "csp.json"
ASSETS = "_next/static"
NOT_FOUND = "404.html"
IMMUTABLE = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
# S3 keeps at most 2 KB of metadata with an object (S3 User Guide, "Working with object metadata").
METADATA_BYTES = 2048


def main(arguments: Sequence[str]) -> int:
    """Publish; returns the exit status."""
    if len(arguments) != 3:
        print("usage: publish_frontend.py OUT_DIR BUCKET DISTRIBUTION_ID", file=sys.stderr)  # noqa: T201 - the answer
        return 2
    out, bucket, distribution = Path(arguments[0]), f"s3://{arguments[1]}", arguments[2]
    pages = page_metadata(out)
    assets = ("--exclude", "*", "--include", f"{ASSETS}/*")
    rest = ("--exclude", f"{ASSETS}/*", "--exclude", "*.html", "--exclude", POLICIES, "--exclude", "_releases/*")
    _aws("s3", "sync", str(out), bucket, *assets, "--cache-control", IMMUTABLE)
    _aws("s3", "sync", str(out), bucket, *rest, "--cache-control", ASK_AGAIN)
    for page, metadata in pages.items():
        _aws("s3", "cp", str(out / page), f"{bucket}/{page}", "--cache-control", ASK_AGAIN,
             "--content-type", "text/html; charset=utf-8", "--metadata", json.dumps(metadata))  # fmt: skip
    # The remains of former releases, apart from their assets. Sizes are those of what was just written, so this only
    # deletes: a page that it wrote again would lose its policy.
    gone = ("--exclude", f"{ASSETS}/*", "--exclude", POLICIES, "--exclude", "_releases/*")
    _aws("s3", "sync", str(out), bucket, *gone, "--delete", "--size-only")
    _aws("cloudfront", "create-invalidation", "--distribution-id", distribution, "--paths", "/*")
    return 0


def page_metadata(out: Path) -> dict[str, dict[str, str]]:
    """Return what is stored with each page. Raises ValueError when a page has no policy, or one that does not fit."""
    policies = json.loads((out / POLICIES).read_text())
    pages = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.html"))
    if missing := [page for page in pages if page not in policies]:
        raise ValueError(f"{POLICIES} knows nothing of {', '.join(missing)}: was the export built completely?")
    metadata = {page: {"csp": policies[page]} for page in pages}
    if NOT_FOUND in metadata:
        metadata[NOT_FOUND]["status"] = "404"
    for page, values in metadata.items():
        if sum(len(name) + len(value.encode()) for name, value in values.items()) > METADATA_BYTES:
            raise ValueError(f"the policy of {page} is too long to be stored with it")
    return metadata


def _aws(*words: str) -> None:
    subprocess.run(["aws", *words, *(("--only-show-errors",) if words[0] == "s3" else ())], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
