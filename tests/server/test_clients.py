"""Programs that people ask endpoints with get the rows that the engine has in this process."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pandas
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, POST, POSTDIRECTLY, TURTLE, XML, SPARQLWrapper

from kg.catalogue import catalogue
from kg.results import Table
from kg.store.remote import RemoteStore
from tests.conftest import absent
from tests.server import rows
from tests.server.conftest import Service
from tests.server.rows import Bag

NAMES = (
    "cities",
    "city-profile",
    "claims-by-status",
    "coverage",
    "cq01-practices-by-cities",
    "cq03-practices-of-leaders",
    "cq08-figures-with-baseline",
    "cq10-money-saved",
    "cq12-recognitions",
    "cq18-shared-programmes",
    "cq22-recommendation-structure",
    "cq26-documented-or-unknown",
    "edition-ranks",
    "mechanisms-by-region",
    "names",
    "organisations",
    "references",
    "similar-programmes",
    "sources",
    "terms-as-recorded",
    "thing",
    "unknown",
)
CITY = "https://w3id.org/city-practice-graph/id/city/shanghai"
DESCRIPTION = f"CONSTRUCT WHERE {{ <{CITY}> ?property ?value }}"


@pytest.fixture(autouse=True)
def _as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rdflib keep numbers as they are written."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def wrapper(service: Service, query: str, method: str, form: str) -> Any:
    client = SPARQLWrapper(f"{service.address}/sparql")
    client.setTimeout(30)
    # It takes every other line of a header of comments for a part of the query, and goes by its
    # words: "load" makes an update of it.
    client.setQuery(re.sub(r"\A(?:#.*\n)+", "", query))
    client.setMethod(method)
    client.setReturnFormat(form)
    return client


def by_wrapper_get(service: Service, query: str) -> Bag:
    return rows.from_json(wrapper(service, query, GET, JSON).query().convert())


def by_wrapper_form(service: Service, query: str) -> Bag:
    content: str = wrapper(service, query, POST, XML).query().convert().toxml()
    return rows.from_xml(content.encode("utf-8"))


def by_wrapper_direct(service: Service, query: str) -> Bag:
    client = wrapper(service, query, POST, JSON)
    client.setRequestMethod(POSTDIRECTLY)
    return rows.from_json(client.query().convert())


def by_rdflib(service: Service, query: str) -> Bag:
    store = SPARQLStore(f"{service.address}/sparql", returnFormat="xml")
    return rows.from_rdflib(rdflib.Graph(store=store).query(query))  # type: ignore[arg-type]


def by_rdflib_post(service: Service, query: str) -> Bag:
    store = SPARQLStore(f"{service.address}/sparql", method="POST", returnFormat="json")
    return rows.from_rdflib(rdflib.Graph(store=store).query(query))  # type: ignore[arg-type]


def by_ours(service: Service, query: str) -> Bag:
    answer = RemoteStore(f"{service.address}/sparql").query(query)
    assert isinstance(answer, Table)
    return rows.from_table(answer.rows)


def program(*arguments: str, text: str | None = None) -> bytes:
    if shutil.which(arguments[0]) is None:
        package = {"roqet": "rasqal-utils"}.get(arguments[0], arguments[0])
        absent(f"{arguments[0]} is not installed: apt-get install {package}")
    content = None if text is None else text.encode("utf-8")
    done = subprocess.run(arguments, input=content, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


def curl(service: Service, query: str, *options: str) -> bytes:
    common = ("curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", "30")
    return program(*common, *options, f"{service.address}/sparql", text=query)


def by_curl_get(service: Service, query: str) -> Bag:
    return rows.from_json(curl(service, query, "--get", "--data-urlencode", "query@-"))


def by_curl_form(service: Service, query: str) -> Bag:
    accept = ("--header", "Accept: application/sparql-results+xml", "--compressed")
    return rows.from_xml(curl(service, query, *accept, "--data-urlencode", "query@-"))


def by_curl_direct(service: Service, query: str) -> Bag:
    kind = ("--header", "Content-Type: application/sparql-query", "--http1.0")
    return rows.from_json(curl(service, query, *kind, "--data-binary", "@-"))


def by_rasqal(service: Service, query: str) -> Bag:
    """Redland's tool: its own parser of answers, in C."""
    endpoint = f"{service.address}/sparql"
    content = program("roqet", "-q", "-p", endpoint, "-r", "xml", "-e", query)
    # Its way to write what is unbound is not the standard's.
    return rows.from_xml(re.sub(rb'<binding name="\w+"><unbound/></binding>', b"", content))


CLIENTS: tuple[Callable[[Service, str], Bag], ...] = (
    by_wrapper_get,
    by_wrapper_form,
    by_wrapper_direct,
    by_rdflib,
    by_rdflib_post,
    by_ours,
    by_curl_get,
    by_curl_form,
    by_curl_direct,
    by_rasqal,
)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_the_rows_of_the_engine(
    name: str, client: Callable[[Service, str], Bag], service: Service, here: ox.Store
) -> None:
    query = catalogue()[name].text
    expected = here.query(query)
    assert isinstance(expected, ox.QuerySolutions)
    bag = rows.from_engine(expected)
    assert bag
    assert client(service, query) == bag


@pytest.mark.parametrize("name", NAMES)
def test_a_data_frame(name: str, service: Service, here: ox.Store) -> None:
    query = catalogue()[name].text
    expected = here.query(query)
    assert isinstance(expected, ox.QuerySolutions)
    columns = [variable.value for variable in expected.variables]
    texts = rows.as_text(rows.from_engine(expected))
    content = wrapper(service, query, GET, CSV).query().convert()
    frame = pandas.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert list(frame.columns) == columns
    read: list[tuple[str, ...]] = list(frame.itertuples(index=False, name=None))
    assert len(read) == texts.total()
    assert {row: read.count(row) for row in read} == texts


def test_truth_values(service: Service) -> None:
    for query, expected in (("ASK { ?s ?p ?o }", True), ("ASK { <urn:x> ?p ?o }", False)):
        read = wrapper(service, query, GET, JSON).query().convert()
        assert read["boolean"] is expected
        assert RemoteStore(f"{service.address}/sparql").query(query) is expected
        graph = rdflib.Graph(store=SPARQLStore(f"{service.address}/sparql", returnFormat="xml"))
        assert graph.query(query).askAnswer is expected
        assert (
            json.loads(curl(service, query, "--data-urlencode", "query@-"))["boolean"] is expected
        )


def test_triples(service: Service, here: ox.Store) -> None:
    answer = here.query(DESCRIPTION)
    assert isinstance(answer, ox.QueryTriples)
    expected = rows.from_table((t.subject, t.predicate, t.object) for t in answer)
    assert len(expected) > 10

    read = wrapper(service, DESCRIPTION, GET, TURTLE).query().convert()
    graph = rdflib.Graph().parse(data=read, format="turtle")
    assert rows.from_rdflib(graph) == expected

    remote = rdflib.Graph(store=SPARQLStore(f"{service.address}/sparql"))
    constructed = remote.query(DESCRIPTION).graph
    assert constructed is not None
    assert rows.from_rdflib(constructed) == expected

    triples = RemoteStore(f"{service.address}/sparql").query(DESCRIPTION)
    assert isinstance(triples, tuple)
    assert rows.from_table((t.subject, t.predicate, t.object) for t in triples) == expected

    for accept, form in (("application/n-triples", "nt"), ("application/rdf+xml", "xml")):
        content = curl(
            service, DESCRIPTION, "--header", f"Accept: {accept}", "--data-urlencode", "query@-"
        )
        assert rows.from_rdflib(rdflib.Graph().parse(data=content, format=form)) == expected


def test_patterns_of_a_remote_graph(service: Service, here: ox.Store) -> None:
    """rdflib writes a query of its own for each pattern, length and membership."""
    remote = rdflib.Graph(store=SPARQLStore(f"{service.address}/sparql"))
    city = rdflib.URIRef(CITY)
    expected = list(here.quads_for_pattern(ox.NamedNode(CITY), None, None, ox.DefaultGraph()))
    assert len(list(remote.triples((city, None, None)))) == len(expected) > 10
    assert (city, rdflib.RDF.type, None) in remote
    assert (city, rdflib.URIRef("urn:x:none"), None) not in remote
    in_default = sum(1 for _ in here.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    assert len(remote) == in_default
