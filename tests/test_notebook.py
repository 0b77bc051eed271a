"""The notebook runs from top to bottom, and its text agrees with what it computes."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_notebook(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    saved = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs for cell in saved[1:]), "the notebook is kept with its outputs"
    kept = [_texts(cell) for cell in saved]
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    assert [_texts(cell) for cell in saved] == kept


def _texts(cell: nbformat.NotebookNode) -> list[str]:
    """Text outputs of a cell; pictures differ from one font or library version to the next."""
    texts = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            texts.append(output.text)
        elif output.output_type == "execute_result":
            texts.append(output.data.get("text/plain", ""))
    return texts


def test_there_is_a_notebook() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "01-which-practices-recur",
        "02-how-sure-are-we",
        "03-what-could-shanghai-learn",
    ]
