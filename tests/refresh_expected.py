"""Write everything that shows what the facts say anew, after facts or queries have changed.

``python -m tests.refresh_expected`` writes the expected rows of every named query, the outputs in
the README and its picture, the notebooks and the computed parts of the quality documents. Then
read ``git diff``: a row that changed without a reason is a fault. Rows of the competency questions
rest on the first source alone, so they should hardly ever change.
"""

from __future__ import annotations

import nbclient
import nbformat

import kg
from kg.catalogue import catalogue
from kg.pictures import draw_recurrence
from kg.results import Table
from tests import quality
from tests.conftest import ARTICLE
from tests.test_catalogue import EXPECTED, on_article
from tests.test_notebook import NOTEBOOKS
from tests.test_package import README_OUTPUT, ROOT, printed


def main() -> None:
    """Write rows, outputs, notebooks and reports."""
    shipped, article = kg.open(), kg.open(source=ARTICLE)
    for query in catalogue().values():
        answer = (article if on_article(query) else shipped).store.query(query.text)
        assert isinstance(answer, Table), query.name
        (EXPECTED / f"{query.name}.csv").write_text(answer.to_csv(), encoding="utf-8")
    readme = ROOT / "README.md"
    text = README_OUTPUT.sub(
        lambda block: f"```console\n$ {block[1]}\n{printed(block[1], ROOT).rstrip()}\n```",
        readme.read_text(encoding="utf-8"),
    )
    readme.write_text(text, encoding="utf-8")
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
        nbformat.write(notebook, path)
    quality.write()
    names = shipped.names()
    picture = draw_recurrence(shipped.recurrence(), names=names)
    (ROOT / "docs" / "practices.svg").write_bytes(picture.svg)


if __name__ == "__main__":
    main()
