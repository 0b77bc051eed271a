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


def _texts(cell: nbformat.NotebookNode) -> tuple[str, list[str]]:
    """What a cell prints, and its results; pictures differ from one font to the next.

    How many pieces the printed text comes in depends on how busy the machine is.
    """
    printed, results = "", []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            printed += output.text
        elif output.output_type == "execute_result":
            results.append(output.data.get("text/plain", ""))
    return printed, results


def test_there_is_a_notebook() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "01-which-practices-recur",
        "02-how-sure-are-we",
        "03-what-could-shanghai-learn",
    ]
