"""Quality checks of the ontology and its concept schemes, with planted faults to be found."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Namespace, URIRef

from kg.context import curation_context
from kg.resources import ontology_folder
from kg.terms import CPG as CPG_IRI
from kg.terms import expand
from kg.vocabulary import concepts, rule_files, shape_files, vocabulary_files

CPG = Namespace(CPG_IRI)
FILES = [*vocabulary_files(), *shape_files()]
ALLOWED_AXIOMS = {
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    RDFS.domain,
    RDFS.range,
    OWL.inverseOf,
    OWL.propertyChainAxiom,
    OWL.members,
}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Graph().parse(ontology_folder() / "cpg.ttl")


@pytest.fixture(scope="module")
def schemes() -> Graph:
    graph = Graph()
    for path in sorted((ontology_folder() / "concepts").glob("*.ttl")):
        graph.parse(path)
    return graph


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_both_parsers_read_the_same(path: Path) -> None:
    ours = sum(1 for _ in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
    assert ours == len(Graph().parse(path)) > 0


def terms(graph: Graph) -> set[URIRef]:
    return {
        term
        for kind in (
            OWL.Class,
            OWL.ObjectProperty,
            OWL.DatatypeProperty,
            OWL.AnnotationProperty,
        )
        for term in graph.subjects(RDF.type, kind)
        if isinstance(term, URIRef) and term in CPG
    }


def missing_texts(graph: Graph) -> list[str]:
    """Terms without exactly one label and definition in each language."""
    found = []
    for term in sorted(terms(graph)):
        for predicate in (RDFS.label, SKOS.definition):
            languages = Counter(getattr(text, "language", None) for text in graph[term:predicate])
            if languages != {"en": 1, "zh-Hans": 1}:
                found.append(f"{term} {predicate} {dict(languages)}")
    return found


def test_every_term_is_labelled_and_defined_in_both_languages(ontology: Graph) -> None:
    assert len(terms(ontology)) > 90
    assert missing_texts(ontology) == []
    planted = Graph() + ontology
    planted.add((CPG.Nameless, RDF.type, OWL.Class))
    assert len(missing_texts(planted)) == 2


def test_labels_and_definitions_are_distinct(ontology: Graph) -> None:
    for predicate in (RDFS.label, SKOS.definition):
        for language in ("en", "zh-Hans"):
            for kind in (OWL.Class, OWL.ObjectProperty):
                texts = Counter(
                    str(text)
                    for term in ontology.subjects(RDF.type, kind)
                    for text in ontology.objects(term, predicate)
                    if getattr(text, "language", None) == language
                )
                assert [text for text, number in texts.items() if number > 1] == []


def test_names_follow_the_convention(ontology: Graph) -> None:
    for term in terms(ontology):
        name = str(term).removeprefix(CPG_IRI)
        is_class = (term, RDF.type, OWL.Class) in ontology
        assert re.fullmatch(r"[A-Z][A-Za-z]+" if is_class else r"[a-z][A-Za-z0-9]+", name), name
        assert (term, RDFS.isDefinedBy, URIRef(CPG_IRI.rstrip("#"))) in ontology


def test_axioms_stay_inside_owl_2_rl(ontology: Graph) -> None:
    """Only kinds of axioms that OWL 2 RL has (W3C OWL 2 Profiles, section 4)."""
    used = {p for p in ontology.predicates() if str(p).startswith((str(OWL), str(RDFS)))}
    annotations = {RDFS.label, RDFS.isDefinedBy, OWL.versionIRI, OWL.versionInfo}
    assert used <= ALLOWED_AXIOMS | annotations


def test_inverses_are_mutual_and_domains_single(ontology: Graph) -> None:
    for left, right in ontology.subject_objects(OWL.inverseOf):
        assert (right, OWL.inverseOf, left) in ontology
    for term in terms(ontology):
        assert len(list(ontology.objects(term, RDFS.domain))) <= 1
        assert len(list(ontology.objects(term, RDFS.range))) <= 1


def nothing_members(graph: Graph) -> int:
    import owlrl

    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    errors = URIRef("http://www.daml.org/2002/03/agents/agent-ont#ErrorMessage")
    clashes = len(list(graph.subjects(RDF.type, errors)))
    return clashes + len(list(graph.subjects(RDF.type, OWL.Nothing)))


@pytest.mark.filterwarnings("ignore")
def test_a_city_that_is_a_programme_is_a_clash(ontology: Graph) -> None:
    good = Graph() + ontology
    good.add((URIRef("x:a"), RDF.type, CPG.City))
    assert nothing_members(good) == 0
    planted = Graph() + ontology
    planted.add((URIRef("x:a"), RDF.type, CPG.City))
    planted.add((URIRef("x:a"), RDF.type, CPG.Programme))
    assert nothing_members(planted) > 0


def scheme_faults(graph: Graph) -> list[str]:
    """Concepts without scheme, path to the top, texts, or with a label used twice."""
    found = []
    labels: Counter[tuple[str, str, str]] = Counter()
    for concept in sorted(graph.subjects(RDF.type, SKOS.Concept), key=str):
        homes = list(graph.objects(concept, SKOS.inScheme))
        if len(homes) != 1:
            found.append(f"{concept} is in {len(homes)} schemes")
            continue
        above = set(graph.transitive_objects(concept, SKOS.broader))
        if not any((node, SKOS.topConceptOf, homes[0]) in graph for node in above):
            found.append(f"{concept} has no path to the top")
        if any(concept in graph.objects(node, SKOS.broader) for node in above):
            found.append(f"{concept} is in a cycle")
        for predicate in (SKOS.prefLabel, SKOS.definition):
            texts = list(graph.objects(concept, predicate))
            languages = Counter(getattr(text, "language", None) for text in texts)
            if languages != {"en": 1, "zh-Hans": 1}:
                found.append(f"{concept} {predicate} {dict(languages)}")
            if predicate == SKOS.prefLabel:
                labels.update((str(homes[0]), str(t), str(t.language)) for t in texts)  # type: ignore[attr-defined]
    found += [f"{label} twice" for label, number in labels.items() if number > 1]
    return found


def test_concept_schemes_are_whole(schemes: Graph) -> None:
    assert scheme_faults(schemes) == []
    planted = Graph() + schemes
    orphan = URIRef(expand("concept/practice/orphan"))
    planted.add((orphan, RDF.type, SKOS.Concept))
    planted.add((orphan, SKOS.inScheme, URIRef(expand("concept/practice"))))
    assert len(scheme_faults(planted)) == 3


def test_every_scheme_is_described(schemes: Graph) -> None:
    described = {str(s).rpartition("/")[2] for s in schemes.subjects(RDF.type, SKOS.ConceptScheme)}
    assert described == set(concepts())


def test_the_context_and_the_ontology_agree(ontology: Graph) -> None:
    known = {str(term) for term in terms(ontology)}
    context = curation_context()
    for key in context.keys.values():
        iri = expand(key.predicate) if key.predicate else ""
        assert not iri.startswith(CPG_IRI) or iri in known, key.name
        if key.kind == "concept":
            assert concepts().get(key.scheme), key.name
    assert {c for c in context.classes.values() if c.startswith(CPG_IRI)} <= known


def test_numbers_and_dates_have_a_datatype() -> None:
    """Scalars are read as text: a year or a number without a datatype would stay one."""
    texts = {key.name for key in curation_context().keys.values() if key.datatype == "string"}
    assert texts == {"countryCode", "valueAsGiven", "segmentSha256", "textSha256"}


def test_practices_have_the_levels_of_the_source() -> None:
    graph = Graph().parse(ontology_folder() / "concepts" / "practice.ttl")
    levels = Counter(int(str(level)) for level in graph.objects(None, CPG.practiceLevel))
    assert (levels[1], levels[2], levels[3]) == (3, 8, 16)
    assert levels[4] >= 30
    for concept in graph.subjects(CPG.practiceLevel, rdflib.Literal(4)):
        assert (concept, SKOS.editorialNote, None) in graph


def test_every_shape_speaks_both_languages() -> None:
    sh = Namespace("http://www.w3.org/ns/shacl#")
    for path in shape_files():
        graph = Graph().parse(path)
        for node in graph.subjects(sh.message, None):
            languages = {
                getattr(text, "language", None) for text in graph.objects(node, sh.message)
            }
            assert languages == {"en", "zh-Hans"}


def test_every_rule_derives_something(graph_of_rules: ox.Store) -> None:
    for path in rule_files():
        answer = graph_of_rules.query(path.read_text(encoding="utf-8"))
        assert isinstance(answer, ox.QueryTriples)
        derived = list(answer)
        if path.stem == "inverse-of-governments":
            continue  # no city government is on record yet
        assert derived, path.stem


@pytest.fixture(scope="module")
def graph_of_rules(graph: object) -> ox.Store:
    from kg.graph import KnowledgeGraph

    assert isinstance(graph, KnowledgeGraph)
    return graph.embedded("tests").dataset
