"""Built datasets: as a file, as a store folder, and what cannot be opened."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

import kg
from kg.cli import main
from kg.errors import DatasetError, ParameterError, QueryError

SMALL = Path(__file__).parent / "facts"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small facts as a file and as a store folder."""
    folder = tmp_path_factory.mktemp("built")
    for name, options in (("small.nq", []), ("small.store", ["--store"])):
        arguments = ["build", str(SMALL), "-o", str(folder / name), *options]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.stderr
    return folder


@pytest.mark.parametrize("name", ["small.nq", "small.store"])
def test_a_built_dataset_holds_what_the_facts_give(small: Path, name: str) -> None:
    opened = kg.open(small / name)
    facts = kg.open(SMALL)
    assert set(opened.embedded("tests").dataset) == set(facts.embedded("tests").dataset)
    assert opened.recurrence(level=None).rows == facts.recurrence(level=None).rows


@pytest.mark.parametrize("name", ["small.nq", "small.store"])
def test_the_command_takes_a_built_dataset(small: Path, name: str) -> None:
    runner = CliRunner()
    expected = runner.invoke(main, ["--data", str(SMALL), "recur", "--format", "csv"])
    result = runner.invoke(main, ["--data", str(small / name), "recur", "--format", "csv"])
    assert result.exit_code == 0, result.stderr
    assert result.stdout == expected.stdout
    assert result.stdout.count("\n") > 1


def test_a_store_folder_on_disk_cannot_be_changed(small: Path) -> None:
    dataset = kg.open(small / "small.store").embedded("tests").dataset
    thing = ox.NamedNode("urn:x")
    with pytest.raises(RuntimeError, match="read-write"):
        dataset.add(ox.Quad(thing, thing, thing))


def test_a_store_folder_is_written_once(small: Path) -> None:
    before = {path.name for path in small.iterdir()}
    arguments = ["build", str(SMALL), "--store", "-o", str(small / "small.store")]
    for language, remedy in (("en", "choose a new name"), ("zh", "请换一个新名称")):
        result = CliRunner().invoke(main, ["--lang", language, *arguments])
        assert result.exit_code == 1
        assert remedy in result.stderr
    assert {path.name for path in small.iterdir()} == before


def test_what_is_no_dataset_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wrong.nq").write_text("<urn:a> <urn:b> .\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"wrong\.nq"):
        kg.open(tmp_path / "wrong.nq")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "CURRENT").write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="store"):
        kg.open(tmp_path / "store")


def test_one_source_of_a_built_dataset_is_refused(small: Path) -> None:
    with pytest.raises(ParameterError, match="when you build"):
        kg.open(small / "small.nq", source="sh-top50-lessons-2021")


def test_writing_where_a_folder_is_names_the_place(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["build", str(SMALL), "-o", str(tmp_path)])
    assert result.exit_code == 1
    assert str(tmp_path) in result.stderr
    assert "Name another place" in result.stderr
    assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.parent.glob(".*.part")) == []


def test_a_function_that_is_not_there_is_an_error_of_the_query(small: Path) -> None:
    # The engine raises a RuntimeError for this, and only for this.
    with pytest.raises(QueryError, match="no-function"):
        kg.open(small / "small.nq").answer("ASK { FILTER(<http://example.org/no-function>(1)) }")
