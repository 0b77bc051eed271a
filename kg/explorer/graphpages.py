"""The page of the graph: a picture, the same as a list, and what can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from kg.explorer.comparing import Comparisons
from kg.explorer.drawn import Section, outline, to_json
from kg.explorer.edges import NODE_KINDS, PROPERTIES, Edge, property_label
from kg.explorer.graphs import Drawn, Graphs
from kg.explorer.graphstate import VIEWS, GraphState
from kg.explorer.layers import Places
from kg.explorer.panels import Cell, Column, Page, Panel, number, plain
from kg.explorer.paths import Path, paths, paths_drawn
from kg.explorer.placing import place, place_slim
from kg.explorer.reading import Reader
from kg.explorer.record import Record
from kg.messages import Language, text

START: Final = "id/city/singapore"
"""What the page shows when nothing is chosen."""


class GraphPages(Comparisons):
    """Writes the page of the graph in one language."""

    def __init__(self, record: Record, reader: Reader, graphs: Graphs, language: Language) -> None:
        super().__init__(record, reader, language)
        self.graphs = graphs

    def graph(self, state: GraphState) -> tuple[Page, Drawn, Places]:
        """The page of a state, with what it draws for its pictures and exports."""
        chosen = bool(state.things or state.view or state.ends)
        if not chosen and START in self.record:
            state = replace(state, things=(START,))
        found: list[Path] = []
        if state.ends is not None:
            found = paths(self.graphs, state)
            drawn = paths_drawn(self.graphs, state, found)
        else:
            drawn = self.graphs.draw(state)
        places = place(self.graphs, drawn)
        title = self._graph_title(drawn)
        panels = [self._edges(drawn)]
        if state.ends is not None:
            panels.insert(0, self._paths(found))
        present = sorted({node.kind for node in drawn.nodes} | state.kinds, key=[*NODE_KINDS].index)
        properties = [
            p for p in PROPERTIES if p in {e.property for e in drawn.edges} | state.properties
        ]
        page = Page(
            path="graph",
            language=self.language,
            title=title,
            lead=self._graph_lead(drawn, found),
            template="graph.html",
            panels=tuple(panels),
            parameters=tuple(_pairs(state)) if chosen else (),
            things=tuple(node.name for node in drawn.nodes),
            extra={
                "scripts": ("graph.js",),
                "styles": ("islands.css",),
                "data": self._data(drawn, places),
                "sections": [self._section(s) for s in outline(self.graphs, drawn, self.language)],
                "kinds": [
                    (kind, text(f"kind-{kind}", self.language), kind in state.kinds)
                    for kind in present
                ],
                "properties": [
                    (p, property_label(self.record, p, self.language), p in state.properties)
                    for p in properties
                ],
                "hidden": [
                    (self.name(h), f"?{state.show(h).query()}") for h in sorted(state.hidden)
                ],
                "state": state,
                "keep": [
                    (key, value)
                    for key, value in _pairs(state)
                    if key not in ("kind", "property", "hops")
                ],
                "views": [(view, self.say(f"view-{view}"), view == state.view) for view in VIEWS],
                "hops": state.hops,
                "one": len(state.things) == 1 and not state.view,
                "ends": tuple(self.name(e) for e in state.ends) if state.ends else ("", ""),
                "exports": [
                    (name, f"/{self.language}/graph.{suffix}?{state.query()}")
                    for name, suffix in (("SVG", "svg"), ("GraphML", "graphml"), ("Turtle", "ttl"))
                ],
                "left_out": [
                    (text(f"kind-{kind}", self.language), count)
                    for kind, count in drawn.left_out.items()
                ],
            },
        )
        return page, drawn, places

    def _graph_title(self, drawn: Drawn) -> str:
        state = drawn.state
        if state.ends is not None:
            return self.say("path-title", *(self.name(end) for end in state.ends))
        if state.view:
            return self.say(f"view-{state.view}")
        return self.say("graph-title", self.names(state.things))

    def _graph_lead(self, drawn: Drawn, found: Sequence[Path]) -> str:
        if drawn.state.ends is not None:
            if not found:
                return self.say("path-none")
            return self.say("path-lead", len(found), len(found[0].hops))
        left = sum(drawn.left_out.values())
        lead = self.say("graph-lead", len(drawn.nodes), len(drawn.edges))
        return lead + (self.say("graph-left", self.count(left)) if left else "")

    def _data(self, drawn: Drawn, places: Places) -> dict[str, Any]:
        found = to_json(
            self.graphs,
            drawn,
            places,
            self.language,
            thing_href=self.link.href,
            edge_href=self._edge_href,
            slim=place_slim(self.graphs, drawn),
        )
        found["text"] = {
            **{
                key: self.say(f"graph-{key}")
                for key in (
                    *("expand", "collapse", "hide", "open", "undo", "fit", "closer", "farther"),
                    *("png", "selected", "tools", "more", "claims"),
                )
            },
            "kinds": {kind: text(f"kind-{kind}", self.language) for kind in NODE_KINDS},
        }
        return found

    def _edge_href(self, edge: Edge) -> str:
        """Where the evidence of an edge is: the page of the first claim behind it."""
        return self.link.href(edge.claims[0]) if edge.claims else self.link.href(edge.source)

    def _section(self, section: Section) -> dict[str, Any]:
        node = section.node
        return {
            "item": self.link.item(node.name),
            "name": node.name,
            "kind": text(f"kind-{node.kind}", self.language),
            "groups": [
                {
                    "label": group.label,
                    "entries": [
                        {
                            "item": self.link.item(entry.node.name, claims=entry.edge.claims),
                            "name": entry.node.name,
                            "more": sum(entry.node.more.values()),
                            "opened": entry.node.opened,
                        }
                        for entry in group.entries
                    ],
                }
                for group in section.groups
            ],
        }

    def _edges(self, drawn: Drawn) -> Panel:
        """The lines of the picture as a table."""
        rows = [
            (
                (self.link.item(edge.source),),
                plain(property_label(self.record, edge.property, self.language)),
                (self.link.item(edge.target, claims=edge.claims),),
            )
            for edge in drawn.edges
        ]
        return Panel(
            "edges",
            self.say("panel-edges"),
            (
                Column("from", self.say("column-start")),
                *self.columns("property"),
                Column("to", self.say("column-end")),
            ),
            tuple(rows),
            form="hidden",
            shown=1_000,
        )

    def _paths(self, found: Sequence[Path]) -> Panel:
        """Each path with the evidence of each of its steps."""
        rows: list[tuple[Cell, ...]] = []
        for place_, path in enumerate(found, 1):
            for hop in path.hops:
                label = property_label(self.record, hop.edges[0].property, self.language)
                arrow = "→" if hop.forward else "←"
                rows.append(
                    (
                        (number(place_),),
                        (self.link.item(hop.start),),
                        plain(f"{arrow} {label}"),
                        (self.link.item(hop.end, claims=hop.claims),),
                    )
                )
        return Panel(
            "paths",
            self.say("panel-paths"),
            (
                Column("path", self.say("column-path"), numeric=True),
                Column("from", self.say("column-start")),
                *self.columns("property"),
                Column("to", self.say("column-end")),
            ),
            tuple(rows),
            empty=self.say("path-none"),
            shown=60,
        )


def _pairs(state: GraphState) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(state.query())
