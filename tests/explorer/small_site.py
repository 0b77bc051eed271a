"""A site of a few pages that speaks as the explorer does: the islands are driven on it.

Every page is complete HTML and answers to its address alone, under the policy of the real server.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from kg.explorer.assets import asset, asset_bytes

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
STYLE = """
body { margin: 0 auto; padding: 0 1rem; max-width: 76rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--island-ink); background: var(--island-ground); overflow-wrap: anywhere; }
:root { color-scheme: light dark; }
a { color: var(--island-accent); } label { display: block; }
.sides { display: grid; gap: 1rem; } .sides > * { min-width: 0; }
@media (min-width: 60rem) { .sides { grid-template-columns: 3fr 1fr; } }
input, select, button { font: inherit; min-height: 2rem; } input[type=search] { width: 100%; }
"""
EVIL = "<img src=x onerror=\"document.title='owned'\">"

Query = dict[str, list[str]]


def page(title: str, main: str, *scripts: str) -> str:
    tags = "".join(
        f'<script type="module" src="{asset(name)}"></script>' for name in ("site.js", *scripts)
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><link rel="stylesheet" href="{asset("islands.css")}">'
        f'<link rel="stylesheet" href="/page.css">{tags}</head><body>'
        '<form role="search" action="/en/search" data-suggest="/en/search.json" '
        'data-suggest-count="{n} suggestions"><label for="q">Search</label>'
        '<input type="search" id="q" name="q"></form>'
        f'<main id="main"><h1>{escape(title)}</h1>{main}</main></body></html>'
    )


def home(query: Query) -> str:
    kinds = query.get("kind", [])
    rows = [
        ("Busan", "city", 12, "3.5"),
        ("Aarhus", "city", 3, ""),
        ("Open data", "practice", 120, "20"),
    ]
    shown = [row for row in rows if not kinds or row[1] in kinds]
    body = "".join(
        f'<tr><th scope="row">{name}</th><td>{kind}</td>'
        f'<td data-value="{count}">{count} claims</td>'
        f'<td data-value="{share}">{share or "not recorded"}</td></tr>'
        for name, kind, count, share in shown
    )
    boxes = "".join(
        f'<label><input type="checkbox" name="kind" value="{kind}"'
        f"{' checked' if kind in kinds else ''}> {kind}</label>"
        for kind in ("city", "practice")
    )
    return page(
        "Home",
        f'<form data-auto action="/en/"><fieldset><legend>Kind</legend>{boxes}</fieldset>'
        "<button>Apply</button></form>"
        f'<p id="count">{len(shown)} things</p><table data-sortable><thead><tr><th>Name</th>'
        "<th>Kind</th><th>Claims</th><th>Share</th></tr></thead>"
        f"<tbody>{body}</tbody></table>"
        '<pre id="citation">City Practice Graph &lt;2026&gt;</pre>'
        '<button data-copy="#citation" data-copied="Citation copied" hidden>Copy</button>'
        '<button data-copy="#absent" hidden>Copy nothing</button>',
    )


KINDS = (
    *("city", "practice", "programme", "technology", "mechanism", "outcome"),
    *("organisation", "source", "concept"),
)
NAMES = {
    "city": "Busan",
    "practice": "Continuous opening of city data",
    "programme": "Eco Delta Smart City",
    "technology": "数字孪生技术平台与城市信息模型",
    "mechanism": "Public register",
    "outcome": "Hours saved",
    "organisation": "City of Busan",
    "source": "Top 50 lessons",
    "concept": EVIL,
}
PLACES = [(0, 0), (220, -120), (230, 60), (120, 190), (-60, 210), (-210, 110), (-240, -60)]
PLACES += [(-110, -190), (70, -210)]


def graph(query: Query) -> str:
    hidden = set(query.get("hide", []))
    expanded = query.get("open", [])

    def address(**change: list[str]) -> str:
        values = {"open": expanded, "hide": sorted(hidden), **change}
        return "?" + "&".join(f"{key}={value}" for key, all_ in values.items() for value in all_)

    nodes: list[dict[str, Any]] = []
    for kind, (x, y) in zip(KINDS, PLACES, strict=True):
        if kind in hidden:
            continue
        is_open = kind == "city" or kind in expanded
        nodes.append(
            {
                "id": f"id/{kind}/one",
                "kind": kind,
                "name": NAMES[kind],
                "x": x * (1.3 if expanded else 1),
                "y": y,
                "open": is_open,
                "more": 0 if is_open else 2,
                "href": f"/en/{kind}/one",
                "expand": None if is_open else address(open=[*expanded, kind]),
                "collapse": address(open=[k for k in expanded if k != kind])
                if kind in expanded
                else None,
                "hide": None if kind == "city" else address(hide=sorted({*hidden, kind})),
            }
        )
    edges = [
        {
            "id": f"e-{node['kind']}",
            "source": "id/city/one",
            "target": node["id"],
            "label": "adopts",
            "claims": 3,
            "href": "/en/evidence",
        }
        for node in nodes[1:]
    ]
    for kind in expanded:
        x, y = PLACES[KINDS.index(kind)]
        for n in (1, 2):
            new = f"id/{kind}/more-{n}"
            nodes.append(
                {
                    "id": new,
                    "kind": "city",
                    "name": f"Neighbour {n}",
                    "x": 2 * x + 70 * n,
                    "y": 1.6 * y + 60 * n,
                    "open": False,
                    "more": 0,
                    "href": "/en/x",
                    "expand": None,
                    "collapse": None,
                    "hide": None,
                }
            )
            edges.append(
                {
                    "id": f"e-{new}",
                    "source": new,
                    "target": f"id/{kind}/one",
                    "label": "adopts",
                    "claims": 1,
                    "href": "/en/evidence",
                }
            )
    text = {
        "expand": "Expand",
        "collapse": "Collapse",
        "hide": "Hide",
        "open": "Open page",
        "undo": "Undo",
        "fit": "Show all",
        "closer": "Zoom in",
        "farther": "Zoom out",
        "png": "Save as PNG",
        "selected": "Selected",
        "tools": "Picture",
        "more": "{n} neighbours not shown",
        "claims": "{n} claims",
        "kinds": {kind: kind.capitalize() for kind in KINDS},
    }
    data = json.dumps({"nodes": nodes, "edges": edges, "text": text}).replace("<", "\\u003c")
    items = "".join(
        f'<li data-node="{node["id"]}"><a href="{escape(node["href"])}">{escape(node["name"])}</a> '
        f'<button data-select="{node["id"]}" hidden>Show</button>'
        + (
            f' <a data-stay href="{escape(node["expand"])}">Expand</a>'
            if node["expand"]
            else (
                f' <a data-stay href="{escape(node["collapse"])}">Collapse</a>'
                if node["collapse"]
                else ""
            )
        )
        + "</li>"
        for node in nodes
    )
    return page(
        "Graph",
        f'<div class="sides"><div id="graph" data-live><div class="graph-canvas" role="img" '
        f'aria-label="{len(nodes)} things around Busan"></div>'
        f'<script type="application/json" id="graph-data">{data}</script></div>'
        '<div><div id="graph-selected"><p>Choose a thing.</p></div>'
        f'<ul id="graph-list" data-live>{items}</ul></div></div>',
        "graph.js",
    )


FIRST = "SELECT ?city WHERE {\n  ?city a cpg:City\n} LIMIT 5"
SECOND = "ASK { ?s ?p ?o }"


def console(query: Query, method: str = "GET") -> str:
    text = query.get("query", [""])[0]
    if "FAULT" in text:
        result = (
            '<div class="error" data-line="2" data-column="3" data-place="Line 2, column 3">'
            f'<p role="alert">Unexpected {escape(EVIL)}</p>'
            "<details><summary>The parser says</summary><p>expected one of</p></details></div>"
        )
    elif text:
        result = (
            f"<p data-summary>{method} {len(text)} characters</p>"
            "<table><tr><td>Busan</td></tr></table>"
        )
    else:
        result = "<p>No query yet.</p>"
    options = "".join(
        f'<option data-query="{escape(q)}">{name}</option>'
        for name, q in (("Choose", ""), ("Cities", FIRST), ("Anything", SECOND))
    )
    return page(
        "Console",
        '<label for="examples">Examples</label>'
        f'<select id="examples" data-examples>{options}</select>'
        '<form id="console-form" method="get" action="/en/console" '
        'data-vocabulary="/en/console/terms.json" data-loading="Running">'
        '<label for="query">SPARQL query</label>'
        f'<textarea name="query" id="query" rows="8" required>\n{escape(text)}</textarea>'
        '<button>Run</button> <button formaction="/en/console.csv">CSV</button></form>'
        f'<div id="console-result" data-live>{result}</div>',
        "console.js",
    )


TERMS = {
    "prefixes": {
        "cpg": "https://w3id.org/city-practice-graph/ontology#",
        "practice": "https://w3id.org/city-practice-graph/concept/practice/",
    },
    "terms": [
        {
            "term": "practice:open-data",
            "en": "Continuous opening of city data",
            "zh": "持续开放城市数据",
            "kind": "practice",
        },
        {"term": "cpg:City", "en": "City", "zh": "城市", "kind": "class"},
        {
            "term": "cpg:adoptsPractice",
            "en": "adopts practice",
            "zh": "采用实践",
            "kind": "property",
        },
    ],
}
FOUND = [
    {"name": "Busan", "kind": "City", "href": "/en/city/busan"},
    {"name": EVIL, "kind": "Practice", "href": "/en/practice/evil"},
    {"name": "釜山", "kind": "City", "href": "/en/city/busan-zh", "lang": "zh-Hans"},
]


class Handler(BaseHTTPRequestHandler):
    """Answers; the addresses asked for are kept."""

    asked: ClassVar[list[str]] = []

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.answer(parse_qs(urlsplit(self.path).query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.answer(parse_qs(body))

    def answer(self, query: Query) -> None:
        path = urlsplit(self.path).path
        self.asked.append(f"{self.command} {self.path}")
        status, kind = 200, "text/html; charset=utf-8"
        body: str | bytes
        if path.startswith("/assets/"):
            found = asset_bytes(path.removeprefix("/assets/"))
            body, kind = found or (b"", "text/plain")
            status = 200 if found else 404
        elif path == "/page.css":
            body, kind = STYLE, "text/css"
        elif path == "/en/search.json":
            matching = [] if query["q"] == ["nothing"] else FOUND
            body, kind = json.dumps({"results": matching}), "application/json"
        elif path == "/en/console/terms.json":
            body, kind = json.dumps(TERMS), "application/json"
        elif path == "/en/":
            body = home(query)
        elif path == "/en/graph":
            body = graph(query)
        elif path == "/en/console":
            body = console(query, self.command)
            status = 400 if "error" in body.partition("console-result")[2] else 200
        else:
            body = page(path, "<p>Another page.</p>")
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.send_header("content-security-policy", POLICY)
        self.send_header("x-content-type-options", "nosniff")
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def serving() -> Iterator[str]:
    """The site on loopback; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    with serving() as address:
        print(f"{address}/en/ {address}/en/graph {address}/en/console")
        threading.Event().wait()
