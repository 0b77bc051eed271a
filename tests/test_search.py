"""Search: both scripts and pinyin, near misses, their order, the stored index, any input at all."""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys
import time
from itertools import pairwise

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.cli import main
from kg.graph import KnowledgeGraph
from kg.names import pinyin, simplify
from kg.search import KINDS, LONGEST, MATCHED, Entry, Hit, SearchIndex, search_key
from kg.terms import ID, shorten


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture(scope="module")
def index(graph: KnowledgeGraph) -> SearchIndex:
    return graph.search_index


# --- what people look for, in the shipped facts ---------------------------------------------------
@pytest.mark.parametrize(
    ("text", "thing", "matched"),
    [
        # names of either language, without accents, case and width
        ("上海", "city/shanghai", "name"),
        ("Zürich", "city/zurich", "name"),
        ("ZURICH", "city/zurich", "name"),
        ("Ｓｉｎｇａｐｏｒｅ", "city/singapore", "name"),
        ("sao paulo", "city/sao-paulo", "name"),
        ("digital twin", "technology/digital-twin", "name"),
        ("数字孪生", "technology/digital-twin", "name"),
        ("数字 孪生", "technology/digital-twin", "name"),
        ("participatory budgeting", "mechanism/participatory-budgeting", "name"),
        ("上海市", "city/shanghai", "name"),
        # aliases and hidden spellings
        ("open data", "practice/open-data", "alias"),
        ("open-data", "practice/open-data", "alias"),
        ("开放数据", "practice/open-data", "alias"),
        ("阿特莱德", "city/adelaide", "alias"),
        ("艾斯堡", "city/espoo", "alias"),
        ("DAHLIA", "programme/us-san-francisco-dahlia", "alias"),
        # the same in another order
        ("数据开放", "practice/open-data", "alias"),
        ("budgeting participatory", "mechanism/participatory-budgeting", "name"),
        # traditional characters
        ("參與式預算", "mechanism/participatory-budgeting", "name"),
        ("城市數據", "practice/open-data", "name"),
        ("數據開放", "practice/open-data", "alias"),
        ("蘇黎世", "city/zurich", "name"),
        # pinyin
        ("xinjiapo", "city/singapore", "pinyin"),
        ("Xin Jia Po", "city/singapore", "pinyin"),
        ("xīnjiāpō", "city/singapore", "pinyin"),
        ("shang hai", "city/shanghai", "pinyin"),
        ("shanghai", "city/shanghai", "name"),
        ("xjp", "city/singapore", "initials"),
        ("sh", "city/shanghai", "initials"),
        ("dubolin", "city/dublin", "pinyin"),
        ("canyushiyusuan", "mechanism/participatory-budgeting", "pinyin"),
        ("canyushi yusuan", "mechanism/participatory-budgeting", "pinyin"),
        # slips of the keyboard
        ("Sinagpore", "city/singapore", "name"),
        ("Adelaid", "city/adelaide", "name"),
        ("Espo", "city/espoo", "name"),
        ("chongqin", "city/chongqing", "name"),
        ("xinjiappo", "city/singapore", "pinyin"),
        ("smes go digitl", "programme/sg-smes-go-digital", "name"),
        ("particpatory bugdeting", "mechanism/participatory-budgeting", "name"),
        ("新加波", "city/singapore", "pinyin"),
        ("阿得莱德", "city/adelaide", "pinyin"),
        ("哥本哈跟", "city/copenhagen", "pinyin"),
        ("数字栾生", "technology/digital-twin", "pinyin"),
    ],
)
def test_the_first_hit(index: SearchIndex, text: str, thing: str, matched: str) -> None:
    first = index.search(text, limit=1)[0]
    assert (shorten(first.iri), first.matched) == (thing, matched)


def test_both_scripts_find_the_same(index: SearchIndex) -> None:
    for simplified, traditional in (("参与式预算", "參與式預算"), ("数据开放", "數據開放")):
        assert index.search(traditional, limit=50) == index.search(simplified, limit=50)


def test_a_definition_is_found_after_names(index: SearchIndex) -> None:
    hits = index.search("residents propose", limit=100)
    assert "practice/active-citizenship" in {
        shorten(hit.iri) for hit in hits if hit.matched == "description"
    }
    named = [hit.score for hit in index.search("居民", limit=200) if hit.matched == "name"]
    told = [hit.score for hit in index.search("居民", limit=200) if hit.matched == "description"]
    assert named
    assert told
    assert max(told) < 55 < max(named)


def test_a_hit_by_definition_has_the_name_in_its_language() -> None:
    entry = Entry(
        "x",
        "practice",
        [("Open data", "en", True), ("开放数据", "zh-Hans", True)],
        [("Machines can read it.", "en"), ("机器可读。", "zh-Hans")],
    )
    index = SearchIndex.build([entry])
    assert [hit.name for hit in index.search("machines")] == ["Open data"]
    assert [hit.name for hit in index.search("机器可读")] == ["开放数据"]


def test_cities_of_china_are_read_as_they_are_called(graph: KnowledgeGraph) -> None:
    """Their English names are pinyin; 重 in 重庆 and 都 in 成都 have another reading elsewhere."""
    rows = graph.query(
        "PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>"
        " SELECT ?city { ?city a cpg:City ; cpg:countryCode 'CN' }"
    ).rows
    cities = [row[0].value for row in rows if isinstance(row[0], ox.NamedNode)]
    english, chinese = graph.names("en", cities), graph.names("zh", cities)
    assert {"chongqing", "chengdu", "shenzhen"} <= {english[city].casefold() for city in cities}
    for city in cities:
        assert "".join(pinyin(chinese[city])) == english[city].casefold()
        assert graph.search("".join(pinyin(chinese[city])), limit=1)[0].iri == city


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("重庆", "chong qing"),
        ("厦门", "xia men"),
        ("长沙", "chang sha"),
        ("西藏", "xi zang"),
        ("六安", "lu an"),
        ("成都", "cheng du"),
        ("都柏林", "du bo lin"),
        ("绿色5G计划（试点）", "lu se 5g ji hua shi dian"),
    ],
)
def test_readings(name: str, read: str) -> None:
    assert pinyin(name) == read.split()


# --- order ----------------------------------------------------------------------------------------
def small(*entries: tuple[str, str, str]) -> SearchIndex:
    """An index of things with one English name each."""
    return SearchIndex.build(Entry(iri, kind, [(name, "en", True)]) for iri, kind, name in entries)


def test_the_whole_name_before_its_beginning_before_a_part() -> None:
    index = small(
        ("inside", "city", "The new digital twin"),
        ("word", "city", "Superdigital matters"),
        ("begins", "city", "Digital twin"),
        ("typo", "city", "Digitl"),
        ("whole", "other", "Digital"),
    )
    hits = index.search("digital")
    assert [hit.iri for hit in hits] == ["whole", "begins", "typo", "inside", "word"]
    assert hits[0].score == 100
    assert all(left.score > right.score for left, right in pairwise(hits))


def test_equal_scores_come_in_the_order_of_kinds() -> None:
    kinds = [*KINDS, "other"]
    entries = [(f"{99 - place}", kind, "Same name") for place, kind in enumerate(kinds)]
    random.Random(1).shuffle(entries)
    hits = small(*entries).search("same name", limit=50)
    assert [hit.kind for hit in hits] == kinds


def test_ties_do_not_depend_on_the_order_of_entries() -> None:
    entries = [(f"thing/{number}", "city", "Smart parking") for number in range(9)]
    expected = small(*entries).search("smart")
    random.Random(2).shuffle(entries)
    assert small(*entries).search("smart") == expected
    assert [hit.iri for hit in expected] == sorted(hit.iri for hit in expected)


def test_only_some_kinds(index: SearchIndex) -> None:
    hits = index.search("data", limit=500, kinds={"practice", "technology"})
    assert {hit.kind for hit in hits} == {"practice", "technology"}
    assert index.search("data", kinds=()) == []


def test_limits(index: SearchIndex) -> None:
    assert len(index.search("data", limit=3)) == 3
    assert index.search("data", limit=3) == index.search("data", limit=30)[:3]
    assert index.search("data", limit=0) == []


def test_a_slug_is_shown_only_where_no_name_is_equal(index: SearchIndex) -> None:
    first = index.search("open data")[0]
    assert (first.name, first.language) == ("Open data", "en")


# --- the stored index -----------------------------------------------------------------------------
def test_a_stored_index_finds_the_same(index: SearchIndex) -> None:
    stored = index.to_json()
    loaded = SearchIndex.from_json(stored)
    assert loaded.to_json() == stored
    for text in ("上海", "open data", "xjp", "Sinagpore", "居民", "哥本哈跟"):
        assert loaded.search(text, limit=50) == index.search(text, limit=50)


def test_the_same_entries_give_the_same_text(graph: KnowledgeGraph) -> None:
    entries = list(graph._entries())
    stored = SearchIndex.build(entries).to_json()
    random.Random(3).shuffle(entries)
    assert SearchIndex.build(entries).to_json() == stored
    assert len(stored.encode()) < 2_000_000


@pytest.mark.parametrize("text", ["[]", "{}", '{"form": 0}', "null", "", "{"])
def test_what_is_no_index_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        SearchIndex.from_json(text)


def test_looking_things_up_needs_no_dictionaries(index: SearchIndex) -> None:
    """A service that has a stored index does not load pypinyin, nor OpenCC for English."""
    program = (
        "import sys\n"
        "from kg.search import SearchIndex\n"
        "index = SearchIndex.from_json(sys.stdin.buffer.read())\n"
        "assert index.search('xinjiapo')[0].name == '新加坡'\n"
        "assert index.search('Sinagpore')\n"
        "assert 'opencc' not in sys.modules\n"
        "assert index.search('參與式預算')[0].name == '参与式预算'\n"
        "assert index.search('哥本哈跟')[0].name == '哥本哈根'\n"
        "assert 'pypinyin' not in sys.modules\n"
    )
    subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program],
        input=index.to_json().encode(),
        check=True,
    )


# --- any input at all -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\0", "\x1b[31m", "\n\t", "🙂", "👩‍👩‍👧", "!!!", "。", "\ud800", "上\udfff"),
        *("a", "京", "(", ".*", "a{99999}", "[", "\\", "%s", "{0}", "' OR 1=1 --", "<script>"),
        *("a" * 10_000, "城" * 10_000, "\u0301" * 10_000, "\ufdfa" * 10_000, "ab " * 5_000),
        *("סיור", "مدينة", "Москва", "서울", "東京都", "ﷺ", "½", "𠮷"),
    ],
)
def test_odd_input_is_safe(index: SearchIndex, text: str) -> None:
    hits = index.search(text, limit=20)
    assert len(hits) <= 20
    assert hits == index.search(text, limit=20)
    assert all(0 < hit.score <= 100 for hit in hits)


@pytest.mark.parametrize(
    "text",
    ["城市" * 100, "a " * 100, "data " * 50, "a b c d e f g h i j k l m n", "的" * 200, "e" * 60],
)
def test_no_text_takes_long(index: SearchIndex, text: str) -> None:
    """A page is open to anybody: none of these may cost many times what a common text does."""

    def cost(of: str) -> float:
        begun = time.process_time()
        index.search(of)
        return time.process_time() - begun

    assert min(cost(text) for _ in range(3)) < 10 * min(cost("digital twin") for _ in range(3))


@pytest.mark.parametrize("text", ["", " ", "\0", "🙂", "!!!", "qqqqqqqqqq", ".*", "[", "\ud800"])
def test_nothing_is_like_nothing(index: SearchIndex, text: str) -> None:
    assert index.search(text) == []


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=2 * LONGEST))
def test_any_text(text: str) -> None:
    index = SearchIndex.build(
        [
            Entry("city/a", "city", [(text, "zh-Hans", True), (text, "en", True)], [(text, "en")]),
            Entry("city/b", "city", [("新加坡", "zh-Hans", True)]),
        ]
    )
    assert SearchIndex.from_json(index.to_json()).to_json() == index.to_json()
    for hit in index.search(text):
        assert hit.matched in MATCHED
    if search_key(text) and len(text) <= LONGEST // 20:
        assert index.search(text)[0] == Hit(
            "city/a", "city", text, "en" if search_key(text) else "", 100, "name"
        )


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    key = search_key(text.encode("utf-8", "ignore").decode("utf-8"))
    assert search_key(key) == key


def test_simplified_text_stays() -> None:
    assert simplify("城市数据 open") == "城市数据 open"


# --- where it is used -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("阿特莱德", "city/adelaide"),
        ("阿德莱德", "city/adelaide"),
        ("Adelaid", "city/adelaide"),
        ("艾斯堡", "city/espoo"),
        ("Espo", "city/espoo"),
        ("新加坡", "city/singapore"),
        ("open data", "practice/open-data"),
        ("开放数据", "practice/open-data"),
        ("DAHLIA", "programme/us-san-francisco-dahlia"),
        ("smes go digitl", "programme/sg-smes-go-digital"),
    ],
)
def test_the_command_forgives(text: str, thing: str) -> None:
    result = run("search", text, "--format", "csv")
    found = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(found[0]) == ["thing", "name", "score"]
    assert found[0]["thing"] == thing


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        ("上海", "Shanghai", "上海"),
        ("阿特莱德", "Adelaide (阿特莱德)", "阿德莱德（阿特莱德）"),
        ("xinjiapo", "Singapore (sounds like 新加坡)", "新加坡"),
        ("xjp", "Singapore (first letters of 新加坡)", "新加坡"),
        ("choose or fund public projects", "(in its description)", "（见其说明）"),
    ],
)
def test_the_command_says_what_matched(words: str, english: str, chinese: str) -> None:
    for language, shown in (("en", english), ("zh", chinese)):
        lines = run("--lang", language, "search", words, "--format", "md").stdout.splitlines()
        assert shown in lines[2]
    records = json.loads(run("search", words, "--format", "json").stdout)
    assert set(records[0]) == {"thing", "name", "score"}
    assert records[0]["name"] == english.partition(" (")[0] or words.startswith("choose")


def test_nothing_found_is_said() -> None:
    result = run("search", "qqqqqqqqqq")
    assert result.exit_code == 1
    assert "Nothing has a name like this" in result.stderr


@pytest.mark.parametrize("name", ["medellin", "Medellín", "麥德林", "ＭＥＤＥＬＬＩＮ"])
def test_a_name_in_another_spelling_is_resolved(graph: KnowledgeGraph, name: str) -> None:
    assert graph.resolve(name) == ID + "city/medellin"


def test_the_index_is_kept_beside_the_dataset(graph: KnowledgeGraph) -> None:
    again = KnowledgeGraph(graph.store).search_index
    assert again.to_json() == graph.search_index.to_json()
