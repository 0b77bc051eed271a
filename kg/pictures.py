"""Pictures of the analysis as SVG and PNG, in English and Chinese, the same bytes in every run.

Readable in grey and by the colour-blind: colours are of Okabe and Ito's palette (jfly.uni-koeln.de
/color, 2008) and nothing is told by colour alone. Every picture has a title that states the finding
or the question, its denominators, and the sentence that what is not recorded is unknown.

Text stays text in the SVG: it can be searched, copied and read aloud. Room for it is measured with
fonts of this machine, and the PNG is drawn with them; so a picture whose characters no installed
font has is refused, in place of a row of boxes.

matplotlib draws, without pyplot: no window, no state of the caller is touched.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import math
import re
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from kg.errors import MissingPackageError, ParameterError
from kg.layout import Box, settled_layout
from kg.messages import Language, text
from kg.recurrence import IncidenceMatrix, RecurrenceTable
from kg.recurrence.gaps import GapTable
from kg.terms import shorten

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch
    from numpy.typing import NDArray

INK: Final = "#1A1A1A"
QUIET: Final = "#5A5A5A"
SOFT: Final = "#868686"
RULE: Final = "#CFCFCF"
FILL: Final = "#0B4A75"
"""A darker tone of Okabe and Ito's blue: in grey it stays far from white."""
BLUE: Final = "#0072B2"
SKY: Final = "#56B4E9"
VERMILION: Final = "#D55E00"

A4: Final = (595.0, 842.0)
"""Width and height of a portrait page, in points."""
MARGIN: Final = 34.0
PIXELS: Final = 200
"""Pixels per inch of the PNG."""

CJK_FONTS: Final = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    # matplotlib before 3.11 only sees the first face of a collection: Noto's is the Japanese one,
    # which has the simplified characters, too.
    "Noto Sans CJK JP",
)
"""Fonts for Chinese, best first; the first that is installed is used."""
_LATIN: Final = "DejaVu Sans"  # comes with matplotlib: an English picture is the same everywhere
# Verdana is as wide as DejaVu: a reader without that font sees the same line ends.
_STACKS: Final[dict[Language, str]] = {
    "en": ", ".join(f"'{name}'" for name in (_LATIN, "Verdana", *CJK_FONTS)) + ", sans-serif",
    "zh": ", ".join(f"'{name}'" for name in (*CJK_FONTS, _LATIN)) + ", sans-serif",
}
_DRAWING = threading.Lock()  # settings of matplotlib are global

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    # a word for one and for more, with its measure word in Chinese
    "practice": ("practice|practices", "种实践"),
    "technology": ("technology|technologies", "种技术"),
    "mechanism": ("mechanism|mechanisms", "种机制"),
    "outcome-type": ("outcome type|outcome types", "种成效类型"),
    "domain": ("domain|domains", "个领域"),
    "city": ("city|cities", "座城市"),
    "programme": ("programme|programmes", "个项目"),
    "group": ("group|groups", "个组"),
    # the same without a number
    "bare-practice": ("practices", "实践"),
    "bare-technology": ("technologies", "技术"),
    "bare-mechanism": ("mechanisms", "机制"),
    "bare-outcome-type": ("outcome types", "成效类型"),
    "bare-domain": ("domains", "领域"),
    "bare-city": ("cities", "城市"),
    "bare-programme": ("programmes", "项目"),
    "list": (", ", "、"),
    "items": ("; ", "；"),
    "quoted": ("“{0}”", "“{0}”"),
    "more": ("+{0} more", "另有 {0} 项"),
    # matrix
    "matrix-title": (
        "Which of {cities} have which of {concepts} on record?",
        "{cities}各有哪些{bare}的记录？（共 {concepts}）",
    ),
    "matrix-lead": (
        (
            "{ones} of {cells} cells are on record: {cities} with a record (of {scope} in scope) "
            "by {concepts}."
        ),
        (
            "共 {cells} 格，其中 {ones} 格有记载："
            "有记载的 {cities}（范围内共 {scope} 座）× {concepts}。"
        ),
    ),
    "matrix-on": ("on record", "有记载"),
    "matrix-off": ("unknown: no record", "未知：无记录"),
    "matrix-count": ("cities, of {0}", "城市数（共 {0}）"),
    "matrix-programmes": ("programmes", "项目数"),
    "matrix-order": (
        (
            "Rows and columns stand beside those most like them (Jaccard distance, average "
            "linkage, optimal leaf ordering). Bars at the right: programmes on record, that is, "
            "how well a city is documented. A city with few has more unknown cells."
        ),
        (
            "行与列按相似程度排列（Jaccard 距离、平均联结、最优叶序）。右侧条形为有记载的项目数，"
            "即该城市记录的详尽程度：项目越少，未知的格子越多。"
        ),
    ),
    "matrix-common": ("In most cities: {0}.", "城市最多：{0}。"),
    "matrix-undocumented": (
        "In scope without a record here, so not drawn ({0}): {1}.",
        "范围内暂无此类记录、未绘出的城市（{0}）：{1}。",
    ),
    "matrix-empty": (
        "Nothing is on record in this scope, so there is nothing to draw.",
        "此范围内没有任何记录，因此没有可绘制的内容。",
    ),
    # gap
    "gap-title": (
        "{gaps} on record for cities that {city} is compared with, and not for {city}",
        "{gaps}在对照城市有记载，在{city}未见记载",
    ),
    "gap-lead": (
        (
            "{concepts} by {city} and the {documented} documented of {compared} cities compared, "
            "most similar context first. At the right: in how many of these {documented}."
        ),
        (
            "{concepts} × {city}及 {compared} 座对照城市中有记载的 {documented} 座，"
            "按背景相似程度排列。右侧为这 {documented} 座中有记载的城市数。"
        ),
    ),
    "gap-missing": ("Not on record for {city}, most often on record first", "{city}未见记载"),
    "gap-shared": ("On record for {city} and others", "{city}与其他城市均有记载"),
    "gap-own": ("On record for {city} alone", "仅{city}有记载"),
    "gap-searched": ("searched for, not found", "已查找，未见"),
    "gap-count": ("{0} of {1}", "{0}/{1}"),
    # bars
    "bars-title": (
        "{name} is on record in more cities than any other: {count} of {scope}",
        "{name}见于最多城市：{scope} 座中有 {count} 座有记载",
    ),
    "bars-title-tie": (
        "On record in more cities than any other, {count} of {scope} each: {name}",
        "见于最多城市（{scope} 座中各有 {count} 座有记载）：{name}",
    ),
    "bars-empty-title": (
        "Which {bare} are on record in more cities than others?",
        "哪些{bare}见于最多城市？",
    ),
    "bars-lead": (
        (
            "In how many cities each of {concepts} is on record, of {scope} in scope; {documented} "
            "of the {scope} have any {bare} on record."
        ),
        (
            "范围内 {scope} 座城市中，{concepts}各见于多少座；这 {scope} 座中有 {documented} 座"
            "有任何{bare}的记录。"
        ),
    ),
    "bars-axis": ("Share of the {0} cities in scope", "占范围内 {0} 座城市的比例"),
    "bars-label": (
        "{count} of {scope}: {share} ({low}–{high})",
        "{count}/{scope}：{share}（{low}–{high}）",
    ),
    "bars-interval": (
        (
            "Whiskers and brackets: {level} Wilson interval, as if the cities in scope were drawn "
            "at random from many like them. Shares are of what is documented, so they are lower "
            "limits."
        ),
        (
            "须线与括号：{level} Wilson 置信区间，假定范围内城市是从众多同类城市中随机抽取。"
            "比例只反映有记载的情况，因此是下限。"
        ),
    ),
    "bars-rest": (
        "Not drawn: {0} more, each in at most {1} of {2} cities.",
        "未绘出：另有 {0} 项，每项至多见于 {2} 座城市中的 {1} 座。",
    ),
    # pairs
    "pairs-title": (
        (
            "Pairs of {bare} on record in the same city more often than chance: {together}; "
            "less often: {apart}"
        ),
        "同见于一座城市的次数多于随机的{bare}对：{together} 对；少于随机的：{apart} 对",
    ),
    "pairs-none-title": (
        "No pair of {bare} stands out from chance",
        "没有一对{bare}明显偏离随机",
    ),
    "pairs-lead": (
        "{shown} of {tested} pairs tested are drawn; {scope} cities in scope.",
        "在检验的 {tested} 对中绘出 {shown} 对；范围内共 {scope} 座城市。",
    ),
    "pairs-none": (
        (
            "None of the {tested} pairs tested in {scope} cities is on record together more often, "
            "or less often, than chance alone would give, so no line is drawn. That does not show "
            "that they are unrelated: weaker links may lie below what {scope} cities can show."
        ),
        (
            "在 {scope} 座城市中检验的 {tested} 对里，没有一对同时有记载的次数明显多于"
            "或少于随机水平，因此不画连线。这不说明它们彼此无关："
            "较弱的关联可能非 {scope} 座城市所能显示。"
        ),
    ),
    "pairs-untested": (
        "No pair could be tested in {scope} cities, so no line is drawn.",
        "在 {scope} 座城市中没有可以检验的对，因此不画连线。",
    ),
    "pairs-together": ("more often together than chance", "同时有记载多于随机"),
    "pairs-apart": ("less often together than chance", "同时有记载少于随机"),
    "pairs-size": (
        "Larger circle: on record in more cities (number in brackets, of {0}). ",
        "圆越大，有记载的城市越多（括号内为城市数，共 {0} 座）。",
    ),
    "pairs-width": (
        "Thicker line: larger {0}. A line tells what is on record together, not why.",
        "线越粗，{0}越大。连线只表示记载同现，不说明原因。",
    ),
    "pairs-measure": ("difference from chance", "与随机水平的差异"),
    # lattice
    "lattice-title": (
        "Which {bare} do cities share? {groups} among {cities}",
        "城市共有哪些{bare}？{cities}中的 {groups}",
    ),
    "lattice-lead": (
        (
            "Each box is a set of {bare} and, in brackets, the number of cities, of {scope} in "
            "scope, that have the whole set on record. What stands in the boxes above it, along "
            "the lines, belongs to the set, too."
        ),
        (
            "每个方框表示一组{bare}，括号内为范围内 {scope} 座城市中整组均有记载的城市数。"
            "沿连线向上各框中的内容也属于该组。"
        ),
    ),
    "lattice-axis": ("Cities with the whole set on record", "整组均有记载的城市数"),
    "lattice-empty": ("No group to draw.", "没有可绘制的组。"),
    # accumulation
    "curve-title": (
        "{concepts} on record in {units}; the last {last} added {gain} on average",
        "{units}共有 {concepts}的记载；最后 {last}平均增加 {gain}",
    ),
    "curve-title-one": ("{concepts} on record in {units}", "{units}共有 {concepts}的记载"),
    "labelled": ("{0}: {1}", "{0}：{1}"),
    "curve-lead": (
        "Mean number of {bare} on record as {bareunit} are added one by one.",
        "逐一加入{bareunit}时，有记载的{bare}数的平均值。",
    ),
    "curve-lead-scope": (
        "Mean number of {bare} on record as {units}, of {scope} in scope, are added one by one.",
        "逐一加入 {units}（范围内共 {scope} 座）时，有记载的{bare}数的平均值。",
    ),
    "curve-band": ("Shaded band: {0} interval.", "阴影带：{0} 区间。"),
    "curve-meaning": (
        "A curve that still climbs at its end says that more is to be found, not where.",
        "曲线末端若仍上升，说明尚有未见者，但不说明在何处。",
    ),
    "curve-x": ("{0} added, of {1}", "加入的{0}数（共 {1}）"),
    "curve-y": ("{0} on record (mean)", "有记载的{0}数（平均）"),
    "curve-empty-title": ("How much is still to be found?", "还有多少尚未见到？"),
    "curve-empty": ("Nothing on record to add up.", "没有可累计的记录。"),
}


@dataclass(frozen=True)
class Picture:
    """One picture of the analysis.

    Attributes
    ----------
    svg
        UTF-8, with ``title`` and ``description`` for screen readers. It has no style sheet, no
        script and no address, and its identifiers are its own: it may stand inside a page with a
        strict Content-Security-Policy, beside others.
    png
        The same at :data:`PIXELS` pixels per inch.
    title
        The heading of the picture: the finding or the question.
    description
        What can be read off it, as one paragraph.
    """

    svg: bytes
    png: bytes
    title: str
    description: str

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.svg.decode("utf-8")


class LatticeNode(NamedTuple):
    """One formal concept: a set of practices and the cities that have all of them on record.

    Attributes
    ----------
    id
        Any text that the edges refer to.
    extent
        Number of cities.
    label
        What the box says; empty where it adds nothing to the boxes above it.
    """

    id: str
    extent: int
    label: str


class BandPoint(NamedTuple):
    """Mean number of concepts after ``size`` cities or programmes, with the ends of a band."""

    size: float
    mean: float
    low: float
    high: float


def seriation_order(values: NDArray[Any]) -> list[int]:
    """Order of rows in which neighbours are alike.

    Leaves of an average-linkage clustering by Jaccard distance, in the order with the least sum of
    distances between neighbours (Bar-Joseph, Gifford and Jaakkola, "Fast optimal leaf ordering for
    hierarchical clustering", Bioinformatics 17, 2001). Of the two directions, the one with the
    fuller rows first. Rows without a 1 are like nothing and stay at the end, in their order.

    Parameters
    ----------
    values
        0 and 1, shape (rows, columns).
    """
    import numpy as np
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import pdist, squareform

    dense = np.asarray(values, dtype=bool)
    sums = dense.sum(axis=1)
    full, empty = np.flatnonzero(sums), np.flatnonzero(sums == 0)
    order = full
    if len(full) > 2:
        distances = pdist(dense[full], "jaccard")
        order = full[_optimal_leaves(linkage(distances, "average"), squareform(distances))]
    # The place of the mean 1: in the first half when the fuller rows stand first.
    places = np.arange(len(order)) - (len(order) - 1) / 2
    if float(places @ sums[order]) > 0:
        order = order[::-1]
    return [int(index) for index in (*order, *empty)]


def _optimal_leaves(tree: NDArray[np.float64], distances: NDArray[np.float64]) -> list[int]:
    """Leaves of a tree in the order with the least sum of distances between neighbours.

    Ours because ``scipy.cluster.hierarchy.optimal_leaf_ordering`` does not find that order (scipy
    issue 11227): its sum was larger than this one's in 98 of 196 random trees of seven leaves.

    Parameters
    ----------
    tree
        Merges of clusters, as scipy's ``linkage`` gives them.
    distances
        Square and symmetric.
    """
    import numpy as np

    count = len(distances)
    children: dict[int, tuple[int, int]] = {}
    leaves: list[list[int]] = [[leaf] for leaf in range(count)]
    # Least sum within a cluster by its two ends; ends in the same child cannot be.
    least: list[NDArray[np.float64]] = [np.zeros((1, 1))] * count
    for left, right in tree[:, :2].astype(int).tolist():
        children[len(leaves)] = (left, right)
        across = distances[np.ix_(leaves[left], leaves[right])]
        # From each left end over every inner pair: first to the right child's inner end, then on.
        inner = np.array([(row[:, None] + across).min(axis=0) for row in least[left]])
        outer = np.array([(row[:, None] + least[right]).min(axis=0) for row in inner])
        split = len(leaves[left])
        both = np.full((len(leaves[left]) + len(leaves[right]),) * 2, np.inf)
        both[:split, split:], both[split:, :split] = outer, outer.T
        leaves.append(leaves[left] + leaves[right])
        least.append(both)
    root = len(leaves) - 1
    first, last = np.unravel_index(np.argmin(least[root]), least[root].shape)
    order: list[int] = []
    waiting = [(root, leaves[root][int(first)], leaves[root][int(last)])]
    while waiting:
        cluster, start, end = waiting.pop()
        if cluster < count:
            order.append(cluster)
            continue
        left, right = children[cluster]
        if start in leaves[right]:
            left, right = right, left
        sums = (
            least[left][leaves[left].index(start)][:, None]
            + distances[np.ix_(leaves[left], leaves[right])]
            + least[right][leaves[right].index(end)][None, :]
        )
        last_left, first_right = np.unravel_index(np.argmin(sums), sums.shape)
        waiting.append((right, leaves[right][int(first_right)], end))
        waiting.append((left, start, leaves[left][int(last_left)]))
    return order


def draw_matrix(
    matrix: IncidenceMatrix,
    *,
    names: Mapping[str, str],
    language: Language = "en",
    title: str | None = None,
) -> Picture:
    """Draw cities by concepts: dark where on record, blank where unknown.

    Cities without any record in the scope are named below, not drawn as empty rows. A page is
    A4 upright for about 70 cities by 20 concepts, and grows beyond that.

    Parameters
    ----------
    matrix
        From :func:`kg.recurrence.read_matrix`.
    names
        IRI to name, in the language of the picture.
    title
        In place of the question that the picture asks by itself.

    Raises
    ------
    MissingPackageError
        matplotlib, or a font with the characters, is not installed.
    """
    import numpy as np

    dense = matrix.values.toarray().astype(bool)
    rows = [row for row in seriation_order(dense) if dense[row].any()]
    columns = [column for column in seriation_order(dense.T) if dense[:, column].any()]
    values = dense[np.ix_(rows, columns)]
    cities = [_name(names, matrix.cities[row]) for row in rows]
    concepts = [_name(names, matrix.concepts[column]) for column in columns]
    sums = values.sum(axis=0)
    say = _Words(language, matrix.facet, scope=len(matrix.cities))
    say.values |= {
        "ones": int(values.sum()),
        "cells": values.size,
        "cities": say.count(len(cities), "city"),
        "concepts": say.count(len(concepts), matrix.facet),
    }
    rest = [_name(names, city) for row, city in enumerate(matrix.cities) if row not in set(rows)]
    heading = _tidy(title) if title else say("matrix-title")
    notes = [text("unknown-not-absent", language)]
    with _settings(language):
        if not cities:
            return _sentence(language, heading, say("matrix-empty"), notes)
        notes.insert(0, say("matrix-order"))
        if rest:
            listed = say("list").join(rest)
            notes.append(say("matrix-undocumented", len(rest), listed))
        common = say("list").join(
            f"{concepts[column]} ({sums[column]})"
            for column in np.argsort(-sums, kind="stable")[:5]
        )
        figure = _matrix_figure(
            values, cities, concepts, matrix.documentation[rows], say, heading, notes
        )
        spoken = [say("matrix-lead"), say("matrix-common", common), *notes]
        return _picture(figure, heading, spoken, language)


def _matrix_figure(
    values: NDArray[np.bool_],
    cities: list[str],
    concepts: list[str],
    programmes: NDArray[np.int64],
    say: _Words,
    heading: str,
    notes: list[str],
) -> Figure:
    import numpy as np
    from matplotlib.collections import LineCollection, PolyCollection

    small, tilt, bar = 6.6, math.radians(60), 56.0
    count_label = say("matrix-count", len(cities))
    names_wide = 6 + max(_measure(name, small) for name in [*cities, count_label])
    room = A4[0] - 2 * MARGIN - names_wide - bar - 26
    across = min(max(room / len(concepts), 10.0), 44.0)
    # Two lines of a slanted heading need the room of two lines.
    wrapped = [_two_lines(name, 104, 7) if across > 20 else [name] for name in concepts]
    widths = [max(_measure(line, 7) for line in lines) for lines in wrapped]
    head = max(width * math.sin(tilt) for width in widths) + 18
    reach = max(
        (index + 0.5) * across + width * math.cos(tilt) + 12 for index, width in enumerate(widths)
    )
    wide = across * len(concepts)
    page = max(A4[0], 2 * MARGIN + names_wide + max(wide + bar + 26, reach))
    plan = _Plan(say.language, page, heading, say("matrix-lead"), notes)
    key, counts = 15.0, 11.0
    fixed = plan.head + plan.foot + key + head + counts
    down = min(max((A4[1] - fixed) / len(cities), 7.5), 14.0)
    high = down * len(cities)
    figure, top = plan.figure(key + head + counts + high)
    # Legend, where the slanted headings leave the corner free.
    swatch = top + 3
    x = MARGIN
    for word, face in (("matrix-on", FILL), ("matrix-off", "white")):
        _rectangle(figure, x, swatch, 12, 8, face)
        x += 16
        _write(figure, x, swatch + 7, say(word), 8)
        x += _measure(say(word), 8) + 18
    left, body = MARGIN + names_wide, top + key + head + counts
    axes = _axes(figure, left, body, wide, high)
    axes.set_xlim(0, len(concepts))
    axes.set_ylim(len(cities), 0)
    lines = [[(0, y), (len(concepts), y)] for y in range(len(cities) + 1)]
    lines += [[(x, 0), (x, len(cities))] for x in range(len(concepts) + 1)]
    axes.add_collection(LineCollection(lines, colors=RULE, linewidths=0.4, clip_on=False))
    gap_x, gap_y = 0.8 / across, 0.7 / down
    cells = [
        [
            (x + gap_x, y + gap_y),
            (x + 1 - gap_x, y + gap_y),
            (x + 1 - gap_x, y + 1 - gap_y),
            (x + gap_x, y + 1 - gap_y),
        ]
        for y, x in np.argwhere(values)
    ]
    axes.add_collection(PolyCollection(cells, facecolors=FILL, edgecolors="none"))
    for y, city in enumerate(cities):
        _write(figure, left - 4, body + (y + 0.5) * down + 0.36 * small, city, small, ha="right")
    _write(figure, left - 4, body - 3, count_label, small, ha="right", color=QUIET)
    for x, (lines_of, total) in enumerate(zip(wrapped, values.sum(axis=0), strict=True)):
        middle = left + (x + 0.5) * across
        _write(figure, middle, body - 3, str(total), small, ha="center")
        for number, line in enumerate(lines_of):
            # Lines of a slanted heading stand beside each other, at right angles to it.
            aside = (number - (len(lines_of) - 1) / 2) * 8 + 2.5
            _write(
                figure,
                middle + aside * math.sin(tilt),
                body - counts - 3 + aside * math.cos(tilt),
                line,
                7,
                rotation=60,
            )
    side = _axes(figure, left + wide + 10, body, bar, high)
    side.set_ylim(len(cities), 0)
    side.set_xlim(0, max(int(programmes.max()), 1))
    side.barh(np.arange(len(cities)) + 0.5, programmes, height=0.55, color=SOFT, edgecolor="none")
    for y, number in enumerate(programmes):
        x = left + wide + 12 + bar * number / max(int(programmes.max()), 1)
        _write(figure, x, body + (y + 0.5) * down + 0.36 * small, str(number), small)
    _write(figure, left + wide + 10, body - 3, say("matrix-programmes"), small, color=QUIET)
    return figure


def draw_gap(
    matrix: IncidenceMatrix,
    gap: GapTable,
    *,
    names: Mapping[str, str],
    language: Language = "en",
    title: str | None = None,
) -> Picture:
    """Draw one city beside those that it is compared with: what they have on record and it has not.

    Parameters
    ----------
    matrix
        The matrix that the gaps were found in.
    gap
        From :func:`kg.recurrence.gaps.find_gaps`.
    names
        IRI to name, in the language of the picture.
    title
        In place of the finding.

    Raises
    ------
    MissingPackageError
        matplotlib, or a font with the characters, is not installed.
    """
    say = _Words(
        language,
        gap.facet,
        city=_name(names, gap.city),
        compared=len(gap.compared),
        documented=len(gap.documented),
    )
    say.values["gaps"] = say.count(len(gap.rows), gap.facet)
    heading = _tidy(title) if title else say("gap-title")
    missing = [row.concept for row in gap.rows]
    held = {
        concept: tuple(city for city in gap.documented if matrix.evidence(city, concept))
        for concept in matrix.concepts
    }
    here = [concept for concept in matrix.concepts if matrix.evidence(gap.city, concept)]
    groups = [
        ("gap-missing", missing),
        (
            "gap-shared",
            sorted((c for c in here if held[c]), key=lambda c: (-len(held[c]), _name(names, c))),
        ),
        ("gap-own", sorted((c for c in here if not held[c]), key=lambda c: _name(names, c))),
    ]
    say.values["concepts"] = say.count(sum(len(found) for _, found in groups), gap.facet)
    notes = [text("unknown-not-absent", language)]
    searched = {row.concept for row in gap.rows if row.search.state != "unknown"}
    with _settings(language):
        if not missing:
            return _sentence(language, heading, say("gap-lead"), notes)
        figure = _gap_figure(
            [(say(key), found) for key, found in groups if found],
            {
                concept: frozenset((*cities, gap.city) if concept in here else cities)
                for concept, cities in held.items()
            },
            (gap.city, *gap.documented),
            searched,
            names,
            say,
            heading,
            notes,
        )
        spoken = [
            say("gap-lead"),
            say.items(
                say(
                    "labelled",
                    _name(names, concept),
                    say("list").join(_name(names, city) for city in held[concept]),
                )
                for concept in missing
            ),
            *notes,
        ]
        return _picture(figure, heading, spoken, language)


def _gap_figure(
    groups: list[tuple[str, list[str]]],
    held: Mapping[str, frozenset[str]],
    cities: tuple[str, ...],
    searched: set[str],
    names: Mapping[str, str],
    say: _Words,
    heading: str,
    notes: list[str],
) -> Figure:
    size, tilt, down, group_head = 8.0, math.radians(45), 16.0, 17.0
    rows = [concept for _, found in groups for concept in found]
    wrapped = {concept: _even(_name(names, concept), 190, size) for concept in rows}
    heads = [_name(names, city) for city in cities]
    head = 14 + max(_measure(name, size) for name in heads) * math.sin(tilt)
    name_wide = 10 + max(_measure(line, size) for lines in wrapped.values() for line in lines)
    last = _measure(heads[-1], size) * math.cos(tilt)
    count_wide = 12 + _measure(say("gap-count", len(cities), len(cities)), size)
    room = A4[0] - 2 * MARGIN - name_wide - max(count_wide, last)
    across = min(max(room / len(cities), 11.0), 30.0)
    plan = _Plan(say.language, A4[0], heading, say("gap-lead"), notes)
    heights = {c: max(down, 3 + (size + 1.6) * len(wrapped[c])) for c in rows}
    key = 14.0
    figure, top = plan.figure(key + head + group_head * len(groups) + sum(heights.values()))
    swatches = [("matrix-on", FILL), ("matrix-off", "white")]
    x = MARGIN
    for word, face in swatches:
        _rectangle(figure, x, top + 2, 12, 8, face)
        x += 16
        _write(figure, x, top + 9, say(word), size)
        x += _measure(say(word), size) + 18
    if searched & set(rows):
        _rectangle(figure, x, top + 2, 12, 8, "white")
        _write(figure, x + 6, top + 9, "×", size, ha="center")
        _write(figure, x + 16, top + 9, say("gap-searched"), size)
    left, y = MARGIN + name_wide, top + key + head
    for column, name in enumerate(heads):
        _write(
            figure,
            left + (column + 0.5) * across + 2,
            y - 5,
            name,
            size,
            rotation=45,
            weight="bold" if column == 0 else "normal",
        )
    for group, found in groups:
        _write(figure, MARGIN, y + 12, group, size, weight="bold")
        y += group_head
        for concept in found:
            high = heights[concept]
            middle = y + high / 2 + 0.36 * size
            for number, line in enumerate(wrapped[concept]):
                shift = (number - (len(wrapped[concept]) - 1) / 2) * (size + 1.6)
                _write(figure, left - 6, middle + shift, line, size, ha="right")
            for column, city in enumerate(cities):
                # A gap between this city and the others: it is what they are compared with.
                place = left + column * across + (0 if column == 0 else 3)
                face = FILL if city in held[concept] else "white"
                _rectangle(figure, place + 1, y + 1.5, across - 4, high - 3, face)
                if column == 0 and concept in searched:
                    _write(figure, place + across / 2 - 1, middle, "×", size, ha="center")
            others = len(held[concept] - {cities[0]})
            _write(
                figure,
                left + len(cities) * across + 6,
                middle,
                say("gap-count", others, len(cities) - 1),
                size,
            )
            y += high
    return figure


def draw_recurrence(
    table: RecurrenceTable,
    *,
    names: Mapping[str, str],
    language: Language = "en",
    most: int = 30,
    level: float = 0.95,
    title: str | None = None,
) -> Picture:
    """Draw the share of the scope in which each concept is on record, with its interval.

    Parameters
    ----------
    table
        From :func:`kg.recurrence.count_recurrence`: most cities first.
    names
        IRI to name, in the language of the picture.
    most
        Draw so many; the rest is counted below.
    level
        Confidence of the interval (Wilson, JASA 22, 1927), above 0 and below 1.
    title
        In place of the finding.

    Raises
    ------
    ParameterError
        ``most`` or ``level`` makes no sense.
    MissingPackageError
        matplotlib, or a font with the characters, is not installed.
    """
    from scipy.stats import binomtest

    if most < 1:
        raise ParameterError("bad-parameter", "most", "1, 2, 3 …", str(most))
    if not 0 < level < 1:
        raise ParameterError("bad-parameter", "level", "0 < x < 1", str(level))
    rows, scope = table.rows[:most], len(table.scope)
    say = _Words(
        language,
        table.facet,
        scope=scope,
        documented=table.documented,
        level=_confidence(level, language),
    )
    say.values["concepts"] = say.count(len(table.rows), table.facet)
    notes = [text("unknown-not-absent", language)]
    if not rows:
        heading = _tidy(title) if title else say("bars-empty-title")
        with _settings(language):
            return _sentence(language, heading, say("matrix-empty"), notes)
    bars = []
    for row in rows:
        found = binomtest(len(row.cities), scope).proportion_ci(level, method="wilson")
        bars.append(
            _Bar(
                _name(names, row.concept),
                len(row.cities),
                row.share,
                float(found.low),
                float(found.high),
            )
        )
    first = [bar.name for bar in bars if bar.cities == bars[0].cities]
    heading = say(
        "bars-title" if len(first) == 1 else "bars-title-tie",
        name=say("list").join(say("quoted", name) for name in first[:3])
        + (say("list") + say("more", len(first) - 3) if len(first) > 3 else ""),
        count=bars[0].cities,
    )
    heading = _tidy(title) if title else heading
    labels = [
        say(
            "bars-label",
            count=bar.cities,
            share=_percent(bar.share, language),
            low=_percent(bar.low, language, bare=True),
            high=_percent(bar.high, language),
        )
        for bar in bars
    ]
    notes.insert(0, say("bars-interval"))
    if len(table.rows) > most:
        left_out = table.rows[most:]
        notes.append(say("bars-rest", len(left_out), len(left_out[0].cities), scope))
    with _settings(language):
        figure = _bars_figure(bars, labels, say, heading, notes)
        spoken = [
            say("bars-lead"),
            say.items(f"{bar.name}: {label}" for bar, label in zip(bars, labels, strict=True)),
            *notes,
        ]
        return _picture(figure, heading, spoken, language)


class _Bar(NamedTuple):
    name: str
    cities: int
    share: float
    low: float
    high: float


def _bars_figure(
    bars: list[_Bar], labels: list[str], say: _Words, heading: str, notes: list[str]
) -> Figure:
    import numpy as np

    size = 8.0
    wrapped = [_even(bar.name, 170, size) for bar in bars]
    name_wide = 8 + max(_measure(line, size) for lines in wrapped for line in lines)
    label_wide = 10 + max(_measure(label, size) for label in labels)
    plan = _Plan(say.language, A4[0], heading, say("bars-lead"), notes)
    down = max(17.0, 2 + (size + 1.6) * max(map(len, wrapped)))
    high, axis = down * len(bars), 34.0
    figure, top = plan.figure(high + axis)
    left = MARGIN + name_wide
    wide = A4[0] - MARGIN - left - label_wide
    end = max(bar.high for bar in bars)
    end = min(1.0, math.ceil(end * 10 + 0.01) / 10)
    axes = _axes(figure, left, top, wide, high)
    axes.set_ylim(len(bars), 0)
    axes.set_xlim(0, end)
    ticks = np.linspace(0, end, round(end * 10) + 1)
    if len(ticks) > 6:
        ticks = ticks[::2]
    for tick in ticks:
        axes.axvline(float(tick), color=RULE, linewidth=0.6, zorder=0)
        x = left + wide * float(tick) / end
        _write(figure, x, top + high + 11, _percent(float(tick), say.language), 7.5, ha="center")
    y = np.arange(len(bars)) + 0.5
    shares = np.array([bar.share for bar in bars])
    axes.barh(y, shares, height=0.56, color=SKY, edgecolor=INK, linewidth=0.6, zorder=2)
    # Rounding can leave an end of the interval a hair beyond the share.
    whiskers = np.array([[bar.share - bar.low, bar.high - bar.share] for bar in bars]).T.clip(0)
    axes.errorbar(
        shares,
        y,
        xerr=whiskers,
        fmt="none",
        ecolor=INK,
        elinewidth=1.1,
        capsize=2.6,
        capthick=1.1,
        clip_on=False,
        zorder=3,
    )
    for index, (lines, label) in enumerate(zip(wrapped, labels, strict=True)):
        middle = top + (index + 0.5) * down + 0.36 * size
        for number, line in enumerate(lines):
            shift = (number - (len(lines) - 1) / 2) * (size + 1.6)
            _write(figure, left - 6, middle + shift, line, size, ha="right")
        _write(figure, left + wide + 10, middle, label, size)
    _write(
        figure,
        left + wide / 2,
        top + high + 25,
        say("bars-axis", say.values["scope"]),
        8,
        ha="center",
    )
    return figure


def draw_pairs(
    pairs: Iterable[tuple[str, str, float, int]],
    cities: Mapping[str, int],
    *,
    scope: int,
    tested: int,
    names: Mapping[str, str],
    language: Language = "en",
    facet: str = "practice",
    measure: str | None = None,
    title: str | None = None,
) -> Picture:
    """Draw pairs of concepts that stand out from chance; a sentence when there is none.

    Parameters
    ----------
    pairs
        Both IRIs, a weight (its size gives the width of the line) and a sign: above 0 for more
        often together than chance, below 0 for less often. Only what is to be drawn: this function
        tests nothing. Of a pair given twice the last counts.
    cities
        IRI to the number of cities with it on record, for every concept of a pair.
    scope, tested
        Denominators: cities looked at, pairs tested.
    names
        IRI to name, in the language of the picture.
    measure
        What the weight is, in the language of the picture.
    title
        In place of the finding.

    Raises
    ------
    ParameterError
        A pair joins a concept with itself, has the sign 0 or a weight that is not finite, or one
        of its concepts is missing in ``cities``.
    MissingPackageError
        matplotlib, or a font with the characters, is not installed.
    """
    import networkx as nx

    network: nx.Graph[str] = nx.Graph()
    found = {(min(a, b), max(a, b)): (abs(weight), sign) for a, b, weight, sign in pairs}
    for (left, right), (weight, sign) in sorted(found.items()):
        for concept in (left, right):
            if concept not in cities:
                raise ParameterError("bad-parameter", "cities", shorten(concept), "-")
        if left == right or sign == 0 or not math.isfinite(weight):
            shown = f"{shorten(left)}, {shorten(right)}, {weight}, {sign}"
            raise ParameterError("bad-parameter", "pairs", "A, B, x, ±1", shown)
        network.add_edge(left, right, weight=weight, together=sign > 0)
    together = sum(1 for _, _, data in network.edges(data=True) if data["together"])
    apart = network.number_of_edges() - together
    say = _Words(
        language,
        facet,
        together=together,
        apart=apart,
        shown=together + apart,
        tested=tested,
        scope=scope,
    )
    heading = say("pairs-title" if together + apart else "pairs-none-title")
    heading = _tidy(title) if title else heading
    notes = [text("unknown-not-absent", language)]
    with _settings(language):
        if not network:
            reason = say("pairs-none" if tested else "pairs-untested")
            return _sentence(language, heading, reason, notes)
        meaning = _tidy(measure) if measure else say("pairs-measure")
        notes.insert(0, say("pairs-size", scope) + say("pairs-width", meaning))
        titles = {node: f"{_name(names, node)} ({cities[node]})" for node in network}
        figure = _pairs_figure(network, titles, cities, say, heading, notes)
        lines = [
            f"{titles[left]} – {titles[right]}: "
            + say("pairs-together" if data["together"] else "pairs-apart")
            for left, right, data in network.edges(data=True)
        ]
        spoken = [say("pairs-lead"), say.items(lines), *notes]
        return _picture(figure, heading, spoken, language)


def _pairs_figure(
    network: Any,
    titles: Mapping[str, str],
    cities: Mapping[str, int],
    say: _Words,
    heading: str,
    notes: list[str],
) -> Figure:
    from matplotlib.patches import Circle

    size, line_high = 8.0, 10.0
    radius = {node: 4 + 2.2 * math.sqrt(cities[node]) for node in network}
    wrapped = {node: _even(titles[node], 96, size) for node in network}
    boxes = {
        node: Box(
            max(radius[node], max(_measure(line, size) for line in lines) / 2) + 2,
            radius[node],
            radius[node] + 4 + line_high * len(lines),
        )
        for node, lines in wrapped.items()
    }
    places = settled_layout(network, boxes)
    least_x = min(x - boxes[node].half_width for node, (x, _) in places.items())
    most_x = max(x + boxes[node].half_width for node, (x, _) in places.items())
    least_y = min(y - boxes[node].up for node, (_, y) in places.items())
    most_y = max(y + boxes[node].down for node, (_, y) in places.items())
    page = max(A4[0], most_x - least_x + 2 * MARGIN)
    plan = _Plan(say.language, page, heading, say("pairs-lead"), notes)
    key = 34.0
    high = most_y - least_y
    figure, top = plan.figure(key + high)
    axes = _axes(figure, 0, top, page, key + high)
    axes.set_xlim(0, page)
    axes.set_ylim(key + high, 0)
    for y, together in ((6.0, True), (19.0, False)):
        axes.add_patch(_stroke([(MARGIN, y), (MARGIN + 15, y), (MARGIN + 30, y)], together, 2))
        word = say("pairs-together" if together else "pairs-apart")
        _write(figure, MARGIN + 36, top + y + 3, word, 8)
    shift = (page - (most_x - least_x)) / 2 - least_x
    spots = {node: (x + shift, y - least_y + key) for node, (x, y) in places.items()}
    largest = max(data["weight"] for _, _, data in network.edges(data=True)) or 1.0
    for left, right, data in network.edges(data=True):
        others = [node for node in network if node not in (left, right)]
        control = _clear_way(
            spots[left],
            spots[right],
            [(*spots[node], radius[node] + 3) for node in others],
            [(*spots[node], boxes[node]) for node in others],
        )
        width = 1 + 3.5 * data["weight"] / largest
        way = [spots[left], control, spots[right]]
        axes.add_patch(_stroke(way, data["together"], width))
    for node, (x, y) in spots.items():
        axes.add_patch(
            Circle(
                (x, y),
                radius[node],
                facecolor="white",
                edgecolor=INK,
                linewidth=1.2,
                zorder=2,
                clip_on=False,
            )
        )
        for number, line in enumerate(wrapped[node]):
            below = y + radius[node] + 4 + 0.8 * size + number * line_high
            _write(figure, x, top + below, line, size, ha="center", halo=True)
    return figure


def _stroke(way: Sequence[tuple[float, float]], together: bool, width: float) -> PathPatch:
    """A quadratic curve: solid and blue for together, dashed and vermilion for apart."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    return PathPatch(
        Path(way, [Path.MOVETO, Path.CURVE3, Path.CURVE3]),
        fill=False,
        edgecolor=BLUE if together else VERMILION,
        linestyle="-" if together else (0, (4, 2.5)),
        linewidth=width,
        capstyle="butt",
        zorder=1,
        clip_on=False,
    )


def _clear_way(
    start: tuple[float, float],
    end: tuple[float, float],
    circles: list[tuple[float, float, float]],
    labels: list[tuple[float, float, Box]],
) -> tuple[float, float]:
    """Control point of a curve that runs behind no other node, straight where that is possible."""
    import numpy as np

    t = np.linspace(0, 1, 49)[:, None]
    first, last = np.array(start), np.array(end)
    aside = np.array([first[1] - last[1], last[0] - first[0]])
    best, least = (first + last) / 2, math.inf
    for bend in (0, 0.12, -0.12, 0.24, -0.24, 0.4, -0.4, 0.6, -0.6):
        control = (first + last) / 2 + bend * aside
        way = (1 - t) ** 2 * first + 2 * t * (1 - t) * control + t**2 * last
        met = sum(bool((np.hypot(*(way - (x, y)).T) < reach).any()) for x, y, reach in circles)
        read = sum(
            float(
                (
                    (np.abs(way[:, 0] - x) < box.half_width)
                    & (way[:, 1] > y)
                    & (way[:, 1] < y + box.down)
                ).mean()
            )
            for x, y, box in labels
        )
        cost = 10 * met + read + abs(bend)
        if cost < least:
            best, least = control, cost
    return float(best[0]), float(best[1])


def draw_lattice(
    nodes: Iterable[LatticeNode | tuple[str, int, str]],
    edges: Iterable[tuple[str, str]],
    *,
    scope: int,
    language: Language = "en",
    facet: str = "practice",
    title: str | None = None,
) -> Picture:
    """Draw a concept lattice, or its upper part, as a Hasse diagram in layers by extent.

    Larger extents stand higher, or beside where a layer has room. A line that passes a layer gets a
    place of its own there, so that it does not run through a box, and places in a layer follow the
    mean of their neighbours (Sugiyama, Tagawa and Toda, "Methods for visual understanding of
    hierarchical system structures", IEEE SMC 11, 1981). The page grows with the widest layer: up to
    about 40 nodes are readable, so cut larger lattices by support first (the iceberg of Stumme et
    al., Data & Knowledge Engineering 42, 2002).

    Parameters
    ----------
    nodes
        Concepts with their labels in the language of the picture. Labels may be reduced (only what
        a concept adds to those above it) or whole.
    edges
        Covering pairs of ids, in either order: the larger extent is above.
    scope
        Denominator: cities looked at.
    title
        In place of the question.

    Raises
    ------
    ParameterError
        An id is given twice or is missing, or an edge joins two concepts of equal extent.
    MissingPackageError
        matplotlib, or a font with the characters, is not installed.
    """
    given = [LatticeNode(*node) for node in nodes]
    known = {node.id: node._replace(label=_tidy(node.label)) for node in sorted(given)}
    if len(known) < len(given):
        raise ParameterError("bad-parameter", "nodes", "id ≠ id", str(len(given) - len(known)))
    cover = set()
    for pair in edges:
        missing = [end for end in pair if end not in known]
        if missing:
            raise ParameterError("bad-parameter", "edges", "id, id", missing[0])
        upper, lower = sorted(pair, key=lambda end: -known[end].extent)
        if known[upper].extent == known[lower].extent:
            raise ParameterError("bad-parameter", "edges", "id > id", f"{upper}, {lower}")
        cover.add((upper, lower))
    say = _Words(language, facet, scope=scope)
    say.values |= {"groups": say.count(len(known), "group"), "cities": say.count(scope, "city")}
    heading = _tidy(title) if title else say("lattice-title")
    notes = [text("unknown-not-absent", language)]
    with _settings(language):
        if not known:
            return _sentence(language, heading, say("lattice-empty"), notes)
        figure = _lattice_figure(known, sorted(cover), say, heading, notes)
        ordered = sorted(known.values(), key=lambda node: (-node.extent, node.label, node.id))
        spoken = say.items(f"{node.label} ({node.extent})".strip() for node in ordered)
        return _picture(figure, heading, [say("lattice-lead"), spoken, *notes], language)


def _lattice_figure(
    nodes: Mapping[str, LatticeNode],
    cover: list[tuple[str, str]],
    say: _Words,
    heading: str,
    notes: list[str],
) -> Figure:
    from matplotlib.patches import Rectangle

    size, line_high, gap = 7.5, 9.2, 9.0
    wrapped = {
        id: _even(f"{node.label} ({node.extent})".strip(), 92, size) for id, node in nodes.items()
    }
    wide = {id: 10 + max(_measure(line, size) for line in lines) for id, lines in wrapped.items()}
    scale_wide = 50.0
    room = max(A4[0] - 2 * MARGIN - scale_wide, 9 * math.sqrt(sum(wide.values())))
    layers = _bands(nodes, cover, wide, room, gap)
    layer = {id: row for row, ids in enumerate(layers) for id in ids}
    slots, ways = _slots(layers, layer, cover)
    x = _straight(slots, ways, {**{slot: 3.0 for row in slots for slot in row}, **wide}, gap)
    high = [max(8 + line_high * len(wrapped[id]) for id in ids) for ids in layers]
    between = 34.0
    tops = [sum(high[:row]) + between * row for row in range(len(layers))]
    least = min(x[slot] - wide.get(slot, 0) / 2 for slot in x)
    most = max(x[slot] + wide.get(slot, 0) / 2 for slot in x)
    page = max(A4[0], most - least + 2 * MARGIN + scale_wide)
    plan = _Plan(say.language, page, heading, say("lattice-lead"), notes)
    body = tops[-1] + high[-1]
    figure, top = plan.figure(body + 18)
    top += 18
    _write(figure, MARGIN, top - 6, say("lattice-axis"), 7.5, color=QUIET)
    axes = _axes(figure, 0, top, page, body)
    axes.set_xlim(0, page)
    axes.set_ylim(body, 0)
    shift = scale_wide + (page - scale_wide - (most - least)) / 2 - least
    for row, ids in enumerate(layers):
        middle = tops[row] + high[row] / 2
        ends = sorted({nodes[ids[0]].extent, nodes[ids[-1]].extent}, reverse=True)
        label = "–".join(map(str, ends))
        _write(figure, MARGIN, top + middle + 3, label, 8.5, weight="bold")
    for way in ways:
        points = []
        for slot in way:
            row = layer[slot] if slot in layer else int(slot.partition("\0")[0])
            half = (8 + line_high * len(wrapped[slot]) if slot in wrapped else high[row]) / 2
            middle = tops[row] + high[row] / 2
            points += [(x[slot] + shift, middle - half), (x[slot] + shift, middle + half)]
        axes.plot(*zip(*points[1:-1], strict=True), color=INK, linewidth=0.8, zorder=1)
    for id, lines in wrapped.items():
        middle, centre = tops[layer[id]] + high[layer[id]] / 2, x[id] + shift
        tall = 8 + line_high * len(lines)
        axes.add_patch(
            Rectangle(
                (centre - wide[id] / 2, middle - tall / 2),
                wide[id],
                tall,
                facecolor="white",
                edgecolor=INK,
                linewidth=1.0,
                zorder=2,
                clip_on=False,
            )
        )
        for number, line in enumerate(lines):
            place = middle + (number - (len(lines) - 1) / 2) * line_high + 0.36 * size
            _write(figure, centre, top + place, line, size, ha="center")
    return figure


def _bands(
    nodes: Mapping[str, LatticeNode],
    cover: list[tuple[str, str]],
    wide: Mapping[str, float],
    room: float,
    gap: float,
) -> list[list[str]]:
    """Layers from the largest extent down, each with what fits and is not joined by a line.

    A layer for every extent would make most lines long: they would hide the boxes.
    """
    above = defaultdict(set)
    for upper, lower in cover:
        above[lower].add(upper)
    layers: list[list[str]] = [[]]
    for id in sorted(nodes, key=lambda id: (-nodes[id].extent, nodes[id].label, id)):
        used = sum(wide[other] + gap for other in layers[-1])
        if layers[-1] and (used + wide[id] > room or above[id] & set(layers[-1])):
            layers.append([])
        layers[-1].append(id)
    return layers


def _slots(
    layers: list[list[str]], layer: Mapping[str, int], cover: list[tuple[str, str]]
) -> tuple[list[list[str]], list[list[str]]]:
    """Slots of each layer from left to right, and the slots that each edge runs through."""
    count = len(layers)
    slots = [list(ids) for ids in layers]
    ways = []
    for upper, lower in cover:
        # No id of a concept holds a NUL: it would not have passed for a name.
        between = [f"{row}\0{upper}\0{lower}" for row in range(layer[upper] + 1, layer[lower])]
        for row, slot in enumerate(between, layer[upper] + 1):
            slots[row].append(slot)
        ways.append([upper, *between, lower])
    above, below = defaultdict(list), defaultdict(list)
    for way in ways:
        for first, second in itertools.pairwise(way):
            above[second].append(first)
            below[first].append(second)
    for turn in range(12):
        near = above if turn % 2 == 0 else below
        rows = range(count) if turn % 2 == 0 else range(count - 1, -1, -1)
        for row in rows:
            place = {
                slot: (index + 0.5) / len(line) for line in slots for index, slot in enumerate(line)
            }
            slots[row].sort(
                key=lambda slot: (
                    sum(place[other] for other in near[slot]) / len(near[slot])
                    if near[slot]
                    else place[slot]
                )
            )
    return slots, ways


def _straight(
    slots: list[list[str]], ways: list[list[str]], wide: Mapping[str, float], gap: float
) -> dict[str, float]:
    """Place of each slot: as near to the mean of its neighbours as the order and widths allow.

    For one layer that is isotonic regression on the places less the room that stands before them.
    """
    import numpy as np
    from scipy.optimize import isotonic_regression

    near = defaultdict(list)
    for way in ways:
        for first, second in itertools.pairwise(way):
            near[first].append(second)
            near[second].append(first)
    x: dict[str, float] = {}
    room: list[NDArray[np.float64]] = []
    for line in slots:
        widths = np.array([wide[slot] for slot in line])
        steps = np.concatenate([[0.0], (widths[1:] + widths[:-1]) / 2 + gap])
        room.append(np.cumsum(steps))
        centred = room[-1] - room[-1].mean()
        x |= {slot: float(place) for slot, place in zip(line, centred, strict=True)}
    for turn in range(24):
        order = range(len(slots)) if turn % 2 == 0 else range(len(slots) - 1, -1, -1)
        for row in order:
            line = slots[row]
            wanted = np.array(
                [np.mean([x[n] for n in near[slot]]) if near[slot] else x[slot] for slot in line]
            )
            fitted = isotonic_regression(wanted - room[row]).x + room[row]
            x |= {slot: float(place) for slot, place in zip(line, fitted, strict=True)}
    return x


def draw_accumulation(
    points: Iterable[BandPoint | tuple[float, float, float, float]],
    *,
    unit: Literal["cities", "programmes"] = "cities",
    scope: int | None = None,
    whose: str | None = None,
    language: Language = "en",
    facet: str = "practice",
    level: float = 0.95,
    band: str | None = None,
    title: str | None = None,
) -> Picture:
    """Draw how the number of concepts on record grows with cities or programmes, with a band.

    Parameters
    ----------
    points
        At each number of cities or programmes the mean number of concepts and the ends of a band.
    unit
        What is added along the curve.
    scope
        Cities in scope, documented or not: the denominator when cities are added.
    whose
        Name of the city whose programmes are added, in the language of the picture.
    level
        Confidence of the band.
    band
        What the band is, as a sentence in the language of the picture, when "interval" is not it.
    title
        In place of the finding.

    Raises
    ------
    ParameterError
        A number is not finite, or a band does not hold its mean.
    MissingPackageError
        matplotlib, or a font with the characters, is not installed.
    """
    curve = sorted(BandPoint(*point) for point in points)
    for point in curve:
        if not all(map(math.isfinite, point)) or not point.low <= point.mean <= point.high:
            wanted = "low <= mean <= high"
            raise ParameterError("bad-parameter", "points", wanted, str(tuple(point)))
    unit_key = "city" if unit == "cities" else "programme"
    say = _Words(language, facet, scope=scope or 0)
    notes = [
        _tidy(band) if band else say("curve-band", _confidence(level, language)),
        say("curve-meaning"),
        text("unknown-not-absent", language),
    ]
    if not curve:
        heading = _tidy(title) if title else say("curve-empty-title")
        with _settings(language):
            return _sentence(language, heading, say("curve-empty"), notes[-1:])
    end = curve[-1]
    before = max((point for point in curve if point.size <= 0.9 * end.size), default=curve[0])
    say.values |= {
        "bareunit": say(f"bare-{unit_key}"),
        "units": say.count(end.size, unit_key),
        "concepts": say.count(end.mean, facet),
        "last": say.count(end.size - before.size, unit_key),
        "gain": f"{end.mean - before.mean:.1f}",
        "end": _number(end.size),
    }
    heading = say("curve-title" if len(curve) > 1 else "curve-title-one")
    if whose:
        heading = say("labelled", _tidy(whose), heading)
    heading = _tidy(title) if title else heading
    lead = say("curve-lead-scope" if scope and unit == "cities" else "curve-lead")
    with _settings(language):
        figure = _curve_figure(curve, say, heading, lead, notes)
        chosen = [curve[round(step * (len(curve) - 1) / 4)] for step in range(5)]
        spoken = say.items(
            f"{_number(p.size)}: {p.mean:.1f} ({p.low:.1f}–{p.high:.1f})"
            for p in dict.fromkeys(chosen)
        )
        return _picture(figure, heading, [lead, spoken, *notes], language)


def _curve_figure(
    curve: list[BandPoint], say: _Words, heading: str, lead: str, notes: list[str]
) -> Figure:
    from matplotlib.ticker import MaxNLocator

    plan = _Plan(say.language, A4[0], heading, lead, notes)
    high, axis = 270.0, 34.0
    figure, top = plan.figure(high + axis + 14)
    left, wide = MARGIN + 28, A4[0] - 2 * MARGIN - 28 - 12
    top += 14
    axes = _axes(figure, left, top, wide, high)
    sizes, means, lows, highs = (list(column) for column in zip(*curve, strict=True))
    right = max(sizes) * 1.02 or 1.0
    roof = max(highs) * 1.06 or 1.0
    axes.set_xlim(0, right)
    axes.set_ylim(0, roof)
    for value in MaxNLocator(6, integer=True).tick_values(0, roof):
        if 0 <= value <= roof:
            axes.axhline(value, color=RULE, linewidth=0.6, zorder=0)
            y = top + high * (1 - value / roof) + 2.8
            _write(figure, left - 5, y, _number(value), 8, ha="right")
    for value in MaxNLocator(8, integer=True).tick_values(0, right):
        if 0 <= value <= right:
            axes.axvline(value, 0, -0.012, color=INK, linewidth=0.8, clip_on=False)
            x = left + wide * value / right
            _write(figure, x, top + high + 13, _number(value), 8, ha="center")
    axes.axhline(0, color=INK, linewidth=0.8, clip_on=False)
    axes.fill_between(sizes, lows, highs, color="#D9D9D9", linewidth=0, zorder=1)
    for edge in (lows, highs):
        axes.plot(sizes, edge, color=QUIET, linewidth=0.8, linestyle=(0, (3, 2)), zorder=2)
    axes.plot(
        sizes,
        means,
        color=FILL,
        linewidth=2,
        zorder=3,
        marker="o" if len(curve) == 1 else "",
        clip_on=False,
    )
    across, up = (str(say.values[key]) for key in ("bareunit", "bare"))
    label = say("curve-x", across[:1].upper() + across[1:], say.values["end"])
    _write(figure, left + wide / 2, top + high + 28, label, 8.5, ha="center")
    _write(figure, MARGIN, top - 8, say("curve-y", up[:1].upper() + up[1:]), 8.5)
    return figure


# Words


class _Words:
    """Texts of pictures in one language, filled with the values of one picture."""

    def __init__(self, language: Language, facet: str = "practice", **values: object) -> None:
        self.language, self.values = language, values
        self.facet = facet
        values["bare"] = self(f"bare-{facet}")

    def __call__(self, key: str, *places: object, **values: object) -> str:
        pattern = _TEXTS[key][1 if self.language == "zh" else 0]
        return pattern.format(*places, **{**self.values, **values})

    def items(self, parts: Iterable[str]) -> str:
        """Parts of a list as one sentence."""
        return self("items").join(parts) + ("." if self.language == "en" else "。")

    def count(self, number: float, key: str) -> str:
        """A number with what it counts, in the right form."""
        word = self(key)
        if self.language == "en":
            one, _, more = word.partition("|")
            word = one if number == 1 else more
        return f"{_number(number)} {word}"


def _tidy(label: str) -> str:
    """A label on one line, without control characters: XML has no place for them."""
    kept = (" " if unicodedata.category(c).startswith("C") else c for c in label)
    return " ".join("".join(kept).split())


def _name(names: Mapping[str, str], iri: str) -> str:
    return _tidy(names.get(iri, "")) or shorten(iri)


def _percent(share: float, language: Language, *, bare: bool = False) -> str:
    """A share in per cent: whole ones, more digits only below one per cent."""
    whole = f"{100 * share:.0f}" if share in (0, 1) or share >= 0.01 else f"{100 * share:.1f}"
    if bare:
        return whole
    return whole + ("%" if language == "zh" else "\u00a0%")


def _confidence(level: float, language: Language) -> str:
    return f"{100 * level:.6g}" + ("%" if language == "zh" else "\u00a0%")


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value - round(value)) < 1e-9 else f"{value:.1f}"


# Between a Chinese character and its neighbours a line may end, but not before the marks that
# close and not after those that open (W3C, Requirements for Chinese Text Layout, 3.1.3).
_WIDE_RANGE: Final = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_CLOSE: Final = "，。、；：？！）》〉」』】”’％%),.;:?!…"
_OPEN: Final = "（《〈「『【“‘("
_TOKEN: Final = re.compile(
    rf" *[{_OPEN}]*(?:[{_WIDE_RANGE}][{_CLOSE}]*|[^ {_WIDE_RANGE}{_OPEN}]+[{_CLOSE}]*|$)| +"
)


def _wrap(line: str, width: float, size: float, *, weight: str = "normal") -> list[str]:
    """Lines of at most so many points; a word that is wider alone is broken."""
    _require_characters(line)
    lines, rest = [], ""
    for token in _TOKEN.findall(line):
        if rest and _measure(rest + token, size, weight) > width:
            lines.append(rest)
            rest = token.lstrip(" ")
        else:
            rest += token
        while _measure(rest, size, weight) > width and len(rest) > 1:
            cut = len(rest) - 1
            while cut > 1 and _measure(rest[:cut], size, weight) > width:
                cut -= 1
            lines.append(rest[:cut])
            rest = rest[cut:]
    return [*lines, rest] if rest or not lines else lines


def _even(line: str, width: float, size: float) -> list[str]:
    """No more lines than needed, and these about as long as each other."""
    lines = _wrap(line, width, size)
    least = max(_measure(token.strip(), size) for token in _TOKEN.findall(line))
    while len(lines) > 1 and (width := 0.94 * width) > least:
        narrower = _wrap(line, width, size)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def _two_lines(line: str, width: float, size: float) -> list[str]:
    """One or two lines of about so many points, or longer ones where two do not do."""
    return _even(line, max(width, 0.6 * _measure(line, size)), size)


def _measure(line: str, size: float, weight: str = "normal") -> float:
    """Width in points, with the fonts in use."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    if not line:
        return 0.0
    _require_characters(line)
    found = FontProperties(size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(line, found, ismath=False)[0])


# Fonts and settings


def _installed_fonts(*, look_again: bool = False) -> frozenset[str]:
    """Names of font families; matplotlib keeps a list that does not notice a new font by itself."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    if look_again:
        for path in sorted(set(findSystemFonts()) - {entry.fname for entry in fontManager.ttflist}):
            # A file that is no font after all is no fault of the picture.
            with suppress(OSError, RuntimeError):
                fontManager.addfont(path)
    return frozenset(entry.name for entry in fontManager.ttflist)


def _families(language: Language) -> list[str]:
    """Font families in use, best first: the first CJK font that is installed, and DejaVu."""
    installed = _installed_fonts()
    if language == "zh" and not installed & set(CJK_FONTS):
        installed = _installed_fonts(look_again=True)
    chinese = next((name for name in CJK_FONTS if name in installed), None)
    found = [_LATIN] if chinese is None else [_LATIN, chinese]
    return found[::-1] if language == "zh" else found


def _require_characters(line: str) -> None:
    """Refuse a text that would be printed as boxes."""
    import matplotlib

    fonts = [_characters(family) for family in matplotlib.rcParams["font.family"]]
    missing = sorted({c for c in line if not any(ord(c) in held for held in fonts)})
    if missing:
        raise MissingPackageError("missing-font", "".join(missing[:12]))


@cache
def _characters(family: str) -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return frozenset(get_font(findfont(FontProperties(family=[family]))).get_charmap())


@contextmanager
def _settings(language: Language) -> Iterator[None]:
    """Defaults of matplotlib and ours; the caller's settings come back afterwards."""
    try:
        import matplotlib
    except ImportError as error:
        raise MissingPackageError("missing-package", "matplotlib", "analysis") from error
    with _DRAWING, matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "font.family": _families(language),
                "svg.fonttype": "none",
                "svg.hashsalt": "city-practice-graph",
                "text.parse_math": False,  # a dollar in a name is a dollar
                "axes.linewidth": 0.8,
                "path.simplify": False,
            }
        )
        yield


# The page


class _Plan:
    """What stands above and below a picture, measured before the page is made."""

    def __init__(
        self, language: Language, width: float, title: str, lead: str, notes: list[str]
    ) -> None:
        self.language, self.width = language, width
        room = width - 2 * MARGIN
        self._title = _wrap(title, room, 13, weight="bold")
        self._lead = _wrap(lead, room, 9) if lead else []
        self._notes = [_wrap(note, room, 7.5) for note in notes]
        self.head = MARGIN * 0.8 + 17 * len(self._title) + 12 * len(self._lead) + 8
        self.foot = 10 + sum(10 * len(note) + 2 for note in self._notes) + MARGIN * 0.6

    def figure(self, body: float) -> tuple[Figure, float]:
        """The page with title, lead and notes, and where its body begins."""
        from matplotlib.figure import Figure

        height = self.head + body + self.foot
        figure = Figure(figsize=(self.width / 72, height / 72), dpi=PIXELS, facecolor="white")
        y = MARGIN * 0.8
        for line in self._title:
            _write(figure, MARGIN, y + 12, line, 13, weight="bold")
            y += 17
        for line in self._lead:
            _write(figure, MARGIN, y + 9, line, 9)
            y += 12
        y = self.head + body + 10
        for note in self._notes:
            for line in note:
                _write(figure, MARGIN, y + 7.5, line, 7.5, color=QUIET)
                y += 10
            y += 2
        return figure, self.head


def _points(figure: Figure) -> tuple[float, float]:
    width, height = figure.get_size_inches()
    return float(width) * 72, float(height) * 72


def _write(
    figure: Figure,
    x: float,
    y: float,
    line: str,
    size: float,
    *,
    ha: str = "left",
    color: str = INK,
    weight: str = "normal",
    rotation: float = 0,
    halo: bool = False,
) -> None:
    """One line of text with its base line at ``y`` points from the top of the page."""
    _require_characters(line)
    width, height = _points(figure)
    written = figure.text(
        x / width,
        1 - y / height,
        line,
        fontsize=size,
        ha=ha,
        va="baseline",
        color=color,
        fontweight=weight,
        rotation=rotation,
        rotation_mode="anchor",
    )
    if halo:
        written.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.6})


def _axes(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Bare axes at a place of the page, in points from its upper left corner."""
    page_width, page_height = _points(figure)
    axes = figure.add_axes(
        (
            left / page_width,
            1 - (top + height) / page_height,
            width / page_width,
            height / page_height,
        )
    )
    axes.set_axis_off()
    return axes


def _rectangle(figure: Figure, x: float, y: float, width: float, height: float, face: str) -> None:
    from matplotlib.patches import Rectangle

    page_width, page_height = _points(figure)
    figure.add_artist(
        Rectangle(
            (x / page_width, 1 - (y + height) / page_height),
            width / page_width,
            height / page_height,
            facecolor=face,
            edgecolor=QUIET,
            linewidth=0.6,
        )
    )


def _sentence(language: Language, title: str, reason: str, notes: list[str]) -> Picture:
    """A page without a picture: why there is nothing to draw."""
    plan = _Plan(language, A4[0], title, reason, notes)
    figure, _ = plan.figure(4)
    return _picture(figure, title, [reason, *notes], language)


def _picture(figure: Figure, title: str, spoken: Sequence[str], language: Language) -> Picture:
    """Write a figure in both formats."""
    description = (" " if language == "en" else "").join(spoken)
    svg, png = io.BytesIO(), io.BytesIO()
    figure.savefig(
        svg, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    figure.savefig(
        png,
        format="png",
        dpi=PIXELS,
        metadata={"Software": None, "Title": title, "Description": description},
    )
    return Picture(
        _plain_svg(svg.getvalue(), title, description, language),
        png.getvalue(),
        title,
        description,
    )


_STYLED: Final = re.compile(r"\s*([a-z-]+)\s*:\s*([^;]+)")


def _plain_svg(drawn: bytes, title: str, description: str, language: Language) -> bytes:
    """SVG that may stand in any page: texts for screen readers, own ids, no style sheet.

    Style attributes become presentation attributes (SVG 2, 6.6): a strict
    Content-Security-Policy allows them, and the rule for all elements that matplotlib writes would
    reach the page around the picture.
    """
    from xml.dom import Node, minidom

    document = minidom.parseString(drawn)  # noqa: S318 (written by matplotlib a moment ago)
    root = document.documentElement
    assert root is not None
    for sheet in list(root.getElementsByTagName("style")):
        assert sheet.parentNode is not None
        sheet.parentNode.removeChild(sheet)
    elements = [root, *root.getElementsByTagName("*")]
    for element in elements:
        for child in list(element.childNodes):
            if child.nodeType == Node.COMMENT_NODE:
                element.removeChild(child)
        for name, value in _STYLED.findall(element.getAttribute("style")):
            if name == "font":  # the short form of matplotlib before 3.10
                size = re.search(r"([\d.]+)px", value)
                bold = re.search(r"\b(\d00)\b", value)
                if size:
                    element.setAttribute("font-size", f"{size[1]}px")
                if bold and bold[1] != "400":
                    element.setAttribute("font-weight", bold[1])
            elif name != "font-family":
                element.setAttribute(name, value.strip())
        if element.hasAttribute("style"):
            element.removeAttribute("style")
    # After the fonts are gone: those of this machine shall not show in the identifiers.
    own = f"p{hashlib.sha256((title + root.toxml()).encode('utf-8')).hexdigest()[:10]}-"
    for element in elements:
        if element.hasAttribute("id"):
            element.setAttribute("id", own + element.getAttribute("id"))
        for name in ("xlink:href", "href"):
            if element.getAttribute(name).startswith("#"):
                element.setAttribute(name, f"#{own}{element.getAttribute(name)[1:]}")
        if "url(#" in element.getAttribute("clip-path"):
            clip = element.getAttribute("clip-path").replace("url(#", f"url(#{own}")
            element.setAttribute("clip-path", clip)
    for name, value in (
        ("role", "img"),
        ("xml:lang", "zh-Hans" if language == "zh" else "en"),
        ("aria-labelledby", f"{own}title"),
        ("aria-describedby", f"{own}desc"),
        ("font-family", _STACKS[language]),
        ("stroke-linejoin", "round"),
        ("stroke-linecap", "butt"),
    ):
        root.setAttribute(name, value)
    for tag, content in (("desc", description), ("title", title)):
        element = document.createElement(tag)
        element.setAttribute("id", own + tag)
        element.appendChild(document.createTextNode(content))
        root.insertBefore(element, root.firstChild)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + root.toxml().encode("utf-8") + b"\n"
