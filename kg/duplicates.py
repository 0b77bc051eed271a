"""Things that may have been entered twice: names that are alike in any language or alias."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from kg.curation import Document, Mapped, Scalar, items
from kg.errors import Fault
from kg.names import fold

# Normalised Indel similarity of the words, 0 to 100: below this, names of different things
# ("City of Oslo", "City of Boston") begin to meet.
ALIKE: Final = 88.0
_TYPES: Final = {
    "Programme": "programme",
    "Organisation": "organisation",
    "CityGovernment": "organisation",
    "City": "city",
}
_NAMES: Final = ("name", "altName", "hiddenName")


@dataclass
class _Thing:
    kind: str
    place: tuple[Document, Scalar]
    order: int  # of the document: files to be added come after the facts that they will join
    names: dict[str, str] = field(default_factory=dict)
    cities: set[str] = field(default_factory=set)
    different: set[str] = field(default_factory=set)
    governs: str = ""


def duplicate_faults(documents: Iterable[Document]) -> Iterator[Fault]:
    """Warn of programmes of one city, organisations and cities whose names are alike.

    Two things are not compared when one names the other in ``differentFrom``, or when they
    govern different cities.
    """
    from rapidfuzz import fuzz

    things = _things(documents)
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, thing in things.items():
        for city in sorted(thing.cities) if thing.kind == "programme" else [""]:
            groups[thing.kind, city].append(name)
    told: set[tuple[str, str]] = set()
    for group in groups.values():
        for left, right in combinations(sorted(group), 2):
            one, other = things[left], things[right]
            if (
                (left, right) in told
                or right in one.different
                or left in other.different
                or (one.governs and other.governs and one.governs != other.governs)
            ):
                continue
            for folded, shown in one.names.items():
                close = next(
                    (
                        also
                        for against, also in other.names.items()
                        if fuzz.token_sort_ratio(folded, against, score_cutoff=ALIKE)
                    ),
                    None,
                )
                if close is not None:
                    told.add((left, right))
                    # Told where the later one stands, which is where somebody can mend it.
                    values, (document, place) = (right, close, left, shown), other.place
                    if one.order > other.order:
                        values, (document, place) = (left, shown, right, close), one.place
                    yield Fault(
                        document.path,
                        place.line,
                        place.column,
                        "perhaps-twice",
                        values,
                        "warning",
                    )
                    break


def _things(documents: Iterable[Document]) -> dict[str, _Thing]:
    things: dict[str, _Thing] = {}
    cities: dict[str, set[str]] = defaultdict(set)
    different: dict[str, set[str]] = defaultdict(set)
    governs: dict[str, str] = {}
    for order, document in enumerate(documents):
        for graph in document.graphs():
            for node in items(graph.entries["states"][1]) if "states" in graph.entries else ():
                if not isinstance(node, Mapped) or (name := node.text("id")) is None:
                    continue
                cities[name].update(_texts(node, "city"))
                different[name].update(_texts(node, "differentFrom"))
                governs[name] = node.text("governs") or governs.get(name, "")
                kind = _TYPES.get(node.text("type") or "")
                place = node.entries["id"][1]
                if kind is None or not isinstance(place, Scalar):
                    continue
                thing = things.setdefault(name, _Thing(kind, (document, place), order))
                thing.names.update((fold(text), text) for text in _names(node))
    for name, thing in things.items():
        thing.cities = cities[name]
        thing.different = different[name]
        thing.governs = governs[name]
    return things


def _texts(node: Mapped, key: str) -> list[str]:
    if key not in node.entries:
        return []
    return [item.text for item in items(node.entries[key][1]) if isinstance(item, Scalar)]


def _names(node: Mapped) -> Iterator[str]:
    for key in _NAMES:
        value = node.entries[key][1] if key in node.entries else None
        if isinstance(value, Mapped):
            for _, texts in value.entries.values():
                yield from (item.text for item in items(texts) if isinstance(item, Scalar))
