"""What stands in a dossier: the answer of the gap analysis as parts of a document.

Nothing is worked out here that the analysis has not said: the writer chooses, orders and cites.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.dossier.document import (
    Block,
    Bullets,
    Dossier,
    Grid,
    Heading,
    Illustration,
    Line,
    Paragraph,
    ReferenceList,
    Run,
)
from kg.dossier.wording import say
from kg.errors import KgError
from kg.messages import Language
from kg.pictures import draw_gap
from kg.publishing.references import format_references, read_references
from kg.recurrence.certainty import Certainty, assess
from kg.recurrence.gaps import Companion, Example, Gap, GapTable, WeakFactor, find_gaps
from kg.recurrence.matrix import IncidenceMatrix, Scope
from kg.recurrence.peers import Peer
from kg.results import Table, from_value
from kg.terms import CONCEPT, FRAGMENT, ID, shorten

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph

# Six pages of A4 hold this much with the longest records there are (tests/test_dossier.py).
MOST_GAPS: Final = 6
MOST_PROGRAMMES: Final = 3
MOST_COMPANIONS: Final = 4
MOST_OUTCOMES: Final = 3
MOST_PEERS: Final = 10
MOST_LISTED: Final = 6
MOST_ROWS: Final = 12
MOST_NAMED: Final = 8
MOST_REFERENCES: Final = 46


def build_dossier(
    graph: KnowledgeGraph,
    city: str,
    *,
    language: Language = "en",
    level: int | None = 3,
    edition: str = "eden-top50-2021",
    peers: int = 10,
    leading: int | None = None,
    weights: Mapping[str, float] | None = None,
) -> Dossier:
    """Write the brief for one city.

    Parameters
    ----------
    city
        Name or slug.
    level
        Level of the practices, 1 to 4; all of them when None.
    edition
        Slug of the ranking edition that gives ranks and scores.
    peers, leading, weights
        As in :func:`kg.recurrence.gaps.find_gaps`.

    Raises
    ------
    UnknownNameError
        There is no such city.
    KgError
        The analysis refuses: with nothing on record of the city everything would be a gap, and
        with too few cities to compare with nothing is ordered.
    MissingPackageError
        A package of the extra ``dossier`` or ``analysis`` is not installed.
    """
    iri = graph.resolve_city(city)
    matrix = graph.matrix(level=level, scope=Scope(edition=edition))
    gaps = find_gaps(graph.store, matrix, iri, peers=peers, leading=leading, weights=weights)
    if gaps.reason is not None:
        raise KgError(gaps.reason)
    counted = graph.recurrence(level=level, edition=edition)
    sure = {row.row.concept: row for row in assess(graph.store, counted).rows}
    # Compared with many cities a practice has many sources: fewer practices are then shown in full.
    for most in range(MOST_GAPS, 0, -1):
        dossier = _Writer(graph, matrix, gaps, sure, language, leading, most).write()
        if len(dossier.references) <= MOST_REFERENCES:
            break
    return dossier


class _Writer:
    """Writes one dossier; knows the names, and which source has which number."""

    def __init__(
        self,
        graph: KnowledgeGraph,
        matrix: IncidenceMatrix,
        gaps: GapTable,
        sure: Mapping[str, Certainty],
        language: Language,
        leading: int | None,
        most: int,
    ) -> None:
        self.graph, self.matrix, self.gaps, self.sure = graph, matrix, gaps, sure
        self.language, self.leading = language, leading
        self.called = graph.names(language)
        self.numbers: dict[str, int] = {}
        self.most = most
        self.shown = gaps.rows[:most]

    def write(self) -> Dossier:
        """All parts, with the references numbered in the order in which they are cited."""
        day, packaged = self.last_read, version("city-practice-graph")
        title = self.say(f"title-{self.gaps.basis}")
        subtitle = self.say("subtitle", version=packaged, day=day)
        other: Language = "en" if self.language == "zh" else "zh"
        blocks: list[Block] = [
            Heading(self.say("findings")),
            Bullets(tuple(self.findings())),
        ]
        twin = _Writer(
            self.graph, self.matrix, self.gaps, self.sure, other, self.leading, self.most
        )
        twin.numbers = self.numbers  # a summary in the other language cites the same list
        summary = twin.say("space").join(
            "".join(run.text for run in line) for line in twin.findings()
        )
        blocks.append(
            Paragraph(
                (Run(self.say("other-language") + twin.say("colon"), strong=True), Run(summary)),
                "abstract",
            )
        )
        picture = draw_gap(self.matrix, self.gaps, names=self.called, language=self.language)
        blocks.append(Illustration(picture))
        if self.shown:
            blocks += [Heading(self.say("gaps")), Paragraph(_plain(self.say("gaps-lead")), "note")]
            for gap in self.shown:
                blocks += self.gap(gap)
            blocks += self.further()
        if self.gaps.weak:
            blocks += self.weak()
        blocks += self.peers()
        if self.shown:
            blocks += self.evidence()
        blocks += self.method(title, day, packaged)
        cited = read_references(
            self.graph.store, list(self.numbers), self.called, language=self.language
        )
        entries = format_references(cited, language=self.language)
        blocks += [
            Heading(self.say("references")),
            ReferenceList(
                tuple((entry, item.get("URL")) for entry, item in zip(entries, cited, strict=True))
            ),
        ]
        return Dossier(
            city=self.gaps.city,
            language=self.language,
            title=title,
            subtitle=subtitle,
            day=day,
            keywords=tuple(self.say("keywords").replace("；", "; ").split("; ")),
            blocks=tuple(blocks),
            references=tuple(cited),
            evidence=self.evidence_table(),
        )

    # Words

    def say(self, key: str, *places: object, **values: object) -> str:
        """A text in the language of the dossier; ``{city}`` is this city."""
        return say(self.language, key, *places, city=self.name(self.gaps.city), **values)

    def name(self, iri: str) -> str:
        """Preferred name."""
        return self.called.get(iri, shorten(iri))

    def listed(self, parts: Iterable[str], key: str = "list") -> str:
        """Parts of a list, separated as the language does it."""
        return self.say(key).join(parts)

    def some(self, parts: Iterable[str]) -> str:
        """The first parts of a list, and how many more there are."""
        listed = list(parts)
        told = self.listed(listed[:MOST_LISTED])
        rest = len(listed) - MOST_LISTED
        return told + self.say("space") + self.say("and-more", rest) if rest > 0 else told

    def count(self, number: int) -> str:
        """A number of programmes, in the right form."""
        more, _, one = self.say("programmes", number).partition("|")
        return one if number == 1 else more

    def percent(self, share: float) -> str:
        """A share in per cent, to the whole."""
        return f"{100 * share:.0f}" + ("%" if self.language == "zh" else "\u00a0%")

    def cite(self, sources: Iterable[str]) -> tuple[int, ...]:
        """Numbers of the sources in the list of references; new ones get the next number."""
        return tuple(
            sorted({self.numbers.setdefault(iri, len(self.numbers) + 1) for iri in sources})
        )

    # What the graph says beside the analysis

    @cached_property
    def last_read(self) -> str:
        """Latest day on which a source was read."""
        days = [record["read"] for record in self.graph.run("references").records()]
        return max((str(day) for day in days if day is not None), default="")

    @cached_property
    def descriptions(self) -> dict[str, str]:
        """What the concepts and programmes shown are, in the language of the dossier."""
        things = [gap.concept for gap in self.shown] + [
            example.programme for gap in self.shown for example in gap.examples
        ]
        found: dict[str, str] = {}
        if things:
            tag = "zh" if self.language == "zh" else "en"
            for thing, text in self.graph.run("descriptions", thing=sorted(set(things))).rows:
                if (
                    isinstance(thing, ox.NamedNode)
                    and isinstance(text, ox.Literal)
                    and (text.language or "").startswith(tag)
                ):
                    found.setdefault(thing.value, text.value)
        return found

    @cached_property
    def places(self) -> dict[str, list[tuple[str, str]]]:
        """Claim to the places behind it (fragment, document), of every claim of the dossier.

        The document is what was read. The sources that the analysis counts may be those that it
        repeats: good for counting who says so, not for saying where it was seen.
        """
        claims = {iri for weak in self.gaps.weak for iri in (*weak.claims, *weak.against)}
        for gap in self.gaps.rows:
            claims |= {iri for outcome in gap.outcomes for iri in outcome.claims}
            claims |= {link.claim for example in gap.examples for link in example.links}
        for concept in self.matrix.concepts:
            if self.matrix.evidence(self.gaps.city, concept):
                for city in (self.gaps.city, *self.gaps.compared):
                    claims |= {link.claim for link in self.matrix.evidence(city, concept)}
        found: dict[str, list[tuple[str, str]]] = {}
        if claims:
            answer = self.graph.run("claim-places", claim=sorted(claims))
            for record in answer.records():
                place = (str(record["fragment"]), str(record["source"]))
                found.setdefault(str(record["claim"]), []).append(place)
        return found

    def documents(self, claims: Iterable[str]) -> list[str]:
        """The documents behind claims, in their order."""
        found = (document for claim in claims for _, document in self.places.get(claim, ()))
        return list(dict.fromkeys(found))

    def behind(self, example: Example) -> tuple[int, ...]:
        """Numbers of the documents that say that a programme applies a practice."""
        return self.cite(self.documents(link.claim for link in example.links))

    # Parts

    def findings(self) -> list[Line]:
        """What an official reads first."""
        gaps = self.gaps
        own = sum(1 for c in self.matrix.concepts if self.matrix.evidence(gaps.city, c))
        everywhere = {
            concept
            for concept in self.matrix.concepts
            if any(self.matrix.evidence(city, concept) for city in (gaps.city, *gaps.documented))
        }
        compared = self.say(
            f"compared-{gaps.basis}",
            compared=len(gaps.compared),
            documented=""
            if len(gaps.documented) == len(gaps.compared)
            else self.say("brackets", self.say("documented", len(gaps.documented))),
            leading=self.leading,
            edition=self.name(f"{ID}edition/{gaps.edition}"),
        )
        lines: list[Line] = [
            _plain(
                self.say(
                    "finding-count",
                    gaps=len(gaps.rows),
                    all=len(everywhere),
                    compared=compared,
                    own=own,
                )
            )
        ]
        if gaps.rows:
            first = [row for row in gaps.rows if len(row.cities) == len(gaps.rows[0].cities)]
            # A long tie says nothing; then the order decides, as in the list.
            top = first if 1 < len(first) <= 4 else list(gaps.rows[:3])
            listed = self.listed(
                self.name(row.concept)
                + self.say("brackets", self.say("share", count=len(row.cities), of=row.documented))
                for row in top
            )
            lines.append(_plain(self.say("finding-top", list=listed)))
        else:
            lines.append(_plain(self.say("finding-none")))
        lines += [self.weak_finding(weak) for weak in gaps.weak]
        numbers = [
            int(self.matrix.documentation[self.matrix.cities.index(city)])
            for city in gaps.documented
        ]
        lines.append(
            _plain(
                self.say(
                    "finding-care",
                    own=self.count(gaps.programmes),
                    least=min(numbers),
                    most=max(numbers),
                )
            )
        )
        return lines

    def weak_finding(self, weak: WeakFactor) -> Line:
        """One weak factor, whether it is contradicted, and what is said to bear on it."""
        said = self.say("finding-weak", factor=self.name(weak.factor))
        runs = [Run(said, cites=self.cite(self.documents(weak.claims)))]
        if weak.against:
            cites = self.cite(self.documents(weak.against))
            runs.append(Run(self.say("finding-disputed"), cites=cites))
        missing = [
            practice
            for practice in weak.practices
            if not self.matrix.evidence(self.gaps.city, practice)
        ]
        if missing:
            listed = self.listed(self.name(practice) for practice in missing)
            runs.append(Run(self.say("finding-bearing", list=listed)))
        return (*runs, Run(self.say("stop")))

    def gap(self, gap: Gap) -> list[Block]:
        """One practice: what it is, who does it how, what came of it, how sure."""
        blocks: list[Block] = [
            Heading(
                self.say(
                    "gap-heading",
                    name=self.name(gap.concept),
                    count=len(gap.cities),
                    of=gap.documented,
                ),
                2,
            )
        ]
        if gap.concept in self.descriptions:
            blocks.append(Paragraph(_plain(self.descriptions[gap.concept])))
        chosen = _spread(gap.examples)[:MOST_PROGRAMMES]
        blocks.append(Bullets(tuple(self.programme(example) for example in chosen)))
        extras: list[Run] = []
        for key, companions in (
            ("mechanisms", gap.mechanisms),
            ("technologies", gap.technologies),
        ):
            if companions:
                extras += [
                    Run(self.say(key) + self.say("colon"), strong=True),
                    Run(self.companions(companions) + self.say("stop") + self.say("space")),
                ]
        outcomes = self.outcomes(gap)
        if outcomes:
            extras += [Run(self.say("outcomes") + self.say("colon"), strong=True), *outcomes]
        if extras:
            blocks.append(Paragraph(tuple(extras)))
        sure = self.sure[gap.concept]
        searched = (
            self.say("searched", len(gap.search.sources))
            if gap.search.state != "unknown"
            else self.say("not-searched")
        )
        blocks.append(
            Paragraph(
                _plain(
                    self.say(
                        "gap-everywhere",
                        scope=len(self.matrix.cities),
                        count=len(sure.row.cities),
                        share=self.percent(sure.row.share),
                        low=self.percent(sure.low),
                        high=self.percent(sure.high),
                        sources=len(gap.sources),
                        kind=self.concept("source-type", gap.source_type),
                        grade=self.concept("evidence-grade", gap.grade),
                        searched=searched,
                    )
                ),
                "note",
            )
        )
        return blocks

    def concept(self, scheme: str, slug: str | None) -> str:
        """Name of a concept of a small scheme."""
        named = self.say("nothing") if slug is None else self.name(f"{CONCEPT}{scheme}/{slug}")
        return named[:1].lower() + named[1:] if self.language == "en" else named

    def programme(self, example: Example) -> Line:
        """A programme to look at, with when, what and where it is said."""
        about = [self.name(example.city) + self.say("colon")]
        when = []
        if example.start_year is not None:
            when.append(self.say("since", example.start_year))
        when += [self.concept("programme-status", status) for status in example.statuses]
        named = self.name(example.programme)
        told = self.say("brackets", self.listed(when)) if when else ""
        text = self.descriptions.get(example.programme)
        told += self.say("colon") + text if text else ""
        return (
            Run("".join(about)),
            Run(named, href=example.programme, strong=True),
            Run(told, cites=self.behind(example)),
        )

    def companions(self, found: Sequence[Companion]) -> str:
        """Mechanisms or technologies on record of the programmes, most often first."""
        parts = [
            self.name(one.concept)
            + self.say("brackets", self.say("of-programmes", one.programmes, one.of))
            for one in found[:MOST_COMPANIONS]
        ]
        return self.listed(parts)

    def outcomes(self, gap: Gap) -> list[Run]:
        """Outcomes that sources report of these programmes, with their figures."""
        runs: list[Run] = []
        seen: set[str] = set()
        # With a figure first; one outcome of two programmes is one outcome.
        for outcome in sorted(gap.outcomes, key=lambda found: not found.figures):
            if outcome.outcome in seen or len(seen) == MOST_OUTCOMES:
                continue
            seen.add(outcome.outcome)
            figures = [
                self.name(figure.indicator)
                + " "
                + figure.text
                + (self.say("brackets", figure.observed) if figure.observed else "")
                for figure in outcome.figures
            ]
            text = self.name(outcome.programme) + self.say("colon") + self.name(outcome.outcome)
            if figures:
                text += self.say("brackets", self.listed(figures))
            if outcome.disputed:
                text += self.say("brackets", self.say("disputed"))
            if runs:
                runs.append(Run(self.say("items")))
            cites = self.cite(self.documents(outcome.claims))
            runs.append(Run(text, cites=cites))
        return [*runs, Run(self.say("stop"))] if runs else []

    def further(self) -> list[Block]:
        """The practices behind those that are shown in full."""
        rest = self.gaps.rows[self.most :]
        if not rest:
            return []
        parts = [
            self.name(gap.concept)
            + self.say("brackets", self.some(self.name(city) for city in gap.cities))
            for gap in rest[:MOST_NAMED]
        ]
        if len(rest) > MOST_NAMED:
            slug = self.gaps.city.rpartition("/")[2]
            parts.append(self.say("more-gaps-rest", len(rest) - MOST_NAMED, slug=slug))
        line = (
            Run(self.say("more-gaps") + self.say("colon"), strong=True),
            Run(self.listed(parts, "items") + self.say("stop")),
        )
        return [Paragraph(line)]

    def weak(self) -> list[Block]:
        """Factors on which the city is appraised as weak, beside what others have on record."""
        answer = self.graph.run("factor-scores", city=self.gaps.city, language=self.language)
        scores: dict[str, list[str]] = {}
        year = ""
        for record in answer.records():
            if record["edition"] != f"{ID}edition/{self.gaps.edition}":
                continue
            year = str(record["year"])
            score = str(record["score"])
            if record["disputed"]:
                score += self.say("brackets", self.say("disputed"))
            elif record["warning"]:
                score += self.say("brackets", self.say("doubtful-column"))
            scores.setdefault(str(record["factor"]), []).append(score)
        rows: list[tuple[Line, ...]] = []
        for weak in self.gaps.weak:
            factor = self.name(weak.factor)
            if weak.against:
                factor += self.say("brackets", self.say("contradicted"))
            cites = self.cite(self.documents((*weak.claims, *weak.against)))
            told = self.listed(scores.get(weak.factor, [self.say("no-score")]), "items")
            for number, practice in enumerate(weak.practices):
                here = bool(self.matrix.evidence(self.gaps.city, practice))
                # All cities of the graph, ranked first: peers may have nothing on record.
                cities = [
                    city for city in self.matrix.cities if self.matrix.evidence(city, practice)
                ]
                listed = self.some(self.name(city) for city in cities)
                share = self.say("share", count=len(cities), of=len(self.matrix.cities))
                rows.append(
                    (
                        (Run(factor, cites=cites),) if number == 0 else (),
                        _plain(told) if number == 0 else (),
                        (Run(self.name(practice), href=practice),),
                        _plain(self.say("yes" if here else "no")),
                        _plain(share + self.say("colon") + listed if cities else share),
                    )
                )
        return [
            Heading(self.say("weak")),
            Paragraph(_plain(self.say("weak-lead")), "note"),
            Grid(
                self.say("weak"),
                (
                    self.say("weak-factor"),
                    self.say("weak-score", year=year),
                    self.say("weak-practice"),
                    self.say("weak-here"),
                    self.say("weak-cities"),
                ),
                tuple(rows),
                (0.19, 0.13, 0.22, 0.12, 0.34),
            ),
        ]

    def peers(self) -> list[Block]:
        """The cities compared, and why these."""
        known = {peer.city: peer for peer in (*self.gaps.peers.peers, *self.gaps.peers.unranked)}
        rows = [self.peer(known[city]) for city in self.gaps.compared[:MOST_PEERS]]
        return [
            Heading(self.say("peers")),
            Paragraph(_plain(self.say("peers-lead")), "note"),
            Grid(
                self.say("peers"),
                tuple(
                    self.say(key)
                    for key in (
                        "peer-city",
                        "peer-context",
                        "peer-known",
                        "peer-programmes",
                        "peer-shared",
                    )
                ),
                tuple(rows),
                (0.15, 0.11, 0.19, 0.16, 0.39),
            ),
        ]

    def peer(self, peer: Peer) -> tuple[Line, ...]:
        """One city compared: likeness, what is not known, what both have on record."""
        likeness = self.say("nothing") if peer.context is None else f"{peer.context:.2f}"
        missing = self.listed(self.say(f"part-{part}") for part in peer.missing)
        shared = self.some(self.name(one.concept) for one in peer.shared)
        return (
            (Run(self.name(peer.city), href=peer.city),),
            _plain(likeness),
            _plain(missing or self.say("nothing")),
            _plain(str(peer.programmes)),
            _plain(shared or self.say("nothing")),
        )

    def evidence(self) -> list[Block]:
        """Claims behind each cell of the gaps that are shown."""
        rows: list[tuple[Line, ...]] = []
        for gap in self.shown:
            for number, city in enumerate(gap.cities[:MOST_ROWS]):
                examples = [example for example in gap.examples if example.city == city]
                claims = dict.fromkeys(link.claim for example in examples for link in example.links)
                told: list[Run] = []
                for claim in claims:
                    told += [Run(self.say("list"))] if told else []
                    told.append(Run(claim.removeprefix(ID + "claim/"), href=claim))
                rows.append(
                    (
                        _plain(self.name(gap.concept)) if number == 0 else (),
                        _plain(self.name(city)),
                        (
                            Run(
                                self.listed(self.name(example.programme) for example in examples),
                                cites=self.cite(self.documents(claims)),
                            ),
                        ),
                        tuple(told),
                    )
                )
            if len(gap.cities) > MOST_ROWS:
                more = self.say("evidence-more", len(gap.cities) - MOST_ROWS)
                rows.append(((), _plain(more), (), ()))
        return [
            Heading(self.say("evidence")),
            Paragraph(_plain(self.say("evidence-lead")), "note"),
            Grid(
                self.say("evidence"),
                tuple(
                    self.say(f"evidence-{key}")
                    for key in ("practice", "city", "programmes", "claims")
                ),
                tuple(rows),
                (0.2, 0.12, 0.43, 0.25),
            ),
        ]

    def method(self, title: str, day: str, packaged: str) -> list[Block]:
        """How the brief is to be read, traced and cited."""
        slug = self.gaps.city.rpartition("/")[2]
        programmes = {link.programme for link in self.matrix.links}
        command = f"kg dossier {slug} --explain" + (" --lang zh" if self.language == "zh" else "")
        quoted = f"“{title}”"
        return [
            Heading(self.say("method")),
            Bullets(
                (
                    _plain(
                        self.say(
                            "method-record",
                            cities=len(self.matrix.cities),
                            programmes=len(programmes),
                        )
                    ),
                    _plain(
                        self.say("method-interval") + self.say("space") + self.say("method-cause")
                    ),
                    _plain(self.say("method-trace", command=command)),
                    _plain(self.say("method-cite", version=packaged, kind=quoted, day=day)),
                )
            ),
        ]

    def evidence_table(self) -> Table:
        """One row a figure and claim behind it: of gaps, of weak factors, of shared practices."""
        rows = []

        def add(part: str, concept: str, city: str, programme: str | None, claim: str) -> None:
            for fragment, document in self.places.get(claim, ()):
                number = self.numbers.get(document)
                rows.append(
                    (
                        from_value(part),
                        from_value(self.name(concept)),
                        from_value(self.name(city)),
                        None if programme is None else from_value(self.name(programme)),
                        ox.NamedNode(claim),
                        from_value(fragment.removeprefix(FRAGMENT)),
                        ox.NamedNode(document),
                        None if number is None else from_value(number),
                    )
                )

        for gap in self.gaps.rows:
            for example in gap.examples:
                for link in example.links:
                    add("gap", gap.concept, example.city, example.programme, link.claim)
            cities = {example.programme: example.city for example in gap.examples}
            for outcome in gap.outcomes:
                for claim in outcome.claims:
                    city = cities.get(outcome.programme, self.gaps.city)
                    add("outcome", outcome.outcome, city, outcome.programme, claim)
        for weak in self.gaps.weak:
            for claim in (*weak.claims, *weak.against):
                add("weak", weak.factor, self.gaps.city, None, claim)
        for concept in self.matrix.concepts:
            if self.matrix.evidence(self.gaps.city, concept):
                for city in (self.gaps.city, *self.gaps.compared):
                    for link in self.matrix.evidence(city, concept):
                        add("shared", concept, city, link.programme, link.claim)
        return Table(
            ("part", "concept", "city", "programme", "claim", "place", "document", "reference"),
            # A claim may count for a practice and for a broader one at once.
            tuple(dict.fromkeys(rows)),
            brief=("part", "concept", "city", "programme", "claim", "place", "reference"),
        )


def _plain(text: str) -> Line:
    return (Run(text),)


def _spread(examples: Sequence[Example]) -> list[Example]:
    """One programme a city first, in the order given, then the others."""
    first: dict[str, Example] = {}
    for example in examples:
        first.setdefault(example.city, example)
    chosen = list(first.values())
    return chosen + [example for example in examples if example not in chosen]
