"""Things entered twice are found in any language; different things are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.curation import read_file
from kg.duplicates import duplicate_faults

HEAD = "graphs:\n  - id: graph/register/testville\n    states:\n"
FIRST = (
    "      - {id: programme/xx-one, type: Programme, city: city/testville,"
    " name: {en: Smart Parking Scheme, zh-Hans: 智慧停车计划}}\n"
)


def found(tmp_path: Path, *lines: str) -> list[tuple[str, ...]]:
    path = tmp_path / "testville.yaml"
    path.write_text(HEAD + FIRST + "".join(lines), encoding="utf-8")
    document, faults = read_file(path)
    assert faults == []
    assert document is not None
    return [fault.values for fault in duplicate_faults([document])]


def programme(slug: str, names: str, city: str = "testville", more: str = "") -> str:
    return (
        f"      - {{id: programme/{slug}, type: Programme, city: city/{city},"
        f" name: {names}{more}}}\n"
    )


@pytest.mark.parametrize(
    "names",
    [
        "{en: Scheme of smart parkings, zh-Hans: 停车管理}",
        "{en: SMART PARKING SCHEMES, zh-Hans: 停车管理}",
        "{en: Kerb sensors, zh-Hans: 智慧停车计划书}",
        "{en: Kerb sensors, zh-Hans: 路缘传感}, altName: {fr: [Smart-Parking Scheme]}",
    ],
)
def test_alike_names_are_told(tmp_path: Path, names: str) -> None:
    (pair,) = found(tmp_path, programme("xx-two", names))
    assert {pair[0], pair[2]} == {"programme/xx-one", "programme/xx-two"}


def test_other_cities_and_settled_pairs_are_left_alone(tmp_path: Path) -> None:
    same = "{en: Smart Parking Scheme, zh-Hans: 智慧停车计划}"
    assert found(tmp_path, programme("xx-two", same, city="elsewhere")) == []
    settled = ", differentFrom: [programme/xx-one]"
    assert found(tmp_path, programme("xx-two", same, more=settled)) == []
    assert found(tmp_path, programme("xx-two", "{en: Kerb sensors, zh-Hans: 路缘传感}")) == []


def test_organisations_and_cities_too(tmp_path: Path) -> None:
    lines = [
        (
            "      - {id: organisation/xx-a, type: Organisation,"
            " name: {en: Institute of Tests, zh-Hans: 测试研究所}}\n"
        ),
        (
            "      - {id: organisation/xx-b, type: Organisation,"
            " name: {en: Institut of Tests, zh-Hans: 检验院}}\n"
        ),
        "      - {id: city/zurich, type: City, name: {en: Zurich, zh-Hans: 苏黎世}}\n",
        "      - {id: city/zuerich, type: City, name: {en: Zürich, zh-Hans: 苏黎士}}\n",
    ]
    pairs = {frozenset((pair[0], pair[2])) for pair in found(tmp_path, *lines)}
    assert pairs == {
        frozenset({"organisation/xx-a", "organisation/xx-b"}),
        frozenset({"city/zurich", "city/zuerich"}),
    }


def test_governments_of_different_cities_are_different(tmp_path: Path) -> None:
    lines = [
        f"      - {{id: organisation/xx-{city}, type: CityGovernment, governs: city/{city},"
        f" name: {{en: {city.title()} Municipal Government, zh-Hans: {city}市政府}}}}\n"
        for city in ("guangzhou", "hangzhou")
    ]
    assert found(tmp_path, *lines) == []


@pytest.mark.parametrize("slug", ["aaa", "zzz"])
def test_a_file_to_add_is_told_of_what_it_doubles(slug: str, tmp_path: Path) -> None:
    """The warning stands in the new file, whichever of the two ids comes first."""
    path = tmp_path / "new.yaml"
    path.write_text(
        f"""graphs:
  - id: graph/register/{slug}
    states:
      - id: organisation/{slug}-council
        type: Organisation
        name: {{en: Infocomm Media Development Authority, zh-Hans: 资讯通信媒体发展局}}
        labelStatus: official
""",
        encoding="utf-8",
    )
    result = CliRunner().invoke(main, ["check", str(path)])
    assert result.exit_code == 0, result.output
    assert "new.yaml:4:13" in result.output
    assert "entered twice" in result.output
    assert f"organisation/{slug}-council" in result.output
