"""Published versions of the dataset: a folder in which readers see the old or the new, never less.

Layout::

    versions/000007-3f9ac2d41b7e/data.nq         canonical N-Quads
    versions/000007-3f9ac2d41b7e/manifest.json   number, SHA-256 of both, quads
    versions/000007-3f9ac2d41b7e/things.txt      IRIs of ours that the data mentions
    versions/000007-3f9ac2d41b7e/record.json     what the explorer's pages know; may be missing
    current -> versions/000007-3f9ac2d41b7e

A version is filled under another name, forced to disk and renamed; then ``current``, a symbolic
link, is replaced in one step (POSIX ``rename``). Nothing that a reader may have open ever changes.

Who changes the folder holds a lock on it that the system lets go when the process ends, however it
ends. So what lies half made when the lock is had is nobody's, and goes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kg.errors import DatasetError
from kg.files import folder_atomically, write_atomically
from kg.terms import BASE

KEPT: Final = 3
"""Versions that are kept, the current one among them."""
_LINK_ASIDE: Final = ".current."
_OURS: Final = re.compile(rb"<" + re.escape(BASE.encode("ascii")) + rb"([^>\s]+)>")
_NAME: Final = re.compile(r"(\d{6})-([0-9a-f]{12})")


@dataclass(frozen=True)
class Version:
    """One published version.

    Attributes
    ----------
    name
        Number, counted up for ever, and the first 12 digits of the hash.
    sha256, things_sha256
        Of the N-Quads, and of the list of IRIs.
    record_sha256
        Of the record of the explorer; empty without one.
    """

    folder: Path
    name: str
    sha256: str
    things_sha256: str
    quads: int
    record_sha256: str = ""

    @property
    def data(self) -> Path:
        """The N-Quads."""
        return self.folder / "data.nq"

    def things(self) -> frozenset[str]:
        """Every IRI below the base of the project that the data mentions, without that base.

        Raises
        ------
        DatasetError
            The list is damaged.
        """
        try:
            content = (self.folder / "things.txt").read_bytes()
        except OSError as error:
            raise DatasetError("version-damaged", str(self.folder)) from error
        if hashlib.sha256(content).hexdigest() != self.things_sha256:
            raise DatasetError("version-damaged", str(self.folder))
        return frozenset(content.decode("utf-8").splitlines())

    def record(self) -> bytes | None:
        """The record of the explorer; None when the version has none.

        Raises
        ------
        DatasetError
            It is damaged.
        """
        if not self.record_sha256:
            return None
        try:
            content = (self.folder / "record.json").read_bytes()
        except OSError as error:
            raise DatasetError("version-damaged", str(self.folder)) from error
        if hashlib.sha256(content).hexdigest() != self.record_sha256:
            raise DatasetError("version-damaged", str(self.folder))
        return content


def versions(root: Path) -> list[Version]:
    """All versions that are whole, oldest first."""
    place = root / "versions"
    found = []
    for folder in sorted(place.iterdir()) if place.is_dir() else []:
        if _NAME.fullmatch(folder.name):
            version = read_version(folder)
            if version is not None:
                found.append(version)
    return found


def current(root: Path) -> Version | None:
    """The version that readers are to see; None when nothing is published.

    Raises
    ------
    DatasetError
        What ``current`` points at is not a whole version.
    """
    folder = _target(root)
    if folder is None:
        return None
    version = read_version(folder)
    if version is None:
        raise DatasetError("version-damaged", str(folder))
    return version


def verify(version: Version) -> None:
    """Compare the data of a version with its hash.

    Raises
    ------
    DatasetError
        They differ, or the data cannot be read.
    """
    try:
        found = hashlib.sha256(version.data.read_bytes()).hexdigest()
    except OSError as error:
        raise DatasetError("version-damaged", str(version.folder)) from error
    if found != version.sha256:
        raise DatasetError("version-damaged", str(version.folder))
    version.things()
    version.record()


def publish(root: Path, nquads: bytes, record: bytes | None = None) -> Version:
    """Add a version and make it current; older ones beyond :data:`KEPT` go.

    The same data as the current version, with the same record, is no new version, unless that one
    is damaged.

    Parameters
    ----------
    record
        What the explorer's pages know (:func:`kg.explorer.making.make_record`); a version without
        it is served without pages.

    Raises
    ------
    OSError
        The disk is full, or the folder cannot be written: what was current still is.
    """
    sha256 = hashlib.sha256(nquads).hexdigest()
    place = root / "versions"
    place.mkdir(parents=True, exist_ok=True)
    with _alone(root):
        now = _whole(root)
        held = hashlib.sha256(record).hexdigest() if record is not None else ""
        if now is not None and (now.sha256, now.record_sha256) == (sha256, held):
            return now
        _sweep(root)
        version = _add(place, sha256, nquads, record, held)
        _point(root, version)
        _prune(root)
    return version


def _add(place: Path, sha256: str, nquads: bytes, record: bytes | None, held: str) -> Version:
    """Write a version, whole or not at all."""
    numbers = [int(m[1]) for p in place.iterdir() if (m := _NAME.fullmatch(p.name))]
    name = f"{max(numbers, default=0) + 1:06d}-{sha256[:12]}"
    found = {iri.decode("utf-8") for iri in _OURS.findall(nquads)}
    things = "\n".join(sorted(found)).encode("utf-8") + b"\n"
    manifest = {
        "number": name[:6],
        "sha256": sha256,
        "things": hashlib.sha256(things).hexdigest(),
        "quads": nquads.count(b"\n"),
        "record": held,
    }
    with folder_atomically(place / name) as aside:
        write_atomically(aside / "data.nq", nquads)
        write_atomically(aside / "things.txt", things)
        if record is not None:
            write_atomically(aside / "record.json", record)
        write_atomically(aside / "manifest.json", json.dumps(manifest, indent=2).encode() + b"\n")
        _force(aside)
    _force(place)
    version = read_version(place / name)
    assert version is not None
    return version


def roll_back(root: Path, name: str | None = None) -> Version:
    """Make an older version current.

    Parameters
    ----------
    name
        Which; the newest before the current one when left out.

    Raises
    ------
    DatasetError
        There is no such version, or its data is damaged.
    """
    if not (root / "versions").is_dir():
        raise DatasetError("nothing-published", str(root))
    with _alone(root):
        known = versions(root)
        if name is None:
            # The name alone: going back is what to do when the current one is damaged.
            now = _target(root)
            older = [version for version in known if now is not None and version.name < now.name]
            if not older:
                raise DatasetError("no-older-version", str(root))
            chosen = older[-1]
        else:
            matching = [version for version in known if version.name == name]
            if not matching:
                names = ", ".join(version.name for version in known) or "-"
                raise DatasetError("no-such-version", name, names)
            (chosen,) = matching
        verify(chosen)
        _point(root, chosen)
    return chosen


def _target(root: Path) -> Path | None:
    """The folder that ``current`` points at; None when there is no such link."""
    try:
        return (root / (root / "current").readlink()).resolve()
    except OSError:
        return None


def _whole(root: Path) -> Version | None:
    """The current version; None when there is none, or it is damaged."""
    try:
        version = current(root)
        if version is not None:
            verify(version)
    except DatasetError:
        return None
    return version


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Be the only one who changes the folder; wait until that is so."""
    try:
        import fcntl
    except ImportError:  # not on Windows, where two publications at once are the operator's care
        yield
        return
    with (root / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def read_version(folder: Path) -> Version | None:
    """The version in a folder; None when it is not whole."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
        return Version(
            folder,
            folder.name,
            str(manifest["sha256"]),
            str(manifest["things"]),
            int(manifest["quads"]),
            str(manifest.get("record", "")),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _point(root: Path, version: Version) -> None:
    """Let ``current`` be this version, in one step."""
    aside = Path(tempfile.mkdtemp(prefix=_LINK_ASIDE, dir=root))
    try:
        link = aside / "link"
        link.symlink_to(Path("versions") / version.name, target_is_directory=True)
        link.replace(root / "current")
        _force(root)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _prune(root: Path) -> None:
    """Remove what is older than the versions kept."""
    now = _target(root)
    for version in versions(root)[:-KEPT]:
        if now is None or version.name != now.name:
            # Under another name first: a version that is there is whole.
            gone = version.folder.with_name(f".{version.name}.gone.part")
            version.folder.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)


def _sweep(root: Path) -> None:
    """Remove what a killed publication left half made; to be called by who is alone."""
    for aside in (*root.glob(f"{_LINK_ASIDE}*"), *(root / "versions").glob(".*.part")):
        shutil.rmtree(aside, ignore_errors=True)


def _force(folder: Path) -> None:
    """Force the entries of a folder to disk (fsync(2) of the folder itself)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
