"""The front-end build: what is locked, what it makes, and what of it a package holds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest

import hatch_build
from kg.explorer import assets
from kg.resources import static_folder
from tests.conftest import absent

ROOT = Path(__file__).parents[1]
FRONTEND = ROOT / "kg" / "explorer" / "frontend"


@pytest.fixture(scope="module")
def built() -> Path:
    """The output of the front-end build, made from the sources as they are."""
    if not hatch_build.fresh(ROOT):
        absent("the front end is not built: python hatch_build.py")
    return static_folder()


@pytest.fixture(scope="module")
def packages(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An sdist of the tree, and a wheel made from it without Node."""
    folder = tmp_path_factory.mktemp("packages")
    command = [sys.executable, "-m", "build", "--no-isolation", "-o", str(folder), str(ROOT)]
    nothing = folder / "no-programs"
    nothing.mkdir()
    environment = {**os.environ, "PATH": str(nothing)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return sdist, wheel


def test_the_lock_pins_content_and_names_no_host() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 20
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name
    for name, version in json.loads((FRONTEND / "package.json").read_text("utf-8"))[
        "devDependencies"
    ].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert lock["packages"][f"node_modules/{name}"]["version"] == version


def test_the_sources_load_nothing_from_elsewhere() -> None:
    for path in [FRONTEND / "build.mjs", *(FRONTEND / "src").iterdir()]:
        assert not re.search(r"https?://(?!www\.w3\.org/)", path.read_text("utf-8")), path


def test_every_part_has_a_file_with_a_hash(built: Path) -> None:
    manifest = assets.manifest()
    assert {"site.js", "graph.js", "console.js", "islands.css", "notices.txt"} <= set(manifest)
    for name, filename in manifest.items():
        assert (built / filename).is_file()
        stem = name.partition(".")[0].partition("-")[0]
        assert re.fullmatch(rf"{stem}-[0-9A-Z]{{8}}\.[\w.]+", filename)
        found = assets.asset_bytes(filename)
        assert found is not None
        assert found[0] == (built / filename).read_bytes()
        assert assets.asset(name) == f"/assets/{filename}"


def test_only_names_of_the_manifest_are_served(built: Path) -> None:
    assert assets.asset("oxigraph.js") is None
    for name in ("site.js", "manifest.json", "oxigraph.wasm", "stamp.txt", "../assets.py", ""):
        assert assets.asset_bytes(name) is None


def test_the_scripts_are_small(built: Path) -> None:
    def size(name: str) -> int:
        return (built / assets.manifest()[name]).stat().st_size

    assert size("site.js") < 10 * 1024
    assert size("graph.js") < 460 * 1024
    assert size("console.js") < 400 * 1024
    assert not list(built.glob("*.map"))


def test_the_coastline_is_cropped_and_rounded(built: Path) -> None:
    land = assets.land()
    assert land is not None
    width, height = (int(number) for number in land["viewBox"].split()[2:])
    assert (width, height) == (360 * land["scale"], 140 * land["scale"])
    numbers = re.findall(r"-?\d+(?:\.\d+)?", land["path"])
    assert all(len(number.partition(".")[2]) <= 1 for number in numbers)
    xs, ys = [float(n) for n in numbers[::2]], [float(n) for n in numbers[1::2]]
    assert min(xs) >= 0
    assert max(xs) <= width
    assert min(ys) >= 0
    assert max(ys) <= height
    # The north of Greenland lies at 83.6 degrees.
    assert min(ys) == pytest.approx((84 - 83.6) * land["scale"], abs=0.3)


def test_the_notices_name_what_is_bundled(built: Path) -> None:
    notices = (built / assets.manifest()["notices.txt"]).read_text("utf-8")
    for name in ("cytoscape", "@codemirror/view", "codemirror-lang-sparql", "oxigraph"):
        assert f"\n{name} " in notices
    assert "Permission is hereby granted" in notices


def test_a_package_without_a_front_end_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "static_folder", lambda: tmp_path)
    monkeypatch.setattr(assets, "manifest", assets.manifest.__wrapped__)
    monkeypatch.setattr(assets, "land", assets.land.__wrapped__)
    assert assets.asset("site.js") is None
    assert assets.asset_bytes("site.js") is None
    assert assets.land() is None


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of which only the front end is there."""
    sources = tmp_path / hatch_build.SOURCES
    sources.mkdir(parents=True)
    (sources / "package-lock.json").write_text("{}")
    return tmp_path


def hook(root: Path) -> hatch_build.FrontendHook:
    return hatch_build.FrontendHook(str(root), {}, None, None, "", "wheel")  # type: ignore[arg-type]


def test_a_changed_source_is_noticed(tree: Path) -> None:
    assert not hatch_build.fresh(tree)
    output = tree / hatch_build.OUTPUT
    output.mkdir()
    (output / hatch_build.STAMP).write_text(hatch_build.digest(tree))
    assert hatch_build.fresh(tree)
    (tree / hatch_build.SOURCES / "node_modules").mkdir()
    (tree / hatch_build.SOURCES / "node_modules" / "x.js").write_text("")
    assert hatch_build.fresh(tree)
    (tree / hatch_build.SOURCES / "more.js").write_text("")
    assert not hatch_build.fresh(tree)


def test_node_is_asked_for_only_when_it_is_needed(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(hatch_build.SKIP, raising=False)
    monkeypatch.setattr(hatch_build, "system_node", lambda: None)
    assert hook(tree).dependencies() == [hatch_build.NODE_WHEEL]
    monkeypatch.setenv(hatch_build.SKIP, "1")
    assert hook(tree).dependencies() == []
    monkeypatch.delenv(hatch_build.SKIP)
    monkeypatch.setattr(hatch_build, "system_node", lambda: (["node"], ["npm"]))
    assert hook(tree).dependencies() == []
    monkeypatch.setattr(hatch_build, "system_node", lambda: None)
    (tree / hatch_build.OUTPUT).mkdir()
    (tree / hatch_build.OUTPUT / hatch_build.STAMP).write_text(hatch_build.digest(tree))
    assert hook(tree).dependencies() == []


def test_without_node_the_build_says_the_way_out(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(hatch_build.SKIP, raising=False)
    monkeypatch.setattr(hatch_build, "system_node", lambda: None)
    monkeypatch.setattr(hatch_build, "wheel_node", lambda: None)
    with pytest.raises(SystemExit):
        hook(tree).initialize("standard", {})
    assert f"{hatch_build.SKIP}=1" in "".join(capsys.readouterr())
    monkeypatch.setenv(hatch_build.SKIP, "1")
    hook(tree).initialize("standard", {})
    assert not (tree / hatch_build.OUTPUT).exists()


@pytest.mark.parametrize(("said", "enough"), [("v18.20.4", False), ("v22.1.0", True), ("?", False)])
def test_an_old_node_is_no_node(
    said: str, enough: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{said}'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (hatch_build.system_node() is not None) is enough


def test_packages_hold_each_file_once(packages: tuple[Path, Path]) -> None:
    sdist, wheel = packages
    made = {f"kg/explorer/static/{path.name}" for path in static_folder().iterdir()}
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in FRONTEND.rglob("*")
        if path.is_file() and "node_modules" not in path.parts
    }
    with tarfile.open(sdist) as archive:
        in_sdist = Counter(m.name.partition("/")[2] for m in archive.getmembers() if m.isfile())
    in_wheel = Counter(zipfile.ZipFile(wheel).namelist())
    assert set(in_sdist.values()) == {1}
    assert set(in_wheel.values()) == {1}
    assert made <= set(in_sdist)
    assert made <= set(in_wheel)
    assert sources | {"hatch_build.py"} <= set(in_sdist)
    assert not [name for name in in_wheel if "frontend" in name or "node_modules" in name]
    assert not [name for name in in_sdist if "node_modules" in name]


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_colours_can_be_told_from_both_grounds() -> None:
    style = (FRONTEND / "src" / "islands.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", style, re.S)
    properties = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
    by_day = dict(properties.findall(light))
    by_night = by_day | dict(properties.findall(dark))
    assert sum(name.startswith("kind-") for name in by_day) == 9
    for colours in (by_day, by_night):
        ground, raised = colours["island-ground"], colours["island-raised"]
        for name, colour in colours.items():
            if name.startswith(("kind-", "island-line")):
                assert contrast(colour, ground) >= 3, name
            if name.startswith("code-") or name in ("island-error", "island-accent"):
                assert contrast(colour, ground) >= 4.5, name
            if name in ("island-ink", "island-muted"):
                assert contrast(colour, ground) >= 4.5, name
                assert contrast(colour, raised) >= 4.5, name
