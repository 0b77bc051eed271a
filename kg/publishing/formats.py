"""Exports: RDF in seven syntaxes, CSV tables, GraphML and GEXF; the same facts give equal bytes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.build import canonical_nquads, restore_language_case
from kg.catalogue import run_query
from kg.errors import UnknownNameError
from kg.network import build_network
from kg.resources import ontology_folder
from kg.results import Table
from kg.store.embedded import EmbeddedStore
from kg.terms import PREFIXES, canonical_language

if TYPE_CHECKING:
    import networkx
    import rdflib

_XML_TAG = re.compile(r'(<[^<>"]*\sxml:lang=")([A-Za-z0-9-]+)(")')
TABLES: Final = ("cities", "practice-tree", "programmes", "measurements", "sources", "incidence")
"""Named queries whose answers are the CSV tables."""


def export(store: EmbeddedStore, name: str) -> dict[str, bytes]:
    """Export the dataset in one format.

    Returns
    -------
    dict
        File name to content; one file for all formats but ``csv``.

    Raises
    ------
    UnknownNameError
        No such format.
    """
    if name not in FORMATS:
        raise UnknownNameError("unknown-format", name, ", ".join(FORMATS))
    return FORMATS[name](store)


def to_rdflib_dataset(dataset: ox.Store) -> rdflib.Dataset:
    """A copy of a dataset as rdflib knows it, with canonical language tags."""
    import rdflib

    copy = rdflib.Dataset()
    for prefix, namespace in PREFIXES.items():
        copy.bind(prefix, namespace)
    copy.parse(data=canonical_nquads(dataset), format="nquads")
    return copy


def _sorted_quads(store: EmbeddedStore) -> list[ox.Quad]:
    return sorted(store.dataset, key=lambda quad: (str(quad.graph_name), str(quad)))


def _sorted_triples(store: EmbeddedStore) -> list[ox.Triple]:
    default = store.dataset.quads_for_pattern(None, None, None, ox.DefaultGraph())
    return sorted((quad.triple for quad in default), key=str)


def _text(content: bytes | None) -> str:
    assert content is not None
    return content.decode("utf-8")


def _turtle(store: EmbeddedStore) -> dict[str, bytes]:
    return {"city-practice-graph.ttl": triples_to_turtle(_sorted_triples(store)).encode()}


def _trig(store: EmbeddedStore) -> dict[str, bytes]:
    content = ox.serialize(_sorted_quads(store), format=ox.RdfFormat.TRIG, prefixes=PREFIXES)
    return {"city-practice-graph.trig": restore_language_case(_text(content)).encode()}


def _ntriples(store: EmbeddedStore) -> dict[str, bytes]:
    content = ox.serialize(_sorted_triples(store), format=ox.RdfFormat.N_TRIPLES)
    lines = sorted(restore_language_case(_text(content)).splitlines())
    return {"city-practice-graph.nt": ("\n".join(lines) + "\n").encode()}


def _nquads(store: EmbeddedStore) -> dict[str, bytes]:
    return {"city-practice-graph.nq": canonical_nquads(store.dataset)}


def _rdfxml(store: EmbeddedStore) -> dict[str, bytes]:
    content = ox.serialize(_sorted_triples(store), format=ox.RdfFormat.RDF_XML, prefixes=PREFIXES)
    text = _XML_TAG.sub(
        lambda found: found[1] + canonical_language(found[2]) + found[3], _text(content)
    )
    return {"city-practice-graph.rdf": text.encode()}


def _jsonld(store: EmbeddedStore) -> dict[str, bytes]:
    """JSON-LD 1.1, compacted by rdflib with the publication context, in sorted order."""
    path = ontology_folder() / "context" / "publication.jsonld"
    context = json.loads(path.read_text(encoding="utf-8"))["@context"]
    dataset = to_rdflib_dataset(store.dataset)
    nodes = _jsonld_nodes(dataset.default_graph, context)
    for graph in dataset.graphs():
        if graph.identifier != dataset.default_graph.identifier:
            nodes.append({"id": str(graph.identifier), "@graph": _jsonld_nodes(graph, context)})
    document = {"@context": context, "@graph": nodes}
    text = json.dumps(_sort_json(document), ensure_ascii=False, indent=1, sort_keys=True)
    return {"city-practice-graph.jsonld": (text + "\n").encode()}


def _jsonld_nodes(graph: rdflib.Graph, context: Any) -> list[Any]:
    """Nodes of one graph; a whole dataset given to rdflib gets a blank node for a default graph."""
    document = json.loads(graph.serialize(format="json-ld", context=context))
    document.pop("@context", None)
    nodes = document.get("@graph", [document])
    assert isinstance(nodes, list)
    return nodes


def _sort_json(node: Any) -> Any:
    """JSON-LD arrays are sets unless in ``@list``: sort them, so that bytes repeat."""
    if isinstance(node, dict):
        return {
            key: value if key in ("@context", "@list") else _sort_json(value)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return sorted((_sort_json(item) for item in node), key=_json_key)
    return node


def _json_key(node: Any) -> str:
    return json.dumps(node, ensure_ascii=False, sort_keys=True)


def _csv(store: EmbeddedStore) -> dict[str, bytes]:
    files = {}
    for name in TABLES:
        table = run_query(store, name)
        assert isinstance(table, Table)
        files[f"{name}.csv"] = table.to_csv().encode()
    return files


def network_bytes(network: networkx.Graph[str], name: str) -> bytes:
    """A network as GraphML or GEXF, for Gephi, igraph, Cytoscape and others."""
    import networkx as nx

    if name == "graphml":
        return ("\n".join(nx.generate_graphml(network)) + "\n").encode()
    labelled = network.copy()
    for _, data in labelled.nodes(data=True):
        data["label"] = data["name_en"]
    out = io.BytesIO()
    nx.write_gexf(labelled, out, version="1.2draft")
    # The writer puts today's date into the file; equal facts must give equal bytes.
    return re.sub(rb'\s*lastmodifieddate="[^"]*"', b"", out.getvalue()) + b"\n"


def triples_to_turtle(triples: Iterable[ox.Triple]) -> str:
    """Triples as Turtle, sorted, with the project's prefixes."""
    content = ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    return restore_language_case(_text(content))


def _graphml(store: EmbeddedStore) -> dict[str, bytes]:
    return {
        "city-practice.graphml": network_bytes(build_network(store, "city-practice"), "graphml")
    }


def _gexf(store: EmbeddedStore) -> dict[str, bytes]:
    return {"city-practice.gexf": network_bytes(build_network(store, "city-practice"), "gexf")}


FORMATS: Final[dict[str, Callable[[EmbeddedStore], dict[str, bytes]]]] = {
    "turtle": _turtle,
    "trig": _trig,
    "ntriples": _ntriples,
    "nquads": _nquads,
    "rdfxml": _rdfxml,
    "jsonld": _jsonld,
    "csv": _csv,
    "graphml": _graphml,
    "gexf": _gexf,
}
