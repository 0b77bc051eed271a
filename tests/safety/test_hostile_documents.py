"""Named hostile documents and damaged ones: refused in words, or taken where there is no harm."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import kg
from kg.errors import CurationError
from tests.safety.endpoint import traps
from tests.safety.hostile_documents import HOSTILE_DOCUMENTS, Hostile
from tests.safety.mutated_documents import mutated_documents, run_documents
from tests.safety.reading import FACTS, Read, read_document

if sys.platform != "linux":
    pytest.skip("pipes, devices and limits as on Linux", allow_module_level=True)

MUTATED = 200
Reads = dict[str, tuple[Path, Read]]


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reads, int]]:
    """What the command did with each document, and how many connections were made."""
    root = tmp_path_factory.mktemp("documents")

    with traps(root) as set_traps:

        def read(numbered: tuple[int, Hostile]) -> tuple[str, tuple[Path, Read]]:
            number, document = numbered
            folder = root / str(number)
            folder.mkdir()
            found = read_document(document, folder, set_traps)
            shutil.rmtree(folder)
            return document.name, found

        with ThreadPoolExecutor(2) as pool:
            found = dict(pool.map(read, enumerate(HOSTILE_DOCUMENTS)))
        yield found, set_traps.listener.connections


@pytest.mark.parametrize("document", HOSTILE_DOCUMENTS, ids=lambda document: document.name)
def test_a_hostile_document(reads: tuple[Reads, int], document: Hostile) -> None:
    path, read = reads[0][document.name]
    assert not read.fault(), read.output[-2_000:]
    assert read.status == (1 if document.refused else 0), read.output[-2_000:]
    if document.refused:
        assert str(path) in read.output
        assert document.said in read.output
        # Nobody reads a message of megabytes.
        assert len(read.output) < 200_000


def test_nobody_was_reached(reads: tuple[Reads, int]) -> None:
    assert reads[1] == 0


def test_there_are_enough_and_they_differ() -> None:
    assert len({document.name for document in HOSTILE_DOCUMENTS}) == len(HOSTILE_DOCUMENTS)
    for reader in ("facts", "dataset"):
        group = [document for document in HOSTILE_DOCUMENTS if document.reader == reader]
        assert len(group) >= 60
        assert {document.refused for document in group} == {True, False}


def test_what_is_no_file_is_refused_by_the_library_too(tmp_path: Path) -> None:
    facts = Path(shutil.copytree(FACTS, tmp_path / "facts"))
    os.mkfifo(facts / "pipe.yaml")
    (facts / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(CurationError) as caught:
        kg.open(facts)
    assert {(fault.path.name, fault.code) for fault in caught.value.faults} == {
        ("pipe.yaml", "not-a-file"),
        ("loop.yaml", "not-a-file"),
    }


def test_a_name_that_is_no_text_is_only_a_name(tmp_path: Path) -> None:
    facts = Path(shutil.copytree(FACTS, tmp_path / "facts"))
    expected = len(kg.open(facts).embedded("tests").dataset)
    city = facts / "city" / "testville.yaml"
    city.rename(city.with_name(os.fsdecode(b"\xff\xfe.yaml")))
    assert len(kg.open(facts).embedded("tests").dataset) == expected


def test_damaged_documents() -> None:
    assert list(mutated_documents(50, seed=0)) == list(mutated_documents(50, seed=0))
    shown: list[int] = []

    def progress(done: int, _outcomes: Counter[str]) -> None:
        shown.append(done)

    outcomes, faults, connections = run_documents(MUTATED, 0, progress=progress)
    assert faults == []
    assert connections == 0
    assert shown[-1] == outcomes.total() == MUTATED
    # Damage that is always noticed, or never, would prove little.
    for outcome in ("facts refused", "file taken", "dataset refused", "dataset taken"):
        assert outcomes[outcome] >= 5, outcomes
