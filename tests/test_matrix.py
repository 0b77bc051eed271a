"""The incidence matrix: its cells, its scopes, and the claims behind each 1."""

from __future__ import annotations

import pytest

from kg.errors import ParameterError, UnknownNameError
from kg.graph import KnowledgeGraph
from kg.recurrence import IncidenceMatrix, Scope, read_matrix
from kg.terms import CONCEPT, expand


@pytest.fixture(scope="module")
def matrix(graph: KnowledgeGraph) -> IncidenceMatrix:
    return read_matrix(graph.store)


def test_the_matrix_agrees_with_the_counts(graph: KnowledgeGraph, matrix: IncidenceMatrix) -> None:
    counted = graph.recurrence()
    assert set(matrix.concepts) == {row.concept for row in counted.rows}
    sums = dict(zip(matrix.concepts, matrix.values.sum(axis=0).tolist(), strict=True))
    assert sums == {row.concept: len(row.cities) for row in counted.rows}
    assert matrix.values.max() == 1
    assert matrix.values.shape == (87, 16)
    assert int((matrix.documentation > 0).sum()) == counted.documented


def test_each_one_leads_to_claims_and_each_zero_to_none(matrix: IncidenceMatrix) -> None:
    dense = matrix.values.toarray()
    for row, city in enumerate(matrix.cities):
        for column, concept in enumerate(matrix.concepts):
            assert bool(matrix.evidence(city, concept)) == bool(dense[row, column])
    link = matrix.evidence(expand("city/singapore"), CONCEPT + "practice/sme-digitalisation")[0]
    assert link.claim.startswith(expand("claim/singapore-"))


def test_samples_are_the_programmes_of_a_city(matrix: IncidenceMatrix) -> None:
    for row, city in enumerate(matrix.cities):
        samples = matrix.samples(city)
        assert samples.shape == (matrix.documentation[row], len(matrix.concepts))
        met = samples.max(axis=0).toarray() if samples.shape[0] else 0
        assert (met == matrix.values[[row]].toarray()).all()


def test_scopes_narrow(graph: KnowledgeGraph, matrix: IncidenceMatrix) -> None:
    def cells(scope: Scope) -> int:
        return int(read_matrix(graph.store, scope=scope).values.sum())

    whole = int(matrix.values.sum())
    leading = read_matrix(graph.store, scope=Scope(leading=10))
    assert [leading.ranks[city] for city in leading.cities] == list(range(1, 11))
    asia = read_matrix(graph.store, scope=Scope(regions=frozenset({"asia"})))
    assert set(asia.regions.values()) == {"asia"}
    article = frozenset({expand("source/sh-top50-lessons-2021"), expand("source/eden-top50-2021")})
    early, late = cells(Scope(until=2015)), cells(Scope(since=2016))
    assert 0 < cells(Scope(sources=article)) < whole
    assert 0 < early < whole
    assert 0 < late < whole
    # Nothing on record is more than an account yet, and the answer says so by being empty.
    assert cells(Scope(grade="correlation")) == 0


@pytest.mark.parametrize(
    ("scope", "error"),
    [
        (Scope(grade="hearsay"), ParameterError),
        (Scope(leading=0), ParameterError),
        (Scope(since=2020, until=2010), ParameterError),
        (Scope(regions=frozenset({"atlantis"})), UnknownNameError),
        (Scope(leading=3, edition="nowhere"), UnknownNameError),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused(
    graph: KnowledgeGraph, scope: Scope, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_matrix(graph.store, scope=scope)


@pytest.mark.parametrize("facet", ["technology", "mechanism", "outcome-type", "domain"])
def test_every_facet_has_a_matrix(graph: KnowledgeGraph, facet: str) -> None:
    assert read_matrix(graph.store, facet).values.sum() > 0
