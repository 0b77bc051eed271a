"""Every statement about one thing, put for people: in words, with numbered places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.messages import Language, column
from kg.results import lexical
from kg.terms import CONCEPT, FRAGMENT, expand, shorten
from kg.vocabulary import vocabulary_triples

if TYPE_CHECKING:
    from kg.results import Table, Term

_LABEL = expand("rdfs:label")
_NOTATION = expand("skos:notation")
_DISPUTED = CONCEPT + "claim-status/disputed"
_EXACT = CONCEPT + "value-bound/exact"
_WORLD = CONCEPT + "reference-set/world"
_ONE = CONCEPT + "unit/one"
_OUTCOME = expand("outcome/")


@dataclass(frozen=True)
class Statements:
    """Statements about a thing and the places that support them.

    Attributes
    ----------
    rows
        Subject, property, value, status and the numbers of the places, all as text.
    places
        Places in sources with their addresses, in the order of their numbers, from 1.
    sources
        How many documents the places are in.
    disputed
        How many of the rows another statement contradicts.
    """

    rows: tuple[tuple[str, str, str, str, str], ...]
    places: tuple[tuple[str, str], ...]
    sources: int
    disputed: int


def statements(
    evidence: Table,
    measurements: Table,
    observations: Table,
    names: Mapping[str, str],
    language: Language,
) -> Statements:
    """Put the rows of the named query ``evidence`` in words.

    A text that a claim gives in both languages is one statement and is shown in the language of
    the reader; a figure is spelled out (rows of the named query ``measurements``), and so are the
    figures of an outcome. Of an observation (rows of the named query ``observations`` for the same
    thing), its rank, score or appraisal is shown rather than its dimensions.
    """
    wanted = "zh-hans" if language == "zh" else "en"
    figures = _figures(measurements, names, language)
    labels = _literals(_LABEL, wanted)
    observed = _observed(observations, names, labels, language)
    records = [dict(zip(evidence.variables, row, strict=True)) for row in evidence.rows]
    readable = {
        (record["subject"], record["property"], record["claim"])
        for record in records
        if _tag(record["value"]) == wanted
    }

    numbers: dict[tuple[str, str], int] = {}
    rows: dict[tuple[str, str, str, str], dict[int, None]] = {}
    disputed = set()
    for record in records:
        value = record["value"]
        twin = (record["subject"], record["property"], record["claim"]) in readable
        if twin and _tag(value) in {"en", "zh-hans"} - {wanted}:
            continue
        subject, property_, status = (
            _iri(record[name]) for name in ("subject", "property", "status")
        )
        said = observed.get((subject, _iri(record["claim"]))) or [
            (
                names.get(subject, shorten(subject)),
                labels.get(property_) or column(shorten(property_), language),
                _value(value, names, figures),
            )
        ]
        url = record["url"]
        place = (_iri(record["fragment"]).removeprefix(FRAGMENT), lexical(url) if url else "")
        number = numbers.setdefault(place, len(numbers) + 1)
        for words in said:
            row = (*words, names.get(status, shorten(status)))
            rows.setdefault(row, {})[number] = None
            if status == _DISPUTED:
                disputed.add(row)
    return Statements(
        rows=tuple((*row, ", ".join(map(str, sorted(places)))) for row, places in rows.items()),
        places=tuple(numbers),
        sources=len({record["document"] for record in records}),
        disputed=len(disputed),
    )


def _observed(
    observations: Table, names: Mapping[str, str], labels: Mapping[str, str], language: Language
) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """What an observation says in a claim, in words: edition and city, measure, value."""
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    between = "：" if language == "zh" else ": "
    for record in observations.records():
        named = [
            names.get(str(record[name]), shorten(str(record[name])))
            for name in ("edition", "city", "factor", "set")
            if record[name] and not (name == "set" and str(record[name]) == _WORLD)
        ]
        measure = labels.get(str(record["property"]), shorten(str(record["property"])))
        value = str(record["value"])
        found[str(record["observation"]), str(record["claim"])].append(
            (between.join(named[:2]), between.join([measure, *named[2:]]), names.get(value, value))
        )
    return found


def _iri(term: Term | None) -> str:
    assert isinstance(term, ox.NamedNode)
    return term.value


def _tag(term: Term | None) -> str:
    return (term.language or "").lower() if isinstance(term, ox.Literal) else ""


def _value(term: Term | None, names: Mapping[str, str], figures: Mapping[str, list[str]]) -> str:
    assert term is not None
    if not isinstance(term, ox.NamedNode):
        return lexical(term)
    own = figures.get(term.value, [])
    name = names.get(term.value)
    if name is None and own:
        return "\n".join(own)
    return "\n".join([name or shorten(term.value), *own])


def _figures(
    measurements: Table, names: Mapping[str, str], language: Language
) -> dict[str, list[str]]:
    """Figures in words, by measurement and by outcome."""
    symbols = _literals(_NOTATION, "")
    figures: dict[str, dict[str, None]] = defaultdict(dict)
    for record in measurements.records():
        bound, unit = str(record["bound"] or _EXACT), str(record["unit"])
        value = record["value"]
        assert isinstance(value, (int, float, Decimal))
        number = f"{value:,}"
        words = [
            "" if bound == _EXACT else names.get(bound, shorten(bound)).lower(),
            number,
            "" if unit == _ONE else symbols.get(unit) or names.get(unit, shorten(unit)),
        ]
        amount = " ".join(word for word in words if word)
        level = names.get(str(record["level"]), shorten(str(record["level"]))).lower()
        about = [level, str(record["observedYear"])] if record["observedYear"] else [level]
        between = ("：", "（", "，", "）") if language == "zh" else (": ", " (", ", ", ")")
        figure = f"{record['name']}{between[0]}{amount}"
        figure += f"{between[1]}{between[2].join(about)}{between[3]}"
        figures[str(record["measurement"])][figure] = None
        if str(record["subject"]).startswith(_OUTCOME):
            figures[str(record["subject"])][figure] = None
    return {key: list(found) for key, found in figures.items()}


def _literals(property_: str, tag: str) -> dict[str, str]:
    """What the vocabulary says with one property in one language (empty: without language)."""
    return {
        triple.subject.value: triple.object.value
        for triple in vocabulary_triples()
        if triple.predicate.value == property_
        and isinstance(triple.subject, ox.NamedNode)
        and isinstance(triple.object, ox.Literal)
        and _tag(triple.object) == tag
    }
