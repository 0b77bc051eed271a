"""Cities that are like one city: in their context and, kept apart, in the practices on record.

A context that is like ours says where a practice might fit; a likeness in practices says what both
already have. One number of both would hide either, so none is given.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import pyoxigraph as ox

from kg.catalogue import run_query
from kg.errors import ParameterError, UnknownNameError
from kg.recurrence.counts import read_ranks
from kg.recurrence.incidence import Link
from kg.recurrence.matrix import IncidenceMatrix
from kg.results import Table, Value, from_value
from kg.store import Store
from kg.terms import expand, shorten

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Booleans = NDArray[np.bool_]

PartName = Literal["region", "subregion", "population", "rank", "factors"]
PARTS: Final[tuple[PartName, ...]] = ("region", "subregion", "population", "rank", "factors")

# Place, size and standing weigh 1 each. A sub-region lies in its region, and the rank is the order
# of the sum of the factor scores: each of these pairs says one thing in part twice and is halved.
WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {"region": 0.5, "subregion": 0.5, "population": 1.0, "rank": 0.5, "factors": 0.5}
)

# From here on a part is named among those that agree. A line of ours: it orders nothing.
AGREES: Final = 0.8

# With fewer other documented cities the odds of a practice are mostly the half that smooths them.
FEWEST_FOR_POPULARITY: Final = 10

# Two ways to say how many live in a city, best comparable across countries first.
POPULATIONS: Final = (
    expand("concept/indicator/population-of-urban-area"),
    expand("concept/indicator/population-of-municipality"),
)

MissingPart = Literal["unknown-here", "unknown-there", "unknown-both", "different-kinds"]
NoLikeness = Literal["nothing-here", "nothing-there", "nested-concepts"]


@dataclass(frozen=True)
class Figure:
    """One value of the context of a city, as it stands in the graph.

    Attributes
    ----------
    value
        IRI of a region, or a number: people, place in the edition, score.
    about
        IRI of what it says: a property, an indicator of population, a factor.
    year
        Year of a population figure; None when it is not known, and for the other parts.
    where
        IRIs of the claims, or of the register entry, that state it.
    """

    value: str | float
    about: str
    year: int | None
    where: tuple[str, ...]


@dataclass(frozen=True)
class Context:
    """What is known of the context of cities; a city that is not in a mapping is unknown there.

    Attributes
    ----------
    edition
        Slug of the ranking edition of ranks and scores.
    regions, subregions
        City to its UN M49 region and sub-region.
    populations
        City to its figures, of both indicators of :data:`POPULATIONS` and of all years.
    ranks
        City to its best rank in the edition among the cities of the world.
    factors
        City to its score by factor. A factor on which claims give a city two scores is left out.
    """

    edition: str
    regions: Mapping[str, Figure]
    subregions: Mapping[str, Figure]
    populations: Mapping[str, tuple[Figure, ...]]
    ranks: Mapping[str, Figure]
    factors: Mapping[str, Mapping[str, Figure]]


@dataclass(frozen=True)
class Part:
    """One part of a comparison of two contexts.

    Attributes
    ----------
    similarity
        0 to 1; None when the part cannot be compared.
    here, there
        The values compared, in the same order, or what is known when they cannot be compared.
    missing
        Why the part cannot be compared: not known of one or both cities, or populations of
        different kinds only. None when it can.
    left_out
        Of the factors: IRIs of those without one score for both cities.
    """

    name: PartName
    weight: float
    similarity: float | None
    here: tuple[Figure, ...]
    there: tuple[Figure, ...]
    missing: MissingPart | None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chance:
    """Shared practices against what two records of these sizes share by chance.

    Attributes
    ----------
    expected
        Mean number of shared practices under the null.
    z
        (shared - expected) / standard deviation; None when nothing else is possible.
    p_value
        Probability of as many or more shared practices under the null.
    q_value
        The same after Benjamini and Hochberg over all cities compared with this one.
    """

    expected: float
    z: float | None
    p_value: float
    q_value: float


@dataclass(frozen=True)
class Likeness:
    """How alike two cities are in the practices on record.

    Attributes
    ----------
    own, theirs, shared, of
        Practices on record of this city, of the other, of both, and of any city of the matrix.
    jaccard
        shared / (own + theirs - shared), 0 to 1. It falls when one city is better documented.
    overlap
        shared / the smaller of own and theirs, 0 to 1 (Simpson, American Journal of Science 241,
        1943). It does not fall with uneven documentation, but is coarse when the smaller is small.
    equal
        Against records of these sizes in which all practices are equally common
        (hypergeometric). Practices that most cities have make it too bold.
    popular
        Against records in which common practices are drawn as often as they are common
        (:func:`chance_by_popularity`); None with fewer than :data:`FEWEST_FOR_POPULARITY` other
        documented cities.
    reason
        Why there is no likeness (nothing is on record of one of the cities), or no chance
        (``nested-concepts``: a column contains another, so that columns are not drawn apart).
    """

    own: int
    theirs: int
    shared: int
    of: int
    jaccard: float | None
    overlap: float | None
    equal: Chance | None
    popular: Chance | None
    reason: NoLikeness | None


@dataclass(frozen=True)
class SharedConcept:
    """A concept on record of both cities, with the claims of both.

    Attributes
    ----------
    cities
        Cities of the matrix that have it: a concept that few have says more of the two.
    """

    concept: str
    cities: int
    here: tuple[Link, ...]
    there: tuple[Link, ...]


@dataclass(frozen=True)
class Peer:
    """Another city beside this one.

    Attributes
    ----------
    context
        Weighted mean similarity of the parts that can be compared, 0 to 1; None without any.
    known
        Weight of these parts / weight of all, 0 to 1.
    least, most
        What ``context`` would be if the parts that cannot be compared did not agree at all, or
        agreed wholly: nothing is assumed of what is missing.
    programmes
        Programmes on record of the other city.
    shared
        The concepts on record of both, those that fewest cities have first.
    """

    city: str
    context: float | None
    known: float
    least: float
    most: float
    parts: tuple[Part, ...]
    practice: Likeness
    programmes: int
    shared: tuple[SharedConcept, ...]

    @property
    def agreeing(self) -> tuple[PartName, ...]:
        """Parts with a similarity of :data:`AGREES` or more."""
        return tuple(
            part.name
            for part in self.parts
            if part.similarity is not None and part.similarity >= AGREES
        )

    @property
    def missing(self) -> tuple[PartName, ...]:
        """Parts of some weight that cannot be compared."""
        return tuple(part.name for part in self.parts if part.missing and part.weight > 0)


@dataclass(frozen=True)
class PeerTable:
    """The other cities of a matrix beside one city.

    Attributes
    ----------
    peers
        Cities whose contexts can be compared for ``minimum_known`` of the weight or more, most
        similar context first.
    unranked
        The others, by IRI: too little is known in common to give them a place.
    weights
        The weight of each part.
    programmes
        Programmes on record of this city.
    reason
        ``nothing-comparable`` when no city could be given a place; else None.
    """

    city: str
    facet: str
    edition: str
    peers: tuple[Peer, ...]
    unranked: tuple[Peer, ...]
    weights: Mapping[str, float]
    minimum_known: float
    programmes: int
    reason: Literal["nothing-comparable"] | None

    def by_practice(self) -> tuple[Peer, ...]:
        """All cities with a likeness in practice, least likely by chance first.

        The order is by the p-value against popularity (where there is none, against equal
        practices), then by overlap, Jaccard and IRI.
        """

        def key(peer: Peer) -> tuple[float, float, float, str]:
            chance = peer.practice.popular or peer.practice.equal
            return (
                chance.p_value if chance else 1.0,
                -(peer.practice.overlap or 0),
                -(peer.practice.jaccard or 0),
                peer.city,
            )

        alike = [
            peer for peer in (*self.peers, *self.unranked) if peer.practice.jaccard is not None
        ]
        return tuple(sorted(alike, key=key))

    def to_table(self, names: Mapping[str, str] | None = None) -> Table:
        """One row a city: context part by part, then likeness in practice."""
        called = names or {}
        ranked = {peer.city for peer in self.peers}
        variables = (
            *("city", "name", "ranked", "context", "known", "least", "most", *PARTS),
            *("agreeing", "missing", "programmes", "own", "theirs", "shared", "of"),
            *("jaccard", "overlap", "expected", "z", "p_value", "q_value"),
            *("expected_popular", "z_popular", "p_popular", "q_popular", "shared_list"),
        )
        rows = []
        for peer in (*self.peers, *self.unranked):
            like = peer.practice
            equal, popular = _chance_cells(like.equal), _chance_cells(like.popular)
            cells: tuple[Value, ...] = (
                called.get(peer.city, shorten(peer.city)),
                peer.city in ranked,
                *(peer.context, peer.known, peer.least, peer.most),
                *(part.similarity for part in peer.parts),
                "; ".join(peer.agreeing),
                "; ".join(peer.missing),
                *(peer.programmes, like.own, like.theirs, like.shared, like.of),
                *(like.jaccard, like.overlap, *equal, *popular),
                "; ".join(called.get(s.concept, shorten(s.concept)) for s in peer.shared),
            )
            rows.append((ox.NamedNode(peer.city), *(from_value(cell) for cell in cells)))
        brief = ("name", "context", "missing", "jaccard", "shared", "theirs", "shared_list")
        return Table(variables, tuple(rows), brief)

    def to_parts_table(self, names: Mapping[str, str] | None = None) -> Table:
        """One row a city and value compared: both raw values and where they stand.

        ``similarity`` is that of the part: the ten factors share one. A part that cannot be
        compared has one row with the reason and what is known.
        """
        called = names or {}
        variables = (
            *("city", "name", "part", "weight", "similarity", "missing", "about"),
            *("here", "there", "where_here", "where_there"),
        )
        rows = []
        for peer in (*self.peers, *self.unranked):
            for part in peer.parts:
                pairs: list[tuple[Sequence[Figure], Sequence[Figure]]] = [(part.here, part.there)]
                if part.missing is None:
                    pairs = [
                        ((here,), (there,))
                        for here, there in zip(part.here, part.there, strict=True)
                    ]
                for here, there in pairs:
                    about = {figure.about: None for figure in (*here, *there)}
                    cells: tuple[Value, ...] = (
                        called.get(peer.city, shorten(peer.city)),
                        *(part.name, part.weight, part.similarity, part.missing),
                        "; ".join(called.get(iri, shorten(iri)) for iri in about),
                        *(
                            "; ".join(_figure_text(f, called) for f in side)
                            for side in (here, there)
                        ),
                        *(
                            "; ".join(shorten(w) for f in side for w in f.where)
                            for side in (here, there)
                        ),
                    )
                    rows.append((ox.NamedNode(peer.city), *(from_value(cell) for cell in cells)))
        brief = ("name", "part", "similarity", "missing", "about", "here", "there")
        return Table(variables, tuple(rows), brief)

    def to_evidence_table(self) -> Table:
        """One row a claim behind a shared concept, of this city (``here``) and the other."""
        variables = ("city", self.facet.replace("-", "_"), "side", *_EVIDENCE)
        rows = []
        for peer in (*self.peers, *self.unranked):
            for concept in peer.shared:
                for side, links in (("here", concept.here), ("there", concept.there)):
                    rows += [
                        (
                            ox.NamedNode(peer.city),
                            ox.NamedNode(concept.concept),
                            from_value(side),
                            *(ox.NamedNode(str(getattr(link, name))) for name in _EVIDENCE),
                        )
                        for link in links
                    ]
        brief = ("city", variables[1], "side", "programme", "claim", "fragment")
        return Table(variables, tuple(rows), brief)


_EVIDENCE: Final = ("programme", "direct", "claim", "fragment", "source")


def _chance_cells(chance: Chance | None) -> tuple[float | None, ...]:
    if chance is None:
        return (None,) * 4
    return (chance.expected, chance.z, chance.p_value, chance.q_value)


def _figure_text(figure: Figure, names: Mapping[str, str]) -> str:
    if isinstance(figure.value, str):
        return names.get(figure.value, shorten(figure.value))
    return f"{figure.value:,.12g}" + (f" ({figure.year})" if figure.year else "")


def read_context(store: Store, edition: str = "eden-top50-2021") -> Context:
    """Read region, population, rank and factor scores of all cities from any store.

    Parameters
    ----------
    edition
        Slug of the ranking edition that gives ranks and scores.

    Raises
    ------
    UnknownNameError
        No city has a rank in this edition, and there are others. Facts without any ranking are
        no error: ranks and scores are then unknown.
    """
    read_ranks(store, edition, required=False)
    answer = run_query(store, "city-context", {"edition": edition})
    assert isinstance(answer, Table)
    wheres: dict[tuple[str, str, str, str | float, int | None], list[str]] = defaultdict(list)
    for record in answer.records():
        value, year = record["value"], record["year"]
        assert isinstance(value, (str, int, float))
        number = float(value) if not isinstance(value, str) else value
        if record["part"] == "population" and not (isinstance(number, float) and number > 0):
            continue  # has no logarithm
        assert year is None or isinstance(year, int)
        place = (str(record["part"]), str(record["city"]), str(record["about"]), number, year)
        wheres[place].append(str(record["where"]))
    single: dict[str, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    scores: dict[str, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    for (part, city, about, number, year), where in wheres.items():
        figure = Figure(number, about, year, tuple(sorted(where)))
        if part == "factors":
            scores[city][about].append(figure)
        else:
            single[part][city].append(figure)
    return Context(
        edition=edition,
        regions={city: found[0] for city, found in single["region"].items()},
        subregions={city: found[0] for city, found in single["subregion"].items()},
        populations={city: tuple(found) for city, found in single["population"].items()},
        ranks={
            city: min(found, key=lambda figure: float(figure.value))
            for city, found in single["rank"].items()
        },
        factors={
            city: {factor: found[0] for factor, found in by_factor.items() if len(found) == 1}
            for city, by_factor in scores.items()
        },
    )


def find_peers(
    matrix: IncidenceMatrix,
    context: Context,
    city: str,
    *,
    weights: Mapping[str, float] | None = None,
    minimum_known: float = 0.5,
) -> PeerTable:
    """Put the other cities of a matrix beside one city, by context and apart from it by practice.

    Context is Gower's general coefficient (Biometrics 27, 1971): the weighted
    mean of the similarities of the parts that are known of both cities.

    - ``region``, ``subregion``: 1 when they are the same (UN M49), else 0.
    - ``population``: 1 - difference of the logarithms / their range over the cities of the matrix,
      between figures of the same indicator only; where both are known the first of
      :data:`POPULATIONS`, and of several years the two closest to each other.
    - ``rank``: 1 - difference of the places in the edition / their range.
    - ``factors``: the mean over the factors scored for both of 1 - difference of the scores /
      their range. The three columns of 2020/21 whose headings may have changed places do not
      disturb it: a mean over all columns is the same under any order of the headings.

    What is not known of both cities is named and left out, never filled in. Cities for which too
    little is left are listed without a place, because Gower's coefficient would give a city that
    is known by its region alone a full 1.

    Parameters
    ----------
    city
        IRI of a city of the matrix.
    weights
        Weights of some of :data:`PARTS`, 0 or more; the others keep those of :data:`WEIGHTS`.
    minimum_known
        Least share of the weight, 0 to 1, that must be comparable for a place among the peers.

    Raises
    ------
    UnknownNameError
        The city is not among the cities of the matrix.
    ParameterError
        A weight or the least share makes no sense.
    """
    import numpy as np

    chosen = _check_weights(weights)
    if not 0 <= minimum_known <= 1:
        raise ParameterError("bad-parameter", "minimum_known", "0-1", str(minimum_known))
    if city not in matrix.cities:
        raise UnknownNameError("city-not-in-scope", shorten(city), str(len(matrix.cities)))
    home = matrix.cities.index(city)
    others = [row for row in range(len(matrix.cities)) if row != home]
    contexts = compare_contexts(context, city, [matrix.cities[row] for row in others], chosen)
    similarities = np.array(
        [[np.nan if p.similarity is None else p.similarity for p in parts] for parts in contexts]
    ).reshape(len(others), len(PARTS))
    weighed = gower(similarities, np.array([chosen[name] for name in PARTS]))
    values = matrix.values.toarray().astype(bool)
    likenesses = _likenesses(values, home, others, nested=_nested(matrix))
    spread = values.sum(axis=0)
    peers = [
        Peer(
            city=matrix.cities[row],
            context=None
            if math.isnan(weighed.similarity[place])
            else float(weighed.similarity[place]),
            known=float(weighed.known[place]),
            least=float(weighed.least[place]),
            most=float(weighed.most[place]),
            parts=contexts[place],
            practice=likenesses[place],
            programmes=int(matrix.documentation[row]),
            shared=_shared(matrix, values, spread, home, row),
        )
        for place, row in enumerate(others)
    ]
    # Sums of weights such as 0.1 + 0.2 miss a share by a last digit; it must not cost a place.
    placed = [p for p in peers if p.context is not None and p.known >= minimum_known - 1e-12]
    placed.sort(key=lambda peer: (-(peer.context or 0), -peer.known, peer.city))
    places = {peer.city for peer in placed}
    return PeerTable(
        city=city,
        facet=matrix.facet,
        edition=context.edition,
        peers=tuple(placed),
        unranked=tuple(
            sorted((p for p in peers if p.city not in places), key=lambda peer: peer.city)
        ),
        weights=MappingProxyType(chosen),
        minimum_known=minimum_known,
        programmes=int(matrix.documentation[home]),
        reason=None if placed else "nothing-comparable",
    )


def _check_weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    chosen = dict(WEIGHTS)
    for name, weight in (weights or {}).items():
        if name not in chosen:
            raise ParameterError("bad-parameter", "weights", " | ".join(PARTS), name)
        if not (math.isfinite(weight) and weight >= 0):
            raise ParameterError("bad-parameter", f"weights[{name}]", ">= 0", str(weight))
        chosen[name] = float(weight)
    if not any(chosen.values()):
        raise ParameterError("bad-parameter", "weights", "> 0", "0")
    return chosen


class Gower(NamedTuple):
    """Similarity of one thing to others with its bounds; arrays of one entry each."""

    similarity: Floats
    known: Floats
    least: Floats
    most: Floats


def gower(similarities: Floats, weights: Floats) -> Gower:
    """Weighted mean of partial similarities over what is known (Gower, Biometrics 27, 1971).

    Parameters
    ----------
    similarities
        Shape (others, parts), 0 to 1; NaN where a part cannot be compared.
    weights
        One a part, 0 or more, not all 0.

    Returns
    -------
    Gower
        The mean (NaN where nothing is known), the share of the weight that is known, and the
        bounds of the mean when nothing is assumed of the rest (Manski, Partial Identification of
        Probability Distributions, 2003).
    """
    import numpy as np

    compared = ~np.isnan(similarities)
    known = compared @ weights / weights.sum()
    least = np.where(compared, similarities, 0.0) @ weights / weights.sum()
    similarity = np.divide(least, known, out=np.full(len(known), np.nan), where=known > 0)
    return Gower(similarity, known, least, least + 1 - known)


def closeness(here: float, there: Floats, span: float) -> Floats:
    """Gower's similarity of numbers: 1 - difference / range; 1 for equal numbers without range."""
    import numpy as np

    difference: Floats = np.abs(there - here)
    return 1 - (difference / span if span > 0 else difference)


def compare_contexts(
    context: Context, city: str, others: Sequence[str], weights: Mapping[str, float]
) -> list[tuple[Part, ...]]:
    """Compare the context of one city with that of others, part by part.

    Returns
    -------
    list
        For each of ``others`` the parts in the order of :data:`PARTS`.
    """
    everyone = (city, *others)
    columns = (
        _nominal("region", context.regions, city, others, weights["region"]),
        _nominal("subregion", context.subregions, city, others, weights["subregion"]),
        _populations(context.populations, city, others, weights["population"]),
        _ranks(context.ranks, city, others, weights["rank"]),
        _factors(
            {name: context.factors.get(name, {}) for name in everyone},
            city,
            others,
            weights["factors"],
        ),
    )
    return list(zip(*columns, strict=True))


def _missing(here: object, there: object) -> MissingPart | None:
    if here and there:
        return None
    return "unknown-there" if here else "unknown-here" if there else "unknown-both"


def _nominal(
    name: PartName, figures: Mapping[str, Figure], city: str, others: Sequence[str], weight: float
) -> list[Part]:
    parts = []
    for other in others:
        here, there = _known(figures, city), _known(figures, other)
        missing = _missing(here, there)
        alike = None if missing else float(here[0].value == there[0].value)
        parts.append(Part(name, weight, alike, here, there, missing))
    return parts


def _known(figures: Mapping[str, Figure], city: str) -> tuple[Figure, ...]:
    return (figures[city],) if city in figures else ()


def _populations(
    figures: Mapping[str, tuple[Figure, ...]], city: str, others: Sequence[str], weight: float
) -> list[Part]:
    logarithms: dict[str, list[float]] = defaultdict(list)
    for one in (city, *others):
        for figure in figures.get(one, ()):
            logarithms[figure.about].append(math.log10(float(figure.value)))
    spans = {about: max(found) - min(found) for about, found in logarithms.items()}
    parts = []
    for other in others:
        here, there = figures.get(city, ()), figures.get(other, ())
        missing = _missing(here, there)
        pair = None if missing else _closest_years(here, there)
        if pair is None:
            parts.append(
                Part("population", weight, None, here, there, missing or "different-kinds")
            )
            continue
        apart = abs(math.log10(float(pair[0].value)) - math.log10(float(pair[1].value)))
        span = spans[pair[0].about]
        alike = 1 - (apart / span if span > 0 else 0)
        parts.append(Part("population", weight, alike, pair[:1], pair[1:], None))
    return parts


def _closest_years(
    here: tuple[Figure, ...], there: tuple[Figure, ...]
) -> tuple[Figure, Figure] | None:
    """Two figures of one indicator whose years are closest, the later of equals."""
    pairs = [(mine, its) for mine in here for its in there if mine.about == its.about]
    if not pairs:
        return None

    def order(pair: tuple[Figure, Figure]) -> tuple[int, float, int, float, float]:
        mine, its = pair
        apart = math.inf if mine.year is None or its.year is None else abs(mine.year - its.year)
        latest = -(mine.year or 0) - (its.year or 0)
        return (POPULATIONS.index(mine.about), apart, latest, float(mine.value), float(its.value))

    return min(pairs, key=order)


def _ranks(
    figures: Mapping[str, Figure], city: str, others: Sequence[str], weight: float
) -> list[Part]:
    import numpy as np

    places = np.array(
        [float(figures[one].value) if one in figures else np.nan for one in (city, *others)]
    )
    known = places[~np.isnan(places)]
    alike = closeness(places[0], places[1:], float(np.ptp(known)) if len(known) else 0.0)
    parts = []
    for place, other in enumerate(others):
        here, there = _known(figures, city), _known(figures, other)
        missing = _missing(here, there)
        parts.append(
            Part("rank", weight, None if missing else float(alike[place]), here, there, missing)
        )
    return parts


def _factors(
    figures: Mapping[str, Mapping[str, Figure]], city: str, others: Sequence[str], weight: float
) -> list[Part]:
    import numpy as np

    factors = sorted({factor for found in figures.values() for factor in found})
    scores = np.array(
        [
            [float(figures[one][f].value) if f in figures[one] else np.nan for f in factors]
            for one in (city, *others)
        ]
    ).reshape(1 + len(others), len(factors))
    alike = np.empty((len(others), len(factors)))
    for column in range(len(factors)):
        found = scores[:, column]
        span = float(np.ptp(found[~np.isnan(found)]))
        alike[:, column] = closeness(found[0], found[1:], span)
    mean = gower(alike, np.ones(len(factors))).similarity if factors else None
    parts = []
    for place, other in enumerate(others):
        both = [f for f in factors if f in figures[city] and f in figures[other]]
        missing = _missing(figures[city], figures[other])
        if mean is None or not both:
            here, there = tuple(figures[city].values()), tuple(figures[other].values())
            # Two cities with scores on different factors only have none in common.
            missing = missing or "unknown-both"
            parts.append(Part("factors", weight, None, here, there, missing, tuple(factors)))
            continue
        parts.append(
            Part(
                "factors",
                weight,
                float(mean[place]),
                tuple(figures[city][factor] for factor in both),
                tuple(figures[other][factor] for factor in both),
                None,
                tuple(factor for factor in factors if factor not in both),
            )
        )
    return parts


class Overlaps(NamedTuple):
    """Practices of one city and others; arrays of one entry a city, NaN where not defined."""

    own: int
    theirs: NDArray[np.int64]
    shared: NDArray[np.int64]
    jaccard: Floats
    overlap: Floats


def overlaps(home: Booleans, others: Booleans) -> Overlaps:
    """Jaccard's index and the overlap coefficient of one record with others.

    Parameters
    ----------
    home
        Shape (concepts,).
    others
        Shape (cities, concepts).

    Returns
    -------
    Overlaps
        Jaccard (Bulletin de la Société vaudoise des sciences naturelles 37, 1901) and overlap
        (Szymkiewicz 1934; Simpson 1943), NaN where one of the records is empty.
    """
    import numpy as np

    own = int(home.sum())
    theirs = others.sum(axis=1, dtype=np.int64)
    shared = (others & home).sum(axis=1, dtype=np.int64)
    defined = (theirs > 0) & (own > 0)
    undefined = np.full(len(theirs), np.nan)
    return Overlaps(
        own,
        theirs,
        shared,
        np.divide(shared, own + theirs - shared, out=undefined.copy(), where=defined),
        np.divide(shared, np.minimum(own, theirs), out=undefined.copy(), where=defined),
    )


class Chances(NamedTuple):
    """Shared practices by chance; arrays of one entry a city. ``z`` is NaN without any spread."""

    expected: Floats
    z: Floats
    p_value: Floats


def chance_of_equals(home: Booleans, others: Booleans) -> Chances:
    """Shared practices when each record is drawn from equally common practices.

    The number shared is then hypergeometric: as many draws as the other city has practices, from
    all concepts of the matrix, of which this city has ``home.sum()`` (the model of Veech, Global
    Ecology and Biogeography 22, 2013, with cities in the place of species).
    """
    import numpy as np
    from scipy.stats import hypergeom

    met, size = overlaps(home, others), len(home)
    # Mean and variance in closed form: scipy computes the kurtosis with them and warns about it.
    expected = met.own * met.theirs / size
    variance = expected * (size - met.own) * (size - met.theirs) / (size * max(size - 1, 1))
    tail = hypergeom.sf(met.shared - 1, size, met.own, met.theirs)
    return Chances(expected, _z(met.shared, expected, variance), np.clip(tail, 0.0, 1.0))


def chance_by_popularity(home: Booleans, others: Booleans) -> Chances:
    """Shared practices when common practices are drawn as often as they are common.

    The record of the other city is a draw of as many practices as it has, in which each practice
    has the odds with which the remaining cities (neither of the two) have it, a half added to
    both counts. The number that falls among the practices of this city then has an exact
    distribution, computed from two Poisson-binomials (conditional Bernoulli: Chen, Dempster and
    Liu, Biometrika 81, 1994; Chen and Liu, Statistica Sinica 7, 1997). With equal odds it is the
    hypergeometric of :func:`chance_of_equals`.

    Parameters
    ----------
    home
        Shape (concepts,).
    others
        Shape (cities, concepts): all other cities that have a record, each row compared with
        ``home`` and counted in the popularity that all rows but itself meet.
    """
    import numpy as np

    elsewhere = others.sum(axis=0) - others
    odds = (elsewhere + 0.5) / (len(others) - 1 - elsewhere + 0.5)
    met = overlaps(home, others)
    null = overlap_distribution(home, met.theirs, odds)
    counts = np.arange(null.shape[1])
    expected = null @ counts
    variance = null @ counts**2 - expected**2
    tail = np.where(counts >= met.shared[:, None], null, 0.0).sum(axis=1)
    return Chances(expected, _z(met.shared, expected, variance), np.clip(tail, 0.0, 1.0))


def _z(shared: NDArray[np.int64], expected: Floats, variance: Floats) -> Floats:
    import numpy as np

    # A variance below this is what rounding leaves where only one number is possible.
    possible = variance > 1e-9
    deviation = np.sqrt(np.where(possible, variance, 1.0))
    return np.where(possible, (shared - expected) / deviation, np.nan)


def overlap_distribution(home: Booleans, sizes: NDArray[np.int64], odds: Floats) -> Floats:
    """How many of ``sizes`` concepts, drawn with given odds, fall among those of ``home``.

    Parameters
    ----------
    home
        Shape (concepts,).
    sizes
        Concepts in each draw, shape (draws,).
    odds
        Shape (draws, concepts), above 0.

    Returns
    -------
    numpy.ndarray
        Probabilities of 0 to ``home.sum()``, shape (draws, home.sum() + 1).
    """
    import numpy as np
    from scipy.special import expit

    # The condition on the size makes any common factor of the odds cancel. The factor that makes
    # the expected size the true one keeps the numbers below away from underflow.
    logarithms = np.log(odds)
    low = np.full((len(sizes), 1), -60.0)
    high = -low
    for _ in range(50):
        middle = (low + high) / 2
        small = expit(logarithms + middle).sum(axis=1, keepdims=True) < sizes[:, None]
        low, high = np.where(small, middle, low), np.where(small, high, middle)
    chances = expit(logarithms + (low + high) / 2)
    inside, outside = _poisson_binomial(chances[:, home]), _poisson_binomial(chances[:, ~home])
    rest = sizes[:, None] - np.arange(inside.shape[1])
    possible = (rest >= 0) & (rest < outside.shape[1])
    at = np.clip(rest, 0, outside.shape[1] - 1)
    joint = inside * np.where(possible, np.take_along_axis(outside, at, axis=1), 0.0)
    result: Floats = joint / joint.sum(axis=1, keepdims=True)
    return result


def _poisson_binomial(chances: Floats) -> Floats:
    """Distribution of the number of successes of each row of independent trials."""
    import numpy as np

    # scipy.stats.poisson_binom is younger (1.15) than the scipy that the package asks for, and
    # takes one set of trials at a time.
    rows, trials = chances.shape
    found = np.zeros((rows, trials + 1))
    found[:, 0] = 1
    for trial in range(trials):
        success = chances[:, trial, None]
        found[:, 1:] = found[:, 1:] * (1 - success) + found[:, :-1] * success
        found[:, :1] *= 1 - success
    return found


def _nested(matrix: IncidenceMatrix) -> bool:
    """Whether a column of the matrix contains another: a broader concept beside a narrower."""
    columns = set(matrix.concepts)
    return any(link.direct != link.concept and link.direct in columns for link in matrix.links)


def _likenesses(
    values: Booleans, home: int, others: Sequence[int], *, nested: bool
) -> list[Likeness]:
    import numpy as np

    met = overlaps(values[home], values[others])
    documented = np.flatnonzero(~np.isnan(met.jaccard))
    rows = values[np.array(others, dtype=np.int64)[documented]]
    equal: dict[int, Chance] = {}
    popular: dict[int, Chance] = {}
    if len(documented) and not nested:
        equal = _by_place(documented, chance_of_equals(values[home], rows))
        # The city compared is not among those whose records say what is popular.
        if len(documented) > FEWEST_FOR_POPULARITY:
            popular = _by_place(documented, chance_by_popularity(values[home], rows))

    def why(place: int) -> NoLikeness | None:
        if met.own == 0:
            return "nothing-here"
        if met.theirs[place] == 0:
            return "nothing-there"
        return "nested-concepts" if nested else None

    return [
        Likeness(
            own=met.own,
            theirs=int(met.theirs[place]),
            shared=int(met.shared[place]),
            of=values.shape[1],
            jaccard=None if np.isnan(met.jaccard[place]) else float(met.jaccard[place]),
            overlap=None if np.isnan(met.overlap[place]) else float(met.overlap[place]),
            equal=equal.get(place),
            popular=popular.get(place),
            reason=why(place),
        )
        for place in range(len(others))
    ]


def _by_place(places: NDArray[np.int64], chances: Chances) -> dict[int, Chance]:
    from scipy.stats import false_discovery_control

    corrected = false_discovery_control(chances.p_value)
    return {
        int(place): Chance(
            float(chances.expected[row]),
            None if math.isnan(chances.z[row]) else float(chances.z[row]),
            float(chances.p_value[row]),
            float(corrected[row]),
        )
        for row, place in enumerate(places)
    }


def _shared(
    matrix: IncidenceMatrix, values: Booleans, spread: NDArray[np.int64], home: int, row: int
) -> tuple[SharedConcept, ...]:
    found = [
        SharedConcept(
            matrix.concepts[column],
            int(spread[column]),
            matrix.evidence(matrix.cities[home], matrix.concepts[column]),
            matrix.evidence(matrix.cities[row], matrix.concepts[column]),
        )
        for column in (values[home] & values[row]).nonzero()[0]
    ]
    return tuple(sorted(found, key=lambda shared: (shared.cities, shared.concept)))
