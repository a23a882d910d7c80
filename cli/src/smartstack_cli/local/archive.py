"""The file that a backup is: a tar archive, compressed with gzip, whose first member says what it is and what is in it.

`manifest.json` holds `format` (1), `version` of SmartStack, `made_at` (RFC 3339), `revisions` (the schema revision of
each service) and `files`: the size and SHA-256 of every other member. Those are `database/base.tar` and
`database/pg_wal.tar` (see pg_basebackup), `secrets.json`, and the emulator's files in `aws/`.
"""

import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from smartstack_cli.errors import StackError

FORMAT = 1
_MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_BROKEN = (tarfile.TarError, EOFError, zlib.error, OSError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The manifest of a backup. `files` gives each member's {"size", "sha256"}."""

    version: str
    made_at: str
    revisions: Mapping[str, str]
    files: Mapping[str, Mapping[str, Any]]
    format: int = FORMAT


def write(target: Path, content: Path, *, version: str, made_at: str, revisions: Mapping[str, str]) -> None:
    """Write all files of the folder `content` to `target`, readable by its owner alone.

    `target` is whole or not there: an earlier file of its name stays until then.
    """
    paths = sorted(path for path in content.rglob("*") if path.is_file() and not path.is_symlink())
    files = {path.relative_to(content).as_posix(): _describe(path) for path in paths}
    manifest = Manifest(version=version, made_at=made_at, revisions=revisions, files=files)
    (content / _MANIFEST).write_text(json.dumps(asdict(manifest), indent=1))
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as output:
            with tarfile.open(fileobj=output, mode="w:gz", compresslevel=3) as archive:
                for name in (_MANIFEST, *files):
                    archive.add(content / name, arcname=name, filter=_without_owner)
            output.flush()
            os.fsync(output.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def read(source: Path, folder: Path) -> Manifest:
    """Unpack a backup into the empty `folder`, checking every byte. Returns its manifest.

    Raises StackError for a file that is missing, not a backup, damaged, or of a newer version.
    """
    try:
        with tarfile.open(source, "r:gz") as archive:
            manifest = _read_manifest(archive, source)
            found = {name for member in archive if (name := _unpack(archive, member, folder, manifest))}
    except FileNotFoundError:
        raise StackError(f"there is no file {source}") from None
    except _BROKEN as error:
        raise StackError(f"{source} is damaged or not a backup ({error}): use another backup") from None
    missing = manifest.files.keys() - found
    if missing:
        raise StackError(f"{source} is damaged ({min(missing)} is missing): use another backup")
    return manifest


def _describe(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"size": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _read_manifest(archive: tarfile.TarFile, source: Path) -> Manifest:
    first = archive.next()
    file = archive.extractfile(first) if first is not None and first.name == _MANIFEST else None
    if file is None:
        raise ValueError("it has no manifest")
    manifest = json.load(file)
    if manifest["format"] > FORMAT:
        raise StackError(f"{source} was made by SmartStack {manifest['version']}, which is newer: restore it with that")
    return Manifest(**manifest)


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, manifest: Manifest) -> str | None:
    if member.name == _MANIFEST:
        return None
    path = PurePosixPath(member.name)
    if not member.isreg() or path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{member.name} does not belong in it")
    wanted, target = manifest.files[member.name], folder / path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source, digest = archive.extractfile(member), hashlib.sha256()
    if source is None:
        raise ValueError(f"{member.name} cannot be read")
    with target.open("xb") as output:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            output.write(chunk)
    if digest.hexdigest() != wanted["sha256"]:
        raise ValueError(f"{member.name} is not what was backed up")
    return member.name
