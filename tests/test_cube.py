"""The observations are well-formed cubes (W3C, The RDF Data Cube Vocabulary, section 11.1).

Each constraint is a query for what breaks it, named as in the recommendation. Slices and
hierarchical code lists are not used, so IC-7 to IC-10, IC-18, IC-20 and IC-21 hold while none
exists; no cube has a measure dimension, so IC-15 to IC-17 hold while none exists.
"""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.build import canonical_nquads
from kg.graph import KnowledgeGraph
from kg.terms import expand

PREFIXES = """PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
# What breaks a constraint, and an update after which something breaks it.
CONSTRAINTS = {
    "IC-1 one data set": (
        """?bad a qb:Observation OPTIONAL { ?bad qb:dataSet ?one }
        OPTIONAL { ?bad qb:dataSet ?two FILTER(?two != ?one) }
        FILTER(!BOUND(?one) || BOUND(?two))""",
        "INSERT DATA { <urn:bad> a qb:Observation }",
    ),
    "IC-2 one structure": (
        """?bad a qb:DataSet OPTIONAL { ?bad qb:structure ?one . ?one a qb:DataStructureDefinition }
        OPTIONAL { ?bad qb:structure ?two FILTER(?two != ?one) }
        FILTER(!BOUND(?one) || BOUND(?two))""",
        "DELETE WHERE { ?set qb:structure ?structure }",
    ),
    "IC-3 a structure has a measure": (
        """?bad a qb:DataStructureDefinition
        FILTER NOT EXISTS { ?bad qb:component/qb:measure ?measure }""",
        "DELETE WHERE { ?component qb:measure cpg:score }",
    ),
    "IC-4 dimensions have a range": (
        "?bad a qb:DimensionProperty FILTER NOT EXISTS { ?bad rdfs:range ?range }",
        "DELETE WHERE { cpg:factor rdfs:range ?range }",
    ),
    "IC-5 dimensions of concepts have a code list": (
        """?bad a qb:DimensionProperty ; rdfs:range ?range
        FILTER(?range = skos:Concept || EXISTS { ?range rdfs:subClassOf skos:Concept })
        FILTER NOT EXISTS { ?bad qb:codeList ?list }""",
        "DELETE WHERE { cpg:referenceSet qb:codeList ?list }",
    ),
    "IC-6 only attributes may be optional": (
        """?structure qb:component ?bad . ?bad qb:componentRequired false
        FILTER NOT EXISTS { ?bad qb:attribute ?attribute }""",
        """INSERT { ?component qb:componentRequired false }
        WHERE { ?component qb:dimension cpg:factor }""",
    ),
    "IC-11 every dimension": (
        """?bad qb:dataSet/qb:structure/qb:component/qb:dimension ?dimension
        FILTER NOT EXISTS { ?bad ?dimension ?value }""",
        "DELETE { ?o cpg:refEdition ?e } WHERE { ?o cpg:refCity ?c ; cpg:refEdition ?e }",
    ),
    "IC-13 every required attribute": (
        """?bad qb:dataSet/qb:structure/qb:component ?component .
        ?component qb:componentRequired true ; qb:attribute ?attribute
        FILTER NOT EXISTS { ?bad ?attribute ?value }""",
        "DELETE { ?o cpg:rankBasis ?b } WHERE { ?o cpg:rankBasis ?b }",
    ),
    "IC-14 every measure": (
        """?bad qb:dataSet/qb:structure/qb:component/qb:measure ?measure
        FILTER NOT EXISTS { ?bad ?measure ?value }""",
        "DELETE { ?o cpg:score ?v } WHERE { ?o cpg:score ?v ; cpg:refCity ?c }",
    ),
    "IC-19 codes from the code list": (
        """?structure a qb:DataStructureDefinition ; qb:component/qb:dimension ?dimension .
        ?dimension qb:codeList ?list . ?list a skos:ConceptScheme .
        ?bad qb:dataSet/qb:structure ?structure ; ?dimension ?code
        FILTER NOT EXISTS { ?code a skos:Concept ; skos:inScheme ?list }""",
        "INSERT { ?o cpg:factor <urn:bad> } WHERE { ?o cpg:score ?v }",
    ),
}
DIMENSIONS = {
    "rank": "cpg:refCity cpg:refEdition cpg:referenceSet",
    "factor-score": "cpg:refCity cpg:refEdition cpg:factor",
    "appraisal": "cpg:refCity cpg:refEdition cpg:factor cpg:appraiser",
}


@pytest.fixture(scope="module")
def content(graph: KnowledgeGraph) -> bytes:
    return canonical_nquads(graph.embedded("tests").dataset)


@pytest.fixture
def store(content: bytes) -> ox.Store:
    store = ox.Store()
    store.bulk_load(content, format=ox.RdfFormat.N_QUADS)
    return store


def breaking(store: ox.Store, pattern: str) -> list[str]:
    found = store.query(f"{PREFIXES} SELECT DISTINCT ?bad WHERE {{ {pattern} }}")
    assert isinstance(found, ox.QuerySolutions)
    return [str(row["bad"]) for row in found]


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_a_constraint_holds_and_finds_what_breaks_it(name: str, store: ox.Store) -> None:
    pattern, damage = CONSTRAINTS[name]
    assert breaking(store, pattern) == []
    store.update(f"{PREFIXES} {damage}")
    assert breaking(store, pattern) != []


@pytest.mark.parametrize("cube", DIMENSIONS)
def test_no_two_observations_share_all_dimensions(cube: str, store: ox.Store) -> None:
    """IC-12, by grouping: the pairs of the recommendation's query take minutes."""
    names = [part.partition(":")[2] for part in DIMENSIONS[cube].split()]
    keys = " ".join(f"?{name}" for name in names)
    pattern = " ".join(f"?o cpg:{name} ?{name} ." for name in names)
    query = (
        f"{PREFIXES} SELECT {keys} (COUNT(DISTINCT ?o) AS ?n) WHERE {{ "
        f"?o qb:dataSet <{expand('cube/' + cube)}> . {pattern} }} GROUP BY {keys} "
        "ORDER BY DESC(?n)"
    )
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    assert next(found)["n"].value == "1"
    store.update(
        f"{PREFIXES} INSERT {{ <urn:copy> ?p ?v }} WHERE {{ "
        f"{{ SELECT ?o {{ ?o qb:dataSet <{expand('cube/' + cube)}> }} LIMIT 1 }} ?o ?p ?v }}"
    )
    again = store.query(query)
    assert isinstance(again, ox.QuerySolutions)
    assert next(again)["n"].value == "2"


def test_the_dimensions_tested_are_those_of_the_structures(store: ox.Store) -> None:
    for cube, names in DIMENSIONS.items():
        found = store.query(
            f"{PREFIXES} SELECT ?d WHERE {{ <{expand('cube/' + cube)}> "
            "qb:structure/qb:component/qb:dimension ?d }"
        )
        assert isinstance(found, ox.QuerySolutions)
        assert {row["d"].value for row in found} == {expand(name) for name in names.split()}


def test_nothing_is_there_that_the_other_constraints_speak_of(store: ox.Store) -> None:
    for thing in ("?bad a qb:Slice", "?bad a qb:SliceKey", "?bad a qb:HierarchicalCodeList"):
        assert breaking(store, thing) == []
    assert breaking(store, "?c qb:dimension ?bad . FILTER(?bad = qb:measureType)") == []
