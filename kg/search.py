"""Finding things by what people type: in Chinese, English or pinyin, without exact spelling.

An index is built once of all names and definitions. A name counts for more than a definition, the
whole of a name for more than its beginning, and that for more than a part of it or a slip of the
keyboard. Near misses are measured with the normalised Indel similarity (rapidfuzz, ``fuzz.ratio``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from anyascii import anyascii

from kg.names import HAN, fold, pinyin, simplify

Matched = Literal["name", "alias", "pinyin", "initials", "description"]
"""What of a thing is like the text: its preferred name, another one, its pinyin, the first letters
of its pinyin, or a definition."""

MATCHED: Final[tuple[Matched, ...]] = ("name", "alias", "pinyin", "initials", "description")
"""The values of :data:`Matched`; of two equal scores the earlier one is told."""

KINDS: Final = (
    *("city", "practice", "programme", "technology", "mechanism", "outcome", "organisation"),
    "source",
)
"""Kinds of things in the order in which equal scores are shown; all others follow."""

# Words of the vocabulary are short, and a short name fits better: people look for things.
_VOCABULARY: Final = 0.94

EXACT: Final = 100
"""Score of a name that is equal after folding."""

LONGEST: Final = 200
"""Characters of a text that are looked at; no name is longer than this."""

_FORM: Final = 1  # of the stored index: one of another form is not read
# Characters of a name from which nobody types the first letters any more.
_LONGEST_INITIALS: Final = 10
# Near misses below these are other words: one wrong character of three in Chinese (67) is still
# a near miss, "oslo" and "solo" (75) are the most that Latin letters may differ.
_NEAR_HAN, _NEAR_LATIN, _NEAR_PINYIN = 62.0, 74.0, 84.0
_NEAR_PART_HAN, _NEAR_PART_LATIN = 66.0, 82.0
# A long text is like no part of a name, and comparing all parts would cost the most there.
_LONGEST_PART, _LONGEST_PIECES, _MOST_WORDS = 60, 24, 12

_NO_WORD: Final = re.compile(r"[\W_]+")
_LATIN: Final = re.compile("[\u00c0-\u024f]")
_GAP_BESIDE_HAN: Final = re.compile(f"(?<={HAN.pattern}) | (?={HAN.pattern})")


@dataclass(frozen=True)
class Entry:
    """A thing that can be found.

    Attributes
    ----------
    iri
        Its IRI, or its path in the explorer: what a :class:`Hit` is to name.
    kind
        What it is: one of :data:`KINDS`, or another word.
    names
        Text, language tag (empty for a slug), and whether it is the preferred name.
    definitions
        Text and language tag.
    """

    iri: str
    kind: str
    names: Sequence[tuple[str, str, bool]]
    definitions: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Hit:
    """A thing that is like the text looked for.

    Attributes
    ----------
    iri, kind
        As the entry has them.
    name
        The name that fits best, of any language, alias or hidden spelling; where a definition
        fits, the preferred name in the language of it.
    language
        Language tag of the name, empty for a slug.
    score
        0 to 100; 100 is equal after folding.
    matched
        What of the thing is like the text.
    """

    iri: str
    kind: str
    name: str
    language: str
    score: int
    matched: Matched


class _Name(NamedTuple):
    entry: int
    text: str
    language: str
    preferred: bool
    key: str
    syllables: list[str]


class _Definition(NamedTuple):
    entry: int
    language: str
    key: str


# What one way of looking says of a thing: its score, what matched, and the place of the name or,
# for a definition, of the definition.
_Found = tuple[float, Matched, int]


def code_hash() -> str:
    """SHA-256 of the code that makes an index: a stored one of other code is not to be used."""
    folder = Path(__file__).parent
    parts = [(folder / name).read_bytes() for name in ("names.py", "search.py")]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def search_key(text: str) -> str:
    """The form in which texts are compared: words of letters and digits, one space between them.

    Characters are simplified, and have no spaces beside them; letters have no accents and strokes.

    Examples
    --------
    >>> search_key("  Łódź: “智慧 城市”-Plan ")
    'lodz智慧城市plan'
    """
    folded = _LATIN.sub(lambda found: anyascii(found[0]).casefold(), fold(simplify(text)))
    return _GAP_BESIDE_HAN.sub("", _NO_WORD.sub(" ", folded).strip())


class SearchIndex:
    """Names and definitions, made ready for looking things up.

    Nothing in it changes after it is made, so that threads can share it.
    """

    def __init__(
        self,
        things: list[tuple[str, str]],
        names: list[_Name],
        definitions: list[_Definition],
        readings: Mapping[str, str],
    ) -> None:
        self._things, self._names, self._definitions = things, names, definitions
        # Character to syllable: typing errors in Chinese are mostly characters that sound alike.
        self._readings = {
            character: syllable
            for syllable, characters in readings.items()
            for character in characters
        }
        self._keys = [name.key for name in names]
        self._letters = [frozenset(name.key) for name in names]
        # Place of a name and what its pinyin looks like when it is typed.
        self._pinyin = [i for i, name in enumerate(names) if name.syllables]
        self._typed = ["".join(names[i].syllables) for i in self._pinyin]
        order = {kind: place for place, kind in enumerate(KINDS)}
        self._order = [order.get(kind, len(KINDS)) for _, kind in things]

    @classmethod
    def build(cls, entries: Iterable[Entry]) -> SearchIndex:
        """An index of entries; their order does not matter."""
        things: list[tuple[str, str]] = []
        names: list[_Name] = []
        definitions: list[_Definition] = []
        for place, entry in enumerate(sorted(entries, key=lambda entry: entry.iri)):
            things.append((entry.iri, entry.kind))
            seen = set()
            # Preferred names first, slugs last: of equal ones after folding the first is kept.
            for text, language, preferred in sorted(
                set(entry.names), key=lambda name: (not name[2], not name[1], name[1], name[0])
            ):
                key = search_key(text)
                if not key or key in seen:
                    continue
                seen.add(key)
                chinese = HAN.search(key) and language.lower().partition("-")[0] in ("zh", "")
                syllables = pinyin(key) if chinese else []
                names.append(_Name(place, text, language, preferred, key, syllables))
            definitions += [
                _Definition(place, language, search_key(text))
                for text, language in sorted(set(entry.definitions))
            ]
        return cls(things, names, definitions, _common_readings())

    def to_json(self) -> str:
        """The index as JSON; the same entries give the same text."""
        names: list[list[Any]] = [[] for _ in self._things]
        definitions: list[list[Any]] = [[] for _ in self._things]
        for name in self._names:
            names[name.entry].append(
                [name.text, name.language, name.preferred, name.key, " ".join(name.syllables)]
            )
        for definition in self._definitions:
            definitions[definition.entry].append([definition.language, definition.key])
        readings: dict[str, str] = {}
        for character, syllable in self._readings.items():
            readings[syllable] = readings.get(syllable, "") + character
        whole = {
            "form": _FORM,
            "readings": readings,
            "things": [
                [iri, kind, names[place], definitions[place]]
                for place, (iri, kind) in enumerate(self._things)
            ],
        }
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> SearchIndex:
        """The index that :meth:`to_json` wrote.

        Raises
        ------
        ValueError
            The text is no index, or one of another form: build it again.
        """
        whole = json.loads(text)
        if not isinstance(whole, dict) or whole.get("form") != _FORM:
            raise ValueError(f"not a search index of form {_FORM}")
        things, names, definitions = [], [], []
        for place, (iri, kind, its_names, its_definitions) in enumerate(whole["things"]):
            things.append((iri, kind))
            names += [
                _Name(place, name, language, preferred, key, syllables.split())
                for name, language, preferred, key, syllables in its_names
            ]
            definitions += [_Definition(place, language, key) for language, key in its_definitions]
        return cls(things, names, definitions, whole["readings"])

    def search(
        self, text: str, *, limit: int = 10, kinds: Collection[str] | None = None
    ) -> list[Hit]:
        """Things that are like a text, best first; equal ones in the order of :data:`KINDS`.

        Parameters
        ----------
        text
            Anything; :data:`LONGEST` characters of it are looked at.
        limit
            Hits at most.
        kinds
            Look for things of these kinds alone; for all when left out.
        """
        # Half of a surrogate pair can come from an address; it is no character.
        wanted = search_key(text[:LONGEST].encode("utf-8", "ignore").decode("utf-8"))[:LONGEST]
        if not wanted or limit < 1:
            return []
        best: dict[int, tuple[int, int, int, int]] = {}
        for score, matched, place in self._find(wanted):
            if matched == "description":
                entry = self._definitions[place].entry
                length, shown = 0, self._shown(entry, self._definitions[place].language)
            else:
                entry, shown = self._names[place].entry, place
                length = len(self._names[place].key)
                if score < EXACT and not self._names[place].language:
                    score *= 0.9  # a slug is made for addresses, not for reading
            if score < EXACT and self._order[entry] == len(KINDS):
                score *= _VOCABULARY
            # Whole numbers, so that scores that look equal are equal.
            found = (-round(score), MATCHED.index(matched), length, shown)
            if entry not in best or found < best[entry]:
                best[entry] = found
        ranked = sorted(
            (found[0], self._order[entry], *found[1:3], self._things[entry][0], entry)
            for entry, found in best.items()
            if kinds is None or self._things[entry][1] in kinds
        )
        return [self._hit(entry, best[entry]) for *_, entry in ranked[:limit]]

    def _hit(self, entry: int, found: tuple[int, int, int, int]) -> Hit:
        iri, kind = self._things[entry]
        score, matched, _, place = found
        name, language = iri, ""
        if place >= 0:
            name, language = self._names[place].text, self._names[place].language
        return Hit(iri, kind, name, language, -score, MATCHED[matched])

    @cached_property
    def _preferred(self) -> dict[tuple[int, str], int]:
        places: dict[tuple[int, str], int] = {}
        for place, name in enumerate(self._names):
            places.setdefault((name.entry, name.language), place)
            places.setdefault((name.entry, ""), place)
        return places

    def _shown(self, entry: int, language: str) -> int:
        """Place of the name by which a thing is called in a language; -1 when it has none."""
        return self._preferred.get((entry, language), self._preferred.get((entry, ""), -1))

    def _find(self, wanted: str) -> Iterator[_Found]:
        """All that is like a text, by each way of looking; a thing may come more than once."""
        han = bool(HAN.search(wanted))
        yield from self._find_names(wanted, han=han)
        typed = wanted.replace(" ", "").replace("v", "u")
        if typed.isascii():
            yield from self._find_pinyin(typed)
        elif len(wanted) >= 3 and HAN.match(wanted):
            # Below three characters too many words sound alike.
            sound = "".join(self._readings.get(character, character) for character in wanted)
            yield from self._find_sound(sound)
        yield from self._find_definitions(wanted, han=han)

    def _find_names(self, wanted: str, *, han: bool) -> Iterator[_Found]:
        from rapidfuzz import fuzz, process

        words = _words(wanted)
        letters = frozenset(wanted)
        # "上海市" is the city 上海.
        city = wanted[:-1] if han and len(wanted) > 2 and wanted.endswith("市") else None
        for place, key in enumerate(self._keys):
            score = 0.0
            if wanted in key:
                score = EXACT if wanted == key else _inside(wanted, key)
            elif key in wanted:
                score = _around(wanted, key)
                if key == city and self._things[self._names[place].entry][1] == "city":
                    score = 98
            elif letters <= self._letters[place]:
                score = _parts(wanted, words, key, han=han)
            if score:
                yield score, self._whose(place), place
        near = _NEAR_HAN if han else _NEAR_LATIN
        for _, ratio, place in process.extract(
            wanted, self._keys, scorer=fuzz.ratio, score_cutoff=near, limit=None
        ):
            yield ratio * 0.93, self._whose(place), place
        if (3 if han else 4) <= len(wanted) <= _LONGEST_PART:
            near = _NEAR_PART_HAN if han else _NEAR_PART_LATIN
            for key, ratio, place in process.extract(
                wanted, self._keys, scorer=fuzz.partial_ratio, score_cutoff=near, limit=None
            ):
                if len(key) > len(wanted) and ratio < EXACT:
                    part = len(wanted) / len(key)
                    yield ratio * (0.6 + 0.2 * part), self._whose(place), place

    def _whose(self, place: int) -> Matched:
        return "name" if self._names[place].preferred else "alias"

    def _find_pinyin(self, typed: str) -> Iterator[_Found]:
        if len(typed) < 2:
            return
        for key, place in zip(self._typed, self._pinyin, strict=True):
            syllables = self._names[place].syllables
            if len(syllables) <= _LONGEST_INITIALS and key[0] == typed[0]:
                initials = "".join(syllable[0] for syllable in syllables)
                if initials == typed:
                    yield 88, "initials", place
                elif len(typed) > 2 and initials.startswith(typed):
                    yield 56 + 13 * len(typed) / len(initials), "initials", place
            if typed == key:
                yield 95, "pinyin", place
            elif len(typed) > 2 and typed in key:
                begins = [0, *accumulate(map(len, syllables))]
                at = key.find(typed)
                part = len(typed) / len(key)
                if at == 0:
                    whole = len(typed) in begins
                    yield (78 if whole else 74) + 13 * part, "pinyin", place
                elif len(typed) > 3 and at in begins:
                    yield 60 + 13 * part, "pinyin", place
        if len(typed) > 4:
            yield from self._find_sound(typed)

    def _find_sound(self, sound: str) -> Iterator[_Found]:
        from rapidfuzz import fuzz, process

        for _, ratio, at in process.extract(
            sound, self._typed, scorer=fuzz.ratio, score_cutoff=_NEAR_PINYIN, limit=None
        ):
            yield ratio * 0.85, "pinyin", self._pinyin[at]

    def _find_definitions(self, wanted: str, *, han: bool) -> Iterator[_Found]:
        if len(wanted) < 2:
            return
        words = _words(wanted)
        for place, definition in enumerate(self._definitions):
            key = definition.key
            if wanted in key:
                if han or f" {wanted}" in f" {key}":
                    yield 44 + 10 * len(wanted) / len(key), "description", place
            elif len(words) > 1 and all(word in key for word in words):
                spaced = f" {key}"
                if all(f" {word}" in spaced for word in words):
                    yield 38, "description", place


def _words(wanted: str) -> list[str]:
    """The words of a text, each once; none where there are more than a person types."""
    words = list(dict.fromkeys(wanted.split(" ")))
    return words if len(words) <= _MOST_WORDS else []


def _inside(wanted: str, key: str) -> float:
    """Score of a text that is a part of a name: 82 to 95 at its beginning, 58 to 85 elsewhere."""
    at = key.find(wanted)
    part = len(wanted) / len(key)
    if at and not HAN.match(wanted):
        begins = key.find(f" {wanted}") + 1 or at
        if key[begins - 1] != " " and not HAN.match(key[begins - 1]):
            # Within a word: "art" is in "smart", and nobody who types it means that.
            return 58 + 13 * part if len(wanted) > 2 else 0
        at = begins
    end = at + len(wanted)
    whole = end == len(key) or key[end] == " " or HAN.match(key[end]) or HAN.match(wanted[-1])
    return (82 if at == 0 else 72) - (0 if whole else 4) + 13 * part


def _around(wanted: str, key: str) -> float:
    """Score of a text that holds a whole name: 36 to 80."""
    if len(key) < (2 if HAN.match(key) else 3):
        return 0
    at = wanted.find(key)
    before, after = wanted[:at][-1:], wanted[at + len(key) :][:1]
    joined = any(side and side.isascii() and side != " " for side in (before, after))
    if joined and key.isascii():
        return 0
    return 36 + 44 * len(key) / len(wanted)


def _parts(wanted: str, words: Sequence[str], key: str, *, han: bool) -> float:
    """Score of a name that holds a text in another order, as 开放数据 does 数据开放: 60 to 86."""
    if len(words) > 1:
        held = all(word in key for word in words)
    else:
        held = han and 3 < len(wanted) <= _LONGEST_PIECES and _pieces(wanted, key)
    # Nearly all of a name tells more than the right order within a long one: hence the square.
    return 60 + 26 * min(1.0, len(wanted) / len(key)) ** 2 if held else 0


def _pieces(wanted: str, key: str) -> bool:
    """Whether a text can be cut into pieces of two or more characters that a name holds."""
    at = 0
    while at < len(wanted):
        size = len(wanted) - at
        while size > 1 and wanted[at : at + size] not in key:
            size -= 1
        if size < 2:
            return False
        at += size
    return True


@cache
def _common_readings() -> Mapping[str, str]:
    """Syllable to the characters of GB 2312, level 1 and 2, that are read so."""
    readings: dict[str, str] = {}
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            character = bytes((row, cell)).decode("gb2312", "ignore")
            for syllable in pinyin(character):
                readings[syllable] = readings.get(syllable, "") + character
    return readings
