"""Finding things by name in Chinese and English, with aliases and without exact spelling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kg.names import fold

CUTOFF: Final = 62.0


@dataclass(frozen=True)
class Hit:
    """A thing whose name is like the text looked for.

    Attributes
    ----------
    name
        The name that fits best, of any language, alias or hidden spelling.
    score
        0 to 100; 100 is equal after folding.
    """

    iri: str
    name: str
    score: float


def search_names(names: Iterable[tuple[str, str]], text: str, *, limit: int = 10) -> list[Hit]:
    """Things whose names are like a text, best first.

    Parameters
    ----------
    names
        Pairs of IRI and name; a thing may have many.
    """
    from rapidfuzz import fuzz

    wanted = fold(text)
    best: dict[str, Hit] = {}
    for iri, name in names:
        folded = fold(name)
        score = fuzz.ratio(wanted, folded)
        if min(len(wanted), len(folded)) >= 2:
            # A part of a name is a good hit, but the more of the name it is, the better.
            part = min(len(wanted), len(folded)) / max(len(wanted), len(folded))
            score = max(score, fuzz.partial_ratio(wanted, folded) * (0.72 + 0.27 * part))
        if score >= CUTOFF and (iri not in best or score > best[iri].score):
            best[iri] = Hit(iri, name, score)
    return sorted(best.values(), key=lambda hit: (-hit.score, len(hit.name), hit.iri))[:limit]
