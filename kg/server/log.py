"""What the service writes for operators: one line of JSON an event."""

from __future__ import annotations

import contextlib
import json
import sys
import time


class Log:
    """One JSON object a line on standard error; queries and addresses of clients stay out of it."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet

    def write(self, event: str, **fields: object) -> None:
        """Write one event with the time in seconds since 1970."""
        if self.quiet:
            return
        line = json.dumps({"time": round(time.time(), 3), "event": event, **fields})
        # A reader of the log that has gone, or a disk that is full, is no reason to end.
        with contextlib.suppress(OSError):
            print(line, file=sys.stderr, flush=True)
