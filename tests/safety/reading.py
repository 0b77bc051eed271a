"""The command on hostile documents, each time in a process of its own with little to spend."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.safety.endpoint import CANARY_TEXT, Traps
from tests.safety.hostile_documents import Hostile, Reader

FACTS: Final = Path(__file__).parents[1] / "facts"
SECONDS: Final = 20
"""Of processor time; on a busy machine three times as many may go by."""
_BYTES: Final = 2 << 30
_COUNT: Final = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
# The limits are set within the process: between fork and exec no Python may run beside threads.
_START: Final = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, ({_BYTES}, {_BYTES}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from kg.cli import main
main()
"""


@dataclass
class Read:
    """What the command did with a document.

    Attributes
    ----------
    status
        Exit status; negative for a signal, None when it did not end in time.
    """

    status: int | None
    output: str
    seconds: float

    def fault(self) -> str:
        """What must not happen whatever the document is; empty when all is well."""
        if self.status is None:
            return f"no end after {3 * SECONDS} s"
        if self.status < 0:
            return f"ended by signal {-self.status}"
        if "Traceback" in self.output:
            return "a traceback: " + self.output.strip().rpartition("\n")[2][:300]
        if CANARY_TEXT in self.output:
            return "the text of the file was seen"
        if self.status not in (0, 1):
            return f"exit status {self.status}"
        return ""


def place(folder: Path, reader: Reader) -> Path:
    """Where a document goes in a folder that holds all else that is read."""
    if reader == "dataset":
        return folder / "hostile.nq"
    facts = folder / "facts"
    if not facts.exists():
        shutil.copytree(FACTS, facts)
    return facts / "city" / "hostile.yaml"


def read_document(document: Hostile, folder: Path, traps: Traps) -> tuple[Path, Read]:
    """Put a document in its place and run the command on it."""
    path = place(folder, document.reader)
    document.write(path, traps.listener.address, traps.canary_address)
    if document.reader == "facts":
        arguments, given = ["check", str(folder / "facts")], ""
    else:
        arguments, given = ["--data", str(path), "query", "-"], _COUNT
    began = time.perf_counter()
    status: int | None
    try:
        done = subprocess.run(
            [sys.executable, "-c", _START, *arguments],
            input=given.encode(),
            capture_output=True,
            timeout=3 * SECONDS,
            env={**os.environ, "KG_CACHE": str(folder / "cache"), "PYTHONUTF8": "1"},
        )
        status, output = done.returncode, done.stdout + done.stderr
    except subprocess.TimeoutExpired as error:
        status, output = None, (error.stdout or b"") + (error.stderr or b"")
    seconds = time.perf_counter() - began
    return path, Read(status, output.decode("utf-8", "replace"), seconds)
