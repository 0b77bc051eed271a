"""Places in a source text: paragraphs, sentences, positions and hashes, without the text itself.

A place is a Web Annotation text position (W3C Web Annotation Data Model, section 4.2.4): code
points of the text in UTF-8, NFC, LF; the start is included, the end is not.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.errors import EvidenceError
from kg.terms import FRAGMENT, SOURCE, expand

_TEXT_HASH = ox.NamedNode(expand("cpg:textSha256"))
_SEGMENT_HASH = ox.NamedNode(expand("cpg:segmentSha256"))
_HAS_SOURCE = ox.NamedNode(expand("oa:hasSource"))
_DESCRIPTION = ox.NamedNode(expand("dcterms:description"))
# So many letters in a row are no longer a name or a turn of phrase. Chinese says in 16 characters
# what English says in about 60 letters.
_REPEATED: Final = {"zh": 16, "ja": 16, "ko": 24}
_REPEATED_ELSEWHERE: Final = 60


@dataclass(frozen=True)
class Fragment:
    """One sentence of a source text.

    Attributes
    ----------
    name
        ``P11S2``: paragraph (non-empty line) 11, sentence 2, both from 1.
    start, end
        Code points from the beginning of the text; the end is not included.
    sha256
        Hash of the sentence in UTF-8.
    """

    name: str
    start: int
    end: int
    sha256: str


def read_source_text(path: Path) -> str:
    """Text of a source, in NFC and with LF line ends.

    Raises
    ------
    EvidenceError
        The file does not exist or is not UTF-8.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceError("source-unreadable", str(path), str(error)) from error
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))


def text_sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def iter_fragments(text: str) -> Iterator[Fragment]:
    r"""Sentences of a text in order; a sentence runs up to and with its full stop ``。``.

    Examples
    --------
    >>> [(f.name, f.start, f.end) for f in iter_fragments("题目\n\n一句。两句。")]
    [('P01S1', 0, 2), ('P02S1', 4, 7), ('P02S2', 7, 10)]
    """
    paragraph = 0
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            paragraph += 1
            begin = 0
            sentence = 0
            while begin < len(line):
                stop = line.find("。", begin)
                end = len(line) if stop < 0 else stop + 1
                sentence += 1
                yield Fragment(
                    f"P{paragraph:02d}S{sentence}",
                    offset + begin,
                    offset + end,
                    text_sha256(line[begin:end]),
                )
                begin = end
        offset += len(line) + 1


def fragments_yaml(text: str, source: str) -> str:
    """A curated file with the fragments of a source text, ready to be kept under ``fragment/``."""
    lines = [
        "# Computed from the text by 'kg fragments'; never edit by hand.",
        "graphs:",
        f"  - id: graph/register/fragments-{source}",
        "    states:",
    ]
    for fragment in iter_fragments(text):
        place = f"{source}/{fragment.name}"
        lines += [
            f"      - id: fragment/{place}",
            "        type: SourceFragment",
            f"        source: source/{source}",
            "        selector:",
            f"          id: selector/{place}",
            "          type: TextPositionSelector",
            f'          start: "{fragment.start}"',
            f'          end: "{fragment.end}"',
            f"        segmentSha256: {fragment.sha256}",
        ]
    return "\n".join(lines) + "\n"


def check_source(dataset: ox.Store, path: Path, text: str) -> tuple[str, int]:
    """Compare a source text with the places recorded from it.

    Returns
    -------
    source, places
        Slug of the source that has this text, and how many of its places were compared.

    Raises
    ------
    EvidenceError
        No source has a text with this hash, or a recorded place has another hash.
    """
    found = text_sha256(text)
    known = {
        quad.object.value: quad.subject
        for quad in dataset.quads_for_pattern(None, _TEXT_HASH, None, None)
        if isinstance(quad.object, ox.Literal)
    }
    if found not in known:
        raise EvidenceError("source-hash", str(path), found, ", ".join(sorted(known)) or "-")
    source = known[found]
    assert isinstance(source, ox.NamedNode)
    hashes = {fragment.name: fragment.sha256 for fragment in iter_fragments(text)}
    places = 0
    for quad in dataset.quads_for_pattern(None, _HAS_SOURCE, source, None):
        assert isinstance(quad.subject, ox.NamedNode)
        recorded = ox.Literal(hashes.get(quad.subject.value.rpartition("/")[2], ""))
        if not any(dataset.quads_for_pattern(quad.subject, _SEGMENT_HASH, recorded, None)):
            raise EvidenceError("segment-hash", quad.subject.value.removeprefix(FRAGMENT))
        places += 1
    return source.value.removeprefix(SOURCE), places


def repeated_passages(dataset: ox.Store, text: str) -> list[tuple[str, str]]:
    """Descriptions that repeat a passage of a source text instead of telling it in own words.

    Only letters and digits are compared. A passage counts from 16 characters in Chinese, 60 in
    languages with an alphabet.

    Returns
    -------
    list of (str, str)
        IRI of the thing described, and the passage without spaces and punctuation; sorted.
    """
    letters = _letters(text)
    found = set()
    for quad in dataset.quads_for_pattern(None, _DESCRIPTION, None, None):
        thing, description = quad.subject, quad.object
        if not isinstance(thing, ox.NamedNode) or not isinstance(description, ox.Literal):
            continue
        language = (description.language or "").partition("-")[0]
        length = _REPEATED.get(language, _REPEATED_ELSEWHERE)
        told = _letters(description.value)
        for start in range(len(told) - length + 1):
            if told[start : start + length] in letters:
                found.add((thing.value, told[start : start + length]))
                break
    return sorted(found)


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
