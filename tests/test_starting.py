"""Beginning a city: the template, the places still to fill in, and a file that is good."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.resources import template_folder

FILLED = {
    "zh-Hans: TODO}\n        countryCode": "zh-Hans: 罗兹}\n        countryCode",
    "countryCode: TODO": "countryCode: PL",
    "subregion: TODO": "subregion: eastern-europe",
    "region: TODO  ": "region: europe  ",
    "latitude: TODO": 'latitude: "51.75"',
    "longitude: TODO": 'longitude: "19.46667"',
    "geonames: TODO": "geonames: 3093133/",
    "title: {en: TODO}": "title: {en: A page that was made up for this test}",
    "url: TODO": "url: https://example.org/page",
    "sourceType: TODO": "sourceType: other",
    "-todo": "-test",
    "name: {en: TODO, zh-Hans: TODO}": "name: {en: Test, zh-Hans: 测试}",
    "altName: {en: [TODO]}": "altName: {en: [The test], de: [Versuch]}",
    "labelStatus: TODO": "labelStatus: descriptive",
    "organisationKind: TODO": "organisationKind: company",
    "startYear: TODO": "startYear: 2020",
    "technologies: [TODO]": "technologies: [mobile-app]",
    "mechanisms: [TODO]": "mechanisms: [public-private-partnership]",
    "description: {en: TODO, zh-Hans: TODO}": "description: {en: A trial., zh-Hans: 一项试验。}",
    "kind: [TODO]": "kind: [project]",
    "practices: [TODO]": "practices: [smart-mobility]",
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def filled(path: Path) -> None:
    """Fill in a template as a curator would."""
    text = path.read_text(encoding="utf-8")
    for place, value in FILLED.items():
        text = text.replace(place, value)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", ["Łódź", "Zürich", "苏黎世"])
def test_a_template_filled_in_is_good(name: str, tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    written = run("new", "city", name, "-o", str(path))
    assert written.exit_code == 0, written.output
    before = path.read_text(encoding="utf-8")
    assert ("type: City" in before) == (name == "Łódź")
    assert f"city/{'lodz' if name == 'Łódź' else 'zurich'}" in before

    lines = [
        n
        for n, line in enumerate(before.split("\n"), 1)
        if re.search(r"[ \[{]TODO|(?:programme|organisation)/\S+-todo", line)
    ]
    faulty = run("check", str(path))
    assert faulty.exit_code == 1
    named = {int(found) for found in re.findall(r"new\.yaml:(\d+):\d+: .*filled in", faulty.output)}
    assert named == {n for n in lines if not before.split("\n")[n - 1].startswith("#")}

    filled(path)
    good = run("check", str(path))
    assert good.exit_code == 0, good.output
    assert "is good together" in good.output


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_city_government_may_lead(language: str, tmp_path: Path) -> None:
    """As the remark at the type says; and a line that is left out leaves nothing behind."""
    path = tmp_path / "new.yaml"
    assert run("--lang", language, "new", "city", "Łódź", "-o", str(path)).exit_code == 0
    text = path.read_text(encoding="utf-8")
    assert re.search(r"type: Organisation +#.* CityGovernment.* governs: city/lodz\n", text)
    text = text.replace("type: Organisation ", "type: CityGovernment\n        governs: city/lodz ")
    text = re.sub(r" +(?:altName|organisationKind): .*\n", "", text)
    path.write_text(text, encoding="utf-8")
    filled(path)
    good = run("check", str(path))
    assert good.exit_code == 0, good.output
    assert "warning" not in good.output


def test_a_government_that_is_known_is_offered(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    assert run("new", "city", "苏黎世", "-o", str(path)).exit_code == 0
    (lead,) = re.findall(r"lead: .*", path.read_text(encoding="utf-8"))
    assert lead.endswith("# known: organisation/ch-city-of-zurich")


@pytest.mark.parametrize("name", ["ZURICH", "蘇黎世", "苏黎世市"])
def test_a_city_that_is_known_is_known_in_another_spelling(name: str, tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    assert run("new", "city", name, "-o", str(path)).exit_code == 0
    text = path.read_text(encoding="utf-8")
    assert "city/zurich" in text
    assert "type: City" not in text


@pytest.mark.parametrize("name", ["Hamiltown", "Zurich West", "Oslo City", "新加波"])
def test_a_city_whose_name_is_only_close_is_another(name: str, tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    result = run("new", "city", name, "-o", str(path), "--slug", "another")
    assert result.exit_code == 0, result.output
    assert "type: City\n" in path.read_text(encoding="utf-8")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "there.yaml"
    path.write_text("mine", encoding="utf-8")
    result = run("--lang", "zh", "new", "city", "Łódź", "-o", str(path))
    assert result.exit_code == 2
    assert "已存在" in result.output
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["!!!", "里斯本"])
def test_a_name_that_gives_no_slug_is_refused(name: str, tmp_path: Path) -> None:
    result = run("new", "city", name, "-o", str(tmp_path / "x.yaml"))
    assert result.exit_code == 2
    assert "--slug lisbon" in result.output
    assert not list(tmp_path.iterdir())


def test_a_chinese_name_stands_in_chinese(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    result = run("--lang", "zh", "new", "city", "里斯本", "--slug", "lisbon", "-o", str(path))
    assert result.exit_code == 0, result.output
    text = path.read_text(encoding="utf-8")
    assert (
        'id: city/lisbon\n        type: City\n        name: {en: TODO, zh-Hans: "里斯本"}' in text
    )
    assert "# 读过的网页" in text


def test_a_name_cannot_leave_its_quotes(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    assert run("new", "city", 'A"} {{ 7*7 }}', "--slug", "a", "-o", str(path)).exit_code == 0
    assert 'name: {en: "A\\"} {{ 7*7 }}"' in path.read_text(encoding="utf-8")


def test_the_templates_differ_in_their_remarks_alone() -> None:
    english, chinese = (
        re.sub(r"#.*", "#", (template_folder() / f"city.{language}.yaml").read_text("utf-8"))
        for language in ("en", "zh")
    )
    assert english == chinese
