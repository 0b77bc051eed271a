"""What one client may use: seconds of query time and errors, as leaky buckets.

Counted in query seconds and not in requests, since many cheap queries are no harm and one dear one
is. Every query counts: a threshold below which nothing is counted was how many cheap queries of one
client brought a large public endpoint down.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from kg.server.limits import Limits

_MOST_CLIENTS: Final = 20_000


@dataclass
class _Account:
    seconds: float = 0.0
    errors: float = 0.0
    at: float = 0.0


class Budgets:
    """The accounts of all clients; an account that has emptied is forgotten.

    A bucket holds what a minute allows and empties evenly.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._accounts: OrderedDict[str, _Account] = OrderedDict()

    def wait(self, client: str) -> float:
        """Seconds that the client has to wait before its next query; 0 when it may ask now."""
        if not self.limits.client_seconds:
            return 0.0
        account = self._open(client)
        wait = 0.0
        for used, allowed in (
            (account.seconds, self.limits.client_seconds),
            (account.errors, self.limits.client_errors),
        ):
            if used >= allowed:
                wait = max(wait, 1.0, (used - allowed) * 60 / allowed)
        return wait

    def charge(self, client: str, seconds: float, *, error: bool) -> None:
        """Write down what a query has used."""
        if not self.limits.client_seconds:
            return
        account = self._open(client)
        account.seconds += seconds
        account.errors += error

    def _open(self, client: str) -> _Account:
        now = time.monotonic()
        account = self._accounts.get(client)
        if account is None:
            account = self._accounts[client] = _Account(at=now)
            if len(self._accounts) > _MOST_CLIENTS:
                self._accounts.popitem(last=False)
            return account
        self._accounts.move_to_end(client)
        passed = (now - account.at) / 60
        account.seconds = max(0.0, account.seconds - passed * self.limits.client_seconds)
        account.errors = max(0.0, account.errors - passed * self.limits.client_errors)
        account.at = now
        return account
