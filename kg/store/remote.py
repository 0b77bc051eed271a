"""The remote store: any SPARQL 1.1 endpoint, read only, through SPARQLWrapper."""

from __future__ import annotations

import email.utils
import re
import time
import urllib.error
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg.errors import EndpointError, QueryError
from kg.results import parse_json_results
from kg.store import Answer

DEFAULT_TIMEOUT: Final = 30
MAX_TRIES: Final = 4
MAX_WAIT: Final = 30.0
_HEADER = re.compile(r"\A(?:[ \t]*(?:#[^\n]*)?\n)+")
_BUSY = frozenset({429, 502, 503, 504})


class RemoteStore:
    """A dataset behind an endpoint.

    Parameters
    ----------
    endpoint
        Address, http or https.
    timeout
        Seconds to wait for each answer.
    sleep
        Called with seconds between tries; tests put their own.

    Raises
    ------
    EndpointError
        The address is not http or https.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        timeout: int = DEFAULT_TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EndpointError("endpoint-scheme", endpoint)
        self.endpoint, self.timeout, self._sleep = endpoint, timeout, sleep

    def query(self, sparql: str) -> Answer:
        """Run one query (see :class:`kg.store.Store`); busy answers are tried again, boundedly."""
        from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper

        wrapper = SPARQLWrapper(self.endpoint, agent="city-practice-graph")
        wrapper.setTimeout(self.timeout)
        wrapper.setMethod(POST)
        # SPARQLWrapper guesses the form of a query by its first words, comments included.
        wrapper.setQuery(_HEADER.sub("", sparql))
        if not wrapper.isSparqlQueryRequest():
            raise QueryError("bad-query", "only queries are sent to an endpoint")
        graph_form = wrapper.queryType in ("CONSTRUCT", "DESCRIBE")
        wrapper.setReturnFormat(TURTLE if graph_form else JSON)
        body = self._fetch(wrapper)
        try:
            if graph_form:
                return tuple(quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE))
            return parse_json_results(body)
        except (ValueError, SyntaxError, KeyError, TypeError) as error:
            raise EndpointError("endpoint-answer", self.endpoint) from error

    def _fetch(self, wrapper: Any) -> bytes:
        from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

        for attempt in range(1, MAX_TRIES + 1):
            try:
                body: bytes = wrapper.query().response.read()
                return body
            except SPARQLWrapperException as error:
                # SPARQLWrapper turns some HTTP errors into its own; the cause keeps the status.
                cause = error.__context__
                status = cause.code if isinstance(cause, urllib.error.HTTPError) else 400
                if status == 400:
                    raise QueryError("bad-query", _first_line(error)) from error
                headers: Any = cause.headers if isinstance(cause, urllib.error.HTTPError) else {}
                self._wait(status, headers, attempt, error)
            except urllib.error.HTTPError as error:
                self._wait(error.code, error.headers, attempt, error)
            except TimeoutError as error:
                raise EndpointError("endpoint-timeout", self.endpoint, str(self.timeout)) from error
            except (urllib.error.URLError, OSError) as error:
                if isinstance(getattr(error, "reason", None), TimeoutError):
                    raise EndpointError(
                        "endpoint-timeout", self.endpoint, str(self.timeout)
                    ) from error
                reason = str(getattr(error, "reason", error))
                raise EndpointError("endpoint-unreachable", self.endpoint, reason) from error
        raise AssertionError("the last try either answers or raises")

    def _wait(self, status: int, headers: Any, attempt: int, error: Exception) -> None:
        """Wait as the endpoint asks (Retry-After, RFC 9110 section 10.2.3), or give up."""
        if status not in _BUSY:
            raise EndpointError("endpoint-refused", self.endpoint, str(status)) from error
        delay = retry_after(headers.get("Retry-After"), attempt)
        if attempt == MAX_TRIES or delay > MAX_WAIT:
            raise EndpointError(
                "endpoint-busy", self.endpoint, str(status), str(attempt)
            ) from error
        self._sleep(delay)


def retry_after(header: str | None, attempt: int, *, now: float | None = None) -> float:
    """Seconds to wait before the next try: what the header says, else 0.5, 1, 2 … seconds."""
    if header is not None:
        if header.strip().isdigit():
            return float(header)
        try:
            when = email.utils.parsedate_to_datetime(header).timestamp()
        except ValueError:
            pass
        else:
            return max(0.0, when - (time.time() if now is None else now))
    return float(0.5 * 2 ** (attempt - 1))


def _first_line(error: Exception) -> str:
    text = str(error)
    marker = "Response:\n"
    if marker in text:
        text = text.partition(marker)[2].removeprefix("b'").removesuffix("'")
    return text.strip().replace("{", "(").replace("}", ")").partition("\n")[0][:300]
