"""How sure counts are: against published and hand-made figures."""

from __future__ import annotations

import pytest

from kg.graph import KnowledgeGraph
from kg.recurrence import Recurrence, RecurrenceTable
from kg.recurrence.certainty import assess
from kg.recurrence.incidence import Link


def link(city: str, source: str, programme: str = "p") -> Link:
    return Link("c", "c", city, "r", programme, "claim", "fragment", source)


def counted(cities: int, size: int, links: tuple[Link, ...]) -> RecurrenceTable:
    row = Recurrence(
        "c",
        tuple(f"c{n}" for n in range(cities)),
        tuple(sorted({link.programme for link in links})),
        tuple(sorted({link.source for link in links})),
        ("r",),
        cities / size,
        None,
        links,
    )
    scope = tuple(f"c{n}" for n in range(size))
    return RecurrenceTable("practice", (row,), scope, size, None, "eden-top50-2021")


def test_the_interval_is_that_of_another_program(graph: KnowledgeGraph) -> None:
    """15 of 148: 0.0624 to 0.1605 by Wilson, one of the "Newcombe examples" of ratesci.

    They are in ``tests/testthat/test3.R`` of this R package, without continuity correction.
    """
    links = tuple(link(f"c{n}", f"s{n}") for n in range(15))
    sure = assess(graph.store, counted(15, 148, links)).rows[0]
    assert (round(sure.low, 4), round(sure.high, 4)) == (0.0624, 0.1605)


def test_leaving_one_out_by_hand(graph: KnowledgeGraph) -> None:
    # Three of five cities; source s1 alone holds two of them.
    links = (link("c0", "s1"), link("c1", "s1"), link("c2", "s1"), link("c2", "s2"))
    sure = assess(graph.store, counted(3, 5, links)).rows[0]
    assert sure.stable_low == pytest.approx(1 / 5)  # without s1 only c2 is left
    assert sure.decisive == "s1"
    assert sure.stable_high == pytest.approx(3 / 4)  # without a city that has it not


def test_one_city_can_weigh_more_than_any_source(graph: KnowledgeGraph) -> None:
    links = (link("c0", "s1"), link("c0", "s2"), link("c1", "s3"), link("c1", "s4"))
    sure = assess(graph.store, counted(2, 4, links)).rows[0]
    assert sure.stable_low == pytest.approx(1 / 3)
    assert sure.decisive is None  # no source decides more than another


def test_every_practice_has_its_figures(graph: KnowledgeGraph) -> None:
    table = graph.recurrence()
    sure = assess(graph.store, table)
    assert [row.row.concept for row in sure.rows] == [row.concept for row in table.rows]
    for row in sure.rows:
        assert row.low < row.row.share < row.high
        assert row.stable_low < row.row.share < row.stable_high
        assert row.first_year is not None
        assert row.last_year is not None
        assert 1970 < row.first_year <= row.last_year < 2027
        assert set(row.grades) == {"account"}
        assert row.undated < len(row.row.programmes)
    shown = sure.to_table(graph.names())
    assert len(shown) == 16
    assert "decisive" in shown.variables
