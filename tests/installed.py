"""Packages in an environment of their own: ``python -m tests.installed dist/*``.

Each file – an sdist or a wheel – is installed with pip into a new environment, without Node on the
search path, and ``kg explore`` is started in an empty folder. The pages, what they load, search and
SPARQL have to answer.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

WAIT = 180.0
"""Seconds for the dataset and its pages to be made on a slow machine."""
PAGES = (
    *(
        "/en/",
        "/zh/",
        "/zh/city/shanghai",
        "/en/matrix",
        "/zh/gap/shanghai",
        "/en/graph",
        "/en/map",
    ),
    *("/zh/console", "/en/search?q=" + quote("上海"), "/en/queries/city-profile", "/zh/cite"),
)
ASK = "/sparql?query=" + quote("ASK { ?s ?p ?o }")


def without_node(path: str) -> str:
    """A search path on which there is no Node."""
    folders = path.split(os.pathsep)
    kept = [
        folder
        for folder in folders
        if not any((Path(folder) / name).exists() for name in ("node", "npm", "nodejs"))
    ]
    return os.pathsep.join(kept)


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        body: bytes = answer.read()
    return body.decode("utf-8")


def try_package(package: Path, folder: Path) -> None:
    """Install one file and look at its pages.

    Raises
    ------
    AssertionError
        Something is missing.
    """
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    # Node and the tools of this machine lie in the same folder: only pip's own is wanted.
    path = f"{environment / 'bin'}{os.pathsep}{without_node(os.environ['PATH'])}"
    settings = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PYTHON")},
        "PATH": path,
        "KG_CACHE": str(folder / "cache"),
    }
    assert shutil.which("node", path=path) is None
    install = [str(environment / "bin" / "pip"), "install", "-q", str(package)]
    subprocess.run(install, check=True, env=settings, cwd=folder)
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [environment / "bin" / "kg", "explore", "--no-browser"],
            stdout=subprocess.DEVNULL,
            stderr=out,
            env=settings,
            cwd=folder,
        )
    try:
        address = wait_for(process, log)
        scripts: set[str] = set()
        for page in PAGES:
            body = fetch(address + page)
            assert "<h1" in body, page
            scripts.update(re.findall(r'(?:src|href)="(/assets/[^"]+)"', body))
        assert {part.split("/")[2].split("-")[0] for part in scripts} >= {
            *("explorer", "site", "graph", "console", "islands")
        }, scripts
        for script in scripts:
            assert fetch(address + script), script
        assert "true" in fetch(address + ASK)
        assert 'class="land"' in fetch(address + "/en/map")
    finally:
        process.terminate()
        process.wait(30)


def wait_for(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address, once it answers."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        found = re.search(r"(http://\S+)/en/", log.read_text(encoding="utf-8"))
        if found:
            return found[1]
        assert process.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.5)
    raise AssertionError(log.read_text(encoding="utf-8"))


def main(files: list[str]) -> None:
    """Try each file."""
    for file in files:
        package = Path(file).resolve()
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            try_package(package, Path(folder))
            print(f"{package.name}: installed and explored in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
