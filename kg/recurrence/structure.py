"""Structure of the incidence: sets of practices that cities share, and rules among them.

Formal concepts (Ganter and Wille, Formal Concept Analysis, 1999) are the sets of cities and of
practices that belong to each other: all cities with these practices on record, all practices on
record in each of these cities. Association rules (Agrawal and Srikant, VLDB 1994) say how often a
practice is on record where others are.

Both describe the record. What is not documented is unknown, so that a set of practices is the
least that these cities share, and a city that a rule does not fit may only be less documented. A
lift above 1 is no evidence by itself: well-documented cities have more of everything, which lifts
every pair. Only a null model that keeps the documentation of cities can tell
(:mod:`kg.recurrence.association`).
"""

from __future__ import annotations

import heapq
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, Literal

from kg.errors import MissingPackageError, ParameterError
from kg.recurrence.incidence import Link
from kg.recurrence.matrix import IncidenceMatrix
from kg.results import Table, Value, from_value
from kg.terms import shorten

if TYPE_CHECKING:
    import numpy as np
    import pandas
    from numpy.typing import NDArray

Part = Literal["both", "antecedent", "consequent"]

# Message keys. A caution holds for every result of its kind, a reason says why there is nothing.
RECORD_ONLY: Final = "record-only"
LIFT_ALONE: Final = "lift-alone"
NOTHING_DOCUMENTED: Final = "nothing-documented"
TOO_FEW_DOCUMENTED: Final = "too-few-documented"
NOTHING_RECURS: Final = "nothing-recurs"
NOTHING_TOGETHER: Final = "nothing-together"
NO_RULE: Final = "no-rule"

# Different intents met while the stability of one concept is counted: about 10 ms to get there.
# No facet of the shipped facts needs a third of it (1,196 for practices of all levels).
_MOST_STATES: Final = 4096


@dataclass(frozen=True)
class Node:
    """One formal concept by row and column numbers.

    Attributes
    ----------
    extent, intent
        Rows and columns, ascending: all rows with these columns, all columns of these rows.
    upper
        Places of the upper neighbours in the list, ascending: the next more general concepts.
    delta
        Fewest rows whose removal makes the rest share more columns: the least difference from a
        concept below, which bounds the stability (Buzmakov, Kuznetsov and Napoli, Scalable
        estimates of concept stability, 2014). None when the rows have all columns already.
    """

    extent: tuple[int, ...]
    intent: tuple[int, ...]
    upper: tuple[int, ...]
    delta: int | None


@dataclass(frozen=True)
class MinedRules:
    """Association rules by column numbers, highest confidence first.

    All arrays have one entry a rule. ``conviction`` is infinite where nothing contradicts.

    Attributes
    ----------
    both, antecedent_rows, consequent_rows
        Rows with all columns of the rule, of its antecedent, of its consequent.
    rows
        The denominator of all shares.
    redundant
        Rules within the thresholds that were left out because a shorter one says as much.
    nested
        Sets of columns that were left out because two of them are nested.
    sets
        Sets of at least two columns, not nested, that enough rows share.
    """

    antecedents: tuple[tuple[int, ...], ...]
    consequents: tuple[tuple[int, ...], ...]
    both: NDArray[np.int64]
    antecedent_rows: NDArray[np.int64]
    consequent_rows: NDArray[np.int64]
    confidence: NDArray[np.float64]
    lift: NDArray[np.float64]
    leverage: NDArray[np.float64]
    conviction: NDArray[np.float64]
    rows: int
    redundant: int
    nested: int
    sets: int


@dataclass(frozen=True)
class FormalConcept:
    """Cities and practices that belong to each other on the record.

    Attributes
    ----------
    extent
        IRIs of all cities with the whole intent on record, in the order of the matrix.
    intent
        IRIs of all concepts on record in every city of the extent, sorted. Empty at the top of
        the lattice when nothing is on record in all documented cities.
    own_cities, own_concepts
        The reduced labels of a line diagram (Ganter and Wille 1999): cities with
        just this intent on record; concepts on record in just these cities.
    support
        Cities of the extent / documented cities, 0 to 1.
    stability
        Share of the subsets of the extent that have the same intent, 0 to 1 (intensional
        stability: Kuznetsov, Annals of Mathematics and Artificial Intelligence 49, 2007): how
        likely the set of practices stays if each city had been on record with probability 1/2.
        None where it is too long to count.
    delta
        Fewest cities without which the others share more: 1 when the set hangs on one city. None
        when they share everything already.
    upper
        Places of the next more general concepts in ``ConceptLattice.rows``.
    """

    extent: tuple[str, ...]
    intent: tuple[str, ...]
    own_cities: tuple[str, ...]
    own_concepts: tuple[str, ...]
    support: float
    stability: float | None
    delta: int | None
    upper: tuple[int, ...]


@dataclass(frozen=True)
class ConceptLattice:
    """The formal concepts of a matrix with the most cities: an iceberg lattice.

    Attributes
    ----------
    rows
        Most cities first, then by intent. The upper neighbours of every row are rows, too.
    documented
        Cities of the scope with at least one concept on record: the denominator of support.
    minimum, at_most
        The bounds that were asked for.
    complete
        False when ``at_most`` cut off concepts of ``minimum`` cities or more; the cut may part
        concepts of equally many cities.
    reason
        Message key and values when there is nothing to see; None otherwise.
    caution
        Message key of what holds for all rows.
    """

    matrix: IncidenceMatrix = field(repr=False)
    rows: tuple[FormalConcept, ...]
    documented: int
    minimum: int
    at_most: int | None
    complete: bool
    reason: tuple[str, ...] | None
    caution: str = RECORD_ONLY

    def evidence(self, row: FormalConcept) -> tuple[Link, ...]:
        """What stands behind one formal concept: the links of each city with each concept."""
        return _links(self.matrix, row.extent, row.intent)

    def to_table(self, names: Mapping[str, str] | None = None) -> Table:
        """The formal concepts as a table of RDF terms, with names when a mapping is given.

        ``number`` counts rows from 1, and ``upper`` lists numbers.
        """
        variables = (
            "number",
            "concepts",
            "cities",
            "documented",
            "of",
            "support",
            "stability",
            "delta",
            "claims",
            "sources",
            "upper",
            "concept_list",
            "city_list",
        )
        rows: list[tuple[Value, ...]] = []
        for number, row in enumerate(self.rows, start=1):
            links = self.evidence(row)
            rows.append(
                (
                    number,
                    len(row.intent),
                    len(row.extent),
                    self.documented,
                    len(self.matrix.cities),
                    row.support,
                    row.stability,
                    row.delta,
                    len({link.claim for link in links}),
                    len({link.source for link in links}),
                    "; ".join(str(place + 1) for place in row.upper),
                    _listed(row.intent, names),
                    _listed(row.extent, names),
                )
            )
        brief = ("concept_list", "cities", "documented", "stability", "city_list")
        cells = tuple(tuple(from_value(cell) for cell in row) for row in rows)
        return Table(variables, cells, brief)


@dataclass(frozen=True)
class AssociationRule:
    """Where the antecedent is on record, the consequent is, too, so often.

    With n documented cities, of which a have the antecedent, c the consequent and b both:

    Attributes
    ----------
    antecedent, consequent
        IRIs of concepts, sorted.
    cities
        IRIs of the b cities with both, in the order of the matrix.
    antecedent_cities, consequent_cities
        IRIs of the a and of the c cities.
    exceptions
        IRIs of the a - b cities where the consequent is not on record: unknown, not absent.
    support
        b / n (Agrawal and Srikant 1994).
    confidence
        b / a (the same).
    lift
        b n / (a c), 1 when the two are independent (as interest: Brin, Motwani, Ullman and Tsur,
        SIGMOD 1997). No evidence by itself: see the module.
    leverage
        b / n - a c / n², 0 when independent (Piatetsky-Shapiro, Knowledge Discovery in
        Databases, 1991).
    conviction
        (1 - c / n) / (1 - b / a), 1 when independent, infinite without an exception (Brin et
        al. 1997).
    """

    antecedent: tuple[str, ...]
    consequent: tuple[str, ...]
    cities: tuple[str, ...]
    antecedent_cities: tuple[str, ...]
    consequent_cities: tuple[str, ...]
    exceptions: tuple[str, ...]
    support: float
    confidence: float
    lift: float
    leverage: float
    conviction: float


@dataclass(frozen=True)
class RuleTable:
    """Association rules of a matrix, by confidence and then by cities, highest first.

    The order is no ranking of evidence. A lift without a null model is none by itself, whatever
    its size: ``caution`` holds the key of the message that says so.

    Attributes
    ----------
    documented
        Cities of the scope with at least one concept on record: the denominator of all shares.
    minimum, confidence, lift, longest, consequents, at_most
        The thresholds that were asked for.
    redundant
        Rules within the thresholds that were left out because a shorter rule says as much.
    nested
        Sets of concepts that were left out because every claim for one of them counts for
        another, too, as for a practice and its theme.
    left_out
        Rules beyond ``at_most``.
    reason
        Message key and values when there is no rule; None otherwise.
    caution
        Message key of what holds for all rows.
    """

    matrix: IncidenceMatrix = field(repr=False)
    rows: tuple[AssociationRule, ...]
    documented: int
    minimum: int
    confidence: float
    lift: float
    longest: int
    consequents: int
    at_most: int | None
    redundant: int
    nested: int
    left_out: int
    reason: tuple[str, ...] | None
    caution: str = LIFT_ALONE

    def evidence(self, row: AssociationRule, part: Part = "both") -> tuple[Link, ...]:
        """What stands behind one rule.

        Parameters
        ----------
        part
            ``both``: all concepts of the rule in the cities that have all of them (support);
            ``antecedent`` and ``consequent``: that side in all cities that have it (the
            denominators of confidence and of lift).
        """
        if part == "antecedent":
            return _links(self.matrix, row.antecedent_cities, row.antecedent)
        if part == "consequent":
            return _links(self.matrix, row.consequent_cities, row.consequent)
        return _links(self.matrix, row.cities, (*row.antecedent, *row.consequent))

    def to_table(self, names: Mapping[str, str] | None = None) -> Table:
        """The rules as a table of RDF terms, with names when a mapping is given.

        An infinite conviction leaves its cell empty.
        """
        variables = (
            "antecedent",
            "consequent",
            "cities",
            "antecedent_cities",
            "consequent_cities",
            "documented",
            "of",
            "support",
            "confidence",
            "lift",
            "leverage",
            "conviction",
            "claims",
            "sources",
            "city_list",
            "exception_list",
        )
        rows: list[tuple[Value, ...]] = []
        for row in self.rows:
            links = self.evidence(row)
            rows.append(
                (
                    _listed(row.antecedent, names),
                    _listed(row.consequent, names),
                    len(row.cities),
                    len(row.antecedent_cities),
                    len(row.consequent_cities),
                    self.documented,
                    len(self.matrix.cities),
                    row.support,
                    row.confidence,
                    row.lift,
                    row.leverage,
                    row.conviction,
                    len({link.claim for link in links}),
                    len({link.source for link in links}),
                    _listed(row.cities, names),
                    _listed(row.exceptions, names),
                )
            )
        brief = (
            *("antecedent", "consequent", "cities", "antecedent_cities", "confidence", "lift"),
            "exception_list",
        )
        cells = tuple(tuple(from_value(cell) for cell in row) for row in rows)
        return Table(variables, cells, brief)


def build_lattice(
    matrix: IncidenceMatrix,
    *,
    minimum: int = 2,
    at_most: int | None = 1_000,
    progress: Callable[[int, int], None] | None = None,
) -> ConceptLattice:
    """Find the sets of cities that share a set of practices on the record.

    Parameters
    ----------
    minimum
        Leave out sets of fewer cities.
    at_most
        Keep so many, those of most cities; None for all.
    progress
        Called with (found, found and known to come).

    Raises
    ------
    ParameterError
        ``minimum`` is negative, or ``at_most`` not positive.
    MissingPackageError
        The package ``concepts`` is not installed.
    """
    import numpy as np

    values, cities = _documented(matrix)
    nodes, complete = enumerate_concepts(
        values, minimum=minimum, at_most=at_most, progress=progress
    )
    in_city, in_concept = values.sum(axis=1), values.sum(axis=0)
    rows = []
    for node in nodes:
        extent, intent = np.array(node.extent, np.intp), np.array(node.intent, np.intp)
        own_cities = extent[in_city[extent] == len(intent)]
        own_concepts = intent[in_concept[intent] == len(extent)]
        rows.append(
            FormalConcept(
                extent=_chosen(cities, node.extent),
                intent=_chosen(matrix.concepts, node.intent),
                own_cities=_chosen(cities, own_cities.tolist()),
                own_concepts=_chosen(matrix.concepts, own_concepts.tolist()),
                support=len(node.extent) / len(cities),
                stability=intensional_stability(values, node.extent),
                delta=node.delta,
                upper=node.upper,
            )
        )
    reason = _lack(matrix, cities, minimum)
    if reason is None and complete and not any(row.intent for row in rows):
        reason = (NOTHING_RECURS, str(minimum))
    return ConceptLattice(
        matrix=matrix,
        rows=tuple(rows),
        documented=len(cities),
        minimum=minimum,
        at_most=at_most,
        complete=complete,
        reason=reason,
    )


def find_rules(
    matrix: IncidenceMatrix,
    *,
    minimum: int = 3,
    confidence: float = 0.6,
    lift: float = 1.0,
    longest: int = 3,
    consequents: int = 1,
    at_most: int | None = None,
) -> RuleTable:
    """Find association rules among the practices of documented cities.

    A lift without a null model is no evidence by itself (see the module): the rules are a
    description, and where to look for what the association analysis can test.

    Sets that hold a concept and one that every claim for it counts for as well, as a practice and
    its theme, are left out: their rules hold by the vocabulary and not by what cities do (Srikant
    and Agrawal, Mining generalized association rules, VLDB 1995).

    Parameters
    ----------
    minimum
        Leave out rules that fewer cities support.
    confidence, lift
        Leave out rules below.
    longest
        Most concepts in a rule, both sides together. Sets, and the time, grow steeply with it.
    consequents
        Most concepts on the right side.
    at_most
        Keep so many rules; None for all.

    Raises
    ------
    ParameterError
        A threshold makes no sense.
    MissingPackageError
        mlxtend or pandas is not installed.
    """
    import numpy as np

    if at_most is not None and at_most < 1:
        raise ParameterError("bad-parameter", "at_most", "1, 2, 3 …", str(at_most))
    values, cities = _documented(matrix)
    mined = mine_rules(
        values,
        minimum=minimum,
        confidence=confidence,
        lift=lift,
        longest=longest,
        consequents=consequents,
        nested=_nested(matrix),
    )
    rows = []
    for place in range(len(mined.both[:at_most])):
        left, right = list(mined.antecedents[place]), list(mined.consequents[place])
        has_left, has_right = values[:, left].all(axis=1), values[:, right].all(axis=1)
        rows.append(
            AssociationRule(
                antecedent=_chosen(matrix.concepts, left),
                consequent=_chosen(matrix.concepts, right),
                cities=_chosen(cities, np.flatnonzero(has_left & has_right).tolist()),
                antecedent_cities=_chosen(cities, np.flatnonzero(has_left).tolist()),
                consequent_cities=_chosen(cities, np.flatnonzero(has_right).tolist()),
                exceptions=_chosen(cities, np.flatnonzero(has_left & ~has_right).tolist()),
                support=int(mined.both[place]) / mined.rows,
                confidence=float(mined.confidence[place]),
                lift=float(mined.lift[place]),
                leverage=float(mined.leverage[place]),
                conviction=float(mined.conviction[place]),
            )
        )
    reason = _lack(matrix, cities, minimum)
    if reason is None and not mined.sets:
        reason = (NOTHING_TOGETHER, str(minimum))
    elif reason is None and not rows:
        reason = (NO_RULE, str(minimum), str(confidence), str(lift))
    return RuleTable(
        matrix=matrix,
        rows=tuple(rows),
        documented=len(cities),
        minimum=minimum,
        confidence=confidence,
        lift=lift,
        longest=longest,
        consequents=consequents,
        at_most=at_most,
        redundant=mined.redundant,
        nested=mined.nested,
        left_out=len(mined.both) - len(rows),
        reason=reason,
    )


def enumerate_concepts(
    values: NDArray[Any],
    *,
    minimum: int = 2,
    at_most: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Node], bool]:
    """List the formal concepts of a context, those of most rows first.

    The part of the lattice with enough rows is an iceberg (Stumme, Taouil, Bastide, Pasquier and
    Lakhal, Data and Knowledge Engineering 42, 2002). It is read from the top down, so that what
    lies below the bounds costs nothing: the package ``concepts`` gives the neighbours of a
    concept (Lindig, Fast Concept Analysis, 2000), and those of most rows come next.

    Parameters
    ----------
    values
        Rows by columns, 0 and 1, dense.
    minimum
        Fewest rows of an extent; with 0 the bottom of the lattice comes, too.
    at_most
        Stop after so many; None for all.
    progress
        Called with (found, found and known to come).

    Returns
    -------
    nodes
        By rows, most first, then by intent. A more general concept comes before a more special
        one, so that the upper neighbours of each are in the list.
    complete
        False when ``at_most`` cut off concepts with enough rows.

    Raises
    ------
    ParameterError
        ``minimum`` is negative, or ``at_most`` not positive.
    MissingPackageError
        The package ``concepts`` is not installed.
    """
    import numpy as np

    if minimum < 0:
        raise ParameterError("bad-parameter", "minimum", "0, 1, 2 …", str(minimum))
    if at_most is not None and at_most < 1:
        raise ParameterError("bad-parameter", "at_most", "1, 2, 3 …", str(at_most))
    rows, columns = values.shape
    if rows == 0 or rows < minimum:
        return [], True
    if columns == 0:  # the package refuses a context without attributes
        return [Node(tuple(range(rows)), (), (), None)], True
    try:
        from concepts import Context
    except ImportError as error:
        raise MissingPackageError("missing-package", "concepts", "analysis") from error
    # The package gives upper neighbours. With rows and columns exchanged they are the lower
    # ones. Labels must be disjoint: columns are 0, 1, …, and rows -1, -2, ….
    context = Context(
        tuple(range(columns)),
        tuple(range(-1, -rows - 1, -1)),
        [tuple(column) for column in values.astype(bool).T.tolist()],
    )
    top = tuple(np.flatnonzero(values.all(axis=0)).tolist())
    extents: dict[tuple[int, ...], tuple[int, ...]] = {top: tuple(range(rows))}
    above: dict[tuple[int, ...], list[int]] = {top: []}
    waiting = [(-rows, top)]
    nodes: list[Node] = []
    while waiting and (at_most is None or len(nodes) < at_most):
        _, intent = heapq.heappop(waiting)
        extent = extents.pop(intent)
        next_rows = []
        for lower, labels in context.neighbors(intent):
            next_rows.append(len(labels))
            if len(labels) < minimum:
                continue
            if lower not in above:
                above[lower] = []
                extents[lower] = tuple(-1 - label for label in labels)
                heapq.heappush(waiting, (-len(labels), lower))
            above[lower].append(len(nodes))
        # All upper neighbours have more rows and so came before: the list is whole and sorted.
        nodes.append(
            Node(
                extent=extent,
                intent=intent,
                upper=tuple(above[intent]),
                delta=len(extent) - max(next_rows) if next_rows else None,
            )
        )
        if progress is not None:
            progress(len(nodes), len(nodes) + len(waiting))
    return nodes, not waiting


def intensional_stability(values: NDArray[Any], extent: Sequence[int]) -> float | None:
    """Share of the subsets of some rows that have the same columns in common as all of them.

    Intensional stability of the concept with this extent (Kuznetsov 2007), counted exactly: rows
    are taken one after the other, and of the 2^n subsets only how many have each intent is kept,
    which is at most the number of concepts below.

    Parameters
    ----------
    values
        Rows by columns, 0 and 1, dense.
    extent
        Numbers of the rows.

    Returns
    -------
    float or None
        Above 0, at most 1; None when more than 4,096 different intents turn up.
    """
    held = values[list(extent)].astype(bool)
    # A subset has the same intent when none of the other columns is common to it.
    others = held[:, ~held.all(axis=0)]
    masks = Counter(sum(1 << int(place) for place in row.nonzero()[0]) for row in others)
    just = masks.pop(0, 0)  # any subset with one of these rows has the same intent
    # The empty subset has all columns. Equal rows count once: none of them, or any of the rest.
    subsets = {(1 << others.shape[1]) - 1: 1}
    for mask, rows in sorted(masks.items()):
        some = (1 << rows) - 1
        grown = defaultdict(int, subsets)
        for intent, number in subsets.items():
            grown[intent & mask] += some * number
        if len(grown) > _MOST_STATES:
            return None
        subsets = dict(grown)
    rest = 1 << sum(masks.values())
    same = subsets.get(0, 0) + rest * ((1 << just) - 1)
    return same / (rest << just)


def mine_rules(
    values: NDArray[Any],
    *,
    minimum: int = 3,
    confidence: float = 0.6,
    lift: float = 1.0,
    longest: int = 3,
    consequents: int = 1,
    nested: NDArray[np.bool_] | None = None,
) -> MinedRules:
    """Mine association rules among the columns.

    Frequent sets by FP-growth (Han, Pei and Yin, SIGMOD 2000) and the measures of the rules come
    from mlxtend; thresholds and redundancy are decided on whole numbers of rows.

    A rule is redundant when its antecedent without some columns leads to the same consequent with
    the same or higher confidence (Bayardo, Agrawal and Gunopulos, Data Mining and Knowledge
    Discovery 4, 2000). The empty antecedent is one of those: its confidence is the share of rows
    with the consequent, so that a lift of 1 or less is redundant, whatever ``lift`` asks for.

    Parameters
    ----------
    values
        Rows by columns, 0 and 1, dense.
    minimum
        Fewest rows with all columns of a rule.
    confidence, lift
        Least values.
    longest, consequents
        Most columns of a rule, and of its right side.
    nested
        Columns by columns: True where the first cannot be met without the second, by definition.
        Sets with such a pair, in either direction, are left out.

    Raises
    ------
    ParameterError
        A threshold makes no sense.
    MissingPackageError
        mlxtend or pandas is not installed.
    """
    import numpy as np

    if minimum < 1:
        raise ParameterError("bad-parameter", "minimum", "1, 2, 3 …", str(minimum))
    if not 0 < confidence <= 1:
        raise ParameterError("bad-parameter", "confidence", "0 < … <= 1", str(confidence))
    if not lift >= 0:
        raise ParameterError("bad-parameter", "lift", ">= 0", str(lift))
    if longest < 2:
        raise ParameterError("bad-parameter", "longest", "2, 3, 4 …", str(longest))
    if consequents < 1:
        raise ParameterError("bad-parameter", "consequents", "1, 2, 3 …", str(consequents))
    rows = len(values)
    found, sets, left_out = None, 0, 0
    if values.size and rows >= minimum:
        found, sets, left_out = _rules_of_sets(values, minimum, confidence, longest, nested)
    if found is None:
        count, figure = np.zeros(0, np.int64), np.zeros(0)
        return MinedRules(
            antecedents=(),
            consequents=(),
            both=count,
            antecedent_rows=count,
            consequent_rows=count,
            confidence=figure,
            lift=figure,
            leverage=figure,
            conviction=figure,
            rows=rows,
            redundant=0,
            nested=left_out,
            sets=sets,
        )
    # Shares as mlxtend gives them are off by rounding; the counts behind them are whole.
    both, left, right = (
        np.rint(found[name].to_numpy(np.float64) * rows).astype(np.int64)
        for name in ("support", "antecedent support", "consequent support")
    )
    sides = [
        (tuple(sorted(antecedent)), tuple(sorted(consequent)))
        for antecedent, consequent in zip(found["antecedents"], found["consequents"], strict=True)
    ]
    short = np.array([len(consequent) <= consequents for _, consequent in sides])
    exact = both / left
    kept = np.flatnonzero(short & (exact >= confidence) & (both * rows >= lift * left * right))
    counts = {sides[place]: (int(both[place]), int(left[place])) for place in kept.tolist()}
    needed = [
        place
        for place in kept.tolist()
        if both[place] * rows > left[place] * right[place] and not _follows(*sides[place], counts)
    ]
    needed.sort(key=lambda p: (-exact[p], -both[p], len(sides[p][0]), sides[p]))
    return MinedRules(
        antecedents=tuple(sides[place][0] for place in needed),
        consequents=tuple(sides[place][1] for place in needed),
        both=both[needed],
        antecedent_rows=left[needed],
        consequent_rows=right[needed],
        confidence=exact[needed],
        lift=found["lift"].to_numpy(np.float64)[needed],
        leverage=found["leverage"].to_numpy(np.float64)[needed],
        conviction=found["conviction"].to_numpy(np.float64)[needed],
        rows=rows,
        redundant=len(kept) - len(needed),
        nested=left_out,
        sets=sets,
    )


def _rules_of_sets(
    values: NDArray[Any],
    minimum: int,
    confidence: float,
    longest: int,
    nested: NDArray[np.bool_] | None,
) -> tuple[pandas.DataFrame | None, int, int]:
    """All rules of mlxtend, None without any; sets of at least two columns; nested sets."""
    import numpy as np

    try:
        import pandas as pd
    except ImportError as error:
        raise MissingPackageError("missing-package", "pandas", "analysis") from error
    try:
        # mlxtend.frequent_patterns.fpcommon changes the warning filters of the whole process
        # when it is imported; leaving the block puts them back.
        with warnings.catch_warnings():
            from mlxtend.frequent_patterns import (
                association_rules,
                fpgrowth,
            )
    except ImportError as error:
        raise MissingPackageError("missing-package", "mlxtend", "analysis") from error
    rows = len(values)
    # mlxtend asks for ceil(share * rows) rows, and minimum / rows * rows can be above minimum by
    # rounding: a share half a row lower means the same and is safe.
    frequent = fpgrowth(
        pd.DataFrame(values.astype(bool)), min_support=(minimum - 0.5) / rows, max_len=longest
    )
    left_out = 0
    if nested is not None and nested.any():
        pairs = nested | nested.T
        apart = [_apart(columns, pairs) for columns in frequent["itemsets"]]
        left_out = len(apart) - sum(apart)
        frequent = frequent.loc[np.array(apart, dtype=np.bool_)]
    sets = sum(len(columns) > 1 for columns in frequent["itemsets"])
    if not sets:
        return None, 0, left_out
    found = association_rules(
        frequent,
        metric="confidence",
        min_threshold=confidence - 1e-9,  # decided on whole numbers later
        return_metrics=[
            "support",
            "antecedent support",
            "consequent support",
            "lift",
            "leverage",
            "conviction",
        ],
    )
    return (found if len(found) else None), sets, left_out


def _apart(columns: Collection[int], pairs: NDArray[np.bool_]) -> bool:
    return not any(pairs[one, other] for one, other in combinations(columns, 2))


def _follows(
    antecedent: tuple[int, ...],
    consequent: tuple[int, ...],
    counts: Mapping[tuple[tuple[int, ...], tuple[int, ...]], tuple[int, int]],
) -> bool:
    """Whether a rule with a part of the antecedent is as sure.

    Such a rule has at least as many rows, the same or a higher confidence and the lift that goes
    with it: it is within the thresholds when this one is, and so among ``counts``.
    """
    both, left = counts[antecedent, consequent]
    for size in range(1, len(antecedent)):
        for part in combinations(antecedent, size):
            fewer = counts.get((part, consequent))
            if fewer is not None and fewer[0] * left >= both * fewer[1]:
                return True
    return False


def _documented(matrix: IncidenceMatrix) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Dense rows of the cities with any record, and their IRIs."""
    import numpy as np

    known = matrix.documentation > 0
    dense: NDArray[np.bool_] = matrix.values.toarray().astype(bool)[known]
    return dense, _chosen(matrix.cities, np.flatnonzero(known).tolist())


def _nested(matrix: IncidenceMatrix) -> NDArray[np.bool_]:
    """Concepts by concepts: whether each claim for the first counts for the second as well.

    A claim names one concept and counts for all broader ones. The first is nested in the second
    when every concept that claims for the first name also counts for the second.
    """
    import numpy as np
    from scipy.sparse import csr_array

    place = {concept: number for number, concept in enumerate(matrix.concepts)}
    named = {
        concept: number
        for number, concept in enumerate(sorted({link.direct for link in matrix.links}))
    }
    cells = sorted({(place[link.concept], named[link.direct]) for link in matrix.links})
    ones = np.ones(len(cells), np.int64)
    where = np.array(cells, np.int64).reshape(-1, 2).T
    counts = csr_array((ones, (where[0], where[1])), shape=(len(place), len(named)))
    shared = (counts @ counts.T).toarray()
    nested: NDArray[np.bool_] = shared == counts.sum(axis=1)[:, None]
    np.fill_diagonal(nested, False)
    return nested


def _lack(matrix: IncidenceMatrix, cities: Sequence[str], minimum: int) -> tuple[str, ...] | None:
    if not cities:
        return NOTHING_DOCUMENTED, str(len(matrix.cities))
    if len(cities) < minimum:
        return TOO_FEW_DOCUMENTED, str(len(cities)), str(minimum)
    return None


def _links(
    matrix: IncidenceMatrix, cities: Iterable[str], concepts: Sequence[str]
) -> tuple[Link, ...]:
    return tuple(
        link for city in cities for concept in concepts for link in matrix.evidence(city, concept)
    )


def _chosen(iris: Sequence[str], places: Iterable[int]) -> tuple[str, ...]:
    return tuple(iris[place] for place in places)


def _listed(iris: Iterable[str], names: Mapping[str, str] | None) -> str:
    return "; ".join((names or {}).get(iri, shorten(iri)) for iri in iris)
