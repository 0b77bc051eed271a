"""What graphs are made of: things of some kinds, and the statements that join two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kg.explorer.record import KINDS, Record
from kg.messages import Language, text

NODE_KINDS: Final[Mapping[str, str]] = {
    # Sources stand behind the edges, not between them: half the facts rest on a few documents, and
    # a document that two cities have in common says nothing of either.
    **{kind: start for kind, start in KINDS.items() if kind != "source"},
    "outcome-type": "concept/outcome-type/",
    "target": "id/target/",
    "challenge": "concept/challenge/",
    "domain": "concept/domain/",
    "stakeholder": "concept/stakeholder/",
    "asset": "id/asset/",
    "arrangement": "id/arrangement/",
    "recommendation": "id/recommendation/",
    "recognition": "id/recognition/",
    "district": "id/district/",
    "area": "id/area/",
}
"""Kinds of nodes with the beginnings of their paths, in the order of legends and filters."""

PROPERTIES: Final = (
    "cpg:city",
    "cpg:inJurisdiction",
    "cpg:governedBy",
    "cpg:implementsPractice",
    "cpg:usesTechnology",
    "cpg:usesMechanism",
    "cpg:hasOutcome",
    "cpg:outcomeType",
    "cpg:hasTarget",
    "cpg:leadOrganisation",
    "cpg:operatingOrganisation",
    "cpg:fundingOrganisation",
    "cpg:partnerOrganisation",
    "cpg:involves",
    "cpg:addressesChallenge",
    "cpg:inDomain",
    "cpg:benefits",
    "cpg:involvesGroup",
    "cpg:delivers",
    "cpg:hasArrangement",
    "cpg:mechanismType",
    "cpg:participatingBody",
    "cpg:addressedTo",
    "cpg:recommendsPractice",
    "cpg:recommendsMechanism",
    "cpg:awardedTo",
    "cpg:awardedBy",
    "org:memberOf",
    "dcterms:isPartOf",
    "skos:broader",
)
"""Properties of edges, each in the direction that claims state it.

Inverse properties (``cpg:hasProgramme``) say the same again and are no edges of their own. Nor is
``cpg:adoptsPractice``, which is derived: the programme between city and practice is drawn itself.
"""

ADOPTS: Final = "cpg:adoptsPractice"
TOGETHER: Final = ""
"""In place of a property: one programme applies both ends."""


@dataclass(frozen=True)
class Edge:
    """A statement between two nodes.

    Attributes
    ----------
    source, target
        Names of things.
    property
        Prefixed name; :data:`TOGETHER` where no statement joins the two.
    claims
        Paths of the claims that state it; of a derived edge those of what it is derived from.
        Empty for what the register or the vocabulary says.
    through
        Programmes that make a derived edge; empty for a statement.
    """

    source: str
    target: str
    property: str
    claims: tuple[str, ...]
    through: tuple[str, ...] = ()

    @cached_property
    def id(self) -> str:
        """A name that no other edge has."""
        return f"{self.source}|{self.property}|{self.target}"

    def other(self, end: str) -> str:
        """The end that is not this one."""
        return self.target if end == self.source else self.source


def node_kind(record: Record, name: str) -> str | None:
    """One of :data:`NODE_KINDS`; None for what is no node."""
    for kind, start in NODE_KINDS.items():
        if name.startswith(start) and name in record:
            return kind
    return None


def nodes(record: Record) -> list[str]:
    """All nodes by name."""
    return sorted(name for name in record if node_kind(record, name) is not None)


def edges_from(record: Record, subject: str) -> list[Edge]:
    """The edges that begin at a thing, in the order of :data:`PROPERTIES`."""
    found = [
        Edge(subject, statement.value, statement.property, statement.claims)
        for statement in record.statements(subject, *PROPERTIES)
        if isinstance(statement.value, str)
        and statement.value != subject
        and node_kind(record, statement.value) is not None
    ]
    said = {(edge.target, edge.property) for edge in found}
    return [
        edge
        for edge in found
        # What a more special statement implies ("involves" beside "lead organisation") is the
        # same edge once more; but what a claim states itself is shown.
        if edge.claims
        or not any(
            (edge.target, special) in said
            for special in record.subjects(edge.property, "rdfs:subPropertyOf")
        )
    ]


def property_label(record: Record, property_: str, language: Language) -> str:
    """What an edge says from its source to its target."""
    own = record.spoken(property_, language, "rdfs:label").text
    return own or text(f"edge-{property_}", language)


def inverse_label(record: Record, property_: str, language: Language) -> str:
    """What an edge says from its target to its source."""
    for inverse in (
        *record.values(property_, "owl:inverseOf"),
        *record.subjects(property_, "owl:inverseOf"),
    ):
        own = record.spoken(inverse, language, "rdfs:label").text
        if own:
            return own
    return text(f"edge-into-{property_}", language)
