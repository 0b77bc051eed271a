"""Files of a folder of facts, and writing so that nobody ever sees half a file."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import CurationError, FactsNotFoundError, Fault


def fact_files(folder: Path) -> list[Path]:
    """All curated files below a folder, in an order that does not depend on the file system.

    Raises
    ------
    FactsNotFoundError
        The folder does not exist, or holds no ``*.yaml`` file.
    CurationError
        Something that is no file has such a name: a folder, a pipe, a device, a link to nothing.
        Reading it could take for ever.
    """
    if not folder.is_dir():
        raise FactsNotFoundError("facts-folder", str(folder))
    found = sorted(folder.rglob("*.yaml"), key=lambda path: path.relative_to(folder).as_posix())
    if not found:
        raise FactsNotFoundError("facts-empty", str(folder))
    others = [Fault(path, 0, 0, "not-a-file") for path in found if not path.is_file()]
    if others:
        raise CurationError(others)
    return found


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a kill at any moment, sees the old or the new bytes.

    The content goes to a file beside the target, is forced to disk, and takes the target's name
    in one step (POSIX ``rename``).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(0o644)
        aside.replace(path)
    except BaseException as error:
        aside.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno and error.filename is None:
            error.filename = str(path)  # a full disk does not say of which file
        raise


@contextmanager
def folder_atomically(folder: Path) -> Iterator[Path]:
    """Give a folder to fill beside a new one; it takes that name in one step when filled.

    Raises
    ------
    OSError
        A folder that is not empty has taken the name meanwhile.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        yield aside
        aside.chmod(0o755)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
