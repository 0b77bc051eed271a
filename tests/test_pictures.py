"""Pictures: what they show, that it can be read, and that they are the same in every run."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import re
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from kg import pictures
from kg.errors import MissingPackageError, ParameterError
from kg.graph import KnowledgeGraph
from kg.messages import Language, text
from kg.pictures import (
    BandPoint,
    LatticeNode,
    Picture,
    draw_accumulation,
    draw_gap,
    draw_lattice,
    draw_matrix,
    draw_pairs,
    draw_recurrence,
    seriation_order,
)
from kg.recurrence import (
    IncidenceMatrix,
    Link,
    Recurrence,
    RecurrenceTable,
    Scope,
    count_recurrence,
    read_matrix,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

pytest.importorskip("matplotlib")

SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES: tuple[Language, ...] = ("en", "zh")
KINDS = ("matrix", "technology", "bars", "pairs", "no-pairs", "lattice", "gap", "curve")
SMALL_NODES = [
    LatticeNode("top", 6, ""),
    LatticeNode("a", 4, "Open data"),
    LatticeNode("b", 3, "Smart mobility"),
    LatticeNode("ab", 2, ""),
    LatticeNode("abc", 1, "Data trusts"),
]
SMALL_EDGES = [("top", "a"), ("b", "top"), ("a", "ab"), ("ab", "b"), ("ab", "abc"), ("top", "abc")]
SMALL_PAIRS = [("x/a", "x/b", 2.0, 1), ("x/c", "x/b", 1.0, -1)]
SMALL_CITIES = {"x/a": 9, "x/b": 4, "x/c": 1}
CURVE = [(n, 10 * n / (n + 2), 10 * n / (n + 2) - 1, 10 * n / (n + 2) + 1) for n in range(1, 21)]


def lattice_of(matrix: IncidenceMatrix, least: int) -> tuple[dict[Any, int], list[tuple[Any, Any]]]:
    """Closed sets of concepts with at least so many cities, and the covering pairs, by brute force.

    They are the intersections of the rows, and the whole set is that of no row at all.
    """
    rows = [frozenset(np.flatnonzero(row).tolist()) for row in matrix.values.toarray()]
    rows = [row for row in rows if row]
    intents = {frozenset(range(len(matrix.concepts)))}
    for row in rows:
        intents |= {intent & row for intent in intents}
    extent = {intent: sum(intent <= row for row in rows) for intent in intents}
    kept = {intent: size for intent, size in extent.items() if size >= least}
    below = [(a, b) for a in kept for b in kept if a < b]
    covers = [(a, b) for a, b in below if not any((a, c) in set(below) and c < b for c in kept)]
    return kept, covers


class Gallery:
    """Pictures of the shipped facts, each drawn once, with the figures behind them."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self.graph = graph
        self.matrix = read_matrix(graph.store)
        self._drawn: dict[tuple[str, Language], tuple[Picture, Figure]] = {}

    def __call__(self, kind: str, language: Language) -> tuple[Picture, Figure]:
        if (kind, language) not in self._drawn:
            self._drawn[kind, language] = caught(lambda: self.draw(kind, language))
        return self._drawn[kind, language]

    def draw(self, kind: str, language: Language) -> Picture:
        names = self.graph.names(language)
        matrix, scope = self.matrix, len(self.matrix.cities)
        cities = dict(
            zip(matrix.concepts, matrix.values.sum(axis=0).astype(int).tolist(), strict=True)
        )
        if kind == "matrix":
            return draw_matrix(matrix, names=names, language=language)
        if kind == "technology":
            narrow = read_matrix(self.graph.store, "technology", scope=Scope(leading=25))
            return draw_matrix(narrow, names=names, language=language)
        if kind == "bars":
            return draw_recurrence(self.graph.recurrence(), names=names, language=language)
        if kind in ("pairs", "no-pairs"):
            few = matrix.concepts if kind == "pairs" else ()
            # Every third pair, with signs and weights in turn: a dense network.
            pairs = [
                (a, b, 1.0 + i % 4, 1 if i % 2 else -1)
                for i, (a, b) in enumerate(itertools.combinations(few, 2))
                if i % 4 == 0
            ]
            tested = len(matrix.concepts) * (len(matrix.concepts) - 1) // 2
            return draw_pairs(
                pairs, cities, scope=scope, tested=tested, names=names, language=language
            )
        if kind == "lattice":
            kept, covers = lattice_of(matrix, 9)
            ids = {intent: str(sorted(intent)) for intent in kept}
            nodes = [
                LatticeNode(
                    ids[intent],
                    size,
                    ", ".join(
                        names[matrix.concepts[i]]
                        for i in sorted(
                            intent - frozenset().union(*(a for a, b in covers if b == intent))
                        )
                    ),
                )
                for intent, size in kept.items()
            ]
            edges = [(ids[a], ids[b]) for a, b in covers]
            return draw_lattice(nodes, edges, scope=scope, language=language)
        if kind == "gap":
            gap = self.graph.gap("shanghai")
            return draw_gap(matrix, gap, names=names, language=language)
        return draw_accumulation(CURVE, scope=scope, language=language)


def caught(draw: Callable[[], Picture]) -> tuple[Picture, Figure]:
    """A picture and the figure that it was written from."""
    found: list[Figure] = []
    write = pictures._picture

    def keep(figure: Figure, *rest: Any) -> Picture:
        found.append(figure)
        return write(figure, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "_picture", keep)
        picture = draw()
    return picture, found[0]


@pytest.fixture(scope="module")
def gallery(graph: KnowledgeGraph) -> Gallery:
    return Gallery(graph)


def texts(picture: Picture) -> list[str]:
    root = ET.fromstring(picture.svg)
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def as_read(picture: Picture) -> str:
    """All text without spaces: labels are broken into lines."""
    return re.sub(r"\s", "", "".join(texts(picture)))


# Places of texts


def corners(figure: Figure) -> list[tuple[str, np.ndarray[Any, Any]]]:
    """Every text with the four corners of its box, turned as the text is, in pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text as AnyText

    renderer = FigureCanvasAgg(figure).get_renderer()
    found = []
    artists: list[Text] = [item for item in figure.findobj(AnyText) if isinstance(item, AnyText)]
    for artist in artists:
        if not artist.get_text():
            continue
        turn = np.deg2rad(artist.get_rotation())
        anchor = artist.get_transform().transform(artist.get_position())
        artist.set_rotation(0)
        # A pixel less at each side: glyphs have room around them.
        box = artist.get_window_extent(renderer).padded(-1)
        artist.set_rotation(np.rad2deg(turn))
        square = np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]])
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        found.append((artist.get_text(), (square - anchor) @ rotation.T + anchor))
    return found


def collide(first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]) -> bool:
    """Whether two convex shapes overlap: no line along a side of either keeps them apart."""
    for shape in (first, second):
        for side in np.roll(shape, -1, axis=0) - shape:
            across = np.array([-side[1], side[0]])
            one, other = first @ across, second @ across
            if one.max() <= other.min() or other.max() <= one.min():
                return False
    return True


def collisions(boxes: list[tuple[str, np.ndarray[Any, Any]]]) -> list[tuple[str, str]]:
    return [
        (one, other)
        for (one, first), (other, second) in itertools.combinations(boxes, 2)
        # Boxes far apart need no closer look.
        if (first.min(axis=0) < second.max(axis=0)).all()
        and (second.min(axis=0) < first.max(axis=0)).all()
        and collide(first, second)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_runs_into_another_or_off_the_page(
    gallery: Gallery, kind: str, language: Language
) -> None:
    _, figure = gallery(kind, language)
    width, height = figure.get_size_inches() * figure.dpi
    boxes = corners(figure)
    assert collisions(boxes) == []
    outside = [
        label
        for label, box in boxes
        if box.min() < 0 or box[:, 0].max() > width or box[:, 1].max() > height
    ]
    assert outside == []


def test_long_names_find_room(gallery: Gallery) -> None:
    long = "A name that goes on, as names of programmes do, and does not end where one hopes"
    small = read_matrix(gallery.graph.store, level=2, scope=Scope(leading=10))
    names = {iri: f"{long} {number}" for number, iri in enumerate((*small.cities, *small.concepts))}
    nodes = [node._replace(label=f"{long} {node.id}") for node in SMALL_NODES]
    for draw in (
        partial(draw_matrix, small, names=names),
        partial(draw_recurrence, gallery.graph.recurrence(level=2, leading=10), names=names),
        partial(draw_lattice, nodes, SMALL_EDGES, scope=10),
    ):
        _, figure = caught(draw)
        assert collisions(corners(figure)) == []


def test_the_check_of_places_finds_what_is_wrong() -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), dpi=100)
    figure.text(0.5, 0.5, "straight")
    figure.text(0.5, 0.5, "slanted", rotation=60, rotation_mode="anchor")
    figure.text(0.5, 0.1, "alone")
    assert collisions(corners(figure)) == [("straight", "slanted")]


# What every picture says


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_speaks_one_language_and_says_what_a_blank_is(
    gallery: Gallery, kind: str, language: Language
) -> None:
    picture, _ = gallery(kind, language)
    read = as_read(picture)
    assert re.sub(r"\s", "", picture.title) in read
    assert re.sub(r"\s", "", text("unknown-not-absent", language)) in read
    assert text("unknown-not-absent", language) in picture.description
    # The denominator: 87 cities are registered, 25 in the smaller scope, 10 compared with one.
    assert {"technology": "25", "gap": "10"}.get(kind, "87") in read
    chinese = [c for c in read if unicodedata.name(c, "").startswith("CJK UNIFIED")]
    assert bool(chinese) == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_svg_speaks_to_screen_readers_and_may_stand_in_any_page(
    gallery: Gallery, kind: str, language: Language
) -> None:
    picture, _ = gallery(kind, language)
    root = ET.fromstring(picture.svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title, description = root[0], root[1]
    assert (title.tag, title.text) == (f"{SVG}title", picture.title)
    assert (description.tag, description.text) == (f"{SVG}desc", picture.description)
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == description.get("id")
    lang = root.get("{http://www.w3.org/XML/1998/namespace}lang")
    assert lang == ("en" if language == "en" else "zh-Hans")
    for element in root.iter():
        assert element.tag not in (f"{SVG}style", f"{SVG}script", f"{SVG}metadata")
        assert "style" not in element.attrib
        target = element.get("{http://www.w3.org/1999/xlink}href", "#")
        assert target.startswith("#")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([^)]+)\)|xlink:href=\"#([^\"]+)\"", picture.svg.decode()))
    assert {one or other for one, other in used} <= set(ids)
    sizes = [float(element.get("font-size", "0")[:-2]) for element in root.iter(f"{SVG}text")]
    assert min(sizes) >= 6.5


def test_two_pictures_in_one_page_share_no_identifier(gallery: Gallery) -> None:
    pages = [gallery(kind, language)[0] for kind in KINDS for language in LANGUAGES]
    ids = [set(re.findall(r' id="([^"]+)"', page.svg.decode())) for page in pages]
    assert all(ids)
    assert sum(map(len, ids)) == len(set().union(*ids))


@pytest.mark.parametrize("kind", ["matrix", "pairs"])
def test_png_is_the_same_page_with_title_and_description(gallery: Gallery, kind: str) -> None:
    from PIL import Image

    picture, figure = gallery(kind, "zh")
    with Image.open(io.BytesIO(picture.png)) as image:
        width, height = figure.get_size_inches() * pictures.PIXELS
        assert abs(image.width - width) <= 1
        assert abs(image.height - height) <= 1
        assert image.info["Title"] == picture.title
        assert image.info["Description"] == picture.description
        assert set(image.info) <= {"Title", "Description", "dpi"}
        shades = np.asarray(image.convert("L"))
    # In grey there is something dark on white, and white is most of it.
    assert shades.min() < 60
    assert (shades > 240).mean() > 0.5


def contrast(colour: str) -> float:
    """Contrast against white (WCAG 2.2, relative luminance)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_colours_can_be_told_from_white_without_seeing_colour() -> None:
    assert contrast("#000000") == pytest.approx(21)
    assert contrast(pictures.FILL) > 7
    assert min(contrast(pictures.INK), contrast(pictures.QUIET)) > 4.5
    marks = (pictures.BLUE, pictures.VERMILION, pictures.SOFT)
    assert min(map(contrast, marks)) > 3


def test_every_text_stands_in_both_languages() -> None:
    for english, chinese in pictures._TEXTS.values():
        assert english
        assert chinese
        assert not re.search(r"[\u4e00-\u9fff]", english)
        # A value that the Chinese text names is one the English names, too, or a bare word.
        named = set(re.findall(r"\{(\w+)\}", chinese))
        assert named - set(re.findall(r"\{(\w+)\}", english)) <= {"bare"}


# The same in every run


SMALL = """
import hashlib, sys
from tests.test_pictures import small_pictures
for picture in small_pictures():
    print(hashlib.sha256(picture.svg + picture.png).hexdigest())
assert "matplotlib.pyplot" not in sys.modules
"""


def small_pictures() -> list[Picture]:
    names = {"x/a": "Open data", "x/b": "Smart mobility", "x/c": "Data trusts"}
    return [
        draw_pairs(SMALL_PAIRS, SMALL_CITIES, scope=10, tested=3, names=names),
        draw_lattice(SMALL_NODES, SMALL_EDGES, scope=10),
        draw_accumulation(CURVE),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["matrix", "bars", "lattice"])
def test_twice_gives_the_same_bytes(gallery: Gallery, kind: str, language: Language) -> None:
    assert gallery.draw(kind, language) == gallery(kind, language)[0]


def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    here = [hashlib.sha256(p.svg + p.png).hexdigest() for p in small_pictures()]
    there = subprocess.run(
        [sys.executable, "-c", SMALL],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "4242"},
    )
    assert there.stdout.split() == here


def test_order_of_the_input_does_not_matter() -> None:
    names = {"x/a": "A", "x/b": "B", "x/c": "C"}
    turned = [(b, a, weight, sign) for a, b, weight, sign in reversed(SMALL_PAIRS)]
    one, other = (
        draw_pairs(pairs, SMALL_CITIES, scope=10, tested=3, names=names)
        for pairs in (SMALL_PAIRS, turned)
    )
    assert one == other
    edges = [(b, a) for a, b in reversed(SMALL_EDGES)]
    assert draw_lattice(SMALL_NODES[::-1], edges, scope=10) == draw_lattice(
        SMALL_NODES, SMALL_EDGES, scope=10
    )


def test_settings_of_the_user_neither_change_a_picture_nor_are_changed() -> None:
    import matplotlib

    plain = draw_accumulation(CURVE)
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path"}):
        assert draw_accumulation(CURVE) == plain
        assert matplotlib.rcParams["font.size"] == 30
        assert matplotlib.rcParams["svg.fonttype"] == "path"
        assert matplotlib.rcParams["text.parse_math"] is True


# Names and fonts


def test_names_are_text_whatever_they_hold() -> None:
    names = {
        "x/a": '<script>alert("1")</script> & co',
        "x/b": "$x^2$ costs 5 $",
        "x/c": 'bell\x07 and\nbreak ]]> <!-- -- --> id="title" url(#x)',
    }
    picture = draw_pairs(SMALL_PAIRS, SMALL_CITIES, scope=10, tested=3, names=names)
    root = ET.fromstring(picture.svg)
    assert not list(root.iter(f"{SVG}script"))
    read = as_read(picture)
    assert '<script>alert("1")</script>&co(9)' in read
    assert "$x^2$costs5$(4)" in read
    assert 'bellandbreak]]><!------>id="title"url(#x)(1)' in read
    assert names["x/a"] in picture.description


def test_a_thing_without_a_name_keeps_its_short_iri() -> None:
    picture = draw_pairs(SMALL_PAIRS, SMALL_CITIES, scope=10, tested=3, names={"x/a": " "})
    assert {"x/a (9)", "x/b (4)", "x/c (1)"} <= set(texts(picture))


def test_without_a_chinese_font_a_chinese_picture_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = draw_accumulation(CURVE)
    asked: list[bool] = []

    def only_latin(*, look_again: bool = False) -> frozenset[str]:
        asked.append(look_again)
        return frozenset({"DejaVu Sans"})

    monkeypatch.setattr(pictures, "_installed_fonts", only_latin)
    with pytest.raises(MissingPackageError) as chinese:
        caught(lambda: draw_accumulation(CURVE, language="zh"))
    assert chinese.value.code == "missing-font"
    assert re.fullmatch(r"[\u3000-\u9fff\uff00-\uffef]{4,12}", chinese.value.values[0])
    assert True in asked
    # English is drawn as ever, but not with a name that it would print as boxes.
    assert draw_accumulation(CURVE) == before
    with pytest.raises(MissingPackageError) as name:
        draw_accumulation(CURVE, whose="上海")
    assert name.value.values == ("上海",)


def test_an_english_picture_holds_a_chinese_name() -> None:
    assert "上海" in as_read(draw_accumulation(CURVE, unit="programmes", whose="上海"))


def test_without_matplotlib_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingPackageError, match=r"city-practice-graph\[analysis\]"):
        draw_accumulation(CURVE)


def test_lines_end_where_a_reader_expects() -> None:
    with pictures._settings("zh"):
        line = "范围内（共 87 座）的城市，按“相似程度”排列：项目越少，未知的格子越多。"
        lines = pictures._wrap(line, 90, 9)
        assert len(lines) > 2
        assert "".join(lines).replace(" ", "") == line.replace(" ", "")
        assert not any(part[0] in "，。：）”" for part in lines)
        assert not any(part[-1] in "（“" for part in lines)
        assert all(pictures._measure(part, 9) <= 90 for part in lines)
    with pictures._settings("en"):
        assert pictures._even("Sustainable investment and financing", 140, 8) == [
            "Sustainable investment",
            "and financing",
        ]
        assert pictures._even("one two", 1, 8)[0] == "o"
        broken = pictures._wrap("Donaudampfschifffahrt", 40, 8)
        assert "".join(broken) == "Donaudampfschifffahrt"
        assert all(pictures._measure(part, 8) <= 40 for part in broken)


# Seriation


def test_rows_of_a_band_find_their_places() -> None:
    band = np.array(
        [[1 if row <= column <= row + 2 else 0 for column in range(10)] for row in range(8)]
    )
    shuffled = [5, 2, 7, 0, 4, 1, 6, 3]
    order = seriation_order(band[shuffled])
    found = [shuffled[row] for row in order]
    assert found in (list(range(8)), list(range(8))[::-1])


@pytest.mark.parametrize("seed", [1, 2, 4, 22])
def test_no_order_that_keeps_the_clusters_has_nearer_neighbours(seed: int) -> None:
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import pdist, squareform

    values = np.random.default_rng(seed).random((7, 12)) < 0.4
    assert values.any(axis=1).all()
    flat = pdist(values, "jaccard")
    distance = squareform(flat)
    clusters = [{row} for row in range(7)]
    for left, right, _, _ in linkage(flat, "average"):
        clusters.append(clusters[int(left)] | clusters[int(right)])

    def cost(order: tuple[int, ...]) -> float:
        return sum(float(distance[a, b]) for a, b in itertools.pairwise(order))

    def keeps_clusters(order: tuple[int, ...]) -> bool:
        places = {row: place for place, row in enumerate(order)}
        spans = ([places[row] for row in cluster] for cluster in clusters)
        return all(max(span) - min(span) == len(span) - 1 for span in spans)

    least = min(cost(order) for order in itertools.permutations(range(7)) if keeps_clusters(order))
    found = tuple(seriation_order(values))
    assert keeps_clusters(found)
    assert cost(found) == pytest.approx(least)


def test_fuller_rows_stand_first_and_empty_rows_last() -> None:
    values = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1], [1, 1, 0]])
    assert seriation_order(values) == [3, 4, 1, 0, 2]
    assert seriation_order(values[:2]) == [1, 0]
    assert seriation_order(values[[1, 3]]) == [1, 0]
    assert seriation_order(np.zeros((2, 0))) == [0, 1]


# Each picture


def test_the_matrix_shows_each_cell_on_record_and_no_other(gallery: Gallery) -> None:
    matrix = gallery.matrix
    names = gallery.graph.names("en")
    picture, figure = gallery("matrix", "en")
    dense = matrix.values.toarray()
    columns = seriation_order(dense.T)
    label = {names[city]: city for city in matrix.cities}
    # Names of cities from top to bottom.
    written = sorted(
        (-item.get_position()[1], label[item.get_text()])
        for item in figure.texts
        if item.get_text() in label
    )
    rows = [city for _, city in written]
    assert len(rows) == 72
    cells = figure.axes[0].collections[1].get_paths()
    shown = set()
    for cell in cells:
        x, y = np.asarray(cell.vertices)[:4].mean(axis=0)
        shown.add((rows[int(y)], matrix.concepts[columns[int(x)]]))
    assert len(cells) == len(shown) == int(dense.sum()) == 280
    assert all(matrix.evidence(city, concept) for city, concept in shown)
    # The bars at the side: programmes on record of the same city.
    programmes = dict(zip(matrix.cities, matrix.documentation.tolist(), strict=True))
    side: Any = figure.axes[1]
    bars = [(bar.get_y(), bar.get_width()) for bar in side.patches]
    assert [width for _, width in sorted(bars)] == [programmes[city] for city in rows]
    # Cities without a record are named, not drawn.
    unknown = ", ".join(names[city] for city in matrix.cities if not programmes[city])
    assert picture.description.endswith(f"(15): {unknown}.")
    assert (float(figure.get_figwidth()) * 72, round(float(figure.get_figheight()) * 72)) == (
        595,
        842,
    )


def test_an_empty_matrix_says_so(graph: KnowledgeGraph) -> None:
    empty = read_matrix(graph.store, scope=Scope(grade="scaled"))
    for language in LANGUAGES:
        picture, figure = caught(partial(draw_matrix, empty, names={}, language=language))
        assert not figure.axes
        assert pictures._TEXTS["matrix-empty"][LANGUAGES.index(language)] in picture.description


def recurrence_table(counts: list[int], scope: int) -> RecurrenceTable:
    cities = tuple(f"city/{number}" for number in range(scope))
    rows = tuple(
        Recurrence(f"practice/p{i}", cities[:count], (), (), (), count / scope, None, ())
        for i, count in enumerate(counts)
    )
    return RecurrenceTable("practice", rows, cities, max(counts, default=0), None, "none")


@pytest.mark.parametrize(
    ("count", "scope", "low", "high", "label"),
    [
        # proportion_confint(..., method="wilson") of statsmodels 0.15.0.
        (81, 263, 0.2553, 0.3662, "81 of 263: 31 % (26–37 %)"),
        # R package ratesci, tests/testthat/test3.R, "Single proportion, Newcombe examples".
        (15, 148, 0.0624, 0.1605, "15 of 148: 10 % (6–16 %)"),
        (1, 29, 0.0061, 0.1718, "1 of 29: 3 % (0.6–17 %)"),
    ],
)
def test_bars_carry_the_wilson_interval(
    count: int, scope: int, low: float, high: float, label: str
) -> None:
    picture, figure = caught(lambda: draw_recurrence(recurrence_table([count], scope), names={}))
    (whisker,) = (
        line.get_segments()[0]
        for line in figure.axes[0].collections
        if hasattr(line, "get_segments")
    )
    assert whisker[:, 0] == pytest.approx([low, high], abs=5e-5)
    # What the interval is: the shares from which the count is as many standard errors away.
    ends = whisker[:, 0]
    away = (count / scope - ends) / np.sqrt(ends * (1 - ends) / scope)
    assert away == pytest.approx([NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(0.025)])
    axes: Any = figure.axes[0]
    assert axes.patches[0].get_width() == pytest.approx(count / scope)
    assert label.replace(" %", "\u00a0%") in texts(picture)
    assert f"“practice/p0” is on record in more cities than any other: {count} of {scope}" in (
        picture.title
    )


def test_bars_name_ties_and_count_what_they_leave_out() -> None:
    picture = draw_recurrence(recurrence_table([5, 5, 5, 5, 2, 1], 8), names={}, most=4)
    assert picture.title.startswith("On record in more cities than any other, 5 of 8 each: ")
    assert picture.title.endswith("“practice/p2”, +1 more")
    assert "Not drawn: 2 more, each in at most 2 of 8 cities." in picture.description
    assert "practice/p4" not in "".join(texts(picture))
    whole = draw_recurrence(recurrence_table([8], 8), names={}, language="zh", title="全部 $5")
    assert whole.title == "全部 $5"
    assert "8/8：100%（68–100%）" in texts(whole)


@pytest.mark.parametrize("wrong", [{"most": 0}, {"level": 0.0}, {"level": 1.0}])
def test_bars_refuse_what_makes_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        draw_recurrence(recurrence_table([1], 2), names={}, **wrong)


def test_nothing_recurs_in_an_empty_scope() -> None:
    picture, figure = caught(lambda: draw_recurrence(recurrence_table([], 3), names={}))
    assert not figure.axes
    assert "nothing to draw" in picture.description


def test_pairs_apart_are_dashed_and_circles_grow_with_cities() -> None:
    from matplotlib.patches import Circle, PathPatch

    picture, figure = caught(
        lambda: draw_pairs(
            SMALL_PAIRS, SMALL_CITIES, scope=10, tested=3, names={}, measure="lift (log)"
        )
    )
    patches = figure.axes[0].patches
    lines = [patch for patch in patches if isinstance(patch, PathPatch)]
    # Two of the legend, then the pairs in order of their concepts.
    assert [line.get_linestyle() for line in lines] == ["-", (0, (4, 2.5))] * 2
    assert lines[2].get_linewidth() > lines[3].get_linewidth()
    radii = sorted(patch.radius for patch in patches if isinstance(patch, Circle))
    areas = [radius**2 for radius in radii]
    assert areas == sorted(set(areas))
    assert "more often than chance: 1; less often: 1" in picture.title
    assert "2 of 3 pairs tested are drawn; 10 cities in scope." in picture.description
    assert "x/a (9) – x/b (4): more often together than chance" in picture.description
    assert "larger lift (log)" in picture.description


def test_no_line_runs_behind_a_third_circle(gallery: Gallery) -> None:
    straight = pictures._clear_way((0, 0), (100, 0), [(50, 40, 10)], [])
    assert straight == (50, 0)
    bent = pictures._clear_way((0, 0), (100, 0), [(50, 0, 10)], [])
    # The middle of a quadratic curve is half way to its control point.
    assert abs(bent[1]) / 2 > 10
    from matplotlib.patches import Circle, PathPatch

    _, figure = gallery("pairs", "en")
    patches = figure.axes[0].patches
    circles = [(*patch.center, patch.radius) for patch in patches if isinstance(patch, Circle)]
    lines = [patch for patch in patches if isinstance(patch, PathPatch)][2:]
    assert len(lines) == 30
    behind = 0
    for line in lines:
        first, control, last = np.asarray(line.get_path().vertices)
        t = np.linspace(0, 1, 60)[:, None]
        way = (1 - t) ** 2 * first + 2 * t * (1 - t) * control + t**2 * last
        met = [(x, y) for x, y, radius in circles if (np.hypot(*(way - (x, y)).T) < radius).any()]
        behind += len(met) - 2
    assert behind == 0


@pytest.mark.parametrize(
    ("tested", "words"), [(3, "None of the 3 pairs tested in 10 cities"), (0, "No pair could be")]
)
def test_without_a_pair_a_sentence_stands_in_place_of_a_picture(tested: int, words: str) -> None:
    picture, figure = caught(lambda: draw_pairs([], {}, scope=10, tested=tested, names={}))
    assert not figure.axes
    assert words in picture.description
    assert words in " ".join(texts(picture))


@pytest.mark.parametrize(
    ("pair", "field"),
    [
        (("x/a", "x/a", 1.0, 1), "pairs"),
        (("x/a", "x/b", 1.0, 0), "pairs"),
        (("x/a", "x/b", float("nan"), 1), "pairs"),
        (("x/a", "x/d", 1.0, 1), "cities"),
    ],
)
def test_pairs_that_make_no_sense_are_refused(
    pair: tuple[str, str, float, int], field: str
) -> None:
    with pytest.raises(ParameterError, match=f"'{field}'"):
        draw_pairs([pair], SMALL_CITIES, scope=10, tested=3, names={})


def boxes_and_lines(
    figure: Figure,
) -> tuple[list[tuple[float, float, float, float]], list[np.ndarray[Any, Any]]]:
    from matplotlib.patches import Rectangle

    boxes = [
        (patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height())
        for patch in figure.axes[0].patches
        if isinstance(patch, Rectangle)
    ]
    return boxes, [np.asarray(line.get_xydata()) for line in figure.axes[0].lines]


def test_lines_of_a_lattice_meet_their_two_boxes_and_no_other(gallery: Gallery) -> None:
    kept, covers = lattice_of(gallery.matrix, 9)
    _, figure = gallery("lattice", "en")
    boxes, lines = boxes_and_lines(figure)
    assert len(boxes) == len(kept) > 25
    assert len(lines) == len(covers)
    for line in lines:
        steps = [np.linspace(a, b, 40) for a, b in itertools.pairwise(line)]
        points = np.concatenate(steps)
        met = 0
        for x, y, width, height in boxes:
            inside = (
                (points[:, 0] > x - 0.5)
                & (points[:, 0] < x + width + 0.5)
                & (points[:, 1] > y - 0.5)
                & (points[:, 1] < y + height + 0.5)
            )
            met += bool(inside.any())
        assert met == 2


def test_larger_extents_stand_higher(gallery: Gallery) -> None:
    picture, figure = caught(lambda: draw_lattice(SMALL_NODES, SMALL_EDGES, scope=10))
    boxes, lines = boxes_and_lines(figure)
    assert len(lines) == len(SMALL_EDGES)
    # Top, then 4 and 3 beside each other, then 2, then 1; in the axes y grows downward.
    middles = sorted(round(y + height / 2, 3) for _, y, _, height in boxes)
    assert [len(list(group)) for _, group in itertools.groupby(middles)] == [1, 2, 1, 1]
    assert figure.axes[0].get_ylim()[0] > figure.axes[0].get_ylim()[1]
    assert {"(6)", "4–3", "2", "1", "Open data (4)", "Data trusts (1)"} <= set(texts(picture))
    assert picture.title == "Which practices do cities share? 5 groups among 10 cities"
    assert "No group to draw." in draw_lattice([], [], scope=10).description


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        ([("a", 1, ""), ("a", 2, "")], []),
        ([("a", 1, "")], [("a", "b")]),
        ([("a", 1, ""), ("b", 1, "")], [("a", "b")]),
    ],
)
def test_a_lattice_that_is_none_is_refused(
    nodes: list[tuple[str, int, str]], edges: list[tuple[str, str]]
) -> None:
    with pytest.raises(ParameterError):
        draw_lattice(nodes, edges, scope=3)


def test_the_curve_tells_what_the_last_tenth_added() -> None:
    picture, figure = caught(lambda: draw_accumulation(reversed(CURVE), scope=30))
    # 10 * 20 / 22 = 9.09 and 10 * 18 / 20 = 9: the last two of 20 add 0.09.
    assert picture.title == (
        "9.1 practices on record in 20 cities; the last 2 cities added 0.1 on average"
    )
    assert "as 20 cities, of 30 in scope, are added one by one" in picture.description
    assert "Shaded band: 95\u00a0% interval." in picture.description
    axes = figure.axes[0]
    mean = next(line for line in axes.lines if line.get_linewidth() == 2)
    assert np.asarray(mean.get_xydata())[:, 1] == pytest.approx([point[1] for point in CURVE])
    band = np.asarray(axes.collections[0].get_paths()[0].vertices)
    assert band[:, 1].max() == pytest.approx(CURVE[-1][3])
    # Its edges are dashed: the band can be seen without its grey.
    assert sum(line.get_linestyle() == "--" for line in axes.lines) == 2


def test_a_curve_of_one_city_is_named_and_one_point_is_enough() -> None:
    one = [BandPoint(1, 3, 3, 3)]
    picture = draw_accumulation(one, unit="programmes", whose="Oslo", band="No band: one sample.")
    assert picture.title == "Oslo: 3 practices on record in 1 programme"
    assert "No band: one sample." in picture.description
    chinese = draw_accumulation(CURVE, unit="programmes", whose="上海", language="zh")
    assert chinese.title == "上海：20 个项目共有 9.1 种实践的记载；最后 2 个项目平均增加 0.1"
    assert "Nothing on record" in draw_accumulation([]).description


@pytest.mark.parametrize("point", [(1, 2, 3, 4), (1, float("nan"), 0, 1), (1, 2, 0, 1)])
def test_a_band_that_does_not_hold_its_mean_is_refused(
    point: tuple[float, float, float, float],
) -> None:
    with pytest.raises(ParameterError, match="low <= mean <= high"):
        draw_accumulation([point])


def test_counts_of_the_leaders_are_drawn_from_the_store(graph: KnowledgeGraph) -> None:
    table = count_recurrence(graph.store, leading=10, level=2)
    picture = draw_recurrence(table, names=graph.names("en"))
    best = table.rows[0]
    assert f"{len(best.cities)} of 10" in picture.title
    assert all(isinstance(link, Link) for link in best.links)


# Gap


@pytest.mark.parametrize("city", ["shanghai", "london"])
def test_the_gap_picture_shows_each_cell_of_the_record(graph: KnowledgeGraph, city: str) -> None:
    """As many dark cells as the record has, in every column and row; the rest is blank."""
    matrix, gap = graph.matrix(), graph.gap(city)
    names = graph.names()
    picture, figure = caught(lambda: draw_gap(matrix, gap, names=names))
    shown = [
        concept
        for concept in matrix.concepts
        if matrix.evidence(gap.city, concept) or concept in {row.concept for row in gap.rows}
    ]
    cities = (gap.city, *gap.documented)
    held = sum(bool(matrix.evidence(c, concept)) for c in cities for concept in shown)
    from matplotlib.colors import to_hex
    from matplotlib.patches import Rectangle

    quiet = pictures.QUIET.lower()
    cells = [p for p in figure.findobj(Rectangle) if to_hex(p.get_edgecolor()) == quiet]
    dark = [cell for cell in cells if to_hex(cell.get_facecolor()) == pictures.FILL.lower()]
    swatches = 1
    assert len(dark) - swatches == held
    assert len(shown) * len(cities) <= len(cells) <= len(shown) * len(cities) + 4
    written = as_read(picture)
    for row in gap.rows:
        assert f"{len(row.cities)}of{len(gap.documented)}" in written
        assert re.sub(r"\s", "", names[row.concept]) in written


def test_the_gap_picture_without_a_gap_is_a_sentence(graph: KnowledgeGraph) -> None:
    from dataclasses import replace

    gap = replace(graph.gap("shanghai"), rows=())
    picture = draw_gap(graph.matrix(), gap, names=graph.names("zh"), language="zh")
    assert text("unknown-not-absent", "zh") in picture.description
    assert b"<rect" not in picture.svg
