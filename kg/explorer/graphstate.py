"""What a page with a graph shows, as the query of its address: every picture can be linked to."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final
from urllib.parse import quote_plus

from kg.errors import ParameterError, UnknownNameError
from kg.explorer.edges import NODE_KINDS, PROPERTIES, node_kind, nodes
from kg.explorer.record import Record

VIEWS: Final = ("city-practice", "practice-mechanism", "programme-technology")
"""Views of two kinds of things over all cities."""
MOST_OPENED: Final = 12
"""Things that may be opened at once: each costs a step of the layout."""


@dataclass(frozen=True)
class GraphState:
    """What a graph shows.

    Attributes
    ----------
    things
        Opened nodes in the order in which they were opened, by their names in the record. A view
        with things shows only what has to do with them.
    hidden
        Nodes that are left out.
    kinds, properties
        Only nodes of these kinds and edges of these properties; empty for all. Opened nodes are
        always shown.
    hops
        How far the neighbourhood of the first thing goes, 1 or 2.
    view
        One of :data:`VIEWS`; empty for neighbourhoods.
    ends
        The two ends of paths, or None.
    """

    things: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    properties: frozenset[str] = frozenset()
    hops: int = 1
    view: str = ""
    ends: tuple[str, str] | None = None

    @classmethod
    def read(cls, parameters: Sequence[tuple[str, str]], record: Record) -> GraphState:
        """Read the parameters of an address; empty values and other parameters say nothing.

        Raises
        ------
        UnknownNameError
            No such thing, or no such view.
        ParameterError
            A kind, property or number that there is not; one end of a path without the other; more
            than :data:`MOST_OPENED` things.
        """

        def every(name: str) -> list[str]:
            return list(dict.fromkeys(value for key, value in parameters if key == name and value))

        def one(name: str) -> str:
            values = every(name)
            if len(values) > 1:
                raise ParameterError("repeated-parameter", name, str(len(values)))
            return values[0] if values else ""

        def among(name: str, allowed: Iterable[str]) -> frozenset[str]:
            for value in every(name):
                if value not in allowed:
                    raise ParameterError("bad-parameter", name, ", ".join(allowed), value)
            return frozenset(every(name))

        view, hops = one("view"), one("hops") or "1"
        if view and view not in VIEWS:
            raise UnknownNameError("unknown-view", view, ", ".join(VIEWS))
        if hops not in ("1", "2"):
            raise ParameterError("bad-parameter", "hops", "1, 2", hops)
        ends = [_thing(one(name), record) for name in ("from", "to") if one(name)]
        if len(set(ends)) == 1:
            raise ParameterError("path-ends")
        hidden = frozenset(_thing(value, record) for value in every("hide"))
        opened = dict.fromkeys(_thing(value, record) for value in every("thing"))
        if len(opened) > MOST_OPENED:
            raise ParameterError("many-opened", str(MOST_OPENED), str(len(opened)))
        return cls(
            things=tuple(thing for thing in opened if thing not in hidden),
            hidden=hidden - set(ends),
            kinds=among("kind", NODE_KINDS),
            properties=among("property", PROPERTIES),
            hops=int(hops),
            view=view,
            ends=(ends[0], ends[1]) if ends else None,
        )

    def query(self) -> str:
        """The query of the address, without question mark; equal states have equal queries."""
        pairs = [("view", self.view)] if self.view else []
        if self.ends is not None:
            pairs += zip(("from", "to"), map(Record.plain, self.ends), strict=True)
        pairs += [("thing", Record.plain(thing)) for thing in self.things]
        if self.hops != 1:
            pairs.append(("hops", str(self.hops)))
        pairs += [("kind", kind) for kind in NODE_KINDS if kind in self.kinds]
        pairs += [("property", each) for each in PROPERTIES if each in self.properties]
        pairs += [("hide", Record.plain(thing)) for thing in sorted(self.hidden)]
        return "&".join(f"{key}={_quoted(value)}" for key, value in pairs)

    def expand(self, thing: str) -> GraphState:
        """Open a thing; from a view or a path this leads to its neighbourhood."""
        if self.view or self.ends:
            return GraphState(things=(thing,))
        opened = (*self.things, thing) if thing not in self.things else self.things
        return replace(self, things=opened, hidden=self.hidden - {thing})

    def collapse(self, thing: str) -> GraphState:
        """Close a thing: what only it brought in goes."""
        first = self.things[:1] == (thing,)
        return replace(
            self,
            things=tuple(opened for opened in self.things if opened != thing),
            hops=1 if first else self.hops,
        )

    def hide(self, thing: str) -> GraphState:
        """Leave a thing out; an end of a path stays."""
        if self.ends and thing in self.ends:
            return self
        return replace(self.collapse(thing), hidden=self.hidden | {thing})

    def show(self, thing: str) -> GraphState:
        """No longer leave a thing out."""
        return replace(self, hidden=self.hidden - {thing})

    def toggle_kind(self, kind: str) -> GraphState:
        """Add a kind to those shown, or take it away."""
        return replace(self, kinds=self.kinds ^ {kind})

    def toggle_property(self, property_: str) -> GraphState:
        """Add a property to those shown, or take it away."""
        return replace(self, properties=self.properties ^ {property_})


@lru_cache(4_096)
def _quoted(value: str) -> str:
    """A value in an address; a page of a graph writes the same ones a thousand times."""
    return quote_plus(value, safe="/:")


def _thing(value: str, record: Record) -> str:
    """A node by its name in the record or by its short form (``city/busan``)."""
    for name in (value, f"id/{value}", f"concept/{value}"):
        if node_kind(record, name) is not None:
            return name
    short = [Record.plain(name) for name in nodes(record)]
    close = difflib.get_close_matches(value.lower(), short, n=3, cutoff=0.75)
    if close:
        raise UnknownNameError("unknown-name-close", value, ", ".join(close))
    raise UnknownNameError("no-node", value)
