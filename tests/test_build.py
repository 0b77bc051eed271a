"""The build: same facts, same bytes; never half-built; retracted facts gone."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.build import build
from kg.cache import cache_folder, input_hash, load_or_build
from kg.errors import CurationError, FactsNotFoundError
from kg.files import write_atomically

SMALL = Path(__file__).parent / "facts"


def test_same_files_same_bytes_in_any_order(tmp_path: Path) -> None:
    """Equal facts give equal bytes, wherever they lie and in whatever order files were made."""
    paths = sorted(SMALL.rglob("*.yaml"))
    first, second = tmp_path / "a", tmp_path / "b"
    for folder, order in ((first, paths), (second, paths[::-1])):
        for path in order:
            target = folder / path.relative_to(SMALL)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    # Other file names change the order of reading; the bytes must not notice.
    (second / "city" / "testville.yaml").rename(second / "a-testville.yaml")
    assert build(first).nquads == build(second).nquads


def test_the_hash_seed_does_not_matter(tmp_path: Path) -> None:
    outputs = []
    for seed in ("1", "2"):
        target = tmp_path / f"{seed}.nq"
        subprocess.run(
            [sys.executable, "-m", "kg.cli", "build", str(SMALL), "-o", str(target)],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        outputs.append(target.read_bytes())
    assert outputs[0] == outputs[1]


def test_language_tags_keep_their_case(graph: kg.graph.KnowledgeGraph) -> None:
    nquads = build(SMALL).nquads
    assert b"@zh-Hans" in nquads
    assert b"@zh-hans" not in nquads


def test_a_retracted_claim_leaves_the_default_graph(tmp_path: Path) -> None:
    facts = Path(shutil.copytree(SMALL, tmp_path / "facts"))
    path = facts / "city" / "testville.yaml"
    text = path.read_text(encoding="utf-8")
    assert "status: editorial" in text
    path.write_text(text.replace("status: editorial", "status: retracted"), encoding="utf-8")
    store = ox.Store()
    store.load(build(facts).nquads, format=ox.RdfFormat.N_QUADS)
    ask = (
        "PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#> ASK {{ {} {{ ?programme "
        "cpg:implementsPractice "
        "<https://w3id.org/city-practice-graph/concept/practice/geospatial-api-sharing> }} }}"
    )
    assert not store.query(ask.format(""))
    assert store.query(ask.format("GRAPH ?g"))


def test_a_broken_folder_writes_nothing(tmp_path: Path) -> None:
    facts = Path(shutil.copytree(SMALL, tmp_path / "facts"))
    (facts / "city" / "testville.yaml").write_text("graphs:\n  - id: x\n", encoding="utf-8")
    with pytest.raises(CurationError):
        build(facts)
    with pytest.raises(FactsNotFoundError):
        build(tmp_path / "nowhere")


def test_a_killed_build_leaves_old_or_new(tmp_path: Path) -> None:
    """Fifty kills at random moments: the file is always one of two whole datasets."""
    facts = Path(shutil.copytree(SMALL, tmp_path / "facts"))
    target = tmp_path / "out" / "dataset.nq"
    old = build(facts).nquads
    write_atomically(target, old)
    path = facts / "city" / "testville.yaml"
    changed = path.read_text(encoding="utf-8").replace("Testville", "Newville")
    path.write_text(changed, encoding="utf-8")
    new = build(facts).nquads
    assert old != new
    command = [sys.executable, "-m", "kg.cli", "build", str(facts), "-o", str(target)]
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - started
    moments = random.Random(20211215)
    killed = 0
    for _ in range(50):
        write_atomically(target, old)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0, whole * 1.05))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        assert target.read_bytes() in (old, new)
    assert killed > 25


def test_a_kill_while_writing_leaves_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "dataset.nq"
    write_atomically(target, b"old")

    def fail(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_damaged_cache_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path))
    steps: list[str] = []
    first = load_or_build(SMALL, progress=steps.append)
    assert "shapes" in steps
    steps.clear()
    assert load_or_build(SMALL, progress=steps.append) == first
    assert steps == []
    path = cache_folder() / f"{input_hash(SMALL, None)}.nq"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert load_or_build(SMALL, progress=steps.append) == first
    assert "shapes" in steps


def test_kept_answers_are_checked_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path))
    expected = kg.open(SMALL).run("programmes").to_csv()
    (kept,) = tmp_path.glob("*.answers/*.json")
    assert kg.open(SMALL).run("programmes").to_csv() == expected
    kept.write_bytes(kept.read_bytes().replace(b"Testville", b"Elsewhere"))
    assert kg.open(SMALL).run("programmes").to_csv() == expected


def test_free_queries_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path))
    kg.open(SMALL).query("SELECT (NOW() AS ?now) {}")
    assert list(tmp_path.glob("*.answers/*")) == []


def test_an_unwritable_cache_still_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("KG_CACHE", str(blocked / "cache"))
    steps: list[str] = []
    assert load_or_build(SMALL, progress=steps.append)
    assert "cache-unwritable" in steps
