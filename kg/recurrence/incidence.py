"""The incidence: which city applies which concept, each 1 with the claims behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from kg.catalogue import run_query
from kg.results import Table
from kg.store import Store


@dataclass(frozen=True)
class Link:
    """One row of the incidence: a programme of a city applies a concept, as a claim says.

    All attributes are IRIs. ``direct`` is the concept that the claim names, ``concept`` the same
    or a broader one; ``source`` is the primary source of the document that holds ``fragment``.
    """

    concept: str
    direct: str
    city: str
    region: str
    programme: str
    claim: str
    fragment: str
    source: str


@dataclass(frozen=True)
class Incidence:
    """All links of one facet."""

    facet: str
    links: tuple[Link, ...]

    def by_concept(self) -> Mapping[str, list[Link]]:
        """Links by the concept that they support."""
        found: dict[str, list[Link]] = defaultdict(list)
        for link in self.links:
            found[link.concept].append(link)
        return found


def read_incidence(store: Store, facet: str) -> Incidence:
    """Read the incidence of one facet from any store."""
    stated = run_query(store, "incidence", {"facet": facet})
    closure = run_query(store, "broader-concepts", {"facet": facet})
    assert isinstance(stated, Table)
    assert isinstance(closure, Table)
    above: dict[str, list[str]] = defaultdict(list)
    for concept, broader in closure.values():
        above[str(concept)].append(str(broader))
    links = []
    for row in stated.rows:
        direct, *rest = ("" if term is None else term.value for term in row)
        links += [Link(concept, direct, *rest) for concept in (direct, *above[direct])]
    return Incidence(facet, tuple(links))
