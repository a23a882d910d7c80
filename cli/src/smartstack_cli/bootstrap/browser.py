"""A Chromium for the browser tests.

On Linux x64 the one that the npm package @sparticuz/chromium carries, pinned and unpacked by ourselves (with the
libraries and fonts it needs, so that a bare machine will do); elsewhere the system's, or Playwright's own.
"""

import base64
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

from smartstack_cli.bootstrap.node import Node, node
from smartstack_cli.bootstrap.project import TOOLS
from smartstack_cli.bootstrap.steps import alone, run, step
from smartstack_cli.errors import StackError

VERSION = "153.0.0"
INTEGRITY = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
# The content of the package, and its place in our folder.
_ARCHIVES = {"al2023": "libraries", "fonts": "fonts", "swiftshader": "."}
_UNPACK = """
const [source, target] = process.argv.slice(1);
const { createReadStream, createWriteStream } = require("node:fs");
const { createBrotliDecompress } = require("node:zlib");
require("node:stream").pipeline(
  createReadStream(source), createBrotliDecompress(), createWriteStream(target),
  (error) => { if (error) throw error; });
"""
# No sandbox: Chromium has none as root, nor where user namespaces are off. It visits our own pages only.
_ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none")


@dataclass(frozen=True)
class Browser:
    """Return the launch options: `playwright.chromium.launch(**browser.launch_options())`."""

    executable: Path | None
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    def launch_options(self) -> dict[str, object]:
        """Keyword arguments for Playwright's launch, headless."""
        options: dict[str, object] = {"headless": True, "args": list(self.arguments)}
        if self.executable is not None:
            options["executable_path"] = str(self.executable)
        return options | {"env": os.environ | self.environment}


def browser() -> Browser:
    """The browser of this platform, installed at first use. Raises StackError when there is none to be had."""
    if sys.platform == "linux" and platform.machine() == "x86_64":
        return _pinned(TOOLS / f"chromium-{VERSION}")
    system = shutil.which("chromium")
    if system is not None and subprocess.run([system, "--version"], capture_output=True, check=False).returncode == 0:
        return Browser(Path(system), _ARGUMENTS)
    with alone("browser"):
        run([sys.executable, "-m", "playwright", "install", "chromium"], TOOLS, os.environ)
    return Browser(None)


def _pinned(folder: Path) -> Browser:
    if not folder.exists():
        with alone("browser"):
            if not folder.exists():
                with step("Installing the browser for the tests"):
                    _install(folder)
    libraries, fonts = folder / "libraries" / "lib", folder / "fonts"
    return Browser(
        folder / "chromium",
        _ARGUMENTS,
        {
            "LD_LIBRARY_PATH": str(libraries),
            "FONTCONFIG_PATH": str(fonts),
            "FONTCONFIG_FILE": str(fonts / "fonts.conf"),
        },
    )


def _install(folder: Path) -> None:
    """Fetch, check and unpack into a temporary folder, and rename that when it is complete."""
    partial = folder.with_name("chromium-partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    runtime = node()
    runtime.npm("pack", "--silent", f"@sparticuz/chromium@{VERSION}", cwd=partial)
    package = next(partial.glob("*.tgz"))
    _verify(package)
    _extract(package, partial)
    packed = partial / "package" / "bin"
    for name, target in _ARCHIVES.items():
        _unpack_archive(runtime, packed / f"{name}.tar.br", partial / target)
    runtime.script(_UNPACK, packed / "chromium.br", partial / "chromium")
    (partial / "chromium").chmod(0o755)
    _write_font_configuration(folder, partial / "fonts")
    package.unlink()
    shutil.rmtree(partial / "package")
    partial.rename(folder)


def _verify(package: Path) -> None:
    if base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode() != INTEGRITY:
        raise StackError(f"the download of the browser ({package.name}) is not the file that is pinned")


def _unpack_archive(runtime: Node, packed: Path, target: Path) -> None:
    archive = packed.with_suffix("")
    runtime.script(_UNPACK, packed, archive)
    _extract(archive, target)


def _extract(package: Path, target: Path) -> None:
    with tarfile.open(package) as archive:
        # Python 3.11.2 (Debian 12) has no filters yet; what we extract is pinned by its digest either way.
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        archive.extractall(target)  # noqa: S202 (see above)


def _write_font_configuration(folder: Path, fonts: Path) -> None:
    """The package's own configuration names folders of the machine it was made for."""
    fonts.joinpath("fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{folder / 'fonts'}</dir><cachedir>{folder / 'font-cache'}</cachedir></fontconfig>\n"
    )
