"""Documents that stay the same as long as the process runs."""

from __future__ import annotations

import gzip
from typing import Final

from kg.server.answers import etag
from kg.server.http import CACHE, Header, Request, Send, not_modified, require_reading, respond
from kg.server.negotiation import accepts_gzip

_VARY: Final = (b"vary", b"Accept-Encoding")


class Document:
    """A body with its type, packed once, ready to be sent."""

    def __init__(self, body: bytes, media_type: str, *extra: Header) -> None:
        packed = gzip.compress(body, 9, mtime=0)
        same = ((b"content-type", media_type.encode("ascii")), _VARY, CACHE, *extra)
        self._plain = (body, etag(body), same)
        self._packed = (packed, etag(packed), (*same, (b"content-encoding", b"gzip")))

    async def __call__(self, request: Request, send: Send) -> tuple[int, str]:
        """Send it, unless the client has it already.

        Raises
        ------
        RequestError
            The method is not for reading.
        """
        require_reading(request)
        wants_packed = accepts_gzip(request.header(b"accept-encoding"))
        body, tag, fields = self._packed if wants_packed else self._plain
        if await not_modified(request, send, tag, _VARY):
            return 304, "not-modified"
        await respond(send, 200, [*fields, (b"etag", tag)], body, head=request.method == "HEAD")
        return 200, "document"
