"""Write the expected rows of every named query anew, after facts or queries have changed.

``python -m tests.refresh_expected``, then read ``git diff tests/expected``: a row that changed
without a reason is a fault. Rows of the competency questions rest on the first source alone, so
they should hardly ever change.
"""

from __future__ import annotations

import kg
from kg.catalogue import catalogue
from kg.results import Table
from tests.conftest import ARTICLE
from tests.test_catalogue import EXPECTED, on_article


def main() -> None:
    """Write one CSV file a query."""
    shipped, article = kg.open(), kg.open(source=ARTICLE)
    for query in catalogue().values():
        answer = (article if on_article(query) else shipped).store.query(query.text)
        assert isinstance(answer, Table), query.name
        (EXPECTED / f"{query.name}.csv").write_text(answer.to_csv(), encoding="utf-8")


if __name__ == "__main__":
    main()
