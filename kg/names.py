"""Names as people type them: without case, width and accents."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Text without case, width and accents, so that ``Zürich`` and ``zurich`` meet."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(kept.replace("-", " ").split())
