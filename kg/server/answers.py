"""Answers kept for the next client who asks the same, by version, query, dataset and format."""

from __future__ import annotations

import hashlib
import sys
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Answer:
    """A whole answer, ready to be sent.

    Attributes
    ----------
    head
        Status line fields as the server interface has them: names and values in bytes.
    """

    body: bytes
    head: tuple[tuple[bytes, bytes], ...]


_OVERHEAD: Final = 2_048
"""Bytes that an answer takes beside its body and its key: objects, header fields, the table."""


class Answers:
    """The last answers, up to a number of bytes; those least used go first.

    Keys count, too: a query may be far longer than its answer.
    """

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self._kept: OrderedDict[tuple[object, ...], Answer] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> Answer | None:
        """The answer that was kept under this key."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: tuple[object, ...], answer: Answer) -> None:
        """Keep an answer, unless it alone would push out most of the others."""
        size = _size(key, answer)
        if size > self.most // 8 or key in self._kept:
            return
        self._kept[key] = answer
        self.size += size
        while self.size > self.most:
            self.size -= _size(*self._kept.popitem(last=False))

    def clear(self) -> None:
        """Forget all: another version is served."""
        self._kept.clear()
        self.size = 0


def _size(key: tuple[object, ...], answer: Answer) -> int:
    """Bytes that one answer takes, about."""
    # A character is up to four bytes; most queries have one for each.
    texts = sum(sys.getsizeof(part) for part in key if isinstance(part, str | tuple))
    return len(answer.body) + texts + _OVERHEAD


def etag(*parts: object) -> bytes:
    """A strong entity tag for what the parts decide (RFC 9110, section 8.8.3)."""
    digest = hashlib.sha256("\0".join(map(repr, parts)).encode("utf-8", "replace"))
    return b'"' + digest.hexdigest()[:32].encode("ascii") + b'"'


def matches(if_none_match: str, tag: bytes) -> bool:
    """Whether the client names this answer as one that it has (RFC 9110, section 13.1.2)."""
    wanted = tag.decode("ascii")
    return any(part.strip().removeprefix("W/") == wanted for part in if_none_match.split(","))
