"""Quality checks of the ontology and its concept schemes, with planted faults to be found."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS

from kg.context import curation_context
from kg.resources import ontology_folder
from kg.terms import CPG as CPG_IRI
from kg.terms import canonical_language, expand
from kg.vocabulary import concepts, rule_files, shape_files, vocabulary_files

CPG = Namespace(CPG_IRI)
SCHEMA = Namespace("https://schema.org/")
SH = Namespace("http://www.w3.org/ns/shacl#")
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
ALLOWED_TYPES = {
    OWL.AllDisjointClasses,
    OWL.AnnotationProperty,
    OWL.Class,
    OWL.DatatypeProperty,
    OWL.ObjectProperty,
    OWL.Ontology,
    OWL.SymmetricProperty,
}
# Datatypes of OWL 2 RL (W3C OWL 2 Profiles, section 4.2) that the ontology may name in an axiom.
ALLOWED_DATATYPES = {
    XSD.boolean,
    XSD.decimal,
    XSD.integer,
    XSD.nonNegativeInteger,
    XSD.positiveInteger,
    XSD.string,
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


def folded(graph: Graph) -> Graph:
    """A copy with language tags in one case: pyoxigraph lower-cases them."""
    copy = Graph()
    for subject, predicate, value in graph:
        if isinstance(value, Literal) and value.language:
            value = Literal(str(value), lang=canonical_language(value.language))
        copy.add((subject, predicate, value))
    return copy


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_both_parsers_read_the_same(path: Path) -> None:
    triples = (quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert text is not None
    theirs = Graph().parse(data=text.decode("utf-8"), format="nt")
    ours = Graph().parse(path)
    assert len(ours) > 0
    assert isomorphic(folded(ours), folded(theirs))


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


def repeated_texts(graph: Graph) -> list[str]:
    """Labels or definitions that two terms share, and texts with stray spaces."""
    found = []
    for predicate in (RDFS.label, SKOS.definition, SKOS.example):
        texts = Counter(text for term in terms(graph) for text in graph.objects(term, predicate))
        found += [str(text) for text, number in texts.items() if number > 1]
        found += [str(text) for text in texts if " ".join(str(text).split()) != str(text)]
    return found


def test_labels_and_definitions_are_distinct(ontology: Graph) -> None:
    assert repeated_texts(ontology) == []
    planted = Graph() + ontology
    planted.add((CPG.rank, RDFS.label, Literal("city", lang="en")))
    assert repeated_texts(planted) == ["city"]


def test_every_class_has_an_example_in_both_languages(ontology: Graph) -> None:
    for term in terms(ontology):
        if (term, RDF.type, OWL.Class) in ontology:
            languages = sorted(
                str(getattr(text, "language", None)) for text in ontology[term : SKOS.example]
            )
            assert languages == ["en", "zh-Hans"], term


def test_the_header_is_complete(ontology: Graph) -> None:
    header = URIRef(CPG_IRI.rstrip("#"))
    vann = Namespace("http://purl.org/vocab/vann/")
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.abstract):
        languages = {getattr(text, "language", None) for text in ontology[header:predicate]}
        assert languages == {"en", "zh-Hans"}, predicate
    version = str(ontology.value(header, OWL.versionInfo))
    assert ontology.value(header, OWL.versionIRI) == URIRef(f"{header}/{version}")
    assert isinstance(ontology.value(header, DCTERMS.license), URIRef)
    assert ontology.value(header, vann.preferredNamespacePrefix) == Literal("cpg")
    assert ontology.value(header, vann.preferredNamespaceUri) == Literal(CPG_IRI)


def test_terms_are_in_order(ontology: Graph) -> None:
    """Two sections, each sorted: a reader finds a term without a search."""
    text = (ontology_folder() / "cpg.ttl").read_text(encoding="utf-8")
    classes, properties = text.split("# Properties\n")
    for section in (classes, properties):
        names = re.findall(r"^cpg:(\w+) a ", section, flags=re.MULTILINE)
        assert names == sorted(names, key=str.lower)


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
    types = {t for t in ontology.objects(None, RDF.type) if str(t).startswith(str(OWL))}
    assert types <= ALLOWED_TYPES
    for predicate in (RDFS.subClassOf, RDFS.domain, RDFS.range):
        named = set(ontology.objects(None, predicate))
        assert not any(isinstance(node, BNode) for node in named)  # no class expressions at all
        datatypes = {node for node in named if str(node).startswith(str(XSD))}
        assert datatypes <= ALLOWED_DATATYPES


def untyped_terms(graph: Graph) -> set[str]:
    """Terms that an axiom uses and that no line declares (OOPS! P34 and P35)."""
    used: set[Any] = set()
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.inverseOf):
        used |= set(graph.subjects(predicate)) | set(graph.objects(None, predicate))
    for predicate in (SCHEMA.domainIncludes, SCHEMA.rangeIncludes):
        used |= set(graph.objects(None, predicate))
    for head in graph.objects(None, OWL.members):
        used |= set(graph.items(head))
    for head in graph.objects(None, OWL.propertyChainAxiom):
        used |= set(graph.items(head))
    return {
        str(term)
        for term in used
        if (term, RDF.type, None) not in graph and not str(term).startswith(str(XSD))
    }


def test_every_term_in_use_is_declared(ontology: Graph) -> None:
    assert untyped_terms(ontology) == set()
    planted = Graph() + ontology
    planted.add((CPG.City, RDFS.subClassOf, CPG.Settlement))
    assert untyped_terms(planted) == {str(CPG.Settlement)}


def loose_properties(graph: Graph) -> list[str]:
    """Properties without a domain or range, or with both forms of one (OOPS! P11 and P19)."""
    found = []
    for kind in (OWL.ObjectProperty, OWL.DatatypeProperty):
        for term in set(graph.subjects(RDF.type, kind)) & terms(graph):
            for one, several in (
                (RDFS.domain, SCHEMA.domainIncludes),
                (RDFS.range, SCHEMA.rangeIncludes),
            ):
                exact, listed = list(graph[term:one]), list(graph[term:several])
                if len(exact) > 1 or bool(exact) == bool(listed):
                    found.append(f"{term} {one}")
    return found


def test_every_property_has_one_domain_and_range(ontology: Graph) -> None:
    assert loose_properties(ontology) == []
    planted = Graph() + ontology
    planted.add((CPG.city, RDFS.domain, CPG.City))
    planted.remove((CPG.rank, RDFS.range, None))
    assert len(loose_properties(planted)) == 2


@pytest.mark.parametrize("predicate", [RDFS.subClassOf, RDFS.subPropertyOf])
def test_hierarchies_have_no_circle(ontology: Graph, predicate: URIRef) -> None:
    def circles(graph: Graph) -> set[Any]:
        return {
            term
            for term, above in graph.subject_objects(predicate)
            if term in set(graph.transitive_objects(above, predicate))
        }

    assert circles(ontology) == set()
    planted = Graph() + ontology
    below, above = next(iter(ontology.subject_objects(predicate)))
    planted.add((above, predicate, below))
    assert circles(planted) >= {below, above}


SIDES = (
    (RDFS.domain, RDFS.range),
    (SCHEMA.domainIncludes, SCHEMA.rangeIncludes),
)
INVERSES = {
    "adoptsPractice": None,  # derived, and read in one direction
    "arrangementOf": "hasArrangement",
    "awardedTo": "hasRecognition",
    "city": "hasProgramme",
    "deliveredBy": "delivers",
    "governedBy": "governs",
    "implementedBy": "implementsPractice",
    "involvedIn": "involves",
    "outcomeOf": "hasOutcome",
    "targetOf": "hasTarget",
}


def wrong_inverses(graph: Graph) -> list[str]:
    """Inverses that are one-sided or whose domains and ranges do not cross (OOPS! P05)."""
    found = []
    for left, right in graph.subject_objects(OWL.inverseOf):
        if (right, OWL.inverseOf, left) not in graph:
            found.append(f"{left} one-sided")
        for domain, range_ in SIDES:
            if set(graph.objects(left, domain)) != set(graph.objects(right, range_)):
                found.append(f"{left} {right}")
    return found


def test_inverses_are_mutual_and_cross(ontology: Graph) -> None:
    assert wrong_inverses(ontology) == []
    for name, other in INVERSES.items():
        expected = [] if other is None else [CPG[other]]
        assert list(ontology.objects(CPG[name], OWL.inverseOf)) == expected, name
    planted = Graph() + ontology
    planted.add((CPG.leadOrganisation, OWL.inverseOf, CPG.governs))
    assert len(wrong_inverses(planted)) == 2


def nothing_members(graph: Graph) -> int:
    import owlrl

    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    errors = URIRef("http://www.daml.org/2002/03/agents/agent-ont#ErrorMessage")
    clashes = len(list(graph.subjects(RDF.type, errors)))
    return clashes + len(list(graph.subjects(RDF.type, OWL.Nothing)))


@pytest.mark.filterwarnings("ignore")
def test_no_class_is_empty_by_its_axioms(ontology: Graph) -> None:
    """One made-up member of each class, and one use of each property, give no clash."""
    crowd = Graph() + ontology
    for term in terms(ontology):
        if (term, RDF.type, OWL.Class) in ontology:
            crowd.add((URIRef(f"x:{term}"), RDF.type, term))
        elif (term, RDF.type, OWL.ObjectProperty) in ontology:
            crowd.add((URIRef(f"x:s-{term}"), term, URIRef(f"x:o-{term}")))
    assert nothing_members(crowd) == 0


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "triple",
    [
        ("x:programme", CPG.implementsPractice, "x:city"),
        ("x:programme", CPG.leadOrganisation, "x:city"),
        ("x:city", CPG.claimStatus, "x:concept"),
        ("x:government", RDF.type, CPG.City),
        ("x:practice", RDF.type, CPG.Programme),
    ],
    ids=["practice", "organisation", "claim", "government", "programme"],
)
def test_a_mistake_in_data_is_a_clash(ontology: Graph, triple: tuple[Any, Any, Any]) -> None:
    planted = Graph() + ontology
    for name, kind in (
        ("programme", CPG.Programme),
        ("city", CPG.City),
        ("concept", SKOS.Concept),
        ("government", CPG.CityGovernment),
        ("practice", CPG.Practice),
    ):
        planted.add((URIRef(f"x:{name}"), RDF.type, kind))
    subject, predicate, value = (URIRef(term) if isinstance(term, str) else term for term in triple)
    assert nothing_members(planted) == 0
    planted.add((subject, predicate, value))
    assert nothing_members(planted) > 0


@pytest.mark.filterwarnings("ignore")
def test_the_chain_gives_what_the_rule_gives(ontology: Graph) -> None:
    import owlrl

    graph = Graph() + ontology
    city, programme, practice = (URIRef(f"x:{name}") for name in ("city", "programme", "practice"))
    graph.add((programme, CPG.city, city))
    graph.add((programme, CPG.implementsPractice, practice))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    assert (city, CPG.adoptsPractice, practice) in graph
    assert (programme, CPG.inJurisdiction, city) in graph


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
    planted = Graph() + schemes
    top = URIRef(expand("concept/practice/urban-challenges"))
    planted.add((top, SKOS.broader, URIRef(expand("concept/practice/smart-mobility"))))
    assert any("cycle" in fault for fault in scheme_faults(planted))
    planted = Graph() + schemes
    unit = URIRef(expand("concept/unit/one"))
    planted.set((unit, SKOS.prefLabel, Literal("Percent", lang="en")))
    assert len(scheme_faults(planted)) >= 1


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
    assert texts == {
        "countryCode",
        "recordedAs",
        "segmentSha256",
        "textSha256",
        "valueAsGiven",
    }


def test_practices_have_the_levels_of_the_source() -> None:
    graph = Graph().parse(ontology_folder() / "concepts" / "practice.ttl")
    levels = Counter(int(str(level)) for level in graph.objects(None, CPG.practiceLevel))
    assert (levels[1], levels[2], levels[3]) == (3, 8, 16)
    assert levels[4] >= 30
    for concept in graph.subjects(CPG.practiceLevel, rdflib.Literal(4)):
        assert (concept, SKOS.editorialNote, None) in graph


def test_mappings_are_of_known_terms_and_say_where_meanings_differ(
    ontology: Graph, schemes: Graph
) -> None:
    graph = Graph().parse(ontology_folder() / "alignments.ttl")
    known = {*terms(ontology), *schemes.subjects(RDF.type, SKOS.Concept)}
    mappings = {
        (subject, predicate, target)
        for predicate in (SKOS.closeMatch, SKOS.relatedMatch)
        for subject, target in graph.subject_objects(predicate)
    }
    noted = {
        (
            graph.value(axiom, OWL.annotatedSource),
            graph.value(axiom, OWL.annotatedProperty),
            graph.value(axiom, OWL.annotatedTarget),
        )
        for axiom in graph.subjects(RDF.type, OWL.Axiom)
        if {getattr(text, "language", None) for text in graph[axiom : SKOS.note]}
        == {"en", "zh-Hans"}
    }
    assert mappings == noted
    assert {subject for subject, _, _ in mappings} <= known
    assert not any(str(target).startswith(CPG_IRI) for _, _, target in mappings)


def publication_terms() -> dict[str, Any]:
    path = ontology_folder() / "context" / "publication.jsonld"
    context: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["@context"]
    return context


def test_the_publication_context_has_every_term(ontology: Graph) -> None:
    context = publication_terms()
    iris = {
        value if isinstance(value, str) else str(value["@id"])
        for name, value in context.items()
        if not name.startswith("@")
    }
    own = {iri for iri in iris if iri.startswith("cpg:")} - {"cpg:"}
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    defined = {
        f"cpg:{str(term).removeprefix(CPG_IRI)}"
        for term in terms(ontology)
        if any((term, RDF.type, kind) in ontology for kind in kinds)
    }
    assert own == defined


def test_both_parsers_read_the_publication_context(ontology: Graph, schemes: Graph) -> None:
    """What rdflib compacts, rdflib and pyoxigraph expand to the same triples."""
    graph = folded(Graph() + ontology + schemes)
    for bnode in {node for node in graph.all_nodes() if isinstance(node, BNode)}:
        for triple in [*graph.triples((bnode, None, None)), *graph.triples((None, None, bnode))]:
            graph.remove(triple)
    sample = """
        @prefix cpg: <https://w3id.org/city-practice-graph/ontology#> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <x:p> cpg:startYear "2010"^^xsd:gYear ; skos:altLabel "a"@en , "b"@en , "c"@fi , "d" .
        <x:m> cpg:numericValue 1.50 ; cpg:awardPlace 2 ; cpg:valueAsGiven "1.5" .
        <x:a> cpg:meetingInterval "P14D"^^xsd:duration .
    """
    graph.parse(data=sample, format="turtle")
    text = graph.serialize(format="json-ld", context=publication_terms())
    assert set(Graph().parse(data=text, format="json-ld")) == set(graph)
    triples = (quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.JSON_LD))
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert content is not None
    assert set(folded(Graph().parse(data=content.decode(), format="nt"))) == set(graph)


def test_every_shape_speaks_both_languages() -> None:
    """Which constraints need a message at all is tested in test_shapes.py."""
    for path in shape_files():
        graph = Graph().parse(path)
        for node in graph.subjects(SH.message, None):
            languages = {
                getattr(text, "language", None) for text in graph.objects(node, SH.message)
            }
            assert languages == {"en", "zh-Hans"}


def rule_sample() -> Iterator[tuple[str, str, str]]:
    yield "x:programme", "cpg:city", "x:city"
    yield "x:programme", "cpg:implementsPractice", "x:practice"
    yield "x:programme", "cpg:leadOrganisation", "x:lead"
    yield "x:programme", "cpg:partnerOrganisation", "x:partner"
    yield "x:programme", "cpg:fundingOrganisation", "x:funder"
    yield "x:programme", "cpg:operatingOrganisation", "x:operator"
    yield "x:programme", "cpg:delivers", "x:asset"
    yield "x:asset", "cpg:usesTechnology", "x:technology"
    yield "x:programme", "cpg:hasArrangement", "x:arrangement"
    yield "x:arrangement", "cpg:mechanismType", "x:mechanism"
    yield "x:programme", "cpg:hasOutcome", "x:outcome"
    yield "x:programme", "cpg:hasTarget", "x:target"
    yield "x:outcome", "cpg:hasMeasurement", "x:measurement"
    yield "x:government", "cpg:governs", "x:city"
    yield "x:recognition", "cpg:awardedTo", "x:city"
    yield "x:part", "dcterms:isPartOf", "x:whole"
    yield "x:practice", "skos:broader", "x:field"
    yield "x:field", "skos:broader", "x:theme"


def test_rules_derive_the_same_on_both_engines() -> None:
    """Worked out by hand: 25 new triples, whatever the order of the rules."""
    plain = Graph()
    store = ox.Store()
    for subject, predicate, value in rule_sample():
        plain.add((URIRef(subject), URIRef(expand(predicate)), URIRef(value)))
        store.add(
            ox.Quad(ox.NamedNode(subject), ox.NamedNode(expand(predicate)), ox.NamedNode(value))
        )
    before = len(plain)
    rules = [path.read_text(encoding="utf-8") for path in rule_files()]
    for _ in range(3):
        for rule in rules:
            for triple in list(plain.query(rule)):
                plain.add(triple)  # type: ignore[arg-type]
            answer = store.query(rule)
            assert isinstance(answer, ox.QueryTriples)
            store.extend([ox.Quad(t.subject, t.predicate, t.object) for t in answer])
    ours = {f"{s} {p} {o}" for s, p, o in plain}
    theirs = {
        " ".join(str(term).strip("<>") for term in (q.subject, q.predicate, q.object))
        for q in store
    }
    assert ours == theirs
    assert len(ours) - before == 25
    assert f"x:programme {CPG.usesMechanism} x:mechanism" in ours
    assert f"x:operator {CPG.involvedIn} x:programme" in ours
    assert f"x:practice {SKOS.broaderTransitive} x:theme" in ours


def test_every_rule_says_what_it_is_for() -> None:
    for path in rule_files():
        assert path.read_text(encoding="utf-8").startswith("# "), path.stem


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
