"""The analyses at the size of a million triples, in one run; prints a table, fails nothing.

python tests/benchmarks/scale.py [--triples 1000000] [--limit 60]

The graph is synthetic, from a fixed seed, in the shape of the shipped one and with its vocabulary:
each statement lies in the graph of its claim, register or rule, and once more in the default graph.
``--triples`` counts the default graph. A part that needs the loaded store runs in a fork of this
process, so that its peak memory is its own and a query that does not end can be ended.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, Generic, TypeVar
from unittest import mock

import numpy as np
import pyoxigraph as ox
from scipy.sparse import triu

import kg
from kg.catalogue import find_query, run_query
from kg.recurrence import counts, matrix
from kg.recurrence.association import compare_with_swaps, swap_worlds
from kg.recurrence.counts import count_recurrence, practices_of_level, read_ranks
from kg.recurrence.incidence import read_incidence
from kg.recurrence.matrix import read_matrix
from kg.results import Table, to_value
from kg.store import Answer, Store
from kg.store.embedded import EmbeddedStore
from kg.terms import BASE, CONCEPT, DERIVED_GRAPH, ID, expand

SEED: Final = 20211118
EDITION: Final = "eden-top50-2021"
EDITIONS: Final = (EDITION, *(f"synthetic-{year}" for year in range(2014, 2021)))
# Triples of the default graph that a synthetic city brings with it, on average.
CITY_SIZE: Final = 276
WORLDS: Final = 1000
SIDE: Final = 200
KIBIBYTES: Final = 1024
Pairs = dict[tuple[str, str], int]
Result = TypeVar("Result")

# All three count what the matrix counts: a statement counts for all broader concepts, too.
FROM_DISTINCT: Final = """
PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?practice ?other (COUNT(*) AS ?cities) WHERE {
  {
    SELECT DISTINCT ?city ?practice WHERE {
      ?city cpg:adoptsPractice ?one .
      ?one skos:broaderTransitive? ?practice .
    }
  }
  {
    SELECT DISTINCT ?city ?other WHERE {
      ?city cpg:adoptsPractice ?two .
      ?two skos:broaderTransitive? ?other .
    }
  }
  FILTER(STR(?practice) < STR(?other))
}
GROUP BY ?practice ?other
"""
FROM_ADOPTION: Final = """
PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?practice ?other (COUNT(DISTINCT ?city) AS ?cities) WHERE {
  ?city cpg:adoptsPractice ?one , ?two .
  ?one skos:broaderTransitive? ?practice .
  ?two skos:broaderTransitive? ?other .
  FILTER(STR(?practice) < STR(?other))
}
GROUP BY ?practice ?other
"""
FROM_CLAIMS: Final = """
PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX claim-status: <https://w3id.org/city-practice-graph/concept/claim-status/>
SELECT ?practice ?other (COUNT(DISTINCT ?city) AS ?cities) WHERE {
  ?programme cpg:city ?city .
  GRAPH ?claim { ?programme cpg:implementsPractice ?one }
  ?claim cpg:claimStatus ?status .
  FILTER(?status IN (claim-status:accepted, claim-status:disputed, claim-status:editorial))
  ?one skos:broaderTransitive? ?practice .
  ?another cpg:city ?city .
  GRAPH ?second { ?another cpg:implementsPractice ?two }
  ?second cpg:claimStatus ?its .
  FILTER(?its IN (claim-status:accepted, claim-status:disputed, claim-status:editorial))
  ?two skos:broaderTransitive? ?other .
  FILTER(STR(?practice) < STR(?other))
}
GROUP BY ?practice ?other
"""


@dataclass
class Spent:
    """Seconds of one part."""

    cpu: float = 0.0
    wall: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.cpu + other.cpu, self.wall + other.wall)


@contextmanager
def watch() -> Iterator[Spent]:
    """Measure a block; the garbage collector works as it does for anybody else."""
    spent = Spent()
    cpu, wall = time.process_time(), time.perf_counter()
    yield spent
    spent.cpu, spent.wall = time.process_time() - cpu, time.perf_counter() - wall


@dataclass
class Quads:
    """N-Quads in the making."""

    lines: list[str] = field(default_factory=list)
    triples: int = 0

    def say(self, subject: str, name: str, value: str, graph: str | None = None) -> None:
        """State something in the default graph, and in a graph of its own when one is given."""
        statement = f"{subject} {iri(name)} {value}"
        self.lines.append(f"{statement} .\n")
        self.triples += 1
        if graph:
            self.lines.append(f"{statement} {graph} .\n")

    def whisper(self, subject: str, name: str, value: str, graph: str) -> None:
        """State something that is no longer held: only in the graph of its claim."""
        self.lines.append(f"{subject} {iri(name)} {value} {graph} .\n")


@dataclass
class Kept:
    """A store that asks each question once."""

    store: Store
    answers: dict[str, Answer] = field(default_factory=dict)

    def query(self, sparql: str) -> Answer:
        """Run one query, or give its answer again."""
        if sparql not in self.answers:
            self.answers[sparql] = self.store.query(sparql)
        return self.answers[sparql]


@dataclass(frozen=True)
class Outcome(Generic[Result]):
    """What a child process found; memory in bytes, at the fork and at most."""

    result: Result
    spent: Spent
    before: int
    peak: int


@dataclass(frozen=True)
class Analysis:
    """The measured parts of the analysis, and what they found."""

    query: Spent
    reading: Spent
    table: Spent
    matrix: Spent
    product: Spent
    rows: int
    links: int
    cities: int
    pairs: Pairs
    stated: Pairs


def iri(name: str) -> str:
    """An IRI as N-Quads write it."""
    return f"<{expand(name)}>"


def text(value: str, language: str = "en") -> str:
    """A text in a language; the synthetic ones need no escapes."""
    return f'"{value}"@{language}'


def number(value: float, kind: str) -> str:
    """A number or date of an XSD type."""
    return f'"{value}"^^<{expand("xsd:" + kind)}>'


DAY: Final = f'"2024-03-01"^^<{expand("xsd:date")}>'


def vocabulary(shipped: ox.Store) -> list[ox.Quad]:
    """All that the shipped dataset says of concepts and of the ontology, without its facts."""
    ours = (CONCEPT, BASE + "ontology")
    return [
        quad
        for quad in shipped
        if isinstance(quad.subject, ox.NamedNode)
        and quad.subject.value.startswith(ours)
        and not (isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(ID))
    ]


def concepts(shipped: Store, scheme: str) -> list[str]:
    """The concepts of a scheme, as N-Quads write them."""
    answer = shipped.query(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
        f"SELECT DISTINCT ?concept WHERE {{ ?concept skos:inScheme <{CONCEPT}{scheme}> }} "
        "ORDER BY ?concept"
    )
    assert isinstance(answer, Table)
    return [f"<{row[0].value}>" for row in answer.rows if row[0] is not None]


def places(shipped: Store) -> list[tuple[str, str, str]]:
    """Country code, region and subregion of the shipped cities: new ones lie there, too."""
    answer = shipped.query(
        "PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#> "
        "SELECT ?country ?region ?subregion WHERE { ?city a cpg:City ; cpg:countryCode ?country ; "
        "cpg:region ?region ; cpg:subregion ?subregion } ORDER BY ?city"
    )
    assert isinstance(answer, Table)
    return [(str(row[0]), str(row[1]), str(row[2])) for row in answer.rows]


class World:
    """A synthetic graph; all draws come from one generator."""

    def __init__(self, shipped: EmbeddedStore, triples: int) -> None:
        self.random = random.Random(SEED)
        self.quads = Quads()
        for quad in vocabulary(shipped.dataset):
            self.quads.lines.append(f"{quad} .\n")
            self.quads.triples += isinstance(quad.graph_name, ox.DefaultGraph)
        self.claims = 0
        tree = run_query(shipped, "practice-tree")
        assert isinstance(tree, Table)
        self.practices = [
            f"<{record['practice']}>"
            for record in tree.records()
            if record["level"] in (3, 4)  # claims of the shipped facts name these
        ]
        self.random.shuffle(self.practices)
        self.weights = [1 / (place + 3) for place in range(len(self.practices))]
        self.technologies = concepts(shipped, "technology")
        self.mechanisms = concepts(shipped, "mechanism")
        self.outcomes = concepts(shipped, "outcome-type")
        self.kinds = concepts(shipped, "programme-kind")
        self.types = concepts(shipped, "source-type")
        self.grades = concepts(shipped, "evidence-grade")
        self.places = places(shipped)
        cities = max(50, round((triples - self.quads.triples) / CITY_SIZE))
        names = [f"synthetic-{place:05d}" for place in range(cities)]
        for name in names:
            self.city(name)
        for edition in EDITIONS:
            self.edition(edition, names)

    def source(self, name: str) -> str:
        """A document on record; a few are reprints of the one before."""
        quads, source = self.quads, iri(f"source/{name}")
        graph = iri(f"graph/register/source-{name}")
        quads.say(source, "rdf:type", iri("cpg:Source"), graph)
        quads.say(source, "dcterms:title", text(f"What {name} reports"), graph)
        quads.say(source, "cpg:sourceType", self.random.choice(self.types), graph)
        quads.say(source, "cpg:textBasis", iri("concept/text-basis/full-text"), graph)
        quads.say(source, "cpg:readOn", DAY, graph)
        quads.say(source, "schema:url", f"<https://example.org/{name}>", graph)
        if self.random.random() < 0.03:
            quads.say(source, "prov:hadPrimarySource", iri(f"source/{name}-original"), graph)
        return source

    def fragment(self, name: str, source: str) -> str:
        """A place in a document."""
        fragment, graph = iri(f"fragment/{name}/page"), iri(f"graph/register/fragment-{name}")
        self.quads.say(fragment, "rdf:type", iri("cpg:SourceFragment"), graph)
        self.quads.say(fragment, "oa:hasSource", source, graph)
        self.quads.say(fragment, "dcterms:description", text(f"Showed: {name}"), graph)
        return fragment

    def claim(self, about: str, fragment: str) -> tuple[str, bool]:
        """A claim on the ground of a place in a document, and whether it still holds."""
        self.claims += 1
        draw = self.random.random()
        status = (
            "accepted"
            if draw < 0.73
            else "editorial"
            if draw < 0.92
            else "disputed"
            if draw < 0.99
            else "retracted"
        )
        claim = iri(f"claim/{about}-{self.claims:06d}")
        grade = self.grades[int(self.random.random() ** 4 * len(self.grades))]
        self.quads.say(claim, "rdf:type", iri("cpg:Claim"))
        self.quads.say(claim, "cpg:claimStatus", iri(f"concept/claim-status/{status}"))
        self.quads.say(claim, "cpg:evidenceGrade", grade)
        self.quads.say(claim, "cpg:confidence", iri("concept/confidence/high"))
        self.quads.say(claim, "prov:wasDerivedFrom", fragment)
        self.quads.say(claim, "dcterms:created", DAY)
        return claim, status != "retracted"

    def city(self, name: str) -> None:
        """A city with its government and its programmes; some have many, most have few."""
        quads, draw = self.quads, self.random
        city, graph = iri(f"city/{name}"), iri(f"graph/register/city-{name}")
        country, region, subregion = draw.choice(self.places)
        quads.say(city, "rdf:type", iri("cpg:City"), graph)
        quads.say(city, "skos:prefLabel", text(f"City {name}"), graph)
        quads.say(city, "skos:prefLabel", text(f"城市 {name}", "zh-hans"), graph)
        quads.say(city, "cpg:countryCode", country, graph)
        quads.say(city, "cpg:region", region, graph)
        quads.say(city, "cpg:subregion", subregion, graph)
        quads.say(city, "geo:lat", number(round(draw.uniform(-50, 60), 5), "decimal"), graph)
        quads.say(city, "geo:long", number(round(draw.uniform(-170, 170), 5), "decimal"), graph)
        government = iri(f"organisation/{name}")
        quads.say(government, "rdf:type", iri("cpg:CityGovernment"), graph)
        quads.say(government, "skos:prefLabel", text(f"City of {name}"), graph)
        quads.say(government, "cpg:governs", city, graph)
        quads.say(city, "cpg:governedBy", government, iri("graph/derived"))
        sources = [self.source(f"{name}-{place}") for place in range(draw.randint(1, 4))]
        adopted: set[str] = set()
        for place in range(min(60, int(draw.lognormvariate(1.1, 0.9)))):
            adopted |= self.programme(f"{name}-{place:02d}", name, sources)
        for practice in sorted(adopted):
            quads.say(city, "cpg:adoptsPractice", practice, f"<{DERIVED_GRAPH}>")

    def programme(self, name: str, city: str, sources: Sequence[str]) -> set[str]:
        """A programme with three claims or more; gives the practices that still hold."""
        quads, draw = self.quads, self.random
        programme, place = iri(f"programme/{name}"), iri(f"city/{city}")
        graph, derived = iri(f"graph/register/{city}"), f"<{DERIVED_GRAPH}>"
        government = iri(f"organisation/{city}")
        source = draw.choice(sources)
        quads.say(programme, "rdf:type", iri("cpg:Programme"), graph)
        quads.say(programme, "skos:prefLabel", text(f"Programme {name}"), graph)
        quads.say(programme, "skos:prefLabel", text(f"项目 {name}", "zh-hans"), graph)
        quads.say(programme, "cpg:labelStatus", iri("concept/label-status/official"), graph)
        fragment = self.fragment(name, source)
        held, _ = self.claim(city, fragment)
        quads.say(programme, "cpg:city", place, held)
        quads.say(programme, "cpg:programmeKind", draw.choice(self.kinds), held)
        quads.say(programme, "dcterms:description", text(f"What {name} does."), held)
        quads.say(programme, "dcterms:description", text(f"{name} 的内容。", "zh-hans"), held)
        wanted = set(draw.choices(self.practices, self.weights, k=draw.choice((1, 1, 2, 2, 3))))
        practices: set[str] = set()
        # A second document sometimes says the same.
        for support in range(1 + (draw.random() < 0.2)):
            where = self.fragment(f"{name}-again", draw.choice(sources)) if support else fragment
            claim, holds = self.claim(city, where)
            for practice in sorted(wanted):
                if not holds or practice in practices:
                    quads.whisper(programme, "cpg:implementsPractice", practice, claim)
                else:
                    quads.say(programme, "cpg:implementsPractice", practice, claim)
                    practices.add(practice)
        for practice in sorted(practices):
            quads.say(practice, "cpg:implementedBy", programme, derived)
        claim, _ = self.claim(city, fragment)
        quads.say(programme, "cpg:leadOrganisation", government, claim)
        quads.say(programme, "cpg:usesTechnology", draw.choice(self.technologies), claim)
        quads.say(programme, "cpg:usesMechanism", draw.choice(self.mechanisms), claim)
        if draw.random() < 0.4:
            outcome = iri(f"outcome/{name}")
            claim, _ = self.claim(city, fragment)
            quads.say(programme, "cpg:hasOutcome", outcome, claim)
            quads.say(outcome, "rdf:type", iri("cpg:Outcome"), claim)
            quads.say(outcome, "cpg:outcomeType", draw.choice(self.outcomes), claim)
            quads.say(outcome, "skos:prefLabel", text(f"Outcome of {name}"), claim)
            quads.say(outcome, "cpg:outcomeOf", programme, derived)
        quads.say(programme, "cpg:inJurisdiction", place, derived)
        quads.say(programme, "cpg:involves", government, derived)
        quads.say(government, "cpg:involvedIn", programme, derived)
        quads.say(programme, "cpg:documentedIn", source, derived)
        quads.say(place, "cpg:hasProgramme", programme, derived)
        return practices

    def edition(self, slug: str, cities: Sequence[str]) -> None:
        """A ranking edition that places half of the cities."""
        quads, edition, graph = self.quads, iri(f"edition/{slug}"), iri("graph/register/rankings")
        fragment = self.fragment(slug, self.source(slug))
        quads.say(edition, "rdf:type", iri("cpg:RankingEdition"), graph)
        quads.say(edition, "skos:prefLabel", text(f"Edition {slug}"), graph)
        quads.say(edition, "cpg:editionYear", number(int(slug[-4:]), "gYear"), graph)
        for rank, city in enumerate(self.random.sample(cities, len(cities) // 2), start=1):
            observation = iri(f"observation/{slug}-{city}")
            claim, _ = self.claim(slug, fragment)
            quads.say(observation, "rdf:type", iri("qb:Observation"), claim)
            quads.say(observation, "qb:dataSet", iri("cube/rank"), claim)
            quads.say(observation, "cpg:refCity", iri(f"city/{city}"), claim)
            quads.say(observation, "cpg:refEdition", edition, claim)
            quads.say(observation, "cpg:referenceSet", iri("concept/reference-set/world"), claim)
            quads.say(observation, "cpg:rankBasis", iri("concept/rank-basis/stated"), claim)
            quads.say(observation, "cpg:rank", number(rank, "integer"), claim)


def generate(path: Path, triples: int) -> tuple[int, int]:
    """Write a synthetic graph as N-Quads; gives its triples and claims."""
    world = World(kg.open().embedded("benchmark"), triples)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(world.quads.lines)
    return world.quads.triples, world.claims


def peak() -> int:
    """Most memory that this process ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIBIBYTES


def in_child(
    call: Callable[[], Result], limit: float | None = None
) -> tuple[Outcome[Result] | None, Spent]:
    """Run a call in a fork of this process; no outcome when it does not end in time."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(call, sending))
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process.start()
    sending.close()
    found: Outcome[Result] | None = receiving.recv() if receiving.poll(limit) else None
    if found is None:
        process.kill()
    process.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return found, Spent(cpu, time.perf_counter() - started)


def _answer(call: Callable[[], Result], sending: Connection) -> None:
    # A fresh process: its peak starts at what it shares with the parent.
    before = peak()
    with watch() as spent:
        result = call()
    sending.send(Outcome(result, spent, before, peak()))


def analyse(store: Store) -> Analysis:
    """Read the incidence once, then count recurrence and pairs without asking the store again."""
    kept = Kept(store)
    with watch() as query:
        rows = run_query(kept, "incidence", {"facet": "practice"})
    assert isinstance(rows, Table)
    with watch() as rest:
        incidence = read_incidence(kept, "practice")
        read_ranks(kept, EDITION)
        run_query(kept, "cities")
        practices = practices_of_level(kept, 3)
    with (
        mock.patch.object(counts, "read_incidence", return_value=incidence),
        watch() as table,
    ):
        count_recurrence(kept, level=None, edition=EDITION)
    with mock.patch.object(matrix, "read_incidence", return_value=incidence), watch() as laid:
        cells = read_matrix(kept, level=None)
        values = cells.values
    with watch() as product:
        met = values.astype(np.int32)
        common = triu(met.T @ met, 1).tocoo()
    names = cells.concepts
    pairs = {
        (names[first], names[second]): int(count)
        for first, second, count in zip(common.row, common.col, common.data, strict=True)
        if count
    }
    # The named query counts practices of level 3 as the claims name them, without narrower ones.
    adopted: dict[str, set[str]] = {}
    for link in incidence.links:
        if link.concept == link.direct and link.concept in practices:
            adopted.setdefault(link.concept, set()).add(link.city)
    stated = {
        (one, other): len(adopted[one] & adopted[other])
        for one in adopted
        for other in adopted
        if one < other and adopted[one] & adopted[other]
    }
    return Analysis(
        query=query,
        reading=query + rest,
        table=table,
        matrix=laid,
        product=product,
        rows=len(rows),
        links=len(incidence.links),
        cities=len(cells.cities),
        pairs=pairs,
        stated=stated,
    )


def count_pairs(store: Store, sparql: str) -> Pairs:
    """The pair counts as a query gives them."""
    answer = store.query(sparql)
    assert isinstance(answer, Table)
    found: Pairs = {}
    for first, second, cities in answer.rows:
        found[str(to_value(first)), str(to_value(second))] = int(str(to_value(cities)))
    return found


def show(what: str, value: float, unit: str, wanted: str = "") -> None:
    """Print one line of the table."""
    digits = 0 if isinstance(value, int) else 3
    print(f"{what:<62} {value:>11.{digits}f} {unit:<4} {wanted}".rstrip(), flush=True)


def show_time(what: str, spent: Spent, wanted: str = "") -> None:
    """Print CPU and wall seconds of one part."""
    show(f"{what}, CPU", spent.cpu, "s", wanted)
    show(f"{what}, wall", spent.wall, "s", wanted)


def show_ratio(
    what: str, store: Store, sparql: str, ours: Spent, reading: Spent, wanted: Pairs, limit: float
) -> None:
    """Compare the SPARQL form of the pair counts with the counts of the matrix, in CPU time."""
    theirs, spent = in_child(lambda: count_pairs(store, sparql), limit)
    if theirs is not None:
        assert theirs.result == wanted, "both count the same"
        spent = theirs.spent
    least = "" if theirs else "at least: ended by the time limit"
    show_time(what, spent, least)
    show("  / matrix and all pairs, after reading", spent.cpu / ours.cpu, "x", least)
    show("  / the same with reading", spent.cpu / (ours + reading).cpu, "x", least)


def show_worlds() -> None:
    """Null worlds of a matrix with uneven margins, by themselves and with the test of all pairs."""
    rng = np.random.default_rng(SEED)
    chances = np.outer(rng.beta(1, 3, SIDE), rng.beta(1, 3, SIDE)) ** 0.5
    values = rng.random((SIDE, SIDE)) < chances
    first, second = np.triu_indices(SIDE, 1)
    size = f"{WORLDS} curveball worlds, {SIDE} x {SIDE}"
    with watch() as spent:
        drawn = sum(len(some) for some in swap_worlds(values, WORLDS, seed=SEED))
    assert drawn == WORLDS
    show_time(size, spent, "< 60")
    with watch() as spent:
        compare_with_swaps(
            values, first, second, threshold=0.05 / len(first), worlds=WORLDS, seed=SEED
        )
    show_time(f"{size}, test of {len(first)} pairs", spent, "< 60")


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--limit", type=float, default=60, help="seconds for a SPARQL form")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "synthetic.nq"
        made, _ = in_child(lambda: generate(path, arguments.triples))
        assert made is not None
        with watch() as loading:
            store = EmbeddedStore.from_nquads(path.read_bytes())
    triples, claims = made.result
    show("triples of the default graph", triples, "")
    show("statements in the store, with those in named graphs", len(store.dataset), "")
    show("claims", claims, "")
    show_time("loading into memory", loading)
    loaded = peak()
    found, _ = in_child(lambda: analyse(store))
    assert found is not None
    done, mebibyte = found.result, 2**20
    show("cities", done.cities, "")
    show("rows of the incidence", done.rows, "")
    show("links, with broader concepts", done.links, "")
    show_time("reading the incidence, named query alone", done.query)
    show_time("reading the incidence, cities and practices", done.reading, "< 10")
    show_time("recurrence table, after reading", done.table, "< 1")
    show_time("matrix, after reading", done.matrix)
    show_time("all pairs by a sparse product of the matrix", done.product)
    ours = done.matrix + done.product
    show_time("table, matrix and all pairs, after reading", done.table + ours, "< 1")
    grown = (found.peak - found.before) / mebibyte
    show("peak memory of reading and analysis, beyond the store", grown, "MiB", "< 1024")
    show("peak memory of reading and analysis, with the store", found.peak / mebibyte, "MiB")
    show("peak memory of loading", loaded / mebibyte, "MiB")
    named = find_query("practice-pairs").bind({"minimum": 1})
    for what, sparql, wanted in (
        ("SPARQL, practice-pairs (level 3, as stated)", named, done.stated),
        ("SPARQL, all pairs, distinct adoptions joined", FROM_DISTINCT, done.pairs),
        ("SPARQL, all pairs from cpg:adoptsPractice", FROM_ADOPTION, done.pairs),
        ("SPARQL, all pairs from the claims", FROM_CLAIMS, done.pairs),
    ):
        show_ratio(what, store, sparql, ours, done.reading, wanted, arguments.limit)
    worlds, _ = in_child(show_worlds)
    assert worlds is not None
    grown = (worlds.peak - worlds.before) / mebibyte
    show("peak memory of the curveball worlds, beyond the store", grown, "MiB", "< 1024")


if __name__ == "__main__":
    main()
