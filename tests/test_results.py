"""Answers as data frames and Arrow tables: types, gaps, and no rows."""

from __future__ import annotations

import pyoxigraph as ox

from kg.graph import KnowledgeGraph
from kg.results import Table

XSD = "http://www.w3.org/2001/XMLSchema#"


def number(text: str, kind: str = "integer") -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + kind))


TABLE = Table(
    ("thing", "count", "share", "mixed"),
    (
        (ox.NamedNode("urn:a"), number("3"), number("0.25", "decimal"), number("1")),
        (ox.NamedNode("urn:b"), None, number("0.5", "decimal"), ox.Literal("约一半")),
    ),
)


def test_a_data_frame_keeps_names_types_and_gaps() -> None:
    frame = TABLE.to_pandas()
    assert list(frame.columns) == list(TABLE.variables)
    assert frame["thing"].tolist() == ["urn:a", "urn:b"]
    assert frame["count"][0] == 3
    assert frame["count"].isna().tolist() == [False, True]
    assert frame["share"].sum() == 0.75


def test_an_arrow_table_keeps_names_types_and_gaps() -> None:
    table = TABLE.to_arrow()
    assert table.column_names == list(TABLE.variables)
    assert str(table.schema.field("count").type) == "int64"
    assert str(table.schema.field("share").type) == "double"
    assert table.to_pydict() == {
        "thing": ["urn:a", "urn:b"],
        "count": [3, None],
        "share": [0.25, 0.5],
        "mixed": ["1", "约一半"],
    }


def test_no_rows_keep_their_columns() -> None:
    empty = Table(("city", "rank"), ())
    assert list(empty.to_pandas().columns) == ["city", "rank"]
    assert empty.to_arrow().column_names == ["city", "rank"]


def test_real_answers_convert(graph: KnowledgeGraph) -> None:
    answer = graph.recurrence().to_table(graph.names())
    assert len(answer.to_pandas()) == len(answer) == answer.to_arrow().num_rows > 10
