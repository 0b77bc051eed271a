"""Without a source file, exactly the statements that rest on it alone are lost."""

from __future__ import annotations

import os
import random
import shutil
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build import build
from kg.errors import CurationError
from kg.resources import shipped_facts
from kg.terms import CLAIM, ID, expand
from tests.conftest import ARTICLE

AT = ox.NamedNode(expand("prov:wasDerivedFrom"))
SOURCE = ox.NamedNode(expand("oa:hasSource"))
FILES = sorted((shipped_facts() / "source").glob("*.yaml"))
# Each of these is removed in turn: the first source, and some whose seed is fixed so that a failure
# can be repeated. All of them: KG_EVERY_SOURCE=1 pytest tests/test_missing_sources.py
CHOSEN = [
    path
    for path in FILES
    if os.environ.get("KG_EVERY_SOURCE")
    or path.stem == ARTICLE
    or path in random.Random(20261124).sample(FILES, 3)
]

Statement = tuple[str, str, str]
Claims = dict[str, tuple[set[str], set[Statement]]]


def claims(nquads: bytes) -> tuple[Claims, dict[str, str]]:
    """Claim to (places, statements), and place to source, of a built dataset."""
    places: dict[str, set[str]] = defaultdict(set)
    statements: dict[str, set[Statement]] = defaultdict(set)
    source_of: dict[str, str] = {}
    for quad in ox.parse(nquads, format=ox.RdfFormat.N_QUADS):
        graph = quad.graph_name
        if isinstance(graph, ox.NamedNode) and graph.value.startswith(CLAIM):
            statements[graph.value].add((str(quad.subject), str(quad.predicate), str(quad.object)))
        elif quad.predicate == AT and str(quad.subject).startswith(f"<{CLAIM}"):
            places[quad.subject.value].add(quad.object.value)
        elif quad.predicate == SOURCE:
            source_of[quad.subject.value] = quad.object.value
    return {name: (places[name], statements[name]) for name in statements}, source_of


@pytest.fixture(scope="module")
def whole() -> tuple[Claims, dict[str, str]]:
    return claims(build(shipped_facts(), skip_missing_sources=True).nquads)


def test_without_the_tables_a_register_keeps_types_and_names_alone(tmp_path: Path) -> None:
    copy = tmp_path / "facts"
    shutil.copytree(shipped_facts(), copy)
    (copy / "source" / "registers.yaml").unlink()
    city, told = ox.NamedNode(expand("city/tallinn")), expand("graph/register/city-tallinn")
    found: list[set[str]] = []
    for folder in (shipped_facts(), copy):
        quads = ox.parse(
            build(folder, skip_missing_sources=True).nquads, format=ox.RdfFormat.N_QUADS
        )
        found.append(
            {
                quad.predicate.value.rpartition("/")[2].rpartition("#")[2]
                for quad in quads
                if quad.subject == city and quad.graph_name == ox.NamedNode(told)
            }
        )
    whole, left = found
    assert {"lat", "long", "countryCode", "hasMeasurement"} <= whole
    assert left == {"type", "prefLabel"}


@pytest.mark.parametrize("removed", CHOSEN, ids=lambda path: path.stem)
def test_removing_a_source_file_loses_what_rests_on_it_alone(
    removed: Path, whole: tuple[Claims, dict[str, str]], tmp_path: Path
) -> None:
    copy = tmp_path / "facts"
    shutil.copytree(shipped_facts(), copy)
    (copy / "source" / removed.name).unlink()
    with pytest.raises(CurationError, match=r"source/|page|place"):
        build(copy)
    after, _ = claims(build(copy, skip_missing_sources=True).nquads)

    before, source_of = whole
    text = removed.read_text(encoding="utf-8")
    gone = {
        place for place, source in source_of.items() if f"id: {source.removeprefix(ID)}\n" in text
    }
    # Registers describe the tables behind names and coordinates: no claim rests on them.
    assert gone or removed.stem == "registers"
    kept = {name: body for name, (at, body) in before.items() if at - gone}
    assert set(after) == set(kept)
    expected_loss = {s for _, body in before.values() for s in body} - {
        s for body in kept.values() for s in body
    }
    loss = {s for _, body in before.values() for s in body} - {
        s for _, body in after.values() for s in body
    }
    assert loss == expected_loss
    assert loss or not (set(before) - set(after))
