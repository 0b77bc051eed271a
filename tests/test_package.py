"""What a user installs: a small wheel that holds all it needs, works anywhere, offline."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import kg

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "-o",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_is_small_and_whole(wheel: Path) -> None:
    assert wheel.stat().st_size < 5 * 1024 * 1024
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "kg/py.typed",
        "kg/data/city/singapore.yaml",
        "kg/templates/network.html",
        "kg/locale/zh/LC_MESSAGES/kg.mo",
        "kg/_resources/ontology/cpg.ttl",
        "kg/_resources/ontology/concepts/practice.ttl",
        "kg/_resources/ontology/context/curation.jsonld",
        "kg/_resources/queries/incidence.rq",
    ):
        assert name in names
    shipped = {p.relative_to(ROOT).as_posix() for p in (ROOT / "kg/data").rglob("*") if p.is_file()}
    assert shipped <= names


def test_an_installed_wheel_works_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """Only the wheel and what it declares; packages of this environment serve as its index."""
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False, system_site_packages=False)
    python = environment / "bin" / "python"
    site = next((environment / "lib").glob("python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    # Dependencies are linked, the package itself is not: it must come from the wheel.
    here = Path(next(p for p in sys.path if p.endswith("site-packages")))
    for item in here.iterdir():
        if item.name != "kg" and not item.name.startswith(
            ("city_practice_graph", "_editable", "__editable")
        ):
            target = site / item.name
            if not target.exists() and item.suffix != ".pth":
                target.symlink_to(item)
    result = subprocess.run(
        [python, "-m", "kg.cli", "recur", "--leading", "10", "--format", "csv"],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "KG_CACHE": str(tmp_path / "cache"),
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "open-data" in result.stdout
    where = subprocess.run(
        [python, "-c", "import kg; print(kg.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(environment))


def test_the_version_has_one_value() -> None:
    version = kg.__version__
    assert re.search(
        rf'^version = "{version}"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.M
    )
    assert re.search(rf"^version: {version}$", (ROOT / "CITATION.cff").read_text("utf-8"), re.M)
    assert f"## {version} " in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_layers_hold() -> None:
    result = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


README_OUTPUT = re.compile(r"```console\n\$ (kg .+)\n([\s\S]*?)```")


def printed(command: str, folder: Path) -> str:
    """What a ``kg`` command line of the README prints in a folder."""
    return subprocess.run(
        ["bash", "-c", f"{sys.executable} -m kg.cli {command[3:]}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100"},
    ).stdout


def test_the_readme_shows_real_output(tmp_path: Path) -> None:
    """Each ```console block of the README is what the command prints today."""
    blocks = README_OUTPUT.findall((ROOT / "README.md").read_text("utf-8"))
    assert len(blocks) >= 5
    for command, shown in blocks:
        assert printed(command, tmp_path).rstrip() == shown.rstrip(), command


def test_every_test_that_the_threat_model_names_is_there() -> None:
    text = (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    threats = [row for row in rows if not row.startswith(("| Threat", "|---"))]
    assert len(threats) > 25
    place = ""
    for row in threats:
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`|`(test_\w+)`", row.split("|")[3])
        assert named or "same" in row.split("|")[3], row
        for path, function, alone in named:
            place = path or place
            source = (ROOT / place).read_text(encoding="utf-8")
            wanted = function or alone
            assert not wanted or f"def {wanted}(" in source, (place, wanted)
