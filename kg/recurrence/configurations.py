"""Configurations of conditions with an outcome: crisp-set qualitative comparative analysis.

The method is Ragin's (The Comparative Method, 1987; crisp sets as in Rihoux and De Meur 2009,
chapter 3 of Rihoux and Ragin, Configurational Comparative Methods): cities with the same
conditions make one row of a truth table, and the rows with the outcome are written as the
shortest sum of products. It describes which combinations stand beside an outcome on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from kg.catalogue import find_query, run_query
from kg.errors import ParameterError, UnknownNameError
from kg.messages import Language
from kg.recurrence.incidence import Link
from kg.recurrence.matrix import IncidenceMatrix
from kg.results import Table, Term, Value, from_value
from kg.store import Store
from kg.terms import BASE, shorten

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Coding = Literal["positive", "negative", "excluded", "remainder"]
State = Literal["positive", "negative", "contradictory", "remainder"]
Resolution = Literal["exclude", "positive", "negative"]
Kind = Literal["complex", "parsimonious", "intermediate"]

MOST_CONDITIONS: Final = 10
"""More conditions make more than a thousand rows, for which no study of cities has the cases."""

SUSPECT: Final = 0.1
"""Chance of a table without contradictions in random data from which on a result warns."""

ALPHA: Final = 0.05
"""Above this :func:`chance_of_coverage` a result warns that chance would do as well."""

# A condition in a product: recorded, not recorded, or not in the product.
_ABSENT, _PRESENT, _FREE = 0, 1, 2
_STATES: Final[dict[int, State]] = {
    0: "negative",
    1: "positive",
    2: "contradictory",
    -1: "remainder",
}
_RESOLVED: Final[dict[Resolution, Coding]] = {
    "exclude": "excluded",
    "positive": "positive",
    "negative": "negative",
}


class Notice(NamedTuple):
    """A sentence for people in both languages."""

    en: str
    zh: str

    def render(self, language: Language = "en") -> str:
        """The sentence in one language."""
        return self.zh if language == "zh" else self.en


OPEN_WORLD: Final = Notice(
    "In a condition taken from the graph, 0 means not recorded here: unknown, not absent. Read ~X "
    "as 'X is not recorded'; a city of which more is written has more 1s. The sums describe the "
    "record; they do not say what brings an outcome about.",
    "取自图谱的条件若为 0，表示此处未记录：情况未知，不等于不存在。~X 应读作“未记录 X”；"
    "记载越多的城市，取值为 1 的条件也越多。这些表达式只描述记录，不说明结果由什么引起。",
)


# --- arithmetic on arrays -----------------------------------------------------------------------


def count_rows(
    values: NDArray[np.bool_], outcome: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cases of each row of the truth table, and how many of them show the outcome.

    Parameters
    ----------
    values
        Cases by conditions.
    outcome
        One value for each case.

    Returns
    -------
    tuple of arrays
        Each of length 2^k. The place of a row is its configuration read as a binary number, the
        first condition being the highest digit.

    Examples
    --------
    >>> import numpy as np
    >>> count_rows(np.array([[0, 1], [0, 1], [1, 1]], bool), np.array([0, 1, 1], bool))
    (array([0, 2, 0, 1]), array([0, 1, 0, 1]))
    """
    import numpy as np

    size = values.shape[1]
    rows = values.astype(np.int64) @ (1 << np.arange(size)[::-1])
    cases = np.bincount(rows, minlength=2**size)
    return cases, np.bincount(rows[outcome], minlength=2**size)


def row_states(
    cases: NDArray[np.int64],
    positives: NDArray[np.int64],
    *,
    consistency: float = 0.8,
    frequency: int = 1,
) -> NDArray[np.int8]:
    """State of each row: 1 positive, 0 negative, 2 contradictory, -1 remainder.

    A row with fewer cases than ``frequency`` is a remainder. One whose consistency with the
    outcome (Ragin 2006) reaches the cut-off is positive, one whose consistency with the absence
    of the outcome reaches it is negative, and one between is contradictory.
    """
    import numpy as np

    # Counts decide, with room for the binary form of 0.8 and its like.
    needed = consistency * cases - 1e-9
    states = np.full(len(cases), 2, dtype=np.int8)
    states[positives >= needed] = 1
    states[cases - positives >= needed] = 0
    states[cases < frequency] = -1
    return states


def prime_implicants(positive: NDArray[np.bool_], barred: NDArray[np.bool_]) -> NDArray[np.int8]:
    """The widest products that cover some positive row and no barred row.

    Rows that are neither positive nor barred may be covered freely. A product is prime when
    leaving out any one of its conditions would cover a barred row (Quine 1952; McCluskey, Bell
    System Technical Journal 35, 1956). All 3^k products are looked at in one array, by sums along
    each condition; sympy has the same step only inside ``SOPform``, which does not give it out.

    Parameters
    ----------
    positive, barred
        Truth values of the 2^k rows, in the order of :func:`count_rows`.

    Returns
    -------
    array
        Products by conditions: 1 recorded, 0 not recorded, 2 not in the product; sorted.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.array([0, 0, 1, 1], bool)
    >>> prime_implicants(rows, ~rows).tolist()
    [[1, 2]]
    """
    import numpy as np

    size = len(positive).bit_length() - 1
    allowed = _within_products(barred, size) == 0
    prime = allowed & (_within_products(positive, size) > 0)
    for axis in range(size):
        narrow = [slice(None)] * size
        narrow[axis] = slice(_ABSENT, _FREE)
        prime[tuple(narrow)] &= ~allowed.take([_FREE], axis=axis)
    return np.argwhere(prime).astype(np.int8)


def _within_products(rows: NDArray[np.bool_], size: int) -> NDArray[np.int64]:
    """How many of the marked rows each of the 3^k products covers."""
    import numpy as np

    counts = rows.astype(np.int64).reshape((2,) * size)
    for axis in range(size):
        counts = np.concatenate([counts, counts.sum(axis=axis, keepdims=True)], axis=axis)
    return counts


def covered(products: NDArray[np.int8], values: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which product (row) covers which case or configuration (column)."""
    found: NDArray[np.bool_] = (
        (products[:, None, :] == _FREE) | (products[:, None, :] == values[None, :, :])
    ).all(axis=2)
    return found


def configurations(size: int) -> NDArray[np.bool_]:
    """All configurations of so many conditions, in the order of :func:`count_rows`."""
    import numpy as np

    return (np.arange(2**size)[:, None] >> np.arange(size)[::-1] & 1).astype(bool)


def minimal_sums(
    primes: NDArray[np.int8], positive: NDArray[np.bool_], *, limit: int = 25
) -> tuple[tuple[tuple[int, ...], ...], bool]:
    """The sums of fewest prime implicants that cover all positive rows, exactly.

    The prime implicant chart is a set cover, solved as an integer programme
    (:func:`scipy.optimize.milp`); further sums of as few terms follow, fewest conditions first.
    All count as equally minimal, as in the R package QCA: a data set that has several does not tell
    them apart (Baumgartner and Thiem, Model ambiguities in configurational comparative research,
    Sociological Methods and Research 46, 2017). ``SOPform`` of sympy picks by a heuristic once the
    chart is cyclic and gives one.

    Parameters
    ----------
    primes
        As :func:`prime_implicants` gives them.
    limit
        Most sums to look for.

    Returns
    -------
    tuple
        Sums as places in ``primes``, by number of conditions and then place; and whether these
        are all there are.
    """
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = configurations(primes.shape[1])[positive]
    if not len(rows):
        return ((),), True
    conditions = (primes != _FREE).sum(axis=1)
    # One term weighs more than all conditions together: fewest terms, then fewest conditions.
    weight = primes.shape[1] * len(rows) + 1 + conditions
    constraints = [LinearConstraint(covered(primes, rows).T.astype(float), lb=1)]
    found: list[tuple[int, ...]] = []
    while len(found) <= limit:
        answer = milp(
            weight,
            integrality=np.ones(len(primes)),
            bounds=Bounds(0, 1),
            constraints=constraints,
            options={"mip_rel_gap": 0},
        )
        if answer.status == 2:  # infeasible: no further sum of so few terms
            break
        assert answer.success, answer.message
        chosen = answer.x > 0.5
        found.append(tuple(int(place) for place in np.flatnonzero(chosen)))
        if len(found) == 1:
            constraints.append(LinearConstraint(np.ones(len(primes)), ub=chosen.sum()))
        constraints.append(LinearConstraint(chosen.astype(float), ub=chosen.sum() - 1))
    complete = len(found) <= limit
    sums = sorted(found[:limit], key=lambda places: (conditions[list(places)].sum(), places))
    return tuple(sums), complete


def easy_counterfactuals(
    narrow: NDArray[np.int8],
    wide: NDArray[np.int8],
    expected: NDArray[np.int8],
    remainder: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Remainders that an intermediate sum may cover (Ragin and Sonnett 2005; Ragin 2008, ch. 9).

    A product of the complex sum within a product of the parsimonious sum may lose a condition
    that the latter lacks when its value goes against the expectation: the row with the expected
    value should show the outcome all the more.

    Parameters
    ----------
    narrow, wide
        Products of a complex and of a parsimonious sum.
    expected
        For each condition 1 or 0 when that value is expected to go with the outcome, 2 for no
        expectation.
    remainder
        Truth values of the 2^k rows.
    """
    import numpy as np

    first, second = narrow[:, None, :], wide[None, :, :]
    inside = ((second == _FREE) | (first == second)).all(axis=2)
    loses = (second == _FREE) & (expected != _FREE) & (first != expected)
    products = np.where(loses, np.int8(_FREE), first)[inside]
    found: NDArray[np.bool_] = remainder & covered(products, configurations(narrow.shape[1])).any(
        axis=0
    )
    return found


def chance_without_contradiction(cases: int, rows: int) -> float:
    """Chance that random data of this size show no contradictory row, exactly.

    All configurations and both outcomes are equally likely in each case. Where the chance is
    high, a table without contradictions is no sign that the conditions are well chosen: the
    benchmark of Marx and Dușa (Methodological Innovations Online 6, 2011), who simulate it. Whether
    such a benchmark should bind is disputed (Thiem and Mkrtchyan, Field Methods,
    doi:10.1177/1525822X231159458; comment by Dușa and Marx there). With d rows met, n cases agree
    with chance 2^(d - n).

    Examples
    --------
    >>> chance_without_contradiction(1, 4)
    1.0
    >>> chance_without_contradiction(2, 4)  # the same row in 1 of 4, and then agreement in 1 of 2
    0.875
    """
    import numpy as np

    met = np.arange(cases + 1)
    chances = np.zeros(cases + 1)
    chances[0] = 1.0
    for _ in range(cases):
        stay = chances * met / rows
        stay[1:] += (chances * (rows - met) / rows)[:-1]
        chances = stay
    return float((chances * 2.0 ** (met - cases)).sum())


def chance_of_coverage(
    cases: NDArray[np.int64],
    positives: NDArray[np.int64],
    *,
    consistency: float = 0.8,
    frequency: int = 1,
    contradictions: Resolution = "exclude",
) -> float:
    """Share of all ways to deal the outcome to the same cases whose positive rows hold as many.

    The rows and the number of cases with the outcome stay; who has it is dealt anew, and the rows
    are coded by the same rules. Counted are the cases with the outcome in positive rows: what the
    complex sum covers. An exact permutation test of no relation between configuration and outcome
    (the idea of Fisher's exact test, for 2^k groups); documentation is not stratified in it.

    Examples
    --------
    >>> import numpy as np
    >>> chance_of_coverage(np.array([2, 2]), np.array([2, 0]))  # 2 of the 6 deals
    0.3333333333333333
    """
    import numpy as np

    def is_positive(cases: NDArray[np.int64], positives: NDArray[np.int64]) -> NDArray[np.bool_]:
        states = row_states(cases, positives, consistency=consistency, frequency=frequency)
        return np.isin(states, [1, 2] if contradictions == "positive" else [1])

    wanted = int(positives.sum())
    hits = int(positives[is_positive(cases, positives)].sum())
    # Whole numbers of Python: the counts outgrow 64 bits. The last column is "so many or more".
    ways = np.zeros((wanted + 1, hits + 1), dtype=object)
    ways[0, 0] = 1
    for size in cases[cases > 0].tolist():
        more = np.zeros_like(ways)
        dealt = np.arange(min(size, wanted) + 1)
        for number, positive in enumerate(is_positive(np.full_like(dealt, size), dealt).tolist()):
            earlier = comb(size, number) * ways[: wanted + 1 - number]
            step = min(number, hits) if positive else 0
            more[number:, step:] += earlier[:, : hits + 1 - step]
            more[number:, hits] += earlier[:, hits + 1 - step :].sum(axis=1)
        ways = more
    return float(int(ways[wanted, hits]) / comb(int(cases.sum()), wanted))


# --- conditions and outcomes --------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One crisp set over cities: a condition or an outcome.

    Attributes
    ----------
    name
        IRI of a concept, or a plain name; with ``~`` before it when turned by :meth:`negated`.
    values
        City IRI to membership. A city that is missing here is left out of the analysis.
    links
        City IRI to the rows of the incidence behind a 1; empty for what is not from the graph.
    caution
        What a reader must know about the values.
    """

    name: str
    values: Mapping[str, bool]
    links: Mapping[str, tuple[Link, ...]] = field(default_factory=dict, repr=False)
    caution: Notice | None = None

    def negated(self) -> Column:
        """The complement: for the analysis of the absence of an outcome."""
        name = self.name.removeprefix("~") if self.name.startswith("~") else "~" + self.name
        values = {city: not value for city, value in self.values.items()}
        return Column(name, values, self.links, self.caution)


def concept_column(matrix: IncidenceMatrix, concept: str) -> Column:
    """Which documented cities have a concept on record; 0 is not recorded, not absent.

    Cities without any programme in this facet and scope have no value.

    Raises
    ------
    UnknownNameError
        No city of the scope has the concept on record.
    """
    if concept not in matrix.concepts:
        known = ", ".join(shorten(name) for name in matrix.concepts[:10])
        raise UnknownNameError("concept-unrecorded", shorten(concept), known or "-")
    cities = [
        city
        for city, programmes in zip(matrix.cities, matrix.documentation.tolist(), strict=True)
        if programmes
    ]
    links = {city: found for city in cities if (found := matrix.evidence(city, concept))}
    return Column(concept, {city: city in links for city in cities}, links)


def leading_column(matrix: IncidenceMatrix, leading: int) -> Column:
    """Which cities are ranked 1 to ``leading`` in the edition of the matrix's scope.

    A city without a rank in the edition is not among its leading ones.

    Raises
    ------
    ParameterError
        ``leading`` is not positive.
    """
    if leading < 1:
        raise ParameterError("bad-parameter", "leading", "1, 2, 3 …", str(leading))
    return Column(
        f"edition/{matrix.scope.edition} 1-{leading}",
        {city: rank is not None and rank <= leading for city, rank in matrix.ranks.items()},
    )


def read_score_column(store: Store, factor: str, threshold: float, *, edition: str) -> Column:
    """Which cities were scored at or above a threshold on one factor of an edition.

    Cities without a score have no value, nor have those whose disputed scores lie on both sides.

    Parameters
    ----------
    factor, edition
        Slugs or IRIs.

    Raises
    ------
    UnknownNameError
        No city has a score on this factor in this edition.
    """
    answer = run_query(store, "cities-by-factor", {"edition": edition, "factor": factor})
    assert isinstance(answer, Table)
    found: dict[str, set[bool]] = {}
    warned = False
    for record in answer.records():
        found.setdefault(str(record["city"]), set()).add(float(str(record["score"])) >= threshold)
        warned = warned or record["warning"] is True
    if not found:
        raise UnknownNameError("factor-unscored", factor, edition)
    caution = find_query("cities-by-factor").caution if warned else None
    factor, edition = (text.rpartition("/")[2] for text in (factor, edition))
    return Column(
        f"assessment-factor/{factor} >= {threshold:g} (edition/{edition})",
        {city: values.pop() for city, values in sorted(found.items()) if len(values) == 1},
        caution=Notice(caution["en"], caution["zh"]) if caution else None,
    )


# --- results ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rules:
    """How rows are coded and how much is looked for.

    Attributes
    ----------
    consistency
        Cut-off for a row, above 0.5 and at most 1.
    frequency
        Fewest cities of a row; one with fewer is a remainder.
    contradictions
        What becomes of contradictory rows. ``positive`` lets the sums cover them. Neither
        ``exclude`` nor ``negative`` does, in the parsimonious sum either (as the R package QCA,
        where other programs make excluded rows free); the sums are the same, and the coding says
        which of the two was meant.
    expectations
        Name of a condition to the value that is expected to go with the outcome; conditions left
        out carry no expectation. None for no intermediate solution.
    most_chance
        Refuse when random data of the same size would show no contradiction with at least this
        chance (:func:`chance_without_contradiction`).
    most_models
        Most equally short sums to list.
    """

    consistency: float = 0.8
    frequency: int = 1
    contradictions: Resolution = "exclude"
    expectations: Mapping[str, bool] | None = None
    most_chance: float = 0.5
    most_models: int = 25


@dataclass(frozen=True)
class Row:
    """One row of a truth table.

    Attributes
    ----------
    number
        Place among the 2^k rows, from 1: the configuration read as a binary number, plus one.
    configuration
        Values in the order of the conditions.
    cities, against
        IRIs of its cities with and without the outcome.
    state
        What the cut-offs make of it.
    coding
        How it entered the sums.
    """

    number: int
    configuration: tuple[bool, ...]
    cities: tuple[str, ...]
    against: tuple[str, ...]
    state: State
    coding: Coding

    @property
    def cases(self) -> int:
        """Number of its cities."""
        return len(self.cities) + len(self.against)

    @property
    def consistency(self) -> float | None:
        """Share of its cities with the outcome; None without cities."""
        return _share(len(self.cities), self.cases)


@dataclass(frozen=True)
class TruthTable:
    """All 2^k configurations, those without a city too.

    Attributes
    ----------
    conditions, outcome
        Names of the columns.
    """

    conditions: tuple[str, ...]
    outcome: str
    rows: tuple[Row, ...]

    @property
    def contradictions(self) -> tuple[Row, ...]:
        """Rows that hold cities with and without the outcome, whatever the cut-offs say."""
        return tuple(row for row in self.rows if row.cities and row.against)

    def to_table(self, names: Mapping[str, str] | None = None, *, remainders: bool = True) -> Table:
        """The rows as a table of RDF terms: one column a condition, then counts and cities."""
        variables = (
            "row",
            *_distinct(self.conditions, names),
            "state",
            "coding",
            "cities",
            "with_outcome",
            "consistency",
            "city_list",
            "against_list",
        )
        return _table(
            variables,
            (
                (
                    row.number,
                    *(int(value) for value in row.configuration),
                    row.state,
                    row.coding,
                    row.cases,
                    len(row.cities),
                    row.consistency,
                    _list(row.cities, names),
                    _list(row.against, names),
                )
                for row in self.rows
                if remainders or row.cases
            ),
            tuple(name for name in variables if name != "coding"),
        )


@dataclass(frozen=True)
class Fit:
    """How a product, or a sum of products, stands to the outcome.

    Attributes
    ----------
    cities, against
        IRIs of the covered cities with and without the outcome.
    outcome
        Cities with the outcome in all.
    alone
        Of ``cities``, those that no other product of the sum covers; None for a whole sum.
    """

    cities: tuple[str, ...]
    against: tuple[str, ...]
    outcome: int
    alone: int | None = None

    @property
    def consistency(self) -> float | None:
        """Share of the covered cities with the outcome (Ragin, Political Analysis 14, 2006)."""
        return _share(len(self.cities), len(self.cities) + len(self.against))

    @property
    def pri(self) -> float | None:
        """Proportional reduction in inconsistency (Schneider and Wagemann 2012).

        It takes out what is in the outcome and in its negation at once. In crisp sets nothing is,
        so that it equals the consistency; given for comparison with other programs.
        """
        return self.consistency

    @property
    def raw_coverage(self) -> float | None:
        """Share of the cities with the outcome that are covered (Ragin 2006)."""
        return _share(len(self.cities), self.outcome)

    @property
    def unique_coverage(self) -> float | None:
        """Share of the cities with the outcome that only this product covers (Ragin 2006)."""
        return None if self.alone is None else _share(self.alone, self.outcome)


@dataclass(frozen=True)
class Product:
    """One term of a sum: conditions that stand together.

    Attributes
    ----------
    literals
        Name of a condition, and whether it is recorded or not, in the order of the conditions.
    """

    literals: tuple[tuple[str, bool], ...]
    fit: Fit

    def expression(self, names: Mapping[str, str] | None = None) -> str:
        """``A * ~B``: A recorded and B not recorded."""
        return " * ".join(_label(name, names, value) for name, value in self.literals)


@dataclass(frozen=True)
class Model:
    """One sum of products that covers all positive rows and no row that is barred.

    Attributes
    ----------
    products
        Widest raw coverage first.
    assumptions
        Numbers of the remainder rows that the sum covers: what is assumed, not seen.
    """

    products: tuple[Product, ...]
    fit: Fit
    assumptions: tuple[int, ...]

    def expression(self, names: Mapping[str, str] | None = None) -> str:
        """``A * ~B + C``: the products joined by a logical or."""
        return " + ".join(product.expression(names) for product in self.products)


@dataclass(frozen=True)
class Solution:
    """The shortest sums of one kind; several when the data do not tell them apart.

    Attributes
    ----------
    kind
        ``complex``: no remainder is used; ``parsimonious``: any remainder may be; ``intermediate``:
        only those that the expectations allow.
    complete
        Whether all equally short sums are listed.
    """

    kind: Kind
    models: tuple[Model, ...]
    complete: bool


@dataclass(frozen=True)
class Necessity:
    """How far the cities with the outcome share one condition, or its not being recorded.

    Attributes
    ----------
    condition, present
        Name of the condition, and whether it is taken as recorded or as not recorded.
    both, cases, outcome, of
        Cities with condition and outcome, with the condition, with the outcome, and all.
    """

    condition: str
    present: bool
    both: int
    cases: int
    outcome: int
    of: int

    @property
    def consistency(self) -> float | None:
        """Share of the cities with the outcome that have the condition (Ragin 2006)."""
        return _share(self.both, self.outcome)

    @property
    def coverage(self) -> float | None:
        """Share of the cities with the condition that have the outcome (Ragin 2006)."""
        return _share(self.both, self.cases)

    @property
    def relevance(self) -> float | None:
        """Relevance of necessity (Schneider and Wagemann 2012); low when trivial."""
        return _share(self.of - self.cases, self.of - self.both)


@dataclass(frozen=True)
class Configurations:
    """The analysis of one outcome with one set of conditions.

    Attributes
    ----------
    scope, documented, cities, left_out
        IRIs: all cities looked at; those with a programme on record; of these, the cases, with a
        value in every column; and those without.
    observed
        Rows of the truth table with at least one city, of ``len(truth_table.rows)``.
    random_chance
        :func:`chance_without_contradiction` of random data of this size; None without a city.
    coverage_chance
        :func:`chance_of_coverage` of these data by these rules; None without a city.
    refusal
        Why there are no solutions; None when there are.
    warnings
        What weakens the result.
    necessity
        Each condition, recorded and not recorded; empty when the outcome is constant.
    open_world
        What a 0 means and what the sums do not say.
    """

    conditions: tuple[Column, ...]
    outcome: Column
    rules: Rules
    scope: tuple[str, ...]
    documented: tuple[str, ...]
    cities: tuple[str, ...]
    left_out: tuple[str, ...]
    truth_table: TruthTable
    observed: int
    random_chance: float | None
    coverage_chance: float | None
    refusal: Notice | None
    warnings: tuple[Notice, ...]
    solutions: tuple[Solution, ...]
    necessity: tuple[Necessity, ...]
    open_world: Notice = OPEN_WORLD

    def solution(self, kind: Kind) -> Solution | None:
        """The solution of one kind; None when it was refused or not asked for."""
        return next((found for found in self.solutions if found.kind == kind), None)

    def evidence(self, city: str) -> dict[str, tuple[Link, ...]]:
        """What stands behind the 1s of a city: column name to rows of the incidence."""
        columns = (*self.conditions, self.outcome)
        return {
            column.name: column.links[city]
            for column in columns
            if column.values.get(city) and city in column.links
        }

    def to_table(self, names: Mapping[str, str] | None = None) -> Table:
        """The sums as a table of RDF terms: each model's products, then the model itself."""
        variables = (
            "solution",
            "model",
            "part",
            "term",
            "cities",
            "with_outcome",
            "of",
            "alone",
            "consistency",
            "pri",
            "raw_coverage",
            "unique_coverage",
            "assumptions",
            "city_list",
            "against_list",
        )
        rows: list[tuple[Value, ...]] = []
        for solution in self.solutions:
            for number, model in enumerate(solution.models, start=1):
                parts: list[tuple[str, str, Fit, int | None]] = [
                    ("product", product.expression(names), product.fit, None)
                    for product in model.products
                ]
                parts.append(("sum", model.expression(names), model.fit, len(model.assumptions)))
                for part, expression, fit, assumptions in parts:
                    rows.append(
                        (
                            solution.kind,
                            number,
                            part,
                            expression,
                            len(fit.cities) + len(fit.against),
                            len(fit.cities),
                            fit.outcome,
                            fit.alone,
                            fit.consistency,
                            fit.pri,
                            fit.raw_coverage,
                            fit.unique_coverage,
                            assumptions,
                            _list(fit.cities, names),
                            _list(fit.against, names),
                        )
                    )
        brief = (
            *("solution", "model", "term", "cities", "with_outcome", "consistency"),
            *("raw_coverage", "city_list"),
        )
        return _table(variables, rows, brief)

    def necessity_table(self, names: Mapping[str, str] | None = None) -> Table:
        """The analysis of necessity as a table of RDF terms."""
        variables = (
            "condition",
            "both",
            "with_condition",
            "with_outcome",
            "of",
            "consistency",
            "coverage",
            "relevance",
        )
        return _table(
            variables,
            (
                (
                    _label(row.condition, names, row.present),
                    row.both,
                    row.cases,
                    row.outcome,
                    row.of,
                    row.consistency,
                    row.coverage,
                    row.relevance,
                )
                for row in self.necessity
            ),
            variables,
        )


# --- analysis -----------------------------------------------------------------------------------


def find_configurations(
    matrix: IncidenceMatrix,
    conditions: Sequence[str | Column],
    outcome: str | Column,
    *,
    rules: Rules | None = None,
) -> Configurations:
    """Which combinations of conditions stand beside an outcome in the documented cities.

    Parameters
    ----------
    conditions
        IRIs of concepts of the matrix, or columns: a concept of another facet
        (:func:`concept_column`), or any binary column of the caller's.
    outcome
        The same, or :func:`leading_column`, or :func:`read_score_column`.

    Returns
    -------
    Configurations
        With the truth table in every case, and with a reason in place of solutions when the data
        cannot tell.

    Raises
    ------
    UnknownNameError
        A concept is not on record in the scope.
    ParameterError
        Too many conditions, one named twice, or a rule that makes no sense.
    """
    columns = [
        column if isinstance(column, Column) else concept_column(matrix, column)
        for column in (*conditions, outcome)
    ]
    documented = tuple(
        city
        for city, programmes in zip(matrix.cities, matrix.documentation.tolist(), strict=True)
        if programmes
    )
    return analyse_columns(
        columns[:-1], columns[-1], cities=documented, scope=matrix.cities, rules=rules
    )


def analyse_columns(
    conditions: Sequence[Column],
    outcome: Column,
    *,
    cities: Sequence[str] | None = None,
    scope: Sequence[str] | None = None,
    rules: Rules | None = None,
) -> Configurations:
    """The same for columns from anywhere: see :func:`find_configurations`.

    Parameters
    ----------
    cities
        Documented cities, in the order of the lists; those of the outcome when left out.
    scope
        All cities that the question is about; the documented ones when left out.
    """
    import numpy as np

    rules = rules or Rules()
    names = tuple(column.name for column in conditions)
    _check(names, outcome.name, rules)
    documented = tuple(outcome.values if cities is None else cities)
    columns = (*conditions, outcome)
    cases = tuple(city for city in documented if all(city in each.values for each in columns))
    values = np.array(
        [[column.values[city] for column in columns] for city in cases], dtype=bool
    ).reshape(len(cases), len(columns))
    data = _Data(names, cases, values[:, :-1], values[:, -1], rules)
    truth_table = data.truth_table(outcome.name)
    random_chance = coverage_chance = None
    if cases:
        random_chance = chance_without_contradiction(len(cases), len(data.cases))
        coverage_chance = chance_of_coverage(
            data.cases,
            data.positives,
            consistency=rules.consistency,
            frequency=rules.frequency,
            contradictions=rules.contradictions,
        )
    refusal = _refusal(data, random_chance)
    solutions = () if refusal else data.solutions()
    warnings = [
        *_warnings(data, truth_table, random_chance, coverage_chance),
        *(column.caution for column in columns if column.caution),
        *(_unlisted(solution) for solution in solutions if not solution.complete),
    ]
    return Configurations(
        conditions=tuple(conditions),
        outcome=outcome,
        rules=rules,
        scope=tuple(documented if scope is None else scope),
        documented=documented,
        cities=cases,
        left_out=tuple(city for city in documented if city not in set(cases)),
        truth_table=truth_table,
        observed=int((data.cases > 0).sum()),
        random_chance=random_chance,
        coverage_chance=coverage_chance,
        refusal=refusal,
        warnings=tuple(dict.fromkeys(warnings)),
        solutions=solutions,
        necessity=data.necessity(),
    )


class _Data:
    """The cases as arrays, with what is counted once."""

    def __init__(
        self,
        names: tuple[str, ...],
        cities: tuple[str, ...],
        values: NDArray[np.bool_],
        outcome: NDArray[np.bool_],
        rules: Rules,
    ) -> None:
        import numpy as np

        self.names, self.cities, self.rules = names, cities, rules
        self.values, self.outcome = values, outcome
        self.all_rows = configurations(len(names))
        self.cases, self.positives = count_rows(values, outcome)
        self.states = row_states(
            self.cases,
            self.positives,
            consistency=rules.consistency,
            frequency=rules.frequency,
        )
        self.remainder = self.states == -1
        self.positive = self.states == 1
        if rules.contradictions == "positive":
            self.positive = self.positive | (self.states == 2)
        self.constant = len(np.unique(outcome)) < 2

    def truth_table(self, outcome: str) -> TruthTable:
        members = covered(self.all_rows.astype("int8"), self.values)
        rows = []
        for place, configuration in enumerate(self.all_rows.tolist()):
            state = _STATES[int(self.states[place])]
            rows.append(
                Row(
                    number=place + 1,
                    configuration=tuple(configuration),
                    cities=self._named(members[place] & self.outcome),
                    against=self._named(members[place] & ~self.outcome),
                    state=state,
                    coding=(
                        _RESOLVED[self.rules.contradictions] if state == "contradictory" else state
                    ),
                )
            )
        return TruthTable(self.names, outcome, tuple(rows))

    def solutions(self) -> tuple[Solution, ...]:
        narrow, narrow_complete = self._sums(self.positive, ~self.positive)
        wide, wide_complete = self._sums(self.positive, ~self.positive & ~self.remainder)
        found = [
            self._solution("complex", narrow, narrow_complete),
            self._solution("parsimonious", wide, wide_complete),
        ]
        if self.rules.expectations is not None:
            found.append(self._intermediate(narrow, wide, narrow_complete and wide_complete))
        return tuple(found)

    def _intermediate(
        self, narrow: list[NDArray[np.int8]], wide: list[NDArray[np.int8]], complete: bool
    ) -> Solution:
        import numpy as np

        expected = np.full(len(self.names), _FREE, dtype=np.int8)
        for name, value in (self.rules.expectations or {}).items():
            expected[self.names.index(name)] = value
        # Several sums of a kind stand for several readings: each pair has its own remainders.
        easy = {
            rows.tobytes(): rows
            for first in narrow
            for second in wide
            for rows in [easy_counterfactuals(first, second, expected, self.remainder)]
        }
        sums: dict[bytes, NDArray[np.int8]] = {}
        for rows in easy.values():
            # Easy counterfactuals count as positive rows, as in the R package: left free, they
            # would admit products that mix the expectations of two others.
            more, all_listed = self._sums(self.positive | rows, ~self.positive & ~rows)
            complete = complete and all_listed
            sums.update((products.tobytes(), products) for products in more)
        ordered = sorted(
            sums.values(),
            key=lambda products: (len(products), (products != _FREE).sum(), products.tolist()),
        )
        limit = self.rules.most_models
        return self._solution("intermediate", ordered[:limit], complete and len(ordered) <= limit)

    def _sums(
        self, positive: NDArray[np.bool_], barred: NDArray[np.bool_]
    ) -> tuple[list[NDArray[np.int8]], bool]:
        primes = prime_implicants(positive, barred)
        sums, complete = minimal_sums(primes, positive, limit=self.rules.most_models)
        return [primes[list(places)] for places in sums], complete

    def _solution(self, kind: Kind, sums: Iterable[NDArray[np.int8]], complete: bool) -> Solution:
        return Solution(kind, tuple(self._model(products) for products in sums), complete)

    def _model(self, products: NDArray[np.int8]) -> Model:
        import numpy as np

        members = covered(products, self.values)
        whole = np.logical_or.reduce(members)
        once = members.sum(axis=0) == 1
        assumed = self.remainder & covered(products, self.all_rows).any(axis=0)
        parts = [
            Product(
                literals=tuple(
                    (name, value == _PRESENT)
                    for name, value in zip(self.names, product, strict=True)
                    if value != _FREE
                ),
                fit=self._fit(member, int((member & once & self.outcome).sum())),
            )
            for product, member in zip(products.tolist(), members, strict=True)
        ]
        parts.sort(key=lambda part: -len(part.fit.cities))
        return Model(
            products=tuple(parts),
            fit=self._fit(whole, None),
            assumptions=tuple(int(place) + 1 for place in np.flatnonzero(assumed)),
        )

    def _fit(self, member: NDArray[np.bool_], alone: int | None) -> Fit:
        return Fit(
            cities=self._named(member & self.outcome),
            against=self._named(member & ~self.outcome),
            outcome=int(self.outcome.sum()),
            alone=alone,
        )

    def _named(self, member: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(self.cities[int(place)] for place in member.nonzero()[0])

    def necessity(self) -> tuple[Necessity, ...]:
        if self.constant:
            return ()
        rows = []
        for place, name in enumerate(self.names):
            for present in (True, False):
                member = self.values[:, place] == present
                rows.append(
                    Necessity(
                        condition=name,
                        present=present,
                        both=int((member & self.outcome).sum()),
                        cases=int(member.sum()),
                        outcome=int(self.outcome.sum()),
                        of=len(self.cities),
                    )
                )
        return tuple(rows)


def _check(names: tuple[str, ...], outcome: str, rules: Rules) -> None:
    if not 1 <= len(names) <= MOST_CONDITIONS:
        raise ParameterError("bad-parameter", "conditions", f"1-{MOST_CONDITIONS}", str(len(names)))
    plain = [name.removeprefix("~") for name in (*names, outcome)]
    for name in plain:
        if plain.count(name) > 1:
            raise ParameterError("condition-repeated", shorten(name))
    if not 0.5 < rules.consistency <= 1:
        raise ParameterError("bad-parameter", "consistency", "0.5 < … <= 1", str(rules.consistency))
    for key, number in (("frequency", rules.frequency), ("most_models", rules.most_models)):
        if number < 1:
            raise ParameterError("bad-parameter", key, "1, 2, 3 …", str(number))
    if rules.contradictions not in get_args(Resolution):
        allowed = " | ".join(get_args(Resolution))
        raise ParameterError("bad-parameter", "contradictions", allowed, rules.contradictions)
    for name in rules.expectations or {}:
        if name not in names:
            known = " | ".join(shorten(each) for each in names)
            raise ParameterError("bad-parameter", "expectations", known, shorten(name))


def _refusal(data: _Data, chance: float | None) -> Notice | None:
    """Why the data cannot tell; None when they can."""
    cities, rows, conditions = len(data.cities), len(data.cases), len(data.names)
    if chance is None:
        return Notice(
            "No documented city has a value in every column.",
            "没有任何有记载的城市在所有列中都有取值。",
        )
    if data.constant:
        shown = int(data.outcome.sum())
        return Notice(
            f"The outcome does not vary: {shown} of {cities} cities have it. There is nothing to "
            "compare; choose another outcome or a wider scope.",
            f"结果没有变化：{cities} 个城市中有 {shown} 个具有该结果，无从比较；"
            "请换一个结果或扩大范围。",
        )
    if chance >= data.rules.most_chance:
        return Notice(
            f"Too few cities: {conditions} conditions make {rows} possible configurations for "
            f"{cities} cities, and random data of this size show no contradiction in {chance:.0%} "
            "of cases. Take fewer conditions or more cities.",
            f"城市太少：{conditions} 个条件有 {rows} 种可能的组态，而城市只有 {cities} 个；"
            f"同样规模的随机数据有 {chance:.0%} 的机会不出现任何矛盾。请减少条件或增加城市。",
        )
    if not data.positive.any():
        return Notice(
            f"No configuration of {data.rules.frequency} or more cities reaches the consistency of "
            f"{data.rules.consistency:g}.",
            f"没有任何一种至少含 {data.rules.frequency} 个城市的组态达到一致性 "
            f"{data.rules.consistency:g}。",
        )
    if not (~data.positive & ~data.remainder).any():
        return Notice(
            "Every observed configuration counts as positive; there is none to set against.",
            "所有观察到的组态都算作具有该结果，没有可供对照的组态。",
        )
    return None


def _warnings(
    data: _Data, truth_table: TruthTable, random_chance: float | None, coverage_chance: float | None
) -> list[Notice]:
    found = []
    cities, rows, conditions = len(data.cities), len(data.cases), len(data.names)
    if random_chance is not None and SUSPECT <= random_chance < data.rules.most_chance:
        found.append(
            Notice(
                f"{conditions} conditions make {rows} possible configurations for {cities} cities: "
                f"random data of this size show no contradiction in {random_chance:.0%} of cases.",
                f"{conditions} 个条件有 {rows} 种可能的组态，城市只有 {cities} 个："
                f"同样规模的随机数据有 {random_chance:.0%} 的机会不出现任何矛盾。",
            )
        )
    hits, outcome = int(data.positives[data.positive].sum()), int(data.outcome.sum())
    if coverage_chance is not None and hits and coverage_chance > ALPHA:
        found.append(
            Notice(
                f"{hits} of the {outcome} cities with the outcome are in positive rows; were it "
                f"dealt to these cities by chance, {coverage_chance:.0%} of all deals would reach "
                "that.",
                f"{outcome} 个具有结果的城市中有 {hits} 个落在正向组态；"
                f"若把结果随机分给这些城市，有 {coverage_chance:.0%} 的分法同样可以做到。",
            )
        )
    resolved = [row for row in truth_table.rows if row.state == "contradictory"]
    if resolved:
        numbers = ", ".join(str(row.number) for row in resolved)
        zh = {"exclude": "排除", "positive": "算作具有结果", "negative": "算作不具有结果"}
        en = {"exclude": "excluded", "positive": "positive", "negative": "negative"}
        choice = data.rules.contradictions
        found.append(
            Notice(
                f"Contradictory rows, coded as {en[choice]}: {numbers}.",
                f"矛盾组态（{zh[choice]}），行号：{numbers}。",
            )
        )
    for name, column in zip(data.names, data.values.T, strict=True):
        if cities and column.all() == column.any():
            found.append(
                Notice(
                    f"{shorten(name)} has the same value in all {cities} cities.",
                    f"{shorten(name)} 在全部 {cities} 个城市中取值相同。",
                )
            )
    return found


def _unlisted(solution: Solution) -> Notice:
    names = {"complex": "复杂解", "parsimonious": "简约解", "intermediate": "中间解"}
    return Notice(
        f"More than {len(solution.models)} {solution.kind} sums are equally short; not all are "
        "listed.",
        f"{names[solution.kind]}中同样简短的表达式超过 {len(solution.models)} 个，未全部列出。",
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _label(name: str, names: Mapping[str, str] | None, value: bool = True) -> str:
    """What people read: the name, with ``~`` when it is taken as not recorded."""
    plain = name.removeprefix("~")
    shown = (names or {}).get(plain, shorten(plain) if plain.startswith(BASE) else plain)
    return shown if value == (plain == name) else "~" + shown


def _distinct(conditions: Sequence[str], names: Mapping[str, str] | None) -> tuple[str, ...]:
    """Headings; two concepts with one label keep their short IRIs, so that columns stay apart."""
    labels = [_label(name, names) for name in conditions]
    return tuple(
        label if labels.count(label) == 1 else _label(name, None)
        for name, label in zip(conditions, labels, strict=True)
    )


def _list(cities: Sequence[str], names: Mapping[str, str] | None) -> str:
    return "; ".join((names or {}).get(city, shorten(city)) for city in cities)


def _table(
    variables: tuple[str, ...], rows: Iterable[tuple[Value, ...]], brief: tuple[str, ...] = ()
) -> Table:
    cells: list[tuple[Term | None, ...]] = [
        tuple(from_value(value) for value in row) for row in rows
    ]
    return Table(variables, tuple(cells), brief)
