"""Practices of comparable or leading cities without a recorded counterpart in one city.

A gap is a gap of the record. It says where to look and what to read, not what a city lacks or
should do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import pyoxigraph as ox

from kg.catalogue import run_query
from kg.errors import ParameterError
from kg.messages import Language
from kg.recurrence.comparison import State
from kg.recurrence.incidence import Link
from kg.recurrence.matrix import (
    GRADES,
    IncidenceMatrix,
    claim_grades,
    read_matrix,
    start_years,
)
from kg.recurrence.peers import Context, PeerTable, find_peers, read_context
from kg.results import Table, Value, from_value, lexical
from kg.store import Store
from kg.terms import CONCEPT, expand, shorten

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NOT_ABSENT: Final[Mapping[Language, str]] = MappingProxyType(
    {
        "en": "Not recorded here is not the same as absent.",
        "zh": "此处未见记载，不等于不存在。",
    }
)

# Who stands behind a page, best first. The order is the project's own: the body that runs a
# programme before those that study it, those before the press, copies and weak pages last.
SOURCE_TYPES: Final = ("official", "institution", "dataset", "press", "mirror", "other")

NoGaps = Literal["no-record-here", "no-peers", "no-leaders", "few-documented"]

_CURRENT: Final = """\
  ?claim cpg:claimStatus ?status .
  FILTER(?status IN (claim-status:accepted, claim-status:disputed, claim-status:editorial))"""

_PREFIXES: Final = """\
PREFIX appraisal-level: <https://w3id.org/city-practice-graph/concept/appraisal-level/>
PREFIX claim-status: <https://w3id.org/city-practice-graph/concept/claim-status/>
PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
PREFIX outcome-status: <https://w3id.org/city-practice-graph/concept/outcome-status/>
PREFIX result-level: <https://w3id.org/city-practice-graph/concept/result-level/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""

# An outcome that is only expected is no outcome yet; inputs and outputs are no outcomes either.
OUTCOME_QUERY: Final = f"""{_PREFIXES}
SELECT DISTINCT ?programme ?outcome ?claim ?status ?measurement ?indicator ?value ?bound ?unit
                ?symbol ?observed ?baseline WHERE {{
  GRAPH ?claim {{ ?programme cpg:hasOutcome ?outcome }}
{_CURRENT}
  ?outcome cpg:outcomeStatus outcome-status:reported .
  OPTIONAL {{
    ?outcome cpg:hasMeasurement ?measurement .
    ?measurement cpg:resultLevel result-level:outcome ;
                 cpg:indicator ?indicator ;
                 cpg:numericValue ?value ;
                 cpg:unit ?unit .
    OPTIONAL {{ ?measurement cpg:valueBound ?bound }}
    OPTIONAL {{ ?unit skos:notation ?symbol }}
    OPTIONAL {{ ?measurement cpg:observedYear ?observed }}
    OPTIONAL {{ ?measurement cpg:baselineYear ?baseline }}
  }}
}}
ORDER BY ?programme ?outcome ?claim ?measurement ?indicator ?value ?observed
"""

STATUS_QUERY: Final = f"""{_PREFIXES}
SELECT DISTINCT ?programme ?status WHERE {{ ?programme cpg:programmeStatus ?status }}
ORDER BY ?programme ?status
"""

SOURCE_TYPE_QUERY: Final = f"""{_PREFIXES}
SELECT DISTINCT ?source ?type WHERE {{ ?source cpg:sourceType ?type }}
ORDER BY ?source ?type
"""

WEAK_FACTOR_QUERY: Final = f"""{_PREFIXES}
SELECT DISTINCT ?city ?factor ?edition ?claim ?status ?against WHERE {{
  GRAPH ?claim {{
    ?appraisal cpg:refCity ?city ;
               cpg:refEdition ?edition ;
               cpg:factor ?factor ;
               cpg:appraisalLevel appraisal-level:weak .
  }}
{_CURRENT}
  OPTIONAL {{ ?claim cpg:conflictsWith ?against }}
}}
ORDER BY ?city ?factor ?edition ?claim ?against
"""

BEARING_QUERY: Final = f"""{_PREFIXES}
SELECT DISTINCT ?practice ?factor ?claim ?status WHERE {{
  GRAPH ?claim {{ ?practice cpg:relevantToFactor ?factor }}
{_CURRENT}
}}
ORDER BY ?practice ?factor ?claim
"""

_BOUNDS: Final = {"at-least": "≥ ", "at-most": "≤ ", "about": "≈ "}


@dataclass(frozen=True)
class OutcomeFigure:
    """A figure of level outcome, as text that reads the same in every language.

    Attributes
    ----------
    text
        Number with its bound (≥, ≤, ≈) and unit; ``-62 %`` of a change is a fall.
    observed, baseline
        Year of the figure and year that it is compared with; None when not given.
    """

    measurement: str
    indicator: str
    text: str
    observed: int | None
    baseline: int | None


@dataclass(frozen=True)
class ReportedOutcome:
    """An outcome that a source reports of a programme, with its figures of level outcome.

    Attributes
    ----------
    figures
        Empty when the source gives no figure.
    claims
        IRIs of the claims that join it to the programme.
    disputed
        Whether a claim is contradicted by another.
    """

    outcome: str
    programme: str
    figures: tuple[OutcomeFigure, ...]
    claims: tuple[str, ...]
    disputed: bool


@dataclass(frozen=True)
class Example:
    """A programme to look at.

    Attributes
    ----------
    sources
        IRIs of the independent sources that say it applies the concept.
    start_year
        Earliest known; None when unknown.
    statuses
        Slugs of its statuses as recorded (running, ended, proposed); often none is.
    links
        The claims behind it.
    """

    programme: str
    city: str
    sources: tuple[str, ...]
    start_year: int | None
    statuses: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Companion:
    """A mechanism or technology on record of the programmes that apply a practice.

    Attributes
    ----------
    programmes, of
        In how many of these programmes it is on record, of how many.
    documented
        In how many of them any concept of its facet is on record.
    cities
        IRIs of the cities of these programmes.
    links
        The claims that name it.
    """

    concept: str
    programmes: int
    of: int
    documented: int
    cities: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Search:
    """Whether the record of this city was searched for the concept.

    Attributes
    ----------
    state
        ``searched-not-found``, ``documented-absent``, or ``unknown`` without any search on record.
    sources
        IRIs of the sources that were searched.
    """

    state: State
    sources: tuple[str, ...]


@dataclass(frozen=True)
class WeakFactor:
    """An assessment factor on which a source appraises this city as weak.

    Attributes
    ----------
    claims
        IRIs of the claims that say so.
    against
        IRIs of claims that contradict them; the appraisal is then disputed.
    practices
        IRIs of the concepts of the matrix that are said to bear on it, editorially.
    cities
        IRIs of all cities of the matrix, compared or not, that have one of them on record.
    """

    factor: str
    edition: str
    claims: tuple[str, ...]
    against: tuple[str, ...]
    practices: tuple[str, ...]
    cities: tuple[str, ...]


@dataclass(frozen=True)
class Bearing:
    """An editorial statement that a practice bears on a factor.

    Attributes
    ----------
    practice
        The practice of the statement: that of the gap, or a broader one.
    claims
        IRIs of the statements.
    """

    factor: str
    practice: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Gap:
    """A concept on record of compared cities and not of this one.

    Attributes
    ----------
    cities
        IRIs of the compared cities that have it, most similar context first.
    of, documented
        Cities compared, and those of them with any programme on record in this facet.
    share
        cities / documented, 0 to 1.
    likeness
        Mean similarity of context of ``cities``, 0 to 1, over the ``likeness_of`` of them whose
        context can be compared; None when that is none.
    sources
        IRIs of the independent sources behind it.
    source_type
        Best of :data:`SOURCE_TYPES` among them; None when none is on record.
    grade
        Strongest of :data:`kg.recurrence.GRADES` among the claims; None when none is on record.
    examples
        Programmes to look at, in the order of ``cities``.
    factors
        Weak factors of this city on which the concept bears, by an editorial statement.
    """

    concept: str
    cities: tuple[str, ...]
    of: int
    documented: int
    share: float
    likeness: float | None
    likeness_of: int
    sources: tuple[str, ...]
    source_type: str | None
    grade: str | None
    examples: tuple[Example, ...]
    mechanisms: tuple[Companion, ...]
    technologies: tuple[Companion, ...]
    outcomes: tuple[ReportedOutcome, ...]
    search: Search
    factors: tuple[Bearing, ...]


@dataclass(frozen=True)
class GapTable:
    """What is on record of compared cities and has no recorded counterpart in one city.

    Attributes
    ----------
    basis
        ``peers``: the cities of most similar context; ``leading``: the first ranks of the edition.
    compared
        IRIs of the cities compared, most similar context first.
    documented
        Those of them with any programme on record in this facet.
    programmes
        Programmes on record of this city in this facet.
    weak
        Factors on which a source appraises this city as weak; empty when there is no appraisal.
    rows
        Ordered by number of cities, number of independent sources, best source type, strongest
        grade, mean likeness, IRI.
    reason
        Why there are no rows: nothing is on record of this city, so that everything would be a
        gap; no city has a comparable context; no city has a leading rank; or too few of the
        cities compared are documented. None when the comparison was made.
    peers
        All cities beside this one, with the parts of their contexts.
    """

    city: str
    facet: str
    edition: str
    basis: Literal["peers", "leading"]
    compared: tuple[str, ...]
    documented: tuple[str, ...]
    programmes: int
    weak: tuple[WeakFactor, ...]
    rows: tuple[Gap, ...]
    reason: NoGaps | None
    peers: PeerTable

    @property
    def caution(self) -> Mapping[Language, str]:
        """What a reader of any row must know, in both languages."""
        return NOT_ABSENT

    @property
    def focus(self) -> tuple[Gap, ...]:
        """The gaps that bear on a factor on which this city is appraised as weak."""
        return tuple(row for row in self.rows if row.factors)

    def to_table(self, names: Mapping[str, str] | None = None) -> Table:
        """One row a gap, with lists as text."""
        called = names or {}

        def name(iri: str) -> str:
            return called.get(iri, shorten(iri))

        variables = (
            *(self.facet.replace("-", "_"), "name", "cities", "of", "documented", "share"),
            *("sources", "source_type", "grade", "likeness", "likeness_of", "search", "searched"),
            *(
                "factors",
                "city_list",
                "programme_list",
                "mechanism_list",
                "technology_list",
                "outcome_list",
            ),
        )
        rows = []
        for gap in self.rows:
            cells: tuple[Value, ...] = (
                name(gap.concept),
                *(len(gap.cities), gap.of, gap.documented, gap.share),
                *(len(gap.sources), gap.source_type, gap.grade, gap.likeness, gap.likeness_of),
                *(gap.search.state, len(gap.search.sources)),
                "; ".join(dict.fromkeys(name(bearing.factor) for bearing in gap.factors)),
                "; ".join(name(city) for city in gap.cities),
                "; ".join(f"{name(e.city)}: {name(e.programme)}" for e in gap.examples),
                *(
                    "; ".join(f"{name(c.concept)} {c.programmes}/{c.of}" for c in companions)
                    for companions in (gap.mechanisms, gap.technologies)
                ),
                # One outcome of two programmes is one outcome.
                "; ".join(dict.fromkeys(_outcome_text(o, called) for o in gap.outcomes)),
            )
            rows.append((ox.NamedNode(gap.concept), *(from_value(cell) for cell in cells)))
        brief = ("name", "cities", "documented", "sources", "search", "factors", "programme_list")
        return Table(variables, tuple(rows), brief)

    def to_evidence_table(self, names: Mapping[str, str] | None = None) -> Table:
        """One row a claim behind a gap: city, programme, claim, place and source."""
        called = names or {}
        variables = (
            *(self.facet.replace("-", "_"), "city", "programme", "name", "start_year", "status"),
            *("direct", "claim", "fragment", "source"),
        )
        rows = [
            (
                ox.NamedNode(gap.concept),
                ox.NamedNode(example.city),
                ox.NamedNode(example.programme),
                from_value(called.get(example.programme, shorten(example.programme))),
                from_value(example.start_year),
                from_value("; ".join(example.statuses) or None),
                *(
                    ox.NamedNode(iri)
                    for iri in (link.direct, link.claim, link.fragment, link.source)
                ),
            )
            for gap in self.rows
            for example in gap.examples
            for link in example.links
        ]
        brief = (variables[0], "city", "name", "claim", "fragment")
        return Table(variables, tuple(rows), brief)

    def to_companions_table(self, names: Mapping[str, str] | None = None) -> Table:
        """One row a gap and mechanism or technology that is on record of its programmes."""
        called = names or {}
        variables = (
            *(self.facet.replace("-", "_"), "facet", "companion", "name"),
            *("programmes", "of", "documented", "cities", "claims"),
        )
        rows = [
            (
                ox.NamedNode(gap.concept),
                from_value(facet),
                ox.NamedNode(found.concept),
                from_value(called.get(found.concept, shorten(found.concept))),
                *(from_value(n) for n in (found.programmes, found.of, found.documented)),
                from_value(len(found.cities)),
                from_value("; ".join(sorted({shorten(link.claim) for link in found.links}))),
            )
            for gap in self.rows
            for facet, companions in (
                ("mechanism", gap.mechanisms),
                ("technology", gap.technologies),
            )
            for found in companions
        ]
        brief = (variables[0], "facet", "name", "programmes", "of", "cities")
        return Table(variables, tuple(rows), brief)


def _outcome_text(outcome: ReportedOutcome, names: Mapping[str, str]) -> str:
    figures = []
    for figure in outcome.figures:
        years = [f"{figure.baseline}–"] if figure.baseline else []
        years = ["".join([*years, str(figure.observed or "")])] if years or figure.observed else []
        name = names.get(figure.indicator, shorten(figure.indicator))
        figures.append(f"{name} {figure.text}" + (f" ({years[0]})" if years else ""))
    name = names.get(outcome.outcome, shorten(outcome.outcome))
    return f"{name} [{', '.join(figures)}]" if figures else name


def find_gaps(
    store: Store,
    matrix: IncidenceMatrix,
    city: str,
    *,
    context: Context | None = None,
    peers: int = 10,
    leading: int | None = None,
    weights: Mapping[str, float] | None = None,
    minimum_known: float = 0.5,
    minimum_documented: int = 3,
) -> GapTable:
    """Find what peers or leaders have on record and one city has not.

    Parameters
    ----------
    matrix
        Cities and concepts of any facet and level. A broader concept that the matrix counts with
        its narrower ones is on record here as soon as one of them is.
    city
        IRI of a city of the matrix.
    context
        What is known of the cities, from :func:`kg.recurrence.peers.read_context`; read from the
        store for the edition of the matrix when left out.
    peers
        How many cities of most similar context to compare with. A peer without any programme on
        record is compared with, too, and says nothing: ``documented`` is the denominator.
    leading
        Compare with the cities ranked 1 to this number in the edition instead.
    weights, minimum_known
        As in :func:`kg.recurrence.peers.find_peers`.
    minimum_documented
        With fewer documented cities to compare with, nothing is ordered.

    Raises
    ------
    UnknownNameError
        The city is not among the cities of the matrix.
    ParameterError
        A number or weight makes no sense.
    """
    for name, number in (
        ("peers", peers),
        ("leading", leading),
        ("minimum_documented", minimum_documented),
    ):
        if number is not None and number < 1:
            raise ParameterError("bad-parameter", name, "1, 2, 3 …", str(number))
    context = context or read_context(store, matrix.scope.edition)
    beside = find_peers(matrix, context, city, weights=weights, minimum_known=minimum_known)
    compared = [peer.city for peer in beside.peers[:peers]]
    if leading is not None:
        everyone = (*beside.peers, *beside.unranked)
        compared = [peer.city for peer in everyone if _leads(matrix.ranks[peer.city], leading)]
    rows = {name: row for row, name in enumerate(matrix.cities)}
    documented = tuple(name for name in compared if matrix.documentation[rows[name]])
    reason: NoGaps | None = None
    if not compared:
        reason = "no-peers" if leading is None else "no-leaders"
    elif not matrix.documentation[rows[city]]:
        reason = "no-record-here"
    elif len(documented) < minimum_documented:
        reason = "few-documented"
    bearings = _bearings(store) if matrix.facet == "practice" else {}
    weak = _weak_factors(store, matrix, city, bearings)
    found: tuple[Gap, ...] = ()
    if reason is None:
        found = _gaps(store, matrix, city, compared, documented, beside, weak, bearings)
    return GapTable(
        city=city,
        facet=matrix.facet,
        edition=context.edition,
        basis="peers" if leading is None else "leading",
        compared=tuple(compared),
        documented=documented,
        programmes=int(matrix.documentation[rows[city]]),
        weak=weak,
        rows=found,
        reason=reason,
        peers=beside,
    )


def _leads(rank: int | None, leading: int) -> bool:
    return rank is not None and rank <= leading


def gap_support(values: NDArray[np.bool_], home: int, compared: Sequence[int]) -> NDArray[np.int64]:
    """In how many compared cities each concept is on record that is not on record at home.

    Parameters
    ----------
    values
        Shape (cities, concepts).
    home, compared
        Rows.

    Returns
    -------
    numpy.ndarray
        Counts, shape (concepts,); 0 where the concept is on record at home.
    """
    import numpy as np

    rows = np.array(compared, dtype=np.int64)
    counts: NDArray[np.int64] = np.where(values[home], 0, values[rows].sum(axis=0, dtype=np.int64))
    return counts


def _gaps(
    store: Store,
    matrix: IncidenceMatrix,
    city: str,
    compared: Sequence[str],
    documented: Sequence[str],
    beside: PeerTable,
    weak: tuple[WeakFactor, ...],
    bearings: Mapping[str, tuple[Bearing, ...]],
) -> tuple[Gap, ...]:
    places = {name: row for row, name in enumerate(matrix.cities)}
    values = matrix.values.toarray().astype(bool)
    support = gap_support(values, places[city], [places[name] for name in compared])
    context = {peer.city: peer.context for peer in (*beside.peers, *beside.unranked)}
    types, grades = _source_types(store), claim_grades(store)
    years, statuses = start_years(store), _statuses(store)
    companions = {
        facet: _stated(matrix, read_matrix(store, facet, scope=matrix.scope))
        for facet in ("mechanism", "technology")
    }
    outcomes = _outcomes(store)
    searches = _searches(store, matrix.facet, city)
    factors = {factor.factor for factor in weak}
    rows = []
    for column in support.nonzero()[0]:
        concept = matrix.concepts[column]
        cities = [name for name in compared if values[places[name], column]]
        links = [link for name in cities for link in matrix.evidence(name, concept)]
        examples = _examples(cities, links, years, statuses)
        programmes = {example.programme: example.city for example in examples}
        known = [value for name in cities if (value := context[name]) is not None]
        sources = tuple(sorted({link.source for link in links}))
        rows.append(
            Gap(
                concept=concept,
                cities=tuple(cities),
                of=len(compared),
                documented=len(documented),
                share=len(cities) / len(documented),
                likeness=sum(known) / len(known) if known else None,
                likeness_of=len(known),
                sources=sources,
                source_type=_best(SOURCE_TYPES, (types.get(source) for source in sources)),
                grade=_best(GRADES[::-1], (grades.get(link.claim) for link in links)),
                examples=examples,
                mechanisms=_companions(companions["mechanism"], concept, programmes),
                technologies=_companions(companions["technology"], concept, programmes),
                outcomes=tuple(
                    outcome for programme in programmes for outcome in outcomes.get(programme, ())
                ),
                search=searches.get(concept, Search("unknown", ())),
                factors=tuple(b for b in bearings.get(concept, ()) if b.factor in factors),
            )
        )
    return tuple(sorted(rows, key=_order))


def _order(gap: Gap) -> tuple[int, int, int, int, float, str]:
    return (
        -len(gap.cities),
        -len(gap.sources),
        SOURCE_TYPES.index(gap.source_type) if gap.source_type else len(SOURCE_TYPES),
        -GRADES.index(gap.grade) if gap.grade else 1,
        -(gap.likeness if gap.likeness is not None else -1),
        gap.concept,
    )


def _best(ladder: Sequence[str], met: Iterable[str | None]) -> str | None:
    """The first of a ladder that was met."""
    found = set(met)
    return next((step for step in ladder if step in found), None)


def _examples(
    cities: Sequence[str],
    links: Sequence[Link],
    years: Mapping[str, int],
    statuses: Mapping[str, tuple[str, ...]],
) -> tuple[Example, ...]:
    grouped: dict[tuple[int, str], list[Link]] = defaultdict(list)
    for link in links:
        grouped[cities.index(link.city), link.programme].append(link)
    return tuple(
        Example(
            programme=programme,
            city=cities[place],
            sources=tuple(sorted({link.source for link in found})),
            start_year=years.get(programme),
            statuses=statuses.get(programme, ()),
            links=tuple(found),
        )
        for (place, programme), found in sorted(grouped.items())
    )


def _stated(matrix: IncidenceMatrix, other: IncidenceMatrix) -> Mapping[str, tuple[Link, ...]]:
    """Concepts that claims name themselves, by programme: a broader one would count twice."""
    found: dict[str, list[Link]] = defaultdict(list)
    cities = set(matrix.cities)
    for link in other.links:
        if link.concept == link.direct and link.city in cities:
            found[link.programme].append(link)
    return {programme: tuple(links) for programme, links in found.items()}


def _companions(
    stated: Mapping[str, tuple[Link, ...]], gap: str, programmes: Mapping[str, str]
) -> tuple[Companion, ...]:
    met: dict[str, list[Link]] = defaultdict(list)
    for programme in programmes:
        for link in stated.get(programme, ()):
            met[link.concept].append(link)
    documented = sum(programme in stated for programme in programmes)
    rows = [
        Companion(
            concept=concept,
            programmes=len({link.programme for link in links}),
            of=len(programmes),
            documented=documented,
            cities=tuple(sorted({programmes[link.programme] for link in links})),
            links=tuple(links),
        )
        for concept, links in met.items()
        if concept != gap
    ]
    return tuple(sorted(rows, key=lambda row: (-row.programmes, -len(row.cities), row.concept)))


def _ask(store: Store, query: str) -> Table:
    answer = store.query(query)
    assert isinstance(answer, Table)
    return answer


def _source_types(store: Store) -> dict[str, str]:
    """Source IRI to the slug of its type."""
    base = CONCEPT + "source-type/"
    return {
        str(source): str(kind).removeprefix(base)
        for source, kind in _ask(store, SOURCE_TYPE_QUERY).values()
    }


def _statuses(store: Store) -> dict[str, tuple[str, ...]]:
    """Programme IRI to the slugs of its statuses; sources may disagree."""
    found: dict[str, list[str]] = defaultdict(list)
    for programme, status in _ask(store, STATUS_QUERY).values():
        found[str(programme)].append(str(status).removeprefix(CONCEPT + "programme-status/"))
    return {programme: tuple(slugs) for programme, slugs in found.items()}


def _outcomes(store: Store) -> dict[str, tuple[ReportedOutcome, ...]]:
    """Programme IRI to the outcomes reported of it."""
    claims: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    figures: dict[tuple[str, str], dict[str, OutcomeFigure]] = defaultdict(dict)
    table = _ask(store, OUTCOME_QUERY)
    for row in table.rows:
        record = {
            name: None if term is None else lexical(term)
            for name, term in zip(table.variables, row, strict=True)
        }
        key = (record["programme"] or "", record["outcome"] or "")
        disputed = record["status"] == CONCEPT + "claim-status/disputed"
        claims[key][record["claim"] or ""] = disputed
        if record["measurement"] is not None:
            figures[key].setdefault(record["measurement"], _outcome_figure(record))
    found: dict[str, list[ReportedOutcome]] = defaultdict(list)
    for key, stated in claims.items():
        programme, outcome = key
        found[programme].append(
            ReportedOutcome(
                outcome=outcome,
                programme=programme,
                figures=tuple(figures[key].values()),
                claims=tuple(sorted(stated)),
                disputed=any(stated.values()),
            )
        )
    return {programme: tuple(outcomes) for programme, outcomes in found.items()}


def _outcome_figure(record: Mapping[str, str | None]) -> OutcomeFigure:
    unit = record["unit"] or ""
    bound = (record["bound"] or "").rpartition("/")[2]
    text = f"{_BOUNDS.get(bound, '')}{Decimal(record['value'] or 0):,}"
    if unit != expand("concept/unit/one"):
        text += f" {record['symbol'] or unit.rpartition('/')[2]}"
    observed, baseline = record["observed"], record["baseline"]
    return OutcomeFigure(
        measurement=record["measurement"] or "",
        indicator=record["indicator"] or "",
        text=text,
        observed=int(observed) if observed else None,
        baseline=int(baseline) if baseline else None,
    )


def _searches(store: Store, facet: str, city: str) -> dict[str, Search]:
    """What was looked for in the record of a city in vain; only practices are looked for."""
    if facet != "practice":
        return {}
    table = run_query(store, "coverage", {"city": city})
    assert isinstance(table, Table)
    searched: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for record in table.records():
        state = str(record["status"]).rpartition("/")[2]
        searched[str(record["practice"])][state].add(str(record["source"]))
    telling: tuple[State, ...] = ("documented-absent", "searched-not-found")
    found = {}
    for practice, states in searched.items():
        told = next((state for state in telling if state in states), None)
        if told is not None:
            found[practice] = Search(told, tuple(sorted(states[told])))
    return found


def _weak_factors(
    store: Store,
    matrix: IncidenceMatrix,
    city: str,
    bearings: Mapping[str, tuple[Bearing, ...]],
) -> tuple[WeakFactor, ...]:
    claims: dict[tuple[str, str], set[str]] = defaultdict(set)
    against: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in _ask(store, WEAK_FACTOR_QUERY).records():
        if str(record["city"]) != city:
            continue
        key = (str(record["factor"]), str(record["edition"]))
        claims[key].add(str(record["claim"]))
        if record["against"] is not None:
            against[key].add(str(record["against"]))
    found = []
    for (factor, edition), stated in sorted(claims.items()):
        practices = tuple(
            concept
            for concept in matrix.concepts
            if any(bearing.factor == factor for bearing in bearings.get(concept, ()))
        )
        cities = tuple(
            name
            for name in matrix.cities
            if any(matrix.evidence(name, practice) for practice in practices)
        )
        conflicts = tuple(sorted(against[factor, edition]))
        found.append(
            WeakFactor(factor, edition, tuple(sorted(stated)), conflicts, practices, cities)
        )
    return tuple(found)


def _bearings(store: Store) -> dict[str, tuple[Bearing, ...]]:
    """Practice to the factors on which it, or a broader practice, is said to bear."""
    stated: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for record in _ask(store, BEARING_QUERY).records():
        stated[str(record["practice"])][str(record["factor"])].add(str(record["claim"]))
    table = run_query(store, "broader-concepts", {"facet": "practice"})
    assert isinstance(table, Table)
    # A statement on a theme holds for the practices below it: they are what the theme gathers.
    covered = {(str(concept), str(broader)) for concept, broader in table.values()}
    covered |= {(practice, practice) for practice in stated}
    found: dict[str, list[Bearing]] = defaultdict(list)
    for concept, practice in sorted(covered):
        for factor, claims in sorted(stated.get(practice, {}).items()):
            found[concept].append(Bearing(factor, practice, tuple(sorted(claims))))
    return {concept: tuple(bearings) for concept, bearings in found.items()}
