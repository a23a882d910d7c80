"""The file of a backup: whole or not there, checked byte by byte before anything is made of it."""

import io
import json
import stat
import tarfile
from pathlib import Path
from random import Random

import pytest

from smartstack_cli.arguments import Arguments
from smartstack_cli.errors import StackError
from smartstack_cli.local import archive
from smartstack_cli.local.backup import backup
from smartstack_cli.local.restore import restore, unpack

OBJECT = Random(1).randbytes(100_000)  # noqa: S311 - it must not shrink when compressed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backup of two files."""
    content = tmp_path / "content"
    (content / "aws").mkdir(parents=True)
    (content / "secrets.json").write_text('{"postgres": "secret"}')
    (content / "aws" / "object").write_bytes(OBJECT)
    archive.write(tmp_path / "a.backup", content, version="1", made_at="2026-11-30T07:00:00Z", revisions={"ai": "0001"})
    return tmp_path / "a.backup"


def restored(file: Path, data: Path) -> int:
    return restore(Arguments(command="restore", file=file, data=data))


def rewrite(file: Path, name: str, body: bytes, kind: bytes = tarfile.REGTYPE) -> None:
    """Put a member in place of the one that is called so, or at the end."""
    with tarfile.open(file) as former:
        members = {m.name: extracted.read() for m in former if (extracted := former.extractfile(m))}
    with tarfile.open(file, "w:gz") as changed:
        for each, content in (members | {name: body}).items():
            info = tarfile.TarInfo(each)
            info.size, info.type = len(content), kind if each == name else tarfile.REGTYPE
            changed.addfile(info, io.BytesIO(content))


def test_a_backup_is_read_back_and_only_its_owner_may_read_it(file: Path, tmp_path: Path) -> None:
    (tmp_path / "into").mkdir()
    manifest = archive.read(file, tmp_path / "into")
    assert (tmp_path / "into" / "aws" / "object").read_bytes() == OBJECT
    assert (manifest.format, manifest.revisions) == (1, {"ai": "0001"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("at", [0.1, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_refused_and_nothing_is_made(file: Path, tmp_path: Path, at: float) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * at)])
    before = set(tmp_path.iterdir())
    with pytest.raises(StackError, match="is damaged"):
        restored(file, tmp_path / "new")
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("aws/object", b"other", tarfile.REGTYPE),
        ("../outside", b"x", tarfile.REGTYPE),
        ("/outside", b"x", tarfile.REGTYPE),
        ("aws/more", b"x", tarfile.REGTYPE),
        ("aws/object", b"", tarfile.SYMTYPE),
    ],
)
def test_what_was_not_backed_up_is_refused(file: Path, tmp_path: Path, name: str, body: bytes, kind: bytes) -> None:
    rewrite(file, name, body, kind)
    with pytest.raises(StackError, match="is damaged"):
        restored(file, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "outside").exists()


def test_a_newer_format_is_refused_with_the_version_that_made_it(file: Path, tmp_path: Path) -> None:
    rewrite(file, "manifest.json", json.dumps({"format": 2, "version": "9.9"}).encode())
    with pytest.raises(StackError, match=r"made by SmartStack 9\.9, which is newer"):
        restored(file, tmp_path / "new")


def test_newer_data_is_refused(file: Path, tmp_path: Path) -> None:
    with tarfile.open(file) as former:
        extracted = former.extractfile("manifest.json")
        assert extracted is not None
        manifest = json.load(extracted) | {"revisions": {"ai": "9999"}}
    rewrite(file, "manifest.json", json.dumps(manifest).encode())
    with pytest.raises(StackError, match="its ai data is newer than this version"):
        restored(file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_folder_with_anything_in_it_is_never_restored_over(file: Path, tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"is not empty: choose a new folder with --data"):
        restored(file, tmp_path)


def test_a_file_that_is_missing_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="there is no file"):
        restored(tmp_path / "nothing", tmp_path / "new")


def test_what_is_no_data_folder_is_not_backed_up(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="is not a data folder of SmartStack"):
        backup(Arguments(command="backup", file=tmp_path / "a.backup", data=tmp_path))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("../out", tarfile.REGTYPE), ("/absolute/out", tarfile.REGTYPE), ("a/../../out", tarfile.REGTYPE)]
    + [("link", kind) for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE)],
)
def test_a_database_that_reaches_out_of_its_folder_is_refused(tmp_path: Path, name: str, kind: bytes) -> None:
    source = tmp_path / "base.tar"
    with tarfile.open(source, "w") as files:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        files.addfile(member)
    with pytest.raises(StackError, match="does not belong in a backup"):
        unpack(source, tmp_path / "inside" / "deep")
    assert not (tmp_path / "inside").exists()


def test_files_of_the_database_are_their_owners_alone(tmp_path: Path) -> None:
    source = tmp_path / "base.tar"
    with tarfile.open(source, "w") as files:
        member = tarfile.TarInfo("base/1")
        member.size, member.mode = 3, 0o777
        files.addfile(member, io.BytesIO(b"abc"))
    unpack(source, tmp_path / "inside")
    assert (tmp_path / "inside" / "base" / "1").read_bytes() == b"abc"
    assert (tmp_path / "inside" / "base" / "1").stat().st_mode & 0o777 == 0o700
